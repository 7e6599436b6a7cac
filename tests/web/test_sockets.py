"""A screen's WebSocket, over real TCP."""

import asyncio
import json
import logging
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from hub.web import sockets
from tests.postgres import execute
from tests.running import ZONE, Running, running_hub, settings_for, until
from tests.web.socketry import fill

ROSTER = "bib,tag,first_name,last_name\n2505,A1,Ann,Lee\n2506,A2,Bob,Ray\n"


# Hello, and where a screen goes on


async def test_hello_comes_first_and_says_where_we_are(hub: Running) -> None:
    await fill(hub, 3)
    async with hub.screen() as screen:
        hello = await screen.next()
    assert hello.pop("type") == "hello"
    assert abs((datetime.fromisoformat(hello.pop("now")) - datetime.now(ZONE)).total_seconds()) < 5
    assert [each["tag"] for each in hello.pop("recent")] == ["T1", "T2", "T3"]
    session = hello.pop("session")
    assert session.pop("name") == datetime.now(ZONE).date().isoformat()
    assert session == {
        "id": hub.session_id,
        "event": "",
        "timezone": ZONE.key,
        "mode": "race",
        "test": False,
        "races": [],
    }
    assert hello == {
        "epoch": 1,
        "offset": 3,
        "recovered": False,
        "starts": [],
        "display": {"code": hub.code, "name": "Finish", "settings": {}, "control": {}, "pinned": None},
        "before": [],
        "template": None,
        "emergency": "",
        "counts": None,
        "stars": [],
        "messages": [],
        "every_s": 10,
    }


async def test_a_code_may_be_typed_in_lower_case(hub: Running) -> None:
    async with hub.screen(hub.code.lower()) as screen:
        assert (await screen.next())["display"]["code"] == hub.code


async def test_who_comes_back_gets_what_it_missed_and_then_what_comes(hub: Running) -> None:
    await fill(hub, 50)
    async with hub.screen(session=hub.session_id, after=10, epoch=1) as screen:
        hello = await screen.next()
        assert (hello["recovered"], hello["offset"]) == (True, 50)
        reader = await hub.reader().connect()
        reader.add(*(f"U{each}" for each in range(50)))
        assert await screen.offsets(90) == list(range(11, 101))
        await reader.hang_up()


async def test_as_far_behind_as_it_may_be(hub: Running) -> None:
    await fill(hub, 2100)
    async with hub.screen(session=hub.session_id, after=100, epoch=1) as screen:
        hello = await screen.next()
        assert hello["recovered"] is True and len(hello["recent"]) == 200
        assert await screen.offsets(2000) == list(range(101, 2101))


async def test_who_cannot_go_on_starts_afresh(hub: Running) -> None:
    await fill(hub, 2100)
    for query in (
        {"after": 99, "epoch": 1},
        {"after": 2101, "epoch": 1},
        {"after": -1, "epoch": 1},
        {"after": 2050, "epoch": 2},
        {"after": 2050, "epoch": 1, "session": 77},
        {"after": "2050", "epoch": "one"},
        {"after": "9" * 5000, "epoch": 1},
        {"epoch": 1},
    ):
        async with hub.screen(**({"session": hub.session_id} | query)) as screen:
            hello = await screen.next()
            assert (hello["recovered"], hello["offset"], len(hello["recent"])) == (False, 2100, 200), query


async def test_what_comes_in_one_turn_comes_in_one_frame(hub: Running) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        reader = hub.reader()
        reader.add(*(f"T{each}" for each in range(100)))
        await reader.connect()
        await screen.offsets(100)
        assert screen.frames <= 20, "a hundred reads, which came in one or two segments"
        await reader.hang_up()


async def test_a_flood_reaches_all_who_read(hub: Running) -> None:
    async with hub.screen() as first, hub.screen() as second:
        reader = hub.reader()
        reader.add(*(f"T{each % 4000}" for each in range(15_000)))
        await reader.connect()
        both = await asyncio.gather(first.offsets(15_000), second.offsets(15_000))
        assert tuple(both) == (list(range(1, 15_001)),) * 2
        await reader.hang_up()


# Ends


