"""What a session has seen, taken out of it: it is a read again when it comes again, and nothing else is."""

import functools
import operator
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hub.seen import Run, Seen, SeenLocation
from tests.test_seen import digest, finish, run, seen, show

__all__ = ["finish", "run", "seen"]


def keys(location: SeenLocation, *contents: str) -> list[bytes]:
    """Those of reads that are the first, second, ... of their content."""
    shown: dict[str, int] = {}
    found = []
    for each in contents:
        shown[each] = shown.get(each, 0) + 1
        found.append(location.key(digest(each), shown[each]))
    return found


def test_what_was_released_is_a_read_again(seen: Seen, finish: SeenLocation, run: Run) -> None:
    assert show(seen, run, "abca") == [1, 1, 1, 2]
    seen.forget(run)
    assert seen.release(finish, keys(finish, *"abca")) == []
    assert len(seen) == 0 and finish.held == {}
    assert show(seen, seen.new_run(finish), "abca") == [1, 1, 1, 2]


def test_what_is_left_of_equal_contents_is_counted_after_a_restart(finish: SeenLocation) -> None:
    """The first of two has left: who has both brings one of them again."""
    later = Seen()
    location = later.location(finish.name)
    later.hold(location, keys(location, *"aa")[1])
    later.loaded()
    assert show(later, later.new_run(location), "aa") == [0, 2]


def test_some_of_equal_contents_may_be_released(seen: Seen, finish: SeenLocation, run: Run) -> None:
    assert show(seen, run, "aaa") == [1, 2, 3]
    seen.forget(run)
    assert seen.release(finish, keys(finish, "a", "a")[:1]) == []
    assert show(seen, seen.new_run(finish), "aaaa") == [0, 0, 3, 4]


def test_others_that_have_shown_the_same_have_to_show_it_again(
    seen: Seen, finish: SeenLocation, run: Run
) -> None:
    other, third = seen.new_run(finish), seen.new_run(finish)
    assert show(seen, run, "abc") == [1, 1, 1]
    assert show(seen, other, "bcd") == [0, 0, 1]
    assert show(seen, third, "de") == [0, 1]
    other.durable = third.durable = 2
    seen.forget(run)
    assert seen.release(finish, keys(finish, *"abc")) == [other]
    assert other.contiguous == other.durable == 0 and third.durable == 2
    assert show(seen, other, "bcd") == [1, 1, 0], "d is its own, and still held"
    assert show(seen, third, "de") == [0, 0]


def test_what_is_held_at_another_location_stays_there(seen: Seen, finish: SeenLocation, run: Run) -> None:
    start = seen.location("START")
    other = seen.new_run(start)
    assert show(seen, run, "ab") == [1, 1]
    assert show(seen, other, "ab") == [-1, -1]
    seen.forget(run)
    assert seen.release(finish, keys(finish, *"ab")) == []
    assert show(seen, other, "ab") == [0, 0]
    assert show(seen, seen.new_run(finish), "a") == [-1], (
        "known from the other location, which is the first now"
    )
    assert seen.first(digest("b")) is start


def test_what_is_not_held_may_be_released(seen: Seen, finish: SeenLocation, run: Run) -> None:
    assert seen.release(finish, keys(finish, "a")) == []
    assert show(seen, run, "a") == [1]


def test_a_live_reader_is_not_asked_twice_for_what_came_between(
    seen: Seen, finish: SeenLocation, run: Run
) -> None:
    """What was released comes in pieces; it goes on meanwhile."""
    other = seen.new_run(finish)
    assert show(seen, run, "abcd") == [1] * 4
    assert show(seen, other, "abcd") == [0] * 4
    seen.forget(run)
    assert seen.release(finish, keys(finish, *"ab")) == [other]
    assert seen.judge(other, 5, digest("e")) == 1
    assert seen.release(finish, keys(finish, *"cd")) == []
    other.connected()
    assert show(seen, other, "abcde") == [1, 1, 1, 1, 0]
    assert other.contiguous == 5


ITEMS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=8)


@given(
    all_items=st.lists(ITEMS, min_size=2, max_size=4),
    order=st.randoms(use_true_random=False),
    piece=st.integers(1, 4),
    shown=st.integers(0, 8),
)
def test_after_it_the_session_holds_what_the_others_have_shown(
    all_items: list[list[str]], order: random.Random, piece: int, shown: int
) -> None:
    """Readers show what they have in any order among them. The first is taken out, in pieces, while the others go on
    and who is asked to begins again. In the end of each content as many are held as the reader that has it most often
    has of it; and the first, should it come back, brings what is missing to its own."""
    seen = Seen()
    finish = seen.location("FINISH")
    runs = [seen.new_run(finish) for _ in all_items]
    at = [0] * len(all_items)
    rows: list[tuple[int, str, bytes]] = []

    def send(number: int) -> None:
        items = all_items[number]
        if at[number] < len(items):
            content = items[at[number]]
            at[number] += 1
            count = seen.judge(runs[number], at[number], digest(content))
            if count:
                rows.append((number, content, finish.key(digest(content), count)))

    turns = [0] * len(all_items[0]) + [
        number for number, items in enumerate(all_items) if number for _ in items[:shown]
    ]
    order.shuffle(turns)
    for number in turns:
        send(number)
    seen.forget(runs[0])
    own = [row for row in rows if row[0] == 0]
    while own:
        some, own = own[:piece], own[piece:]
        rows = [row for row in rows if row not in some]
        for asked in seen.release(finish, [key for _, _, key in some]):
            number = runs.index(asked)
            asked.connected()
            at[number] = 0
        for number in range(1, len(all_items)):
            if order.random() < 0.5:
                send(number)
    for number in range(1, len(all_items)):
        for _ in all_items[number]:
            send(number)
    held = Counter(content for _, content, _ in rows)
    others = [Counter(items) for items in all_items[1:]]
    assert held == functools.reduce(operator.or_, others)
    again = show(seen, seen.new_run(finish), all_items[0])
    assert sum(map(bool, again)) == (Counter(all_items[0]) - held).total()
