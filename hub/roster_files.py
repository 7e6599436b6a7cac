"""Rosters' files that people have brought, until what is in them is applied: kept an hour, looked at, previewed, put in
force. Knows the order of things, and the folder; what a file holds is read elsewhere (`hub.roster_reader`), what comes
of it is decided elsewhere, too (`hub.rostering`).
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.accounts import Caller
from hub.config_live import Current
from hub.errors import Conflict, FileFormatError, Invalid, NotFound
from hub.jobs import Job, Jobs, Progress
from hub.model import US_PER_S, SessionRow
from hub.roster_file_kept import Apply, Chosen, Otherwise, RosterFile, checked, chosen
from hub.roster_file_words import (
    KINDS,
    Look,
    Wanted,
)
from hub.roster_folder import FOLDER, RosterFolder
from hub.roster_putting import PROBLEMS_KEPT_MAX, Put, Putting
from hub.roster_reader import Reader
from hub.rostering import REMOVE, Rostering

log = logging.getLogger(__name__)

KEPT_S: Final = 3600
FILES_MAX: Final = 10
"""Of one partner: of more the first goes."""
NAME_CHARS_MAX: Final = 200
OF_THE_FILE: Final = ("rows", "good", "left_out", "problems", "ambiguous")
"""What a preview says of the file itself; all else it says of the roster."""
PREVIEW: Final = "roster.preview"
APPLY: Final = "roster.apply"
"""Kinds of jobs."""


class RosterFiles:
    """Every method that is asked by somebody may raise NotFound: what belongs to another partner is as absent as what
    does not exist."""

    def __init__(
        self,
        current: Current,
        jobs: Jobs,
        rostering: Rostering,
        now_us: Callable[[], int],
        new_id: Callable[[], int],
        reader: Reader | None = None,
    ) -> None:
        # shared
        self._current = current
        self._jobs = jobs
        self._now_us = now_us
        self._new_id = new_id
        self._reader = reader or Reader()
        self._folder = RosterFolder(current.now.data_path / FOLDER)
        self._putting = Putting(self._reader, rostering, self._folder)
        # state
        self._files: dict[int, RosterFile] = {}

    async def add(self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes) -> RosterFile:
        """Keeps a file for a session that is there for the caller, and looks at it. Raises Invalid with what is wrong
        with it."""
        wanted = self._wanted(kind, name)
        number = self._new_id()
        await asyncio.to_thread(self._folder.keep, number, data)
        try:
            look = await self._looked(number, wanted)
            await self._make_room(row.partner_id)
        except BaseException:
            await asyncio.to_thread(self._folder.remove, number)
            raise
        file = RosterFile(number, row, wanted, len(data), look, self._now_us())
        self._files[number] = file
        asyncio.get_running_loop().call_later(KEPT_S, self._expire, number)
        return file

    def files(self, by: Caller, session_id: int | None = None) -> list[RosterFile]:
        """The last one first."""
        return [
            each
            for each in reversed(self._files.values())
            if by.sees(each.partner_id) and session_id in (None, each.session_id)
        ]

    def file(self, by: Caller, number: int) -> RosterFile:
        found = self._files.get(number)
        if found is None or not by.sees(found.partner_id):
            raise NotFound(f"There is no roster file {number}; files are kept for an hour.")
        return found

    async def change(self, by: Caller, number: int, words: Otherwise) -> RosterFile:
        """Reads it otherwise. Raises Invalid, and Conflict while it is being read."""
        file = self._free(by, number)
        file.take(*await self._read_otherwise(file, checked(words)))
        return file

    def preview(self, by: Caller, number: int, words: Chosen) -> Job:
        """What would come of it. Raises Invalid, Conflict, TooMany."""
        file = self._free(by, number)
        if words.columns is not None:
            file.columns = chosen(file, words.columns)

        async def work(progress: Progress) -> dict[str, Any]:
            found = (await self._put(by, file, REMOVE, dry=True, progress=progress)).as_json()
            of_file = {name: found.pop(name) for name in OF_THE_FILE}
            return of_file | {"diff": found}

        file.job = self._jobs.start(file.partner_id, PREVIEW, file.session_id, work)
        return file.job

    def apply(self, by: Caller, number: int, words: Apply) -> Job:
        """Puts it in force. Raises Conflict, TooMany."""
        file = self._free(by, number)

        async def work(progress: Progress) -> dict[str, Any]:
            return (await self._put(by, file, words.gone, dry=False, progress=progress)).as_json()

        file.job = self._jobs.start(file.partner_id, APPLY, file.session_id, work)
        return file.job

    def problems(self, by: Caller, number: int) -> Path:
        """The rows that were left out, as CSV."""
        file = self.file(by, number)
        if not file.has_problems:
            raise NotFound("This file has no preview yet: what is wrong with its rows is not known.")
        return self._folder.problems(number)

    async def delete(self, by: Caller, number: int) -> None:
        """Also while it is read: then that ends first."""
        file = self.file(by, number)
        if file.job is not None and file.is_busy:
            await self._jobs.cancel(by, file.job.id)
        await self._drop(file)

    async def put_at_once(
        self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes, gone: str
    ) -> dict[str, Any]:
        """Puts a file in force that is not kept, with everything as it is guessed."""
        number, wanted = self._new_id(), self._wanted(kind, name)
        await asyncio.to_thread(self._folder.keep, number, data)
        try:
            put = await self._putting.put(by, row.id, number, wanted, gone=gone, progress=_to_nobody)
        except FileFormatError as problem:
            raise Invalid(str(problem), field="file") from problem
        finally:
            await asyncio.to_thread(self._folder.remove, number)
        outcome = put.outcome
        return {
            "participants": outcome.participants,
            "left_out": put.left_out,
            "problems": [{"line": each.line, "reason": each.reason} for each in put.shown],
            "ambiguous": outcome.ambiguous[:PROBLEMS_KEPT_MAX],
            "added": outcome.added,
            "changed": outcome.changed,
            "gone": outcome.gone,
        }

    async def sweep(self) -> None:
        """At the start: what an earlier hub has kept is nobody's any more."""
        await asyncio.to_thread(self._folder.clear)

    def close(self) -> None:
        self._reader.close()

    # reading

    def _wanted(self, kind: str, name: str) -> Wanted:
        if kind not in KINDS:
            raise Invalid(f"kind: expected one of {', '.join(KINDS)}", field="kind")
        shown = "".join(filter(str.isprintable, name))[:NAME_CHARS_MAX] or "roster"
        today = datetime.fromtimestamp(self._now_us() / US_PER_S, UTC).date().isoformat()
        return Wanted(shown, kind, self._current.now.limits.roster_rows, today)

    async def _looked(self, number: int, wanted: Wanted) -> Look:
        try:
            return await self._reader.look(self._folder.file(number), wanted)
        except FileFormatError as problem:
            raise Invalid(str(problem), field="file") from problem

    async def _read_otherwise(self, file: RosterFile, words: Otherwise) -> tuple[Wanted, Look]:
        said = {key: value for key, value in msgspec.structs.asdict(words).items() if value is not None}
        anew = words.sheet is not None or words.encoding is not None or words.delimiter is not None
        before = {"header_line": None} if anew else {}
        wanted = msgspec.structs.replace(file.wanted, **(before | said))
        look = await self._looked(file.id, wanted)
        return wanted, look

    async def _put(self, by: Caller, file: RosterFile, gone: str, *, dry: bool, progress: Progress) -> Put:
        look = file.look
        wanted = msgspec.structs.replace(
            file.wanted,
            columns=file.columns,
            header_line=look.header_line,
            encoding=look.encoding,
            delimiter=look.delimiter,
            sheet=look.sheet,
        )
        put = await self._putting.put(
            by,
            file.session_id,
            file.id,
            wanted,
            headers=[each.header for each in look.columns],
            gone=gone,
            dry=dry,
            progress=progress,
        )
        file.has_problems = True
        return put

    # the folder

    async def _make_room(self, partner_id: int) -> None:
        held = [each for each in self._files.values() if each.partner_id == partner_id]
        if len(held) < FILES_MAX:
            return
        for each in held:
            if not each.is_busy:
                await self._drop(each)
                return
        raise Conflict(f"{FILES_MAX} roster files are being read; wait for one of them, or delete it")

    async def _drop(self, file: RosterFile) -> None:
        self._files.pop(file.id, None)
        await asyncio.to_thread(self._folder.remove, file.id)

    def _expire(self, number: int) -> None:
        file = self._files.get(number)
        if file is None:
            return
        if file.is_busy:
            asyncio.get_running_loop().call_later(KEPT_S, self._expire, number)
            return
        del self._files[number]
        asyncio.get_running_loop().run_in_executor(None, self._folder.remove, number)

    def _free(self, by: Caller, number: int) -> RosterFile:
        file = self.file(by, number)
        if file.is_busy:
            raise Conflict("This file is being read; wait for that, or cancel it.")
        return file


def _to_nobody(done: int, total: int | None = None, words: str | None = None) -> None:
    """Nobody waits for how far it is."""
