"""When a session's registration service is asked again: seldom long before the gun, every ten seconds in the race.
Knows arithmetic on instants that are handed in; refuses to know services, clocks and tables.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

MINUTE_S: Final = 60.0
HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S

FAR_S: Final = HOUR_S
"""More than a day before the start, and when the race is long over."""
DAY_BEFORE_S: Final = 15 * MINUTE_S
HOURS_BEFORE_S: Final = 2 * MINUTE_S
NEAR_S: Final = 3 * HOUR_S
"""So near is the start when it is asked every two minutes."""
RACE_S: Final = 10.0
"""What is changed at packet pick-up is on the announcer's screen before the runner is at the start."""
EARLY_S: Final = 45 * MINUTE_S
AFTER_GUN_S: Final = 8 * HOUR_S
READING_S: Final = 15 * MINUTE_S
"""A session whose last read is not older is being used, whatever its date says."""
DAYLIGHT_S: Final = 5 * HOUR_S
"""Nobody says when an event's day begins for its runners: hardly a race starts before five in the morning, and one
that does is asked every ten seconds from its first read on."""
RESULTS_S: Final = MINUTE_S
RESULTS_AFTER_S: Final = HOUR_S
"""After a session's end: results come late."""
FULL_S: Final = 6 * HOUR_S
"""What an incremental refresh has missed, for whatever reason, is there after this at the latest."""

BACK_OFF_S: Final = 5.0
BACK_OFF_S_MAX: Final = 10 * MINUTE_S
SHARE: Final = 0.74
"""Of the calls that an account may make in an hour. The rest may be made at once, by whoever asks for something by hand
(a quarter: hub.providers.budget)."""


class Facts(NamedTuple):
    """What is known of a session; instants in seconds of one clock, 0: there is none. begins_s: when it is said to
    begin; day_s: midnight at the beginning of its day, where it is."""

    ended: bool = False
    begins_s: float = 0
    day_s: float = 0
    gun_s: float = 0
    read_s: float = 0
    ended_s: float = 0


def roster_period_s(facts: Facts, now_s: float) -> float | None:
    """How long after one refresh the next one is due; None: there is none any more."""
    if facts.ended:
        return None
    if _is_running(facts, now_s):
        return RACE_S
    left_s = (facts.begins_s or facts.day_s + DAYLIGHT_S) - now_s
    if left_s <= 0 or left_s > DAY_S:
        return FAR_S
    return DAY_BEFORE_S if left_s > NEAR_S else HOURS_BEFORE_S


def results_period_s(facts: Facts, now_s: float, *, results_mode: bool, wanted: bool) -> float | None:
    """The same for official results. `wanted`: while the race goes on; `results_mode`: the session shows them now."""
    if facts.ended:
        late = wanted and now_s - facts.ended_s < RESULTS_AFTER_S
        return RESULTS_S if late else None
    return RESULTS_S if results_mode or (wanted and _has_started(facts, now_s)) else None


def back_off_s(tries: int, retry_after_s: float | None = None) -> float:
    """How long a service that is away is left alone, after so many tries."""
    waits_s = min(BACK_OFF_S_MAX, BACK_OFF_S * 2.0 ** min(max(0, tries - 1), 16))
    return max(waits_s, retry_after_s or 0.0)


def _is_running(facts: Facts, now_s: float) -> bool:
    if now_s - facts.read_s < READING_S or now_s - facts.gun_s < AFTER_GUN_S:
        return True
    first_s = (facts.begins_s or facts.day_s + DAYLIGHT_S) - EARLY_S
    if facts.gun_s >= first_s:  # one that was fired the evening before was for a try
        return False
    last_s = facts.begins_s + AFTER_GUN_S if facts.begins_s else facts.day_s + DAY_S
    return first_s <= now_s < last_s


def _has_started(facts: Facts, now_s: float) -> bool:
    return now_s - facts.read_s < READING_S or now_s - facts.gun_s < AFTER_GUN_S


class Asked(NamedTuple):
    """Something that is asked of a service again and again: it costs so many calls, as often as that."""

    calls: float
    period_s: float


def stretch(asked: Iterable[Asked], calls_per_hour: int) -> float:
    """By how much all periods of one account are made longer, so that together they stay within what it may ask: each
    by the same, so that none of its sessions goes short."""
    wanted = sum(each.calls * HOUR_S / each.period_s for each in asked)
    return max(1.0, wanted / (calls_per_hour * SHARE))
