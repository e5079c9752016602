"""`settings` and `device_config` (SettingsService.java, DeviceConfigService.java)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Failure,
    JavaError,
    Service,
    exception_text,
    must_write_settings,
    parse_user,
    put_setting,
)
from droidcancel.simulator.shell.registry import Invocation, command, service_command

NAMESPACES = ("system", "secure", "global")
USER_ALL = -1
RESET_MODES = ("untrusted_defaults", "untrusted_clear", "trusted_defaults")

HELP = """\
Settings provider (settings) commands:
  help
      Print this help text.
  get [--user <USER_ID> | current] NAMESPACE KEY
      Retrieve the current value of KEY.
  put [--user <USER_ID> | current] NAMESPACE KEY VALUE [TAG] [default]
      Change the contents of KEY to VALUE.
      TAG to associate with the setting.
      {default} to set as the default, case-insensitive only for global/secure namespace
  delete [--user <USER_ID> | current] NAMESPACE KEY
      Delete the entry for KEY.
  reset [--user <USER_ID> | current] NAMESPACE {PACKAGE_NAME | RESET_MODE}
      Reset the global/secure table for a package with mode.
      RESET_MODE is one of {untrusted_defaults, untrusted_clear, trusted_defaults}, case-insensitive
  list [--user <USER_ID> | current] NAMESPACE
      Print all defined keys.
      NAMESPACE is one of {system, secure, global}, case-insensitive
"""
OLD_USAGE = """\
usage:  settings [--user <USER_ID> | current] get namespace key
        settings [--user <USER_ID> | current] put namespace key value
        settings [--user <USER_ID> | current] delete namespace key
        settings [--user <USER_ID> | current] list namespace

