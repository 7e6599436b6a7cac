"""One read line: what it may look like, and that everything else is refused with a reason. All samples are made up."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import INT64_MAX, TAG_GUN, US_PER_S, Observation
from hub.protocols import ct01
from hub.protocols.chronotrack_client import encode
from hub.protocols.chronotrack_stream import TIME_FORMATS, Item, Layout, format_line, gun_item
from hub.protocols.ct01 import BadLine, LineParser, NewLocation
from hub.protocols.lines import LineBuffer

DAY_US = (date(2024, 6, 1) - date(1970, 1, 1)).days * 86_400 * US_PER_S
EIGHT_US = DAY_US + 8 * 3600 * US_PER_S
READ = "CT01_33~12~FINISH~4711~2024-06-01T08:00:01.50~3~0A11B2~4"
FORMAT_EXPECTED = "expected CT01_ with 13, 23, 33, 43 or 53 and its separator"
LINE_BYTES = 64 * 1024
"""What the limit may be configured to: more digits than int() takes."""
LAYOUTS = [
    Layout(f"CT01_{digit}{last}", separator, end)
    for digit, separator in zip("12345", ",;~|\t", strict=True)
    for last, end in (("2", "\n"), ("3", "\r\n"))
]

Outcome = Observation | tuple[str, str] | tuple[str, bytes]


def outcome(parser: LineParser, line: bytes) -> Outcome:
    try:
        return parser.parse(line)
    except NewLocation as found:
        return found.name, found.wire
    except BadLine as problem:
        return "bad", str(problem)


def parse(text: str | bytes, end: str = "\r\n") -> Outcome:
    """The one helper: what becomes of a line. The same whole, byte by byte and with the beginning of another behind
    it; and for a parser that has seen it before."""
    line = (text if isinstance(text, bytes) else encode(text)) + end.encode()
    parser = LineParser()
    outcomes = [
        outcome(parser, one)
        for pieces in ([line], [bytes([byte]) for byte in line], [line + b"CT01_33~1"])
        for buffer in [LineBuffer(LINE_BYTES)]
        for piece in pieces
        for one in buffer.feed(piece)
    ]
    assert outcomes == outcomes[:1] * 3
    return outcomes[0]


def read(text: str | bytes, end: str = "\r\n") -> Observation:
    found = parse(text, end)
    assert isinstance(found, Observation), found
    return found


def reason(text: str | bytes) -> str:
    found = parse(text)
    assert isinstance(found, tuple), found
    kind, problem = found
    assert kind == "bad"
    return str(problem)


def with_field(number: int, value: str) -> str:
    fields = READ.split("~")
    fields[number] = value
    return "~".join(fields)


def test_a_read() -> None:
    assert read(READ) == Observation(
        12,
        "FINISH",
        "4711",
        EIGHT_US + 1_500_000,
        False,
        "2024-06-01T08:00:01.50",
        3,
        "0A11B2",
        4,
        False,
        READ,
    )


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_separator_and_both_line_ends(layout: Layout) -> None:
    text = READ.replace("CT01_33", layout.name).replace("~", layout.separator)
    found = read(text, layout.end)
    assert (found.sequence, found.location, found.tag, found.raw) == (12, "FINISH", "4711", text)


def test_what_follows_the_format_id_is_the_separator() -> None:
    assert read(READ.replace("CT01_33", "CT01_13")).tag == "4711"


@pytest.mark.parametrize("word", ["GUNTIME", "guntime", " GunTime "])
def test_a_gun_in_any_case(word: str) -> None:
    found = read(f"CT01_33~1~FINISH~{word}~2024-06-01T08:00:00.00~0~I0AB1C~0")
    assert (found.gun, found.tag, found.lap, found.reader_id) == (True, TAG_GUN, 0, "I0AB1C")


@pytest.mark.parametrize("tag", ["G12", "NEWLOCATION1", "M12", "guntime2", "007", "Ö1"])
def test_a_tag_may_carry_letters_and_is_kept_as_it_is(tag: str) -> None:
    found = read(with_field(3, tag))
    assert (found.tag, found.gun) == (tag, False)


@pytest.mark.parametrize("word", ["newlocation", "NewLocation"])
def test_a_new_location_whatever_its_other_fields(word: str) -> None:
    assert parse(f"CT01_33~0~FINISH~{word}~00:00:00.00~0~0~0") == ("FINISH", b"FINISH")
    assert parse(f"CT01_13,x,MID,{word},x,x,x,x") == ("MID", b"MID")


@pytest.mark.parametrize("wire", ["Zürich Süd".encode(), "Zürich Süd".encode("latin-1")])
def test_a_location_is_known_by_the_bytes_of_the_client(wire: bytes) -> None:
    line = b"CT01_33~0~ %b ~newlocation~00:00:00.00~0~0~0" % wire
    assert parse(line) == ("Zürich Süd", wire)
    parser = LineParser()
    assert parser.parse(READ.encode().replace(b"FINISH", wire)).location == "Zürich Süd"
    assert parser.encode("Zürich Süd") == wire


def test_a_name_that_the_encoding_of_the_client_cannot_hold() -> None:
    parser = LineParser()
    parser.parse(READ.encode().replace(b"FINISH", b"Z\xfcrich"))
    assert parser.encode("東京") == "東京".encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-01T08:00:00.00", (EIGHT_US, False)),
        ("2024-06-01T08:00:00.99", (EIGHT_US + 990_000, False)),
        ("2024-06-01T08:00:00", (EIGHT_US, False)),
        ("2024-06-01T08:00:00.5", (EIGHT_US + 500_000, False)),
        ("2024-06-01T08:00:00.123456", (EIGHT_US + 123_456, False)),
        ("2024-02-29T00:00:00.00", (DAY_US - 93 * 86_400 * US_PER_S, False)),
        ("1717228800.64", (EIGHT_US + 640_000, False)),
        ("0.00", (0, False)),
        ("08:16:44.24", (29_804_240_000, True)),
        ("08:16:44", (29_804_000_000, True)),
        ("79:24:31.64", (285_871_640_000, True)),
        ("-16:35:31.36", (-59_731_360_000, True)),
        ("29804240", (29_804_240_000, True)),
        ("285871640", (285_871_640_000, True)),
        ("-59731360", (-59_731_360_000, True)),
        ("0", (0, True)),
    ],
)
def test_all_four_time_formats(text: str, expected: tuple[int, bool]) -> None:
    found = read(with_field(4, text))
    assert (found.wall_us, found.since_midnight) == expected
    assert found.time_text == text


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "x", ":", "-", ".50", "08:00", "8:0:0.0", "08:60:00.00", "08:00:60.00", "240:00:00.01"],
        *[
            "2024-06-01",
            "2024-06-01T08:00",
            "2024-06-01T08:00:1",
            "2024-06-01T08:00:1.50",
            "2024-06-01T08:00:60",
        ],
        *["2024-13-01T08:00:00.00", "2023-02-29T08:00:00.00", "0000-01-01T00:00:00.00"],
        *["2024-06-01T08:00:00.", "2024-06-01T08:00:00.1234567", "2024-06-01T08:00:00,50"],
        *["2024-06-01T08:00:00Z", "2024-06-01T08:00+02", "2024-W22-6T08:00:00", "2024-06-01 08:00:00.00"],
        *["1717228800", "-1717228800.00", "253402300800.00", "9999999999999", "1e5"],
        *["08:00:0\uff11", "\uff12024-06-01T08:00:00.00", "08:00:00.00\r", "2024-06-01T08:00:00.50\r"],
    ],
)
def test_a_time_that_is_none(text: str) -> None:
    assert reason(with_field(4, text)).startswith("time: ")


def test_a_known_second_does_not_hide_a_bad_fraction() -> None:
    parser = LineParser()
    assert parser.time("2024-06-01T08:00:00.50") == (EIGHT_US + 500_000, False)
    with pytest.raises(BadLine, match=r"fraction '\.x'"):
        parser.time("2024-06-01T08:00:00.x")


def test_the_seconds_it_remembers_are_bounded() -> None:
    parser = LineParser()
    for second in range(ct01.CACHE_ENTRIES_MAX + 10):
        hour, rest = divmod(second, 3600)
        parser.time(f"2024-06-01T{hour:02d}:{rest // 60:02d}:{rest % 60:02d}.00")
        assert len(parser._seconds) <= ct01.CACHE_ENTRIES_MAX


@pytest.mark.parametrize(
    ("field", "name", "least"), [(1, "sequence", 1), (5, "lap count", 0), (7, "gator", 0)]
)
def test_numbers_end_where_the_store_ends(field: int, name: str, least: int) -> None:
    assert str(INT64_MAX) in read(with_field(field, str(INT64_MAX))).raw
    far, long, zeros = str(INT64_MAX + 1), "9" * 5000, "0" * 20
    for text in (far, long, zeros, "-1", "+1", "1.0", "x", " 1", "\uff11", "²", "1_0"):
        problem = f"{name}: {text[:32]!r}: expected a number from {least} to {INT64_MAX}"
        assert reason(with_field(field, text)) == problem


def test_lap_and_gator_may_be_empty_but_a_sequence_not() -> None:
    found = read("CT01_33~1~FINISH~4711~2024-06-01T08:00:00.00~~~")
    assert (found.lap, found.reader_id, found.gator) == (0, "", 0)
    assert reason(with_field(1, "")).startswith("sequence: ''")
    assert reason(with_field(1, "0")).startswith("sequence: '0'")


@pytest.mark.parametrize(("field", "name", "most"), [(2, "location", 128), (3, "tag", 64)])
def test_a_location_and_a_tag_have_characters(field: int, name: str, most: int) -> None:
    assert read(with_field(field, f" {'x' * most} ")).sequence == 12
    for text in ("", "  ", "x" * (most + 1)):
        assert reason(with_field(field, text)) == f"{name}: expected 1 to {most} characters"


def test_a_reader_id_has_a_limit() -> None:
    assert reason(with_field(6, "x" * 65)) == "reader id: expected at most 64 characters"


@pytest.mark.parametrize("count", [1, 2, 7, 9, 100])
def test_eight_fields_and_no_other_number(count: int) -> None:
    text = "~".join((READ.split("~") + ["x"] * 100)[:count])
    assert reason(text) in (f"{count} fields: expected 8", "format 'CT01_33': " + FORMAT_EXPECTED)


@pytest.mark.parametrize(
    "line",
    [
        "CT01_3B~  2505~FINISH          ~    4711~ 08:16:44.24~  1~0A11B2~ 2",
        "CT01_63 12 FINISH 4711 08:00:01.50 3 0A11B2 4",
        "CT01_03",
        "CT01_33",
        "CT02_33~1~FINISH~4711~08:00:00.00~1~0A11B2~4",
        "ct01_33~1~FINISH~4711~08:00:00.00~1~0A11B2~4",
        "",
        "hello",
    ],
)
def test_another_format(line: str) -> None:
    assert outcome(LineParser(), line.encode()) == ("bad", f"format {line[:8]!r}: {FORMAT_EXPECTED}")


@pytest.mark.parametrize("field", range(1, 8))
def test_a_nul_is_refused_wherever_it_stands(field: int) -> None:
    assert reason(with_field(field, "1\0")) == "a NUL byte"


def wall_times() -> st.SearchStrategy[int]:
    return st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(
        lambda moment: (moment - datetime(1970, 1, 1)) // (datetime.resolution * 10_000) * 10_000
    )


@given(
    st.integers(1, INT64_MAX),
    st.sampled_from(["4711", "M12", "Ö", "東"]),
    wall_times(),
    st.sampled_from(LAYOUTS),
    st.sampled_from(sorted(TIME_FORMATS)),
    st.integers(-9 * 86_400_000_000, 9 * 86_400_000_000),
    st.booleans(),
)
def test_what_a_client_writes_is_read(
    sequence: int, tag: str, wall_us: int, layout: Layout, time_format: str, since_us: int, gun: bool
) -> None:
    """Every line that our own client side can write gives back what it was made of."""
    since_us -= since_us % 10_000
    item = gun_item(wall_us, "I0AB1C") if gun else Item(tag, wall_us, 3, "0A11B2", 15)
    line = format_line(
        sequence, "ZIEL", item, layout=layout, time_format=time_format, first_day_us=wall_us - since_us
    )
    found = read(line.removesuffix(layout.end), layout.end)
    assert found.wall_us == (since_us if time_format in ("normal", "msecs") else wall_us)
    assert (found.sequence, found.tag, found.gun, found.gator) == (sequence, item.tag, gun, item.gator)
