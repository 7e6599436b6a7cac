"""The client's side of CTP01, as ChronoTrack's SimpleClient 0.6.0 speaks it: bytes in, bytes out.

Knows what SimpleClient answers, ignores and hangs up on; refuses to know sockets, clocks and files. Its owner
holds a `Stream`, shares it between one connection after the other, and tells the time. Unless a comment says
otherwise, every answer and every refusal here was seen on the wire with SimpleClient 0.6.0.
"""

import re
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import chain
from typing import Final, NamedTuple

import msgspec

from hub.protocols.chronotrack_proof import PROOFS, is_seed
from hub.protocols.chronotrack_stream import (
    LAYOUT,
    TIME_FORMATS,
    Layout,
    Location,
    Stream,
    format_lines,
    parse_layout,
)

BURST_LINES: Final = 250
"""Lines handed out at once: the size of SimpleClient's own bursts."""
LINE_BYTES_LIMIT: Final = 5000
"""A line this long makes SimpleClient hang up."""
WAITING_CHARS_MAX: Final = 1 << 20
"""Characters of answers asked for and not fetched. A limit of ours, not seen: memory has to stay flat."""

_NUMBER: Final = re.compile("[0-9]{1,18}")
_SIGNED: Final = re.compile("-?[0-9]{1,18}")
_PULL_CHARS: Final = 64


def encode(text: str) -> bytes:
    """Single-byte text where that holds it (the real client sends the ANSI of its Windows), else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _join(lines: list[str]) -> bytes:
    """Each line in its own encoding; all at once where one serves."""
    try:
        return "".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        return b"".join(map(encode, lines))


class State(Enum):
    """What the next line of the server is taken for. `_ON_LINE` has what is done with it."""

    GREETING = "greeting"
    SETTINGS = "settings"
    VERDICT = "verdict"
    COMMANDS = "commands"
    CLOSED = "closed"


class Settings(msgspec.Struct):
    """What the server set; the defaults are SimpleClient's."""

    push: bool = False
    newlocations: bool = False
    connection_id: bool = False
    pushmode_ack: bool = False
    authentication: str = "none"
    seed: str = ""
    time_format: str = "normal"
    layout: Layout = LAYOUT


class _Cursor:
    """How far one location has been handed out on this connection."""

    __slots__ = ("first", "location", "position", "streaming")

    def __init__(self, location: Location, first: int) -> None:
        self.location = location
        self.first = first
        self.position = first
        self.streaming = False

    @property
    def left(self) -> int:
        return max(0, len(self.location.items) - self.position)

    def jump(self, sequence: int) -> None:
        """To that sequence, but not beyond the end: what comes next is sent, whatever was asked for."""
        self.position = max(self.first, min(sequence - 1, len(self.location.items)))

    def rewind(self) -> None:
        self.position = self.first
        self.streaming = False


class _Pull:
    """An answer to `getdata` that is not written yet: reads are formatted as they are fetched."""

    __slots__ = ("cursors", "left", "sequence")

    def __init__(self, left: int, cursors: Sequence[_Cursor], sequence: int | None) -> None:
        self.left = left
        self.cursors = cursors
        self.sequence = sequence


