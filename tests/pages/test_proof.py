"""What screens have shown, from the wall to the table and back to people: and how soon, in words."""

from typing import Any, Final

import pytest
from playwright.async_api import Page, expect

from tests.pages import work_scenes
from tests.pages.screens import WAIT_MS, Screens
from tests.pages.usable import SIZES
from tests.pages.venue import Venue
from tests.pages.work_scenes import PARTS
from tests.pages.working import says
from tests.running import rows

pytestmark = pytest.mark.asyncio(loop_scope="session")

WORDS = """async ([name, given]) => {
  const words = await import("/static/work-latency-words.js");
  return words[name](given, (number, one) => number + " " + one + (number === 1 ? "" : "s"));
}"""

TOLD: Final = """async () => {
  const { makeShown } = await import("/static/display-shown.js");
  const told = [], soon = () => new Promise(done => setTimeout(done, 1));
  let now = 0;
  const send = (...reports) => told.push(reports.map(each => [each.offset, each.for_ms || 0]));
  const shown = makeShown({ send, clock: () => now++ }), cards = (feed, ...offsets) =>
    offsets.map(offset => ({ key: feed + offset, offset, arrivedAt: now }));
  shown.greeted("1.1.");
  shown.see(cards("1.1.", 2, 1), "rows");
  await soon();
  shown.greeted(null);
  shown.see(cards("1.1.", 3), "card");
  shown.greeted("1.1.");
  shown.close();
  const same = told.splice(0);
  shown.see(cards("1.1.", 4), "card");
  shown.greeted(null);
  shown.close();
  shown.see(cards("1.1.", 5), "card");
  shown.greeted("1.12.");
  shown.see(cards("1.12.", 1), "card");
  await soon();
  shown.close();
  return [same, told];
}"""

WAITED: Final = """async () => {
  const { makeShown } = await import("/static/display-shown.js");
  const told = [], soon = () => new Promise(done => setTimeout(done, 1));
  const send = (...reports) => told.push(...reports.map(each => [each.offset, Boolean(each.waited)]));
  const shown = makeShown({ send, clock: () => 0 });
  const cards = (feed, ...offsets) => offsets.map(offset => ({ key: feed + offset, offset, arrivedAt: 0 }));
  shown.greeted("1.1.");
  shown.see(cards("1.1.", 2, 1), "rows", 2);
  await soon();
  const held = cards("1.1.", 3);
  shown.see(held, "card", 3);
  await soon();
  shown.see(held, "card", 5);
  shown.see(cards("1.1.", 4, 6, 3), "rows", 6);
  await soon();
  shown.greeted("2.1.");
  shown.see(cards("2.1.", 1), "card", 1);
  await soon();
  return told;
}"""


def figures(p50: float, p95: float, p99: float) -> dict[str, float]:
    return {"count": 9, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("millis", None, "\u2013"),
        ("millis", 0.04, "0.0"),
        ("millis", 9.94, "9.9"),
        ("millis", 1234.4, "1,234"),
        ("millis", 12_400, "12 s"),
        ("took", None, ""),
        ("took", figures(4.21, 38.9, 61), "4.2 · 39 · 61 ms"),
        ("took", figures(940, 1730, 12_400), "0.9 · 1.7 · 12 s"),
        ("isSlow", figures(20, 999, 5000), False),
        ("isSlow", figures(20, 1001, 5000), True),
        ("isSlow", None, False),
        ("shownWords", {"reads": 0, "shown": 0, "called": 0}, "No read yet."),
        ("shownWords", {"reads": 5, "shown": 5, "called": 0}, "All 5 reads shown"),
        ("shownWords", {"reads": 5, "shown": 3, "called": 2}, "3 of 5 reads shown · 2 never · 2 called"),
        ("partRows", {"read": None, "journal": None}, []),
    ],
)
async def test_figures_in_words(modules: Page, name: str, given: Any, words: Any) -> None:
    assert await modules.evaluate(WORDS, [name, given]) == words


async def test_parts_stand_in_the_order_of_the_way(modules: Page) -> None:
    given = {name: PARTS[name] for name in sorted(PARTS)} | {"send": None}
    made = await modules.evaluate(WORDS, ["partRows", given])
    assert [each["name"] for each in made] == ["read", "journal", "paint", "whole"]
    assert made[-1]["figures"] == ["109", "352", "13 s"]


async def test_screen_tells_of_nothing_that_was_another_sessions(modules: Page) -> None:
    """The hub takes an offset for one of the session that it shows by then."""
    same, other = await modules.evaluate(TOLD)
    assert [[(offset, for_ms > 0) for offset, for_ms in frame] for frame in same] == [
        [(2, False), (1, False)],
        [(2, True), (1, True), (3, True)],
    ]
    assert [[(offset, for_ms > 0) for offset, for_ms in frame] for frame in other] == [
        [(1, False)],
        [(1, True)],
    ]


async def test_screen_says_who_had_to_wait_for_room(modules: Page) -> None:
    """A wall that was held, or had no room, is not one that is slow."""
    assert await modules.evaluate(WAITED) == [
        [2, False],
        [1, False],
        [3, False],
        [4, True],
        [6, False],
        [1, False],
    ]


async def test_what_was_never_shown_is_listed_page_by_page(browser: Any) -> None:
    page = await browser.new_page(viewport=SIZES["laptop"])
    stage = work_scenes.session()
    await stage.open(page)
    await expect(page.locator("#missed-summary")).to_have_text("37 reads never shown", timeout=WAIT_MS)
    await page.click("#missed-summary")
    await expect(page.locator("#missed li")).to_have_count(2, timeout=WAIT_MS)
    await expect(page.locator("#missed li").first).to_contain_text("Ingrid Solberg-Haugen")
    stage.answers["GET /api/sessions/4/unshown"] = {
        "unshown": [dict(work_scenes.UNSHOWN[1], offset=6_101)],
        "next": None,
    }
    await page.click("#more-missed")
    await expect(page.locator("#missed li")).to_have_count(3, timeout=WAIT_MS)
    await expect(page.locator("#more-missed")).to_be_hidden()
    asked = [each["query"] for each in stage.asked if each["path"].endswith("/unshown")]
    assert ["after=0" in asked[0], "after=6100" in asked[1]] == [True, True]
    await page.close()


async def test_what_a_real_screen_has_painted_is_in_the_table_and_on_the_pages(
    venue: Venue, screens: Screens
) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711")
    await screen.shows("4711")
    page = await screens.signed_in(venue, f"/sessions/{venue.session_id}", SIZES["laptop"])
    await says(page, "#proof-words", "All 1 read shown")
    await says(page, "#latency-rows [data-part=whole]", "From the mat to the wall")
    (row,) = await rows(venue._dsn, "SELECT * FROM showings")
    assert (row["session_id"], row["feed_offset"], row["code"]) == (venue.session_id, 1, venue.code)
    read = (await rows(venue._dsn, "SELECT * FROM timing_reads"))[0]
    assert 0 < (row["shown_at"] - read["received_at"]).total_seconds() < 15
    fleet = await screens.signed_in(venue, "/displays", SIZES["laptop"])
    await expect(fleet.at(".screen [data-f=latency]")).to_contain_text("ms", timeout=WAIT_MS)
