"""`uiautomator` and `app_process`: reading the screen, and programs of the phone's Java machine."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO

from droidcancel.simulator import hierarchy
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation, command
from droidcancel.simulator.shell.userfiles import UserFiles
from droidcancel.simulator.uiautomator import (
    DEFAULT_PORT,
    AlreadyRegisteredError,
    Server,
    connect_automation,
    disconnect_automation,
)
from droidcancel.simulator.uiautomator_rpc import wait_idle

ABORTED = 134
KILLED = 137
DEFAULT_DUMP = "/sdcard/window_dump.xml"
TERMINALS = ("/dev/tty", "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1")
IDLE_S, IDLE_LIMIT_S = 1.0, 10.0  # DumpCommand's waitForIdle(1000, 10000)
INSTANT_IDLE_S, INSTANT_LIMIT_S = 0.03, 0.3

USAGE = """\
Usage: uiautomator <subcommand> [options]

Available subcommands:

help: displays help message

runtest: executes UI automation tests
    runtest <class spec> [options]
dump: creates an XML dump of current UI hierarchy
    dump [--verbose][file]
      [--compressed]: dumps compressed layout information.
      [file]: the location where the dumped XML should be stored, default is
      /sdcard/window_dump.xml

events: prints out accessibility events until terminated

"""


@command("uiautomator", cost="uiautomator_dump")
async def uiautomator(invocation: Invocation) -> int:
    words = invocation.argv[1:]
    if words[:1] == ["dump"]:
        return await _dump(invocation, words[1:])
    await invocation.err(USAGE)
    return 0 if words[:1] == ["help"] else 1


async def _dump(invocation: Invocation, words: list[str]) -> int:
    phone = invocation.phone
    try:
        connect_automation(phone, invocation)
    except AlreadyRegisteredError as error:
        await invocation.err(f"{error.trace}Killed \n")
        return KILLED
    try:
        instant = phone.options.profile == "instant"
        quiet, limit = (INSTANT_IDLE_S, INSTANT_LIMIT_S) if instant else (IDLE_S, IDLE_LIMIT_S)
        if not await wait_idle(phone, quiet, limit):
            await invocation.err("ERROR: could not get idle state.\n")
            return 0  # DumpCommand returns; only its text tells
        text = _document(invocation, "--compressed" in words, "--windows" in words)
    finally:
        disconnect_automation(phone, invocation)
    if text is None:
        await invocation.err("ERROR: null root node returned by UiTestAutomationBridge.\n")
        return 0
    files = [word for word in words if not word.startswith("-")]
    return await _write(invocation, files[0] if files else DEFAULT_DUMP, text)


def _document(invocation: Invocation, compressed: bool, windows: bool) -> str | None:
    screen = invocation.phone.screen
    if windows and invocation.api >= 30:
        shown = screen.accessible()
        active = screen.active()
        entries = [
            hierarchy.WindowNodes(
                title=each.window.title,
                kind=each.window.kind,
                layer=len(shown) - index,
                active=each is active,
                bounds=each.frame,
                root=hierarchy.node_tree(each.root, each.window.package, compressed),
            )
            for index, each in enumerate(shown)
        ]
        return hierarchy.aosp_windows_xml(entries, screen.rotation)
    nodes = screen.nodes(active_only=True, compressed=compressed)
    return hierarchy.aosp_xml(nodes[0], screen.rotation) if nodes else None


async def _write(invocation: Invocation, path: str, text: str) -> int:
    """The success line comes whether or not the file could be written, as on phones."""
    if path in TERMINALS:
        await invocation.out(text)
    else:
        files = UserFiles(invocation.phone.fs, invocation.uid, invocation.cwd)
        try:
            files.write(path, text.encode())
        except FsError as error:
            invocation.phone.log.write("E", "AccessibilityNodeInfoDumper", str(error))
    await invocation.out(f"UI hierchary dumped to: {invocation.path(path)}\n")
    return 0


# -- app_process ---------------------------------------------------------------------------------
Main = Callable[[Invocation, list[str]], Awaitable[int]]


@command("app_process", "app_process64", "app_process32", cost="uiautomator_start")
async def app_process(invocation: Invocation) -> int:
    """`app_process [java-options] cmd-dir start-class-name [options]` with CLASSPATH."""
    words = list(invocation.argv[1:])
    while words and words[0].startswith("-"):
        words = words[1:]
    if len(words) < 2:
        await invocation.err(
            "Usage: app_process [java-options] cmd-dir start-class-name [options]\n"
        )
        return 10
    name, args = words[1], words[2:]
    main = PROGRAMS.get(name)
    if main is None or not _on_classpath(invocation, name):
        return await _class_not_found(invocation, name)
    return await main(invocation, args)


def _on_classpath(invocation: Invocation, name: str) -> bool:
    """Whether a readable archive on CLASSPATH has code in it."""
    files = UserFiles(invocation.phone.fs, invocation.uid, invocation.cwd)
    for path in filter(None, invocation.env.get("CLASSPATH", "").split(":")):
        try:
            with zipfile.ZipFile(BytesIO(files.read(path))) as archive:
                if "classes.dex" in archive.namelist():
                    return True
        except (OSError, zipfile.BadZipFile):
            continue
    return False


async def _class_not_found(invocation: Invocation, name: str) -> int:
    path = invocation.env.get("CLASSPATH", "")
    elements = f'zip file "{path}"' if path else ""
    text = (
        f'java.lang.ClassNotFoundException: Didn\'t find class "{name}" on path: '
        f"DexPathList[[{elements}],nativeLibraryDirectories=[/system/lib64, /system_ext/lib64]]"
    )
    invocation.phone.log.write("E", "AndroidRuntime", text, pid=invocation.pid, uid=invocation.uid)
    await invocation.err("Aborted \n")
    return ABORTED


def _port(args: list[str]) -> int | str:
    """The port of `-p`, or what is wrong with it."""
    for word, value in zip(args, [*args[1:], ""], strict=False):
        if word in ("-p", "--port"):
            if not value.lstrip("-").isdigit():
                return f"Invalid port: {value}. Must be an integer between 1 and 65535."
            port = int(value)
            return (
                port
                if 1 <= port <= 65535
                else (f"Invalid port: {value}. Must be between 1 and 65535.")
            )
    return DEFAULT_PORT


async def _uiautomator2(invocation: Invocation, args: list[str]) -> int:
    """com.wetest.uia2.Main: runs until /stop, a signal, or the end of its shell."""
    port = _port(args)
    if isinstance(port, str):
        await invocation.err(port + "\n")
        return 1
    await invocation.out("[server] INFO: [UiAutomator2Server] Starting Server\n")

    async def started() -> None:
        await invocation.out("[server] INFO: clipboardManager inited\n")
        await invocation.out("[server] INFO: tmpdir is /data/local/tmp/u2\n")
        await invocation.out(f"[server] INFO: http server listening on *:{port}\n")

    try:
        await Server(invocation.phone, port).run(started)
    except AlreadyRegisteredError as error:
        await invocation.err(error.trace)
        return 1
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        message = "bind failed: EADDRINUSE (Address already in use)"
        await invocation.err(f"java.net.BindException: {message}\n")
        return 1
    return 0


PROGRAMS: Mapping[str, Main] = {"com.wetest.uia2.Main": _uiautomator2}
