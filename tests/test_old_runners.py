"""The predecessor's shapes of a runner and of its queue, field by field; and that the queue shows the same to all."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import old_runners
from hub.old_runners import QUEUE_MAX, Queue, Waiting

S: Final = 1_000_000
ADA: Final = {"name": "Ada Lovelace", "bib": "101", "race_name": "10K", "timestamp": "09:30:00"}


def waiting(number: int, at_s: float, key: str = "") -> Waiting:
    return Waiting(number, key or str(number), round(at_s * S))


def shown(queue: Queue, now_s: float, duration_s: float = 5) -> int | None:
    queue.advance(round(now_s * S), round(duration_s * S))
    return queue.head.offset if queue.head else None


def test_each_is_shown_for_as_long_as_the_display_says() -> None:
    queue = Queue()
    for number in (1, 2, 3):
        queue.add(waiting(number, 10 + number / 10), 5 * S)
    assert [shown(queue, at) for at in (10.2, 15.0, 15.2, 20.2, 25.0, 25.2, 99)] == [
        1,
        1,
        2,
        3,
        3,
        None,
        None,
    ]
    queue.add(waiting(4, 120), 5 * S)
    assert (shown(queue, 124.9), shown(queue, 125)) == (4, None)


def test_nobody_waits_twice_and_the_oldest_give_way() -> None:
    queue = Queue()
    queue.add(waiting(1, 1, "7"), 5 * S)
    queue.add(waiting(2, 2, "7"), 5 * S)
    queue.add(waiting(3, 2, "8"), 5 * S)
    assert [each.offset for each in queue.all()] == [1, 3]
    for number in range(10, 10 + 2 * QUEUE_MAX):
        queue.add(waiting(number, 2), 5 * S)
    assert len(queue) == QUEUE_MAX
    assert (queue.all()[0].offset, queue.all()[-1].offset) == (1, 9 + 2 * QUEUE_MAX)
    assert queue.clear() == QUEUE_MAX and not queue.all()


def test_what_is_gone_is_not_shown() -> None:
    queue = Queue()
    for number in (1, 2, 3):
        queue.add(waiting(number, 0), 5 * S)
    queue.drop(2, S)
    queue.drop(1, S)
    assert (shown(queue, 5.9), shown(queue, 6.0)) == (3, None)


@given(
    st.lists(st.integers(0, 40), max_size=30).map(sorted),
    st.lists(st.integers(0, 400), max_size=30).map(sorted),
    st.integers(1, 9),
)
def test_what_is_shown_does_not_depend_on_who_has_asked_when(
    came: list[int], asked: list[int], duration_s: int
) -> None:
    """One is asked all the time, the other in the end."""
    often, seldom = Queue(), Queue()
    for number, at in enumerate(came):
        for each in (each for each in asked if each <= at):
            often.advance(each * S, duration_s * S)
        often.add(waiting(number, at), duration_s * S)
        seldom.add(waiting(number, at), duration_s * S)
    for at in range(400):
        assert shown(often, at, duration_s) == shown(Queue_at(seldom), at, duration_s)


def Queue_at(queue: Queue) -> Queue:
    copy = Queue()
    copy.head, copy.since_us, copy.waiting = queue.head, queue.since_us, queue.waiting.copy()
    return copy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0:19:51.1", "19:52"),
        ("0:19:51.0", "19:51"),
        ("0:00:07.4", "08"),
        ("00:59:59.9", "1:00:00"),
        ("1:02:03", "1:02:03"),
        ("45", "45"),
        ("DNF", "DNF"),
        ("", ""),
    ],
)
def test_times_go_up_to_the_next_second(text: str, words: str) -> None:
    assert old_runners.time_words(text) == words


def test_shapes() -> None:
    runner = old_runners.flat(ADA | {"finish_time": "0:47:12.3", "pace": "4:43"}, "Great job!")
    assert runner == ADA | {
        "finish_time": "47:13",
        "pace": "4:43",
        "reg_choice": "10K",
        "message": "Great job!",
    }
    found = old_runners.current(runner, 1, "pre-race")
    assert (found["runner"], found["bib"], found["queue_size"]) == (runner, "101", 1)
    assert (found["max_queue_size"], found["mode"]) == (200, "pre-race")
    assert old_runners.current(None, 0, None) == {
        "runner": None,
        "queue_size": 0,
        "max_queue_size": 200,
        "mode": None,
    }
    assert old_runners.displayed(None, 0) == {"success": False, "error": "No runners in queue"}
    assert old_runners.displayed(runner, 2) == {
        "success": True,
        "displayed_runner": runner,
        "next_runner": runner,
        "queue_size": 2,
    }
    assert old_runners.status([runner, ADA]) == {
        "queue_size": 2,
        "max_queue_size": 200,
        "current_runner": runner,
        "queue_contents": [
            {"name": "Ada Lovelace", "bib": "101", "timestamp": "09:30:00"},
            {"name": "Ada Lovelace", "bib": "101", "timestamp": "09:30:00"},
        ],
    }
