"""The server's side of CTP01 against anything at all: what holds whatever comes."""

import re
from collections import Counter
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from hub.model import INT64_MAX
from hub.protocols import chronotrack, ct01
from hub.protocols.chronotrack import (
    Ended,
    Greeted,
    HandshakeDone,
    PeerFault,
    ServerConnection,
    WrongProtocol,
)
from tests.protocols.dialogue import (
    ACK_EVENT,
    ACK_ID,
    ACK_LOCATIONS,
    DEADLINE,
    EOF,
    GUN,
    HELLO,
    NEW,
    PING,
    Heard,
    Owner,
    Step,
    asking,
    cut,
)

KNOWN = re.compile(
    rb"RaceHub~1\.0~6|location=multi|guntimes=true|newlocations=true|authentication=none|stream-mode=push"
    rb"|time-format=iso|getconnectionid|geteventinfo|getlocations|start(~[^~\r\n\0]+(~[1-9][0-9]*)?)?|ping|ack~ping"
)
NAMES = st.sampled_from(
    [b"FINISH", b"finish", b"MID", b"Z\xfcri", "Züri".encode(), b"A~1", b"A\rB", b" ", b"\0"]
)
CLIENT_LINES = (
    st.sampled_from(
        [
            *[
                HELLO,
                NEW,
                ACK_ID,
                ACK_EVENT,
                ACK_LOCATIONS,
                GUN,
                b"ping",
                b"ack~init",
                b"ack~",
                b"err~start~no",
            ],
            *[
                b"\x01Z,08:00:05.160",
                b"CS_01~1",
                b"a~b~CTP02",
                b"CT01_33~1",
                b"err~getlocations",
                b"x" * 200,
                b"",
            ],
        ]
    ).map(bytes.strip)
    | st.builds(
        lambda head, separator, sequence, name, tag: separator.join(
            [head, b"%d" % sequence, name, tag, b"2024-06-01T08:00:00.00", b"1", b"0A11B2", b"4"]
        ),
        st.sampled_from([b"CT01_13", b"CT01_33"]),
        st.sampled_from([b",", b"~"]),
        st.integers(-1, 2**64),
        NAMES,
        st.sampled_from([b"4711", b"GUNTIME", b"newlocation"]),
    )
    | st.lists(NAMES).map(lambda names: b"~".join([b"ack", b"getlocations", *names]))
    | st.binary(max_size=80)
)
LINE_BYTES = 100
LIMITS = {"HELD_BYTES_MAX": 300, "LOCATIONS_MAX": 3, "FAULTS_TOLD_MAX": 2}
ACTIONS: list[Step] = [
    DEADLINE,
    PING,
    asking("FINISH", 3),
    asking("Zürich", 1),
    asking("A~1", 1),
    asking("A\rB", 1),
]
STEPS = st.builds(
    bytes.__add__, CLIENT_LINES, st.sampled_from([b"\r\n", b"\r\n", b"\n", b""])
) | st.sampled_from(ACTIONS)
RESUMES = st.dictionaries(st.sampled_from(["finish", "mid", "züri"]), st.integers(1, INT64_MAX))


def lines_of(data: bytes) -> list[str]:
    """The lines that have to have a place, cut independently of the code. What an authorization says has none."""
    lines = [line if len(line) > LINE_BYTES else line.removesuffix(b"\r") for line in data.split(b"\n")]
    lines[-1] = lines[-1].removesuffix(b"\r")
    return [re.sub("(?is)^(authorize)~.*", r"\1", ct01.decode(line[:LINE_BYTES])) for line in lines if line]


def has_greeted(heard: Heard) -> bool:
    return any(isinstance(event, Greeted) and event.protocol.upper() == "CTP01" for event in heard.events)


def assert_all_have_a_place(data: bytes, heard: Heard) -> None:
    """Each line is a read or a reject, once; or else an answer, the greeting, or names a location."""
    kept = Counter(seen.raw for seen in heard.observations)
    kept += Counter(ct01.decode(line) for line, _ in heard.rejects)
    lines = Counter(lines_of(data))
    assert kept <= lines
    others = list((lines - kept).elements())
    greetings = [line for line in others if not re.match("(?i)ack~|err~|ping$|CT01_.*newlocation", line)]
    assert len(greetings) == has_greeted(heard)


def assert_the_client_knows_it(heard: Heard) -> None:
    """No line but the known ones, each ended by CR LF; none but `ack~ping` to a client that has not greeted."""
    *lines, rest = heard.sent.split(b"\r\n")
    assert rest == b""
    assert [line for line in lines if not KNOWN.fullmatch(line)] == []
    assert has_greeted(heard) or set(lines) <= {b"ack~ping"}


def assert_bounded(connection: ServerConnection) -> None:
    """What it holds after its owner has taken what there was."""
    assert sum(len(seen.raw) for seen in connection._observations) <= LIMITS["HELD_BYTES_MAX"]
    assert len(connection._locations) <= LIMITS["LOCATIONS_MAX"]
    assert len(connection._lines._tail) <= LINE_BYTES
    assert (connection._events, connection._rejected, connection._out) == ([], [], [])


@given(st.lists(STEPS, max_size=40), RESUMES, st.sampled_from([1, 7, 50, 10_000]))
def test_anything_at_all(steps: list[Step], resume: dict[str, int], size: int) -> None:
    """Whatever comes, however it is cut: nothing raises, nothing grows, every line has a place, and only lines that
    the client knows are sent."""
    with patch.dict(vars(chronotrack), LIMITS):
        owner = Owner(resume, LINE_BYTES)
        for step in steps:
            for piece in cut(step, size):
                owner.step(piece)
                assert_bounded(owner.connection)
        owner.step(EOF)
    heard = owner.heard
    assert_all_have_a_place(b"".join(step for step in steps if isinstance(step, bytes)), heard)
    assert_the_client_knows_it(heard)
    counts = Counter(type(event) for event in heard.events)
    assert max(counts[Greeted], counts[HandshakeDone], counts[WrongProtocol], counts[Ended]) <= 1
    assert counts[PeerFault] <= LIMITS["FAULTS_TOLD_MAX"]
    assert counts[HandshakeDone] or not heard.observations
