"""A hub whose registration services are within the test: accounts are made, sessions are led to them, and what comes of
it is looked at over the API.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from tests.lifecycle import Office, office
from tests.made_service import Service, Services
from tests.running import PATIENCE_S

HURRY: Final = 100.0
"""Ten seconds in a tenth of one."""
_keys = itertools.count(1)


class Serviced(Office):
    """`services`: by the API key of an account."""

    def __init__(self, of: Office, services: Services) -> None:
        super().__init__(of.hub, of.dsn, of.settings)
        self.services = services
        of.hub.app.changes.syncing.times.hurry = HURRY

    async def account(self, **words: object) -> tuple[Any, Service]:
        """A new one, and who answers it."""
        key = f"key-{next(_keys)}"
        body = {"kind": "runsignup", "name": key, "credentials": {"api_key": key, "api_secret": "s"}}
        made = await self.ask("POST", "provider-accounts", body | words, 201)
        return made["account"], self.services.of(key)

    async def linked(self, *numbers: int, **words: object) -> tuple[Any, Service]:
        """A session that has this roster from a service, all of it loaded."""
        account, service = await self.account()
        service.say(*numbers)
        made = await self.session("Linked")
        await self.put(made, account, **words)
        return made, service

    async def put(self, made: Any, account: Any, **words: object) -> Any:
        """Leads a session to an event of an account, and waits until all is loaded."""
        body = {"account": account["id"], "event": "4321"} | words
        answer = await self.ask("PUT", f"sessions/{made['id']}/provider", body)
        return await self.over(answer["job"])

    async def over(self, job: Any) -> Any:
        """The job as it has ended."""

        async def look() -> Any:
            found = (await self.ask("GET", f"jobs/{job['id']}"))["job"]
            return found if found["status"] != "running" else None

        return await self.until(look)

    async def link(self, made: Any) -> Any:
        return (await self.ask("GET", f"sessions/{made['id']}/provider"))["link"]

    async def until_link(self, made: Any, holds: Callable[[Any], object]) -> Any:
        async def look() -> Any:
            found = await self.link(made)
            return found if holds(found) else None

        return await self.until(look)

    async def until(self, look: Callable[[], Any]) -> Any:
        """What it gives as soon as that is something."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := await look()):  # noqa: ASYNC110  what is waited for is no event of ours
                await asyncio.sleep(0.01)
        return found

    def bibs(self, made: Any) -> list[str]:
        """On the roster, in the hub's memory."""
        return sorted(each.bib for each in self.memory(made).roster.everybody())


@asynccontextmanager
async def a_serviced(dsn: str, folder: Path) -> AsyncIterator[Serviced]:
    services = Services()
    async with office(dsn, folder, services) as made:
        yield Serviced(made, services)
