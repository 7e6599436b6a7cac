"""The control room in a browser: over a real hub, and with a hub on stage for what one seldom says."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from hub.web import assets
from tests.pages.browsers import browsers_of
from tests.pages.door import ORIGIN
from tests.pages.front_pictures import busy, reads, take, trouble
from tests.pages.front_stage import (
    HOST,
    FrontStage,
    ago,
    alarm,
    display,
    listener,
    session,
    source,
    state,
)
from tests.pages.screens import LINE_CUT, WAIT_MS, Screen, Screens, read
from tests.pages.usable import FAINT, SIZES, check_usable
from tests.pages.venue import Venue
from tests.pages.work_stage import NAME, refusal

pytestmark = pytest.mark.asyncio(loop_scope="session")

Opened = tuple[Screen, FrontStage]
Open = Callable[..., Awaitable[Opened]]

LAPTOP: Final = SIZES["laptop"]
HUB_AWAY: Final = re.compile(r"Failed to load resource: (net::ERR_|.* status of 503)")
NASTY: Final = "<img src=x onerror=alert(1)>"
ROWS: Final = "#rows tr"

OFTEN: Final = re.compile(r"(^const (POLL|POLL_LEAST|BEAT|STALE|ASK)_MS = )([0-9]{4,});", re.MULTILINE)

REFUSES: Final = """() => Object.defineProperty(navigator, "clipboard", {
  value: { writeText: () => Promise.reject(new Error("no")) },
})"""


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    """Opens front pages with a hub on stage. None of them may complain."""
    screens: list[Screen] = []

    async def open_page(
        told: dict[str, Any],
        *recent: dict[str, Any],
        size: ViewportSize = LAPTOP,
        answers: dict[str, Any] | None = None,
    ) -> Opened:
        screen = Screen(await browsers_of(browser).lend(ORIGIN, locale="en-GB"), ORIGIN)
        stage = FrontStage(told, list(recent), answers=answers)
        screens.append(screen)
        await screen.page.set_viewport_size(size)
        await stage.open(screen.page)
        return screen, stage

    yield open_page
    faults = [fault for screen in screens for fault in screen.faults]
    await browsers_of(browser).take_back(*(screen.page for screen in screens))
    assert faults == []


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page asks the hub five times as often, and misses it five times as soon."""
    read_script = assets._without_comments
    names: set[str] = set()

    def hurry(script: str) -> bytes:
        names.update(found[2] for found in OFTEN.finditer(script))
        return read_script(OFTEN.sub(lambda found: f"{found[1]}{int(found[3]) // 5};", script))

    monkeypatch.setattr(assets, "_without_comments", hurry)
    yield
    assert names == {"POLL", "POLL_LEAST", "BEAT", "STALE", "ASK"}


async def says(screen: Screen, selector: str, *words: str) -> None:
    """Waits until all of these words stand there."""
    for each in words:
        await expect(screen.at(selector).first).to_contain_text(each, timeout=WAIT_MS)


# Over a real hub


@pytest.mark.usefixtures("hurried")
async def test_a_timer_s_first_minutes(venue: Venue, screens: Screens) -> None:
    """Where to point the reader, its first read, a name for it, and the screen."""
    page = await screens.signed_in(venue, "/", LAPTOP)
    host, port = venue.app.settings.listeners[0].host, venue.app.condition.tcp_port
    await expect(page.at("h1")).to_have_text("Riverside timing is running")
    await says(page, "#kept", "Every read is kept")
    await expect(page.at("#listeners [data-f=host]").first).to_have_text(host)
    await expect(page.at("#listeners [data-f=port]").first).to_have_text(str(port))
    await expect(page.at("#displays [data-f=url]")).to_have_text(f"{venue.origin}/d/{venue.code}")
    assert await page.at(".qr").evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    await says(page, "#nothing", "No read yet")
    venue.reader.read("4711")
    await says(page, ROWS, "Finish", "unknown tag 4711", "ago")
    await says(page, "#readers", "1 reader connected", "at Finish")
    await says(page, ".source", "from 127.0.0.1 is connected: Finish,")
    await expect(page.at("#nothing")).to_be_hidden()
    await venue.import_roster("bib,tag,name\n101,4711,Ada Lovelace\n")
    await says(page, ROWS, "101", "Ada Lovelace")
    await says(page, ".session", "1 runner")
    wall = await screens.open(f"/d/{venue.code}")
    await wall.reaches(1)
    await says(page, "#screens", "1 screen open")


