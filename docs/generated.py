"""The reference pages' text, made from the code: commands, keys, verdicts, exit codes, fixtures.

A page says where by `<!-- generated: NAME -->`, with a name of :data:`PARTS`; `conf.py` puts the
text in while the site is built, so that no copy of it can grow old.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

MARK = re.compile(r"<!-- generated: ([a-z-]+) -->")
#: written into recipes in place of any value
_VARIABLE_PATTERN = r"\$\{"
_SHORT = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true, false"}


def fill(text: str) -> str:
    """A page with its marks replaced. Raises KeyError for a name that there is not."""
    return MARK.sub(lambda found: PARTS[found[1]](), text)


def row(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"


def table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [row(head), row(["---"] * len(head)), *map(row, rows)]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Words of a help text, in which nothing is Markdown but `code`."""
    parts = re.split(r"(`+[^`]*`+)", text)
    return "".join(p if i % 2 else re.sub(r"([*_<>\[\]])", r"\\\1", p) for i, p in enumerate(parts))


# -- commands -------------------------------------------------------------------------------------
def commands() -> str:
    """Every command with its arguments and options, from click."""
    from droidcancel.cli import cli

    top = click.Context(cli, info_name="droidcancel")
    return "\n".join(
        text for name in cli.list_commands(top) for text in _command(cli, name, top, 2)
    )


def _command(group: click.Group, name: str, parent: click.Context, level: int) -> Iterator[str]:
    command = group.get_command(parent, name)
    assert command is not None
    context = click.Context(command, info_name=name, parent=parent)
    yield f"{'#' * level} {context.command_path}\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n"
    yield plain(inspect.cleandoc(command.help or "")) + "\n"
    options = [_option(p, context) for p in command.get_params(context)]
    rows = [each for each in options if each is not None]
    if rows:
        yield table(("option", "meaning"), rows)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _command(command, inner, context, level + 1)


