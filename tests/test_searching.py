"""Whoever is looked for is found, held against a plain look at everybody, at random."""

from hypothesis import given
from hypothesis import strategies as st

from hub.model import Participant
from hub.roster import Roster, normal
from hub.searching import FOUND_MAX, Index, Search, folded

NAMES = st.text(alphabet="abcÀéß -'", max_size=8)
PEOPLE = st.lists(st.tuples(st.sampled_from(["1", "17", "017", "170", "A5", ""]), NAMES, NAMES), max_size=12)


def find(people: list[Participant], text: str, piece: int = 3) -> list[Participant]:
    index = Index()
    for start in range(0, len(people), piece):
        index.add(people[start : start + piece])
    search = Search(Roster(people), text)
    for each in index.pieces:
        search.go_on(each)
    return search.found()


@given(PEOPLE, st.one_of(NAMES, st.sampled_from(["1", "17", "0", "a5", "a b", "\n", "A"])))
def test_everybody_who_is_meant_is_found(rows: list[tuple[str, str, str]], text: str) -> None:
    people = [Participant(number, bib, (), first, last) for number, (bib, first, last) in enumerate(rows)]
    found = {each.id for each in find(people, text)}
    words = folded(text).split()
    wanted = set()
    for each in people:
        name = folded(f"{each.first_name} {each.last_name}").split()
        by_name = bool(words) and all(any(part.startswith(word) for part in name) for word in words)
        by_bib = bool(text.strip()) and normal(each.bib).startswith(normal(text)) and bool(each.bib)
        if by_name or by_bib:
            wanted.add(each.id)
    assert found == wanted


@given(PEOPLE, PEOPLE, st.sampled_from(["1", "17", "a", "b", "a b"]))
def test_in_a_roster_that_was_patched_as_in_one_made_anew(
    rows: list[tuple[str, str, str]], changes: list[tuple[str, str, str]], text: str
) -> None:
    people = [Participant(number, bib, (), first, last) for number, (bib, first, last) in enumerate(rows)]
    now = [Participant(number + 3, bib, (), first, last) for number, (bib, first, last) in enumerate(changes)]
    before = people[2 : len(now) + 3]
    roster, _ = Roster(people).patched(now, before)
    search = Search(roster, text)
    index, patches = Index(), Index()
    index.add(people)
    patches.add([each for each in roster.patches.values() if each is not None])
    search.go_on(index.pieces[0])
    search.go_on_patched(patches.pieces[0])
    left = [each for each in people if each not in before]
    assert {each.id for each in search.found()} == {each.id for each in find([*left, *now], text)}


def people(*names: str) -> list[Participant]:
    found = []
    for number, name in enumerate(names):
        first, _, last = name.partition(" ")
        found.append(Participant(number, str(100 + number), (f"T{number}",), first, last))
    return found


def names(found: list[Participant]) -> list[str]:
    return [f"{each.first_name} {each.last_name}" for each in found]


def test_names_are_compared_as_people_write_them() -> None:
    everybody = people("José Müller", "Anne-Marie O'Neil", "Søren Łukasz", "山田 太郎", "Jo Muller-Fox")
    for text, wanted in {
        "jose muller": ["José Müller"],
        "MÜLLER jo": ["Jo Muller-Fox", "José Müller"],
        "marie oneil": ["Anne-Marie O'Neil"],
        "soren luk": ["Søren Łukasz"],
        "太郎": ["山田 太郎"],
        "fox": ["Jo Muller-Fox"],
        "uller": [],
    }.items():
        assert names(find(everybody, text)) == wanted, text


def test_the_best_come_first_and_not_all_of_them() -> None:
    everybody = people(
        "Ann Leeds", "Ann Lee", "Lee Annable", *(f"Lee {number:03d}x" for number in range(300))
    )
    assert names(find(everybody, "ann lee")) == ["Ann Lee", "Ann Leeds", "Lee Annable"]
    assert len(find(everybody, "lee")) == len(find(everybody, "1")) == FOUND_MAX
    found = find(everybody, "10")
    assert [each.bib for each in found][:2] == ["100", "101"]
    assert find(everybody, "t1")[0].bib == "101", "by tag"
    assert find(everybody, "102")[0].bib == "102"
