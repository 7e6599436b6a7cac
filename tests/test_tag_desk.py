"""Whose tags are nobody's, and what is wrong with somebody at the desk."""

from hub.model import Participant
from hub.passages import Passages, StoredPassage
from hub.roster import Roster
from hub.tag_desk import newest_first, problems_of, problems_of_code, unknown_tags

ANN = Participant(1, "1", ("A1",), "Ann")
BOB = Participant(2, "2", ("A2", "A3"), "Bob", status="Withdrawn")
CY = Participant(3, "", ("A3",), "Cy")
ROSTER = Roster([ANN, BOB, CY])


def test_tags_of_nobody_and_of_two_but_not_the_crews() -> None:
    passages = Passages()
    tags = ("A1", "X9", "A3", "crew", "0x9", "Y", "2")
    passages.add_stored(
        StoredPassage(number, True, "FINISH", tag, number, ("test",) if tag == "Y" else ())
        for number, tag in enumerate(tags, 1)
    )
    found = [each for each in unknown_tags(passages, ROSTER, {"crew"}, testing=False) if each]
    assert [(each.tag, each.often, each.why) for each in newest_first(found)] == [
        ("X9", 2, "nobody"),
        ("A3", 1, "two"),
    ]
    assert found[1].those == [BOB, CY] and (found[0].first.offset, found[0].last.offset) == (2, 5)
    assert len([each for each in unknown_tags(passages, ROSTER, (), testing=True) if each]) == 4


def test_what_is_wrong() -> None:
    assert problems_of(ANN, ROSTER) == []
    assert [each.kind for each in problems_of(BOB, ROSTER)] == ["withdrawn", "tag_of_two"]
    assert [each.kind for each in problems_of(CY, ROSTER)] == ["no_bib", "tag_of_two"]
    lone = Participant(4, "1")
    assert [each.kind for each in problems_of(lone, Roster([ANN, lone]))] == ["bib_of_two", "no_tag"]
    assert [
        problems_of_code(kind, those)[0].kind
        for kind, those in (("", []), ("tag", [BOB, CY]), ("bib", [ANN, lone]))
    ] == [
        "unknown",
        "tag_of_two",
        "bib_of_two",
    ]
    assert problems_of_code("name", [ANN, BOB]) == []
