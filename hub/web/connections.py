"""The web's sockets: how many there may be, and how long each may take to ask and to take its answer. Knows aiohttp's
protocol from within, which is why pyproject.toml holds aiohttp to one minor version; refuses to know what is asked.

aiohttp has no limit for a head that comes byte by byte, for a peer that connects and says nothing, and for an answer
that nobody takes. One sweep a second looks at all connections for that; a request costs it nothing. Bodies are
bodies.py's. A connection that has become a WebSocket is let go of: sockets.py has limits of its own, and so nothing
here is called for what a screen is sent.
"""

import asyncio
import logging
from collections.abc import Callable
from itertools import islice
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.http import HttpVersion10, HttpVersion11
from aiohttp.http_exceptions import BadHttpMethod, HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from hub.web import middlewares, refusals
from hub.web.seldom import SELDOM, Seldom

log = logging.getLogger(__name__)

SWEEP_S: Final = 1.0
"""How much later than its limit a connection may be ended."""
HEAD_S_MAX: Final = 10.0
"""For a request's first byte on a new connection, and from the first byte of a head to its last: a head is one
segment, even on a telephone in a field."""
IDLE_S_MAX: Final = 75.0
"""Between an answer and the next request. Browsers and proxies expect about a minute."""
LINGER_S: Final = 5.0
"""How long a body is read that nobody wants, so that who sends it gets to read why."""
ANSWER_S_MAX: Final = 30.0
ANSWER_BYTES_MIN: Final = 16 * 1024
"""So much of an answer that waits, or all of it, has to leave in ANSWER_S_MAX: four times as slow as the slowest
mobile line, and three pages of it may be lost on the way."""
CONNECTIONS_MAX: Final = 2000
"""Connections that are no screens. A browser has up to six while it loads a page, then a socket: that is a hall of 300
screens switched on in the same second. Not for each address: a venue's screens share one."""
SHED_PART: Final = 20
"""Beyond it, so many-th part of all makes room at once: to look for one at a time would cost a flood nothing, and us
much."""
LINE_BYTES_MAX: Final = 8190
"""A line of a head. Cookies of other programs on the same host may take half of it."""
HEADERS_MAX: Final = 128
CONTINUE: Final = "100-continue"

SILENT: Final = "said nothing"
IDLE: Final = "asked nothing more"
HEAD_SLOW: Final = f"took longer than {HEAD_S_MAX:.0f} s to ask"
ANSWER_SLOW: Final = "did not take its answer"
CROWDED: Final = "made room: too many connections"
REFUSED: Final = "refused: too many connections"
NO_FILES: Final = "refused: too many open files"
NO_HTTP: Final = "sent what is no HTTP"
LONG_LINE: Final = "sent a request with too long a line"
BROKEN: Final = "sent a broken request"

_TOO_SLOW: Final = refusals.raw(408, "too_slow", "The request did not come in time.")


