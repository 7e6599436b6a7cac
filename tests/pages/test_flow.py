"""Who is on the wall when many come: everybody for as long as is promised or counted, whoever is starred always, and
the same on every screen."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.pages.screens import HELLO
from tests.pages.test_core import Seen, comes, hello, line, play

pytestmark = pytest.mark.asyncio(loop_scope="session")

RACES: Final = Path(__file__).with_name("flow.js")
CELLS: Final = """async () => {
  const { cellsOf } = await import("/static/display-flow.js");
  let moved = 0, seen = 0, before = new Map();
  for (let newest = 24; newest < 400; newest++) {
    const cards = Array.from({ length: 24 }, (_, at) => ({ offset: newest - at })), now = new Map();
    cellsOf(cards, 24).forEach((card, at) => { if (card) now.set(card.offset, at); });
    for (const [offset, at] of now) moved += before.has(offset) && before.get(offset) !== at;
    seen += now.size === 24;
    before = now;
  }
  return { moved, seen };
}"""


def showing(control: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    return {"display": {**HELLO["display"], "settings": settings, "control": control or {}}}


def crowd(count: int, ms: int, first: int = 1) -> list[tuple[int, dict[str, Any]]]:
    """So many in the same instant."""
    return [comes(offset, ms, tag=str(offset)) for offset in range(first, first + count)]


def offsets(seen: Seen) -> list[int]:
    return [int(each) for each in seen.wall.split()]


async def test_made_up_races(modules: Page) -> None:
    """On walls of all shapes, with every setting, from nobody to forty a second and a hundred at once."""
    found = await modules.evaluate(RACES.read_text(), {"seeds": [2, 8, 15, 19, 25, 33], "seconds": 50})
    assert found["wrong"] == []
    assert found["levels"] == [0, 1, 2, 3]
    assert found["shown"] > 1000 and found["unseen"] > 300
    assert found["compared"] > 1500 and found["changes"] > 20


async def test_layout_is_as_dense_as_the_last_reads_have_needed(modules: Page) -> None:
    seen = await play(modules, hello(0), *crowd(1, 0), *crowd(1, 2999, 2), *crowd(6, 6000, 3))
    assert [each.scene for each in seen[1:3]] == ["runner", "several"]
    assert [each.scene for each in seen[3:]] == ["several"] * 5 + ["many"]
    steps = [(each, None) for each in (2999, 3000, 9999, 10_000)]
    seen = await play(modules, hello(0), *crowd(6, 0), *steps)
    assert [each.scene for each in seen[6:]] == ["many", "many", "many", "resting", "resting"]
    seen = await play(modules, hello(0), *crowd(6, 0), comes(7, 9999, tag="7"), (10_000, None))
    assert [each.scene for each in seen[-2:]] == ["many", "runner"], "and no longer than for ten seconds"


async def test_more_than_find_room_are_counted_and_the_first_ones_stay(modules: Page) -> None:
    seen = await play(modules, hello(0), *crowd(117, 0), (2999, None), (3001, None), *crowd(1, 3001, 118))
    assert offsets(seen[117]) == offsets(seen[118]) == list(range(80, 0, -1))
    assert [seen[at].more for at in (80, 81, 117, 118)] == [
        "",
        "1 more not shown",
        *["37 more not shown"] * 2,
    ]
    assert offsets(seen[-1])[:2] == [118, 80]


async def test_hold_skip_pin_and_blank(modules: Page) -> None:
    def settings(ms: int, **control: Any) -> tuple[int, dict[str, Any]]:
        return ms, {"type": "settings", "display": {"settings": {}, "control": control}}

    ends = hello(0)
    start = 1_714_809_600_000
    held = await play(
        modules, ends, comes(1, 0, tag="1"), settings(500, hold=start + 500), comes(2, 1000, tag="2"), (60_000, None),
        settings(60_000), (60_000, None),
    )  # fmt: skip
    assert [each.wall for each in held] == ["", "1", "1", "1", "1", "", ""]
    skipped = await play(modules, ends, comes(1, 0, tag="1"), comes(2, 0, tag="2"), settings(0, skip=1))
    assert skipped[-1].wall == "2"
    pinned = await play(
        modules, ends, comes(1, 0, tag="1"), settings(0, pin={"offset": 1, "until": start + 90_000}), (60_000, None),
        comes(2, 60_000, tag="2"), (89_999, None), (90_000, None),
    )  # fmt: skip
    assert [(each.scene, each.wall, each.band) for each in pinned[2:]] == [
        ("runner", "1", 0), ("runner", "1", 0), ("several", "2", 1), ("runner", "1", 0), ("resting", "", 0),
    ]  # fmt: skip
    pin = {"control": {"pin": {"offset": 1}}, "pinned": line(1, 0, tag="1")}
    fresh = await play(modules, hello(60_000, 900, display={**HELLO["display"], "settings": {}, **pin}))
    assert fresh[0].wall == "1"
    dark = await play(modules, ends, comes(1, 0), settings(0, blank=True), settings(0))
    assert [each.dark for each in dark] == [False, False, True, False]


async def test_starred_are_above_all_others_one_after_the_other(modules: Page) -> None:
    stars = (0, {"type": "stars", "who": ["bib:7", "tag:abc"]})
    runner = {"name": "Ann Lee", "bib": "007"}
    seen = await play(
        modules, hello(0), stars, comes(1, 0, runner, tag="1"), comes(2, 1000, tag="0ABC"), (2999, None), (3000, None),
        comes(3, 4000, tag="3"), (0, {"type": "stars", "who": []}),
    )  # fmt: skip
    assert [(each.wall, each.band) for each in seen[2:]] == [
        ("1", 0), ("1", 0), ("1", 0), ("2", 0), ("3", 2), ("3 2 1", 0),
    ]  # fmt: skip


async def test_settings_say_who_is_for_the_wall(modules: Page) -> None:
    runner = {"name": "Ann Lee", "bib": "7", "race_name": "10K "}
    reads = [
        line(1, 0, runner, tag="1"),
        line(2, 0, tag="2"),
        line(3, 0, runner, tag="3", lap=2),
        line(4, 0, runner, tag="1"),
    ]
    for settings, wall in (
        ({}, "4 3 2"),
        ({"races": ["10k"]}, "4 3"),
        ({"laps": "first"}, "4 2"),
        ({"gap_s": 1}, "3 2 1"),
        ({"layout": "fixed", "races": ["10K"]}, "4 3"),
    ):
        (seen,) = await play(modules, hello(0, 4, *reads, **showing(**settings)))
        assert seen.wall == wall, settings


async def test_fixed_has_rows_and_no_denser_layout(modules: Page) -> None:
    seen = await play(modules, hello(0, **showing(layout="fixed")), *crowd(9, 0))
    assert (seen[-1].scene, seen[-1].wall, seen[-1].more) == ("several", "9 8 7 6 5", "and 4 more")


async def test_what_is_held_briefly_counts_and_has_no_card(modules: Page) -> None:
    start = 1_714_809_600_000
    before = [[offset, start + 100, str(offset), "Finish", "", 1, [], ""] for offset in range(1, 20)]
    (seen,) = await play(modules, hello(200, 20, line(20, 150, tag="20"), before=before))
    assert (seen.scene, seen.wall) == ("many", "20")


async def test_voided_while_a_screen_was_away_is_gone_however_old(modules: Page) -> None:
    reads = [line(offset, 0, tag=str(offset)) for offset in range(1, 4)]
    back = hello(100, 3, reads[2], recovered=True, before=[reads[0]])
    seen = await play(modules, hello(0), *((0, each) for each in reads), back)
    assert [each.wall for each in seen[-2:]] == ["3 2 1", "3 1"]


@pytest.mark.parametrize(
    "odd", [None, "x", {"pin": {}, "hold": "soon", "skip": None}, {"pin": {"offset": "1"}}]
)
async def test_what_is_wished_may_be_odd(modules: Page, odd: object) -> None:
    settings = {"dwell": "x", "duration": None, "gap_s": -3, "races": "5K", "laps": 7, "layout": 3}
    display = {**HELLO["display"], "settings": settings, "control": odd}
    told = (0, {"type": "settings", "display": {"settings": settings, "control": odd}})
    seen = await play(
        modules, hello(0, display=display, before=5, stars=7), told, comes(1, 0), (0, {"type": "stars"})
    )
    assert seen[-1].wall == "1"


async def test_everybody_keeps_their_place(modules: Page) -> None:
    assert await modules.evaluate(CELLS) == {"moved": 0, "seen": 376}
