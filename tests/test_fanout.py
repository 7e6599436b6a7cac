"""Topics and subscribers, by calling them: no loop, no sockets. Messages are numbers: their offsets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import fanout
from hub.fanout import (
    PIECE_BYTES_MAX,
    RING_FLOOD_MAX,
    RING_MESSAGES_MAX,
    STOPPING,
    TOO_SLOW,
    CloseReason,
    Cut,
    Subscriber,
    Topic,
)

QUEUE_BYTES: Final = 256 * 1024
KNOWN: Final = 2000
"""Messages that can be made again."""


class Turns:
    """Stands for the loop: what was to be called soon is called at the end of a turn."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []

    def end(self) -> None:
        while self.soon:
            self.soon.pop(0)()


@dataclass
class Past:
    """What was published until it was looked at, as far as it is known: the last KNOWN."""

    known: Sequence[bytes]
    last: int

    @property
    def reach(self) -> int:
        return self.last - len(self.known)

    def messages(self, after: int, count: int) -> Sequence[bytes]:
        return self.known[after - self.reach :][:count] if after >= self.reach else []


class Known(Topic):
    """A topic whose messages can be made again, as long as they are known."""

    def __init__(self, ring: Sequence[bytes], soon: Callable[[Callable[[], None]], object]) -> None:
        self.known = list(ring)
        self.looked = 0
        super().__init__(len(ring), ring, soon, self.look_back)

    def publish(self, messages: Iterable[bytes]) -> None:
        new = list(messages)
        self.known += new
        super().publish(new)

    def look_back(self) -> Past:
        self.looked += 1
        return Past(self.known[-KNOWN:], len(self.known))


class Screen:
    """A subscriber with its wakings counted."""

    def __init__(self, topic: Topic, cursor: int, queue_bytes: int = QUEUE_BYTES) -> None:
        self.woken = 0
        self.subscriber = Subscriber(topic, cursor, self._wake, queue_bytes)

    def _wake(self) -> None:
        self.woken += 1

    def take(self) -> list[bytes]:
        """All frames there are now."""
        frames = []
        while (frame := self.subscriber.take()) is not None:
            frames.append(frame)
        return frames

    def settled(self) -> "Screen":
        assert self.take() == []
        return self


def message(offset: int, size: int = 0) -> bytes:
    return b"%d" % offset + b" " * size


def offsets(frames: list[bytes]) -> list[int]:
    return [int(line) for frame in frames for line in frame.split(b"\n")]


def topic_at(offset: int, turns: Turns | None = None) -> Known:
    return Known([message(each) for each in range(1, offset + 1)], (turns or Turns()).soon.append)


def publish(topic: Topic, count: int, size: int = 0) -> None:
    first = topic.published + 1
    topic.publish([message(each, size) for each in range(first, first + count)])


def test_what_one_turn_brought_is_one_frame_and_the_same_bytes_for_all() -> None:
    turns = Turns()
    topic = topic_at(0, turns)
    screens = [Screen(topic, 0).settled() for _ in range(3)]
    publish(topic, 2)
    publish(topic, 1)
    assert len(turns.soon) == 1
    assert all(screen.woken == 0 for screen in screens)
    turns.end()
    frames = [screen.take() for screen in screens]
    assert frames == [[b"1\n2\n3"]] * 3
    assert frames[0][0] is frames[1][0] is frames[2][0]
    assert all(screen.woken == 1 for screen in screens)


def test_who_comes_back_pulls_what_it_missed_in_pieces() -> None:
    topic = topic_at(0)
    publish(topic, 1000, size=500)
    topic.flush()
    frames = Screen(topic, 10).take()
    assert len(frames) > 1
    assert all(len(frame) <= PIECE_BYTES_MAX for frame in frames)
    assert offsets(frames) == list(range(11, 1001))


