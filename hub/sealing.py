"""Secrets that the hub has to hold itself, made unreadable for the database. Knows a key in the data directory; refuses
to know what is sealed with it.

A copy of the database, or a look into it, gives none of them away. Without the key they are lost, and have to be made
anew.
"""

import base64
import hashlib
import secrets
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from hub.disk import kept_secret
from hub.errors import StoreError

FOLDER: Final = "secrets"
KEY_FILE: Final = "stream_passwords.key"


class Sealing:
    """`data_dir`: where the key is kept; it is made where there is none. Raises StoreError."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FOLDER / KEY_FILE
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as problem:
            raise StoreError(f"{self.path.parent} cannot be made: {problem.strerror}") from problem
        secret = kept_secret(self.path, lambda: secrets.token_urlsafe(32))
        key = hashlib.sha256(b"racehub stream passwords" + secret.encode("utf-8", "replace")).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """None: it was sealed with another key, or is damaged."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None
