"""Encryption at rest: values are sealed with the first key, opened with any; names are told apart by HMAC."""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


def fresh_key() -> str:
    """A new random key: 32 bytes in URL-safe Base64, as Fernet wants it."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


class Seal:
    """Keys in the order of their age, the newest first: rotate by putting a new one before the old."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)

    def names(self, *parts: str) -> list[str]:
        """What a text may be filed under: its HMAC by each key, that of the newest first."""
        text = json.dumps(parts).encode()
        return [hmac.new(key.encode(), text, hashlib.sha256).hexdigest() for key in self._keys]

    def seal(self, value: Any, *bound: str) -> bytes:
        """A JSON value that only opens under the same `bound` texts: no row can take another's place."""
        return self._fernet.encrypt(json.dumps([bound, value]).encode())

    def open(self, sealed: bytes, *bound: str) -> Any | None:
        """What was sealed; None when no key opens it or it belongs elsewhere."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see the package's first lines

        try:
            where, value = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None
        return value if where == list(bound) else None

    @cached_property
    def _fernet(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        return MultiFernet([Fernet(key) for key in self._keys])
