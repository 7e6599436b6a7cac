"""From controller files on disk to a plan: names, order, laps, and what is said when a file is not one."""

from pathlib import Path

import pytest

from hub.errors import FileFormatError, HubError
from hub.replay_plan import ReplayPlan, load_plan, parse_argument

MARKERS = (
    "I0AB1C,1,Event,1,24060107000001,24HILL\r\nI0AB1C,2,Point,1,24060107000002,START\r\n"
    "I0AB1C,3,Gun,2,24060108000150,Button Press\r\n"
)


def write(folder: Path, name: str, reads: list[tuple[int, str]], markers: str | None = MARKERS) -> Path:
    """A pair of files; a read is (hundredths after 08:00, tag)."""
    lines = [
        f"TO~{number}~{tag}~160~21~{1717228800 + at // 100}.{at % 100:02d}~0A11B2~4~-61~{number}~P~17\r\n"
        for number, (at, tag) in enumerate(reads, 1)
    ]
    path = folder / f"{name}.csv"
    path.write_text("".join(lines), newline="")
    if markers is not None:
        path.with_suffix(".mrk").write_text(markers, newline="")
    return path


def rows(plan: ReplayPlan) -> list[tuple[str, str, int]]:
    return [(name, item.tag, item.lap) for _, name, item in plan.timeline]


def test_names_come_from_the_markers(tmp_path: Path) -> None:
    plan = load_plan([(None, write(tmp_path, "a", [(100, "7"), (200, "8")]))])
    assert (plan.locations, plan.event) == (("START",), "24HILL")
    assert rows(plan) == [("START", "7", 1), ("START", "GUNTIME", 0), ("START", "8", 1)]
    assert plan.timeline[1][2].reader_id == "I0AB1C"
    assert len(plan.connection_id) == 40


def test_names_that_are_given_go_before(tmp_path: Path) -> None:
    path = write(tmp_path, "a", [(100, "7")])
    assert load_plan([(None, path)], location="5K", event="").locations == ("5K",)
    assert load_plan([("10K", path)], location="5K", event="X").locations == ("10K",)
    assert load_plan([("10K", path)], event="X").event == "X"


def test_a_point_renamed_in_mid_file_gives_two_locations(tmp_path: Path) -> None:
    markers = MARKERS + "I0AB1C,4,Point,2,24060108000150,FINISH\r\n"
    plan = load_plan([(None, write(tmp_path, "a", [(100, "7"), (200, "8")], markers))])
    assert plan.locations == ("START", "FINISH")
    assert [(name, tag) for name, tag, _ in rows(plan) if tag != "GUNTIME"] == [
        ("START", "7"),
        ("FINISH", "8"),
    ]


def test_files_merge_by_time_and_keep_their_own_order(tmp_path: Path) -> None:
    first = write(tmp_path, "a", [(100, "1"), (500, "2"), (300, "3"), (600, "4")], None)
    second = write(tmp_path, "b", [(200, "5"), (400, "6"), (550, "7")], None)
    plan = load_plan([("A", first), ("B", second)])
    assert [row[1] for row in rows(plan)] == ["1", "5", "6", "2", "3", "7", "4"]


def test_laps_are_counted_over_all_files_of_a_location(tmp_path: Path) -> None:
    first = write(tmp_path, "a", [(100, "1"), (300, "1")], None)
    second = write(tmp_path, "b", [(200, "1")], None)
    assert [row[2] for row in rows(load_plan([("A", first), ("a", second)]))] == [1, 2, 3]
    assert [row[2] for row in rows(load_plan([("A", first), ("B", second)]))] == [1, 1, 2]


def test_what_a_sequence_to_begin_with_leaves_out(tmp_path: Path) -> None:
    first = write(tmp_path, "a", [(100, "1"), (300, "1")], None)
    second = write(tmp_path, "b", [(200, "1")], None)
    plan = load_plan([("A", first), ("B", second)], from_sequence=2)
    assert plan.due_us() == [1717228803 * 1_000_000]


def test_bad_lines_are_told_and_stop_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "a", [(100, "7"), (100, "x")])
    (name, problems), *rest = load_plan([(None, path)]).problems
    assert (name, problems.count, rest) == (str(path), 1, [])


def test_no_location_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "a", [(100, "7")], None)
    with pytest.raises(HubError, match=r"a\.csv: no Point marker"):
        load_plan([(None, path)])
    assert load_plan([("A", path)]).event == ""


def test_errors(tmp_path: Path) -> None:
    path = write(tmp_path, "a", [(100, "7")])
    with pytest.raises(HubError, match=r"none\.csv: No such file"):
        load_plan([(None, tmp_path / "none.csv")])
    with pytest.raises(HubError, match=r"a\.csv: a location's name"):
        load_plan([("A~B", path)])
    with pytest.raises(HubError, match="an event's name"):
        load_plan([(None, path)], event="A~B")
    with pytest.raises(HubError, match="from 0"):
        load_plan([(None, path)], from_sequence=0)
    with pytest.raises(HubError, match="no controller file"):
        load_plan([])
    with pytest.raises(FileFormatError, match=r"a\.mrk: line 1"):
        load_plan([("A", path.with_suffix(".mrk"))])


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("START=a.csv", "START", "a.csv"),
        ("START=x/a=b.csv", "START", "x/a=b.csv"),
        ("a.csv", None, "a.csv"),
        ("x=1/a.csv", "x", "1/a.csv"),
        ("./x=1.csv", None, "./x=1.csv"),
        ("=a.csv", None, "=a.csv"),
    ],
)
def test_arguments(text: str, name: str | None, path: str) -> None:
    assert parse_argument(text) == (name, Path(path))
