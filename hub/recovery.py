"""What a hub does before it may listen: empties the journal into PostgreSQL, and fills its memory from there.

Knows the order of things; the stores do the work.
"""

import logging
from typing import Final

from hub.hub import Hub
from hub.model import Group, SourceRecord
from hub.roster import Roster
from hub.session import Session, Source
from hub.store import rosters, sessions
from hub.store.database import Connection, query
from hub.store.drain import GroupReader

log = logging.getLogger(__name__)

GROUPS_READS_MAX: Final = 25_000


async def journal_heads(read_groups: GroupReader) -> dict[int, int]:
    """The last offset of each session that the journal holds."""
    heads: dict[int, int] = {}
    after = 0
    while groups := await read_groups(after, GROUPS_READS_MAX):
        for number, group in groups:
            after = number
            _note_heads(heads, group)
    return heads


def _note_heads(heads: dict[int, int], group: Group) -> None:
    for batch in group.sessions:
        heads[batch.session_id] = max(heads.get(batch.session_id, 0), batch.reads[-1].offset)


async def stored_heads(connection: Connection) -> dict[int, int]:
    """The last offset of each session that PostgreSQL holds."""
    return {row["id"]: row["head"] for row in await connection.fetch(query("heads"))}


async def load(connection: Connection, hub: Hub, *, timezone: str, late_us: int) -> None:
    """Fills the hub's memory: active sessions with all they have seen, their sources, rosters, all displays."""
    for row in await sessions.active(connection, timezone):
        session = Session(row, late_us=late_us)
        hub.add_session(session)
    for record in await sessions.sources(connection, list(hub.sessions)):
        hub.add_source(record)
    for session in hub.sessions.values():
        await _load_reads(connection, hub, session)
        async with connection.transaction():
            session.roster = Roster(await rosters.load(connection, session.row.id))
        if session.roster.ambiguous:
            log.warning(
                "session %d: carried by more than one participant, so nobody: %s",
                session.row.id,
                ", ".join(session.roster.ambiguous[:20]),
            )
        log.info(
            "session %d (%s): %d reads, %d participants",
            session.row.id,
            session.row.name,
            session.durable,
            session.roster.size,
        )
    for display in await sessions.displays(connection):
        hub.displays[display.code] = display


async def _load_reads(connection: Connection, hub: Hub, session: Session) -> None:
    """All that a session has seen. A hole in its offsets, which no hub makes, is filled with void rows."""
    holes = 0
    strangers: dict[int, Source] = {}
    while known := await sessions.known_reads(connection, session.row.id, session.head):
        for offset, source_id, location_name, sequence, key in known:
            holes += offset - session.head - 1
            session.head = session.durable = offset
            if key:
                source = _source(hub, session, source_id, strangers)
                session.load(source, location_name, sequence, key)
    session.seen.loaded()
    if holes:
        log.error(
            "session %d: %d offsets were missing in the database; they are void now", session.row.id, holes
        )
        await connection.execute(query("fill_holes"), session.row.id, session.head)
        session.epoch = await connection.fetchval(query("next_epoch"), session.row.id)
    session.tail.extend(await sessions.tail(connection, session.row.id))
    hub.total_reads += session.durable


def _source(hub: Hub, session: Session, source_id: int, strangers: dict[int, Source]) -> Source:
    """Whose numbering a stored read belongs to. A source that feeds another session now, or that is known no more,
    has shown its reads all the same."""
    source = hub.sources.get(source_id)
    if source is not None and source.session is session:
        return source
    stranger = strangers.get(source_id)
    if stranger is None:
        row = session.row
        record = SourceRecord(source_id, row.partner_id, row.id, "", "", "", "", "", "", "", None, 0)
        stranger = strangers[source_id] = Source(record, session)
    return stranger
