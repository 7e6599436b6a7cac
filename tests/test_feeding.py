"""Controller files into a hub that runs: what is there is not doubled, what is missing comes, all of it on disk."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hub import hub as hub_module
from hub import importing as importing_module
from hub import session as session_module
from hub import source_clock as clock_module
from hub.errors import FileFormatError, Invalid, NotFound, StoreAway, Unavailable
from hub.importing import ControllerFiles, Imported, plan
from hub.model import US_PER_S
from hub.replay import replay
from hub.replay_plan import load_plan
from hub.session import Session
from tests.controller_files import (
    CONTROLLER,
    EIGHT_US,
    MARKERS,
    contents,
    gun_line,
    race,
    tag_line,
    write,
)
from tests.postgres import execute
from tests.running import (
    PATIENCE_S,
    Line,
    Running,
    rows,
    running_hub,
    settings_for,
    stored,
    until,
    wall_us,
)

READS = 1500
FILES = ControllerFiles("a.csv", race(READS), "a.mrk", MARKERS)


@pytest.fixture
async def hub(database_dsn: str, tmp_path: Path) -> Any:
    async with running_hub(settings_for(database_dsn, tmp_path / "var")) as running:
        yield running


async def put(
    hub: Running, data: bytes, markers: bytes = b"", location: str | None = "FINISH", session_id: int = 0
) -> Imported:
    files = ControllerFiles("a.csv", data, "a.mrk", markers)
    return await hub.app.feeder.put(session_id or hub.session_id, files, location, remote="10.0.0.7")


def figures(done: Imported) -> tuple[int, int, int]:
    assert done.reads == done.new + done.held and done.lines == done.reads + done.rejected
    return done.new, done.held, done.rejected


async def play(hub: Running, path: Path, **options: Any) -> None:
    """As `racehub replay` does, at once."""
    result = await replay(load_plan([(None, path)], **options), *hub.address(), speed=0)
    assert result.delivered


async def stored_all(hub: Running) -> None:
    await hub.app.stores.writer.flushed()
    await hub.app.stores.drain.drained()


# What is there is not doubled


async def test_an_import_alone(hub: Running, database_dsn: str, tmp_path: Path) -> None:
    done = await put(hub, race(READS), MARKERS, None)
    assert (done.session, done.location, done.guns) == (hub.session_id, "FINISH", 1)
    assert figures(done) == (READS + 1, 0, 0) and hub.durable == READS + 1
    assert figures(await put(hub, race(READS), MARKERS, None)) == (0, READS + 1, 0)
    found = await stored(database_dsn, READS + 1)
    assert [row["feed_offset"] for row in found] == list(range(1, READS + 2))
    assert (found[0]["kind"], found[0]["tag_code"], found[0]["reader_id"]) == ("gun", "GUNTIME", CONTROLLER)
    assert found[1]["raw_data"] == tag_line(1, 2, EIGHT_US + US_PER_S).decode().strip()
    assert (found[1]["sequence_number"], found[1]["read_time_raw"]) == (1, "2024-06-01T08:00:01.00")
    sources = await rows(database_dsn, "SELECT * FROM timing_sources ORDER BY id")
    assert [row["program"] for row in sources] == ["racehub import a.mrk", "racehub import a.csv"] * 2
    assert {(row["protocol"], row["connection_id"], row["remote_address"]) for row in sources} == {
        ("controller-file", "", "10.0.0.7")
    }
    assert hub.app.hub.sources == {}, "nobody comes back to them"


async def test_before_and_after_a_stream(hub: Running, database_dsn: str, tmp_path: Path) -> None:
    """The rows are the same whichever comes first, but for the sequence and the raw line."""
    path = write(tmp_path, "a", race(READS), MARKERS)
    await play(hub, path)
    streamed = contents(await stored(database_dsn, READS + 1))
    assert figures(await put(hub, race(READS), MARKERS, None)) == (0, READS + 1, 0)
    await put(hub, race(READS), MARKERS, "OTHER")
    await play(hub, path, location="OTHER")
    await stored_all(hub)
    found = await rows(database_dsn, "SELECT * FROM timing_reads WHERE location_name = 'OTHER'")
    assert len(found) == READS + 1 and hub.durable == 2 * (READS + 1)
    assert contents(row | {"location_name": "FINISH"} for row in found) == streamed


async def test_what_a_stream_has_lost(hub: Running, database_dsn: str, tmp_path: Path) -> None:
    lines = race(READS).splitlines(keepends=True)
    await play(hub, write(tmp_path, "cut", lines[:500] + lines[900:], MARKERS))
    await stored(database_dsn, READS - 399)
    assert figures(await put(hub, race(READS), MARKERS, None)) == (400, READS - 399, 0)
    await play(hub, write(tmp_path, "whole", lines, MARKERS))
    await stored_all(hub)
    assert hub.durable == READS + 1
    pieces = [piece for part in plan(FILES, None).parts for piece in part.pieces()]
    wanted = Counter(
        (seen.tag, seen.time_text, seen.gator) for piece in pieces for seen in piece.observations
    )
    found = await stored(database_dsn, READS + 1)
    assert Counter((row["tag_code"], row["read_time_raw"], row["gator_number"]) for row in found) == wanted


async def test_while_the_same_is_streamed(hub: Running, tmp_path: Path) -> None:
    path = write(tmp_path, "a", race(READS), MARKERS)
    done, *_ = await asyncio.gather(put(hub, race(READS), MARKERS, None), play(hub, path))
    assert done.reads == READS + 1
    await until(lambda: hub.durable >= READS + 1)
    await stored_all(hub)
    assert hub.durable == READS + 1


async def test_equal_lines_are_counted(hub: Running) -> None:
    line = tag_line(1, 7, EIGHT_US)
    assert figures(await put(hub, line * 2)) == (2, 0, 0)
    assert figures(await put(hub, line)) == (0, 1, 0)
    assert figures(await put(hub, line * 5)) == (3, 2, 0)
    assert figures(await put(hub, line * 5, location="finish")) == (0, 5, 0)


async def test_a_part_of_the_file_and_then_the_whole(hub: Running) -> None:
    """Copied in mid-race, the last line torn."""
    data = race(READS)
    first = await put(hub, data[:20_000])
    assert first.rejected == 1
    assert figures(await put(hub, data)) == (READS - first.new, first.new, 0)


async def test_under_another_name_it_is_kept_and_told(hub: Running, database_dsn: str) -> None:
    assert (await put(hub, race(50))).repeats == 0
    other = await put(hub, race(60), location="FINSIH")
    assert (figures(other), other.repeats) == ((60, 0, 0), 50)
    found = await stored(database_dsn, 110)
    assert [row["marks"] for row in found[50:]] == [["late", "repeat"]] * 50 + [["late"]] * 10


async def test_after_a_restart(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    async with running_hub(settings) as hub:
        await put(hub, race(READS), MARKERS, None)
    async with running_hub(settings) as hub:
        assert figures(await put(hub, race(READS + 1), MARKERS, None)) == (1, READS + 1, 0)
        await play(hub, write(tmp_path, "a", race(READS + 2), MARKERS))
        await until(lambda: hub.durable == READS + 3)


# What is no read


async def test_rejects_have_their_place(hub: Running, database_dsn: str) -> None:
    done = await put(hub, b"TO~bad\xfc\r\n" + race(3), MARKERS + b"bad marker\r\n", None)
    assert figures(done) == (4, 0, 2)
    assert [(each.file, each.line) for each in done.problems] == [("a.mrk", 5), ("a.csv", 1)]
    await stored_all(hub)
    found = await rows(
        database_dsn,
        "SELECT line, reason, rejects.session_id, program FROM timing_rejects AS rejects"
        " JOIN timing_sources AS sources ON sources.id = source_id ORDER BY rejects.id",
    )
    assert [(row["line"], row["program"][-5:]) for row in found] == [
        (b"bad marker", "a.mrk"),
        (b"TO~bad\xfc", "a.csv"),
    ]
    assert {row["session_id"] for row in found} == {hub.session_id}
    assert [row["reason"] for row in found] == [each.reason for each in done.problems]
    assert hub.app.hub.total_rejected == 2


async def test_a_file_of_which_nothing_is_new_or_nothing_is_there(hub: Running) -> None:
    assert figures(await put(hub, b"")) == (0, 0, 0)
    assert figures(await put(hub, b"TO~1\r\n")) == (0, 0, 1)


async def test_refusals(hub: Running, database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[tuple[type[Exception], Any]] = [
        (NotFound, put(hub, race(3), session_id=77)),
        (FileFormatError, put(hub, b"bib,name\r\n")),
        (FileFormatError, put(hub, race(3), location=None)),
    ]
    for kind, work in refused:
        with pytest.raises(kind):
            await work
    monkeypatch.setattr(session_module, "LOCATIONS_MAX", 1)
    await put(hub, race(3))
    with pytest.raises(Invalid, match="locations already"):
        await put(hub, race(3), location="5K")
    assert hub.durable == 3 and hub.app.hub.sources == {}
    assert await rows(database_dsn, "SELECT 1 FROM timing_rejects") == []


# What screens see


async def test_no_card_but_for_what_is_of_now(
    hub: Running, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old reads are late, and so are those of a clock that is ahead: a wrong time zone floods no wall. And lines of a
    file come when we read them: they tell nothing of a clock."""
    monkeypatch.setattr(importing_module, "PIECE_LINES", 1)
    monkeypatch.setattr(clock_module, "CLOCK_APART_US", 0)
    from_now_s = [-7200, -130, -60, 0, 60, 130, 7200]
    data = b"".join(
        tag_line(number, number, wall_us(-each) // 10_000 * 10_000)
        for number, each in enumerate([*from_now_s, *from_now_s], 1)
    )
    async with hub.screen() as screen:
        await screen.next("hello")
        await put(hub, data, gun_line(wall_us()))
        shown = [await screen.next("read") for _ in range(15)]
    late = [["late"], ["late"], [], [], [], ["late"], ["late", "suspect_time"]]
    assert [each["marks"] for each in shown] == [[], *late, *late]
    assert [row["marks"] for row in await stored(database_dsn, 15)] == [[], *late, *late]
    assert [
        row["clock_difference_us"] for row in await rows(database_dsn, "SELECT * FROM timing_sources")
    ] == [
        None,
        None,
    ]


# On disk, and in turn


@contextmanager
def stuck_journal(hub: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """The disk takes nothing until the function is called."""
    free = threading.Event()
    journal = hub.app.stores.writer.journal
    write_group = journal.write

    def wait(*values: Any) -> int:
        free.wait()
        return write_group(*values)

    monkeypatch.setattr(journal, "write", wait)
    try:
        yield free.set
    finally:
        free.set()


async def test_answers_when_it_is_on_disk(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with stuck_journal(hub, monkeypatch) as free:
        importing = asyncio.create_task(put(hub, race(100)))
        await until(lambda: hub.app.hub.sessions[hub.session_id].head == 100)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not importing.done() and hub.durable == 0
        free()
        assert figures(await importing) == (100, 0, 0) and hub.durable == 100


async def test_waits_as_readers_do_while_there_is_no_room(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = hub.app.hub.sessions[hub.session_id]
    with stuck_journal(hub, monkeypatch) as free:
        importing = asyncio.create_task(put(hub, race(5000)))
        await until(lambda: hub.app.hub.congested)
        head = session.head
        await asyncio.sleep(0.1)
        assert session.head == head < 2 * hub_module.OPEN_LINES_MAX and not importing.done()
        free()
        assert figures(await importing) == (5000, 0, 0)


async def test_waits_while_the_journal_is_full(hub: Running) -> None:
    hub.app.stores.full = True
    importing = asyncio.create_task(put(hub, race(100)))
    await asyncio.sleep(0.1)
    assert hub.app.hub.sessions[hub.session_id].head == 0 and not importing.done()
    hub.app.stores._deleted()  # as when PostgreSQL has taken some of it
    assert figures(await importing) == (100, 0, 0)


async def test_readers_go_on_meanwhile(hub: Running) -> None:
    reader = await hub.reader().connect()
    importing = asyncio.create_task(put(hub, race(20_000), location="5K"))
    came = 0
    while not importing.done():
        before = hub.app.hub.total_reads
        reader.add(f"T{came}")
        await until(lambda before=before: hub.app.hub.total_reads > before)  # type: ignore[misc]
        came += 1
    assert figures(importing.result()) == (20_000, 0, 0)
    await until(lambda: hub.durable == 20_000 + came)
    assert came > 3
    await reader.hang_up()


async def test_one_at_a_time(hub: Running) -> None:
    done = await asyncio.gather(*(put(hub, race(2000), MARKERS) for _ in range(4)))
    assert [each.new for each in done] == [2001, 0, 0, 0]


async def test_a_hub_that_stops(database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken by then is kept, the caller hears that it was not all, and the next try brings the rest."""
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        with stuck_journal(hub, monkeypatch) as free:
            importing = asyncio.create_task(put(hub, race(5000)))
            await until(lambda: hub.app.hub.congested)
            stopping = asyncio.create_task(hub.app.stop())
            with pytest.raises(Unavailable, match="import it again"):
                async with asyncio.timeout(PATIENCE_S):
                    await importing
            free()
            await stopping
    kept = len(await rows(database_dsn, "SELECT 1 FROM timing_reads"))
    async with running_hub(settings) as hub:
        assert figures(await put(hub, race(5000))) == (5000 - kept, kept, 0) and 0 < kept < 5000


# A session that is not active


async def ended(dsn: str) -> int:
    await execute(
        dsn,
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key, status, created_at)"
        " SELECT id, 'Past', 'PASTKEY', 'ended', now() + interval '1 day' FROM partners",
    )
    (row,) = await rows(dsn, "SELECT id FROM timing_sessions WHERE session_name = 'Past'")
    return int(row["id"])


async def test_into_an_ended_session(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings):
        past = await ended(database_dsn)
    async with running_hub(settings) as hub:
        assert figures(await put(hub, race(READS), MARKERS, None, past)) == (READS + 1, 0, 0)
        await until(lambda: not hub.app.hub.guests)
        lines = race(READS + 5).splitlines(keepends=True)
        assert figures(await put(hub, b"".join(lines), MARKERS, None, past)) == (5, READS + 1, 0)
        assert hub.durable == 0 and set(hub.app.hub.sessions) == {hub.session_id}
        await until(lambda: not hub.app.hub.guests)
    found = await rows(database_dsn, "SELECT * FROM timing_reads ORDER BY feed_offset")
    assert {row["session_id"] for row in found} == {past}
    assert [row["feed_offset"] for row in found] == list(range(1, READS + 7))
    (row,) = await rows(database_dsn, "SELECT status FROM timing_sessions WHERE id = $1", past)
    assert row["status"] == "ended"


async def test_nobody_is_led_to_it(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings):
        past = await ended(database_dsn)
    async with running_hub(settings) as hub:
        with stuck_journal(hub, monkeypatch) as free:
            importing = asyncio.create_task(put(hub, race(100), session_id=past))
            await until(lambda: past in hub.app.hub.guests and hub.app.hub.guests[past].head == 100)
            active = hub.app.hub.active_session(hub.app.stores.partner_id)
            assert active is not None and active.row.id == hub.session_id != past
            other = hub.reader(event="PASTKEY")
            other.add("P1")
            await other.connect()
            inbox = hub.source(other).session
            await until(lambda: inbox.head == 1)
            assert inbox.row.purpose == "inbox" and hub.app.hub.guests[past].head == 100
            reader = await hub.reader().connect()
            reader.add("A1")
            await until(lambda: hub.app.hub.sessions[hub.session_id].head == 1)
            free()
            assert (await importing).new == 100
            await reader.hang_up()
            await other.hang_up()
        await until(lambda: not hub.app.hub.guests)
        placed = [(row["session_id"], row["tag_code"]) for row in await stored(database_dsn, 102)]
        elsewhere = [each for each in placed if each[0] != past]
        assert sorted(elsewhere) == sorted([(hub.session_id, "A1"), (inbox.row.id, "P1")])


async def test_it_stays_until_postgresql_has_it(
    database_dsn: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("line")
    line = Line(database_dsn, folder)
    await line.mend()
    async with running_hub(settings_for(line.dsn, folder / "var")) as hub:
        past = await ended(database_dsn)
        with stuck_journal(hub, monkeypatch) as free:
            importing = asyncio.create_task(put(hub, race(100), session_id=past))
            await until(lambda: past in hub.app.hub.guests and hub.app.hub.guests[past].head == 100)
            await line.cut()
            free()
            assert figures(await importing) == (100, 0, 0)
        assert past in hub.app.hub.guests
        # The one in memory is the one that knows.
        assert figures(await put(hub, race(101), session_id=past)) == (1, 100, 0)
        await line.mend()
        await until(lambda: not hub.app.hub.guests)
        assert figures(await put(hub, race(101), session_id=past)) == (0, 101, 0)
    await line.cut()
    found = await rows(database_dsn, "SELECT feed_offset FROM timing_reads ORDER BY 1")
    assert [row["feed_offset"] for row in found] == list(range(1, 102))


async def test_without_postgresql_it_cannot_be_loaded(
    database_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("line")
    line = Line(database_dsn, folder)
    await line.mend()
    async with running_hub(settings_for(line.dsn, folder / "var")) as hub:
        past = await ended(database_dsn)
        await put(hub, race(10))
        await line.cut()
        assert figures(await put(hub, race(20))) == (10, 10, 0), "an active one needs no database"
        with pytest.raises(StoreAway):
            await put(hub, race(10), session_id=past)
        assert hub.app.hub.guests == {}
        await line.mend()
    await line.cut()


async def test_what_its_journal_holds_is_loaded_too(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended a moment ago, and its last reads are not in PostgreSQL yet."""
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        go_on = asyncio.Event()
        store = hub.app.stores.drain._store

        async def held(batch: Any) -> None:
            await go_on.wait()
            await store(batch)

        monkeypatch.setattr(hub.app.stores.drain, "_store", held)
        await put(hub, race(100))
        session: Session = hub.app.hub.sessions[hub.session_id]
        past = session.row.id
        hub.app.hub.remove_session(session)
        importing = asyncio.create_task(put(hub, race(120), session_id=past))
        await asyncio.sleep(0.1)
        assert not importing.done() and hub.app.hub.guests == {}
        go_on.set()
        assert figures(await importing) == (20, 100, 0)
        await until(lambda: not hub.app.hub.guests)
