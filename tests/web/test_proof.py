"""Reports of screens, without sockets and PostgreSQL: what is believed, what waits, and what is counted."""

import asyncio
from collections.abc import Sequence

import pytest

from hub import showings
from hub.errors import StoreAway, StoreError
from hub.latencies import Latencies
from hub.latency import PAINT, Way
from hub.model import ScreenRow, SessionRow, Whose
from hub.session import Session
from hub.showings import FOR_MS_MAX, Counts, ReadShown, Showing, ShowingRow, ShownFilter
from hub.web import proof
from hub.web.proof import PAINT_MS_MAX, Place, Proof
from hub.web.screen_messages import Shown, ShownRead
from hub.web.screens import Known
from tests.test_latencies import NOW_US, near, read

CODE = "K7XQ2M9P"


class Store:
    def __init__(self) -> None:
        self.kept: list[tuple[int, ShowingRow]] = []
        self.ways: list[tuple[int, int]] = []
        self.problem: StoreError | None = None

    async def save_showings(self, partner_id: int, rows: Sequence[ShowingRow]) -> None:
        if self.problem is not None:
            raise self.problem
        self.kept += [(partner_id, row) for row in rows]

    async def add_latencies(self, partner_id: int, session_id: int, way: Way) -> None:
        if self.problem is not None:
            raise self.problem
        self.ways.append((partner_id, session_id))

    async def reads(self, whose: Whose, session_id: int, wanted: ShownFilter) -> list[ReadShown]:
        return []

    async def counts(self, whose: Whose, session_id: int, wanted: ShownFilter) -> Counts:
        return Counts(0, 0, 0)

    async def latencies(self, whose: Whose, session_id: int) -> Way:
        return Way()


class World:
    """A session with twelve reads on disk, of which a screen came behind the first two."""

    def __init__(self) -> None:
        self.store, self.latencies = Store(), Latencies({})
        self.proof = Proof(self.store, self.latencies, lambda: NOW_US)
        session = Session(SessionRow(5, 1, "S", "E", "active", 1, "UTC", "2024-06-01", NOW_US), late_us=0)
        session.durable = 12
        self.known = Known(ScreenRow("x" * 22, 1, CODE), round_trip_us=8_000)
        self.place = Place(session, 1, CODE, self.known, 2)
        group = self.latencies.journalled(1, 5, [read(offset) for offset in range(1, 13)], NOW_US)
        self.latencies.sent(group, NOW_US)

    async def kept(self) -> list[tuple[int, Showing]]:
        await self.proof.save()
        rows, self.store.kept = self.store.kept, []
        assert {(partner, row.session_id) for partner, row in rows} <= {(1, 5)}
        return [(row.offset, row.showing) for _, row in rows]


async def test_what_a_screen_has_painted_is_kept_and_counted() -> None:
    world = World()
    world.proof.hear(world.place, Shown(7, 12.0, layout="rows"))
    assert await world.kept() == [(7, Showing(CODE, NOW_US, 0, "rows"))]
    parts = world.latencies.unsaved(5).parts
    assert (parts[PAINT].count, parts[PAINT].percentile_us(50)) == (1, near(16_000)), "half of the round trip"
    assert world.known.lately.of(NOW_US).percentile_us(50) == near(16_000)
    world.proof.hear(world.place, Shown(7, 12.0, 8_000.4, "rows"))
    assert await world.kept() == [(7, Showing(CODE, NOW_US - 8_000_000, 8_000, "rows"))]
    assert parts[PAINT].count == 1, "when it leaves nothing is counted again"
    assert await world.kept() == []


async def test_what_it_has_missed_and_what_there_is_not_are_no_latency() -> None:
    world = World()
    missed = [ShownRead(1, 1.0), ShownRead(2, 1.0)]
    world.proof.hear(world.place, Shown(shown=[*missed, ShownRead(0, 1.0), ShownRead(13, 1.0)]))
    assert [offset for offset, _ in await world.kept()] == [1, 2]
    assert world.latencies.unsaved(5).parts[PAINT].count == 0


