"""`cmd jobscheduler` and `dumpsys jobscheduler` (JobSchedulerShellCommand, JobStatus.dump)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from droidcancel.simulator.jobs import Job
from droidcancel.simulator.shell.android.java import Args, Failure, Service, parse_user
from droidcancel.simulator.shell.android.tokens import duration, identity, short_user
from droidcancel.simulator.shell.registry import Invocation, dump, service_command

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

# Exit statuses of JobSchedulerShellCommand.CMD_ERR_* (-1000, -1001, -1002), as the shell sees them.
NO_PACKAGE, NO_JOB, CONSTRAINTS = 24, 23, 22
# JobStatus.CONSTRAINT_* by the names that dumps print.
CONSTRAINT_BITS = {
    "CONNECTIVITY": 0x10000000,
    "TIMING_DELAY": 0x80000000,
    "BACKGROUND_NOT_RESTRICTED": 0x400000,
}

HELP = """\
Job scheduler (jobscheduler) commands:
  help
    Print this help text.
  run [-f | --force] [-s | --satisfied] [-u | --user USER_ID] PACKAGE JOB_ID
    Trigger immediate execution of a specific scheduled job.
  timeout [-u | --user USER_ID] [PACKAGE] [JOB_ID]
    Trigger immediate timeout of currently executing jobs, as if their
    execution timeout had expired.
  cancel [-u | --user USER_ID] PACKAGE [JOB_ID]
    Cancel a scheduled job.  If a job ID is not supplied, all jobs scheduled
    by that package will be canceled.
  get-job-state [-u | --user USER_ID] PACKAGE JOB_ID
    Return the current state of a job.
"""
JOBS = Service("jobscheduler", lambda _: HELP)


@service_command("jobscheduler", since=24)
async def cmd_jobscheduler(invocation: Invocation) -> int:
    return await JOBS.run(invocation, invocation.argv)


class _Options:
    """-u, -f, -s, and the namespace and reason that came with API 34."""

    def __init__(self, invocation: Invocation, args: Args) -> None:
        self.user, self.force = 0, False
        while (option := args.option()) is not None:
            if option in ("-u", "--user"):
                self.user = max(0, parse_user(args.required()))
            elif option in ("-f", "--force"):
                self.force = True
            elif option in ("-n", "--namespace") and invocation.api >= 34:
                args.required()
            elif option not in ("-s", "--satisfied"):
                raise Failure(f"Error: unknown option '{option}'\n", 255)


def _check_package(invocation: Invocation, name: str, user: int) -> None:
    if invocation.phone.packages.get(name) is None:
        raise Failure(f"Package {name} not found / user {user}\n", NO_PACKAGE, on_stdout=True)


def _optional_number(args: Args) -> int | None:
    return args.integer() if args.peek() is not None else None


def _find(phone: Phone, package: str, number: int | None) -> list[Job]:
    return [job for job in phone.jobs.list(package) if number in (None, job.id)]


@JOBS.sub("run")
async def run(invocation: Invocation, args: Args) -> int:
    options = _Options(invocation, args)
    package, number = args.required(), args.integer()
    where = f"job {number} in package {package} / user {options.user}"
    if not _find(invocation.phone, package, number):
        raise Failure(f"Could not find {where}\n", NO_JOB, on_stdout=True)
    if not invocation.phone.jobs.run_now(package, number, force=options.force):
        text = f"Job {number} in package {package} / user {options.user} has functional "
        raise Failure(f"{text}constraints but --force not specified\n", CONSTRAINTS, on_stdout=True)
    forced = " [FORCED]" if options.force else ""
    await invocation.out(f"Running job{forced}\n")
    return 0


async def _stop(invocation: Invocation, args: Args, verb: str) -> int:
    _Options(invocation, args)
    package = args.next()
    number = _optional_number(args)
    names = [package] if package else [p.name for p in invocation.phone.packages]
    stopped = [job for name in names for job in invocation.phone.jobs.stop(name, number)]
    for job in stopped:
        await invocation.out(f"{verb}: {unique_id(invocation.phone, job)} {job.service}\n")
    if not stopped:
        await invocation.out("No matching executing jobs found.\n")
    return 0


@JOBS.sub("timeout")
async def timeout(invocation: Invocation, args: Args) -> int:
    return await _stop(invocation, args, "Timing out")


@JOBS.sub("stop", since=34)
async def stop(invocation: Invocation, args: Args) -> int:
    words = args.rest()
    for flag in ("-s", "--stop-reason"):
        if flag in words:
            at = words.index(flag)
            del words[at : at + 3]
    return await _stop(invocation, Args(words), "Stopping job")


@JOBS.sub("cancel", since=26)
async def cancel(invocation: Invocation, args: Args) -> int:
    options = _Options(invocation, args)
    package, number = args.required(), _optional_number(args)
    _check_package(invocation, package, options.user)
    what = f"job {package}/#{number}" if number is not None else f"all jobs for {package}"
    await invocation.out(f"Canceling {what} in user {options.user}\n")
    if not invocation.phone.jobs.cancel(package, number):
        await invocation.out("No matching jobs found.\n")
    return 0


@JOBS.sub("get-job-state", since=27)
async def get_job_state(invocation: Invocation, args: Args) -> int:
    options = _Options(invocation, args)
    package, number = args.required(), args.integer()
    found = _find(invocation.phone, package, number)
    if not found:
        await invocation.out(f"unknown({package}/{number} in user {options.user})\n")
        return NO_JOB
    ready = all(invocation.phone.jobs.constraints(found[0]).values())
    running = found[0].state == "active"
    await invocation.out("active\n" if running else "pending ready\n" if ready else "waiting\n")
    return 0


# -- dumpsys --------------------------------------------------------------------------------------
def unique_id(phone: Phone, job: Job) -> str:
    """#u0a101/45, as JobStatus.printUniqueId writes it."""
    package = phone.packages.get(job.package)
    return f"#{short_user(package.uid if package else 1000)}/{job.id}"


