"""What a caller may try with somebody's ids, codes, names and secrets, at every address. Knows what each address takes;
refuses to know what is answered.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from hub.accounts import OWNER
from hub.web.auth import WITH_CODE
from hub.web.routes import ROUTES, Route
from tests.drawn import template
from tests.partners import Furnished, absent

PLACES: Final[dict[str, tuple[str, ...]]] = {
    "/static/{name}": (),
    "/static/uploads/{name}": ("images",),
    "/old/{path}": (),
    "/assets/{path}": (),
    "/api/messages/{index}": ("reads",),
    "/d/{code}": ("displays",),
    "/display/{code}": ("displays",),
    "/ws/d/{code}": ("displays",),
    "/api/displays/{code}": ("displays",),
    "/api/display/{code}": ("displays",),
    "/api/display/{id}/template/{template}": ("templates",),
    "/api/display/{id}/template/{id}/{version}": ("template_versions",),
    "/api/templates/{name}": ("template_names",),
    "/api/templates/{id}/versions/{version}": ("template_versions",),
    "/api/screens/{id}": ("screens",),
    "/sessions/{id}": ("active", "ended"),
    "/announcer/{session}": ("active", "ended"),
    "/templates/{name}": (),
    "/ws/sessions/{id}": ("active", "ended"),
    "/api/sessions/{id}": ("active", "ended"),
    "/api/sessions/{id}/locations/{location}": ("timing_locations",),
    "/api/sessions/{id}/marks/{who}": ("who",),
    "/api/sessions/{id}/calls/{offset}": ("reads",),
    "/api/sessions/{id}/arrivals/{offset}": ("reads",),
    "/api/sessions/{id}/runners/{who}": ("who",),
    "/api/sessions/{id}/messages/{message}": ("messages",),
    "/api/events/{id}": ("events",),
    "/api/events/{id}/races/{race}": ("races",),
    "/api/partners/{id}": ("partners",),
    "/api/users/{id}": ("users",),
    "/api/sources/{id}": ("timing_sources",),
    "/api/chronotrack/sessions/{id}": ("timing_sources",),
    "/api/tokens/{id}": ("tokens",),
    "/api/exports/{id}": ("exports",),
    "/api/jobs/{id}": ("jobs",),
    "/api/participants/{id}": ("participants",),
    "/api/participants/{id}/tags/{tag}": ("tags",),
    "/api/rosters/files/{file}": ("roster_files",),
    "/api/provider-accounts/{id}": ("provider_accounts",),
    "/api/provider-accounts/{id}/events/{event}": ("provider_accounts",),
    "/images/{name}": ("images",),
    "/api/images/{name}": ("images",),
}
"""What stands in an address at a placeholder, by the address up to there: names in `Furnished.ids`."""

PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
"""One grey pixel."""
Body = Callable[[Furnished], Any]


def _nothing(_who: Furnished) -> None:
    return None


def _roster(who: Furnished) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("session", str(who.ids["active"]))
    form.add_field("file", b"bib,first_name\n1,x\n", filename="roster.csv", content_type="text/csv")
    return form


def _controller_file(_who: Furnished) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("location", "FINISH")
    form.add_field("file", b"x\n", filename="a.csv", content_type="application/octet-stream")
    return form


def _template_file(who: Furnished) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("partner", who.slug)
    file = json.dumps({"name": "x", "template": template()})
    form.add_field("file", file.encode(), filename="x.json", content_type="application/json")
    return form


def _image(who: Furnished) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("partner", who.slug)
    form.add_field("file", PNG, filename="a.png", content_type="image/png")
    return form


_RACE: Final = {"name": "x", "distance_m": 1000, "start_location": "S", "finish_location": "F"}

_AT_A_SERVICE: Final = {
    "provider": "runsignup",
    "credentials": {"api_key": "x", "api_secret": "y"},
    "event": {"event_id": "1"},
}

BODIES: Final[dict[str, Body]] = {
    "POST /api/runner-displayed": _nothing,
    "POST /api/queue-clear": _nothing,
    "POST /api/messages": lambda _who: {"text": "x"},
    "DELETE /api/messages/{index}": _nothing,
    "POST /api/upload-image": _image,
    "POST /api/login": lambda _who: {"user_id": "x", "password": "y", "event_id": "1"},
    "POST /api/test-connection": lambda _who: {"user_id": "x", "password": "y", "event_id": "1"},
    "POST /api/test-provider-connection": lambda _who: _AT_A_SERVICE,
    "POST /api/fetch-events": lambda _who: _AT_A_SERVICE,
    "POST /api/select-event": lambda _who: _AT_A_SERVICE,
    "POST /api/select-mode": lambda _who: {"mode": "results"},
    "POST /api/refresh/start": _nothing,
    "POST /api/refresh/stop": _nothing,
    "POST /api/refresh/config": lambda _who: {"enabled": True},
    "POST /api/refresh/trigger": _nothing,
    "POST /api/debug/add-test-runner": _nothing,
    "POST /api/debug/add-bib-500": _nothing,
    "POST /api/debug/add-bib-12": _nothing,
    "POST /api/start-test-listener": _nothing,
    "POST /api/background-refresh": lambda _who: {"action": "start"},
    "PATCH /api/sessions/{id}": lambda who: [{"purpose": "rehearsal"}, {"event_id": who.ids["events"]}],
    "POST /api/sessions/{id}/import": _controller_file,
    "POST /api/rosters/import": _roster,
    "POST /api/participants": lambda who: {"session": who.ids["active"], "bib": "x"},
    "PATCH /api/participants/{id}": lambda _who: {"city": "x"},
    "DELETE /api/participants/{id}": _nothing,
    "POST /api/participants/{id}/restore": _nothing,
    "POST /api/participants/{id}/tags": lambda _who: {"tag": "x"},
    "DELETE /api/participants/{id}/tags/{tag}": _nothing,
    "POST /api/rosters/files": _roster,
    "PATCH /api/rosters/files/{file}": lambda _who: {"kind": "roster"},
    "DELETE /api/rosters/files/{file}": _nothing,
    "POST /api/rosters/files/{file}/preview": lambda _who: {},
    "POST /api/rosters/files/{file}/apply": lambda _who: {"gone": "keep"},
    "DELETE /api/jobs/{id}": _nothing,
    "POST /api/provider-accounts": lambda who: {
        "kind": "runsignup",
        "name": "x",
        "credentials": {"api_key": "x", "api_secret": "y"},
        "partner": who.slug,
    },
    "PATCH /api/provider-accounts/{id}": lambda _who: {"name": "x"},
    "DELETE /api/provider-accounts/{id}": _nothing,
    "POST /api/provider-accounts/{id}/test": _nothing,
    "PUT /api/sessions/{id}/provider": lambda who: {"account": who.ids["provider_accounts"], "event": "1"},
    "PATCH /api/sessions/{id}/provider": lambda _who: {"enabled": False},
    "DELETE /api/sessions/{id}/provider": _nothing,
    "POST /api/sessions/{id}/provider/refresh": lambda _who: {"full": True},
    "POST /api/displays": lambda who: [
        {"name": "x", "partner": who.slug},
        {"name": "x", "session_id": who.ids["active"]},
        {"name": "x", "template": who.ids["template_names"]},
    ],
    "PATCH /api/displays/{code}": lambda who: [
        {"name": "x"},
        {"session_id": who.ids["active"]},
        {"template": who.ids["template_names"]},
    ],
    "DELETE /api/displays/{code}": _nothing,
    "POST /api/displays/{code}/identify": _nothing,
    "POST /api/displays/{code}/reload": _nothing,
    "POST /api/displays/{code}/control": lambda _who: [{"action": "blank"}, {"action": "resume"}],
    "POST /api/display-settings": lambda _who: {"duration": 7},
    "POST /api/display/generate-url": lambda who: [
        {"partner": who.slug},
        {"session_id": who.ids["active"]},
        {"template": who.ids["template_names"]},
    ],
    "POST /api/templates": lambda who: {"name": "x", "template": template(), "partner": who.slug},
    "POST /api/templates/import": _template_file,
    "POST /api/templates/cleanup": _nothing,
    "PATCH /api/templates/{name}": lambda _who: {},
    "DELETE /api/templates/{name}": _nothing,
    "POST /api/templates/{name}/undelete": _nothing,
    "POST /api/templates/{name}/versions/{version}/restore": _nothing,
    "PATCH /api/screens/{id}": lambda who: [{"name": "x"}, {"code": who.secrets["code"]}],
    "DELETE /api/screens/{id}": _nothing,
    "POST /api/sources/{id}/assign": lambda who: {"session_id": who.ids["active"]},
    "POST /api/sources/{id}/release": _nothing,
    "POST /api/chronotrack/sessions/{id}/select": lambda who: {"session_id": who.ids["active"]},
    "POST /api/screens/{id}/identify": _nothing,
    "POST /api/screens/{id}/reload": _nothing,
    "POST /api/sessions": lambda who: [
        {"session_name": "x", "partner": who.slug},
        {"session_name": "x", "event_id": who.ids["events"]},
    ],
    "POST /api/sessions/{id}/start": _nothing,
    "POST /api/sessions/{id}/end": _nothing,
    "POST /api/sessions/{id}/reopen": _nothing,
    "POST /api/sessions/{id}/key": _nothing,
    "POST /api/sessions/{id}/password": _nothing,
    "POST /api/sessions/{id}/testing": lambda _who: {"on": True},
    "PATCH /api/sessions/{id}/locations/{location}": lambda _who: {"shown_name": "x", "hidden": True},
    "POST /api/sessions/{id}/locations/{location}/merge": lambda who: {"into": who.ids["timing_locations"]},
    "POST /api/sessions/{id}/locations/{location}/split": _nothing,
    "PUT /api/sessions/{id}/marks/{who}": lambda _who: {"starred": True},
    "PUT /api/sessions/{id}/calls/{offset}": _nothing,
    "DELETE /api/sessions/{id}/calls/{offset}": _nothing,
    "POST /api/sessions/{id}/messages": lambda _who: {"text": "x", "now": True},
    "PATCH /api/sessions/{id}/messages": lambda _who: {"every_s": 20},
    "PATCH /api/sessions/{id}/messages/{message}": lambda _who: {"text": "x"},
    "DELETE /api/sessions/{id}/messages/{message}": _nothing,
    "PUT /api/partners/{id}/crew-tags": lambda _who: {"tags": ["x"]},
    "PUT /api/emergency": lambda who: {"text": "x", "partner": who.slug},
    "DELETE /api/sessions/{id}": lambda who: {"name": f"{who.mark} Session"},
    "POST /api/events": lambda who: {
        "name": "x",
        "date": "2026-05-16",
        "timezone": "Europe/Vienna",
        "partner": who.slug,
    },
    "PATCH /api/events/{id}": lambda _who: {"name": "x"},
    "DELETE /api/events/{id}": _nothing,
    "POST /api/events/{id}/races": lambda _who: _RACE,
    "PATCH /api/events/{id}/races/{race}": lambda _who: {"distance_m": 2000},
    "DELETE /api/events/{id}/races/{race}": _nothing,
    "DELETE /api/exports/{id}": _nothing,
    "POST /api/images": _image,
    "POST /api/images/{name}/crop": lambda _who: {"x": 0, "y": 0, "width": 1, "height": 1},
    "PATCH /api/images/{name}": lambda _who: {"title": "x"},
    "DELETE /api/images/{name}": _nothing,
    "POST /api/partners": lambda who: {"name": "x", "slug": who.slug},
    "PATCH /api/partners/{id}": lambda _who: {"name": "x"},
    "DELETE /api/partners/{id}": _nothing,
    "POST /api/partners/{id}/password": _nothing,
    "POST /api/users": lambda who: {"email": "new@x.example", "role": "viewer", "partner": who.slug},
    "PATCH /api/users/{id}": lambda _who: {"name": "x", "role": "owner"},
    "DELETE /api/users/{id}": _nothing,
    "POST /api/users/{id}/reset": _nothing,
    "POST /api/auth/login": lambda who: {"email": who.emails[OWNER], "password": "not this one"},
    "POST /api/auth/logout": _nothing,
    "PATCH /api/auth/me": lambda _who: {"name": "x"},
    "PUT /api/me/settings": lambda _who: {"alarms": {"seen": {"x": "x"}}},
    "POST /api/auth/password": lambda _who: {"old": "not this one", "new": "nor this one, long as it is"},
    "POST /api/auth/link": lambda _who: {"token": "none"},
    "POST /api/auth/join": lambda _who: {"token": "none", "password": "a long one, and none of theirs"},
    "POST /api/tokens": lambda _who: {"name": "x"},
    "DELETE /api/tokens/{id}": _nothing,
}
"""What is sent: all that belongs to somebody is of the one given, everything else says nothing. A list: one after the
other."""


@dataclass(slots=True)
class Attempt:
    """`sent`: texts that may come back, for they were given."""

    route: Route
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    sent: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.route.method} {self.route.path}"

    @property
    def is_socket(self) -> bool:
        return self.route.path.startswith("/ws/")

    def arguments(self) -> dict[str, Any]:
        """For a request of aiohttp's client."""
        given: dict[str, Any] = {"params": self.query, "allow_redirects": False}
        if isinstance(self.body, aiohttp.FormData):
            given["data"] = self.body
        elif self.body is not None:
            given["json"] = self.body
        return given


