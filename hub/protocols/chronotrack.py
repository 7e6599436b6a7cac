"""The server side of CTP01, ChronoTrack Socket Protocol 1: bytes in, events and bytes to send out.

Knows what ChronoTrack's clients say and accept; refuses to know sockets, clocks, sessions and what a read means.

    connection = ServerConnection("RaceHub", "1.0")
    for event in connection.receive_data(data): ...
    observations, rejected = connection.take()
    transport.write(connection.data_to_send())

The client speaks first (later clients wait three seconds before they do, and break when the server does not wait).
We answer with our greeting, six settings and three questions, which SimpleClient 0.6.0 accepts in one segment;
when all are answered, or `on_deadline` was called because some client does not know one, `HandshakeDone` asks the
owner where to start. Nothing is ever sent that the client may not know: an empty line makes 0.6.0 hang up, an
unknown one breaks later clients. Source of every protocol fact here: recordings and logs of ChronoTrack's clients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from hub.model import Observation, Rejected
from hub.protocols import ct01
from hub.protocols.lines import LINE_BYTES_MAX, LineBuffer

GREETING_S_MAX: Final = 30.0
"""Later clients greet 3 s after connecting; 15 s is the least that is safe on a bad line."""
ANSWERS_S_MAX: Final = 4.0
"""SimpleClient answers within 10 ms. Later ones leave after 15 s without a start, so do not wait longer."""
RESUME_S_MAX: Final = 5.0
"""A resume is inclusive: its first line is there at once, or the client's numbering is shorter than ours."""
HELD_OBSERVATIONS_MAX: Final = 10_000
"""Reads that came before the answers: beyond this the hub stops waiting for the answers."""
LOCATIONS_MAX: Final = 256
"""Locations of one connection; a client has one, or a handful of virtual points."""
TEXT_CHARS_MAX: Final = 200

_QUESTIONS: Final = ("getconnectionid", "geteventinfo", "getlocations")
_SETTINGS: Final = (
    "location=multi",
    "guntimes=true",
    "newlocations=true",
    "authentication=none",
    "stream-mode=push",
    "time-format=iso",
)


class State(Enum):
    AWAIT_GREETING = auto()
    AWAIT_ANSWERS = auto()
    AWAIT_START = auto()
    STREAMING = auto()
    CLOSED = auto()


DEADLINE_S: Final[Mapping[State, float]] = {
    State.AWAIT_GREETING: GREETING_S_MAX,
    State.AWAIT_ANSWERS: ANSWERS_S_MAX,
}


@dataclass(frozen=True, slots=True)
class Greeted:
    """The client's first line."""

    program: str
    version: str
    protocol: str


@dataclass(frozen=True, slots=True)
class HandshakeDone:
    """Everything the client told of itself; `start` is due. Empty where it did not answer."""

    program: str
    version: str
    connection_id: str
    event_name: str
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocationAnnounced:
    """A location that was not known on this connection."""

    name: str


@dataclass(frozen=True, slots=True)
class WrongProtocol:
    """The client is set to another protocol than CTP01; `advice` is a sentence for the timer. Once a connection."""

    name: str
    advice: str


@dataclass(frozen=True, slots=True)
class PeerFault:
    """The client answered a command with `err~...`, or sent a line that is too long: worth a log line."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is of no use any more: close it. `reason` is for the log and the timer."""

    reason: str


Event = Greeted | HandshakeDone | LocationAnnounced | WrongProtocol | PeerFault | Ended