def _constraints(names: Sequence[str]) -> str:
    known = [name for name in names if name in CONSTRAINT_BITS]
    bits = sum(CONSTRAINT_BITS[name] for name in known)
    return f" {' '.join(known)} [0x{bits:x}]" if known else ""


def _job_lines(phone: Phone, job: Job) -> list[str]:
    package = phone.packages.get(job.package)
    user = short_user(package.uid if package else 1000)
    held = phone.jobs.constraints(job)
    unmet = [name for name, satisfied in held.items() if not satisfied]
    met = [name for name, satisfied in held.items() if satisfied]
    ready = str(not unmet).lower()
    lines = [
        f"  JOB {unique_id(phone, job)}: {identity(job)} {job.package}/{job.service}",
        f"    {user} tag=*job*/{job.package}/{job.service}",
        f"    Source: uid={user} user=0 pkg={job.package}",
        "    JobInfo:",
        f"      Service: {job.package}/{job.service}",
    ]
    if job.persisted:
        lines.append("      PERSISTED")
    lines.append("      Requires: charging=false batteryNotLow=false deviceIdle=false")
    if job.needs_network:
        lines.append(
            "      Network type: NetworkRequest [ NONE id=0, [ Capabilities: "
            "INTERNET&NOT_RESTRICTED&TRUSTED&VALIDATED Uid: "
            + str(package.uid if package else 0)
            + " ] ]"
        )
    if job.upload_bytes is not None:
        lines.append(f"      Network upload bytes: {job.upload_bytes}")
    lines.append(f"      Backoff: policy=1 initial=+{duration(job.backoff_s)}")
    if job.ready_at:
        lines.append("      Has early constraint")
    required = [name for name in ("TIMING_DELAY", "CONNECTIVITY") if name in held]
    return [
        *lines,
        f"    Required constraints:{_constraints(required)}",
        f"    Satisfied constraints:{_constraints(met)}",
        f"    Unsatisfied constraints:{_constraints(unmet)}",
        f"    Num failures: {job.failures}",
        f"    Ready: {ready} (job={ready} user=true !pending=true !active=true !backingup=true "
        "comp=true)",
    ]


def _active_lines(phone: Phone, jobs: list[Job]) -> list[str]:
    active = [job for job in jobs if job.state == "active"]
    lines = ["", "Active jobs:"]
    for slot, job in enumerate(active):
        where = f"{unique_id(phone, job)} {job.package}/{job.service}"
        lines.append(f"  Slot #{slot}: {identity(job)} {where}")
        lines.append("    Running for: +1s0ms, timeout at: +9m59s0ms")
    return lines if active else [*lines, "  None"] if phone.options.api >= 31 else lines


@dump("jobscheduler")
async def dump_jobscheduler(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    words = [word for word in args if not word.startswith("-")]
    package = words[0] if words else None
    if package is not None and phone.packages.get(package) is None and not package.isdigit():
        await invocation.out(f"Invalid package: {package}\n")
        return 0
    jobs = phone.jobs.list(package)
    lines = ["Settings:", "  min_ready_non_active_jobs_count=5", ""]
    lines.append(f"Registered {len(phone.jobs.list())} jobs:")
    for job in jobs:
        lines += [*_job_lines(phone, job), ""]
    if not jobs:
        lines.append("  None.")
    ready = [job for job in jobs if job.state != "active"]
    ready = [job for job in ready if all(phone.jobs.constraints(job).values())]
    lines += ["", "Pending queue:"]
    for number, job in enumerate(ready):
        lines.append(f"  Pending #{number}: {unique_id(phone, job)} {job.package}/{job.service}")
    lines += _active_lines(phone, jobs)
    await invocation.out("\n".join(lines) + "\n")
    return 0
