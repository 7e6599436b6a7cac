"""What a client may send to the timing port: lines, reads, and all of a dialogue. Each target takes any bytes."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final
from unittest.mock import patch

from hub.model import INT64_MAX
from hub.protocols import chronotrack, ct01
from hub.protocols.chronotrack import (
    Authorizing,
    Ended,
    Greeted,
    HandshakeDone,
    LocationAnnounced,
    PeerFault,
    ServerConnection,
    WrongProtocol,
)
from hub.protocols.lines import LineBuffer
from tests.fuzz.pieces import however_cut, pieces, script
from tests.protocols.dialogue import DEADLINE, EOF, PING, SEED, WRONG, Heard, Owner, Step, asking, cut

LINE_BYTES: Final = 100
LIMITS: Final = {"HELD_BYTES_MAX": 300, "LOCATIONS_MAX": 3, "FAULTS_TOLD_MAX": 2}
LOCATION_CHARS: Final = 20
"""Limits that short inputs reach, too."""

RESUME: Final = {"finish": 3, "züri": INT64_MAX}
RESUMED: Final = b"\x1eresumed\x1e"
"""Before the first byte: the source is known, and goes on where it was."""
PROVING: Final = {b"\x1eoptional\x1e": False, b"\x1erequired\x1e": True}
"""Before that: the client is asked who it is, and may go on all the same, or not."""
ACTIONS: Final[dict[bytes, Step]] = {
    b"deadline": DEADLINE,
    b"ping": PING,
    b"locations": ServerConnection.ask_locations,
    b"finish": asking("FINISH", 3),
    b"zurich": asking("Zürich", 1),
    b"tilde": asking("A~1", 1),
    b"cr": asking("A\rB", 1),
}
"""What the owner does while bytes come: `\\x1edeadline\\x1e`."""
KNOWN: Final = re.compile(
    rb"RaceHub~1\.0~6|location=multi|guntimes=true|newlocations=true|authentication=none|stream-mode=push"
    rb"|RaceHub~1\.0~7|authentication=hmac-sha1|authentication-seed=[0-9a-f]{32}|ack~authorize"
    rb"|err~authorize~wrong user or password"
    rb"|time-format=iso|getconnectionid|geteventinfo|getlocations|start(~[^~\r\n\0]+(~[1-9][0-9]*)?)?|ping|ack~ping"
)
"""What a client understands. Anything else makes one hang up."""


def lines(data: bytes) -> None:
    """However bytes are cut: the same lines come, each once, to its first limit + 1 bytes, and no more than limit are
    held."""
    given, rest = expected_lines(data, LINE_BYTES)
    buffer = LineBuffer(LINE_BYTES)
    assert (buffer.feed(data), buffer.finish(), buffer.finish()) == (given, rest, b"")
    ended, _ = expected_lines(data + b"\n", LINE_BYTES)
    assert however_cut(lambda size, rest: _lines_of([*pieces(data, size), b"\n", rest])) == ended


def _lines_of(came: Sequence[bytes]) -> list[bytes]:
    buffer = LineBuffer(LINE_BYTES)
    given: list[bytes] = []
    for piece in came:
        given += buffer.feed(piece)
        assert len(buffer._tail) <= LINE_BYTES
    assert buffer.finish() == came[-1]
    return given


def expected_lines(data: bytes, limit: int) -> tuple[list[bytes], bytes]:
    """Lines and what is left of one, cut without the code."""
    *whole, rest = data.split(b"\n")
    given = [line[: limit + 1] if len(line) > limit else line.removesuffix(b"\r") for line in whole]
    if len(rest) > limit:
        return [*given, rest[: limit + 1]], b""
    return given, rest.removesuffix(b"\r")


def server(data: bytes) -> None:
    """Whatever a client sends, however it is cut: nothing raises, nothing grows, every line has a place, and only lines
    that the client knows are sent. Events, reads and rejects are the same for every way of cutting."""
    proving = next((mode for mode in PROVING if data.startswith(mode)), b"")
    data = data.removeprefix(proving)
    resume = RESUME if data.startswith(RESUMED) else {}
    came = script(data.removeprefix(RESUMED), ACTIONS)
    steps = [ACTIONS[part] if at % 2 else part for at, part in enumerate(came)]
    with ExitStack() as limits:
        limits.enter_context(patch.dict(vars(chronotrack), LIMITS))
        limits.enter_context(patch.dict(vars(ct01), {"LOCATION_CHARS_MAX": LOCATION_CHARS}))
        heard = _heard([*steps, EOF], 1 << 30, resume, proving)
        assert_sound(b"".join(came[::2]), heard)
        assert_proved(heard, proving)
        however_cut(lambda size, rest: _heard([*steps, b"\n", rest], size, resume, proving)[:3])


def _heard(steps: Sequence[Step], size: int, resume: Mapping[str, int], proving: bytes) -> Heard:
    owner = Owner(resume, LINE_BYTES, seed=SEED if proving else "", required=PROVING.get(proving, False))
    for step in steps:
        for piece in cut(step, size):
            owner.step(piece)
            assert_bounded(owner.connection)
    assert_the_client_knows_it(owner.heard)
    return owner.heard


def assert_sound(data: bytes, heard: Heard) -> None:
    """Each line is a read or a reject, once; or else an answer, the greeting, says who it is, or names a location. Each
    event that comes once does so once."""
    kept = Counter(seen.raw for seen in heard.observations)
    kept += Counter(ct01.decode(line) for line, _ in heard.rejects)
    said = Counter(lines_of(data))
    assert kept <= said
    assert all(reason for _, reason in heard.rejects)
    others = list((said - kept).elements())
    claims = [line for line in others if line.lower() == "authorize"]
    assert len(claims) <= (b"authentication-seed" in heard.sent)
    plain = "(?i)ack~|err~|ping$|authorize$|CT01_.*newlocation"
    greetings = [line for line in others if not re.match(plain, line)]
    assert len(greetings) == has_greeted(heard)
    counts = Counter(type(event) for event in heard.events)
    once = (Greeted, Authorizing, HandshakeDone, WrongProtocol, Ended)
    assert max(counts[each] for each in once) <= 1
    assert counts[PeerFault] <= LIMITS["FAULTS_TOLD_MAX"]
    assert counts[LocationAnnounced] <= LIMITS["LOCATIONS_MAX"]
    assert counts[HandshakeDone] or not heard.observations


def assert_proved(heard: Heard, proving: bytes) -> None:
    """Who has to say who it is hears nothing before the verdict, and sends no reads without a good one."""
    said = heard.sent.split(b"\r\n")
    seed = b"authentication-seed=%b" % SEED.encode()
    assert (seed in said) == (bool(proving) and has_greeted(heard))
    if seed in said:
        verdicts = {b"ack~authorize", f"err~authorize~{WRONG}".encode(), b""}
        allowed = verdicts if PROVING[proving] else verdicts | {b"getconnectionid"}
        assert said[said.index(seed) + 1] in allowed
    if PROVING.get(proving):
        assert b"ack~authorize" in said or not any(isinstance(each, HandshakeDone) for each in heard.events)


def lines_of(data: bytes) -> list[str]:
    """The lines that have to have a place, cut without the code. What an authorization says has none."""
    given, rest = expected_lines(data, LINE_BYTES)
    said = [re.sub(rb"(?is)\A(authorize)~.*", rb"\1", line[:LINE_BYTES]) for line in (*given, rest)]
    return [ct01.decode(line) for line in said if line]


def has_greeted(heard: Heard) -> bool:
    return any(isinstance(event, Greeted) and event.protocol.upper() == "CTP01" for event in heard.events)


def assert_the_client_knows_it(heard: Heard) -> None:
    """No line but the known ones, each ended by CR LF; none but `ack~ping` to a client that has not greeted."""
    *said, rest = heard.sent.split(b"\r\n")
    assert rest == b""
    assert [line for line in said if not KNOWN.fullmatch(line)] == []
    assert has_greeted(heard) or set(said) <= {b"ack~ping"}


def assert_bounded(connection: ServerConnection) -> None:
    """What it holds after its owner has taken what there was."""
    assert sum(len(seen.raw) for seen in connection._observations) <= LIMITS["HELD_BYTES_MAX"]
    assert len(connection._locations) <= LIMITS["LOCATIONS_MAX"]
    assert len(connection._lines._tail) <= LINE_BYTES
    held = (connection._events, connection._rejected, connection._out, connection._waiting)
    assert held == ([], [], [], [])
