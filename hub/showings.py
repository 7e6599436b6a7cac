"""What displays have shown, between a screen's report and the table. Pure. Knows how much of it may wait; refuses to
know who reports and where it is kept.

Of several screens of a display, and of several times on one, the longest counts: what comes later replaces what is
shorter. So the order of reports does not matter, and a report that is kept twice is kept once.
"""

from collections import defaultdict
from itertools import islice
from typing import Final, NamedTuple

from hub.model import Read

WAITING_MAX: Final = 100_000
"""Reads and displays of which something is not in the table yet, 25 MB. Ten displays at the peak of a city half are
through with it after a quarter of an hour without PostgreSQL."""
WAITING_OF_DISPLAY_MAX: Final = 20_000
"""The same of one display: whoever has its code may report what they like, and takes no room from others."""
ALL: Final = "all"
SHOWN: Final = "shown"
UNSHOWN: Final = "unshown"
UNCALLED: Final = "uncalled"
MISSED: Final = "missed"
FOR_MS_MAX: Final = 24 * 3600 * 1000


class Showing(NamedTuple):
    """A display has shown a read from then on, for so long; `shown_ms` 0: it is still there, or its screen left."""

    code: str
    shown_us: int
    shown_ms: int
    layout: str


class ShowingRow(NamedTuple):
    """A row of `showings`, without its session's partner."""

    session_id: int
    offset: int
    showing: Showing


class ReadShown(NamedTuple):
    """A read with all that became of it. `said_us` None: nobody has said it. `quiet`: no display of its session has
    shown anything at about that time."""

    read: Read
    showings: tuple[Showing, ...]
    said_by: str
    said_us: int | None
    quiet: bool


class ShownFilter(NamedTuple):
    """Which reads of a session are wanted: at most `limit` after an offset; ALL, SHOWN, UNSHOWN, UNCALLED, or MISSED:
    either of these. What nobody expects on a wall is left out: repeats, tests unless `testing`, and the crew's tags, in
    their compared form."""

    after: int
    limit: int
    which: str
    testing: bool
    crew: tuple[str, ...]


class Counts(NamedTuple):
    """Of a session: reads that were to be shown, those that were, and those that somebody has said."""

    reads: int
    shown: int
    called: int


_Place = tuple[int, int, str]
"""(partner, session, code)"""


class Showings:
    """`lost`: reports for which there was no room."""

    def __init__(self) -> None:
        self._waiting: defaultdict[_Place, dict[int, Showing]] = defaultdict(dict)
        self.count = 0
        self.lost = 0

    def shown(self, partner_id: int, session_id: int, offset: int, showing: Showing) -> None:
        """A report. Of what there is no room for it is counted that there was none."""
        held = self._waiting[(partner_id, session_id, showing.code)]
        before = held.get(offset)
        if before is not None:
            held[offset] = longer(before, showing)
        elif self.count >= WAITING_MAX or len(held) >= WAITING_OF_DISPLAY_MAX:
            self.lost += 1
        else:
            held[offset] = showing
            self.count += 1

    def take(self, most: int) -> dict[int, list[ShowingRow]]:
        """About so many of them, of all displays alike, by partner; they wait no more."""
        taken: defaultdict[int, list[ShowingRow]] = defaultdict(list)
        share = max(1, most // max(1, len(self._waiting)))
        for place, held in list(self._waiting.items()):
            partner_id, session_id, _ = place
            some = list(islice(held.items(), share))
            taken[partner_id] += [ShowingRow(session_id, offset, showing) for offset, showing in some]
            self.count -= len(some)
            for offset, _ in some:
                del held[offset]
            if not held:
                del self._waiting[place]
        return {partner_id: rows for partner_id, rows in taken.items() if rows}

    def give_back(self, partner_id: int, rows: list[ShowingRow]) -> None:
        """They could not be kept now."""
        for row in rows:
            self.shown(partner_id, row.session_id, row.offset, row.showing)


def longer(one: Showing, other: Showing) -> Showing:
    """What counts of the two. One that has not ended says when it began, if it was before."""
    if one.shown_ms > other.shown_ms:
        one, other = other, one
    if one.shown_ms == 0 and one.shown_us < other.shown_us:
        return other._replace(shown_us=one.shown_us)
    return other