class Connection(RequestHandler):
    """One socket of the web, watched until it becomes a screen's."""

    __slots__ = ("_asked_for", "_head_at", "_line", "_remote", "_server", "_since", "_unsent", "_unsent_at")

    def __init__(self, server: "Server", loop: asyncio.AbstractEventLoop, **options: Any) -> None:
        super().__init__(server, loop=loop, **options)
        # shared
        self._server = server
        # per connection
        self._line: asyncio.Transport | None = None
        """aiohttp forgets its own when it closes, though bytes may still wait in it."""
        self._remote = ""
        # what it waits for, as the sweep has seen it
        self._asked_for = 0
        self._since = loop.time()
        self._head_at: float | None = None
        self._unsent = 0
        self._unsent_at: float | None = None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = cast("asyncio.Transport", transport)  # uvloop's does not inherit from it
        self._remote = str((transport.get_extra_info("peername") or ("?",))[0])
        refusal = self._server.admit(self)
        if refusal:
            self._server.seldom.say(self._remote, refusal)
            self._line.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._server.let_go(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_at is None and data and self._payload_parser is None and self._awaits_head:
            self._head_at = self._loop.time()
        heads = self._request_count
        super().data_received(data)
        if self._request_count != heads:
            self._head_at = None

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        """It has become a WebSocket."""
        self._server.let_go(self)
        super().set_parser(parser, data_received_cb)

    # limits

    @property
    def in_hand(self) -> bool:
        """Whether a request of it is being worked on."""
        return self._current_request is not None

    @property
    def _awaits_head(self) -> bool:
        return not self._request_count or (self._waiter is not None and not self._waiter.done())

    def check(self, now: float) -> None:
        """Called with every sweep."""
        if self._line is None:
            return
        if self._unsent_at is not None or self._line.get_write_buffer_size():
            self._check_answer(now, self._line.get_write_buffer_size())
        elif self._force_close or not self._awaits_head or self._asked_for != self._request_count:
            self._asked_for, self._since = self._request_count, now
        else:
            self._check_wait(now)

    def _check_answer(self, now: float, unsent: int) -> None:
        """More may have been added to what waits; only what leaves counts."""
        self._since = now
        if not unsent:
            self._unsent_at = None
        elif self._unsent_at is None or unsent <= self._unsent - ANSWER_BYTES_MIN:
            self._unsent, self._unsent_at = unsent, now
        elif now - self._unsent_at >= ANSWER_S_MAX:
            self.end(ANSWER_SLOW)
        else:
            self._unsent = max(self._unsent, unsent)

    def _check_wait(self, now: float) -> None:
        if self._head_at is not None:
            if now - self._head_at >= HEAD_S_MAX and self._line is not None:
                self._server.seldom.say(self._remote, HEAD_SLOW)
                self._line.write(_TOO_SLOW)
                self.force_close()
        elif now - self._since >= (IDLE_S_MAX if self._request_count else HEAD_S_MAX):
            self.end(IDLE if self._request_count else SILENT)

    def end(self, reason: str) -> None:
        """Hangs up at once, with the reason for the log."""
        if reason is IDLE:
            log.debug("web: %s: %s", self._remote, reason)  # as it should be
        else:
            self._server.seldom.say(self._remote, reason)
        if self._line is not None:
            self._line.abort()

    # answers to what cannot be read

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """In the house's shape, without what the peer sent."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already") from exc
        if status >= 500:
            log.error("web: a request failed before it was handled", exc_info=exc)
            return refusals.answer(500, middlewares.FAULT_TEXT)
        if isinstance(exc, LineTooLong):
            self._server.seldom.say(self._remote, LONG_LINE)
            return refusals.answer(431, f"A line of the request is longer than {LINE_BYTES_MAX} bytes.")
        self._server.seldom.say(self._remote, NO_HTTP if isinstance(exc, BadHttpMethod) else BROKEN)
        return refusals.answer(400, "This is no request that the hub understands.")

    def log_exception(self, *args: Any, **kw: Any) -> None:
        if isinstance(kw.get("exc_info"), (RequestPayloadError, HttpProcessingError)):
            # The rest of a body that nobody wanted, and its answer is sent.
            self._server.seldom.say(self._remote, BROKEN)
        else:
            super().log_exception(*args, **kw)


class Server(web.Server):
    """All of the web's sockets. `files_max`: how many there may be, screens included."""

    def __init__(self, app: web.Application, inner: web.Server, files_max: int) -> None:
        super().__init__(self._answer, request_factory=inner.request_factory)
        # limits
        self._files_max = files_max
        # shared
        self.seldom: Seldom = app[SELDOM]
        self._inner = inner.request_handler
        # state: those that are no screens, the longest connected first
        self._watched: dict[Connection, None] = {}

    def __call__(self) -> RequestHandler:
        return Connection(
            self,
            self._loop,
            access_log=None,
            auto_decompress=False,  # a body of a kilobyte would become one of a gigabyte
            lingering_time=LINGER_S,
            max_line_size=LINE_BYTES_MAX,
            max_field_size=LINE_BYTES_MAX,
            max_headers=HEADERS_MAX,
        )

    @property
    def watched(self) -> int:
        """How many connections are open that are no screens."""
        return len(self._watched)

    def admit(self, connection: Connection) -> str:
        """Counts a new connection. Gives why it may not be, or nothing."""
        if len(self._connections) >= self._files_max:
            return NO_FILES
        if len(self._watched) >= CONNECTIONS_MAX:
            self._shed()
            if len(self._watched) >= CONNECTIONS_MAX:
                return REFUSED
        self._watched[connection] = None
        return ""

    def let_go(self, connection: Connection) -> None:
        self._watched.pop(connection, None)

    async def sweep(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            now = self._loop.time()
            for connection in list(self._watched):
                connection.check(now)
            self.seldom.flush()

    def _shed(self) -> None:
        """The oldest without a request in hand make room: who has just come is about to ask."""
        spare = (each for each in self._watched if not each.in_hand)
        for connection in list(islice(spare, max(1, CONNECTIONS_MAX // SHED_PART))):
            self.let_go(connection)
            connection.end(CROWDED)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """What has to be refused before aiohttp looks for an address, and the middlewares are asked."""
        if request._version not in (HttpVersion10, HttpVersion11):
            request._version = HttpVersion11  # else the answer claims to be of that version, too
            return refusals.answer(400, "This hub speaks HTTP/1.1.")
        if request.headers.get("Expect", CONTINUE).lower() != CONTINUE:
            return refusals.answer(417, f"The hub meets no other expectation than {CONTINUE}.")
        return await self._inner(request)


class Runner(web.AppRunner):
    """aiohttp's own, with our sockets. `files_max` as in Server."""

    def __init__(self, app: web.Application, *, files_max: int, shutdown_timeout: float) -> None:
        super().__init__(app, shutdown_timeout=shutdown_timeout)
        self._files_max = files_max

    async def sweep(self) -> None:
        """Until cancelled. Once it is set up."""
        assert isinstance(self._server, Server)
        await self._server.sweep()

    async def _make_server(self) -> Server:
        return Server(self._app, await super()._make_server(), self._files_max)