def _option(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    if not isinstance(parameter, click.Option):
        return None
    record = parameter.get_help_record(context)
    if record is None or "--help" in parameter.opts:
        return None
    names, about = record
    about = about.replace("<=x<=", " to ").replace("x>=", "at least ").replace("x>", "more than ")
    return f"`{names}`", plain(about)


# -- keys of files --------------------------------------------------------------------------------
def recipe_keys() -> str:
    """The keys of a recipe, and of its settings."""
    schema = _schema("recipe")
    return (
        _keys(schema, schema) + "\n### settings\n\n" + _model(schema["$defs"]["Settings"], schema)
    )


def recipe_steps() -> str:
    """Every kind of step, with what it takes."""
    from droidcancel.recipe.steps_model import KINDS

    schema = _schema("recipe")
    entry = schema["$defs"]["StepEntry"]["anyOf"][0]
    shared = {k: v for k, v in entry["properties"].items() if k not in KINDS}
    parts = ["Every step may also have:\n", _keys({"properties": shared}, schema)]
    for kind in sorted(KINDS):
        reference = next(_references(entry["properties"][kind]))
        model = schema["$defs"][reference]
        parts.append(f"### {kind}\n\n{_model(_mapping(model), schema)}{_short(model)}")
    return "\n".join(parts)


def device_keys() -> str:
    """The keys of devices.yaml, by kind, and the limits."""
    schema = _schema("devices")
    parts = [_keys(schema, schema)]
    heads = {
        "PhoneEntry": "kind: usb, kind: tcp",
        "EmulatorEntry": "kind: emulator",
        "SimulatorEntry": "kind: simulator",
        "Limits": "limits",
    }
    from droidcancel.device.config import _Entry

    parts.append("What the keys of every kind mean:\n\n" + _about(_Entry.__doc__ or "", skip=1))
    for name, head in heads.items():
        parts.append(f"### {head}\n\n{_model(schema['$defs'][name], schema)}")
    return "\n".join(parts)


def profile_keys() -> str:
    """The keys of an app profile."""
    schema = _schema("profile")
    parts = [_model(schema, schema)]
    for name in sorted(schema["$defs"]):
        parts.append(f"### {name}\n\n{_model(schema['$defs'][name], schema)}")
    return "\n".join(parts)


def _schema(what: str) -> dict[str, Any]:
    from droidcancel.cli.schema import SCHEMAS

    return SCHEMAS[what]()


def _model(model: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    return _about(model.get("description", "")) + _keys(model, schema)


def _about(text: str, skip: int = 0) -> str:
    """A docstring as paragraphs; a line `key: meaning` of it as an item."""
    lines = inspect.cleandoc(text).splitlines()[skip:]
    listed = [re.sub(r"^([a-z_]+(?:, [a-z_]+)*): ", _item, line) for line in lines]
    joined = "\n".join(listed).strip().replace(":mod:", "").replace("``", "`")
    joined = re.sub(r"`~?droidcancel\.[\w.]*?(\w+)`", r"`\1`", joined)
    return re.sub(r"(?<=[^\n])\n(?=- )", "\n\n", joined, count=1) + "\n\n" if joined else ""


def _item(found: re.Match[str]) -> str:
    return "- " + ", ".join(f"`{name}`" for name in found[1].split(", ")) + ": "


def _mapping(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """A step's mapping, out of the forms it may be written in."""
    forms = [form for form in model.get("anyOf", [model]) if "properties" in form]
    return forms[0] if forms else {"description": model.get("description", "")}


def _short(model: Mapping[str, Any]) -> str:
    """The short form of a step, where it has one."""
    short = [f for f in model.get("anyOf", []) if "title" in f and f.get("type") != "object"]
    if not short:
        return ""
    return f"\nShort: the value of `{short[0]['title'].lower().replace(' ', '_')}` alone.\n"


def _keys(model: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    needed = model.get("required", [])
    rows = []
    for key, value in model.get("properties", {}).items():
        default = "needed" if key in needed else _default(value)
        rows.append((f"`{key}`", _kind(value), default))
    return table(("key", "value", "default"), rows) if rows else ""


def _default(value: Mapping[str, Any]) -> str:
    if "default" not in value:
        inner = next((f for f in value.get("anyOf", []) if "default" in f), None)
        return "" if inner is None else _default(inner)
    said = value["default"]
    if said is None or said in ([], {}, "") or isinstance(said, dict):
        return ""
    return f"`{str(said).lower() if isinstance(said, bool) else said}`"


def _kind(value: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    kinds = list(dict.fromkeys(_kinds(value)))
    if len(kinds) == 2 and kinds[1] == f"list of {kinds[0]}":
        return f"{kinds[0]}; or a list of such"
    return " or ".join(kinds)


def _kinds(value: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        yield f"*{name}*"
    elif "anyOf" in value or "oneOf" in value:
        for form in value.get("anyOf", value.get("oneOf", ())):
            yield from _kinds(form)
    elif "enum" in value:
        yield ", ".join(f"`{each}`" for each in value["enum"])
    elif "const" in value:
        yield f"`{value['const']}`"
    elif re.match(re.escape(_VARIABLE_PATTERN), value.get("pattern", "")):
        return
    elif value.get("type") == "array":
        yield f"list of {_kind(value.get('items', {})) or 'two numbers'}"
    elif value.get("type") == "object":
        inner = value.get("additionalProperties")
        inner = inner if isinstance(inner, dict) and inner else None
        keys = ", ".join(f"`{key}`" for key in value.get("properties", ()))
        yield (
            f"mapping with {keys}" if keys else f"mapping to {_kind(inner) if inner else 'values'}"
        )
    elif value.get("type") not in (None, "null"):
        types = value["type"] if isinstance(value["type"], list) else [value["type"]]
        yield " or ".join(_SHORT[each] for each in types if each != "null") + _bounds(value)


def _bounds(value: Mapping[str, Any]) -> str:
    signs = (
        ("minimum", "≥"),
        ("exclusiveMinimum", ">"),
        ("maximum", "≤"),
        ("exclusiveMaximum", "<"),
    )
    said = [f"{sign} {value[key]:g}" for key, sign in signs if key in value]
    if "pattern" in value:
        said.append(f"as `{value['pattern']}`")
    if "examples" in value:
        said.append("as " + ", ".join(f"`{each}`" for each in value["examples"]))
    return f" ({', '.join(said)})" if said else ""


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rsplit("/", 1)[1]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


# -- what ships -----------------------------------------------------------------------------------
def recipes() -> str:
    """The recipes that ship."""
    from droidcancel.recipe.load import load_recipe, recipe_names

    rows = []
    for name in recipe_names():
        recipe = load_recipe(name).recipe
        moment = "" if recipe.moment is None else str(recipe.moment)
        about = recipe.description or recipe.title
        words = next(iter(about.values())) if isinstance(about, dict) else str(about)
        text = " ".join((words if isinstance(words, str) else words[0]).split())
        rows.append(
            (f"`{name}`", recipe.method or "", moment, " or ".join(recipe.expect), plain(text))
        )
    return table(("recipe", "method", "moment", "expects", "what it does"), rows)


def methods() -> str:
    """The cancel methods, by the docstrings of their modules."""
    import sys

    from droidcancel.cancel import METHODS

    rows = []
    for name, method in METHODS.items():
        module = sys.modules[type(method).__module__]
        if module.__name__.endswith(".method"):
            module = sys.modules[f"droidcancel.cancel.{name.replace('-', '_')}"]
        about = inspect.cleandoc(module.__doc__ or "")
        rows.append((f"`{name}`", plain(" ".join(about.split()))))
    return table(("method", "what it does"), rows)


# -- outcomes -------------------------------------------------------------------------------------
def exit_codes() -> str:
    """As the help of `droidcancel` says them."""
    from droidcancel.cli import cli

    said = " ".join((cli.help or "").split()).partition("Exit codes: ")[2].rstrip(".")
    rows = re.findall(r"(\d+) (.+?)(?=, \d|$)", said)
    return table(("exit code", "when"), [(f"`{code}`", about) for code, about in rows])


def errors() -> str:
    """The error tree: each class with its exit code and first line."""
    from droidcancel import errors as module

    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, module.DroidCancelError)
    ]
    rows = []
    for each in classes:
        first = inspect.cleandoc(each.__doc__ or "").splitlines()[0]
        above = each.__bases__[0].__name__ if each is not module.DroidCancelError else ""
        rows.append((f"`{each.__name__}`", f"`{each.exit_code}`", f"`{above}`" if above else "",
                     plain(first)))  # fmt: skip
    return table(("error", "exit code", "is a", "when"), rows)


VERDICT_MEANING = {
    "cancelled": "nothing is live, nothing is pending, and nothing was sent in the quiet period",
    "draft": "nothing is live; the app keeps the video as a draft, or as an upload with a retry",
    "deleted": "it was live, and is gone from the profile",
    "resumed": "the upload went on after the cancel",
    "published": "the video is live",
    "passed": "a recipe that cancels nothing: each of its checks holds",
    "failed": "a recipe that cancels nothing: one of its checks does not hold",
    "invalid": "the cancel was never applied, or the upload had already ended before it",
    "unknown": "what was seen does not decide it; the verdict names what is missing",
}


def verdicts() -> str:
    from droidcancel.verdict import VERDICTS

    return table(
        ("verdict", "meaning"), [(f"`{name}`", VERDICT_MEANING[name]) for name in VERDICTS]
    )


def rules() -> str:
    """The rules of a verdict in their order, and what a clean one needs, from the code."""
    from droidcancel.verdict import DEMANDS, RULES

    names = " → ".join(f"`{rule.__name__.lstrip('_')}`" for rule in RULES)
    needs = ", ".join(f"`{d.__name__.removeprefix('_needs_')}`" for d in DEMANDS)
    return f"In the code's words, the rules are {names}; what `incomplete` asks for: {needs}.\n"


# -- pytest ---------------------------------------------------------------------------------------
def pytest_fixtures() -> str:
    import droidcancel.pytest_plugin as plugin

    rows = []
    for name in plugin.__all__:
        fixture = getattr(plugin, name)
        function = getattr(fixture, "_fixture_function", None) or getattr(
            getattr(fixture, "__pytest_wrapped__", None), "obj", None
        )
        if function is not None:
            rows.append((f"`{name}`", plain(" ".join((inspect.getdoc(function) or "").split()))))
    return table(("fixture", "what it is"), rows)


def pytest_options() -> str:
    from droidcancel.pytest_plugin.options import OPTIONS

    rows = []
    for option in OPTIONS:
        value = "" if option.flag else f" {'|'.join(option.choices) or option.metavar}"
        rows.append((f"`--droid-{option.name}{value}`", f"`{option.key}`", plain(option.help)))
    return table(("option", "ini key", "meaning"), rows)


def pytest_markers() -> str:
    from droidcancel.pytest_plugin.marks import MARKER_HELP

    return plain(MARKER_HELP) + "\n"


def environment() -> str:
    """The environment variables that options read, from click."""
    from droidcancel.cli import cli

    found: dict[str, set[str]] = {}
    for command in _walk(cli, click.Context(cli, info_name="droidcancel")):
        for parameter in command.params:
            names = parameter.envvar
            for name in [names] if isinstance(names, str) else names or ():
                option = max(parameter.opts, key=len)
                found.setdefault(name, set()).add(f"`{option}`")
    return table(
        ("variable", "in place of"), [(f"`{k}`", ", ".join(sorted(v))) for k, v in found.items()]
    )


def _walk(group: click.Group, context: click.Context) -> Iterator[click.Command]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from _walk(command, click.Context(command, info_name=name, parent=context))


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "recipe-keys": recipe_keys,
    "recipe-steps": recipe_steps,
    "device-keys": device_keys,
    "profile-keys": profile_keys,
    "recipes": recipes,
    "methods": methods,
    "exit-codes": exit_codes,
    "errors": errors,
    "verdicts": verdicts,
    "rules": rules,
    "pytest-fixtures": pytest_fixtures,
    "pytest-options": pytest_options,
    "pytest-markers": pytest_markers,
    "environment": environment,
}
