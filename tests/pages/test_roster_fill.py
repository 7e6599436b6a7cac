"""Files and a registration service on the roster's page, over a real hub: what is chosen there is on the roster."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from hub.model import Participant
from tests.pages.screens import WAIT_MS, Screen, Screens
from tests.pages.test_roster_import import at_step, choose
from tests.pages.test_roster_services import act, shows
from tests.pages.usable import SIZES
from tests.pages.venue import Venue
from tests.pages.working import REFUSED, says
from tests.providers.standins.people import made
from tests.providers.standins.runsignup import KEY, SECRET, RunSignUpStandIn
from tests.workbooks import Cell, xlsx

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROSTER: Final = """Nr.;Vorname;Nachname;Wohnort;Shirt
101;Ingrid;Müller;Ålesund;M
102;José;García;Sevilla;L
103;"Ann;Lee
104;Bo;Berg;Linz;S
104;Bo;Berg;Linz;S
105;Zoë;Quist;;XL
"""
CHANGED: Final[list[list[Cell]]] = [
    ["Bib", "First name", "Last name", "City"],
    [101, "Ingrid", "Müller", "Bergen"],
    [102, "José", "García", "Sevilla"],
    [200, "Lars", "Ødegård", "Oslo"],
]
TAGS: Final = b"chip,bib\nE2001,101\nE2002,200\nE2003,999\n"
DROP: Final = """given => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(given.bytes)], given.name, { type: "text/csv" }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser, house: Venue) -> AsyncIterator[Screens]:
    opened = Screens(browser, house.origin)
    opened.allowed.append(REFUSED)
    try:
        yield opened
        assert opened.faults() == []
    finally:
        await opened.close()


async def roster_page(house: Venue, pages: Screens) -> tuple[Screen, int]:
    """Of a session of its own."""
    page = await pages.signed_in(house, "/settings", SIZES["laptop"])
    words = {"session_name": "With a roster"}
    answer = await page.page.request.post(
        f"{house.origin}/api/sessions", data=words, headers={"Origin": house.origin}
    )
    session: int = (await answer.json())["id"]
    await page.page.goto(f"{house.origin}/sessions/{session}/roster")
    return page, session


def people(house: Venue, session: int) -> dict[str, Participant]:
    """Who is on the roster, in the hub's memory."""
    return {each.bib: each for each in house.app.hub.sessions[session].roster.everybody()}


async def check(page: Screen) -> None:
    await page.at("#import-columns [type=submit]").click()
    await at_step(page, "checked")


