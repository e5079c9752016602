"""The content providers that `content` reaches: media and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import urlparse

from droidcancel.simulator.blob import Blob
from droidcancel.simulator.content_query import Rows, Value, select
from droidcancel.simulator.media import MediaRow, parse_uri
from droidcancel.simulator.shell.android.java import (
    JavaError,
    must_write_settings,
    put_setting,
)
from droidcancel.simulator.shell.registry import Invocation

EXTRA_STREAM = "android.intent.extra.STREAM"


class ProviderError(JavaError):
    """An exception that a provider threw."""


def _illegal(message: str) -> ProviderError:
    return ProviderError("java.lang.IllegalArgumentException", message)


class Provider(Protocol):
    """What `content` can ask of a provider."""

    def query(
        self,
        invocation: Invocation,
        uri: str,
        projection: list[str] | None,
        where: str | None,
        sort: str | None,
    ) -> Rows: ...

    def call(
        self, invocation: Invocation, method: str, arg: str | None, extras: Mapping[str, Value]
    ) -> Mapping[str, Value] | None: ...

    def insert(self, invocation: Invocation, uri: str, values: Mapping[str, Value]) -> None: ...

    def update(
        self, invocation: Invocation, uri: str, values: Mapping[str, Value], where: str | None
    ) -> None: ...

    def delete(self, invocation: Invocation, uri: str, where: str | None) -> None: ...

    def open(self, invocation: Invocation, uri: str) -> Blob: ...

    def type_of(self, invocation: Invocation, uri: str) -> str | None: ...


# -- media ----------------------------------------------------------------------------------------
COLUMNS: dict[str, Callable[[MediaRow], Value]] = {
    "_id": lambda row: row.id,
    "_data": lambda row: row.path,
    "_size": lambda row: row.size,
    "_display_name": lambda row: row.name,
    "mime_type": lambda row: row.mime,
    "title": lambda row: row.name.rpartition(".")[0] or row.name,
    "date_added": lambda row: row.added,
    "date_modified": lambda row: row.modified,
    "media_type": lambda row: row.media_type,
    "duration": lambda row: row.duration,
    "width": lambda row: row.width,
    "height": lambda row: row.height,
    "resolution": lambda row: f"{row.width}×{row.height}" if row.width else None,
    "bucket_display_name": lambda row: row.bucket,
    "relative_path": lambda row: row.relative_path,
    "owner_package_name": lambda row: None,
    "is_pending": lambda row: 0,
    "is_trashed": lambda row: 0,
    "volume_name": lambda row: "external_primary",
}
# Columns that came with Android 10.
_NEW_COLUMNS = ("relative_path", "owner_package_name", "is_pending", "is_trashed", "volume_name")


class MediaProvider:
    """content://media."""

    def _rows(self, invocation: Invocation, uri: str) -> list[MediaRow]:
        try:
            return invocation.phone.media.select(uri)
        except ValueError as error:
            raise ProviderError("java.lang.IllegalArgumentException", str(error)) from None

    def _table(self, invocation: Invocation, uri: str) -> dict[str, list[Value]]:
        rows = self._rows(invocation, uri)
        hidden = _NEW_COLUMNS if invocation.api < 29 else ()
        return {
            name: [value(row) for row in rows]
            for name, value in COLUMNS.items()
            if name not in hidden
        }

    def query(
        self,
        invocation: Invocation,
        uri: str,
        projection: list[str] | None,
        where: str | None,
        sort: str | None,
    ) -> Rows:
        return select(self._table(invocation, uri), projection, where, sort)

    def call(
        self, invocation: Invocation, method: str, arg: str | None, extras: Mapping[str, Value]
    ) -> Mapping[str, Value] | None:
        if method == "scan_volume" and invocation.api >= 29:
            invocation.phone.media.scan("/storage/emulated/0")
            return None
        if method != "scan_file" or invocation.api < 29:
            raise ProviderError(
                "java.lang.UnsupportedOperationException", f"Unsupported call: {method}"
            )
        if invocation.api == 29:
            raise ProviderError(
                "java.lang.NullPointerException",
                "Attempt to invoke virtual method 'java.lang.String android.net.Uri.getPath()' "
                "on a null object reference",
            )
        row = invocation.phone.media.scan(arg or "")
        return {EXTRA_STREAM: row.uri if row else None}

    def insert(self, invocation: Invocation, uri: str, values: Mapping[str, Value]) -> None:
        """A row for a file that is there, by its `_data`; other inserts make no file here."""
        path = values.get("_data")
        if not isinstance(path, str) or invocation.phone.media.scan(path) is None:
            raise _illegal(f"Mutation of _data is not allowed: {path}")

    def update(
        self, invocation: Invocation, uri: str, values: Mapping[str, Value], where: str | None
    ) -> None:
        """A new name or directory moves the file."""
        for row in self._matching(invocation, uri, where):
            name = values.get("_display_name", row.name)
            directory = str(values.get("relative_path", row.relative_path)).strip("/")
            path = f"/storage/emulated/0/{directory}/{name}"
            if path != row.path:
                invocation.phone.fs.mkdir(path.rpartition("/")[0], parents=True)
                invocation.phone.media.move(row.id, path)

    def delete(self, invocation: Invocation, uri: str, where: str | None) -> None:
        for row in self._matching(invocation, uri, where):
            invocation.phone.media.delete(row.id)

    def _matching(self, invocation: Invocation, uri: str, where: str | None) -> list[MediaRow]:
        _, found = select(self._table(invocation, uri), ["_id"], where, None)
        wanted = {row[0] for row in found}
        return [row for row in self._rows(invocation, uri) if row.id in wanted]

    def open(self, invocation: Invocation, uri: str) -> Blob:
        try:
            return invocation.phone.media.open(uri, invocation.uid)
        except FileNotFoundError as error:
            raise ProviderError("java.io.FileNotFoundException", str(error)) from None
        except PermissionError as error:
            raise ProviderError("java.lang.SecurityException", str(error)) from None

    def type_of(self, invocation: Invocation, uri: str) -> str | None:
        wanted = parse_uri(uri)
        if wanted is None or wanted.id is None:
            return None
        row = invocation.phone.media.row(wanted.id)
        return row.mime if row else None


