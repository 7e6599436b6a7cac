"""Messages made, changed, put in order and taken away: first in the tables, then in memory, then on the screens. Knows
the order of these; what may be said is decided in `hub.message_words`, which one is up in `hub.messages`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from hub import message_words
from hub.accounts import OPERATOR, Caller, at_least
from hub.errors import Forbidden, NotFound
from hub.hub import Hub
from hub.message_words import MessageChange, NewMessage
from hub.messages import ANNOUNCER, RUNNER, Message, Messages
from hub.store import messages, session_changes
from hub.store.audit import note
from hub.store.database import Connection
from hub.store.session_changes import State
from hub.stores import Stores
from hub.web.live import Live

NOTED_CHARS: Final = 80
"""Of a message's text in the log of changes."""

T = TypeVar("T")


class _Open(NamedTuple):
    """A session whose messages are being changed."""

    connection: Connection
    state: State
    held: Messages


class Messaging:
    """Every method may raise Invalid, Forbidden, NotFound, Conflict, StoreAway and StoreError, takes the number of a
    session that is there for the caller, and gives all messages as they are then. `changing`: held by whoever changes a
    session, one at a time. Who is no operator may say something to announcers alone."""

    def __init__(
        self, hub: Hub, live: Live, stores: Stores, changing: asyncio.Lock, now_us: Callable[[], int]
    ) -> None:
        self._hub = hub
        self._live = live
        self._stores = stores
        self._changing = changing
        self._now_us = now_us

    async def make(self, by: Caller, session_id: int, words: NewMessage) -> tuple[Message, Messages]:
        """Gives the new one, too."""

        async def work(opened: _Open) -> Message:
            message = message_words.made(opened.held.all, words)
            _check_may(by, message)
            number = await messages.add(opened.connection, session_id, message)
            return await _put(opened, by, "message.made", replace(message, id=number))

        return await self._change(by, session_id, work)

    async def change(
        self, by: Caller, session_id: int, message_id: int, words: MessageChange
    ) -> tuple[Message, Messages]:
        """Gives this one, too."""

        async def work(opened: _Open) -> Message:
            before = message_words.found(opened.held, message_id)
            message = message_words.changed(opened.held.all, message_id, words, self._now_us())
            _check_may(by, before, message)
            if message == before:
                return before
            return await _put(opened, by, "message.changed", message, before)

        return await self._change(by, session_id, work)

    async def delete(self, by: Caller, session_id: int, message_id: int) -> None:
        async def work(opened: _Open) -> None:
            message = message_words.found(opened.held, message_id)
            _check_may(by, message)
            await messages.delete(opened.connection, session_id, message_id)
            if message.kind == RUNNER:
                await messages.choose_anew(opened.connection, session_id)
            await _note(opened, by, "message.deleted", message)

        await self._change(by, session_id, work)

    async def turn_every(self, by: Caller, session_id: int, every_s: int) -> Messages:
        """How long one that takes turns is up."""

        async def work(opened: _Open) -> None:
            if every_s != opened.held.every_s:
                await messages.turn_every(opened.connection, session_id, every_s)
                await _say(opened, by, "message.turns", f"every {every_s} s", every_s=every_s)

        return (await self._change(by, session_id, work))[1]

    async def _change(
        self, by: Caller, session_id: int, work: Callable[[_Open], Awaitable[T]]
    ) -> tuple[T, Messages]:
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                state = await session_changes.state(connection, session_id)
                if state is None:
                    raise NotFound(f"There is no session {session_id}.")
                held = await messages.of_session(connection, session_id)
                done = await work(_Open(connection, state, held))
                after = await messages.of_session(connection, session_id)
            session = self._hub.find(session_id)
            if session is not None:
                self._live.new_messages(session, after)
            return done, after


def _check_may(by: Caller, *each: Message) -> None:
    """Raises Forbidden."""
    if not at_least(by.role, OPERATOR) and any(message.audience != ANNOUNCER for message in each):
        raise Forbidden(
            "Announcers say something to announcers alone: the rest is an operator's.", field="audience"
        )


async def _put(
    opened: _Open, by: Caller, action: str, message: Message, before: Message | None = None
) -> Message:
    """It is among its kind at its place, and as it is here."""
    session_id, rest = opened.state.id, [each for each in opened.held if each.id != message.id]
    arranged = message_words.arranged(rest, message)
    await messages.change(opened.connection, session_id, [each for each in arranged if each not in rest])
    if RUNNER in (message.kind, before.kind if before else ""):
        await messages.choose_anew(opened.connection, session_id)
    await _note(opened, by, action, message)
    return next(each for each in arranged if each.id == message.id)


async def _note(opened: _Open, by: Caller, action: str, message: Message) -> None:
    await _say(opened, by, action, message.text, kind=message.kind, audience=message.audience)


async def _say(opened: _Open, by: Caller, action: str, what: str, **detail: object) -> None:
    state = opened.state
    short = what if len(what) <= NOTED_CHARS else what[: NOTED_CHARS - 1] + "…"
    await note(
        opened.connection,
        by,
        action,
        f"{short}: {state.name}",
        partner_id=state.partner_id,
        detail={"session": state.id, **detail},
    )
