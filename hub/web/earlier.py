"""What a hello says of the reads before its `recent`: a screen that has just come is to show what one shows that has
been there all the time, and how many came how fast lies further back than what it has whole.

Knows sessions and what is wished of displays; refuses to know topics and sockets. The rules of the wall itself are the
screen's (display-flow.js): here is only said how far back they look.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from hub import encode
from hub.model import (
    KIND_GUN,
    KIND_READ,
    MARK_HIDDEN,
    MARK_LATE,
    MARK_REPEAT,
    US_PER_S,
    DisplayRow,
    Read,
)
from hub.roster import normal
from hub.session import Session

HOLD_S: Final = 10.0
"""For how long a layout stays after it was last needed."""
STAY_S: Final = 8.0
DWELL_S: Final = 3.0
"""For how long a runner stays, and is sure to, where nobody has said anything else."""
HORIZON_S_MAX: Final = 150.0
"""What a screen keeps."""
WHOLE_MAX: Final = 400
"""Of those that may still be on the wall. Which of a crowd are, follows from the shape of the screen."""
NO_CARD: Final = frozenset({MARK_LATE, MARK_REPEAT, MARK_HIDDEN})

_encode: Final = msgspec.json.Encoder().encode


class Reach(msgspec.Struct, frozen=True):
    """How far back the wall of a display looks, in seconds: until when there may be a card of a read, and until when
    anything of it matters. `locations`: as they are compared; none: all."""

    card_s: float
    all_s: float
    locations: frozenset[str]


def reach(display: DisplayRow | None, session: Session) -> Reach:
    """As display-flow.js has it: whoever is let in may stay, and that follows from twice the dwell before."""
    settings: Mapping[str, Any] = display.settings if display is not None else {}
    stay = _seconds(settings.get("duration"), STAY_S)
    dwell = _seconds(settings.get("dwell"), min(DWELL_S, stay))
    gap = _seconds(settings.get("gap_s"), 0.0)
    card = max(stay, dwell)
    wanted = settings.get("locations")
    locations = [session.places.called(str(each)) for each in wanted] if isinstance(wanted, list) else []
    far = min(HORIZON_S_MAX, max(card, HOLD_S) + 2 * dwell + gap)
    return Reach(card, far, frozenset(map(_plain, locations)))


def before(session: Session, first: int, reach: Reach, now_us: int, *, staff: bool = False) -> bytes:
    """The reads before this offset, as JSON, oldest first: whole where there may still be a card, else
    [offset, received ms, tag, location, race, lap, marks, bib]. staff: for those who have signed in."""
    since_us = now_us - round(reach.all_s * US_PER_S)
    stars = frozenset(session.said.stars)
    far_us = now_us - round(HORIZON_S_MAX * US_PER_S) if stars else since_us
    reads = [
        read
        for read in session.tail.since(far_us)
        if (read.received_us > since_us or (read.received_us > far_us and _is_starred(session, read, stars)))
        and encode.is_shown(session, read)
    ]
    whole = _whole(session, reads, first, reach, now_us)
    parts = []
    for read in reads:
        if read.offset >= first:
            break
        if read.offset in whole or read.kind == KIND_GUN or _is_starred(session, read, stars):
            parts.append(encode.read_message(session, read, staff=staff))
        elif NO_CARD.isdisjoint(marks := _marks(session, read)):
            parts.append(_brief(session, read, marks))
    return b"[%b]" % b",".join(parts)


def _whole(session: Session, reads: list[Read], first: int, reach: Reach, now_us: int) -> set[int]:
    """Of those before `first`, the ones that may still be on the wall: a screen has the others whole."""
    card_us = now_us - round(reach.card_s * US_PER_S)
    found: set[int] = set()
    for read in reversed(reads):
        if read.received_us <= card_us or len(found) == WHOLE_MAX:
            break
        if read.offset < first and _has_card(session, read, reach):
            found.add(read.offset)
    return found


def _is_starred(session: Session, read: Read, stars: frozenset[str]) -> bool:
    """Who has been starred is shown one after the other: there may be many before."""
    if not stars:
        return False
    who = session.who(read.tag)
    return f"tag:{normal(read.tag)}" in stars or (who is not None and f"bib:{normal(who.bib)}" in stars)


def _has_card(session: Session, read: Read, reach: Reach) -> bool:
    if read.kind != KIND_READ or not NO_CARD.isdisjoint(_marks(session, read)):
        return False
    return not reach.locations or _plain(session.places.shown(read.location)) in reach.locations


def _marks(session: Session, read: Read) -> tuple[str, ...]:
    marks = session.marks(read)
    return (*marks, MARK_HIDDEN) if session.places and session.places.is_hidden(read.location) else marks


def _brief(session: Session, read: Read, marks: tuple[str, ...]) -> bytes:
    who = session.who(read.tag)
    race, bib = (who.race_name, who.bib) if who is not None else ("", "")
    location = session.places.shown(read.location) if session.places else read.location
    return _encode((read.offset, read.received_us // 1000, read.tag, location, race, read.lap, marks, bib))


def _seconds(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else otherwise


def _plain(words: str) -> str:
    return " ".join(words.split()).lower()
