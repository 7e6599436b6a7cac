"""Whose word holds, field by field."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Participant
from hub.participants import (
    Record,
    by_hand,
    differences,
    is_said,
    kept_layers,
    layers_of,
    merged,
    named,
    origins_of,
    problem_of,
    taken,
    unnamed,
)
from hub.roster_words import FIELDS, FILE, HAND, ORDERED, ORIGINS, PROVIDER, TAGS, Entry, Layer

WORDS: Final = st.sampled_from(("", "a", "b", "c"))
NAMES: Final = ("bib", "first_name", "city", "notes")
LAYERS: Final = st.builds(
    Layer,
    st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=4),
    st.none() | st.lists(st.sampled_from(("1", "2", "3")), max_size=2, unique=True),
    st.dictionaries(st.sampled_from(("Shirt", "Bus")), WORDS, max_size=2),
)
ORDER: Final = st.permutations(ORDERED)


def entry(said: Layer) -> Entry:
    return Entry(taken(said))


def test_the_first_that_says_anything_holds() -> None:
    layers = {
        FILE: Layer({"first_name": "Ann", "city": "Graz", "bib": "7"}, ["1"], {"Shirt": "M"}),
        PROVIDER: Layer({"first_name": "Anna", "city": ""}, ["2"], {"Bus": "9"}),
        HAND: Layer({"city": "Wien"}, more_tags=["5"], less_tags=["02"]),
    }
    shown = merged(3, layers)
    assert (shown.id, shown.first_name, shown.city, shown.bib) == (3, "Anna", "Wien", "7")
    assert shown.tags == ("5",) and dict(shown.custom) == {"Shirt": "M", "Bus": "9"}
    assert merged(3, layers, ("file", "provider", "hand")).first_name == "Ann"
    assert origins_of(layers) == {
        "city": HAND,
        "first_name": PROVIDER,
        "custom:Bus": PROVIDER,
        "bib": FILE,
        "custom:Shirt": FILE,
        "tags": HAND,
    }


def test_a_file_of_tags_goes_before_files_and_services_but_says_nothing_else() -> None:
    layers = {FILE: Layer({"bib": "7"}, ["1"]), PROVIDER: Layer({}, ["2"]), TAGS: Layer({"bib": "8"}, ["3"])}
    assert (merged(1, layers).tags, merged(1, layers).bib) == (("3",), "7")
    assert merged(1, layers | {HAND: Layer({}, ["4"])}).tags == ("4",)
    assert merged(1, layers | {HAND: Layer({}, [])}).tags == ()
    assert merged(1, layers | {HAND: Layer({}, ["4"])}, ("file", "hand", "provider")).tags == ("3",)


@given(st.dictionaries(st.sampled_from(ORIGINS), LAYERS), st.lists(st.sampled_from(NAMES)), ORDER)
def test_what_is_locked_is_as_the_hand_says(
    layers: dict[str, Layer], locked: list[str], order: list[str]
) -> None:
    shown = merged(1, layers, order, locked)
    hand = layers.get(HAND, Layer())
    for name in locked:
        assert getattr(shown, name) == hand.fields.get(name, "")
        assert origins_of(layers, order, locked)[name] == HAND
    for name in set(NAMES) - {*locked}:
        said = [
            layers[each].fields[name] for each in (*order, TAGS) if layers.get(each, Layer()).fields.get(name)
        ]
        assert getattr(shown, name) == (said[0] if said else "")


@given(
    st.lists(st.tuples(st.sampled_from((FILE, TAGS, PROVIDER)), st.booleans(), LAYERS), max_size=6), LAYERS
)
def test_nothing_that_others_say_loses_the_hands_word(
    said: list[tuple[str, bool, Layer]], hand: Layer
) -> None:
    """Whatever comes in whatever order, also of those who are gone and come back; and the same twice is once."""
    record = by_hand(Record(Participant(1, "7"), layers={FILE: Layer({"bib": "7"})}), hand, list(NAMES))
    for origin, there, layer in said:
        record = named(record, origin, entry(layer)) if there else unnamed(record, origin)
        assert all(getattr(record.shown, name) == hand.fields.get(name, "") for name in NAMES)
        if there:
            again = named(record, origin, entry(layer))
            assert again == record and (record.gone or is_said(record, origin, entry(layer)))
        else:
            assert unnamed(record, origin).shown == record.shown


@given(LAYERS, LAYERS)
def test_two_origins_may_come_in_any_order(one: Layer, other: Layer) -> None:
    bare = Record(Participant(1, "7"), layers={FILE: Layer({"bib": "7"})})
    first = named(named(bare, PROVIDER, entry(one)), TAGS, entry(other))
    assert first.shown == named(named(bare, TAGS, entry(other)), PROVIDER, entry(one)).shown


def test_rows_of_older_hubs_are_all_of_a_file() -> None:
    old = Record(Participant(1, "7", ("A1",), "Ann", city="Graz", custom=(("Shirt", "M"),)))
    assert layers_of(old) == {
        FILE: Layer({"bib": "7", "first_name": "Ann", "city": "Graz"}, ["A1"], {"Shirt": "M"})
    }
    assert is_said(old, FILE, entry(layers_of(old)[FILE])) and not is_said(
        old, PROVIDER, entry(Layer({"bib": "7"}))
    )
    over = named(old, PROVIDER, entry(Layer({"bib": "7", "city": "Wien"})))
    assert (over.shown.city, over.shown.first_name, set(over.layers)) == ("Wien", "Ann", {FILE, PROVIDER})
    assert kept_layers(over.layers) == over.layers and kept_layers(layers_of(old)) == {}


def test_who_is_named_no_more_is_gone_unless_others_name_them() -> None:
    one = Record(
        Participant(1, "7"),
        layers={PROVIDER: Layer({"bib": "7"}), HAND: Layer({"city": "x"})},
        locked=["city"],
    )
    off = unnamed(one, PROVIDER)
    assert (off.gone, off.shown.bib) == (PROVIDER, "7"), "what is kept of them is enough to have them back"
    back = named(off, FILE, entry(Layer({"bib": "7"})))
    assert (back.gone, set(back.layers), back.shown.city) == ("", {FILE, HAND}, "x")
    assert named(Record(Participant(1, "7"), gone=HAND), FILE, entry(Layer({"bib": "8"}))).gone == HAND
    made = Record(
        Participant(1, "7"), layers={HAND: Layer({"bib": "7"}, made=True), FILE: Layer({"bib": "7"})}
    )
    assert unnamed(made, FILE).gone == ""
    tagged = Record(Participant(1, "7"), layers={TAGS: Layer({"bib": "7"}, ["1"])})
    off = unnamed(tagged, TAGS)
    assert (off.gone, off.shown.tags, off.shown.bib) == (FILE, (), "7")
    assert named(off, TAGS, entry(Layer({"bib": "7"}, ["2"]))).gone == ""
    dropped = Record(
        Participant(1, "7"), layers={FILE: Layer({"bib": "7"}), TAGS: Layer({}, ["1"])}, gone=FILE
    )
    assert named(dropped, TAGS, entry(Layer({"bib": "7"}, ["2"]))).gone == FILE, (
        "a tag puts nobody on a roster"
    )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Layer({"bib": "7"}), ""),
        (Layer({}, ["A1"]), ""),
        (Layer({"last_name": "Lee"}), ""),
        (Layer({"city": "Graz"}), "neither a bib nor a tag nor a name"),
        (
            Layer({"bib": "7", "birth_date": "1990-02-30"}),
            "birth date '1990-02-30': expected a day, like 1989-04-23",
        ),
        (
            Layer({"bib": "7", "birth_date": "0090-02-03"}),
            "birth date '0090-02-03': expected a day, like 1989-04-23",
        ),
        (Layer({"bib": "7", "privacy": "some"}), "privacy 'some': expected one of public, initials, bib"),
        (Layer({"bib": "7" * 501}), "a word of more than 500 characters"),
        (Layer({"bib": "7\0"}), "a NUL character, or half of one that takes two"),
        (Layer({"bib": "7\ud800"}), "a NUL character, or half of one that takes two"),
        (Layer({"bib": "7", "shoe": "x"}), "unknown field 'shoe'"),
        (Layer({"bib": "7"}, [str(number) for number in range(21)]), "21 tags: expected at most 20"),
    ],
)
def test_what_cannot_be_taken(said: Layer, problem: str) -> None:
    assert problem_of(Entry(said)) == problem


def test_what_is_another() -> None:
    before = Participant(1, "7", ("1", "2"), "Ann", custom=(("Shirt", "M"),))
    assert differences(before, Participant(1, "7", ("2", "1"), "Ann", custom=(("Shirt", "M"),))) == {}
    assert differences(before, Participant(1, "8", ("1",), "Ann")) == {
        "bib": ["7", "8"],
        "tags": ["1; 2", "1"],
        "custom:Shirt": ["M", ""],
    }
    assert set(FIELDS) >= {*NAMES}
