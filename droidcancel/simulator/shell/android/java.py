"""Commands that Java services carry out: arguments, sub-commands, and how failures are told.

Facts from AOSP: core/java/android/os/ShellCommand.java (API 24-29), core/java/com/android/
internal/os or modules-utils BasicShellCommandHandler.java (30 on), and BaseCommand.java, the
base of the front ends that had a Java machine of their own (`am` to API 25, `pm` to 27).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from droidcancel.simulator.shell.registry import Invocation, Registry

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

MAX_SETTINGS = 4 << 20  # characters; SettingsState limits what each package may store
FAILED = 255  # what a service's -1 becomes as an exit status


class JavaError(Exception):
    """An exception of the phone's Java code: class name in full, and message."""

    def __init__(self, cls: str, message: str | None) -> None:
        super().__init__(message)
        self.cls = cls
        self.message = message

    def __str__(self) -> str:
        return self.cls if self.message is None else f"{self.cls}: {self.message}"

    @property
    def trace(self) -> str:
        """As printStackTrace writes it."""
        return (
            f"{self}\n"
            "\tat android.os.ShellCommand.exec(ShellCommand.java:38)\n"
            "\tat android.os.Binder.shellCommand(Binder.java:1049)\n"
            "\tat android.os.Binder.onTransact(Binder.java:877)\n"
        )


def put_setting(phone: Phone, namespace: str, key: str, value: str) -> None:
    """Change a setting for a client. Raises JavaError when clients have taken all the room."""
    if phone.settings.size + len(key) + len(value) > MAX_SETTINGS:
        message = f"You are adding too many {namespace} settings."
        raise JavaError("java.lang.IllegalStateException", message)
    phone.settings.put(namespace, key, value)


def must_write_settings(invocation: Invocation) -> None:
    """MIUI keeps settings from the shell until "USB debugging (Security settings)" is on."""
    if invocation.uid == 2000 and invocation.phone.options.has("settings-put-refused"):
        raise security(
            "Permission denial: writing to settings requires:"
            "android.permission.WRITE_SECURE_SETTINGS"
        )


def illegal_argument(message: str) -> JavaError:
    return JavaError("java.lang.IllegalArgumentException", message)


def security(message: str) -> JavaError:
    return JavaError("java.lang.SecurityException", message)


def null_pointer(message: str) -> JavaError:
    return JavaError("java.lang.NullPointerException", message)


def bad_number(text: str) -> JavaError:
    return JavaError("java.lang.NumberFormatException", f'For input string: "{text}"')