class Client:
    """One connection. Give it what comes (`receive_data`), send what it has (`data_to_send`) until `closed`.

    user, password: what it answers when the server asks who it is; empty, as in a dialog that nobody filled in.
    announce_live: tell the server of a location that appears after the settings, as later clients do; 0.6.0
    does so at connect only. Either way such a location streams when it is asked for, not before (not seen).
    """

    def __init__(
        self,
        stream: Stream,
        *,
        user: str = "",
        password: str = "",
        program: str = "SimpleClient",
        version: str = "0.6.0",
        announce_live: bool = False,
    ) -> None:
        self.stream = stream
        self.user = user
        self._password = encode(password)
        self.announce_live = announce_live

        self.state = State.GREETING
        self.close_reason = ""
        self.settings = Settings()
        self.lines_sent = 0

        self._connection_id = stream.connection_id
        self._rewinds = stream.rewinds
        self._inbox = b""
        self._settings_left = 0
        self._cursors: list[_Cursor] = []
        self._last: _Cursor | None = None
        self._announced: int | None = None
        self._outbox: deque[str | _Pull] = deque()
        self._outbox_chars = 0
        self._answer(f"{program}~{version}~CTP01")

    @property
    def closed(self) -> bool:
        return self.state is State.CLOSED

    @property
    def handshaking(self) -> bool:
        """The greeting, a setting or the verdict is still to come: SimpleClient waits 5 s for each."""
        return self.state in (State.GREETING, State.SETTINGS, State.VERDICT)

    @property
    def done(self) -> bool:
        """All the stream holds now was asked for on this connection, and was handed out."""
        if (
            self.state is not State.COMMANDS
            or self._outbox
            or len(self._cursors) < len(self.stream.locations)
        ):
            return False
        return all(not c.left and (c.streaming or not self.settings.push) for c in self._cursors)

    def receive_data(self, data: bytes) -> None:
        """Takes what the server sent, cut in any way. CR LF ends a line; an LF alone is part of it."""
        self._follow_stream()
        if self.closed:
            return
        *lines, self._inbox = (self._inbox + data).split(b"\r\n")
        for line in lines:
            if self.closed:
                return
            self._line(line)
        if len(self._inbox.removesuffix(b"\r")) >= LINE_BYTES_LIMIT:  # its end may have come by half
            self._close("a line is too long")

    def data_to_send(self, lines_max: int = BURST_LINES) -> bytes:
        """The next lines, at most so many; b"" if none now. Answers go before reads, never inside one."""
        self._follow_stream()
        if self.closed:
            return b""
        lines: list[str] = []
        while self._outbox and len(lines) < lines_max:
            self._take_answer(lines, lines_max)
        if self.settings.push and len(lines) < lines_max:
            lines += self._reads([c for c in self._cursors if c.streaming], lines_max - len(lines))
        return _join(lines)

    def connection_lost(self, reason: str = "the connection was lost") -> None:
        """The socket is gone. A server that closes only its sending side has left, too."""
        self._close(reason)

    def _close(self, reason: str) -> None:
        if not self.closed:
            self.state = State.CLOSED
            self.close_reason = reason
            self._inbox = b""
            self._outbox.clear()
            self._cursors.clear()

    def _follow_stream(self) -> None:
        """What the owner did to the stream since the last call."""
        stream = self.stream
        if self.closed:
            return
        if stream.connection_id != self._connection_id:
            self._close("the session was selected again")
            return
        for location in stream.locations[len(self._cursors) :]:
            self._cursors.append(_Cursor(location, stream.first_sequence - 1))
        if stream.rewinds != self._rewinds:
            self._rewinds = stream.rewinds
            for cursor in self._cursors:
                cursor.rewind()
        if self.announce_live and self._announced is not None:
            self._announce()

    # Lines in

    def _line(self, line: bytes) -> None:
        if not line:
            self._close("an empty line")
        elif len(line) >= LINE_BYTES_LIMIT:
            self._close("a line is too long")
        else:
            _ON_LINE[self.state](self, _decode(line))

    def _greeting(self, line: str) -> None:
        fields = line.split("~")
        if len(fields) != 3 or _NUMBER.fullmatch(fields[2]) is None:
            self._close(f"not a greeting (name~version~number of settings): {line[:80]!r}")
            return
        self._settings_left = int(fields[2])
        self.state = State.SETTINGS
        self._settings_end()

    def _setting(self, line: str) -> None:
        reason = _apply(self.settings, line)
        if reason:
            self._close(reason)
            return
        self._settings_left -= 1
        self._settings_end()

    def _settings_end(self) -> None:
        if self._settings_left:
            return
        prove = PROOFS.get(self.settings.authentication)
        if prove is None:
            self._begin()
        else:
            self.state = State.VERDICT
            self._answer(f"authorize~{self.user}~{prove(self._password, self.settings.seed)}")

    def _verdict(self, line: str) -> None:
        """Anything but a no is a yes."""
        if line.lower().startswith("err~authorize"):
            reason = line[:200].partition("~")[2].partition("~")[2]
            self._close(f"the server refuses {self.user!r}: {reason or 'it does not say why'}")
        else:
            self._begin()

    def _begin(self) -> None:
        self.state = State.COMMANDS
        if not self.settings.connection_id:
            self._announce()

    def _command(self, line: str) -> None:
        """Unknown lines, `err~...` and `ack~...` are passed over in silence."""
        name, *fields = line.split("~")
        command = _COMMANDS.get(name.lower())
        if command is None:
            return
        mode = "push" if self.settings.push else "pull"
        if command.mode not in ("", mode):
            self._answer(f"err~{name.lower()}~command unavailable in {mode} mode")
        elif len(fields) <= command.fields_max:
            command.run(self, fields)
        elif command.mode:
            self._answer(f"err~{name.lower()}~invalid paramater count")  # so spelt

    # Commands

    def _ping(self, fields: list[str]) -> None:
        self._answer("ack~ping")

    def _get_connection_id(self, fields: list[str]) -> None:
        self._answer(f"ack~getconnectionid~{self._connection_id}")
        if self._announced is None:
            self._announce()

    def _get_event_info(self, fields: list[str]) -> None:
        self._answer(f"ack~geteventinfo~{self.stream.event}~0~{self.stream.event}")

    def _get_locations(self, fields: list[str]) -> None:
        self._answer("~".join(["ack", "getlocations", *(c.location.name for c in self._cursors)]))

    def _start(self, fields: list[str]) -> None:
        """`start`, `start~LOC`, `start~LOC~SEQ`; empty fields count as not given (`start~`, `start~LOC~`)."""
        name, sequence = (*fields, "", "")[:2]
        cursors = self._named(name) if name or sequence else self._cursors
        if cursors is None:
            self._answer("err~start~invalid location requested")
        elif sequence and not _counts(sequence):
            self._answer("err~start~invalid start sequence number requested")
        else:
            if not fields and self.settings.pushmode_ack:
                self._answer("ack~start")
            self._start_cursors(cursors, sequence)

    def _start_cursors(self, cursors: Sequence[_Cursor], sequence: str) -> None:
        """With a sequence it jumps, streaming or not; without, it begins at the first unless streaming."""
        for cursor in cursors:
            if sequence or not cursor.streaming:
                cursor.jump(int(sequence or 1))
                cursor.streaming = True

    def _stop(self, fields: list[str]) -> None:
        cursors = self._named(fields[0]) if fields and fields[0] else self._cursors
        if cursors is None:
            self._answer("err~stop~invalid location requested")
            return
        for cursor in cursors:
            cursor.streaming = False

    def _get_data(self, fields: list[str]) -> None:
        """`getdata~N[~LOC[~SEQ]]`. A bad SEQ is answered as if it were `start`'s: seen."""
        number, name, sequence = (*fields, "", "", "")[:3]
        cursors = self._named(name) if name or sequence else self._cursors
        if _SIGNED.fullmatch(number) is None:
            self._answer("err~getdata~invalid seqnr parameter")
        elif cursors is None:
            self._answer("err~getdata~unknown location")
        elif sequence and not _counts(sequence):
            self._answer("err~start~invalid start sequence number requested")
        else:
            pull = _Pull(int(number), tuple(cursors), int(sequence) if sequence else None)
            self._put(pull, _PULL_CHARS)

    def _named(self, name: str) -> Sequence[_Cursor] | None:
        place = self.stream.place(name)
        return None if place is None else self._cursors[place : place + 1]

    # Lines out

    def _answer(self, text: str) -> None:
        self._put(f"{text}\r\n", len(text) + 2)

    def _put(self, entry: str | _Pull, chars: int) -> None:
        self._outbox.append(entry)
        self._outbox_chars += chars
        if self._outbox_chars > WAITING_CHARS_MAX:
            self._close("the server asks and does not read the answers")

    def _announce(self) -> None:
        """One `newlocation` line for each location not yet announced; its time is always zero."""
        first, self._announced = self._announced or 0, len(self._cursors)
        if self.settings.newlocations:
            _, sep, end = layout = self.settings.layout
            for cursor in self._cursors[first:]:
                fields = (layout.name, "0", cursor.location.name, "newlocation", "00:00:00.00", "0", "0", "0")
                text = sep.join(fields) + end
                self._put(text, len(text))

    def _take_answer(self, lines: list[str], lines_max: int) -> None:
        head = self._outbox[0]
        if isinstance(head, str):
            lines.append(head)
            self._outbox_chars -= len(head)
            self._outbox.popleft()
            return
        if head.sequence is not None:
            head.cursors[0].jump(head.sequence)
            head.sequence = None
        reads = self._reads(head.cursors, min(head.left, lines_max - len(lines)))
        lines += reads
        head.left -= len(reads)
        if len(lines) < lines_max:  # so: no more of them, or no more asked for
            lines.append("ack~getdata~0\r\n")
            self._outbox_chars -= _PULL_CHARS
            self._outbox.popleft()

    def _reads(self, cursors: Sequence[_Cursor], lines_max: int) -> list[str]:
        """One line of each location in turn, until one runs dry; then of the others."""
        lines: list[str] = []
        first_day_us = self.stream.first_day_us
        while (room := lines_max - len(lines)) > 0 and (active := self._in_turn(cursors)):
            del active[room:]
            rounds = min(room // len(active), *(c.left for c in active))
            columns = [self._format(c, rounds, first_day_us) for c in active]
            lines += columns[0] if len(columns) == 1 else chain.from_iterable(zip(*columns, strict=True))
            self._last = active[-1]
        self.lines_sent += len(lines)
        return lines

    def _in_turn(self, cursors: Sequence[_Cursor]) -> list[_Cursor]:
        """Those with something left, beginning after the one that had the last line."""
        start = next((number for number, cursor in enumerate(cursors, 1) if cursor is self._last), 0)
        return [cursor for cursor in (*cursors[start:], *cursors[:start]) if cursor.left]

    def _format(self, cursor: _Cursor, count: int, first_day_us: int) -> list[str]:
        start = cursor.position
        cursor.position = end = start + count
        location, settings = cursor.location, self.settings
        return format_lines(
            start + 1,
            location.name,
            location.items[start:end],
            layout=settings.layout,
            time_format=settings.time_format,
            first_day_us=first_day_us,
        )


def _apply(settings: Settings, line: str) -> str:
    """Sets what a setting line says. Returns why SimpleClient would hang up, or "".

    Unknown names, lines without `=` and values with blanks around them do not count. Names and values may be
    in any case, but for the values of `location` and `pushmode-ack`. (Not seen: `stream-mode=bogus`, and a seed that is
    not hexadecimal.)
    """
    name, equals, value = line.partition("=")
    if not equals or value != value.strip():
        return ""
    name, lowered = name.lower(), value.lower()
    match name:
        case "newlocations":
            settings.newlocations = lowered == "true"
        case "connection-id":
            settings.connection_id = lowered == "true"
        case "pushmode-ack":
            settings.pushmode_ack = value == "true"
        case "stream-mode" if lowered in ("push", "pull"):
            settings.push = lowered == "push"
        case "time-format" if lowered in TIME_FORMATS:
            settings.time_format = lowered
        case "tagevent-format" if layout := parse_layout(value):
            settings.layout = layout
        case "authentication" if lowered == "none" or lowered in PROOFS:
            settings.authentication = lowered
        case "authentication-seed" if is_seed(value):
            settings.seed = value
        case "stream-mode" | "time-format" | "tagevent-format" | "authentication" | "authentication-seed":
            return f"invalid setting: {line[:80]!r}"
        case "location" if value not in ("multi", "single"):
            return f"invalid setting: {line[:80]!r}"
    return ""


def _counts(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and int(text) > 0


class _Command(NamedTuple):
    """mode: the only `stream-mode` it works in, "" for both: such a one ignores what has fields too many."""

    run: Callable[[Client, list[str]], None]
    mode: str
    fields_max: int


_COMMANDS: Final = {
    "ping": _Command(Client._ping, "", 0),
    "getconnectionid": _Command(Client._get_connection_id, "", 0),
    "geteventinfo": _Command(Client._get_event_info, "", 0),
    "getlocations": _Command(Client._get_locations, "", 0),
    "start": _Command(Client._start, "push", 2),
    "stop": _Command(Client._stop, "push", 1),
    "getdata": _Command(Client._get_data, "pull", 3),  # more fields: not seen
}

_ON_LINE: Final[dict[State, Callable[[Client, str], None]]] = {
    State.GREETING: Client._greeting,  # -> SETTINGS, COMMANDS (none announced), CLOSED
    State.SETTINGS: Client._setting,  # -> SETTINGS, VERDICT or COMMANDS (the last one), CLOSED
    State.VERDICT: Client._verdict,  # -> COMMANDS, CLOSED
    State.COMMANDS: Client._command,  # -> COMMANDS
}
