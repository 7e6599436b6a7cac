"""What the benchmarks measure with: if these were wrong, so would be every figure."""

import json
import re
import socket

import pytest

from bench import made, partners, partners_database, table
from bench.__main__ import DOCUMENT
from bench.latency import delays_ms
from bench.relay import framed
from bench.screens_client import SINGLE, Frames
from bench.stalled_client import Follower
from bench.table import Row
from hub import encode
from hub.model import SessionRow
from hub.protocols.ct01 import LineParser
from hub.roster import Roster
from hub.session import Session
from hub.store.reads import COLUMNS
from tests.rosters import participants

NOW_US = 1_767_225_600_000_000


def a_session() -> Session:
    return Session(SessionRow(1, 1, "Bench", "", "active", 1, "UTC", "2026-01-01", NOW_US), late_us=1)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_are_found_however_they_are_cut(size: int) -> None:
    payload, ping = b"x" * size, b"\x89\x00"
    data = ping + framed(payload) + framed(b"last")
    assert Frames().feed(data) == [payload, b"last"]
    frames = Frames()
    pieces = [data[:1], data[1:3], data[3:4], data[4:7], data[7:-1], data[-1:]]
    assert [found for piece in pieces for found in frames.feed(piece)] == [payload, b"last"]


def test_a_single_read_is_known_by_its_tag_whoever_wears_it() -> None:
    session = a_session()
    people, _ = participants(made.roster(), rows_max=made.PEOPLE)
    session.roster = Roster(people)
    message = encode.read_message(session, made.read(17, NOW_US))
    assert json.loads(message)["runner"]["first_name"] == "First17"
    assert SINGLE.findall(message) == [b"17"]


def test_a_follower_misses_nothing_and_notices_what_it_does_not_get() -> None:
    def says(*numbers: int) -> bytes:
        return framed(b"\n".join(b'{"type":"read","tag":"L%d","bib":null}' % each for each in numbers))

    with socket.socket() as line:
        for cut in range(1, len(says(1))):
            follower = Follower(line)
            data = says(1) + says(2, 3) + says(4)
            taken = [follower.take(piece) for piece in (data[:cut], data[cut:], b"\x89\x00")]
            assert (follower.had, follower.astray, taken[1:]) == (4, False, [True, False])
        for numbers in ((1, 3), (1, 1), (2, 1), (2,)):
            follower = Follower(line)
            follower.take(says(*numbers))
            assert (follower.had, follower.astray) == (len(numbers), True)
            follower.begin()
            follower.take(says(1))
            assert (follower.had, follower.astray) == (1, False)


def test_a_read_of_a_backlog_is_no_single_read() -> None:
    parser = LineParser()
    tags = {parser.parse(line.rstrip()).tag for line in made.lines(3000)}
    assert not any(tag.startswith("L") for tag in tags)


def test_single_reads_have_the_tags_of_the_roster_in_turn() -> None:
    parser = LineParser()
    tags = [parser.parse(line.rstrip()).tag for line in made.singles(made.PEOPLE + 1, 100)]
    assert tags[0] == tags[-1] == "L1" and tags[-2] == f"L{made.PEOPLE}"
    assert len(set(tags)) == made.PEOPLE


def test_the_roster_is_one_that_the_hub_takes_whole() -> None:
    people, problems = participants(made.roster(), rows_max=made.PEOPLE)
    assert len(people) == made.PEOPLE and not problems


def test_rows_have_every_column_and_offsets_without_a_hole() -> None:
    rows = made.records(5, 1) + made.records(5, 1, 6)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    offset, key = COLUMNS.index("feed_offset"), COLUMNS.index("read_key")
    assert [row[offset] for row in rows] == list(range(1, 11))
    assert len({row[key] for row in rows}) == 10


def test_a_delay_is_from_when_a_read_left_until_it_came_to_each_screen() -> None:
    left = [1_000_000, 2_000_000, 3_000_000]
    screens = [[[1, 2, 3], [2_000_000, 5_000_000, 4_500_000]], [[3], [9_000_000]]]
    assert delays_ms(left, screens) == [1.0, 3.0, 1.5, 6.0]
    assert delays_ms(left, screens, 2) == [1.5, 6.0]


def test_reads_among_all_are_told_from_those_alone_and_the_warm_up_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partners, "WARM_UP_S", 1)
    monkeypatch.setattr(partners, "SCREENS_EACH", 1)
    left = [[ms * 1_000_000 for ms in (10, 20, 30, 40, 50)]]
    screens = [[[1, 2, 3, 4, 5], [ms * 1_000_000 for ms in (99, 99, 33, 44, 57)]]]
    among, alone = partners._spread(left, screens, 4)
    assert (among["p50"], among["max"], among["count"]) == (3.0, 4.0, 2)
    assert (alone["max"], alone["count"]) == (7.0, 1)


def test_a_screen_that_has_not_had_every_read_in_its_order_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partners, "_turn", lambda: 1)
    for tags, missed in (([1, 2, 3], 0), ([1, 2], 2), ([1, 3, 2], 1), ([1, 2, 3, 3], 2)):
        assert partners._missed({"screens": [[tags, []]]}, 2) == missed


def test_the_reads_of_many_sessions_are_as_a_hub_makes_them() -> None:
    found = partners_database.judged(500, 7)
    assert [read.offset for read in found] == list(range(1, 501))
    assert len({read.key for read in found}) == 500 and {len(read.key) for read in found} == {16}
    codes = {partners_database._code(number) for number in range(400)}
    assert len(codes) == 400 and all(re.fullmatch("[A-HJ-NP-Z2-9]{8}", code) for code in codes)


def test_a_quantile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [table.quantile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert table.quantile([7.0], 0.5) == 7.0


def test_a_row_says_whether_it_fits_where_something_is_wanted() -> None:
    assert table.below("a", 9.9, "ms", 10).cells() == ("a", "9.90 ms", "< 10 ms", "yes")
    assert table.below("a", 10, "ms", 10).cells()[-1] == "NO"
    assert Row("a", 12345.6, "/s").cells() == ("a", "12,346 /s", "", "")
    assert Row("a", None, "not here").cells() == ("a", "not here", "", "")


def test_the_page_takes_new_figures_in_the_place_of_the_old() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    once = table.written_into(page, table.for_docs([Row("old", 1, "s")]))
    twice = table.written_into(once, table.for_docs([Row("new", 2, "s")]))
    assert "| old | 1.00 s |" in once and "old |" not in twice and "| new | 2.00 s |" in twice
    with pytest.raises(ValueError, match="expected the lines"):
        table.written_into("a page without marks", "figures")
