"""A hub on stage that takes roster files and knows registration services, as far as their page can tell. Knows the
shapes of the API's answers; all of it is made up."""

from collections.abc import Callable
from typing import Any, Final

from playwright.async_api import FilePayload

from hub.roster_file_text import ENCODINGS
from hub.roster_file_words import COLUMN_FIELDS
from tests.pages import roster_scenes
from tests.pages.work_scenes import ago
from tests.pages.work_stage import Answer, Asked, WorkStage, refusal

FILES: Final = "/api/rosters/files"
CSV: Final = FilePayload(name="meldeliste.csv", mimeType="text/csv", buffer=b"Startnr;Vorname\n1;Ada\n")
HEADERS: Final[tuple[tuple[str, str | None, list[str]], ...]] = (
    ("Startnr", "bib", ["101", "102", "103", "2417", "2418"]),
    ("Vorname", "first_name", ["Ingrid", "José", "Nomvula Thandeka", "李", "Ada"]),
    ("Nachname", "last_name", ["Solberg-Haugen", "García Márquez", "Dlamini", "小龙", "Lovelace"]),
    ("Ort", None, ["Ålesund", "Sevilla", "eThekwini Metropolitan Municipality", "", "London"]),
    ("T-Shirt", None, ["M", "L", "S", "XL"]),
    ("", None, []),
)


def columns(*headers: tuple[str, str | None, list[str]]) -> list[dict[str, Any]]:
    return [
        {"index": index, "header": header, "field": field, "samples": samples}
        for index, (header, field, samples) in enumerate(headers or HEADERS)
    ]


def file(**parts: Any) -> dict[str, Any]:
    return {
        "id": "f1",
        "session": 4,
        "name": "meldeliste.csv",
        "kind": "roster",
        "format": "csv",
        "bytes": 84_210,
        "sheets": [],
        "sheet": None,
        "encoding": "cp1252",
        "encodings": list(ENCODINGS),
        "delimiter": ";",
        "delimiters": [",", ";", "\t", "|"],
        "header_line": 1,
        "rows": 1240,
        "columns": columns(),
        "fields": [list(each) for each in COLUMN_FIELDS.items()],
        "job": None,
        "made_at": ago(0.1),
        **parts,
    }


def who(bib: str, name: str, **fields: list[str]) -> dict[str, Any]:
    return {"bib": bib, "name": name, "fields": fields}


ADDED: Final = [who(str(300 + number), f"Runner {number}") for number in range(20)]
CHANGED: Final = [
    who("101", "Ingrid Solberg-Haugen", city=["Aalesund", "Ålesund"], **{"T-Shirt": ["", "M"]}),
    who("2417", "Nomvula Thandeka Dlamini", race_name=["Half marathon", "10K"], wave=["B", ""]),
]
GONE: Final = [
    who("77", "Bo Berg"), who("78", "Ann Lee"), who("", "Zoë Quist"), who("81", "Sam Roe"), who("82", "Kim Oh"),
    who("83", "Lea Fox"),
]  # fmt: skip
PROBLEMS: Final = [
    {
        "line": 14,
        "reason": "7 cells, but there are 6 columns",
        "cells": ["104", "Bo", "Berg", "Oslo", "M", "", "x"],
    },
    {
        "line": 371,
        "reason": "bib 101 is on line 2 already",
        "cells": ["101", "Ingrid", "Solberg-Haugen", "Ålesund", "M", ""],
    },
    {
        "line": 902,
        "reason": "birth date 31.02.1990 is none; expected day, month and year, like 31.5.2010",
        "cells": ["911", "=cmd()", "Roe", "Leeds", "", "31.02.1990"],
    },
]


def checked(**parts: Any) -> dict[str, Any]:
    """What a preview gives."""
    diff = {
        "added": 120,
        "changed": 2,
        "same": 1115,
        "gone": 6,
        "kept_by_hand": 12,
        "samples": {"added": ADDED, "changed": CHANGED, "gone": GONE},
        **parts.pop("diff", {}),
    }
    return {
        "rows": 1240,
        "good": 1237,
        "left_out": 3,
        "problems": PROBLEMS,
        "ambiguous": ["E2801160600002"],
        "diff": diff,
        **parts,
    }


