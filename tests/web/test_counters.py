"""Counts of a session while a display on the air has a template with a counter: when they are loaded, kept, told and
given back."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from hub.counting import Counting, Stored
from hub.errors import StoreAway
from hub.hub import Hub
from hub.model import DisplayRow, Participant, Read, SessionRow, TemplateRow, Whose
from hub.roster import Roster
from hub.session import Session
from hub.template_words import Canvas, CounterBlock, State, Template, TextBlock, packed
from hub.web import counters
from hub.web.live import Live
from tests.lifecycle import Office
from tests.running import Screen, rows, until

NOW_US = 1_767_225_600_000_000
SHARED = pytest.mark.asyncio(loop_scope="session")


def template(*blocks: TextBlock | CounterBlock, version: int = 1) -> TemplateRow:
    content = Template(canvas=Canvas(width=1920, height=1080), active=State(blocks=list(blocks)))
    return TemplateRow(9, 1, "Finish", version, packed(content))


COUNTER = template(CounterBlock(id="n", x=0, y=0, w=100, h=50))
PLAIN = template(TextBlock(id="n", x=0, y=0, w=100, h=50, text='"kind":"counter"'))


def read(offset: int, tag: str, location: str = "FINISH") -> Read:
    return Read(offset, 5, offset, location, tag, NOW_US, "", 1, "", 1, "read", (), b"", "raw", NOW_US)


class Air:
    """A hub with one session and one display, and what PostgreSQL would say."""

    def __init__(self) -> None:
        self.hub = Hub(now_us=lambda: NOW_US, wake=lambda: None, publish=lambda session, reads: None)
        self.live = Live(self.hub, lambda: NOW_US, 256 * 1024)
        row = SessionRow(1, 1, "Sunday", "", "active", 1, "UTC", "2026-01-01", 1)
        self.session = Session(row, late_us=120_000_000)
        self.hub.add_session(self.session)
        self.display = DisplayRow("K7XQ2M9P", 1, None, "Finish", template_id=9)
        self.hub.displays["K7XQ2M9P"] = self.display
        self.hub.templates[9] = COUNTER
        self.stored: list[Read] = []
        self.asked: list[tuple[int, int]] = []
        self.away = False
        self.told: list[dict[str, Any]] = []
        self.live.counters._tell = self._tell

    def _tell(self, session_id: int, message: bytes) -> None:
        assert session_id == 1
        self.told.append(json.loads(message))

    async def load(self, whose: Whose, session_id: int, after: int, through: int) -> list[Stored]:
        assert (whose, session_id) == (1, 1)
        if self.away:
            raise StoreAway("it is away")
        self.asked.append((after, through))
        found = [each for each in self.stored if after < each.offset <= through][:2]
        return [Stored(each.offset, True, each.location, each.tag, False, None) for each in found]

    def durable(self, *tags: str, location: str = "FINISH", stored: bool = True) -> None:
        first = self.session.durable + 1
        reads = [read(offset, tag, location) for offset, tag in enumerate(tags, first)]
        self.session.head = reads[-1].offset
        self.session.extend(reads)
        self.live.publish(self.session, reads)
        if stored:
            self.stored += reads

    @asynccontextmanager
    async def screen(self) -> AsyncIterator[dict[str, Any]]:
        hello, subscriber = self.live.join(self.session, self.display, resume=None, wake=lambda: None)
        yield json.loads(hello)
        self.live.leave(subscriber)

    @property
    def counted(self) -> bool:
        return bool(self.live.counters.kept)

    def figures(self) -> dict[str, tuple[int, int]]:
        """What was said last."""
        if not self.told:
            return {}
        return {each["location"]: (each["runners"], each["reads"]) for each in self.told[-1]["counts"]}


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "SAY_S", 0.02)


@asynccontextmanager
async def on_air() -> AsyncIterator[Air]:
    air = Air()
    running = asyncio.create_task(air.live.counters.run(air.load, air.live.codes))
    yield air
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_was_there_and_what_comes() -> None:
    async with on_air() as air:
        air.durable("1", "2", "3", location="START")
        async with air.screen() as first:
            assert first["counts"] is None, "it is not counted yet"
            await until(lambda: air.figures() == {"": (3, 3), "START": (3, 3)})
            assert air.told[0]["type"] == "counts" and air.told[0]["roster"] == 0
            assert air.asked == [(0, 3), (2, 3)], "a piece at a time"
            air.durable("1", "2", "2")
            await until(lambda: air.figures() == {"": (3, 6), "START": (3, 3), "FINISH": (2, 3)})
            async with air.screen() as hello:
                assert {"type": "counts", **hello["counts"]} == air.told[-1]
            assert len(air.asked) == 2, "it is loaded once"


async def test_a_roster_a_retract_and_other_places() -> None:
    async with on_air() as air, air.screen():
        air.durable("1", "2", "2", "3")
        await until(lambda: air.figures() == {"": (3, 4), "FINISH": (3, 4)})
        air.live.new_roster(air.session, Roster([Participant(1, "7", ("1", "2")), Participant(2, "8")]))
        await until(lambda: air.figures() == {"": (2, 4), "FINISH": (2, 4)})
        assert air.told[-1]["roster"] == 2
        air.live.retract(air.session, 4)
        await until(lambda: air.figures() == {"": (1, 3), "FINISH": (1, 3)})
        air.live.retract_all(air.session, [1, 2])
        await until(lambda: air.figures() == {"": (1, 1), "FINISH": (1, 1)})
        air.session.crew = frozenset("2")
        air.live.start_afresh(air.session)
        await until(lambda: air.figures() == {"": (0, 0)})


async def test_told_at_most_twice_a_second_and_only_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "SAY_S", 3600.0)
    async with on_air() as air, air.screen():
        air.durable("1")
        await until(lambda: air.told)
        air.durable("2")
        (counted,) = air.live.counters.kept.values()
        assert air.live.counters._say(counted.said_at + 3599.0) <= 1.0 and len(air.told) == 1
        air.live.counters._say(counted.said_at + 3600.0)
        assert len(air.told) == 2 and air.figures()[""] == (2, 2)
        counted.changed = True
        air.live.counters._say(counted.said_at + 3600.0)
        assert len(air.told) == 2, "it is as it was"


async def test_nobody_is_counted_for_whom_nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "LOOK_S", 0.01)
    monkeypatch.setattr(counters, "KEPT_S", 0.0)
    async with on_air() as air:
        air.durable("1")
        air.hub.templates[9] = PLAIN
        async with air.screen() as hello:
            assert hello["counts"] is None
            await until(lambda: air.live.counters._having == {9: (1, False)})
            assert not air.counted and not air.asked
            air.hub.templates[9] = replace(COUNTER, version=2)
            await until(lambda: air.figures() == {"": (1, 1), "FINISH": (1, 1)})
            air.hub.displays["K7XQ2M9P"] = replace(air.display, template_id=None)
            await until(lambda: not air.counted)
            air.hub.displays["K7XQ2M9P"] = replace(air.display, template_id=8)
            air.live.counters.look()
            await until(lambda: not air.live.counters._awake.is_set())
            assert not air.counted, "there is no such template"
            air.hub.displays["K7XQ2M9P"] = air.display
            await until(lambda: air.counted)
        await until(lambda: not air.counted)


async def test_a_screen_that_was_away_a_moment() -> None:
    async with on_air() as air:
        async with air.screen():
            air.durable("1")
            await until(lambda: air.figures() == {"": (1, 1), "FINISH": (1, 1)})
        air.durable("2")
        await until(lambda: air.figures()[""] == (2, 2))
        async with air.screen() as hello:
            assert hello["counts"]["counts"][0] == {"location": "", "runners": 2, "reads": 2}


async def test_a_session_that_has_ended_is_given_back_at_once() -> None:
    async with on_air() as air, air.screen():
        await until(lambda: air.counted)
        del air.hub.sessions[1]
        air.live.session_ended(air.session)
        air.live.counters.look()
        await until(lambda: not air.counted)


async def test_what_postgresql_has_not_yet_and_when_it_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "RETRY_S", 0.01)
    async with on_air() as air:
        air.durable("1")
        air.durable("2", stored=False)
        air.away = True
        async with air.screen():
            await until(lambda: air.counted)
            air.durable("3")
            air.live.retract(air.session, 1)
            assert not air.told
            air.away = False
            await until(lambda: (1, 2) in air.asked)
            assert not air.told
            air.stored.insert(1, read(2, "2"))
            await until(lambda: air.figures() == {"": (2, 2), "FINISH": (2, 2)})


async def test_a_fault_of_ours_is_said_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counters, "RETRY_S", 0.01)
    async with on_air() as air, air.screen():
        await until(lambda: air.told)
        air.live.new_roster(air.session, Roster([Participant("x", "7", ("1",))]))  # type: ignore[arg-type]
        air.durable("1")
        await until(lambda: "counting it has failed" in caplog.text)
        air.live.new_roster(air.session, Roster())
        await until(lambda: air.figures() == {"": (1, 1), "FINISH": (1, 1)})


async def test_no_fault_keeps_a_read_from_its_screens(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counters, "LOOK_S", 0.01)
    async with on_air() as air, air.screen():
        air.durable("1")
        await until(lambda: air.figures() == {"": (1, 1), "FINISH": (1, 1)})
        with monkeypatch.context() as broken:
            broken.setattr(Counting, "add", lambda *_: 1 / 0)
            air.durable("2")
            air.durable("3")
        assert caplog.text.count("it is loaded anew") == 1
        await until(lambda: air.figures() == {"": (3, 3), "FINISH": (3, 3)})
        with monkeypatch.context() as broken:
            broken.setattr(air.live.counters, "_look", lambda *_: 1 / 0)
            await until(lambda: "trying again" in caplog.text)
        air.durable("4")
        await until(lambda: air.figures() == {"": (4, 4), "FINISH": (4, 4)})


async def test_offsets_given_anew_are_loaded_anew() -> None:
    async with on_air() as air, air.screen():
        air.durable("1", "2")
        await until(lambda: air.figures() == {"": (2, 2), "FINISH": (2, 2)})
        air.stored = [read(1, "1"), read(2, "1")]
        air.session.epoch += 1
        async with air.screen() as hello:
            assert hello["counts"] is not None
            air.live.counters.changed(air.session)
            await until(lambda: air.figures() == {"": (1, 2), "FINISH": (1, 2)})


async def counts(screen: Screen) -> dict[str, tuple[int, int]]:
    return _by_place(await screen.next("counts"))


def _by_place(said: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {each["location"]: (each["runners"], each["reads"]) for each in said["counts"]}


async def becomes(screen: Screen, wanted: dict[str, tuple[int, int]]) -> None:
    async with asyncio.timeout(10):
        while await counts(screen) != wanted:
            pass


@SHARED
async def test_a_race_day(shared_office: Office) -> None:
    """On real sockets, with PostgreSQL: reads, a test, a roster, a merged location, the crew, and a source moved."""
    hub = shared_office.hub.app.hub
    made, other = await shared_office.session("Counted"), await shared_office.session("Other")
    code = await shared_office.displayed(made["id"])
    hub.templates[9] = replace(COUNTER, partner_id=hub.displays[code].partner_id)
    hub.displays[code] = replace(hub.displays[code], template_id=9)
    reader = shared_office.reader(made)
    reader.gun("START")
    reader.add("A1", "A2", location="5K", age_s=1.0)
    await shared_office.fed(made, "A1", "B1", "B1", reader=reader)
    await shared_office.reads(made, 6)
    async with shared_office.screen(code) as screen:
        assert (await screen.next("hello"))["counts"] is None
        before = {"": (3, 5), "5K": (2, 2), "FINISH": (2, 3)}
        assert await counts(screen) == before
        await shared_office.hub.import_roster("bib,tag,first_name,last_name\n1,A1;A2,Ann,Lee\n", made["id"])
        await becomes(screen, {"": (2, 5), "5K": (1, 2), "FINISH": (2, 3)})
    places = (await shared_office.ask("GET", f"sessions/{made['id']}/locations"))["locations"]
    ids = {each["name"]: each["id"] for each in places}
    await shared_office.ask(
        "POST", f"sessions/{made['id']}/locations/{ids['5K']}/merge", {"into": ids["FINISH"]}
    )
    await shared_office.ask("POST", f"sessions/{made['id']}/testing", {"on": True})
    async with shared_office.screen(code) as screen:
        reader.add("C1", location="5K")
        await becomes(screen, {"": (3, 6), "FINISH": (3, 6)})
    await shared_office.ask("POST", f"sessions/{made['id']}/testing", {"on": False})
    async with shared_office.screen(code) as screen:
        hello = await screen.next("hello")
        now = {"": (2, 5), "FINISH": (2, 5)}
        if _by_place(hello["counts"]) != now:
            await becomes(screen, now)
        source = shared_office.hub.source(reader)
        await shared_office.ask("POST", f"sources/{source.id}/assign", {"session_id": other["id"]})
        await becomes(screen, {"": (0, 0)})
    moved = await rows(
        shared_office.dsn, "SELECT count(*) AS count FROM timing_reads WHERE session_id = $1", other["id"]
    )
    assert moved[0]["count"] == 7
    await reader.hang_up()
