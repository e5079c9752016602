"""Services whose shell command does little: locale, uimode, statusbar, notification, user ..."""

from __future__ import annotations

from droidcancel.simulator.services_state import Notification
from droidcancel.simulator.shell.android.dump_power import run_battery
from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Failure,
    Service,
    illegal_argument,
    parse_user,
)
from droidcancel.simulator.shell.registry import Invocation, service_command

SHELL_PACKAGE = "com.android.shell"

# -- locale (LocaleManagerShellCommand, API 33) ---------------------------------------------------
LOCALE = Service(
    "locale",
    lambda _: (
        "Locale manager (locale) shell commands:\n"
        "  help\n      Print this help text.\n"
        "  set-app-locales <PACKAGE_NAME> [--user <USER_ID>] [--locales <LOCALE_INFO>]\n"
        "      Set the locales for the specified app.\n"
        "  get-app-locales <PACKAGE_NAME> [--user <USER_ID>]\n"
        "      Get the locales for the specified app.\n"
    ),
)


@service_command("locale", since=33)
async def cmd_locale(invocation: Invocation) -> int:
    return await LOCALE.run(invocation, invocation.argv)


def _locale_words(args: Args) -> tuple[str, int, str]:
    """PACKAGE [--user U] [--locales L]; the package, the user, the locales."""
    package, user, locales = args.next(), 0, ""
    if package is None:
        raise Failure("Error: no package specified\n", FAILED)
    while (option := args.option()) is not None:
        if option == "--user":
            user = parse_user(args.required())
        elif option == "--locales":
            locales = args.next() or ""
        elif option == "--delegate":
            args.required()
        else:
            raise illegal_argument(f"Unknown option: {option}")
    return package, user, locales


@LOCALE.sub("set-app-locales")
async def set_app_locales(invocation: Invocation, args: Args) -> int:
    package, user, locales = _locale_words(args)
    if invocation.phone.packages.get(package) is None:
        raise Failure(f"Unknown package {package} for userId {user}\n", 0)
    if locales:
        invocation.phone.app_locales[package] = locales.partition(",")[0]
    else:
        invocation.phone.app_locales.pop(package, None)
    invocation.phone.changed()
    return 0


@LOCALE.sub("get-app-locales")
async def get_app_locales(invocation: Invocation, args: Args) -> int:
    package, user, _ = _locale_words(args)
    if invocation.phone.packages.get(package) is None:
        raise Failure(f"Unknown package {package} for userId {user}\n", 0)
    own = invocation.phone.app_locales.get(package, "")
    await invocation.out(f"Locales for {package} for user {user} are [{own}]\n")
    return 0


# -- uimode (UiModeManagerService.Shell) ----------------------------------------------------------
NIGHT = {"yes": "2", "no": "1", "auto": "0", "custom_schedule": "3", "custom_bedtime": "3"}
UIMODE = Service(
    "uimode",
    lambda _: (
        "UiModeManager service (uimode) commands:\n"
        "  help\n    Print this help text.\n"
        "  night [yes|no|auto|custom_schedule|custom_bedtime]\n"
        "    Set or read night mode.\n"
        "  car [yes|no]\n    Set or read car mode.\n"
        "  time [start|end] <ISO time>\n    Set custom start/end schedule time.\n"
    ),
)


@service_command("uimode", since=26)
async def cmd_uimode(invocation: Invocation) -> int:
    return await UIMODE.run(invocation, invocation.argv)


@UIMODE.sub("night")
async def night(invocation: Invocation, args: Args) -> int:
    word, phone = args.next(), invocation.phone
    if word is not None:
        if word not in NIGHT:
            raise Failure(
                "Error: mode must be 'yes', 'no', or 'auto', or 'custom_schedule', "
                "or 'custom_bedtime'\n",
                FAILED,
            )
        phone.settings.put("secure", "ui_night_mode", NIGHT[word])
        phone.changed()
    names = {value: name for name, value in reversed(NIGHT.items())}
    current = phone.settings.get("secure", "ui_night_mode") or "1"
    await invocation.out(f"Night mode: {names.get(current, 'unknown')}\n")
    return 0


@UIMODE.sub("car")
async def car(invocation: Invocation, args: Args) -> int:
    await invocation.out("Car mode: no\n")
    return 0


