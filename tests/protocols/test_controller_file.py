"""Controller files, parsed whole, from every prefix, and with a torn line at the end."""

import pytest

from hub.errors import FileFormatError
from hub.protocols.controller_file import (
    PROBLEMS_MAX,
    LineProblem,
    Marker,
    TagFile,
    TagRead,
    parse_markers,
    parse_tags,
)

US = 1_000_000

TWELVE = (
    b"TO~1~4711~160~21~1717225208.05~0A11B2~4~-61~1~P~17\r\n"
    b"TO~2~4712~160~21~1717225214.50~0A11B3~8~-58~1~P~3\r\n"
    b"TO~3~4711~160~21~1717225209.99~0A11B2~15~-70~2~I~1\r\n"
)
ELEVEN = b"TO~1~88~160~21~1717225208.05~0A11B2~4~-61~1~P\r\nTO~2~89~160~21~1717225209.00~0A11B2~1~-61~2~P\r\n"
PADDED = (
    b"TO~000001~000000~160~021~1717225208.05~0A11B2~4~-61~00001~P~10\r\n"
    b"TO~000002~004711~160~021~1717225208.06~0A11B2~4~-61~00002~P~10\r\n"
)
MARKERS = (
    b"I0AB1C,1,Rdr1PwrLvl,1,24060106595988,0.0\r\n"
    b"I0AB1C,2,Event,1,24060107000001,24HILL\r\n"
    b"I0AB1C,3,Point,1,24060107000002,START\r\n"
    b"I0AB1C,4,Gun,2,24060108005516,Button Press\r\n"
    b"I0AB1C,5,GeneralAlert,2,24060108010000,AC Power Lost, on battery\r\n"
    b"I0AB1C,6,Gun,3,24060108055552,Button Press\r\n"
)


def parse_every_way(data: bytes) -> TagFile:
    """The one helper: the whole file, each prefix of it (a file copied in mid-race is one), and a torn line after it.

    Of a prefix the reads are the first ones of the whole, but for a last line that was cut and still has 11 columns.
    """
    whole = parse_tags(data, "whole.csv")
    for end in range(3, len(data)):
        part = parse_tags(data[:end], "part.csv").reads
        assert len(part) <= len(whole.reads)
        assert part == whole.reads[: len(part)]
    torn = parse_tags(data + b"TO~9~12", "torn.csv")
    assert torn.reads == whole.reads
    assert torn.problems.count == whole.problems.count + 1
    assert parse_tags(data.decode(), "text.csv").reads == whole.reads
    assert parse_tags(data.replace(b"\r\n", b"\n"), "lf.csv").reads == whole.reads
    return whole


def test_tag_lines_of_twelve_columns() -> None:
    file = parse_every_way(TWELVE)
    assert file.reads == [
        TagRead(1, 1, "4711", 1717225208 * US + 50_000, "0A11B2", 4),
        TagRead(2, 2, "4712", 1717225214 * US + 500_000, "0A11B3", 8),
        TagRead(3, 3, "4711", 1717225209 * US + 990_000, "0A11B2", 15),
    ]
    assert file.problems.count == 0


def test_older_controllers_write_eleven_columns() -> None:
    assert [read.tag for read in parse_every_way(ELEVEN).reads] == ["88", "89"]


def test_zero_padding_is_taken_off() -> None:
    reads = parse_every_way(PADDED).reads
    assert [(read.sequence, read.tag) for read in reads] == [(1, "0"), (2, "4711")]


def test_an_empty_file_has_no_reads() -> None:
    assert parse_tags(b"", "a.csv").reads == []
    assert parse_tags(b"\r\n\r\n", "a.csv").problems.count == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"8", "the line does not begin with TO~"),
        (b"TO~2~4712~160~21~1717225214.50~0A11B3", "7 columns instead of 11 or 12"),
        (b"TO~2~4712~160~21~1717225214.50~0A11B3~8~-58~1~P~3~9", "13 columns instead of 11 or 12"),
        (b"TO~x~4712~160~21~1717225214.50~0A11B3~8~-58~1~P~3", "the sequence is not a number"),
        (b"TO~2~4M12~160~21~1717225214.50~0A11B3~8~-58~1~P~3", "the tag is not a number"),
        (b"TO~2~\xb2~160~21~1717225214.50~0A11B3~8~-58~1~P~3", "the tag is not a number"),
        (b"TO~2~" + b"9" * 19 + b"~160~21~1717225214.50~0A~8~-58~1~P~3", "the tag is not a number"),
        (
            b"TO~2~4712~160~21~17172252140~0A11B3~8~-58~1~P~3",
            "the time is not seconds with two decimals",
        ),
        (b"TO~2~4712~160~21~1717225214.50~~8~-58~1~P~3", "the reader is not letters and digits"),
        (b"TO~2~4712~160~21~1717225214.50~0A11B3~\0~-58~1~P~3", "the antenna is not a number"),
    ],
)
def test_a_bad_line_is_a_problem_and_stops_nothing(line: bytes, reason: str) -> None:
    first, rest = TWELVE.split(b"\r\n", 1)
    file = parse_tags(first + b"\r\n" + line + b"\r\n" + rest, "a.csv")
    assert [read.line for read in file.reads] == [1, 3, 4]
    assert file.problems.first == [LineProblem(2, reason, line.decode("latin-1"))]


