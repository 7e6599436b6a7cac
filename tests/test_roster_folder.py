"""The folder of rosters' files."""

import csv
import stat
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.roster_file_text import decoded, delimiter_of, rows
from hub.roster_file_words import Bad
from hub.roster_folder import RosterFolder


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    folder = RosterFolder(tmp_path / "rosters")
    folder.keep(7, b"bib\n1\n")
    folder.begin_problems(7, ["bib"])
    assert folder.file(7).read_bytes() == b"bib\n1\n"
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (folder.path, folder.file(7), folder.problems(7))]
    assert modes == [0o700, 0o600, 0o600]


def test_rows_that_were_left_out_and_no_formula(tmp_path: Path) -> None:
    folder = RosterFolder(tmp_path)
    folder.begin_problems(7, ["bib", "=cmd()"])
    folder.add_problems(7, [Bad(2, "no bib", ["", "+1"])])
    folder.add_problems(7, [Bad(9, "bib =1 is on line 3 already", ["@x", "a,b"])])
    assert list(csv.reader(folder.problems(7).open(encoding="utf-8-sig", newline=""))) == [
        ["line", "reason", "bib", "'=cmd()"],
        ["2", "no bib", "", "'+1"],
        ["9", "bib =1 is on line 3 already", "'@x", "a,b"],
    ]


def test_they_can_be_brought_again(tmp_path: Path) -> None:
    """As they were: what was put before what looks like a formula is none of it."""
    cells = ["-3", "@x; =y", "-", "O'Hara", "\N{FULLWIDTH PLUS SIGN}49", "'n Roll"]
    folder = RosterFolder(tmp_path)
    folder.begin_problems(7, ["bib", "-name"])
    folder.add_problems(7, [Bad(2, "no bib", cells)])
    text, encoding = decoded(folder.problems(7).read_bytes(), "", "problems.csv")
    assert encoding == "utf-8" and delimiter_of(text) == ","
    assert [each.cells for each in rows(text, ",")] == [
        ["line", "reason", "bib", "-name"],
        ["2", "no bib", *cells],
    ]


def test_what_is_removed_and_what_is_not_ours(tmp_path: Path) -> None:
    folder = RosterFolder(tmp_path / "rosters")
    folder.clear()
    for number in (7, 8):
        folder.keep(number, b"x")
        folder.begin_problems(number, [])
    (folder.path / "notes.csv").write_text("mine")
    folder.remove(7)
    assert {each.name for each in folder.path.iterdir()} == {"8.file", "8.csv", "notes.csv"}
    folder.clear()
    assert [each.name for each in folder.path.iterdir()] == ["notes.csv"]


def test_a_disk_that_does_not_take_it(tmp_path: Path) -> None:
    (tmp_path / "rosters").write_text("a file")
    with pytest.raises(StoreError, match="the file cannot be kept"):
        RosterFolder(tmp_path / "rosters").keep(7, b"x")