def attempts(
    at: Furnished, of: Furnished, wanted: Callable[[Route], bool] = lambda _: True, *, referring: bool = False
) -> Iterator[Attempt]:
    """Every address, filled with what is `at`'s, each with the query and the bodies that name what is `of`'s.
    `referring`: of what changes something only where the body names something of somebody."""
    for route in filter(wanted, ROUTES):
        for path in paths(route.path, at):
            for body in bodies(route, of, referring=referring):
                asked = query(of)
                if route.least == WITH_CODE and "{code}" not in route.path:
                    asked["display"] = at.secrets["code"]  # who has the code may: it stands for the address
                said = f"{path} {asked} {body}"
                sent = tuple(text for text in {*_texts(at), *_texts(of)} if text in said)
                yield Attempt(route, path, asked, body, (path, *asked.values(), *sent))


def bodies(route: Route, of: Furnished, *, referring: bool) -> list[Any]:
    """All that is sent there, one after the other."""
    if route.method == "GET":
        return [None]
    make = BODIES[f"{route.method} {route.path}"]
    found, others = _listed(make(of)), _listed(make(absent("NXBXDY", 1)))
    differ = [body for body, other in zip(found, others, strict=True) if body != other]
    return differ if referring else found


def _listed(made: Any) -> list[Any]:
    return made if isinstance(made, list) else [made]