@pytest.mark.usefixtures("hurried")
async def test_a_hub_that_was_away(venue: Venue, screens: Screens) -> None:
    page = await screens.signed_in(venue, "/", LAPTOP)
    page.allow(LINE_CUT)
    page.allow(HUB_AWAY)
    venue.reader.read("4711")
    await says(page, ROWS, "unknown tag 4711")
    await venue.stop()
    await says(page, "h1", "Riverside timing does not answer")
    await expect(page.at("#stale")).to_contain_text("no connection for", timeout=WAIT_MS)
    await says(page, "#kept", "Not known")
    await venue.start()
    venue.reader.read("4712")
    await says(page, "h1", "Riverside timing is running")
    await says(page, ROWS, "unknown tag 4712")
    await expect(page.at(ROWS)).to_have_count(2)
    await expect(page.at("#stale")).to_be_hidden(timeout=WAIT_MS)


# What a hub says


async def test_the_next_step_when_there_is_nothing(opened: Open) -> None:
    page, stage = await opened(state())
    await says(page, "#readers", "No reader yet", "Point SimpleClient at this hub")
    await says(page, "#screens", "No screen yet", "Open a display")
    await says(page, "#no-source", "One that connects is listed here")
    await says(page, "#nothing", "No read yet", "play a controller")
    await expect(page.at("#steps li")).to_have_count(4)
    await says(page, "#replay", "racehub replay", "--to 127.0.0.1:61611")
    await stage.tell(sources=[source(1)])
    await says(page, "#nothing", "A reader is connected")
    await stage.tell(sessions=[], displays=[], sources=[], listeners=[listener(hosts=[])])
    await says(page, "#nothing", "No live session")
    await says(page, "#no-session", "Make the first one")
    await says(page, "#no-display", "There is no display yet")
    await says(page, "#listeners", "in no network yet")


async def test_readers_one_by_one(opened: Open) -> None:
    page, stage = await opened(busy(), *reads())
    await says(page, "#readers", "2 readers connected", "at FINISH")
    await says(
        page,
        ".source >> nth=0",
        "SimpleClient 0.6.0 from 192.168.1.30 is connected: FINISH,",
        "10 KM 14 s ago · FINISH",
        "9,811 reads",
    )
    await says(page, ".source >> nth=1", "START 5K, 11 min ago", "event Harbour Run")
    await expect(page.at("#steps")).not_to_have_attribute("open", "")
    await stage.tell(sources=trouble()["sources"][1:])
    await says(page, "#readers[data-tone=warn]", "1 of 2 readers connected")
    await says(page, ".source[data-tone=warn] >> nth=1", "192.168.1.31 is away")
    await stage.tell(sources=[source(1, ("FINISH", 90), online=False)], sources_more=3)
    await says(page, "#readers[data-tone=warn]", "No reader is connected", "Last read 1 min ago at FINISH")
    await says(page, "#sources-more", "and 3 more")


async def test_a_demos_reader_that_has_gone_is_no_trouble(opened: Open) -> None:
    show = session(2, "Demo", purpose="demo", offset=9)
    page, _ = await opened(
        state(sessions=[show], sources=[source(1, ("FINISH", 90), session=2, online=False)])
    )
    await says(page, "#readers", "No reader yet")
    await says(page, ".source:not([data-tone])", "is away", "demo")
    await expect(page.at("#steps")).to_have_attribute("open", "")


