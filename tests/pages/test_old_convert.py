"""Old templates as blocks: what their frame measures of them, made a template of the hub's own."""

from typing import Any, Final

import msgspec
import pytest
from playwright.async_api import Page

from hub.old_templates import read
from hub.template_html import html_of
from hub.template_words import Template, decoded
from tests.old_templates import CONTENT, KINDS, LEGACY_PORTRAIT, V2_LANDSCAPE
from tests.pages.test_old_frame import Theatre, as_json, built, one, theatre

pytestmark = pytest.mark.asyncio(loop_scope="session")
__all__ = ["built", "theatre"]

CONVERT: Final = """async given => {
  const { convertOld } = await import("/static/old-convert.js");
  return convertOld(old, given);
}"""
TEMPLATE_OF: Final = """async ([active, resting]) => {
  const { templateOf } = await import("/static/old-convert.js");
  return templateOf(active, resting);
}"""
IMAGE: Final = "0123456789abcdef" * 2 + ".png"
BLOCK: Final[dict[str, Any]] = {
    "x": 10.4,
    "y": 20.6,
    "w": 300,
    "h": 60,
    "rotate": 0,
    "text": "",
    "ground": "",
    "picture": "",
    "line": "",
    "linePx": 0,
    "image": None,
    "fit": "fill",
    "placeholder": "",
    "messages": "",
    "anim": "",
    "ms": 1000,
    "delay": 0,
    "size": 50,
    "weight": 400,
    "family": "'Hanken Grotesk'",
    "italic": False,
    "upper": False,
    "colour": "rgb(255, 255, 255)",
    "align": "start",
    "radius": 0,
    "z": 0,
    "padding": 0,
    "mixed": False,
    "shadow": False,
    "leading": 1.2,
    "opacity": 1,
}


def checked(made: dict[str, Any]) -> tuple[Template, list[str]]:
    """As the hub takes it."""
    template = decoded(msgspec.json.encode(made["template"]))
    assert isinstance(template, Template)
    return template, made["left"]


async def converted(theatre: Theatre, body: Any) -> tuple[Template, list[str]]:
    given = as_json(read(body)[0]) if "format" not in body else body
    return checked(await theatre.page.evaluate(CONVERT, given))


async def of(
    modules: Page, *blocks: dict[str, Any], ground: str = "rgb(0, 0, 0)"
) -> tuple[list[Any], list[str]]:
    measured = {"width": 1000, "height": 500, "ground": ground, "blocks": [BLOCK | each for each in blocks]}
    template, left = checked(await modules.evaluate(TEMPLATE_OF, [measured, None]))
    assert template.resting == template.active
    return list(template.active.blocks), left


async def test_landscape(theatre: Theatre) -> None:
    template, left = await converted(theatre, V2_LANDSCAPE)
    by_name = {block.name: block for block in template.active.blocks}
    name: Any = by_name["name"]
    assert (name.x, name.y, name.w, name.h, name.text) == (120, 260, 1400, 230, "{{name}}")
    assert (name.type.font, name.type.size, name.type.weight) == ("Bebas Neue", 190, 800)
    assert (name.enter.how, name.enter.ms) == ("from-left", 600)
    city, bib, message = (by_name[each] for each in ("city, state", "bib", "Message"))
    assert getattr(city, "text", "") == "{{city}}, {{state}}"
    assert bib.box.fill == "#f2b705" and bib.box.radius == 24
    assert getattr(message, "texts", []) == ["Great job!", "Almost there!", "Looking strong!"]
    assert [getattr(block, "text", "") for block in template.resting.blocks] == [
        "Welcome to the finish",
        "{{event}}",
    ]
    ground = template.active.blocks[0]
    assert (ground.box.fill, ground.box.fill_to, ground.box.angle) == ("#10243d", "#07101c", 135)
    assert template.resting.ground == "#07101c"
    assert left == ["the face Arial: it is Hanken Grotesk now"]


async def test_portrait(theatre: Theatre) -> None:
    template, left = await converted(theatre, LEGACY_PORTRAIT)
    assert (template.canvas.width, template.canvas.height) == (1080, 1920)
    assert template.active.ground == "#003049" and template.resting == template.active
    assert [getattr(block, "text", block.name) for block in template.active.blocks] == [
        "",
        "{{name}}",
        "{{city}}",
        "{{bib}}",
    ]
    assert "a picture that is not in the library: upload it, and put it there" in left
    assert "the face Arial: it is Hanken Grotesk now" in left


