"""Fixtures for every test. What they are made of is in postgres.py."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.lifecycle import Office, new_office
from tests.postgres import fresh_database, running_postgres
from tests.serving import Run


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """A superuser's DSN of the one server of this run. Roles are shared by all its databases."""
    with running_postgres() as dsn:
        yield dsn


@pytest.fixture
async def database_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """The same for an empty database of this test alone."""
    async with fresh_database(postgres_dsn) as dsn:
        yield dsn


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_office(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One hub for all tests that make their own sessions, and have `loop_scope="session"`."""
    async with new_office(postgres_dsn, tmp_path_factory.mktemp("office")) as made:
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
