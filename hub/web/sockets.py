"""The life of a screen's WebSocket: one reader, one writer, and an end with a name. Knows aiohttp and the fan-out;
refuses to know what the messages say."""

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web

from hub import encode, fanout
from hub.errors import Invalid
from hub.fanout import CloseReason, Cut, Subscriber
from hub.model import US_PER_S, DisplayRow
from hub.session import Session
from hub.web import scope, screen_messages
from hub.web.codes import display_of
from hub.web.on_air import Resume
from hub.web.proof import PROOF, Place
from hub.web.screen_messages import Message, Shown
from hub.web.screens import FLEET, Known
from hub.web.seldom import say_seldom
from hub.web.sign_ins import SIGN_IN, SIGN_INS
from hub.web.state import CONDITION, HUB, LIVE, settings

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 20.0
SEND_TICKS_MAX: Final = 2
"""A frame of 64 KiB that has not left after so many ticks, 10 to 15 s, is not going to. Ticks, because to ask the
clock at every frame would cost more than to know it better is worth."""
BYE_S_MAX: Final = 1.0
"""How long a screen that is being ended may take to hear of it."""
MESSAGE_BYTES_MAX: Final = 4096
WRITE_BYTES_MAX: Final = 16 * 1024
UNSENT_BYTES_MAX: Final = 16 * 1024
"""What the kernel may hold unsent: without this it hides megabytes of lateness."""
UNANSWERED_MS_MAX: Final = 40_000
"""How long the kernel may hold what the other side does not take. It lets go of nothing when the hub ends a socket:
that is then nobody's, and asks a screen that stays silent again and again. Longer than a heartbeat and its answer
take, so that it is the hub that says why."""
TICK_S: Final = 5.0
WATCHERS_MAX: Final = 400
"""Who has a work page open takes no place of a screen, and needs none: a desk or two, and telephones in the field. Most
pages have two sockets, one for the session that they show."""
TICK_PARTS: Final = 50
"""Sessions hear of it some at a time: to tell thousands of screens takes the loop a hundredth of a second or more, for
which every read would wait."""
ENDS_SAID_MAX: Final = 50
"""Ends of screens that are said one by one, a minute and for each reason: somebody may look for one of them. What makes
more of them is one event, or somebody who means to fill the log."""
LEFT: Final = "the screen left"
LINE_LOST: Final = "its line was lost"
SILENT: Final = "no sign of life"
STUCK: Final = f"it took nothing for {SEND_TICKS_MAX * TICK_S:.0f} s"
NO_WEBSOCKET: Final = "a message too long, or none of a WebSocket"
FAULT: Final = "a fault of the hub"


