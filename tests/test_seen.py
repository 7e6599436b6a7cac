"""What a duplicate is, by example. The same rule against a naive model is in test_seen_model.py."""

import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import INT64_MAX
from hub.seen import CHUNK, EQUAL_MAX, RUNS_KEPT_MAX, Run, Seen, SeenLocation, content_digest


def digest(content: str, reader: str = "12000C") -> bytes:
    return content_digest(content, 1_620_458_668_640_000, reader, 8)


def show(seen: Seen, run: Run, contents: Iterable[str], first: int = 1) -> list[int]:
    """The verdicts on contents that come under the sequences first, first + 1, ..."""
    return [seen.judge(run, number, digest(each)) for number, each in enumerate(contents, first)]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def finish(seen: Seen) -> SeenLocation:
    return seen.location("FINISH")


@pytest.fixture
def run(seen: Seen, finish: SeenLocation) -> Run:
    return seen.new_run(finish)


# One numbering


def test_new_contents_are_reads_and_resends_are_not(seen: Seen, run: Run) -> None:
    assert show(seen, run, "abc") == [1, 1, 1]
    assert show(seen, run, "bcd", first=2) == [0, 0, 1]
    assert run.contiguous == 4
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("tag", "wall_us", "reader", "gator"),
    [("2", 7, "R", 1), ("1", 8, "R", 1), ("1", 7, "S", 1), ("1", 7, "R", 2)],
)
def test_each_field_of_a_content_counts(tag: str, wall_us: int, reader: str, gator: int) -> None:
    assert content_digest("1", 7, "R", 1) != content_digest(tag, wall_us, reader, gator)


def test_two_lines_equal_in_all_but_the_sequence_are_two_reads(seen: Seen, run: Run) -> None:
    assert show(seen, run, "abab") == [1, 1, 2, 2]
    assert show(seen, run, "abab") == [0, 0, 0, 0]


def test_guns_of_a_main_and_a_backup_point_differ_in_the_reader(seen: Seen, finish: SeenLocation) -> None:
    main, backup = seen.new_run(finish), seen.new_run(finish)
    assert seen.judge(main, 1, digest("GUNTIME", "I11A9D")) == 1
    assert seen.judge(backup, 1, digest("GUNTIME", "I22B00")) == 1


def test_two_guns_under_one_sequence_of_one_numbering_are_both_kept(seen: Seen, run: Run) -> None:
    assert show(seen, run, "ab") == [1, 1]
    assert seen.judge(run, 2, digest("B")) == 1
    assert show(seen, run, "cd", first=3) == [1, 1]
    run.connected()
    assert [seen.judge(run, n, digest(c)) for n, c in [(1, "a"), (2, "b"), (2, "B"), (3, "c"), (4, "d")]] == [
        0
    ] * 5
    assert run.contiguous == 4
    assert not seen.gaps


def test_what_another_took_the_sequence_of_is_shown_once_less(seen: Seen, run: Run) -> None:
    assert show(seen, run, "aa") == [1, 2]
    assert seen.judge(run, 2, digest("B")) == 1
    assert show(seen, run, "aaa", first=3) == [0, 3, 4]


def test_a_stuck_reader_is_counted_as_far_as_the_key_reaches(seen: Seen, run: Run) -> None:
    verdicts = show(seen, run, "x" * (EQUAL_MAX + 2))
    assert verdicts[:3] == [1, 2, 3]
    assert verdicts[-3:] == [EQUAL_MAX, 0, 0]


# The same reads under another numbering


def test_a_restart_with_the_gun_moved_to_the_front(seen: Seen, finish: SeenLocation) -> None:
    assert show(seen, seen.new_run(finish), "abG") == [1, 1, 1]
    assert show(seen, seen.new_run(finish), "Gabc") == [0, 0, 0, 1]


