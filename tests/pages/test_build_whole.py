"""A template from its first block to the wall, over a real hub: made, saved, an older version had back, given to
another partner. Once by the pointer, once by the keyboard."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.pages.building import LAPTOP, Builder, Point
from tests.pages.screens import WAIT_MS, Screen, Screens
from tests.pages.venue import Venue, own_venue
from tests.pages.working import REFUSED, says

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def made(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Venue]:
    """A hub of this file's own: what its display shows is changed."""
    async with own_venue(postgres_dsn, tmp_path_factory.mktemp("templates")) as venue:
        yield venue


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser, made: Venue) -> AsyncIterator[Screens]:
    opened = Screens(browser, made.origin)
    opened.allowed.append(REFUSED)
    try:
        yield opened
        assert opened.faults() == []
    finally:
        await opened.close()


async def builder_of(pages: Screens, made: Venue, name: str, html: str = "") -> Builder:
    """`html`: of one of the predecessor's, which is saved before."""
    builder = Builder((await pages.blank(LAPTOP)).page, made.origin)
    builder.allow(REFUSED)
    pages.all.append(builder)
    await made.sign_in(builder.page.context)
    hub = made.app.hub
    slug = hub.partners[hub.displays[made.code].partner_id].slug
    if html:
        given = {"name": name, "html": html, "partner": slug}
        headers = {"Origin": made.origin}
        answer = await builder.page.request.post(f"{made.origin}/api/templates", data=given, headers=headers)
        assert answer.ok, await answer.text()
    await builder.page.goto(f"{made.origin}/templates/{name}?partner={slug}")
    ready = "old" if html else "yes"
    await expect(builder.at("body")).to_have_attribute("data-ready", ready, timeout=WAIT_MS)
    return builder


async def kept_as(page: Builder, version: int) -> None:
    await expect(page.at("#kept")).to_have_text(f"Version {version}", timeout=WAIT_MS)


async def wall_says(wall: Screen, words: str) -> None:
    await expect(wall.at('#template [data-state="resting"] [data-kind="text"]').first).to_have_text(
        words, timeout=WAIT_MS
    )


async def test_by_the_pointer_and_to_another_partner(pages: Screens, made: Venue, tmp_path: Path) -> None:
    wall = await pages.open(f"/d/{made.code}")
    await wall.rests()
    page = await builder_of(pages, made, "Arch")
    await page.at("#tab-resting").click()
    await page.at("[data-kind=text].pick").click()
    start, end = await page.at_canvas(100, 100), await page.at_canvas(1800, 500)
    await page.pull(start, end)
    await written(page, await page.at_canvas(900, 300), "Welcome")
    await page.at("#save").click()
    await kept_as(page, 1)
    await page.at("#open-displays").click()
    await page.at("#on-list input").first.check()
    await page.at("#on [type=submit]").click()
    await wall_says(wall, "Welcome")

    await written(page, await page.at_canvas(900, 300), "Well run")
    await page.at("#save").click()
    await wall_says(wall, "Well run")
    await kept_as(page, 2)
    await page.at("#open-versions").click()
    await page.at("#versions [data-version='1']").click()
    await page.at("#versions button", has_text="Restore it").click()
    await wall_says(wall, "Welcome")
    await kept_as(page, 3)

    async with page.page.expect_download() as download:
        await page.at("#export").click()
    await (await download.value).save_as(tmp_path / "Arch.racehub.zip")
    given = {"name": "Alpine Chrono"}
    answer = await page.page.request.post(
        f"{made.origin}/api/partners", data=given, headers={"Origin": made.origin}
    )
    assert answer.status == 201
    await page.page.goto(f"{made.origin}/templates")
    await page.at("#bring").click()
    await page.at("#import-form-file").set_input_files(tmp_path / "Arch.racehub.zip")
    await page.at("#import-form-partner").select_option(label="Alpine Chrono")
    await page.at("#import-form [type=submit]").click()
    await says(page, "#imported[open]", "Arch")
    await page.at("#imported-open").click()
    await expect(page.at("body")).to_have_attribute("data-ready", "yes", timeout=WAIT_MS)
    await expect(page.page).to_have_url(re.compile(r"/templates/Arch\?partner=alpine-chrono$"))
    await page.at("#tab-resting").click()
    await expect(page.at("#canvas [data-state=resting] [data-kind=text]").first).to_have_text("Welcome")
    await wall_says(wall, "Welcome")


async def written(page: Builder, at: Point, words: str) -> None:
    await page.page.mouse.dblclick(*at)
    await page.page.keyboard.press("Control+a")
    await page.page.keyboard.type(words)
    await page.page.keyboard.press("Enter")


async def test_by_the_keyboard(pages: Screens, made: Venue) -> None:
    wall = await pages.open(f"/d/{made.code}")
    page = await builder_of(pages, made, "Gantry")
    await page.press("2", "F6", "F6", "F6")
    focused = "document.activeElement.textContent.trim()"
    assert await page.page.evaluate(focused) == "Text"
    await page.press("Enter", "Enter")
    await page.page.keyboard.type("To the start")
    await page.press("Enter", "Control+ArrowRight", "ArrowDown", "Control+s")
    await kept_as(page, 1)
    labels = await page.labels()
    assert labels == ["Text To the start, column 1, row 2, 9 by 2 cells"]
    answer = await page.page.request.patch(
        f"{made.origin}/api/displays/{made.code}",
        data={"template": "Gantry"},
        headers={"Origin": made.origin},
    )
    assert answer.ok, await answer.text()
    await wall_says(wall, "To the start")
    await page.press("Enter", "Control+a")
    await page.page.keyboard.type("Half an hour to go")
    await page.press("Enter", "Control+s")
    await wall_says(wall, "Half an hour to go")
    await kept_as(page, 2)


async def test_an_old_template_is_shown_and_made_into_blocks(pages: Screens, made: Venue) -> None:
    page = await builder_of(pages, made, "Old", html='<h1 data-placeholder="name">Name</h1>')
    assert await page.at("iframe").count() == 1 and await page.at("#blocks > div").count() == 0
    await page.at("#convert").click()
    await says(page, "#converted[open]", "The old one stays")
    await page.at("#converted button", has_text="Save as the next version").click()
    await kept_as(page, 2)
    await expect(page.at("body")).to_have_attribute("data-ready", "yes", timeout=WAIT_MS)
    assert [label.split(",")[0] for label in await page.labels()] == ["name"]
