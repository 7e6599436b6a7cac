"""Who is here, by sign-in and by token, and that they may still be. Knows users and their open WebSockets; refuses to
know cookies, and what the sockets show.

A user may be disabled, demoted or deleted by anybody, also by plain SQL. A request hears of it by itself, for it asks
for its user; an open socket asks nothing. So one question a second goes to PostgreSQL, about all who have one open.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import web

from hub.accounts import Caller, User
from hub.errors import StoreAway, StoreError
from hub.web.state import Standing
from hub.web.web_sessions import SignIn

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
AGAIN_S: Final = 30.0
"""After a fault, which is in the log each time."""
REMEMBERED_S_MAX: Final = 300.0
"""How long a user is taken for what he was while PostgreSQL does not say: as long as it takes to start it again."""
REMEMBERED_MAX: Final = 1000
ENDED_MAX: Final = 10_000


class _Here:
    """One open socket."""

    def __init__(self, who: Caller, sign_in: SignIn | None, end: Callable[[], None]) -> None:
        self.who = who
        self.generation = who.generation
        self.key = sign_in.key if sign_in else ""
        self.until = sign_in.until if sign_in else None
        self.end = end
        self.kept = False


class SignIns:
    """`clock`: seconds that never go back. `now_s`: seconds since 1970."""

    def __init__(self, clock: Callable[[], float], now_s: Callable[[], float]) -> None:
        # shared
        self._clock = clock
        self._now_s = now_s
        # state
        self._here: dict[_Here, None] = {}
        self._users: OrderedDict[int, tuple[User, float]] = OrderedDict()
        self._ended: OrderedDict[str, int] = OrderedDict()

    # open sockets

    @contextmanager
    def open(self, who: Caller, sign_in: SignIn | None, end: Callable[[], None]) -> Iterator[None]:
        """As long as a socket is open. `end`: called when its user may not have it any more."""
        if not who.user_id:
            yield  # this machine's token, which ends with the machine
            return
        here = _Here(who, sign_in, end)
        self._here[here] = None
        try:
            yield
        finally:
            self._here.pop(here, None)

    async def watch(self, standing: Standing) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look(standing)
            except Exception:
                # The hub is there for reads: it does not end for this.
                log.exception("sign-ins: it could not be looked at whose sockets have to end")
                await asyncio.sleep(AGAIN_S)

    async def look(self, standing: Standing) -> None:
        """Ends the sockets of those who are not what they were when they came in."""
        now_s = self._now_s()
        for here in list(self._here):
            if here.until is not None and here.until <= now_s:
                self._end(here)
        asked = {here.who.user_id for here in self._here}
        if not asked:
            return
        try:
            found = await standing.generations(asked)
        except (StoreAway, StoreError):
            return  # it says so itself; who was let in stays in
        for here in list(self._here):
            if here.who.user_id in asked and not here.kept and found.get(here.who.user_id) != here.generation:
                self._end(here)

    def _end(self, here: _Here) -> None:
        self._here.pop(here, None)
        here.end()

    # sign-ins

    @contextmanager
    def kept(self, sign_in: SignIn | None) -> Iterator[None]:
        """Meanwhile the password is changed: what this sign-in has open is not looked at."""
        ours = [here for here in self._here if sign_in is not None and here.key == sign_in.key]
        for here in ours:
            here.kept = True
        try:
            yield
        finally:
            for here in ours:
                here.kept = False

    def go_on(self, sign_in: SignIn, generation: int) -> None:
        """The user has changed the password here: what this sign-in has open stays so."""
        for here in self._here:
            if here.key == sign_in.key:
                here.generation = generation

    def end(self, sign_in: SignIn) -> None:
        """Signed out: also for a copy of its cookie, as long as this hub runs."""
        self._ended[sign_in.key] = sign_in.until
        if len(self._ended) > ENDED_MAX:
            self._ended.popitem(last=False)
        for here in list(self._here):
            if here.key == sign_in.key:
                self._end(here)

    def has_ended(self, sign_in: SignIn) -> bool:
        return sign_in.key in self._ended

    # users

    def remember(self, user_id: int, user: User | None) -> None:
        """What PostgreSQL has just said of this user; None: there is none."""
        self._users.pop(user_id, None)
        if user is not None:
            self._users[user_id] = user, self._clock()
        if len(self._users) > REMEMBERED_MAX:
            self._users.popitem(last=False)

    def recall(self, user_id: int) -> User | None:
        """What this user was a moment ago."""
        user, at = self._users.get(user_id, (None, 0.0))
        return user if self._clock() - at < REMEMBERED_S_MAX else None


SIGN_INS: Final = web.AppKey("sign_ins", SignIns)
SIGN_IN: Final = web.RequestKey("sign_in", SignIn)
"""Set for a request whose caller is known by the cookie."""
