"""The builder by the keyboard alone, and what it keeps of what was not saved."""

import json
from typing import Final

import pytest
from playwright.async_api import Dialog, expect

from tests.pages.browsers import listen
from tests.pages.building import NAME, Desk, block, template
from tests.pages.screens import WAIT_MS
from tests.pages.work_stage import refusal

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS: Final = ["Text", "Image", "Shape", "Clock", "Messages", "List", "Counter", "QR code"]
FOCUSED: Final = "document.activeElement.dataset.id || document.activeElement.id"
LATEST: Final = f"GET /api/templates/{NAME}/versions/latest"


async def test_a_template_from_nothing(build: Desk) -> None:
    """One block of each kind, then moved, sized, turned, in line, grouped, copied to the other state, and saved."""
    page = await build(None)
    await page.at(".pick").first.focus()
    for kind in KINDS:
        await page.at(".pick", has_text=kind).focus()
        await page.press("Enter")
        await expect(page.at("#blocks > :focus")).to_have_count(1)
    labels = await page.labels()
    assert [label.split(",")[0].split(" {{")[0] for label in labels] == [
        "Text", "Image", "Shape rectangle", "Clock day", "Messages Well done", "List", "Counter", "QR code https://",
    ]  # fmt: skip
    assert all("column" in label for label in labels)
    body = await page.save()
    assert len(body["template"]["active"]["blocks"]) == 8
    await page.at("#blocks > div").nth(2).focus()
    await page.press("Shift+Tab")
    assert await page.page.evaluate(FOCUSED) == "image-1"
    await page.press("Tab", "ArrowDown", "ArrowRight", "Control+ArrowRight", "]", "]")
    moved = (await page.labels())[2]
    await page.press("Control+ArrowLeft", "ArrowLeft")
    await page.press(*["Control+z"] * 7)
    assert (
        (await page.labels())[2] == labels[2] and moved != labels[2] and moved.endswith("turned 30 degrees")
    )
    await page.press("Alt+ArrowRight", "Shift+Alt+ArrowDown", "Control+y", "2", "1")
    await page.press("Control+a", "Control+g", "Control+d", "2")
    assert await page.labels() == []
    await page.press("1", "Escape")
    assert len(await page.labels()) == 16
    assert (await page.save())["base"] == 1


async def test_moved_by_cells_and_by_pixels(build: Desk) -> None:
    page = await build(
        template(block("qr-1", 48, 48, 280, 222, cell=[0, 0, 2, 2]), block("shape-1", 500, 500))
    )
    await page.at("#blocks > div").first.focus()
    await page.press("Tab", "Shift+Tab")
    await expect(page.at("#said")).to_have_text("QR code, column 1, row 1, 2 by 2 cells")
    await page.press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "ArrowUp")
    await expect(page.at("#said")).to_have_text("QR code, column 2, row 1, 2 by 2 cells")
    await page.press("Control+ArrowDown", "Control+ArrowLeft")
    assert (await page.labels())[0] == "QR code, column 2, row 1, 1 by 3 cells"
    await page.press("Tab", "Alt+ArrowRight", "Shift+Alt+ArrowUp", "Control+Alt+ArrowRight", "Alt+[")
    assert (await page.labels())[1] == "Shape rectangle, at 501, 490, 201 by 100 pixels, turned -1 degrees"
    await page.press("Shift+ArrowLeft", "Control+g", "Control+l")
    assert all(label.endswith("in a group, locked") for label in await page.labels())
    await page.press("Delete", "ArrowRight")
    assert len(await page.labels()) == 2
    await page.press("Control+l", "Control+Shift+G", "Tab", "PageDown")
    assert [label.split(",")[0] for label in await page.labels()] == ["Shape rectangle", "QR code"]


