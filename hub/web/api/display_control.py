"""`POST /api/displays/{code}/control`: what an operator wishes of a display for now. Knows which read is meant; what
follows from a wish is `hub.display_control`'s to say.
"""

from aiohttp import web
from msgspec.structs import replace

from hub import display_control, encode
from hub.display_control import ACTIONS, WITH_OFFSET, Wish
from hub.errors import Conflict, NotFound
from hub.model import DisplayRow
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.web import bodies, scope
from hub.web.api import displays
from hub.web.state import CHANGING, CONDITION, HUB


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
    return web.json_response({"control": displays.control_of(request, row)})


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
    """Of the reads that this display shows."""
    settings = encode.settings_told(display, session)
    for read in reversed(session.recent(encode.RECENT_OFFSETS)):
        if read.offset > session.durable or not encode.is_shown(session, read):
            continue
        who, marks = session.who(read.tag), session.marks(read)
        if display_control.is_for_the_wall(
            encode.read_fields(read, session.zone, who, session.places, marks), settings
        ):
            return read.offset
    raise Conflict("Nobody has come yet whom this display shows: there is nothing to pin.")
