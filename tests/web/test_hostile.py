"""Every address of the hub against requests that nobody means well with: each is refused in the house's words or hung
up on, none is a fault of ours, and the hub is well afterwards.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Final

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from hub.config import Limits
from hub.web import connections, routes, sockets
from tests.postgres import fresh_database
from tests.running import PATIENCE_S, Running, running_hub, settings_for, stored
from tests.web import hostile
from tests.web.hostile import Attack

pytestmark = pytest.mark.asyncio(loop_scope="session")

AT_ONCE: Final = 32
ENDLESS: Final = "/stream"
"""It answers whoever asks for as long as they stay: what it does with those, test_stream.py says."""
FORM_PATH: Final = "/api/rosters/import"


def table() -> list[tuple[str, str]]:
    app = web.Application()
    routes.add(app)
    return [each for each in hostile.routes(app) if each[1] != ENDLESS]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One that waits for nobody, so that what keeps its connection open costs the test nothing."""
    limits = Limits(code_tries_per_minute=100_000, upload_mib=10)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SWEEP_S": 0.02, "IDLE_S_MAX": 0.05, "HEAD_S_MAX": 5.0, "LINGER_S": 0.2}.items():
            patch.setattr(connections, name, value)
        patch.setattr(sockets, "HEARTBEAT_S", 0.5)
        async with (
            fresh_database(postgres_dsn) as dsn,
            running_hub(settings_for(dsn, tmp_path_factory.mktemp("hostile"), limits=limits)) as running,
            aiohttp.ClientSession(
                running.origin,
                headers=running.http.headers,
                connector=aiohttp.TCPConnector(
                    force_close=True
                ),  # kept open, one might be hung up on as it asks
            ) as http,
        ):
            await running.http.close()
            running.http = http
            yield running


async def answered(hub: Running, attack: Attack) -> bytes:
    """All that came back until the hub hung up."""
    reader, writer = await asyncio.open_connection(*hub.addresses.web)
    found = b""
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(attack.data)
            with suppress(ConnectionError):
                while data := await reader.read(1 << 16):
                    found += data
    finally:
        writer.close()
    return found


async def attacked(hub: Running, attacks: Iterable[Attack]) -> list[str]:
    """What was wrong with the answers."""
    found: list[str] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(attack: Attack) -> None:
        async with gate:
            answer = await answered(hub, attack)
        found.extend(f"{attack.name}: {each}" for each in hostile.complaints(attack, answer))

    await asyncio.gather(*(one(each) for each in attacks))
    return found


async def on_the_air(hub: Running) -> None:
    """What was ended with the right address goes on."""
    for session in (await hub.get("/api/sessions"))["sessions"]:
        if session["status"] == "ended":
            async with hub.http.post(f"/api/sessions/{session['id']}/reopen") as response:
                assert response.status == 200, await response.text()


async def check_well(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of it is in the log as a fault, and the hub takes reads and shows them."""
    faults = [each for each in caplog.records if each.exc_info or each.levelno >= logging.WARNING]
    assert [each.getMessage() for each in faults] == []
    assert (await hub.get("/health"))["status"] == "healthy"
    before = hub.durable
    async with hub.screen() as screen:
        await screen.next("hello")
        reader = await hub.reader().connect()
        reader.add(f"T{before}")
        assert await screen.offsets(1) == [before + 1]
        await reader.hang_up()


def _endless_last(route: tuple[str, str]) -> tuple[bool, tuple[str, str]]:
    return route[1] == ENDLESS, route


@pytest.mark.parametrize(("turn", "method", "path"), [(turn, *each) for turn, each in enumerate(table())])
async def test_every_address(
    hub: Running, caplog: pytest.LogCaptureFixture, turn: int, method: str, path: str
) -> None:
    async with hub.http.post("/api/displays", json={"name": "To be attacked"}) as response:
        code = (await response.json())["display"]["code"]
    assert await attacked(hub, hostile.of_route(method, path, hub.token, code, turn)) == []
    await on_the_air(hub)
    await check_well(hub, caplog)


async def test_every_method_meets_all_of_it() -> None:
    tried, wanted = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for turn, (method, path) in enumerate(table()):
        tried[method] |= {each.name for each in hostile.of_route(method, path, "", "", turn)}
        wanted[method] |= {each.name for each in hostile.of_route(method, path, "", "")}
    assert tried == wanted


async def test_what_is_no_request_at_all(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    assert await attacked(hub, hostile.of_the_line()) == []
    await check_well(hub, caplog)


async def test_the_table_is_the_hubs(hub: Running) -> None:
    assert [*table(), ("GET", ENDLESS)] == sorted(hostile.routes(hub.app._application), key=_endless_last)
    assert len(table()) >= 15


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("header b'Content-Length: 5\\r\\nTransfer-Encoding: chunked'", b"HTTP/1.0 400 "),
        ("header b'Transfer-Encoding: chunked\\r\\nContent-Length: 5'", b"HTTP/1.0 400 "),
        ("header b'Content-Length: 0\\r\\nContent-Length: 5'", b"HTTP/1.0 400 "),
        ("header b'Transfer-Encoding : chunked'", b"HTTP/1.0 400 "),
        ("header b'Content-Length: +1'", b"HTTP/1.0 400 "),
        ("header b'Expect: 200-ok'", b"HTTP/1.1 417 "),
        ("header b'Expect: \\xff'", b"HTTP/1.1 417 "),
        ("json 8", b"HTTP/1.1 400 "),
        ("json 22", b"HTTP/1.1 413 "),
        ("no json", b"HTTP/1.1 415 "),
    ],
)
async def test_what_is_said_of_it(hub: Running, name: str, starts: bytes) -> None:
    attacks = {
        each.name: each for each in hostile.of_route("PATCH", "/api/sessions/{id}", hub.token, hub.code)
    }
    assert (await answered(hub, attacks[name])).startswith(starts)


async def test_an_answer_that_is_wrong_is_noticed() -> None:
    attack = Attack("", b"GET /health HTTP/1.1\r\n\r\n", b"/health")
    head = b"HTTP/1.1 404 Not Found\r\nX-Content-Type-Options: nosniff\r\n"
    good = b'Content-Length: 44\r\n\r\n{"error": {"code": "not_found", "message": "."}}'
    good = good.replace(b"44", b"%d" % len(good.partition(b"\r\n\r\n")[2]))
    assert hostile.complaints(attack, head + good) == []
    assert hostile.complaints(attack, b"") == []
    for bad in (
        (head + good).replace(b"404", b"500"),
        (head + good).replace(b"message", b"text"),
        (head + good).replace(b"nosniff", b"sniff"),
        head + b"Content-Length: 5\r\n\r\nWhat?",
        head + good + b"What?",
        head + b"Server: aiohttp\r\n" + good,
    ):
        assert hostile.complaints(attack, bad), bad


async def test_reads_are_all_there_after_it(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    await check_well(hub, caplog)
    (row, *_) = await stored(hub.app.settings.database.dsn, hub.durable)
    assert row["feed_offset"] == 1
