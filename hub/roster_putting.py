"""A roster's file put in force, or what would come of it: its rows as they are read, piece by piece, into the roster.
Knows the order of these; what a row is, `hub.roster_reader` says, what comes of it, `hub.rostering`.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

import msgspec

from hub.accounts import Caller
from hub.jobs import Progress
from hub.roster_file_words import TAGS, Bad, End, Wanted
from hub.roster_folder import RosterFolder
from hub.roster_reader import Reader
from hub.roster_words import FILE, Entry
from hub.roster_words import TAGS as TAGS_ORIGIN
from hub.rostering import KEEP, REMOVE, Outcome, Rostering

PROBLEMS_SHOWN_MAX: Final = 200
"""Rows left out that a job lists; the file of them has all."""
PROBLEMS_KEPT_MAX: Final = 1000
"""The same, of `Put.shown`."""
PROBLEMS_AT_ONCE: Final = 1000
"""Are written to that file together."""
ENTRIES_AT_ONCE: Final = 2000
READING: Final = "reading the file"
COMPARING: Final = "comparing with the roster"
CHANGING: Final = "changing the roster"


class Put:
    """What came of a file. shown: the first of its rows that were left out."""

    def __init__(self) -> None:
        self.rows = self.good = self.left_out = 0
        self.shown: list[Bad] = []
        self.outcome = Outcome()

    def as_json(self) -> dict[str, Any]:
        """As jobs and answers give it."""
        found: dict[str, Any] = msgspec.to_builtins(self.outcome)
        return found | {
            "rows": self.rows,
            "good": self.good,
            "left_out": self.left_out,
            "problems": [_shown(each) for each in self.shown[:PROBLEMS_SHOWN_MAX]],
            "ambiguous": self.outcome.ambiguous[:PROBLEMS_SHOWN_MAX],
        }


def _shown(row: Bad) -> dict[str, Any]:
    return {"line": row.line, "reason": row.reason, "cells": row.cells}


class Putting:
    def __init__(self, reader: Reader, rostering: Rostering, folder: RosterFolder) -> None:
        self._reader = reader
        self._rostering = rostering
        self._folder = folder
        self._under_way = 0

    async def put(
        self,
        by: Caller,
        session_id: int,
        number: int,
        wanted: Wanted,
        *,
        headers: Sequence[str] = (),
        gone: str = KEEP,
        dry: bool = False,
        progress: Progress,
    ) -> Put:
        """The file of this number, read as it is wanted. gone: what becomes of those whom a file said before, and this
        one does not. Raises FileFormatError, and as `Rostering.apply` does."""
        # A spreadsheet parts cells as the file did that came from it.
        put, bad = Put(), _Problems(self._folder, number, ";" if wanted.delimiter == ";" else ",")
        await bad.begin(headers)
        later = COMPARING if dry else CHANGING

        def applied(done: int, total: int | None) -> None:
            if total is not None:  # until then the file is read
                progress(done, total, later)

        async with (
            self._calm(),
            aclosing(self._entries(number, wanted, put, bad, progress)) as entries,
        ):
            put.outcome = await self._rostering.apply(
                by,
                session_id,
                TAGS_ORIGIN if wanted.kind == TAGS else FILE,
                entries,
                gone=REMOVE if gone == REMOVE else KEEP,
                dry=dry,
                progress=applied,
            )
        # Whom these mean is not clear.
        unclear = [Bad(each.line, each.reason, []) for each in put.outcome.problems]
        put.shown = sorted([*unclear, *bad.first][:PROBLEMS_KEPT_MAX], key=lambda each: each.line)
        put.good -= len(unclear)
        put.left_out += len(unclear)
        await bad.add(unclear)
        await bad.end()
        return put

    @asynccontextmanager
    async def _calm(self) -> AsyncIterator[None]:
        """A collection of garbage looks at all that is held of a roster meanwhile, and holds up the loop for a tenth of
        a second each time. For these seconds there is none, and what stays of them is no garbage: a roster."""
        self._under_way += 1
        gc.disable()
        try:
            yield
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                gc.freeze()
                gc.enable()

    async def _entries(
        self, number: int, wanted: Wanted, put: Put, bad: "_Problems", progress: Progress
    ) -> AsyncGenerator[list[Entry], None]:
        """The good rows, and whom the others mean."""
        waiting: list[Entry] = []
        async with aclosing(self._reader.rows(self._folder.file(number), wanted)) as frames:
            async for frame in frames:
                if isinstance(frame, End):
                    put.rows, put.good, put.left_out = frame.rows, frame.good, frame.left_out
                    continue
                progress(frame.done, max(frame.total, frame.done), READING)
                await bad.add(frame.bad)
                waiting += frame.entries
                waiting += [each.who for each in frame.bad if each.who is not None]
                if len(waiting) >= ENTRIES_AT_ONCE:
                    yield waiting
                    waiting = []
        if waiting:
            yield waiting


class _Problems:
    """Rows that were left out, on their way into the file of them. `first`: those that answers list."""

    def __init__(self, folder: RosterFolder, number: int, delimiter: str) -> None:
        self._folder = folder
        self._number = number
        self._delimiter = delimiter
        self._waiting: list[Bad] = []
        self.first: list[Bad] = []

    async def begin(self, headers: Sequence[str]) -> None:
        await asyncio.to_thread(self._folder.begin_problems, self._number, headers, self._delimiter)

    async def add(self, rows: Sequence[Bad]) -> None:
        self.first += rows[: PROBLEMS_KEPT_MAX - len(self.first)]
        self._waiting += rows
        if len(self._waiting) >= PROBLEMS_AT_ONCE:
            await self.end()

    async def end(self) -> None:
        rows, self._waiting = self._waiting, []
        if rows:
            await asyncio.to_thread(self._folder.add_problems, self._number, rows, self._delimiter)
