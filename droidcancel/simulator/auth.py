"""adb's RSA authorisation: does the host hold a key that this phone knows?

The host signs the phone's 20-byte token as if it were a SHA-1 digest (RSASSA-PKCS1-v1_5). Its
public key comes as base64 of the `RSAPublicKey` struct of libcrypto_utils (android_pubkey.c):
words, n0inv, modulus, rr, exponent, all little-endian; then a space and "user@host".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

TOKEN_BYTES = 20
MODULUS_WORDS = 64
KEY_STRUCT = struct.Struct(f"<II{MODULUS_WORDS * 4}s{MODULUS_WORDS * 4}sI")


def new_token() -> bytes:
    """A challenge for one host."""
    return secrets.token_bytes(TOKEN_BYTES)


@dataclass(frozen=True)
class PublicKey:
    """A host's key. `name` ("user@host") and `fingerprint` are what the phone's dialog shows."""

    modulus: int
    exponent: int
    name: str = field(default="", compare=False)
    fingerprint: str = field(default="", compare=False)

    @classmethod
    def parse(cls, data: bytes) -> PublicKey | None:
        """Read a key as adb sends it (and keeps it in adbkey.pub), or None when it is none."""
        blob, _, name = data.rstrip(b"\0\n").partition(b" ")
        try:
            raw = base64.b64decode(blob, validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != KEY_STRUCT.size:
            return None
        words, _, modulus, _, exponent = KEY_STRUCT.unpack(raw)
        number = int.from_bytes(modulus, "little")
        if words != MODULUS_WORDS or exponent not in (3, 65537) or number.bit_length() != 2048:
            return None
        digest = hashlib.md5(raw, usedforsecurity=False).digest()
        return cls(number, exponent, name.decode("utf-8", "replace"), digest.hex(":").upper())

    def verify(self, token: bytes, signature: bytes) -> bool:
        """Whether `signature` over `token` was made with the private half of this key."""
        # Imported where it is needed: most phones of tests let every host in.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

        try:
            public = rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()
            public.verify(signature, token, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))
        except (InvalidSignature, ValueError):
            return False
        return True


# Asks the user "Allow USB debugging?" about a key; whether it is allowed.
Ask = Callable[[PublicKey], Awaitable[bool]]


@dataclass
class KeyRing:
    """The hosts that this phone trusts, and what it does with a key that it does not know.

    With `ask` the user decides; without, `accept_new` does. An accepted key is kept.
    """

    keys: list[PublicKey] = field(default_factory=list)
    accept_new: bool = True
    ask: Ask | None = None

    def add(self, data: bytes) -> None:
        """Trust the key in the contents of an adbkey.pub. Raises ValueError."""
        key = PublicKey.parse(data)
        if key is None:
            raise ValueError("not a public key of adb")
        self.keys.append(key)

    def knows(self, token: bytes, signature: bytes) -> bool:
        """Whether one of the trusted keys made the signature."""
        return any(key.verify(token, signature) for key in self.keys)

    async def offer(self, data: bytes) -> bool:
        """A host shows its public key; whether it is trusted from now on."""
        key = PublicKey.parse(data)
        if key is None:
            return False
        allowed = await self.ask(key) if self.ask is not None else self.accept_new
        if allowed and key not in self.keys:
            self.keys.append(key)
        return allowed
