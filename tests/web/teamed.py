"""A hub with two partners and a user of every role at each, who ask with tokens of their own."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg

from hub.accounts import ADMIN, MACHINE_CALLER, ROLES, User, caller_of
from hub.model import PartnerRow
from hub.store.web_accounts import user_of
from tests.running import Running, running_hub, settings_for

MACHINE: Final = "machine"

_numbers = itertools.count(1)


class Teamed:
    """`here` and `there`: the partners. Callers go by their role, at `there` as `there.ROLE`; `machine`: the token in
    the data directory; empty: nobody."""

    def __init__(self, hub: Running, owner: asyncpg.Connection, there: PartnerRow) -> None:
        self.hub = hub
        self.owner = owner
        self.here = hub.app.hub.partners[1]
        self.there = there
        self.users: dict[str, User] = {}
        self.tokens: dict[str, str] = {MACHINE: hub.token}

    async def settle(self) -> None:
        for role in ROLES:
            await self._settle(role, self.here)
            if role != ADMIN:
                await self._settle(f"there.{role}", self.there)

    async def _settle(self, name: str, partner: PartnerRow) -> None:
        self.users[name] = user = await self.user(name.rpartition(".")[2], partner)
        made = await self.hub.app.stores.users.make_token(caller_of(user), "test")
        self.tokens[name] = made.token

    async def user(self, role: str, partner: PartnerRow | None = None, *, password: str | None = "x") -> User:
        """One more, at `here` unless told otherwise."""
        row = await self.owner.fetchrow(
            "INSERT INTO users (partner_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5) RETURNING *",
            None if role == ADMIN else (partner or self.here).id,
            f"{role}{next(_numbers)}@example.org",
            role.title(),
            role,
            password,
        )
        return user_of(row)

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON (None: no body)."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        async with self.hub.anybody.request(method, path, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, await response.json() if text else None

    async def error(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, str, str | None]:
        """Status, words and field of a refusal."""
        status, answer = await self.ask(who, method, path, body)
        assert status >= 400, answer
        if isinstance(answer["error"], str):  # for the predecessor's clients
            return status, answer["error"], answer.get("field")
        return status, answer["error"]["message"], answer["error"].get("field")

    async def noted(self, what: str) -> list[tuple[str, str]]:
        """Who did what to this one."""
        rows = await self.owner.fetch("SELECT who, action FROM audit_log WHERE what = $1 ORDER BY id", what)
        return [tuple(row) for row in rows]


@asynccontextmanager
async def teamed(dsn: str, data_dir: Path) -> AsyncIterator[Teamed]:
    async with running_hub(settings_for(dsn, data_dir)) as hub:
        there = await hub.app.stores.partners.make(MACHINE_CALLER, "There", None)
        hub.app.hub.partners[there.id] = there
        owner = await asyncpg.connect(dsn)
        try:
            made = Teamed(hub, owner, there)
            await made.settle()
            yield made
        finally:
            await owner.close()