async def test_copied_within_and_to_another_page(build: Desk) -> None:
    page = await build(template(block("text-1", 300, 300, text="Well run, {{name}}")))
    await page.at("#blocks > div").focus()
    await page.press("Control+a", "Control+c", "Control+v", "Control+v")
    assert [label.split(", at ")[1] for label in await page.labels()] == [
        "300, 300, 200 by 100 pixels", "324, 324, 200 by 100 pixels", "348, 348, 200 by 100 pixels",
    ]  # fmt: skip
    await page.press("Control+x")
    assert len(await page.labels()) == 2
    other = await build(None)
    await other.page.bring_to_front()
    await other.at("#stage").focus()
    await other.press("Control+v")
    assert [label.split(", at ")[0] for label in await other.labels()] == ["Text Well run, {{name}}"]


async def test_keys_are_shown_and_none_is_stolen(build: Desk) -> None:
    page = await build(template(block("text-1", 300, 300, text="{{name}}")))
    await page.at("#blocks > div").focus()
    await page.press("?")
    await expect(page.at("#keys[open]")).to_contain_text("by a cell")
    await page.press("ArrowRight", "Delete")
    await page.press("Escape")
    await expect(page.at("#keys")).to_be_hidden()
    assert (await page.labels())[0].endswith("at 300, 300, 200 by 100 pixels")
    await page.press("Tab", "Shift+Tab", "Enter")
    await page.press("Control+a", "Control+x", "2", "?", "-", "[", "ArrowLeft", "Backspace", "Control+z")
    text = await page.at("#typed-text").input_value()
    await page.press("Control+s")
    await expect(page.at("#kept")).to_have_text("Version 4", timeout=WAIT_MS)
    sent = page.stage.told("POST", "/api/templates")[-1]["template"]["active"]["blocks"][0]
    assert sent["text"] == text != "{{name}}" and sent["x"] == 300
    await expect(page.at("#tab-active")).to_have_attribute("aria-selected", "true")
    await page.at("#tools button:not(:disabled)").first.focus()
    await page.press("ArrowRight", "ArrowRight")
    assert (await page.labels())[0].endswith("at 300, 300, 200 by 100 pixels"), (
        "arrows go through the toolbar"
    )
    await page.press("F6", "F6")
    assert await page.page.evaluate("document.getElementById('stage').contains(document.activeElement)")


async def test_what_was_not_saved_is_offered_again(build: Desk) -> None:
    page = await build(template(block("shape-1", 300, 300)))
    await page.at("#blocks > div").focus()
    await page.press("Tab", "Shift+Tab", "Alt+ArrowRight")
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    listen(page.page, "dialog", stay)
    await page.page.reload()
    assert asked == ["beforeunload"]
    await expect(page.at("#offer")).to_contain_text("were not saved")
    assert (await page.labels())[0].endswith("at 300, 300, 200 by 100 pixels")
    await page.at("#offer .main").click()
    assert (await page.labels())[0].endswith("at 301, 300, 200 by 100 pixels")
    assert (await page.save())["base"] == 3
    await page.page.wait_for_function("() => Object.keys(localStorage).length === 0")
    page.stage.answers[LATEST]["version"] = 4
    await page.page.reload()
    await expect(page.at("body")).to_have_attribute("data-ready", "yes")
    await expect(page.at("#offer")).to_be_hidden()
    assert asked == ["beforeunload"], "nothing is lost any more"


async def test_what_the_hub_refuses_is_said_and_nothing_is_lost(build: Desk) -> None:
    save = "POST /api/templates"
    page = await build(
        template(block("shape-1", 300, 300)), answers={save: refusal(503, "The hub is starting.")}
    )
    await page.at("#blocks > div").focus()
    await page.press("Tab", "Shift+Tab", "Alt+ArrowRight", "Control+s")
    await expect(page.at("#notice")).to_contain_text("The hub is starting.", timeout=WAIT_MS)
    await expect(page.at("#kept")).to_have_text("Version 3, changed")
    page.stage.answers[save] = refusal(409, "Version 4 was saved meanwhile by Bo.")
    await page.at("#notice button").click()
    await expect(page.at("body")).to_contain_text("Version 4 was saved meanwhile", timeout=WAIT_MS)
    bodies = page.stage.told("POST", "/api/templates")
    assert [each["base"] for each in bodies] == [3, 3] and json.dumps(bodies[0]) == json.dumps(bodies[1])
