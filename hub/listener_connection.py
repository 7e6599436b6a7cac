"""One reader's socket, where it meets asyncio. Knows a transport, its timers and budgets; refuses to know what a line
means (the protocol does) and where a read goes (the hub does).

From `data_received` to the open group of the journal nothing awaits.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, cast

from hub.listener_keepalive import keep_alive
from hub.model import Observation, Rejected
from hub.protocols import chronotrack
from hub.protocols.chronotrack import UNPROVED, ServerConnection, State
from hub.protocols.chronotrack_proof import SEED_BYTES

log = logging.getLogger(__name__)

PING_S: Final = 20.0
"""How often a client is asked for its locations, and the silence after which it is asked for a sign of life: by
itself it speaks of neither."""
SILENCE_S_MAX: Final = 65.0
"""Three pings without an answer: the line is dead, whatever TCP thinks."""
WRITE_BYTES_MAX: Final = 64 * 1024
"""Commands are a few hundred bytes. A peer that lets so many pile up does not read, and is no reader."""
END_S_MAX: Final = 0.5
"""How long a peer that is being ended may take to read what it was told last."""
TEST_S_MAX: Final = 10.0
"""A visit without a read and shorter than this is the Test button of a timer's program."""
PIECE_BYTES_MAX: Final = 16 * 1024
"""What is taken in one turn of the loop: 250 lines, 2 ms. A reader that replays a race sends a thousand times that at
once, and neither the other readers nor the screens should wait for it."""
EARLY_LINES_MAX: Final = 100
"""Lines that are no reads and came before it is known whose they are. A peer that sends more without a greeting is no
reader, and is ended."""
BAD_LINES_MAX: Final = 1000
"""Lines that are no reads, one after the other, after which a peer is read slowly: a piece every SLOW_S. All of it is
kept all the same."""
SLOW_S: Final = 1.0
WRONG: Final = "wrong user or password"
"""The same words whether or not there is such a user."""


class Ingest(Protocol):
    """What the listener needs of the hub. A source, and who a reader has proved to be, are opaque here: they are what
    `open` and `prove` gave."""

    def prove(self, user: str, proof: str, seed: str) -> Any | None:
        """Who this is; None: the proof is wrong."""

    def verdict_pause_s(self, address: str) -> float:
        """How long a verdict has to wait that goes there."""

    def refuse(self, listener: str, address: str, user: str, reason: str) -> tuple[int, str]:
        """Takes note of one that was refused. Gives how often that was, when it is to be said now, else 0; and what may
        be shown of the user."""

    def open(
        self,
        *,
        listener: str,
        remote: str,
        program: str,
        version: str,
        connection_id: str,
        event_name: str,
        proved: Any | None,
    ) -> tuple[Any, Mapping[str, int]]:
        """The source of a connection that has shaken hands, and where each location resumes."""

    def accept(
        self, source: Any, observations: list[Observation], rejected: list[Rejected]
    ) -> list[tuple[str, int]]:
        """Takes what came; gives (location, sequence) pairs to ask for."""

    def reject(self, rejected: list[Rejected]) -> None:
        """Takes lines that came before any source was known."""

    def bad_lines(self, source: Any) -> int:
        """How many of its lines have been no reads, since the hub's start."""

    def silent_resumes(self, source: Any) -> list[str]: ...

    def shown_event(self, event_name: str) -> str:
        """What a log may show of it."""

    def release(self, source: Any) -> None: ...

    @property
    def congested(self) -> bool: ...


class Port(Protocol):
    """What a connection needs of the listener that took it."""

    name: str
    server_name: str
    version: str
    line_bytes: int
    auth: str
    paused: bool
    ingest: Ingest
    connections: "set[ReaderConnection]"

    def admit(self, connection: "ReaderConnection", address: str) -> str: ...
    def dismiss(self, connection: "ReaderConnection", address: str) -> None: ...
    def refused(self, address: str, reason: str) -> None: ...
    def is_first_bad(self, address: str) -> bool: ...
    def pause(self) -> None: ...