# -- statusbar (StatusBarShellCommand) ------------------------------------------------------------
STATUSBAR = Service(
    "statusbar",
    lambda _: (
        "Status bar commands:\n"
        "  help\n    Print this help text.\n\n"
        "  expand-notifications\n    Open the notifications panel.\n\n"
        "  expand-settings\n    Open the notifications panel and expand quick settings if present."
        "\n\n  collapse\n    Collapse the notifications and settings panel.\n\n"
        "  add-tile COMPONENT\n    Add a TileService of the specified component\n\n"
        "  remove-tile COMPONENT\n    Remove a TileService of the specified component\n\n"
        "  click-tile COMPONENT\n    Click on a TileService of the specified component\n\n"
        "  check-support\n    Check if this device supports QS + APIs\n\n"
        "  get-status-icons\n    Print the list of status bar icons and the order they appear in\n"
    ),
)


@service_command("statusbar", since=24)
async def cmd_statusbar(invocation: Invocation) -> int:
    return await STATUSBAR.run(invocation, invocation.argv)


# What SystemUI does for each, as far as it has panels.
PANELS = {
    "expand-notifications": "open_notifications",
    "expand-settings": "open_quick_settings",
    "collapse": "close_panels",
}


@STATUSBAR.sub(*PANELS)
async def panel(invocation: Invocation, args: Args) -> int:
    action = getattr(invocation.phone.system_ui, PANELS[args.verb], None)
    if action is not None:
        action()
    return 0


@STATUSBAR.sub("add-tile", "remove-tile", "click-tile")
async def tile(invocation: Invocation, args: Args) -> int:
    """Only tiles of other apps can be clicked, and none is installed here."""
    args.required()
    return 0


@STATUSBAR.sub("check-support")
async def check_support(invocation: Invocation, args: Args) -> int:
    await invocation.out("true\n")
    return 0


@STATUSBAR.sub("get-status-icons", since=28)
async def get_status_icons(invocation: Invocation, args: Args) -> int:
    for name in ("rotate", "airplane", "wifi", "mobile", "battery", "clock"):
        await invocation.out(f"{name}\n")
    return 0


# -- notification (NotificationShellCmd) ----------------------------------------------------------
NOTIFICATION = Service(
    "notification",
    lambda _: (
        "usage: cmd notification SUBCMD [args]\n\nSUBCMDs:\n"
        "  allow_listener COMPONENT [user_id (current user if not specified)]\n"
        "  disallow_listener COMPONENT [user_id (current user if not specified)]\n"
        "  set_dnd [on|none (same as on)|priority|alarms|all|off (same as all)]\n"
        "  reset_assistant_user_set [user_id (current user if not specified)]\n"
        "  post [--help | flags] TAG TEXT\n"
        "  snooze --for <msec> <notification-key>\n"
        "  list\n  get <notification-key>\n"
    ),
)


@service_command("notification", since=26)
async def cmd_notification(invocation: Invocation) -> int:
    return await NOTIFICATION.run(invocation, invocation.argv)


def _key(invocation: Invocation, notification: Notification) -> str:
    package = invocation.phone.packages.get(notification.package)
    uid = package.uid if package else 1000
    return f"0|{notification.package}|{notification.id}|null|{uid}"


@NOTIFICATION.sub("list", since=30)
async def list_notifications(invocation: Invocation, args: Args) -> int:
    for notification in invocation.phone.notifications.list():
        await invocation.out(f"{_key(invocation, notification)}\n")
    return 0


@NOTIFICATION.sub("post", since=28)
async def post(invocation: Invocation, args: Args) -> int:
    title = "Shell cmd"
    while (option := args.option()) is not None:
        if option in ("-t", "--title"):
            title = args.required()
        elif option != "-v":
            args.required()
    tag, text = args.required(), " ".join(args.rest())
    notification = Notification(SHELL_PACKAGE, 2020, title, text or tag, channel="shell_cmd")
    invocation.phone.notifications.post(notification)
    await invocation.out(f"posting:\n  {_key(invocation, notification)}\n")
    return 0


@NOTIFICATION.sub("set_dnd", "allow_listener", "disallow_listener", "snooze", "unsnooze")
async def accept(invocation: Invocation, args: Args) -> int:
    args.required()
    return 0


