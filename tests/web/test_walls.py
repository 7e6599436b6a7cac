"""Every address of the hub, walked by each role of one partner with what belongs to another, and by nobody.

Not one byte of the other is in any answer, every answer is the one that is given to what does not exist, and
nothing of the other is changed. The walk is made of the table of routes: a new one is in it, or fails it.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import aiohttp
import asyncpg
import msgspec
import pytest
import pytest_asyncio
from aiohttp import WSMsgType

from hub.accounts import MACHINE_CALLER, OWNER, Caller, at_least
from hub.config import Limits, Retention, Web
from hub.jobs import Progress
from hub.providers.words import ProviderEvent
from hub.roster_file_kept import Chosen
from hub.sealing import Sealing
from hub.web.auth import ANYBODY, WITH_CODE
from hub.web.routes import ROUTES, Route
from hub.web.screens import FLEET
from tests.made_service import Service
from tests.partners import ROLES, Furnished, absent, contents, count_from, furnish
from tests.postgres import fresh_database
from tests.running import HOST, Running, running_hub, settings_for
from tests.store.making import migrated
from tests.web.attempts import BODIES, PNG, Attempt, attempts

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN, OTHER, NO_ONE = "ALPHAX", "BRAVEX", "GHXSTX"
IDS: Final = {OWN: 33_000_000, OTHER: 71_000_000, NO_ONE: 91_000_000}
"""Where their ids begin: eight digits that tell whose they are."""
"""Where their ids begin: eight digits that tell whose they are, and are not the seconds of a year."""
HUBS_IDS: Final = 51_000_000
TELLS_NOTHING: Final = {
    "/health",
    "/status",
    "/static/{name:.+}",
    "/frames/old",
    "/login",
    "/join",
    "/ws/me",
    "/api/me/settings",
    "/d/{code}",
    "/display/{code}",
    "/api/display-settings",
    "/api/displays/{code}/qr.svg",
    "/api/display/{code}/qr.svg",
    "/api/qr.svg",
    "/api/sessions/{id}/unknown-tags",
    "/api/refused-readers",
    "/images/{name}",
    "/static/uploads/{name:.+}",
    "/stream",
    "/d/{code}/old",
    "/old",
    "/old/{path:.*}",
    "/assets/{path:.+}",
    "/display",
    "/runner-display",
    "/builder",
    "/api/current-runner",
    "/api/queue-status",
    "/api/queue-debug",
    "/api/messages",
    "/api/providers",
    "/api/login-progress",
    "/api/sync-status",
    "/api/tcp-status",
    "/api/refresh/config",
    "/api/health",
    "/api/timing/database-status",
}
"""What is answered there says nothing of anybody in letters."""
FOR_ANY_NAME: Final = {"/templates/{name}"}
"""A page that is there before what it is about: with its first save that is, too."""


REFUSED_TO_OWNERS: Final = {
    "POST /api/sessions/{id}/import",
    "POST /api/auth/login",
    "POST /api/auth/password",
    "POST /api/auth/link",
    "POST /api/auth/join",
    "DELETE /api/messages/{index}",
}
"""A file that is none, a wrong password, a link that is none, a place where there is no message."""


class OfMark(Service):
    """A registration service with one event of whoever asks."""

    async def event(self, event_id: str) -> ProviderEvent:
        return ProviderEvent(event_id, f"{self.credentials['api_key']} Run")


@dataclass(slots=True)
class Answer:
    status: int
    text: str


class Site:
    """A hub with two partners that have something of everything."""

    def __init__(self, hub: Running, database: asyncpg.Connection, own: Furnished, other: Furnished) -> None:
        self.hub, self.database, self.own, self.other = hub, database, own, other

    def client(self, role: str | None) -> aiohttp.ClientSession:
        """Somebody of the first partner; None: nobody."""
        headers = {"Authorization": f"Bearer {self.own.tokens[role]}"} if role else {}
        return aiohttp.ClientSession(self.hub.origin, headers=headers)

    async def state(self) -> tuple[Any, ...]:
        """All that the other partner has, in the tables and in the hub's memory."""
        hub, other = self.hub.app.hub, self.other
        sessions = [each.row for each in hub.sessions.values() if each.row.partner_id == other.partner_id]
        displays = [each for each in hub.displays.values() if each.partner_id == other.partner_id]
        fleet = self.hub.app._application[FLEET]
        screens = [each.row for each in fleet.of(MACHINE_CALLER) if each.row.partner_id == other.partner_id]
        templates = [each for each in hub.templates.values() if each.partner_id == other.partner_id]
        begun = self.hub.app.changes.jobs.jobs(MACHINE_CALLER, other.ids["active"])
        jobs = [each.status for each in begun if each.kind == "roster"]
        files = [
            each.id for each in self.hub.app.changes.roster_files.files(MACHINE_CALLER, other.ids["active"])
        ]
        held = (files, sessions, displays, screens, templates, jobs, hub.partners[other.partner_id])
        assert len(sessions) == len(displays) == len(screens) == len(templates) == len(jobs) == 1
        return await contents(self.database, other), msgspec.json.encode(held)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder: Path = tmp_path_factory.mktemp("walls")
    async with fresh_database(postgres_dsn) as dsn:
        database = await migrated(dsn)
        own, other = [await furnish(database, mark, first_id=IDS[mark]) for mark in (OWN, OTHER)]
        await count_from(database, HUBS_IDS)
        exports = folder / "exports"
        exports.mkdir()
        for mark in (OWN, OTHER):
            (exports / f"{mark}.zip").write_text(f"{mark} reads")
        (folder / "images").mkdir()
        for mark in (OWN, OTHER):
            sealed = Sealing(folder).seal(json.dumps({"api_key": mark, "api_secret": "y"}))
            statement = "UPDATE provider_accounts SET credentials = $2 WHERE name LIKE $1"
            await database.execute(statement, f"{mark}%", sealed)
        for each in (own, other):
            for suffix in ("", ".thumb.webp"):
                (folder / "images" / (each.ids["images"] + suffix)).write_bytes(PNG)
        bundle = folder / "bundle"
        (bundle / "assets").mkdir(parents=True)
        for name in ("index.html", "assets/front.js"):
            (bundle / name).write_text("old")
        settings = settings_for(
            dsn,
            folder,
            web=Web(host=HOST, port=0, legacy_dir=str(bundle)),
            limits=Limits(code_tries_per_minute=100_000, login_tries=1000),
        ).model_copy(
            update={"retention": Retention(end_sessions_after_days=0)}  # their reads are of long ago
        )
        debug = settings.server.model_copy(update={"debug": True})
        settings = settings.model_copy(update={"server": debug})
        async with running_hub(settings, service=OfMark) as hub:
            for each in (own, other):
                each.ids["roster_files"] = await brought(hub, each)
                each.ids["jobs"] = begun(hub, each)
            yield Site(hub, database, own, other)
            assert (exports / f"{OTHER}.zip").read_text() == f"{OTHER} reads"
        await database.close()


