"""Whom an entry means: found by what is said of them, and never guessed."""

from itertools import permutations

import pytest

from hub.matching import Claims, Known, Matcher, TwoMeant, Words, known_of
from hub.roster_words import Entry, Layer


def entry(
    bib: str = "", *tags: str, name: str = "", born: str = "", external: str = "", line: int = 0
) -> Entry:
    first, _, last = name.partition(" ")
    said = {"bib": bib, "first_name": first, "last_name": last, "birth_date": born}
    return Entry(Layer({key: word for key, word in said.items() if word}, list(tags) or None), external, line)


def known(
    id_: int,
    bib: str = "",
    *tags: str,
    name: str = "",
    born: str = "",
    external: str = "",
    gone: str = "",
    own: Words | None = None,
    is_own: bool = True,
) -> Known:
    first, _, last = name.partition(" ")
    said = Words(bib, list(tags), first, last, born)
    return known_of(id_, external, gone, said, own or said if is_own else None)


def matcher(those: list[Known], *entries: Entry) -> Matcher:
    claims = Claims()
    claims.add(entries)
    made = Matcher(claims)
    made.add(those)
    return made


def meant(those: list[Known], *entries: Entry) -> list[int | None]:
    """Whom each means; whatever their order, the same."""
    found: list[list[int | None]] = []
    for order in permutations(range(len(entries))):
        one = matcher(those, *entries)
        ids: dict[int, int | None] = {}
        for number in order:
            who = one.claim(entries[number])
            ids[number] = who.id if who else None
        found.append([ids[number] for number in range(len(entries))])
    assert all(each == found[0] for each in found)
    return found[0]


def test_by_the_services_number_then_by_bib() -> None:
    those = [known(1, "7", external="E1"), known(2, "8", external="E2"), known(3, "9")]
    assert meant(those, entry("8", external="E1"), entry("7", external="E2")) == [1, 2], "they changed bibs"
    assert meant(those, entry("0007"), entry("9", external="E9")) == [1, 3]
    assert meant(those, entry("7", external="E8")) == [None], "somebody else at the service"


def test_by_what_the_same_origin_has_said_before_the_hand_corrected_it() -> None:
    corrected = known(1, "8", name="Ann Lee", own=Words("7", [], "Ann", "Lee", ""))
    assert meant([corrected], entry("7", name="Ann Lee"), entry("8", name="Bob Ray")) == [1, None]
    tagged = known(2, "", "B2", own=Words("", ["A1"], "", "", ""))
    given = known(3, "5", "A1", own=Words("5", [], "", "", ""))
    assert meant([tagged, given], entry("", "A1")) == [2]


def test_by_a_tag_only_without_a_bib() -> None:
    those = [known(1, "7", "A1"), known(2, "", "A2")]
    assert meant(those, entry("", "0a1"), entry("9", "A2")) == [1, 2]
    assert meant(those, entry("9", "A1")) == [None], "a tag that is on two bibs makes them no one"
    assert meant(those, entry("7"), entry("", "A1")) == [1, None]
    with pytest.raises(TwoMeant):
        meant([*those, known(3, "8", "A1")], entry("", "A1"))


def test_by_name_only_without_bib_and_tag() -> None:
    those = [known(1, "7", name="Ann  LEE", born="1990-01-01"), known(2, "8", name="Ann Lee", born="41")]
    assert meant(those, entry(name="ann Lee", born="1990-01-01")) == [1]
    assert meant(those, entry(name="ann Lee", born="1990-01-02")) == [None]
    with pytest.raises(TwoMeant, match="ann lee: 2 on the roster"):
        meant([*those, known(3, name="Ann Lee", born="41")], entry(name="Ann Lee", born="41"))


def test_a_bib_of_two_is_whose_name_it_is_or_nobodys() -> None:
    those = [known(1, "7", name="Ann Lee"), known(2, "7", name="Bob Ray")]
    assert meant(those, entry("7", name="Bob Ray"), entry("7", name="Ann Lee")) == [2, 1]
    one = matcher(those, entry("7", name="Cy Orr"))
    with pytest.raises(TwoMeant, match="bib 7: 2 on the roster could be meant"):
        one.claim(entry("7", name="Cy Orr"))
    assert not any(one.unclaimed()), "whoever could be meant is not taken off"
    assert meant(those[:1], entry("7", name="Bob Ray"), entry("7", name="Ann Lee")) == [None, 1]


def test_who_is_gone_does_not_come_back_under_another_name() -> None:
    gone = known(1, "7", name="Ann Lee", gone="hand")
    assert meant([gone], entry("7", name="Bob Ray")) == [None]
    assert meant([gone], entry("7", name="Ann Lee")) == [1]
    assert meant([gone, known(2, "7", name="Ann Lee")], entry("7", name="Ann Lee")) == [2]


def test_each_for_one_entry_only() -> None:
    one = matcher([known(1, "7")], entry("7"))
    assert one.claim(entry("7", line=4)) is not None
    with pytest.raises(TwoMeant, match="the same participant as in line 4"):
        one.claim(entry("07", line=5))
    new = matcher([], entry("7", name="A B"), entry("7", name="A B"), entry("", "A1"), entry("", "A1"))
    assert new.claim(entry("7", name="A B", line=2)) is None and new.claim(entry("", "A1", line=3)) is None
    for again in (entry("7", name="a b"), entry("", "a1")):
        with pytest.raises(TwoMeant, match="the same participant as in line"):
            new.claim(again)


def test_what_cannot_be_taken_protects_whom_it_means() -> None:
    one = matcher([known(1, "7"), known(2, "8")], entry("7"))
    one.protect(entry("7"))
    assert [each.id for each in one.unclaimed() if each] == [2] and one.here == 2
    while one.let_go(1):
        pass
    assert list(one.everybody()) == []
