"""The fleet in a browser: an address is made, opened from its picture, and its screen is found, named, made dark, moved
and sent away; and what the display page does of it.
"""

import io
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, ViewportSize, expect

from hub import __version__
from hub.web.screens import FLEET, known_as
from tests.pages import work_scenes
from tests.pages.desks import Open, staged_pages
from tests.pages.front_stage import FrontStage, display, state
from tests.pages.screens import LINE_CUT, WAIT_MS, Screen, Screens
from tests.pages.usable import SIZES
from tests.pages.venue import Venue, own_venue
from tests.pages.work_stage import WorkStage
from tests.pages.working import REFUSED, agree, says
from tests.running import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL: Final = ViewportSize(width=1280, height=720)
OWN: Final = "() => sessionStorage.getItem('screen') || localStorage.getItem('screen')"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def made(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Venue]:
    """A hub of this file's own: its fleet is counted, and it is stopped and started."""
    async with own_venue(postgres_dsn, tmp_path_factory.mktemp("fleet")) as venue:
        yield venue


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, made: Venue) -> AsyncIterator[Screens]:
    screens = Screens(browser, made.origin)
    screens.allowed += [REFUSED, LINE_CUT]
    try:
        yield screens
        assert screens.faults() == []
    finally:
        await screens.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser) as start:
        yield start


async def look_again(page: Screen) -> None:
    """What it does by itself every other second."""
    await page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def dark(screen: Screen, yes: bool = True) -> None:
    await expect(screen.at("body")).to_have_attribute("data-dark", str(yes).lower(), timeout=WAIT_MS)
    await expect(screen.at("#clock")).to_be_visible(visible=not yes, timeout=WAIT_MS)


async def test_from_an_address_to_a_screen_and_to_its_end(made: Venue, opened: Screens) -> None:
    page = await opened.signed_in(made, "/displays", SIZES["laptop"])
    await says(page, "#no-screen", "No screen has been here yet", "Open one of the addresses below")
    await page.at("#make-more summary").click()
    await page.at("#make [type=submit]").click()
    await says(page, "#make-name-error", "Give it a name.")
    await page.at("#make-name").fill("Bandstand")
    await page.at("#make-place").fill("Harbour gate")
    await page.at("#make-expires_in_hours").select_option("72")
    await page.page.keyboard.press("Enter")

    # the picture is what a telephone opens
    await expect(page.at("#qr[open] img")).to_have_js_property("complete", True, timeout=WAIT_MS)
    url = str(await page.at("#qr-url").text_content())
    picture = Image.open(io.BytesIO(await page.at("#qr-picture").screenshot()))
    assert [each.text for each in zxingcpp.read_barcodes(picture)] == [url]
    await page.at("#qr-old summary").click()
    await expect(page.at("#old-url")).to_have_text(f"{url}/old")
    await expect(page.at("#old-proxy")).to_contain_text(f"ProxyPass /stream {url.partition('/d/')[0]}/stream")
    for line in ("ProxyPreserveHost On", "RewriteRule ^/(ws/.*)$ ws://", "ProxyPass /login "):
        await expect(page.at("#old-proxy")).to_contain_text(line)
    await page.at("#qr [type=submit]").click()
    code = url.rpartition("/")[2]
    address = page.at(f".code-row[data-key='{code}']")
    await expect(address).to_contain_text("Harbour gate")
    await expect(address).to_contain_text("until ")
    wall = await opened.open(f"/d/{code}", SMALL)

    # it is in the list, with what it says of itself
    row = page.at(".screen")
    await wall.rests()
    await look_again(page)
    for words in (code, "Bandstand, Harbour gate", "1280\u00d7720", __version__, "Event and clock"):
        await expect(row).to_contain_text(words, timeout=WAIT_MS)
    made.app.live.tick()
    await expect(row.locator("[data-f=trip]")).to_contain_text("ms", timeout=WAIT_MS)
    screen_id = await row.get_attribute("data-key")

    await row.get_by_role("button", name="Change").click()
    await page.at("#screen-form-name").fill("LED wall")
    await page.page.keyboard.press("Enter")
    await expect(row).to_contain_text("LED wall", timeout=WAIT_MS)
    await row.focus()
    await page.page.keyboard.press("i")
    await says(wall, "#identify", code, "Bandstand", "LED wall", f"screen …{str(screen_id)[-4:]}")

    # moved, it keeps its name
    await row.get_by_role("button", name="Change").click()
    await page.at("#screen-form-code").select_option(made.code)
    await page.at("#screen-form [type=submit]").click()
    await wall.page.wait_for_url(f"**/d/{made.code}", timeout=WAIT_MS)
    await wall.rests()
    await look_again(page)
    await expect(row).to_contain_text(made.code, timeout=WAIT_MS)
    assert await row.get_attribute("data-key") == screen_id

    # and with its address it goes
    address = page.at(f".code-row[data-key='{made.code}']")
    await expect(address).to_contain_text("1 screen open", timeout=WAIT_MS)
    await address.get_by_role("button", name="Revoke").click()
    await agree(page, "Its address and its QR code stop working", "1 screen shows it now, and will go dark.")
    await says(wall, "#farewell", "This screen's address is not valid any more.")
    await look_again(page)
    await says(page, ".screen", "gone since")
    await address.get_by_role("button", name="Restore").click()
    await says(page, "#notice", "works again")
    await expect(address.get_by_role("button", name="Revoke")).to_be_visible(timeout=WAIT_MS)


