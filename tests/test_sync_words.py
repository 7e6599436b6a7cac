"""What may be said of accounts and of where rosters come from."""

import pytest

from hub.errors import Conflict, Invalid
from hub.sync_words import (
    ACCOUNTS_MAX,
    FieldWords,
    LinkChange,
    LinkRow,
    changed,
    check_room,
    checked_name,
    entry_of,
    merged,
)

FIELDS = (
    FieldWords("user", "User", False, True),
    FieldWords("password", "Password", True, True),
    FieldWords("base", "Address", False, False),
)


def test_a_secret_that_is_left_out_stays() -> None:
    held = {"user": "ann", "password": "s3cret", "base": "x"}
    assert merged(FIELDS, {}, held) == held
    assert merged(FIELDS, {"password": "", "user": " bob "}, held) == held | {"user": "bob"}
    assert merged(FIELDS, {"base": "", "password": " new "}, held) == {"user": "ann", "password": "new"}
    assert merged(FIELDS, {"user": "ann", "password": "s3cret"}) == {"user": "ann", "password": "s3cret"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"user": "ann"}, "credentials.password"),
        ({"password": "MARK"}, "credentials.user"),
        ({"user": "ann", "password": "MARK\0"}, "credentials.password"),
        ({"user": "ann", "password": "MARK\ud800"}, "credentials.password"),
        ({"user": "ann", "password": "MARK", "MARK": "x"}, "credentials"),
    ],
)
def test_what_is_wrong_with_them_is_said_without_them(given: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as problem:
        merged(FIELDS, given)
    assert problem.value.field == field and "MARK" not in problem.value.message


def test_names_and_numbers_have_limits() -> None:
    assert checked_name("  Our \n account ") == "Our account"
    for name in ("", "  ", "a\0"):
        with pytest.raises(Invalid):
            checked_name(name)
    check_room(ACCOUNTS_MAX - 1)
    with pytest.raises(Conflict):
        check_room(ACCOUNTS_MAX)


def test_what_is_not_said_of_a_link_stays() -> None:
    row = LinkRow(1, 1, 1, "runsignup", "Ours", "1", results=True)
    assert changed(row, LinkChange()) == row
    after = changed(row, LinkChange(enabled=False, results=False))
    assert (after.enabled, after.results) == (False, False)


def test_a_result_is_kept_by_whom_it_is_of() -> None:
    assert [entry_of(*each) for each in (("x1", "7"), ("", "7"), ("", ""))] == ["x1", "bib:7", ""]
