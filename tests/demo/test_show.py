"""The demo beside a hub that runs: its reads come by a real socket, race after race, and touch nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from hub.demo import people, race, show
from hub.demo.race import Crossing
from hub.demo.show import Show, timeline
from hub.model import US_PER_S, Participant
from hub.replay import wall_now_us
from tests.postgres import execute
from tests.running import ZONE, Running, rows, running_hub, settings_for, until


def short_race(participants: Sequence[Participant], *, seed: int) -> list[Crossing]:
    """A gun, and everybody over the line at once."""
    gun = Crossing(0.0, "START 5K", "", True, 0, 0)
    return [gun, *(Crossing(1.0, "FINISH", each.tags[0], False, 0, 1) for each in participants)]


@asynccontextmanager
async def on_the_air(hub: Running, *, runners: int = 3) -> AsyncIterator[Show]:
    demo = Show(hub.app, hub.addresses, speed=100.0, runners=runners)
    await demo.prepare()
    running = asyncio.create_task(demo.run())
    try:
        yield demo
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "crossings", short_race)
    monkeypatch.setattr(race, "FIRST_LOOK_S", 0.0)
    monkeypatch.setattr(show, "BREAK_S", 0.0)


@pytest.mark.usefixtures("short")
async def test_runners_come_race_after_race_on_the_same_display(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, on_the_air(hub) as demo:
        seen: set[int] = set()
        while len(seen) < 3:  # the hub sends the screen back as often as a race begins
            async with hub.screen(demo.code) as screen:
                hello = await screen.next("hello")
                assert hello["session"]["event"] == "Harbour Run, demo at 100 times real time"
                assert hello["display"]["settings"]["locations"] == list(race.SHOWN_LOCATIONS)
                seen.add(hello["session"]["id"])
                assert await screen.closed() == 4104
        sessions = await rows(
            database_dsn, "SELECT * FROM timing_sessions WHERE purpose = 'demo' ORDER BY id"
        )
        assert [each["status"] for each in sessions[:2]] == ["ended", "ended"]
        first = "SELECT * FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset"
        reads = await rows(database_dsn, first, sessions[0]["id"])
        assert [(each["kind"], each["location_name"]) for each in reads] == [
            ("gun", "START 5K"),
            *[("read", "FINISH")] * 3,
        ]
        assert sum(each.row.purpose == "demo" for each in hub.app.hub.sessions.values()) <= 2


@pytest.mark.usefixtures("short")
async def test_real_readers_and_their_screens_are_not_touched(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        own, code = hub.session_id, hub.code
        async with on_the_air(hub) as demo, hub.screen(code) as screen:
            assert (await screen.next("hello"))["session"]["id"] == own
            reader = hub.reader()
            reader.add("A1", "A2")
            await reader.connect()
            assert await screen.offsets(2) == [1, 2]
            await reader.hang_up()
            assert demo.code != code
            await until(lambda: hub.app.hub.total_reads > 5)
            await hub.app.stores.drain.drained()
        assert hub.app.hub.sessions[own].durable == 2
        tags = await rows(database_dsn, "SELECT tag_code FROM timing_reads WHERE session_id = $1", own)
        assert [each["tag_code"] for each in tags] == ["A1", "A2"]


@pytest.mark.usefixtures("short")
async def test_a_demo_that_comes_again_takes_its_display_up_and_ends_what_was_left(
    database_dsn: str, tmp_path: Path
) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        first = Show(hub.app, hub.addresses, speed=1.0, runners=1)
        await first.prepare()
    async with running_hub(settings) as hub:
        assert hub.app.hub.displays[first.code].session_id is not None
        again = Show(hub.app, hub.addresses, speed=1.0, runners=1)
        await again.prepare()
        assert again.code == first.code
        status = "SELECT status FROM timing_sessions WHERE purpose = 'demo' ORDER BY id"
        assert [each["status"] for each in await rows(database_dsn, status)] == ["ended", "active"]
        assert len(hub.app.hub.displays) == 2


@pytest.mark.usefixtures("short")
async def test_a_session_that_a_real_reader_feeds_by_its_key_is_not_ended(
    database_dsn: str, tmp_path: Path
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        demo = Show(hub.app, hub.addresses, speed=1.0, runners=1)
        await demo.prepare()
        fed = next(each for each in hub.app.hub.sessions.values() if each.row.purpose == "demo")
        reader = hub.reader(event=fed.row.stream_key)
        reader.add("A1")
        await reader.connect()
        await until(lambda: fed.durable == 1)
        await demo.prepare()
        assert fed.row.id in hub.app.hub.sessions
        reader.add("A2")
        await until(lambda: fed.durable == 2)
        await reader.hang_up()


@pytest.mark.usefixtures("short")
async def test_no_read_comes_before_its_time(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, on_the_air(hub):
        await until(lambda: hub.app.hub.total_reads >= 12)
        await hub.app.stores.drain.drained()
    early = "SELECT * FROM timing_reads WHERE read_time > received_at + interval '20 ms'"
    assert await rows(database_dsn, early) == []


async def test_a_demo_that_cannot_go_on_leaves_the_hub_alone(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(race, "crossings", short_race)
    monkeypatch.setattr(race, "FIRST_LOOK_S", 0.0)
    monkeypatch.setattr(show, "BREAK_S", 0.01)
    read_only = "ALTER DATABASE {} SET default_transaction_read_only = {}"
    name = urlsplit(database_dsn).path.removeprefix("/")
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, on_the_air(hub) as demo:
        before = demo.code
        await rows(database_dsn, read_only.format(name, "on"))
        await rows(
            database_dsn,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'racehub hub'"
            " AND datname = current_database()",
        )
        await until(lambda: "demo: no race" in caplog.text)
        await execute(database_dsn, f"BEGIN READ WRITE; {read_only.format(name, 'off')}; COMMIT")
        await rows(
            database_dsn,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'racehub hub'"
            " AND datname = current_database()",
        )
        ended = hub.app.hub.total_reads
        await until(lambda: hub.app.hub.total_reads > ended + 8)
        assert demo.code == before


def test_what_lies_in_the_past_comes_at_once_and_the_rest_in_its_time() -> None:
    now_us = 1_767_225_600_000_000
    field = people.runners(20)
    rows_ = timeline(field, now_us - 30 * US_PER_S, now_us, speed=10.0, seed=1)
    race_ = race.crossings(field, seed=1)
    assert len(rows_) == len(race_)
    for (due_us, location, item), crossing in zip(rows_, race_, strict=True):
        at_s = (item.wall_us - now_us) / US_PER_S + 30
        assert location == crossing.location and item.gun == crossing.gun
        assert -1e-6 < crossing.at_s / 10 - at_s < 0.011, "compressed, and a hundredth is the finest"
        assert due_us == max(now_us, item.wall_us)
    assert {item.lap for _, _, item in rows_ if not item.gun} >= {1}


def test_the_readers_clock_is_that_of_the_zone() -> None:
    ahead_us = wall_now_us(ZONE) - wall_now_us(ZoneInfo("UTC"))
    assert abs(ahead_us - (5 * 3600 + 45 * 60) * US_PER_S) < US_PER_S
