"""What announcers say of sessions, in the tables. Knows `runner_marks` and `calls`; refuses to know screens, and who
may say it."""

from hub.accounts import Caller
from hub.marks import CALLS_MAX, Call, Mark, MarkChange, Said, changed, check_room
from hub.model import SessionRow
from hub.store.audit import note
from hub.store.database import Connection, query

MARKED = "runner.marked"


async def load(connection: Connection, session_id: int) -> Said:
    """All that a session is remembered to have been said."""
    calls = await connection.fetch(query("calls_of"), session_id, CALLS_MAX)
    return Said(await marks(connection, session_id), (Call(*row) for row in calls))


async def marks(connection: Connection, session_id: int) -> list[Mark]:
    return [Mark(*row) for row in await connection.fetch(query("marks_of"), session_id, None)]


async def put(connection: Connection, by: Caller, row: SessionRow, who: str, change: MarkChange) -> Mark:
    """Gives what is said of this runner now. Of whom nothing is said any more there is no row. Raises Conflict."""
    held = await connection.fetchrow(query("marks_of"), row.id, who)
    wanted = changed(Mark(*held) if held else None, who, change, by.name)
    others, stars = await connection.fetchrow(query("marks_others"), row.id, who)
    check_room(others, stars, wanted)
    values = (row.id, who, wanted.starred, wanted.note, by.name)
    mark = Mark(*await connection.fetchrow(query("mark_put"), *values))
    if not mark:
        statement = "DELETE FROM runner_marks WHERE session_id = $1 AND who = $2"
        await connection.execute(statement, row.id, who)
    detail = {"session": row.id, "starred": mark.starred, "note": mark.note}
    await note(connection, by, MARKED, who, partner_id=row.partner_id, detail=detail)
    return mark


async def say(connection: Connection, by: Caller, session_id: int, offset: int) -> Call:
    return Call(*await connection.fetchrow(query("call_say"), session_id, offset, by.name))


async def unsay(connection: Connection, session_id: int, offset: int) -> None:
    statement = "DELETE FROM calls WHERE session_id = $1 AND feed_offset = $2"
    await connection.execute(statement, session_id, offset)


async def is_read(connection: Connection, session_id: int, offset: int) -> bool:
    """Whether there is a read under this offset."""
    statement = "SELECT EXISTS (SELECT FROM timing_reads WHERE session_id = $1 AND feed_offset = $2)"
    return bool(await connection.fetchval(statement, session_id, offset))
