"""All that is known of runners, put together: of one session, without a hub."""

import pytest
from msgspec.structs import replace

from hub.errors import NotFound
from hub.model import US_PER_S, Participant, PlaceRow, Race, Read, SessionRow
from hub.passages import Passages
from hub.places import Places
from hub.results import Start
from hub.roster import Roster
from hub.runners import Field, Story

AT_US = 1_767_225_600_000_000
TEN = Race("10K", 10_000, "START", "FINISH")
ROW = SessionRow(1, 1, "Sunday", "Run", "active", 1, "UTC", "2026-01-01", 1, races=(TEN,))
ANN = Participant(
    1, "17", ("A1", "A2"), "Ann", "Lee", gender="F", race_name="10k", team_name="Owls", division="F30"
)
BOB = Participant(
    2, "18", ("B1",), "Bob", "Ray", gender="M", race_name="10K", team_name="owls", division="M30"
)
CAT = Participant(3, "19", ("C1",), "Cat", "Fox", gender="F", race_name="Half", division="F30")


def field(
    *reads: tuple[str, str, float], row: SessionRow = ROW, places: Places | None = None, crew: str = ""
) -> Field:
    """(tag, location, seconds after the gun) each."""
    passages = Passages()
    passages.add(
        Read(
            offset,
            5,
            offset,
            location,
            tag,
            AT_US + round(at_s * US_PER_S),
            "",
            1,
            "",
            1,
            "read",
            (),
            b"",
            "",
            AT_US,
        )
        for offset, (tag, location, at_s) in enumerate(reads, 1)
    )
    starts = (Start("START", "10K", (AT_US, AT_US + 600 * US_PER_S)),)
    return Field(
        row, Roster([ANN, BOB, CAT]), places or Places(), passages, starts, {crew} if crew else set()
    )


def story(of: Field, offset: int) -> Story:
    found = of.read(offset)
    assert found is not None
    passage, runner = found
    others = [way for way in of.others(of.places.shown(passage.location), of.race(runner.participant)) if way]
    return of.story(passage, runner, "", others)


def words(of: Field, offset: int) -> list[str]:
    return [fact.words for fact in story(of, offset).facts]


def test_who_is_meant() -> None:
    of = field(("A1", "5K", 1), ("x9", "5K", 2))
    ann = of.runner("bib:017")
    assert ann is not None and (ann.who, ann.participant, ann.tags) == ("bib:17", ANN, ("17", "a1", "a2"))
    for other in ("tag:a1", "tag:A2", "tag:17"):
        assert of.runner(other) == ann
    stranger = of.runner("tag:X9")
    assert stranger is not None and (stranger.who, stranger.participant) == ("tag:x9", None)
    assert of.runner("tag:x8") is None and of.runner("bib:99") is None
    with pytest.raises(NotFound):
        of.runner("17")
    assert field(crew="a1").of_tag("A1") is None


def test_who_shares_a_bib_is_called_by_tag() -> None:
    twice = [replace(ANN, bib="5"), replace(BOB, bib="5")]
    of = Field(ROW, Roster(twice), Places(), Passages())
    assert [of.of_participant(each).who for each in twice] == ["tag:a1", "tag:b1"]
    assert of.runner("bib:5") is None and of.runner("tag:a1") == of.of_participant(twice[0])


def test_reads_of_all_tags_are_one_way() -> None:
    of = field(
        ("A1", "START", 1),
        ("B1", "START", 2),
        ("A2", "5K", 1500),
        ("17", "FINISH", 3000),
        ("A1", "TENT", 3100),
        places=Places([PlaceRow("TENT", "TENT", hidden=True)]),
    )
    ann = of.runner("bib:17")
    assert ann is not None
    assert [(each.location, each.nth) for each in of.way(ann)] == [("START", 1), ("5K", 1), ("FINISH", 1)]
    assert [each.offset for each in of.reads(ann)] == [1, 3, 4]
    assert of.read(5) is None and of.read(6) is None


