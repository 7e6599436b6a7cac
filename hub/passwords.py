"""What a password may be, and what is kept of it. Knows the rules of NIST SP 800-63B (section 5.1.1.2: long enough, not
among those that everybody tries first, and no rules for what characters it is made of) and argon2id; refuses to know
users.
"""

import gzip
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Final

import argon2

from hub.errors import Invalid

CHARS_MIN: Final = 8
CHARS_MAX: Final = 256
"""A sentence fits; a book would only cost time to be normalised and hashed."""
GIVEN_CHARS_MAX: Final = 4 * CHARS_MAX
"""As it comes: of some scripts several characters become one, so this is looked at before anything is done with it."""
_DATA: Final = "common_passwords.txt.gz"


def check(password: str, *, email: str = "", server_name: str = "", field: str = "password") -> None:
    """Raises Invalid, with what is wrong with it, unless it may be the password of a user with this address."""
    if len(password) > GIVEN_CHARS_MAX or len(wanted := normal(password)) > CHARS_MAX:
        raise Invalid(f"expected a password of at most {CHARS_MAX} characters", field=field)
    if len(wanted) < CHARS_MIN:
        raise Invalid(f"expected a password of at least {CHARS_MIN} characters", field=field)
    if not _is_text(wanted):
        raise Invalid("expected a password of characters that can be typed", field=field)
    if len(set(wanted)) == 1:
        raise Invalid("this password is one character again and again: choose another", field=field)
    if _folded(wanted) in {_folded(name) for name in (email, email.partition("@")[0], server_name)}:
        raise Invalid(
            "this password is the e-mail address or the name of this server: choose another", field=field
        )
    if is_common(wanted):
        raise Invalid("this password is among those that are tried first: choose another", field=field)


def normal(password: str) -> str:
    """One spelling of what looks the same, whatever keyboard it is typed on."""
    return unicodedata.normalize("NFKC", password)


def is_common(password: str) -> bool:
    """Whether it is among those that are tried first, in whatever case."""
    return password.lower() in common()


@cache
def common() -> Collection[str]:
    """Common passwords of CHARS_MIN characters and more, in lower case. Where they come from stands in hub/data."""
    data = resources.files("hub.data").joinpath(_DATA).read_bytes()
    return frozenset(gzip.decompress(data).decode().split("\n"))


def _folded(text: str) -> str:
    return normal(text).casefold().strip()


def _is_text(text: str) -> bool:
    """No halves of characters, and no NUL."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


class Hashes:
    """argon2id, with what it costs. Every method takes its time: for a thread.

    `memory_kib`, `passes`, `lanes`: the defaults are RFC 9106's second choice, 64 MiB, except that all is done by one
    processor: others have reads to take. That is a tenth of a second.
    """

    def __init__(self, *, memory_kib: int = 64 * 1024, passes: int = 3, lanes: int = 1) -> None:
        self._hasher = argon2.PasswordHasher(memory_cost=memory_kib, time_cost=passes, parallelism=lanes)
        cost = f"m={memory_kib},t={passes},p={lanes}"
        salt, digest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
        self.nobodys: Final = f"$argon2id$v=19${cost}${salt}${digest}"
        """No password has this hash, and to find that out costs as much as for any other."""

    def hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def verify(self, held: str, password: str) -> bool:
        """Whether `held` is the hash of this password; False also for what is no hash."""
        try:
            return self._hasher.verify(held, _bytes(password))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    def needs_rehash(self, held: str) -> bool:
        """Whether `held` was made at another cost than this."""
        return self._hasher.check_needs_rehash(held)


def _bytes(password: str) -> bytes:
    """Also of what can be no password: of that, something that is none either."""
    given = password if len(password) <= GIVEN_CHARS_MAX else "\0"
    return normal(given).encode("utf-8", "surrogatepass")