def test_problems_are_kept_to_a_limit_and_counted() -> None:
    problems = parse_tags(TWELVE + b"TO~" + b"x" * 999 + b"\r\n" + b"TO~\r\n" * 5000, "a.csv").problems
    assert problems.count == 5001
    assert len(problems.first) == PROBLEMS_MAX
    assert len(problems.first[0].text) < 200


def test_a_file_of_another_kind_is_refused_with_its_line() -> None:
    with pytest.raises(FileFormatError, match=r"roster\.csv: line 2: expected a tag observation"):
        parse_tags(b"\r\nbib,name\r\n1,Ann\r\n", "roster.csv")
    with pytest.raises(FileFormatError, match=r"x\.mrk: line 1: expected a marker .*1 fields instead of 6"):
        parse_markers(TWELVE, "x.mrk")


def test_markers_give_guns_and_names() -> None:
    file = parse_markers(MARKERS, "a.mrk")
    assert (file.controller, file.point, file.event) == ("I0AB1C", "START", "24HILL")
    assert file.guns == [
        Marker(4, "I0AB1C", "Gun", 2, 1717228855 * US + 160_000, "Button Press"),
        Marker(6, "I0AB1C", "Gun", 3, 1717229155 * US + 520_000, "Button Press"),
    ]
    assert file.problems.count == 0


def test_markers_of_every_prefix() -> None:
    whole = parse_markers(MARKERS, "a.mrk")
    for end in range(41, len(MARKERS)):
        part = parse_markers(MARKERS[:end], "a.mrk")
        assert [gun.line for gun in part.guns] == [gun.line for gun in whole.guns][: len(part.guns)]
        assert part.problems.count <= 1


def test_no_markers_no_names() -> None:
    file = parse_markers(b"", "a.mrk")
    assert (file.point, file.event, file.point_at(1, 0)) == ("", "", "")


@pytest.mark.parametrize(
    ("time", "wall_us"),
    [
        ("80010100002288", 315532822 * US + 880_000),  # a clock that was never set
        ("24022923595999", 1709251199 * US + 990_000),
        ("70010100000000", 3155760000 * US),
    ],
)
def test_marker_times(time: str, wall_us: int) -> None:
    assert parse_markers(f"I0AB1C,1,Gun,1,{time},", "a.mrk").guns[0].wall_us == wall_us


@pytest.mark.parametrize(
    "line",
    [
        "I0AB1C,1,Gun,1,24130108005516,month 13",
        "I0AB1C,1,Gun,1,23022908005516,no leap year",
        "I0AB1C,1,Gun,1,2406010800551,13 digits",
        "I0AB1C,1,Gun,x,24060108005516,no number",
        "I0AB1C,,Gun,1,24060108005516,no counter",
        "I0AB1C,1,,1,24060108005516,no name",
        ",1,Gun,1,24060108005516,no controller",
        "A~B,1,Gun,1,24060108005516,it would cut the line of a gun",
        "A\0,1,Gun,1,24060108005516,no server takes it",
        "I0AB1C,1,Gun,1,24060108005516",
    ],
)
def test_bad_markers_are_problems(line: str) -> None:
    file = parse_markers(MARKERS + line.encode() + b"\r\n", "a.mrk")
    assert len(file.guns) == 2
    assert [problem.line for problem in file.problems.first] == [7]


def test_the_point_in_force_at_each_read() -> None:
    file = parse_markers(
        b"I0AB1C,1,Point,1,24060107000000,START\r\n"
        b"I0AB1C,2,Point,10,24060109000000,\r\n"
        b"I0AB1C,3,Point,10,24060109000000,FINISH\r\n",
        "a.mrk",
    )
    nine = 1717232400 * US
    assert file.point == "FINISH"
    assert file.point_at(1, 0) == "START"
    assert file.point_at(9, nine + US) == "START"
    assert file.point_at(10, nine - US) == "START"  # a marker may carry the number of the last line
    assert file.point_at(10, nine + US) == "FINISH"  # or that of the next one
    assert file.point_at(11, nine - US) == "FINISH"