# -- settings -------------------------------------------------------------------------------------
class SettingsProvider:
    """content://settings/NAMESPACE[/KEY]."""

    def _namespace(self, uri: str) -> tuple[str, str | None]:
        namespace, _, key = urlparse(uri).path.strip("/").partition("/")
        if namespace not in ("system", "secure", "global"):
            raise _illegal(f"Unknown or unsupported URI: {uri}")
        return namespace, key or None

    def _table(self, invocation: Invocation, uri: str) -> dict[str, list[Value]]:
        namespace, key = self._namespace(uri)
        pairs = [
            (name, value)
            for name, value in invocation.phone.settings.list(namespace).items()
            if key in (None, name)
        ]
        return {
            "_id": list(range(1, len(pairs) + 1)),
            "name": [name for name, _ in pairs],
            "value": [value for _, value in pairs],
        }

    def query(
        self,
        invocation: Invocation,
        uri: str,
        projection: list[str] | None,
        where: str | None,
        sort: str | None,
    ) -> Rows:
        return select(self._table(invocation, uri), projection, where, sort)

    def call(
        self, invocation: Invocation, method: str, arg: str | None, extras: Mapping[str, Value]
    ) -> Mapping[str, Value] | None:
        verb, _, namespace = method.partition("_")
        if verb not in ("GET", "PUT") or namespace not in ("system", "secure", "global"):
            return None
        settings = invocation.phone.settings
        if verb == "GET":
            return {"value": settings.get(namespace, arg or "")}
        must_write_settings(invocation)
        put_setting(invocation.phone, namespace, arg or "", str(extras.get("value")))
        return None

    def insert(self, invocation: Invocation, uri: str, values: Mapping[str, Value]) -> None:
        namespace, _ = self._namespace(uri)
        name = values.get("name")
        if name is None:
            raise _illegal("name cannot be null")
        must_write_settings(invocation)
        put_setting(invocation.phone, namespace, str(name), str(values.get("value")))

    def update(
        self, invocation: Invocation, uri: str, values: Mapping[str, Value], where: str | None
    ) -> None:
        self.insert(invocation, uri, values)

    def delete(self, invocation: Invocation, uri: str, where: str | None) -> None:
        namespace, _ = self._namespace(uri)
        must_write_settings(invocation)
        _, found = select(self._table(invocation, uri), ["name"], where, None)
        for (name,) in found:
            invocation.phone.settings.delete(namespace, str(name))

    def open(self, invocation: Invocation, uri: str) -> Blob:
        raise ProviderError("java.io.FileNotFoundException", f"No files supported by {uri}")

    def type_of(self, invocation: Invocation, uri: str) -> str | None:
        namespace, key = self._namespace(uri)
        return f"vnd.android.cursor.{'item' if key else 'dir'}/{namespace}"


PROVIDERS: dict[str, Callable[[], Provider]] = {
    "media": MediaProvider,
    "settings": SettingsProvider,
}
