"""Only what differs is passed on, and nobody is gone who may only have moved."""

from hub.providers.compared import Compared, packed, unpacked
from hub.roster_words import Entry, Layer


def people(**bibs: str) -> list[Entry]:
    return [Entry(Layer({"bib": bib}), name) for name, bib in bibs.items()]


def names(entries: list[Entry]) -> list[str]:
    return [each.external_id for each in entries]


def test_what_is_known_goes_into_a_cursor_and_comes_out() -> None:
    known = {str(at): at * 7919 % 2**32 for at in range(100_000)}
    assert unpacked(packed(known)) == known
    assert len(str(packed(known))) < 1_500_000
    assert unpacked(packed({})) == unpacked({}) == unpacked({"ids": "?", "marks": 3}) == {}


def test_passes_on_what_differs() -> None:
    first = Compared({})
    assert names(first.new(people(a="1", b="2"))) == ["a", "b"]
    first.end(sure=True)
    second = Compared(first.cursor())
    assert names(second.new(people(a="1", b="3", c="4"))) == ["b", "c"]
    assert second.new([Entry(Layer())]) == []
    second.end(sure=True)
    assert second.gone == []
    third = Compared(second.cursor())
    third.new(people(c="4"))
    third.end(sure=True)
    assert (third.gone, set(third.known)) == (["a", "b"], {"c"})


def test_who_goes_during_a_first_load_is_told_by_the_next() -> None:
    first = Compared({})
    first.new(people(a="1", b="2"))
    first.again()
    first.new(people(a="1"))
    first.end(sure=True)
    assert first.gone == []
    second = Compared(first.cursor())
    second.new(people(a="1"))
    second.end(sure=True)
    assert second.gone == ["b"]


def test_who_is_missed_once_may_only_have_moved() -> None:
    cursor = {**packed({}), "x": 1}
    load = Compared(cursor)
    load.new(people(a="1", b="2", c="3"))
    load.end(sure=False)
    gone = []
    for there in ({"a": "1", "b": "2"}, {"a": "1", "c": "3"}, {"a": "1"}, {"a": "1"}):
        load = Compared(load.cursor())
        load.new(people(**there))
        load.end(sure=False)
        gone.append(load.gone)
    assert gone == [[], [], ["b"], ["c"]]


def test_each_is_told_once_a_load_and_the_rest_by_the_next() -> None:
    first = Compared({})
    assert names(first.new(people(a="1", b="2"))) == ["a", "b"]
    first.again()
    assert names(first.new(people(a="9", b="2", c="3"))) == ["c"]
    assert first.new(people(c="8")) == []  # of two with the same id, the first counts
    first.end(sure=True)
    second = Compared(first.cursor())
    assert names(second.new(people(a="9", b="2", c="3"))) == ["a"]
    second.end(sure=True)
    assert second.gone == []
