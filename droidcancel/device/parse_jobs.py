"""Reading `dumpsys jobscheduler`. Pure.

A registered job is headed ``JOB #u0a123/45: hash pkg/.Svc``; with a namespace (Android 14 and
later, as WorkManager uses) ``JOB ns:u0a123/45: hash #Tag#@ns@pkg/.Svc`` (JobSchedulerService,
JobStatus.printUniqueId and batteryName). Lines ``#u0a123/45`` elsewhere are queue and history.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from droidcancel.device.reads import first_line, reads
from droidcancel.device.types import Job
from droidcancel.errors import ParseError

_REGISTERED = re.compile(r"^Registered .*jobs?:", re.MULTILINE | re.IGNORECASE)
_HEAD = re.compile(
    r"^(?P<indent>\s*)JOB (?:#|(?P<namespace>[^\s:]+):)(?P<uid>[^/\s]+)/(?P<id>-?\d+):"
    r"(?P<rest>.*)$"
)
_DECORATION = re.compile(r"^(?:#[^#]*#)?(?:@[^@]*@)?")
_SOURCE = re.compile(r"\bSource: (?P<words>.*)")
_SOURCE_USER = re.compile(r"\buser=(\d+) ")
_SOURCE_PACKAGE = re.compile(r"\bpkg=(\S+)")
_UID_USER = re.compile(r"u(?P<id>\d+)\w")
_UPLOAD_BYTES = re.compile(r"Network upload bytes:\s*(?P<bytes>-?\d+)")
_REQUIRED = re.compile(r"Required constraints:(?P<names>.*)")
_RUNNING = re.compile(r"(?:#|[\w.]{1,200}:)(?P<uid>u\d{1,9}\w{1,40}|\d{1,19})/(?P<id>-?\d{1,19})\b")


@reads
def parse_jobs(text: str, package: str) -> list[Job]:
    """The registered jobs of a package.

    Raises ParseError when the dump holds no list of registered jobs at all.
    """
    if not _REGISTERED.search(text):
        raise ParseError("the jobs", first_line(text))
    running = _running(text)
    jobs = (_job(head, body, running) for head, body in _blocks(text))
    return [job for owner, job in jobs if owner == package]


def _blocks(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each job's head with the deeper lines that follow it; a blank line ends nothing."""
    head: re.Match[str] | None = None
    body: list[str] = []
    for line in text.splitlines():
        found = _HEAD.match(line)
        if head and (found or _leaves(line, head)):
            yield head, "\n".join(body)
            head = None
        if found:
            head, body = found, []
        else:
            body.append(line)
    if head:
        yield head, "\n".join(body)


def _leaves(line: str, head: re.Match[str]) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) <= len(head["indent"])


def _job(head: re.Match[str], body: str, running: set[tuple[str, str]]) -> tuple[str, Job]:
    words = head["rest"].split()
    service = _DECORATION.sub("", words[-1]) if words else ""
    owner, user = _source(body)
    required = _REQUIRED.search(body)
    upload = _UPLOAD_BYTES.search(body)
    job = Job(
        uid=head["uid"],
        job_id=head["id"],
        service=service,
        namespace=head["namespace"] or "",
        needs_network="CONNECTIVITY" in (required["names"] if required else "")
        or "Network type:" in body,
        persisted="PERSISTED" in body,
        active=(head["uid"], head["id"]) in running,
        upload_bytes=int(upload["bytes"]) if upload and int(upload["bytes"]) >= 0 else None,
        user=_user(user, head["uid"]),
    )
    return owner or service.partition("/")[0], job


def _source(body: str) -> tuple[str, str]:
    """Package and user of ``Source: uid=u0a123 user=0 pkg=PKG``; empty where it does not say."""
    for found in _SOURCE.finditer(body):
        words = found["words"]
        package = _SOURCE_PACKAGE.search(words)
        if package:
            user = _SOURCE_USER.search(words, 0, package.start())
            return package[1], user[1] if user else ""
    return "", ""


def _user(user: str, uid: str) -> int | None:
    """Whose job it is: the user of its source, else of the uid ``u10a123`` that runs it."""
    if user:
        return int(user)
    found = _UID_USER.match(uid)
    return int(found["id"]) if found else None


def _running(text: str) -> set[tuple[str, str]]:
    """The jobs under ``Active jobs:``, whose entries are indented below it."""
    _, _, after = text.partition("\nActive jobs:")
    running = set()
    for line in after.splitlines()[1:]:
        if line and not line.startswith(" "):
            break
        found = _RUNNING.search(line)
        if found and "inactive" not in line:
            running.add((found["uid"], found["id"]))
    return running