def paths(pattern: str, at: Furnished) -> list[str]:
    """An address with its placeholders filled; all ways of it. Fails for a placeholder that `PLACES` does not know."""
    plain = re.sub(r":[^}]*}", "}", pattern)
    if "{" not in plain:
        return [plain]
    prefix = plain[: plain.index("}") + 1]
    place = re.sub(r"/(?=[^/{]*\d)[^/{]+", "/{id}", prefix) if prefix not in PLACES else prefix
    values = [str(at.ids[kind]) for kind in PLACES[place]] or ["front.js"]
    filled = [prefix[: prefix.index("{")] + value + plain[len(prefix) :] for value in values]
    return [path for each in filled for path in paths(each, at)]


def query(of: Furnished) -> dict[str, str]:
    """All that an address might look at, and what is somebody's in it."""
    return {
        "session": str(of.ids["active"]),
        "session_id": str(of.ids["active"]),
        "partner": of.slug,
        "partner_id": str(of.partner_id),
        "event": str(of.ids["events"]),
        "user": str(of.ids["users"]),
        "display": of.secrets["code"],
        "code": of.secrets["code"],
        "email": of.emails[OWNER],
        "token": of.tokens[OWNER],
        "text": "x",
        "find": "7",
        "to": f"/sessions/{of.ids['active']}",
    }


def _texts(who: Furnished) -> tuple[str, ...]:
    return (
        who.slug,
        who.secrets["code"],
        who.secrets["link"],
        *who.emails.values(),
        *who.tokens.values(),
        *(str(each) for each in who.ids.values()),
    )
