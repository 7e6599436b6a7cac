"""What a soak ends with: figures that are right, and a failure for each thing that may not be."""

import pytest

from tests.soak.book import Page
from tests.soak.figures import FILES_MORE_MAX, FLAT_BYTES_MAX, Report, Sample, line_through, memory


def samples(base: int, per_read: int, *, warm: int = 0) -> list[Sample]:
    found = [Sample(1.5, held, base + per_read * held) for held in range(20_000, 300_000, 4_000)]
    return [Sample(5.0, 100_000, warm or base + 100_000 * 200, warm=True), *found]


def test_a_line_through_points() -> None:
    assert line_through([(0, 5), (10, 25), (20, 45)]) == pytest.approx((5, 2))
    assert line_through([(3, 7)]) == (7, 0)
    assert line_through([]) == (0, 0)


def test_memory_is_a_base_and_so_much_a_read() -> None:
    found = memory(samples(80_000_000, 120))
    assert found is not None and found.fits
    assert found.per_read == pytest.approx(120)
    assert found.base_bytes == 80_000_000
    assert found.peak.held == 296_000


@pytest.mark.parametrize(
    "grows",
    [
        samples(80_000_000, 230),
        samples(FLAT_BYTES_MAX + 1, 120),
        samples(80_000_000, 120, warm=FLAT_BYTES_MAX * 2),
    ],
)
def test_memory_that_grows_too_much(grows: list[Sample]) -> None:
    found = memory(grows)
    assert found is not None and not found.fits
    report = Report(1, pages=[Page()], samples=grows)
    assert len(report.problems()) == 1 and "bytes a read" in report.problems()[0]


def test_a_start_with_few_reads_says_nothing_of_a_read() -> None:
    found = memory([*samples(80_000_000, 120), Sample(1.5, 0, 10_000_000)])
    assert found is not None and found.per_read == pytest.approx(120)
    assert memory([]) is memory([Sample(2.0, 1, 1)]) is None


@pytest.mark.parametrize("count", ["lost", "doubled", "holes", "foreign", "misshown"])
def test_any_of_these_fails_it(count: str) -> None:
    page = Page(given=10, stored=10)
    assert Report(1, pages=[page]).problems() == []
    setattr(page, count, 1)
    assert Report(1, pages=[Page(), page]).problems()


def test_other_reasons_to_fail() -> None:
    assert Report(1).problems() == ["no session came to its end"]
    assert Report(1, pages=[Page()], faults=["the hub ended by itself"]).problems() == [
        "the hub ended by itself"
    ]
    leak = Report(1, pages=[Page()], files=[(30, 31), (30, 30 + FILES_MORE_MAX + 1)])
    assert "files more are open" in leak.problems()[0]


def test_the_table_has_what_was_asked_for() -> None:
    report = Report(7, seconds=90, pages=[Page(given=1000, stored=1000), Page(given=2000, stored=2000)])
    report.samples, report.files, report.starts_s, report.stops_s = (
        samples(80_000_000, 120),
        [(30, 31)],
        [1.5],
        [0.4],
    )
    report.done["kills"] = 12
    told = dict(report.lines())
    assert (told["reads sent"], told["reads stored"], told["lost"], told["doubled"]) == (
        "3,000",
        "3,000",
        "0",
        "0",
    )
    assert (told["kills"], told["minutes"], told["seed"]) == ("12", "1.5", "7")
    assert told["memory: peak"] == "115.5 MB at 296,000 reads held"
    assert told["open files: a session's start and end"] == "30 and 31; at most 0"


def test_a_few_starts_do_not_say_how_it_grows() -> None:
    few = [each for each in samples(80_000_000, 230) if each.warm or each.held < 40_000]
    found = memory(few)
    assert found is not None and found.per_read > 200 and found.fits
