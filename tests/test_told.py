"""What somebody is told of a runner, by who they are."""

import re

from msgspec.structs import replace

from hub.model import Participant, SessionRow
from hub.told import NOTHING, RESULT_FIELDS, Known, hidden
from hub.web.routes import STATIC

ROW = SessionRow(1, 1, "Day 1", "Run", "active", 1, "UTC", "2026-11-30", 0)
RESULTS = replace(ROW, mode="results")
ANN = Participant(7, "017", first_name="Ann", last_name="Lee", phonetic="lee", notes="Twin", age="12")
OFFICIAL = {"17": {"finish_time": "0:39:59", "overall_rank": "3", "pace": "", "city": "Ghent", "notes": "x"}}


def test_those_who_have_signed_in_are_told_more() -> None:
    known = Known(ROW, {})
    assert known.staff(ANN) == (ANN, {"phonetic": "lee", "notes": "Twin"})
    assert known.public(ANN) == (replace(ANN, phonetic="", notes=""), NOTHING)
    plain = replace(ANN, phonetic="", notes="")
    assert known.public(plain)[0] is plain and known.staff(plain) == known.public(plain)


def test_how_much_everybody_is_told_is_only_said_where_it_is_not_all() -> None:
    under = replace(ROW, minors_under=18, minors_privacy="bib")
    assert hidden(replace(ANN, privacy="public"), ROW).get("privacy") is None
    assert hidden(replace(ANN, privacy="initials"), under)["privacy"] == "bib"


def test_results_are_those_of_the_bib_and_for_everybody() -> None:
    told = {"finish_time": "0:39:59", "overall_rank": "3"}
    assert Known(RESULTS, OFFICIAL).public(replace(ANN, privacy="bib"))[1] == told
    assert Known(RESULTS, OFFICIAL).staff(ANN)[1] == told | {"phonetic": "lee", "notes": "Twin"}
    assert Known(ROW, OFFICIAL).public(ANN)[1] == NOTHING, "nothing of it before"
    assert Known(RESULTS, OFFICIAL).result(replace(ANN, bib="18")) == NOTHING


def test_whatever_a_service_says_a_result_is_not_who_it_is() -> None:
    assert not set(RESULT_FIELDS) & set(Participant.__struct_fields__)


def test_templates_may_ask_for_all_of_a_result() -> None:
    script = (STATIC / "template-words.js").read_text()
    names = script.partition("OF_A_RESULT = [")[2].partition("]")[0]
    assert tuple(re.findall(r'"(\w+)"', names)) == RESULT_FIELDS
