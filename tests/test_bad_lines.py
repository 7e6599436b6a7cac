"""Lines that are no reads: they have their place in the numbering of their source, so that it has no gap, come once,
and are known again after a restart."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hub.model import Rejected
from hub.session import Session, Source
from tests.listening import ANSWERS, GREETING, line
from tests.running import Running, rows, running_hub, settings_for, until
from tests.test_session import NOON_US, new_session, new_source, observation


@pytest.fixture
def session() -> Session:
    return new_session()


@pytest.fixture
def source(session: Session) -> Source:
    return new_source(session)


def bad(sequence: int, after: int = 0, text: str = "junk") -> Rejected:
    return Rejected(f"{text} {sequence}".encode(), "bad", "FINISH", sequence, after)


def test_a_bad_line_leaves_no_gap(session: Session, source: Source) -> None:
    reads, kept, asked_ = session.accept(
        source, [observation(1), observation(3), observation(4)], [bad(2, after=1)], NOON_US
    )
    assert [read.sequence for read in reads] == [1, 3, 4] and kept == [bad(2, after=1)]
    assert asked_ == [] and source.runs["FINISH"].contiguous == 4
    assert [read.offset for read in reads] == [1, 2, 3]


def test_a_bad_line_that_comes_again_is_not_kept_again(session: Session, source: Source) -> None:
    session.accept(source, [observation(1)], [bad(2, after=1)], NOON_US)
    reads, kept, _ = session.accept(source, [observation(1)], [bad(2, after=1)], NOON_US)
    assert (reads, kept) == ([], [])
    other = new_source(session, 2, "B" * 40)
    _, kept, _ = session.accept(other, [observation(1)], [bad(2, after=1)], NOON_US)
    assert kept == [], "the same line by another laptop"
    _, kept, _ = session.accept(source, [], [bad(3, text="another")], NOON_US)
    assert kept == [bad(3, text="another")]


def test_a_resume_at_a_bad_line(session: Session, source: Source) -> None:
    session.accept(source, [observation(1)], [bad(2, after=1)], NOON_US)
    source.settled()
    source.disconnected()
    assert source.connected(NOON_US) == {"finish": 2}
    reads, kept, asked_ = session.accept(source, [observation(3)], [bad(2)], NOON_US)
    assert ([read.sequence for read in reads], kept, asked_) == ([3], [], [])
    source.disconnected()
    source.connected(NOON_US)
    source.runs["FINISH"].expect = 3
    _, _, asked_ = session.accept(source, [], [bad(3)], NOON_US)
    assert asked_ == [("FINISH", 1)], "another numbering"


def test_what_has_no_place_is_kept_as_it_is(session: Session, source: Source) -> None:
    nowhere = Rejected(b"?", "no read")
    assert session.accept(source, [observation(1)], [nowhere, nowhere], NOON_US)[1] == [nowhere, nowhere]
    assert session.accept(source, [], [nowhere, bad(2)], NOON_US)[1] == [nowhere, bad(2)]


def test_bad_lines_are_known_again(session: Session, source: Source) -> None:
    session.load(source, "FINISH", 1, source.run("FINISH").location.key(b"x" * 14, 1))  # type: ignore[union-attr]
    session.load_rejected(source, bad(2))
    session.load_rejected(source, bad(1))  # a read has this place by now
    session.load_rejected(source, Rejected(b"?", ""))
    session.seen.loaded()
    assert source.connected(NOON_US) == {"finish": 2}
    assert session.accept(source, [], [bad(2)], NOON_US)[1] == []


# A whole hub


async def said_to(hub: Running, durable: int, *lines: bytes) -> bytes:
    """What a reader hears that connects, sends these lines and leaves; so many reads are on disk then."""
    reader, writer = await asyncio.open_connection(*hub.address())
    writer.write(GREETING + ANSWERS)
    heard = await reader.readuntil(b"geteventinfo\r\ngetlocations\r\n")
    heard += await reader.readuntil(b"start") + await reader.readline()
    writer.write(b"".join(lines))
    writer.write_eof()
    heard += await reader.read()
    writer.close()
    await until(lambda: not any(each.online for each in hub.app.hub.sources.values()))
    await until(lambda: hub.durable == durable)
    return heard


def bad_line(sequence: int) -> bytes:
    return line(sequence).replace(b"T10:00", b"T10;00")


async def sources_of(hub: Running) -> Any:
    return (await hub.get("/front/state"))["sources"]


async def test_over_reconnects_and_a_restart(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        heard = await said_to(hub, 3, line(1), bad_line(2), line(3, tag="7"), line(9, tag="9"))
        assert b"start~FINISH~4\r\n" in heard, "the gap is asked for, and begins after the bad line"
        [shown] = await sources_of(hub)
        (finish,) = [each for each in shown["locations"] if each["name"] == "FINISH"]
        assert (shown["rejected"], finish["gap"]) == (1, [4, 8])
        heard = await said_to(
            hub, 8, line(3, tag="7"), *(line(number, tag=str(number)) for number in range(4, 10))
        )
        assert b"start~FINISH~3\r\n" in heard
        [shown] = await sources_of(hub)
        assert [each["gap"] for each in shown["locations"]] == [None] * len(shown["locations"])
        assert b"start~FINISH~9\r\n" in await said_to(hub, 8, line(9, tag="9"), bad_line(10))
        await until(lambda: hub.app.hub.total_rejected == 2)
    async with running_hub(settings) as hub:
        assert b"start~FINISH~10\r\n" in await said_to(hub, 9, bad_line(10), line(11, tag="11"))
    kept = await rows(database_dsn, "SELECT line FROM timing_rejects ORDER BY id")
    assert [row["line"] for row in kept] == [bad_line(2).strip(), bad_line(10).strip()]
