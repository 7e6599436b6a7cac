"""The server side of CTP01, ChronoTrack Socket Protocol 1: bytes in, events and bytes to send out.

Knows what ChronoTrack's clients say and accept; refuses to know sockets, clocks, sessions and what a read means.

    connection = ServerConnection("RaceHub", "1.0")
    for event in connection.receive_data(data): ...
    observations, rejected = connection.take()
    transport.write(connection.data_to_send())

The client speaks first (later clients wait three seconds before they do, and break when the server does not wait).
We answer with our greeting, six settings and three questions, which SimpleClient 0.6.0 accepts in one segment;
when all are answered, or `on_deadline` was called because some client does not know one, `HandshakeDone` asks the
owner where to start. Reads that come before it are held: they belong to a source that is not known yet. Nothing is
ever sent that the client may not know: an empty line makes 0.6.0 hang up, an unknown one breaks later clients. So a
client that streams without a greeting hears no command at all.

With a seed the client is asked who it is, before the questions: it sends a user and a proof (`Authorizing`) and waits
for the verdict, `authorized` or `refused`. Whatever else it hears then it takes for a yes, so it hears nothing else.

Source of every protocol fact here: recordings and logs of ChronoTrack's clients.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from hub.model import Observation, Rejected
from hub.protocols import ct01
from hub.protocols.chronotrack_greeting import QUESTIONS, greeting, short
from hub.protocols.lines import LINE_BYTES_MAX, LineBuffer

GREETING_S_MAX: Final = 30.0
"""Later clients greet 3 s after connecting; 15 s is the least that is safe on a bad line."""
ANSWERS_S_MAX: Final = 4.0
"""SimpleClient answers within 10 ms. Later ones leave after 15 s without a start, so do not wait longer."""
PROOF_S_MAX: Final = 5.0
"""SimpleClient says who it is within 10 ms. With the answers' time this is less than later ones wait for a start."""
RESUME_S_MAX: Final = 5.0
"""A resume is inclusive: its first line is there at once, or the client's numbering is shorter than ours."""
HELD_BYTES_MAX: Final = 512 * 1024
"""Lines of reads that came before the answers, some nine thousand: beyond this, answers are not waited for."""
LOCATIONS_MAX: Final = 256
"""Locations of one connection; a client has one, or a handful of virtual points."""
FAULTS_TOLD_MAX: Final = 100
"""`PeerFault`s of one connection: each becomes a line in the log, and a broken client makes thousands a second."""
_UNSPEAKABLE: Final = re.compile(rb"[~\r\n\0]")
"""What would make another command of one that names a location."""

_BAD_LOCATION: Final = (
    f"a location too many (at most {LOCATIONS_MAX}), too long (at most {ct01.LOCATION_CHARS_MAX} characters), "
    "or with a character that no location has"
)
UNPROVED: Final = "it did not say who it is, which it has to here"


class State(Enum):
    """How far the dialogue is; it only ever goes forward."""

    AWAIT_GREETING = auto()  # -> AWAIT_PROOF or AWAIT_ANSWERS (a greeting), AWAIT_START (a read), CLOSED
    AWAIT_PROOF = auto()  # -> AWAIT_VERDICT, AWAIT_ANSWERS (none, where none is required), CLOSED
    AWAIT_VERDICT = auto()  # -> AWAIT_ANSWERS (`authorized`), CLOSED (`refused`)
    AWAIT_ANSWERS = auto()  # -> AWAIT_START (all are there, or too late, or too many reads), CLOSED
    AWAIT_START = auto()  # -> STREAMING (`start`), CLOSED
    STREAMING = auto()  # -> CLOSED
    CLOSED = auto()  # the client has left, or speaks another protocol


DEADLINE_S: Final[Mapping[State, float]] = {
    State.AWAIT_GREETING: GREETING_S_MAX,
    State.AWAIT_PROOF: PROOF_S_MAX,
    State.AWAIT_ANSWERS: ANSWERS_S_MAX,
}
_PLACED: Final = frozenset({State.AWAIT_START, State.STREAMING, State.CLOSED})
"""From here on it is known whose the reads are."""
_SILENT: Final = frozenset({State.AWAIT_PROOF, State.AWAIT_VERDICT, State.CLOSED})


@dataclass(frozen=True, slots=True)
class Greeted:
    """The client's first line."""

    program: str
    version: str
    protocol: str


