"""Work pages with something on them. Knows the shapes of the API's answers; all of it is made up."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import msgspec
from playwright.async_api import Page, WebSocketRoute

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER
from hub.template_words import (
    AnyBlock,
    Box,
    Canvas,
    ClockBlock,
    Enter,
    Font,
    ShapeBlock,
    State,
    Template,
    TextBlock,
    Type,
)
from tests.pages.screens import read
from tests.pages.work_stage import ALPINE, NAME, NORDIC, Answer, WorkStage, person

Answers = dict[str, Any] | None

NOW: Final = datetime(2026, 5, 16, 9, 30, tzinfo=UTC)
LINK: Final = "http://192.168.1.20:8080/join#rh_kQ3vX9pL2mZr8Tn4Wb7YcE6uHs1AfGdJ0iOqRxVtNzM"


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def ms(hours: float) -> int:
    return round(datetime.fromisoformat(ago(hours)).timestamp() * 1000)


def user(number: int, email: str, name: str, role: str, **parts: Any) -> dict[str, Any]:
    return {
        "id": number,
        "email": email,
        "name": name,
        "role": role,
        "partner": None if role == ADMIN else NORDIC,
        "disabled": False,
        "waiting": False,
        "last_seen_at": ago(number / 10),
        "created_at": ago(900),
        **parts,
    }


USERS: Final = [
    user(5, "ann@nordic.example", "Ann Lee", OWNER),
    user(6, "bo@nordic.example", "Bo Ekström", OPERATOR),
    user(7, "speaker@nordic.example", "", ANNOUNCER, waiting=True, last_seen_at=None),
    user(8, "max@nordic.example", "Maximiliane Freifrau von Hohenberg-Schwarzenfels", VIEWER, disabled=True),
]
CHANGES: Final = [
    {
        "id": 9 - number,
        "at": ago(number * 3),
        "who": "ann@nordic.example",
        "action": action,
        "what": what,
        "detail": detail,
        "partner": NORDIC,
    }
    for number, (action, what, detail) in enumerate(
        [
            ("user.invited", "bo@nordic.example", {"role": "operator"}),
            ("session.ended", "Sunday", {}),
            ("display.made", "Finish left", {"session_id": 4}),
            ("auth.signed_in", "", {"from": "192.168.1.44"}),
        ]
    )
]
PARTNERS: Final = [
    NORDIC | {"users": 4, "sessions": 12, "active": 2, "created_at": ago(900)},
    ALPINE | {"users": 0, "sessions": 0, "active": 0, "created_at": ago(3)},
]
TOKENS: Final = [
    {
        "id": 1,
        "name": "results script",
        "created_at": ago(80),
        "last_used_at": ago(2),
        "expires_at": None,
    }
]
SESSION: Final[dict[str, Any]] = {
    "id": 4,
    "session_name": "Sunday",
    "event_id": 2,
    "status": "active",
    "purpose": "race",
    "stream_key": "K3M8PWXQ2Z",
    "created_at": ago(30),
    "updated_at": ago(1),
    "ended_at": None,
    "scheduled_for": None,
    "total_reads": 12408,
    "unique_tags": 2301,
    "total_locations": 4,
    "first_read": ago(5),
    "last_read": ago(0.01),
    "partner": NORDIC,
}
LOCATIONS: Final = [
    {
        "id": number,
        "name": name,
        "shown_name": shown,
        "merged_into": whole,
        "position": None,
        "hidden": hidden,
        "reads": reads,
        "last_read_at": ago(0.1) if reads else None,
    }
    for number, name, shown, whole, hidden, reads in (
        (11, "START", "START", None, False, 2310),
        (12, "FINISH", "Ziel", None, False, 2041),
        (14, "finish1", "Ziel", 12, False, 1822),
        (13, "tent", "tent", None, True, 9),
    )
]
EVENTS: Final = [
    {
        "id": 2,
        "name": "Harbour Run",
        "date": "2026-05-16",
        "timezone": "Europe/Oslo",
        "partner": NORDIC,
        "races": [
            {
                "id": 1,
                "name": "10K",
                "distance_m": 10000,
                "start_location": "START",
                "finish_location": "FINISH",
            }
        ],
        "sessions": 2,
    }
]


def display(code: str, name: str, screens: int = 0, **parts: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "place": "",
        "session_id": None,
        "url": f"http://192.168.1.20:8080/d/{code}",
        "screens": screens,
        "settings": {},
        "control": {},
        "pinned": None,
        "template": None,
        "expires_at": None,
        "revoked_at": None,
        "holds": True,
        "partner": NORDIC,
        **parts,
    }


DISPLAYS: Final = [
    display("K7XQ2M9P", "Finish left", 2, place="Harbour gate, mast 3", expires_at=ago(-40)),
    display(
        "TTW34ABC",
        "Bandstand",
        1,
        session_id=4,
        settings={"duration": 12.0, "locations": ["FINISH"]},
        control={"hold": ms(0.1), "pin": {"offset": 812}},
        pinned={"offset": 812, "bib": "17", "name": "Ingrid Solheim"},
        template={"name": "Finish arch", "version": 7},
    ),
    display("R8P2MMQA", "Start, seaward side", revoked_at=ago(2), holds=False),
]


def template(name: str, version: int, *displays: str, **parts: Any) -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "format": "racehub-3",
        "width": 1920,
        "height": 1080,
        "updated_at": ago(version),
        "updated_by": "Ann Lee",
        "displays": list(displays),
        "partner": NORDIC,
        **parts,
    }


TEMPLATES: Final = [
    template("Finish arch", 7, "K7XQ2M9P", "TTW34ABC"),
    template("Leader list, with the sponsors of the Harbour Run at the foot", 2),
    template("Totem", 1, updated_by=None, width=1080, height=1920),
]
DELETED: Final = [{"name": "Old wall", "deleted_at": ago(5), "partner": NORDIC}]


def drawn(band: str, ink: str, font: Font, width: int = 1920, height: int = 1080) -> dict[str, Any]:
    """A template as the hub gives it: somebody over a band, and a clock while nobody is shown."""
    wide, foot = width - 192, height - 320
    blocks: list[AnyBlock] = [
        ShapeBlock(id="panel", x=0, y=foot, w=width, h=320, box=Box(fill=band)),
        TextBlock(id="place", x=96, y=64, w=wide, h=96, text="{{location}}", type=Type(size=64, colour=ink, font=font)),
        TextBlock(
            id="name", x=96, y=180, w=wide, h=foot - 340, text="{{name}}",
            type=Type(size=240, least=120, lines=2, font=font), enter=Enter(),
        ),
        TextBlock(
            id="city", x=96, y=foot - 140, w=wide, h=110, text="{{city}}", type=Type(size=76, weight=500, font=font)
        ),
        TextBlock(id="bib", x=96, y=foot + 60, w=wide // 2, h=200, text="{{bib}}", type=Type(size=180, font=font)),
        ClockBlock(
            id="race", x=width // 2, y=foot + 60, w=width // 2 - 96, h=200, mode="race",
            type=Type(size=160, colour=ink, align="right", font=font),
        ),
    ]  # fmt: skip
    clock = ClockBlock(
        id="clock", x=96, y=height // 3, w=wide, h=height // 3, type=Type(size=340, leading=1, font=font)
    )
    canvas, states = Canvas(width=width, height=height), (State(blocks=blocks), State(blocks=[clock]))
    made: dict[str, Any] = msgspec.to_builtins(Template(canvas=canvas, active=states[0], resting=states[1]))
    return made


DRAWN: Final = [
    drawn("#15304f", "#ffc74a", "Hanken Grotesk"),
    drawn("#0f3d2e", "#9be8c1", "Roboto Slab"),
    drawn("#4a1230", "#ffb3cf", "Barlow Condensed", 1080, 1920),
]
"""As `TEMPLATES`."""


def screen(ending: str, name: str, code: str, **parts: Any) -> dict[str, Any]:
    of = next(each for each in DISPLAYS if each["code"] == code)
    return {
        "id": "q3Vn8ZpLk2mXw9Rt5y" + ending,
        "name": name,
        "code": code,
        "display": of["name"],
        "place": of["place"],
        "width": 1920,
        "height": 1080,
        "visible": True,
        "version": "0.1.0",
        "blank": False,
        "online": True,
        "shows": "runner",
        "last_frame_at": ago(0.0004),
        "round_trip_ms": 8.4,
        "latency": {"count": 412, "p50_ms": 14.2, "p95_ms": 38.9, "p99_ms": 61.0},
        "first_seen": ago(30),
        "last_seen": ago(0),
        "partner": NORDIC,
        **parts,
    }


SLOW: Final = {"count": 38, "p50_ms": 940.0, "p95_ms": 1730.0, "p99_ms": 12_400.0}
SCREENS: Final = [
    screen("Ab4K", "LED wall", "K7XQ2M9P"),
    screen(
        "9xQe", "", "K7XQ2M9P", width=1080, height=1920, shows="resting", round_trip_ms=1840.0, latency=SLOW
    ),
    screen(
        "Zz01",
        "Commentary",
        "TTW34ABC",
        blank=True,
        shows="blank",
        version="0.0.9",
        round_trip_ms=0.6,
        latency=None,
    ),
    screen(
        "0kLp",
        "Sponsor tent, the one with the curved screen",
        "R8P2MMQA",
        online=False,
        visible=False,
        shows="",
        last_frame_at=None,
        round_trip_ms=None,
        latency=None,
        last_seen=ago(2),
    ),
]
REJECTS: Final = [
    {
        "id": 1,
        "received_at": ago(1),
        "reason": "a tag with 90 characters",
        "line": "CT01_33~12~FINISH~xxxxxxxxxxxxxxxxxxxxxxxx~10:00:00.123~1~12000C~1",
        "encoding": "utf-8",
        "source": {"id": 1, "remote_address": "192.168.1.30"},
    }
]


PARTS: Final = {
    part: {"count": 6182, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}
    for part, p50, p95, p99 in (
        ("read", 84.0, 310.0, 1240.0),
        ("journal", 1.93, 4.1, 9.8),
        ("send", 0.61, 2.2, 6.4),
        ("paint", 21.0, 44.0, 93.0),
        ("whole", 109.0, 352.0, 12_900.0),
    )
}
UNSHOWN: Final = [
    read(6_000, {"bib": "2417", "name": "Ingrid Solberg-Haugen"}, received_at=ago(0.4))
    | {"why": ["no_room"], "words": "More came at that time than the screens could hold, or it was skipped."},
    read(6_001, received_at=ago(0.4))
    | {"why": ["no_screen"], "words": "No screen showed anything of this session at that time."},
]


class SessionStage(WorkStage):
    """With its socket, and reads on it."""

    _socket: WebSocketRoute | None = None

    async def open(self, page: Page, query: str = "") -> None:
        await page.route_web_socket(re.compile("/ws/sessions/"), self._greet)
        await super().open(page, query)

    def say(self, *messages: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send("\n".join(map(json.dumps, messages)))

    def _greet(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        recent = [
            read(
                12_400 + number, {"bib": str(2000 + number), "name": "Ingrid Solberg"}, received_at=ago(0.01)
            )
            for number in range(8)
        ]
        hello = {"type": "hello", "epoch": 1, "offset": 12_407, "now": ago(0), "session": {"id": 4}}
        socket.send(json.dumps(hello | {"recent": recent}))


def login(**parts: Any) -> WorkStage:
    return WorkStage("login.html", "/login", **{"nobody": False, **parts})


def join(kind: str = "join", answers: Answers = None) -> WorkStage:
    email = None if kind == "first" else "bo@nordic.example"
    link = {"kind": kind, "email": email, "partner": NORDIC["name"], "server": NAME}
    return WorkStage("join.html", "/join", answers={"POST /api/auth/link": link} | (answers or {}))


def users(role: str = ADMIN, answers: Answers = None) -> WorkStage:
    invited = {"user": USERS[2], "link": LINK, "expires_at": ago(-168)}
    own = {
        "GET /api/users": {"users": USERS},
        "GET /api/audit": {"audit": CHANGES, "next": 6},
        "GET /api/partners": {"partners": PARTNERS},
        "POST /api/users": Answer(201, invited),
    }
    return WorkStage("users.html", "/users", me=person(role), answers=own | (answers or {}))


def fleet(role: str = OPERATOR, answers: Answers = None) -> WorkStage:
    own = {
        "GET /api/screens": {"screens": SCREENS, "version": "0.1.0", "now": ago(0)},
        "GET /api/displays": {"displays": DISPLAYS},
        "GET /api/sessions": {"sessions": [SESSION]},
        "GET /api/templates": {"templates": TEMPLATES, "deleted": []},
        "GET /api/partners": {"partners": PARTNERS},
    }
    return WorkStage("fleet.html", "/displays", me=person(role), answers=own | (answers or {}))


def templates(role: str = OPERATOR, answers: Answers = None) -> WorkStage:
    own = {
        "GET /api/templates": {"templates": TEMPLATES, "deleted": DELETED},
        "GET /api/displays": {"displays": DISPLAYS},
        "GET /api/partners": {"partners": PARTNERS},
    } | {
        f"GET /api/templates/{quote(each['name'])}/versions/latest": {
            "name": each["name"],
            "template": content,
        }
        for each, content in zip(TEMPLATES, DRAWN, strict=True)
    }
    return WorkStage(
        "templates.html", "/templates", me=person(role), answers=own | (answers or {}), upload_mib=10
    )


def settings(role: str = OPERATOR, answers: Answers = None) -> WorkStage:
    own = {
        "GET /api/tokens": {"tokens": TOKENS},
        "GET /api/partners/1/crew-tags": {"tags": ["99995"]},
        "GET /api/partners": {"partners": PARTNERS},
    }
    return WorkStage("settings.html", "/settings", me=person(role), answers=own | (answers or {}), hours=12)


LINKED: Final = {
    "account": {"id": 1, "kind": "runsignup", "name": "Our club at RunSignup"},
    "event": {"id": "77", "name": "Harbour Run"},
    "enabled": True,
    "problem": "",
}


def session(role: str = OPERATOR, shown: dict[str, Any] = SESSION, answers: Answers = None) -> WorkStage:
    own = {
        "GET /api/sessions/4": shown,
        "GET /api/events": {"events": EVENTS},
        "GET /api/displays": {"displays": DISPLAYS},
        "GET /api/sessions/4/rejects": {"rejects": REJECTS, "next": None},
        "GET /api/sessions/4/reads": {"reads": [], "next": None},
        "GET /api/sessions/4/locations": {"locations": LOCATIONS},
        "GET /api/sessions/4/latency": {"parts": PARTS},
        "GET /api/sessions/4/showings": {"counts": {"reads": 6182, "shown": 6145, "called": 212}},
        "GET /api/participants": {
            "participants": [],
            "total": 2301,
            "next": None,
            "facets": {
                "race": [],
                "status": [],
                "origins": {"provider": 2298, "hand": 3},
                "without": {"tag": 12},
            },
        },
        "GET /api/sessions/4/unknown-tags": {"tags": [], "total": 3, "complete": True},
        "GET /api/sessions/4/provider": {"link": LINKED},
        "GET /api/sessions/4/unshown": {"unshown": UNSHOWN, "next": 6100},
    }
    return SessionStage(
        "session.html", "/sessions/4", me=person(role), answers=own | (answers or {}), session=shown
    )


SCENES: Final[dict[str, tuple[Callable[[], WorkStage], str]]] = {
    "login": (login, "#login"),
    "login-first": (lambda: login(nobody=True), ".first"),
    "join": (join, "#join"),
    "users": (users, ".user"),
    "fleet": (fleet, ".screen"),
    "templates": (templates, ".card .t-block"),
    "settings": (settings, "#token-list li"),
    "session": (session, "#rows tr"),
    "session-viewed": (lambda: session(VIEWER), "#rows tr"),
}
"""Name -> what is shown, and what is there once it is."""
