"""config.toml while the hub runs: a saved change of it, or SIGHUP, and it is read again.

Knows when, and says what came of it; which keys are live is in config_live, what they do is the application's. What is
wrong with the file never gets further than the log: the running settings stay in force.
"""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub import config
from hub.app import App
from hub.config import Settings
from hub.config_live import Difference, difference, merged
from hub.errors import ConfigError

log = logging.getLogger(__name__)

POLL_S: Final = 1.0
"""How often the file is looked at. It is read when two looks have found the same: editors save in steps."""
MISSING_LOOKS: Final = 5
"""Looks that do not find the file until it is gone for good: some editors take it away before they write it anew."""

Stamp = tuple[int, int, int]
"""What tells one state of a file from another: when it was written (ns), its size, its inode (a rename over it)."""


def stamp_of(path: Path) -> Stamp | None:
    """None: it is not there, or cannot be reached."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Watched:
    """What was seen of a file, look by look. `stamp`: what it was when it was read; None: it was not there."""

    def __init__(self, stamp: Stamp | None) -> None:
        self._read = stamp
        self._seen = stamp
        self._looks = 0

    def look(self, stamp: Stamp | None) -> bool:
        """Whether it is to be read now: it is another than what was read, and has come to rest."""
        self._looks = self._looks + 1 if stamp == self._seen else 1
        self._seen = stamp
        rested = self._looks >= (2 if stamp else MISSING_LOOKS)
        if stamp == self._read or not rested:
            return False
        self._read = stamp
        return True

    def read(self, stamp: Stamp | None) -> None:
        """It is read now, whether it has come to rest or not."""
        self._read = self._seen = stamp


class Reload:
    """The file of one hub. To be made before the file is read for the first time: what is saved while the hub starts
    is a change, too. None: there is no file."""

    def __init__(self, path: Path | None, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self._watched = Watched(stamp_of(path) if path else None)
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Reads it now: somebody has sent SIGHUP."""
        self._asked.set()

    async def run(self, app: App) -> None:
        """From when the hub is ready until cancelled."""
        while True:
            asked = await self._wait()
            if self._path is None:
                if asked:
                    log.warning(
                        "settings: the hub was started without a file: there is nothing to read again"
                    )
                continue
            if await self._look(self._path, asked):
                await self._take(self._path, app)

    async def _wait(self) -> bool:
        """Until it is time to look; whether somebody has asked."""
        try:
            async with asyncio.timeout(POLL_S if self._path else None):
                await self._asked.wait()
        except TimeoutError:
            return False
        self._asked.clear()
        return True

    async def _look(self, path: Path, asked: bool) -> bool:
        # In threads, this and the reading: the disk may be another machine's.
        stamp = await asyncio.to_thread(stamp_of, path)
        if asked:
            self._watched.read(stamp)
        return asked or self._watched.look(stamp)

    async def _take(self, path: Path, app: App) -> None:
        try:
            wanted = await asyncio.to_thread(config.load, path, self._environ)
            _put_in_force(app, wanted)
        except ConfigError as problem:
            for line in str(problem).splitlines():
                log.error("settings: %s", line)
            log.error("settings: the running ones stay in force")
        except Exception:
            # Whatever it is, readers and screens are not to suffer from it.
            log.exception("settings: they could not be put in force")


def _put_in_force(app: App, wanted: Settings) -> None:
    """What can change at once does; of the rest the log says that it has to wait, at each reload anew."""
    found = difference(app.settings, wanted)
    quieter = _level(wanted) > _level(app.settings)
    if quieter:  # first said, then silent
        _say(found)
    app.condition.restart_needed = [each.path for each in found.restart]
    if found.live:
        app.change(merged(app.settings, wanted))
    if not quieter:
        _say(found)


def _level(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.server.log_level.upper()]


def _say(found: Difference) -> None:
    """As warnings: whoever has changed the settings wants to know, however little is logged."""
    for change in found.live:
        log.warning("settings: %s", change)
    for change in found.restart:
        log.warning("settings: %s takes effect at the next start", change)
    if not found.live and not found.restart:
        log.warning("settings: nothing has changed")
