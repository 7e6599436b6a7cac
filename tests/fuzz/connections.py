"""What may come over a connection to the web port: HTTP, uploads, and a screen's WebSocket frames.

The real application and aiohttp's own protocol, on a transport that is none; the database answers at once.
"""

import asyncio
import json
import logging
import re
import warnings
from collections.abc import Callable, Collection
from functools import cache, cached_property
from typing import Any, Final
from unittest.mock import patch

from msgspec.structs import replace

from hub import fanout, old_display_settings
from hub.accounts import Caller, User
from hub.config import Server, Settings, Web
from hub.config_live import Current
from hub.hub import Hub
from hub.importing import ControllerFiles, Imported, plan
from hub.jobs import Jobs
from hub.messages import NONE, Messages
from hub.model import US_PER_S, DisplayRow, PartnerRow, Read, ReadFilter, SessionRow, Whose
from hub.passages import StoredPassage
from hub.passwords import Hashes
from hub.refused import RefusedReaders
from hub.roster import Roster
from hub.session import Session
from hub.web import application, connections, state
from hub.web.assets import Assets
from hub.web.hashing import Hashing
from hub.web.live import Live
from hub.web.routes import STATIC
from hub.web.web_sessions import storage
from tests.frames import CLOSE, PING, PONG, TEXT, upgrade, whole_frames
from tests.fuzz.accounts import Choices, NoPartners, NoUsers
from tests.fuzz.changes import Changes, Kept, Proofs, Screens
from tests.fuzz.rosters import RosterFiles

TOKEN: Final = "t0ken"
CHEAP: Final = Hashes(memory_kib=8, passes=1, lanes=1)
CODE: Final = "K7XQ2M9P"
OWN: Final = "abcdefghijklmnopqrstuv"
"""What a screen calls itself."""
NOW_US: Final = 1_717_230_000_000_000
TURNS: Final = 12
"""Of the loop: more than any answer takes when nothing is waited for."""
BOUNDARY: Final = "sep"
UPLOAD: Final = (
    "POST /api/rosters/import HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n"
    "Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n"
)
EXPECTED: Final = re.compile(rb"(?i)^expect:.*[\x80-\xff]", re.MULTILINE)
"""aiohttp itself answers an `Expect` that it does not know, before any code of ours has its turn. It repeats what it
got, and answers 500 where that is no UTF-8 (3.14)."""
CLOSE_CODES: Final = {1000, 1002, 1003, 1007, 1009, fanout.NOT_UNDERSTOOD.code}
"""How a screen's socket ends by its own fault, or by its own wish."""


OLD_WORDS: Final = (
    old_display_settings.TOO_SHORT,
    old_display_settings.TOO_LONG,
    old_display_settings.NO_NUMBER,
)
"""What the predecessor's pages are told in the predecessor's shape."""


def http(data: bytes) -> None:
    """Whatever comes over a connection: no fault of ours, no change without the token, no file but those of the pages,
    and every error in one shape, but for the predecessor's."""
    if EXPECTED.search(data):
        return
    heard = _site().talk(data)
    given = answers(heard.sent)
    for status, body in given:
        assert status < 500 or status == 503
        if status >= 400 and body.startswith(b"{"):
            error = json.loads(body)["error"]
            assert error in OLD_WORDS if isinstance(error, str) else error["code"] and error["message"]
    assert TOKEN.encode() in data or not heard.changed
    if data.startswith(b"GET /static/") and given and given[0][0] == 200:
        assert given[0][1] in _site().files


def upload(data: bytes) -> None:
    """Any multipart body is a roster that is kept, or is refused as the caller's fault."""
    head = UPLOAD.format(token=TOKEN, length=len(data), boundary=BOUNDARY)
    heard = _site().talk(head.encode() + data)
    ((status, body),) = answers(heard.sent)
    assert status in (200, 400, 404, 413)
    assert (status == 200) == bool(heard.changed)
    if status == 400:
        assert json.loads(body)["error"]["message"]


