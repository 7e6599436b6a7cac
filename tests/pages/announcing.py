"""An announcer's page without a hub: who arrives, what is worth saying, what others have said. Knows the shapes; all of
it is made up, but that what is said to the stage is told to the page as a hub does.
"""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from playwright.async_api import Page, WebSocketRoute

from hub.accounts import ANNOUNCER
from tests.pages.screens import read
from tests.pages.work_scenes import NOW, SESSION
from tests.pages.work_stage import Answer, Asked, WorkStage, person, refusal

OFFSET: Final = 12_400
"""Of the oldest arrival on stage."""
HARRIERS: Final = "Harbour Harriers"


def runner(bib: str, name: str, city: str, age: str, division: str, **more: str) -> dict[str, str]:
    first, _, last = name.partition(" ")
    fields = {"bib": bib, "name": name, "first_name": first, "last_name": last, "city": city, "age": age}
    return fields | {"division": division, "race_name": "10K"} | more


RUNNERS: Final = (
    runner("18", "Nguyễn Thị Hương", "Huế", "29", "F25-29", phonetic="nwin tee hoong", country="VNM"),
    runner("2041", "Ingrid Solberg", "Bergen", "34", "F30-34", country="NOR"),
    runner("317", "Tomás Herrera", "Bilbao", "41", "M40-44", team_name=HARRIERS),
    runner("318", "Ewa Kowalczyk", "Bergen", "38", "F35-39", team_name=HARRIERS),
    runner("319", "Bo Ekström", "Bergen", "40", "M40-44", team_name=HARRIERS),
    runner("902", "Maximiliane Freifrau von Hohenberg-Schwarzenfels", "Waldstetten", "52", "F50-54"),
    runner("75", "ليلى حداد", "بيروت", "27", "F25-29"),
    runner("1188", "Aiko Tanaka", "Sapporo", "23", "F20-24"),
    runner("2260", "Olu Adeyemi", "Ibadan", "31", "M30-34"),
    runner("1420", "Siân Pritchard", "Llanrwst", "46", "F45-49"),
    runner("633", "Mehmet Öztürk", "İzmir", "36", "M35-39"),
)
"""The newest is the first."""
OF_ALL: Final = (("Bergen", "34", "F30-34"), ("Stavanger", "41", "M40-44"), ("Ålesund", "27", "F25-29"))
STORY: Final[dict[str, Any]] = {
    "offset": OFFSET,
    "who": "bib:18",
    "facts": [
        {"kind": "note", "words": "A note of before", "weight": 100},
        {"kind": "first", "words": "Here for the first time", "weight": 80},
        {"kind": "place", "words": "3rd of F25-29 to come here", "weight": 70},
        {"kind": "birthday", "words": "30th birthday in 1 day", "weight": 60},
        {"kind": "hometown", "words": "From Huế, VNM", "weight": 50},
        {"kind": "split", "words": "50:04 from START to 10 KM, 5:00 a kilometre", "weight": 35},
        {"kind": "age", "words": "29 years old", "weight": 30},
        {"kind": "own", "words": "phonetic: nwin tee hoong", "weight": 10},
    ],
    "splits": [
        {
            "from": {"offset": 12_300, "location": "START 10K", "time": "2026-05-16T10:39:50+02:00"},
            "to": {"offset": OFFSET + 20, "location": "10 KM", "time": "2026-05-16T11:29:54+02:00"},
            "seconds": 3004.0,
            "seconds_per_km": 300.4,
        }
    ],
    "expected": {
        "location": "FINISH",
        "time": "2026-05-16T11:52:10+02:00",
        "from": "2026-05-16T11:50:30+02:00",
        "to": "2026-05-16T11:53:50+02:00",
        "basis": "own pace and others",
    },
    "together": [],
}
VISITS: Final = [
    {"offset": 12_300, "location": "START 10K", "time": "2026-05-16T10:40:00+02:00", "marks": []},
    {"offset": OFFSET + 19, "location": "10 KM", "time": "2026-05-16T11:29:35+02:00", "marks": []},
]
SPLIT: Final = {"from": VISITS[0], "to": VISITS[1], "seconds": 2975.2, "seconds_per_km": 297.5}
SAID: Final = {"said_by": "Bo Ekström", "said_at": NOW.isoformat()}
MESSAGES: Final = [
    {
        "id": 1,
        "kind": "pinned",
        "audience": "announcer",
        "text": "The children start ten minutes late, at 12:10. Please say so twice.",
    },
    {"id": 2, "kind": "pinned", "audience": "public", "text": "Welcome to the Harbour Run"},
]  # fmt: skip


