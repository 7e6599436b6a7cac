"""Display codes in addresses, and how many unknown ones a peer may try."""

import tracemalloc
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from aiohttp import WSServerHandshakeError

from hub.config import CODE_TRIES_PER_MINUTE_MAX, Limits
from hub.web import codes
from hub.web.codes import TRIES, Tries
from tests.postgres import fresh_database
from tests.running import Running, running_hub, settings_for

LIMIT: Final = 4
loop_of_the_session = pytest.mark.asyncio(loop_scope="session")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    settings = Limits(code_tries_per_minute=LIMIT)
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("codes"), limits=settings)) as running,
    ):
        yield running


@pytest.fixture
def hub(strict: Running) -> Running:
    """Nobody has tried anything yet."""
    tries = strict.app._application[TRIES]
    tries._of.clear()
    tries._order.clear()
    return strict


# The count


def test_so_many_a_minute_and_no_more(clock: Clock) -> None:
    tries = Tries(clock)
    for _ in range(30):
        assert tries.admit("10.0.0.1", 30) == 0
        clock.now += 1
    assert tries.admit("10.0.0.1", 30) == 30, "when the first of them is a minute old"
    clock.now += 29.5
    assert tries.admit("10.0.0.1", 30) == 1
    clock.now += 0.5
    assert tries.admit("10.0.0.1", 30) == 0
    assert tries.admit("10.0.0.1", 30) == 1


def test_who_is_refused_is_not_counted_for_it(clock: Clock) -> None:
    tries = Tries(clock)
    assert [tries.admit("a", 2) for _ in range(100)] == [0, 0] + [60] * 98
    clock.now += 60
    assert tries.admit("a", 2) == 0
    assert tries.held == 1


def test_others_are_not_touched(clock: Clock) -> None:
    tries = Tries(clock)
    assert [tries.admit(f"10.0.0.{each}", 1) for each in range(100)] == [0] * 100


def test_a_limit_that_has_changed_counts_at_once(clock: Clock) -> None:
    tries = Tries(clock)
    for _ in range(10):
        tries.admit("a", 10)
        clock.now += 1
    assert tries.admit("a", 3) == 57, "when only two of the last minute are left"
    assert tries.admit("a", 11) == 0


def test_a_network_of_one_household_is_one_peer(clock: Clock) -> None:
    tries = Tries(clock)
    assert tries.admit("2001:db8:1:2::1", 1) == 0
    assert tries.admit("2001:db8:1:2:ffff::9", 1) > 0
    assert tries.admit("2001:db8:1:3::1", 1) == 0


def test_many_addresses_cost_a_bounded_amount(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes.TRIES_HELD_MAX >= CODE_TRIES_PER_MINUTE_MAX, "else one address could not have its fill"
    monkeypatch.setattr(codes, "TRIES_HELD_MAX", 2000)
    tries = Tries(clock)
    tracemalloc.start()
    try:
        for number in range(6000):
            tries.admit(f"2001:db8:{number >> 8:x}:{number & 255:x}::1", 30)
            clock.now += 0.0001
        assert tries.held == 2000 and len(tries._of) == 2000
        bytes_each = tracemalloc.get_traced_memory()[0] / tries.held
    finally:
        tracemalloc.stop()
    assert bytes_each < 350
    clock.now += 60
    tries.admit("a", 1)
    assert tries.held == 1 and len(tries._of) == 1


# What is asked with a code


@loop_of_the_session
@pytest.mark.parametrize("path", ["/d/{}", "/display/{}", "/api/displays/{}/qr.svg"])
async def test_too_many_unknown_codes(hub: Running, path: str) -> None:
    for number in range(LIMIT):
        async with hub.anybody.get(path.format(f"AAAA222{number}")) as response:
            assert response.status == (404 if "qr" in path else 200)
    async with hub.anybody.get(path.format("AAAA2222")) as response:
        assert response.status == 429 and 50 <= int(response.headers["Retry-After"]) <= 60
        if "qr" in path:
            assert (await response.json())["error"]["code"] == "too_many"
        else:
            assert response.content_type == "text/html" and "Try again later" in await response.text()
            assert response.headers["Refresh"] == response.headers["Retry-After"]
    async with hub.anybody.get(path.format(hub.code)) as response:
        assert response.status == 200, "a known one is never refused"


@loop_of_the_session
async def test_a_socket_is_refused_before_it_is_one(hub: Running) -> None:
    for number in range(LIMIT):
        async with hub.screen(f"AAAA222{number}") as screen:
            assert await screen.closed() == 4001
    with pytest.raises(WSServerHandshakeError) as refused:
        async with hub.screen("AAAA2222"):
            pass
    assert refused.value.status == 429
    async with hub.screen() as screen:
        await screen.next("hello")


@loop_of_the_session
async def test_known_codes_never_count(hub: Running) -> None:
    for _ in range(3 * LIMIT):
        async with hub.anybody.get(f"/d/{hub.code.lower()}") as response:
            assert response.status == 200
    async with hub.anybody.get("/d/AAAA2222") as response:
        assert response.status == 200


@loop_of_the_session
async def test_a_hub_that_is_starting_counts_nothing(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows no display yet, and a whole venue's screens may ask it for their page from one address."""
    displays = dict(hub.app.hub.displays)
    monkeypatch.setattr(hub.app.condition, "not_ready", "the hub is starting")
    hub.app.hub.displays.clear()
    try:
        for _ in range(3 * LIMIT):
            async with hub.anybody.get(f"/d/{next(iter(displays))}") as response:
                assert response.status == 200
    finally:
        hub.app.hub.displays.update(displays)


@loop_of_the_session
async def test_codes_that_were_tried_are_not_in_the_log(
    hub: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "hub")
    for _ in range(3 * LIMIT):
        async with hub.anybody.get("/api/displays/AAAA2222/qr.svg"):
            pass
    assert "tries codes" in caplog.text and "AAAA2222" not in caplog.text
