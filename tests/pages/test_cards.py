"""Who stands on the wall together: several at once, a display's own locations, and what ends whose card."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.pages.screens import HELLO
from tests.pages.test_core import ADA, ALAN, comes, hello, line, play

pytestmark = pytest.mark.asyncio(loop_scope="session")


def showing(**settings: Any) -> dict[str, Any]:
    return {"display": {**HELLO["display"], "settings": settings}}


async def test_everybody_in_their_time_newest_first(modules: Page) -> None:
    seen = await play(
        modules,
        hello(0),
        comes(1, 0, ADA, tag="1"),
        comes(2, 3000, ALAN, tag="2"),
        comes(3, 3100, tag="3"),
        (8000, None),
        (11_000, None),
        (11_100, None),
    )
    assert [(each.scene, each.wall) for each in seen] == [
        ("resting", ""),
        ("runner", "1"),
        ("runner", "2"),
        ("several", "3 2 1"),
        ("several", "3 2"),
        ("several", "3"),
        ("resting", ""),
    ]


async def test_tag_stands_once_for_each_location_and_gives_way_to_its_newest_read(modules: Page) -> None:
    again = comes(3, 100, ADA, tag="1", location="FINISH ")
    seen = await play(
        modules, hello(0), comes(1, 0, ADA, tag="1"), comes(2, 50, ADA, tag="1", location="Half way"), again
    )
    assert [each.wall for each in seen[1:]] == ["1", "2 1", "3 2"]
    taken_back = await play(
        modules, hello(0), comes(1, 0, ADA, tag="1"), again, (200, {"type": "retract", "offset": 3})
    )
    assert [each.wall for each in taken_back[1:]] == ["1", "3", "1"]


async def test_gun_stands_above_the_runners(modules: Page) -> None:
    gun = comes(1, 0, kind="gun", tag="", location="Start")
    seen = await play(modules, hello(0), gun, comes(2, 10, tag="2"), comes(3, 20, tag="3"))
    assert [(each.scene, each.wall) for each in seen[1:]] == [
        ("gun", "1"),
        ("several", "1 2"),
        ("several", "1 3 2"),
    ]


async def test_display_shows_its_locations_and_every_gun(modules: Page) -> None:
    elsewhere = comes(2, 0, tag="2", location="10K")
    gun = comes(3, 0, kind="gun", tag="", location="Start")
    seen = await play(modules, hello(0, **showing(locations=["FINISH"])), comes(1, 0), elsewhere, gun)
    assert [each.wall for each in seen[1:]] == ["1", "1", "3 1"]
    assert [each.offset for each in seen[1:]] == ["1", "2", "3"]
    everything = await play(modules, hello(0, **showing(locations=[])), comes(1, 0), elsewhere)
    assert everything[-1].wall == "2 1"


async def test_other_settings_are_as_a_fresh_start(modules: Page) -> None:
    """A screen that recovers must show what one shows that had these settings all along."""
    reads = [line(1, 0, tag="1"), line(2, 0, tag="2", location="10K")]
    back = hello(100, 2, *reads, recovered=True, **showing(locations=["10K"]))
    seen = await play(modules, hello(0), (0, reads[0]), back, (100, reads[1]))
    assert [each.wall for each in seen[1:]] == ["1", "", "2"]
    longer = hello(9000, 2, *reads, recovered=True, **showing(duration=60))
    seen = await play(
        modules, hello(0), (0, reads[0]), longer, (9000, reads[1]), (59_999, None), (60_000, None)
    )
    assert [each.wall for each in seen[1:]] == ["1", "1", "2 1", "2", ""]


async def test_cut_off_while_catching_up_loses_nobody(modules: Page) -> None:
    missed = [line(n, 1000, tag=str(n)) for n in (1, 2, 3)]
    seen = await play(
        modules,
        hello(0),
        hello(1100, 3, *missed, recovered=True),
        (1100, missed[0]),
        hello(1200, 3, *missed, recovered=True),
        (1200, missed[1]),
        (1200, missed[2]),
    )
    assert [each.wall for each in seen] == ["", "", "", "1", "1", "3 2 1"]


@pytest.mark.parametrize("starts", [None, "x", [None], [{}], [{"guns": ["x"]}], {"guns": []}])
async def test_starts_that_are_none_change_nothing(modules: Page, starts: object) -> None:
    seen = await play(modules, hello(0, starts=starts), (0, {"type": "starts", "starts": starts}))
    assert seen[0] == seen[1] and seen[1].scene == "resting"