# -- user, role, overlay, battery, media_session --------------------------------------------------
@service_command("user", since=26)
async def cmd_user(invocation: Invocation) -> int:
    words = invocation.argv
    if words[:1] == ["list"]:
        flags = "4c13" if invocation.api >= 33 else "c13" if invocation.api >= 31 else "13"
        await invocation.out(f"Users:\n\tUserInfo{{0:Owner:{flags}}} running\n")
        return 0
    if words[:1] == ["get-main-user"] and invocation.api >= 34:
        await invocation.out("0\n")
        return 0
    await invocation.out("User manager (user) commands:\n  list [-v | --verbose] [--all]\n")
    return FAILED


ROLES = {"android.app.role.HOME": "home", "android.app.role.ASSISTANT": ""}


@service_command("role", since=29)
async def cmd_role(invocation: Invocation) -> int:
    words = [word for word in invocation.argv if word not in ("--user", "0")]
    if words[:1] == ["get-role-holders"] and len(words) > 1 and invocation.api >= 30:
        holder = invocation.phone.home.package if ROLES.get(words[1]) == "home" else ""
        await invocation.out(f"{holder}\n")
        return 0
    if words[:1] in (["add-role-holder"], ["remove-role-holder"]):
        return 0
    await invocation.out(
        "Role (role) commands:\n"
        "  help or -h\n    Print this help text.\n"
        "  get-role-holders [--user USER_ID] ROLE\n"
        "  add-role-holder [--user USER_ID] ROLE PACKAGE [FLAGS]\n"
        "  remove-role-holder [--user USER_ID] ROLE PACKAGE [FLAGS]\n"
    )
    return FAILED


OVERLAYS = (
    ("com.android.internal.systemui.navbar.gestural", "2"),
    ("com.android.internal.systemui.navbar.threebutton", "0"),
)


@service_command("overlay", since=26)
async def cmd_overlay(invocation: Invocation) -> int:
    """The navigation bar's overlays: [x] is the one in use, by `secure navigation_mode`."""
    settings, words = invocation.phone.settings, invocation.argv
    if words[:1] == ["list"]:
        mode = settings.get("secure", "navigation_mode")
        lines = [f"[{'x' if value == mode else ' '}] {name}\n" for name, value in OVERLAYS]
        await invocation.out("android\n" + "".join(lines))
        return 0
    wanted = next((value for name, value in OVERLAYS if name in words[1:]), None)
    if words[:1] in (["enable"], ["enable-exclusive"]) and wanted is not None:
        settings.put("secure", "navigation_mode", wanted)
        return 0
    await invocation.err("Error: unknown overlay\n")
    return 1


@service_command("battery", since=29)
async def cmd_battery(invocation: Invocation) -> int:
    text = run_battery(invocation.phone.battery, invocation.argv, invocation.api)
    await invocation.out(text)
    invocation.phone.changed()
    return FAILED if text.startswith(("Unknown", "Bad")) else 0


@service_command("media_session", since=28)
async def cmd_media_session(invocation: Invocation) -> int:
    """No app here has a media session."""
    if invocation.argv[:1] == ["list-sessions"]:
        await invocation.out("Sessions:\n")
        return 0
    if invocation.argv[:1] in (["dispatch"], ["volume"]):
        return 0
    await invocation.out("usage: media_session dispatch KEY | list-sessions | volume [options]\n")
    return FAILED


@service_command("deviceidle", since=24)
async def cmd_deviceidle(invocation: Invocation) -> int:
    """Doze has no effect here beyond its own words."""
    words = invocation.argv
    if words[:1] == ["get"]:
        values = {"light": "ACTIVE", "deep": "ACTIVE", "screen": "true", "charging": "true"}
        await invocation.out(f"{values.get(([*words, ''])[1], 'Unknown get option')}\n")
        return 0
    if words[:1] == ["whitelist"]:
        await invocation.out(f"system,{SHELL_PACKAGE},2000\n" if len(words) == 1 else "")
        return 0
    if words[:1] in (["disable"], ["enable"], ["unforce"], ["step"], ["tempwhitelist"]):
        return 0
    await invocation.out("Device idle controller (deviceidle) commands:\n  help\n")
    return FAILED
