"""What announcers say of a session: held against a model, at random."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from hub import marks
from hub.errors import Conflict, Invalid, NotFound
from hub.marks import Call, Mark, MarkChange, Said, called, changed, checked, parse_who
from hub.model import Participant
from hub.roster import normal

WHO = [f"bib:{number}" for number in range(1, 5)]
CHANGES = st.builds(
    MarkChange, st.sampled_from([True, False, UNSET]), st.sampled_from(["", "Left-handed", UNSET])
)


@given(st.lists(st.tuples(st.sampled_from(WHO), CHANGES), max_size=30))
def test_marks_are_what_was_said_last_of_each(steps: list[tuple[str, MarkChange]]) -> None:
    said = Said()
    model: dict[str, list[Any]] = {}
    for who, change in steps:
        before = said.stars
        entry = model.setdefault(who, [False, ""])
        for place, value in enumerate((change.starred, change.note)):
            if value is not UNSET:
                entry[place] = value
        others_starred = said.put(changed(said.mark(who), who, change, "a@x.example"))
        assert others_starred == (said.stars != before)
        wanted = {who: tuple(entry) for who, entry in model.items() if any(entry)}
        assert {each.who: (each.starred, each.note) for each in said.marks} == wanted
        assert list(said.stars) == sorted(who for who, (starred, _) in wanted.items() if starred)
        assert [each.who for each in said.marks] == sorted(wanted)
    assert Said(said.marks).marks == said.marks


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 12)), max_size=40))
def test_calls_are_the_last_ones_that_stand(steps: list[tuple[bool, int]]) -> None:
    said = Said()
    model: set[int] = set()
    for says, offset in steps:
        if says:
            said.say(Call(offset, "b@x.example", offset))
            model.add(offset)
        else:
            said.unsay(offset)
            model.discard(offset)
        assert [each.offset for each in said.calls(4)] == sorted(each for each in model if each > 4)
        assert all((said.call(each) is not None) == (each in model) for each in range(1, 13))


def test_of_too_many_calls_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "CALLS_MAX", 20)
    for order in (range(1, 41), range(40, 0, -1)):
        held = [each.offset for each in Said(calls=(Call(each, "", 0) for each in order)).calls(0)]
        assert len(held) <= 20 and held[-18:] == list(range(23, 41))


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("bib:17", "bib:17"),
        ("bib: 017 ", "bib:17"),
        ("tag:ABC", "tag:abc"),
        ("tag:a:b", "tag:a:b"),
        ("bib:0", "bib:0"),
        ("tag:" + "x" * 100, "tag:" + "x" * 100),
    ],
)
def test_how_a_runner_is_called(text: str, who: str) -> None:
    assert parse_who(text) == who == parse_who(who)


@pytest.mark.parametrize(
    "text", ["", "bib", "bib:", "bib:  ", "BIB:1", "name:x", "17", "tag:a\nb", "tag:" + "x" * 101]
)
def test_what_calls_nobody(text: str) -> None:
    with pytest.raises(NotFound, match="bib:17"):
        parse_who(text)


@given(st.text(max_size=100))
def test_whatever_somebody_wears_is_how_they_are_called(text: str) -> None:
    who = called(Participant(1, text), "A1")
    assert who == (f"bib:{normal(text)}" if normal(text) else "tag:a1")
    assert called(None, text) == f"tag:{normal(text)}"


def test_a_note_is_one_line() -> None:
    assert checked(MarkChange(note=" Left-\n handed\t")) == MarkChange(note="Left- handed")
    assert checked(MarkChange(starred=True)) == MarkChange(starred=True)
    assert checked(MarkChange(note="")).note == ""
    assert checked(MarkChange(note="\u200f👩\u200d🚀")).note == "\u200f👩\u200d🚀"
    with pytest.raises(Invalid, match="control"):
        checked(MarkChange(note="a\x1b[2J"))


def test_there_is_room_for_so_many() -> None:
    starred, noted, nothing = (
        Mark("bib:1", True, "", "", 0),
        Mark("bib:1", False, "x", "", 0),
        Mark("", False, "", "", 0),
    )
    marks.check_room(marks.MARKS_MAX - 1, marks.STARS_MAX - 1, starred)
    marks.check_room(marks.MARKS_MAX - 1, marks.STARS_MAX, noted)
    marks.check_room(marks.MARKS_MAX, marks.STARS_MAX, nothing)
    with pytest.raises(Conflict, match="200 runners"):
        marks.check_room(0, marks.STARS_MAX, starred)
    with pytest.raises(Conflict, match="2000 runners"):
        marks.check_room(marks.MARKS_MAX, 0, noted)
