"""`pm`, also `cmd package`: the table of its sub-commands, and its help."""

from __future__ import annotations

from droidcancel.simulator.packages import Package
from droidcancel.simulator.shell.android.java import (
    Args,
    Failure,
    Service,
    front_end,
    illegal_argument,
    parse_user,
)
from droidcancel.simulator.shell.registry import Invocation, command, service_command

_HELP = """\
Package manager (package) commands:
  help
    Print this help text.

  path [--user USER_ID] PACKAGE
    Print the path to the .apk of the given PACKAGE.

  dump PACKAGE
    Print various system state associated with the given PACKAGE.

  has-feature FEATURE_NAME [version]
    Prints true and returns exit status 0 when system has a FEATURE_NAME,
    otherwise prints false and returns exit status 1

  list features
    Prints all features of the system.

  list instrumentation [-f] [TARGET-PACKAGE]
    Prints all test packages; optionally only those targeting TARGET-PACKAGE

  list libraries
    Prints all system libraries.

  list packages [-f] [-d] [-e] [-s] [-3] [-i] [-l] [-u] [-U]
      [--show-versioncode] [--uid UID] [--user USER_ID] [FILTER]
    Prints all packages; optionally only those whose name contains
    the text in FILTER.

  list permission-groups
    Prints all known permission groups.

  list permissions [-g] [-f] [-d] [-u] [GROUP]
    Prints all known permissions; optionally only those in GROUP.

  list users
    Prints all users.

  resolve-activity [--brief] [--components] [--query-flags FLAGS]
       [--user USER_ID] INTENT
    Prints the activity that resolves to the given INTENT.

  query-activities [--brief] [--components] [--query-flags FLAGS]
       [--user USER_ID] INTENT
    Prints all activities that can handle the given INTENT.

  install [-rtfdg] [-i PACKAGE] [--user USER_ID|all|current]
       [-p INHERIT_PACKAGE] [--install-location 0/1/2]
       [--abi ABI_NAME] [--dont-kill] [-S BYTES] [PATH|-]
    Install an application.  Must provide the apk data to install, either as
    file path(s) or '-' to read from stdin.

  install-create [-rtfdg] [-i PACKAGE] [--user USER_ID|all|current]
       [-p INHERIT_PACKAGE] [-S BYTES]
    Like "install", but starts an install session.

  install-write [-S BYTES] SESSION_ID SPLIT_NAME [PATH|-]
    Write an apk into the given install session.

  install-commit SESSION_ID
    Commit the given active install session, installing the app.

  install-abandon SESSION_ID
    Delete the given active install session.

  install-existing [--user USER_ID|all|current] PACKAGE
       Installs an existing application for a new user.

  uninstall [-k] [--user USER_ID] [--versionCode VERSION_CODE]
       PACKAGE [SPLIT_NAME...]
    Remove the given package name from the system.

  {clear} PACKAGE
    Deletes all data associated with a package.

  enable [--user USER_ID] PACKAGE_OR_COMPONENT
  disable [--user USER_ID] PACKAGE_OR_COMPONENT
  disable-user [--user USER_ID] PACKAGE_OR_COMPONENT
  disable-until-used [--user USER_ID] PACKAGE_OR_COMPONENT
  default-state [--user USER_ID] PACKAGE_OR_COMPONENT
    These commands change the enabled state of a given package or
    component (written as "package/class").

  suspend [--user USER_ID] TARGET-PACKAGE
    Suspend the specified package (as user).

  unsuspend [--user USER_ID] TARGET-PACKAGE
    Unsuspend the specified package (as user).

  grant [--user USER_ID] PACKAGE PERMISSION
  revoke [--user USER_ID] PACKAGE PERMISSION
    These commands either grant or revoke permissions to apps.

  reset-permissions
    Revert all runtime permissions to their default state.

  get-install-location
    Returns the current install location: 0, 1 or 2 as per set-install-location.

  get-max-users

  trim-caches DESIRED_FREE_SPACE [internal|UUID]
    Trim cache files to reach the given free space.
"""


def _help(invocation: Invocation) -> str:
    selective = invocation.api >= 33
    clear = "clear [--user USER_ID] [--cache-only]" if selective else "clear [--user USER_ID]"
    return _HELP.replace("{clear}", clear)


PM = Service("package", _help)


@service_command("package", since=24, cost="pm")
async def cmd_package(invocation: Invocation) -> int:
    return await PM.run(invocation, invocation.argv)


@command("pm", since=28, cost="pm")
async def pm(invocation: Invocation) -> int:
    """A script that runs `cmd package` (frameworks/base cmds/pm/pm)."""
    return await PM.run(invocation, invocation.argv[1:])


@command("pm", until=27, cost="jvm")
async def pm_front_end(invocation: Invocation) -> int:
    """Pm.java, in a Java machine of its own."""
    return await front_end(PM, invocation, invocation.argv[1:])


# -- what several sub-commands share --------------------------------------------------------------
def take_user(args: Args, default: int = 0) -> int:
    """The options of a command that has none but --user."""
    user = default
    while (option := args.option()) is not None:
        if option != "--user":
            raise Failure(f"Error: Unknown option: {option}\n", 1)
        user = parse_user(args.required())
    return user


def known_package(invocation: Invocation, name: str) -> Package:
    """An installed package; the exception of the package manager where there is none."""
    package = invocation.phone.packages.get(name)
    if package is None:
        raise illegal_argument(f"Unknown package: {name}")
    return package
