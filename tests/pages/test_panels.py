"""The panels beside the builder's canvas and the dialogs over it, with a hub on stage: by mouse and by keys."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.pages.browsers import spoil
from tests.pages.building import NAME, Desk, block, template
from tests.pages.door import ORIGIN
from tests.pages.usable import FAINT, UNNAMED
from tests.pages.work_scenes import DISPLAYS, SESSION, ago
from tests.pages.work_stage import Answer, Asked, refusal
from tests.pages.working import REFUSED, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f0300"
    "08fc02fe0f5a2c5b0000000049454e44ae426082"
)
LONG: Final = "Bartholomäus von Unterwaldhausen-Oberstdorf zu Hinterzarten"
EXTREMES: Final[dict[str, Any]] = {
    "total": 2000,
    "runners": [
        {"name": LONG, "first_name": "Bartholomäus", "last_name": LONG[13:], "bib": "20113", "city": "Bonn"},
        {"name": "Jo Ng", "first_name": "Jo", "last_name": "Ng", "bib": "1", "city": ""},
    ],
    "values": {"city": ["Bonn"], "bib": ["20113", "1"]},
    "missing": {"city": 1200},
    "fields": ["name", "first_name", "last_name", "bib", "city"],
    "locations": ["Start", "Finish"],
    "races": [],
    "session": {"id": 4, "name": "Sunday", "event": "Harbour Run", "timezone": "Europe/Oslo"},
}
ROSTER: Final = {
    "GET /api/sessions": {"sessions": [SESSION]},
    "GET /api/sessions/4/extremes": EXTREMES,
}
PROPERTIES: Final = "#properties > :not([hidden])"
BIG: Final = {"size": 200, "least": 150}


@pytest_asyncio.fixture(loop_scope="session")
async def build(browser: Browser) -> AsyncIterator[Desk]:
    desk = Desk(browser, REFUSED)
    yield desk
    assert await desk.clear() == []


def two() -> dict[str, Any]:
    return template(
        block("shape-1", 0, 800, 1920, 280, box={"fill": "#15304f"}),
        block("text-1", 96, 200, 1728, 300, text="{{name}}", type=BIG),
        block("text-2", 96, 600, 900, 120, text="{{city}}", type=BIG | {"size": 80, "least": 60}),
    )


async def test_properties_of_one_and_of_several(build: Desk) -> None:
    page = await build(two(), answers=ROSTER)
    await page.at("[data-id=text-1].layer").click()
    properties = page.at(PROPERTIES)
    await expect(properties.get_by_role("heading")).to_have_text("Text")

    # a placeholder goes to where the cursor is, chosen by keys among what the roster has
    text = properties.get_by_label("Text", exact=True)
    await text.fill("Go, !")
    await page.press("ArrowLeft")
    await properties.get_by_role("button", name="Put in a field").press("Enter")
    await expect(properties.locator(".inserts button").first).to_be_focused()
    await expect(properties.locator(".inserts button").nth(1)).to_contain_text("Bartholomäus")
    await page.press("ArrowDown", "Enter")
    await expect(text).to_have_value("Go, {{first_name}}!")
    await expect(text).to_be_focused()

    # numbers by keys, and what is out of bounds is not taken
    largest = properties.get_by_label("Largest", exact=True)
    await largest.focus()
    await page.press("Shift+ArrowUp", "ArrowUp")
    await expect(largest).to_have_value("211")
    await largest.fill("9000")
    await expect(largest).to_have_attribute("aria-invalid", "true")
    await largest.fill("180")
    await expect(largest).not_to_have_attribute("aria-invalid", "true")
    await properties.get_by_role("button", name="Centred").click()
    await properties.get_by_label("Colour", exact=True).fill("ffc74a")
    await expect(
        properties.get_by_role("group", name="Colours for Colour").get_by_role("button")
    ).to_have_count(3)
    await expect(properties.locator(".ratio")).to_have_text("Contrast 12.4:1")
    await properties.get_by_role("button", name="Put into the grid").click()
    await properties.get_by_label("Column", exact=True).fill("2")
    await expect(page.at("#where")).to_contain_text("column 2, row 2")
    await properties.locator("[data-section=Entrance] summary").click()
    await properties.get_by_label("How").select_option("zoom")
    await expect(page.at("#canvas [data-block=text-1] .t-enter-zoom")).to_have_count(1)

    # several: what differs says so, and what is changed is changed for all of them
    await page.at("[data-id=text-2].layer").click(modifiers=["Control"])
    await expect(properties.get_by_role("heading")).to_have_text("2 blocks")
    await expect(largest).to_have_value("")
    await expect(largest).to_have_attribute("placeholder", "mixed")
    await expect(properties.get_by_label("Weight")).to_have_value("700")
    await properties.get_by_label("Weight").select_option("500")
    kept = {each["id"]: each for each in (await page.save())["template"]["active"]["blocks"]}
    assert [kept[each]["type"]["weight"] for each in ("text-1", "text-2")] == [500, 500]
    assert kept["text-1"]["type"]["size"] == 180 and kept["text-1"]["type"]["colour"] == "#ffc74a"
    assert kept["text-1"]["text"] == "Go, {{first_name}}!" and kept["text-1"]["enter"]["how"] == "zoom"
    assert kept["text-1"]["type"]["align"] == "center" and kept["text-2"]["type"]["size"] == 80

    # each change is one step of the way back
    await page.at("[data-act=undo]").click()
    await expect(page.at("[data-act=undo]")).to_have_attribute("aria-label", "Undo: Entrance")


async def test_every_kind_has_its_words_and_each_of_them_a_name(build: Desk) -> None:
    """And none is so faint that it cannot be read."""
    kinds = [
        block("image-1", 0, 0), block("qr-1", 300, 0, 200, 200, text="https://a.example"),
        block("clock-1", 600, 0, 600, 200, mode="countdown", at="10:00"),
        block("message-1", 0, 300, 900, 200, texts=["Well done"]),
        block("list-1", 0, 600, 900, 300, columns=[{"text": "{{bib}}"}, {"text": "{{name}}", "share": 4}]),
        block("counter-1", 1000, 600, 900, 200),
    ]  # fmt: skip
    page = await build(template(*kinds), answers=ROSTER)
    await page.page.evaluate("document.getElementById('stage').hidden = true")
    for each in kinds:
        await page.at(f"[data-id={each['id']}].layer").click()
        await page.page.evaluate(
            "document.querySelectorAll('#properties details').forEach(each => { each.open = true; })"
        )
        assert await page.page.evaluate(UNNAMED) == []
    properties = page.at(PROPERTIES)
    await page.at("[data-id=list-1].layer").click()
    await properties.get_by_role("button", name="Column 1 behind the next").click()
    await properties.get_by_role("button", name="Add a column").click()
    await properties.get_by_role("button", name="+ Finish").click()
    await page.at("[data-id=message-1].layer").click()
    await properties.get_by_label("Messages, one a line").fill("One\n\n  Two  \n")
    await page.at("[data-id=clock-1].layer").click()
    await expect(properties.get_by_label("Until")).to_be_visible()
    await properties.get_by_label("Shows").select_option("day")
    await expect(properties.get_by_label("Until")).to_be_hidden()
    kept = {each["id"]: each for each in (await page.save())["template"]["active"]["blocks"]}
    assert [each["text"] for each in kept["list-1"]["columns"]] == ["{{name}}", "{{bib}}", "{{city}}"]
    assert kept["list-1"]["locations"] == ["Finish"] and kept["message-1"]["texts"] == ["One", "Two"]
    for scheme in ("light", "dark"):
        await page.page.emulate_media(color_scheme=scheme)
        assert await page.page.evaluate(FAINT) == []


async def test_layers_by_mouse_and_by_keys(build: Desk) -> None:
    page = await build(two())
    names = page.at("#layers .called")
    await expect(names).to_have_text(["{{city}}", "{{name}}", "Shape"])
    await page.at("[data-id=shape-1].layer").drag_to(
        page.at("[data-id=text-2].layer"), target_position={"x": 40, "y": 4}
    )
    await expect(names).to_have_text(["Shape", "{{city}}", "{{name}}"])
    await page.at("[data-id=shape-1].layer").click()
    await page.press("Alt+ArrowDown")
    await expect(names).to_have_text(["{{city}}", "Shape", "{{name}}"])
    await expect(page.at("[data-id=shape-1].layer")).to_be_focused()
    await page.press("l", "h", "F2")
    await page.page.keyboard.type("Band")
    await page.press("Enter")
    await expect(names).to_have_text(["{{city}}", "Band", "{{name}}"])
    await expect(page.at("[data-id=shape-1].layer")).to_have_attribute(
        "aria-label", "Band, Shape, locked, hidden"
    )
    await page.press("ArrowDown", "Shift+ArrowUp")
    await expect(page.at("#layers [aria-selected=true]")).to_have_count(2)
    await page.at("[data-id=shape-1].layer").get_by_role("button", name="Show Band").click()
    band = (await page.save())["template"]["active"]["blocks"][1]
    assert (band["name"], band["locked"], band["hidden"]) == ("Band", True, False)


async def test_the_canvas_and_the_wall(build: Desk) -> None:
    page = await build(two(), answers=ROSTER)
    properties = page.at(PROPERTIES)
    await page.at("#warnings").get_by_role("button", name="From how far is it read?").click()
    await expect(properties.get_by_label("Read from")).to_be_focused()
    await page.page.keyboard.type("20")
    await properties.get_by_label("Diagonal").fill("55")
    await page.press("Tab")
    await says(page, "#warnings", "Its capitals are")
    await properties.get_by_label("What is on it goes with it").check()
    await properties.get_by_label("Size", exact=True).select_option("3840x2160")
    await properties.get_by_label("Colour", exact=True).fill("#101820")
    made = (await page.save())["template"]
    assert made["canvas"] == {"width": 3840, "height": 2160} and made["active"]["blocks"][1]["w"] == 3456
    assert made["wall"]["distance_m"] == 20 and 0.6 < made["wall"]["pitch_mm"] < 0.7
    assert made["active"]["ground"] == "#101820" and made["resting"]["ground"] == "#0b0e14"
    await properties.get_by_role("button", name="Forget it").click()
    await page.at("#warnings").get_by_role("button", name="As the last wall: read from 20 m").click()
    await says(page, "#warnings", "Its capitals are")
    assert (await page.save())["template"]["wall"] == made["wall"]


async def test_warnings_lead_to_their_blocks_and_go_when_it_is_mended(build: Desk) -> None:
    bad = template(
        block("text-1", 96, 200, 700, 300, text="{{name}}", type=BIG),
        block("text-2", 96, 600, 900, 120, text="{{city}}", type=BIG | {"size": 80, "least": 60, "colour": "#3a4a66"}),
        resting={"blocks": [block("text-9", 96, 100, 800, 100, text="", type={"size": 80})]},
    )  # fmt: skip
    page = await build(bad, answers=ROSTER)
    warnings = page.at("#warnings")
    await says(
        page, "#warnings", "“Bartholomäus von", "px too wide at 150 px", "contrast is 2.1:1", "1,200 of 2,000"
    )
    await warnings.get_by_role("button", name="It has no text.").click()
    await expect(page.at("#tab-resting")).to_have_attribute("aria-selected", "true")
    await expect(page.at("#layers [aria-selected=true]")).to_have_attribute("data-id", "text-9")
    await warnings.get_by_role("button", name="contrast").click()
    await expect(page.at("#layers [aria-selected=true]")).to_have_attribute("data-id", "text-2")
    await page.at(PROPERTIES).get_by_label("Colour", exact=True).fill("#ffffff")
    await expect(warnings.locator("[data-kind=contrast]")).to_have_count(0)


async def test_versions_are_looked_at_and_had_back(build: Desk) -> None:
    held = [
        {"version": number, "made_at": ago(10 - number), "made_by": "Ann Lee", "restored": None}
        for number in (3, 2, 1)
    ]
    old = template(block("text-7", 96, 200, 1728, 300, text="Of before", type=BIG))
    of = f"/api/templates/{NAME}/versions"
    answers: dict[str, Any] = {f"GET {of}": {"versions": held}} | {
        f"GET {of}/{each['version']}": {"name": NAME, "version": each["version"], "template": old}
        for each in held
    }
    answers[f"POST {of}/2/restore"] = {"success": True, "name": NAME, "version": 4, "removed": []}
    page = await build(two(), answers=answers)
    await page.at("#open-versions").click()
    await expect(page.at("#versions [aria-selected=true]")).to_contain_text("Version 3")
    await expect(page.at("#versions").get_by_role("button", name="Restore it")).to_be_disabled()
    await page.at("#versions [aria-selected=true]").focus()
    await page.press("ArrowDown")
    await says(page, "#versions .small [data-block=text-7]", "Of before")
    await page.at("#versions").get_by_role("button", name="Restore it").click()
    await says(page, "#canvas", "Of before")
    await says(page, "#kept", "Version 4")


async def test_what_somebody_else_saved_meanwhile_is_not_lost_nor_is_ones_own(build: Desk) -> None:
    of = f"/api/templates/{NAME}/versions"
    theirs = template(block("text-7", 96, 200, 1728, 300, text="Theirs", type=BIG))

    def taken(asked: Asked) -> Any:
        if asked["body"].get("base") == 7:
            return {"success": True, "name": NAME, "version": 8, "removed": []}
        return refusal(409, "Bo Ekström has saved version 7 meanwhile.", "base")

    answers = {
        "POST /api/templates": taken,
        f"GET {of}": {
            "versions": [{"version": 7, "made_at": ago(1), "made_by": "Bo Ekström", "restored": None}]
        },
        f"GET {of}/7": {"name": NAME, "version": 7, "template": theirs},
    }
    page = await build(two(), answers=answers)
    await page.at("[data-id=text-1].layer").click()
    await page.at(PROPERTIES).get_by_label("Text", exact=True).fill("Mine")
    await page.at("#save").click()
    await says(page, "#conflict", "Bo Ekström saved version 7", "made from version 3", "Theirs")
    await page.at("#conflict").get_by_role("button", name="Take theirs instead").click()
    await says(page, "#canvas", "Theirs")
    await page.at("[data-act=undo]").click()
    await says(page, "#canvas", "Mine")
    await page.at("#save").click()
    await says(page, "#kept", "Version 8")
    assert page.stage.told("POST", "/api/templates")[-1]["base"] == 7


async def test_saved_under_another_name_also_when_it_is_gone(build: Desk) -> None:
    gone = "It was deleted or renamed while you worked on it."

    def kept(asked: Asked) -> Any:
        if asked["body"]["base"] != 0:
            return refusal(404, gone, "base")
        if asked["body"]["name"] == "wall":
            return refusal(409, "There is a template called 'Wall' already.", "base")
        return {"success": True, "name": asked["body"]["name"], "version": 1, "removed": []}

    names = [NAME, f"{NAME} 2".lower()]
    page = await build(two(), answers={"POST /api/templates": kept, "GET /api/templates": names})
    await page.at("#open-save-as").click()
    await expect(page.at("#save-as-form-name")).to_have_value(f"{NAME} 3")
    await page.press("Escape")
    await page.at("[data-id=text-1].layer").click()
    await page.at(PROPERTIES).get_by_label("Text", exact=True).fill("Mine")
    await page.press("Control+s")
    await says(page, "#save-as[open]", gone)
    for name, wrong in (("", "Give it a name."), ("wall", "There is a template called 'Wall' already.")):
        await page.at("#save-as-form-name").fill(name)
        await page.press("Enter")
        await says(page, "#save-as-form-name-error", wrong)
    await page.at("#save-as-form-name").fill("Other wall")
    await page.press("Enter")
    await page.page.wait_for_url(f"{ORIGIN}/templates/Other%20wall")
    made = page.stage.told("POST", "/api/templates")[-1]
    assert (made["name"], made["base"]) == ("Other wall", 0)
    assert made["template"]["active"]["blocks"][1]["text"] == "Mine"
    assert await page.page.evaluate("localStorage.length") == 0, "nothing is left unsaved"


async def test_images_are_sent_cropped_and_deleted(build: Desk) -> None:
    held: list[dict[str, Any]] = []
    cropped: list[Any] = []

    def made(title: str, width: int, height: int) -> dict[str, Any]:
        name = f"{len(held):032x}.png"
        held.insert(0, {
            "name": name, "title": title, "url": "/static/favicon.svg", "thumbnail": "/static/favicon.svg",
            "width": width, "height": height, "frames": 1, "bytes": 5000, "used_by": [], "made_at": ago(0),
            "made_by": "Ann Lee",
        })  # fmt: skip
        return held[0]

    def send(_: Asked) -> Any:
        if len(held) > 1:
            return refusal(400, "file: expected an image, this is none", "file")
        return Answer(201, {"image": made("logo", 800, 400)})

    def crop(asked: Asked) -> Any:
        cropped.append(asked["body"])
        return Answer(201, {"image": made("logo, cropped", 1, 1)})

    def gone(_: Asked) -> Answer:
        held.pop(0)
        return Answer(204)

    answers = {
        "GET /api/images": lambda _: {"images": held}, "POST /api/images": send,
        f"POST /api/images/{0:032x}.png/crop": crop,
        f"GET /images/{1:032x}.png": Answer(200, {}), f"DELETE /api/images/{1:032x}.png": gone,
    }  # fmt: skip
    page = await build(template(block("image-1", 96, 96, 400, 400)), answers=answers)
    await page.at("[data-id=image-1].layer").click()
    await page.at(PROPERTIES).get_by_role("button", name="Choose an image").click()
    await says(page, "#images", "No image yet")
    await page.at("#image-file").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": PNG})
    await expect(page.at("#images .thumb")).to_be_focused()
    await page.at("#images").get_by_role("button", name="Crop logo").click()
    part = page.at("#images .crop-part")
    await expect(part).to_be_focused()
    await expect(part).to_have_attribute(
        "aria-label", "The part: 400 \u00d7 400 of 800 \u00d7 400, 200 from the left, 0 from the top"
    )
    await page.press("Alt+Shift+ArrowLeft", "ArrowRight", "ArrowDown")
    await expect(part).to_have_attribute(
        "aria-label", "The part: 390 \u00d7 390 of 800 \u00d7 400, 201 from the left, 1 from the top"
    )
    corner = await page.middle("#images .crop-part [data-handle=se]")
    await page.pull(corner, (corner[0] - 20, corner[1] - 60))
    await page.at("#images").get_by_role("button", name="Crop and use").click()
    await expect(page.at("#images")).to_be_hidden()
    assert cropped[0]["width"] == cropped[0]["height"] < 390 and (cropped[0]["x"], cropped[0]["y"]) == (
        201,
        1,
    )
    assert (await page.save())["template"]["active"]["blocks"][0]["image"] == f"{1:032x}.png"

    await page.at(PROPERTIES).get_by_role("button", name="Choose an image").click()
    await page.at("#image-file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    await says(page, "#images [role=alert]", "a.png: Expected an image, this is none.")
    await page.at("#image-file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    await says(page, "#images [role=alert]", "a.pdf: Expected a PNG, JPEG, WebP or GIF image.")
    await page.at("#images").get_by_role("button", name="Delete logo, cropped").click()
    await page.at("#sure-yes").click()
    await expect(page.at("#images .picture")).to_have_count(1)


async def test_an_image_is_called_otherwise_and_a_large_one_refused(build: Desk) -> None:
    name = f"{0:032x}.png"
    image = {
        "name": name, "title": "logo", "url": "/static/favicon.svg", "thumbnail": "/static/favicon.svg", "width": 8,
        "height": 4, "frames": 1, "bytes": 5000, "missing": True, "used_by": [], "made_at": ago(0), "made_by": "Ann",
    }  # fmt: skip

    def called(asked: Asked) -> Any:
        image["title"] = asked["body"]["title"]
        return {"image": image}

    answers = {"GET /api/images": lambda _: {"images": [image]}, f"PATCH /api/images/{name}": called}
    page = await build(template(block("image-1", 96, 96, 400, 400)), answers=answers)
    await page.at("[data-id=image-1].layer").click()
    await page.at(PROPERTIES).get_by_role("button", name="Choose an image").click()
    await says(page, "#images .picture", "Its file is gone.")
    await page.at("#images").get_by_role("button", name="Rename logo").click()
    await page.at("#images .title input").fill("Sponsor")
    await page.press("Enter")
    pencil = page.at("#images").get_by_role("button", name="Rename Sponsor")
    await expect(pencil).to_be_focused()
    await page.press("Enter")
    await page.at("#images .title input").fill("Not this")
    await page.press("Escape")
    await expect(pencil).to_be_focused()
    assert page.stage.told("PATCH", f"/api/images/{name}") == [{"title": "Sponsor"}]
    large = {"name": "b.png", "mimeType": "image/png", "buffer": bytes((1 << 20) + 1)}
    await page.at("#image-file").set_input_files(large)  # type: ignore[arg-type]
    await says(page, "#images [role=alert]", "b.png: Expected at most 1 MB, it has 1 MB.")


async def test_a_preview_with_who_is_hardest_to_show(build: Desk) -> None:
    page = await build(two(), answers=ROSTER)
    spoil(page.page)
    await page.page.clock.install()
    await page.at("#open-preview").click()
    words = page.at("#preview [data-state=active] [data-block=text-1]")
    await says(page, "#preview [role=status]", LONG)
    await page.at("#preview").get_by_label("Runner", exact=True).select_option("shortest")
    await expect(words).to_have_text("Jo Ng")
    await page.at("#preview").get_by_label("Runner", exact=True).select_option("unknown")
    await expect(words).to_have_text("Tag 990017")
    await page.at("#preview").get_by_role("button", name="Next runner").click()
    await expect(words).to_have_text("Jo Ng")
    await page.at("#preview").get_by_role("button", name="Play an arrival").click()
    screen = page.at("#preview .preview")
    await expect(screen).to_have_attribute("data-state", "resting")
    await page.page.clock.run_for(1000)
    await expect(screen).to_have_attribute("data-state", "active")
    await page.page.clock.run_for(4000)
    await expect(screen).to_have_attribute("data-state", "resting")
    await page.at("#preview").get_by_label("Session").select_option("")
    await page.at("#preview").get_by_label("Runner", exact=True).select_option("rtl")
    await expect(words).to_have_text("نورة الهاشمي")


async def test_put_on_displays(build: Desk) -> None:
    answers: dict[str, Any] = {
        "GET /api/displays": {"displays": [DISPLAYS[0], DISPLAYS[1] | {"template": {"name": NAME, "version": 3}}]},
        **{f"PATCH /api/displays/{each['code']}": {"display": {}} for each in DISPLAYS},
    }  # fmt: skip
    page = await build(two(), answers=answers)
    await page.at("#open-displays").click()
    rows = page.at("#on-list input")
    await expect(rows.nth(1)).to_be_checked()
    await rows.nth(0).check()
    await rows.nth(1).uncheck()
    await page.at("#on [type=submit]").click()
    await says(page, "#notice", "shown on Finish left", "Bandstand shows the hub")
    assert page.stage.told("PATCH", "/api/displays/K7XQ2M9P") == [{"template": NAME}]
    assert page.stage.told("PATCH", "/api/displays/TTW34ABC") == [{"template": None}]