class ServerConnection:
    """One CTP01 connection, seen from the server. Every method is synchronous and never raises on input."""

    def __init__(self, server_name: str, version: str, *, line_bytes: int = LINE_BYTES_MAX) -> None:
        # limits
        self._lines = LineBuffer(line_bytes)
        # shared by the whole connection
        self._server = f"{server_name}~{version}".encode()
        self._parser = ct01.LineParser()
        # state of the dialogue
        self.state = State.AWAIT_GREETING
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._observations: list[Observation] = []
        self._rejected: list[Rejected] = []
        self._unanswered: set[str] = set()
        self._locations: dict[str, bytes] = {}  # casefolded name -> as the client spells it on the wire
        self._names: list[str] = []
        self._resume: Mapping[str, int] = {}
        self._wrong: str | None = None
        self._program = self._version = self._connection_id = self._event_name = ""

    @property
    def deadline_s(self) -> float | None:
        """Seconds the present state may last; then call `on_deadline`. None: as long as it likes."""
        return DEADLINE_S.get(self.state)

    def receive_data(self, data: bytes) -> list[Event]:
        """Takes bytes as they came. Reads and rejected lines are kept for `take`."""
        if self.state is State.CLOSED:
            return []
        parse = self._parser.parse
        observations = self._observations
        limit = self._lines.limit
        streaming = self.state is State.STREAMING
        for line in self._lines.feed(data):
            if streaming and line[:5] == b"CT01_" and len(line) <= limit:
                try:
                    observations.append(parse(line))
                except ct01.NewLocation as found:
                    self._announced(found.name, line)
                except ct01.BadLine as problem:
                    self._reject(line, str(problem))
            elif line:
                self._line(line, limit)
                streaming = self.state is State.STREAMING
        return self._take_events()

    def take(self) -> tuple[list[Observation], list[Rejected]]:
        """What has been read since the last call; nothing until the handshake is done, and it is known whose it is."""
        rejected, self._rejected = self._rejected, []
        if self.state in (State.AWAIT_GREETING, State.AWAIT_ANSWERS):
            return [], rejected
        observations, self._observations = self._observations, []
        return observations, rejected

    def data_to_send(self) -> bytes:
        """What to write now; empty most of the time."""
        if not self._out:
            return b""
        data = b"\r\n".join(self._out) + b"\r\n"
        self._out.clear()
        return data

    def start(self, resume: Mapping[str, int]) -> None:
        """Starts the feed. `resume`: casefolded location -> sequence to resume from, inclusive.

        Without any, a bare `start`: everything from the beginning.
        """
        self.state = State.STREAMING
        self._resume = dict(resume)
        if self._program == "":
            return  # it streams without ever having greeted: it gets no line that it may not know
        if any(name in self._resume for name in self._locations):
            for name in self._locations:
                self._start_location(name)
        else:
            self._out.append(b"start")

    def request_from(self, location: str, sequence: int) -> None:
        """Asks for `location` from `sequence`, inclusive; the client jumps there, also while it is streaming."""
        wire = self._locations.get(location.casefold()) or location.encode()
        self._out.append(b"start~%b~%d" % (wire, sequence))

    def ping(self) -> None:
        """Asks for a sign of life: the client never pings by itself, and silence says nothing."""
        self._out.append(b"ping")

    def on_deadline(self) -> list[Event]:
        """The present state has lasted `deadline_s`."""
        if self.state is State.AWAIT_GREETING:
            self._end(self._wrong or "no greeting")
        elif self.state is State.AWAIT_ANSWERS:
            self._handshake_done()
        return self._take_events()

    def receive_eof(self) -> list[Event]:
        """The client has closed. What it left of a last line is kept as a reject."""
        if self._lines.pending and self.state is not State.CLOSED:
            self._reject(self._lines.pending, "the connection ended in the middle of this line")
        if self.state is State.AWAIT_ANSWERS:
            self._handshake_done()
        self.state = State.CLOSED if self.state is State.AWAIT_GREETING else self.state
        return self._take_events()

    # What a line is

    def _line(self, line: bytes, limit: int) -> None:
        if len(line) > limit:
            self._reject(line[:limit], f"a line of more than {limit} bytes; its rest is dropped")
            self._events.append(PeerFault(f"a line of more than {limit} bytes"))
        elif self.state is State.CLOSED:
            self._reject(line, "came after the end of the dialogue")
        elif line.startswith(ct01.PREFIX):
            self._early_read(line)
        elif line.startswith(b"ack~"):
            self._answer(line[4:])
        elif line.startswith(b"err~"):
            self._refusal(line[4:])
        elif line.lower() == b"ping":
            self._out.append(b"ack~ping")
        elif line.startswith(b"CS_01"):
            self._reject(line, "a ChuckScore line")
            self._tell_wrong("ChuckScore", "choose ChronoTrack Socket Protocol 1 instead of ChuckScore")
        elif self.state is State.AWAIT_GREETING:
            self._greeting(line)
        else:
            self._reject(line, "neither a read nor an answer")

    def _early_read(self, line: bytes) -> None:
        """A read line before the feed was started: held back until it is known whose it is."""
        try:
            self._observations.append(self._parser.parse(line))
        except ct01.NewLocation as found:
            self._announced(found.name, line)
        except ct01.BadLine as problem:
            self._reject(line, str(problem))
        if self.state is State.AWAIT_GREETING or (
            self.state is State.AWAIT_ANSWERS and len(self._observations) >= HELD_OBSERVATIONS_MAX
        ):
            self._handshake_done()

    def _greeting(self, line: bytes) -> None:
        fields = ct01.decode(line).split("~")
        if len(fields) < 3 or not fields[2].strip().upper().startswith("CTP"):
            self._reject(line, "expected a greeting: program~version~CTP01")
            if line.startswith(b"\x01"):
                self._tell_wrong("Lynx", "choose ChronoTrack Socket Protocol 1 instead of Lynx")
            return
        self._program, self._version, protocol = (_short(field) for field in fields[:3])
        self._events.append(Greeted(self._program, self._version, protocol))
        if protocol.upper() != "CTP01":
            self._reject(line, f"protocol {protocol}: this server speaks CTP01")
            self._end(f"protocol {protocol}: this server speaks CTP01")
            return
        self.state = State.AWAIT_ANSWERS
        self._unanswered = set(_QUESTIONS)
        self._out.append(self._server + b"~%d" % len(_SETTINGS))
        self._out += [setting.encode() for setting in _SETTINGS]
        self._out += [question.encode() for question in _QUESTIONS]

    def _answer(self, line: bytes) -> None:
        command, *values = line.split(b"~")
        match command.lower():
            case b"getconnectionid" if self.state is State.AWAIT_ANSWERS and values:
                self._connection_id = _short(ct01.decode(values[0]))
            case b"geteventinfo" if self.state is State.AWAIT_ANSWERS and values:
                self._event_name = _short(ct01.decode(values[0]))
            case b"getlocations":
                for value in values:
                    if name := ct01.decode(value).strip():
                        self._announced(name, value, is_answer=True)
        self._answered(command)

    def _refusal(self, line: bytes) -> None:
        self._events.append(PeerFault(_short(ct01.decode(line))))
        self._answered(line.split(b"~")[0])

    def _answered(self, command: bytes) -> None:
        if self.state is State.AWAIT_ANSWERS:
            self._unanswered.discard(ct01.decode(command).lower())
            if not self._unanswered:
                self._handshake_done()

    # What follows from it

    def _announced(self, name: str, line: bytes, *, is_answer: bool = False) -> None:
        folded = name.casefold()
        if folded in self._locations:
            return
        if len(self._locations) >= LOCATIONS_MAX or len(name) > ct01.LOCATION_CHARS_MAX or "\0" in name:
            self._reject(line, f"a location too many (at most {LOCATIONS_MAX}) or with an impossible name")
            return
        self._locations[folded] = (line if is_answer else line.split(line[7:8])[2]).strip()
        self._names.append(name)
        self._events.append(LocationAnnounced(name))
        if self.state is State.STREAMING:
            self._start_location(folded)

    def _start_location(self, folded: str) -> None:
        wire = self._locations[folded]
        sequence = self._resume.get(folded)
        self._out.append(b"start~" + wire if sequence is None else b"start~%b~%d" % (wire, sequence))

    def _handshake_done(self) -> None:
        self.state = State.AWAIT_START
        self._events.append(
            HandshakeDone(
                self._program, self._version, self._connection_id, self._event_name, tuple(self._names)
            )
        )

    def _tell_wrong(self, name: str, advice: str) -> None:
        if self._wrong is None:
            self._wrong = f"{name} instead of CTP01: {advice}"
            self._events.append(WrongProtocol(name, advice))

    def _reject(self, line: bytes, reason: str) -> None:
        self._rejected.append(Rejected(line, reason))

    def _end(self, reason: str) -> None:
        self.state = State.CLOSED
        self._events.append(Ended(reason))

    def _take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events


def _short(text: str) -> str:
    """What a client says of itself, fit for a log line."""
    return "".join(filter(str.isprintable, text.strip()))[:TEXT_CHARS_MAX]