def test_pieces_are_shared_by_those_who_pull_the_same() -> None:
    topic = topic_at(0)
    publish(topic, 1000, size=500)
    topic.flush()
    first, second = (screen.take() for screen in [Screen(topic, 10), Screen(topic, 10)])
    assert len(first) > 1 and all(a is b for a, b in zip(first, second, strict=True))


def test_a_message_larger_than_a_piece_goes_alone() -> None:
    topic = topic_at(0)
    publish(topic, 1)
    publish(topic, 1, size=PIECE_BYTES_MAX)
    publish(topic, 1)
    topic.flush()
    assert [offsets([frame]) for frame in Screen(topic, 0).take()] == [[1], [2], [3]]


def test_no_hole_and_no_double_at_the_switch_to_live() -> None:
    turns = Turns()
    topic = topic_at(5, turns)
    screen = Screen(topic, 3)
    publish(topic, 2)  # published, and not flushed yet
    seen = screen.take()
    turns.end()
    seen += screen.take()
    publish(topic, 1)
    turns.end()
    assert offsets(seen + screen.take()) == [4, 5, 6, 7, 8]


def test_a_stalled_subscriber_is_cut_when_its_queue_is_full_and_costs_no_more() -> None:
    topic = topic_at(0)
    stalled, reading = Screen(topic, 0).settled(), Screen(topic, 0).settled()
    most = 0
    seen = []
    for _ in range(100):
        publish(topic, 10, size=990)
        topic.flush()
        most = max(most, stalled.subscriber.queued_bytes)
        seen += reading.take()
    assert QUEUE_BYTES - 10_000 < most <= QUEUE_BYTES
    assert stalled.subscriber.queued_bytes == 0
    with pytest.raises(Cut) as cut:
        stalled.take()
    assert cut.value.reason is TOO_SLOW and TOO_SLOW.again
    assert offsets(seen) == list(range(1, 1001))


def test_a_flood_sends_all_back_to_pulling_and_cuts_nobody_who_reads() -> None:
    topic = topic_at(0)
    screens = [Screen(topic, 0).settled() for _ in range(3)]
    publish(topic, 1)
    topic.flush()  # lies in their queues when the flood comes
    publish(topic, 3 * RING_MESSAGES_MAX, size=200)
    topic.flush()
    assert all(screen.subscriber.queued_bytes == 1 for screen in screens)
    publish(topic, 1)
    topic.flush()
    for screen in screens:
        assert offsets(screen.take()) == list(range(1, topic.offset + 1))
        publish(topic, 1)
        topic.flush()
        assert offsets(screen.take())[-1] == topic.offset


