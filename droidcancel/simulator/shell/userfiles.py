"""The phone's files as one user may touch them."""

from __future__ import annotations

import errno
import stat as st
from dataclasses import dataclass

from droidcancel.simulator.blob import Blob
from droidcancel.simulator.fs import FileSystem, FsError, Stat

# Mounted read-only on every phone since Android 5 (dm-verity); / is, too.
_WRITABLE = ("/data/", "/storage/", "/dev/", "/proc/", "/sys/", "/mnt/", "/cache/", "/config/")


@dataclass(frozen=True)
class UserFiles:
    """File operations with permission checks; names are relative to `cwd`."""

    fs: FileSystem
    uid: int
    cwd: str = "/"
    umask: int = 0o22
    pid: int = 0

    def path(self, name: str) -> str:
        """The absolute path of a name; FsError(ENOENT) for the empty one."""
        if not name:
            raise FsError(errno.ENOENT, name)
        if self.pid and (name == "/proc/self" or name.startswith("/proc/self/")):
            return f"/proc/{self.pid}{name[10:]}"
        return name if name.startswith("/") else f"{self.cwd.rstrip('/')}/{name}"

    def _may(self, path: str, access: str) -> bool:
        return self.fs.may(self.uid, path, access)

    def _reachable(self, path: str) -> None:
        """FsError(EACCES) when a directory on the way is closed to this user."""
        parent = self.fs.normalize(f"{path.rstrip('/')}/..") if path.strip("/") else "/"
        if self.fs.exists(parent) and not self._may(parent, "x"):
            raise FsError(errno.EACCES, path)

    def need(self, name: str, access: str) -> str:
        """The path, when it is there and `access` is allowed; else FsError."""
        path = self.path(name)
        self._reachable(path)
        self.fs.node(path)
        if not self._may(path, access):
            raise FsError(errno.EACCES, path)
        return path

    def _need_parent(self, path: str) -> None:
        """FsError(EROFS, EACCES) unless names may be made and removed beside `path`."""
        place = self.fs.resolve(path) if self.fs.exists(path) else self._resolved_parent(path)
        if self.uid != 0 and not place.startswith(_WRITABLE):
            raise FsError(errno.EROFS, path)
        parent = self.fs.normalize(f"{path.rstrip('/')}/..")
        if not (self._may(parent, "w") and self._may(parent, "x")):
            raise FsError(errno.EACCES, path)

    def _resolved_parent(self, path: str) -> str:
        parent, _, name = path.rstrip("/").rpartition("/")
        return f"{self.fs.resolve(parent or '/').rstrip('/')}/{name}"

    def exists(self, name: str) -> bool:
        """Whether something is there that this user can see."""
        try:
            self.stat(name)
        except FsError:
            return False
        return True

    def isdir(self, name: str) -> bool:
        """Whether it is a directory that this user can see."""
        return self.exists(name) and self.fs.isdir(self.path(name))

    def stat(self, name: str, follow: bool = True) -> Stat:
        """stat(2)."""
        path = self.path(name)
        self._reachable(path)
        return self.fs.stat(path, follow)

    def listdir(self, name: str) -> list[str]:
        """The names in a directory."""
        return self.fs.listdir(self.need(name, "r"))

    def read(self, name: str) -> bytes:
        """The whole contents."""
        return self.fs.read(self.need(name, "r"))

    def blob(self, name: str, *, append: bool = False, mode: int = 0o666) -> Blob:
        """A file to write to: made when missing, emptied unless appending."""
        path = self.path(name)
        self._reachable(path)
        if self.fs.exists(path):
            if self.fs.isdir(path):
                raise FsError(errno.EISDIR, path)
            if not self._may(path, "w"):
                self._read_only(path)
                raise FsError(errno.EACCES, path)
            return self.fs.open_blob(path) if append else self.fs.create(path)
        self._need_parent(path)
        gid = self._gid(path)
        return self.fs.create(path, mode & ~self.umask, self.uid, gid)

    def _read_only(self, path: str) -> None:
        if self.uid != 0 and not self.fs.resolve(path).startswith(_WRITABLE):
            raise FsError(errno.EROFS, path)

    def _gid(self, path: str) -> int:
        parent = self.fs.stat(self.fs.normalize(f"{path.rstrip('/')}/.."))
        return parent.gid if parent.mode & st.S_ISGID else self.uid

    def write(self, name: str, data: bytes, *, append: bool = False) -> None:
        """Write the whole contents."""
        self.blob(name, append=append).append(data)
        self.fs.utime(self.path(name))

    def mkdir(self, name: str, mode: int = 0o777) -> None:
        """Make one directory."""
        path = self.path(name)
        self._reachable(path)
        if self.fs.exists(path, follow=False):
            raise FsError(errno.EEXIST, path)
        self._need_parent(path)
        gid = self._gid(path)
        setgid = self.fs.stat(self.fs.normalize(f"{path}/..")).mode & st.S_ISGID
        self.fs.mkdir(path.rstrip("/"), mode & ~self.umask | setgid, uid=self.uid, gid=gid)

    def _removable(self, name: str) -> str:
        path = self.path(name)
        self._reachable(path)
        self.fs.node(path, follow=False)
        self._need_parent(path)
        return path

    def unlink(self, name: str) -> None:
        """Remove a file or link."""
        self.fs.unlink(self._removable(name))

    def rmdir(self, name: str) -> None:
        """Remove an empty directory."""
        self.fs.rmdir(self._removable(name).rstrip("/"))

    def rename(self, old: str, new: str) -> None:
        """Move within the phone."""
        source, target = self._removable(old), self.path(new)
        self._reachable(target)
        self._need_parent(target)
        self.fs.rename(source, target)

    def symlink(self, target: str, name: str) -> None:
        """Make a symbolic link."""
        path = self.path(name)
        self._need_parent(path)
        self.fs.symlink(target, path, self.uid, self.uid)

    def own(self, name: str) -> str:
        """The path, when this user may change its mode and times; else FsError(EPERM)."""
        path = self.path(name)
        self._reachable(path)
        owner = self.fs.stat(path).uid
        if self.uid not in (0, owner):
            raise FsError(errno.EPERM, path)
        return path
