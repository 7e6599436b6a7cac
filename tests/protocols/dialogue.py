"""Dialogues with the server's side of CTP01, made up: what a client says, and a helper that hears what comes of it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from hub.model import Observation, Rejected
from hub.protocols.chronotrack import (
    Authorizing,
    Event,
    Greeted,
    HandshakeDone,
    LocationAnnounced,
    ServerConnection,
)
from hub.protocols.chronotrack_proof import PROOFS, proves
from hub.protocols.lines import LINE_BYTES_MAX

ID = "0123456789ABCDEF0123456789ABCDEF01234567"
HELLO = b"SimpleClient~0.6.0~CTP01\r\n"
NEW = b"CT01_33~0~FINISH~newlocation~00:00:00.00~0~0~0\r\n"
ACK_ID = f"ack~getconnectionid~{ID}\r\n".encode()
ACK_EVENT = b"ack~geteventinfo~24HILL~0~24HILL\r\n"
ACK_LOCATIONS = b"ack~getlocations~FINISH\r\n"
ANSWERS = NEW + ACK_ID + ACK_EVENT + ACK_LOCATIONS
GUN = b"CT01_33~1~FINISH~GUNTIME~2024-06-01T08:00:05.16~0~I0AB1C~0\r\n"
READS = b"".join(
    b"CT01_33~%d~FINISH~%d~2024-06-01T08:00:0%d.50~1~0A11B2~4\r\n" % (n, 4700 + n, n) for n in range(2, 6)
)
WELCOME = (
    b"RaceHub~1.0~6\r\nlocation=multi\r\nguntimes=true\r\nnewlocations=true\r\nauthentication=none\r\n"
    b"stream-mode=push\r\ntime-format=iso\r\ngetconnectionid\r\ngeteventinfo\r\ngetlocations\r\n"
)
SEED = "0123456789abcdef0123456789abcdef"
USER, PASSWORD = "alice", "geheim"
PROOF = PROOFS["hmac-sha1"](PASSWORD.encode(), SEED)
AUTHORIZE = f"authorize~{USER}~{PROOF}\r\n".encode()
WRONG = "wrong user or password"
ASKING = (
    WELCOME.partition(b"getconn")[0].replace(b"~6", b"~7").replace(b"none", b"hmac-sha1")
    + b"authentication-seed=%b\r\n" % SEED.encode()
)
QUESTIONS = b"getconnectionid\r\ngeteventinfo\r\ngetlocations\r\n"
GREETED = Greeted("SimpleClient", "0.6.0", "CTP01")
FINISH = LocationAnnounced("FINISH")
DONE = HandshakeDone("SimpleClient", "0.6.0", ID, "24HILL", ("FINISH",))

Step = bytes | Callable[[ServerConnection], list[Event] | None]

DEADLINE = ServerConnection.on_deadline
EOF = ServerConnection.receive_eof
PING = ServerConnection.ping


def asking(location: str, sequence: int) -> Step:
    return lambda connection: connection.request_from(location, sequence)


class Heard(NamedTuple):
    """All that came of a dialogue."""

    events: list[Event]
    observations: list[Observation]
    rejected: list[Rejected]
    sent: bytes

    @property
    def sequences(self) -> list[int]:
        return [seen.sequence for seen in self.observations]

    @property
    def rejects(self) -> list[tuple[bytes, str]]:
        return [(reject.line, reject.reason) for reject in self.rejected]


class Owner:
    """Does with a connection what its owner does: judge a proof, start it, take what was read, send what it says."""

    def __init__(
        self,
        resume: Mapping[str, int] | None = None,
        line_bytes: int = LINE_BYTES_MAX,
        *,
        seed: str = "",
        required: bool = False,
    ) -> None:
        self.connection = ServerConnection(
            "RaceHub", "1.0", line_bytes=line_bytes, seed=seed, required=required
        )
        self.resume = resume or {}
        self.heard = Heard([], [], [], b"")

    def step(self, step: Step) -> None:
        connection, heard = self.connection, self.heard
        events = (connection.receive_data(step) if isinstance(step, bytes) else step(connection)) or []
        for event in events:  # it grows meanwhile
            if isinstance(event, HandshakeDone):
                connection.start(self.resume)
            if isinstance(event, Authorizing):
                right = event.user == USER and proves(event.proof, PASSWORD, SEED)
                events += connection.authorized() if right else connection.refused(WRONG)
        observations, rejected = connection.take()
        self.heard = Heard(
            heard.events + events,
            heard.observations + observations,
            heard.rejected + [replace(bad, after=len(heard.observations) + bad.after) for bad in rejected],
            heard.sent + connection.data_to_send(),
        )


def cut(step: Step, size: int) -> list[Step]:
    if not isinstance(step, bytes):
        return [step]
    return [step[at : at + size] for at in range(0, len(step), size)]


def talk(
    *steps: Step, resume: Mapping[str, int] | None = None, seed: str = "", required: bool = False
) -> Heard:
    """The one helper: what comes of a dialogue. The same whole and byte by byte; and with the beginning of another
    line behind it, which changes nothing."""
    heard = []
    for dialogue in (steps, [piece for step in steps for piece in cut(step, 1)], [*steps, b"CT01_33~9"]):
        owner = Owner(resume, seed=seed, required=required)
        for step in dialogue:
            owner.step(step)
        heard.append(owner.heard)
    assert heard == heard[:1] * 3
    return heard[0]


def streaming(*steps: Step, resume: Mapping[str, int] | None = None) -> Heard:
    """The same from the end of an ordinary handshake on."""
    before = talk(HELLO, ANSWERS, resume=resume)
    after = talk(HELLO, ANSWERS, *steps, resume=resume)
    return Heard(
        after.events[len(before.events) :],
        after.observations,
        after.rejected,
        after.sent.removeprefix(before.sent),
    )
