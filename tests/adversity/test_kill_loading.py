"""A hub that is killed while it loads a roster from a registration service, and its next life."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.providers.standins import people
from tests.providers.standins.runsignup import CREDENTIALS, RACE, RunSignUpStandIn
from tests.providers.standins.server import slow
from tests.running import PATIENCE_S, rows, until
from tests.serving import Process, hub_process, write_config

COUNT = 3000
PAGE = 500
LOADED = "SELECT count(*) AS there, count(DISTINCT external_id) AS names FROM participants WHERE gone = ''"


async def asked(address: str, folder: Path, method: str, path: str, body: Any = None) -> Any:
    token = (folder / "var" / "admin.token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(address, headers=headers) as http,
        http.request(method, f"/api/{path}", json=body) as response,
    ):
        assert response.status < 300, await response.text()
        return await response.json()


async def linked(process: Process, folder: Path) -> None:
    """Its session has its roster from the service; the load has begun."""
    address = (await process.ready())["web"]
    words = {"kind": "runsignup", "name": "Ours", "credentials": CREDENTIALS}
    account = (await asked(address, folder, "POST", "provider-accounts", words))["account"]
    session_id = (await asked(address, folder, "POST", "sessions", {"session_name": "Loaded"}))["id"]
    link = {"account": account["id"], "event": RACE}
    await asked(address, folder, "PUT", f"sessions/{session_id}/provider", link)


async def test_it_goes_on_in_its_next_life_and_doubles_nobody(database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    async with RunSignUpStandIn(people.made(COUNT)) as service:
        service.page_cap = PAGE
        program = (sys.executable, "-m", "tests.adversity.service_hub", f"{service.base}/Rest")
        service.after(4, lambda: service.fail(None, slow))  # it tests, looks at the event, gives two pages
        async with hub_process("serve", folder=tmp_path, program=program) as process:
            await linked(process, tmp_path)
            await until(lambda: len(service.calls) >= 6)
            calls = len(service.calls)
            assert sum(each.path.endswith("/participants") for each in service.calls) >= 2
        (held,) = await rows(database_dsn, LOADED)
        assert held["there"] == 0, "what is half there is not put in force"
        async with hub_process("serve", folder=tmp_path, program=program) as process:
            await process.ready()
            async with asyncio.timeout(3 * PATIENCE_S):
                while (held := (await rows(database_dsn, LOADED))[0])["there"] < COUNT:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        assert dict(held) == {"there": COUNT, "names": COUNT} and len(service.calls) > calls
        (link,) = await rows(database_dsn, "SELECT cursor::text, full_at, figures::text FROM provider_links")
        assert link["full_at"] is None or '"participants": 3000' in link["figures"]
