"""Who a tag is."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Participant
from hub.roster import PATCHED_MAX, Roster, interned, normal


def runner(number: int, bib: str, *tags: str) -> Participant:
    return Participant(number, bib, tags)


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("7", "7"),
        (" 007\t", "7"),
        ("0", "0"),
        ("000", "0"),
        ("0 7", "7"),
        ("00 0", "0"),
        ("M012", "m012"),
        ("0M12", "m12"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_the_form_in_which_tags_are_compared(text: str, compared: str) -> None:
    assert normal(text) == compared


@given(st.text(max_size=10) | st.text("0 \x85a", max_size=6))
def test_the_compared_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_a_tag_is_looked_for_among_tags_and_then_among_bibs() -> None:
    by_tag, by_bib = runner(1, "10", "7"), runner(2, "7", "8")
    roster = Roster([by_tag, by_bib])
    assert roster.find("7") is by_tag
    assert roster.find("0008 ") is by_bib
    assert roster.find("10") is by_tag
    assert roster.find("11") is None
    assert roster.find("") is None
    assert (roster.size, roster.ambiguous) == (2, [])


def test_two_hits_are_nobody_and_listed() -> None:
    roster = Roster(
        [runner(1, "1", "A", "X"), runner(2, "2", "a", "Y"), runner(3, "03"), runner(4, "3", "Z")]
    )
    assert roster.ambiguous == ["3", "a"]
    assert roster.find("A") is None
    assert roster.find("3") is None
    assert [found.id for tag in "XYZ" if (found := roster.find(tag))] == [1, 2, 4]


def test_a_tag_of_two_is_nobody_even_as_a_bib() -> None:
    roster = Roster([runner(1, "1", "7"), runner(2, "2", "7"), runner(3, "7", "Q")])
    assert roster.find("7") is None
    assert roster.find("Q") is not None
    assert roster.tags_of("7") == {"q"}  # reads of Q are shown as bib 7


def test_a_tag_twice_on_one_participant_is_no_doubt() -> None:
    roster = Roster([runner(1, "12", "12", "0012")])
    assert roster.ambiguous == []
    assert roster.find("12") is not None


def test_three_hits_are_as_two() -> None:
    assert Roster([runner(n, f"{n}", "x") for n in range(3)]).ambiguous == ["x"]


def test_tags_of_a_bib_are_those_that_are_shown_as_it() -> None:
    roster = Roster([runner(1, "10", "A1", "A2"), runner(2, "20", "10"), runner(3, "30", "A2")])
    assert roster.tags_of("010") == {"a1"}  # 10 is a tag of another, A2 of two
    assert roster.tags_of("20") == {"10", "20"}
    assert roster.tags_of("99") == set()
    assert roster.tags_of("") == set()


def test_who_wears_a_bib() -> None:
    roster = Roster([runner(1, "10", "20"), runner(2, "20", "A"), runner(3, "30"), runner(4, "030")])
    found = [roster.of_bib(bib) for bib in ("010", "20", "30", "A", "")]
    assert [each and each.id for each in found] == [1, 2, None, None, None]


def test_tags_of_a_bib_of_two_are_those_of_both() -> None:
    assert Roster([runner(1, "5", "A"), runner(2, "5", "B")]).tags_of("5") == {"a", "b"}


@given(
    st.lists(st.tuples(st.sampled_from("123"), st.lists(st.sampled_from("12345"), max_size=2)), max_size=5)
)
def test_tags_of_agrees_with_find(people: list[tuple[str, list[str]]]) -> None:
    roster = Roster(runner(n, bib, *tags) for n, (bib, tags) in enumerate(people))
    for bib in "12345":
        shown = {tag for tag in "12345" if (found := roster.find(tag)) and normal(found.bib) == bib}
        assert roster.tags_of(bib) == shown


PEOPLE = st.dictionaries(
    st.integers(1, 6),
    st.tuples(
        st.sampled_from(["", "1", "2", "02", "3"]), st.lists(st.sampled_from(["", *"1234A", "a"]), max_size=3)
    ),
    max_size=6,
)


def of_people(people: dict[int, tuple[str, list[str]]]) -> dict[int, Participant]:
    return {number: runner(number, bib, *tags) for number, (bib, tags) in people.items()}


@given(PEOPLE, st.lists(PEOPLE, min_size=1, max_size=4), st.sets(st.integers(1, 6), max_size=2))
def test_a_patched_roster_is_as_one_made_anew(
    first: dict[int, tuple[str, list[str]]],
    changes: list[dict[int, tuple[str, list[str]]]],
    gone: set[int],
) -> None:
    """Whatever is changed, added and taken away, one change after the other; and what was not touched is as before."""
    held = of_people(first)
    roster = Roster(held.values())
    for change in changes:
        now = of_people(change)
        before = [held[number] for number in sorted(held.keys() & (now.keys() | gone))]
        kept = {number: each for number, each in held.items() if number not in gone} | now
        other, touched = roster.patched(now.values(), before)
        anew = Roster(kept.values())
        for key in ["", *"1234a"]:
            assert other.find(key) is anew.find(key)
            assert other.of_bib(key) is anew.of_bib(key)
            assert other.tags_of(key) == anew.tags_of(key)
            assert key in touched or other.find(key) is roster.find(key)
        assert (other.size, other.ambiguous) == (anew.size, anew.ambiguous)
        assert {each.id for each in other.everybody()} == {each.id for each in anew.everybody()}
        assert {
            number: each for number, each in (of_people(first) | other.patches).items() if each is not None
        } == kept
        held, roster = kept, other


def test_who_is_patched_is_shared_and_nothing_of_the_old_roster_changes() -> None:
    held = [runner(number, f"{number}", "X" if number in (1, 2) else f"T{number}") for number in range(5)]
    roster = Roster(held)
    other, touched = roster.patched([runner(1, "1", "Y")], [held[1]])
    assert touched == {"1", "x", "y"}
    assert other.find("x") is held[2], "it is of one alone now"
    assert other.find("T4") is held[4]
    assert (roster.find("x"), roster.ambiguous, other.ambiguous) == (None, ["x"], [])
    again, _ = other.patched([held[1]], [runner(1, "1", "Y")])
    assert (again.find("x"), again.ambiguous) == (None, ["x"])


def test_too_many_patches_are_a_roster_of_its_own() -> None:
    held = [runner(number, f"{number}") for number in range(PATCHED_MAX + 1)]
    roster = Roster(held)
    some, _ = roster.patched(held[:-1], held[:-1])
    assert some.lineage is roster.lineage
    more, _ = some.patched(held[-1:], held[-1:])
    assert (more.lineage is some.lineage, more.patches) == (False, {})


def test_what_repeats_over_a_roster_is_shared() -> None:
    one, other = (interned(Participant(n, f"{n}", city="".join(["Dal", "las"]))) for n in (1, 2))
    assert one.city is other.city == "Dallas"


def test_participants_take_less_than_a_kilobyte_each() -> None:
    """A quarter of a hundred thousand: of what many share there is less to each then than among all."""
    count = 25_000
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        roster = Roster(
            interned(
                Participant(
                    number,
                    f"{number}",
                    (f"E28011{number:08}", f"E28012{number:08}"),
                    first_name=f"Firstname{number % 3000}",
                    last_name=f"Lastname{number}",
                    age=f"{number % 80}",
                    gender="MF"[number % 2],
                    city=f"City {number % 2000}",
                    state=f"S{number % 50}",
                    division=f"M{number % 80}",
                    race_name="Half",
                    wave=f"{number % 20}",
                )
            )
            for number in range(count)
        )
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert roster.size == count
    assert used < 100_000_000 // 4
