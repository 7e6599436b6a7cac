"""Birth dates."""

from datetime import date

import pytest

from hub.roster_file_dates import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, Orders, read

TODAY = date(2026, 5, 16)

DATES: list[tuple[str, str, str]] = [
    ("1990-04-03", YEAR_FIRST, "1990-04-03"),
    ("1990/4/3", DAY_FIRST, "1990-04-03"),
    ("19900403", YEAR_FIRST, "1990-04-03"),
    ("1990-04-03T00:00:00Z", YEAR_FIRST, "1990-04-03"),
    ("1990-04-03 00:00:00", MONTH_FIRST, "1990-04-03"),
    ("3.4.1990", DAY_FIRST, "1990-04-03"),
    ("03. 04. 1990", DAY_FIRST, "1990-04-03"),
    ("3/4/1990", DAY_FIRST, "1990-04-03"),
    ("3/4/1990", MONTH_FIRST, "1990-03-04"),
    ("4/3/90 12:00 AM", MONTH_FIRST, "1990-04-03"),
    ("3.4.26", DAY_FIRST, "2026-04-03"),
    ("3.4.27", DAY_FIRST, "1927-04-03"),
    ("3 Apr 1990", MONTH_FIRST, "1990-04-03"),
    ("April 3, 1990", DAY_FIRST, "1990-04-03"),
    ("3-Okt-90", DAY_FIRST, "1990-10-03"),
    ("3 août 1990", DAY_FIRST, "1990-08-03"),
    ("3 Dezember 1990", DAY_FIRST, "1990-12-03"),
    ("29.2.2000", DAY_FIRST, "2000-02-29"),
    ("32874", DAY_FIRST, "1990-01-01"),
]


@pytest.mark.parametrize(("text", "order", "found"), DATES)
def test_as_people_and_programs_write_them(text: str, order: str, found: str) -> None:
    assert read(text, order, TODAY) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1990",
        "9999",
        "60000",
        "032874",
        "31.2.1990",
        "0.0.0000",
        "1.1.1899",
        "17.5.2026",
        "1.2",
        "1.2.3.4",
        "1.2.199",
    ],
)
def test_what_is_none(text: str) -> None:
    assert read(text, DAY_FIRST, TODAY) == ""


def test_an_order_that_does_not_hold_is_not_turned_round() -> None:
    assert read("25/12/1990", MONTH_FIRST, TODAY) == ""
    assert read("12/25/1990", DAY_FIRST, TODAY) == ""


def order_of(*texts: str, slashes: str = MONTH_FIRST) -> str:
    orders = Orders()
    for each in texts:
        orders.see(each)
    return orders.order(slashes)


def test_the_whole_column_decides() -> None:
    assert order_of("1/2/1990", "3/4/1991", "25/4/1991") == DAY_FIRST
    assert order_of("1/2/1990", "3/4/1991", "4/25/1991") == MONTH_FIRST
    assert order_of("1.2.1990") == DAY_FIRST
    assert order_of("1990-01-02", "1991-03-04") == YEAR_FIRST
    assert order_of("13/1/1990", "1/14/1990", "2/15/1990") == MONTH_FIRST
    assert order_of("1-2-1990") == DAY_FIRST


def test_where_it_does_not_slashes_do() -> None:
    assert order_of("1/2/1990", slashes=MONTH_FIRST) == MONTH_FIRST
    assert order_of("1/2/1990", slashes=DAY_FIRST) == DAY_FIRST


def test_whether_they_are_dates_at_all() -> None:
    def are(*texts: str) -> bool:
        orders = Orders()
        for each in texts:
            orders.see(each)
        return orders.are_dates

    assert are("1.2.1990", "n/a", "", "-", "3.4.1991")
    assert not are("29221", "32874"), "they may be numbers of anything"
    assert not are("1990", "1991") and not are() and not are("1.2.1990", "x", "y")
