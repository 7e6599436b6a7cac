"""A display's settings in the predecessor's words: seconds and milliseconds of a card, and whether it moves. Knows both
shapes of them; refuses to know whose display it is.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from hub.display_words import DURATION_S_MAX
from hub.errors import Invalid

DURATION_S: Final = 5
"""What the predecessor's screens show a card for where nobody has said."""
MS_PER_S: Final = 1000
OFF: Final = ("false", "0", "off", "no")
"""What a form says where JSON has false."""
TOO_SHORT: Final = "Duration must be greater than 0"
"""The predecessor's own words, for less than a second."""
TOO_LONG: Final = f"Duration must be at most {DURATION_S_MAX}"
NO_NUMBER: Final = "Duration must be a number"


class OldSettings(msgspec.Struct, frozen=True):
    """What is posted: `duration` in seconds, or `displayDuration` in ms; what else there is says nothing."""

    duration: float | str | UnsetType | None = UNSET
    duration_ms: float | str | UnsetType | None = msgspec.field(name="displayDuration", default=UNSET)
    transitions: bool | str | UnsetType | None = UNSET


def changed(settings: Mapping[str, Any], wanted: OldSettings) -> dict[str, Any]:
    """The settings of a display as they are asked for. Raises Invalid, in the predecessor's words."""
    given: dict[str, Any] = {}
    if wanted.duration not in (UNSET, None):
        given["duration"] = _seconds(wanted.duration)
    elif wanted.duration_ms not in (UNSET, None):
        given["duration"] = _seconds(wanted.duration_ms, MS_PER_S)
    if wanted.transitions not in (UNSET, None):
        given["transitions"] = str(wanted.transitions).strip().lower() not in OFF
    return {**settings, **given}


def shape(settings: Mapping[str, Any]) -> dict[str, Any]:
    """`{"duration": s, "displayDuration": ms, "transitions"}`: for the pages of all generations."""
    seconds = duration(settings)
    return {
        "duration": seconds,
        "displayDuration": round(seconds * MS_PER_S),
        "transitions": settings.get("transitions") is not False,
    }


def duration(settings: Mapping[str, Any]) -> float:
    """In seconds; a whole number as one."""
    seconds = settings.get("duration") or DURATION_S
    return int(seconds) if seconds == int(seconds) else float(seconds)


def _seconds(value: object, per_s: int = 1) -> float:
    try:
        seconds = float(str(value)) / per_s
    except ValueError:
        raise Invalid(NO_NUMBER, field="duration") from None
    if seconds > DURATION_S_MAX:
        raise Invalid(TOO_LONG, field="duration")
    if not seconds >= 1:  # nor what is no number at all
        raise Invalid(TOO_SHORT, field="duration")
    return seconds
