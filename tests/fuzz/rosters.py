"""Rosters' files for everything that comes over a connection: read as the hub reads them, and put nowhere."""

from pathlib import Path
from typing import Any, NoReturn

from hub.accounts import Caller
from hub.errors import FileFormatError, Invalid, NotFound
from hub.jobs import Job
from hub.model import SessionRow
from hub.roster_file_kept import Apply, Chosen, Otherwise, RosterFile, checked
from hub.roster_file_words import KINDS, End, Look, Wanted
from hub.roster_reading import frames

ROWS_MAX = 1000
TODAY = "2026-05-16"


class RosterFiles:
    """None is kept: each is looked at, and forgotten."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def add(self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes) -> RosterFile:
        if kind not in KINDS:
            raise Invalid("kind: expected another", field="kind")
        wanted = Wanted(name, kind, ROWS_MAX, TODAY, look=True)
        try:
            (look,) = frames(data, wanted)
        except FileFormatError as problem:
            raise Invalid(str(problem), field="file") from problem
        assert isinstance(look, Look)
        self.changed.append(f"file of session {row.id}")
        return RosterFile(1, row, wanted, len(data), look, 0)

    def files(self, by: Caller, session_id: int | None = None) -> list[RosterFile]:
        return []

    def file(self, by: Caller, number: int) -> NoReturn:
        raise NotFound(f"There is no roster file {number}.")

    async def change(self, by: Caller, number: int, words: Otherwise) -> NoReturn:
        checked(words)
        self.file(by, number)
        raise AssertionError

    def preview(self, by: Caller, number: int, words: Chosen) -> Job:
        self.file(by, number)
        raise AssertionError

    def apply(self, by: Caller, number: int, words: Apply) -> Job:
        self.file(by, number)
        raise AssertionError

    def problems(self, by: Caller, number: int) -> Path:
        self.file(by, number)
        raise AssertionError

    async def delete(self, by: Caller, number: int) -> None:
        self.file(by, number)

    async def put_at_once(
        self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes, gone: str
    ) -> dict[str, Any]:
        try:
            *_, end = frames(data, Wanted(name, kind, ROWS_MAX, TODAY))
        except FileFormatError as problem:
            raise Invalid(str(problem), field="file") from problem
        assert isinstance(end, End) and end.good + end.left_out == end.rows
        self.changed.append(f"roster of session {row.id}")
        return {"participants": end.good, "left_out": end.left_out}
