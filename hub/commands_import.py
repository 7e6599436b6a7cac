"""What `racehub import` does: controller files into a session, through the hub that runs, else as a hub for so long.

Knows files, and where the hub is; prints nothing. Without a hub this process takes the data directory and the
database as `serve` does, brings in first what a killed hub has left in its journal, and leaves when PostgreSQL has
everything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import msgspec

from hub import folder, importing
from hub.clock import now_us
from hub.commands import post
from hub.config import Settings
from hub.config_live import Current
from hub.errors import FileFormatError
from hub.feeding import Feeder
from hub.folder import DataFolder
from hub.guests import Guests
from hub.hub import Hub
from hub.importing import ControllerFiles, Imported, shown
from hub.model import Read
from hub.replay_plan import markers_beside, read_file
from hub.session import Session
from hub.stores import Stores

FLUSH_S_MAX: Final = 3600.0
"""PostgreSQL takes a million reads in a minute; when it does not take them at all, that is said at once."""
REMOTE: Final = "this machine"
CONTENT_TYPE: Final = "application/octet-stream"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A pair of files that has been read and is one of a controller. `location`: that of all its reads; None: the
    markers say it."""

    files: ControllerFiles
    location: str | None
    lines: int


async def load_files(
    settings: Settings, files: Iterable[tuple[str | None, Path]], location: str | None
) -> list[ImportFile]:
    """Reads `.csv` files, each with the `.mrk` beside it, as `replay` does: a NAME of its own goes before `location`.
    Raises HubError or FileFormatError for the first that is not right: then none is to be imported."""
    return [await asyncio.to_thread(_load, settings, path, name or location) for name, path in files]


def _load(settings: Settings, path: Path, location: str | None) -> ImportFile:
    beside = markers_beside(path)
    markers = _read(settings, beside) if beside else b""
    files = ControllerFiles(str(path), _read(settings, path), str(beside or ""), markers)
    lines = importing.plan(files, location).lines
    names = {"tags_name": shown(path.name), "markers_name": shown(beside.name) if beside else ""}
    return ImportFile(msgspec.structs.replace(files, **names), location, lines)


def _read(settings: Settings, path: Path) -> bytes:
    """Against the hub's own limit, whether it runs or not: else whether a file is taken would depend on that."""
    data = read_file(path)
    if len(data) > settings.limits.upload_mib * 1024 * 1024:
        raise FileFormatError(f"{path}: larger than {settings.limits.upload_mib} MiB (limits.upload_mib)")
    return data


async def import_files(
    settings: Settings,
    session_id: int,
    files: Iterable[ImportFile],
    *,
    on_lines: Callable[[int], None],
    on_done: Callable[[Imported], None],
) -> int:
    """One file after the other. `on_done` hears of each that is in, `on_lines` how many lines more have been looked
    at. Gives how many bytes wait in the journal for the next start, because PostgreSQL has gone away. Raises HubError;
    what was told as done is kept."""
    hub = folder.running(settings.data_path)
    if hub is not None:
        for each in files:
            on_done(await _through_hub(settings, hub, session_id, each))
            on_lines(each.lines)
        return 0
    return await _without_hub(settings, session_id, files, on_lines, on_done)


async def _through_hub(
    settings: Settings, hub: dict[str, Any], session_id: int, each: ImportFile
) -> Imported:
    """Through the hub that runs, so that its screens have it at once."""
    form, files = aiohttp.FormData(), each.files
    if each.location is not None:
        form.add_field("location", each.location)
    form.add_field("file", files.tags, filename=files.tags_name, content_type=CONTENT_TYPE)
    if files.markers:
        form.add_field("markers", files.markers, filename=files.markers_name, content_type=CONTENT_TYPE)
    answer = await post(settings, hub, f"/api/sessions/{session_id}/import", form)
    return msgspec.json.decode(answer, type=Imported)


async def _without_hub(
    settings: Settings,
    session_id: int,
    files: Iterable[ImportFile],
    on_lines: Callable[[int], None],
    on_done: Callable[[Imported], None],
) -> int:
    async with _stores(settings) as (hub, stores):
        guests = Guests(Current(settings), hub, stores, asyncio.Lock())
        feeder = Feeder(hub, stores, guests, now_us)
        parts = [asyncio.create_task(each.run()) for each in (stores.writer, stores.drain)]
        try:
            for each in files:
                put = feeder.put(session_id, each.files, each.location, remote=REMOTE, on_lines=on_lines)
                on_done(await _unless_failed(put, parts))
            await stores.flush(FLUSH_S_MAX)
            return stores.pending
        finally:
            await _cancel(*parts)


@asynccontextmanager
async def _stores(settings: Settings) -> AsyncIterator[tuple[Hub, Stores]]:
    """As `serve` opens them: this process owns the data directory and the database, and the journal is empty."""

    def wake() -> None:
        stores.writer.wake()

    data = DataFolder(settings.data_path)
    data.take()
    try:
        hub = Hub(now_us=now_us, wake=wake, publish=_to_nobody)
        stores = Stores(settings, hub)
        try:
            await stores.open()
            await stores.recover()
            yield hub, stores
        finally:
            await stores.close()
    finally:
        data.give_up()


def _to_nobody(session: Session, reads: list[Read]) -> None:
    """There are no screens."""


async def _unless_failed(work: Coroutine[Any, Any, T], parts: list[asyncio.Task[None]]) -> T:
    """Its result. Raises what a part has failed with before there was one."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task, *parts}, return_when=asyncio.FIRST_COMPLETED)
        for part in done - {task}:
            part.result()
        return task.result()
    finally:
        await _cancel(task)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
