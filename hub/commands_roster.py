"""What `racehub roster` does: a file into a session's roster, through the hub that runs, else with the database alone.

Knows files, and where the hub is; prints nothing. Without a hub this process takes the data directory and the database
as `serve` does, for as long as it takes.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from hub import folder
from hub.accounts import MACHINE_CALLER
from hub.clock import now_us
from hub.commands import ask, post
from hub.config import Settings
from hub.config_live import Current
from hub.errors import HubError
from hub.folder import DataFolder
from hub.guests import Guests
from hub.hub import Hub
from hub.jobs import DONE, RUNNING, Progress
from hub.model import Read
from hub.roster_file_rows import check_columns
from hub.roster_file_words import ROSTER, Look, Wanted
from hub.roster_folder import FOLDER, RosterFolder
from hub.roster_putting import Putting
from hub.roster_reader import Reader
from hub.rostering import KEEP, REMOVE, Rostering
from hub.session import Session
from hub.stores import Stores
from hub.web.live import Live

POLL_S: Final = 0.2
NAME_CHARS_MAX: Final = 200

Loaded = dict[str, Any]
"""As a job of `hub.roster_files` gives it: `participants`, `added`, `changed`, `same`, `gone`, `samples`, `left_out`,
`problems`, `ambiguous`."""


async def load_roster(
    settings: Settings,
    file: Path,
    session_id: int,
    *,
    add: bool = False,
    kind: str = ROSTER,
    progress: Progress,
) -> Loaded:
    """Puts a file in force as a session's roster. add: whom it does not name stays on it. Raises HubError,
    FileFormatError."""
    data = await asyncio.to_thread(_read, file)
    gone = KEEP if add else REMOVE
    hub = folder.running(settings.data_path)
    if hub is not None:
        return await _through_hub(settings, hub, file.name, data, session_id, kind, gone, progress)
    return await _without_hub(settings, file, session_id, kind, gone, progress)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise HubError(f"{file}: {problem.strerror}") from problem


async def _through_hub(
    settings: Settings,
    hub: dict[str, Any],
    name: str,
    data: bytes,
    session_id: int,
    kind: str,
    gone: str,
    progress: Progress,
) -> Loaded:
    """Through the hub that runs, so that its screens are corrected at once."""
    form = aiohttp.FormData()
    form.add_field("session", str(session_id))
    form.add_field("kind", kind)
    form.add_field("file", data, filename=name, content_type="application/octet-stream")
    kept = json.loads(await post(settings, hub, "/api/rosters/files", form))["file"]["id"]
    path = f"/api/rosters/files/{kept}"
    try:
        job = json.loads(await ask(settings, hub, "POST", f"{path}/apply", body={"gone": gone}))["job"]
        while job["status"] == RUNNING:
            progress(job["done"], job["total"], job["words"])
            await asyncio.sleep(POLL_S)
            job = json.loads(await ask(settings, hub, "GET", f"/api/jobs/{job['id']}"))["job"]
    finally:
        await ask(settings, hub, "DELETE", path)
    if job["status"] != DONE:
        raise HubError(job["error"]["message"] if job["error"] else f"{name}: somebody has cancelled it")
    loaded: Loaded = job["result"]
    return loaded


async def _without_hub(
    settings: Settings, file: Path, session_id: int, kind: str, gone: str, progress: Progress
) -> Loaded:
    today = datetime.now(UTC).date().isoformat()
    wanted = Wanted(file.name[:NAME_CHARS_MAX], kind, settings.limits.roster_rows, today)
    with closing(Reader()) as reader:
        look = await reader.look(file, wanted)
        _check(look, wanted)  # before the database is touched
        async with _rostering(settings) as rostering:
            kept = RosterFolder(settings.data_path / FOLDER)
            number = now_us()
            try:
                await asyncio.to_thread(kept.keep, number, await asyncio.to_thread(_read, file))
                put = await Putting(reader, rostering, kept).put(
                    MACHINE_CALLER, session_id, number, wanted, gone=gone, progress=progress
                )
            finally:
                await asyncio.to_thread(kept.remove, number)
    return put.as_json()


def _check(look: Look, wanted: Wanted) -> None:
    """Raises FileFormatError when the columns, as they are guessed, say of nobody who it is."""
    fields = {each.index: each.field for each in look.columns if each.field is not None}
    check_columns(fields, [each.header for each in look.columns], wanted, look.header_line)


@asynccontextmanager
async def _rostering(settings: Settings) -> AsyncIterator[Rostering]:
    """What fills rosters, while no hub runs: there are no screens to be corrected."""

    def wake() -> None:
        """Nothing is read."""

    data = DataFolder(settings.data_path)
    data.take()
    try:
        hub = Hub(now_us=now_us, wake=wake, publish=_to_nobody)
        stores = Stores(settings, hub)
        try:
            await stores.open()
            current, changing = Current(settings), asyncio.Lock()
            live = Live(hub, now_us, settings.limits.display_queue_kib * 1024)
            yield Rostering(current, hub, live, stores, Guests(current, hub, stores, changing), changing)
        finally:
            await stores.close()
    finally:
        data.give_up()


def _to_nobody(session: Session, reads: list[Read]) -> None:
    """There are no screens."""
