"""Links, tokens and made passwords."""

import hashlib

from hub import tokens
from hub.tokens import PASSWORD_ALPHABET, hash_of, new_link, new_password, new_token


def test_secrets_say_what_they_are_and_are_never_the_same() -> None:
    assert new_link().startswith("rh_") and new_token().startswith("rht_")
    made = {make() for make in (new_link, new_token, new_password) for _ in range(100)}
    assert len(made) == 300
    assert all(len(new_link()) - len(tokens.LINK) == 43 for _ in range(10)), "32 bytes"


def test_only_a_hash_is_kept() -> None:
    assert hash_of("rh_x") == hashlib.sha256(b"rh_x").digest()
    assert hash_of("rh_\udcff") != hash_of("rh_?"), "whatever comes has one"


def test_a_made_password_can_be_dictated() -> None:
    password = new_password()
    assert len(password) >= 16 and set(password) <= set(PASSWORD_ALPHABET) | {"-"}
    assert not set("ilo01") & set(PASSWORD_ALPHABET)
