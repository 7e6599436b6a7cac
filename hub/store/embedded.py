"""A real PostgreSQL that comes with the hub: a cluster is made, started or found running, and stopped.

Knows initdb, pg_ctl, postmaster.pid and our settings. Where everything lies is decided in `embedded_place`.
Refuses to know the hub's tables. Whoever calls it holds the lock on `data_dir`: one hub at a time.
"""

import asyncio
import logging
import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import asyncpg

from hub.errors import StoreAway, StoreError
from hub.store.embedded_place import (
    MAJOR,
    PORT,
    Place,
    find_binaries,
    find_place,
    find_socket_folder,
    remember_place,
    sync_folder,
    write_private,
)

log = logging.getLogger(__name__)

_T = TypeVar("_T")

USER: Final = "racehub"
DATABASE: Final = "racehub"
CONF: Final = "racehub.conf"

START_S_MAX: Final = 300.0
"""Reading back max_wal_size after a crash, on a slow disk, is tens of seconds."""
STOP_S_MAX: Final = 120.0
CONNECT_S_MAX: Final = 10.0
ORPHANS_S_MAX: Final = 30.0
"""How long the backends of a killed server may take to notice that it is gone."""
POLL_S: Final = 0.1
LOG_LINES_MAX: Final = 15

PID_NEVER: Final = 2**30
"""Above every system's largest process id."""

SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",  # no TCP: only who may enter the socket's folder can even ask for the password
    "port": str(
        PORT
    ),  # names the socket; said here so that PGPORT in somebody's environment has no part in it
    "unix_socket_permissions": "0700",
    "cluster_name": "racehub",  # shows in `ps`
    "max_connections": "50",  # two pools of ten, migrations, and somebody looking in; each costs memory
    "shared_buffers": "128MB",  # a venue laptop has other work too; a race is smaller than that
    "fsync": "on",  # these two are the promise that a read in PostgreSQL stays there: never by default
    "synchronous_commit": "on",
    "max_wal_size": "2GB",  # half a million reads without a checkpoint in between
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "server-%a.log",  # one file per weekday, emptied when its day comes round: a week at most
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_checkpoints": "off",  # every five minutes, for years, read by nobody
}


class EmbeddedPostgres:
    """The server of one data directory. `start` and `stop` may be called again, and by another process.

    `place` is where the cluster is kept; certain after `start`: as root it may have to be elsewhere.
    """

    def __init__(self, data_dir: Path, *, extra_settings: Mapping[str, str] | None = None) -> None:
        self._data_dir = data_dir.absolute()
        self._settings = {**SETTINGS, **(extra_settings or {})}
        self.place = self._data_dir / "postgres"
        self._server: _Server | None = None

    async def start(self) -> str:
        """A DSN for asyncpg, of a server that answers and has the database. Raises StoreError."""
        if sys.platform == "win32":
            raise StoreError("the embedded PostgreSQL does not run on Windows: set database.dsn")
        server = self._server = await _in_thread(self._prepare)
        give_up = time.monotonic() + START_S_MAX
        while True:
            try:
                dsn = await _in_thread(server.ensure_running)
                await _ensure_database(dsn)
            except StoreAway:  # starting up, or still going down after a hub that was killed while stopping
                if time.monotonic() > give_up:
                    raise
                await asyncio.sleep(POLL_S)
            except (FileNotFoundError, ConnectionRefusedError):
                # It runs and cannot be reached: its socket was cleaned away. Only a new start makes another.
                await _in_thread(server.halt)
            else:
                log.info("PostgreSQL %s in %s, run by %s", MAJOR, self.place, server.place.account.name)
                return dsn

    async def stop(self, limit_s: float = STOP_S_MAX) -> None:
        """Ends the server and waits for it; one that takes longer than `limit_s` ends by itself. Nothing to do before
        `start`. Raises StoreError for one that cannot be told to."""
        server, self._server = self._server, None
        if server is not None:
            await _in_thread(partial(server.halt, limit_s))

    def _prepare(self) -> "_Server":
        place = find_place(self._data_dir)
        self.place = place.folder
        server = _Server(place, find_binaries(place.account), self._data_dir, self._settings)
        server.ensure_cluster()
        remember_place(place, self._data_dir)
        return server


