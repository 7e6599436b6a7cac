"""The page of templates with a hub on stage: what is there, and all that is done with one."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from hub.accounts import ADMIN, VIEWER
from tests.pages import work_scenes
from tests.pages.desks import Open, staged_pages
from tests.pages.door import ORIGIN
from tests.pages.screens import WAIT_MS, Screen, Screens
from tests.pages.usable import SIZES
from tests.pages.venue import Venue
from tests.pages.work_scenes import DELETED, DRAWN, TEMPLATES
from tests.pages.work_stage import ALPINE, NORDIC, Asked, refusal
from tests.pages.working import agree, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG: Final = TEMPLATES[1]["name"]


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser) as start:
        yield start


class Shelf:
    """What a hub would keep of templates, as far as the page can tell."""

    def __init__(self) -> None:
        self.there = [dict(each) for each in TEMPLATES]
        self.gone = [dict(each) for each in DELETED]
        self.answers: dict[str, Any] = {
            "GET /api/templates": lambda _: {"templates": self.there, "deleted": self.gone},
            "POST /api/templates": self.add,
            "DELETE /api/templates/Totem": self.take,
            "POST /api/templates/Totem/undelete": self.give_back,
            "PATCH /api/templates/Totem": self.rename,
        }

    def add(self, asked: Asked) -> Any:
        held = [each["name"] for each in self.there if each["name"].lower() == asked["body"]["name"].lower()]
        if held and asked["body"].get("base") == 0:
            return refusal(409, f"There is a template called {held[0]!r} already.", "base")
        self.there.append(work_scenes.template(asked["body"]["name"], 1))
        return {"success": True, "name": asked["body"]["name"], "version": 1, "removed": []}

    def take(self, _: Asked) -> dict[str, Any]:
        self.gone.insert(0, self.there.pop(2) | {"deleted_at": work_scenes.ago(0)})
        return {"success": True}

    def give_back(self, _: Asked) -> dict[str, Any]:
        self.there.append(self.gone.pop(0))
        return {"success": True, "name": "Totem", "version": 1, "removed": []}

    def rename(self, asked: Asked) -> Any:
        if asked["body"]["name"] == LONG:
            return refusal(409, "There is a template of this name already.", "name")
        self.there[2]["name"] = asked["body"]["name"]
        return {"success": True, "name": asked["body"]["name"], "version": 1, "removed": []}


def card(page: Screen, name: str) -> Any:
    return page.at(".card", has_text=name)


async def test_what_is_there_by_keys(opened: Open) -> None:
    page = await opened(work_scenes.templates(VIEWER))
    await says(page, ".card [data-block=name]", "Ingrid Solberg")
    await says(page, ".card", "1920", "version 7", "by Ann Lee", "Shown on Finish left and Bandstand")
    await expect(page.at(".card button, #new, #bring")).to_have_count(0)
    await page.page.keyboard.press("/")
    await page.page.keyboard.type("harbour")
    await expect(page.at(".card")).to_have_count(1)
    await says(page, "#counted", "1 of 3 templates")
    await page.page.keyboard.type(" nowhere")
    await says(page, "#no-template", "No template fits", "Escape")
    await page.page.keyboard.press("Escape")
    await expect(page.at(".card")).to_have_count(3)
    await page.page.keyboard.press("j")
    await expect(page.at(".card a.whole").nth(1)).to_be_focused()
    await page.page.keyboard.press("k")
    await page.page.keyboard.press("Enter")
    await page.page.wait_for_url(f"{ORIGIN}/templates/Finish%20arch")


async def test_copied_renamed_deleted_and_taken_back(opened: Open) -> None:
    shelf = Shelf()
    stage = work_scenes.templates(answers=shelf.answers)
    page = await opened(stage)
    await card(page, "Totem").get_by_role("button", name="Duplicate").click()
    await expect(card(page, "Totem 2").locator("a.whole")).to_be_focused()
    assert stage.told("POST", "/api/templates") == [{"name": "Totem 2", "template": DRAWN[2], "base": 0}]
    await says(page, "#notice", "is a copy of")
    shelf.there.pop()

    await card(page, "Totem").first.get_by_role("button", name="Delete").click()
    await says(page, "#notice", "is deleted")
    await expect(card(page, "Totem")).to_have_count(0)
    await page.at("#notice button", has_text="Undo").click()
    await expect(card(page, "Totem").locator("a.whole")).to_be_focused()
    await card(page, "Totem").get_by_role("button", name="Delete").click()
    await page.at("#deleted summary").click()
    await says(page, "#deleted", "Deleted: 2 templates", "Old wall")
    await page.at("#deleted").get_by_role("button", name="Take back Totem").click()
    await expect(card(page, "Totem")).to_have_count(1)

    await card(page, "Totem").get_by_role("button", name="Rename").click()
    await page.at("#rename-form-name").fill(LONG)
    await page.page.keyboard.press("Enter")
    await says(page, "#rename-form-name-error", "There is a template of this name already.")
    await page.at("#rename-form-name").fill("Portrait")
    await page.page.keyboard.press("Enter")
    await expect(card(page, "Portrait").locator("a.whole")).to_be_focused()


async def test_one_that_is_shown_is_asked_about(opened: Open) -> None:
    stage = work_scenes.templates(answers={"DELETE /api/templates/Finish%20arch": {"success": True}})
    page = await opened(stage)
    await card(page, "Finish arch").get_by_role("button", name="Delete").click()
    await agree(page, "Shown on Finish left and Bandstand: they show the hub", "You can take it back")
    await says(page, "#notice", "is deleted")
    assert len(stage.told("DELETE", "/api/templates/Finish%20arch")) == 1


async def test_a_new_one_from_a_design_for_another_wall(opened: Open) -> None:
    stage = work_scenes.templates(answers=Shelf().answers)
    page = await opened(stage)
    await page.at("#new").click()
    await expect(page.at("#starts .start").first.locator(".t-block").first).to_be_visible(timeout=WAIT_MS)
    await page.at("#make [type=submit]").click()
    await says(page, "#make-form-name-error", "Give it a name.")
    await page.at("#make-form-name").fill("totem")
    await page.at("#make [type=submit]").click()
    await says(page, "#make-form-name-error", "There is a template called 'Totem' already.")
    await page.at("#make-form-name").fill("Pole")
    await page.at("#starts").get_by_text("LED strip").click()
    await expect(page.at("#make-form-size")).to_have_value("")
    width = await page.at("#make-form-width").input_value()
    await page.at("#make-form-width").fill("9000")
    await page.page.keyboard.press("Enter")
    await says(page, "#make-form-width-error", "Expected 16 to 8192 pixels.")
    await page.at("#make-form-width").fill(str(int(width) * 2))
    await page.page.keyboard.press("Enter")
    await page.page.wait_for_url(f"{ORIGIN}/templates/Pole")
    made = stage.told("POST", "/api/templates")[-1]
    assert made["template"]["canvas"]["width"] == int(width) * 2 and made["template"]["active"]["blocks"]
    assert made["template"]["wall"] is None, "the builder asks"


async def test_a_file_that_is_dropped(opened: Open) -> None:
    said = {
        "success": True,
        "name": "Wall",
        "version": 1,
        "images": 2,
        "removed": ["a script", "2 event handlers"],
    }
    stage = work_scenes.templates(answers={"POST /api/templates/import": said})
    page = await opened(stage)
    await expect(page.at(".card")).to_have_count(3)
    drop = """kind => {
      const held = new DataTransfer();
      held.items.add(new File(["<p>x</p>"], "wall.html", { type: "text/html" }));
      document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
    }"""
    await page.page.evaluate(drop, "dragenter")
    await expect(page.at("#drop")).to_be_visible()
    await page.page.evaluate(drop, "drop")
    await says(
        page, "#imported[open]", "“Wall”, version 1", "2 images came with it", "a script", "2 event handlers"
    )
    await expect(page.at("#imported-open")).to_have_attribute("href", "/templates/Wall")
    await expect(page.at("#drop")).to_be_hidden()


async def test_nothing_there_yet_and_several_partners(opened: Open) -> None:
    empty: dict[str, Any] = {"GET /api/templates": {"templates": [], "deleted": []}}
    page = await opened(work_scenes.templates(answers=empty))
    await says(page, "#no-template", "There is no template yet.", "drop a file")
    await page.at("#first").click()
    await expect(page.at("#make-form-partner")).to_be_hidden()

    both = {"templates": [TEMPLATES[2], TEMPLATES[2] | {"partner": ALPINE}], "deleted": []}
    page = await opened(work_scenes.templates(ADMIN, answers={"GET /api/templates": both}))
    await expect(page.at(".group h3")).to_have_text(["Nordic Timing", "Alpine Chrono"])
    await expect(page.at(".card a.whole").nth(1)).to_have_attribute("href", "/templates/Totem?partner=alpine")
    await expect(page.at(".card [data-act=export]").nth(1)).to_have_attribute(
        "href", "/api/templates/Totem/export?partner=alpine"
    )


async def test_a_dialog_that_is_opened_before_the_hub_has_said_whose_it_can_be(opened: Open) -> None:
    stage = work_scenes.templates(ADMIN, answers={"GET /api/partners": {"partners": []}})
    page = await opened(stage)
    for button, choice in (("#bring", "#import-form-partner"), ("#new", "#make-form-partner")):
        stage.answers["GET /api/partners"] = {"partners": [NORDIC]}
        await page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(page.at(f"{choice} option")).to_have_count(1)
        await page.at(button).click()
        await expect(page.at(choice)).to_be_hidden()
        stage.answers["GET /api/partners"] = {"partners": [NORDIC, ALPINE]}
        await page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(page.at(choice)).to_be_visible()
        await page.at(choice).select_option("alpine")
        await page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await page.page.keyboard.press("Escape")


async def test_an_old_one_becomes_blocks(browser: Browser, house: Venue) -> None:
    """Over a real hub: it is seen in the list and in its frame, and the old one can be had back."""
    old = {
        "name": "Of before",
        "activeState": {"html": '<div style="font-size:80px;color:#fff">{{name}}</div>'},
        "restingState": {"html": "<div>Welcome</div>"},
        "canvasWidth": 1280,
        "canvasHeight": 720,
    }
    screens = Screens(browser, house.origin)
    try:
        page = await screens.signed_in(house, "/settings", SIZES["laptop"])
        headers = {"Authorization": f"Bearer {house.token}"}
        made = await page.page.context.request.post(
            f"{house.origin}/api/templates", data=old, headers=headers
        )
        assert made.ok, await made.text()
        await page.page.goto(f"{house.origin}/templates")
        await says(page, ".card", "Of before", "Old", "1280 \u00d7 720")
        await expect(page.page.frame_locator(".card iframe").first.get_by_text("Solberg")).to_be_visible(
            timeout=WAIT_MS
        )
        await page.at(".card a.whole", has_text="Of before").click()
        await says(page, "#offer", "comes from the hub")
        await page.at("#convert").click()
        await expect(page.at("#converted .pair .t-block").first).to_be_visible(timeout=WAIT_MS)
        await page.at("#converted").get_by_role("button", name="Save as the next version").click()
        await says(page, "#kept", "Version 2")
        await expect(page.at("#layers .layer")).to_have_count(1)
        await page.at("#open-versions").click()
        await page.at("#versions [data-version='1']").click()
        await page.at("#versions").get_by_role("button", name="Restore it").click()
        await says(page, "#kept", "Version 3")
        await says(page, "#offer", "comes from the hub")
        assert screens.faults() == []
    finally:
        await screens.close()
