"""Entries are held until all of them are there, and those that cannot be taken are told apart."""

from hub.roster_words import FILE, TAGS, Entry, Layer
from hub.spool import Spool


def test_what_comes_goes_on_as_it_is_kept() -> None:
    spool = Spool(FILE)
    spool.add(
        [Entry(Layer({"bib": " 7 ", "city": ""}, ["A1 ", ""]), " E1 ", 2), Entry(Layer({"city": "x"}), "", 3)]
    )
    spool.add([Entry(Layer({"bib": "8", "birth_date": "x", "first_name": "\ud800"}), "", 4)])
    (first, none), (empty, bad) = spool.pieces()
    assert first == [Entry(Layer({"bib": "7"}, ["A1"]), "E1", 2)] and (none, empty) == (
        [Entry(Layer(), "", 3)],
        [],
    )
    assert bad == [Entry(Layer({"bib": "8", "birth_date": "x"}), "", 4)], "who is meant is known all the same"
    assert [each.line for each in spool.problems] == [3, 4] and spool.size == 3
    assert (spool.claims.bibs, spool.claims.externals) == ({"7"}, {"E1"})


def test_somebody_has_as_many_rows_as_tags() -> None:
    spool = Spool(TAGS)
    spool.add(
        [Entry(Layer({"bib": bib}, [tag]), "", line) for line, bib, tag in ((2, "7", "A1"), (3, "8", "B1"))]
    )
    spool.add([Entry(Layer({"bib": "007"}, ["A2"]), "", 4), Entry(Layer({}, ["C1"]), "", 5)])
    *_, (good, _) = spool.pieces()
    assert [each.said.tags for each in good] == [["A1", "A2"], ["B1"]] and not spool.claims.bibs_twice
    assert [(each.line, each.reason) for each in spool.problems] == [
        (5, "a tag of nobody: expected a bib, too")
    ]
