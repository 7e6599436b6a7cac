"""Sessions deleted, with an export first. Knows the order of things, which is such that whatever dies on the way,
nothing is lost: readers are hung up on, what they have sent is drained, all of it is written into a file and that is
on disk, and then the session goes from the tables at once, or not at all. At worst there is an export too many.
"""

import asyncio
import logging
from pathlib import Path

from msgspec.structs import replace

from hub import exporting
from hub.accounts import Caller
from hub.errors import Conflict, Invalid, NotFound, Unavailable
from hub.guests import Guests
from hub.hub import Hub
from hub.lifecycle import Lifecycle
from hub.model import PURPOSE_DEMO, ExportRow
from hub.store import exports, session_changes
from hub.store.audit import note
from hub.store.session_changes import ACTIVE, State
from hub.stores import Stores
from hub.web.live import Live

log = logging.getLogger(__name__)


class Removing:
    """`changing`: held by whoever changes a session, one at a time. `folder`: where exports are."""

    def __init__(
        self,
        hub: Hub,
        live: Live,
        stores: Stores,
        guests: Guests,
        lifecycle: Lifecycle,
        changing: asyncio.Lock,
        folder: Path,
    ) -> None:
        # shared
        self._hub = hub
        self._live = live
        self._stores = stores
        self._guests = guests
        self._lifecycle = lifecycle
        self._changing = changing
        self.folder = folder
        # state
        self._one = asyncio.Lock()

    async def remove(self, by: Caller, session_id: int, typed: str | None) -> ExportRow:
        """Deletes it, and gives what was kept of it. typed: its name, as somebody has typed it who knows what this
        does; None: nobody did. Raises Invalid, NotFound, Conflict, Unavailable, StoreAway, StoreError."""
        self._guests.bar(session_id)
        try:
            async with self._one:
                return await self._remove(by, session_id, typed)
        finally:
            self._guests.unbar(session_id)

    async def delete_export(self, by: Caller, export_id: int) -> None:
        """The file first: a row without a file can be deleted again, a file without a row could not be found."""
        async with self._stores.change_of(by.whose) as connection:
            row = await exports.find(connection, export_id)
            if row is None:
                raise NotFound(f"There is no export {export_id}.")
            try:
                await asyncio.to_thread((self.folder / row.file_name).unlink, missing_ok=True)
            except OSError as problem:
                raise Unavailable(f"{row.file_name} cannot be deleted: {problem.strerror}") from problem
            await exports.delete(connection, export_id)
            await note(connection, by, "export.deleted", row.session_name, partner_id=row.partner_id)

    async def _remove(self, by: Caller, session_id: int, typed: str | None) -> ExportRow:
        async with self._changing:
            state = await self._checked(by, session_id, typed)
            if state.status == ACTIVE or session_id in self._hub.sessions:
                await self._lifecycle.end_locked(by, session_id)
        await self._guests.until_drained()
        written = await exporting.write(self._stores, self.folder, session_id, state.name)
        async with self._stores.transaction() as connection:
            row = await exports.add(connection, state.partner_id, session_id, state.name, *written)
        async with self._stores.transaction() as connection:
            await exports.delete_session(connection, session_id)
            detail = {"session": session_id, "reads": row.reads, "export": row.file_name}
            await note(
                connection, by, "session.deleted", state.name, partner_id=state.partner_id, detail=detail
            )
        async with self._changing:
            self._forget(session_id)
        log.info(
            "session %d (%s): deleted by %s; its %d reads are in %s",
            session_id,
            state.name,
            by.name,
            row.reads,
            self.folder / row.file_name,
        )
        return row

    async def _checked(self, by: Caller, session_id: int, typed: str | None) -> State:
        async with self._stores.change_of(by.whose) as connection:
            state = await session_changes.state(connection, session_id)
        if state is None:
            raise NotFound(f"There is no session {session_id}.")
        if state.purpose == PURPOSE_DEMO:
            raise Conflict("A session of the demo stays as it is.")
        if typed is not None and typed.strip() != state.name.strip():
            raise Invalid("name: type the session's name to delete it", field="name")
        return state

    def _forget(self, session_id: int) -> None:
        self._hub.guests.pop(session_id, None)
        self._hub.proofs.forget_session(session_id)
        for code, display in list(self._hub.displays.items()):
            if display.session_id == session_id:
                self._hub.displays[code] = replace(display, session_id=None)
        self._live.follow()
