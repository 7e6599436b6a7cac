"""The builder by the pointer: placed, moved, sized, turned, put in line, undone, and seen from near and far."""

from typing import Final

import pytest
from playwright.async_api import expect

from hub.accounts import VIEWER
from tests.pages.building import LAPTOP, Desk, block, template
from tests.pages.screens import WAIT_MS

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROUNDED_PX: Final = 4
"""Of the canvas: a pixel of the page is that many."""
HANDLES: Final = """() => [...document.querySelectorAll("#frame i")]
  .filter(each => !each.hidden && each.checkVisibility())
  .map(each => { const { width, height } = each.getBoundingClientRect(); return Math.min(width, height); })"""


async def test_a_template_from_nothing(build: Desk) -> None:
    """Pulled from the palette, drawn, moved and sized by cells, put in line, copied to the other state, saved."""
    page = await build(None)
    await expect(page.at("#nothing")).to_be_visible()
    await page.pull(await page.middle("[data-kind=text].pick"), await page.at_canvas(700, 110))
    await page.at("[data-kind=qr].pick").click()
    await page.pull(await page.at_canvas(1620, 720), await page.at_canvas(1860, 1020))
    await page.at("[data-kind=clock].pick").click()
    await page.page.mouse.click(*await page.at_canvas(400, 700))
    assert await page.labels() == [
        "Text {{name}}, column 1, row 1, 8 by 2 cells",
        "QR code https://, column 11, row 6, 2 by 3 cells",
        "Clock day, column 1, row 6, 4 by 1 cells",
    ]
    await page.pull_block((100, 110), (330, 130))
    await page.page.mouse.move(0, 0)
    await page.pull(await page.middle("#frame [data-handle=se]"), await page.at_canvas(1860, 500))
    assert (await page.labels())[0] == "Text {{name}}, column 3, row 2, 10 by 3 cells"
    await page.at("#to-other").click()
    await page.page.mouse.click(*await page.at_canvas(1000, 60))
    await page.at("#to-other").click()
    await page.at("#tab-resting").click()
    assert len(await page.labels()) == 3
    await expect(page.at("#notice")).to_contain_text("in place of a block")
    body = await page.save()
    assert [each["id"] for each in body["template"]["resting"]["blocks"]] == ["text-1", "qr-1", "clock-1"]
    assert body["template"]["active"]["blocks"][0]["cell"] == [2, 1, 10, 3] and body["base"] == 0


async def test_out_of_the_grid_and_held_by_what_is_there(build: Desk) -> None:
    page = await build(
        template(
            block("shape-1", 300, 300),
            block("shape-2", 900, 600),
            block("qr-1", 48, 48, 280, 222, cell=[0, 0, 2, 2]),
        )
    )
    await page.at("[data-act=grid]").click()
    await page.pull_block((400, 350), (503, 200))
    assert (await page.labels())[0] == "Shape rectangle, at 800, 500, 200 by 100 pixels", (
        "its right edge at a middle"
    )
    await page.pull_block((900, 550), (0, 300), "Shift")
    assert "at 800, 800," in (await page.labels())[0]
    await page.pull_block((100, 100), (51, 202), "Alt")
    free = (await page.labels())[2]
    assert "pixels" in free and "cell" not in free
    await page.press("g")
    assert "column" in (await page.labels())[2]
    await page.press("Control+z", "Control+z")
    assert (await page.labels())[2].endswith("column 1, row 1, 2 by 2 cells")


async def test_sized_and_turned_by_handles(build: Desk) -> None:
    page = await build(template(block("shape-1", 600, 400, 400, 200)))
    await page.at("[data-act=grid]").click()
    await page.page.mouse.click(*await page.at_canvas(800, 500))
    await page.pull(await page.middle("#frame [data-handle=w]"), await page.at_canvas(500, 470))
    x, y, w, h = await page.place()
    assert (x + w, y, h) == (1000, 400, 200) and abs(x - 500) <= ROUNDED_PX
    await page.pull(await page.middle("#frame [data-handle=turn]"), await page.at_canvas(1000, 510), "Shift")
    assert (await page.labels())[0].endswith(f"{w} by 200 pixels, turned 90 degrees")
    await page.pull(await page.middle("#frame [data-handle=s]"), await page.at_canvas(500, 500), "Control")
    turned = await page.place()
    assert turned[2] == w and abs(turned[3] - 500) <= 2 * ROUNDED_PX, "the left side: 250 from the middle"
    await page.press("Control+z", "Control+z", "Control+z")
    assert (await page.labels())[0] == "Shape rectangle, at 600, 400, 400 by 200 pixels"


