"""Whatever a service says where a text is expected: a text that the database takes, or nothing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ProviderAway
from hub.providers.entries import day, decoded, entry, number, part, read, rows, text
from hub.roster_words import CUSTOM_MAX, FIELD_CHARS_MAX, TAGS_MAX

ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
)


@given(ANYTHING)
def test_a_text_is_fit_for_the_database(value: Any) -> None:
    said = text(value)
    assert len(said) <= FIELD_CHARS_MAX and said == said.strip()
    assert "\x00" not in said
    said.encode()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (101, "101"),
        (101.0, "101"),
        (1.5, "1.5"),
        (float("nan"), ""),
        (float("inf"), ""),
        (None, ""),
        (True, ""),
        ([], ""),
        (" a\tb ", "a b"),
        ("x\x00y\ud800", "x y"),
        ("0:19:51.1", "0:19:51.1"),
    ],
)
def test_texts(value: object, said: str) -> None:
    assert text(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1986-01-06", "1986-01-06"),
        ("1986-01-06T00:00:00-05:00", "1986-01-06"),
        ("4/18/2026 08:00", "2026-04-18"),
        ("0000-00-00", ""),
        ("31/12/2020", ""),
        (None, ""),
        ("soon", ""),
    ],
)
def test_days(value: object, said: str) -> None:
    assert day(value) == said


def test_numbers() -> None:
    assert [number(each) for each in (7, "7", "07", "-1", "x", None, "٣", "9" * 30)] == [
        7,
        7,
        7,
        None,
        None,
        None,
        None,
        None,
    ]


def test_what_is_empty_is_not_said() -> None:
    made = entry("e1", {"bib": None, "city": " ", "age": 30, "email": "a@b"}, tags=["", "A1", "A1", None])
    assert (made.said.fields, made.said.tags, made.external_id) == ({"age": "30"}, ["A1"], "e1")
    assert entry("e1", {}, tags=[""]).said.tags is None


def test_there_is_a_limit_to_all_of_it() -> None:
    made = entry(
        "e" * 600,
        {"city": "x" * 600},
        tags=[str(at) for at in range(50)],
        custom={str(at): "y" for at in range(100)},
    )
    assert len(made.external_id) == len(made.said.fields["city"]) == FIELD_CHARS_MAX
    assert len(made.said.tags or []) == TAGS_MAX and len(made.said.custom) == CUSTOM_MAX


def test_parts_may_be_missing() -> None:
    assert part([]) == part(None) == {} and part({"a": 1}) == {"a": 1}
    assert rows({}) == rows(None) == [] and rows([1]) == [1]


async def test_a_row_that_is_none_fails_no_other() -> None:
    raws = decoded(b'[{"a":1},7,null,{"b":2}]', list[msgspec.Raw], "It")
    assert [row async for row in read(raws)] == [{"a": 1}, {"b": 2}]


def test_another_shape_is_said() -> None:
    with pytest.raises(ProviderAway, match="It answers in a shape"):
        decoded(b'{"a":1}', list[int], "It")
