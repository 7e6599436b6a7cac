"""Fixtures for every test. What they are made of is in postgres.py."""

import gc
import os
from collections.abc import AsyncIterator, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from hub.web import assets
from hub.web.routes import STATIC
from tests.lifecycle import Office, new_office
from tests.postgres import fresh_database, running_postgres
from tests.serviced import Serviced, a_serviced
from tests.serving import Run

LONGEST: Final = (
    "tests/adversity/",
    "tests/soak/test_soak.py",
    "tests/pages/",
    "tests/fuzz/test_fuzz.py",
    "tests/test_app.py",
    "tests/test_cli.py",
    "tests/test_commands_import.py",
    "tests/test_feeding.py",
    "tests/test_joined.py",
    "tests/test_moving.py",
    "tests/test_stores.py",
    "tests/test_seen_model.py",
    "tests/test_reload.py",
    "tests/store/test_batch.py",
    "tests/store/test_drain.py",
    "tests/store/test_embedded.py",
    "tests/web/test_counters.py",
    "tests/web/test_hostile.py",
    "tests/web/test_hostile_frames.py",
    "tests/web/test_old_feed.py",
    "tests/web/test_stream.py",
    "tests/web/test_walls.py",
)
"""What takes more than five seconds: begun first, so that at the end no process works on while the others are done."""

ID_BYTES_MAX: Final = 60


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half of its time a test waits: for a process to start or to end, for what is tried again."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + (processors + 1) // 2


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """What is long is known by its length: in an archive is the time of its making, and each worker makes its own."""
    return f"{argname}-of-{len(val)}" if isinstance(val, bytes) and len(val) > ID_BYTES_MAX else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Ten thousand tests stay until the end: nothing is gained by looking again and again which of them are garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _files_packed_once() -> Iterator[None]:
    """A hub packs all its files when it starts: a third of its work then, and the same each time."""
    read, plain = assets._read, assets._without_comments
    kept = cache(read)

    def read_once(path: Path) -> assets.Asset:
        same = assets._without_comments is plain and path.is_relative_to(STATIC)
        return kept(path) if same else read(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "_read", read_once)
        yield


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """A superuser's DSN of the one server of this run. Roles are shared by all its databases."""
    with running_postgres() as dsn:
        yield dsn


@pytest.fixture
async def database_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """The same for a database of this test alone, with the schema and nothing in it."""
    async with fresh_database(postgres_dsn) as dsn:
        yield dsn


@pytest.fixture
async def empty_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """The same for one that no hub has ever seen."""
    async with fresh_database(postgres_dsn, empty=True) as dsn:
        yield dsn


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_office(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One hub for all tests that make their own sessions, and have `loop_scope="session"`."""
    async with new_office(postgres_dsn, tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def serviced(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serviced]:
    """One hub for all tests that make sessions whose rosters come from a registration service of their own."""
    async with (
        fresh_database(postgres_dsn) as dsn,
        a_serviced(dsn, tmp_path_factory.mktemp("serviced")) as made,
    ):
        yield made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `racehub` in an empty folder; gives the exit code, stdout and stderr."""
    from hub import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hub.logs.set_up", lambda settings: None)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["racehub", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
