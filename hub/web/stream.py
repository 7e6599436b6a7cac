"""`GET /stream`: the predecessor's live runners as server-sent events, to every client. Knows the shape of the stream
and how a client comes back; refuses to know who is shown (hub/web/old_feed.py).

A client of the predecessor hangs up for good on the first error and at the end of an answer: so the answer does not end
while the hub runs, whatever becomes of its display, and says each second that it lives.
"""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from hub import old_runners
from hub.accounts import Caller
from hub.errors import Unavailable
from hub.fanout import STOPPING, TOO_MANY_SCREENS, Cut, Subscriber
from hub.model import DisplayRow, Read
from hub.session import Session
from hub.web import old_place, scope, sockets
from hub.web.old_feed import is_for, runner_of
from hub.web.old_place import Place
from hub.web.seldom import say_seldom
from hub.web.sign_ins import SIGN_IN, SIGN_INS
from hub.web.state import CONDITION, HUB, LIVE, settings

STREAMS_MAX: Final = 1000
"""Half of what the hub has of connections for the web: who listens here is not to keep others from its pages."""
NOBODYS_MAX: Final = 100
"""Of those who have said neither a display nor who they are: they are told nothing but that the hub lives."""
KEEPALIVE_S: Final = 1.0
WRITE_S_MAX: Final = 15.0
"""What has not left by then is not going to."""
AT_ONCE: Final = 200
UNKNOWN_KEPT: Final = 200
"""Reads of whom nobody knows who it was: they are told as soon as somebody does."""
HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # a proxy that gathers what comes would keep it for a minute
}
_KEEPALIVE: Final = b"data: %b\n\n" % msgspec.json.encode(old_runners.KEEPALIVE)


async def stream(request: web.Request) -> web.StreamResponse:
    """`?display=CODE`, or as hub/web/old_place.py has it; `Last-Event-ID` (`session.epoch.offset`): from there on.
    Raises TooMany for codes that no display has, Unavailable where there are too many streams."""
    found = await old_place.place(request)
    streams, nobodys = request.app[STREAMS], found.display is None and found.caller is None
    if (
        request.app[LIVE].screens >= settings(request).limits.displays
        or streams.total() >= STREAMS_MAX
        or (nobodys and streams[nobodys] >= NOBODYS_MAX)
    ):
        say_seldom(request, "is a stream too many")
        raise Unavailable(TOO_MANY_SCREENS.text)
    streams[nobodys] += 1
    try:
        return await _answered(request, found)
    finally:
        streams[nobodys] -= 1


STREAMS: Final = web.AppKey("streams_open", Counter[bool])
"""How many there are; True: of nobody."""


async def _answered(request: web.Request, found: Place) -> web.StreamResponse:
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    sockets.limit_unread(request)
    client = _Client(request, response, found.display, found.caller)
    with contextlib.suppress(ConnectionError, TimeoutError):
        await client.run()
    return response


class _Client:
    """One stream. `code` stays what it was, whatever becomes of its display."""

    def __init__(
        self,
        request: web.Request,
        response: web.StreamResponse,
        display: DisplayRow | None,
        caller: Caller | None,
    ) -> None:
        self._request = request
        self._response = response
        self._code = display.code if display is not None else ""
        self._caller = caller
        self._awake = asyncio.Event()
        self._after = _after(request.headers.get("Last-Event-ID", ""))
        self._unknown: deque[int] = deque(maxlen=UNKNOWN_KEPT)
        self._signed_out = False

    async def run(self) -> None:
        """Until the client has left, or the hub stops."""
        async with contextlib.AsyncExitStack() as stack:
            sign_in = self._request.get(SIGN_IN)
            if self._caller is not None and sign_in is not None:
                open_ = self._request.app[SIGN_INS].open(self._caller, sign_in, self._sign_out)
                stack.enter_context(open_)
            while await self._once():
                pass

    def _sign_out(self) -> None:
        self._signed_out = True
        self._awake.set()

    async def _once(self) -> bool:
        """As long as it shows the same session; false: the hub is stopping."""
        display, session = await self._place()
        if session is None:
            await self._write(_KEEPALIVE)
            await asyncio.sleep(KEEPALIVE_S)
            return True
        row = display or DisplayRow("", session.row.partner_id, session.row.id, "")
        subscriber = self._request.app[LIVE].join(session, row, resume=None, wake=self._awake.set)[1]
        try:
            await self._follow(session, display, subscriber)
        except Cut as cut:
            return cut.reason is not STOPPING
        finally:
            self._request.app[LIVE].leave(subscriber)
        return True

    async def _place(self) -> tuple[DisplayRow | None, Session | None]:
        hub = self._request.app[HUB]
        if self._code:
            row = hub.displays.get(self._code)
            if row is None or not row.holds(self._request.app[CONDITION].now_us()):
                return None, None
            return row, hub.session_of(row)
        if self._caller is None or self._signed_out:
            return None, None
        return None, await old_place.chosen(self._request, self._caller)

    async def _follow(self, session: Session, display: DisplayRow | None, subscriber: Subscriber) -> None:
        """Raises Cut."""
        cursor = self._begin(session)
        clock = asyncio.get_running_loop().time
        due_s = clock() + KEEPALIVE_S
        while not self._signed_out:
            self._awake.clear()
            corrected = False
            while (frame := subscriber.take()) is not None:
                corrected = corrected or b'"correction"' in frame
            settings_ = display.settings if display is not None else {}
            if corrected:
                await self._known_by_now(session, settings_)
            while reads := session.tail.after(cursor, AT_ONCE):
                cursor = reads[-1].offset
                await self._say(session, settings_, reads)
            self._after = session.row.id, session.epoch, cursor
            if clock() >= due_s:  # also while reads come that are not for it
                await self._write(_KEEPALIVE)
                due_s = clock() + KEEPALIVE_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due_s):
                    await self._awake.wait()

    def _begin(self, session: Session) -> int:
        """From where on it is told: where it was, if that is known; else from now on."""
        session_id, epoch, after = self._after
        self._unknown.clear()
        if (session_id, epoch) == (session.row.id, session.epoch) and session.tail.reach <= after:
            return min(after, session.durable)
        return session.durable

    async def _say(self, session: Session, wanted: Mapping[str, Any], reads: list[Read]) -> None:
        frames = []
        for read in reads:
            if not is_for(session, wanted, read):
                continue
            runner = runner_of(session, read)
            if runner is None:
                self._unknown.append(read.offset)
            else:
                frames.append(_frame(session, read.offset, runner))
        if frames:
            await self._write(b"".join(frames))

    async def _known_by_now(self, session: Session, wanted: Mapping[str, Any]) -> None:
        """Those of whom it was not known who they are."""
        found = [read for each in self._unknown if (read := session.tail.find(each)) is not None]
        self._unknown.clear()
        await self._say(session, wanted, found)

    async def _write(self, data: bytes) -> None:
        async with asyncio.timeout(WRITE_S_MAX):
            await self._response.write(data)


def _frame(session: Session, offset: int, runner: dict[str, str]) -> bytes:
    """Without a name of its own: the predecessor's screens hear of nothing else."""
    number = f"{session.row.id}.{session.epoch}.{offset}".encode()
    return b"id: %b\ndata: %b\n\n" % (number, msgspec.json.encode(runner))


def _after(text: str) -> tuple[int, int, int]:
    """What a client says it has seen last."""
    parts = text.split(".")
    if len(parts) != 3 or not all(map(scope.is_number, parts)):
        return 0, 0, 0
    session_id, epoch, offset = map(int, parts)
    return session_id, epoch, offset
