"""What an APK says of itself: its manifest, and who signed it."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass

from droidcancel.simulator.axml import MAX_BYTES, AxmlError, Element, parse
from droidcancel.simulator.blob import Blob

MANIFEST = "AndroidManifest.xml"
MAX_ENTRIES = 65_535
MAX_READ = 3 << 20
LAUNCHER = "android.intent.category.LAUNCHER"
BIND_INPUT_METHOD = "android.permission.BIND_INPUT_METHOD"
_SIGNATURES = (".RSA", ".DSA", ".EC")
_SIGNING_BLOCK_MAGIC = b"APK Sig Block 42"


class ApkError(ValueError):
    """Not an APK that can be installed; the message is what the package parser would say."""


@dataclass(frozen=True)
class ApkInfo:
    """The facts of an APK. Class names are in full; `certificate` is a digest, "" if unsigned."""

    package: str
    version_code: int
    version_name: str
    min_sdk: int
    target_sdk: int
    permissions: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    launcher: str | None = None
    input_methods: tuple[str, ...] = ()
    debuggable: bool = False
    test_only: bool = False
    certificate: str = ""


class _BlobFile(io.RawIOBase):
    """A blob as the file object that zipfile reads."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._blob.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """At most `size` bytes; ApkError for more at once than a directory of an APK takes."""
        left = max(0, self._blob.size - self._at)
        count = left if size is None or size < 0 else min(size, left)
        if count > MAX_READ:
            raise ApkError("the central directory is too large")
        data = self._blob.read(self._at, count)
        self._at += len(data)
        return data


def read_apk(blob: Blob) -> ApkInfo:
    """Read an APK. Raises ApkError for what is none, or lies about its size."""
    try:
        with zipfile.ZipFile(_BlobFile(blob)) as archive:
            if len(archive.infolist()) > MAX_ENTRIES:
                raise ApkError("too many entries")
            root = parse(_entry(archive, MANIFEST))
            certificate = _certificate(archive, blob)
    except KeyError:
        raise ApkError(f"Missing {MANIFEST}") from None
    except (zipfile.BadZipFile, zlib.error, AxmlError, OSError) as error:
        raise ApkError(f"Failed to parse: {error}") from None
    except (NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise ApkError(f"Failed to parse: {error}") from None
    return _facts(root, certificate)


def _entry(archive: zipfile.ZipFile, name: str, limit: int = MAX_BYTES) -> bytes:
    """One entry, never more of it than `limit`, whatever its header claims."""
    with archive.open(name) as entry:
        data = entry.read(limit + 1)
    if len(data) > limit:
        raise ApkError(f"{name} is too large")
    return data


def _certificate(archive: zipfile.ZipFile, blob: Blob) -> str:
    """A digest of the v1 signature file's certificate block, or of the v2 signing block."""
    for name in archive.namelist():
        if name.startswith("META-INF/") and name.upper().endswith(_SIGNATURES):
            return hashlib.sha256(_certificates_of(_entry(archive, name, 1 << 20))).hexdigest()
    start = archive.start_dir
    if blob.read(max(0, start - 16), 16) != _SIGNING_BLOCK_MAGIC:
        return ""
    size = int.from_bytes(blob.read(start - 24, 8), "little")
    return hashlib.sha256(blob.read(start - min(size, start), min(size, 1 << 20))).hexdigest()


def _certificates_of(pkcs7: bytes) -> bytes:
    """The certificates in a PKCS#7 signature; all of it where they cannot be told apart."""
    # Imported where an APK is installed: a tenth of a phone's start-up time would go into it.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

    try:
        certificates = load_der_pkcs7_certificates(pkcs7)
    except (ValueError, UnsupportedAlgorithm):
        return pkcs7
    return b"".join(certificate.public_bytes(Encoding.DER) for certificate in certificates)


def _full(package: str, name: str) -> str:
    if name.startswith("."):
        return package + name
    return name if "." in name else f"{package}.{name}"


def _number(element: Element | None, attribute: str, default: int) -> int:
    value = element.attributes.get(attribute) if element is not None else None
    if isinstance(value, bool) or value is None:
        return default
    try:
        return int(value)
    except ValueError:
        return default


def _facts(root: Element, certificate: str) -> ApkInfo:
    package = root.text("package")
    if root.name != "manifest" or not package:
        raise ApkError("<manifest> has no package")
    sdk = next(root.find("uses-sdk"), None)
    application = next(root.find("application"), None) or Element("application", {})
    minimum = _number(sdk, "minSdkVersion", 1)
    activities = _activities(application)
    return ApkInfo(
        package=package,
        version_code=_number(root, "versionCode", 0),
        version_name=root.text("versionName") or "null",
        min_sdk=minimum,
        target_sdk=_number(sdk, "targetSdkVersion", minimum),
        permissions=tuple(
            dict.fromkeys(name for e in root.find("uses-permission") if (name := e.text("name")))
        ),
        activities=tuple(_full(package, e.text("name") or "") for e in activities),
        launcher=_launcher(package, activities),
        input_methods=_input_methods(package, application),
        debuggable=application.attributes.get("debuggable") is True,
        test_only=application.attributes.get("testOnly") is True,
        certificate=certificate,
    )


def _activities(application: Element) -> list[Element]:
    found = [*application.find("activity"), *application.find("activity-alias")]
    return [element for element in found if element.text("name")]


def _names(parent: Element, kind: str) -> set[str | None]:
    return {element.text("name") for element in parent.find(kind)}


def _launcher(package: str, activities: list[Element]) -> str | None:
    for activity in activities:
        for entry in activity.find("intent-filter"):
            main = "android.intent.action.MAIN" in _names(entry, "action")
            if main and LAUNCHER in _names(entry, "category"):
                return _full(package, activity.text("name") or "")
    return None


def _input_methods(package: str, application: Element) -> tuple[str, ...]:
    """The ids ("pkg/.Cls") of the keyboards: services that only the system may bind."""
    names = [
        _full(package, service.text("name") or "")
        for service in application.find("service")
        if service.text("permission") == BIND_INPUT_METHOD
    ]
    return tuple(f"{package}/{name.removeprefix(package)}" for name in names)
