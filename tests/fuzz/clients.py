"""What a server may send to our own client, `racehub replay`."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from unittest.mock import patch

from hub.protocols import chronotrack_client
from hub.protocols.chronotrack_client import Client
from hub.protocols.chronotrack_stream import Item, Stream, gun_item
from hub.protocols.ct01 import BadLine, LineParser, NewLocation
from tests.fuzz.pieces import however_cut, pieces, script
from tests.protocols.dialogue import ID

LINE_BYTES: Final = 60
ROUNDS_MAX: Final = 2000
"""Five lines each: more than any short script can ask for."""
EIGHT_US: Final = 1_717_228_800_000_000

ACTIONS: Final[dict[bytes, Callable[[Client], Any]]] = {
    b"send": lambda client: client.data_to_send(1),
    b"more": lambda client: client.stream.append("MID", Item("7", EIGHT_US, 1, "0A11B2", 1)),
    b"rewind": lambda client: client.stream.rewind(),
    b"restart": lambda client: client.stream.restart(ID[::-1]),
    b"lost": Client.connection_lost,
}


def client(data: bytes) -> None:
    """Whatever a server sends, however it is cut: the client never raises, keeps no more than a line, and sends lines
    that a server can read, the same for every way of cutting, and in the end none."""
    came = script(data, ACTIONS)
    with patch.dict(vars(chronotrack_client), {"LINE_BYTES_LIMIT": LINE_BYTES}):
        however_cut(lambda size, rest: _sent(came, size, rest))


def _sent(came: Sequence[bytes], size: int, rest: bytes) -> tuple[bytes, str]:
    """All that the client says, and why it closed."""
    end = Client(_stream(), announce_live=True)
    sent = b""
    for at, part in enumerate(came):
        if at % 2:
            sent += readable(ACTIONS[part](end) or b"", 1)
            continue
        for piece in pieces(part, size):
            end.receive_data(piece)
            assert len(end._inbox) <= LINE_BYTES
    end.receive_data(b"~\r\nping\r\n" + rest)  # an empty line would end it
    for _ in range(ROUNDS_MAX):
        said = readable(end.data_to_send(5), 5)
        sent += said
        if not said:
            return sent, end.close_reason
    raise AssertionError("the client is never done")


def _stream() -> Stream:
    stream = Stream(ID, "24HILL")
    for number in range(3):
        stream.append("FINISH", Item(f"M{number}", EIGHT_US + number, 1, "0A11B2", 4))
    stream.append("Züri", gun_item(EIGHT_US, "I0AB1C"))
    stream.append("LEFT", Item("東", EIGHT_US, 1, "0A11B2", 1))
    return stream


def readable(sent: bytes, most: int) -> bytes:
    """The same, when it is so many lines at most, and each of them an answer, the greeting, or a read."""
    *said, rest = sent.split(b"\n")
    assert rest == b"" and len(said) <= most
    for line in said:
        if not line.startswith(b"CT01_"):
            assert line.startswith((b"ack~", b"err~", b"SimpleClient~", b"authorize~")) and line.endswith(
                b"\r"
            )
            continue
        try:
            LineParser().parse(line.removesuffix(b"\r"))
        except NewLocation:
            pass
        except BadLine as problem:
            raise AssertionError(f"{line!r}: {problem}") from problem
    return sent
