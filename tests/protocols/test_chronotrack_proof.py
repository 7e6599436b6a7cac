"""Proofs, against those that SimpleClient 0.6.0 has sent: for three passwords, with and without a seed."""

import pytest

from hub.protocols.chronotrack_proof import PROOFS, is_seed, proves

SEED = "abc123"
ODD, KNOWN, EMPTY = b"\x5a\x64\xa5", b"geheim", b""
RECORDED = [
    ("plaintext", ODD, "", "Zd\xa5"),
    ("plaintext", KNOWN, "", "geheim"),
    ("plaintext", EMPTY, "", ""),
    ("hmac-sha1", ODD, SEED, "1f2bcce673cf2bdec1634223c5674c485cfcfc6e"),
    ("hmac-sha1", KNOWN, SEED, "2d2b63e16e427aa758c51828f9675a1e0a329e46"),
    ("hmac-sha1", EMPTY, SEED, "7923de71a3c569ab31857d0ac591b0eeb8d07e23"),
    ("hmac-sha1", ODD, "", "cba650de873bf209467c32c26e3de463cf7cc3b9"),
    ("hmac-sha1", KNOWN, "", "c81a26561797d5b754b2a9034b2a52a96def1e78"),
    ("hmac-sha1", EMPTY, "", "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d"),
    ("hmac-md5", ODD, SEED, "67937e47baca9a3e7925f9de1d634b82"),
    ("hmac-md5", KNOWN, SEED, "80870e665c1918767a57464a6f401820"),
    ("hmac-md5", EMPTY, SEED, "29614b28087c4f5ca7868b418cdc961d"),
    ("seed-sha1", ODD, SEED, "3CEA06F58AD4FD629950E34A95CDB57824CA8876"),
    ("seed-sha1", KNOWN, SEED, "75197C47975434066185FA9C295C4ABFC51FEFCC"),
    ("seed-sha1", EMPTY, SEED, "6367C48DD193D56EA7B0BAAD25B19455E529F5EE"),
    ("seed-md5", ODD, SEED, "766E5839A6F325A935DF30F8C722EDD3"),
    ("seed-md5", KNOWN, SEED, "C346F0A413CDCA41AD8EFF25307969A4"),
    ("seed-md5", EMPTY, SEED, "E99A18C428CB38D5F260853678922E03"),
]


@pytest.mark.parametrize(("way", "password", "seed", "proof"), RECORDED)
def test_proofs_are_those_of_the_recordings(way: str, password: bytes, seed: str, proof: str) -> None:
    assert PROOFS[way](password, seed) == proof


def test_a_proof_holds_for_its_password_and_seed_alone() -> None:
    proof = "2d2b63e16e427aa758c51828f9675a1e0a329e46"
    assert proves(proof, "geheim", SEED) and proves(proof.upper(), "geheim", SEED)
    assert not proves(proof, "geheim", "abc124") and not proves(proof, "Geheim", SEED)
    for other in ("", proof[:-1], f"{proof}0", "geheim", "é", "\ud800"):
        assert not proves(other, "geheim", SEED)


@pytest.mark.parametrize(
    ("text", "good"), [("", True), ("ABC123", True), ("abc", False), ("xy", False), ("١٢", False)]
)
def test_what_a_seed_is(text: str, good: bool) -> None:
    assert is_seed(text) is good
