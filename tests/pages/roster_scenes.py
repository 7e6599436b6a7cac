"""The roster page and the tag check with a hub on stage. Knows the shapes of the hub's answers, and answers as one that
has these runners would; all of it is made up."""

import json
import re
from typing import Any, Final
from urllib.parse import parse_qs

from playwright.async_api import Page, WebSocketRoute

from hub.accounts import ANNOUNCER, OPERATOR, VIEWER
from hub.roster_words import FIELDS
from tests.pages.screens import HELLO
from tests.pages.work_scenes import SESSION, ago
from tests.pages.work_stage import Answer, Asked, WorkStage, person, refusal

FIRST: Final = ("Ingrid", "Bo", "Maximiliane", "Ann", "José", "Zoë", "Lars", "Åsa", "李", "Siobhán")
LAST: Final = (
    "Solheim",
    "Ekström",
    "Freifrau von Hohenberg-Schwarzenfels",
    "Lee",
    "Núñez",
    "Ødegård",
    "Hauge",
    "娜",
    "Byrne",
)
CITIES: Final = ("Bergen", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "Oslo", "", "Tromsø")
RACES: Final = ("10K", "Half marathon", "Marathon", "Mile")
SETTINGS: Final[dict[str, Any]] = {
    "mode": "race",
    "minors": None,
    "roster_order": ["hand", "provider", "file"],
}


def runner(number: int, **parts: Any) -> dict[str, Any]:
    """A participant as the hub says one."""
    first, last = FIRST[number % 10], LAST[number % 9]
    fields: dict[str, Any] = dict.fromkeys(FIELDS, "") | {
        "bib": str(number),
        "first_name": first,
        "last_name": last,
        "city": CITIES[number % 5],
        "country": "NO",
        "gender": "F" if number % 2 else "M",
        "age": str(18 + number % 60),
        "race_name": RACES[number % 4],
        "wave": "AB"[number % 2],
        "team_name": "Harbour Striders" if number % 7 == 0 else "",
        "division": f"F {20 + number % 5 * 10}",
    }
    said = fields | {key: value for key, value in parts.items() if key in FIELDS}
    origins = {name: "file" for name, value in said.items() if value} | {"tags": "tags"}
    return (
        {
            "id": number,
            "session": 4,
            "tags": [] if number % 11 == 3 else [f"{900000 + number}"],
            "name": f"{first} {last}",
            "custom": {},
            "shown": "public",
            "origins": origins,
            "locked": [],
            "gone": "",
            "external_id": "",
            "updated_at": ago(number / 100),
        }
        | said
        | parts
    )


def unknown(tag: str, times: int, **parts: Any) -> dict[str, Any]:
    seen = {"location": "Finish", "time": ago(0.01), "offset": 812}
    return {
        "tag": tag,
        "count": times,
        "why": "nobody",
        "last": seen,
        "first": seen,
        "candidates": [],
    } | parts