def frames(data: bytes) -> None:
    """Whatever comes behind a screen's upgrade: no fault of ours; the screen is served, or its socket ends with a code
    that says why, and nothing of it is left."""
    heard = _site().talk(upgrade(f"{CODE}?screen={OWN}") + data)
    head, _, sent = heard.sent.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    found, rest = whole_frames(sent)
    assert rest == b""
    codes = [int.from_bytes(payload[:2], "big") for opcode, payload in found if opcode == CLOSE]
    assert len(codes) <= 1 and set(codes) <= CLOSE_CODES
    texts = [payload for opcode, payload in found if opcode == TEXT]
    assert texts or codes
    assert not texts or json.loads(texts[0].split(b"\n")[0])["type"] == "hello"
    assert {opcode for opcode, _ in found} <= {TEXT, CLOSE, PING, PONG}
    assert not heard.screens
    assert heard.closed or not codes


def answers(sent: bytes) -> list[tuple[int, bytes]]:
    """Status and body of each answer."""
    found = []
    while sent:
        head, _, rest = sent.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])
        }
        length = len(rest) if status == 101 else int(headers.get(b"content-length", b"0"))
        if status == 304 or re.match(rb"HTTP/\d\.\d ", rest):  # of a HEAD
            length = 0
        found.append((status, rest[:length]))
        sent = rest[length:]
    return found


class Heard:
    """All that came of a connection."""

    def __init__(self, sent: bytes, closed: bool, changed: list[str], screens: int) -> None:
        self.sent = sent
        self.closed = closed
        self.changed = changed
        self.screens = screens


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": ("192.0.2.9", 40000), "sockname": ("192.0.2.1", 8080)})
        self._loop = loop
        self._protocol = protocol
        self.sent = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        if not self.closed:
            self.sent += data

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Database:
    """One session, 1, which has no reads. Notes what is changed."""

    def __init__(self) -> None:
        self.changed: list[str] = []

    async def alive(self) -> bool:
        return True

    async def sessions(self, whose: Whose, session_id: int | None = None) -> list[dict[str, Any]]:
        return [{"id": 1, "purpose": "race"}] if session_id in (None, 1) else []

    async def session(self, whose: Whose, session_id: int) -> SessionRow | None:
        return ROW if session_id == 1 else None

    async def reads(self, whose: Whose, session_id: int, wanted: ReadFilter) -> list[tuple[int, Read]]:
        return []

    async def passed(self, whose: Whose, session_id: int, after: int, through: int) -> list[StoredPassage]:
        return []

    async def locations(self, whose: Whose, session_id: int) -> list[dict[str, Any]]:
        return []

    async def location_tags(self, whose: Whose, session_id: int) -> dict[int, int]:
        return {}

    async def messages(self, whose: Whose, session_id: int) -> Messages:
        return NONE

    async def rejects(self, whose: Whose, session_id: int, after: int, limit: int) -> list[dict[str, Any]]:
        return []

    async def roster(self, whose: Whose, session_id: int) -> Roster:
        return Roster()

    async def put(
        self, session_id: int, files: ControllerFiles, location: str | None, *, remote: str
    ) -> Imported:
        found = plan(files, location)
        self.changed.append(f"import {session_id}: {found.lines}")
        return Imported(session_id, ", ".join(found.locations), found.lines, 0, 0, 0, 0, 0, 0, [])

    async def by_id(self, user_id: int) -> User | None:
        return None

    async def by_email(self, email: str) -> User | None:
        return None

    async def by_token(self, digest: bytes) -> User | None:
        return None

    async def seen(self, who: Caller) -> None:
        pass

    async def generations(self, user_ids: Collection[int]) -> dict[int, int]:
        return {}

    async def rehash(self, user: User, password_hash: str) -> int | None:
        return None

    async def make(self, by: Caller, wanted: DisplayRow) -> DisplayRow:
        self.changed.append(f"display of {wanted.partner_id}: {len(wanted.name)}")
        return replace(wanted, code="AAAA2222")

    async def change(self, by: Caller, row: DisplayRow, action: str) -> bool:
        self.changed.append(f"display {row.code}: {len(row.name)}")
        return True

    async def delete(self, by: Caller, row: DisplayRow) -> bool:
        self.changed.append(f"display {row.code} deleted")
        return True

    async def note_source(
        self, by: Caller, action: str, what: str, partner_id: int, source_id: int, session_id: int
    ) -> None:
        self.changed.append(f"{action} {source_id} {session_id}")


