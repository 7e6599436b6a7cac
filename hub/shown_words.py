"""Why a read was not shown, in words, and what was shown as a table to take along. Pure. Knows columns and reasons;
refuses to know where reads come from.

The table is `hub.reads_export`'s kind of CSV, with a mark at its head by which programs see that it is UTF-8: it is
opened by people who owe somebody an answer. One line for each read and each display that has shown it; a read that none
has shown has one line, which says why.
"""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Final

from hub.encode import iso
from hub.model import MARK_LATE, Participant
from hub.places import Places
from hub.reads_export import cell, written
from hub.showings import ReadShown, Showing

BOM: Final = b"\xef\xbb\xbf"
HEADER: Final = (
    *("offset", "bib", "name", "race", "tag", "location", "time", "received_at"),
    *("code", "display", "shown_at", "seconds", "layout", "why_not", "called_at", "called_by"),
)
LATE: Final = "late"
HIDDEN: Final = "hidden"
ELSEWHERE: Final = "elsewhere"
NO_SCREEN: Final = "no_screen"
NO_ROOM: Final = "no_room"
NOT_CALLED: Final = "not_called"
WORDS: Final = {
    LATE: "It came late, and late reads get no card.",
    HIDDEN: "Its location is hidden.",
    ELSEWHERE: "No display of this session shows its location.",
    NO_SCREEN: "No screen showed anything of this session at that time.",
    NO_ROOM: "More came then than the screens could hold, or it was skipped, or the displays leave such reads out.",
    NOT_CALLED: "Nobody has marked it as said.",
}

Who = Callable[[str], Participant | None]


def header() -> bytes:
    return BOM + written([HEADER])


def why_not_shown(seen: ReadShown, places: Places, displays: Sequence[Sequence[str]]) -> str:
    """The first reason that there is. `displays`: of each that shows the session, the locations whose reads get a card,
    casefolded and as they are called; none: all."""
    read = seen.read
    if places.is_hidden(read.location):
        return HIDDEN
    if MARK_LATE in read.marks:
        return LATE
    if displays and not any(_shows(each, places.shown(read.location)) for each in displays):
        return ELSEWHERE
    return NO_SCREEN if seen.quiet else NO_ROOM


def missing(seen: ReadShown, places: Places, displays: Sequence[Sequence[str]]) -> list[str]:
    """All that is wanting of a read, each why."""
    shown = [] if seen.showings else [why_not_shown(seen, places, displays)]
    return shown if seen.said_us is not None else [*shown, NOT_CALLED]


def table(
    reads: Sequence[ReadShown],
    zone: tzinfo,
    who: Who,
    places: Places,
    displays: Sequence[Sequence[str]],
    names: Callable[[str], str],
) -> bytes:
    """`names`: what a display is called, by its code."""
    rows: list[Sequence[object]] = []
    for seen in reads:
        head, tail = _head(seen, zone, who, places), _tail(seen, zone)
        for each in seen.showings:
            rows.append((*head, *_showing(each, zone, names), "", *tail))
        if not seen.showings:
            why = WORDS[why_not_shown(seen, places, displays)]
            rows.append((*head, "", "", "", "", "", why, *tail))
    return written(rows)


def _head(seen: ReadShown, zone: tzinfo, who: Who, places: Places) -> tuple[object, ...]:
    read, participant = seen.read, who(seen.read.tag)
    name = f"{participant.first_name} {participant.last_name}".strip() if participant else ""
    return (
        read.offset,
        cell(participant.bib if participant else ""),
        cell(name),
        cell(participant.race_name if participant else ""),
        cell(read.tag),
        cell(places.shown(read.location)),
        iso(read.read_us, zone),
        iso(read.received_us, zone),
    )


def _showing(each: Showing, zone: tzinfo, names: Callable[[str], str]) -> tuple[object, ...]:
    """One that has no end says no seconds."""
    seconds = f"{each.shown_ms / 1000:.1f}" if each.shown_ms else ""
    return (each.code, cell(names(each.code)), iso(each.shown_us, zone), seconds, each.layout)


def _tail(seen: ReadShown, zone: tzinfo) -> tuple[object, ...]:
    return ("" if seen.said_us is None else iso(seen.said_us, zone), cell(seen.said_by))


def _shows(locations: Sequence[str], location: str) -> bool:
    return not locations or location.casefold() in locations
