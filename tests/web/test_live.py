"""Sessions on the air, without sockets and stores: what was durable is handed in."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from hub import encode
from hub.fanout import (
    ANOTHER_SESSION,
    OLDER_MESSAGES_MAX,
    RING_MESSAGES_MAX,
    SESSION_GONE,
    STOPPING,
    TOO_SLOW,
    Cut,
    Subscriber,
)
from hub.hub import Hub
from hub.marks import Call, Mark
from hub.model import DisplayRow, Participant, Read, SessionRow
from hub.results import Gun
from hub.roster import Roster
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.web.earlier import WHOLE_MAX
from hub.web.live import Live
from hub.web.on_air import Resume

DISPLAY = DisplayRow("K7XQ2M9P", 1, None, "Finish")
NOW_US = 1_767_225_600_000_000


class Air:
    """A hub with sessions, what it says of them, and screens."""

    def __init__(self, *session_ids: int) -> None:
        self.hub = Hub(now_us=lambda: NOW_US, wake=lambda: None, publish=lambda session, reads: None)
        self.live = Live(self.hub, lambda: NOW_US, 256 * 1024)
        for number in session_ids or (1,):
            row = SessionRow(number, 1, f"Session {number}", "", "active", 1, "UTC", "2026-01-01", number)
            self.hub.add_session(Session(row, late_us=120_000_000))

    def session(self, number: int = 1) -> Session:
        return self.hub.sessions[number]

    def durable(self, count: int, number: int = 1, *, skip: int = 0) -> None:
        """So many reads more, as the hub hands them over."""
        session = self.session(number)
        first = session.durable + skip + 1
        reads = [read(each) for each in range(first, first + count)]
        session.durable = session.head = reads[-1].offset
        session.tail.extend(reads)
        self.live.publish(session, reads)

    def join(self, number: int = 1, resume: Resume | None = None) -> tuple[dict[str, Any], Subscriber]:
        hello, subscriber = self.live.join(self.session(number), DISPLAY, resume=resume, wake=lambda: None)
        return json.loads(hello), subscriber

    def watch(self, resume: Resume | None = None) -> tuple[dict[str, Any], Subscriber]:
        """Somebody comes who has signed in."""
        hello, subscriber = self.live.join(self.session(), None, resume=resume, wake=lambda: None)
        return json.loads(hello), subscriber


def read(offset: int) -> Read:
    tag = f"T{offset}"
    return Read(offset, 5, offset, "FINISH", tag, NOW_US, "", 1, "12000C", 1, "read", (), b"", "raw", NOW_US)


async def taken(subscriber: Subscriber) -> list[dict[str, Any]]:
    """Every message there is at the end of this turn."""
    await asyncio.sleep(0)
    messages: list[dict[str, Any]] = []
    while (frame := subscriber.take()) is not None:
        messages += [json.loads(line) for line in frame.split(b"\n")]
    return messages


def offsets(messages: list[dict[str, Any]]) -> list[int]:
    return [each["offset"] for each in messages]


async def test_what_is_durable_is_shown() -> None:
    air = Air()
    air.durable(3)
    hello, subscriber = air.join()
    assert offsets(hello["recent"]) == [1, 2, 3] and hello["offset"] == 3
    air.durable(2)
    assert offsets(await taken(subscriber)) == [4, 5]


async def test_a_screen_that_joins_in_the_middle_of_a_turn_misses_nothing() -> None:
    air = Air()
    air.join()
    air.durable(2)
    hello, subscriber = air.join()
    assert hello["offset"] == 0, "what is not flushed is not in the picture yet"
    assert offsets(await taken(subscriber)) == [1, 2]


async def test_nobody_watches_and_nothing_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    air = Air()
    monkeypatch.setattr(encode, "read_message", None)
    air.durable(5)
    air.live.new_roster(air.session(), Roster())
    air.live.tick()


async def test_the_picture_is_joined_once_for_all_who_come_at_the_same_offset() -> None:
    air = Air()
    air.durable(3)
    air.join()
    (on_air,) = air.live._on_air.values()
    picture = on_air.recent()
    air.join()
    assert on_air.recent() is picture
    air.durable(1)
    await asyncio.sleep(0)
    hello, _ = air.join()
    assert offsets(hello["recent"]) == [1, 2, 3, 4]
    picture = on_air.recent()
    air.live.tick()
    assert not on_air.picture, "as large as the ring, and for who comes now"
    assert on_air.recent() == picture


async def test_a_hello_has_as_much_as_it_may_however_long_the_screens_have_been_there() -> None:
    air = Air()
    air.join()
    for _ in range(10):
        air.durable(100)
        await asyncio.sleep(0)
    hello, _ = air.join()
    assert offsets(hello["recent"]) == list(range(1001 - encode.RECENT_OFFSETS, 1001))


async def test_only_what_a_screen_may_ask_for_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the whole memory of a session when its first screen comes: what is older, when one comes back to it."""
    encoded: list[int] = []
    read_message = encode.read_message

    def counted(session: Session, one: Read, *, staff: bool) -> bytes:
        encoded.append(one.offset)
        return read_message(session, one, staff=staff)

    monkeypatch.setattr(encode, "read_message", counted)
    air = Air()
    air.durable(3000)
    air.join()
    assert len(encoded) == RING_MESSAGES_MAX + WHOLE_MAX
    _, first = air.join(resume=(1, 1, 1000))
    _, second = air.join(resume=(1, 1, 1000))
    assert len(encoded) == RING_MESSAGES_MAX + WHOLE_MAX
    one, other = first.take(), second.take()
    assert one is other and one is not None
    assert len(encoded) == RING_MESSAGES_MAX + WHOLE_MAX + OLDER_MESSAGES_MAX