class Screen:
    """One socket. `check` may be called at any time; everything else happens in `run`."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse) -> None:
        self._request = request
        self._ws = ws
        self._loop = asyncio.get_running_loop()
        self._turns = request.app[LIVE].turns
        self._wanted = True
        self._asleep: asyncio.Future[None] | None = None
        self._subscriber: Subscriber | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._sending = False
        self._sending_ticks = 0
        self._framed_at = self._loop.time()
        self.ended = ""
        """Why it ended, in words: the first reason there was."""

    async def display(self, row: DisplayRow | None, resume: Resume | None) -> None:
        """Shows what the display of this row shows; None: its code is unknown."""
        row = self._as_now(row)
        session = self._request.app[HUB].session_of(row) if row else None
        refused = None
        if row is None:
            refused = fanout.UNKNOWN_CODE
        elif self._request.app[LIVE].screens >= settings(self._request).limits.displays:
            refused = fanout.TOO_MANY_SCREENS
            say_seldom(self._request, "is a screen too many (limits.displays)")
        await self._run(session, row, resume, refused)

    def _as_now(self, row: DisplayRow | None) -> DisplayRow | None:
        """It may have been changed, or taken back, while the connection was made."""
        found = self._request.app[HUB].displays.get(row.code) if row else None
        return found if found and found.holds(self._request.app[CONDITION].now_us()) else None

    async def watch(self, session: Session | None, resume: Resume | None) -> None:
        """Shows a session to somebody who watches it; None: there is none, or it has ended."""
        await self._run(session, None, resume, self._crowded() if session else fanout.SESSION_GONE)

    async def attend(self) -> None:
        """Shows nothing: an open page hears of it when its user may not be here any more."""
        await self._run(None, None, None, self._crowded())

    def _crowded(self) -> CloseReason | None:
        """Why there is no place for one more who watches."""
        if self._request.app[LIVE].watchers < WATCHERS_MAX:
            return None
        say_seldom(self._request, f"has a page open, beside {WATCHERS_MAX} others")
        return fanout.TOO_MANY_SCREENS

    async def _run(
        self,
        session: Session | None,
        row: DisplayRow | None,
        resume: Resume | None,
        refused: CloseReason | None,
    ) -> None:
        """Until either side has had enough. Returns when nothing of the socket is left."""
        try:
            if refused is not None:
                self._end(refused.text)
                await self._say_bye(refused)
            else:
                await self._show(session, row, resume)
        finally:
            if self._ending is not None:
                self._ending.cancel()
            self.abort()

    def cut(self, reason: CloseReason) -> None:
        """Ends it, as soon as it has heard why."""
        if self._subscriber is not None:
            self._subscriber.cut(reason)

    def tell(self, message: bytes) -> None:
        """A message for this screen alone, after what it has been told by now."""
        if self._subscriber is not None:
            self._subscriber.tell(message)

    def frame_age_us(self) -> int:
        """How long ago its last frame left, to a turn of the loop."""
        return max(0, round((self._loop.time() - self._framed_at) * US_PER_S))

    def abort(self) -> None:
        """Ends the socket now. `close()` would wait for a client that reads no more."""
        transport = self._request.transport
        if transport is not None:
            transport.abort()

    def check(self) -> None:
        """Called with every tick: a send that is stuck ends the screen."""
        if not self._sending:
            return
        self._sending_ticks += 1
        if self._sending_ticks > SEND_TICKS_MAX:
            self._end(STUCK)
            self.abort()

    def _end(self, why: str) -> None:
        self.ended = self.ended or why

    async def _show(self, session: Session | None, row: DisplayRow | None, resume: Resume | None) -> None:
        subscriber, writer = self._join(session, row, resume)
        fleet, after, known = self._request.app[FLEET], subscriber.topic.offset, self._come(row)
        place = Place(session, row.partner_id, row.code, known, after) if session and row else None
        try:
            await self._read(subscriber, known, place)
        finally:
            if known is not None:
                fleet.leave(known, self)
            self._request.app[LIVE].leave(subscriber)
            if subscriber.reason is None:  # else it is saying so, which takes BYE_S_MAX at the most
                writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
            say_seldom(self._request, f"screen ended: {self.ended or FAULT}", singly=ENDS_SAID_MAX)

    def _join(
        self, session: Session | None, row: DisplayRow | None, resume: Resume | None
    ) -> tuple[Subscriber, asyncio.Task[None]]:
        """Only the writer has the hello, until it is sent: it is as large as everything else of a screen together."""
        live = self._request.app[LIVE]
        hello, subscriber = live.join(session, row, resume=resume, wake=self._wake)
        self._subscriber = subscriber
        return subscriber, asyncio.create_task(self._write(hello, subscriber))

    def _come(self, row: DisplayRow | None) -> Known | None:
        """It is told who it is right after its hello."""
        query = self._request.query
        own, tab = query.get("screen", ""), query.get("tab", "")
        return self._request.app[FLEET].come(row, own, tab, self) if row and own else None

    def _wake(self) -> None:
        self._wanted = True
        if self._asleep is not None:
            self._turns.wake(self._asleep)
            self._asleep = None
        if self._subscriber is not None and self._subscriber.reason is not None and self._ending is None:
            self._end(self._subscriber.reason.text)
            # The writer may be stuck in a send, and would not hear of it.
            self._ending = self._loop.call_later(2 * BYE_S_MAX, self.abort)

    async def _read(self, subscriber: Subscriber, known: Known | None, place: Place | None) -> None:
        async for message in self._ws:
            if message.type is WSMsgType.ERROR:  # aiohttp has hung up
                self._end(_fault(message.data))
                return
            try:
                said = screen_messages.parse(message.data if message.type is WSMsgType.TEXT else "")
            except msgspec.DecodeError:
                subscriber.cut(fanout.NOT_UNDERSTOOD)
            else:
                self._hear(said, known, place)
        self._end(LINE_LOST if self._ws.close_code == WSCloseCode.ABNORMAL_CLOSURE else LEFT)

    def _hear(self, said: list[Message], known: Known | None, place: Place | None) -> None:
        for each in said:
            if known is not None:
                self._request.app[FLEET].hear(known, each)
            if place is not None and isinstance(each, Shown):
                self._request.app[PROOF].hear(place, each)

    async def _write(self, hello: bytes, subscriber: Subscriber) -> None:
        try:
            await self._send(hello)
            del hello
            while True:
                self._wanted = False
                while (frame := subscriber.take()) is not None:
                    await self._send(frame)
                if not self._wanted:
                    asleep = self._asleep = self._loop.create_future()
                    await asleep
        except Cut as cut:
            subscriber.cut(cut.reason)
            await self._say_bye(cut.reason)
        except (ConnectionError, RuntimeError):
            pass  # the socket is gone, or closing
        finally:
            self.abort()

    async def _send(self, frame: bytes) -> None:
        self._sending, self._sending_ticks = True, 0
        await self._ws.send_frame(frame, WSMsgType.TEXT)
        self._sending = False
        self._framed_at = self._turns.at

    async def _say_bye(self, reason: CloseReason) -> None:
        """Tells the screen why, and closes. What has not left by BYE_S_MAX is not going to."""
        transport = self._request.transport
        if transport is None:
            return
        transport.set_write_buffer_limits(high=0)  # so that what waits for room waits until all has left
        with contextlib.suppress(TimeoutError, ConnectionError, RuntimeError):
            async with asyncio.timeout(BYE_S_MAX):
                bye = encode.bye(reason.code, reason.text, reason.again, reason.move)
                await self._ws.send_frame(bye, WSMsgType.TEXT)
                await self._ws.close(code=reason.code, message=reason.text.encode())


class Screens:
    """The sockets that are open. `nobody` is set while there is none. `ended`: how many have ended, by why."""

    def __init__(self) -> None:
        self.all: set[Screen] = set()
        self.ended: Counter[str] = Counter()
        self.nobody = asyncio.Event()
        self.nobody.set()

    def add(self, screen: Screen) -> None:
        self.all.add(screen)
        self.nobody.clear()

    def remove(self, screen: Screen) -> None:
        self.ended[screen.ended or FAULT] += 1
        self.all.discard(screen)
        if not self.all:
            self.nobody.set()


SCREENS: Final = web.AppKey("screens", Screens)


async def display_socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/d/{code}?session=S&after=N&epoch=E`"""
    row = display_of(request)
    async with _screen(request) as (screen, ws):
        await screen.display(row, _resume(request, request.query.get("session", "")))
    return ws


