"""Following paths through the tree of nodes."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from droidcancel.simulator.fsnode import FsError, Node, Stat

NAME_MAX = 255
PATH_MAX = 4096
LINKS_MAX = 40


@dataclass(frozen=True)
class Walk:
    """Where a path leads: its parent directory, last name, and node when there is one.

    `passed` are the directories that had to be searched on the way.
    """

    parent: Node
    name: str
    node: Node | None
    path: str
    passed: list[Node]


class _Cursor:
    """A place in the tree while a path is followed."""

    def __init__(self, root: Node) -> None:
        self.root, self.node = root, root
        self.trail: list[tuple[str, Node]] = []
        self.passed = [root]

    def down(self, name: str, child: Node) -> None:
        self.trail.append((name, child))
        self.passed.append(child)
        self.node = child

    def up(self) -> None:
        del self.trail[-1:]
        self.node = self.trail[-1][1] if self.trail else self.root

    def top(self) -> None:
        self.trail, self.node = [], self.root

    def found(self, missing: str = "") -> Walk:
        """Here, or the entry `missing` that is not here."""
        names = [name for name, _ in self.trail] + ([missing] if missing else [])
        path = "/" + "/".join(names)
        if missing:
            return Walk(self.node, missing, None, path, self.passed)
        parent = self.trail[-2][1] if len(self.trail) > 1 else self.root
        return Walk(parent, names[-1] if names else "", self.node, path, self.passed)


def _parts(path: str) -> list[str]:
    """The names of a path, last first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def length(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


class Tree:
    """What can be seen of a tree, by path."""

    def __init__(self, root: Node) -> None:
        self._root = root

    @staticmethod
    def normalize(path: str, cwd: str = "/") -> str:
        """An absolute path with no `.`, `..` or double slash, without looking at links."""
        parts: list[str] = []
        for part in f"{cwd}/{path}".split("/") if not path.startswith("/") else path.split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        return "/" + "/".join(parts)

    def lookup(self, path: str, follow: bool = True) -> Walk:
        """Follow a path; FsError(ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG) on the way."""
        if length(path) >= PATH_MAX:
            raise FsError(errno.ENAMETOOLONG, path)
        follow = follow or path.endswith(("/", "/."))
        cursor, todo, links = _Cursor(self._root), _parts(path), 0
        while todo:
            name = todo.pop()
            if not cursor.node.is_dir:
                raise FsError(errno.ENOTDIR, path)
            if name == "..":
                cursor.up()
                continue
            if length(name) > NAME_MAX:
                raise FsError(errno.ENAMETOOLONG, path)
            child = cursor.node.child(name)
            if child is None:
                if todo:
                    raise FsError(errno.ENOENT, path)
                return cursor.found(missing=name)
            if child.target is None or not (todo or follow):
                cursor.down(name, child)
                continue
            links += 1
            if links > LINKS_MAX or len(todo) > PATH_MAX:
                raise FsError(errno.ELOOP, path)
            if child.target.startswith("/"):
                cursor.top()
            todo.extend(_parts(child.target))
        return cursor.found()

    def node(self, path: str, follow: bool = True) -> Node:
        """The inode at `path`; FsError(ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG)."""
        walk = self.lookup(path, follow)
        if walk.node is None:
            raise FsError(errno.ENOENT, path)
        if path.endswith("/") and not walk.node.is_dir:
            raise FsError(errno.ENOTDIR, path)
        return walk.node

    def resolve(self, path: str) -> str:
        """The path with every link followed; its last part need not exist."""
        return self.lookup(path).path

    def exists(self, path: str, follow: bool = True) -> bool:
        """Whether something is there (a dangling link is not, when followed)."""
        try:
            self.node(path, follow)
        except FsError:
            return False
        return True

    def isdir(self, path: str) -> bool:
        """Whether `path` leads to a directory."""
        return self.exists(path) and self.node(path).is_dir

    def stat(self, path: str, follow: bool = True) -> Stat:
        """What is at `path`."""
        node = self.node(path, follow)
        count = 1
        if node.is_dir:
            count = 2 + sum(1 for child in node.entries().values() if child.is_dir)
        rdev = node.device or (0, 0)
        return Stat(node.mode, node.size, node.mtime, node.uid, node.gid, node.ino, count, rdev)

    def listdir(self, path: str) -> list[str]:
        """Names in a directory, sorted; FsError(ENOTDIR)."""
        node = self.node(path)
        if not node.is_dir:
            raise FsError(errno.ENOTDIR, path)
        return sorted(node.entries())

    def walk(self, path: str) -> Iterator[str]:
        """`path` and every path below it, parents first, links not followed."""
        start = self.lookup(path, follow=False).node
        pending: list[tuple[str, Node | None]] = [(path, start)]
        while pending:
            here, node = pending.pop()
            yield here
            if node is not None and node.is_dir:
                base, entries = here.rstrip("/"), node.entries()
                names = sorted(entries, reverse=True)
                pending.extend((f"{base}/{name}", entries.get(name)) for name in names)