async def test_several_are_caught_put_in_line_grouped_and_undone(build: Desk) -> None:
    three = [block("shape-1", 100, 100), block("shape-2", 420, 260), block("shape-3", 900, 600)]
    page = await build(template(*three, block("shape-4", 600, 120, locked=True)))
    await page.at("[data-act=grid]").click()
    await page.pull(await page.at_canvas(60, 60), await page.at_canvas(1000, 640))
    await expect(page.at("#where")).to_contain_text("3 blocks")
    await page.at("[data-act=align-top]").click()
    await page.at("[data-act=distribute-x]").click()
    await page.at("[data-act=group]").click()
    labels = await page.labels()
    assert [label.split(", ")[1:3] for label in labels[:3]] == [
        ["at 100", "100"],
        ["at 500", "100"],
        ["at 900", "100"],
    ]
    await page.page.mouse.click(*await page.at_canvas(60, 900))
    await page.pull_block((150, 150), (40, 500))
    assert [label.split(", ")[2] for label in await page.labels()] == ["600", "600", "600", "120"]
    for _ in range(4):
        await page.at("[data-act=undo]").click()
    await expect(page.at("[data-act=undo]")).to_be_disabled()
    assert await page.labels() == [
        "Shape rectangle, at 100, 100, 200 by 100 pixels",
        "Shape rectangle, at 420, 260, 200 by 100 pixels",
        "Shape rectangle, at 900, 600, 200 by 100 pixels",
        "Shape rectangle, at 600, 120, 200 by 100 pixels, locked",
    ]
    await expect(page.at("#kept")).to_have_text("Version 3")
    for _ in range(4):
        await page.at("[data-act=redo]").click()
    assert "in a group" in (await page.labels())[0]
    await page.page.mouse.click(*await page.at_canvas(700, 170))  # what is locked is not caught
    await expect(page.at("#where")).to_have_text("")


async def test_escape_gives_up_what_is_being_pulled(build: Desk) -> None:
    page = await build(template(block("shape-1", 300, 300)))
    await page.page.mouse.move(*await page.at_canvas(400, 350))
    await page.page.mouse.down()
    await page.page.mouse.move(*await page.at_canvas(700, 650))
    assert "at 300, 300" not in (await page.labels())[0]
    await page.press("Escape")
    await page.page.mouse.up()
    assert "at 300, 300" in (await page.labels())[0]
    await expect(page.at("[data-act=undo]")).to_be_disabled()
    await page.at("[data-kind=qr].pick").click()
    await page.press("Escape")
    await page.page.mouse.click(*await page.at_canvas(1200, 800))
    assert len(await page.labels()) == 1


async def test_text_is_written_beside_its_block(build: Desk) -> None:
    page = await build(template(block("text-1", 300, 300, 900, 200, text="{{name}}")))
    await page.page.mouse.dblclick(*await page.at_canvas(500, 400))
    await expect(page.at("#typed-text")).to_be_focused()
    await page.press("Control+a")
    await page.page.keyboard.type("Bib 12 {{bib}}")
    await page.press("Enter")
    await expect(page.at("#typed")).to_be_hidden()
    assert (await page.labels())[0].startswith("Text Bib 12 {{bib}},")
    await page.press("Control+z")
    assert (await page.labels())[0].startswith("Text {{name}},"), "all that was typed is one step"
    await page.press("Enter")
    await page.page.keyboard.type("gone")
    await page.press("Escape")
    assert (await page.labels())[0].startswith("Text {{name}},")


async def test_near_and_far(build: Desk) -> None:
    page = await build(template(block("shape-1", 300, 300, 40, 30)))
    point = await page.at_canvas(300, 300)
    await page.page.mouse.move(*point)
    await page.page.keyboard.down("Control")
    for _ in range(4):
        await page.page.mouse.wheel(0, -120)
    await page.page.keyboard.up("Control")
    await expect(page.at("#zoomed")).not_to_have_text("43 %", timeout=WAIT_MS)
    near = await page.at_canvas(300, 300)
    assert abs(near[0] - point[0]) < 4 and abs(near[1] - point[1]) < 4, "what is at the pointer stays there"
    await page.page.keyboard.down("Space")
    await page.pull(point, (point[0] + 50, point[1] + 20))
    await page.page.keyboard.up("Space")
    pushed = await page.at_canvas(300, 300)
    assert (round(pushed[0] - near[0]), round(pushed[1] - near[1])) == (50, 20)
    await page.page.mouse.click(*await page.at_canvas(320, 315))
    for key in ("0", "-", "-", "-", "-", "-", "-", "-", "-"):
        await page.press(key)
        sizes = await page.page.evaluate(HANDLES)
        assert len(sizes) >= 5 and min(sizes) >= 12
    await page.at("[data-act=zoom-100]").click()
    await expect(page.at("#zoomed")).to_have_text("100 %")


async def test_who_may_only_look(build: Desk) -> None:
    page = await build(template(block("shape-1", 300, 300)), role=VIEWER)
    await expect(page.at("#tools")).to_contain_text("To change it takes an operator.")
    await page.pull_block((400, 350), (300, 300))
    await page.press("ArrowRight", "Delete", "Control+d", "2", "1")
    assert await page.labels() == ["Shape rectangle, at 300, 300, 200 by 100 pixels"]
    assert await page.at(".pick, #save").count() == 0


async def test_a_narrow_window_shows_and_says_what_it_wants(build: Desk) -> None:
    page = await build(template(block("shape-1", 300, 300)), size={"width": 900, "height": 700})
    await expect(page.at(".narrow")).to_contain_text("wants a laptop")
    await page.pull_block((400, 350), (300, 300))
    assert (await page.labels())[0].endswith("at 300, 300, 200 by 100 pixels")
    await page.page.set_viewport_size(LAPTOP)
    await expect(page.at(".narrow")).to_be_hidden()
    await page.pull_block((400, 350), (300, 300))
    assert not (await page.labels())[0].endswith("at 300, 300, 200 by 100 pixels")
