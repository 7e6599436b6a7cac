"""Files that people give the hub: controller files, rosters. Each target takes any bytes."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hub.errors import FileFormatError, HubError
from hub.model import INT64_MAX, US_PER_S, Participant
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
from hub.providers import csv_roster
from hub.replay_plan import load_plan
from hub.roster import Roster, normal
from tests.fuzz.pieces import BETWEEN

ROSTER_ROWS: Final = 50
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
    """Any bytes are participants that the database can hold and that are found by their tags, and rows that were left
    out with their reasons; or a FileFormatError."""
    try:
        found, problems = csv_roster.parse(data, name="r.csv", rows_max=ROSTER_ROWS)
    except FileFormatError as problem:
        assert str(problem).startswith("r.csv: ")
        assert len(str(problem)) < 1000
        return
    assert len(found) + len(problems) <= ROSTER_ROWS
    for each in found:
        assert_roster_line(each)
    numbers = [each.line for each in problems]
    assert numbers == sorted(set(numbers)) and all(each.reason for each in problems)
    assert all(2 <= number <= data.count(b"\n") + data.count(b"\r") + 1 for number in numbers)
    assert_found_again(found)


def assert_roster_line(each: Participant) -> None:
    assert each.bib or each.tags
    texts = [each.bib, *each.tags, each.first_name, each.last_name, each.age, each.gender, each.city]
    texts += [each.state, each.country, each.division, each.race_name, each.wave, each.team_name]
    texts += [text for pair in each.custom for text in pair]
    for text in texts:
        assert "\0" not in text and len(text) <= csv_roster.FIELD_CHARS_MAX and text.encode().decode() == text


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
