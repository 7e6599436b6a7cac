"""How many files the process may hold open."""

import asyncio
import logging
import resource
import signal
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from hub import files, listener
from hub.web import connections
from tests.running import Reader, stored
from tests.serving import hub_process, write_config


class System:
    """A system with this limit; `most`: what it takes at the most, whatever it says."""

    RLIM_INFINITY = resource.RLIM_INFINITY
    RLIMIT_NOFILE = resource.RLIMIT_NOFILE

    def __init__(self, soft: int, hard: int, most: int = 1 << 40) -> None:
        self.soft, self.hard, self.most = soft, hard, most

    def getrlimit(self, _what: int) -> tuple[int, int]:
        return self.soft, self.hard

    def setrlimit(self, _what: int, wanted: tuple[int, int]) -> None:
        if wanted[0] > self.most:
            raise ValueError("current limit exceeds maximum limit")
        assert wanted[1] == self.hard
        self.soft = wanted[0]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(*limits: int) -> System:
        made = System(*limits)
        monkeypatch.setattr(files, "_resource", lambda: made)
        return made

    return make


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ((1024, 524_288), 524_288),
        ((1024, 1024), 1024),
        ((1024, resource.RLIM_INFINITY), files.FILES_MAX),
        ((256, resource.RLIM_INFINITY, 10_240), 10_240),
        ((256, resource.RLIM_INFINITY, 256), 256),
        ((20_000, resource.RLIM_INFINITY, 20_000), 20_000),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), files.UNLIMITED),
    ],
)
def test_as_far_as_it_goes(system: Any, limits: tuple[int, ...], found: int) -> None:
    system(*limits)
    assert files.claim(100) == found == files.limit()


def test_it_is_said(system: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    system(1024, 8192)
    files.claim(5000)
    system(1024, 4096)
    files.claim(5000)
    assert [each.levelname for each in caplog.records] == ["INFO", "WARNING"]
    assert caplog.messages[0] == "this process may open 8192 files"
    assert "enough for 2816 screens and pages, not for limits.displays = 5000" in caplog.messages[1]


def test_some_are_kept_from_the_web(system: Any) -> None:
    system(8192, 8192)
    assert files.spare() == 8192 - files.FILES_KEPT
    assert files.FILES_KEPT > listener.CONNECTIONS_MAX
    system(1024, 1024)
    assert files.spare() == 512


def test_a_system_without_such_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_resource", lambda: None)
    assert files.claim(5000) == files.UNLIMITED


def test_the_system_that_we_are_on() -> None:
    found = files._resource()
    assert found is not None and SimpleNamespace(**vars(found)).getrlimit is resource.getrlimit
    assert 0 < files.limit() <= files.UNLIMITED


FILES = 200


async def test_a_hub_with_few_files_keeps_some_for_its_readers(database_dsn: str, tmp_path: Path) -> None:
    """A real process, on the loop that it has in earnest."""
    write_config(tmp_path, database_dsn)
    async with hub_process("serve", folder=tmp_path, files=FILES) as process:
        addresses = await process.ready()
        code = (await process.line()).rpartition("/")[2]
        host, port = addresses["web"].removeprefix("http://").split(":")
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{addresses['web']}/ws/d/{code}") as screen,
        ):
            await screen.receive()
            crowd = [await asyncio.open_connection(host, int(port)) for _ in range(FILES)]
            ended = 0
            for reader, _ in reversed(crowd):
                with suppress(TimeoutError, ConnectionError):
                    async with asyncio.timeout(5 if ended < FILES // 2 else 0.01):
                        ended += await reader.read() == b""
            assert FILES // 2 <= ended < FILES
            host, port = addresses["chronotrack"].split(":")
            timing = await Reader((host, int(port))).connect()
            timing.add("A1")
            while '"read"' not in (await screen.receive()).data:
                pass
            assert len(await stored(database_dsn, 1)) == 1
            await timing.hang_up()
            for _, writer in crowd:
                writer.close()
        process.signal(signal.SIGTERM)
        code_, _, log = await process.end()
    assert code_ == 0 and "Traceback" not in log and "Too many open files" not in log
    assert f"this process may open {FILES} files: enough for {FILES // 2} screens and pages" in log
    assert log.count(f": {connections.NO_FILES}") == 1, "said once"
