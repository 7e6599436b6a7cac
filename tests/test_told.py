"""What somebody is told of a runner, by who they are."""

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub import extremes
from hub.model import Participant, SessionRow
from hub.privacy import shown
from hub.roster_words import BIB_ONLY, PRIVACIES, PUBLIC
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


def words(name: str) -> st.SearchStrategy[str]:
    """Each field has its own."""
    return st.text("qxz", max_size=4).map(f"{name} ".__add__)


NAMED = ("first_name", "last_name", "city", "state", "team_name", "division", "phonetic", "status", "notes")
COLUMNS = st.sampled_from(["Club", "Notes", "E-mail", "finish_time"])
WHO = st.builds(
    Participant,
    st.just(1),
    st.just("17"),
    age=st.sampled_from(["", "9", "19", "xx"]),
    birth_date=st.sampled_from(["", "2008-11-30", "2008-12-01", "1950-01-01"]),
    custom=st.lists(COLUMNS.flatmap(lambda name: st.tuples(st.just(name), words(name)))).map(tuple),
    privacy=st.sampled_from(["", *PRIVACIES]),
    **{name: words(name) for name in NAMED},
)
ROWS = st.sampled_from([ROW, RESULTS])


@given(WHO, ROWS, st.sampled_from([0, 10, 18]), st.sampled_from(PRIVACIES[1:]), words("result"))
def test_whoever_it_is_everybody_is_told_nothing_but_what_is_public(
    who: Participant, row: SessionRow, under: int, how: str, result: str
) -> None:
    row = replace(row, minors_under=under, minors_privacy=how)
    official = {"17": {"finish_time": "1:00", "name": result, "city": result, "notes": result}}
    seen, beside = Known(row, official).public(who)
    told = {each for each in extremes.flat(seen).values() if each} | set(beside.values())
    secret = {who.phonetic, who.status, who.notes, who.birth_date, result}
    secret |= {word for name, word in who.custom if name in ("Notes", "E-mail")}
    privacy = shown(who, row)
    if privacy != PUBLIC:
        secret |= {who.first_name, who.last_name, who.city, who.state, who.team_name, who.age}
        secret |= {word for _, word in who.custom}
    if privacy == BIB_ONLY:
        secret |= {who.division, who.gender}
    assert not told & (secret - {""})
    assert PRIVACIES.index(privacy) >= PRIVACIES.index(who.privacy or PUBLIC)