class Failure(Exception):
    """A command that ends at once: text for stderr (or stdout) and the exit status."""

    def __init__(self, text: str, status: int = 1, *, on_stdout: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.on_stdout = on_stdout


class Args:
    """The words of a command, taken one by one (BasicShellCommandHandler)."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._next = 0
        self._rest_of_option: str | None = None

    @property
    def verb(self) -> str:
        """The sub-command's own name."""
        return self._words[0]

    @property
    def words(self) -> tuple[str, ...]:
        """All words, taken or not."""
        return tuple(self._words)

    def option(self) -> str | None:
        """The next word if it is an option, "-x" cut from what is glued to it."""
        if self._rest_of_option is not None:
            previous = self._words[self._next - 1]
            raise illegal_argument(f'No argument expected after "{previous}"')
        word = self.peek()
        if word is None or not word.startswith("-"):
            return None
        self._next += 1
        if word == "--":
            return None
        if len(word) > 2 and word[1] != "-":
            self._rest_of_option = word[2:]
            return word[:2]
        return word

    def next(self) -> str | None:
        if self._rest_of_option is not None:
            word, self._rest_of_option = self._rest_of_option, None
            return word
        found = self.peek()
        if found is not None:
            self._next += 1
        return found

    def peek(self) -> str | None:
        if self._rest_of_option is not None:
            return self._rest_of_option
        return self._words[self._next] if self._next < len(self._words) else None

    def required(self) -> str:
        word = self.next()
        if word is None:
            previous = self._words[self._next - 1] if self._words else ""
            raise illegal_argument(f'Argument expected after "{previous}"')
        return word

    def integer(self) -> int:
        """A required word that is a number (Integer.parseInt or decode)."""
        word = self.required()
        try:
            return int(word, 0)
        except ValueError:
            raise bad_number(word) from None

    def rest(self) -> list[str]:
        """All words that are left."""
        words = [] if self._rest_of_option is None else [self._rest_of_option]
        self._rest_of_option = None
        words += self._words[self._next :]
        self._next = len(self._words)
        return words


Handler = Callable[[Invocation, Args], Awaitable[int]]


@dataclass
class Service:
    """A service's shell command: a table of sub-commands, and the help it prints."""

    name: str
    help: Callable[[Invocation], str]
    table: Registry[Handler] = field(default_factory=Registry)
    unknown: Callable[[Invocation, str], Awaitable[int]] | None = None

    def sub(
        self, *names: str, since: int = 21, until: int | None = None
    ) -> Callable[[Handler], Handler]:
        """Register a sub-command under each of `names`, for a range of API levels."""

        def register(function: Handler) -> Handler:
            for name in names:
                self.table.add(name, function, since=since, until=until)
            return function

        return register

    async def run(self, invocation: Invocation, words: list[str]) -> int:
        """What `cmd NAME words` does; the exit status."""
        name = words[0] if words else None
        if name in (None, "help", "-h"):
            await invocation.out(self.help(invocation))
            return FAILED
        assert name is not None
        entry = self.table.lookup(name, invocation.api)
        if entry is None:
            return await self._unknown(invocation, name)
        return await guarded(invocation, name, entry.function, words)

    async def _unknown(self, invocation: Invocation, name: str) -> int:
        if self.unknown is not None:
            return await self.unknown(invocation, name)
        await invocation.out(f"Unknown command: {name}\n")
        return FAILED


async def guarded(invocation: Invocation, name: str, function: Handler, words: list[str]) -> int:
    """Run a sub-command (`words[0]` is its name) and tell its failures as the phone does."""
    try:
        args = Args(words)
        args.next()
        return await function(invocation, args)
    except Failure as failure:
        await (invocation.out if failure.on_stdout else invocation.err)(failure.text)
        return failure.status
    except JavaError as error:
        await invocation.err(exception_text(invocation.api, name, error))
        return FAILED


def exception_text(api: int, name: str, error: JavaError) -> str:
    """What a service writes to stderr of an exception; the wording changed with API 28 and 30."""
    if api >= 30:
        return f"\nException occurred while executing '{name}':\n{error.trace}"
    if error.cls == "java.lang.SecurityException":
        return f"Security exception: {error.message}\n\n{error.trace}"
    return f"\nException occurred while {'executing' if api >= 28 else 'dumping'}:\n{error.trace}"


async def front_end(service: Service, invocation: Invocation, words: list[str]) -> int:
    """A front end with a Java machine of its own (BaseCommand.run): usage and errors differ."""
    if not words:
        await invocation.out(service.help(invocation))
        return 0
    entry = service.table.lookup(words[0], invocation.api)
    if entry is None:
        text = f"{service.help(invocation)}\nError: unknown command '{words[0]}'\n"
        await invocation.err(text)
        return 1
    try:
        args = Args(words)
        args.next()
        status = await entry.function(invocation, args)
    except Failure as failure:
        await (invocation.out if failure.on_stdout else invocation.err)(failure.text)
        return failure.status
    except JavaError as error:
        if error.cls == "java.lang.IllegalArgumentException":
            await invocation.err(f"{service.help(invocation)}\nError: {error.message}\n")
            return 0
        await invocation.err(error.trace)
        return 1
    return 1 if status == FAILED else status


def without_name(invocation: Invocation) -> Invocation:
    """The invocation with its first word taken off."""
    return replace(invocation, argv=invocation.argv[1:])


def parse_user(text: str) -> int:
    """A user's number: "all" is -1, "current" and "cur" are 0 here (UserHandle.parseUserArg)."""
    named = {"all": -1, "current": 0, "cur": 0}
    if text in named:
        return named[text]
    try:
        return int(text)
    except ValueError:
        raise illegal_argument(f"Bad user number: {text}") from None


async def no_shell(invocation: Invocation) -> int:
    """A service without a shell command (Binder.onShellCommand)."""
    await invocation.err("No shell command implementation.\n")
    return 0
