"""Participants in PostgreSQL. Knows their table; refuses to know where they come from."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from hub.matching import Known, Words, known_of
from hub.model import Participant
from hub.participants import Record, kept_layers
from hub.roster import Gathering, Roster, interned, normal
from hub.roster_words import FILE, Layer
from hub.store.database import Connection, query

CUSTOM: Final = Participant.__struct_fields__.index("custom")
ROWS_AT_ONCE: Final = 2000
"""In one statement, and made into JSON in one turn of the loop: 5 ms."""
TURN_ROWS: Final = 250
"""That are taken in in one turn of the loop: a millisecond."""
_COLUMNS: Final = len(Participant.__struct_fields__)
_CUSTOM: Final = msgspec.json.Decoder(dict[str, str])
_TAGS: Final = msgspec.json.Decoder(list[str])
_LAYERS: Final = msgspec.json.Decoder(dict[str, Layer])


class Named(NamedTuple):
    """By what participants are looked for: what the service calls them; bibs and tags as they are compared; last names
    in small letters."""

    externals: Collection[str] = ()
    keys: Collection[str] = ()
    last_names: Collection[str] = ()


class Facts(NamedTuple):
    """What has to be known of a session when its roster is changed."""

    id: int
    partner_id: int
    name: str
    order: list[str]


async def session_exists(connection: Connection, session_id: int) -> bool:
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM timing_sessions WHERE id = $1)", session_id)
    )


async def replace(connection: Connection, session_id: int, participants: Sequence[Participant]) -> None:
    """Makes these the session's roster, in the caller's transaction."""
    await connection.execute("DELETE FROM participants WHERE session_id = $1", session_id)
    for start in range(0, len(participants), ROWS_AT_ONCE):
        rows = [_fields(each) for each in participants[start : start + ROWS_AT_ONCE]]
        await connection.execute(query("roster_insert"), session_id, msgspec.json.encode(rows).decode())


async def load(connection: Connection, session_id: int) -> list[Participant]:
    """The session's roster."""
    found: list[Participant] = []
    async for row in connection.cursor(query("participants"), session_id, prefetch=ROWS_AT_ONCE):
        found.append(interned(_participant(row)))
        if len(found) % TURN_ROWS == 0:
            await asyncio.sleep(0)
    return found


async def roster(connection: Connection, session_id: int) -> Roster:
    """The same, to be looked in, and made without holding up the loop."""
    gathering, piece = Gathering(), []
    async for row in connection.cursor(query("participants"), session_id, prefetch=ROWS_AT_ONCE):
        piece.append(interned(_participant(row)))
        if len(piece) >= TURN_ROWS:
            gathering.add(piece)
            piece.clear()
            await asyncio.sleep(0)
    gathering.add(piece)
    return gathering.done()


async def facts(connection: Connection, session_id: int) -> Facts | None:
    """Of the session whose roster it is; None: there is none."""
    row = await connection.fetchrow(
        "SELECT id, partner_id, session_name, roster_order FROM timing_sessions WHERE id = $1", session_id
    )
    return Facts(*row) if row else None


async def set_order(connection: Connection, session_id: int, order: Sequence[str]) -> None:
    await connection.execute(
        "UPDATE timing_sessions SET roster_order = $2 WHERE id = $1", session_id, list(order)
    )


async def known(
    connection: Connection, session_id: int, origin: str, named: Named | None = None
) -> AsyncIterator[list[Known]]:
    """All participants, those who are gone, too, as entries of this origin are compared with them; or those whom
    `named` may mean."""
    asked = (named is None, *(list(each) for each in (named or Named())))
    piece: list[Known] = []
    async for row in connection.cursor(
        query("roster_known"), session_id, origin, *asked, prefetch=ROWS_AT_ONCE
    ):
        piece.append(_known(row, origin))
        if len(piece) >= TURN_ROWS:
            yield piece
            piece = []
            await asyncio.sleep(0)
    yield piece


