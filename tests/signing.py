"""Users of a running hub, and their browsers. Used by tests of everything that wants somebody signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from yarl import URL

from hub.accounts import ADMIN, MACHINE_CALLER, OPERATOR
from hub.store import users
from tests.running import CHEAP, Running, Screen

PASSWORD: Final = "tartan und spikes"
PASSWORD_HASH: Final = CHEAP.hash(PASSWORD)


class Browser:
    """Keeps its cookies, and says where its requests come from."""

    def __init__(self, hub: Running) -> None:
        # Without this the jar takes no cookie of an address that is no name.
        jar = aiohttp.CookieJar(unsafe=True)
        self.http = aiohttp.ClientSession(hub.origin, cookie_jar=jar, headers={"Origin": hub.origin})
        self.hub = hub

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """(status, JSON) of the answer; None for a body that is none."""
        async with self.http.request(method, path, **options) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else None

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        return await self.ask("POST", path, json=body)

    async def login(self, email: str, password: str = PASSWORD, **more: Any) -> tuple[int, Any]:
        return await self.post("/api/auth/login", email=email, password=password, **more)

    async def status(self, path: str = "/api/auth/me") -> int:
        """200: signed in; 401: not."""
        return (await self.ask("GET", path))[0]

    def watcher(self, session_id: int) -> Screen:
        return Screen(self.http, f"/ws/sessions/{session_id}", {})

    @property
    def cookies(self) -> dict[str, str]:
        return {each.key: each.value for each in self.http.cookie_jar}

    def take(self, cookies: dict[str, str]) -> None:
        """As a thief does."""
        self.http.cookie_jar.update_cookies(cookies, response_url=URL(self.hub.origin))


@asynccontextmanager
async def browser(hub: Running) -> AsyncIterator[Browser]:
    made = Browser(hub)
    try:
        yield made
    finally:
        await made.http.close()


async def make_user(
    hub: Running,
    email: str,
    role: str = OPERATOR,
    *,
    partner_id: int | None = None,
    password_hash: str | None = PASSWORD_HASH,
) -> int:
    """One who can sign in with PASSWORD, of the first partner unless another is named; gives the id."""
    whose = None if role == ADMIN else partner_id or next(iter(hub.app.hub.partners))
    async with hub.app.stores.transaction() as connection:
        return await users.add(connection, MACHINE_CALLER, email, "", role, whose, password_hash)
