"""The control room from the first start on: everything a timer does in it, over one real hub, without a command line.

The tests follow one another, as a day does.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.pages.screens import LINE_CUT, SOON_MS, WAIT_MS, Screen, Screens
from tests.pages.usable import SIZES
from tests.pages.venue import first_link
from tests.pages.working import REFUSED, agree, says
from tests.postgres import fresh_database
from tests.running import Running, running_hub, settings_for, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAPTOP: Final = SIZES["laptop"]
SOUNDS: Final = "import('/static/front-sound.js').then(each => each.times())"


class Day:
    """A hub, its control room, and what hangs on the walls."""

    def __init__(self, hub: Running, browser: Browser) -> None:
        self.hub = hub
        self.screens = Screens(browser, hub.origin)
        self.screens.allowed += [REFUSED, LINE_CUT]
        self.room: Screen | None = None

    @property
    def page(self) -> Screen:
        assert self.room is not None
        return self.room

    async def look(self) -> None:
        """The control room asks at once, and not every other second."""
        await self.page.page.evaluate("dispatchEvent(new Event('online'))")

    def session_id(self, name: str) -> int:
        return next(each.row.id for each in self.hub.app.hub.sessions.values() if each.row.name == name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(
    browser: Browser, postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Day]:
    folder: Path = tmp_path_factory.mktemp("control")
    async with fresh_database(postgres_dsn) as dsn, running_hub(settings_for(dsn, folder)) as hub:
        made = Day(hub, browser)
        try:
            yield made
            assert made.screens.faults() == []
        finally:
            await made.screens.close()


async def test_from_the_first_start_to_the_first_screen(day: Day) -> None:
    """The link that the hub prints, a password, a session, a reader with its key, a display, a runner on the wall."""
    hub = day.hub
    page = day.room = await day.screens.open(f"/join#{first_link(hub.app)}", LAPTOP)
    for name, text in (("email", "ann@nordic.example"), ("name", "Ann Lee"), ("password", "mats and cables")):
        await page.at(f"#join-{name}").fill(text)
    await page.page.keyboard.press("Enter")
    await says(page, "#no-source", "No reader yet")
    await says(page, "#alarms-words", "No alarm")

    await page.at("#make-session summary").click()
    await page.at("#session-form-session_name").fill("Sunday")
    await page.page.keyboard.press("Enter")
    await expect(page.at(".session", has_text="Sunday")).to_contain_text("Live", timeout=WAIT_MS)

    host, port = hub.address()
    await expect(page.at("#listeners [data-f=host]")).to_have_text(host)
    await expect(page.at("#listeners [data-f=port]")).to_have_text(str(port))
    number = day.session_id("Sunday")
    await page.at("#stream-session").select_option(str(number))
    await expect(page.at("#stream-key")).to_have_text(
        hub.app.hub.sessions[number].row.stream_key, timeout=WAIT_MS
    )
    key = str(await page.at("#stream-key").text_content())

    await page.at("#make-display summary").click()
    await page.at("#display-form-name").fill("Finish left")
    await page.at("#display-form-session_id").select_option(str(number))
    await page.at("#display-form [type=submit]").click()
    address = page.at(".display", has_text="Finish left").locator("[data-f=url]")
    await expect(address).to_have_text(re.compile("/d/"), timeout=WAIT_MS)
    wall = await day.screens.open(str(await address.text_content()).removeprefix(hub.origin))
    await wall.rests()

    reader = await hub.reader(event=key).connect()
    reader.add("4711")
    await wall.shows("4711")
    await day.look()
    await says(page, "#readers", "1 reader connected")
    await says(page, "#screens", "1 screen open")
    source = page.at(".source", has_text="feeds Sunday")
    await expect(source).to_contain_text("FINISH", timeout=WAIT_MS)
    await expect(page.at(".session", has_text="Sunday")).to_contain_text("1 read in the last minute")
    await reader.hang_up()


async def test_an_alarm_is_seen_by_somebody_and_stays_seen(day: Day) -> None:
    page = day.page
    alarm = page.at(".alarm", has_text="is away")
    await day.look()
    await expect(alarm).to_contain_text("since", timeout=WAIT_MS)
    await says(page, "#alarms-words", "1 alarm")
    assert await page.page.evaluate(SOUNDS) == 0
    await page.at("#sound").click()
    await says(page, "#sound-words", "Alarms are heard.")
    await page.page.wait_for_function(f"async () => await {SOUNDS} > 0")
    await alarm.get_by_role("button", name="Acknowledge").click()
    await says(page, "#alarms-words", "No new alarm, 1 acknowledged")
    await page.page.reload()
    await says(page, "#alarms-words", "No new alarm, 1 acknowledged")
    await expect(alarm).to_contain_text("Acknowledged")
    await says(page, "#sound-words", "silent until you click")
    await page.at("#alarms-words").click()
    await says(page, "#sound-words", "Alarms are heard.")
    await page.page.keyboard.press("m")
    await says(page, "#sound-words", "Sound is off.")


async def test_a_reader_that_nobody_has_claimed_is_assigned_with_one_click(day: Day) -> None:
    """What it has sent goes along, and what it sends is on the wall."""
    hub, page = day.hub, day.page
    wall = day.screens.all[-1]
    stray = hub.reader(event="No key at all")
    stray.add("5001", "5002")
    await stray.connect()
    await stray.sent()
    row = page.at(".source", has_text="No key at all")
    await day.look()
    await expect(row).to_contain_text("It leads nowhere. 2 reads wait here.", timeout=WAIT_MS)
    await says(page, "#readers", "1 reader leads nowhere")
    await row.get_by_role("button", name="Assign", exact=False).filter(has_text="Sunday").click()
    await says(page, "#notice", "feeds Sunday now")
    session = hub.app.hub.sessions[day.session_id("Sunday")]
    await until(lambda: session.durable == 3)
    await until(lambda: not hub.app.changes.moving._progress)
    await day.look()
    await expect(row).to_contain_text("feeds Sunday", timeout=WAIT_MS)
    stray.add("5003")
    await wall.shows("5003")

    await row.get_by_role("button", name="Change what").click()
    await row.get_by_role("button", name="Take out").click()
    await agree(page, "Take", "out of “Sunday”?")
    await expect(row).to_contain_text("3 reads wait here", timeout=WAIT_MS)
    await stray.hang_up()


async def test_the_emergency_line_is_on_all_screens_at_once(day: Day) -> None:
    page = day.page
    first = day.screens.all[-1]
    second = await day.screens.open(f"/d/{day.hub.code}")
    await second.rests()
    await page.at("#emergency-open").click()
    await page.at("#emergency-form-text").fill("Storm: leave the course")
    await says(page, "#emergency-words", "covers everything on")
    await page.page.keyboard.press("Enter")
    for wall in (first, second):
        await expect(wall.at("#emergency-text")).to_have_text("Storm: leave the course", timeout=SOON_MS)
    await says(page, "#emergency", "On all screens: Storm: leave the course")
    await page.at("#emergency").get_by_role("button", name="Clear").click()
    await agree(page, "Clear the line on all screens?")
    await expect(page.at("#emergency")).to_be_hidden(timeout=WAIT_MS)
    for wall in (first, second):
        await expect(wall.at("#emergency")).to_be_hidden()


async def test_a_test_before_the_start(day: Day) -> None:
    page, row = day.page, day.page.at(".session", has_text="Sunday")
    await row.get_by_role("button", name="Test mode").click()
    await agree(page, "Turn on test mode for “Sunday”?", "do not count")
    await expect(row).to_contain_text("TEST", timeout=WAIT_MS)
    assert day.hub.app.hub.sessions[day.session_id("Sunday")].row.testing
    await row.get_by_role("button", name="End the test").click()
    await agree(page, "End the test of “Sunday”?")
    await expect(row).not_to_contain_text("TEST", timeout=WAIT_MS)


async def test_minutes_of_ones_own(day: Day) -> None:
    page = day.page
    await page.at("#alarm-more summary").click()
    await page.at("#alarm-form-silent_min").fill("3")
    await page.at("#alarm-form-location_min").fill("9999")
    await page.page.keyboard.press("Enter")
    await expect(page.at("#alarm-form .error:visible")).to_contain_text("1440", timeout=WAIT_MS)
    await page.at("#alarm-form-location_min").fill("0")
    await page.page.keyboard.press("Enter")
    await says(page, "#notice", "Saved.")
    await page.page.reload()
    await page.at("#alarm-more summary").click()
    await expect(page.at("#alarm-form-silent_min")).to_have_value("3")