async def records(connection: Connection, session_id: int, ids: Sequence[int]) -> dict[int, Record]:
    """These participants with all that is said of them, by id, as far as they are there."""
    rows = await connection.fetch(query("roster_records"), session_id, ids)
    return {row[0]: _record(row) for row in rows}


async def record(connection: Connection, participant_id: int) -> Record | None:
    row = await connection.fetchrow(query("participant"), participant_id)
    return _record(row) if row else None


async def all_records(connection: Connection, session_id: int) -> AsyncIterator[list[Record]]:
    """All that is said of all, those who are gone, too, in pieces. Not by a cursor: they may be changed meanwhile."""
    after = 0
    while rows := await connection.fetch(query("roster_after"), session_id, after, TURN_ROWS):
        yield [_record(row) for row in rows]
        after = rows[-1]["id"]


async def size(connection: Connection, session_id: int) -> int:
    """How many are on the roster."""
    counted = "SELECT count(*) FROM participants WHERE session_id = $1 AND gone = ''"
    return int(await connection.fetchval(counted, session_id))


async def session_of(connection: Connection, participant_id: int) -> int | None:
    found: int | None = await connection.fetchval(
        "SELECT session_id FROM participants WHERE id = $1", participant_id
    )
    return found


async def wearing(
    connection: Connection, session_id: int, *, bib: str | None = None, tag: str | None = None
) -> list[int]:
    """Who on the roster has this bib, or this tag."""
    bib_key, tag_key = (None if each is None else normal(each) for each in (bib, tag))
    rows = await connection.fetch(query("roster_wearing"), session_id, bib_key, tag_key)
    return [
        row["id"]
        for row in rows
        if (bib_key and normal(row["bib"]) == bib_key) or (tag_key and tag_key in map(normal, row["tags"]))
    ]


async def add(connection: Connection, session_id: int, made: Sequence[Record]) -> list[int]:
    """Gives their ids, in their order."""
    rows = [_columns(each) for each in made]
    found = await connection.fetch(query("roster_add"), session_id, msgspec.json.encode(rows).decode())
    return [row["id"] for row in found]


async def change(connection: Connection, session_id: int, changed: Sequence[Record]) -> None:
    rows = [_columns(each) for each in changed]
    await connection.execute(query("roster_change"), session_id, msgspec.json.encode(rows).decode())


def _participant(row: Any) -> Participant:
    values: list[Any] = list(row)
    values[2] = tuple(values[2])
    custom = values[CUSTOM]
    values[CUSTOM] = () if custom == "{}" else tuple(_CUSTOM.decode(custom).items())
    return Participant(*values)


def _record(row: Any) -> Record:
    session_id, external_id, layers, locked, gone, updated = row[_COLUMNS:]
    said = {} if layers == "{}" else _LAYERS.decode(layers)
    return Record(
        _participant(row[:_COLUMNS]), session_id, external_id, said, locked, gone, updated.isoformat()
    )


def _known(row: Any, origin: str) -> Known:
    (id_, external_id, gone, bib, tags, first_name, last_name, birth_date, age, plain, is_own, *own) = row
    said = Words(bib, tags, first_name, last_name, birth_date or age)
    words: Words | None = None
    if plain:
        words = said if origin == FILE else None
    elif is_own:
        own_bib, own_first, own_last, own_born, own_age, own_tags = own
        found = _TAGS.decode(own_tags) if own_tags and own_tags != "[]" else []
        words = Words(own_bib or "", found, own_first or "", own_last or "", own_born or own_age or "")
    return known_of(id_, external_id, gone, said, words)


def _columns(each: Record) -> dict[str, object]:
    return _fields(each.shown) | {
        "external_id": each.external_id,
        "layers": kept_layers(each.layers),
        "locked": each.locked,
        "gone": each.gone,
    }


def _fields(each: Participant) -> dict[str, object]:
    return msgspec.structs.asdict(each) | {"custom": dict(each.custom), "birth_date": each.birth_date or None}
