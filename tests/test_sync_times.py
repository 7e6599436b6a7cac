"""What is due when, with the time handed in, and how sessions of one account share what it may ask."""

from typing import Any

import pytest
from msgspec.structs import replace

from hub.hub import Hub
from hub.model import MODE_RESULTS, US_PER_S, SessionRow
from hub.providers.registry import KINDS
from hub.session import Session
from hub.sync_times import DEAR, FULL, RESULTS, ROSTER, Due, Linked, Times
from hub.sync_words import LinkRow

DAY_S = 20_000 * 86_400.0
NINE_S = DAY_S + 9 * 3600
ROW = LinkRow(1, 1, 1, "runsignup", "Ours", "1", cursor={"at": 1}, begins_s=NINE_S, day_s=DAY_S)


class Clock:
    """Some sessions of one account, as they were asked at nine."""

    def __init__(self, count: int = 1, **words: object) -> None:
        self.now_s = NINE_S
        self.hub = Hub(now_us=lambda: 0, wake=lambda: None, publish=lambda session, reads: None)
        row = replace(ROW, synced_s=NINE_S, full_s=NINE_S, **words)
        self.linked = {each: Linked(replace(row, session_id=each)) for each in range(1, count + 1)}
        self.times = Times(self.hub, KINDS, lambda: int(self.now_s * US_PER_S), self.linked)

    @property
    def one(self) -> Linked:
        return self.linked[1]

    def due(self) -> Due | None:
        return self.times.due(self.one, self.now_s)


def test_the_next_thing_is_what_is_due_first() -> None:
    clock = Clock()
    assert clock.due() == Due(NINE_S + 10, ROSTER)
    clock.one.row = replace(clock.one.row, full_s=NINE_S - 6 * 3600 + 5)
    assert clock.due() == Due(NINE_S + 5, FULL)
    clock.one.costs[FULL] = DEAR * KINDS["runsignup"].calls_per_hour + 1
    assert clock.due() == Due(NINE_S + 10, ROSTER), "a race does not wait for it"
    clock.one.row = replace(clock.one.row, full_s=0)
    assert clock.due() == Due(0, FULL), "but for the first one"
    clock.one.away_until_s = NINE_S + 99
    assert clock.due() == Due(NINE_S + 99, FULL)


@pytest.mark.parametrize("words", [{"enabled": False}, {"problem": "No."}, {"status": "ended"}])
def test_nothing_is_due(words: dict[str, Any]) -> None:
    assert Clock(**words).due() is None


def test_a_clock_that_was_set_back_keeps_nothing_waiting() -> None:
    clock = Clock()
    clock.now_s -= 300
    assert clock.due() == Due(clock.now_s + 10, ROSTER)


def test_results_are_due_where_they_are_shown() -> None:
    clock = Clock(results=True)
    clock.one.results_s = NINE_S
    assert clock.due() == Due(NINE_S + 10, ROSTER), "nobody has started"
    row = SessionRow(1, 1, "Run", "Run", "active", 1, "UTC", "2024-10-04", 0, mode=MODE_RESULTS)
    clock.hub.add_session(Session(row, late_us=0))
    clock.one.row = replace(clock.one.row, synced_s=NINE_S + 55)
    clock.now_s += 56
    assert clock.due() == Due(NINE_S + 60, RESULTS)
    ended = Clock(results=True, status="ended", ended_s=NINE_S)
    assert ended.due() == Due(60, RESULTS)
    ended.now_s += 3600
    assert ended.due() is None


def test_all_of_an_account_are_stretched_alike_and_none_of_another() -> None:
    clock = Clock(3)
    for each in clock.linked.values():
        each.costs[ROSTER] = 2.0
    periods = [clock.times.period_s(each.row, NINE_S) for each in clock.linked.values()]
    assert periods[0] == periods[1] == periods[2] == pytest.approx(10 * 3 * 720 / 740, rel=0.01)
    clock.linked[2].row = replace(clock.linked[2].row, problem="No.")
    clock.linked[3].row = replace(clock.linked[3].row, account_id=2)
    clock.now_s += 1
    assert clock.times.period_s(clock.one.row, NINE_S) == pytest.approx(10, rel=0.01)
