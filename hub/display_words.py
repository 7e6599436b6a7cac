"""What may be asked of a display: to be made, to be another. Knows words, times and limits; refuses to know tables."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hub import display_control
from hub.errors import Invalid
from hub.event_words import LOCATION_CHARS_MAX, check_text
from hub.event_words import NAME_CHARS_MAX as RACE_CHARS_MAX
from hub.model import INT64_MAX, US_PER_S, DisplayRow

NAME_CHARS_MAX: Final = 100
DURATION_S_MAX: Final = 60
DWELL_S_MAX: Final = 10
"""More for each would leave room for too few: 80 runners, the most that a wall shows, are then 8 a second."""
GAP_S_MAX: Final = 60
LOCATIONS_MAX: Final = 100
RACES_MAX: Final = 100
HOURS_MAX: Final = 24 * 366 * 10
"""Ten years."""
UNNAMED: Final = "Screen"
"""What a display is called that nobody has given a name."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)]
TemplateName = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]
Place = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]
SessionId = Annotated[int, msgspec.Meta(ge=1, le=INT64_MAX)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""ISO 8601 with an offset."""
Hours = Annotated[float, msgspec.Meta(gt=0, le=HOURS_MAX)]
Location = Annotated[str, msgspec.Meta(min_length=1, max_length=LOCATION_CHARS_MAX)]
RaceName = Annotated[str, msgspec.Meta(min_length=1, max_length=RACE_CHARS_MAX)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a display shows what, and of what. None: the screen's own way (display-flow.js), and all.

    duration: how long a card stays while there is room, in seconds; dwell: how long it stays in any case.
    layout: `adaptive`: the more runners come, the more of them on the wall, each smaller; `fixed`: one look.
    transitions: whether cards move as they come. locations, races: whose reads get a card.
    laps: of which lap (`first`); gap_s: none within so many seconds of the same tag's last read at that location.
    """

    duration: Annotated[float, msgspec.Meta(ge=1, le=DURATION_S_MAX)] | None = None
    dwell: Annotated[float, msgspec.Meta(ge=1, le=DWELL_S_MAX)] | None = None
    layout: Literal["adaptive", "fixed"] | None = None
    transitions: bool | None = None
    locations: Annotated[list[Location], msgspec.Meta(max_length=LOCATIONS_MAX)] | None = None
    races: Annotated[list[RaceName], msgspec.Meta(max_length=RACES_MAX)] | None = None
    laps: Literal["every", "first"] | None = None
    gap_s: Annotated[float, msgspec.Meta(ge=0, le=GAP_S_MAX)] | None = None


class NewDisplay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`session_id` None: the partner's active session, whichever that is. `expires_at` or `expires_in_hours`: from then
    on the code leads nowhere; neither: never. `template`: the name of one of the same partner; None: the hub's own
    layout. `partner`: a short name, for admins."""

    name: Name = UNNAMED
    place: Place = ""
    session_id: SessionId | None = None
    expires_at: Moment | None = None
    expires_in_hours: Hours | None = None
    settings: Settings = Settings()
    template: TemplateName | None = None
    partner: str | None = None


class NamedDisplay(NewDisplay, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One that has to have a name."""

    name: Name


class DisplayChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is not given stays. `expires_at` null: never. `settings` are given whole."""

    name: Name | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    session_id: SessionId | UnsetType | None = UNSET
    expires_at: Moment | UnsetType | None = UNSET
    expires_in_hours: Hours | UnsetType = UNSET
    revoked: bool | UnsetType = UNSET
    settings: Settings | UnsetType = UNSET
    template: TemplateName | UnsetType | None = UNSET


def made(wanted: NewDisplay, partner_id: int, now_us: int) -> DisplayRow:
    """The display that is asked for, without its code. Raises Invalid."""
    change = DisplayChange(
        name=wanted.name,
        place=wanted.place,
        expires_at=UNSET if wanted.expires_at is None else wanted.expires_at,
        expires_in_hours=UNSET if wanted.expires_in_hours is None else wanted.expires_in_hours,
        settings=wanted.settings,
    )
    return changed(DisplayRow("", partner_id, wanted.session_id, ""), change, now_us)


def changed(row: DisplayRow, wanted: DisplayChange, now_us: int) -> DisplayRow:
    """The display as it is asked for. Raises Invalid."""
    given: dict[str, Any] = {
        name: value
        for name in ("name", "place", "session_id")
        if (value := getattr(wanted, name)) is not UNSET
    }
    for name in ("name", "place"):
        if given.get(name) or name == "name":
            check_text(given.get(name), name)
    if isinstance(wanted.settings, Settings):
        for each in (*(wanted.settings.locations or ()), *(wanted.settings.races or ())):
            check_text(each, "settings")
        given["settings"] = msgspec.to_builtins(wanted.settings)
    if wanted.revoked is not UNSET and wanted.revoked != (row.revoked_us is not None):
        given["revoked_us"] = now_us if wanted.revoked else None
    if given.get("session_id", row.session_id) != row.session_id:
        given["control"] = display_control.of_any(row.control)
    return replace(row, **given, **_end(wanted, now_us))


def _end(wanted: DisplayChange, now_us: int) -> dict[str, int | None]:
    if wanted.expires_in_hours is UNSET:
        return {} if wanted.expires_at is UNSET else {"expires_us": _until(wanted.expires_at, now_us)}
    if wanted.expires_at is not UNSET:
        raise Invalid("expires_in_hours: expected either this or expires_at", field="expires_in_hours")
    return {"expires_us": now_us + round(wanted.expires_in_hours * 3600 * US_PER_S)}


def _until(moment: datetime | None, now_us: int) -> int | None:
    """Raises Invalid unless it is yet to come."""
    if moment is None:
        return None
    us = (moment - _EPOCH) // timedelta(microseconds=1)
    if us <= now_us or moment.year > 2999:
        raise Invalid("expires_at: expected a time in the future, before the year 3000", field="expires_at")
    return us
