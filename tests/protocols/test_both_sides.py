"""The server's machine joined to the client's, in memory: what one says the other understands, and no read is lost."""

from collections import defaultdict
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Observation
from hub.protocols.chronotrack import (
    Ended,
    Event,
    HandshakeDone,
    LocationAnnounced,
    PeerFault,
    ServerConnection,
    State,
)
from hub.protocols.chronotrack_client import Client, Settings
from hub.protocols.chronotrack_stream import LAYOUT, TIME_FORMATS, Item, Stream, gun_item

US = 1_000_000
EIGHT_US = 1717228800 * US  # 2024-06-01 08:00
ID = "0123456789ABCDEF0123456789ABCDEF01234567"
HUGE = 1 << 20


def a_stream(counts: Mapping[str, int]) -> Stream:
    """A gun, then reads a second apart: as many items as are asked for."""
    stream = Stream(ID, "24HILL")
    for name, count in counts.items():
        stream.location(name)
        grow(stream, name, count)
    return stream


def grow(stream: Stream, name: str, count: int) -> None:
    for _ in range(count):
        number = len(stream.location(name).items)
        time_us = EIGHT_US + number * US
        item = Item(str(4700 + number), time_us, 1, "0A11B2", 4) if number else gun_item(time_us, "I0AB1C")
        stream.append(name, item)


