"""Rosters' files that people have brought, until what is in them is applied: kept an hour, looked at, previewed, put in
force. Knows the order of things, and the folder; what a file holds is read elsewhere (`hub.roster_reader`), what comes
of it is decided elsewhere, too (`hub.rostering`).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from hub.accounts import Caller
from hub.config_live import Current
from hub.errors import Conflict, FileFormatError, Invalid, NotFound
from hub.jobs import RUNNING, Job, Jobs, Progress
from hub.model import US_PER_S, SessionRow
from hub.roster_file_words import (
    COLUMN_FIELDS,
    CUSTOM,
    HEADER_LINES_MAX,
    KINDS,
    TAG_FIELD,
    TAG_FILE_FIELDS,
    TAGS,
    Look,
    Wanted,
)
from hub.roster_folder import FOLDER, RosterFolder
from hub.roster_putting import Put, Putting
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


class Otherwise(msgspec.Struct, forbid_unknown_fields=True):
    """How a file is to be read instead; what is not given stays, or is guessed anew where it depends on what is."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    kind: str | None = None
    header_line: int | None = None


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """What each column is, by its number; None: it is left out. All None: as it was guessed, or chosen before."""

    columns: dict[str, str | None] | None = None


class Apply(msgspec.Struct, forbid_unknown_fields=True):
    """gone: what becomes of those whom a file said before, and this one does not."""

    gone: Literal["keep", "remove"]


class RosterFile:
    """One file. `columns`: what each is, as it was chosen last. `job`: the last one, for its preview or its use."""

    def __init__(
        self, number: int, row: SessionRow, wanted: Wanted, size: int, look: Look, now_us: int
    ) -> None:
        self.id = number
        self.partner_id = row.partner_id
        self.session_id = row.id
        self.bytes = size
        self.made_us = now_us
        self.job: Job | None = None
        self.has_problems = False
        self.take(wanted, look)

    def take(self, wanted: Wanted, look: Look) -> None:
        """It is read in this way from now on."""
        self.wanted = wanted
        self.look = look
        self.columns = {each.index: each.field for each in look.columns if each.field is not None}

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.status == RUNNING


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
        file.take(*await self._read_otherwise(file, _checked(words)))
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
        self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes, gone: str, progress: Progress
    ) -> Put:
        """Puts a file in force that is not kept: everything as it is guessed. Raises Invalid."""
        number = self._new_id()
        await asyncio.to_thread(self._folder.keep, number, data)
        wanted = self._wanted(kind, name)
        try:
            return await self._putting.put(by, row.id, number, wanted, gone=gone, progress=progress)
        except FileFormatError as problem:
            raise Invalid(str(problem), field="file") from problem
        finally:
            await asyncio.to_thread(self._folder.remove, number)

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


def chosen(file: RosterFile, columns: Mapping[str, str | None]) -> dict[int, str]:
    """What each column is to be. Raises Invalid."""
    allowed = TAG_FILE_FIELDS if file.wanted.kind == TAGS else COLUMN_FIELDS
    found: dict[int, str] = {}
    for key, field in columns.items():
        index = int(key) if key.isascii() and key.isdecimal() and len(key) <= 4 else -1
        if not 0 <= index < len(file.look.columns):
            raise Invalid(f"columns: there is no column {key[:20]!r}", field="columns")
        if field is None:
            continue
        if field not in allowed:
            raise Invalid(f"columns: expected one of {', '.join(allowed)}", field="columns")
        found[index] = field
    plain = [field.partition(":")[0] for field in found.values() if field not in (CUSTOM, TAG_FIELD)]
    for field in plain:
        if plain.count(field) > 1:
            raise Invalid(f"columns: two columns are the {COLUMN_FIELDS[field].lower()}", field="columns")
    return found


def _checked(words: Otherwise) -> Otherwise:
    if words.kind is not None and words.kind not in KINDS:
        raise Invalid(f"kind: expected one of {', '.join(KINDS)}", field="kind")
    if words.header_line is not None and not 0 <= words.header_line <= HEADER_LINES_MAX:
        raise Invalid(
            f"header_line: expected a line from 1 to {HEADER_LINES_MAX}, or 0 for none", field="header_line"
        )
    return words