def test_who_pulls_too_slowly_for_the_ring_is_cut() -> None:
    topic = topic_at(0)
    screen = Screen(topic, 0)
    for _ in range(6):
        publish(topic, RING_FLOOD_MAX // 4)
        topic.flush()
    assert len(topic.recent(10 * RING_FLOOD_MAX)) < 1.25 * RING_FLOOD_MAX
    with pytest.raises(Cut) as cut:
        screen.take()
    assert cut.value.reason is TOO_SLOW


def test_the_ring_does_not_grow() -> None:
    topic = topic_at(0)
    for _ in range(10):
        publish(topic, RING_MESSAGES_MAX // 2)
        topic.flush()
    assert len(topic.recent(10 * RING_MESSAGES_MAX)) <= 1.5 * RING_MESSAGES_MAX
    assert topic.reaches(topic.offset - RING_MESSAGES_MAX)


def test_what_the_ring_has_no_more_is_made_again() -> None:
    topic = topic_at(0)
    for _ in range(30):
        publish(topic, 100, size=500)
        topic.flush()
    assert topic.reaches(1000) and not topic.reaches(999)
    frames = Screen(topic, 1000).take()
    assert offsets(frames) == list(range(1001, 3001))
    assert all(len(frame) <= PIECE_BYTES_MAX for frame in frames)
    assert len(topic.recent(3000)) <= 1.5 * RING_MESSAGES_MAX, "and not kept in the ring"


def test_it_is_made_once_for_all_who_pull_and_kept_for_nobody() -> None:
    topic = topic_at(0)
    publish(topic, 3000, size=500)
    topic.flush()
    topic.looked = 0
    first, second = Screen(topic, 1000), Screen(topic, 1000)
    frames = [[screen.subscriber.take() for screen in (first, second)] for _ in range(5)]
    assert all(one is not None and one is other for one, other in frames)
    assert topic.looked == 1 and topic._pieces
    first.take()
    assert topic._pieces and topic._past
    second.subscriber.leave()
    assert not topic._pieces and not topic._past and not topic._pulling


def test_who_comes_back_misses_nothing_in_a_flood_that_comes_meanwhile() -> None:
    topic = topic_at(0)
    publish(topic, 3000, size=500)
    topic.flush()
    slow, slower = Screen(topic, 1500), Screen(topic, 1000)
    seen: dict[Screen, list[bytes]] = {slow: [], slower: []}
    for turn in range(40):
        publish(topic, 1000)
        topic.flush()
        for screen in (slow, slower) if turn % 10 == 0 else (slow,):
            seen[screen] += [frame for frame in [screen.subscriber.take()] if frame]
    assert len(topic.recent(10**6)) > 40_000
    for screen, frames in seen.items():
        first = 1501 if screen is slow else 1001
        assert offsets(frames + screen.take()) == list(range(first, topic.offset + 1))
    publish(topic, 1)
    topic.flush()
    assert len(topic.recent(10**6)) <= 1.5 * RING_MESSAGES_MAX


def test_who_is_further_behind_than_what_is_known_is_cut_and_nobody_else() -> None:
    topic = topic_at(0)
    publish(topic, 3000)
    topic.flush()
    lost, comes = Screen(topic, 999), Screen(topic, 1000)
    with pytest.raises(Cut) as cut:
        lost.take()
    assert cut.value.reason is TOO_SLOW
    assert offsets(comes.take()) == list(range(1001, 3001))


def test_what_is_known_better_is_made_again_from_that() -> None:
    topic = topic_at(0)
    publish(topic, 1000, size=500)
    topic.flush()
    screen = Screen(topic, 100)
    assert screen.subscriber.take()
    topic.known = [b"%d better" % each for each in range(1, 1001)]
    topic.replace(topic.known[-RING_MESSAGES_MAX:])
    rest = b"\n".join(screen.take()).split(b"\n")
    assert rest == topic.known[1000 - len(rest) :] and len(rest) > 700


def test_a_topic_that_cannot_look_back_reaches_as_far_as_its_ring() -> None:
    topic = Topic(5, [b"4", b"5"], Turns().soon.append)
    assert [topic.reaches(after) for after in (2, 3, 5, 6)] == [False, True, True, False]


def test_a_small_queue_cuts_nobody_who_reads() -> None:
    topic = topic_at(0)
    screen = Screen(topic, 0, queue_bytes=1024).settled()
    seen = []
    for _ in range(20):
        publish(topic, 5, size=500)
        topic.flush()
        seen += screen.take()
    assert offsets(seen) == list(range(1, 101))


def test_what_has_no_offset_reaches_those_who_pull_too() -> None:
    topic = topic_at(5)
    live, pulling = Screen(topic, 5).settled(), Screen(topic, 3)
    publish(topic, 1)
    topic.replace([b"%d " % each for each in range(1, 7)])
    topic.tell([b"100", b"101"])
    assert live.take() == [b"6", b"100\n101"], "what was pushed before stays before"
    assert pulling.take() == [b"100\n101", b"4 \n5 \n6 "], "it pulls what is known now"


def test_much_that_has_no_offset_goes_in_pieces() -> None:
    topic = topic_at(1)
    screen = Screen(topic, 1).settled()
    topic.tell([message(each, 1000) for each in range(100)])
    frames = screen.take()
    assert len(frames) == 2 and all(len(frame) <= PIECE_BYTES_MAX for frame in frames)
    assert offsets(frames) == list(range(100))


def test_only_who_is_live_is_told_how_far_the_topic_is() -> None:
    topic = topic_at(5)
    live, pulling = Screen(topic, 5).settled(), Screen(topic, 3)
    topic.beat(b"5")
    assert live.take() == [b"5"]
    assert pulling.take() == [b"4\n5"]


def test_the_first_reason_is_the_one() -> None:
    topic = topic_at(0)
    screen = Screen(topic, 0).settled()
    publish(topic, 1)
    topic.flush()
    screen.subscriber.cut(STOPPING)
    screen.subscriber.cut(TOO_SLOW)
    publish(topic, 1)
    topic.flush()
    topic.tell([b"1"])
    with pytest.raises(Cut) as cut:
        screen.take()
    assert cut.value.reason is STOPPING


def test_who_left_is_pushed_nothing() -> None:
    topic = topic_at(0)
    screen = Screen(topic, 0).settled()
    screen.subscriber.leave()
    publish(topic, 1)
    topic.flush()
    assert not topic.subscribers and screen.take() == []


def test_recent_and_changes() -> None:
    topic = topic_at(3)
    changes = {topic.changes}
    assert topic.recent(2) == [b"2", b"3"]
    publish(topic, 1)
    assert (topic.offset, topic.published) == (3, 4)
    topic.flush()
    assert topic.recent(200) == [b"1", b"2", b"3", b"4"]
    changes.add(topic.changes)
    topic.replace([b"3", b"4"])
    changes.add(topic.changes)
    assert topic.recent(200) == [b"3", b"4"] and len(changes) == 3


def test_codes_say_whether_to_come_back() -> None:
    reasons = [each for each in vars(fanout).values() if isinstance(each, CloseReason)]
    assert len({each.code for each in reasons}) == len(reasons) >= 4
    assert all(each.again == (4100 <= each.code <= 4199) for each in reasons)
    assert all(4000 <= each.code <= 4199 and len(each.text.encode()) <= 123 for each in reasons)


step = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 300)),
    st.tuples(st.just("flush"), st.just(0)),
    st.tuples(st.just("flood"), st.integers(300, 2000)),
    st.tuples(st.just("tell"), st.integers(1, 3)),
    st.tuples(st.just("take"), st.integers(0, 3)),
    st.tuples(st.just("join"), st.integers(0, 2500)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(step, max_size=60), st.integers(1, 64))
