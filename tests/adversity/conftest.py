"""Fixtures of the attacks: lines that can be cut, to the run's own PostgreSQL, on the loop that the hub runs on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from tests.adversity.proxy import Proxy, socket_of, through


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """What breaks is told otherwise by uvloop than by asyncio."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def postgres_line(database_dsn: str) -> AsyncIterator[Proxy]:
    """Between the hub and PostgreSQL."""
    proxy = await Proxy(socket_of(database_dsn)).mend()
    yield proxy
    await proxy.close()


@pytest.fixture
def line_dsn(database_dsn: str, postgres_line: Proxy) -> str:
    """The test's database over `postgres_line`."""
    return through(database_dsn, postgres_line)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that gives PostgreSQL a third of a second where it gives it a minute."""
    monkeypatch.setattr("hub.store.database.WRITE_S_MAX", 0.3)
    monkeypatch.setattr("hub.store.database.CONNECT_S_MAX", 0.3)
    monkeypatch.setattr("hub.store.database.ALIVE_S_MAX", 0.3)
