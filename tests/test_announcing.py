"""What announcers say, in a hub that runs: who hears of it, and what is left of it after a start."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.accounts import MACHINE_CALLER
from hub.announcing import Announcing
from hub.errors import StoreAway
from hub.hub import Hub
from hub.marks import Mark, MarkChange
from hub.model import EVERYONE, SessionRow
from hub.session import Session
from hub.stores import Stores
from hub.web.live import Live
from tests.lifecycle import Office, office
from tests.running import settings_for

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
async def test_stars_are_for_screens_and_the_rest_for_those_who_watch(shared_office: Office) -> None:
    made = await shared_office.session("Stars")
    path = f"sessions/{made['id']}"
    code = await shared_office.displayed(made["id"])
    async with shared_office.screen(code) as screen, shared_office.hub.watcher(made["id"]) as watcher:
        for each in (screen, watcher):
            assert (await each.next("hello"))["stars"] == []
        mark = (await shared_office.ask("PUT", f"{path}/marks/bib:017", {"starred": True}))["mark"]
        assert (mark["who"], mark["starred"], mark["note"]) == ("bib:17", True, "")
        for each in (screen, watcher):
            assert (await each.next("stars", "marks"))["who"] == ["bib:17"]
        assert (await watcher.next("marks"))["marks"] == [mark]
        noted = (await shared_office.ask("PUT", f"{path}/marks/bib:17", {"note": "Twin"}))["mark"]
        assert (await watcher.next("marks", "stars"))["marks"] == [noted | {"starred": True, "note": "Twin"}]
        await shared_office.fed(made, "A1")
        call = (await shared_office.ask("PUT", f"{path}/calls/1"))["call"]
        assert (await watcher.next("calls"))["calls"] == [call]
        await shared_office.ask("DELETE", f"{path}/calls/1", status=204)
        assert (await watcher.next("calls"))["calls"] == [{"offset": 1, "said": None}]
        await shared_office.ask("PUT", f"{path}/marks/bib:17", {"starred": False})
        await shared_office.fed(made, "A2")
        heard = [await screen.next("read", "stars", "marks", "calls") for _ in range(3)]
        assert [each["type"] for each in heard] == ["read", "stars", "read"] and heard[1]["who"] == []


async def test_what_is_said_can_be_read_while_postgresql_is_away(tmp_path: Path) -> None:
    hub = Hub(now_us=lambda: 0, wake=lambda: None, publish=lambda session, reads: None)
    row = SessionRow(1, 1, "Sunday", "", "active", 1, "UTC", "2026-01-01", 1)
    hub.add_session(Session(row, late_us=1))
    stores = Stores(settings_for("", tmp_path), hub)
    announcing = Announcing(hub, Live(hub, lambda: 0, 1), stores, asyncio.Lock())
    mark = Mark("bib:1", True, "", "a@x.example", 0)
    hub.sessions[1].said.put(mark)
    assert await announcing.marks(EVERYONE, row) == [mark]
    with pytest.raises(StoreAway):
        await announcing.mark(MACHINE_CALLER, row, "bib:2", MarkChange(starred=True))
    with pytest.raises(StoreAway):
        await announcing.marks(EVERYONE, replace(row, id=2))
    assert hub.sessions[1].said.stars == ("bib:1",)


async def test_all_of_it_is_there_after_a_start_and_when_it_goes_on(
    database_dsn: str, tmp_path: Path
) -> None:
    async with office(database_dsn, tmp_path) as first:
        made = await first.session("On")
        path = f"sessions/{made['id']}"
        await first.fed(made, "A1", "A2")
        await first.ask("PUT", f"{path}/marks/tag:A1", {"starred": True, "note": "Twin"})
        await first.ask("PUT", f"{path}/calls/2")
        before = (await first.ask("GET", f"{path}/marks"))["marks"]
        await first.reads(made, 2)
    async with office(database_dsn, tmp_path) as second:
        async with second.hub.watcher(made["id"]) as watcher:
            hello = await watcher.next("hello")
        assert hello["marks"] == before and hello["stars"] == ["tag:a1"]
        assert [each["offset"] for each in hello["calls"]] == [2]
        await second.ask("POST", f"{path}/end")
        assert (await second.ask("GET", f"{path}/marks"))["marks"] == before
        await second.ask("PUT", f"{path}/marks/tag:a2", {"note": "After the race"})
        await second.ask("PUT", f"{path}/calls/1")
        await second.refused("PUT", f"{path}/calls/3", status=404)
        await second.ask("POST", f"{path}/reopen")
        said = second.memory(made).said
        assert [each.who for each in said.marks] == ["tag:a1", "tag:a2"]
        assert [each.offset for each in said.calls(0)] == [1, 2]
