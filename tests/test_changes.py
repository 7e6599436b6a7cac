"""The parts that change sessions, put together."""

import asyncio
from pathlib import Path

from hub.changes import Changes
from hub.config_live import Current
from hub.hub import Hub
from hub.providers import registry
from hub.stores import Stores
from hub.web.live import Live
from tests.running import settings_for


async def test_all_of_them_hold_one_lock_and_know_one_another(tmp_path: Path) -> None:
    settings = settings_for("postgresql:///nowhere", tmp_path)
    hub = Hub(now_us=lambda: 0, wake=lambda: None, publish=lambda session, reads: None)
    live = Live(hub, lambda: 0, 1 << 18)
    changes = Changes(
        Current(settings),
        hub,
        live,
        Stores(settings, hub),
        now_us=lambda: 0,
        hang_up=lambda which, reason: None,
        hang_up_proved=lambda which, reason: None,
        service=registry.make,
    )
    parts = (
        *(changes.guests, changes.retiming, changes.lifecycle),
        *(changes.removing, changes.retention, changes.streams, changes.moving),
    )
    assert {id(part._changing) for part in parts} == {id(changes.changing)}
    assert changes.removing.folder == tmp_path / "exports"
    work = [asyncio.ensure_future(each) for each in changes.work()]
    assert len(work) == 5
    await asyncio.sleep(0)
    assert not any(each.done() for each in work), "each goes on, whether PostgreSQL is there or not"
    for each in work:
        each.cancel()
    await asyncio.gather(*work, return_exceptions=True)
