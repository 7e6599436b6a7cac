"""What is said by hand holds until somebody unlocks it."""

import pytest

from hub.errors import Conflict, Invalid, NotFound
from hub.hand_words import Words, called, changed, checked, checked_tag, made, restored, with_tag, without_tag
from hub.model import Participant
from hub.participants import Record
from hub.roster_words import FILE, HAND, ORDERED, PROVIDER, TAGS_MAX, Layer


def record(**layers: Layer) -> Record:
    said = layers or {FILE: Layer({"bib": "7", "city": "Graz"}, ["A1"])}
    fields = said.get(FILE, Layer()).fields
    shown = Participant(
        1, fields.get("bib", ""), tuple(said.get(FILE, Layer()).tags or ()), city=fields.get("city", "")
    )
    return Record(shown, 1, layers=said)


def test_somebody_new() -> None:
    one = made(checked(Words({"bib": " 7 ", "city": ""}, ["A1", "0a1"], {"Shirt": "M"})), 5)
    assert (one.session_id, one.shown.bib, one.shown.tags) == (5, "7", ("A1",))
    assert one.locked == ["bib", "city", "custom:Shirt", "tags"] and one.layers[HAND].made
    with pytest.raises(Invalid):
        made(Words({"city": "x"}), 5)


def test_what_is_said_is_locked_and_what_is_unlocked_is_one_word_of_many() -> None:
    one = changed(record(), Words({"city": "", "notes": "loud"}), ORDERED)
    assert (one.shown.city, one.shown.notes, one.locked) == ("", "loud", ["city", "notes"])
    one = changed(one, Words(unlock=["city", "notes"]), ORDERED)
    assert (one.shown.city, one.shown.notes, one.locked) == ("Graz", "loud", [])
    assert one.layers[HAND].fields == {"notes": "loud"}, "nothing says nothing, unless it is locked"
    one = changed(one, Words(tags=[]), ORDERED)
    assert (one.shown.tags, one.locked) == ((), ["tags"])
    assert changed(one, Words(unlock=["tags"]), ORDERED).shown.tags == ("A1",)
    one = changed(one, Words(custom={"Shirt": "L"}), ORDERED)
    assert dict(one.shown.custom) == {"Shirt": "L"} and "custom:Shirt" in one.locked


def test_tags_come_and_go() -> None:
    one = record()
    assert with_tag(one, "a1", ORDERED) is one
    more = with_tag(one, "B2", ORDERED)
    assert more.shown.tags == ("A1", "B2")
    less = without_tag(more, "0A1", ORDERED)
    assert less.shown.tags == ("B2",) and with_tag(less, "A1", ORDERED).layers[HAND].less_tags == []
    assert with_tag(less, "A1", ORDERED).shown.tags == ("A1", "B2")
    with pytest.raises(NotFound):
        without_tag(less, "A1", ORDERED)
    full = changed(one, Words(tags=[str(number + 1) for number in range(TAGS_MAX)]), ORDERED)
    with pytest.raises(Conflict):
        with_tag(full, "99", ORDERED)


def test_back_on_the_roster_for_good() -> None:
    one = record()
    assert restored(one, ORDERED) is one
    one.gone = HAND
    assert restored(one, ORDERED).layers == one.layers
    one.gone = PROVIDER
    back = restored(one, ORDERED)
    assert back.gone == "" and back.layers[HAND].made


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words({"shoe": "x"}), "shoe"),
        (Words({"city": "x" * 501}), "city"),
        (Words({"city": "x\0"}), "city"),
        (Words({"birth_date": "1.2.1990"}), "birth_date"),
        (Words({"privacy": "some"}), "privacy"),
        (Words(custom={"": "x"}), "custom"),
        (Words(custom={"a": "x" * 501}), "custom"),
        (Words(tags=["  "]), "tag"),
        (Words(tags=[str(number + 1) for number in range(TAGS_MAX + 1)]), "tags"),
        (Words(unlock=["shoe"]), "unlock"),
    ],
)
def test_what_cannot_be_said(words: Words, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(words)
    assert refused.value.field == field


def test_how_somebody_is_called() -> None:
    assert checked_tag(" 1 ") == "1"
    assert called(Participant(1, "7", first_name="Ann")) == "Ann, bib 7"
    assert called(Participant(3, "")) == "participant 3"
