"""A shell's variables, positional parameters and functions' local scopes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from droidcancel.simulator.shell.syntax import Node

MAX_VALUE = 4 << 20
MAX_TOTAL = 32 << 20


class ShellError(Exception):
    """An error that ends a non-interactive shell; printed with the shell's prefix."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.message, self.status = message, status


@dataclass
class Variable:
    """A value with its attributes; None is declared but not set."""

    value: str | None = None
    exported: bool = False
    readonly: bool = False
    integer: bool = False


@dataclass
class Scope:
    """What `local` hid, to come back at the end of a function."""

    hidden: dict[str, Variable | None] = field(default_factory=dict)


class Variables:
    """Named variables of one shell, bounded in size."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._all = {name: Variable(value, True) for name, value in environment.items()}
        self._shared: set[str] = set()
        self._scopes: list[Scope] = []
        self._size = sum(len(value) for value in environment.values())
        self.positional: list[str] = []
        self.functions: dict[str, Node] = {}
        self.started = time.monotonic()
        self.random = 1

    def fork(self) -> Variables:
        """A copy for a child shell; as with fork(2), each copies what it changes."""
        child = Variables({})
        child._all = dict(self._all)
        self._shared, child._shared = set(self._all), set(self._all)
        child._scopes = [Scope(dict(scope.hidden)) for scope in self._scopes]
        child._size = self._size
        child.positional = list(self.positional)
        child.functions = dict(self.functions)
        child.started, child.random = self.started, self.random + 1
        return child

    def get(self, name: str) -> str | None:
        """The value, None when unset."""
        if name == "RANDOM":
            self.random = (self.random * 1103515245 + 12345) & 0x7FFFFFFF
            return str(self.random >> 16 & 0x7FFF)
        if name == "SECONDS":
            return str(int(time.monotonic() - self.started))
        variable = self._all.get(name)
        return None if variable is None else variable.value

    def set(self, name: str, value: str, *, exported: bool | None = None) -> None:
        """Set; ShellError when read-only or too big."""
        variable = self.attribute(name)
        if variable.readonly:
            raise ShellError(f"read-only: {name}")
        self._size += len(value) - len(variable.value or "")
        if len(value) > MAX_VALUE or self._size > MAX_TOTAL:
            self._size -= len(value) - len(variable.value or "")
            raise ShellError(f"can't allocate {len(value)} data bytes")
        variable.value = value
        if name == "SECONDS":
            self.started = time.monotonic() - (int(value) if value.isdigit() else 0)
        elif name == "RANDOM":
            self.random = int(value) if value.isdigit() else 1
        if exported is not None:
            variable.exported = exported

    def unset(self, name: str) -> None:
        """Forget a variable; ShellError when read-only."""
        variable = self._all.get(name)
        if variable is not None and variable.readonly:
            raise ShellError(f"read-only: {name}")
        if variable is not None:
            self._size -= len(variable.value or "")
            del self._all[name]
            self._shared.discard(name)

    def attribute(self, name: str) -> Variable:
        """The variable's record, to be changed; made when missing."""
        variable = self._all.get(name)
        if variable is None:
            variable = self._all[name] = Variable()
        elif name in self._shared:
            variable = self._all[name] = replace(variable)
        self._shared.discard(name)
        return variable

    def names(self) -> list[str]:
        """Every name that has a value, sorted."""
        return sorted(name for name, variable in self._all.items() if variable.value is not None)

    def environment(self) -> dict[str, str]:
        """What a program inherits."""
        return {
            name: variable.value
            for name, variable in self._all.items()
            if variable.exported and variable.value is not None
        }

    # -- functions ----------------------------------------------------------------------------
    def push_scope(self) -> None:
        """Begin a function."""
        self._scopes.append(Scope())

    def pop_scope(self) -> None:
        """End a function: what was local becomes what it was."""
        for name, variable in self._scopes.pop().hidden.items():
            if variable is None:
                self._all.pop(name, None)
            else:
                self._all[name] = variable
                self._shared.add(name)  # a child shell may have it too

    @property
    def in_function(self) -> bool:
        return bool(self._scopes)

    def make_local(self, name: str) -> None:
        """Hide a variable until the function ends."""
        hidden = self._scopes[-1].hidden
        if name not in hidden:
            old = self._all.pop(name, None)
            hidden[name] = old
            self._all[name] = Variable(None, bool(old and old.exported))
            self._shared.discard(name)

    # -- arithmetic ---------------------------------------------------------------------------
    def arith_get(self, name: str) -> str:
        """The text of a variable in an expression."""
        return self.get(name) or ""

    def arith_set(self, name: str, value: str) -> None:
        """Assign from an expression."""
        self.set(name, value)
