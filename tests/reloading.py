"""A hub of this process with a config.toml of its own, which is read again at the wish of a test."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub import config
from hub.config import Settings
from hub.reload import Reload
from tests.running import HOST, ZONE, Running, running_hub, until

Tables = dict[str, dict[str, Any]]
"""What is in the file, section by section. The one of "listeners" is the only listener's."""


def toml(tables: Tables) -> str:
    """The values are texts, whole numbers, truths and lists of texts: TOML writes them as JSON does."""
    lines = []
    for name, table in tables.items():
        lines.append(f"[[{name}]]" if name == "listeners" else f"[{name}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


class Site:
    """`hub`: it runs. `save` is what an admin does; the hub is asked to look, so that nobody waits for its clock."""

    def __init__(self, folder: Path, dsn: str, caplog: pytest.LogCaptureFixture, changes: Tables) -> None:
        self.path = folder / "config.toml"
        self._caplog = caplog
        self.tables: Tables = {
            "server": {"data_dir": "var", "timezone": ZONE.key},
            "web": {"host": HOST, "port": 0},
            "database": {"dsn": dsn},
            "listeners": {"host": HOST, "port": 0},
            "retention": {"end_sessions_after_days": 0},
        }
        self._write(changes)
        self.reload = Reload(self.path, {})
        self.settings = config.load(self.path, {})
        self.hub: Running

    async def save(self, **changes: dict[str, Any]) -> list[str]:
        """The file with these keys as well; gives what the log says of it."""
        self._write(changes)
        return await self.asked()

    async def asked(self) -> list[str]:
        """Of each reading something is said, all of it in one turn."""
        before = len(self.said())
        self.reload.ask()
        await until(lambda: len(self.said()) > before)
        return self.said()[before:]

    def said(self) -> list[str]:
        return [text for each in self._caplog.records if (text := each.getMessage()).startswith("settings:")]

    def _write(self, changes: Tables) -> None:
        for name, table in changes.items():
            self.tables[name] = self.tables.get(name, {}) | table
        self.path.write_text(toml(self.tables))


@asynccontextmanager
async def reloading(
    folder: Path, dsn: str, caplog: pytest.LogCaptureFixture, **changes: dict[str, Any]
) -> AsyncIterator[Site]:
    level = logging.getLogger().level
    site = Site(folder, dsn, caplog, changes)
    try:
        async with running_hub(site.settings) as site.hub:
            running = asyncio.create_task(site.reload.run(site.hub.app))
            try:
                yield site
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
    finally:
        logging.getLogger().setLevel(level)


def value_of(settings: Settings, key: str) -> Any:
    """Of `web.port` or `listeners[].port`; of the first listener."""
    section, name = key.split(".")
    return getattr(settings.listeners[0] if section.endswith("[]") else getattr(settings, section), name)
