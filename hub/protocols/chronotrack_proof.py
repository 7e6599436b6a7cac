"""How a CTP01 client proves that it knows a password. Knows the five ways of SimpleClient; refuses to know users, and
where a password comes from.

Source: recordings of SimpleClient 0.6.0 with passwords that are known.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

ASKED: Final = "hmac-sha1"
"""The one that a hub of ours asks for: the password is not on the wire, and with a fresh seed no proof fits twice."""
SEED_BYTES: Final = 16


def _hmac(digest: str) -> Callable[[bytes, str], str]:
    def proof(password: bytes, seed: str) -> str:
        return hmac.new(bytes.fromhex(seed), password, digest).hexdigest()

    return proof


def _seeded(digest: str) -> Callable[[bytes, str], str]:
    def proof(password: bytes, seed: str) -> str:
        return hashlib.new(digest, password + seed.encode()).hexdigest().upper()

    return proof


PROOFS: Final[dict[str, Callable[[bytes, str], str]]] = {
    "plaintext": lambda password, seed: password.decode("latin-1"),
    "hmac-sha1": _hmac("sha1"),
    "hmac-md5": _hmac("md5"),
    "seed-sha1": _seeded("sha1"),
    "seed-md5": _seeded("md5"),
}
"""By the value of `authentication`: (password, seed) -> proof. The seed: hexadecimal, as it was sent, or empty."""


def is_seed(text: str) -> bool:
    """Whether it can be the key of a proof."""
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return text.isascii()


def proves(proof: str, password: str, seed: str) -> bool:
    """Whether this is the proof that ASKED is answered with, in hexadecimal digits of any case. Takes the same time for
    every proof."""
    wanted = PROOFS[ASKED](password.encode(), seed)
    return hmac.compare_digest(wanted.encode(), proof.lower().encode("utf-8", "replace"))
