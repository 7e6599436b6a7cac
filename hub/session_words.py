"""What may be asked of a session: to be made, to be called otherwise. Knows words and times; refuses to know tables."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from hub.errors import Conflict, Invalid
from hub.event_words import check_text
from hub.model import PURPOSE_INBOX
from hub.roster_words import ORDERED

NAME_CHARS_MAX: Final = 200

SessionName = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Purpose = Literal["race", "rehearsal"]
Mode = Literal["race", "pre_race", "results"]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""ISO 8601 with an offset."""


class NewSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session as it is asked for. scheduled_for: it begins by itself then. start: at once, which is so unless it is
    scheduled; false and without a time, it waits for somebody to start it. partner: the short name of whose it is to
    be.
    """

    session_name: SessionName
    event_id: Id | None = None
    purpose: Purpose = "race"
    scheduled_for: Moment | None = None
    start: bool | None = None
    partner: str | None = None


class Minors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is younger than `under` on the event's day is shown to everybody so."""

    under: Annotated[int, msgspec.Meta(ge=1, le=21)]
    privacy: Literal["initials", "bib"] = "bib"


class SessionChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a session is to be another; what is not given stays. event_id null: of no event; scheduled_for null:
    somebody starts it; minors null: there is no such rule. mode: pre_race: what is read is a test. roster_order: whose
    word on participants holds, the first before the others."""

    session_name: SessionName | msgspec.UnsetType = msgspec.UNSET
    purpose: Purpose | msgspec.UnsetType = msgspec.UNSET
    event_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    scheduled_for: Moment | msgspec.UnsetType | None = msgspec.UNSET
    mode: Mode | msgspec.UnsetType = msgspec.UNSET
    minors: Minors | msgspec.UnsetType | None = msgspec.UNSET
    roster_order: list[str] | msgspec.UnsetType = msgspec.UNSET


def check_no_inbox(purpose: str) -> None:
    """Raises Conflict: an inbox is its reader's, and there is nothing that people do with it."""
    if purpose == PURPOSE_INBOX:
        raise Conflict("This is the inbox of a reader: assign the reader to a session instead.")


def check_new(words: NewSession) -> None:
    """Raises Invalid."""
    check_text(words.session_name, "session_name")
    if words.start and words.scheduled_for is not None:
        raise Invalid("start: a session that starts at once has no scheduled_for", field="start")
    check_moment(words.scheduled_for)


def check_change(words: SessionChange) -> None:
    """Raises Invalid."""
    if words.session_name is not msgspec.UNSET:
        check_text(words.session_name, "session_name")
    if words.scheduled_for is not msgspec.UNSET:
        check_moment(words.scheduled_for)
    if words.roster_order is not msgspec.UNSET and sorted(words.roster_order) != sorted(ORDERED):
        raise Invalid(f"roster_order: expected {', '.join(ORDERED)}, in any order", field="roster_order")


def check_moment(moment: datetime | None) -> None:
    if moment is not None and not 1971 <= moment.year <= 2999:
        raise Invalid("scheduled_for: expected a time from 1971 to 2999", field="scheduled_for")
