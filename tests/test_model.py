"""What travels: there and back through the journal's encoding, and out of the garbage collector's sight."""

import gc

import msgspec
import pytest

from hub.model import (
    KIND_GUN,
    MARK_LATE,
    MARK_REPEAT,
    Group,
    Observation,
    Participant,
    Read,
    ReadFilter,
    Rejected,
    RejectRecord,
    SessionReads,
    SourceRecord,
)

READ = Read(
    7,
    1 << 52,
    2**63 - 1,
    "Ziel ß",
    "GUNTIME",
    -1,
    "t",
    0,
    "I11A9D",
    15,
    KIND_GUN,
    (MARK_LATE, MARK_REPEAT),
    bytes(16),
    "raw",
    5,
)
SOURCE = SourceRecord(
    1, 2, 3, "main", "chronotrack", "::1", "SimpleClient", "0.6.0", "A" * 40, "21ROTM", None, 9
)
REJECT = RejectRecord(1, 0, None, 5, "no read", b"\x00\xff~")
GROUP = Group([SOURCE], [SessionReads(3, 7, [READ])], [REJECT])


def test_a_group_goes_to_bytes_and_back() -> None:
    data = msgspec.msgpack.encode(GROUP)
    assert msgspec.msgpack.decode(data, type=Group) == GROUP


def test_a_group_is_small() -> None:
    """Fields go by place, not by name: what is written for each read is little more than the read."""
    assert len(msgspec.msgpack.encode(READ)) < len("Ziel ßGUNTIMEI11A9Dgunlaterepeatraw") + 16 + 60


@pytest.mark.parametrize(
    "data", [b"", b"\xc0", msgspec.msgpack.encode([[], []]), msgspec.msgpack.encode([[], [], [[1]]])]
)
def test_what_is_no_group_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.msgpack.decode(data, type=Group)


def test_lines_cannot_be_changed_after_parsing() -> None:
    seen = Observation(1, "FINISH", "7", 0, False, "", 1, "", 1, False, "")
    for thing, field in ((seen, "tag"), (Rejected(b"", ""), "line"), (ReadFilter(0, 1), "limit")):
        with pytest.raises(AttributeError):
            setattr(thing, field, "other")


def test_reads_and_participants_cost_the_collector_nothing() -> None:
    things = (READ, SOURCE, REJECT, GROUP, Participant(1, "7", ("7",)), Rejected(b"", ""))
    assert not any(gc.is_tracked(thing) for thing in things)