async def test_an_unknown_code_is_told_and_ended(hub: Running) -> None:
    async with hub.screen("AAAA2222") as screen:
        bye = await screen.next()
        assert bye == {"type": "bye", "code": 4001, "reason": "unknown or revoked code", "again": False}
        assert await screen.closed() == 4001
    await until(lambda: hub.app.live.screens == 0)


async def test_nonsense_is_not_borne(hub: Running) -> None:
    async with hub.screen() as other:
        for message in (
            "junk",
            "",
            "[]",
            '{"type":"dance"}',
            '{"type":"shown"}',
            '{"type":"shown","offset":"1","ms":2}',
            '{"type":"state","size":[1],"visible":true,"version":"1"}',
            '{"type":"pong","more":' + "[" * 4000,
            b'{"type":"pong"}',
        ):
            await check_nonsense(hub, message)
        await until(lambda: hub.app.live.screens == 1)
        await other.next("hello")


async def test_several_messages_in_one_frame_are_understood(hub: Running) -> None:
    shown = '{"type":"shown","offset":1,"ms":2}'
    async with hub.screen() as screen:
        await screen.next("hello")
        await screen.ws.send_str(f"{shown}\n{shown}")
        reader = await hub.reader().connect()
        reader.add("A1")
        await screen.next("read")
        await screen.ws.send_str(f"{shown}\njunk")
        bye = await screen.next("bye")
        assert bye["code"] == 4005


async def check_nonsense(hub: Running, message: str | bytes) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        if isinstance(message, bytes):
            await screen.ws.send_bytes(message)
        else:
            await screen.ws.send_str(message)
        bye = await screen.next("bye")
        assert (bye["code"], bye["again"]) == (4005, False)
        assert await screen.closed() == 4005


async def test_a_message_too_long_ends_the_socket(hub: Running) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        await screen.ws.send_str("x" * (sockets.MESSAGE_BYTES_MAX + 1))
        assert await screen.closed() == 1009
    await until(lambda: hub.app.live.screens == 0)


async def test_what_a_screen_may_say(hub: Running) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        for message in (
            {"type": "shown", "offset": 1, "ms": 12.5},
            {"type": "pong", "at": "2026-01-01T00:00:00Z"},
            {"type": "pong"},
            {"type": "state", "size": [1920, 1080], "visible": True, "version": "1"},
            {"type": "state", "size": [1920, 1080], "visible": True, "version": "1", "more": "later"},
        ):
            await screen.ws.send_json(message)
        reader = await hub.reader().connect()
        reader.add("T1")
        assert (await screen.next("read", "bye"))["type"] == "read"
        await reader.hang_up()