async def test_dark_it_stays_whatever_starts_anew(made: Venue, opened: Screens) -> None:
    wall = await opened.open(f"/d/{made.code}", SMALL)
    await wall.rests()
    own = await wall.page.evaluate(OWN)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", own)
    page = await opened.signed_in(made, "/displays", SIZES["phone"])
    row = page.at(f".screen[data-key='{known_as(1, own)}']")
    blank = row.get_by_role("button", name="Blank")
    await blank.click()
    await dark(wall)
    await expect(blank).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    await expect(row).to_contain_text("Dark", timeout=WAIT_MS)
    await wall.page.reload()
    await dark(wall)
    await made.stop()
    await made.start()
    await wall.page.evaluate("localStorage.removeItem('dark screen ' + localStorage.getItem('screen'))")
    await wall.page.reload()
    await dark(wall)
    known = made.app._application[FLEET].find(known_as(1, own))
    assert known is not None and known.row.blank
    await page.page.reload()
    await expect(blank).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    await blank.click()
    await dark(wall, False)


async def test_what_is_wished_of_a_display_is_on_its_wall_at_once(made: Venue, opened: Screens) -> None:
    """The whole way: a press on the page, the hub, its table, the wall; and no wall is sent away for it."""
    await made.import_roster("bib,tag,name\n1,701,Ada Lovelace\n2,702,Alan Turing\n3,703,Grace Hopper\n")
    wall = await opened.open(f"/d/{made.code}", SMALL)
    await wall.rests()
    await wall.page.evaluate("window.stayed = true")
    page = await opened.signed_in(made, "/displays", SIZES["laptop"])
    row = page.at(f".code-row[data-key='{made.code}']")
    await row.get_by_role("button", name="Settings").click()
    await page.at("#settings-form-duration").fill("60")
    await page.at("#settings-form [type=submit]").click()
    await expect(row).to_contain_text("runners stay 60 s", timeout=WAIT_MS)
    made.reader.read("701")
    await wall.shows("Ada Lovelace")

    await row.focus()
    await page.page.keyboard.press("h")
    await expect(row).to_contain_text("held since", timeout=WAIT_MS)
    made.reader.read("702")
    await wall.reaches(2)
    assert await wall.at(".name:visible").get_attribute("aria-label") == "Ada Lovelace"
    await row.get_by_role("button", name="Resume").click()
    await wall.shows("Alan Turing")

    await row.get_by_role("button", name="Pin").click()
    await page.at("#pin .read", has_text="Ada Lovelace").click()
    await expect(row).to_contain_text("Ada Lovelace is pinned", timeout=WAIT_MS)
    await row.get_by_role("button", name="Skip").click()
    await expect(wall.at(".name[aria-label='Alan Turing']:visible")).to_have_count(0, timeout=WAIT_MS)
    await wall.shows("Ada Lovelace")
    assert await wall.page.evaluate("window.stayed"), "none of it loads the page anew"
    await wall.page.reload()
    await wall.shows("Ada Lovelace")

    await row.get_by_role("button", name="Blank").click()
    await dark(wall)
    await row.get_by_role("button", name="Blank").click()
    await wall.shows("Ada Lovelace")
    made.reader.read("703")
    await row.get_by_role("button", name="Resume").click()
    await wall.shows("Grace Hopper")
    await expect(row.get_by_role("button", name="Resume")).to_be_disabled(timeout=WAIT_MS)
    await row.get_by_role("button", name="Settings").click()
    await page.at("#settings-form-duration").fill("")
    await page.at("#settings-form [type=submit]").click()
    await expect(page.at("#settings")).to_be_hidden(timeout=WAIT_MS)


