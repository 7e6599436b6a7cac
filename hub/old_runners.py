"""A runner, and the queue of runners, in the predecessor's words. Pure: knows the shapes that its screens and scripts
read; refuses to know sessions, displays and clocks.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

QUEUE_MAX: Final = 200
"""Runners that wait; of more the oldest are let go of, as the predecessor has it."""
KEEPALIVE: Final = {"keepalive": True}
NO_RUNNERS: Final = "No runners in queue"
TIMES: Final = (
    "finish_time",
    "gun_time",
    "penalty_time",
    "time_with_penalty",
    "gun_time_with_penalty",
)
"""Of the fields of a result, those that are shown as times."""
RESULTS: Final = (
    *TIMES,
    *("pace", "gun_pace", "overall_rank", "division_rank", "start_time", "finish_timestamp"),
)
"""What a runner has in results mode. Screens leave `{{word}}` as it stands where there is no such field."""
_TIME: Final = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+)(?:\.(\d+))?")


class Waiting(NamedTuple):
    """A read that is to have a card. key: whose it is: nobody waits twice."""

    offset: int
    key: str
    at_us: int


class Queue:
    """One after the other, each for as long as the display says. What it shows at an instant follows from what came
    when, and not from who has asked: so that every screen shows every runner."""

    def __init__(self) -> None:
        self.head: Waiting | None = None
        self.since_us = 0
        """Since when the head is shown."""
        self.waiting: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self.waiting) + (self.head is not None)

    def add(self, read: Waiting, duration_us: int) -> None:
        """What has come, in the order in which it came."""
        self.advance(read.at_us, duration_us)
        if any(each.key == read.key for each in self.all()):
            return
        if self.head is None:
            self.head, self.since_us = read, read.at_us
            return
        self.waiting.append(read)
        if len(self) > QUEUE_MAX:
            self.waiting.popleft()

    def advance(self, now_us: int, duration_us: int) -> None:
        """As of now."""
        while self.head is not None and now_us - self.since_us >= duration_us:
            self.since_us += duration_us
            self.head = self.waiting.popleft() if self.waiting else None
            if self.head is not None:
                self.since_us = max(self.since_us, self.head.at_us)

    def drop(self, offset: int, now_us: int) -> None:
        """There is nothing under this offset any more."""
        if self.head is not None and self.head.offset == offset:
            self.head, self.since_us = (self.waiting.popleft() if self.waiting else None), now_us
        else:
            self.waiting = deque(each for each in self.waiting if each.offset != offset)

    def clear(self) -> int:
        """Gives how many there were."""
        count = len(self)
        self.head = None
        self.waiting.clear()
        return count

    def all(self) -> list[Waiting]:
        """The head first."""
        return [*([self.head] if self.head else ()), *self.waiting]


def flat(runner: Mapping[str, str], message: str = "", *, results: bool = False) -> dict[str, str]:
    """A runner as all four generations of screens read it: strings alone, `reg_choice` and `message` among them.
    results: with a result's fields, also where there is none yet."""
    times = {name: time_words(runner[name]) for name in TIMES if runner.get(name)}
    more = dict.fromkeys(RESULTS, "") if results else {}
    return {**more, **runner, **times, "reg_choice": runner.get("race_name", ""), "message": message}


def time_words(text: str) -> str:
    """A time as screens show it: without leading units that are nothing, a fraction up to the next second
    (`0:19:51.1` is `19:52`). What is no time stays as it is."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return text
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    total = hours * 3600 + minutes * 60 + seconds + (int(found[4] or 0) > 0)
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{seconds:02d}"
    return f"{minutes}:{seconds:02d}" if minutes else f"{seconds:02d}"


def current(runner: Mapping[str, str] | None, queue_size: int, mode: str | None) -> dict[str, Any]:
    """`GET /api/current-runner`: envelope and flat at once."""
    envelope = {"runner": runner, "queue_size": queue_size, "max_queue_size": QUEUE_MAX, "mode": mode}
    return {**(runner or {}), **envelope}


def displayed(runner: Mapping[str, str] | None, queue_size: int) -> dict[str, Any]:
    """`POST /api/runner-displayed`: nothing is taken off the queue; the next one is whoever is to be shown now."""
    if runner is None:
        return {"success": False, "error": NO_RUNNERS}
    return {"success": True, "displayed_runner": runner, "next_runner": runner, "queue_size": queue_size}


def status(runners: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """`GET /api/queue-status`; the head first."""
    held = list(runners)
    brief = [{name: each.get(name, "") for name in ("name", "bib", "timestamp")} for each in held]
    return {
        "queue_size": len(held),
        "max_queue_size": QUEUE_MAX,
        "current_runner": held[0] if held else None,
        "queue_contents": brief,
    }