APPLIED: Final = {
    "added": 120,
    "changed": 2,
    "same": 1115,
    "gone": 6,
    "participants": 1237,
    "kept_by_hand": 12,
    "left_out": 3,
    "ambiguous": [],
    "problems": [],
}


def job(number: int, kind: str, **parts: Any) -> dict[str, Any]:
    return {
        "id": number,
        "kind": kind,
        "session": 4,
        "status": "running",
        "done": 0,
        "total": None,
        "words": "",
        "result": None,
        "error": None,
        "started_at": ago(0.01),
        "ended_at": None,
        **parts,
    }


class Desk:
    """Takes a file, and does what is asked of it; `hold` keeps its jobs running."""

    def __init__(self, given: dict[str, Any] | None = None) -> None:
        self.file = given or file()
        self.there = False
        self.taken = 0
        self.hold = False
        self.result: dict[str, Any] = checked()
        self.jobs: dict[int, dict[str, Any]] = {}
        self.answers: dict[str, Any] = {
            f"POST {FILES}": self.take,
            f"GET {FILES}": lambda _: {"files": [self.file] if self.there else []},
            f"GET {FILES}/f1": lambda _: (
                {"file": self.file} if self.there else refusal(404, "There is no file f1.")
            ),
            "GET /api/jobs": lambda _: {"jobs": list(self.jobs.values())},
            f"PATCH {FILES}/f1": self.reread,
            f"DELETE {FILES}/f1": self.drop,
            f"POST {FILES}/f1/preview": lambda _: self.begin("preview", self.result),
            f"POST {FILES}/f1/apply": lambda _: self.begin("apply", APPLIED),
            **{f"GET /api/jobs/{number}": self.job(number) for number in range(1, 9)},
            **{f"DELETE /api/jobs/{number}": self.cancel(number) for number in range(1, 9)},
        }

    def look(self, _: Asked) -> Any:
        return {"file": self.file} if self.there else refusal(404, "There is no roster file f1.")

    def take(self, _: Asked) -> Answer:
        self.there = True
        self.taken += 1
        return Answer(201, {"file": self.file})

    def drop(self, _: Asked) -> Answer:
        self.taken -= 1
        self.there = self.taken > 0
        return Answer(204)

    def reread(self, asked: Asked) -> Any:
        self.file = self.file | asked["body"]
        return {"file": self.file}

    def begin(self, kind: str, result: dict[str, Any]) -> Answer:
        number = len(self.jobs) + 1
        self.jobs[number] = job(number, f"roster.{kind}", result=result)
        self.file = self.file | {"job": number}
        return Answer(202, {"job": self.jobs[number] | {"result": None}})

    def job(self, number: int) -> Callable[[Asked], Any]:
        def say(_: Asked) -> Any:
            if number not in self.jobs:
                return refusal(404, f"There is no job {number}.")
            its = self.jobs[number]
            if its["status"] == "running" and not self.hold:
                its["status"] = "done"
            return {"job": its if its["status"] == "done" else its | {"result": None}}

        return say

    def cancel(self, number: int) -> Callable[[Asked], Any]:
        def say(_: Asked) -> Any:
            self.jobs[number]["status"] = "cancelled"
            return {"job": self.jobs[number] | {"result": None}}

        return say


def watched(*parts: Any, people: int = 3, **settings: Any) -> tuple[roster_scenes.Desk, WorkStage]:
    """The page with these desks' answers, and what says to it that somebody has changed the roster."""
    desk, stage = roster_scenes.roster(people, **settings)
    for part in parts:
        stage.answers |= part.answers
    return desk, stage


def roster(*parts: Any, **settings: Any) -> WorkStage:
    return watched(*parts, **settings)[1]