async def test_files_one_after_the_other(house: Venue, pages: Screens, tmp_path: Path) -> None:
    page, session = await roster_page(house, pages)
    await expect(page.at("#import [data-kind=roster]")).to_be_visible(timeout=WAIT_MS)
    given: dict[str, Any] = {"name": "meldeliste.csv", "bytes": list(ROSTER.encode("cp1252"))}
    await page.page.evaluate(DROP, given)
    await at_step(page, "columns")
    await says(page, "#import-map", "Müller", "García")
    await page.at("#import-reading-encoding").select_option("cp1252")
    await says(page, "#import-map", "Ålesund")
    await expect(page.at("#import-reading-delimiter")).to_have_value(";")
    row = {
        name: page.at("#import-map tr", has_text=name).locator("select")
        for name in ("Nr.", "Wohnort", "Shirt")
    }
    await expect(row["Nr."]).to_have_value("bib")
    await expect(row["Wohnort"]).to_have_value("city")
    await row["Shirt"].select_option("custom")
    await row["Nr."].select_option("")
    await says(page, "#import-missing", "No column is the bib")
    await row["Nr."].select_option("bib")
    await check(page)
    await expect(page.at("#import-figures [data-key=added] b")).to_have_text("4")
    await page.at("#import-problems summary").click()
    await says(page, "#import-problem-rows", "104", "Bo | Berg")
    async with page.page.expect_download() as download:
        await page.at("#import-problems-csv").click()
    await (await download.value).save_as(tmp_path / "left.csv")
    assert "104" in (tmp_path / "left.csv").read_text("utf-8-sig")
    assert people(house, session) == {}
    await page.page.reload()
    await at_step(page, "checked")
    await page.at("#import-apply [type=submit]").click()
    await at_step(page, "done")
    await says(page, "#import-done-words", "4 added.")
    there = people(house, session)
    assert sorted(there) == ["101", "102", "104", "105"] and dict(there["101"].custom) == {"Shirt": "M"}

    book = FilePayload(
        name="runners.xlsx",
        mimeType="application/octet-stream",
        buffer=xlsx({"Runners": CHANGED, "Notes": [["nothing"]]}),
    )
    await choose(page, book)
    await at_step(page, "columns")
    await expect(page.at("#import-reading-sheet option")).to_have_text(["Runners", "Notes"])
    await check(page)
    await expect(page.at("#import-figures b")).to_have_text(["1", "2", "0", "2"])
    await says(page, "#import-changed-list", "Ingrid Müller (101)", "City", "Ålesund", "Bergen", "Shirt")
    await says(page, "#import-gone-who", "Bo Berg (104)", "Zoë Quist (105)")
    await page.at("#import-gone [value=remove]").check()
    await expect(page.at("#import-apply [type=submit]")).to_have_text("Add 1, change 2 and take off 2")
    await page.at("#import-apply [type=submit]").click()
    await at_step(page, "done")
    await says(page, "#import-done-words", "1 added, 2 changed and 2 taken off. 3 runners on the roster.")
    assert people(house, session)["101"].city == "Bergen" and len(people(house, session)) == 3

    async with page.page.expect_file_chooser() as chooser:
        await page.at("#import [data-act=tags]").click()
    await (await chooser.value).set_files(FilePayload(name="chips.csv", mimeType="text/csv", buffer=TAGS))
    await at_step(page, "columns")
    await expect(page.at("#import-map select").first).to_have_value("tags")
    await check(page)
    await page.at("#import-apply [type=submit]").click()
    await at_step(page, "done")
    there = people(house, session)
    assert there["101"].tags == ("E2001",) and there["200"].tags == ("E2002",)


async def test_a_service_fills_the_roster(house: Venue, pages: Screens) -> None:
    async with RunSignUpStandIn(made(60)) as service:
        house.services["runsignup"] = service.base + "/Rest"
        page, session = await roster_page(house, pages)
        await act(page, "connect").first.click()
        await page.at("#service-kinds [data-key=runsignup] button").click()
        await page.at("[name='credentials.api_key']").fill(KEY)
        await page.at("[name='credentials.api_secret']").fill("not this one")
        await page.page.keyboard.press("Enter")
        await says(page, "#service-account .form-error", "RunSignUp", "not found")
        await page.at("[name='credentials.api_secret']").fill(SECRET)
        await page.page.keyboard.press("Enter")
        await shows(page, "events")
        assert SECRET not in await page.page.content()
        await page.at("#service-events button", has_text="Spring Run").click()
        await says(page, "#service-races", "10K", "Half Marathon")
        await page.at("#service-link [type=submit]").click()
        await says(page, "#service-figures", "60", "runners from it")
        await expect(page.at("#service-tone")).to_have_text("Live")
        await says(page, "#service-facts", "ago", "of 1,000 in the last hour")
        assert house.app.hub.sessions[session].roster.size == 60
        await act(page, "pause").click()
        await expect(page.at("#service-tone")).to_have_text("Paused")
        await act(page, "off").click()
        await page.at("#service-off [value=remove]").check()
        await page.at("#service-off [type=submit]").click()
        await shows(page, "none")
        assert house.app.hub.sessions[session].roster.size == 0
        await page.at("#accounts").get_by_role("button", name="Delete: RunSignUp").click()
        await page.at("#sure-yes").click()
        await says(page, "#service-none", "No service is connected")
