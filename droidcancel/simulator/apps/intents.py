"""Intents and the filters that they are resolved against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ACTION_MAIN = "android.intent.action.MAIN"
ACTION_SEND = "android.intent.action.SEND"
ACTION_VIEW = "android.intent.action.VIEW"
CATEGORY_LAUNCHER = "android.intent.category.LAUNCHER"
CATEGORY_HOME = "android.intent.category.HOME"
CATEGORY_DEFAULT = "android.intent.category.DEFAULT"
EXTRA_STREAM = "android.intent.extra.STREAM"
FLAG_ACTIVITY_NEW_TASK = 0x10000000
FLAG_ACTIVITY_CLEAR_TASK = 0x00008000
FLAG_GRANT_READ_URI_PERMISSION = 0x00000001

# Uri.toSafeString hides the whole of these, with x for each letter.
PRIVATE_SCHEMES = ("tel", "sip", "sms", "smsto", "mailto", "nfc")
WEB_SCHEMES = ("http", "https", "ftp", "rtsp")


def safe_uri(uri: str, api: int = 34) -> str:
    """A URI as logs and `Intent { ... }` show it (Uri.toSafeString).

    Before API 33 only the paths of web addresses are hidden, from then on those of all.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon:
        return uri
    if scheme.lower() in PRIVATE_SCHEMES:
        return scheme + ":" + "".join(c if c in "-@." else "x" for c in rest)
    if scheme.lower() not in WEB_SCHEMES and api < 33:
        return uri
    if not rest.startswith("/"):
        return scheme + ":"
    if not rest.startswith("//"):
        return scheme + ":/..."
    return f"{scheme}://{rest[2:].partition('/')[0].partition('?')[0]}/..."


@dataclass(frozen=True)
class Component:
    """A component name, "package/class", the class in full."""

    package: str
    cls: str

    @classmethod
    def parse(cls, text: str) -> Component:
        """Parse "pkg/.Cls" or "pkg/full.Cls". Raises ValueError (as `am` words it)."""
        package, slash, name = text.partition("/")
        if not slash or not package or not name:
            raise ValueError(f"Bad component name: {text}")
        return cls(package, package + name if name.startswith(".") else name)

    @property
    def short(self) -> str:
        """The form with the package left out of the class where it begins with it."""
        if self.cls.startswith(self.package + "."):
            return f"{self.package}/{self.cls[len(self.package) :]}"
        return f"{self.package}/{self.cls}"

    def __str__(self) -> str:
        return f"{self.package}/{self.cls}"


@dataclass(frozen=True)
class Intent:
    """What is to be done, and with what. `extras` values are str, int, bool, float or lists."""

    action: str | None = None
    component: Component | None = None
    data: str | None = None
    type: str | None = None
    categories: frozenset[str] = frozenset()
    package: str | None = None
    flags: int = 0
    grant_read: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)

    def to(self, package: str, cls: str) -> Intent:
        """The same intent, sent to one component."""
        return replace(self, component=Component.parse(f"{package}/{cls}"))

    @property
    def grants_read(self) -> bool:
        """Whether the receiver may read what the intent points at."""
        return self.grant_read or bool(self.flags & FLAG_GRANT_READ_URI_PERMISSION)

    def same_filter(self, other: Intent) -> bool:
        """Whether both mean the same to the resolver; extras do not count (filterEquals)."""
        mine = (self.action, self.data, self.type, self.categories)
        return mine == (other.action, other.data, other.type, other.categories)

    def describe(self, api: int = 34) -> str:
        """As Intent.toShortString prints it inside `Intent { ... }`."""
        parts = []
        if self.action:
            parts.append(f"act={self.action}")
        if self.categories:
            parts.append(f"cat=[{','.join(sorted(self.categories))}]")
        if self.data:
            parts.append(f"dat={safe_uri(self.data, api)}")
        if self.type:
            parts.append(f"typ={self.type}")
        if self.flags:
            parts.append(f"flg=0x{self.flags:x}")
        if self.package:
            parts.append(f"pkg={self.package}")
        if self.component:
            parts.append(f"cmp={self.component.short}")
        if self.extras:
            parts.append("(has extras)")
        return " ".join(parts)


@dataclass(frozen=True)
class IntentFilter:
    """Which intents an activity takes. `mime_types` may end in `/*`."""

    activity: str
    actions: tuple[str, ...]
    categories: tuple[str, ...] = (CATEGORY_DEFAULT,)
    mime_types: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()

    def matches(self, intent: Intent) -> bool:
        """Whether an implicit intent gets here (IntentFilter.match)."""
        return (
            intent.action in self.actions
            and intent.categories <= set(self.categories)
            and self._type_matches(intent.type)
            and self._scheme_matches(intent)
        )

    def _type_matches(self, mime: str | None) -> bool:
        if not self.mime_types:
            return mime is None
        if mime is None:
            return False
        return any(
            mime == wanted or (wanted.endswith("/*") and mime.startswith(wanted[:-1]))
            for wanted in self.mime_types
        )

    def _scheme_matches(self, intent: Intent) -> bool:
        scheme = intent.data.partition(":")[0] if intent.data else ""
        if self.schemes:
            return scheme in self.schemes
        # Without declared schemes a typed filter also takes content: and file: data.
        return not scheme or (bool(self.mime_types) and scheme in ("content", "file"))
