"""What stands on the wall fits it and can be read from afar, at every size and with every name."""

from typing import Any, Final

import pytest
from playwright.async_api import ViewportSize, expect

from tests.pages.screens import HELLO, PHONE, SIZES, WALL, Screen, Stage, read

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME_MIN: Final = 96
ANYTHING_MIN: Final = 40
"""Of 1080 lines: the height of a landscape screen, the width of a portrait one."""

MEASURE: Final = """() => {
  const unit = Math.min(innerWidth, innerHeight) / 1080;
  const outside = box => box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
  const small = [], beyond = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].filter(each => each.nodeType === Node.TEXT_NODE && each.data.trim());
    if (!words.length || !element.checkVisibility({ visibilityProperty: true })) continue;
    const size = parseFloat(getComputedStyle(element).fontSize) / unit;
    if (size < 39.9) small.push([element.id, size]);
    if (outside(element.getBoundingClientRect())) beyond.push(element.id || element.className);
    if (element.closest("#name")) {
      const range = document.createRange();
      range.selectNodeContents(element);
      if (outside(range.getBoundingClientRect())) beyond.push("name: " + element.textContent);
    }
  }
  const { scrollWidth, scrollHeight } = document.scrollingElement;
  const name = document.getElementById("name");
  return {
    small, beyond,
    scrolls: scrollWidth > innerWidth || scrollHeight > innerHeight,
    bars: innerWidth !== document.documentElement.clientWidth || innerHeight !== document.documentElement.clientHeight,
    name: name.checkVisibility() ? parseFloat(getComputedStyle(name).fontSize) / unit : null,
    lines: name.checkVisibility() ? [...name.children].map(line => line.textContent) : [],
    settled: document.body.dataset.state !== "connecting",
  };
}"""

FIGURES: Final = """async () => {
  await document.fonts.load('700 1em "Hanken Grotesk"', "0");
  const span = document.body.appendChild(document.createElement("span"));
  span.style.cssText = "position: absolute; font: 100px 'Hanken Grotesk'";
  return [500, 650, 700].flatMap(weight => [..."0123456789"].map(figure => {
    span.style.fontWeight = weight;
    span.textContent = figure;
    return span.getBoundingClientRect().width;
  }));
}"""
TWO_FRAMES: Final = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

RUNNERS: Final = (
    {"name": "Bo Li", "first_name": "Bo", "last_name": "Li"},
    {"name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace"},
    {"name": "Maximiliane Oberhuber", "first_name": "Maximiliane", "last_name": "Oberhuber"},
    {
        "name": "Alexandria Featherstonehaugh-Cholmondeley",
        "first_name": "Alexandria",
        "last_name": "Featherstonehaugh-Cholmondeley",
    },
    {
        "name": "Jean-Baptiste Emmanuel Wolfeschlegelsteinhausenbergerdorff",
        "first_name": "Jean-Baptiste Emmanuel",
        "last_name": "Wolfeschlegelsteinhausenbergerdorff",
    },
    {"name": "王小明", "first_name": "小明", "last_name": "王"},
    {"name": "محمد عبد الرحمن", "first_name": "محمد", "last_name": "عبد الرحمن"},
    {"name": "Nguyễn Thị Ánh Nguyệt", "first_name": "Nguyễn Thị Ánh", "last_name": "Nguyệt"},
)
FACTS: Final = {
    "bib": "10432",
    "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "state": "Wales",
    "division": "Female 35-39, wave 2",
}
PLACE: Final = "Finish line at the old market place, north side"


async def measured(screen: Screen, size: ViewportSize) -> dict[str, Any]:
    """The page at this size, once it is painted at it."""
    await screen.page.set_viewport_size(size)
    await screen.page.evaluate(TWO_FRAMES)
    found: dict[str, Any] = await screen.page.evaluate(MEASURE)
    return found


async def assert_fits(screen: Screen, size: ViewportSize) -> dict[str, Any]:
    found = await measured(screen, size)
    about = f"{size['width']} x {size['height']}: {found}"
    assert not found["scrolls"] and not found["bars"], about
    assert not found["small"] and not found["beyond"], about
    return found