async def test_a_second_tab_is_a_screen_of_its_own_and_stays_it(made: Venue, opened: Screens) -> None:
    first = await opened.open(f"/d/{made.code}", SMALL)
    await first.rests()
    second = Screen(await first.page.context.new_page(), made.origin)
    await second.page.goto(f"{made.origin}/d/{made.code}")
    await second.rests()
    own = str(await first.page.evaluate(OWN))
    await second.page.wait_for_function(f"own => ({OWN})() === own + '-2'", arg=own, timeout=WAIT_MS)
    await second.page.reload()
    await second.rests()
    assert await second.page.evaluate(OWN) == f"{own}-2" and await first.page.evaluate(OWN) == own
    assert second.faults == []


async def test_without_storage_it_is_another_one_with_every_load(modules: Any) -> None:
    words = await modules.evaluate(
        """async () => {
          const { madeUp, makeOwn } = await import("/static/display-own.js");
          Object.defineProperty(window, "localStorage", { configurable: true, get() { throw new Error("refused"); } });
          const own = makeOwn();
          own.told({ own: "x".repeat(22), blank: true });
          delete window.localStorage;
          return [madeUp(16), own.query().screen, own.query().tab, own.dark()];
        }"""
    )
    assert len(words[0]) == 22 and words[1] == "x" * 22 and len(words[2]) == 8 and words[3] is False


async def test_what_is_amiss_is_marked_and_who_only_looks_wishes_nothing(desk: Open) -> None:
    stage = work_scenes.fleet("viewer")
    screen = await _staged(desk, stage)
    amiss = screen.at("dd[data-tone=warn]")
    assert await amiss.all_text_contents() == ["0.0.9, old", "1,840 ms", "0.9 · 1.7 · 12 s"]
    assert await screen.at(".screen b").all_text_contents() == [
        "Commentary",
        "LED wall",
        "Screen 9xQe",
        "Sponsor tent, the one with the curved screen",
    ]
    assert await screen.at(".screen button, #make").count() == 0
    await screen.page.keyboard.press("/")
    await screen.page.keyboard.type("bandstand")
    await expect(screen.at(".screen:visible")).to_have_count(1)
    await screen.page.keyboard.press("Escape")
    await screen.page.keyboard.press("j")
    await expect(screen.at(".screen").nth(1)).to_be_focused()
    stage.answers["GET /api/screens"] = lambda _asked: None


async def test_a_change_is_asked_for_in_the_hubs_words(desk: Open) -> None:
    stage = work_scenes.fleet()
    screen = await _staged(desk, stage)
    row = screen.at(".code-row", has_text="Bandstand")
    await expect(row).to_contain_text("looks like “Finish arch”")
    await row.get_by_role("button", name="Change").click()
    await screen.at("#change-form-template").select_option(label="Totem")
    stage.answers["PATCH /api/displays/TTW34ABC"] = {"display": {}}
    await screen.at("#change-form [type=submit]").click()
    await expect(screen.at("#change")).to_be_hidden(timeout=WAIT_MS)
    assert stage.told("PATCH", "/api/displays/TTW34ABC") == [
        {
            "name": "Bandstand",
            "place": "",
            "session_id": 4,
            "template": "Totem",
            "expires_at": None,
        }
    ]


async def test_how_it_shows_runners_is_said_in_one_form(desk: Open) -> None:
    there = {"control": {}, "reads": [], "locations": ["10 KM", "FINISH"], "races": ["10K"]}
    stage = work_scenes.fleet(answers={"GET /api/displays/TTW34ABC/control": there})
    screen = await _staged(desk, stage)
    row = screen.at(".code-row", has_text="Bandstand")
    await row.get_by_role("button", name="Settings").click()
    at = "#settings-form-"
    await expect(screen.at(at + "duration")).to_have_value("12")
    finish = screen.at("#settings-locations button", has_text="FINISH")
    await expect(finish).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    for name, wrong, words in (
        ("duration", "90", "1 to 60"),
        ("dwell", "x", "1 to 10"),
        ("gap_s", "61", "0 to 60"),
    ):
        await screen.at(at + name).fill(wrong)
        await screen.at("#settings-form [type=submit]").click()
        await says(screen, f"{at}{name}-error", words)
        await screen.at(at + name).fill({"duration": "7,5", "dwell": "", "gap_s": "0"}[name])
    await screen.at(at + "locations").fill("Finish, Tent ,")
    await expect(finish).to_have_attribute("aria-pressed", "true")
    await finish.click()
    await screen.at("#settings-locations button", has_text="10 KM").click()
    await screen.at("#settings-races button").click()
    await screen.at(at + "layout").select_option("fixed")
    await screen.at(at + "laps").select_option("first")
    await screen.at(at + "transitions").uncheck()
    stage.answers["PATCH /api/displays/TTW34ABC"] = {"display": {}}
    await screen.page.keyboard.press("Enter")
    await expect(screen.at("#settings")).to_be_hidden(timeout=WAIT_MS)
    assert stage.told("PATCH", "/api/displays/TTW34ABC") == [
        {
            "settings": {
                "duration": 7.5,
                "gap_s": 0,
                "layout": "fixed",
                "laps": "first",
                "transitions": False,
                "locations": ["Tent", "10 KM"],
                "races": ["10K"],
            }
        }
    ]


