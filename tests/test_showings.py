"""What waits for the table: the longest counts, and there is no more of it than may be."""

import random

import pytest

from hub import showings
from hub.showings import Showing, Showings, longer


def at(shown_us: int, shown_ms: int = 0, code: str = "AAAA2222", layout: str = "card") -> Showing:
    return Showing(code, shown_us, shown_ms, layout)


def test_the_longest_counts_in_whatever_order_they_come() -> None:
    painted, short, long = at(1_000), at(1_400, 300), at(9_000, 800)
    for seed in range(20):
        some = [painted, short, long, short]
        random.Random(seed).shuffle(some)
        held = Showings()
        for each in some:
            held.shown(1, 5, 7, each)
        ((row,),) = held.take(10).values()
        assert (row.session_id, row.offset, row.showing.shown_ms) == (5, 7, 800)


def test_what_has_ended_began_when_it_was_painted() -> None:
    assert longer(at(1_000), at(1_400, 300)) == at(1_000, 300)
    assert longer(at(1_400, 300), at(1_000)) == at(1_000, 300)
    assert longer(at(2_000), at(1_000)) == at(1_000)
    assert longer(at(1_000, 500), at(5_000, 400)) == at(1_000, 500)


def test_all_displays_are_taken_alike_and_each_of_its_partner() -> None:
    held = Showings()
    for offset in range(1, 101):
        held.shown(1, 5, offset, at(1))
    for offset in (1, 2):
        held.shown(2, 6, offset, at(1, code="BBBB2222"))
    taken = held.take(20)
    assert {partner: len(rows) for partner, rows in taken.items()} == {1: 10, 2: 2}
    assert held.count == 90
    held.give_back(1, taken[1])
    assert held.count == 100
    assert sum(len(rows) for rows in held.take(1000).values()) == 100
    assert held.count == 0 and held.take(1000) == {}


def test_there_is_room_for_so_many_and_one_display_leaves_room_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(showings, "WAITING_MAX", 5)
    monkeypatch.setattr(showings, "WAITING_OF_DISPLAY_MAX", 3)
    held = Showings()
    for offset in range(1, 5):
        held.shown(1, 5, offset, at(1))
    assert (held.count, held.lost) == (3, 1)
    held.shown(1, 5, 1, at(1, 800))
    assert (held.count, held.lost) == (3, 1), "of what waits already more may be said"
    for offset in (1, 2, 3):
        held.shown(1, 6, offset, at(1))
    assert (held.count, held.lost) == (5, 2)