async def test_a_text_with_words_in_it(theatre: Theatre) -> None:
    template, left = await converted(theatre, CONTENT)
    texts = [getattr(block, "text", "") for block in template.active.blocks]
    assert texts[:3] == ["", "{{name}}", "{{division}} · {{time}} · {{no_such_word}}"]
    assert template.active.blocks[3].name == "Message"
    assert left == ["the face Georgia: it is Roboto Slab now"]


@pytest.mark.parametrize("kind", KINDS)
async def test_there_and_back(theatre: Theatre, kind: str) -> None:
    """What old screens are shown of it is made the same again."""
    template, _ = await converted(theatre, KINDS[kind])
    again, _ = await converted(
        theatre,
        one(html_of(template, "active"), template.canvas.width, template.canvas.height),
    )
    texts, before = (
        [text for block in each.active.blocks if (text := getattr(block, "text", block.name))]
        for each in (again, template)
    )
    assert texts == before and again.active.ground == template.active.ground


async def test_states_of_two_sizes(modules: Page) -> None:
    active = {"width": 1000, "height": 500, "ground": "", "blocks": []}
    resting = {"width": 500, "height": 500, "ground": "rgb(1, 2, 3)", "blocks": [BLOCK | {"text": "a"}]}
    template, left = checked(await modules.evaluate(TEMPLATE_OF, [active, resting]))
    (block,) = template.resting.blocks
    assert (block.x, block.y, template.resting.ground) == (260, 21, "#010203")
    assert left == ["two canvases: the resting state is drawn on the active state's"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"picture": 'url("https://hub.example/images/none.png")'}, "a picture that is not in the library"),
        ({"image": "", "placeholder": "photo"}, "the runner's own picture, “photo”"),
        ({"picture": "radial-gradient(rgb(1, 2, 3), rgb(3, 4, 5))"}, "a gradient that is not straight"),
        (
            {"picture": "linear-gradient(rgb(1, 2, 3), red 5%, rgb(1, 1, 1), rgb(3, 4, 5))"},
            "the middle colours",
        ),
        ({"text": "a", "shadow": True}, "shadows"),
        ({"text": "a", "mixed": True}, "parts of a text that look other"),
        ({"text": "a" * 600}, "the end of a text longer than 500 letters"),
        ({"text": "a", "family": "Comic Sans MS"}, "the face Comic Sans MS: it is Hanken Grotesk now"),
    ],
)
async def test_what_is_not_taken_over_is_said(modules: Page, given: dict[str, Any], said: str) -> None:
    _, left = await of(modules, given)
    assert len(left) == 1 and left[0].startswith(said)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"image": f"/images/{IMAGE}", "fit": "cover"}, {"kind": "image", "image": IMAGE, "fit": "cover"}),
        ({"image": f"http://hub/static/uploads/{IMAGE}"}, {"kind": "image", "image": IMAGE}),
        ({"picture": f'url("http://hub/images/{IMAGE}")'}, {"kind": "image", "image": IMAGE, "fit": "cover"}),
        ({"ground": "rgba(255, 0, 0, 0.5)"}, {"kind": "shape"}),
        ({"text": "{{finish_time}}"}, {"kind": "text", "text": "{{time}}"}),
        ({"text": "{{custom_message}}"}, {"kind": "message", "texts": []}),
        ({"text": "a\tb\nc", "h": 130}, {"kind": "text", "text": "ab\nc"}),
    ],
)
async def test_kinds(modules: Page, given: dict[str, Any], made: dict[str, Any]) -> None:
    (block,), left = await of(modules, given)
    assert made.items() <= msgspec.to_builtins(block).items() and left == []
    assert (block.x, block.y, block.w) == (10, 21, 300)


async def test_the_lowest_that_covers_all_is_the_ground(modules: Page) -> None:
    cover = {"x": 0, "y": 0, "w": 1000, "h": 500, "ground": "rgb(9, 9, 9)"}
    blocks, _ = await of(
        modules, cover, {"text": "a", "z": 2}, {"text": "b", "z": 1}, cover | {"opacity": 0.5}
    )
    assert [getattr(block, "text", block.opacity) for block in blocks] == [0.5, "b", "a"]


async def test_no_more_than_a_state_may_have(modules: Page) -> None:
    blocks, left = await of(
        modules, *[{"text": "a"}] * 103, {"text": "b", "w": 0.2}, {"text": "c", "opacity": 0}
    )
    assert len(blocks) == 100 and left == ["3 blocks more than a state may have"]