async def session_socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/sessions/{id}?after=N&epoch=E`"""
    session_id = request.match_info["id"]
    async with _screen(request) as (screen, ws):
        found = scope.session(request, int(session_id)) if scope.is_number(session_id) else None
        with _as_long_as_here(request, screen):
            await screen.watch(found, _resume(request, session_id))
    return ws


async def own_socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/me`: open as long as its user may be here."""
    async with _screen(request) as (screen, ws):
        with _as_long_as_here(request, screen):
            await screen.attend()
    return ws


def _as_long_as_here(request: web.Request, screen: Screen) -> contextlib.AbstractContextManager[None]:
    who, sign_in = scope.caller(request), request.get(SIGN_IN)
    return request.app[SIGN_INS].open(who, sign_in, lambda: screen.cut(fanout.SIGNED_OUT))


@contextlib.asynccontextmanager
async def _screen(request: web.Request) -> AsyncIterator[tuple[Screen, web.WebSocketResponse]]:
    ws = web.WebSocketResponse(
        compress=False,
        writer_limit=WRITE_BYTES_MAX,
        heartbeat=HEARTBEAT_S,
        max_msg_size=MESSAGE_BYTES_MAX,
    )
    if not _is_handshake(request, ws):
        raise Invalid("This address takes WebSocket connections only.")
    await ws.prepare(request)
    limit_unread(request)
    screen = Screen(request, ws)
    request.app[SCREENS].add(screen)
    try:
        yield screen, ws
    finally:
        request.app[SCREENS].remove(screen)


async def tick(app: web.Application) -> None:
    """Every TICK_S: screens hear that the hub lives, and stuck ones are ended."""
    while True:
        for part in range(TICK_PARTS):
            await asyncio.sleep(TICK_S / TICK_PARTS)
            app[LIVE].tick(part, TICK_PARTS)
        for screen in list(app[SCREENS].all):
            screen.check()


async def end_all(app: web.Application) -> None:
    """The hub is stopping: all screens hear of it at once; who does not take it is cut off."""
    app[LIVE].cut_all(fanout.STOPPING)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(BYE_S_MAX):
            await app[SCREENS].nobody.wait()
    for screen in list(app[SCREENS].all):
        screen.abort()


def _is_handshake(request: web.Request, ws: web.WebSocketResponse) -> bool:
    try:
        return bool(ws.can_prepare(request))
    except UnicodeError:  # aiohttp words its refusal with a header that is no UTF-8
        return False


def _resume(request: web.Request, session_id: str) -> Resume | None:
    """What the screen has seen, when all three are numbers; else it comes fresh."""
    given = session_id, request.query.get("epoch", ""), request.query.get("after", "")
    if not all(map(scope.is_number, given)):
        return None
    session, epoch, after = map(int, given)
    return session, epoch, after


def limit_unread(request: web.Request) -> None:
    """What a screen that reads no more costs the kernel, as far as the system has such limits."""
    raw = request.transport.get_extra_info("socket") if request.transport else None
    limits = {"TCP_NOTSENT_LOWAT": UNSENT_BYTES_MAX, "TCP_USER_TIMEOUT": UNANSWERED_MS_MAX}
    for name, value in limits.items():
        option = getattr(socket, name, None)
        if option is not None and raw is not None:
            raw.setsockopt(socket.IPPROTO_TCP, option, value)


def _fault(problem: object) -> str:
    """Why aiohttp has hung up."""
    if isinstance(problem, TimeoutError):
        return SILENT
    return NO_WEBSOCKET if isinstance(problem, WebSocketError) else LINE_LOST
