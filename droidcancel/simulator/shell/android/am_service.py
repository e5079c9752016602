"""`am`, also `cmd activity`: the table of its sub-commands, and its help."""

from __future__ import annotations

from droidcancel.simulator.shell.android.java import Service, front_end
from droidcancel.simulator.shell.registry import Invocation, command, service_command

_HELP = """\
Activity manager (activity) commands:
  help
      Print this help text.
  start-activity [-D] [-N] [-W] [-P <FILE>] [--start-profiler <FILE>]
          [--sampling INTERVAL] [-R COUNT] [-S] [--user <USER_ID> | current] <INTENT>
      Start an Activity.  Options are:
      -W: wait for launch to complete
      -S: force stop the target app before starting the activity
      -R: repeat the activity launch <COUNT> times.
  start-service [--user <USER_ID> | current] <INTENT>
      Start a Service.
  stop-service [--user <USER_ID> | current] <INTENT>
      Stop a Service.
  broadcast [--user <USER_ID> | all | current] [--receiver-permission <PERMISSION>] <INTENT>
      Send a broadcast Intent.
  instrument [-r] [-e <NAME> <VALUE>] [-p <FILE>] [-w] [--user <USER_ID> | current] <COMPONENT>
      Start an Instrumentation.
  force-stop [--user <USER_ID> | all | current] <PACKAGE>
      Completely stop the given application package.
  crash [--user <USER_ID>] <PACKAGE|PID>
      Induce a VM crash in the specified package or process
  kill [--user <USER_ID> | all | current] <PACKAGE>
      Kill all background processes associated with the given application.
  kill-all
      Kill all processes that are safe to kill (cached, etc).
  switch-user <USER_ID>
      Switch to put USER_ID in the foreground, starting execution of that user if it is
      currently stopped.
  get-current-user
      Returns id of the current foreground user.
  get-started-user-state <USER_ID>
      Gets the current state of the given started user.
  get-uid-state <UID>
      Gets the process state of an app given its <UID>.
  get-config [--days N] [--device] [--proto] [--display <DISPLAY_ID>]
      Retrieve the configuration and any recent configurations of the device.
  set-inactive [--user <USER_ID>] <PACKAGE> true|false
      Sets the inactive state of an app.
  get-inactive [--user <USER_ID>] <PACKAGE>
      Returns the inactive state of an app.
  set-standby-bucket [--user <USER_ID>] <PACKAGE> active|working_set|frequent|rare|restricted
      Puts an app in the standby bucket.
  get-standby-bucket [--user <USER_ID>] <PACKAGE>
      Returns the standby bucket of an app.
  send-trim-memory [--user <USER_ID>] <PROCESS> [HIDDEN|RUNNING_MODERATE|BACKGROUND|COMPLETE]
      Send a memory trim event to a <PROCESS>.
  stack [COMMAND] [...]: sub-commands for operating on activity stacks.
       list
           List all of the activity stacks and their sizes.
       info <WINDOWING_MODE> <ACTIVITY_TYPE>
           Display the information about activity stack.
       remove <STACK_ID>
           Remove stack <STACK_ID>.
  task [COMMAND] [...]: sub-commands for operating on activity tasks.
       lock <TASK_ID>
           Bring <TASK_ID> to the front and don't allow other tasks to run.
       lock stop
           End the current task lock.
       resizeable <TASK_ID> [0|1|2|3]
           Change resizeable mode of <TASK_ID>.
       resize <TASK_ID> <LEFT,TOP,RIGHT,BOTTOM>
           Makes sure <TASK_ID> is in a stack with the specified bounds.
"""
_RESTRICTION_HELP = """\
  set-bg-restriction-level [--user <USER_ID>] <PACKAGE> unrestricted|exempted|adaptive_bucket|\
restricted_bucket|background_restricted|hibernation
      Set an app's background restriction level which in turn map to a app standby bucket.
  get-bg-restriction-level [--user <USER_ID>] <PACKAGE>
      Get an app's background restriction level.
"""
_INTENT_HELP = """\

<INTENT> specifications include these flags and arguments:
    [-a <ACTION>] [-d <DATA_URI>] [-t <MIME_TYPE>] [-i <IDENTIFIER>]
    [-c <CATEGORY> [-c <CATEGORY>] ...]
    [-n <COMPONENT_NAME>]
    [-e|--es <EXTRA_KEY> <EXTRA_STRING_VALUE> ...]
    [--esn <EXTRA_KEY> ...]
    [--ez <EXTRA_KEY> <EXTRA_BOOLEAN_VALUE> ...]
    [--ei <EXTRA_KEY> <EXTRA_INT_VALUE> ...]
    [--el <EXTRA_KEY> <EXTRA_LONG_VALUE> ...]
    [--ef <EXTRA_KEY> <EXTRA_FLOAT_VALUE> ...]
    [--eu <EXTRA_KEY> <EXTRA_URI_VALUE> ...]
    [--ecn <EXTRA_KEY> <EXTRA_COMPONENT_NAME_VALUE>]
    [-f <FLAG>]
    [--grant-read-uri-permission] [--grant-write-uri-permission]
    [--activity-clear-task] [--activity-clear-top] [--activity-single-top]
    [--include-stopped-packages] [--receiver-foreground]
    [<URI> | <PACKAGE> | <COMPONENT>]
"""


def _help(invocation: Invocation) -> str:
    restriction = _RESTRICTION_HELP if invocation.api >= 33 else ""
    return _HELP + restriction + _INTENT_HELP


AM = Service("activity", _help)


@service_command("activity", since=26, cost="am")
async def cmd_activity(invocation: Invocation) -> int:
    return await AM.run(invocation, invocation.argv)


@command("am", since=26, cost="am")
async def am(invocation: Invocation) -> int:
    """A script that runs `cmd activity` (frameworks/base cmds/am/am)."""
    return await AM.run(invocation, invocation.argv[1:])


@command("am", until=25, cost="jvm")
async def am_front_end(invocation: Invocation) -> int:
    """Am.java, in a Java machine of its own."""
    return await front_end(AM, invocation, invocation.argv[1:])
