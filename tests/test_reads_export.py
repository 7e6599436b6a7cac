"""Reads as a table, which a spreadsheet is to take for text, and as the lines that came."""

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub import reads_export
from hub.model import Participant, PlaceRow, Read
from hub.places import Places
from hub.reads_export import HEADER

VIENNA = ZoneInfo("Europe/Vienna")
ANN = Participant(1, "7", ("A1",), "Ann", "=1+1", race_name="10K")


def read(**changes: Any) -> Read:
    fields: dict[str, Any] = {
        "offset": 12,
        "source_id": 5,
        "sequence": 4,
        "location": "FINISH",
        "tag": "A1",
        "read_us": 1_767_225_600_640_000,
        "time_text": "01:00:00.64",
        "lap": 1,
        "reader_id": "12000C",
        "gator": 2,
        "kind": "read",
        "marks": ("late", "test"),
        "key": b"k" * 16,
        "raw": "CT01_33~4~FINISH~A1~01:00:00.64~1~12000C~2",
        "received_us": 1_767_225_601_000_000,
    }
    return Read(**(fields | changes))


def table(*reads: Read, places: Places | None = None) -> list[dict[str, str]]:
    who = {"A1": ANN}.get
    text = reads_export.header() + reads_export.table(reads, VIENNA, who, places or Places())
    assert text.count(b"\r\n") == len(reads) + 1
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def test_a_read_as_a_row() -> None:
    (row,) = table(read())
    assert tuple(row) == HEADER
    assert row == {
        "offset": "12",
        "kind": "read",
        "marks": "late test",
        "location": "FINISH",
        "location_raw": "FINISH",
        "tag": "A1",
        "bib": "7",
        "name": "Ann =1+1",
        "race": "10K",
        "time": "2026-01-01T01:00:00.640+01:00",
        "time_sent": "01:00:00.64",
        "lap": "1",
        "reader_id": "12000C",
        "gator": "2",
        "sequence": "4",
        "source_id": "5",
        "received_at": "2026-01-01T01:00:01.000+01:00",
    }


def test_a_location_stands_there_as_it_is_called_and_as_it_came() -> None:
    (row,) = table(read(), places=Places([PlaceRow("FINISH", "Ziel", hidden=True)]))
    assert (row["location"], row["location_raw"], row["marks"]) == ("Ziel", "FINISH", "late test hidden")


@pytest.mark.parametrize(
    ("text", "as_text"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1+1", "a;'=1+1"),
        ("a\n-1", "a\n'-1"),
        ("Karl-Heinz", "Karl-Heinz"),
    ],
)
def test_no_text_is_a_formula(text: str, as_text: str) -> None:
    (row,) = table(read(tag=text, location=text, reader_id=text))
    assert {row[name] for name in ("tag", "location", "location_raw", "reader_id")} == {as_text}


def test_what_has_commas_quotes_and_line_ends_is_one_cell() -> None:
    odd = 'a,"b"\nc'
    text = reads_export.table([read(location=odd)], VIENNA, lambda _tag: None, Places()).decode()
    (cells,) = csv.reader(io.StringIO(text, newline=""))
    assert cells[HEADER.index("location")] == odd and len(cells) == len(HEADER)


def test_lines_are_as_they_came() -> None:
    odd = "CT01_33~5~=FINISH~ü~text~1~12000C~2"
    assert reads_export.lines([read(), read(raw=odd)]) == f"{read().raw}\r\n{odd}\r\n".encode()
    assert reads_export.lines([]) == b""


def test_what_came_out_of_a_file_is_written_as_a_line() -> None:
    of_file = read(raw="A1,1,01:00:00.64,...", location="FIN~ISH")
    assert reads_export.line(of_file) == "CT01_33~4~FIN ISH~A1~01:00:00.64~1~12000C~2"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Spring run 10K", "spring-run-10k"),
        ("../../etc", "etc"),
        ("\N{RUNNER}", "session"),
        ("x" * 99, "x" * 60),
    ],
)
def test_the_name_of_a_session_as_that_of_a_file(name: str, plain: str) -> None:
    assert reads_export.plain(name) == plain
