"""What accounts at registration services sign in with, looked for wherever the hub says or keeps anything.

A service that is as careless as can be: whatever it is asked, its answer says with which words, in errors of each kind.
"""

import base64
import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

import aiohttp
import asyncpg
import pytest
from aiohttp import WSMsgType, web

from hub.accounts import OWNER
from hub.config import Retention
from hub.providers import registry
from hub.sealing import KEY_FILE
from tests.partners import Furnished, furnish, tables
from tests.providers.loading import HASTY
from tests.providers.standins import people, runsignup
from tests.providers.standins.runsignup import RunSignUpStandIn
from tests.running import HOST, Running, running_hub, settings_for
from tests.store.making import migrated
from tests.web.attempts import attempts

MARK: Final = f"ß&/ {secrets.token_hex(6)}"
"""With characters that are written otherwise in addresses and in JSON."""


def marked(kind: str) -> dict[str, str]:
    return {each.name: f"{kind} {each.name} {MARK}" for each in registry.KINDS[kind].fields if each.required}


def forms(value: str) -> Iterator[bytes]:
    """As which it may be there."""
    plain = value.encode()
    yield from (plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"="), plain[::-1])
    yield from (each.encode() for each in (quote(value), quote(value, safe=""), quote_plus(value)))
    yield json.dumps(value)[1:-1].encode()
    yield hashlib.sha1(plain).hexdigest().encode()
    yield base64.b64encode(b":" + plain)[4:-4]


class Careless:
    """The service. `how`: of its errors."""

    def __init__(self) -> None:
        self.how = "refuses"
        self.calls = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        body = await request.text()
        said = f"{request.rel_url} {dict(request.query)} {dict(request.headers)} {body}"
        if self.how == "refuses":
            return web.json_response({"error": {"message": said}}, status=401)
        if self.how == "says so":
            return web.json_response({"error": {"error_code": 3, "error_msg": said}})
        if self.how == "breaks":
            return web.Response(text=f"<html>{said}</html>", status=502, content_type="text/html")
        assert request.transport is not None
        request.transport.close()
        return web.Response()


@asynccontextmanager
async def careless() -> AsyncIterator[tuple[Careless, str]]:
    service, app = Careless(), web.Application()
    app.router.add_route("*", "/{path:.*}", service.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    yield service, f"http://{HOST}:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_they_are_nowhere_but_in_the_tables_sealed(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    database = await migrated(database_dsn)
    own = await furnish(database, "ALPHAX")
    own.ids |= {"jobs": 1, "roster_files": 1}
    heard: list[bytes] = []
    bad = dict.fromkeys(registry.KINDS, "")
    good: dict[str, str] = {}

    def make(kind: str, credentials: Any) -> Any:
        return registry.make(kind, credentials, bases=bad | good, patience=HASTY)

    settings = settings_for(database_dsn, tmp_path)
    settings = settings.model_copy(update={"retention": Retention(end_sessions_after_days=0)})
    async with careless() as (service, base), running_hub(settings, service=make) as hub:
        bad |= dict.fromkeys(bad, base)
        owner = aiohttp.ClientSession(hub.origin, headers={"Authorization": f"Bearer {own.tokens[OWNER]}"})
        async with owner:
            made = [await account(owner, heard, service, kind, own) for kind in registry.KINDS]
            await used(owner, heard, service, made, own)
            async with RunSignUpStandIn(people.made(20)) as right:
                good["runsignup"] = f"{right.base}/Rest"
                await kept(owner, heard, own, right)
            for client in (owner, hub.http):
                await everything(client, heard, own, "/")
                for own.ids["provider_accounts"] in made:
                    await everything(client, heard, own, "/api/provider-accounts")
        await exported(hub, heard, own)
    heard += [message.encode() for message in messages(caplog)]
    heard += await dumped(database)
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}  # noqa: ASYNC240
    assert files.pop(KEY_FILE) and service.calls > len(registry.KINDS)
    heard += files.values()
    everything_heard = b"\n".join(heard)
    for kind in registry.KINDS:
        for value in marked(kind).values():
            for form in forms(value):
                place = everything_heard.find(form)
                assert place < 0, (kind, form, everything_heard[max(0, place - 200) : place + 100])
    for value in runsignup.CREDENTIALS.values():
        assert value.encode() not in everything_heard
    await database.close()


async def say(
    client: aiohttp.ClientSession, heard: list[bytes], method: str, path: str, body: Any = None
) -> Any:
    async with client.request(method, f"/api/{path}", json=body) as response:
        answer = await response.read()
        heard += [answer, str(dict(response.headers)).encode()]
        return response.status, json.loads(answer) if answer else None