async def test_codes_are_not_in_the_log(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with hub.screen() as screen:
        await screen.next("hello")
        await screen.ws.send_str("junk")
        await screen.closed()
    await until(lambda: "not understood" in caplog.text)
    assert hub.code not in caplog.text


async def test_only_for_websockets(hub: Running) -> None:
    async with hub.anybody.get(f"/ws/d/{hub.code}") as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "invalid"
    async with hub.anybody.head(f"/ws/d/{hub.code}") as response:
        assert response.status == 405
    async with hub.anybody.post(f"/ws/d/{hub.code}") as response:
        assert response.status == 405


# Signs of life


async def test_a_tick_now_and_then(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "TICK_S", 0.02)
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        await fill(hub, 2)
        ticks = [await screen.next("tick") for _ in range(3)]
        while ticks[-1]["offset"] < 2:
            ticks.append(await screen.next("tick"))
        assert all(set(tick) == {"type", "now", "offset"} for tick in ticks)
        assert ticks[0]["now"] < ticks[-1]["now"]


async def test_the_clocks_are_those_of_the_contract() -> None:
    assert (sockets.TICK_S, sockets.HEARTBEAT_S, sockets.MESSAGE_BYTES_MAX) == (5.0, 20.0, 4096)


# A hub that stops


async def test_a_stopping_hub_takes_no_new_screens(hub: Running) -> None:
    hub.app.condition.not_ready = "the hub is stopping"
    with pytest.raises(WSServerHandshakeError) as refused:
        async with hub.screen():
            pass
    assert refused.value.status == 503


# What is known better


async def test_a_roster_repaints_what_is_shown(hub: Running) -> None:
    reader = await hub.reader().connect()
    reader.add("A1", "A2", "A3")
    async with hub.screen() as screen:
        await screen.next("hello")
        assert "runner" not in await screen.next("read")
        await screen.offsets(2)
        await hub.import_roster(ROSTER)
        corrected = [await screen.next("correction", "read") for _ in range(2)]
        assert [(each["type"], each["offset"], each["runner"]["name"]) for each in corrected] == [
            ("correction", 1, "Ann Lee"),
            ("correction", 2, "Bob Ray"),
        ]
        reader.add("A1")
        assert (await screen.next("correction", "read"))["runner"]["bib"] == "2505"
        await hub.import_roster(ROSTER.replace("Ray", "Roe").replace("A1,Ann,Lee", "A9,Eve,Fox"))
        corrected = [await screen.next("correction", "read") for _ in range(3)]
        assert [(each["offset"], each["runner"] and each["runner"]["name"]) for each in corrected] == [
            (1, None),
            (2, "Bob Roe"),
            (4, None),
        ]
    async with hub.screen() as screen:
        recent = (await screen.next("hello"))["recent"]
        assert [each.get("runner", {}).get("name") for each in recent] == [None, "Bob Roe", None, None]
    await reader.hang_up()


async def test_void_rows_are_retracted(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        await fill(hub, 3)
    await execute(database_dsn, "UPDATE timing_reads SET kind = 'void' WHERE feed_offset = 2")
    async with running_hub(settings) as hub:
        async with hub.screen() as screen:
            recent = (await screen.next("hello"))["recent"]
            assert recent[1] == {"type": "retract", "offset": 2}
        async with hub.screen(session=hub.session_id, after=1, epoch=1) as screen:
            await screen.next("hello")
            assert await screen.next() == {"type": "retract", "offset": 2}
            assert (await screen.next())["offset"] == 3


async def test_a_display_without_a_session_rests_and_hears_that_the_hub_lives(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(hub, 1)
    sessions = dict(hub.app.hub.sessions)
    hub.app.hub.sessions.clear()
    try:
        async with hub.screen(session=1, after=1, epoch=1) as screen:
            hello = await screen.next("hello")
            assert (hello["session"], hello["recent"], hello["recovered"]) == (None, [], False)
            hub.app.live.tick()
            assert (await screen.next())["type"] == "tick"
    finally:
        hub.app.hub.sessions.update(sessions)


async def test_frames_are_text_in_utf_8(hub: Running) -> None:
    reader = await hub.reader().connect()
    async with hub.screen() as screen:
        assert (await screen.ws.receive()).type is WSMsgType.TEXT
        reader.add("Zürich", location="ZIEL-Ü")
        frame = await screen.ws.receive()
        assert json.loads(frame.data)["location"] == "ZIEL-Ü"
    await reader.hang_up()


# Those who watch a session


async def test_who_watches_a_session_gets_what_its_screens_get(hub: Running) -> None:
    await fill(hub, 2)
    async with hub.watcher(hub.session_id) as watcher:
        hello = await watcher.next()
        assert (hello["display"], hello["session"]["id"], hello["offset"]) == (None, hub.session_id, 2)
        assert hub.app.live.screens == 0
        await fill_more(hub)
        assert await watcher.offsets(1) == [3]
    async with hub.watcher(hub.session_id, after=1, epoch=1) as watcher:
        assert (await watcher.next())["recovered"] is True
        assert await watcher.offsets(2) == [2, 3]


async def fill_more(hub: Running) -> None:
    reader = hub.reader()
    reader.add("X")
    await reader.connect()
    await until(lambda: hub.durable == 3)
    await reader.hang_up()


@pytest.mark.parametrize("number", ["99", "x", "1" * 30])
async def test_a_session_that_is_not_there_says_so(hub: Running, number: str) -> None:
    async with hub.http.ws_connect(f"/ws/sessions/{number}") as ws:
        bye = json.loads((await ws.receive()).data)
        assert (bye["type"], bye["code"], bye["again"]) == ("bye", 4003, False)
        assert (await ws.receive()).type is WSMsgType.CLOSE and ws.close_code == 4003
