"""When a screen comes back: soon, not all of them in the same instant, and ever more slowly where nobody answers."""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINK: Final = Path(__file__).with_name("link.js")
Step = tuple[str] | tuple[str, int]
COMES: Final[Step] = ("comes",)
GREETED: Final[Step] = ("greeted",)


def falls(code: int = 1006) -> Step:
    return ("falls", code)


def later(ms: int) -> Step:
    return ("later", ms)


async def pauses(modules: Page, *steps: Step, chance: float | None = 1, links: int = 1) -> list[float]:
    """How long a link stays away each time, in milliseconds; -1: it does not come back."""
    given = {"steps": [list(step) for step in steps], "chance": chance, "links": links}
    found: list[Any] = await modules.evaluate(LINK.read_text(), given)
    return found


async def test_pauses_grow_to_a_limit(modules: Page) -> None:
    steps = [falls(), COMES] * 6
    assert await pauses(modules, *steps) == [1000, 2000, 4000, 8000, 10_000, 10_000]
    assert await pauses(modules, *steps, chance=0.5) == [500, 1000, 2000, 4000, 5000, 5000]


@pytest.mark.parametrize(("code", "limit_ms"), [(1006, 1000), (4101, 1000), (4102, 1000), (4104, 700)])
async def test_a_thousand_that_fall_at_once_come_back_one_by_one(
    modules: Page, code: int, limit_ms: int
) -> None:
    back = await pauses(modules, falls(code), chance=None, links=1000)
    assert len(back) == 1000 and min(back) < 50 and limit_ms - 50 < max(back) <= limit_ms
    busiest = max(Counter(ms // 100 for ms in back).values())
    assert busiest < 200, "a hundred or so are to be expected in a tenth of a second"


async def test_a_connection_that_held_was_a_good_one(modules: Page) -> None:
    tried = [falls(), COMES, falls(), COMES, GREETED]
    assert await pauses(modules, *tried, later(10_000), falls(), COMES, falls()) == [1000, 2000, 1000, 2000]


async def test_who_is_greeted_and_dropped_again_and_again_comes_ever_more_slowly(modules: Page) -> None:
    round_ = [GREETED, later(9999), falls(4102), COMES]
    assert await pauses(modules, *round_ * 5) == [1000, 2000, 4000, 8000, 10_000]
    assert await pauses(modules, *round_ * 2, later(20_000), falls()) == [1000, 2000, 4000], (
        "nobody greeted it"
    )


async def test_too_many_screens_come_back_much_later(modules: Page) -> None:
    assert await pauses(modules, falls(4103), COMES, falls(4103)) == [60_000, 60_000]
    assert await pauses(modules, falls(4103), chance=0) == [30_000]


async def test_another_session_is_shown_soon_whatever_was_before(modules: Page) -> None:
    assert (await pauses(modules, *[falls(), COMES] * 5, falls(4104)))[-1] == 700


async def test_silence_is_a_fall(modules: Page) -> None:
    assert await pauses(modules, later(14_999), ("check",), later(1), ("check",), ("check",)) == [
        -1,
        1000,
        -1,
    ]


async def test_waking_does_not_wait_and_is_spread_all_the_same(modules: Page) -> None:
    woken = await pauses(modules, *[falls(), COMES] * 4, falls(), ("wakes",), chance=1)
    assert woken[-1] == 300
    assert await pauses(modules, GREETED, later(1000), ("wakes",)) == [-1], "its connection is a good one"


async def test_to_be_woken_again_and_again_puts_nothing_off(modules: Page) -> None:
    """As in a page that nobody sees, all of whose timers run once a minute."""
    tried = [falls(), COMES, falls()]
    assert await pauses(modules, *tried, later(60_000), ("wakes",)) == [1000, 2000, -1]
    assert await pauses(modules, *tried, ("wakes",), ("wakes",)) == [1000, 2000, 300, -1]


async def test_who_was_stopped_does_not_come_back(modules: Page) -> None:
    assert await pauses(modules, ("stops",), ("wakes",), COMES, later(15_000), ("check",)) == [300, -1]
