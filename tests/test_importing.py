"""From a controller's files to what is put into a session: contents as they are streamed, words as they are written."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import importing
from hub.errors import FileFormatError
from hub.importing import ControllerFiles, NoLocation, Problem, location_name, plan, shown
from hub.model import TAG_GUN, Observation, Rejected
from hub.protocols import ct01
from hub.protocols.chronotrack_client import encode
from hub.protocols.chronotrack_stream import Stream, format_line
from hub.replay_plan import load_plan
from tests.controller_files import CONTROLLER, EIGHT_US, MARKERS, race, tag_line, tag_lines, write

Taken = tuple[list[Observation], list[Rejected], list[Problem]]


def take(tags: bytes, markers: bytes = b"", location: str | None = None) -> Taken:
    """All that the pieces of both files have."""
    pieces = [
        piece
        for part in plan(ControllerFiles("a.csv", tags, "a.mrk", markers), location).parts
        for piece in part.pieces()
    ]
    assert all(len(each.observations) + len(each.rejected) <= importing.PIECE_LINES for each in pieces)
    observations, rejected, problems = ([x for each in pieces for x in each[at]] for at in range(3))
    return observations, rejected, problems  # type: ignore[return-value]


def streamed(path: Path, location: str | None) -> list[Observation]:
    """What a hub hears of the same files from SimpleClient, in the order of its stream."""
    replay = load_plan([(None, path)], location=location)
    stream = Stream("0" * 40)
    for _, name, item in replay.timeline:
        stream.append(name, item)
    stream.guns_first()
    return [
        ct01.LineParser().parse(encode(format_line(sequence, each.name, item)).removesuffix(b"\r\n"))
        for each in stream.locations
        for sequence, item in enumerate(each.items, 1)
    ]


def told(seen: Observation) -> tuple[object, ...]:
    """All of a read but its sequence and the line it stands in."""
    return (
        seen.location,
        seen.tag,
        seen.wall_us,
        seen.since_midnight,
        seen.time_text,
        seen.lap,
        seen.reader_id,
        seen.gator,
        seen.gun,
    )


PADDED = b"TO~000001~004711~160~021~1717228805.05~104484~8~-71~00001~P~10\r\n" * 2
RENAMED = MARKERS + f"{CONTROLLER},5,Point,200,24060108031999,5K\r\n".encode()
FILES = {
    "a race": (race(1000), MARKERS, None),
    "a name that is given": (race(20), MARKERS, "START"),
    "no markers": (race(20), b"", "START"),
    "a point renamed in mid-file": (race(1000), RENAMED, None),
    "padded, and twice the same": (PADDED, b"", "X"),
    "lines out of order": (b"".join(tag_lines("1213141")[::-1]), MARKERS, None),
    "Latin-1": (race(20), MARKERS.replace(b"FINISH", b"Z\xfcrich"), None),
    "UTF-8": (race(20), MARKERS.replace(b"FINISH", "Zürich".encode()), None),
    "neither": (race(20), MARKERS, "Łódź"),
    "spaces": (race(20), MARKERS, " FINISH "),
    "bad lines": (race(20) + b"TO~x\r\n\r\n\0\r\n" + race(20), MARKERS, None),
    "older controllers": (b"TO~1~88~160~21~1717228805.05~0A11B2~4~-61~1~P\r\n", b"", "X"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_contents_are_those_that_are_streamed(name: str, tmp_path: Path) -> None:
    tags, markers, location = FILES[name]
    found, _, _ = take(tags, markers, location)
    wanted = streamed(write(tmp_path, "a", tags, markers), location)
    assert len(found) > 0 and Counter(map(told, found)) == Counter(map(told, wanted))
    guns = markers.count(b",Gun,")
    assert [seen.gun for seen in found[:guns]] == [True] * guns, "guns first, as of a past that is found"


def test_the_numbering_and_the_raw_text_are_the_files() -> None:
    tags = b"\r\n" + tag_line(77, 1, EIGHT_US) + b"bad\r\n" + tag_line(78, "002", EIGHT_US)
    found, _, _ = take(tags, MARKERS)
    assert [(seen.sequence, seen.tag, seen.raw) for seen in found] == [
        (4, TAG_GUN, f"{CONTROLLER},4,Gun,2,24060108000150,Button Press"),
        (2, "1", tag_line(77, 1, EIGHT_US).decode().strip()),
        (4, "2", tag_line(78, "002", EIGHT_US).decode().strip()),
    ]
    assert [seen.time_text for seen in found] == ["2024-06-01T08:00:01.50", *["2024-06-01T08:00:00.00"] * 2]
    assert (found[0].reader_id, found[0].gator, found[0].lap) == (CONTROLLER, 0, 0)


def test_what_is_no_read_is_kept_as_it_came() -> None:
    tags = tag_line(1, 1, EIGHT_US) + b"TO~2~x~\xfc\r\n" + b"y" * 9000
    markers = MARKERS + b"what\r\n" + f"{'I' * 65},7,Gun,2,24060108000150,\r\n".encode()
    found, rejected, problems = take(tags, markers)
    assert len(found) == 2
    assert [each.line for each in rejected] == [
        b"what",
        f"{'I' * 65},7,Gun,2,24060108000150,".encode(),
        b"TO~2~x~\xfc",
        b"y" * 4096,
    ]
    assert [(each.file, each.line) for each in problems] == [
        ("a.mrk", 5),
        ("a.mrk", 6),
        ("a.csv", 2),
        ("a.csv", 3),
    ]
    assert [each.reason for each in problems] == [each.reason for each in rejected]
    assert "controller" in problems[1].reason and "columns" in problems[2].reason


def test_a_column_that_is_not_used_costs_no_read() -> None:
    line = b"TO~1~7~\0~\xff~1717228805.05~0A11B2~4~" + b"z" * 9000 + b"~1~P~17\r\n"
    (seen,), rejected, _ = take(line, location="X")
    assert rejected == [] and len(seen.raw) == 4096
    assert seen.raw.startswith("TO~1~7~\ufffd~ÿ~") and "\0" not in seen.raw


def test_what_a_plan_says() -> None:
    found = plan(ControllerFiles("a.csv", race(1000) + b"bad", "a.mrk", RENAMED + b"bad"), None)
    assert (found.locations, found.event, found.guns, found.lines) == (("FINISH", "5K"), "24HILL", 1, 1003)
    assert [part.name for part in found.parts] == ["a.mrk", "a.csv"]
    empty = plan(ControllerFiles("a.csv", b""), "X")
    assert (empty.locations, empty.parts, empty.lines) == (("X",), (), 0)
    assert plan(ControllerFiles("a.csv", b"", "a.mrk", MARKERS), None).locations == ("FINISH",)
    lower = RENAMED.replace(b",5K", b",finish")
    assert plan(ControllerFiles("a.csv", race(1000), "a.mrk", lower), None).locations == ("FINISH",)


def test_files_that_are_none() -> None:
    with pytest.raises(FileFormatError, match=r"a\.csv: line 1: expected a tag"):
        take(b"bib,name\r\n1,Ann\r\n", location="X")
    with pytest.raises(FileFormatError, match=r"a\.mrk: line 1: expected a marker"):
        take(race(1), b"nothing\r\n", "X")


@pytest.mark.parametrize(
    "markers", [b"", MARKERS.replace(b"FINISH", b""), MARKERS.replace(b"Point", b"Event")]
)
def test_where_it_was_must_be_known(markers: bytes) -> None:
    with pytest.raises(NoLocation, match=r"a\.csv: no Point marker says where"):
        take(race(1), markers)


@pytest.mark.parametrize("name", [b"5K, turn", b"A~B", b"x" * 129])
def test_a_point_that_no_reader_could_send(name: bytes) -> None:
    with pytest.raises(NoLocation, match="location"):
        take(race(1), MARKERS.replace(b"FINISH", name))


def test_a_file_of_bad_lines_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "REJECTED_MAX", 3)
    assert len(take(race(1) + b"bad\r\n" * 3, location="X")[1]) == 3
    with pytest.raises(FileFormatError, match=r"a\.csv: more than 3 lines"):
        take(race(1) + b"bad\r\n" * 4, location="X")
    with pytest.raises(FileFormatError, match=r"a\.mrk: more than 3 lines"):
        take(race(1), MARKERS + b"bad\r\n" * 4, "X")


@pytest.mark.parametrize(
    ("text", "name"), [("FINISH", "FINISH"), (" 5 K ", "5 K"), ("Zürich", "Zürich"), ("ZÃ¼rich", "Zürich")]
)
def test_a_name_is_what_the_hub_would_hear(text: str, name: str) -> None:
    assert location_name(text) == name


@pytest.mark.parametrize("text", ["", " ", "A~B", "A\nB", "A\0", "x" * 129])
def test_a_name_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="location"):
        location_name(text)


def test_names_are_kept_fit_to_be_shown() -> None:
    assert shown("a\0b\x1b[1m\udc80c" + "d" * 300) == "ab[1mc" + "d" * 194


@given(
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(tag_lines("1234"))), max_size=20),
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(RENAMED.splitlines())), max_size=20),
)
def test_whatever_a_file_holds_each_line_is_a_read_or_rejected(
    tags: list[bytes], markers: list[bytes]
) -> None:
    files = ControllerFiles("a.csv", b"\n".join(tags), "a.mrk", b"\n".join(markers))
    try:
        lines = plan(files, "X").lines
    except FileFormatError:
        return
    found, rejected, problems = take(files.tags, files.markers, "X")
    assert len(found) + len(rejected) == lines and len(rejected) == len(problems)
    for seen in found:
        assert seen.location == "X" and seen.raw.encode() and "\0" not in seen.raw
    assert len({(seen.gun, seen.sequence) for seen in found}) == len(found), "no line is two reads"
