"""`/api/displays/{code}/control`: what an operator wishes of a display for now, and of what. Knows which read is
meant; what follows from a wish is `hub.display_control`'s to say.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from aiohttp import web
from msgspec.structs import replace

from hub import display_control, encode
from hub.display_control import ACTIONS, WITH_OFFSET, Wish
from hub.errors import Conflict, NotFound
from hub.model import DisplayRow
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.web import bodies, scope, wishes
from hub.web.api import displays
from hub.web.state import CHANGING, CONDITION, HUB

PINNABLE: Final = 12
"""Of the newest whom a display shows: more than stand on a wall with large cards, and what fits on a telephone."""


async def get_control(request: web.Request) -> web.Response:
    """`{"control", "reads", "locations", "races"}`: the newest reads that the display shows, the newest first, and by
    which names its settings may choose. All from memory, as far as that reaches back."""
    row = scope.display(request)
    session = request.app[HUB].session_of(row)
    return web.json_response(
        {
            "control": wishes.control_of(request, row),
            "reads": list(islice(_shown(row, session), PINNABLE)) if session else [],
            "locations": _locations(session) if session else [],
            "races": [race.name for race in session.row.races] if session else [],
        }
    )


async def control_display(request: web.Request) -> web.Response:
    """JSON as `Wish`. Its screens are told at once, and go on without a break. Gives `{"control"}`."""
    wish = bodies.decode(await bodies.json(request), Wish)
    async with request.app[CHANGING]:
        before = scope.display(request)
        session = request.app[HUB].session_of(before)
        display_control.check(wish, session.row.id if session else None)
        control = display_control.controlled(
            before.control,
            wish,
            session_id=session.row.id if session else None,
            offset=_offset(wish, before, session) if session else 0,
            now_us=request.app[CONDITION].now_us(),
        )
        row = replace(before, control=control)
        await displays.put(request, before, row, ACTIONS[wish.action])
    return web.json_response({"control": wishes.control_of(request, row)})


def _offset(wish: Wish, display: DisplayRow, session: Session) -> int:
    """Of the read that is meant. Raises NotFound, Conflict."""
    if wish.action not in WITH_OFFSET:
        return 0
    if wish.offset is None:
        return _newest(display, session) if wish.action == "pin" else session.durable
    if wish.action == "skip":
        return min(wish.offset, session.durable)
    read = session.tail.find(wish.offset)
    if read is None or wish.offset > session.durable or not encode.is_shown(session, read):
        raise NotFound(
            f"There is no read {wish.offset} among the last {TAIL_READS_MAX} of this session.", field="offset"
        )
    return wish.offset


def _newest(display: DisplayRow, session: Session) -> int:
    """Of the reads that this display shows. Raises Conflict."""
    for fields in _shown(display, session):
        return int(fields["offset"])
    raise Conflict("Nobody has come yet whom this display shows: there is nothing to pin.")


def _shown(display: DisplayRow, session: Session) -> Iterator[dict[str, Any]]:
    """The last reads that get a card, the newest first."""
    settings = encode.settings_told(display, session)
    for read in reversed(session.recent(encode.RECENT_OFFSETS)):
        if read.offset > session.durable or not encode.is_shown(session, read):
            continue
        who, marks = session.who(read.tag), session.marks(read)
        fields = encode.read_fields(read, session.zone, who, session.places, marks)
        if display_control.is_for_the_wall(fields, settings):
            yield fields


def _locations(session: Session) -> list[str]:
    """Where somebody has come lately, or races begin and end."""
    races = [place for race in session.row.races for place in (race.start_location, race.finish_location)]
    heard = [location for (_, location), _ in session.tail.arrivals()]
    names = {
        session.places.shown(name) for name in (*races, *heard) if name and not session.places.is_hidden(name)
    }
    return sorted(names, key=str.casefold)