@pytest.mark.parametrize(
    ("resume", "recovered"),
    [
        ((1, 1, 3000), True),
        ((1, 1, 2999), True),
        ((1, 1, 3000 - TAIL_READS_MAX), True),
        ((1, 1, 3000 - TAIL_READS_MAX - 1), False),
        ((1, 1, 3001), False),
        ((1, 1, -5), False),
        ((1, 2, 3000), False),
        ((2, 1, 3000), False),
        (None, False),
    ],
)
async def test_who_can_go_on(resume: Resume | None, recovered: bool) -> None:
    air = Air()
    air.durable(3000)
    hello, subscriber = air.join(resume=resume)
    assert hello["recovered"] is recovered
    missed = list(range(resume[2] + 1, 3001)) if resume and recovered else []
    assert offsets(await taken(subscriber)) == missed


async def test_screens_are_counted_and_a_topic_goes_with_its_last_one() -> None:
    air = Air(1, 2)
    _, first = air.join(1)
    _, second = air.join(1)
    _, other = air.join(2)
    assert air.live.screens == 3
    air.live.leave(first)
    air.live.leave(first)
    assert air.live.screens == 2 and len(air.live._on_air) == 2
    air.live.leave(second)
    assert air.live.screens == 1 and list(air.live._on_air) == [(2, False)]
    air.durable(1, 1)
    air.durable(1, 2)
    assert offsets(await taken(other)) == [1] and await taken(second) == []
    air.live.leave(other)
    assert not air.live._on_air


async def test_sessions_do_not_mix() -> None:
    air = Air(1, 2)
    _, first = air.join(1)
    _, second = air.join(2)
    air.durable(2, 1)
    air.durable(1, 2)
    assert offsets(await taken(first)) == [1, 2] and offsets(await taken(second)) == [1]