'namespace' is one of {system, secure, global}, case-insensitive
If '--user <USER_ID> | current' is not given, the operations are performed on the system user.
"""


@dataclass
class _Asked:
    verb: str = ""
    namespace: str = ""
    words: list[str] = field(default_factory=list)


Verb = Callable[[Invocation, str, list[str]], Awaitable[int]]


async def _get(invocation: Invocation, namespace: str, words: list[str]) -> int:
    value = invocation.phone.settings.get(namespace, words[0])
    await invocation.out(f"{'null' if value is None else value}\n")
    return 0


async def _put(invocation: Invocation, namespace: str, words: list[str]) -> int:
    must_write_settings(invocation)
    put_setting(invocation.phone, namespace, words[0], words[1])
    return 0


async def _delete(invocation: Invocation, namespace: str, words: list[str]) -> int:
    must_write_settings(invocation)
    gone = invocation.phone.settings.delete(namespace, words[0])
    await invocation.out(f"Deleted {int(gone)} rows\n")
    return 0


async def _list(invocation: Invocation, namespace: str, words: list[str]) -> int:
    values = invocation.phone.settings.list(namespace)
    await invocation.out("".join(sorted(f"{key}={value}\n" for key, value in values.items())))
    return 0


async def _reset(invocation: Invocation, namespace: str, words: list[str]) -> int:
    """No setting here was set by a package or is untrusted: nothing goes back."""
    known = words[0].lower() in RESET_MODES or invocation.phone.packages.get(words[0])
    return 0 if known else FAILED


# Verb -> how many words it wants at least and at most (put: also a tag and "default").
_VERBS: dict[str, tuple[Verb, int, int]] = {
    "get": (_get, 1, 1),
    "put": (_put, 2, 4),
    "delete": (_delete, 1, 1),
    "list": (_list, 0, 0),
    "reset": (_reset, 1, 1),
}


def _parse(words: list[str]) -> _Asked:
    """Read a command line as SettingsService.MyShellCommand.onCommand does."""
    asked, args, user = _Asked(), Args(words), None
    while (word := args.next()) is not None:
        if word == "--user":
            if user is not None:
                raise Failure("Invalid user: --user specified more than once\n", FAILED)
            user = parse_user(args.required())
            if user == USER_ALL:
                raise Failure("Invalid user: all\n", FAILED)
        elif not asked.verb:
            if word.lower() not in _VERBS:
                raise Failure(f"Invalid command: {word}\n", FAILED)
            asked.verb = word.lower()
        elif not asked.namespace:
            if word.lower() not in NAMESPACES:
                raise Failure(f"Invalid namespace '{word}'\n", FAILED)
            asked.namespace = word.lower()
        else:
            asked.words.append(word)
    return asked


async def run_settings(invocation: Invocation, words: list[str]) -> int:
    if not words or words[0] in ("help", "-h"):
        await invocation.out(HELP)
        return FAILED
    try:
        asked = _parse(words)
        verb, least, most = _VERBS.get(asked.verb, (_list, 0, 0))
        if not asked.namespace or len(asked.words) < least:
            raise Failure("Bad arguments\n", FAILED)
        if len(asked.words) > most:
            raise Failure("Too many arguments\n", FAILED)
        return await verb(invocation, asked.namespace, asked.words)
    except Failure as failure:
        await invocation.err(failure.text)
        return failure.status
    except JavaError as error:
        await invocation.err(exception_text(invocation.api, words[0], error))
        return FAILED


@service_command("settings", since=26, cost="settings")
async def cmd_settings(invocation: Invocation) -> int:
    return await run_settings(invocation, invocation.argv)


@command("settings", since=26, cost="settings")
async def settings(invocation: Invocation) -> int:
    return await run_settings(invocation, invocation.argv[1:])


@command("settings", until=25, cost="jvm")
async def settings_front_end(invocation: Invocation) -> int:
    """SettingsCmd.java: usage on stderr for whatever it does not understand."""
    words = invocation.argv[1:]
    try:
        asked = _parse(words)
        verb, least, most = _VERBS.get(asked.verb, (_list, 0, -1))
        valid = bool(asked.namespace) and least <= len(asked.words) <= most
    except Failure as failure:
        await invocation.err(failure.text)
        valid = False
    except JavaError as error:
        await invocation.err(error.trace)
        return 1
    if not valid or asked.verb == "reset":
        await invocation.err(OLD_USAGE)
        return 1
    try:
        return await verb(invocation, asked.namespace, asked.words)
    except JavaError as error:
        await invocation.err(error.trace)
        return 1


# -- device_config --------------------------------------------------------------------------------
CONFIG = Service(
    "device_config",
    lambda _: (
        "Device Config (device_config) commands:\n"
        "  help\n      Print this help text.\n"
        "  get NAMESPACE KEY\n      Retrieve the current value of KEY from NAMESPACE.\n"
        "  put NAMESPACE KEY VALUE [default]\n      Change the contents of KEY to VALUE.\n"
        "  delete NAMESPACE KEY\n      Delete the entry for KEY for the given NAMESPACE.\n"
        "  list [NAMESPACE]\n      Print all values for the given NAMESPACE.\n"
        "  list_namespaces\n      Prints the name of all namespaces.\n"
    ),
)


@CONFIG.sub("get")
async def config_get(invocation: Invocation, args: Args) -> int:
    key = f"{args.required()}/{args.required()}"
    await invocation.out(f"{invocation.phone.settings.get('config', key) or 'null'}\n")
    return 0


@CONFIG.sub("put")
async def config_put(invocation: Invocation, args: Args) -> int:
    key = f"{args.required()}/{args.required()}"
    put_setting(invocation.phone, "config", key, args.required())
    return 0


@CONFIG.sub("delete")
async def config_delete(invocation: Invocation, args: Args) -> int:
    namespace, key = args.required(), args.required()
    gone = invocation.phone.settings.delete("config", f"{namespace}/{key}")
    done = "Successfully deleted" if gone else "Failed to delete"
    await invocation.out(f"{done} {key} from {namespace}\n")
    return 0


@CONFIG.sub("list")
async def config_list(invocation: Invocation, args: Args) -> int:
    namespace = args.next()
    for name, value in invocation.phone.settings.list("config").items():
        if namespace is None:
            await invocation.out(f"{name}={value}\n")
        elif name.startswith(namespace + "/"):
            await invocation.out(f"{name.partition('/')[2]}={value}\n")
    return 0


@CONFIG.sub("list_namespaces", since=33)
async def config_namespaces(invocation: Invocation, args: Args) -> int:
    names = {key.partition("/")[0] for key in invocation.phone.settings.list("config")}
    await invocation.out("".join(f"{name}\n" for name in sorted(names)))
    return 0


@service_command("device_config", since=29)
async def cmd_device_config(invocation: Invocation) -> int:
    return await CONFIG.run(invocation, invocation.argv)


@command("device_config", since=29, cost="cmd")
async def device_config(invocation: Invocation) -> int:
    return await CONFIG.run(invocation, invocation.argv[1:])
