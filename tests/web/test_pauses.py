"""How often a wrong password may be tried."""

import tracemalloc
from typing import Final

import pytest

from hub.web import pauses
from hub.web.pauses import (
    ACCOUNT_PAUSE_S_MAX,
    ACCOUNT_TIMES,
    ADDRESS_TIMES,
    FADE_S,
    FIRST_S,
    FORGET_S,
    PAUSE_S_MAX,
    Pauses,
)

TRIES: Final = 5
ANN: Final = "ann@race.example"
HOME: Final = "192.0.2.1"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def held(clock: Clock) -> Pauses:
    return Pauses(clock)


def wrong(held: Pauses, account: str = ANN, remote: str = HOME, *, count: int = TRIES) -> list[int]:
    return [held.admit(account, remote, TRIES) for _ in range(count)]


def address(number: int) -> str:
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def test_after_so_many_a_pause_that_doubles(clock: Clock, held: Pauses) -> None:
    assert wrong(held) == [0] * TRIES
    expected = FIRST_S
    for _ in range(12):
        assert wrong(held, count=3) == [expected] * 3, "who waits is not counted for it"
        clock.now += expected - 0.5
        assert wrong(held, count=1) == [1]
        clock.now += 0.5
        assert wrong(held, count=1) == [0]
        expected = min(2 * expected, PAUSE_S_MAX)
    assert expected == PAUSE_S_MAX


def test_who_had_it_right_starts_afresh(clock: Clock, held: Pauses) -> None:
    for _ in range(3):
        assert wrong(held) == [0] * TRIES
        clock.now += FIRST_S
        assert held.admit(ANN, HOME, TRIES) == 0
        held.right(ANN, HOME)
        clock.now += FORGET_S
    wrong(held, count=TRIES - 1)
    assert held.admit(ANN, HOME, TRIES) == 0
    held.right(ANN, HOME)
    assert wrong(held) == [0] * TRIES, "also when the last try was the right one"


def test_a_hundred_at_once_are_not_more_than_so_many(held: Pauses) -> None:
    assert wrong(held, count=100).count(0) == TRIES


def test_what_could_not_be_looked_at_does_not_count(held: Pauses) -> None:
    for _ in range(100):
        assert held.admit(ANN, HOME, TRIES) == 0
        held.undone(ANN, HOME)
    assert held.held == 0


def test_an_account_is_the_same_however_it_is_typed(held: Pauses) -> None:
    for each in (ANN, "Ann@Race.Example", f" {ANN} ", ANN.upper(), ANN):
        assert held.admit(each, HOME, TRIES) == 0
    assert held.admit(ANN, HOME, TRIES) == FIRST_S


def test_one_address_may_not_try_all_accounts(clock: Clock, held: Pauses) -> None:
    waits = [
        held.admit(f"user{number}@race.example", HOME, TRIES) for number in range(TRIES * ADDRESS_TIMES + 1)
    ]
    assert waits == [0] * TRIES * ADDRESS_TIMES + [FIRST_S]
    assert held.admit(ANN, HOME, TRIES) == FIRST_S
    assert held.admit(ANN, "192.0.2.2", TRIES) == 0
    clock.now += FIRST_S
    assert wrong(held, "other", count=2)[0] == 0
    assert FIRST_S < held.admit(ANN, HOME, TRIES) < 2 * FIRST_S


def test_an_office_full_of_people_has_its_mistakes(clock: Clock, held: Pauses) -> None:
    for number in range(500):
        assert held.admit(f"user{number}@race.example", HOME, TRIES) == 0
        clock.now += FADE_S


def test_one_address_gets_nowhere_with_many_accounts(clock: Clock, held: Pauses) -> None:
    tried = 0
    for number in range(24 * 360):
        tried += held.admit(f"user{number}@race.example", HOME, TRIES) == 0
        clock.now += 10
    assert tried < 24 * 40


def test_a_password_of_ones_own_does_not_open_the_address(clock: Clock, held: Pauses) -> None:
    tried = 0
    for number in range(500):
        if held.admit("mine@race.example", HOME, TRIES) == 0:
            held.right("mine@race.example", HOME)
        tried += held.admit(f"user{number}@race.example", HOME, TRIES) == 0
        clock.now += 1
    assert tried <= TRIES * ADDRESS_TIMES + 10


def test_a_thousand_addresses_may_not_try_a_password_each(held: Pauses) -> None:
    assert [held.admit(ANN, address(number), TRIES) for number in range(1000)].count(
        0
    ) == TRIES * ACCOUNT_TIMES


def test_nobody_can_lock_a_user_out(clock: Clock, held: Pauses) -> None:
    """Whatever is tried from elsewhere: who was signed in from home goes on, and others wait a minute at most."""
    assert held.admit(ANN, HOME, TRIES) == 0
    held.right(ANN, HOME)
    for number in range(2000):
        held.admit(ANN, address(number), TRIES)
        clock.now += 1
    assert 0 < held.admit(ANN, "192.0.2.77", TRIES) <= ACCOUNT_PAUSE_S_MAX
    assert wrong(held) == [0] * TRIES, "his own mistakes are his only limit"
    assert wrong(held, count=1) == [FIRST_S]


def test_an_hour_forgets(clock: Clock, held: Pauses) -> None:
    wrong(held)
    clock.now += FIRST_S + FORGET_S - 1
    assert wrong(held, count=2) == [0, 2 * FIRST_S]
    clock.now += 2 * FIRST_S + FORGET_S
    assert wrong(held) == [0] * TRIES
    clock.now += FIRST_S + FORGET_S
    held.admit("other", "192.0.2.2", TRIES)
    assert held.held == 3


def test_a_limit_that_has_changed_counts_at_once(held: Pauses) -> None:
    wrong(held, count=3)
    assert held.admit(ANN, HOME, 4) == 0
    assert held.admit(ANN, HOME, 10) == FIRST_S, "a pause that has begun goes on"


def test_many_cost_a_bounded_amount(clock: Clock, held: Pauses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "ENTRIES_MAX", 3000)
    tracemalloc.start()
    try:
        for number in range(6000):
            assert held.admit(f"user{number}" * 100, address(number), TRIES) == 0
            held.right(f"user{number}" * 100, address(number))
            held.admit(f"wrong{number}" * 100, address(number), TRIES)
        bytes_each = tracemalloc.get_traced_memory()[0] / held.held
    finally:
        tracemalloc.stop()
    assert held.held <= 2 * 3000 + 3 and bytes_each < 400