async def test_what_is_wished_of_a_display_by_key_and_by_hand(desk: Open) -> None:
    read = {
        "offset": 9,
        "tag": "T9",
        "bib": "9",
        "location": "FINISH",
        "time": "2026-05-16T10:20:11.000+02:00",
    }
    reads = [{**read, "offset": 10, "bib": None}, {**read, "runner": {"name": "Ann Lee"}}]
    path = "/api/displays/K7XQ2M9P/control"
    stage = work_scenes.fleet(
        answers={f"GET {path}": {"control": {}, "reads": reads}, f"POST {path}": {"control": {}}}
    )
    screen = await _staged(desk, stage)
    held = screen.at(".code-row", has_text="Bandstand")
    await expect(held.locator("[data-f=control]")).to_contain_text("Ingrid Solheim is pinned")
    pressed = held.locator(".controls [aria-pressed=true]")
    assert await pressed.all_text_contents() == ["Hold", "Pin"]
    await pressed.first.click()
    await says(screen, "#notice", "held already")
    row = screen.at(".code-row", has_text="Finish left")
    await expect(row.get_by_role("button", name="Resume")).to_be_disabled()
    await row.focus()
    for key in "bhs":
        await screen.page.keyboard.press(key)
        await says(screen, "#notice", {"b": "is dark", "h": "is held as it is", "s": "from now on"}[key])
    await screen.page.keyboard.press("p")
    first = screen.at("#pin .read").first
    await expect(first).to_be_focused(timeout=WAIT_MS)
    await expect(first).to_contain_text("Unknown tag T9")
    await screen.at("#pin .read", has_text="Ann Lee").click()
    await says(screen, "#notice", "keeps this card")
    assert stage.told("POST", path) == [
        {"action": "blank"},
        {"action": "hold"},
        {"action": "skip"},
        {"action": "pin", "offset": 9},
    ]
    assert await screen.at(".code-row", has_text="Start, seaward").locator(".controls").is_hidden()


async def test_in_the_control_room_a_display_is_made_dark_and_held(desk: Open) -> None:
    pinned = {"control": {"pin": {"offset": 5}}, "pinned": {"offset": 5, "bib": "17", "name": ""}}
    left, right = display("AAAA2222", "Left"), display("BBBB3333", "Right", **pinned)
    path = "/api/displays/AAAA2222/control"
    stage = FrontStage(state(displays=[left, right]), answers={f"POST {path}": {"control": {}}})
    screen = await desk(stage)
    row, other = (screen.at(".display", has_text=name) for name in ("Left", "Right"))
    await expect(other.locator("[data-f=control]")).to_have_text("bib 17 is pinned", timeout=WAIT_MS)
    await expect(other.get_by_role("button", name="Resume Right")).to_be_visible()
    blank, hold = (row.get_by_role("button", name=f"{name} Left") for name in ("Blank", "Hold"))
    await expect(row.get_by_role("button", name="Resume Left")).to_be_hidden()
    await blank.click()
    await stage.tell(displays=[{**left, "control": {"blank": True}}, right])
    await expect(blank).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    await blank.click()
    await hold.click()
    wished = [{"action": action} for action in ("blank", "unblank", "hold")]
    await until(lambda: stage.told("POST", path) == wished)


async def _staged(open_page: Open, stage: WorkStage) -> Screen:
    screen = await open_page(stage)
    await expect(screen.at(".screen").first).to_be_visible(timeout=WAIT_MS)
    return screen
