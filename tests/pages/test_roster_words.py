"""What the roster page and the tag check say, in words: pure, without a hub."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.pages.roster_scenes import looked_up, runner

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALL: Final = "async ([file, name, given]) => (await import('/static/' + file))[name](...given)"
NOW: Final = 1_800_000_000_000


async def said(modules: Page, file: str, name: str, *given: Any) -> Any:
    return await modules.evaluate(CALL, [file, name, given])


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("calledOf", [{"bib": "12", "name": "Ann Lee"}], "12 Ann Lee"),
        ("calledOf", [{"bib": "", "first_name": " Ann ", "last_name": ""}], "Ann"),
        ("calledOf", [{}], "this runner"),
        (
            "marksOf",
            [{"gone": "hand", "status": "DNS", "shown": "initials"}],
            "taken off, DNS, initials shown",
        ),
        ("marksOf", [{"gone": "", "status": "", "shown": "public"}], ""),
        ("tagsOf", [{"tags": ["A", "B", "C", "D"]}], "A, B +2"),
        ("rangeWords", [100, 100, 100_000], "101 to 200 of 100,000"),
        ("rangeWords", [0, 0, 0], ""),
        ("countedWords", [1, 1], "1 runner"),
        ("countedWords", [12, 2400], "12 of 2,400 runners"),
        ("unknownWords", [{"count": 1, "last": None}, NOW], "once"),
        (
            "fromWords",
            [{"origins": {"bib": "file", "city": "hand", "age": "file"}}],
            "Values: by hand 1, file 2.",
        ),
        (
            "optionsOf",
            [[["10K", 1200], ["", 3]], "all races"],
            [{"id": "", "name": "all races"}, {"id": "10K", "name": "10K (1,200)"}],
        ),
        (
            "optionsOf",
            [{"tag": 2, "name": 0}, "nothing", {"tag": "a tag"}],
            [{"id": "", "name": "nothing"}, {"id": "tag", "name": "a tag (2)"}],
        ),
    ],
)
async def test_words_of_the_roster(modules: Page, name: str, given: list[Any], words: Any) -> None:
    assert await said(modules, "roster-words.js", name, *given) == words


TWO: Final = looked_up(
    "X1", "tag", None, candidates=[runner(1), runner(2)], problems=[{"kind": "tag_of_two", "words": "Two."}]
)


@pytest.mark.parametrize(
    ("looked", "tone", "verdict"),
    [
        (looked_up("900005", "tag", runner(5)), "ok", "The tag is right"),
        (looked_up("5", "bib", runner(5)), "ok", "On the roster"),
        (looked_up("3", "bib", runner(3)), "warn", "No tag is theirs."),
        (looked_up("999", None, None), "bad", "Nobody has 999."),
        (looked_up("ann", "name", None, candidates=[runner(1), runner(2)]), "ask", "Who is it?"),
        (TWO, "bad", "Two."),
    ],
)
async def test_how_good_a_look_up_is(modules: Page, looked: dict[str, Any], tone: str, verdict: str) -> None:
    assert await said(modules, "check-words.js", "toneOf", looked) == tone
    assert await said(modules, "check-words.js", "verdictOf", looked) == verdict


async def test_results_say_whether_there_is_one(modules: Page) -> None:
    fields = {"finish_time": "1:42:07", "overall_rank": 17, "shoe": "42", "pace": ""}
    come, not_yet = looked_up("5", "bib", runner(5), result=fields), looked_up("5", "bib", runner(5))
    results = {"results": True}
    assert await said(modules, "check-words.js", "verdictOf", come, results) == "Official result"
    assert await said(modules, "check-words.js", "verdictOf", not_yet, results) == "No result yet"
    assert await said(modules, "check-words.js", "timeOf", fields) == "1:42:07"
    assert await said(modules, "check-words.js", "resultRows", fields) == [["Overall", "17"], ["Shoe", "42"]]


async def test_a_loose_tag_and_a_runner_belong_together_whichever_came_first(modules: Page) -> None:
    loose, person = looked_up("58000412", None, None), looked_up("3", "bib", runner(3))
    for pair in ([loose, person], [person, loose]):
        found = await said(modules, "check-words.js", "pairOf", *pair)
        assert (found["tag"], found["person"]["bib"]) == ("58000412", "3")
    others: list[list[Any]] = [
        [loose, loose],
        [person, person],
        [looked_up("12", "bib", None), person],
        [None, person],
    ]
    for other in others:
        assert await said(modules, "check-words.js", "pairOf", *other) is None
    # what nobody knows is a tag only if it looks like one
    assert await said(modules, "check-words.js", "looseTag", looked_up("Solheim", None, None)) == ""
    assert await said(modules, "check-words.js", "looseTag", looked_up("AB", "tag", None)) == "AB"
    assert await said(modules, "check-words.js", "looseTag", looked_up("AB", None, None, reads=2)) == "AB"