class Desk:
    """A hub's roster of one session, of which the test says what is on it. `socket`: the page's, once it has one."""

    def __init__(self, people: list[dict[str, Any]], *unknown_tags: dict[str, Any], **settings: Any) -> None:
        self.people = {each["id"]: each for each in people}
        self.unknown = list(unknown_tags)
        self.session = SESSION | SETTINGS | settings
        self.socket: WebSocketRoute | None = None
        self.looked_up: dict[str, dict[str, Any]] = {}

    def stage(self, template: str, path: str, role: str = OPERATOR, **answers: Any) -> WorkStage:
        told = {
            "GET /api/sessions/4": lambda _asked: self.session,
            "PATCH /api/sessions/4": self._change_session,
            "GET /api/sessions/4/unknown-tags": lambda _asked: {
                "tags": self.unknown,
                "total": len(self.unknown),
                "complete": True,
            },
            "GET /api/participants": self._list,
            "POST /api/participants": self._make,
            "GET /api/sessions/4/lookup": self._look_up,
            "GET /api/provider-accounts": {"accounts": [], "kinds": []},
            "GET /api/sessions/4/provider": {"link": None},
            "GET /api/rosters/files": {"files": []},
            "GET /api/jobs": {"jobs": []},
        }
        return _Stage(
            self,
            template,
            path,
            me=person(role),
            answers=told | answers,
            session=self.session,
            fields=FIELDS,
            upload_mib=64,
        )

    def say(self, *messages: dict[str, Any]) -> None:
        """What the session's socket says."""
        assert self.socket is not None
        self.socket.send("\n".join(map(json.dumps, messages)))

    def take(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.send(json.dumps(HELLO))

    def of(self, asked: Asked) -> Any:
        """What is asked of one participant."""
        parts = asked["path"].split("/")
        found = self.people.get(int(parts[3]))
        if found is None:
            return refusal(404, f"There is no participant {parts[3]}.")
        act = f"{asked['method']} {'/'.join(parts[4:5])}"
        body = asked["body"] or {}
        if act == "PATCH ":
            return self._patch(found, dict(body))
        if act == "DELETE ":
            found["gone"] = "hand"
        elif act == "POST restore":
            found["gone"] = ""
        elif act == "POST tags":
            return self._give(found, body)
        elif act == "DELETE tags":
            found["tags"] = [tag for tag in found["tags"] if tag != parts[5]]
        return {"participant": found}

    def _patch(self, found: dict[str, Any], body: dict[str, Any]) -> Any:
        bib = body.get("bib")
        other = next(
            (each for each in self.people.values() if each["bib"] == bib and each is not found), None
        )
        if bib and other and not body.pop("anyway", False):
            return refusal(409, f"bib: {bib} is of {other['name']}", "bib")
        unlock = body.pop("unlock", [])
        custom = body.pop("custom", {})
        found["custom"] = found["custom"] | custom
        found |= body
        found["origins"] = found["origins"] | dict.fromkeys(body, "hand")
        found["locked"] = sorted({*found["locked"], *body} - {*unlock})
        found["name"] = f"{found['first_name']} {found['last_name']}".strip()
        return {"participant": found}

    def _give(self, found: dict[str, Any], body: dict[str, Any]) -> Any:
        tag = body["tag"]
        others = [each for each in self.people.values() if tag in each["tags"] and each is not found]
        if others and not body.get("take"):
            return refusal(409, f"tag: {tag} is of {others[0]['bib']} {others[0]['name']}", "tag")
        for each in others:
            each["tags"] = [one for one in each["tags"] if one != tag]
        found["tags"] = sorted({*found["tags"], tag})
        self.unknown = [each for each in self.unknown if each["tag"] != tag]
        return {"participant": found}

    def _make(self, asked: Asked) -> Any:
        number = max(self.people, default=0) + 1
        parts = {key: value for key, value in asked["body"].items() if key != "session"}
        made = (
            runner(number)
            | dict.fromkeys(FIELDS, "")
            | {"tags": [], "origins": dict.fromkeys(parts, "hand")}
            | parts
        )
        made["name"] = f"{made['first_name']} {made['last_name']}".strip()
        self.people[number] = made
        return Answer(201, {"participant": made})

    def _change_session(self, asked: Asked) -> Any:
        self.session = self.session | asked["body"]
        return self.session

    def _list(self, asked: Asked) -> Any:
        query = {key: values[0] for key, values in parse_qs(asked["query"]).items()}
        found = [each for each in self.people.values() if _fits(each, query)]
        if query.get("sort") == "name":
            found.sort(key=lambda each: each["name"])
        if query.get("desc"):
            found.reverse()
        start, limit = int(query.get("after", 0)), int(query.get("limit", 100))
        page = found[start : start + limit]
        more = str(start + limit) if start + limit < len(found) else None
        races = {name: sum(each["race_name"] == name for each in found[:2000]) for name in RACES}
        facets = {
            "race": [[name, number] for name, number in races.items() if number],
            "status": [],
            "origins": {"file": len(found), "hand": 2},
            "without": {"tag": sum(not each["tags"] for each in found), "birth_date": 40, "age": 12},
            "gone": sum(bool(each["gone"]) for each in self.people.values()),
        }
        return {"participants": page, "total": len(found), "next": more, "facets": facets}

    def _look_up(self, asked: Asked) -> Any:
        code = parse_qs(asked["query"])["code"][0]
        if code in self.looked_up:
            return self.looked_up[code]
        for kind, named in (
            ("tag", lambda each: code in each["tags"]),
            ("bib", lambda each: each["bib"] == code),
        ):
            for each in self.people.values():
                if named(each):
                    return looked_up(code, kind, each)
        fitting = [each for each in self.people.values() if code.lower() in each["name"].lower()][:20]
        if len(fitting) == 1:
            return looked_up(code, "name", fitting[0])
        return looked_up(code, "name" if fitting else None, None, candidates=fitting)


def looked_up(code: str, kind: str | None, found: dict[str, Any] | None, **parts: Any) -> dict[str, Any]:
    """What a look-up answers."""
    problems = []
    if found and not found["tags"]:
        problems.append({"kind": "no_tag", "words": "No tag is theirs."})
    if not found and not parts.get("candidates"):
        problems.append({"kind": "unknown", "words": f"Nobody has {code}."})
    shape: dict[str, Any] = {
        "code": code,
        "as": kind,
        "participant": found,
        "candidates": [],
        "reads": 0,
        "last": None,
    }
    return shape | {"result": None, "problems": problems} | parts


class _Stage(WorkStage):
    """With a socket for the session, and participants by their number."""

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._desk = desk

    def answer(self, asked: Asked) -> Any:
        if re.match(r"/api/participants/\d+", asked["path"]):
            return self._desk.of(asked)
        return super().answer(asked)

    async def open(self, page: Page, query: str = "") -> None:
        await page.route_web_socket(re.compile("/ws/sessions/4$"), self._desk.take)
        await super().open(page, query)


def _fits(each: dict[str, Any], query: dict[str, str]) -> bool:
    words = query.get("find", "").lower().split()
    text = " ".join([each["bib"], each["name"], each["city"], *each["tags"]]).lower()
    return (
        all(word in text for word in words)
        and (not query.get("race") or each["race_name"] == query["race"])
        and (query.get("without") != "tag" or not each["tags"])
        and bool(each["gone"]) == ("gone" in query)
    )


TAGS: Final = (
    unknown("58000412", 23),
    unknown("E2801160600002054CC6C0A1", 1),
    unknown(
        "900017",
        4,
        why="two",
        candidates=[
            {"id": 17, "bib": "17", "name": "Åsa Ekström"},
            {"id": 30, "bib": "30", "name": "Ann Lee"},
        ],
    ),
)


def roster(
    people: int = 40, *tags: dict[str, Any], role: str = OPERATOR, **settings: Any
) -> tuple[Desk, WorkStage]:
    desk = Desk([runner(number) for number in range(1, people + 1)], *tags, **settings)
    return desk, desk.stage("roster.html", "/sessions/4/roster", role)


def check(people: int = 40, role: str = ANNOUNCER, **settings: Any) -> tuple[Desk, WorkStage]:
    desk = Desk([runner(number) for number in range(1, people + 1)], **settings)
    return desk, desk.stage("check.html", "/sessions/4/check", role)


__all__ = ["VIEWER", "Desk", "check", "looked_up", "roster", "runner", "unknown"]
