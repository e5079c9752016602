"""Connections of a fleet with a lab's own authority, and of those who have none of its papers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import MakePhone
from tests.fleet.conftest import Fleet

pytestmark = [pytest.mark.slow, pytest.mark.extended]


def papers(folder: Path) -> tuple[str, ...]:
    """An authority and one certificate of it, as options."""
    folder.mkdir()
    now = dt.datetime.now(dt.timezone.utc)

    def named(who: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])

    def made(who: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, ca: bool,
             issuer: str) -> x509.Certificate:  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(who))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        return builder.sign(by, hashes.SHA256())

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem = serialization.Encoding.PEM
    files = {
        "ca-file": made("lab", authority, authority, True, "lab").public_bytes(pem),
        "cert": made("host", own, authority, False, "lab").public_bytes(pem),
        "key": own.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    options: list[str] = []
    for name, content in files.items():
        (folder / name).write_bytes(content)
        options += [f"--tls-{name}", str(folder / name)]
    return tuple(options)


def test_only_who_has_papers_of_the_lab_is_let_in(
    fleet: Fleet, make_phone: MakePhone, tmp_path: Path, devices: Path
) -> None:
    phone = make_phone(apps=("clips",))
    ours, others = papers(tmp_path / "ours"), papers(tmp_path / "others")
    fleet.scheduler(*ours)
    fleet.worker("lab", devices, phone.serial, options=ours)
    asked = {}
    for who, options in (("ours", ours), ("others", others), ("nobody", ())):
        child = fleet.start("phones", "--json", "--scheduler", fleet.address, *options)
        assert child.process.stdout is not None
        told = child.process.stdout.read()
        asked[who] = (child.process.wait(60), phone.serial in told)
    assert asked == {"ours": (0, True), "others": (3, False), "nobody": (3, False)}