class _Server:
    """What is done to the server, step by step. Everything here blocks."""

    def __init__(self, place: Place, binaries: Path, data_dir: Path, settings: Mapping[str, str]) -> None:
        self.place = place
        self._binaries = binaries
        self._data_dir = data_dir
        self._settings = settings
        self._pid_file = place.cluster / "postmaster.pid"
        self._start_log = place.folder / "start.log"
        # A `start` that is cancelled leaves its thread at work: a `stop` then waits for what that one began.
        self._one_at_a_time = threading.Lock()

    def _run(self, program: str, *args: str, timeout_s: float = 60) -> tuple[int, str]:
        # Paths are relative to the place: pg_ctl puts them into a shell command, quoted by good faith only.
        command: list[str | Path] = [self._binaries / program, *args]
        return self.place.account.run(command, cwd=self.place.folder, timeout_s=timeout_s)

    def ensure_cluster(self) -> None:
        version_file = self.place.cluster / "PG_VERSION"
        if not self.place.cluster.exists():
            self._make_cluster()
        version = version_file.read_text(encoding="ascii").strip()
        if version != MAJOR:
            raise StoreError(f"{self.place.cluster} was made by PostgreSQL {version}, and this is {MAJOR}")

    def _make_cluster(self) -> None:
        """Under another name first: a cluster that bears its name is whole and has its password."""
        for half_made in self.place.folder.glob("cluster.new-*"):
            shutil.rmtree(half_made, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix="cluster.new-", dir=self.place.folder))
        self.place.account.own(made)
        write_private(self.place.password, f"{secrets.token_urlsafe(32)}\n", self.place.account)
        self._initdb(made.name)
        with (made / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"\n# Written anew at every start. What is below wins.\ninclude '{CONF}'\n")
        made.rename(self.place.cluster)
        sync_folder(self.place.folder)  # else a power cut could leave it under the name of a half-made one

    def _initdb(self, folder: str) -> None:
        code, said = self._run(
            "initdb",
            f"--pgdata={folder}",
            f"--username={USER}",
            f"--pwfile={self.place.password.name}",
            "--auth-local=scram-sha-256",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            # Sorted by code point, but upper and lower case of all of Unicode; the same on every machine.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            timeout_s=START_S_MAX,
        )
        if code:
            raise StoreError(f"PostgreSQL could not make its files in {self.place.folder}: {said}")

    def ensure_running(self) -> str:
        """The DSN of the server, started if need be. It may be not ready, or no longer, to answer."""
        with self._one_at_a_time:
            if self._pid() is None:
                self._start()
        try:
            socket_folder = self._pid_file.read_text(encoding="utf-8").splitlines()[4]
        except (FileNotFoundError, IndexError) as error:
            raise StoreAway(f"PostgreSQL in {self.place.folder} is starting or ending") from error
        password = self.place.password.read_text(encoding="ascii").strip()
        return f"postgresql://{USER}:{password}@/{DATABASE}?host={socket_folder}&port={PORT}"

    def halt(self, limit_s: float = STOP_S_MAX) -> None:
        """Ends the server, cutting its connections. Returns when it is gone, or was, or has not gone within the limit,
        which is in whole seconds: it has been told to, and its next start waits for it."""
        seconds = max(1, int(limit_s))
        stop = ("stop", "-D", self.place.cluster.name, "-m", "fast", "-w", "-t", str(seconds))
        with self._one_at_a_time:
            if self._pid() is None:
                return
            code, said = self._run("pg_ctl", *stop, timeout_s=limit_s + 30)
            if code and self._pid() is not None:
                if "server does not shut down" not in said:
                    raise StoreError(f"PostgreSQL in {self.place.folder} did not stop: {said}")
                log.warning(
                    "PostgreSQL in %s needs longer than %d s to stop; it goes on", self.place.folder, seconds
                )

    def _pid(self) -> int | None:
        """The process id of our server, if it runs.

        `pg_ctl status` asks whether some process has that number; after a reboot, or in a container, any may.
        So ask where it works, as the account: root in a container may not look into another user's process.
        """
        try:
            pid = int(self._pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        if Path("/proc/self").exists():
            _, folder = self.place.account.run(["readlink", f"/proc/{pid}/cwd"])
            return pid if folder == os.path.realpath(self.place.cluster) else None
        _, program = self.place.account.run(["ps", "-p", str(pid), "-o", "comm="])
        return pid if program.endswith("postgres") else None

    def _start(self) -> None:
        give_up = time.monotonic() + ORPHANS_S_MAX
        self._write_settings(find_socket_folder(self.place, self._data_dir))
        start = ("start", "-D", self.place.cluster.name, "-l", self._start_log.name, "-w")
        while True:
            self._forget_dead_server()
            began = time.time()
            code, said = self._run("pg_ctl", *start, "-t", f"{START_S_MAX:.0f}", timeout_s=START_S_MAX + 30)
            if not code:
                return
            why = self._last_words(began) or said
            if "is still in use" not in why or time.monotonic() > give_up:
                raise StoreError(f"PostgreSQL in {self.place.folder} did not start:\n{why}")
            time.sleep(POLL_S)

    def _write_settings(self, socket_folder: Path) -> None:
        settings = {**self._settings, "unix_socket_directories": str(socket_folder)}
        lines = [f"{name} = '{_quoted(value)}'\n" for name, value in settings.items()]
        write_private(self.place.cluster / CONF, "".join(lines), self.place.account)
        for left in (
            f".s.PGSQL.{PORT}",
            f".s.PGSQL.{PORT}.lock",
        ):  # the folder is ours alone, and no server runs
            (socket_folder / left).unlink(missing_ok=True)

    def _forget_dead_server(self) -> None:
        """Lets PostgreSQL start over a left postmaster.pid whose number another process has by now.

        The file stays: by its other lines PostgreSQL knows whether backends of the killed server still write.
        """
        self._start_log.unlink(missing_ok=True)
        try:
            _, newline, rest = self._pid_file.read_text(encoding="utf-8").partition("\n")
        except FileNotFoundError:
            return
        if rest:
            write_private(self._pid_file, f"{PID_NEVER}{newline}{rest}", self.place.account)
        else:
            self._pid_file.unlink()  # cut off while being written; PostgreSQL would refuse it for good

    def _last_words(self, since: float) -> str:
        logs = [self._start_log, *(self.place.cluster / "log").glob("*.log")]
        fresh = [path for path in logs if path.exists() and path.stat().st_mtime >= since - 1]
        texts = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in fresh]
        return "\n".join(line for text in texts for line in text[-LOG_LINES_MAX:])


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


async def _in_thread(work: Callable[[], _T]) -> _T:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise StoreError(f"the embedded PostgreSQL cannot be run: {error}") from error


async def _ensure_database(dsn: str) -> None:
    """Raises StoreAway when it asks to wait; FileNotFoundError, ConnectionRefusedError without socket."""
    try:
        await _connect(dsn)
    except (FileNotFoundError, ConnectionRefusedError):
        raise
    except (asyncpg.OperatorInterventionError, asyncpg.PostgresConnectionError, OSError) as error:
        raise StoreAway(f"PostgreSQL runs and does not answer: {error or 'no answer in time'}") from error
    except asyncpg.PostgresError as error:
        raise StoreError(f"PostgreSQL does not let the hub in: {error}") from error


async def _connect(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_S_MAX)
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(dsn, database="postgres", timeout=CONNECT_S_MAX)
        await connection.execute(f'CREATE DATABASE "{DATABASE}"')
    await connection.close()
