"""Everything that somebody gets who has not signed in, with a display's code or without: nothing of it says who those
are who are not shown to everybody, nor what is for announcers alone.

Which addresses these are is taken from the table of routes, and which messages a screen gets from the screen's own
script: a new one is looked at, or fails here.
"""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import WSMsgType
from msgspec.structs import replace

from hub.messages import RUNNER, Message, Messages
from hub.model import Participant, SessionRow
from hub.privacy import shown
from hub.roster import Roster
from hub.roster_words import PRIVACIES, PUBLIC
from hub.web.auth import ANYBODY, WITH_CODE
from hub.web.routes import ROUTES, STATIC, Route
from tests.drawn import template
from tests.postgres import fresh_database
from tests.running import Running, running_hub, settings_for, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASIDE: Final = {"/static/{name:.+}", "/static/uploads/{name:.+}", "/images/{name}"}
"""Files of the hub's own, and pictures that somebody has put in."""
OLD_FILES: Final = {
    f"GET {path}": re.sub("{.*}", "x", path)
    for path in ("/old/{path:.*}", "/old", "/assets/{path:.+}", "/display", "/runner-display", "/builder")
}
"""The predecessor's pages, which this hub has not got."""
ASKED: Final[dict[str, str]] = {
    "GET /health": "/health",
    "GET /status": "/status",
    "GET /frames/old": "/frames/old",
    "POST /api/auth/login": "/api/auth/login",
    "POST /api/auth/logout": "/api/auth/logout",
    "POST /api/auth/link": "/api/auth/link",
    "POST /api/auth/join": "/api/auth/join",
    "GET /login": "/login",
    "GET /join": "/join",
    "GET /d/{code}": "/d/CODE",
    "GET /display/{code}": "/display/CODE",
    "GET /ws/d/{code}": "/ws/d/CODE",
    "GET /api/displays/{code}/qr.svg": "/api/displays/CODE/qr.svg",
    "GET /api/display/{code}": "/api/display/CODE",
    "GET /api/display/{code}/template/{template}/{version}": "/api/display/CODE/template/TEMPLATE/1",
    "GET /api/display/{code}/qr.svg": "/api/display/CODE/qr.svg?text=x",
    "GET /api/display-settings": "/api/display-settings?display=CODE",
    "GET /d/{code}/old": "/d/CODE/old",
    "GET /stream": "/stream?display=CODE",
    "GET /api/current-runner": "/api/current-runner?display=CODE",
    "POST /api/runner-displayed": "/api/runner-displayed?display=CODE",
    "GET /api/queue-status": "/api/queue-status?display=CODE",
    "GET /api/queue-debug": "/api/queue-debug?display=CODE",
    "POST /api/queue-clear": "/api/queue-clear?display=CODE",
    "POST /api/login": "/api/login?display=CODE",
    "GET /api/login-progress": "/api/login-progress?display=CODE",
    "GET /api/providers": "/api/providers",
    "POST /api/test-provider-connection": "/api/test-provider-connection?display=CODE",
    "POST /api/test-connection": "/api/test-connection?display=CODE",
    "POST /api/fetch-events": "/api/fetch-events?display=CODE",
    "POST /api/select-event": "/api/select-event?display=CODE",
    "POST /api/select-mode": "/api/select-mode?display=CODE",
    "GET /api/mode-status": "/api/mode-status?display=CODE",
    "GET /api/sync-status": "/api/sync-status?display=CODE",
    "GET /api/health": "/api/health",
    "GET /api/messages": "/api/messages?display=CODE",
    "GET /api/templates": "/api/templates?display=CODE",
    "GET /api/templates/{name}": "/api/templates/One?display=CODE",
} | OLD_FILES
"""How each address for everybody is asked."""
ENDLESS: Final = {"/ws/d/{code}", "/stream"}
"""These are listened to all the time."""
KINDS: Final = set(
    re.findall(
        r"(?m)(?:^  |, )(\w+):",
        (STATIC / "display-core.js").read_text().partition("const MESSAGES = {")[2].partition("\n};")[0],
    )
)
"""Of the messages that a screen knows."""
TAGS: Final = [f"T{each}" for each in range(1, 13)]
SEEDS: Final = 4


def public_routes() -> list[Route]:
    return [each for each in ROUTES if each.least in (ANYBODY, WITH_CODE) and each.path not in ASIDE]


async def test_every_address_for_everybody_is_looked_at() -> None:
    assert {f"{each.method} {each.path}" for each in public_routes()} == set(ASKED)