def crossing(number: int, age_s: float, who: dict[str, str] | None, **more: Any) -> dict[str, Any]:
    """An arrival of so long ago. `number`: from the oldest on."""
    at = NOW - timedelta(seconds=age_s)
    fields = {"location": "10 KM", "tag": f"58{number:03d}", "received_at": at.isoformat()}
    local = (at + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+02:00"
    return read(OFFSET + number, who, **fields | {"time": local} | more)


def calm() -> list[dict[str, Any]]:
    """A dozen in some minutes, oldest first; three of one team together, one late, one nobody knows, a gun."""
    ages = (6, 25, 41, 43, 46, 71, 90, 128, 190, 251, 340)
    found = [crossing(20 - i, ages[i], who) for i, who in enumerate(RUNNERS)]
    found += [
        crossing(9, 400, None, tag="4000917"),
        crossing(8, 420, RUNNERS[1] | {"bib": "44", "name": "Noah Fitzgerald"}, marks=["late"]),
        crossing(7, 700, None, kind="gun", location="START 10K"),
    ]
    return sorted(found, key=lambda each: int(each["offset"]))


def flood(many: int = 60) -> list[dict[str, Any]]:
    """Ten a second."""
    return [
        crossing(100 + number, (many - number) / 10, runner(str(700 + number), _name(number), *OF_ALL[number % 3]))
        for number in range(many)
    ]  # fmt: skip


def _name(number: int) -> str:
    first = ("Ada", "Jonas", "Marit", "Kofi", "Lena", "Søren", "Yuki", "Piotr")[number % 8]
    last = (
        "Lindqvist",
        "Okafor",
        "Brandt",
        "Nakamura",
        "Dąbrowski",
        "Hansen",
        "Moreau",
        "Vasquez",
        "Ó Briain",
    )
    return f"{first} {last[number % 9]}{'-' + last[number // 9 % 9] if number > 8 else ''}"


def hello(recent: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    head = recent[-1]["offset"] if recent else OFFSET
    fields = {"type": "hello", "epoch": 1, "offset": head, "now": NOW.isoformat(), "session": {"id": 4}}
    return fields | {"recovered": False, "recent": recent, "marks": [], "calls": [], "messages": []} | parts


class AnnouncerStage(WorkStage):
    """Keeps marks and calls as a hub does, for all its pages. `away`: it answers nothing but that it is away."""

    def __init__(self, recent: list[dict[str, Any]] | None = None, **parts: Any) -> None:
        self.away = False
        self.marks: dict[str, dict[str, Any]] = {}
        self.calls: dict[int, dict[str, Any]] = {}
        self.recent = calm() if recent is None else recent
        self.parts = parts
        self.greeted = asyncio.Event()
        self._sockets: list[WebSocketRoute] = []
        answers = {
            "GET /api/sessions/4": SESSION | {"event_name": "Harbour Run"},
            "GET /api/sessions/4/reads": {"reads": [], "next": None},
            "GET /api/sessions/4/runners": {"runners": [RUNNERS[1] | {"who": "bib:2041", "tags": ["58019"]}]},
            "GET /api/sessions/4/runners/bib%3A2041": {
                "who": "bib:2041", "runner": RUNNERS[1], "reads": VISITS, "splits": [SPLIT],
                "expected": STORY["expected"],
            },
        }  # fmt: skip
        super().__init__(
            "announcer.html", "/announcer/4", me=person(ANNOUNCER), answers=answers, session=SESSION
        )

    async def open(self, page: Page, query: str = "") -> None:
        await page.route_web_socket(re.compile("/ws/sessions/"), self._greet)
        await super().open(page, query)

    def say(self, *messages: dict[str, Any]) -> None:
        for socket in self._sockets:
            socket.send("\n".join(map(json.dumps, messages)))

    async def cut(self) -> None:
        """The hub is away until `away` is false."""
        self.away = True
        while self._sockets:
            await self._sockets.pop().close()

    async def _greet(self, socket: WebSocketRoute) -> None:
        if self.away:
            await socket.close()
            return
        self._sockets.append(socket)
        parts = {"marks": list(self.marks.values()), "calls": list(self.calls.values())} | self.parts
        socket.send(json.dumps(hello(self.recent, **parts)))
        self.greeted.set()

    def answer(self, asked: Asked) -> Any:
        found = re.fullmatch(r"/api/sessions/4/(calls|marks)/(.+)", asked["path"])
        if self.away:
            return refusal(503, "The hub is stopping.")
        if asked["path"].endswith("/story"):
            return STORY if f"/{OFFSET + 20}/" in asked["path"] else STORY | {"facts": [], "expected": None}
        if not found or f"{asked['method']} {asked['path']}" in self.answers:
            return super().answer(asked)
        kind, name = found.groups()
        return (
            self._call(asked, int(name)) if kind == "calls" else self._mark(asked, name.replace("%3A", ":"))
        )

    def _call(self, asked: Asked, offset: int) -> Any:
        if asked["method"] == "DELETE":
            self.calls.pop(offset, None)
            self.say({"type": "calls", "calls": [{"offset": offset, "said": None}]})
            return Answer(204)
        call = self.calls.setdefault(offset, {"offset": offset, **SAID})
        self.say({"type": "calls", "calls": [call]})
        return {"call": call}

    def _mark(self, asked: Asked, who: str) -> Any:
        blank = {"who": who, "starred": False, "note": "", "changed_by": "Ann Lee", "updated_at": now()}
        mark = self.marks[who] = self.marks.get(who, blank) | asked["body"]
        self.say({"type": "marks", "marks": [mark]})
        return {"mark": mark}


def now() -> str:
    return datetime.now(UTC).isoformat()