async def test_trouble_has_words_and_colour(opened: Open) -> None:
    page, stage = await opened(trouble(), *reads())
    await says(page, "#kept[data-tone=warn]", "on disk only", "connection refused.", "49 kB wait for it")
    await says(
        page, "#refused", "192.168.1.99 was refused as nordic: the password is wrong, 4 times, 40 s ago"
    )
    await says(page, "#said", "Every read is kept, on disk only")
    await expect(page.page).to_have_title(f"⚠ {NAME}")
    bad = {**stage.state["health"], "journal": "no space left on device"}
    await stage.tell(health=bad)
    await says(page, "#kept[data-tone=bad]", "Reads are not being kept", "Journal: no space left on device.")
    good = {**bad, "journal": "", "database": "", "rejected": 3}
    await stage.tell(health=good, sources=[source(1, ("FINISH", 1))], alarms=[])
    await says(page, "#kept[data-tone=good]", "Every read is kept", "12,408 reads", "3 lines not understood")
    await says(page, "#said", "All is well again")
    await expect(page.page).to_have_title(NAME)
    await stage.tell(health={**good, "warning": "3 reads were set aside"})
    await says(page, "#kept[data-tone=warn]", "3 reads were set aside.")


async def test_a_screen_that_went_away(opened: Open) -> None:
    left, right = display("AAAA2222", "Left", screens=1), display("BBBB3333", "Right", screens=2)
    page, stage = await opened(state(displays=[left, right]))
    await says(page, "#screens[data-tone=good]", "3 screens open", "2 of 2 displays")
    await stage.tell(displays=[{**left, "screens": 0}, right])
    await says(page, "#screens[data-tone=warn]", "Left has no screen", "closed")
    await stage.tell(displays=[left, right])
    await says(page, "#screens[data-tone=good]", "3 screens open")


async def test_lines_that_are_missing_and_lines_that_are_none(opened: Open) -> None:
    odd = source(1, ("FINISH", 3), ("START", 90), rejected=2)
    odd["locations"][0]["gap"] = [120, 131]
    odd["locations"][1]["gap"] = [7, 7]
    page, _ = await opened(state(sources=[odd, source(2, ("10 KM", 3))]))
    seen = "FINISH: lines 120 to 131 are missing", "START: line 7 is missing", "2 lines not understood"
    await says(page, ".source[data-tone=warn]", *seen)
    await expect(page.at(".source[data-tone=warn]")).to_have_count(1)


async def test_reads_as_they_come(opened: Open) -> None:
    first = read(1, {"bib": "101", "name": "Ada Lovelace"}, location="10 KM")
    page, stage = await opened(state(), first)
    await says(page, ROWS, "10:00:00", "10 KM", "101", "Ada Lovelace")
    stage.say(read(2, kind="gun", location="START"), read(3, marks=["late", "repeat"]))
    stage.say(read(3, tag="1"), read(2), {"type": "tick", "now": ago(0), "offset": 3})
    await expect(page.at(ROWS)).to_have_count(3)
    await says(page, f"{ROWS} >> nth=0", "unknown tag 4711", "late, repeat")
    await says(page, f"{ROWS} >> nth=1", "START", "Start", "gun")
    stage.say(
        {"type": "correction", "offset": 3, "runner": {"bib": "7", "first_name": "Bo", "last_name": "Ek"}}
    )
    await says(page, f"{ROWS} >> nth=0", "7", "Bo Ek")
    stage.say({"type": "correction", "offset": 1, "runner": None}, {"type": "retract", "offset": 2})
    await expect(page.at(ROWS)).to_have_count(2)
    await says(page, f"{ROWS} >> nth=1", "unknown tag 4711")
    stage.say(*(read(number, {"bib": str(number), "name": "Runner"}) for number in range(4, 120)))
    await says(page, f"{ROWS} >> nth=0", "119")
    await expect(page.at(ROWS)).to_have_count(50)


async def test_a_line_that_was_cut_goes_on_from_its_offset(opened: Open) -> None:
    page, stage = await opened(state(), read(1))
    await says(page, ROWS, "unknown tag 4711")
    stage.say(read(2, tag="2"))
    await says(page, ROWS, "unknown tag 2")
    stage.recent = [read(2, tag="2"), read(3, tag="3")]
    await stage.cut()
    await says(page, ROWS, "unknown tag 3")
    await expect(page.at(ROWS)).to_have_count(2)
    assert [each.partition("/ws/")[2] for each in stage.sockets] == [
        "sessions/1",
        "sessions/1?after=2&epoch=1",
    ]


