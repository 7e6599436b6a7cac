"""Secrets that are shown once: links, personal tokens, made passwords. Knows how they are made, and what is kept of
them; refuses to know whose they are.

Links and tokens are random and long, so that their SHA-256 is enough to keep: nobody guesses what they were.
"""

import hashlib
import secrets
from typing import Final

LINK: Final = "rh_"
TOKEN: Final = "rht_"  # noqa: S105  the beginning that tells one from other programs' secrets
SECRET_BYTES: Final = 32
PASSWORD_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105
"""Nothing that is read for something else when it is dictated over a radio: no i, l, o, 0 and 1, and no capitals."""
PASSWORD_GROUPS: Final = 4
PASSWORD_GROUP_CHARS: Final = 5
"""Twenty of 31 characters: 99 bits."""


def new_link() -> str:
    return LINK + secrets.token_urlsafe(SECRET_BYTES)


def new_token() -> str:
    return TOKEN + secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> bytes:
    """What the tables hold of a link or a token. Bytes that were no UTF-8 come as half characters."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_password() -> str:
    """Such as `k7qxm-2m9pt-wz3hd-fr8ce`."""
    return "-".join(_group() for _ in range(PASSWORD_GROUPS))


def _group() -> str:
    return "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(PASSWORD_GROUP_CHARS))