ROW: Final = SessionRow(1, 1, "S", "E", "active", 1, "Asia/Kathmandu", "2024-06-01", NOW_US)


class Site:
    """The web of a hub, without its port."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: self.faults.append(context))
        self.faults: list[object] = []
        self.database = Database()
        self.hub = Hub(now_us=lambda: NOW_US, wake=lambda: None, publish=lambda session, reads: None)
        self.hub.partners[1] = PartnerRow(1, "default", "Default")
        self.hub.displays[CODE] = DisplayRow(CODE, 1, 1, "Finish")
        self.live = Live(self.hub, lambda: NOW_US, 1 << 18)
        self.runner = self.loop.run_until_complete(self._set_up())
        for name in ("hub", "aiohttp"):
            logging.getLogger(name).addHandler(_Faults(self.faults))

    @cached_property
    def files(self) -> set[bytes]:
        """What may be given of `/static/`."""
        assets = Assets(STATIC)
        held = [asset for name in assets.names() if (asset := assets.get(name))]
        return {asset.body for asset in held} | {asset.packed for asset in held}

    async def _set_up(self) -> connections.Runner:
        condition = state.Condition(not_ready="", now_us=lambda: NOW_US, tcp_port=61611)
        settings = Settings(server=Server(name="Hub"), web=Web(host="127.0.0.1"))
        app = application.build(
            Current(settings),
            condition=condition,
            hub=self.hub,
            live=self.live,
            queries=self.database,
            people=self.database,
            users=NoUsers(self.database.changed),
            partners=NoPartners(self.database.changed),
            displays=self.database,
            screens=Screens(self.database.changed),
            proofs=Proofs(),
            source_log=self.database,
            standing=self.database,
            kept=Kept(),
            changes=Changes(self.database, self.database.changed),
            jobs=Jobs(lambda: NOW_US, self.hub.new_id),
            files=RosterFiles(self.database.changed),
            refused=RefusedReaders(lambda: NOW_US),
            token=TOKEN,
            storage=storage(None, hours=12, secret=TOKEN, own=TOKEN),
            hashes=CHEAP,
            choices=Choices(),
        )
        runner = connections.Runner(app, files_max=100, shutdown_timeout=1)
        await runner.setup()
        return runner

    def talk(self, data: bytes) -> Heard:
        """One connection: these bytes, and the end of it."""
        self.faults.clear()
        self.database.changed.clear()
        self.hub.sessions[1] = Session(ROW, late_us=120 * US_PER_S)
        self.hub.displays.clear()
        self.hub.displays[CODE] = DisplayRow(CODE, 1, 1, "Finish")
        at_once = (patch("asyncio.to_thread", _at_once), patch.object(Hashing, "_beside", _beside_at_once))
        with at_once[0], at_once[1], warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # what aiohttp says of bad multipart headers, beside leaving them out
            heard = self.loop.run_until_complete(self._talk(data))
        if self.faults:
            raise AssertionError(f"a fault of ours: {self.faults[0]}")
        return heard

    async def _talk(self, data: bytes) -> Heard:
        assert self.runner.server is not None
        protocol = self.runner.server()
        wire = Wire(self.loop, protocol)
        protocol.connection_made(wire)
        protocol.data_received(data)
        await _turns()
        heard = bytes(wire.sent), wire.closed, list(self.database.changed)
        wire.close()
        await _turns()
        await self._end_what_lingers()
        return Heard(*heard, self.live.screens)

    async def _end_what_lingers(self) -> None:
        """aiohttp waits ten seconds for the rest of a body that nobody wanted. Of ours nothing may be left."""
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            assert getattr(task.get_coro(), "__qualname__", "") == "RequestHandler.start", (
                f"still there: {task}"
            )
            task.cancel()
        await _turns()


class _Faults(logging.Handler):
    """Keeps what is logged as a fault."""

    def __init__(self, faults: list[object]) -> None:
        super().__init__()
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self._faults.append(self.format(record))


async def _beside_at_once(_hashing: Hashing, work: Callable[[], Any]) -> Any:
    return work()


async def _at_once(work: Callable[..., Any], *args: Any, **options: Any) -> Any:
    return work(*args, **options)


async def _turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


@cache
def _site() -> Site:
    return Site()