def test_whatever_the_order_who_is_not_cut_gets_exactly_what_comes_after_its_cursor(
    steps: list[tuple[str, int]], queue_kib: int
) -> None:
    """A subscriber that is not cut has received all messages after its cursor, in order, none twice."""
    topic = topic_at(0)
    screens: list[tuple[Screen, int, list[int]]] = []

    def take(screen: Screen, seen: list[int], times: int) -> None:
        for _ in range(times):
            frame = None
            try:
                frame = screen.subscriber.take()
            except Cut:
                break
            if frame is None:
                break
            seen += [each for each in offsets([frame]) if each > 0]

    for name, number in [*steps, ("flush", 0)]:
        if name in ("publish", "flood"):
            publish(topic, number, size=30 if name == "publish" else 300)
        elif name == "flush":
            topic.flush()
        elif name == "tell":
            topic.tell([b"-1"] * number)
        elif name == "join" and topic.reaches(number):
            screens.append((Screen(topic, number, queue_kib * 1024), number, []))
        elif name == "take":
            for screen, _, seen in screens:
                take(screen, seen, number)
    for screen, cursor, seen in screens:
        take(screen, seen, 10**6)
        expected = list(range(cursor + 1, topic.offset + 1))
        if screen.subscriber.reason is None:
            assert seen == expected
        else:
            assert seen == expected[: len(seen)], "and one that was cut, the first of them"