async def test_every_name_fits_and_is_large(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    for offset, runner in enumerate(RUNNERS, 1):
        stage.say(read(offset, {**FACTS, **runner}, location=PLACE))
        await screen.shows(runner["name"])
        for size in SIZES:
            found = await assert_fits(screen, size)
            assert found["name"] >= NAME_MIN, (runner["name"], size, found)
            shown = "".join(found["lines"]).replace(" ", "")
            assert runner["last_name"].replace(" ", "") in shown, (runner["name"], size, found)


async def test_short_name_is_on_one_line_and_longer_ones_give_up_their_first_name(
    staged: tuple[Screen, Stage],
) -> None:
    screen, stage = staged
    stage.say(read(1, RUNNERS[1]))
    await screen.shows("Ada Lovelace")
    on_wall = await measured(screen, WALL)
    assert on_wall["lines"] == ["Ada Lovelace"] and on_wall["name"] >= 160
    on_phone = await measured(screen, PHONE)
    assert "".join(on_phone["lines"]) == "Ada Lovelace"

    stage.say(read(2, RUNNERS[4]))
    await screen.shows(RUNNERS[4]["name"])
    on_phone = await measured(screen, PHONE)
    assert "".join(on_phone["lines"]).startswith("J. Wolfe")


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="resting"),
        pytest.param([read(1, tag="0123456789ABCDEF01234567")], id="unknown tag"),
        pytest.param([read(1, kind="gun", tag="GUNTIME", location=PLACE)], id="gun"),
        pytest.param([read(1, {**RUNNERS[3], **FACTS}, marks=["test"])], id="rehearsal"),
        pytest.param([{"type": "identify"}], id="identify"),
        pytest.param([{"type": "bye", "code": 4003, "again": False}], id="gone"),
        pytest.param(
            [
                {
                    **HELLO,
                    "session": {
                        **HELLO["session"],
                        "name": "Sunday, second start, all waves and the relay teams of the region",
                        "event": {
                            "name": "Internationaler Donaudampfschifffahrtsgesellschaftslauf zu Vilshofen"
                        },
                    },
                }
            ],
            id="long event",
        ),
    ],
)
async def test_every_scene_fits(staged: tuple[Screen, Stage], messages: list[dict[str, Any]]) -> None:
    screen, stage = staged
    stage.say(*messages)
    for size in SIZES:
        await assert_fits(screen, size)


async def test_unknown_tag_of_24_digits_is_whole_and_large(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    tag = "0123456789ABCDEF01234567"
    stage.say(read(1, tag=tag))
    await screen.shows(tag)
    for size in SIZES:
        found = await assert_fits(screen, size)
        assert "".join(found["lines"]) == tag
        assert found["name"] >= NAME_MIN, found


async def test_arabic_name_turns_the_card_and_not_the_layout(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    stage.say(read(1, {**RUNNERS[6], "bib": "12"}))
    await screen.shows(RUNNERS[6]["name"])
    await expect(screen.at("#who")).to_have_attribute("dir", "rtl")
    bib = await screen.at("#bib").bounding_box()
    place = await screen.at("#location").bounding_box()
    assert bib and bib["x"] > WALL["width"] / 2
    assert place and place["x"] < WALL["width"] / 2


async def test_figures_are_of_one_width_in_the_shipped_face(staged: tuple[Screen, Stage]) -> None:
    screen, _ = staged
    widths = await screen.page.evaluate(FIGURES)
    assert (
        len(widths) == 30 and len(set(widths[:10])) == len(set(widths[10:20])) == len(set(widths[20:])) == 1
    )


@pytest.mark.parametrize("ink", ["text", "quiet", "accent", "trouble"])
async def test_every_ink_stands_out_from_the_ground(staged: tuple[Screen, Stage], ink: str) -> None:
    """On the ground, and for the two that lie under dark letters, the other way round."""
    screen, _ = staged
    read_colour = "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
    ground, over = [light(await screen.page.evaluate(read_colour, f"--{name}")) for name in ("ground", ink)]
    assert ground <= light("#0b0e14") and over < light("#ffffff")
    assert (over + 0.05) / (ground + 0.05) >= 7


def light(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
