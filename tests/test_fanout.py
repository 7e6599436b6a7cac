"""Topics and subscribers, by calling them: no loop, no sockets. Messages are numbers: their offsets."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import fanout
from hub.fanout import (
    PIECE_BYTES_MAX,
    RING_MESSAGES_MAX,
    STOPPING,
    TOO_SLOW,
    CloseReason,
    Cut,
    Subscriber,
    Topic,
)

QUEUE_BYTES: int = 256 * 1024


class Turns:
    """Stands for the loop: what was to be called soon is called at the end of a turn."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []

    def end(self) -> None:
        while self.soon:
            self.soon.pop(0)()


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


def topic_at(offset: int, turns: Turns | None = None) -> Topic:
    return Topic(offset, [message(each) for each in range(1, offset + 1)], (turns or Turns()).soon.append)


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
    first, second = Screen(topic, 10).take(), Screen(topic, 10).take()
    assert all(a is b for a, b in zip(first, second, strict=True))


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
        publish(topic, RING_MESSAGES_MAX)
        topic.flush()
    assert len(topic.recent(10 * RING_MESSAGES_MAX)) < 5 * RING_MESSAGES_MAX
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