def test_times_are_from_the_gun_of_the_wave_and_the_start_line() -> None:
    of = field(("A1", "START", 20), ("B1", "START", 610), ("A1", "5K", 1520), ("B1", "5K", 1810))
    assert "25:00 since the start line, 25:20 since the gun" in words(of, 3)
    assert "20:00 since the start line, 20:10 since the gun" in words(of, 4)
    assert "0:20 since the gun" in words(of, 1)
    early = field(("B1", "START", -30), ("B1", "5K", 1500), ("A1", "5K", 1500))
    assert "25:30 since the start line, 25:00 since the gun" in words(early, 2)
    assert not any("since" in each for each in words(early, 3)), "one of two waves, and nobody knows which"
    early.starts = (Start("START", "10K", (AT_US,)),)
    assert "25:00 since the gun" in words(early, 3)
    assert early.gun(ANN, early.way(early.of_participant(ANN))) == AT_US
    no_start = field(("A1", "5K", 1520), row=replace(ROW, races=()))
    assert not any("since" in each for each in words(no_start, 1))


def test_a_story_is_of_then() -> None:
    """What came later does not change what was to be said, but for what others did."""
    of = field(("A1", "START", 0), ("A1", "5K", 1500), ("A1", "FINISH", 3000))
    found = story(of, 2)
    assert [each.end.location for each in found.legs] == ["5K"]
    assert found.expected is not None and found.expected.at_us == AT_US + 3000 * US_PER_S
    assert story(of, 3).expected is None
    assert [each.end.location for each in story(of, 3).legs] == ["5K", "FINISH"]


def test_who_comes_together_comes_within_seconds_and_to_the_same_place() -> None:
    of = field(("A1", "FINISH", 1000), ("B1", "FINISH", 1009))
    assert [(each.kind, each.who) for each in story(of, 1).together] == [("team", (BOB,))]
    assert [(each.kind, each.who) for each in story(of, 2).together] == [("team", (ANN,))]
    assert story(field(("A1", "FINISH", 1000), ("B1", "FINISH", 1011)), 1).together == []
    assert story(field(("A1", "FINISH", 1000), ("B1", "5K", 1001)), 1).together == []
    assert story(field(("A1", "FINISH", 1000), ("B1", "FINISH", 1001), crew="b1"), 1).together == []
    assert story(field(("x9", "FINISH", 1000), ("B1", "FINISH", 1001)), 1).together == []


def test_places_are_of_the_race_and_in_the_order_in_which_they_came() -> None:
    races = (TEN, Race("Half", 21_097, "START", "FINISH"))
    of = field(
        ("C1", "FINISH", 1),
        ("B1", "FINISH", 2),
        ("B1", "FINISH", 3),
        ("A1", "FINISH", 4),
        row=replace(ROW, races=races),
    )
    found = [fact.words for fact in story(of, 4).facts if fact.kind == "place"]
    assert found == [
        "1st woman of the 10k to come here",
        "2nd of the 10k to come here",
        "1st of F30 to come here",
    ]
    assert of.race(CAT) is races[1] and of.race(None) is None


def test_others_are_of_the_race() -> None:
    races = (TEN, Race("Half", 21_097, "START", "FINISH"))
    of = field(
        ("C1", "5K", 1), ("B1", "5K", 2), ("A1", "5K", 3), ("B1", "5K", 900), row=replace(ROW, races=races)
    )
    ways = list(of.others("5k", TEN))
    assert [way[0].offset if way else None for way in ways] == [None, 2, 3]


def test_the_next_location_is_one_that_a_reader_has_named() -> None:
    """Nobody has been there yet: it is who comes first that is announced."""
    of = field(("A1", "START", 0), ("A1", "2K", 500))
    runner = of.of_tag("A1")
    assert runner is not None
    way = of.way(runner)
    then = of.next(runner, way, ())
    assert then is not None and then.location == "FINISH"
    of = with_mats(of, "START", "2K", "5K", "8K")
    then = of.next(runner, way, ())
    assert then is not None and then.location == "5K"
    hidden = with_mats(of, "5K", "8K", places=Places([PlaceRow("5K", "5K", hidden=True)]))
    then = hidden.next(runner, way, ())
    assert then is not None and then.location == "8K"


def with_mats(of: Field, *mats: str, places: Places | None = None) -> Field:
    return Field(of.row, of.roster, places or of.places, of.passages, of.starts, mats=mats)


def test_a_test_is_told_while_it_goes_on() -> None:
    passages = Passages()
    passages.add([Read(1, 5, 1, "5K", "A1", AT_US, "", 1, "", 1, "read", ("test",), b"", "", AT_US)])
    for testing in (True, False):
        of = Field(replace(ROW, testing=testing), Roster([ANN]), Places(), passages)
        assert (of.read(1) is not None) == testing
