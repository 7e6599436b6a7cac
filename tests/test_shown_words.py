"""Why a read was not shown, and the table of what was."""

import csv
import io
from zoneinfo import ZoneInfo

import pytest

from hub import shown_words
from hub.model import Participant, PlaceRow
from hub.places import Places
from hub.showings import ReadShown, Showing
from hub.shown_words import ELSEWHERE, HEADER, HIDDEN, LATE, NO_ROOM, NO_SCREEN, NOT_CALLED
from tests.test_latencies import NOW_US, read

NOWHERE = Places([PlaceRow("F", "Finish", hidden=True)])
CALLED = Places([PlaceRow("F", "Finish")])


def seen(*, marks: tuple[str, ...] = (), quiet: bool = False, said: bool = False) -> ReadShown:
    return ReadShown(read(3, marks=marks), (), "Ann" if said else "", NOW_US if said else None, quiet)


@pytest.mark.parametrize(
    ("one", "places", "displays", "why"),
    [
        (seen(), CALLED, [[]], NO_ROOM),
        (seen(), CALLED, [], NO_ROOM),
        (seen(quiet=True), CALLED, [[]], NO_SCREEN),
        (seen(quiet=True), CALLED, [["5k"], ["start"]], ELSEWHERE),
        (seen(), CALLED, [["5k"], ["finish"]], NO_ROOM),
        (seen(marks=("late",), quiet=True), CALLED, [["5k"]], LATE),
        (seen(marks=("late",)), NOWHERE, [[]], HIDDEN),
    ],
)
def test_the_first_reason_counts(one: ReadShown, places: Places, displays: list[list[str]], why: str) -> None:
    assert shown_words.why_not_shown(one, places, displays) == why
    assert shown_words.missing(one, places, displays) == [why, NOT_CALLED]


def test_what_was_shown_may_not_have_been_said() -> None:
    shown = seen()._replace(showings=(Showing("AAAA2222", NOW_US, 0, ""),))
    assert shown_words.missing(shown, CALLED, []) == [NOT_CALLED]
    assert shown_words.missing(shown._replace(said_us=NOW_US), CALLED, []) == []


def test_a_line_for_each_display_and_one_for_what_none_has_shown() -> None:
    two = seen(said=True)._replace(
        showings=(Showing("AAAA2222", NOW_US, 4_260, "rows"), Showing("BBBB2222", NOW_US, 0, "card"))
    )
    ann = Participant(1, "7", ("A",), "Ann", "Lee", race_name="=10K")
    text = shown_words.header() + shown_words.table(
        [two, seen(quiet=True)],
        ZoneInfo("Europe/Vienna"),
        {"A": ann}.get,
        CALLED,
        [],
        lambda code: "+Wall" if code == "AAAA2222" else "",
    )
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == HEADER
    assert rows[0] == {
        "offset": "3",
        "bib": "7",
        "name": "Ann Lee",
        "race": "'=10K",
        "tag": "A",
        "location": "Finish",
        "time": "2024-06-01T10:19:59.700+02:00",
        "received_at": "2024-06-01T10:20:00.000+02:00",
        "code": "AAAA2222",
        "display": "'+Wall",
        "shown_at": "2024-06-01T10:20:00.000+02:00",
        "seconds": "4.3",
        "layout": "rows",
        "why_not": "",
        "called_at": "2024-06-01T10:20:00.000+02:00",
        "called_by": "Ann",
    }
    assert [
        (row["code"], row["display"], row["seconds"], row["why_not"][:9], row["called_by"]) for row in rows
    ] == [
        ("AAAA2222", "'+Wall", "4.3", "", "Ann"),
        ("BBBB2222", "", "", "", "Ann"),
        ("", "", "", "No screen", ""),
    ]