def test_two_laptops_stream_one_controller(seen: Seen, finish: SeenLocation) -> None:
    """Whoever is first brings the read, whatever its sequence is there."""
    one, other = seen.new_run(finish), seen.new_run(finish)
    assert show(seen, one, "ab") == [1, 1]
    assert show(seen, other, "xabc") == [1, 0, 0, 1]
    assert show(seen, one, "cd", first=3) == [0, 1]
    assert show(seen, other, "d", first=5) == [0]


def test_twins_are_counted_within_a_numbering_not_over_all(seen: Seen, finish: SeenLocation) -> None:
    assert show(seen, seen.new_run(finish), "aba") == [1, 1, 2]
    assert show(seen, seen.new_run(finish), "baa") == [0, 0, 0]
    assert show(seen, seen.new_run(finish), "aaab") == [0, 0, 3, 0]


# A rewind under the same id


@pytest.mark.parametrize(
    ("before", "after", "verdicts"),
    [
        ("abcd", "abcd", [0, 0, 0, 0]),
        ("abcd", "bcd", [0, 0, 0]),  # a filter took the first: all move down
        ("abcd", "xabcd", [1, 0, 0, 0, 0]),  # a filter let one more through: all move up
        ("abcd", "acxd", [0, 0, 1, 0]),
        ("abGc", "Gabc", [0, 0, 0, 0]),  # the gun moved to the front
        ("aab", "ab", [0, 0]),
        ("ab", "aab", [0, 2, 0]),
        ("abc", "ABC", [1, 1, 1]),  # a time shift
    ],
)
def test_a_rewind_with_another_filter(
    seen: Seen, run: Run, before: str, after: str, verdicts: list[int]
) -> None:
    show(seen, run, before)
    assert show(seen, run, after) == verdicts
    assert show(seen, run, after) == [0] * len(after)
    assert show(seen, run, "new", first=len(after) + 1) == [1, 1, 1]
    assert not seen.gaps


@pytest.mark.parametrize(("before", "after"), [("abcdef", "xabcdef"), ("abcdef", "bcdef")])
def test_a_numbering_that_changed_while_it_was_away_is_streamed_anew(
    seen: Seen, run: Run, before: str, after: str
) -> None:
    """It comes back in the middle, where its sequences stand for other contents: nothing is counted twice."""
    show(seen, run, before)
    run.durable = 4
    run.connected()
    assert show(seen, run, after[3:], first=4) == [0] * len(after[3:])
    assert (seen.gaps, run.contiguous, run.durable) == ([run], 0, 0)  # so it is asked from 1
    assert show(seen, run, after) == [int(each == "x") for each in after]
    assert run.contiguous == len(after)


def test_a_restart_is_asked_for_once_a_connection(seen: Seen, run: Run) -> None:
    show(seen, run, "abcd")
    for _ in range(2):
        run.connected()
        show(seen, run, "AB", first=2)
        show(seen, run, "ab", first=3)
        show(seen, run, "AB", first=3)
        assert seen.gaps == [run]
        seen.gaps.clear()


def test_after_a_rewind_twins_are_counted_anew(seen: Seen, run: Run) -> None:
    assert show(seen, run, "aaab") == [1, 2, 3, 1]
    assert show(seen, run, "ba") == [0, 0]
    assert show(seen, run, "aaa", first=3) == [0, 0, 4]


# Gaps


def test_a_gap_is_told_once_a_connection(seen: Seen, run: Run) -> None:
    assert show(seen, run, "ab") == [1, 1]
    assert show(seen, run, "de", first=4) == [1, 1]
    assert (seen.gaps, run.contiguous) == ([run], 2)
    assert show(seen, run, "g", first=7) == [1]
    assert seen.gaps == [run]
    assert show(seen, run, "cdefg", first=3) == [1, 0, 0, 1, 0]
    assert run.contiguous == 7
    assert not run.beyond or run.contiguous % CHUNK
    seen.gaps.clear()
    run.connected()
    show(seen, run, "z", first=9)
    assert seen.gaps == [run]


