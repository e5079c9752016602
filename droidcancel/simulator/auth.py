"""adb's RSA authorisation: does the host hold a key that this phone knows?

The host signs the phone's 20-byte token as if it were a SHA-1 digest (RSASSA-PKCS1-v1_5). Its
public key comes as base64 of the `RSAPublicKey` struct of libcrypto_utils (android_pubkey.c):
words, n0inv, modulus, rr, exponent, all little-endian.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
from dataclasses import dataclass, field

TOKEN_BYTES = 20
MODULUS_WORDS = 64
KEY_STRUCT = struct.Struct(f"<II{MODULUS_WORDS * 4}s{MODULUS_WORDS * 4}sI")


def new_token() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def parse_key(data: bytes) -> tuple[int, int] | None:
    """(modulus, exponent) of a public key as adb sends it, or None when it is none."""
    try:
        raw = base64.b64decode(data.rstrip(b"\0").split(b" ")[0], validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != KEY_STRUCT.size:
        return None
    words, _, modulus, _, exponent = KEY_STRUCT.unpack(raw)
    number = int.from_bytes(modulus, "little")
    if words != MODULUS_WORDS or exponent not in (3, 65537) or number.bit_length() != 2048:
        return None
    return number, exponent


def verify(key: tuple[int, int], token: bytes, signature: bytes) -> bool:
    """Whether `signature` over `token` was made with the private half of `key`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

    try:
        public = rsa.RSAPublicNumbers(key[1], key[0]).public_key()
        public.verify(signature, token, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass
class KeyRing:
    """The hosts that this phone trusts. `accept_new` stands for the user's answer to the dialog
    "Allow USB debugging?": a key that is offered is then kept."""

    keys: list[tuple[int, int]] = field(default_factory=list)
    accept_new: bool = True

    def knows(self, token: bytes, signature: bytes) -> bool:
        return any(verify(key, token, signature) for key in self.keys)

    def offer(self, data: bytes) -> bool:
        """A host shows its public key; whether it is trusted from now on."""
        key = parse_key(data)
        if key is None or not self.accept_new:
            return False
        if key not in self.keys:
            self.keys.append(key)
        return True