class ReaderConnection(asyncio.Protocol):
    """One reader's socket, from connect to its one line in the log."""

    def __init__(self, listener: Port) -> None:
        # shared
        self._listener = listener
        self._ingest = listener.ingest
        self._loop = asyncio.get_running_loop()
        # per connection
        self._seed = "" if listener.auth == "none" else secrets.token_hex(SEED_BYTES)
        self._protocol = ServerConnection(
            listener.server_name,
            listener.version,
            line_bytes=listener.line_bytes,
            seed=self._seed,
            required=listener.auth == "required",
        )
        self._transport: asyncio.Transport | None = None
        self._address = ""
        self._source: Any = None
        self.proved: Any = None
        """Who it has proved to be; None: nobody, or not yet."""
        self._refused = False
        self._greeted = False
        self._early: list[Rejected] = []
        self._paused = False
        self._slow: asyncio.TimerHandle | None = None
        self._rest = b""
        # timers
        self._deadline: asyncio.TimerHandle | None = None
        self._deadline_state: State | None = None
        self._keepalive: asyncio.TimerHandle | None = None
        self._resumes: asyncio.TimerHandle | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._verdict: asyncio.TimerHandle | None = None
        self._heard_at = 0.0
        # for the log
        self._since = self._loop.time()
        self._who = ""
        self._locations: list[str] = []
        self._why = ""
        self._lines = 0
        self._rejected = 0
        self._bad_streak = 0

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's does not inherit from it
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("?", 0)
        self._address = str(peer[0])
        transport.set_write_buffer_limits(high=WRITE_BYTES_MAX)
        refusal = self._listener.admit(self, self._address)
        if refusal:
            self._listener.refused(self._address, refusal)
            transport.abort()
            return
        keep_alive(transport)
        self._heard_at = self._loop.time()
        self._keepalive = self._loop.call_later(PING_S, self._look_alive)
        self._arm()
        if self._listener.paused or self._ingest.congested:
            self._listener.pause()

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        if len(data) <= PIECE_BYTES_MAX:
            self._take(data)
        elif self._transport is not None:
            self._rest = data
            self._transport.pause_reading()
            self._take_piece()

    def _take(self, data: bytes) -> None:
        self._handle(self._protocol.receive_data(data))
        if self._ingest.congested:
            self._listener.pause()

    def _take_piece(self) -> None:
        """The next piece of what came at once; reading goes on after the last."""
        if self._waits or self._transport is None or self._transport.is_closing():
            return  # `_go_on` does, or `_left` takes the rest
        piece, self._rest = self._rest[:PIECE_BYTES_MAX], self._rest[PIECE_BYTES_MAX:]
        self._take(piece)
        if self._waits:
            return  # as above: two chains of pieces would be two turns of other readers
        if self._rest:
            self._loop.call_soon(self._take_piece)
        elif not self._transport.is_closing():
            self._transport.resume_reading()

    def eof_received(self) -> bool:
        self._left()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self not in self._listener.connections:
            return
        self._left()
        self._listener.dismiss(self, self._address)
        timers = (self._deadline, self._keepalive, self._resumes, self._ending, self._slow, self._verdict)
        for timer in timers:
            if timer is not None:
                timer.cancel()
        if self._source is not None:
            self._ingest.release(self._source)
        self._log_end(str(exc) if exc else "closed by the reader")

    def pause_writing(self) -> None:
        self.end("it does not read what it is asked")

    def _left(self) -> None:
        """The peer will send no more. Where it was us who hung up, what it had begun comes again."""
        if not self._why:
            rest, self._rest = self._rest, b""
            if rest:
                self._handle(self._protocol.receive_data(rest))
            self._handle(self._protocol.receive_eof())
        self._keep_early()

    # flow control

    @property
    def _waits(self) -> bool:
        """Whether it is not read now: for the journal, or for itself."""
        return self._paused or self._slow is not None or self._verdict is not None

    def pause(self) -> None:
        if not self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._heard_at = self._loop.time()
            self._go_on()

    def _go_on(self) -> None:
        if self._waits or self._transport is None or self._transport.is_closing():
            return
        if self._rest:
            self._loop.call_soon(self._take_piece)
        else:
            self._transport.resume_reading()

    def _slow_down(self) -> None:
        """It has sent nothing but lines that are no reads for long: it is read again in a while."""
        if self._slow is not None or self._transport is None or self._transport.is_closing():
            return
        self._transport.pause_reading()
        self._slow = self._loop.call_later(SLOW_S, self._slowed_down)

    def _slowed_down(self) -> None:
        self._slow = None
        self._go_on()

    def feeds(self, which: Callable[[Any], bool]) -> bool:
        """Whether it has become a source, and one of which `which` says so."""
        return self._source is not None and which(self._source)

    def end(self, reason: str) -> None:
        """Hangs up, with the reason for the log."""
        self._why = self._why or reason
        if self._transport is not None and self._ending is None:
            self._transport.close()
            # `close` waits for a peer that reads no more.
            self._ending = self._loop.call_later(END_S_MAX, self._transport.abort)

    # the dialogue

    def _handle(self, events: Sequence[chronotrack.Event]) -> None:
        for event in events:
            self._on_event(event)
        observations, rejected = self._protocol.take()
        if observations or rejected:
            self._accept(observations, rejected)
        self._write()
        if self._protocol.state is not self._deadline_state:
            self._arm()

    def _on_event(self, event: chronotrack.Event) -> None:
        match event:
            case chronotrack.Greeted():
                self._who = f"{event.program} {event.version} ({event.protocol})"
            case chronotrack.Authorizing():
                self._authorize(event)
            case chronotrack.HandshakeDone():
                self._open(event)
            case chronotrack.LocationAnnounced():
                self._locations.append(event.name)
            case chronotrack.WrongProtocol():
                self._log(logging.WARNING, "is set to %s: %s", event.name, event.advice)
            case chronotrack.PeerFault():
                self._log(logging.WARNING, "answered: %s", event.text)
            case chronotrack.Ended():
                if event.reason == UNPROVED:
                    self._refuse("", UNPROVED)
                self._write()  # it is told why
                self.end(event.reason)

    def _authorize(self, claim: chronotrack.Authorizing) -> None:
        """Where there were wrong proofs before, the verdict waits, and nothing is read meanwhile."""
        pause_s = self._ingest.verdict_pause_s(self._address)
        if pause_s and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
            self._verdict = self._loop.call_later(pause_s, self._judge, claim)
        else:
            self._judge(claim)

    def _judge(self, claim: chronotrack.Authorizing) -> None:
        waited, self._verdict = self._verdict is not None, None
        if self._protocol.state is not State.AWAIT_VERDICT:
            return  # it has left
        self.proved = self._ingest.prove(claim.user, claim.proof, self._seed)
        if self.proved is None:
            self._refuse(claim.user, WRONG)
            self._handle(self._protocol.refused(WRONG))
        else:
            self._handle(self._protocol.authorized())
        if waited:
            self._go_on()

    def _refuse(self, user: str, reason: str) -> None:
        self._refused = True
        times, shown = self._ingest.refuse(self._listener.name, self._address, user, reason)
        if times:
            often = f", {times} times by now" if times > 1 else ""
            self._log(logging.WARNING, "is refused as user %r: %s%s", shown, reason, often)

    def _open(self, event: chronotrack.HandshakeDone) -> None:
        self._source, resume = self._ingest.open(
            listener=self._listener.name,
            remote=self._address,
            program=event.program,
            version=event.version,
            connection_id=event.connection_id,
            event_name=event.event_name,
            proved=self.proved,
        )
        self._greeted = self._protocol.greeted
        title = self._ingest.shown_event(event.event_name)
        self._who = f"{event.program or 'a reader that did not greet'} {event.version}, event {title!r}"
        if self._protocol.state is State.CLOSED:
            return  # it has left already: what it sent is taken, and there is nobody to ask
        self._protocol.start(resume)
        if resume:
            self._log(logging.INFO, "resumes %s", ", ".join(f"{n} at {s}" for n, s in resume.items()))
            self._watch_resumes()
        else:
            self._log(logging.INFO, "starts; locations: %s", ", ".join(event.locations) or "none yet")

    def _accept(self, observations: list[Observation], rejected: list[Rejected]) -> None:
        self._lines += len(observations)
        self._rejected += len(rejected)
        if self._source is None:
            self._accept_early(observations, rejected)
            return
        rejected, self._early = self._early + rejected, []
        if rejected:
            self._on_bad_lines(rejected[0].reason, len(observations), len(rejected))
        elif observations:
            self._bad_streak = 0
        for location, sequence in self._ingest.accept(self._source, observations, rejected):
            self._log(logging.INFO, "is asked for %s from %d", location, sequence)
            self._protocol.request_from(location, sequence)

    def _accept_early(self, observations: list[Observation], rejected: list[Rejected]) -> None:
        """It is not known whose they are, or that cannot be known any more."""
        if rejected and self._listener.is_first_bad(self._address):
            self._log(logging.WARNING, "sent a line that is no greeting and no read: %s", rejected[0].reason)
        self._early += rejected
        self._early += [Rejected(each.raw.encode(), self._why) for each in observations]
        if self._why:
            self._keep_early()
        elif len(self._early) > EARLY_LINES_MAX:
            self._keep_early()
            self.end(f"no greeting, and {EARLY_LINES_MAX} lines that are no reads")

    def _keep_early(self) -> None:
        """What came from somebody who has not become a source is kept without one."""
        early, self._early = self._early, []
        if early:
            self._ingest.reject(early)

    def _on_bad_lines(self, reason: str, good: int, bad: int) -> None:
        """Told once for each source; one that sends nothing else is read slowly."""
        if not self._ingest.bad_lines(self._source):
            self._log(logging.WARNING, "sent a line that is no read: %s", reason)
        self._bad_streak = 0 if good else self._bad_streak + bad
        if self._bad_streak >= BAD_LINES_MAX:
            if self._bad_streak - bad < BAD_LINES_MAX:
                self._log(logging.WARNING, "sends nothing but lines that are no reads; it is read slowly")
            self._slow_down()

    def _watch_resumes(self) -> None:
        self._resumes = self._loop.call_later(chronotrack.RESUME_S_MAX, self._check_resumes)

    def _check_resumes(self) -> None:
        if self._paused:  # whatever came lies unread
            self._watch_resumes()
            return
        for location in self._ingest.silent_resumes(self._source):
            self._log(
                logging.INFO, "has nothing at %s where it was; it is asked from the beginning", location
            )
            self._protocol.request_from(location, 1)
        self._write()

    def _write(self) -> None:
        data = self._protocol.data_to_send()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    # timers

    def _arm(self) -> None:
        """The present state of the dialogue may last only so long."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._deadline_state = self._protocol.state
        limit_s = self._protocol.deadline_s
        if limit_s is not None:
            self._deadline = self._loop.call_later(limit_s, self._overdue)

    def _overdue(self) -> None:
        if self._paused:  # it may have said long ago what we wait for
            self._arm()
            return
        self._deadline = None
        self._handle(self._protocol.on_deadline())

    def _look_alive(self) -> None:
        """Asks a silent client for a sign of life, and ends one that gives none; asks each for its locations. Who did
        not greet cannot be asked: there TCP's keep-alive has to do."""
        silence_s = 0.0 if self._paused else self._loop.time() - self._heard_at
        if self._greeted and silence_s >= SILENCE_S_MAX:
            self.end(f"silent for {silence_s:.0f} s")
            return
        if self._greeted and self._protocol.state is State.STREAMING:
            if silence_s >= PING_S:
                self._protocol.ping()
            self._protocol.ask_locations()
            self._write()
        wait_s = PING_S if silence_s >= PING_S else PING_S - silence_s
        self._keepalive = self._loop.call_later(wait_s, self._look_alive)

    # the log

    def _log(self, level: int, text: str, *values: object) -> None:
        who = f"{self._address} {self._who}" if self._who else self._address
        # What a peer says of itself may hold what a terminal obeys.
        shown = ("".join(filter(str.isprintable, each)) if isinstance(each, str) else each for each in values)
        log.log(level, "%s: %s " + text, self._listener.name, who, *shown)

    def _log_end(self, reason: str) -> None:
        seconds = self._loop.time() - self._since
        if (
            self._source is not None
            and not (self._lines or self._rejected or self._why)
            and seconds < TEST_S_MAX
        ):
            self._log(logging.INFO, "shook hands and left: the connection test of a reader, no fault")
            return
        self._log(
            logging.DEBUG if self._refused else logging.INFO,  # it comes back every second
            "ended after %.1f s: %s; locations: %s; %d lines, %d rejected",
            seconds,
            self._why or reason,
            ", ".join(self._locations) or "none",
            self._lines,
            self._rejected,
        )
