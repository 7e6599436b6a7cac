"""Stream passwords, with which readers prove whom they stream for: made, kept, and put in force. Knows the order: first
the tables, sealed, then memory, then whoever came by the old one is hung up on.

A stream password is made by the hub for a session or a partner, and never is a person's: to check a proof the hub has
to hold it itself. It is in no log.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Final

from hub.accounts import Caller
from hub.errors import Conflict, NotFound
from hub.hub import Hub
from hub.model import EVERYONE, PURPOSE_DEMO, Proved
from hub.sealing import Sealing
from hub.store import session_changes, stream_passwords
from hub.store.audit import note
from hub.stores import Stores
from hub.tokens import PASSWORD_ALPHABET

log = logging.getLogger(__name__)

GROUPS: Final = 4
GROUP_CHARS: Final = 4
"""Sixteen of 31 characters: 79 bits."""
RENEWED: Final = "there is another stream password now"

HangUpProved = Callable[[Callable[[Proved], bool], str], None]
"""Ends the connections of those who have proved to be somebody for whom the function says so."""


class StreamPasswords:
    """`changing`: held by whoever changes a session, one at a time."""

    def __init__(
        self, hub: Hub, stores: Stores, sealing: Sealing, changing: asyncio.Lock, hang_up: HangUpProved
    ) -> None:
        self._hub = hub
        self._stores = stores
        self._sealing = sealing
        self._changing = changing
        self._hang_up = hang_up

    async def load(self) -> None:
        """What the tables hold, into memory. Those that cannot be read are as if there were none."""
        held = await self._stores.insist(stream_passwords.load)
        unreadable = 0
        for each in held.sessions:
            password = self._sealing.open(each.sealed)
            unreadable += password is None
            if password is not None:
                self._hub.proofs.put_session(each.session_id, each.partner_id, each.stream_key, password)
        for partner_id, sealed in held.partners:
            password = self._sealing.open(sealed)
            unreadable += password is None
            if password is not None:
                self._hub.proofs.put_partner(partner_id, password)
        if unreadable:
            log.error(
                "stream passwords: %d cannot be read, for %s is not the key that they were sealed with;"
                " readers cannot prove who they are by them: put the key back, or renew them",
                unreadable,
                self._sealing.path,
            )

    async def renew_session(self, by: Caller, session_id: int) -> None:
        """Makes the session's password, or another. Raises NotFound, Conflict, StoreAway, StoreError."""
        made = new_password()
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                state = await session_changes.state(connection, session_id)
                if state is None:
                    raise NotFound(f"There is no session {session_id}.")
                if state.purpose == PURPOSE_DEMO:
                    raise Conflict("A session of the demo stays as it is.")
                key = await stream_passwords.put_session(connection, session_id, self._sealing.seal(made))
                await note(
                    connection,
                    by,
                    "session.stream_password",
                    state.name,
                    partner_id=state.partner_id,
                    detail={"session": session_id},
                )
            self._hub.proofs.put_session(session_id, state.partner_id, key, made)
            self._hang_up(lambda proved: proved.session_id == session_id, RENEWED)

    async def renew_partner(self, by: Caller, partner_id: int) -> None:
        """The same for a partner, who is there for the caller: a partner may not change its own row in the tables."""
        made = new_password()
        async with self._changing:
            async with self._stores.change_of(EVERYONE) as connection:
                name = await stream_passwords.put_partner(connection, partner_id, self._sealing.seal(made))
                if name is None:
                    raise NotFound(f"There is no partner {partner_id}.")
                await note(connection, by, "partner.stream_password", name, partner_id=partner_id)
            self._hub.proofs.put_partner(partner_id, made)
            self._hang_up(lambda each: each == Proved(partner_id), RENEWED)


def new_password() -> str:
    """Such as `k7qx-2m9p-wz3h-fr8c`: it is typed into a dialog, by hand."""
    return "-".join(
        "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(GROUP_CHARS)) for _ in range(GROUPS)
    )
