"""Times corrected while reads go on coming in: in memory at once, in the database soon, whatever dies on the way."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.errors import StoreAway
from hub.model import MARK_SUSPECT, US_PER_S, Observation, Rejected, SessionRow, SourceRecord
from hub.protocols import ct01
from hub.protocols.chronotrack_stream import Item
from hub.retiming import corrected
from hub.session import Session, Source
from hub.store import retimes
from hub.store.retimes import Retimed, Sent
from hub.times import Times
from tests.lifecycle import Office, office
from tests.running import Reader, rows, tags, until

SHARED = pytest.mark.asyncio(loop_scope="session")
BERLIN: Final = ZoneInfo("Europe/Berlin")
NOON_US: Final = 1_778_925_600 * US_PER_S
"""2026-05-16 10:00 UTC, and on the wall clock of a reader that shows UTC."""


def give(reader: Reader, count: int, first: int = 0) -> None:
    """Reads of the noon of that day, a second apart."""
    for number in range(first, first + count):
        reader.give("FINISH", Item(f"{number}", NOON_US + number * US_PER_S, 1, "R1", 1))


def utc(row: dict[str, Any]) -> str:
    return f"{row['read_time'].astimezone(UTC):%Y-%m-%d %H:%M:%S}"


async def streamed(made: Office, session: Any, count: int) -> Reader:
    reader = made.reader(session)
    give(reader, count)
    await reader.connect()
    await until(lambda: made.memory(session).durable >= count)
    return reader


@SHARED
async def test_a_zone_is_corrected_while_a_reader_streams(shared_office: Office) -> None:
    event = await shared_office.event(timezone="America/New_York")
    made = await shared_office.session("Zones", event_id=event["id"])
    code = await shared_office.displayed(made["id"])
    reader = await streamed(shared_office, made, 300)
    reader.give("START", Item("GUNTIME", NOON_US - 60 * US_PER_S, 1, "R1", 1))
    await until(lambda: shared_office.memory(made).durable == 301)
    session = shared_office.memory(made)
    async with shared_office.screen(code) as screen:
        hello = await screen.next("hello")
        assert hello["recent"][0]["time"].startswith("2026-05-16T10:01:41") and hello["session"]["timezone"]
        (start,) = session.starts
        changed = await shared_office.ask("PATCH", f"events/{event['id']}", {"timezone": "Europe/Berlin"})
        assert changed["event"]["timezone"] == "Europe/Berlin"
        assert session.starts[0].guns_us[0] == start.guns_us[0] - 6 * 3600 * US_PER_S
        give(reader, 100, 300)
        assert await screen.closed() == 4104
    await until(lambda: session.durable == 401)
    async with shared_office.screen(code) as screen:
        hello = await screen.next("hello")
        assert {each["time"][-6:] for each in hello["recent"] if "time" in each} == {"+02:00"}
    found = await shared_office.reads(made, 401)
    await shared_office.corrected(made)
    found = await shared_office.reads(made, 401)
    assert {utc(row)[:13] for row in found} == {"2026-05-16 08", "2026-05-16 07"}
    assert [utc(row) for row in found] == [
        (datetime.fromisoformat(row["read_time_raw"][:19]) - timedelta(hours=2)).isoformat(" ")
        for row in found
    ]
    other = shared_office.reader(made)
    give(other, 400)
    await other.connect()
    await other.sent()
    assert session.durable == 401, "what comes again is held"
    for each in (reader, other):
        await each.hang_up()


def since_midnight(number: int, text: str) -> Observation:
    wall_us, _ = ct01.LineParser().time(text)
    return Observation(number, "FINISH", f"{number}", wall_us, True, text, 1, "R1", 1, False, text)


@SHARED
async def test_a_date_is_corrected_and_keys_stay(shared_office: Office) -> None:
    event = await shared_office.event(date="2026-05-15")
    made = await shared_office.session("Dates", event_id=event["id"])
    hub, session = shared_office.hub.app.hub, shared_office.memory(made)

    def send(connection_id: str) -> None:
        source = hub.open_source(
            partner_id=1,
            listener="x",
            protocol="x",
            remote="x",
            program="x",
            version="x",
            connection_id=connection_id,
            event_name=made["stream_key"],
        )
        assert source is not None
        source.connected(hub._now_us())
        lines = [since_midnight(number, f"{8 + number:02d}:00:00") for number in range(1, 4)]
        hub.accept(source, lines, [], hub._now_us())

    send("A")
    await shared_office.reads(made, 3)
    await shared_office.ask("PATCH", f"events/{event['id']}", {"date": "2026-05-16"})
    assert [read.read_us for read in session.recent(3)] == [
        int(datetime(2026, 5, 16, 8 + n, tzinfo=BERLIN).timestamp()) * US_PER_S for n in (1, 2, 3)
    ]
    await shared_office.corrected(made)
    assert [utc(row) for row in await shared_office.reads(made, 3)] == [
        f"2026-05-16 {hour:02d}:00:00" for hour in (7, 8, 9)
    ]
    send("B")
    assert session.head == 3, "what comes again is held"
    await shared_office.ask("POST", f"sessions/{made['id']}/end")
    await until(lambda: made["id"] not in hub.guests)
    await shared_office.ask("PATCH", f"events/{event['id']}", {"date": "2026-05-17"})
    await shared_office.corrected(made)
    assert [utc(row)[:10] for row in await shared_office.reads(made, 3)] == ["2026-05-17"] * 3
    await shared_office.ask("POST", f"sessions/{made['id']}/reopen")
    session = shared_office.memory(made)
    send("C")
    assert session.head == 3, "also when it was loaded again"


@SHARED
async def test_an_event_given_to_a_session_that_has_ended(shared_office: Office) -> None:
    made = await shared_office.session("Ended")
    reader = await streamed(shared_office, made, 20)
    await shared_office.ask("POST", f"sessions/{made['id']}/end")
    await reader.hang_up()
    event = await shared_office.event(timezone="UTC")
    changed = await shared_office.ask("PATCH", f"sessions/{made['id']}", {"event_id": event["id"]})
    assert changed["event_id"] == event["id"]
    await shared_office.corrected(made)
    assert {utc(row)[:16] for row in await shared_office.reads(made, 20)} == {"2026-05-16 10:00"}
    assert "retiming" not in (await shared_office.ask("GET", f"events/{event['id']}"))["event"]


@SHARED
async def test_it_says_how_far_it_is_and_begins_again_when_the_zone_changes_meanwhile(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await shared_office.event(timezone="UTC")
    made = await shared_office.session("Twice", event_id=event["id"])
    reader = await streamed(shared_office, made, 50)
    await shared_office.reads(made, 50)
    gate, reached, put = asyncio.Event(), asyncio.Event(), retimes.put

    async def slowly(connection: Any, session_id: int, found: Sequence[Retimed]) -> None:
        await put(connection, session_id, found)
        reached.set()
        await gate.wait()

    monkeypatch.setattr(retimes, "ROWS_AT_ONCE", 10)
    monkeypatch.setattr(retimes, "put", slowly)
    await shared_office.ask("PATCH", f"events/{event['id']}", {"timezone": "Asia/Tokyo"})
    await reached.wait()
    changed = await shared_office.ask("PATCH", f"events/{event['id']}", {"timezone": "Asia/Kolkata"})
    assert changed["event"]["retiming"] == {"done": 0, "total": 50}
    gate.set()
    await shared_office.corrected(made)
    assert [utc(row)[:16] for row in await shared_office.reads(made, 50)] == ["2026-05-16 04:30"] * 50
    held = await rows(shared_office.dsn, "SELECT times_by FROM timing_sessions WHERE id = $1", made["id"])
    assert held == [{"times_by": None}]
    await reader.hang_up()


async def test_a_hub_that_dies_on_the_way_goes_on_at_its_next_start(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retimes, "ROWS_AT_ONCE", 10)
    put, pieces = retimes.put, []

    async def dying(connection: Any, session_id: int, found: Sequence[Retimed]) -> None:
        await put(connection, session_id, found)
        pieces.append(found)
        if len(pieces) > 2:
            await asyncio.Event().wait()  # for ever: what it has put is rolled back when the hub goes

    async with office(database_dsn, tmp_path) as made:
        event = await made.event(timezone="UTC")
        session = await made.session("Half way", event_id=event["id"])
        reader = await streamed(made, session, 100)
        await made.reads(session, 100)
        with monkeypatch.context() as broken:
            broken.setattr(retimes, "put", dying)
            await made.ask("PATCH", f"events/{event['id']}", {"timezone": "Europe/Berlin"})
            await until(lambda: len(pieces) > 2)
            progress = (await made.ask("GET", f"sessions/{session['id']}"))["retiming"]
            assert progress == {"done": 20, "total": 100}
            half = {utc(row)[:13] for row in await made.reads(session, 100)}
            assert half == {"2026-05-16 08", "2026-05-16 10"}
            await reader.drop()
            for task in made.hub.app._tasks:
                task.cancel()
    async with office(database_dsn, tmp_path) as made:
        assert {read.read_us // (3600 * US_PER_S) for read in made.memory(session).recent(100)} == {
            NOON_US // (3600 * US_PER_S) - 2
        }, "in memory they are right from the start"
        await made.corrected(session)
        assert {utc(row)[:13] for row in await made.reads(session, 100)} == {"2026-05-16 08"}
        reader = await streamed(made, session, 100)
        await reader.sent()
        assert made.memory(session).durable == 100
        await reader.hang_up()


@SHARED
async def test_postgresql_that_is_away_is_waited_for(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hub.retiming.RETRY_S", 0.01)
    problems: list[Exception] = [KeyError("a fault of ours"), StoreAway("gone")]
    sent = retimes.sent

    async def failing(*arguments: Any) -> list[Sent]:
        if problems:
            raise problems.pop()
        return await sent(*arguments)

    monkeypatch.setattr(retimes, "sent", failing)
    event = await shared_office.event(timezone="UTC")
    made = await shared_office.session("Away", event_id=event["id"])
    await (await streamed(shared_office, made, 5)).hang_up()
    await shared_office.ask("PATCH", f"events/{event['id']}", {"timezone": "Asia/Tokyo"})
    await shared_office.corrected(made)
    assert {utc(row)[:13] for row in await shared_office.reads(made, 5)} == {"2026-05-16 01"}
    assert "times cannot be corrected now: gone" in caplog.text
    assert "the correction of times has failed" in caplog.text


def test_what_no_reader_sends_stays_as_it_is() -> None:
    times = Times("UTC", "2026-05-16")
    given_ = [Sent(1, "soon", 7, (), 0), Sent(2, "10:00:00", NOON_US, (), NOON_US), Sent(3, "0", 7, (), 0)]
    assert [each.offset for each in corrected(given_, times)] == [3]


ZONES: Final = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
WALLS = st.integers(0, 400 * 86_400).map(lambda second: NOON_US + second * US_PER_S)
TEXTS = WALLS.map(lambda us: (datetime(1970, 1, 1) + timedelta(microseconds=us)).isoformat()) | st.integers(
    -30 * 3600, 79 * 3600
).map(lambda second: f"{second * 1000}")
ROW: Final = SessionRow(1, 1, "S", "E", "active", 1, "UTC", "2026-05-16", 0)


def observed(number: int, text: str) -> Observation:
    wall_us, midnight = ct01.LineParser().time(text)
    return Observation(
        number, "F", f"{number % 7}", wall_us, midnight, text, 1, "R", 1, number % 9 == 0, text
    )


def fed_by(row: SessionRow) -> tuple[Session, Source]:
    session = Session(row, late_us=120 * US_PER_S)
    record = SourceRecord(1, 1, 1, "", "", "", "", "", "c", "", None, 0)
    source = Source(record, session)
    source.connected(0)
    return session, source


@settings(deadline=None, max_examples=60)
@given(
    st.lists(TEXTS, min_size=1, max_size=40),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.dates(datetime(2026, 5, 1).date(), datetime(2026, 6, 30).date()),
    st.integers(0, 40),
)
def test_corrected_is_as_if_it_had_been_right_from_the_first_read(
    texts: list[str], zone: str, other: str, day: Any, on_the_way: int
) -> None:
    """In memory and in the database; what is on its way to the disk meanwhile, too."""
    row = replace(ROW, timezone=zone)
    after = replace(row, timezone=other, day=day.isoformat(), keys_day=row.day)
    lines = [observed(number, text) for number, text in enumerate(texts, 1)]
    nothing: list[Rejected] = []
    session, source = fed_by(row)
    reads, _, _ = session.accept(source, lines, nothing, NOON_US)
    right, right_source = fed_by(after)
    wanted, _, _ = right.accept(right_source, lines, nothing, NOON_US)
    right.extend(wanted)
    rows_ = [Sent(r.offset, r.time_text, r.read_us, tuple(r.marks), r.received_us) for r in reads]
    durable, rest = reads[:on_the_way], reads[on_the_way:]
    if durable:
        session.extend(durable)
    session.change(after)
    if rest:
        session.extend(rest)
    assert session.starts == right.starts

    def of(read: Any) -> tuple[int, bytes, bool]:
        return read.read_us, read.key, MARK_SUSPECT in read.marks

    assert [of(read) for read in session.recent(100)] == [of(read) for read in right.recent(100)]
    stored = {each.offset: each.read_us for each in rows_}
    stored |= {each.offset: each.read_us for each in corrected(rows_, Times(other, after.day))}
    assert list(stored.values()) == [read.read_us for read in wanted]
    again, _, _ = session.accept(fed_by_another(session), lines, nothing, NOON_US)
    assert not again, "what comes again is held"
    assert tags([{"tag_code": read.tag} for read in reads]) == [read.tag for read in wanted]


def fed_by_another(session: Session) -> Source:
    source = Source(SourceRecord(2, 1, 1, "", "", "", "", "", "d", "", None, 0), session)
    source.connected(0)
    return source
