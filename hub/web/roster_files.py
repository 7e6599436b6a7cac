"""Rosters' files, as handlers ask for them: a typed key beside those of `hub.web.state`. Knows what is asked; refuses
to know who answers.
"""

from pathlib import Path
from typing import Any, Final, Protocol

from aiohttp import web

from hub.accounts import Caller
from hub.jobs import Job
from hub.model import SessionRow
from hub.roster_file_kept import Apply, Chosen, Otherwise, RosterFile


class RosterFiles(Protocol):
    """Files that people have brought. Each may raise Invalid, Conflict, Unavailable and StoreError; a number that is of
    none of the caller's files: NotFound."""

    async def add(self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes) -> RosterFile:
        """Keeps one for this session, which is there for the caller, and says what it is like."""

    def files(self, by: Caller, session_id: int | None = None) -> list[RosterFile]: ...

    def file(self, by: Caller, number: int) -> RosterFile: ...

    async def change(self, by: Caller, number: int, words: Otherwise) -> RosterFile:
        """Reads it otherwise."""

    def preview(self, by: Caller, number: int, words: Chosen) -> Job:
        """What would come of it. Raises TooMany, too."""

    def apply(self, by: Caller, number: int, words: Apply) -> Job:
        """Puts it in force. Raises TooMany, too."""

    def problems(self, by: Caller, number: int) -> Path:
        """Where the rows are that were left out, as CSV."""

    async def delete(self, by: Caller, number: int) -> None: ...

    async def put_at_once(
        self, by: Caller, row: SessionRow, kind: str, name: str, data: bytes, gone: str
    ) -> dict[str, Any]:
        """Puts one in force that is not kept, with everything as it is guessed."""


ROSTER_FILES: Final = web.AppKey("roster_files", RosterFiles)
