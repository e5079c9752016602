"""One inode of the phone's file system, and who may do what with it."""

from __future__ import annotations

import os
import stat as st
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from droidcancel.simulator.blob import Blob

BLOCK = 4096

ROOT, SYSTEM, SHELL = 0, 1000, 2000
SHELL_GROUPS = frozenset(
    {1004, 1007, 1011, 1015, 1028, 1078, 1079, 2000, 3001, 3002, 3003, 3006, 3009, 3011, 9997}
)
APP_GROUPS = frozenset({1015, 1078, 3003, 9997})
_BIT = {"r": 4, "w": 2, "x": 1}


class FsError(OSError):
    """A failed operation: `errno` as Linux gives it, `filename` the phone's path."""

    def __init__(self, number: int, path: str) -> None:
        super().__init__(number, os.strerror(number), path)


@dataclass(frozen=True)
class Stat:
    """What stat(2) tells; `mode` with the file type bits, `mtime` in seconds."""

    mode: int
    size: int
    mtime: float
    uid: int
    gid: int
    ino: int
    nlink: int
    rdev: tuple[int, int] = (0, 0)

    @property
    def blocks(self) -> int:
        """Blocks of 512 bytes, in whole pages as f2fs and ext4 give them."""
        return -(-self.size // BLOCK) * (BLOCK // 512)


@dataclass(eq=False)
class Node:
    """One inode. Exactly one of blob, children, target, generate, device tells its kind."""

    mode: int
    uid: int = ROOT
    gid: int = ROOT
    mtime: float = 0.0
    ino: int = 0
    blob: Blob | None = None
    children: dict[str, Node] | None = None
    target: str | None = None
    generate: Callable[[], bytes] | None = None
    listing: Callable[[], Mapping[str, Node]] | None = None
    device: tuple[int, int] | None = None

    def entries(self) -> Mapping[str, Node]:
        """The names in this directory; generated ones win over stored ones."""
        stored = self.children or {}
        return {**stored, **self.listing()} if self.listing else stored

    def child(self, name: str) -> Node | None:
        """The entry of that name, None when there is none."""
        made = self.listing().get(name) if self.listing else None
        return made if made is not None else (self.children or {}).get(name)

    @property
    def is_dir(self) -> bool:
        return st.S_ISDIR(self.mode)

    @property
    def size(self) -> int:
        """Bytes: of the contents, the link's target, one block for a directory, 0 if generated."""
        if self.blob is not None:
            return self.blob.size
        if self.target is not None:
            return len(self.target.encode("utf-8", "surrogateescape"))
        return BLOCK if self.children is not None and self.listing is None else 0


def generated(make: Callable[[], bytes], mode: int = 0o444, uid: int = 0, gid: int = 0) -> Node:
    """A file whose contents are made at each read, as in /proc."""
    return Node(st.S_IFREG | mode, uid, gid, generate=make)


def generated_dir(listing: Callable[[], Mapping[str, Node]], mode: int = 0o555) -> Node:
    """A directory whose entries are made at each look, as /proc/<pid>."""
    return Node(st.S_IFDIR | mode, children={}, listing=listing)


def groups_of(uid: int) -> frozenset[int]:
    """The groups a process of that uid is in."""
    if uid == SHELL:
        return SHELL_GROUPS
    return APP_GROUPS | {uid} if uid >= 10000 else frozenset({uid, 9997})


def allowed(node: Node, uid: int, access: str) -> bool:
    """Whether the mode of one node lets `uid` have `access`."""
    if uid == ROOT:
        return True
    shift = 6 if node.uid == uid else 3 if node.gid in groups_of(uid) else 0
    return bool(node.mode >> shift & _BIT[access])
