"""How many screens there may be, and how many who watch."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from hub.config import Limits
from hub.web import sockets
from tests.postgres import fresh_database
from tests.running import Running, Screen, running_hub, settings_for, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOO_MANY = {"type": "bye", "code": 4103, "reason": "too many screens: come back later", "again": True}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    limits = Limits(displays=2)
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("places"), limits=limits)) as running,
    ):
        yield running


async def check_refused(screen: Screen) -> None:
    async with screen:
        assert await screen.next() == TOO_MANY
        assert await screen.closed() == 4103


async def test_a_screen_too_many_is_told_to_come_back_later(
    hub: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with hub.screen() as first:
        async with hub.screen():
            for _ in range(3):
                await check_refused(hub.screen())
            assert hub.app.live.screens == 2
        await until(lambda: hub.app.live.screens == 1)
        async with hub.screen() as another:
            await another.next("hello")
            reader = await hub.reader().connect()
            reader.add(f"T{hub.durable}")
            assert await first.offsets(1) == await another.offsets(1)
            await reader.hang_up()
    await until(lambda: hub.app.live.screens == 0)
    assert caplog.text.count("is a screen too many (limits.displays)") == 1


async def test_an_unknown_code_takes_no_place(hub: Running) -> None:
    async with hub.screen(), hub.screen("AAAA2222") as unknown:
        assert await unknown.closed() == 4001
        async with hub.screen() as screen:
            await screen.next("hello")
    await until(lambda: hub.app.live.screens == 0)


async def test_who_watches_takes_no_place_of_a_screen(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "WATCHERS_MAX", 3)
    async with AsyncExitStack() as open_ones:
        for _ in range(3):
            await (await open_ones.enter_async_context(hub.watcher(hub.session_id))).next("hello")
        assert (hub.app.live.watchers, hub.app.live.screens) == (3, 0)
        await check_refused(hub.watcher(hub.session_id))
        await check_refused(Screen(hub.http, "/ws/me", {}))
        for _ in range(2):
            await (await open_ones.enter_async_context(hub.screen())).next("hello")
        await check_refused(hub.screen())
    await until(lambda: not hub.app.live.watchers and not hub.app.live.screens)
