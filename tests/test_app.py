"""A whole hub: the way of a read from a reader's socket to the table and the screen; start and stop."""

import asyncio
import gc
import logging
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub import folder
from hub.app import Addresses, App, Stopped, freeze_memory, urls
from hub.config import Journal, Listener, Server, Settings, Web
from hub.errors import HubError, NotOwner, StoreError
from hub.model import DisplayRow
from tests.running import (
    HOST,
    Line,
    Reader,
    running_hub,
    settings_for,
    stored,
    tags,
    until,
)

NOBODY_DSN = "postgresql://nobody@127.0.0.1:1/none"


def places(found: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The tags of each location, in the order of offsets."""
    seen: dict[str, list[str]] = {}
    for row in found:
        seen.setdefault(row["location_name"], []).append(row["tag_code"])
    return seen


def numbers(first: int, last: int) -> list[str]:
    return [f"T{each}" for each in range(first, last + 1)]


def check(found: list[dict[str, Any]], expected: Counter[tuple[str, str]]) -> None:
    """Every read exactly once, under offsets without a hole."""
    assert [row["feed_offset"] for row in found] == list(range(1, len(found) + 1))
    assert Counter((row["location_name"], row["tag_code"]) for row in found) == expected


# The way of a read


async def test_a_read_goes_all_the_way(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        hello = await screen.next()
        assert hello["type"] == "hello" and hello["offset"] == 0
        reader = await hub.reader().connect()
        reader.add("2505", "2506")
        shown = [await screen.next("read") for _ in range(2)]
        reader.gun()
        shown.append(await screen.next("read"))
        assert [(each["offset"], each["tag"], each["kind"]) for each in shown] == [
            (1, "2505", "read"),
            (2, "2506", "read"),
            (3, "GUNTIME", "gun"),
        ]
        found = await stored(database_dsn, 3)
        assert tags(found) == ["2505", "2506", "GUNTIME"]
        assert (found[2]["kind"], found[2]["location_name"]) == ("gun", "START")
        assert found[0]["raw_data"].startswith("CT01_33~1~FINISH~2505~")
        await reader.hang_up()


async def test_many_readers_at_once(database_dsn: str, tmp_path: Path) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        await screen.next("hello")
        readers = [hub.reader(event=f"Box {number}") for number in range(5)]
        for number, reader in enumerate(readers):
            for each in range(400):
                place = ("START", "5K", f"BOX{number}")[each % 3]
                reader.add(f"{number}-{each}", location=place)
                expected[place, f"{number}-{each}"] += 1
        await asyncio.gather(*(reader.connect() for reader in readers))
        shown = [await screen.next("read") for _ in range(2000)]
        found = await stored(database_dsn, 2000)
        check(found, expected)
        assert [(each["offset"], each["tag"]) for each in shown] == [
            (row["feed_offset"], row["tag_code"]) for row in found
        ]
        assert len({row["source_id"] for row in found}) == 5
        assert (await hub.get("/status"))["connections"] == 5
        for reader in readers:
            await reader.hang_up()


async def test_a_new_location_in_mid_race(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        await screen.next("hello")
        reader = await hub.reader().connect()
        reader.add(*numbers(1, 3), location="START")
        await screen.offsets(3)
        reader.add(*numbers(4, 6), location="Turnaround")
        await screen.offsets(3)
        reader.add(*numbers(7, 7), location="START")
        await screen.offsets(1)
        found = places(await stored(database_dsn, 7))
        assert found == {"START": ["T1", "T2", "T3", "T7"], "Turnaround": ["T4", "T5", "T6"]}
        await reader.hang_up()


@pytest.mark.parametrize("politely", [True, False])
async def test_a_reader_that_comes_back_in_mid_stream(
    database_dsn: str, tmp_path: Path, politely: bool
) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        reader = hub.reader()
        for turn in range(5):
            for each in range(200):
                reader.add(f"{turn}-{each}", location=("START", "FINISH")[each % 2])
                expected[("START", "FINISH")[each % 2], f"{turn}-{each}"] += 1
            before = hub.durable
            await reader.connect()
            await until(lambda before=before: hub.durable > before)  # type: ignore[misc]
            await (reader.hang_up() if politely else reader.drop())
        await reader.connect()
        if politely:
            assert b"start~START~" in b"".join(reader.said), "it goes on from where it was"
        check(await stored(database_dsn, 1000), expected)
        await reader.sent()
        await reader.hang_up()
        await until(lambda: not hub.app.condition.connections())
        assert hub.durable == 1000


async def test_a_hub_that_comes_back_in_mid_stream(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    expected: Counter[tuple[str, str]] = Counter()
    reader = Reader(("", 0))
    after, seen = 0, []
    for turn in range(4):
        for each in range(300):
            reader.add(f"{turn}-{each}")
            expected["FINISH", f"{turn}-{each}"] += 1
        async with running_hub(settings) as hub, hub.screen(session=1, after=after, epoch=1) as screen:
            assert (await screen.next("hello"))["recovered"] is True
            reader.address = hub.address()
            await reader.connect()
            shown = await screen.offsets(150 if turn < 3 else 1200 - after)
            seen += shown
            after = shown[-1]
    check(await stored(database_dsn, 1200), expected)
    assert seen == list(range(1, 1201)), "the screen has seen every read once, over four hubs"


async def test_bad_lines_are_kept_with_where_they_came_from(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        _, writer = await asyncio.open_connection(*hub.address())
        writer.write(b"Tool~1~CTP01\r\nack~getconnectionid~" + b"a" * 40 + b"\r\n")
        writer.write(b"ack~geteventinfo~X~0~X\r\nack~getlocations~FINISH\r\n")
        writer.write(b"CT01_33~1~FINISH~1~2026-01-01T10:00:00.64~1~12000C~2\r\nCT01_33~x\r\n")
        writer.write_eof()
        await stored(database_dsn, 1)
        await until(lambda: hub.app.hub.total_rejected == 1)
        assert (await hub.get("/status"))["rejected_lines"] == 1
        writer.close()


# Overload


async def test_readers_wait_while_the_journal_is_full_and_go_on_after(
    database_dsn: str, tmp_path: Path
) -> None:
    line = Line(database_dsn, tmp_path)
    await line.mend()
    two = (Listener(host=HOST, port=0), Listener(name="second", host=HOST, port=0))
    settings = settings_for(line.dsn, tmp_path / "var", listeners=two).model_copy(
        update={"journal": Journal(max_mib=1)}
    )
    async with running_hub(settings) as hub:
        await line.cut()
        readers = [hub.reader(), hub.reader("second")]
        for reader in readers:
            await reader.connect()
        count = 0
        while not hub.app.stores.full:
            for number, reader in enumerate(readers):
                reader.add(*(f"{number}-{count}-{each}" for each in range(500)))
            count += 1
            await until(lambda: hub.app.stores.full or hub.app.hub.total_reads == 1000 * count)  # noqa: B023
        for number, reader in enumerate(readers):
            reader.add(*(f"{number}-{count}-{each}" for each in range(500)))
        count += 1
        await until(lambda: all(each.paused for each in hub.app._listeners))
        async with hub.anybody.get("/health") as response:
            body = await response.json()
            assert (response.status, body["status"]) == (503, "unhealthy")
            assert body["reason"].startswith("full (journal.max_mib is 1)")
        async with hub.anybody.get("/status") as response:
            assert (await response.json())["readers_wait"] == body["reason"]
        await line.mend()
        assert len(await stored(database_dsn, 1000 * count)) == 1000 * count
        await until(lambda: not any(each.paused for each in hub.app._listeners))
        await until(lambda: not hub.app.condition.journal_problem())
        for number, reader in enumerate(readers):
            reader.add(f"LAST{number}")
        assert len(await stored(database_dsn, 1000 * count + 2)) == 1000 * count + 2
        for reader in readers:
            await reader.hang_up()
    await line.cut()


# Start


async def test_without_postgresql_the_web_says_why(tmp_path: Path) -> None:
    app = App(settings_for(NOBODY_DSN, tmp_path))
    starting = asyncio.create_task(app.start())
    await until(lambda: app._runner and app._runner.addresses)
    await until(lambda: "PostgreSQL" in app.condition.not_ready)
    assert app._runner is not None
    host, port = app._runner.addresses[0]
    async with aiohttp.ClientSession(f"http://{host}:{port}") as http:
        async with http.get("/health") as response:
            body = await response.json()
            assert (response.status, body["status"]) == (503, "unhealthy")
            assert "PostgreSQL does not answer" in body["reason"] and "nobody" not in body["reason"]
        async with http.get("/api/sessions") as response:
            assert response.status == 503
            assert "PostgreSQL does not answer" in (await response.json())["error"]["message"]
    assert not starting.done()
    assert "web" not in (folder.running(tmp_path) or {})
    app.request_stop()
    with pytest.raises(Stopped):
        await starting
    await app.stop()
    assert folder.running(tmp_path) is None


async def test_postgresql_that_comes_later(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.app.RETRY_S", 0.01)
    line = Line(database_dsn, tmp_path)
    app = App(settings_for(line.dsn, tmp_path / "var"))
    starting = asyncio.create_task(app.start())
    await until(lambda: "PostgreSQL" in app.condition.not_ready)
    await line.mend()
    await starting
    assert not app.condition.not_ready
    await app.stop()
    await line.cut()


def taken_port() -> tuple[socket.socket, int]:
    held = socket.socket()
    held.bind((HOST, 0))
    held.listen()
    return held, held.getsockname()[1]


@pytest.mark.parametrize("part", ["web", "first", "second"])
async def test_a_taken_port_is_named_and_nothing_is_left(
    database_dsn: str, tmp_path: Path, part: str
) -> None:
    held, port = taken_port()
    ports = {name: port if name == part else 0 for name in ("web", "first", "second")}
    settings = settings_for(
        database_dsn,
        tmp_path,
        web=Web(host=HOST, port=ports["web"]),
        listeners=tuple(Listener(name=name, host=HOST, port=ports[name]) for name in ("first", "second")),
    )
    app = App(settings)
    with pytest.raises(HubError, match=rf"{part}.*: cannot listen on port {port}: .*in use"):
        await app.start()
    await app.stop()
    assert folder.running(tmp_path) is None
    held.close()
    async with running_hub(settings):
        pass


async def test_a_second_hub_in_the_same_place(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        other = App(settings)
        with pytest.raises(NotOwner, match="in use by another hub"):
            await other.start()
        await other.stop()
        assert await hub.get("/health")
        assert folder.running(tmp_path) is not None


async def test_a_second_hub_on_the_same_database(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.database.LOCK_WAIT_S", 0.2)
    async with running_hub(settings_for(database_dsn, tmp_path / "a")) as hub:
        other = App(settings_for(database_dsn, tmp_path / "b"))
        with pytest.raises(NotOwner, match=f"the hub of {tmp_path / 'a'}"):
            await other.start()
        await other.stop()
        assert await hub.get("/health")


async def test_a_place_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    app = App(settings_for(NOBODY_DSN, tmp_path / "var"))
    with pytest.raises(StoreError, match=r"server\.data_dir"):
        await app.start()
    await app.stop()


async def test_stop_before_start(tmp_path: Path) -> None:
    await App(settings_for(NOBODY_DSN, tmp_path)).stop()


# Stop


async def test_stop_leaves_nothing_undone(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        reader = hub.reader()
        reader.add(*numbers(1, 8000))
        await reader.connect()
        await until(lambda: hub.durable > 1000)
    found = await stored(database_dsn, 1)
    assert len(found) >= hub.durable > 1000
    assert [row["feed_offset"] for row in found] == list(range(1, len(found) + 1))
    assert hub.app.stores.pending == 0
    with pytest.raises(OSError):
        await asyncio.open_connection(*hub.addresses.web)


async def test_stop_while_postgresql_is_away_keeps_the_journal(database_dsn: str, tmp_path: Path) -> None:
    line = Line(database_dsn, tmp_path)
    await line.mend()
    settings = settings_for(line.dsn, tmp_path / "var")
    loop = asyncio.get_running_loop()
    async with running_hub(settings) as hub:
        await line.cut()
        reader = hub.reader()
        reader.add(*numbers(1, 500))
        await reader.connect()
        await until(lambda: hub.durable == 500 and hub.app.condition.database_problem())
        started = loop.time()
    assert loop.time() - started < 3
    assert hub.app.stores.pending > 0
    await line.mend()
    async with running_hub(settings) as hub:
        assert hub.durable == 500
        assert len(await stored(database_dsn, 500)) == 500
    await line.cut()


async def test_a_part_that_fails_ends_the_hub(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:

        async def fail() -> None:
            raise NotOwner("another hub has it")

        hub.app.run(fail())
        with pytest.raises(NotOwner, match="another hub has it"):
            await hub.app.until_stopped()
        loop = asyncio.get_running_loop()
        started = loop.time()
    assert loop.time() - started < 3


async def test_one_step_of_the_stop_that_fails_does_not_keep_the_others(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: object, limit_s: float) -> str:
        raise HubError("the disk is gone")

    monkeypatch.setattr("hub.stores.Stores.flush", fail)
    with pytest.raises(HubError, match="the disk is gone"):
        async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
            pass
    assert folder.running(tmp_path) is None
    with pytest.raises(OSError):
        await asyncio.open_connection(*hub.addresses.web)


async def test_what_cannot_be_shown_is_kept_all_the_same(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        await screen.next("hello")
        reader = await hub.reader().connect()
        with monkeypatch.context() as broken:
            broken.setattr("hub.encode.read_message", None)
            reader.add("A1")
            assert (await screen.next("bye"))["again"] is True
        assert "its screens cannot be told" in caplog.text
        reader.add("A2")
        assert tags(await stored(database_dsn, 2)) == ["A1", "A2"]
        async with hub.screen(session=hub.session_id, after=0, epoch=1) as again:
            assert await again.offsets(2) == [1, 2]
        await reader.hang_up()


async def test_told_to_stop(database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        waiting = asyncio.create_task(hub.app.until_stopped())
        hub.app.request_stop()
        await waiting
    assert "stopped in" in caplog.text and hub.code not in caplog.text


# What is said


@pytest.mark.parametrize(
    ("web", "reader", "line"),
    [
        (("0.0.0.0", 8080), ("0.0.0.0", 61611), "web=http://127.0.0.1:8080 chronotrack=127.0.0.1:61611"),
        (("", 8080), ("10.0.0.5", 1), "web=http://127.0.0.1:8080 chronotrack=10.0.0.5:1"),
        (("::", 8080), ("::1", 1), "web=http://[::1]:8080 chronotrack=[::1]:1"),
    ],
)
def test_the_ready_line(web: tuple[str, int], reader: tuple[str, int], line: str) -> None:
    assert Addresses(web, {"chronotrack": reader}).ready_line() == f"racehub ready {line}"


def test_the_ready_line_of_several_listeners() -> None:
    addresses = Addresses((HOST, 1), {"a": (HOST, 2), "b": (HOST, 3)})
    assert addresses.ready_line() == "racehub ready web=http://127.0.0.1:1 a=127.0.0.1:2 b=127.0.0.1:3"


async def test_where_displays_are() -> None:
    app = App(Settings())
    app.hub.displays["K7XQ2M9P"] = DisplayRow("K7XQ2M9P", 1, None, "Finish")
    assert urls(app, Addresses(("10.0.0.5", 80), {})) == [
        "display: http://10.0.0.5:80/d/K7XQ2M9P",
        "front page: http://10.0.0.5:80/",
    ]
    assert urls(app, Addresses(("10.0.0.5", 80), {}), demo_code="K7XQ2M9P") == [
        "demo display: http://10.0.0.5:80/d/K7XQ2M9P",
        "front page: http://10.0.0.5:80/",
    ]
    *_, last = urls(app, Addresses(("10.0.0.5", 80), {}), first="rh_secret")
    assert last == "first user: http://10.0.0.5:80/join#rh_secret"
    anywhere, _ = urls(app, Addresses(("0.0.0.0", 80), {}))
    assert anywhere.endswith(":80/d/K7XQ2M9P") and "0.0.0.0" not in anywhere
    app = App(Settings(server=Server(public_url="https://hub.example")))
    app.hub.displays["K7XQ2M9P"] = DisplayRow("K7XQ2M9P", 1, None, "Finish")
    assert urls(app, Addresses(("0.0.0.0", 80), {})) == [
        "display: https://hub.example/d/K7XQ2M9P",
        "front page: https://hub.example/",
    ]


async def test_a_server_without_an_admin_offers_to_make_one(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        link = await hub.app.first_user()
        body = {"token": link, "password": "Tartan-Bahn 7", "email": "ann@example.org"}
        for status in (200, 404):
            async with hub.anybody.post("/api/auth/join", json=body) as response:
                assert response.status == status
    async with running_hub(settings) as hub:
        assert await hub.app.first_user() == ""


def test_memory_that_stays_is_not_looked_at_again() -> None:
    gc.unfreeze()
    freeze_memory()
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
