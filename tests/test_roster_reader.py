"""Processes that read rosters' files: the real one, and such as do wrong."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.errors import FileFormatError, Unavailable
from hub.roster_file_words import End, Piece
from hub.roster_reader import AT_ONCE_MAX, FAILED, STOPPING, Reader
from tests.rosters import wanted
from tests.running import until
from tests.workbooks import xlsx


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.close()


def doing(code: str, **how: float) -> Reader:
    """One whose process does this."""
    return Reader((sys.executable, "-c", code), **how)


def file_of(folder: Path, data: bytes) -> Path:
    path = folder / "7.file"
    path.write_bytes(data)
    return path


async def test_a_file_is_looked_at_and_read(reader: Reader, tmp_path: Path) -> None:
    path = file_of(tmp_path, "Startnr;Name\n1;Müller\n1;Böhm\n2;Łee\n".encode())
    seen = await reader.look(path, wanted())
    assert [each.field for each in seen.columns] == ["bib", "name"] and seen.rows == 3
    *pieces, end = [each async for each in reader.rows(path, wanted())]
    assert end == End(3, 2, 1)
    names = [
        each.said.fields["last_name"]
        for piece in pieces
        if isinstance(piece, Piece)
        for each in piece.entries
    ]
    assert names == ["Müller", "Łee"]


async def test_western_letters_and_workbooks_under_its_limits(reader: Reader, tmp_path: Path) -> None:
    for data in (
        "bib;name\n1;Müller\n2;Grüße\n".encode("cp1252"),
        xlsx({"A": [["bib", "name"], [1, "x"], [2, "y"]]}),
    ):
        assert (await reader.look(file_of(tmp_path, data), wanted())).rows == 2


async def test_sixteen_bits_without_a_mark_under_its_limits(reader: Reader, tmp_path: Path) -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        seen = await reader.look(file_of(tmp_path, "bib;Name\n1;Müller\n".encode(codec)), wanted())
        assert (seen.encoding, [each.field for each in seen.columns]) == ("utf-16", ["bib", "name"])


async def test_what_is_no_roster(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"^r\.csv: empty"):
        await reader.look(file_of(tmp_path, b""), wanted())
    with pytest.raises(FileFormatError, match="expected a column named bib"):
        [each async for each in reader.rows(file_of(tmp_path, b"colour\nred\n"), wanted())]


async def test_a_sheet_of_one_cell_far_away_takes_too_much_memory(reader: Reader, tmp_path: Path) -> None:
    cell = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    data = xlsx({"A": [["bib"], [1]]}, more=cell)
    with pytest.raises(FileFormatError, match=FAILED):
        await reader.look(file_of(tmp_path, data), wanted())


WRONG = {
    "it ends": "",
    "it fails": "raise SystemExit(3)",
    "it says nonsense": "import sys; sys.stdout.write('nonsense and more of it')",
    "it is cut off": "import sys; sys.stdout.buffer.write(bytes([0, 0, 0, 9, 1]))",
    "it says too much": "import sys; sys.stdout.buffer.write(bytes([255] * 9))",
}


@pytest.mark.parametrize("how", WRONG)
async def test_one_that_answers_nothing_sensible(how: str, tmp_path: Path) -> None:
    reader = doing(WRONG[how])
    with pytest.raises(FileFormatError, match=FAILED):
        await reader.look(file_of(tmp_path, b"bib\n1\n"), wanted())
    reader.close()


async def test_one_that_never_ends_is_ended(tmp_path: Path) -> None:
    reader = doing("import time; time.sleep(60)", frame_s_max=0.2)
    with pytest.raises(FileFormatError, match=FAILED):
        await reader.look(file_of(tmp_path, b"bib\n1\n"), wanted())
    assert not reader._running
    reader.close()


async def test_so_many_at_once_and_each_gets_its_turn(tmp_path: Path) -> None:
    reader = doing("import time; time.sleep(60)")
    path = file_of(tmp_path, b"bib\n1\n")
    tasks = [asyncio.create_task(reader.look(path, wanted())) for _ in range(AT_ONCE_MAX + 1)]
    await until(lambda: len(reader._running) == AT_ONCE_MAX and reader._waiting == 1)
    tasks[0].cancel()
    await until(lambda: reader._waiting == 0)
    assert len(reader._running) == AT_ONCE_MAX
    reader.close()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert [str(each) for each in found[1:]] == [STOPPING, STOPPING]


async def test_after_the_end_nothing_is_read(tmp_path: Path) -> None:
    reader = Reader()
    reader.close()
    with pytest.raises(Unavailable):
        await reader.look(file_of(tmp_path, b"bib\n1\n"), wanted())


async def test_a_file_that_is_gone(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Rosters cannot be read now"):
        await reader.look(tmp_path / "none", wanted())