async def test_offsets_that_have_moved_send_the_screens_away_to_start_afresh() -> None:
    air = Air()
    air.durable(3)
    _, before = air.join()
    air.session().epoch = 2
    air.durable(2, skip=1)
    with pytest.raises(Cut) as cut:
        before.take()
    assert cut.value.reason is TOO_SLOW
    hello, after = air.join(resume=(1, 1, 3))
    assert (hello["recovered"], hello["epoch"], hello["offset"]) == (False, 2, 6)
    assert offsets(hello["recent"]) == [5, 6], "only what follows without a hole"
    air.live.leave(before)
    assert air.live.screens == 1, "one that leaves late takes nobody's topic along"
    air.durable(1)
    assert offsets(await taken(after)) == [7]


async def test_a_new_roster_corrects_what_was_shown_and_what_will_be_pulled() -> None:
    air = Air()
    air.durable(900)
    _, live = air.join()
    assert await taken(live) == []
    _, pulling = air.join(resume=(1, 1, 897))
    air.live.new_roster(air.session(), Roster([Participant(1, "7", ("T899", "T1"), "Ann", "Lee")]))
    told, seen = await taken(live), await taken(pulling)
    while len(told) < 2:
        told, seen = told + await taken(live), seen + await taken(pulling)
    assert [(each["type"], each["offset"], each["runner"]["name"]) for each in told] == [
        ("correction", 899, "Ann Lee"),
        ("correction", 1, "Ann Lee"),
    ]
    assert [each["offset"] for each in seen if each["type"] == "correction"] == [899, 1]
    seen = [each for each in seen if each["type"] == "read"]
    assert [each.get("runner", {}).get("bib") for each in seen] == [None, "7", None]
    hello, _ = air.join()
    assert hello["recent"][-2]["runner"]["name"] == "Ann Lee"


async def test_only_of_the_tags_that_were_touched_it_is_looked_who_it_is_now() -> None:
    air = Air()
    air.durable(3)
    _, live = air.join()
    await taken(live)
    roster = Roster([Participant(1, "7", ("T2", "T3"), "Ann", "Lee")])
    air.live.new_roster(air.session(), roster, {"t2"})
    assert offsets(await taken(live)) == [2]
    assert air.session().roster is roster


async def test_a_read_that_was_voided_is_retracted_everywhere() -> None:
    air = Air()
    air.durable(300)
    _, live = air.join()
    assert await taken(live) == []
    _, pulling = air.join(resume=(1, 1, 297))
    air.session().void(replace(read(299), kind="void"))
    air.live.retract(air.session(), 299)
    assert await taken(live) == [{"type": "retract", "offset": 299}]
    assert [(each["type"], each["offset"]) for each in await taken(pulling)] == [
        ("retract", 299),
        ("read", 298),
        ("retract", 299),
        ("read", 300),
    ]
    hello, _ = air.join()
    assert [each["type"] for each in hello["recent"][-3:]] == ["read", "retract", "read"]


async def test_a_new_roster_in_the_middle_of_a_turn() -> None:
    air = Air()
    _, live = air.join()
    await taken(live)
    air.durable(2)
    air.live.new_roster(air.session(), Roster([Participant(1, "7", ("T2",), "Ann", "Lee")]))
    seen = await taken(live)
    assert [(each["type"], each["offset"]) for each in seen] == [("read", 1), ("read", 2), ("correction", 2)]
    air.durable(1)
    assert offsets(await taken(live)) == [3]


async def test_the_same_roster_again_corrects_nothing() -> None:
    air = Air()
    air.durable(2)
    _, live = air.join()
    await taken(live)
    air.live.new_roster(air.session(), Roster([Participant(1, "7", ("T2",), "Ann", "Lee")]))
    assert len(await taken(live)) == 1
    air.live.new_roster(air.session(), Roster([Participant(2, "7", ("T2",), "Ann", "Lee")]))
    assert await taken(live) == []


async def test_a_tick_says_how_far_it_is() -> None:
    air = Air()
    _, live = air.join()
    await taken(live)
    air.durable(2)
    air.live.tick()
    seen = await taken(live)
    assert [(each["type"], each["offset"]) for each in seen] == [("read", 1), ("read", 2), ("tick", 2)]


