"""Clients that behave as the predecessor's pages do, all at once: each is shown every runner."""

import asyncio

from tests.running import Running, until
from tests.web.old_pages import Polling, Streaming
from tests.web.old_venue import BIBS, prepared


async def test_every_screen_shows_every_runner_in_order(hub: Running) -> None:
    """Two of each generation at once, as they are: a screen that takes one off the queue would take it off all."""
    old = await prepared(hub)
    clients: list[Polling | Streaming] = [
        Polling(old.origin, old.code, with_envelope=True),
        Polling(old.origin, old.code, with_envelope=True),
        Polling(old.origin, old.code, with_envelope=False),
        Streaming(old.origin, old.code),
        Streaming(old.origin, old.code),
    ]
    tasks = [asyncio.create_task(each.run()) for each in clients]
    await until(lambda: all(each.open for each in clients))
    reader = await old.reader().connect()
    for number in range(1, 6):
        reader.add(f"T{number}")
    reader.add("unknown", "T1")
    await until(lambda: all(each.shown[:5] == BIBS for each in clients))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    polling = [each for each in clients if isinstance(each, Polling)]
    assert all(min(each.durations[:4]) > 0.7 and max(each.durations[:4]) < 1.6 for each in polling)
    await reader.hang_up()