async def test_the_session_that_is_shown(opened: Open) -> None:
    """A real one before a demo, once it has reads; then whichever somebody picks."""
    real, show = session(2, "Sunday", event="Harbour Run"), session(1, "Demo", purpose="demo", offset=9)
    page, stage = await opened(state(sessions=[real, show]))
    await expect(page.at("#session")).to_have_value("1")
    assert await page.at("#session option").all_text_contents() == ["Sunday, Harbour Run", "Demo"]
    await stage.tell(sessions=[{**real, "offset": 1}, show])
    await expect(page.at("#session")).to_have_value("2")
    await page.at("#session").select_option("Demo")
    await stage.tell(sessions=[{**real, "offset": 2}, show])
    await expect(page.at("#session")).to_have_value("1")
    await stage.tell(sessions=[{**real, "offset": 2}])
    await expect(page.at("#picker")).to_be_hidden()
    assert [each.rpartition("/")[2].partition("?")[0] for each in stage.sockets] == ["1", "2", "1", "2"]


async def test_a_session_that_is_ended(opened: Open) -> None:
    first, second = session(2, "Sunday", offset=1), session(1, "Saturday", offset=1)
    page, stage = await opened(state(sessions=[first, second]), read(1))
    await says(page, ROWS, "unknown tag 4711")
    stage.state["sessions"] = [second]
    stage.recent = [read(1, tag="1")]
    await stage.cut(4003)
    await says(page, ROWS, "unknown tag 1")
    assert [each.rpartition("/")[2] for each in stage.sockets] == ["2", "1"]


async def test_names_from_outside_are_text(opened: Open) -> None:
    named = {"bib": NASTY, "name": NASTY}
    told = busy() | {
        "sessions": [session(4, NASTY, event=NASTY), session(3, NASTY)],
        "sources": [source(1, (NASTY, 3), program=NASTY, event_name=NASTY, remote=NASTY)],
        "displays": [display("AAAA2222", NASTY)],
        "health": {**busy()["health"], "database": NASTY},
    }
    page, _ = await opened(told, read(1, named, location=NASTY, marks=[NASTY]))
    await says(page, ROWS, NASTY)
    assert (
        await page.at(".source [data-f=words]").text_content()
        == f"{NASTY} 0.6.0 from {NASTY} is connected: {NASTY}, 3 s ago"
    )
    await expect(page.at("img")).to_have_count(1)


@pytest.mark.parametrize("clipboard", ["none, as over plain http", "one that says no"])
async def test_copy(opened: Open, clipboard: str) -> None:
    page, _ = await opened(busy())
    await page.at("#steps > summary").click()
    if clipboard.startswith("one"):
        await page.page.evaluate(REFUSES)
    else:
        assert await page.page.evaluate("navigator.clipboard === undefined")
    for name, words in (
        ("the host", HOST),
        ("this address", "10.8.0.6"),
        ("the port", "61611"),
        ("the stream key", "K3YTOTHIS1"),
        ("the stream password", "mats-cables-42"),
        ("the address", f"http://{HOST}:8080/d/K7XQ2M9P"),
    ):
        button = page.page.get_by_role("button", name=f"Copy {name}").first
        await button.click()
        await expect(button).to_have_text("Copied")
        assert await pasted(page.page) == words


async def pasted(page: Page) -> str:
    await page.evaluate(
        "document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))"
    )
    await page.locator("#paste").focus()
    await page.keyboard.press("Control+V")
    words: str = await page.evaluate("const box = document.getElementById('paste'); box.remove(); box.value")
    return words


# How it looks


