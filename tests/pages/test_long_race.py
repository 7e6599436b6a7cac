"""A wall holds after ten hours what it held after two: with a template and without one."""

from typing import Final

import pytest
from playwright.async_api import Browser

from tests.pages.long_race import opened

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOURS: Final = 10.0
STEP_S: Final = 240.0
SCALE: Final = 0.25
READS_LEAST: Final = 15_000
GROWTH_BYTES_MAX: Final = 700_000
"""As many reads as are held at once differ by as much; all of them would take ten times that."""
NODES_MAX: Final = 60
"""More or fewer rows stand there at the end than did."""
TIMERS_MAX: Final = 8


@pytest.mark.parametrize("with_template", [False, True])
async def test_ten_hours(browser: Browser, with_template: bool) -> None:
    wall = await opened(browser, hours=HOURS, with_template=with_template, scale=SCALE)
    try:
        early = await wall.passes(round(HOURS * 3600 / STEP_S * 0.25), STEP_S)
        late = await wall.passes(round(HOURS * 3600 / STEP_S * 0.75), STEP_S)
        assert late.hours > HOURS - 0.1 and late.reads > READS_LEAST and late.peak > 2
        assert late.heap_bytes - early.heap_bytes < GROWTH_BYTES_MAX, (early, late)
        assert late.nodes - early.nodes < NODES_MAX, (early, late)
        assert late.listeners == early.listeners and late.timers <= TIMERS_MAX, (early, late)
        assert wall.faults == []
    finally:
        await wall.page.context.close()
