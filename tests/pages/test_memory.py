"""A screen that runs for ten hours holds no more than one that runs for ten minutes."""

from typing import Final

import pytest
from playwright.async_api import CDPSession

from tests.pages.browsers import spoil
from tests.pages.screens import HELLO, WAIT_MS, Screen, Stage, read

pytestmark = pytest.mark.asyncio(loop_scope="session")

WARM_READS: Final = 4_000
MANY_READS: Final = 6_000
FRAME_READS: Final = 100
GROWTH_BYTES_MAX: Final = 360_000
"""60 bytes for each of those reads; one that is kept takes several hundred."""
NODES_MAX: Final = 30
"""Rows that come and go leave nothing behind."""

KEPT: Final = """offset => Object.keys(localStorage).some(name => name.startsWith("picture of ")
  && JSON.parse(localStorage.getItem(name)).hello.offset === offset)"""
"""A second later at the most, and until then it holds what it last kept beside what there is."""


async def feed(screen: Screen, stage: Stage, start: int, count: int) -> None:
    """Reads of a session that goes on, with a tick and other starts now and then, each frame taken before the next."""
    for first in range(start, start + count, FRAME_READS):
        numbers = range(first, first + FRAME_READS)
        stage.say(
            *(
                read(n, {"name": f"Runner {n}", "bib": str(n), "race_name": "5K"}, tag=str(n))
                for n in numbers
            ),
            {"type": "tick", "now": HELLO["now"], "offset": first},
            {"type": "starts", "starts": [{"location": "S", "race": f"R{first}", "guns": [HELLO["now"]]}]},
        )
        await screen.reaches(numbers[-1])
    await screen.page.wait_for_function(KEPT, arg=start + count - 1, timeout=WAIT_MS)


async def held(tools: CDPSession) -> tuple[int, int]:
    """Bytes of the heap and nodes of the page, after everything that can go has gone."""
    sizes = []
    for _ in range(5):  # some of it goes only with the next task of the page
        await tools.send("HeapProfiler.collectGarbage")
        sizes.append(int((await tools.send("Runtime.getHeapUsage"))["usedSize"]))
    counters = await tools.send("Memory.getDOMCounters")
    return min(sizes), int(counters["nodes"])


async def test_memory_is_flat(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    spoil(screen.page)
    tools = await screen.page.context.new_cdp_session(screen.page)
    await tools.send("HeapProfiler.enable")
    await feed(screen, stage, 1, WARM_READS)
    bytes_before, nodes_before = await held(tools)
    await feed(screen, stage, WARM_READS + 1, MANY_READS)
    bytes_after, nodes_after = await held(tools)
    assert bytes_after - bytes_before < GROWTH_BYTES_MAX, (bytes_before, bytes_after)
    assert nodes_after - nodes_before < NODES_MAX, (nodes_before, nodes_after)