@dataclass
class Site:
    running: Running
    template_id: int
    told: list[str] = field(default_factory=list)
    """All that anybody got, as text."""

    @property
    def session(self) -> Any:
        return self.running.app.hub.sessions[self.running.session_id]

    def change(self, roster: Roster, touched: None = None) -> None:
        self.running.app.live.new_roster(self.session, roster, touched)

    def rule(self, **changes: Any) -> None:
        self.running.app.live.new_rule(self.session, replace(self.session.row, **changes))

    async def do(self, method: str, path: str, body: object = None) -> Any:
        async with self.running.http.request(method, path, json=body) as response:
            assert response.status < 300, (method, path, await response.text())
            return await response.json() if response.content_type == "application/json" else None


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def site(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A hub with a display that shows a template with a counter, a read of each tag, and a gun."""
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("public"))) as running,
    ):
        counter = {"kind": "counter", "id": "n", "x": 80, "y": 80, "w": 800, "h": 100}
        drawn = template("{{name}} {{city}}")
        drawn["active"]["blocks"].append(counter)
        made = Site(running, 0)
        await made.do("POST", "/api/templates", {"name": "One", "template": drawn})
        made.template_id = next(iter(running.app.hub.templates))
        reader = running.reader()
        reader.gun()
        reader.add(*TAGS)
        await reader.connect()
        await until(lambda: running.durable == len(TAGS) + 1)
        await reader.hang_up()
        yield made


class Screen:
    """A display's socket, all of whose frames are kept."""

    def __init__(self, site: Site, **query: str) -> None:
        self._site = site
        self._query = {"screen": token_urlsafe(16), "tab": "t"} | query
        self.kinds: set[str] = set()

    async def __aenter__(self) -> "Screen":
        path = ASKED["GET /ws/d/{code}"].replace("CODE", self._site.running.code)
        self._ws = await self._site.running.anybody.ws_connect(path, params=self._query, max_msg_size=1 << 26)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._ws.close()
        await self._reading

    async def _read(self) -> None:
        async for frame in self._ws:
            if frame.type is WSMsgType.TEXT:
                self._site.told.append(frame.data)
                self.kinds |= {json.loads(line)["type"] for line in frame.data.split("\n")}

    async def has(self, *kinds: str) -> None:
        """Whatever it had before: messages come in their order, and a bye is the last."""
        await until(lambda: set(kinds) <= self.kinds)


@asynccontextmanager
async def streaming(site: Site) -> AsyncIterator[list[bytes]]:
    """A client of the predecessor: all that it is streamed is kept, too."""
    told: list[bytes] = []
    path = ASKED["GET /stream"].replace("CODE", site.running.code)

    async def read() -> None:
        async with site.running.anybody.get(path) as response:
            told.append(b"")
            async for piece in response.content.iter_any():
                told.append(piece)

    reading = asyncio.create_task(read())
    try:
        await until(lambda: told)
        yield told
    finally:
        reading.cancel()
        await asyncio.wait({reading})
        site.told.append(b"".join(told).decode())


def word(random_: random.Random, what: str) -> str:
    """One that nothing else has, in letters of several scripts."""
    letters = random_.choice(["bcdfghkmnprstvwz", "бвгджзклмнпрст", "βγδζθκλμπρσ", "çñßåøłžš"])
    return what + "".join(random_.choices(letters, k=9))


def somebody(random_: random.Random, number: int) -> Participant:
    born = f"{random_.randint(1950, 2023)}-{random_.randint(1, 12):02}-{random_.randint(1, 28):02}"
    return Participant(
        number,
        f"{100 + number}",
        (TAGS[number - 1],),
        first_name=word(random_, "Fi"),
        last_name=word(random_, "La"),
        age=random_.choice(["", "7", "17", "44"]),
        gender="F",
        city=word(random_, "Ci"),
        state=word(random_, "St"),
        country="NO",
        division="D1",
        race_name="10K",
        wave="1",
        team_name=word(random_, "Te"),
        custom=(("Club", word(random_, "Cu")), ("Notes", word(random_, "No"))),
        phonetic=word(random_, "Ph"),
        birth_date=random_.choice(["", born]),
        status=word(random_, "Sa"),
        notes=word(random_, "An"),
        privacy=random_.choice(["", "", *PRIVACIES]),
    )


def secrets(participants: list[Participant], row: SessionRow) -> set[str]:
    """What nobody may read who has not signed in."""
    found: set[str] = set()
    for each in participants:
        found |= {each.phonetic, each.notes, each.status, each.birth_date, dict(each.custom)["Notes"]}
        if shown(each, row) != PUBLIC:
            found |= {each.first_name, each.last_name, each.city, each.state, each.team_name}
            found.add(dict(each.custom)["Club"])
    return {each.casefold() for each in found if each}


def traces(told: list[str], hidden: set[str]) -> list[str]:
    """Those that are in it, however it was written down."""
    text = "\n".join(told).casefold()
    return [each for each in hidden if each in text or json.dumps(each)[1:-1] in text]


async def _asked(site: Site, route: Route) -> None:
    path = ASKED[f"{route.method} {route.path}"].replace("CODE", site.running.code)
    path = path.replace("TEMPLATE", str(site.template_id))
    if route.path in ENDLESS:
        return
    body = None if route.method == "GET" else {"email": "a@x.example", "password": "x" * 12}
    async with site.running.anybody.request(route.method, path, json=body, allow_redirects=False) as response:
        right = {200, 303} if route.method == "GET" else {200, 204, 400, 401, 403, 422}
        if f"{route.method} {route.path}" in OLD_FILES:
            right = {404}
        assert response.status in right, path
        site.told += [await response.text(), str(response.headers)]


async def _ask_everything(site: Site) -> None:
    for route in public_routes():
        await _asked(site, route)
    async with Screen(site) as screen:
        await screen.has("hello")


async def _through_everything(site: Site, screen: Screen, first: Roster, second: Roster) -> None:
    """All that a screen can be told, while it is there."""
    running, code = site.running, site.running.code
    live, wish = running.app.live, f"/api/displays/{code}/control"
    site.change(second)
    site.change(first)
    await screen.has("correction")
    await site.do("PATCH", f"/api/displays/{code}", {"template": "One"})
    await screen.has("template")
    await site.do("POST", wish, {"action": "pin"})
    await screen.has("settings")
    await site.do(
        "PUT",
        f"/api/sessions/{running.session_id}/marks/bib:{101 + first.size - second.size}",
        {"starred": True, "note": "x"},
    )
    await screen.has("stars")
    live.new_messages(
        site.session, Messages([Message(1, RUNNER, "public", "{{name}} {{city}} {{notes}}", 1)])
    )
    await screen.has("messages")
    site.rule(minors_under=20, minors_privacy="bib", mode="results")
    live.new_results(site.session, {"101": {"finish_time": "1", "name": "x"}, "105": {"pace": "2"}})
    reader = running.reader(event="Spring run")
    reader.gun(f"B{second.size}")
    reader.add(*TAGS, location="5K")
    before = running.durable
    await reader.connect()
    await until(lambda: running.durable == before + len(TAGS) + 1)
    await reader.hang_up()
    await screen.has("read", "starts", "counts")
    await _small_words(site, screen)


async def _small_words(site: Site, screen: Screen) -> None:
    running, code = site.running, site.running.code
    await site.do("PUT", "/api/emergency", {"text": "Come inside"})
    await site.do("PUT", "/api/emergency", {"text": ""})
    await site.do("POST", f"/api/displays/{code}/identify")
    await site.do("POST", f"/api/displays/{code}/reload")
    running.app.live.tick()
    running.app.live.retract(site.session, 3)
    await screen.has("message", "identify", "reload", "tick", "retract")
    await _ask_everything(site)
    running.app.live.come_back(code)
    await screen.has("bye")


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_nothing_of_it_says_who_they_are(site: Site, seed: int) -> None:
    random_ = random.Random(seed)
    everybody = [somebody(random_, number) for number in range(1, len(TAGS) + 1)]
    others = random_.sample(everybody, 6 + seed)
    site.told.clear()
    site.rule(minors_under=random_.choice([0, 18]), minors_privacy="initials", mode="race")
    site.change(Roster(everybody))
    strict = site.session.row
    await site.do("PATCH", f"/api/displays/{site.running.code}", {"template": None})
    await site.do("POST", f"/api/displays/{site.running.code}/control", {"action": "resume"})
    query = {"session": str(site.running.session_id), "epoch": "1", "after": "0"}
    async with Screen(site) as fresh, Screen(site, **query) as back, streaming(site) as streamed:
        await back.has("hello", "read")
        await fresh.has("hello")
        await _through_everything(site, fresh, Roster(everybody), Roster(others))
        await until(lambda: any(b"id: " in each for each in streamed))
    hidden = secrets(everybody, strict)
    assert len(hidden) > 5 * len(everybody) and not traces(site.told, hidden)
    open_ = [each.last_name for each in everybody if shown(each, strict) == PUBLIC]
    assert open_ and traces(site.told, {each.casefold() for each in open_}), "what is public is there"


async def test_all_messages_that_a_screen_knows_were_among_it(site: Site) -> None:
    kinds = {
        json.loads(line)["type"]
        for told in site.told
        if told.startswith('{"type"')
        for line in told.split("\n")
    }
    assert KINDS - kinds == {"move"}, "which says another code, and is said with a bye"
