"""`droidcancel emulator`: Android's own emulator, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.options import err, json_option, out, print_json, table
from droidcancel.cli.terminal import say
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.device.emulator import Running

SPEED_HELP = "How fast: gsm, edge, umts, lte, full ..., or UP:DOWN in kbit/s."
DELAY_HELP = "How late: gprs, edge, umts, none, or MIN:MAX in ms."


@click.group(name="emulator", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Start Android's emulator without a window, wait for it, and stop it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=False)


@command.command(short_help="Start an AVD, and wait until it is booted.")
@click.argument("avd")
@click.option("--window", is_flag=True, help="Show its window, and let it make sounds.")
@click.option("--snapshot", metavar="NAME", help="Load a snapshot in place of a cold boot.")
@click.option("--wipe", is_flag=True, help="Wipe the AVD's data first: all that is on it is lost.")
@click.option("--read-only", is_flag=True, help="Keep nothing, so that an AVD may run twice.")
@click.option("--gpu", metavar="MODE", help="How it draws; in software where it has no window.")
@click.option("--port", type=int, help="The console's port: even, 5554 to 5584.")
@click.option("--speed", metavar="SPEED", help=SPEED_HELP)
@click.option("--delay", metavar="DELAY", help=DELAY_HELP)
@click.option(
    "--timeout", type=click.FloatRange(1, 3600), default=300.0, show_default=True,
    metavar="SECONDS", help="How long a boot may take.",
)  # fmt: skip
@click.option("--flag", "extra", multiple=True, metavar="FLAG", help="A flag of the emulator's.")
@json_option
def start(
    avd: str, window: bool, snapshot: str | None, wipe: bool, read_only: bool, gpu: str | None,
    port: int | None, speed: str | None, delay: str | None, timeout: float,
    extra: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Start an AVD without a window, and wait until it is booted and its services answer.

    It goes on until `droidcancel emulator stop`. The emulator is found by ANDROID_HOME,
    ANDROID_SDK_ROOT or PATH. It boots cold unless a snapshot is named.
    """
    from droidcancel.device import emulator
    from droidcancel.device.emulator.life import free_port
    from droidcancel.device.emulator.network import checked_delay, checked_speed

    if speed is not None:
        checked_speed(speed)
    if delay is not None:
        checked_delay(delay)
    emulator.find_emulator()  # what is not there is told before a port is looked for
    options = emulator.StartOptions(
        port=free_port() if port is None else port, window=window, snapshot=snapshot, wipe=wipe,
        read_only=read_only, gpu=gpu, extra=extra,
    )  # fmt: skip
    serial = emulator.start(avd, _log(avd), options, timeout=timeout, tell=_tell)
    if speed is not None or delay is not None:
        with emulator.Console.of(serial) as console:
            emulator.set_network(console, speed, delay)
    if as_json:
        print_json({"serial": serial, "avd": avd})
    else:
        say(serial)


def _log(avd: str) -> Path:
    from droidcancel.device.emulator.life import log_path
    from droidcancel.journal_file import state_dir

    return log_path(state_dir(), avd)


def _tell(line: str) -> None:
    err().print(line, markup=False, soft_wrap=True)


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List the AVDs, and those that run."""
    from droidcancel.device import emulator

    running = emulator.running()
    known = emulator.avds(emulator.find_emulator())
    serials = {each.avd: each.serial for each in running}
    names = [*known, *(each.avd for each in running if each.avd not in known)]
    if as_json:
        print_json([{"avd": name, "serial": serials.get(name)} for name in names])
        return
    if not names:
        say("There is no AVD. Make one with avdmanager, or in Android Studio.", err=True)
        return
    rows = table("avd", "serial")
    for name in names:
        rows.add_row(name, serials.get(name, "not running"))
    out().print(rows)


@command.command()
@click.argument("names", nargs=-1, metavar="[AVD_OR_SERIAL]...")
@click.option("--all", "every", is_flag=True, help="Stop all that run.")
@click.option("--save", metavar="NAME", help="Keep its state as a snapshot of this name first.")
def stop(names: tuple[str, ...], every: bool, save: str | None) -> None:
    """Stop emulators by the name of the AVD or by serial."""
    from droidcancel.device import emulator

    if bool(names) == every:
        raise UsageError("say which emulators to stop", "name them, or give --all")
    chosen = emulator.running() if every else [emulator.find_running(name) for name in names]
    for each in chosen:
        emulator.stop(each, save)
        say(f"stopped {each.serial} ({each.avd})")


def _only(name: str | None) -> Running:
    """The emulator that is meant: named, or the only one that runs."""
    from droidcancel.device import emulator

    if name is not None:
        return emulator.find_running(name)
    known = emulator.running()
    if len(known) != 1:
        shown = ", ".join(f"{each.avd} ({each.serial})" for each in known) or "none"
        raise UsageError(f"which emulator? running: {shown}", "name one by its AVD or its serial")
    return known[0]


@command.command()
@click.argument("name", required=False, metavar="[AVD_OR_SERIAL]")
@click.option("--speed", metavar="SPEED", help=SPEED_HELP)
@click.option("--delay", metavar="DELAY", help=DELAY_HELP)
@json_option
def network(name: str | None, speed: str | None, delay: str | None, as_json: bool) -> None:
    """Set how fast and how late the network of an emulator is, and read it back.

    Without an option it is only read. Whether it holds for the Wi-Fi of newer emulators is not
    known for sure: measure an upload.
    """
    from droidcancel.device import emulator

    with emulator.Console.of(_only(name).serial) as console:
        status = emulator.set_network(console, speed, delay)
    if as_json:
        print_json(status.to_json())
        return
    for way, bits in (("up", status.up_bits), ("down", status.down_bits)):
        say(f"{way:5} {f'{bits / 1000:g} kbit/s' if bits else 'full speed'}")
    say(f"delay {status.least_ms} to {status.most_ms} ms")


@command.command()
@click.argument("action", type=click.Choice(["list", "save", "load", "delete"]))
@click.argument("snapshot_name", required=False, metavar="[NAME]")
@click.option(
    "-s", "--serial", "which", metavar="AVD_OR_SERIAL", help="Which emulator, where several run."
)
def snapshot(action: str, snapshot_name: str | None, which: str | None) -> None:
    """List, save, load or delete snapshots of an emulator that runs.

    A snapshot that is loaded brings back radios, settings and the time of then.
    """
    from droidcancel.device import emulator
    from droidcancel.errors import NotEffective

    if (action == "list") != (snapshot_name is None):
        raise UsageError(f"`snapshot {action}` takes {'no' if action == 'list' else 'a'} name")
    with emulator.Console.of(_only(which).serial) as console:
        if snapshot_name is None:
            for known in console.snapshots():
                say(known)
            return
        if action != "save" and snapshot_name not in (there := console.snapshots()):
            raise UsageError(
                f"there is no snapshot {snapshot_name!r}",
                f"snapshots: {', '.join(there) or 'none'}",
            )
        console.snapshot(action, snapshot_name)
        if (action != "delete") != (snapshot_name in console.snapshots()):
            raise NotEffective(f"the emulator did not {action} the snapshot {snapshot_name!r}")
    say(f"{action}: {snapshot_name}")
