"""Rosters' files as the hub reads them, within this process: for tests of what comes of them."""

from typing import Any, Final

from hub.model import Participant
from hub.participants import merged
from hub.roster_file_words import ROSTER, Bad, End, Look, Piece, Wanted
from hub.roster_reading import frames
from hub.roster_words import FILE, Entry

TODAY: Final = "2026-05-16"
ROWS_MAX: Final = 200_000


def wanted(kind: str = ROSTER, **how: Any) -> Wanted:
    given: dict[str, Any] = {"name": "r.csv", "kind": kind, "rows_max": ROWS_MAX, "today": TODAY}
    return Wanted(**(given | how))


def as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def look(data: str | bytes, kind: str = ROSTER, **how: Any) -> Look:
    """What a file is like."""
    (found,) = frames(as_bytes(data), wanted(kind, look=True, **how))
    assert isinstance(found, Look)
    return found


def fields(data: str | bytes, kind: str = ROSTER, **how: Any) -> list[str | None]:
    """What its columns seem to be."""
    return [each.field for each in look(data, kind, **how).columns]


def entries(data: str | bytes, kind: str = ROSTER, **how: Any) -> tuple[list[Entry], list[Bad]]:
    """All rows: good ones, and those that are left out."""
    good: list[Entry] = []
    bad: list[Bad] = []
    *pieces, end = frames(as_bytes(data), wanted(kind, **how))
    for piece in pieces:
        assert isinstance(piece, Piece)
        good += piece.entries
        bad += piece.bad
    assert isinstance(end, End) and (end.good + end.left_out, end.left_out) == (end.rows, len(bad))
    return good, bad


def participants(data: str | bytes, **how: Any) -> tuple[list[Participant], list[tuple[int, str]]]:
    """The participants, with id 0, and lines and reasons of what was left out."""
    good, bad = entries(data, **how)
    return [merged(0, {FILE: each.said}) for each in good], [(each.line, each.reason) for each in bad]