@dataclass(frozen=True, slots=True)
class Authorizing:
    """Who the client says it is, and its proof of it: `authorized` or `refused` is due within 5 s of it, and until then
    nothing more has to be received: what came along with it is held back."""

    user: str
    proof: str


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
    """The client answered a command with `err~...`, or sent a line that is too long: worth a log line.

    At most FAULTS_TOLD_MAX a connection."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is of no use any more: close it. `reason` is for the log and the timer."""

    reason: str


Event = Greeted | Authorizing | HandshakeDone | LocationAnnounced | WrongProtocol | PeerFault | Ended


class ServerConnection:
    """One CTP01 connection, seen from the server. Every method is synchronous and never raises on input."""

    def __init__(
        self,
        server_name: str,
        version: str,
        *,
        line_bytes: int = LINE_BYTES_MAX,
        seed: str = "",
        required: bool = False,
    ) -> None:
        """`seed`: hexadecimal digits, other ones for each connection: the client is asked who it is. Empty: it is not.
        `required`: a client that does not say it is refused."""
        # limits
        self._lines = LineBuffer(line_bytes)
        self._seed = seed
        self._required = required
        # shared by the whole connection
        self._server = f"{server_name}~{version}".encode()
        self._parser = ct01.LineParser()
        # state of the dialogue
        self.state = State.AWAIT_GREETING
        self.greeted = False  # as CTP01 asks; who has not can neither be commanded nor pinged
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._observations: list[Observation] = []
        self._rejected: list[Rejected] = []
        self._unanswered: set[bytes] = set()
        self._waiting: list[bytes] = []  # lines that came along with a proof
        self._held_bytes = 0
        self._faults = 0
        self._locations: dict[str, bytes] = {}  # casefolded name -> as the client spells it on the wire
        self._names: list[str] = []
        self._resume: Mapping[str, int] = {}
        self._wrong = ""
        self._program = self._version = self._connection_id = self._event_name = ""

    @property
    def deadline_s(self) -> float | None:
        """Seconds the present state may last; then call `on_deadline`. None: as long as it likes."""
        return DEADLINE_S.get(self.state)

    def receive_data(self, data: bytes) -> list[Event]:
        """Takes bytes as they came. Reads and rejected lines are kept for `take`.

        What comes after the end is rejected, so that it has a place however it was cut into segments.
        """
        parse = self._parser.parse
        observations = self._observations
        limit = self._lines.limit
        streaming = self.state is State.STREAMING
        for line in self._lines.feed(data):
            if streaming and line[:5] == b"CT01_" and len(line) <= limit:
                try:
                    observations.append(parse(line))
                except ct01.NewLocation as found:
                    self._new_location(found, line)
                except ct01.BadLine as problem:
                    self._reject(line, str(problem), problem.location, problem.sequence)
            elif line:
                self._line(line)
                streaming = self.state is State.STREAMING
        return self._take_events()

    def take(self) -> tuple[list[Observation], list[Rejected]]:
        """What has been read since the last call; nothing until the handshake is done, and it is known whose it is."""
        rejected, self._rejected = self._rejected, []
        if self.state not in _PLACED:
            return [], rejected
        observations, self._observations = self._observations, []
        return observations, rejected

    def data_to_send(self) -> bytes:
        """What to write now; empty most of the time."""
        if not self._out:
            return b""
        said, self._out = self._out, []
        return b"\r\n".join(said) + b"\r\n"

    def authorized(self) -> list[Event]:
        """It is who it says it is."""
        if self.state is State.AWAIT_VERDICT:
            self._out.append(b"ack~authorize")
            self._ask()
            self._take_waiting()
        return self._take_events()

    def refused(self, reason: str) -> list[Event]:
        """It is not. `reason`: what its user is shown; no `~` and no line end. It is to be hung up on when that is
        sent."""
        if self.state is State.AWAIT_VERDICT:
            self._out.append(b"err~authorize~" + reason.encode())
            self._end(f"refused: {reason}")
            self._take_waiting()
        return self._take_events()

    def start(self, resume: Mapping[str, int]) -> None:
        """Starts the feed. `resume`: casefolded location -> sequence to resume from, inclusive.

        Without any that the client has named, a bare `start`: everything from the beginning. Nothing happens
        where no start is due: `HandshakeDone` may have been the last word of a client that has left.
        """
        if self.state is not State.AWAIT_START:
            return
        self.state = State.STREAMING
        self._resume = dict(resume)
        if self._resume.keys() & self._locations.keys():
            for folded in self._locations:
                self._start_location(folded)
        else:
            self._command(b"start")

    def request_from(self, location: str, sequence: int) -> None:
        """Asks for `location` from `sequence`, inclusive; the client jumps there, also while it is streaming."""
        wire = self._locations.get(location.casefold())
        if wire is None:  # never announced, only seen in reads
            wire = self._parser.encode(location)
        if not _UNSPEAKABLE.search(wire):
            self._command(b"start~%b~%d" % (wire, sequence))

    def ping(self) -> None:
        """Asks for a sign of life: the client never pings by itself, and silence says nothing."""
        self._command(b"ping")

    def ask_locations(self) -> None:
        """Asks which locations there are now, and starts those that are new when the answer comes: SimpleClient 0.6.0
        announces them at connect only."""
        self._command(b"getlocations")

    def on_deadline(self) -> list[Event]:
        """The present state has lasted `deadline_s`."""
        if self.state is State.AWAIT_GREETING:
            self._end(self._wrong or "no greeting")
        elif self.state is State.AWAIT_PROOF:
            self._unproved()
        elif self.state is State.AWAIT_ANSWERS:
            self._handshake_done()
        return self._take_events()

    def receive_eof(self) -> list[Event]:
        """The client has closed. What it left of a last line is kept as a reject. May be called again.

        A client that has greeted is made known (`HandshakeDone`) even so: its reads may be waiting.
        """
        if rest := self._lines.finish():
            self._reject(rest, "the connection ended in the middle of this line")
        if self.state is State.AWAIT_ANSWERS:
            self._handshake_done()
        self.state = State.CLOSED
        self._take_waiting()
        return self._take_events()

    # What a line is

    def _line(self, line: bytes) -> None:
        """Any line but the reads of a running feed."""
        limit = self._lines.limit
        if self.state is State.AWAIT_VERDICT:
            self._waiting.append(line)
        elif self.state is State.CLOSED:
            self._reject(line[:limit], "came after the end of the dialogue")
        elif len(line) > limit:
            self._reject(line[:limit], f"a line of more than {limit} bytes; its rest is dropped")
            self._fault(f"a line of more than {limit} bytes")
        elif line.startswith(b"CS_01"):
            self._reject(line, "a ChuckScore line")
            self._tell_wrong("ChuckScore", "choose ChronoTrack Socket Protocol 1 instead of ChuckScore")
        elif self.state is State.AWAIT_PROOF:
            self._proof(line)
        elif line.startswith(ct01.PREFIX):
            self._early_read(line)
        elif line[:4].lower() == b"ack~":
            self._answer(line)
        elif line[:4].lower() == b"err~":
            self._refusal(line)
        elif line.lower() == b"ping":
            self._out.append(b"ack~ping")
        elif self.state is State.AWAIT_GREETING:
            self._greeting(line)
        else:
            self._reject(line, "neither a read nor an answer")

    def _proof(self, line: bytes) -> None:
        """The line in which the client says who it is, or another: then it does not know that it may."""
        command, _, rest = line.partition(b"~")
        if command.lower() == b"authorize":
            user, _, proof = (short(ct01.decode(each)) for each in rest.partition(b"~"))
            if user or self._required:
                self.state = State.AWAIT_VERDICT
                self._events.append(Authorizing(user, proof))
            else:
                self._out.append(b"ack~authorize")
                self._ask()
        elif line.lower() != b"ping":  # an answer would be the verdict
            self._unproved(line)

    def _unproved(self, line: bytes = b"") -> None:
        """It has sent this line instead, or nothing for too long."""
        if self._required:
            if line:
                self._reject(line, UNPROVED)
            self._end(self._wrong or UNPROVED)
        else:
            self._ask()
            if line:
                self._line(line)

    def _take_waiting(self) -> None:
        """What came along with a proof, after the verdict."""
        lines, self._waiting = self._waiting, []
        for line in lines:
            self._line(line)

    def _early_read(self, line: bytes) -> None:
        """A read line before the feed was started: held back until it is known whose it is.

        Instead of a greeting it says that none will come; between greeting and answers it says nothing about
        them: in the recordings, announcements of locations come there.
        """
        if self._required and self.state is State.AWAIT_GREETING:
            self._unproved(line)
            return
        try:
            self._observations.append(self._parser.parse(line))
        except ct01.NewLocation as found:
            self._new_location(found, line)
        except ct01.BadLine as problem:
            self._reject(line, str(problem), problem.location, problem.sequence)
            return
        self._held_bytes += len(line)
        if self.state is State.AWAIT_GREETING or (
            self.state is State.AWAIT_ANSWERS and self._held_bytes > HELD_BYTES_MAX
        ):
            self._handshake_done()

    def _greeting(self, line: bytes) -> None:
        fields = ct01.decode(line).split("~")
        if len(fields) < 3 or not fields[2].strip().upper().startswith("CTP"):
            self._reject(line, "expected a greeting: program~version~CTP01")
            if line.startswith(b"\x01"):
                self._tell_wrong("Lynx", "choose ChronoTrack Socket Protocol 1 instead of Lynx")
            return
        self._program, self._version, protocol = (short(field) for field in fields[:3])
        self._events.append(Greeted(self._program, self._version, protocol))
        if protocol.upper() != "CTP01":
            reason = f"protocol {protocol}: this server speaks CTP01"
            self._reject(line, reason)
            self._end(reason)
            return
        self.greeted = True
        self._out += greeting(self._server, self._seed)
        if self._seed:
            self.state = State.AWAIT_PROOF
        else:
            self._ask()

    def _ask(self) -> None:
        self.state = State.AWAIT_ANSWERS
        self._unanswered = set(QUESTIONS)
        self._out += QUESTIONS

    def _answer(self, line: bytes) -> None:
        """`ack~COMMAND~...`. What it says of the client counts until the handshake is done, locations always."""
        _, command, *values = line.split(b"~")
        command = command.lower()
        if command == b"getlocations":
            self._locations_answered(line, values)
        elif self.state is State.AWAIT_ANSWERS and values:
            if command == b"getconnectionid":
                self._connection_id = short(ct01.decode(values[0]))
            elif command == b"geteventinfo":
                self._event_name = short(ct01.decode(values[0]))
        self._answered(command)

    def _locations_answered(self, line: bytes, values: list[bytes]) -> None:
        refused = 0
        for wire in values:
            if name := ct01.decode(wire).strip():
                refused += not self._announce(name, wire.strip())
        if refused:
            self._reject(line, _BAD_LOCATION)

    def _refusal(self, line: bytes) -> None:
        self._fault(short(ct01.decode(line[4:])))
        self._answered(line.split(b"~")[1].lower())

    def _answered(self, command: bytes) -> None:
        if self.state is State.AWAIT_ANSWERS:
            self._unanswered.discard(command)
            if not self._unanswered:
                self._handshake_done()

    # What follows from it

    def _new_location(self, found: ct01.NewLocation, line: bytes) -> None:
        if not self._announce(found.name, found.wire):
            self._reject(line, _BAD_LOCATION)

    def _announce(self, name: str, wire: bytes) -> bool:
        """Takes note of a location, and starts it where the others are running. False: it cannot be one."""
        folded = name.casefold()
        if folded in self._locations:
            return True
        if (
            len(self._locations) >= LOCATIONS_MAX
            or len(name) > ct01.LOCATION_CHARS_MAX
            or len(wire) > 4 * ct01.LOCATION_CHARS_MAX  # blanks that only Unicode knows are still in it
            or _UNSPEAKABLE.search(wire)
        ):
            return False
        self._locations[folded] = wire
        self._names.append(name)
        self._events.append(LocationAnnounced(name))
        if self.state is State.STREAMING:
            self._start_location(folded)
        return True

    def _start_location(self, folded: str) -> None:
        wire = self._locations[folded]
        sequence = self._resume.get(folded)
        self._command(b"start~%b" % wire if sequence is None else b"start~%b~%d" % (wire, sequence))

    def _command(self, line: bytes) -> None:
        """Only a client that has greeted, and is there, knows commands; of a verdict it would take any for a yes."""
        if self.greeted and self.state not in _SILENT:
            self._out.append(line)

    def _handshake_done(self) -> None:
        self.state = State.AWAIT_START
        self._events.append(
            HandshakeDone(
                self._program, self._version, self._connection_id, self._event_name, tuple(self._names)
            )
        )

    def _fault(self, text: str) -> None:
        self._faults += 1
        if self._faults <= FAULTS_TOLD_MAX:
            self._events.append(PeerFault(text))

    def _tell_wrong(self, name: str, advice: str) -> None:
        if not self._wrong:
            self._wrong = f"{name} instead of CTP01: {advice}"
            self._events.append(WrongProtocol(name, advice))

    def _reject(self, line: bytes, reason: str, location: str = "", sequence: int = 0) -> None:
        if line[:10].lower() == b"authorize~":  # user and password are not to be kept anywhere
            line = line[:9]
        self._rejected.append(Rejected(line, reason, location, sequence, len(self._observations)))

    def _end(self, reason: str) -> None:
        self.state = State.CLOSED
        self._events.append(Ended(reason))

    def _take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events
