"""The one check after every attack: each read exactly once, offsets without a hole, every screen's picture that of one
that never left, nothing shown under an offset that the database holds otherwise.

Knows what was given to the readers, what the tables hold and what screens were shown; refuses to know how the hub
came from one to the other.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from hub.protocols.chronotrack_stream import Item, format_time
from tests.adversity.wall import TELLS, WINDOW_OFFSETS, Wall
from tests.running import PATIENCE_S, Reader, rows

Content = tuple[str, str, str, str, int]
"""(location without case, tag, time as it is on the wire, reader id, gator)"""

HALF_A_LINE: Final = "in the middle of this line"
"""The one reason for which a line may be rejected when a connection has broken: it comes again, whole."""
READS: Final = "SELECT * FROM timing_reads ORDER BY session_id, feed_offset"
POLL_S: Final = 0.02


def content(location: str, item: Item) -> Content:
    return location.casefold(), item.tag, format_time(item.wall_us), item.reader_id, item.gator


def given(readers: Iterable[Reader]) -> Counter[Content]:
    """What these readers hold, each a controller of its own."""
    return Counter(
        content(location.name, item)
        for reader in readers
        for location in reader.stream.locations
        for item in location.items
    )


async def everything(dsn: str, count: int, origin: str) -> list[dict[str, Any]]:
    """All rows in the order of their offsets, void ones too: as soon as there are as many as were given, and nothing
    waits in the hub's journal."""
    async with asyncio.timeout(2 * PATIENCE_S):
        while (await rows(dsn, "SELECT count(*) AS n FROM timing_reads"))[0]["n"] < count:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
        while (await ask(origin, "/status"))[1]["journal_pending"]:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
    return await rows(dsn, READS)


def exactly_once(found: Sequence[dict[str, Any]], expected: Counter[Content]) -> None:
    """Every content as often as it was given."""
    held = Counter(
        (
            row["location_name"].casefold(),
            row["tag_code"],
            row["read_time_raw"],
            row["reader_id"],
            row["gator_number"],
        )
        for row in found
        if row["kind"] != "void"
    )
    lost, doubled = expected - held, held - expected
    assert not lost, f"{lost.total()} lost: {lost.most_common(5)}"
    assert not doubled, f"{doubled.total()} doubled: {doubled.most_common(5)}"


def without_holes(found: Sequence[dict[str, Any]]) -> None:
    """The offsets of each session are 1 to N; ids and keys are there once."""
    by_session: dict[int, list[int]] = {}
    for row in found:
        by_session.setdefault(row["session_id"], []).append(row["feed_offset"])
    for session_id, offsets in by_session.items():
        assert offsets == list(range(1, len(offsets) + 1)), f"session {session_id}"
    assert len({row["id"] for row in found}) == len(found)
    keys = [(row["session_id"], row["read_key"]) for row in found if row["read_key"] is not None]
    assert len(set(keys)) == len(keys)


def shown_as_held(wall: Wall, found: Sequence[dict[str, Any]]) -> None:
    """All that a screen was ever shown in its last epoch is what the database holds there."""
    held = {(row["session_id"], row["feed_offset"]): row for row in found}
    for (session_id, epoch, offset), told in wall.shown.items():
        if (session_id, epoch) != (wall.session, wall.epoch):
            continue
        row = held[session_id, offset]
        if row["kind"] == "void":
            gone = offset in wall.retracted or offset <= wall.after - WINDOW_OFFSETS
            assert gone, f"{offset} is void, and the screen was not told"
        else:
            assert _comparable(told) == _row_told(row), offset


def same_picture(wall: Wall, fresh: Wall) -> None:
    assert (wall.session, wall.epoch, wall.after) == (fresh.session, fresh.epoch, fresh.after)
    assert wall.picture == fresh.picture


async def screens(walls: Sequence[Wall], found: Sequence[dict[str, Any]]) -> None:
    """Every screen, against one that is switched on now and against the database."""
    session_id = max((row["session_id"] for row in found), default=0)
    head = sum(row["session_id"] == session_id for row in found)
    for wall in walls:
        await wall.seen(head)
        fresh = await wall.another().glance()
        assert wall.faults == fresh.faults == []
        same_picture(wall, fresh)
        for each in (wall, fresh):
            shown_as_held(each, found)


async def rejects(dsn: str, allowed: str = HALF_A_LINE) -> list[dict[str, Any]]:
    """All lines set aside; none for any reason but that one."""
    found = await rows(dsn, "SELECT * FROM timing_rejects ORDER BY id")
    others = [(each["reason"], each["line"]) for each in found if not re.search(allowed, each["reason"])]
    assert others == []
    assert len({each["id"] for each in found}) == len(found)
    return found


async def ask(origin: str, path: str, token: str = "") -> tuple[int, dict[str, Any]]:
    """The status and the JSON of an answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(origin, headers=headers) as http, http.get(path) as response:
        return response.status, await response.json()


async def becomes(origin: str, status: str, words: str = "") -> dict[str, Any]:
    """Waits until /health says so, and why."""
    body: dict[str, Any] = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                code, body = await ask(origin, "/health")
                assert code == (503 if body["status"] == "unhealthy" else 200)
                if body["status"] == status and words in body.get("reason", ""):
                    assert bool(body.get("reason")) == (status != "healthy")
                    return body
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise AssertionError(f"expected {status} ({words}), and it is {body}") from None


async def all_is_well(
    dsn: str, expected: Counter[Content], walls: Sequence[Wall], origin: str, warning: str = ""
) -> list[dict[str, Any]]:
    """Everything at once, after an attack that is over: also that the hub is healthy again, or says only this.
    Gives the rows."""
    await becomes(origin, "degraded" if warning else "healthy", warning)
    found = await everything(dsn, expected.total(), origin)
    exactly_once(found, expected)
    without_holes(found)
    await screens(walls, found)
    await rejects(dsn)
    return found


def _comparable(told: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(told[name]) for name in TELLS}


def _row_told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "marks": list(row["marks"]),
        "location": row["location_name"],
        "tag": row["tag_code"],
        "time": _whole_ms(row["read_time"]),
        "lap": row["lap_count"],
        "received_at": _whole_ms(row["received_at"]),
    }


def _value(value: Any) -> Any:
    """Instants are told in the session's zone, to the millisecond."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


def _whole_ms(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)