class Link:
    """One connection and what came over it. `size`: bytes a segment, both ways; `settings`: what the client is told
    instead of what the server says, as another server might."""

    def __init__(
        self,
        stream: Stream,
        *,
        resume: Mapping[str, int] | None = None,
        size: int = HUGE,
        announce_live: bool = False,
        settings: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self.server = ServerConnection("RaceHub", "1.0")
        self.client = Client(stream, announce_live=announce_live)
        self.resume = resume or {}
        self.size = size
        self.settings = settings or {}
        self.events: list[Event] = []
        self.observations: list[Observation] = []
        self.commands = b""

    def run(self, segments_max: int = HUGE) -> None:
        """Until neither side has anything to say, or so many segments have come from the client."""
        while segments_max > 0:
            self.answer()
            data = self.client.data_to_send()
            if not data:
                return
            for at in range(0, len(data), self.size):
                if segments_max == 0:
                    return  # what is still on the wire is lost with it
                segments_max -= 1
                self.hear(self.server.receive_data(data[at : at + self.size]))

    def answer(self) -> None:
        said = self.server.data_to_send()
        self.commands += said
        for setting, other in self.settings.items():
            said = said.replace(setting, other)
        for at in range(0, len(said), self.size):
            self.client.receive_data(said[at : at + self.size])

    def hear(self, events: list[Event]) -> None:
        self.events += events
        if any(isinstance(event, HandshakeDone) for event in events):
            self.server.start(self.resume)
        observations, rejected = self.server.take()
        assert rejected == []
        self.observations += observations

    def drop(self) -> None:
        """The line breaks; what had come of a last line is no read."""
        self.client.connection_lost()
        self.events += self.server.receive_eof()
        self.observations += self.server.take()[0]

    @property
    def sequences(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for seen in self.observations:
            found[seen.location].append(seen.sequence)
        return dict(found)

    def commands_from(self, count: int) -> list[bytes]:
        return self.commands.split(b"\r\n")[count:-1]


WELCOME_LINES = 10


def linked(
    stream: Stream, resume: Mapping[str, int] | None = None, settings: Mapping[bytes, bytes] | None = None
) -> Link:
    """The one helper: a link on which all has been said. The same in one segment and byte by byte."""
    links = [Link(stream, resume=resume, settings=settings, size=size) for size in (HUGE, 1)]
    for link in links:
        link.run()
    whole, cut = links
    assert (whole.events, whole.observations, whole.commands) == (cut.events, cut.observations, cut.commands)
    return whole


def up_to(**counts: int) -> dict[str, list[int]]:
    return {name: list(range(1, count + 1)) for name, count in counts.items()}


def test_all_of_several_locations_comes_once_and_in_order() -> None:
    link = linked(a_stream({"LEFT": 600, "MID": 3, "RIGHT": 300}))
    assert link.sequences == up_to(LEFT=600, MID=3, RIGHT=300)
    assert link.events[-1] == HandshakeDone("SimpleClient", "0.6.0", ID, "24HILL", ("LEFT", "MID", "RIGHT"))
    assert link.commands_from(WELCOME_LINES) == [b"start"]
    assert link.client.done
    assert [seen.gun for seen in link.observations].count(True) == 3


def test_every_field_comes_as_it_was() -> None:
    stream = a_stream({"FINISH": 20})
    seen = linked(stream).observations
    assert [Item(o.tag, o.wall_us, o.lap, o.reader_id, o.gator, o.gun) for o in seen] == stream.locations[
        0
    ].items
    assert not any(o.since_midnight for o in seen)


def test_the_settings_have_the_effect_that_is_wanted() -> None:
    link = linked(a_stream({"FINISH": 1}))
    assert link.client.settings == Settings(push=True, newlocations=True, time_format="iso", layout=LAYOUT)


def test_a_client_without_a_location_yet() -> None:
    stream = a_stream({})
    link = Link(stream, announce_live=True)
    link.run()
    assert link.server.state is State.STREAMING
    grow(stream, "FINISH", 3)
    link.run()
    assert link.sequences == up_to(FINISH=3)
    assert link.commands_from(WELCOME_LINES) == [b"start", b"start~FINISH"]


def test_it_grows_in_mid_stream() -> None:
    stream = a_stream({"START": 30})
    link = Link(stream, announce_live=True)
    link.run(3)
    grow(stream, "START", 10)
    grow(stream, "FINISH", 5)
    link.run()
    grow(stream, "FINISH", 1)
    link.run()
    assert link.sequences == up_to(START=40, FINISH=6)
    assert link.commands_from(WELCOME_LINES) == [b"start", b"start~FINISH"]
    assert LocationAnnounced("FINISH") in link.events


def test_a_location_that_is_not_announced_comes_with_the_next_connection() -> None:
    stream = a_stream({"START": 3})
    link = Link(stream)
    link.run()
    grow(stream, "FINISH", 2)
    link.run()
    assert link.sequences == up_to(START=3)
    assert linked(stream, resume={"start": 3}).sequences == {"START": [3], "FINISH": [1, 2]}


def test_a_location_that_is_not_announced_is_found_by_asking() -> None:
    stream = a_stream({"START": 3})
    link = Link(stream)
    link.run()
    grow(stream, "FINISH", 2)
    link.server.ask_locations()
    link.run()
    assert link.sequences == up_to(START=3, FINISH=2)
    link.server.ask_locations()
    link.run()
    assert link.sequences == up_to(START=3, FINISH=2)


def test_a_drop_and_a_resume() -> None:
    stream = a_stream({"LEFT": 40, "RIGHT": 25})
    first = Link(stream, size=97)
    first.run(30)
    first.drop()
    got = {name: numbers[-1] for name, numbers in first.sequences.items()}
    assert got["LEFT"] < 40
    grow(stream, "RIGHT", 5)
    second = linked(stream, resume={name.casefold(): number for name, number in got.items()})
    assert second.sequences == {
        "LEFT": list(range(got["LEFT"], 41)),
        "RIGHT": list(range(got["RIGHT"], 31)),
    }
    assert second.commands_from(WELCOME_LINES) == [b"start~%b~%d" % (n.encode(), s) for n, s in got.items()]


def test_a_resume_beyond_the_end_is_silent_until_it_is_asked_again() -> None:
    stream = a_stream({"FINISH": 4})
    link = Link(stream, resume={"finish": 9})
    link.run()
    assert link.observations == []
    link.server.request_from("FINISH", 1)
    link.run()
    assert link.sequences == up_to(FINISH=4)


def test_a_gap_is_asked_for_in_mid_stream() -> None:
    link = Link(a_stream({"FINISH": 4}))
    link.run()
    link.server.request_from("finish", 3)
    link.run()
    assert link.sequences == {"FINISH": [1, 2, 3, 4, 3, 4]}


def test_a_ping_is_answered() -> None:
    link = Link(a_stream({"FINISH": 1}))
    link.run()
    link.server.ping()
    link.answer()
    assert link.client.data_to_send() == b"ack~ping\r\n"
    assert link.server.receive_data(b"ack~ping\r\nping\r\n") == []
    link.run()
    assert not link.client.closed
    assert link.server.take() == ([], [])


@pytest.mark.parametrize("name", ["Zürich Süd", "東京", "a b"])
def test_names_that_are_not_ascii_resume(name: str) -> None:
    stream = a_stream({name: 6, "END": 1})
    assert linked(stream, resume={name.casefold(): 5}).sequences == {name: [5, 6], "END": [1]}


def test_a_location_refused_by_the_client_is_told() -> None:
    link = Link(a_stream({"FINISH": 1}))
    link.run()
    link.server.request_from("NOWHERE", 1)
    link.run()
    assert link.events[-1] == PeerFault("start~invalid location requested")
    assert not link.client.closed


def test_a_client_that_stays_in_pull_mode_is_told_of() -> None:
    link = linked(a_stream({"FINISH": 1}), settings={b"stream-mode=push": b"stream-mode=pull"})
    assert link.events[-1] == PeerFault("start~command unavailable in pull mode")
    assert link.observations == []


@pytest.mark.parametrize("time_format", sorted(TIME_FORMATS))
@pytest.mark.parametrize("layout", [f"CT01_{separator}{end}" for separator in "12345" for end in "23"])
def test_whatever_format_the_client_takes_is_read(time_format: str, layout: str) -> None:
    settings = {
        b"time-format=iso": f"time-format={time_format}".encode(),
        b"guntimes=true": f"tagevent-format={layout}".encode(),
    }
    link = linked(a_stream({"FINISH": 5}), settings=settings)
    assert (link.client.settings.time_format, link.client.settings.layout.name) == (time_format, layout)
    assert [seen.raw[:7] for seen in link.observations] == [layout] * 5
    assert link.sequences == up_to(FINISH=5)


def test_without_announcements_the_answers_name_the_locations() -> None:
    link = linked(a_stream({"FINISH": 5}), settings={b"newlocations=true": b"newlocations=false"})
    assert link.sequences == up_to(FINISH=5)
    assert isinstance(link.events[-1], HandshakeDone)
    assert link.events[-1].locations == ("FINISH",)


def test_the_session_is_selected_again() -> None:
    stream = a_stream({"FINISH": 3})
    link = Link(stream)
    link.run()
    stream.restart("F" * 40)
    link.run()
    assert link.client.closed
    again = linked(stream)
    assert isinstance(again.events[-1], HandshakeDone)
    assert again.events[-1].connection_id == "F" * 40


@given(
    st.dictionaries(st.sampled_from(["A", "B", "ü"]), st.integers(1, 40), min_size=1),
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 200)), max_size=8),
)
def test_whenever_the_line_breaks(counts: dict[str, int], drops: list[tuple[int, int]]) -> None:
    """However often and wherever the line breaks: with a resume at the last read, every read comes, in order, and
    only the one resumed at comes again."""
    stream = a_stream(counts)
    last: dict[str, int] = {}
    for segments, size in [*drops, (HUGE, HUGE)]:
        link = Link(stream, resume={name.casefold(): number for name, number in last.items()}, size=size)
        link.run(segments)
        link.drop()
        for name, numbers in link.sequences.items():
            begin = last.get(name, 1)
            assert numbers == list(range(begin, begin + len(numbers)))
            last[name] = numbers[-1]
        assert not any(isinstance(event, Ended | PeerFault) for event in link.events)
    assert last == counts
