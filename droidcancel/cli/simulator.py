"""`droidcancel simulator`: virtual phones that go on in the background."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli.options import adb_server_port, json_option, out, print_json, table
from droidcancel.cli.simulator_capture import capture
from droidcancel.cli.terminal import say
from droidcancel.errors import DeviceError, UsageError

if TYPE_CHECKING:
    from droidcancel.simulator.options import PhoneOptions

# width, height and density, and for a foldable its closed screen
SCREENS = {
    "phone": (1080, 2400, 420, 0, 0),
    "small": (720, 1280, 320, 0, 0),
    "tablet": (1600, 2560, 320, 0, 0),
    "tablet-landscape": (2560, 1600, 320, 0, 0),
    "foldable": (2208, 1840, 420, 1080, 2092),
}


@click.group(name="simulator", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Start, list and stop virtual phones for any adb client."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=False)


@command.command(short_help="Start virtual phones, which go on until they are stopped.")
@click.option(
    "--api",
    type=click.IntRange(21, 37),
    default=34,
    show_default=True,
    help="The API level that the phone behaves as.",
)
@click.option(
    "--profile",
    type=click.Choice(["instant", "pixel", "budget"]),
    default="instant",
    show_default=True,
    help="What commands and radios cost in time.",
)
@click.option(
    "--app-build",
    default="good",
    show_default=True,
    help="Which build of the apps: the good one, or one with a seeded bug.",
)
@click.option(
    "--app",
    "apps",
    type=click.Choice(["clips", "tiktok", "trill"]),
    multiple=True,
    default=("clips",),
    show_default=True,
    help="The app on it: Clips, or TikTok's look by either package; may be given several times.",
)
@click.option("--app-version", default="", metavar="VERSION", help="Its version, as 43.1.4.")
@click.option(
    "--locale",
    default="en-US",
    show_default=True,
    help="The phone's language: en-US, de-DE, ja-JP and others.",
)
@click.option("--vendor", default="", help="A make of phone: google, samsung or xiaomi.")
@click.option(
    "--quirk",
    "quirks",
    multiple=True,
    metavar="NAME",
    help="Something that a real build does otherwise; see `droidcancel simulator quirks`.",
)
@click.option("--screen", type=click.Choice(list(SCREENS)), default="phone", show_default=True)
@click.option(
    "--navigation",
    type=click.Choice(["buttons", "gesture"]),
    default="buttons",
    show_default=True,
    help="Back, Home and Recents by buttons, or by swipes from the edges.",
)
@click.option("--night", is_flag=True, help="Dark mode.")
@click.option("--model", default="Simulated Phone", show_default=True)
@click.option(
    "--upload-rate",
    type=float,
    default=1.5e6,
    show_default=True,
    metavar="BYTES_PER_S",
    help="The bandwidth up.",
)
@click.option("--free", "free_bytes", type=int, metavar="BYTES", help="Free storage left.")
@click.option("--secure", is_flag=True, help="Ask for adb authorisation, as a new phone does.")
@click.option("--logged-out", is_flag=True, help="The app starts at its login screen.")
@click.option(
    "--count",
    type=click.IntRange(1, 500),
    default=1,
    show_default=True,
    help="How many phones, all in one process.",
)
@click.option(
    "--accounts",
    metavar="LIST",
    help="A phone for each of these accounts (with commas), all at one upload service: the second"
    " may be the --observer of the first.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, exists=True),
    metavar="CASSETTE",
    help="Install the app of a capture; the phone is like that of the capture.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="The adb port of the first phone.")
@json_option
def start(
    api: int, profile: str, app_build: str, apps: tuple[str, ...], app_version: str, locale: str,
    vendor: str, quirks: tuple[str, ...],
    screen: str, navigation: str, night: bool, model: str, upload_rate: float,
    free_bytes: int | None, secure: bool, logged_out: bool, count: int, accounts: str | None,
    replay: Path | None, port: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Start virtual phones; they go on until `droidcancel simulator stop`.

    A phone takes a port at which every adb server looks for emulators, while one is free, and
    is then listed as emulator-55xx; otherwise it is named by its address.
    """
    from droidcancel.simulator.apps import PACKAGES
    from droidcancel.simulator.options import PhoneOptions
    from droidcancel.simulator.registry import SimulatorStartError, launch

    names = _accounts(accounts, count)
    if port is not None and max(count, len(names)) > 1:
        raise UsageError("--port names the port of one phone", "leave it out, or start one phone")
    width, height, density, folded_width, folded_height = SCREENS[screen]
    try:
        options = PhoneOptions(
            api=api, profile=profile, app_build=app_build, locale=locale, night=night,
            model=model, width=width, height=height, density=density, secure=secure,
            folded_width=folded_width, folded_height=folded_height, navigation=navigation,
            upload_bytes_per_s=upload_rate, free_bytes=free_bytes, vendor=vendor, quirks=quirks,
            apps=apps, app_version=app_version,
            app_options={PACKAGES[a]: {"logged_in": False} for a in apps} if logged_out else {},
        )  # fmt: skip
        if replay is not None:
            options = _replaying(replay, options)
        phones = launch(
            options,
            count=count,
            accounts=names,
            emulator_port=True if port is None else port,
            adb_server=adb_server_port(),
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    except SimulatorStartError as error:
        raise DeviceError(f"the simulator did not start: {error}") from error
    for phone in phones:
        if as_json:
            print_json(asdict(phone))
        else:
            say(phone.serial)


def _accounts(text: str | None, count: int) -> list[str]:
    """The accounts that were named, each once. UsageError for what cannot be one."""
    if text is None:
        return []
    names = list(dict.fromkeys(part.strip().lstrip("@") for part in text.split(",")))
    wrong = next((name for name in names if not re.fullmatch(r"[A-Za-z0-9._]{1,30}", name)), None)
    if wrong is not None:
        raise UsageError(
            f"--accounts: {wrong!r} is no name of an account",
            "give up to 30 letters, digits, dots or underlines, with commas between names",
        )
    if count > 1:
        raise UsageError("--accounts starts a phone for each account", "leave out --count")
    return names


@command.command()
@json_option
def quirks(as_json: bool) -> None:
    """What a virtual phone can be made to do otherwise than stock Android."""
    from droidcancel.simulator.quirks import QUIRKS, VENDORS

    if as_json:
        print_json({"quirks": QUIRKS, "vendors": {k: asdict(v) for k, v in VENDORS.items()}})
        return
    rows = table("quirk", "what the phone does")
    for name, about in QUIRKS.items():
        rows.add_row(name, about)
    for name, vendor in VENDORS.items():
        has = ", ".join(vendor.quirks) or "none"
        rows.add_row(f"--vendor {name}", f"{vendor.manufacturer} {vendor.model}, with: {has}")
    out().print(rows)


def _replaying(cassette: Path, options: PhoneOptions) -> PhoneOptions:
    """The phone of a capture; an API level or model that was asked for stays. Raises ValueError."""
    from dataclasses import replace

    from click.core import ParameterSource

    from droidcancel.simulator.cassette import phone_for

    context = click.get_current_context()
    given = {
        name: getattr(options, name)
        for name in ("api", "model")
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    return replace(phone_for(cassette, options), **given)


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List the virtual phones that run."""
    from droidcancel.simulator.registry import running

    phones = running()
    if as_json:
        print_json([asdict(phone) for phone in phones])
        return
    if not phones:
        say("No simulator runs. Start one with: droidcancel simulator start", err=True)
        return
    rows = table("name", "serial", "api", "profile", "app build", "locale", "up for")
    for phone in phones:
        seconds = f"{time.time() - phone.started:.0f} s"
        cells: list[Any] = [phone.name, phone.serial, phone.api, phone.profile]
        rows.add_row(*map(str, cells), phone.app_build, phone.locale, seconds)
    out().print(rows)


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME_OR_SERIAL]...")
@click.option("--all", "every", is_flag=True, help="Stop all of them.")
def stop(names: tuple[str, ...], every: bool) -> None:
    """Stop virtual phones by name or serial."""
    from droidcancel.simulator import registry

    if bool(names) == every:
        raise UsageError("say which simulators to stop", "name them, or give --all")
    stopped = registry.stop(None if every else list(names))
    for name in stopped:
        say(f"stopped {name}")
    if names and not stopped:
        raise UsageError(
            f"no simulator {', '.join(names)} runs", "droidcancel simulator list shows them"
        )


command.add_command(capture)
