"""Users, their passwords, and who a proof is taken from."""

from hub import proofs
from hub.model import PartnerRow, Proved
from hub.proofs import Proofs
from hub.protocols.chronotrack_proof import PROOFS

SEED = "00ff" * 8
KEY = "Ab3dEf7hJk"


def proof(password: str, seed: str = SEED) -> str:
    return PROOFS["hmac-sha1"](password.encode(), seed)


def a_site() -> Proofs:
    """Partner 1 and its session 7 have passwords; partner 2 has none."""
    site = Proofs({1: PartnerRow(1, "club", "Club"), 2: PartnerRow(2, "other", "Other")})
    site.put_session(7, 1, KEY, "of seven")
    site.put_partner(1, "of club")
    return site


def test_a_session_goes_by_its_key_and_a_partner_by_its_slug_in_any_case() -> None:
    site = a_site()
    assert site.check(KEY, proof("of seven"), SEED) == Proved(1, 7)
    assert site.check("Club", proof("of club").upper(), SEED) == Proved(1)
    assert site.check(KEY.lower(), proof("of seven"), SEED) is None, "keys have their case"


def test_a_proof_is_of_one_user_and_one_seed() -> None:
    site = a_site()
    for user, given, seed in (
        (KEY, proof("of club"), SEED),
        ("club", proof("of seven"), SEED),
        (KEY, proof("of seven"), "00fe" * 8),
        ("other", proof(""), SEED),
        ("nobody", proof(""), SEED),
        ("", proof("of club"), SEED),
        (KEY, "", SEED),
    ):
        assert site.check(user, given, seed) is None, user


def test_who_has_no_password_cannot_be_proved_by_the_one_of_nobody() -> None:
    assert a_site().check("other", proof(proofs._NOBODYS), SEED) is None
    assert a_site().check("nobody", proof(proofs._NOBODYS), SEED) is None


def test_another_password_or_key_is_the_only_one() -> None:
    site = a_site()
    site.put_session(7, 1, KEY, "renewed")
    assert site.check(KEY, proof("of seven"), SEED) is None
    site.rekey(7, "Another222")
    assert site.check(KEY, proof("renewed"), SEED) is None and site.named(KEY) is None
    assert site.check("Another222", proof("renewed"), SEED) == Proved(1, 7)
    site.rekey(99, "Nothing222")
    assert site.named("Nothing222") is None


def test_what_is_forgotten_proves_nothing() -> None:
    site = a_site()
    assert (site.of_session(7), site.of_partner(1), site.of_partner(2)) == ("of seven", "of club", None)
    site.forget_session(7)
    site.forget_session(7)
    site.forget_partner(1)
    assert (site.of_session(7), site.of_partner(1)) == (None, None)
    assert site.check("club", proof("of club"), SEED) is None


def test_a_key_is_shown_by_its_beginning_alone() -> None:
    site = a_site()
    assert [site.shown(each) for each in (KEY, "CLUB", "x", "")] == ["Ab…", "club", "x…", ""]
    assert site.named("cLuB") == Proved(1) and site.named("none") is None