async def brought(hub: Running, who: Furnished) -> int:
    """A roster's file of theirs, with rows that are left out."""
    changes, by = hub.app.changes, Caller(0, who.partner_id, OWNER, who.mark)
    row = hub.app.hub.sessions[who.ids["active"]].row
    data = f"bib,name\n1,{who.mark} Runner\n,\n1,{who.mark} Twice\n".encode()
    file = await changes.roster_files.add(by, row, "roster", f"{who.mark}.csv", data)
    await changes.roster_files.preview(by, file.id, Chosen()).over()
    return file.id


def begun(hub: Running, who: Furnished) -> int:
    """A job of theirs that goes on until somebody cancels it."""

    async def work(progress: Progress) -> dict[str, Any]:
        progress(1, 2, f"{who.mark} row")
        await asyncio.Event().wait()
        return {}

    jobs = hub.app.changes.jobs
    return jobs.start(who.partner_id, "roster", who.ids["active"], work).id


async def ask(client: aiohttp.ClientSession, attempt: Attempt) -> Answer:
    if attempt.is_socket:
        return await _listen(client, attempt)
    async with client.request(attempt.route.method, attempt.path, **attempt.arguments()) as response:
        whole = response.content_type != "text/event-stream"  # that has no end
        body = (await (response.read() if whole else response.content.readany())).decode("utf-8", "replace")
        # An address may come back in an address, and that in another one.
        return Answer(response.status, unquote(unquote(f"{dict(response.headers)}\n{body}")))


async def _listen(client: aiohttp.ClientSession, attempt: Attempt) -> Answer:
    """The first that comes of a socket, or why there is none."""
    try:
        async with client.ws_connect(attempt.path, params=attempt.query) as socket:
            message = await socket.receive(timeout=10)
            if message.type is WSMsgType.TEXT and '"bye"' in message.data:
                with suppress(TimeoutError):
                    await socket.receive(timeout=10)
            return Answer(socket.close_code or 101, str(message.data))
    except aiohttp.WSServerHandshakeError as problem:
        return Answer(problem.status, problem.message)


def traces(answer: Answer, who: Furnished, attempt: Attempt) -> list[str]:
    """What an answer tells of a partner beyond what was asked."""
    found = re.findall(rf"\b{str(IDS[who.mark])[:2]}\d{{6}}\b|[\w$@.-]*{who.mark}[\w$@.-]*", answer.text)
    return [each for each in found if each not in attempt.sent]


def without(answer: Answer, sent: tuple[str, ...]) -> tuple[int, str]:
    """An answer as it would be to anybody's: what was sent left out, and when it was."""
    text = answer.text
    for each in sorted(sent, key=len, reverse=True):
        text = text.replace(each, "*")
    return answer.status, re.sub(r"'(Date|Content-Length|Set-Cookie|ETag|Location)': '[^']*'", "", text)