@given(st.permutations(range(2, 3 * CHUNK + 2)))
def test_sequences_in_any_order_end_without_a_gap(order: list[int]) -> None:
    seen = Seen()
    run = seen.new_run(seen.location("FINISH"))
    assert [seen.judge(run, number, digest(f"{number}")) for number in [1, *order]] == [1] * (len(order) + 1)
    assert run.contiguous == len(order) + 1
    assert set(run.beyond) <= {run.contiguous // CHUNK}
    assert [seen.judge(run, number, digest(f"{number}")) for number in order] == [0] * len(order)


def test_sparse_and_huge_sequences(seen: Seen, run: Run) -> None:
    numbers = [INT64_MAX, 10**12, *range(5, 5000, 17), INT64_MAX - 1]
    assert [seen.judge(run, number, digest(f"{number}")) for number in numbers] == [1] * len(numbers)
    assert [seen.judge(run, number, digest(f"{number}")) for number in numbers] == [0] * len(numbers)
    assert run.contiguous == 0
    assert seen.judge(run, INT64_MAX, digest("other")) == 1
    assert not run.shown(10**12).strip(b"\0")  # a conflict beyond a gap: all of it is forgotten
    assert seen.judge(run, 10**12, digest(f"{10**12}")) == 0


# Locations


def test_an_equal_content_elsewhere_is_a_repeat(seen: Seen, run: Run) -> None:
    mistyped = seen.new_run(seen.location("FINSIH"))
    assert show(seen, run, "aba") == [1, 1, 2]
    assert show(seen, mistyped, "abaab") == [-1, -1, -2, -3, -2]
    assert show(seen, run, "a", first=4) == [3]  # where it came first it is none


def test_locations_are_one_without_case(seen: Seen, finish: SeenLocation) -> None:
    assert seen.location("Finish") is finish
    assert finish.name == "FINISH"
    assert seen.location("STRASSE") is seen.location("straße")


@given(
    st.sampled_from(["FINISH", "Ziel", "5 km", "ß"]),
    st.binary(min_size=14, max_size=14),
    st.integers(1, EQUAL_MAX),
)
def test_keys_go_there_and_back(name: str, content: bytes, count: int) -> None:
    location = Seen().location(name)
    key = location.key(content, count)
    assert len(key) == 16
    assert location.parse_key(key) == (content, count)
    assert Seen().location(name.casefold()).key(content, count) == key


def test_keys_differ_by_location_content_and_count() -> None:
    seen = Seen()
    places = [seen.location(name) for name in ("START", "FINISH")]
    keys = {
        place.key(digest(each), count) for place in places for each in "ab" for count in (1, 2, EQUAL_MAX)
    }
    assert len(keys) == 12


# Loading


def load(seen: Seen, run: Run, rows: Iterable[tuple[int, str, int]]) -> None:
    for sequence, content, count in rows:
        seen.load(run, sequence, run.location.key(digest(content), count))


def test_what_was_loaded_is_held_durable_and_asks_for_nothing(
    seen: Seen, finish: SeenLocation, run: Run
) -> None:
    other = seen.new_run(finish)
    load(seen, run, [(1, "a", 1), (2, "b", 1), (3, "a", 2)])
    load(seen, other, [(2, "c", 1)])
    seen.loaded()
    assert (run.durable, other.durable, seen.gaps) == (3, 0, [])
    assert not run.live
    run.connected()
    other.connected()
    assert run.expect == 3
    assert show(seen, run, "aad", first=3) == [0, 3, 1]
    assert show(seen, other, "acbad") == [0, 0, 0, 0, 0]


def test_rows_of_a_rewound_numbering_are_no_place_to_resume_from(seen: Seen, run: Run) -> None:
    load(seen, run, [(1, "a", 1), (2, "b", 1), (3, "c", 1), (3, "d", 1), (4, "e", 1)])
    seen.loaded()
    assert run.durable == 0
    run.connected()
    assert show(seen, run, "acdeb") == [0] * 5


def test_what_is_held_without_a_numbering_is_held(seen: Seen, finish: SeenLocation, run: Run) -> None:
    for count in (1, 2):
        seen.hold(finish, finish.key(digest("a"), count))
    seen.loaded()
    assert show(seen, run, "aab") == [0, 0, 1]
    assert show(seen, seen.new_run(finish), "aaa") == [0, 0, 3]


# Forgetting


def test_the_oldest_numberings_that_are_away_are_forgotten_and_double_nothing(
    seen: Seen, finish: SeenLocation
) -> None:
    runs: list[Run] = []
    for _ in range(3 * RUNS_KEPT_MAX):
        run = seen.new_run(finish)
        assert not any(show(seen, run, "aabc")) or not runs
        run.live = False
        runs.append(run)
    assert [each.forgotten for each in runs] == [True] * (2 * RUNS_KEPT_MAX) + [False] * RUNS_KEPT_MAX
    assert finish.runs == runs[-RUNS_KEPT_MAX:]
    assert not any(each.digests or each.twice for each in runs if each.forgotten)
    assert max(each.bit for each in runs) <= 1 << RUNS_KEPT_MAX  # or masks would grow with every restart
    assert show(seen, seen.new_run(finish), "aabcaa") == [0, 0, 0, 0, 3, 4]


def test_a_live_numbering_is_never_forgotten_and_the_last_used_not_first(
    seen: Seen, finish: SeenLocation
) -> None:
    runs = [seen.new_run(finish) for _ in range(RUNS_KEPT_MAX + 2)]
    assert not any(run.forgotten for run in runs)
    for run in runs:
        run.live = False
    finish.used(runs[0])
    seen.new_run(finish)
    assert [run.forgotten for run in runs] == [False, True, True, True, False, False]


def test_too_many_loaded_numberings_are_forgotten(seen: Seen, finish: SeenLocation) -> None:
    runs = [seen.new_run(finish) for _ in range(10)]
    for number, run in enumerate(runs):
        load(seen, run, [(1, f"{number}", 1)])
    load(seen, runs[0], [(2, "x", 1)])
    seen.loaded()
    assert [run for run in runs if not run.forgotten] == [runs[0], *runs[-RUNS_KEPT_MAX + 1 :]]
    assert show(seen, seen.new_run(finish), "0123456789x") == [0] * 11


def test_sightings_that_are_made_to_differ_are_not_all_shared() -> None:
    seen = Seen()
    runs = [seen.new_run(seen.location(f"{number}")) for number in range(200)]
    for content in range(200):
        for number in range(content % 100, 200):
            seen.judge(runs[number], content + 1, digest(f"{content}"))
    assert len(seen._interned) <= 10_000
    assert [seen.judge(runs[n], 200, digest("199")) for n in (99, 100)] == [0, 0]


@pytest.mark.parametrize("hole", [False, True])
def test_memory_is_at_most_200_bytes_a_read(hole: bool) -> None:
    """`hole`: a line that could not be read, right at the start."""
    count = 100_000
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        seen = Seen()
        run = seen.new_run(seen.location("FINISH"))
        for number in range(1 + hole, count + 1 + hole):
            seen.judge(run, number, digest(f"{number}"))
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert used / count <= 200


@pytest.mark.parametrize(
    ("sequences", "gap"),
    [
        ([1, 2, 3], None),
        ([1, 2, 4], (3, 3)),
        ([5], (1, 4)),
        ([1, 40], (2, 39)),
        ([1, 3, 40, 2], (4, 39)),
        ([*range(1, 18), 19, 20, 18, 33], (21, 32)),
        ([2, 1], None),
    ],
)
def test_the_first_gap(sequences: list[int], gap: tuple[int, int] | None) -> None:
    seen = Seen()
    run = seen.new_run(seen.location("FINISH"))
    for sequence in sequences:
        seen.judge(run, sequence, sequence.to_bytes(14, "big"))
    assert run.gap == gap
