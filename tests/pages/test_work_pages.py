"""Work pages in a browser: what each is for, done once over a real hub."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.pages.screens import WAIT_MS, Screens
from tests.pages.usable import SIZES
from tests.pages.venue import Venue
from tests.pages.working import REFUSED, agree, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAPTOP: Final = SIZES["laptop"]
ROSTER: Final = b"bib,tag,name\n101,4711,Ada Lovelace\n102,,\n"


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser, house: Venue) -> AsyncIterator[Screens]:
    made = Screens(browser, house.origin)
    made.allowed.append(REFUSED)
    try:
        yield made
        assert made.faults() == []
    finally:
        await made.close()


async def test_sessions_and_displays_are_made_in_the_control_room(house: Venue, pages: Screens) -> None:
    page = await pages.signed_in(house, "/", LAPTOP)
    await page.at("#make-session summary").click()
    await page.at("#session-form [type=submit]").click()
    await says(page, "#session-form-session_name-error", "Give it a name.")
    await expect(page.at("#session-form-session_name")).to_be_focused()
    await page.at("#session-form-session_name").fill("Dress rehearsal")
    await page.at("#session-form-rehearsal").check()
    await page.page.keyboard.press("Enter")
    row = page.at(".session", has_text="Dress rehearsal")
    await expect(row).to_contain_text("Live", timeout=WAIT_MS)
    await expect(row).to_contain_text("Rehearsal")

    await page.at("#make-display summary").click()
    await page.at("#display-form-name").fill("Bandstand")
    await page.at("#display-form-session_id").select_option(await row.get_attribute("data-key"))
    await page.at("#display-form [type=submit]").click()
    display = page.at(".display", has_text="Bandstand")
    await expect(display.locator("[data-f=shows]")).to_have_value(re.compile(r"\d+"), timeout=WAIT_MS)
    await display.locator("[data-f=shows]").select_option("")
    await says(page, "#notice", "“Bandstand” shows the active session.")

    await row.get_by_role("button", name="End").click()
    await agree(page, "End “Dress rehearsal”?", "It can be reopened.")
    await expect(row).to_contain_text("Ended", timeout=WAIT_MS)
    await row.get_by_role("button", name="Reopen").click()
    await expect(row).to_contain_text("Live", timeout=WAIT_MS)
    await row.get_by_role("button", name="End").click()
    await agree(page)
    await display.get_by_role("button", name="Delete").click()
    await agree(page, "Delete “Bandstand”?", "No screen shows it now.")
    await expect(display).to_have_count(0, timeout=WAIT_MS)


async def test_a_session_from_its_name_to_its_export(house: Venue, pages: Screens, tmp_path: Path) -> None:
    page = await pages.signed_in(house, "/", LAPTOP)
    made = await page.page.request.post(
        f"{house.origin}/api/sessions",
        data={"session_name": "Sunday", "start": False},
        headers={"Origin": house.origin},
    )
    number = (await made.json())["id"]
    await page.page.goto(f"{house.origin}/sessions/{number}")
    await says(page, "#status", "Scheduled")
    await page.at("#facts-session_name").fill("Sunday, 10K")
    await page.at("#facts [type=submit]").click()
    await says(page, "h1", "Sunday, 10K")

    await page.at("#event-summary").click()
    await page.at("#event-name").fill("Harbour Run")
    await page.at("#event-date").fill("2026-05-16")
    await page.at("#event-timezone").fill("Oslo")
    await page.at("#add-race").click()
    await page.at("[name=race_name]").fill("10K")
    await page.at("[name=distance_m]").fill("10 000")
    await page.at("#event [type=submit]").click()
    await says(page, "#event-timezone-error", "Europe/Oslo")
    await page.at("#event-timezone").fill("Europe/Oslo")
    await page.at("#event [type=submit]").click()
    await says(page, "#event-summary", "Change “Harbour Run”")
    await says(page, "#figures", "Harbour Run")

    await says(page, "#roster-words", "Nobody yet")
    await page.at("#roster a", has_text="Open the roster").click()
    await says(page, "#nobody", "Nobody is on the roster yet")
    async with page.page.expect_file_chooser() as chooser:
        await page.at("#import [data-kind=roster]").click()
    await (await chooser.value).set_files({"name": "runners.csv", "mimeType": "text/csv", "buffer": ROSTER})
    await page.at("#import-columns [type=submit]").click()
    await page.at("#import-apply [type=submit]").click()
    await says(page, "#counted", "2 runners")
    await page.at(".back a").click()
    await says(page, "#roster-words", "2 runners")
    await says(page, "#roster-from", "2 from a file")

    await page.at("#show-key").click()
    key = await page.at("#key").text_content()
    await page.at("#renew-key").click()
    await agree(page, "Renew the stream key?")
    await expect(page.at("#key")).not_to_have_text(str(key))
    await page.at("[data-turn=start]").click()
    await says(page, "#status", "Live")
    await page.at("[data-turn=end]").click()
    await agree(page, "End “Sunday, 10K”?")
    await says(page, "#status", "Ended")

    await page.at("#delete-form-name").fill("Sunday")
    await page.at("#delete-form [type=submit]").click()
    await says(page, "#delete-form-name-error", "Sunday, 10K")
    await page.at("#delete-form-name").fill("Sunday, 10K")
    await page.at("#delete-form [type=submit]").click()
    await says(page, ".gone", "“Sunday, 10K” is deleted", ".zip")
    async with page.page.expect_download() as download:
        await page.at(".gone a", has_text="Download").click()
    await (await download.value).save_as(tmp_path / "kept.zip")
    assert (tmp_path / "kept.zip").read_bytes()[:2] == b"PK"


async def test_users_and_partners_come_and_go(house: Venue, pages: Screens) -> None:
    page = await pages.signed_in(house, "/users", LAPTOP)
    await page.at("#partner-more summary").click()
    await page.at("#partner-name").fill("Alpine Chrono")
    await page.at("#partner [type=submit]").click()
    await says(page, "#partner-list", "Alpine Chrono", "alpine-chrono")
    await page.at("#invite-more summary").click()
    await page.at("#invite-email").fill("no address")
    await page.at("#invite-partner").select_option(label="Alpine Chrono")
    await page.at("#invite [type=submit]").click()
    await expect(page.at("#invite-email-error")).to_be_visible(timeout=WAIT_MS)
    await page.at("#invite-email").fill("eva@alpine.example")
    await page.page.keyboard.press("Enter")
    await says(page, "#link[open] output", f"{house.origin}/join#")
    await page.page.keyboard.press("Escape")
    row = page.at(".user", has_text="eva@alpine.example")
    await row.locator("select").select_option("owner")
    await agree(page, "Make eva@alpine.example an owner?")
    await says(page, "#notice", "eva@alpine.example is owner now")
    await row.get_by_role("button", name="Disable").click()
    await agree(page, "signed out at once")
    await row.get_by_role("button", name="Enable").click()
    await row.get_by_role("button", name="Delete").click()
    await agree(page, "Delete eva@alpine.example?")
    await expect(row).to_have_count(0, timeout=WAIT_MS)
    await says(page, "#changes", "user deleted, eva@alpine.example")
    partner = page.at("#partner-list li", has_text="Alpine Chrono")
    await partner.get_by_role("button", name="Delete").click()
    await agree(page, "Delete “Alpine Chrono”?", "Nothing is left of it")
    await expect(partner).to_have_count(0, timeout=WAIT_MS)


async def test_ones_own_name_password_and_tokens(house: Venue, pages: Screens) -> None:
    page = await pages.signed_in(house, "/settings", LAPTOP)
    await says(page, "#email", "admin@riverside.example")
    await page.at("#you-name").fill("Ada King")
    await page.at("#you [type=submit]").click()
    await says(page, "#notice", "Saved.")
    await page.at("#password-old").fill("not this one")
    await page.at("#password-new").fill("another good one")
    await page.at("#password [type=submit]").click()
    await says(page, "#password-old-error", "not your password")
    await page.at("#token-more summary").click()
    await page.at("#token-name").fill("results script")
    await page.page.keyboard.press("Enter")
    await says(page, "#made[open]", "results script", "no copy that could be shown again")
    token = await page.at("#made output").text_content()
    await page.at("#made [type=submit]").click()
    await expect(page.at("#made output")).to_have_text("")
    assert token and token not in await page.page.content()
    await page.at("#token-list button").click()
    await agree(page, "Revoke “results script”?")
    await says(page, "#no-token", "No token yet")
