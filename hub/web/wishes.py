"""What operators wish of displays for now, as lists and pages tell it. Knows displays and the sessions that they show;
what a wish means is `hub.display_control`'s."""

from typing import Any

from aiohttp import web

from hub import display_control, encode
from hub.display_control import Control
from hub.model import DisplayRow
from hub.web.state import HUB


def control_of(request: web.Request, row: DisplayRow) -> Control:
    """What is wished of it while it shows what it shows now."""
    session = request.app[HUB].session_of(row)
    return display_control.in_force(row.control, session.row.id if session else None)


def pinned_of(request: web.Request, row: DisplayRow) -> dict[str, Any] | None:
    """Whose card stays there; `name` empty: nobody known, or the read is too long ago."""
    session = request.app[HUB].session_of(row)
    offset = display_control.pinned(row.control, session.row.id if session else None)
    if session is None or offset is None:
        return None
    read = session.pinned(offset)
    who = session.who(read.tag) if read else None
    name = encode.full_name(who.first_name, who.last_name) if who else ""
    return {"offset": offset, "bib": who.bib if who else "", "name": name}
