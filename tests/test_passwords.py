"""What a password may be, and what is kept of it."""

from typing import Final

import pytest

from hub import passwords
from hub.errors import Invalid
from hub.passwords import CHARS_MAX, CHARS_MIN, Hashes, check
from tests.running import CHEAP

GOOD: Final = "Tartan-Bahn 7"


def refusal(password: str, **facts: str) -> str:
    with pytest.raises(Invalid) as refused:
        check(password, **facts)
    assert refused.value.field == facts.get("field", "password")
    return refused.value.message


# What it may be


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "q" * 7 + "w",
        "nur kleine buchstaben",
        "        x",
        "å" * 4 + "中文密码",
        "x7" * (CHARS_MAX // 2),
        "🏃🏽🏁" * 3,
    ],
)
def test_no_rules_for_what_it_is_made_of(password: str) -> None:
    check(password, email="ann@race.example", server_name="Race hub")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", f"at least {CHARS_MIN} characters"),
        ("k7!xQ9z", f"at least {CHARS_MIN} characters"),
        ("e\u0301" * 7, f"at least {CHARS_MIN} characters"),
        ("xy" * 128 + "z", f"at most {CHARS_MAX} characters"),
        ("ﷺ" * 20, f"at most {CHARS_MAX} characters"),
        ("x" * 10_000_000, f"at most {CHARS_MAX} characters"),
        ("with\0nothing", "can be typed"),
        ("half\ud800a one", "can be typed"),
        ("kkkkkkkkkkkk", "one character again and again"),
        ("\U0001d5c4\U0001d5c4\U0001d5c4\U0001d5c4kkkk", "one character again and again"),
        ("password", "tried first"),
        ("PassWord1", "tried first"),
        ("passwor\uff44", "tried first"),
        ("iloveyou9", "tried first"),
        ("Ann.Lee@Race.example", "the e-mail address"),
        ("ANN.LEE@race", ""),
        ("ann.leeX", ""),
        ("annleexx", ""),
        ("race hub of the harbour", "the name of this server"),
    ],
)
def test_what_it_may_not_be(password: str, words: str) -> None:
    facts = {"email": "ann.lee@race.example", "server_name": "Race Hub of the Harbour"}
    if words:
        assert words in refusal(password, **facts)
    else:
        check(password, **facts)


def test_the_part_before_the_at_is_none_either() -> None:
    assert "the e-mail address" in refusal("Annabel.Lee", email="annabel.lee@race.example")


def test_the_field_is_the_callers() -> None:
    refusal("short", field="new")


def test_all_that_are_listed_are_refused() -> None:
    assert 15_000 < len(passwords.common()) < 40_000
    for each in ("12345678", "qwertyuiop", "football1", "trustno1"):
        assert passwords.is_common(each) and passwords.is_common(each.upper())
    assert all(len(each) >= CHARS_MIN and each == each.lower() for each in passwords.common())


# What is kept


def test_a_hash_is_of_its_password_only() -> None:
    held = CHEAP.hash(GOOD)
    assert held.startswith("$argon2id$") and GOOD not in held and held != CHEAP.hash(GOOD)
    assert CHEAP.verify(held, GOOD)
    for other in ("", GOOD.lower(), GOOD + " ", GOOD[:-1], GOOD + "\0", "\ud800", "x" * 1_000_000):
        assert not CHEAP.verify(held, other)
    assert CHEAP.verify(CHEAP.hash("Stra\u0308ßenlauf"), "Sträßenlauf"), "as another keyboard writes it"


@pytest.mark.parametrize("held", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_is_nobodys(held: str) -> None:
    assert not CHEAP.verify(held, GOOD)


def test_the_hash_of_nobody_costs_the_same_and_fits_nothing() -> None:
    assert not CHEAP.needs_rehash(CHEAP.nobodys) and not CHEAP.verify(CHEAP.nobodys, GOOD)
    assert (
        CHEAP.nobodys.rpartition("$")[0].rpartition("$")[0]
        == CHEAP.hash(GOOD).rpartition("$")[0].rpartition("$")[0]
    )
    assert len(CHEAP.nobodys) == len(CHEAP.hash(GOOD))
    assert Hashes().nobodys.split("$")[3] == "m=65536,t=3,p=1", "64 MiB each"


def test_a_hash_of_another_cost_is_to_be_made_again() -> None:
    dearer = Hashes(memory_kib=16, passes=1, lanes=1)
    held = CHEAP.hash(GOOD)
    assert dearer.verify(held, GOOD) and dearer.needs_rehash(held) and not CHEAP.needs_rehash(held)