async def test_who_had_to_wait_for_room_is_kept_and_is_no_latency() -> None:
    world = World()
    world.proof.hear(world.place, Shown(7, 4000.0, layout="card", waited=True))
    assert await world.kept() == [(7, Showing(CODE, NOW_US, 0, "card"))]
    assert world.latencies.unsaved(5).parts[PAINT].count == 0
    assert world.known.lately.of(NOW_US).count == 0


async def test_no_figure_is_beyond_what_can_be() -> None:
    world = World()
    world.proof.hear(world.place, Shown(3, 1e300))
    world.proof.hear(world.place, Shown(4, -1e300))
    world.proof.hear(world.place, Shown(5, 1.0, 1e300))
    world.proof.hear(world.place, Shown(6, 1.0, -5.0))
    assert [(offset, each.shown_ms) for offset, each in await world.kept()] == [
        (3, 0),
        (4, 0),
        (5, FOR_MS_MAX),
        (6, 1),
    ]
    assert world.latencies.unsaved(5).parts[PAINT].percentile_us(100) == near(PAINT_MS_MAX * 1000)


async def test_a_screen_that_does_not_say_who_it_is_is_believed_alike() -> None:
    world = World()
    world.place.known = None
    world.proof.hear(world.place, Shown(7, 12.0))
    assert len(await world.kept()) == 1
    assert world.latencies.unsaved(5).parts[PAINT].percentile_us(50) == near(12_000)


async def test_while_the_store_is_away_it_waits_as_far_as_there_is_room(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(showings, "WAITING_MAX", 3)
    world = World()
    world.store.problem = StoreAway("away")
    for offset in (3, 4, 5, 6, 7):
        world.proof.hear(world.place, Shown(offset, 1.0))
        assert await world.kept() == []
    await world.proof.save_latencies()
    assert world.proof.lost == 2 and "no room for 1 more" in caplog.text
    assert world.latencies.unsaved(5)
    world.store.problem = None
    assert [offset for offset, _ in await world.kept()] == [3, 4, 5]
    await world.proof.save_latencies()
    assert world.store.ways == [(1, 5)] and not world.latencies.unsaved(5)


async def test_what_the_store_refuses_is_said_and_does_not_wait(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.store.problem = StoreError("PostgreSQL says: no")
    world.proof.hear(world.place, Shown(3, 1.0))
    assert await world.kept() == []
    await world.proof.save_latencies()
    assert "1 showings are not kept" in caplog.text and "latencies of session 5 are not kept" in caplog.text
    world.store.problem = None
    assert await world.kept() == []


async def test_what_is_cut_off_in_the_middle_is_kept_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "SAVED_AT_ONCE", 2)
    world, asked = World(), asyncio.Event()

    async def stuck(partner_id: int, rows: Sequence[ShowingRow]) -> None:
        asked.set()
        await asyncio.Event().wait()

    world.proof.hear(world.place, Shown(shown=[ShownRead(offset, 1.0) for offset in range(1, 6)]))
    with monkeypatch.context() as changed:
        changed.setattr(world.store, "save_showings", stuck)
        saving = asyncio.create_task(world.proof.save())
        await asked.wait()
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
    assert [offset for offset, _ in await world.kept()] == [1, 2, 3, 4, 5]


async def test_many_are_kept_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "SAVED_AT_ONCE", 2)
    monkeypatch.setattr(proof, "SAVED_A_TIME_MAX", 5)
    world = World()
    world.proof.hear(world.place, Shown(shown=[ShownRead(offset, 1.0) for offset in range(1, 9)]))
    assert [offset for offset, _ in await world.kept()] == [1, 2, 3, 4, 5]
    assert [offset for offset, _ in await world.kept()] == [6, 7, 8]
