"""Files put in force: rows on their way from what reads them to what fills rosters. Both are made here."""

import csv
import gc
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import FileFormatError
from hub.roster_file_words import Bad, End, Piece, Wanted
from hub.roster_folder import RosterFolder
from hub.roster_putting import (
    CHANGING,
    COMPARING,
    PROBLEMS_AT_ONCE,
    PROBLEMS_KEPT_MAX,
    PROBLEMS_SHOWN_MAX,
    READING,
    Put,
    Putting,
)
from hub.roster_words import Entry, Layer
from hub.rostering import Outcome, RowProblem
from tests.rosters import wanted

Told = list[tuple[int, int | None, str | None]]


class MadeReader:
    """Gives these frames, and fails where one is an error."""

    def __init__(self, *frames: Piece | End | Exception) -> None:
        self._frames = frames
        self.closed = False

    async def rows(self, path: Path, wanted: Wanted) -> AsyncGenerator[Piece | End, None]:
        try:
            for each in self._frames:
                if isinstance(each, Exception):
                    raise each
                yield each
        finally:
            self.closed = True


class MadeRostering:
    """Takes all there is, and says this of it."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.said: dict[str, Any] = {}
        self.pieces: list[list[int]] = []
        self.collects = True

    async def apply(self, by: object, session_id: int, origin: str, entries: Any, **words: Any) -> Outcome:
        self.said = {"session": session_id, "origin": origin} | words
        words["progress"](0, None)
        async for piece in entries:
            self.pieces.append([each.line for each in piece])
        self.collects = gc.isenabled()
        words["progress"](1, 2)
        return self._outcome


def piece(lines: Sequence[int], bad: Sequence[int] = (), done: int = 0, total: int = 0) -> Piece:
    entries = [Entry(Layer(fields={"bib": str(line)}), line=line) for line in lines]
    return Piece(entries, [Bad(line, "no", ["x"]) for line in bad], done, total)


async def put(
    folder: Path,
    *frames: Piece | End | Exception,
    outcome: Outcome | None = None,
    kind: str = "roster",
    **how: Any,
) -> tuple[Put, MadeRostering, Told]:
    told: Told = []

    def progress(done: int, total: int | None = None, words: str | None = None) -> None:
        told.append((done, total, words))

    rostering, reader = MadeRostering(outcome or Outcome()), MadeReader(*frames)
    putting = Putting(reader, rostering, RosterFolder(folder))  # type: ignore[arg-type]
    try:
        found = await putting.put(MACHINE_CALLER, 7, 3, wanted(kind), progress=progress, **how)
    finally:
        assert reader.closed and gc.isenabled()
    return found, rostering, told


def left_out(folder: Path) -> list[list[str]]:
    with (folder / "3.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


async def test_good_rows_go_on_and_bad_ones_are_put_down(tmp_path: Path) -> None:
    frames = (piece([2, 3], [4], 3, 9), piece([5], [6, 7], 6, 5), End(6, 3, 3))
    found, rostering, told = await put(tmp_path, *frames, headers=["bib"], gone="remove")
    assert rostering.pieces == [[2, 3, 5]] and not rostering.collects
    assert (rostering.said["origin"], rostering.said["gone"], rostering.said["dry"]) == (
        "file",
        "remove",
        False,
    )
    assert (found.rows, found.good, found.left_out) == (6, 3, 3)
    assert [each.line for each in found.shown] == [4, 6, 7]
    assert left_out(tmp_path) == [["line", "reason", "bib"], *([str(line), "no", "x"] for line in (4, 6, 7))]
    assert told == [(3, 9, READING), (6, 6, READING), (1, 2, CHANGING)]


async def test_a_preview_compares_and_a_file_of_tags_says_tags(tmp_path: Path) -> None:
    _, rostering, told = await put(tmp_path, piece([2]), End(1, 1, 0), kind="tags", dry=True)
    assert (rostering.said["origin"], rostering.said["gone"], rostering.said["dry"]) == ("tags", "keep", True)
    assert told[-1] == (1, 2, COMPARING)


async def test_whom_two_rows_mean_is_left_out_too(tmp_path: Path) -> None:
    outcome = Outcome(added=1, problems=[RowProblem(3, "two have this name")])
    found, _, _ = await put(tmp_path, piece([2, 3], [4]), End(3, 2, 1), outcome=outcome)
    assert (found.good, found.left_out) == (1, 2)
    assert [(each.line, each.reason) for each in found.shown] == [(3, "two have this name"), (4, "no")]
    said = found.as_json()
    assert (said["added"], said["good"], said["left_out"], len(said["problems"])) == (1, 1, 2, 2)
    assert [row[0] for row in left_out(tmp_path)] == ["line", "4", "3"]


async def test_of_many_bad_rows_the_first_are_told_and_all_are_put_down(tmp_path: Path) -> None:
    count = 2 * PROBLEMS_AT_ONCE + 7
    found, _, _ = await put(
        tmp_path,
        *(piece([], range(at, min(at + 250, count))) for at in range(0, count, 250)),
        End(count, 0, count),
    )
    assert len(found.shown) == PROBLEMS_KEPT_MAX and len(found.as_json()["problems"]) == PROBLEMS_SHOWN_MAX
    assert len(left_out(tmp_path)) == count + 1


async def test_what_goes_wrong_on_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="too many"):
        await put(tmp_path, piece([2]), FileFormatError("too many"))
