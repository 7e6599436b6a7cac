"""Slugs, e-mail addresses and names: what becomes of what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import account_names
from hub.account_names import EMAIL_CHARS_MAX, NAME_CHARS_MAX, SLUG_CHARS_MAX, free_slug, slug_of
from hub.errors import Invalid


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fast Feet Timing", "fast-feet-timing"),
        ("  Zürich -- Läufe!  ", "zurich-laufe"),
        ("Straße & Söhne", "strasse-sohne"),
        ("Łódź Ørsted Æro", "lodz-orsted-aero"),
        ("\u0130stanbul Ko\u015fusu", "istanbul-kosusu"),
        ("①②③ Timing", "123-timing"),
        ("タイム", "partner"),
        ("7", "partner"),
        ("", "partner"),
        ("Robert'); DROP TABLE partners;--", "robert-drop-table-partners"),
        ("x" * 39 + " y", "x" * 39),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(max_size=80), st.sets(st.sampled_from(["partner", "aa", "aa-2", "ab"])))
def test_every_name_has_a_slug_that_is_one_and_free(name: str, taken: set[str]) -> None:
    found = free_slug(slug_of(name), taken)
    assert account_names.slug(found) == found and found not in taken


def test_a_slug_that_is_taken_gets_a_number() -> None:
    assert free_slug("run", {"walk"}) == "run"
    assert free_slug("run", {"run", "run-2"}) == "run-3"
    long = "x" * SLUG_CHARS_MAX
    assert free_slug(long, {long}) == "x" * (SLUG_CHARS_MAX - 2) + "-2"
    assert free_slug("y" * 37 + "-zz", {"y" * 37 + "-zz"}) == "y" * 37 + "-2", "never two dashes"


@pytest.mark.parametrize("slug", ["ab", "a-b", "2run", "a--b", "x" * SLUG_CHARS_MAX])
def test_slugs_that_may_be_chosen(slug: str) -> None:
    assert account_names.slug(slug) == slug


@pytest.mark.parametrize(
    "text", ["", "a", "A1", "-ab", "ab-", "a b", "ä1", "ab\n", "x" * (SLUG_CHARS_MAX + 1), "a\x00b", "٣٣"]
)
def test_slugs_that_may_not(text: str) -> None:
    with pytest.raises(Invalid, match="slug: expected 2 to 40") as told:
        account_names.slug(text)
    assert told.value.field == "slug"


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ann@example.org", "ann@example.org"),
        (" Ann.Lee+x@Example.ORG\n", "ann.lee+x@example.org"),
        ("root@localhost", "root@localhost"),
        ("BJO\u0308RN@example.org", "björn@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("a@" + "b" * (EMAIL_CHARS_MAX - 2), "a@" + "b" * (EMAIL_CHARS_MAX - 2)),
    ],
)
def test_addresses_are_compared_in_lower_case(text: str, email: str) -> None:
    assert account_names.email(text) == email == account_names.email(email)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@example.org",
        "ann@",
        "a@b@c",
        "ann lee@example.org",
        "ann\u00a0@example.org",
        "ann\u200b@example.org",
        "ann\x00@example.org",
        "ann\ud800@example.org",
        "Ann <ann@example.org>",
        "<ann@example.org>",
        "ann@example.org,bob@example.org",
        "a@" + "b" * (EMAIL_CHARS_MAX - 1),
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Invalid, match="email: expected one address") as told:
        account_names.email(text)
    assert told.value.field == "email"


def test_names_are_one_line() -> None:
    assert account_names.name(" Ann \n\t Lee ") == "Ann Lee"
    assert account_names.name("") == ""
    assert account_names.name("李 \u0639\u0644\u064a 👩‍👧") == "李 \u0639\u0644\u064a 👩‍👧"
    assert len(account_names.name("x" * NAME_CHARS_MAX)) == NAME_CHARS_MAX


@pytest.mark.parametrize("text", ["x" * (NAME_CHARS_MAX + 1), "a\x00b", "a\x1bb", "a\u202eb", "\ud800"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(Invalid, match="name: expected 0 to 200 characters"):
        account_names.name(text)


def test_a_name_that_must_be_there() -> None:
    with pytest.raises(Invalid, match="event: expected 1 to 200 characters") as told:
        account_names.name("  ", "event", least=1)
    assert told.value.field == "event"