async def test_ticks_are_shared_out_and_every_session_has_its_own() -> None:
    air = Air(1, 2, 3, 7)
    screens = {number: air.join(number)[1] for number in (1, 2, 3, 7)}
    _, idle = air.live.join(None, DISPLAY, resume=None, wake=lambda: None)
    for each in (*screens.values(), idle):
        await taken(each)
    heard: list[list[int]] = []
    for part in range(4):
        air.live.tick(part, 4)
        heard.append([number for number, each in screens.items() if await taken(each)])
    assert heard == [[], [1], [2], [3, 7]]
    air.live.tick(0, 4)
    assert [each["type"] for each in await taken(idle)] == ["tick"] * 2


async def test_all_are_cut_at_once() -> None:
    air = Air(1, 2)
    subscribers = [air.join(number)[1] for number in (1, 1, 2)]
    air.live.cut_all(STOPPING)
    assert [each.reason for each in subscribers] == [STOPPING] * 3


async def test_a_screen_without_a_session() -> None:
    air = Air()
    hello, subscriber = air.live.join(None, DISPLAY, resume=(1, 1, 0), wake=lambda: None)
    fields = json.loads(hello)
    assert fields["session"] is None and fields["recovered"] is False and air.live.screens == 1
    assert await taken(subscriber) == []
    air.durable(1)
    air.live.tick()
    assert [each["type"] for each in await taken(subscriber)] == ["tick"]
    air.live.leave(subscriber)
    assert air.live.screens == 0


# Starts, displays and those who watch


def gun(offset: int, at_us: int, kind: str = "gun") -> Read:
    tag, raw = "GUNTIME", "raw"
    return Read(offset, 5, offset, "START", tag, at_us, "", 0, "M", 0, kind, (), b"", raw, NOW_US)


async def test_a_gun_starts_a_clock_and_one_taken_back_stops_it() -> None:
    air = Air()
    session = air.session()
    hello, subscriber = air.join()
    assert hello["starts"] == [] and await taken(subscriber) == []
    session.extend([gun(1, NOW_US)])
    air.live.publish(session, [gun(1, NOW_US)])
    read_, told = await taken(subscriber)
    assert (read_["kind"], told["type"]) == ("gun", "starts")
    start = {"location": "START", "race": None, "guns": ["2026-01-01T00:00:00.000+00:00"]}
    assert told["starts"] == [start]
    assert air.join()[0]["starts"] == [start]
    session.void(gun(1, NOW_US, "void"))
    air.live.retract(session, 1)
    assert [each["type"] for each in await taken(subscriber)] == ["retract", "starts"]
    assert air.join()[0]["starts"] == []


async def test_a_start_of_yesterday_has_no_clock() -> None:
    air = Air()
    air.session().add_guns([Gun(1, "START", NOW_US - encode.START_AGE_US_MAX)])
    assert air.join()[0]["starts"] == []
    air.session().add_guns([Gun(2, "B", NOW_US - encode.START_AGE_US_MAX + 1)])
    assert [each["location"] for each in air.join()[0]["starts"]] == ["B"]


async def test_screens_are_counted_by_display_and_watchers_are_none() -> None:
    air = Air()
    _, screen = air.join()
    air.join()
    hello, watcher = air.live.join(air.session(), None, resume=None, wake=lambda: None)
    assert json.loads(hello)["display"] is None
    assert (air.live.screens, air.live.screens_of("K7XQ2M9P"), air.live.screens_of("AAAAAAAA")) == (2, 2, 0)
    air.live.leave(screen)
    air.live.leave(watcher)
    assert (air.live.screens, air.live.screens_of("K7XQ2M9P")) == (1, 1)


async def test_a_display_that_shows_another_session_comes_back() -> None:
    air = Air()
    _, screen = air.join()
    other = DisplayRow("AAAAAAAA", 1, None, "Start")
    _, stays = air.live.join(air.session(), other, resume=None, wake=lambda: None)
    air.live.come_back("K7XQ2M9P")
    with pytest.raises(Cut) as cut:
        screen.take()
    assert cut.value.reason is ANOTHER_SESSION and cut.value.reason.again
    assert stays.take() is None


