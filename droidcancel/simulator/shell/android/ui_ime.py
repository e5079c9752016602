"""`ime`: input methods (AOSP cmds/ime to API 27, InputMethodManagerService from 28)."""

from __future__ import annotations

from droidcancel.simulator.shell.android.java import Args, Failure, Service, front_end
from droidcancel.simulator.shell.registry import Invocation, command, service_command


def usage(invocation: Invocation) -> str:
    return (
        "ime <command>:\n"
        "  list [-a] [-s]\n"
        "    prints all enabled input methods.\n"
        "      -a: see all input methods\n"
        "      -s: only a single summary line of each\n"
        "  enable [--user <USER_ID>] <ID>\n"
        "    allows the given input method ID to be used.\n"
        "  disable [--user <USER_ID>] <ID>\n"
        "    disallows the given input method ID to be used.\n"
        "  set [--user <USER_ID>] <ID>\n"
        "    switches to the given input method ID.\n"
        "  reset [--user <USER_ID>]\n"
        "    reset currently selected/enabled IMEs to the default ones as if\n"
        "    the device is initially booted with the current locale.\n"
    )


IME = Service("input_method", usage)


@command("ime", until=27, cost="jvm")
async def ime_jvm(invocation: Invocation) -> int:
    return await front_end(IME, invocation, invocation.argv[1:])


@command("ime", since=28, cost="cmd")
async def ime(invocation: Invocation) -> int:
    return await IME.run(invocation, invocation.argv[1:])


@service_command("input_method", since=28)
async def cmd_input_method(invocation: Invocation) -> int:
    words = invocation.argv
    return await IME.run(invocation, words[1:] if words[:1] == ["ime"] else words)


def _for_user(invocation: Invocation) -> str:
    return " for user #0" if invocation.api >= 29 else ""


def _id(args: Args) -> str:
    if args.peek() == "--user":
        args.next()
        args.required()
    return args.required()


@IME.sub("list")
async def _list(invocation: Invocation, args: Args) -> int:
    letters = "".join(word.lstrip("-") for word in args.rest() if word.startswith("-"))
    manager = invocation.phone.ime
    for name in manager.all() if "a" in letters else manager.enabled():
        if "s" in letters:
            await invocation.out(f"{name}\n")
        else:
            await invocation.out(_described(name))
    return 0


def _described(name: str) -> str:
    """The head of InputMethodInfo.dump."""
    package, _, service = name.partition("/")
    full = package + service if service.startswith(".") else service
    return (
        f"{name}:\n"
        f"  mId={name} mSettingsActivityName=null mIsVrOnly=false "
        "mSupportsSwitchingToNextInputMethod=true\n"
        "  mIsDefaultResId=0x0\n"
        "  Service:\n"
        f"    name={full}\n"
        f"    packageName={package}\n"
        "    enabled=true exported=true directBootAware=false\n"
    )


@IME.sub("enable")
async def _enable(invocation: Invocation, args: Args) -> int:
    name = _id(args)
    before = invocation.phone.ime.enable(name)
    if before is None:
        raise Failure(
            f"Unknown input method {name} cannot be enabled{_for_user(invocation)}\n", 255
        )
    state = "already" if before else "now"
    await invocation.out(f"Input method {name}: {state} enabled{_for_user(invocation)}\n")
    return 0


@IME.sub("disable")
async def _disable(invocation: Invocation, args: Args) -> int:
    name = _id(args)
    before = invocation.phone.ime.disable(name)
    state = "now" if before else "already"
    await invocation.out(f"Input method {name}: {state} disabled{_for_user(invocation)}\n")
    return 0


@IME.sub("set")
async def _set(invocation: Invocation, args: Args) -> int:
    name = _id(args)
    if not invocation.phone.ime.set(name):
        raise Failure(
            f"Unknown input method {name} cannot be selected{_for_user(invocation)}\n", 255
        )
    await invocation.out(f"Input method {name} selected{_for_user(invocation)}\n")
    return 0


@IME.sub("reset", since=28)
async def _reset(invocation: Invocation, args: Args) -> int:
    manager = invocation.phone.ime
    manager.reset()
    await invocation.out(
        f"Reset current and enabled IMEs{_for_user(invocation)}\n"
        f"  Newly selected IME: {manager.current}\n"
        "  Newly enabled IMEs:\n" + "".join(f"    {name}\n" for name in manager.enabled())
    )
    return 0
