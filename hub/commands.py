"""What the smaller commands do, beside a running hub or without one. Knows where the database is; prints nothing."""

import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from hub import folder
from hub.config import Settings
from hub.errors import HubError
from hub.folder import DataFolder
from hub.store import migrate
from hub.store.database import Connection, Database, open_pool
from hub.store.embedded import EmbeddedPostgres
from hub.web.auth import admin_token

STOP_S_MAX: Final = 30.0
STOP_POLL_S: Final = 0.1
CONNECT_S_MAX: Final = 10.0
DONE: Final = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT)
STATEMENT_S_MAX: Final = 3600.0
"""A migration may rewrite a table of many seasons."""


def stop_hub(settings: Settings) -> int:
    """Asks the hub of this data directory to stop, and waits for it; gives its process id. Raises HubError when there
    is none, or when it does not stop."""
    hub = folder.running(settings.data_path)
    if hub is None or "pid" not in hub:
        raise HubError(f"no hub uses {settings.data_path}")
    pid = int(hub["pid"])
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError as problem:
        raise HubError(f"process {pid} belongs to another user") from problem
    except ProcessLookupError:
        return pid
    deadline = time.monotonic() + STOP_S_MAX
    while folder.running(settings.data_path) is not None:
        if time.monotonic() > deadline:
            raise HubError(f"process {pid} was asked to stop and has not within {STOP_S_MAX:.0f} s")
        time.sleep(STOP_POLL_S)
    return pid


async def apply_migrations(settings: Settings) -> list[str]:
    """Applies what is missing of `schema/`; gives the names. Raises HubError."""
    async with owner_connection(settings) as connection:
        return await migrate.apply(connection)


async def post(settings: Settings, hub: dict[str, Any], path: str, form: aiohttp.FormData) -> bytes:
    """What the hub that runs answers, however long it takes. Raises HubError with what it says against it."""
    return await ask(settings, hub, "POST", path, form=form)


async def ask(
    settings: Settings,
    hub: dict[str, Any],
    method: str,
    path: str,
    *,
    form: aiohttp.FormData | None = None,
    body: dict[str, Any] | None = None,
) -> bytes:
    """The same for any method, with a form, a JSON body or neither."""
    if "web" not in hub:
        raise HubError("the hub is starting; try again in a moment")
    headers = {"Authorization": f"Bearer {admin_token(settings.data_path)}"}
    no_limit = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S_MAX)
    try:
        async with (
            aiohttp.ClientSession(timeout=no_limit) as client,
            client.request(method, f"{hub['web']}{path}", data=form, json=body, headers=headers) as response,
        ):
            answer = await response.read()
            if response.status == HTTPStatus.UNAUTHORIZED:
                raise HubError(
                    f"the hub at {hub['web']} does not take the token in {settings.data_path / 'admin.token'}"
                )
            if response.status not in DONE:
                said = json.loads(answer)["error"]
                raise HubError(said if isinstance(said, str) else said["message"])
            return answer
    except (aiohttp.ClientError, ValueError, KeyError, TypeError, TimeoutError) as problem:
        raise HubError(f"the hub at {hub['web']} does not answer: {problem}") from problem


@asynccontextmanager
async def owner_connection(settings: Settings) -> AsyncIterator[Connection]:
    """A connection of the tables' owner in one transaction: all is done, or nothing. The embedded PostgreSQL is started
    for it, and stopped again."""
    if settings.database.dsn:
        async with _connected(settings.database.dsn) as connection:
            yield connection
        return
    data = DataFolder(settings.data_path)
    data.take()
    postgres = EmbeddedPostgres(settings.data_path)
    try:
        async with _connected(await postgres.start()) as connection:
            yield connection
    finally:
        await postgres.stop()
        data.give_up()


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    """One connection in one transaction: all is done, or nothing."""
    database = Database(await open_pool(dsn, size_min=1, size_max=1, statement_timeout_s=STATEMENT_S_MAX))
    try:
        async with database.change() as connection:
            yield connection
    finally:
        await database.close()
