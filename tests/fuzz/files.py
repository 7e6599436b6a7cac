"""Files that people give the hub: controller files, rosters. Each target takes any bytes."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec.structs import replace

from hub.errors import FileFormatError, HubError
from hub.model import INT64_MAX, US_PER_S, Participant
from hub.participants import merged, problem_of
from hub.protocols.chronotrack_client import encode
from hub.protocols.chronotrack_stream import format_line
from hub.protocols.controller_file import (
    PROBLEM_CHARS_MAX,
    Marker,
    Problems,
    TagRead,
    parse_markers,
    parse_tags,
)
from hub.protocols.ct01 import LOCATION_CHARS_MAX, LineParser, decode
from hub.replay_plan import load_plan
from hub.roster import Roster, normal
from hub.roster_file_words import ROSTER, TAGS, End, Look, Piece, Wanted
from hub.roster_reading import frames
from hub.roster_words import FIELD_CHARS_MAX, FILE, Entry
from tests.fuzz.pieces import BETWEEN

ROSTER_ROWS: Final = 50
TODAY: Final = "2026-05-16"
SECONDS_MAX: Final = 10**10
"""Ten digits of Unix seconds, the year 2286."""


def tags(data: bytes) -> None:
    """Any bytes are a file of tag observations, in which each line is a read, a problem or blank; or a
    FileFormatError, when none of them is one."""
    lines = _lines(data)
    try:
        file = parse_tags(data, "f")
    except FileFormatError as problem:
        assert str(problem).startswith("f: line ")
        assert not any(line.startswith(b"TO~") for line in lines)
        return
    assert len(file.reads) + file.problems.count == len(lines)
    assert_problems_told(file.problems, len(data.split(b"\n")))
    assert [read.line for read in file.reads] == sorted({read.line for read in file.reads})
    for read in file.reads:
        assert 0 <= read.sequence <= INT64_MAX and 0 <= read.wall_us < SECONDS_MAX * US_PER_S
        assert read.tag == str(int(read.tag))
        assert _tag_line(read) == read
    again = parse_tags(data.decode("latin-1"), "f")
    assert (again.reads, again.problems.first) == (file.reads, file.problems.first)


def _tag_line(read: TagRead) -> TagRead:
    """The same, written and read again."""
    seconds, rest = divmod(read.wall_us, US_PER_S)
    line = (
        f"TO~{read.sequence}~{read.tag}~~~{seconds}.{rest // 10_000:02d}~{read.reader_id}~{read.antenna}~~~"
    )
    (again,) = parse_tags("\n" * (read.line - 1) + line, "f").reads
    return again


def markers(data: bytes) -> None:
    """Any bytes are a file of markers, in which each line is a marker, a problem or blank; or a FileFormatError, when
    none of them is one."""
    lines = _lines(data)
    try:
        file = parse_markers(data, "f")
    except FileFormatError as problem:
        assert str(problem).startswith("f: line ")
        assert lines
        return
    found = file.guns + file.points + file.events
    assert len(found) + file.problems.count <= len(lines)
    assert_problems_told(file.problems, len(data.split(b"\n")))
    assert bool(file.controller) == (len(lines) > file.problems.count)
    assert all(marker.detail for marker in file.points + file.events)
    for marker in found:
        assert marker.detail == marker.detail.strip()
        assert file.point_at(marker.sequence, marker.wall_us) in {"", *(each.detail for each in file.points)}
        assert_storable(marker)


def assert_storable(marker: Marker) -> None:
    assert 0 <= marker.sequence <= INT64_MAX and 0 <= marker.wall_us < SECONDS_MAX * US_PER_S


def assert_problems_told(problems: Problems, lines: int) -> None:
    assert len(problems.first) == problems.count  # no short file has more than are kept
    for each in problems.first:
        assert 1 <= each.line <= lines and each.reason and len(each.text) <= PROBLEM_CHARS_MAX


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line not in (b"", b"\r")]


def plan(data: bytes) -> None:
    """A `.csv` and the `.mrk` beside it (`\\x1e` between them) are a plan whose reads can be sent as lines that say the
    same, in the order in which they are due; or a HubError."""
    csv, _, mrk = data.partition(BETWEEN)
    with TemporaryDirectory() as folder:
        file = Path(folder, "a.csv")
        file.write_bytes(csv)
        file.with_suffix(".mrk").write_bytes(mrk)
        try:
            made = load_plan([(None, file)])
        except HubError as problem:
            assert str(problem)
            return
    assert made.due_us() == sorted(made.due_us())
    played = [(item.tag, item.wall_us) for _, _, item in made.timeline if not item.gun]
    assert played == [(read.tag, read.wall_us) for read in parse_tags(csv, "f").reads], (
        "the order of the file"
    )
    assert {name for _, name, _ in made.timeline} <= set(made.locations)
    for number, (_, whole_name, item) in enumerate(made.timeline, 1):
        name = whole_name[:LOCATION_CHARS_MAX]  # a longer one is the hub's to refuse
        seen = LineParser().parse(encode(format_line(number, name, item).removesuffix("\r\n")))
        assert (seen.sequence, seen.location, seen.gun) == (number, decode(encode(name)).strip(), item.gun)
        assert (seen.tag, seen.wall_us, seen.reader_id) == (item.tag, item.wall_us, item.reader_id)


def roster(data: bytes) -> None:
    """Any bytes are rows, each of which is an entry that the database can hold or listed with a reason, and of whose
    columns something is said first; or a FileFormatError."""
    for kind in (ROSTER, TAGS):
        wanted = Wanted("r.csv", kind, ROSTER_ROWS, TODAY)
        try:
            (seen,) = frames(data, replace(wanted, look=True))
            *pieces, end = frames(data, wanted)
        except FileFormatError as problem:
            assert str(problem).startswith("r.csv: ")
            assert len(str(problem)) < 1000
            continue
        assert isinstance(seen, Look) and isinstance(end, End)
        assert end.rows == seen.rows == end.good + end.left_out <= ROSTER_ROWS
        assert_rows(kind, [each for each in pieces if isinstance(each, Piece)], end)


def assert_rows(kind: str, pieces: list[Piece], end: End) -> None:
    entries = [each for piece in pieces for each in piece.entries]
    bad = [each for piece in pieces for each in piece.bad]
    assert len(bad) == end.left_out and all(each.reason for each in bad)
    assert [each.line for each in bad] == sorted({each.line for each in bad})
    assert kind == TAGS or len(entries) == end.good
    for entry in entries:
        assert not problem_of(entry)
        assert_texts(entry)
    if kind == ROSTER:
        bibs = [normal(bib) for each in entries if (bib := each.said.fields.get("bib"))]
        assert len(set(bibs)) == len(bibs)
        assert_found_again([merged(0, {FILE: each.said}) for each in entries])


def assert_texts(entry: Entry) -> None:
    said = entry.said
    assert said.tags or any(said.fields.get(name) for name in ("bib", "first_name", "last_name"))
    texts = [entry.external_id, *(said.tags or []), *said.fields.values()]
    texts += [text for pair in said.custom.items() for text in pair]
    for text in texts:
        assert "\0" not in text and len(text) <= FIELD_CHARS_MAX and text.encode().decode() == text


def assert_found_again(found: list[Participant]) -> None:
    """By each of their tags, but for those that two of them carry."""
    made = Roster(found)
    assert made.size == len(found)
    carried = Counter(key for each in found for key in {normal(tag) for tag in each.tags} if key)
    for each in found:
        for key in filter(None, map(normal, each.tags)):
            assert made.find(key) is (each if carried[key] == 1 else None)
            assert carried[key] == 1 or key in made.ambiguous
        assert all(made.find(tag) is not None for tag in made.tags_of(each.bib))
