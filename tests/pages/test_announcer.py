"""An announcer's page in a browser with a hub on stage: what it shows, what it sends, and how it can be used."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import combinations
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.pages.announcing import MESSAGES, OFFSET, RUNNERS, AnnouncerStage, calm, crossing, flood
from tests.pages.browsers import browsers_of, spoil
from tests.pages.door import ORIGIN
from tests.pages.screens import LINE_CUT, WAIT_MS, Screen
from tests.pages.usable import FAINT, check_usable
from tests.pages.work_scenes import NOW, SESSION
from tests.pages.work_stage import refusal
from tests.pages.working import REFUSED, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

Open = Callable[..., Awaitable[Screen]]

TABLET: Final = ViewportSize(width=1024, height=768)
STILL: Final = "// The time of this page stands still."
"""So that it is lent to nobody else: that cannot be undone."""
UPRIGHT: Final = ViewportSize(width=820, height=1180)
PHONE: Final = ViewportSize(width=390, height=844)
NEWEST: Final = OFFSET + 20
ROWS_MAX: Final = 60
HEAP_BYTES_MAX: Final = 3_000_000
"""More after three thousand arrivals than after six hundred; five hundred are held."""
NODES_MAX: Final = 2_500
DESK: Final = """() => Object.fromEntries(["hero", "list", "acts", "tools"].map(name => {
  const box = document.querySelector(name === "tools" ? ".tools" : "#" + name).getBoundingClientRect();
  return [name, [box.left, box.top, box.right, box.bottom].map(Math.round)];
}))"""
CUT_OFF: Final = """() => {
  const title = document.getElementById("hero-name"), bottom = each => each.getBoundingClientRect().bottom;
  return title.scrollWidth > title.clientWidth || bottom(title) > bottom(document.getElementById("hero"));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    """Opens the page on a stage, at the stage's time, which stands still."""
    screens: list[Screen] = []

    async def open_page(
        stage: AnnouncerStage, size: ViewportSize = TABLET, shown: dict[str, Any] = SESSION, **more: Any
    ) -> Screen:
        stage.show(session=shown)
        looks = {"locale": "en-GB", "reduced_motion": "reduce", **more}
        screen = Screen(await browsers_of(browser).lend(ORIGIN, script=STILL, **looks), ORIGIN)
        await screen.page.set_viewport_size(size)
        screen.allowed.extend((REFUSED, LINE_CUT))
        screens.append(screen)
        await screen.page.clock.set_fixed_time(NOW)
        await stage.open(screen.page)
        return screen

    yield open_page
    faults = [fault for screen in screens for fault in screen.faults]
    await browsers_of(browser).take_back(*(screen.page for screen in screens))
    assert faults == []


def row(page: Screen, offset: int) -> Any:
    return page.at(f"#rows [data-key='{offset}']")


async def is_said(page: Screen, offset: int, said: bool = True) -> None:
    tick = row(page, offset).locator(".say-it")
    await expect(tick).to_have_attribute("aria-pressed", str(said).lower(), timeout=WAIT_MS)


async def test_the_newest_stands_large_with_what_is_worth_saying(opened: Open) -> None:
    page = await opened(AnnouncerStage(messages=MESSAGES))
    await says(page, "#hero", "Nguyễn Thị Hương", "nwin tee hoong", "18", "Huế, VNM", "age 29")
    await says(page, "#hero .where", "10 KM", "11:29:54", "s")
    await says(page, "#hero .story li:first-child", "Here for the first time")
    await expect(page.at("#story li")).to_have_count(4)
    await expect(page.at("#hero .passed")).to_have_text("Before: START 10K 10:39:50")
    expected = "Expected at FINISH at 11:52, give or take 2 min"
    await expect(page.at("#hero .next")).to_have_text(expected)
    await says(page, "#staff", "To announcers", "Please say so twice")
    await expect(page.at("#staff li")).to_have_count(1)
    await expect(page.at("#rows .row")).to_have_count(14)
    await says(page, "#rows [data-key='12409']", "Unknown tag 4000917")
    await says(page, "#rows [data-key='12408'] .marks", "late")
    await says(page, "#rows [data-key='12418']", "3 of Harbour Harriers")
    assert [await row(page, OFFSET + each).get_attribute("data-group") for each in (18, 17, 16, 15)] == [
        "first", "middle", "last", None,
    ]  # fmt: skip


async def test_it_is_worked_with_keys(opened: Open) -> None:
    stage = AnnouncerStage()
    page = await opened(stage)
    press = page.page.keyboard.press
    await says(page, "#hero-name", "Hương")
    await press("Space")
    await is_said(page, NEWEST)
    await press("Space")
    await press("j")
    await says(page, "#hero-name", "Ingrid Solberg")
    await press("Enter")
    await is_said(page, NEWEST - 1)
    assert stage.told("PUT", f"/api/sessions/4/calls/{NEWEST}") == [None]
    await press("u")
    await is_said(page, NEWEST - 1, said=False)
    await press("s")
    await expect(row(page, NEWEST - 1)).to_have_attribute("data-starred", "yes", timeout=WAIT_MS)
    await press("n")
    await page.page.keyboard.type("  Won here\u00a0in 2019 ")
    await press("Enter")
    await says(page, "#hero .note", "Won here in 2019")
    assert stage.marks["bib:2041"]["starred"] and stage.marks["bib:2041"]["note"] == "Won here in 2019"
    await press("3")
    await expect(page.at("#rows .row")).to_have_count(1)
    await press("2")
    await expect(row(page, NEWEST)).to_have_count(0)
    await expect(page.at("#rows .row")).to_have_count(11)
    await press("1")
    await press("g")
    await says(page, "#hero-name", "Hương")
    await press("?")
    await expect(page.at("#menu[open]")).to_be_visible()
    await press("Escape")
    assert sorted(stage.calls) == [NEWEST]


async def test_it_is_worked_with_a_thumb(opened: Open) -> None:
    stage = AnnouncerStage()
    page = await opened(stage, PHONE, has_touch=True)
    await says(page, "#hero-name", "Hương")
    await page.at("#acts .say-it").tap()
    await says(page, "#acts", "Said, take back")
    await row(page, NEWEST - 1).locator(".say-it").tap()
    await is_said(page, NEWEST - 1)
    await row(page, NEWEST - 1).locator(".open").tap()
    await says(page, "#hero-name", "Ingrid Solberg")
    await page.at("#acts .star-it").tap()
    await says(page, "#acts", "Starred")
    await page.at("#newest").tap()
    await says(page, "#hero-name", "Hương")
    await page.at("#acts .say-it").tap()
    await is_said(page, NEWEST, said=False)
    await page.at("[data-show=unsaid]").tap()
    await row(page, NEWEST).locator(".say-it").tap()
    await says(page, "#notice", "Said: Nguyễn Thị Hương")
    await page.at("#notice button").tap()
    await is_said(page, NEWEST, said=False)
    assert sorted(stage.calls) == [NEWEST - 1]


async def test_what_is_said_while_the_hub_is_away_is_sent_when_it_is_back(opened: Open) -> None:
    """A reload in between loses none of it."""
    stage = AnnouncerStage()
    page = await opened(stage)
    await says(page, "#hero-name", "Hương")
    await stage.cut()
    await page.page.keyboard.press("Space")
    await page.page.keyboard.press("s")
    await is_said(page, NEWEST)
    await says(page, "#acts", "Said, waiting", "Starred")
    await says(page, "#state", "No hub for", "2 waiting")
    stage.away = False
    await stage.open(page.page)
    await is_said(page, NEWEST)
    await expect(page.at("#state")).to_have_text("Live", timeout=WAIT_MS)
    assert sorted(stage.calls) == [NEWEST] and stage.marks["bib:18"]["starred"]


async def test_of_a_session_that_has_ended_the_last_are_shown(opened: Open) -> None:
    stage = AnnouncerStage([])
    ended = SESSION | {"status": "ended"}
    stage.answers["GET /api/sessions/4"] = ended
    stage.answers["GET /api/sessions/4/reads"] = {"reads": calm(), "next": None}
    star = {"who": "bib:18", "starred": True, "note": "Won in 2019"}
    stage.answers["GET /api/sessions/4/marks"] = {"marks": [star]}
    page = await opened(stage, shown=ended)
    await says(page, "#hero", "Nguyễn Thị Hương", "Won in 2019")
    await expect(page.at("#state")).to_have_text("Ended")
    await expect(page.at("#rows .row")).to_have_count(14)


async def test_what_the_hub_refuses_is_taken_back_and_said(opened: Open) -> None:
    stage = AnnouncerStage()
    refused = refusal(409, "200 runners of this session are starred already.")
    stage.answers["PUT /api/sessions/4/marks/bib%3A18"] = refused
    page = await opened(stage)
    await says(page, "#hero-name", "Hương")
    await page.page.keyboard.press("s")
    await says(page, "#notice", "200 runners of this session are starred already.")
    await expect(page.at("#acts .star-it")).to_have_attribute("aria-pressed", "false")


async def test_a_flood_is_one_line_each_and_stays_small(opened: Open) -> None:
    stage = AnnouncerStage()
    page = await opened(stage)
    await says(page, "#hero-name", "Hương")
    spoil(page.page)
    client = await page.page.context.new_cdp_session(page.page)

    async def measured() -> tuple[float, float]:
        await client.send("HeapProfiler.collectGarbage")
        found = {
            each["name"]: each["value"] for each in (await client.send("Performance.getMetrics"))["metrics"]
        }
        return found["JSHeapUsedSize"], await page.page.evaluate("document.querySelectorAll('*').length")

    await client.send("Performance.enable")
    many = flood(3600)
    for number, each in enumerate(many):
        each["received_at"] = (NOW).isoformat()
        each["tag"] = str(number)
    stage.say(*many[:600])
    await expect(page.at("#desk")).to_have_attribute("data-mode", "flood", timeout=WAIT_MS)
    await expect(row(page, many[599]["offset"])).to_be_visible(timeout=WAIT_MS)
    before, _ = await measured()
    for start in range(600, 3600, 100):
        stage.say(*many[start : start + 100])
    await expect(row(page, many[-1]["offset"])).to_be_visible(timeout=WAIT_MS)
    after, nodes = await measured()
    assert await page.at("#rows .row").count() == ROWS_MAX and nodes < NODES_MAX
    assert after - before < HEAP_BYTES_MAX
    assert await page.page.evaluate("document.querySelector('#rows .row').offsetHeight") < 50

    last = many[-1]["offset"]
    await page.page.keyboard.press("Space")
    assert stage.calls == {}
    await page.page.keyboard.press("Space")
    await is_said(page, last)
    await expect(row(page, last - 1)).to_have_attribute("data-chosen", "yes")
    await page.at("#older").click()
    await expect(page.at("#rows .row")).to_have_count(2 * ROWS_MAX)
    for mode, shown in (("calm", "calm"), ("flood", "flood"), ("auto", "flood")):
        await page.page.keyboard.press("f")
        await expect(page.at("#desk")).to_have_attribute("data-mode", shown, timeout=WAIT_MS)
        assert await page.page.evaluate("localStorage.getItem('announcer mode')") == mode


async def test_who_is_starred_or_noted_stands_above_a_flood_until_it_is_said(opened: Open) -> None:
    many = flood()
    starred, noted = many[3], many[20]
    marks = [
        {"who": f"bib:{starred['bib']}", "starred": True, "note": ""},
        {"who": f"bib:{noted['bib']}", "starred": False, "note": "My neighbour"},
        {"who": "bib:2041", "starred": True, "note": ""},
    ]
    long_gone = crossing(1, 200, RUNNERS[1], tag="1")
    stage = AnnouncerStage([long_gone, *many], marks=marks)
    page = await opened(stage)
    await expect(page.at("#desk")).to_have_attribute("data-mode", "flood", timeout=WAIT_MS)

    async def stand(*offsets: int) -> None:
        for place, offset in enumerate(offsets):
            await expect(page.at("#rows .row").nth(place)).to_have_attribute("data-key", str(offset))

    newest = many[-1]["offset"]
    await stand(noted["offset"], starred["offset"], newest, newest - 1)
    await page.page.keyboard.press("j")
    await page.page.keyboard.press("Space")
    await is_said(page, noted["offset"])
    await stand(starred["offset"], newest)
    await page.page.keyboard.press("2")
    await stand(newest, newest - 1)


async def test_a_list_that_is_touched_stands_still(opened: Open) -> None:
    page = await opened(stage := AnnouncerStage())
    await row(page, NEWEST - 3).hover()
    stage.say(crossing(21, 0, RUNNERS[3]), crossing(22, 0, RUNNERS[4]))
    await says(page, "#fresh", "2 newer")
    await expect(page.at("#rows .row").first).to_have_attribute("data-key", str(NEWEST))
    await page.at("#fresh").click()
    await expect(page.at("#rows .row").first).to_have_attribute("data-key", str(NEWEST + 2))


async def test_a_runner_is_found_and_starred(opened: Open) -> None:
    stage = AnnouncerStage()
    page = await opened(stage)
    await says(page, "#hero-name", "Hương")
    await page.page.keyboard.press("/")
    await page.page.keyboard.type("sol ing")
    await says(page, "#found li", "2041", "Ingrid Solberg")
    await page.page.keyboard.press("Enter")
    await says(
        page,
        "#card",
        "Ingrid Solberg",
        "2041",
        "Bergen, NOR",
        "10 KM 11:29:35, 49:35 from START 10K, 4:58 a km",
        "Expected at FINISH",
    )
    await page.at("#card .star-it").click()
    await says(page, "#card", "Starred")
    assert stage.marks["bib:2041"]["starred"]
    await page.at("#find-words").fill("902")
    await says(page, "#found li", "Maximiliane")
    stage.away = True
    await page.at("#find-words").fill("nobody such")
    await says(page, "#find-said", "stopping")


async def test_who_was_on_no_screen_is_listed_where_the_hub_says_it(opened: Open) -> None:
    stage = AnnouncerStage()
    missed = crossing(2, 900, RUNNERS[8], why=["full"], words="The wall was full.")
    stage.answers["GET /api/sessions/4/unshown"] = {"unshown": [missed], "next": None}
    page = await opened(stage)
    await page.at("[data-show=unshown]").click(timeout=WAIT_MS)
    await expect(page.at("#rows .row")).to_have_count(1)
    await says(page, "#rows", "Olu Adeyemi", "The wall was full.")
    await says(page, "#hero-name", "Olu Adeyemi")


async def test_where_and_how_it_is_held_is_kept(opened: Open) -> None:
    stage = AnnouncerStage()
    page = await opened(stage, color_scheme="light")
    await says(page, "#hero-name", "Hương")
    desk = await page.page.evaluate(DESK)
    assert desk["hero"][0] == 0 and desk["list"][2] == TABLET["width"]
    await page.at("#menu-open").click()
    await page.at("#hand [data-hand=left]").click()
    await page.at("#look [data-look=dark]").click()
    await page.at("#place").select_option("START 10K")
    await page.at("#menu-close").click()
    await stage.open(page.page)
    await says(page, "#nobody-words", "Nobody yet at START 10K")
    assert await page.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(11, 14, 20)"
    desk = await page.page.evaluate(DESK)
    assert desk["list"][0] == 0 and desk["tools"][0] == 0


async def test_a_long_name_fits_and_nothing_covers_anything(opened: Open) -> None:
    page = await opened(AnnouncerStage([*calm()[:-1], crossing(21, 3, RUNNERS[5])], messages=MESSAGES))
    await says(page, "#hero-name", "Maximiliane")
    for size in (TABLET, UPRIGHT, PHONE):
        await page.page.set_viewport_size(size)
        await page.page.wait_for_function(f"() => !({CUT_OFF})()")
        boxes = await page.page.evaluate(DESK)
        for one, other in combinations(boxes.values(), 2):
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], boxes
        assert boxes["tools"][3] <= size["height"] and boxes["list"][3] - boxes["list"][1] >= 140


@pytest.mark.parametrize("recent", [calm(), [*calm(), *flood()], []], ids=["calm", "flood", "nobody"])
async def test_everybody_can_use_it(opened: Open, recent: list[dict[str, Any]]) -> None:
    stage = AnnouncerStage(recent, messages=MESSAGES, emergency="Storm: leave the course")
    stage.calls = {NEWEST - 1: {"offset": NEWEST - 1, "said_by": "Bo", "said_at": NOW.isoformat()}}
    stage.marks = {"bib:18": {"who": "bib:18", "starred": True, "note": "Won in 2019"}}
    page = await opened(stage)
    await expect(page.at("#state")).to_have_text("Live", timeout=WAIT_MS)
    await says(page, "#staff", "Storm")
    await check_usable(page.page)
    await usable_in(page.page, "dark")
    await page.page.keyboard.press("?")
    await usable_in(page.page, "dark")
    await check_usable(page.page)


async def usable_in(page: Page, colours: str) -> None:
    await page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    assert await page.evaluate(FAINT) == []