def by_name(route: Route) -> bool:
    """Not by what only those have who were given it: a display's code, an image's name."""
    return route.least != WITH_CODE and route.path not in ("/images/{name}", "/static/uploads/{name:.+}")


async def test_every_address_is_known_to_the_walk(site: Site) -> None:
    walked = {attempt.name for attempt in attempts(site.other, site.other)}
    assert walked == {f"{route.method} {route.path}" for route in ROUTES}
    changing = {f"{route.method} {route.path}" for route in ROUTES if route.method != "GET"}
    assert set(BODIES) == changing


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_what_is_anothers_is_as_absent_as_what_does_not_exist(site: Site, role: str | None) -> None:
    nobody = absent(NO_ONE, IDS[NO_ONE])
    before = await site.state()
    count = 0
    async with site.client(role) as client:
        for of_other, of_none in zip(
            attempts(site.other, site.other, by_name), attempts(nobody, nobody, by_name), strict=True
        ):
            answer, same = await ask(client, of_other), await ask(client, of_none)
            where = f"{role} at {of_other.name}: {answer.status}"
            assert traces(answer, site.other, of_other) == [], where
            assert answer.status == same.status, where
            if answer.status >= 400:
                assert without(answer, of_other.sent) == without(same, of_none.sent), where
            if of_other.route.least == ANYBODY:
                continue
            assert (
                answer.status >= 300 or "{" not in of_other.route.path or of_other.route.path in FOR_ANY_NAME
            ), where
            if role is None:
                assert answer.status in (401, 403, 303), where
            elif not at_least(role, of_other.route.least):
                assert answer.status == 403, where
            count += 1
    assert count > 10
    assert await site.state() == before


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_at_ones_own_addresses_nothing_of_another_comes_in_or_is_reached(
    site: Site, role: str | None
) -> None:
    """The caller's own ids in the address; in the query, and where a body names something, what is the other's."""
    nobody = absent(NO_ONE, IDS[NO_ONE])
    before = await site.state()
    async with site.client(role) as client:
        for of_other, of_none in zip(
            attempts(site.own, site.other, referring=True),
            attempts(site.own, nobody, referring=True),
            strict=True,
        ):
            answer, same = await ask(client, of_other), await ask(client, of_none)
            where = f"{role} at {of_other.name}: {answer.status}"
            assert traces(answer, site.other, of_other) == [], where
            if role is None and of_other.route.least != WITH_CODE:
                assert traces(answer, site.own, of_other) == [], where
            assert answer.status == same.status, where
            if of_other.body is not None:
                assert answer.status >= 400, where
                assert without(answer, of_other.sent) == without(same, of_none.sent), where
    assert await site.state() == before


async def test_their_own_is_there_for_them(site: Site) -> None:
    """Else everything above would hold for a hub that answers nothing."""
    async with site.client(OWNER) as client:
        for attempt in attempts(site.own, site.own):
            if attempt.route.method != "GET" or not at_least(OWNER, _role(attempt.route)):
                continue
            if attempt.is_socket and attempt.path.endswith(str(site.own.ids["ended"])):
                continue  # nobody watches what has ended
            active = str(site.own.ids["active"])
            attempt.query = {"text": "x", "find": "7", "code": "7", "session": active}
            answer = await ask(client, attempt)
            assert answer.status in (101, 200, 303), (attempt.path, answer)
            assert traces(answer, site.other, attempt) == [], attempt.path
            assert bool(traces(answer, site.own, attempt)) == (attempt.route.path not in TELLS_NOTHING), (
                attempt.path
            )


async def test_what_the_walk_asks_for_is_right(site: Site) -> None:
    """The same with what is their own is done: what was refused was not refused for its words. This is the last test:
    nothing of the first partner is as it was."""
    before = await site.state()
    changing = [each for each in attempts(site.own, site.own) if each.route.method != "GET"]
    done = set()
    async with site.client(OWNER) as client:
        for attempt in sorted(changing, key=_when):
            if (
                re.search("/locations/|/messages/", attempt.path)
                and str(site.own.ids["ended"]) in attempt.path
            ):
                continue  # it is one of the active session
            answer = await ask(client, attempt)
            if attempt.name not in REFUSED_TO_OWNERS and at_least(OWNER, _role(attempt.route)):
                assert answer.status in (200, 201, 202, 204, 409), (attempt.name, attempt.body, answer)
                done |= {attempt.name} if answer.status < 300 else set()
    assert len(done) >= 4
    assert await site.state() == before


def _when(attempt: Attempt) -> int:
    """What takes something away comes last, and what lies within something before that."""
    within = attempt.path.count("/") + ("/participants/" in attempt.path)  # of a session
    return 100 - within if attempt.route.method == "DELETE" else 0


def _role(route: Route) -> str:
    return OWNER if route.least in (ANYBODY, WITH_CODE) else route.least