@pytest.mark.parametrize("told", [state(), busy(), trouble()], ids=["empty", "busy", "trouble"])
async def test_everybody_can_use_it(opened: Open, told: dict[str, Any]) -> None:
    page, _ = await opened(told, *(reads() if told["sources"] else []))
    await expect(page.at("#rows tr, #nothing:not([hidden])").first).to_be_visible()
    await page.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    await check_usable(page.page)
    await page.page.emulate_media(color_scheme="dark")
    assert await page.page.evaluate(FAINT) == []


async def test_the_three_answers_are_on_the_first_screen(opened: Open) -> None:
    for size in SIZES.values():
        page, _ = await opened(busy(), *reads(), size=size)
        await says(page, "#screens", "3 screens open")
        for answer in ("#kept", "#readers", "#screens"):
            box = await page.at(answer).bounding_box()
            assert box is not None and box["y"] + box["height"] < size["height"]


async def test_the_keyboard_reaches_all_and_is_seen(opened: Open) -> None:
    page, _ = await opened(state())
    await page.page.keyboard.press("Tab")
    await expect(page.at(".skip")).to_be_focused()
    await page.page.keyboard.press("Tab")
    focused = page.at(":focus-visible")
    await expect(focused).to_have_text(NAME)
    assert await focused.evaluate("each => getComputedStyle(each).outlineWidth") == "3px"


async def test_alarms_by_name_and_age(opened: Open) -> None:
    page, stage = await opened(state(sources=[source(1, ("FINISH", 3))]))
    await says(page, "#alarms-words", "No alarm")
    away = alarm("away:1", "SimpleClient at 192.168.1.30 is away", 700)
    await stage.tell(alarms=[away, alarm("clock:1", NASTY, None)])
    await says(page, "#alarms-words", "2 alarms")
    await says(page, ".alarm >> nth=0", "is away", "since 11 min")
    await says(page, ".alarm >> nth=1", NASTY, "since just now")
    await expect(page.page).to_have_title(f"⚠ {NAME}")
    await page.at(".alarm button >> nth=0").click()
    await says(page, "#alarms-words", "1 alarm")
    [sent] = stage.told("PUT", "/api/me/settings")
    assert sent["alarms"]["seen"] == {"away:1": away["since"]}
    await stage.tell(alarms=[{**away, "since": ago(30)}])
    await says(page, "#alarms-words", "1 alarm")
    await says(page, ".alarm", "since 30 s")
    await stage.tell(alarms=[{**alarm("journal", "Reads are not being kept"), "since": None}])
    await expect(page.at("#alarms")).to_have_attribute("data-tone", "bad", timeout=WAIT_MS)
    asked = [each["query"] for each in stage.asked if each["path"] == "/front/state"]
    assert set(asked) == {"silent_min=5&location_min=20"}


async def test_what_a_person_cannot_keep_is_said_and_holds_here(opened: Open) -> None:
    page, stage = await opened(state(alarms=[alarm("away:1", "A reader is away")]))
    page.allow(HUB_AWAY)
    stage.answers["PUT /api/me/settings"] = refusal(503, "PostgreSQL does not answer")
    await page.at(".alarm button").click()
    await says(page, "#notice", "PostgreSQL does not answer")
    await says(page, "#alarms-words", "No new alarm, 1 acknowledged")


async def test_readers_are_given_their_place_by_key(opened: Open) -> None:
    """`j` to the row, `a` where there is one choice; Enter and a question where it feeds another session."""
    stray = source(9, ("FINISH", 3), session=90, inbox=True, held=5000, amber="its session has ended")
    placed = source(8, ("START", 3), session=1)
    done: dict[str, Any] = {"source": {}}
    page, stage = await opened(
        state(sources=[stray, placed]) | {"sessions": [session(1, "Sunday")]},
        answers={"POST /api/sources/9/assign": done, "POST /api/sources/8/assign": done},
    )
    await says(
        page, ".source[data-amber]", "Its session has ended. 5,000 reads wait here.", "Assign to Sunday"
    )
    for _ in range(2):
        await page.page.keyboard.press("j")
    await expect(page.at(".source >> nth=0")).to_be_focused()
    await page.page.keyboard.press("a")
    await says(page, "#notice", "feeds Sunday now")
    assert stage.told("POST", "/api/sources/9/assign") == [{"session_id": 1}]

    moving = {**stray, "move": {"done": 3200, "total": 5000}}
    await stage.tell(sources=[moving, placed], sessions=[session(1, "Sunday"), session(2, "Monday")])
    await says(page, ".source >> nth=0", "3,200 of 5,000 reads moved")
    await expect(page.at(".source >> nth=0").locator("button:visible")).to_have_count(0)
    await page.at(".source >> nth=1").focus()
    await page.page.keyboard.press("Enter")
    await page.page.keyboard.press("Enter")
    await says(page, "#sure[open]", "to “Monday”?", "1,204 reads since the hub", "taken out of “Sunday”")
    await page.at("#sure-yes").click()
    await says(page, "#notice", "feeds Monday now")
    assert stage.told("POST", "/api/sources/8/assign") == [{"session_id": 2}]