async def test_a_session_that_ends_leaves_its_displays_something_to_come_back_to_and_watchers_nothing() -> (
    None
):
    air = Air()
    _, screen = air.join()
    _, watcher = air.live.join(air.session(), None, resume=None, wake=lambda: None)
    air.live.session_ended(air.session())
    assert (screen.reason, watcher.reason) == (ANOTHER_SESSION, SESSION_GONE)
    air.live.session_ended(air.session())


async def test_screens_go_where_their_display_shows_another_session_now() -> None:
    air = Air(1)
    air.hub.displays[DISPLAY.code] = DISPLAY
    _, screen = air.join(1)
    air.live.follow()
    assert await taken(screen) == []
    row = replace(air.session(1).row, id=2, created_us=2)
    air.hub.add_session(Session(row, late_us=1))
    air.live.follow()
    with pytest.raises(Cut) as cut:
        screen.take()
    assert cut.value.reason is ANOTHER_SESSION


async def test_a_line_reaches_all_screens_of_a_partner_and_no_other() -> None:
    """Those that have no session, too, and whoever watches."""
    air = Air(1, 2)
    air.hub.change_session(air.session(2), replace(air.session(2).row, partner_id=2))
    resting, of_other = DisplayRow("AAAA2222", 1, 9, "Tent"), DisplayRow("BBBB2222", 2, 9, "Other")
    for display in (DISPLAY, resting, of_other):
        air.hub.displays[display.code] = display
    _, mine = air.join(1)
    _, watching = air.live.join(air.session(1), None, resume=None, wake=lambda: None)
    _, theirs = air.join(2)
    _, empty = air.live.join(None, resting, resume=None, wake=lambda: None)
    _, their_empty = air.live.join(None, of_other, resume=None, wake=lambda: None)
    air.hub.emergency[1] = "Storm"
    air.live.tell_partner(1, encode.emergency("Storm"))
    for subscriber in (mine, watching, empty):
        assert [each["text"] for each in await taken(subscriber)] == ["Storm"]
    for subscriber in (theirs, their_empty):
        assert await taken(subscriber) == []
    hello, _ = air.live.join(None, resting, resume=None, wake=lambda: None)
    assert json.loads(hello)["emergency"] == "Storm"
    assert air.join(1)[0]["emergency"] == "Storm" and air.join(2)[0]["emergency"] == ""


async def test_what_is_said_of_runners_is_for_those_who_watch() -> None:
    air = Air(1, 2)
    _, screen = air.join()
    said = []
    for number in (1, 2):
        _, watcher = air.live.join(air.session(number), None, resume=None, wake=lambda: None)
        said.append(watcher)
    air.live.marked(air.session(), Mark("bib:1", True, "", "", 0))
    air.live.marked(air.session(), Mark("bib:1", True, "Twin", "", 0))
    air.live.called(air.session(), Call(1, "", 0))
    air.live.uncalled(air.session(), 1)
    assert [each["type"] for each in await taken(screen)] == ["stars"]
    assert [each["type"] for each in await taken(said[0])] == ["stars", "marks", "marks", "calls", "calls"]
    assert await taken(said[1]) == []
    assert air.session().said.stars == ("bib:1",) and air.session().said.calls(0) == []


async def test_what_is_retracted_is_in_no_book() -> None:
    air = Air()
    air.durable(3)
    book = air.live.books.begin(air.session().row, Roster(), air.session(), None)
    book.passages.add(air.session().recent(3))
    air.live.retract(air.session(), 1)
    air.live.retract_all(air.session(), [2])
    assert [book.passages.at(offset) is not None for offset in (1, 2, 3)] == [False, False, True]
    air.live.start_afresh(air.session())
    assert air.live.books.kept(1, air.session(), None) is None
