"""The phone's file system: a tree of nodes in memory, with unix modes, symbolic links and a size.

Paths are the phone's, always absolute, and never become a path of the host. Methods act as
root does; `FileSystem.may` answers what a uid is allowed, `access.UserFiles` enforces it.
Limits and error numbers are Linux': NAME_MAX 255, PATH_MAX 4096, 40 links in a chain (ELOOP).
"""

from __future__ import annotations

import errno
import stat as st
from collections.abc import Callable

from droidcancel.simulator.blob import Blob, Pool
from droidcancel.simulator.fsnode import (
    ROOT,
    FsError,
    Node,
    Stat,
    allowed,
    generated,
    generated_dir,
)
from droidcancel.simulator.fswalk import PATH_MAX, Tree, Walk, length

__all__ = [
    "Blob",
    "FileSystem",
    "FsError",
    "Node",
    "Stat",
    "generated",
    "generated_dir",
    "make_tree",
]

NODES_MAX = 100_000


class FileSystem(Tree):
    """The tree; `clock` gives seconds for time stamps, `capacity` is in bytes."""

    def __init__(self, clock: Callable[[], float], capacity: int) -> None:
        self._clock = clock
        self._pool = Pool(capacity)
        self._nodes = 1
        self._next_ino = 2
        super().__init__(Node(st.S_IFDIR | 0o755, mtime=clock(), ino=1, children={}))

    # -- room ---------------------------------------------------------------------------------
    @property
    def capacity(self) -> int:
        """Bytes of storage, as sold."""
        return self._pool.capacity

    @property
    def used(self) -> int:
        """Bytes that files take."""
        return self._pool.used

    @property
    def free(self) -> int:
        """Bytes left."""
        return self._pool.capacity - self._pool.used

    @property
    def memory(self) -> int:
        """Bytes of contents held in the host's RAM."""
        return self._pool.memory

    def now(self) -> float:
        """Seconds, as time stamps have them."""
        return self._clock()

    def reserve(self, count: int) -> None:
        """Take `count` bytes as if a file held them (negative gives back); FsError(ENOSPC)."""
        try:
            self._pool.take(count)
        except OSError:
            raise FsError(errno.ENOSPC, "/data") from None

    # -- making -------------------------------------------------------------------------------
    def _attach(self, walk: Walk, node: Node) -> Node:
        if walk.parent.children is None or (walk.parent.listing and walk.name == ""):
            raise FsError(errno.EROFS, walk.path)
        if self._nodes >= NODES_MAX:
            raise FsError(errno.ENOSPC, walk.path)
        node.ino, node.mtime = self._next_ino, self._clock()
        self._next_ino += 1
        self._nodes += 1
        walk.parent.children[walk.name] = node
        walk.parent.mtime = node.mtime
        return node

    def _vacant(self, path: str) -> Walk:
        walk = self.lookup(path, follow=False)
        if walk.node is not None:
            raise FsError(errno.EEXIST, path)
        return walk

    def mkdir(
        self, path: str, mode: int = 0o755, parents: bool = False, uid: int = 0, gid: int = 0
    ) -> None:
        """Make a directory; with `parents` also what leads there, and an existing one is fine."""
        if parents:
            self._mkdirs(path, mode, uid, gid)
            return
        self._attach(self._vacant(path), Node(st.S_IFDIR | mode, uid, gid, children={}))

    def _mkdirs(self, path: str, mode: int, uid: int, gid: int) -> None:
        here = ""
        for part in [part for part in path.split("/") if part]:
            here += "/" + part
            if not self.exists(here):
                self.mkdir(here, mode, uid=uid, gid=gid)
        if not self.isdir(path):
            raise FsError(errno.EEXIST, path)

    def create(self, path: str, mode: int = 0o644, uid: int = 0, gid: int = 0) -> Blob:
        """An empty file at `path`, made or truncated; its Blob."""
        walk = self.lookup(path)
        if walk.node is not None:
            blob = self._blob(walk.node, path)
            blob.truncate()
            walk.node.mtime = self._clock()
            return blob
        if path.endswith("/"):
            raise FsError(errno.EISDIR, path)
        blob = Blob(self._pool)
        self._attach(walk, Node(st.S_IFREG | mode & 0o7777, uid, gid, blob=blob))
        return blob

    @staticmethod
    def _blob(node: Node, path: str) -> Blob:
        if node.is_dir:
            raise FsError(errno.EISDIR, path)
        if node.blob is None:
            raise FsError(errno.EACCES, path)
        return node.blob

    def open_blob(self, path: str) -> Blob:
        """The contents of a stored file; FsError(EISDIR, EACCES for a device or generated one)."""
        return self._blob(self.node(path), path)

    def generated(self, path: str) -> bool:
        """Whether the contents are made when they are read, as those of /proc are."""
        return self.node(path).generate is not None

    def read(self, path: str) -> bytes:
        """The whole contents."""
        node = self.node(path)
        if node.is_dir:
            raise FsError(errno.EISDIR, path)
        if node.generate is not None:
            return node.generate()
        return node.blob.read() if node.blob is not None else b""

    def write(
        self,
        path: str,
        data: bytes,
        mode: int | None = None,
        uid: int | None = None,
        gid: int | None = None,
        append: bool = False,
    ) -> None:
        """Write or append; makes the file when missing. None keeps what a file has."""
        old = self.lookup(path).node
        if old is None:
            self.create(path, 0o644 if mode is None else mode, uid or 0, gid or 0)
        node = self.node(path)
        blob = self._blob(node, path)
        if not append:
            blob.truncate()
        try:
            blob.append(data)
        except OSError as error:
            raise FsError(error.errno or errno.EIO, path) from None
        node.mtime = self._clock()
        if old is not None and mode is not None:
            node.mode = st.S_IFMT(node.mode) | mode
        node.uid = node.uid if uid is None else uid
        node.gid = node.gid if gid is None else gid

    def symlink(self, target: str, path: str, uid: int = 0, gid: int = 0) -> None:
        """A symbolic link at `path` holding `target` as given."""
        if length(target) >= PATH_MAX:
            raise FsError(errno.ENAMETOOLONG, target)
        if path.endswith("/"):  # which only a directory may be called
            raise FsError(errno.ENOENT, path)
        self._attach(self._vacant(path), Node(st.S_IFLNK | 0o777, uid, gid, target=target))

    def readlink(self, path: str) -> str:
        """The target of a link; FsError(EINVAL) for anything else."""
        target = self.node(path, follow=False).target
        if target is None:
            raise FsError(errno.EINVAL, path)
        return target

    def add_generated(self, path: str, make: Callable[[], bytes], mode: int = 0o444) -> None:
        """A file made at each read; directories that lead there are made."""
        self.add_node(path, generated(make, mode))

    def add_node(self, path: str, node: Node) -> None:
        """Put a ready node (generated directory, device) at `path`, replacing what is there."""
        self.mkdir(self.normalize(f"{path}/.."), parents=True)
        self._attach(self.lookup(path, follow=False), node)

    # -- removing and changing ----------------------------------------------------------------
    def _detach(self, walk: Walk) -> None:
        if walk.parent.children is None or walk.name not in walk.parent.children:
            raise FsError(errno.EPERM, walk.path)
        del walk.parent.children[walk.name]
        walk.parent.mtime = self._clock()

    def _drop(self, node: Node) -> None:
        pending = [node]
        while pending:
            gone = pending.pop()
            self._nodes -= 1
            pending.extend((gone.children or {}).values())
            if gone.blob is not None:
                gone.blob.release()

    def unlink(self, path: str) -> None:
        """Remove a file or link; FsError(EISDIR) for a directory."""
        walk = self.lookup(path, follow=False)
        if walk.node is None:
            raise FsError(errno.ENOENT, path)
        if walk.node.is_dir:
            raise FsError(errno.EISDIR, path)
        self._detach(walk)
        self._drop(walk.node)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory; FsError(ENOTEMPTY, ENOTDIR, EBUSY for the root)."""
        walk = self.lookup(path, follow=False)
        if walk.node is None:
            raise FsError(errno.ENOENT, path)
        if not walk.node.is_dir:
            raise FsError(errno.ENOTDIR, path)
        if walk.node is self._root:
            raise FsError(errno.EBUSY, path)
        if walk.node.entries():
            raise FsError(errno.ENOTEMPTY, path)
        self._detach(walk)
        self._drop(walk.node)

    def rmtree(self, path: str) -> None:
        """Remove a file, or a directory with all below it."""
        walk = self.lookup(path, follow=False)
        if walk.node is None:
            raise FsError(errno.ENOENT, path)
        if walk.node is self._root:
            raise FsError(errno.EBUSY, path)
        self._detach(walk)
        self._drop(walk.node)

    def rename(self, old: str, new: str) -> None:
        """Move; replaces a file or an empty directory. FsError(EINVAL) into itself."""
        source = self.lookup(old, follow=False)
        target = self.lookup(new, follow=False)
        if source.node is None:
            raise FsError(errno.ENOENT, old)
        if source.node is self._root or f"{target.path}/".startswith(f"{source.path}/"):
            if source.node is target.node:
                return
            raise FsError(errno.EINVAL, old)
        if target.node is not None:
            self._replace(target, source.node, new)
        if target.parent.children is None:
            raise FsError(errno.EACCES, new)
        self._detach(source)
        target.parent.children[target.name] = source.node
        target.parent.mtime = self._clock()

    def _replace(self, target: Walk, by: Node, path: str) -> None:
        if target.node is None:
            return
        if target.node.is_dir != by.is_dir:
            raise FsError(errno.EISDIR if target.node.is_dir else errno.ENOTDIR, path)
        if target.node.is_dir and target.node.entries():
            raise FsError(errno.ENOTEMPTY, path)
        self._detach(target)
        self._drop(target.node)

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits (07777)."""
        node = self.node(path)
        node.mode = st.S_IFMT(node.mode) | (mode & 0o7777)

    def chown(self, path: str, uid: int = -1, gid: int = -1, follow: bool = True) -> None:
        """Set owner and group; -1 keeps one."""
        node = self.node(path, follow)
        node.uid = node.uid if uid < 0 else uid
        node.gid = node.gid if gid < 0 else gid

    def utime(self, path: str, mtime: float | None = None, follow: bool = True) -> None:
        """Set the time stamp in seconds, None for now."""
        self.node(path, follow).mtime = self._clock() if mtime is None else mtime

    # -- permissions --------------------------------------------------------------------------
    def may(self, uid: int, path: str, access: str) -> bool:
        """Whether `uid` has `access` ("r", "w", "x") to `path`.

        Unix modes with Android's groups. For "w" on something missing, its directory counts.
        """
        if uid == ROOT:
            return True
        try:
            walk = self.lookup(path)
        except FsError:
            return False
        last = walk.node if walk.node is not None else walk.parent
        through = [node for node in walk.passed if node is not walk.node]
        if not all(allowed(node, uid, "x") for node in through if node.is_dir):
            return False
        if walk.node is None and access == "w":
            return allowed(last, uid, "w") and allowed(last, uid, "x")
        return walk.node is not None and allowed(walk.node, uid, access)


def make_tree(fs: FileSystem, api: int) -> None:
    """The directories, links, devices and files a phone has after first boot."""
    from droidcancel.simulator.tree import fill

    fill(fs, api)
