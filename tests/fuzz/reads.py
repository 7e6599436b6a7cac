"""One read line, and the way of its read from there: session, journal, database row, screen."""

import json
from datetime import UTC, datetime
from typing import Final

import msgspec

from hub import encode
from hub.model import (
    INT64_MAX,
    TAG_GUN,
    US_PER_S,
    Group,
    Observation,
    Read,
    SessionReads,
    SessionRow,
    SourceRecord,
)
from hub.protocols import ct01
from hub.protocols.chronotrack_stream import TIME_FORMATS, Item, Layout, format_line
from hub.protocols.ct01 import BadLine, LineParser, NewLocation
from hub.session import Session, Source
from hub.store import reads as rows

RECEIVED_US: Final = 1_717_230_000_000_000
WALL_US_MIN: Final = -62_135_596_800 * US_PER_S
"""The first second of the year 1."""
WALL_US_MAX: Final = (ct01.UNIX_S_MAX + 1) * US_PER_S
_TIMES: Final = {True: ("normal", "msecs"), False: ("iso", "unix")}
"""The formats of times since midnight, and of those with a date."""


def ct01_line(data: bytes) -> None:
    """Any line is a read that every store can hold and a client can write again, a location, or a BadLine with a
    reason; the same whatever came before it."""
    parser = LineParser()
    for line in data.split(b"\n"):
        found = outcome(parser, line)
        assert found == outcome(LineParser(), line) == outcome(parser, line)
        if isinstance(found, Observation):
            assert_storable(found)
            assert found.raw.encode() in (line, line.decode("latin-1").encode())
            assert_written_again(found)


def outcome(parser: LineParser, line: bytes) -> Observation | tuple[str, object]:
    """What a line is; of a location its name and bytes, of a bad one the reason."""
    try:
        return parser.parse(line)
    except NewLocation as found:
        assert 0 < len(found.name) <= ct01.LOCATION_CHARS_MAX and found.wire in line
        return found.name, found.wire
    except BadLine as problem:
        assert str(problem)
        return "", str(problem)


def assert_storable(seen: Observation) -> None:
    assert 1 <= seen.sequence <= INT64_MAX
    assert 0 <= seen.lap <= INT64_MAX and 0 <= seen.gator <= INT64_MAX
    assert WALL_US_MIN <= seen.wall_us < WALL_US_MAX
    assert 0 < len(seen.location) <= ct01.LOCATION_CHARS_MAX and 0 < len(seen.tag) <= ct01.TAG_CHARS_MAX
    assert len(seen.reader_id) <= ct01.READER_CHARS_MAX
    assert seen.gun == (seen.tag == TAG_GUN)
    assert "\0" not in seen.raw


def assert_written_again(seen: Observation) -> None:
    """As our own client writes it, with its time to the hundredth: the same read."""
    wall_us = seen.wall_us // 10_000 * 10_000
    if not seen.since_midnight and wall_us < 0:
        return  # no client's clock stands before 1970
    layout = Layout(seen.raw[:7], seen.raw[7], "\r\n")
    item = Item(seen.tag, wall_us, seen.lap, seen.reader_id, seen.gator, seen.gun)
    for time_format in _TIMES[seen.since_midnight]:
        line = format_line(seen.sequence, seen.location, item, layout=layout, time_format=time_format)
        again = LineParser().parse(line.removesuffix("\r\n").encode())
        assert (again.wall_us, again.since_midnight, again.gun) == (wall_us, seen.since_midnight, seen.gun)
        assert (again.sequence, again.location, again.tag) == (seen.sequence, seen.location, seen.tag)
        assert (again.lap, again.reader_id, again.gator) == (seen.lap, seen.reader_id, seen.gator)


def time_text(data: bytes) -> None:
    """Any text is a time that a clock can show and a client can write again, or a BadLine."""
    parser = LineParser()
    text = ct01.decode(data)
    try:
        wall_us, since_midnight = parser.time(text)
    except BadLine:
        return
    assert parser.time(text) == (wall_us, since_midnight)
    assert WALL_US_MIN <= wall_us < WALL_US_MAX
    assert not since_midnight or abs(wall_us) <= ct01.SINCE_MIDNIGHT_US_MAX
    if "T" in text and wall_us >= 0:
        assert text[:19] == TIME_FORMATS["iso"](wall_us, 0)[:19]
    wall_us = wall_us // 10_000 * 10_000
    for time_format in _TIMES[since_midnight] if since_midnight or wall_us >= 0 else ():
        assert parser.time(TIME_FORMATS[time_format](wall_us, 0)) == (wall_us, since_midnight)


def way(data: bytes) -> None:
    """What the parser takes, every later place takes: the session, the journal's encoding, a row of COPY, a screen."""
    seen = [
        found for line in data.split(b"\n") if isinstance(found := outcome(LineParser(), line), Observation)
    ]
    session = _session()
    source = Source(SourceRecord(7, 1, 1, "l", "p", "r", "P", "1", "id", "E", None, RECEIVED_US), session)
    source.connected(RECEIVED_US)
    accepted, rejected, asked = session.accept(source, seen, [], RECEIVED_US)
    assert [read.offset for read in accepted] == list(range(1, len(accepted) + 1))
    assert len(accepted) + len(rejected) <= len(seen) and (accepted or not seen)
    assert all(sequence >= 1 for _, sequence in asked)
    _assert_kept(accepted)
    if accepted:
        session.extend(accepted)
    for read in accepted:
        assert_shown(session, read)
    assert encode.starts(session, RECEIVED_US).count(b"\n") == 0


def _session() -> Session:
    row = SessionRow(1, 1, "S", "E", "active", 1, "Asia/Kathmandu", "2024-06-01", RECEIVED_US)
    return Session(row, late_us=120 * US_PER_S)


def _assert_kept(accepted: list[Read]) -> None:
    group = Group([], [SessionReads(1, 1, accepted)], [])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(group), type=Group) == group
    assert not any(rows.flaw(read) for read in accepted)
    assert rows.pack([(1, 1, read) for read in accepted]).count(b"CT01_") >= len(accepted)


def assert_shown(session: Session, read: Read) -> None:
    """One line of JSON, with a time that browsers can read."""
    message = encode.read_message(session, read)
    assert b"\n" not in message
    fields = json.loads(message)
    assert (fields["offset"], fields["tag"], fields["location"]) == (read.offset, read.tag, read.location)
    assert datetime.fromisoformat(fields["time"]).astimezone(UTC)