async def account(
    client: aiohttp.ClientSession, heard: list[bytes], service: Careless, kind: str, own: Furnished
) -> int:
    """Refused, broken, and made at last while the service is away."""
    body = {"kind": kind, "name": f"{own.mark} {kind}", "credentials": marked(kind)}
    for how in ("refuses", "says so", "breaks", "hangs up"):
        service.how = how
        status, answer = await say(client, heard, "POST", "provider-accounts", body)
        assert status in (422, 502), (kind, how, answer)
    wrongs: tuple[dict[str, Any], ...] = (
        {"credentials": {**marked(kind), MARK: "x"}},
        {"credentials": {}},
        {"kind": MARK},
    )
    for wrong in wrongs:
        assert (await say(client, [], "POST", "provider-accounts", body | wrong))[0] == 400
    status, answer = await say(client, heard, "POST", "provider-accounts", body | {"anyway": True})
    assert status == 201, answer
    number: int = answer["account"]["id"]
    return number


async def used(
    client: aiohttp.ClientSession, heard: list[bytes], service: Careless, made: list[int], own: Furnished
) -> None:
    """For all that an account is there for."""
    for number in made:
        path = f"provider-accounts/{number}"
        for how in ("refuses", "hangs up"):
            service.how = how
            link = {"account": number, "event": "1"}
            for method, where, body in (
                ("POST", f"{path}/test", {}),
                ("GET", f"{path}/events?find=x", None),
                ("GET", f"{path}/events/1", None),
                ("PUT", f"sessions/{own.ids['active']}/provider", link),
                ("PATCH", path, {"credentials": {"api_secret": "x"}}),
                ("PATCH", path, {"name": "x", "credentials": {}}),
            ):
                status, answer = await say(client, heard, method, where, body)
                assert status in (400, 422, 502), (where, answer)
        assert (await say(client, heard, "PATCH", path, {"name": f"{own.mark} {number}"}))[0] == 200


async def kept(
    client: aiohttp.ClientSession, heard: list[bytes], own: Furnished, right: RunSignUpStandIn
) -> None:
    """A session that is filled by an account that is right, until that is not any more."""
    body = {"kind": "runsignup", "name": own.mark, "credentials": runsignup.CREDENTIALS}
    status, answer = await say(client, heard, "POST", "provider-accounts", body)
    assert status == 201, answer
    path = f"sessions/{own.ids['active']}/provider"
    link = {"account": answer["account"]["id"], "event": runsignup.RACE, "results": True}
    assert (await say(client, heard, "PUT", path, link))[0] == 200
    for full in (True, False):
        status, answer = await say(client, heard, "POST", f"{path}/refresh", {"full": full})
        assert status == 202
        while answer["job"]["status"] == "running":
            _, answer = await say(client, heard, "GET", f"jobs/{answer['job']['id']}")
    assert right.calls


async def everything(client: aiohttp.ClientSession, heard: list[bytes], own: Furnished, under: str) -> None:
    """Every address that only answers, and every page."""
    for attempt in attempts(own, own, lambda route: route.method == "GET" and route.path.startswith(under)):
        if attempt.is_socket:
            async with client.ws_connect(attempt.path) as socket:
                message = await socket.receive(timeout=10)
                heard.append(str(message.data).encode() if message.type is WSMsgType.TEXT else b"")
            continue
        async with client.get(attempt.path, params=attempt.query, allow_redirects=False) as response:
            endless = response.content_type == "text/event-stream"
            answer = await (response.content.readany() if endless else response.read())
            heard += [answer, str(dict(response.headers)).encode()]


async def exported(hub: Running, heard: list[bytes], own: Furnished) -> None:
    """What is kept of a session that is deleted."""
    body = {"name": f"{own.mark} Session"}
    async with hub.http.delete(f"/api/sessions/{own.ids['active']}", json=body) as response:
        assert response.status == 200, await response.text()
        heard.append(await response.read())


def messages(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    for record in caplog.records:
        yield f"{record.getMessage()} {record.exc_text} {record.exc_info} {vars(record)}"


async def dumped(database: asyncpg.Connection) -> list[bytes]:
    """All tables as text, as a plain backup has them."""
    found = []
    for table in await tables(database):
        rows = await database.fetch(f"SELECT each::text AS row FROM {table} AS each")
        found += [row["row"].encode() for row in rows]
    return found
