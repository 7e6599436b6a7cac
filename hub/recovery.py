"""What a hub does before it may listen: empties the journal into PostgreSQL, and fills its memory from there.

Knows the order of things; the stores do the work.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol, TypeVar

from hub import template_words
from hub.hub import Hub
from hub.model import NOBODY, PURPOSE_INBOX, Participant, Rejected, SourceRecord, TemplateRow
from hub.protocols import ct01
from hub.roster import Roster
from hub.served import stored_source
from hub.session import Session, Source
from hub.store import marks, messages, official_results, partner_words, retimes, rosters, sessions
from hub.store.database import Connection, query
from hub.store.sessions import KnownRead, RejectedLine, StoredTemplate
from hub.tail import Tail

log = logging.getLogger(__name__)

T = TypeVar("T")


class Run(Protocol):
    """Gives a connection to a piece of work, and waits for PostgreSQL where it has to: a step at a time, so that no
    step is longer than what a connection may take, whatever a session holds."""

    async def __call__(self, work: Callable[[Connection], Awaitable[T]], /) -> T: ...


async def stored_heads(connection: Connection) -> dict[int, int]:
    """The last offset of each session that PostgreSQL holds."""
    return {row["id"]: row["head"] for row in await connection.fetch(query("heads"))}


async def load(
    run: Run, hub: Hub, *, ports: Mapping[str, str], timezone: str, late_us: int, afresh: bool = False
) -> None:
    """Fills the hub's memory: active sessions with all they have seen, their sources, rosters, all displays.

    ports: the short name of the partner whose each port is, by its name; empty: anybody's.
    afresh: what screens hold may be another read than what gets its offset now: every session has a new epoch.
    """
    for partner in await run(sessions.partners):
        hub.partners[partner.id] = partner
    for said in await run(partner_words.all_said):
        hub.change_crew(said.partner_id, said.crew_tags)
        hub.emergency[said.partner_id] = said.emergency
    numbers = {each.slug: each.id for each in hub.partners.values()}
    hub.ports = {name: numbers.get(slug, NOBODY) for name, slug in ports.items()}
    for row in await run(lambda connection: sessions.active(connection, timezone)):
        session = Session(row, late_us=late_us)
        if row.purpose == PURPOSE_INBOX:
            hub.add_inbox(session)
        else:
            hub.add_session(session)
    hub.routes.add_old_keys(await run(sessions.old_keys))
    served = [*hub.sessions.values(), *hub.inboxes.values()]
    numbers_served = [session.row.id for session in served]
    for record in await run(lambda connection: sessions.sources(connection, numbers_served)):
        hub.add_source(record)
    outdated = await run(retimes.unfinished)
    lines = await run(lambda connection: messages.of_sessions(connection, numbers_served))
    for session in served:
        session.messages = lines.get(session.row.id, session.messages)
        await _load_all(run, hub, session, {}, afresh=afresh)
        if session.row.id in outdated:
            session.correct_times()
        hub.total_reads += session.durable
    await _load_templates(run, hub)
    for display in await run(sessions.displays):
        hub.displays[display.code] = display


async def _load_templates(run: Run, hub: Hub) -> None:
    """So many at a time: one may be half a megabyte."""
    after = 0
    while found := await run(partial(_templates, after=after)):
        after = found[-1][0]
        for row in await asyncio.to_thread(_template_rows, found):
            hub.templates[row.id] = row


def _template_rows(found: list[StoredTemplate]) -> list[TemplateRow]:
    """Without those of another hub that this one cannot read."""
    rows = []
    for template_id, partner_id, name, version, text in found:
        try:
            packed = template_words.packed(template_words.kept(text))
        except ValueError as problem:
            log.error("template %d (%s), version %d cannot be read: %s", template_id, name, version, problem)
        else:
            rows.append(TemplateRow(template_id, partner_id, name, version, packed))
    return rows


async def _templates(connection: Connection, after: int) -> list[StoredTemplate]:
    return await sessions.templates(connection, after)


async def load_session(run: Run, hub: Hub, session: Session) -> list[Source]:
    """One that is not active, with all that it has seen. Gives its readers, who are not led to it yet."""
    records = await run(partial(sessions.sources, session_ids=[session.row.id]))
    own = {
        record.id: stored_source(record, session, hub.ports.get(record.listener, NOBODY))
        for record in records
    }
    await _load_all(run, hub, session, dict(own))
    if session.row.id in await run(retimes.unfinished):
        session.correct_times()
    return list(own.values())


async def _load_all(
    run: Run, hub: Hub, session: Session, strangers: dict[int, Source], *, afresh: bool = False
) -> None:
    session_id = session.row.id
    await load_reads(run, hub, session, strangers, afresh=afresh)
    session.add_guns(await run(partial(sessions.guns, session_id=session_id)))
    session.roster = Roster(await run(partial(_load_roster, session_id=session_id)))
    session.said = await run(partial(marks.load, session_id=session_id))
    results = await run(partial(official_results.of_session, session_id=session_id))
    session.official = official_results.by_bib(results)
    _say_what_was_loaded(session)


async def _load_roster(connection: Connection, session_id: int) -> list[Participant]:
    async with connection.transaction():
        return await rosters.load(connection, session_id)


def _say_what_was_loaded(session: Session) -> None:
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


async def load_reads(
    run: Run, hub: Hub, session: Session, strangers: dict[int, Source], *, afresh: bool = False
) -> None:
    """All that a session has seen. A hole in its offsets, which no hub makes, is filled with void rows. strangers: its
    sources that are not among the hub's."""
    session_id = session.row.id
    holes = 0
    while known := await run(partial(_known_reads, session_id=session_id, after=session.head)):
        for offset, source_id, location_name, sequence, key in known:
            holes += offset - session.head - 1
            session.head = session.durable = offset
            if key:
                source = _source(hub, session, source_id, strangers)
                session.load(source, location_name, sequence, key)
    await _load_rejects(run, hub, session, strangers)
    session.seen.loaded()
    if holes or afresh:
        head = session.head if holes else 0
        session.epoch = await run(partial(_next_epoch, session_id=session_id, fill_through=head))
    if holes:
        log.error("session %d: %d offsets were missing in the database; they are void now", session_id, holes)
    session.tail = Tail(await run(lambda connection: sessions.tail(connection, session_id)))


async def _load_rejects(run: Run, hub: Hub, session: Session, strangers: dict[int, Source]) -> None:
    """Lines that are no reads: without them each would be a gap in its source's numbering."""
    parser = ct01.LineParser()
    after = 0
    while found := await run(partial(_rejected_lines, session_id=session.row.id, after=after)):
        after = found[-1][0]
        for _, source_id, line in found:
            try:
                parser.parse(line)
            except ct01.BadLine as problem:
                bad = Rejected(line, "", problem.location, problem.sequence)
                session.load_rejected(_source(hub, session, source_id, strangers), bad)
            except ct01.NewLocation:
                pass  # it was one too many


async def _rejected_lines(connection: Connection, session_id: int, after: int) -> list[RejectedLine]:
    return await sessions.rejected_lines(connection, session_id, after)


async def _known_reads(connection: Connection, session_id: int, after: int) -> list[KnownRead]:
    return await sessions.known_reads(connection, session_id, after)


async def _next_epoch(connection: Connection, session_id: int, fill_through: int) -> int:
    """Gives the session's new epoch: screens may hold something else under its offsets. Those up to `fill_through` that
    no row holds are void from now on."""
    async with connection.transaction():
        await connection.execute(query("fill_holes"), session_id, fill_through)
        return int(await connection.fetchval(query("next_epoch"), session_id))


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
