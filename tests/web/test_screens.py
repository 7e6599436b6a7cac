"""The fleet, without sockets and PostgreSQL: screens come, speak, leave, and are kept."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from msgspec.structs import replace

from hub.accounts import MACHINE_CALLER, Caller
from hub.encode import iso
from hub.errors import StoreAway, StoreError
from hub.fanout import REPLACED, CloseReason
from hub.model import US_PER_S, DisplayRow, ScreenRow
from hub.web import screens
from hub.web.screen_messages import Pong, ScreenState, Shown
from hub.web.screens import OFFLINE_MAX, QUIET_US_MAX, SAME_MAX, Fleet, Known, known_as

OWN = "abcdefghijklmnopqrstuv"
DISPLAY = DisplayRow("K7XQ2M9P", 1, None, "Finish")


class Line:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.cuts: list[CloseReason] = []

    def tell(self, message: bytes) -> None:
        self.told.append(json.loads(message))

    def cut(self, reason: CloseReason) -> None:
        self.cuts.append(reason)

    def frame_age_us(self) -> int:
        return 0


class Store:
    """What would be in PostgreSQL."""

    def __init__(self) -> None:
        self.rows: dict[str, ScreenRow] = {}
        self.problem: StoreError | None = None
        self.gone: list[str] = []
        self.actions: list[str] = []

    def _check(self) -> None:
        if self.problem is not None:
            raise self.problem

    async def all(self) -> list[ScreenRow]:
        self._check()
        return list(self.rows.values())

    async def save(self, partner_id: int, rows: Sequence[ScreenRow], gone: Sequence[str]) -> None:
        self._check()
        assert {row.partner_id for row in rows} <= {partner_id}
        for row in rows:
            wished = self.rows.get(row.id, ScreenRow(row.id, partner_id, row.code))
            self.rows[row.id] = replace(row, name=wished.name, blank=wished.blank)
        self.gone += gone

    async def change(self, by: Caller, row: ScreenRow, action: str) -> bool:
        self._check()
        self.rows[row.id] = row
        self.actions.append(action)
        return row.code != "GONE2222"

    async def delete(self, by: Caller, row: ScreenRow) -> None:
        self.rows.pop(row.id, None)


class World:
    def __init__(self) -> None:
        self.now_us = 1_767_225_600_000_000
        self.store = Store()
        self.fleet = Fleet(self.store, lambda: self.now_us)

    def come(self, own: str = OWN, tab: str = "t1", display: DisplayRow = DISPLAY) -> tuple[Known, Line]:
        line = Line()
        known = self.fleet.come(display, own, tab, line)
        assert known is not None
        return known, line


@pytest.fixture
def world() -> World:
    return World()


async def test_a_screen_is_told_who_it_is(world: World) -> None:
    known, line = world.come()
    assert line.told == [
        {"type": "settings", "screen": {"id": known_as(1, OWN), "own": OWN, "name": "", "blank": False}}
    ]
    assert len(known.row.id) == 22 and OWN not in known.row.id
    assert known_as(2, OWN) != known.row.id, "another partner's is another screen"
    world.fleet.leave(known, line)
    assert world.come()[0] is known


@pytest.mark.parametrize("own", ["", "short", "x" * 65, "a" * 21 + "\0", "ä" * 22, "../../../../etc/passwd"])
async def test_who_does_not_say_so_is_nobody(world: World, own: str) -> None:
    assert world.fleet.come(DISPLAY, own, "t", Line()) is None


async def test_a_second_tab_is_another_screen_and_calls_itself_so(world: World) -> None:
    first, line = world.come()
    second, its = world.come(tab="t2")
    assert second is not first and not line.cuts
    assert its.told[0]["screen"]["own"] == f"{OWN}-2"
    assert world.come(f"{OWN}-2", tab="t2")[0] is second
    for number in range(3, SAME_MAX + 1):
        world.come(tab=f"t{number}")
    assert world.fleet.come(DISPLAY, OWN, "one too many", Line()) is None
    world.come("z" * 64, tab="t1")
    assert world.come("z" * 64, tab="t2")[0].own == "z" * 60 + "-2"


async def test_one_that_comes_back_replaces_what_is_left_of_it(world: World) -> None:
    known, line = world.come()
    again, _ = world.come()
    assert again is known and line.cuts == [REPLACED]
    world.fleet.leave(known, line)
    assert known.line is not None, "that was its old connection"
    world.now_us += QUIET_US_MAX
    another, _ = world.come(tab="after a power cut")
    assert another is known


async def test_what_it_says_of_itself(world: World) -> None:
    known, _ = world.come()
    world.now_us += 12_000
    world.fleet.hear(known, Pong(iso(world.now_us - 8_000)))
    assert known.round_trip_us == 8_000
    world.fleet.hear(known, ScreenState((1920, 1080), False, "1.2\0" + "x" * 99, "several"))
    assert (known.row.width, known.row.height, known.visible, known.shows) == (1920, 1080, False, "several")
    assert known.row.version == "1.2" + "x" * 37
    world.fleet.hear(known, ScreenState((1920, 1080), True, "1", "a dance"))
    assert known.shows == ""
    world.fleet.hear(known, Shown(1, 2.0))
    assert known.heard_us == world.now_us


@pytest.mark.parametrize(
    "at", [None, 1.5, "", "now", "2026-01-01T00:00:00", "2999-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]
)
async def test_an_answer_to_no_tick_says_nothing(world: World, at: str | float | None) -> None:
    known, _ = world.come()
    world.fleet.hear(known, Pong(at))
    assert known.round_trip_us is None


async def test_wishes_to_all_screens_of_a_display(world: World) -> None:
    _, one = world.come()
    _, two = world.come("w" * 22)
    _, other = world.come("o" * 22, display=replace(DISPLAY, code="SECQND22"))
    assert world.fleet.identify_all(DISPLAY.code) == 2 and world.fleet.reload_all(DISPLAY.code) == 2
    assert (
        [each["type"] for each in one.told]
        == ["settings", "identify", "reload"]
        == [each["type"] for each in two.told]
    )
    assert len(other.told) == 1


async def test_named_made_dark_and_moved(world: World) -> None:
    known, line = world.come()
    change = world.fleet.change
    assert await change(
        MACHINE_CALLER, known, replace(known.row, name="LED wall", blank=True), "screen.named"
    )
    assert line.told[-1]["screen"] == {"id": known.row.id, "own": OWN, "name": "LED wall", "blank": True}
    assert not await change(MACHINE_CALLER, known, replace(known.row, code="GONE2222"), "screen.moved")
    assert not line.cuts
    assert await change(MACHINE_CALLER, known, replace(known.row, code="SECQND22"), "screen.moved")
    assert line.cuts == [CloseReason(4004, "moved: use the code in bye", "SECQND22")]
    assert not line.cuts[0].again
    world.fleet.leave(known, line)
    again, its = world.come(display=replace(DISPLAY, code="SECQND22"))
    assert again is known and its.told[0]["screen"]["name"] == "LED wall"


async def test_what_is_kept_is_there_after_a_restart(world: World) -> None:
    known, line = world.come()
    await world.fleet.change(
        MACHINE_CALLER, known, replace(known.row, name="LED wall", blank=True), "screen.named"
    )
    world.fleet.leave(known, line)
    world.now_us += 5
    await world.fleet.save()
    kept = world.store.rows[known.row.id]
    assert kept.last_us == world.now_us - 5 and kept.blank
    second = Fleet(world.store, lambda: world.now_us)
    early = second.come(DISPLAY, OWN, "t", its := Line())
    await second.load()
    assert early is not None and early.row.name == "LED wall" and its.told[-1]["screen"]["blank"] is True
    assert [each.row.name for each in second.of(MACHINE_CALLER)] == ["LED wall"]


async def test_a_store_that_is_away_keeps_nobody_from_anything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "SAVE_S", 0.001)
    world.store.problem = StoreAway("PostgreSQL does not answer")
    await world.fleet.load()
    known, _ = world.come()
    await world.fleet.save()
    assert world.store.rows == {}
    with pytest.raises(StoreAway):
        await world.fleet.change(MACHINE_CALLER, known, replace(known.row, name="x"), "screen.named")
    keeping = asyncio.create_task(world.fleet.keep())
    await asyncio.sleep(0.01)
    assert not keeping.done()
    world.store.problem = None
    async with asyncio.timeout(5):
        while not world.store.rows:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    known.row = replace(known.row, version="2")
    world.fleet.hear(known, ScreenState((1, 1), True, "3"))
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    assert world.store.rows[known.row.id].version == "3", "what was new at the end is kept, too"


async def test_what_the_store_refuses_is_said(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.store.problem = StoreError("no")
    world.come()
    await world.fleet.save()
    assert "screens: 1 are not kept: no" in caplog.text
    world.store.problem = None
    await world.fleet.save()
    assert world.store.rows == {}


async def test_of_those_that_are_away_not_all_are_remembered(world: World) -> None:
    named, line = world.come()
    await world.fleet.change(MACHINE_CALLER, named, replace(named.row, name="LED wall"), "screen.named")
    world.fleet.leave(named, line)
    for number in range(OFFLINE_MAX + 9):
        world.now_us += 1
        known, line = world.come(f"{number:022d}")
        world.fleet.leave(known, line)
    there, _ = world.come("t" * 22)
    await world.fleet.save()
    left = world.fleet.of(MACHINE_CALLER)
    assert len(left) == OFFLINE_MAX + 1 and named in left and there in left
    assert sorted(world.store.gone) == sorted(known_as(1, f"{number:022d}") for number in range(10))
    assert world.fleet.find(known_as(1, f"{9:022d}")) is None


async def test_with_its_display_a_screen_is_forgotten(world: World) -> None:
    known, line = world.come()
    world.fleet.forget_code(DISPLAY.code)
    world.fleet.leave(known, line)
    await world.fleet.save()
    assert world.fleet.of(MACHINE_CALLER) == [] and world.store.rows == {}


async def test_that_it_is_there_is_noted_now_and_then(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "SAVE_S", 0.001)
    monkeypatch.setattr(screens, "SEEN_S", 0.001)
    known, _ = world.come()
    await world.fleet.save()
    world.now_us += 60 * US_PER_S
    keeping = asyncio.create_task(world.fleet.keep())
    async with asyncio.timeout(5):
        while world.store.rows[known.row.id].last_us != world.now_us:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    keeping.cancel()