async def test_a_filter_for_all_of_it(opened: Open) -> None:
    many = [source(number, (f"{number} KM", 3)) for number in range(10, 20)]
    page, stage = await opened(state(sources=many, displays=[display("AAAA2222", "Left 14 KM")]))
    await page.page.keyboard.press("/")
    await page.page.keyboard.type("14 km")
    await expect(page.at(".source")).to_have_count(1)
    await expect(page.at(".display")).to_have_count(1)
    await says(page, "#no-session", "No session fits")
    await stage.tell(sources=many[:2])
    await says(page, "#no-source", "No reader fits “14 km”.")


async def test_rates_and_tags_that_nobody_wears(opened: Open) -> None:
    tag = {"tag": NASTY, "count": 2, "location": "FINISH", "at": ago(12)}
    busy_one = session(1, "Sunday", rate=[0] * 49 + [4] * 10, runners=9, unknown={"count": 1, "last": [tag]})
    page, stage = await opened(state(sessions=[busy_one]))
    await says(page, ".session", "4 reads a second", "1 unknown tag")
    await page.at(".unknown-tags summary").click()
    await says(page, ".unknown-tags li", NASTY, "2 reads, last at FINISH")
    await stage.tell(sessions=[session(1, "Sunday", testing=True)])
    await says(page, ".session", "no read in the last minute", "TEST")
    await expect(page.at(".unknown-tags")).to_be_hidden()


async def test_figures_as_a_line(modules: Page) -> None:
    spark = """async rate => {
      const all = await import('/static/front-spark.js');
      return [all.points(rate), all.rateWords(rate)];
    }"""
    for rate, points, words in (
        ([], "0,21 118,21", ""),
        ([3], "118.0,1.0", "3 reads in the last minute"),
        ([1], "118.0,1.0", "1 read in the last minute"),
        ([0, 0], "116.0,21.0 118.0,21.0", ""),
        ([0] * 9 + [10], None, "1 read a second"),
        ([0] * 49 + [1500] * 10, None, "1,500 reads a second"),
    ):
        found = await modules.evaluate(spark, rate)
        assert points in (None, found[0]) and found[1] == words


async def test_what_stands_still_is_left_alone(opened: Open) -> None:
    """A row keeps its element while others come, and a button its focus while the page asks."""
    page, stage = await opened(busy(), read(1))
    await says(page, ROWS, "unknown tag 4711")
    row = await page.at(ROWS).element_handle()
    await page.at("#steps > summary").click()
    await page.page.get_by_role("button", name="Copy the host").focus()
    stage.say(read(2, tag="2"))
    await stage.tell(version=stage.state["version"], sources_more=1)
    await says(page, "#sources-more", "and 1 more")
    await expect(page.at(ROWS)).to_have_count(2)
    assert await page.at(f"{ROWS} >> nth=1").evaluate("(now, before) => now === before", row)
    await expect(page.page.get_by_role("button", name="Copy the host")).to_be_focused()


async def test_pictures_can_be_made(browser: Browser, tmp_path: Path) -> None:
    await take(browser, "busy-phone", tmp_path / "front.png")
    assert (tmp_path / "front.png").stat().st_size > 10_000
