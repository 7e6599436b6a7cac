"""How problems are written: places, values without their secrets, suggestions, order."""

import pytest
from pydantic import BaseModel

from hub.config_report import UNKNOWN_LOOKED_FOR_MAX, Report, known_keys, masked, path_text, shown
from hub.errors import ConfigError


class Part(BaseModel):
    port: int = 1
    secret: str = ""


class Whole(BaseModel):
    one: Part = Part()
    many: tuple[Part, ...] = ()


@pytest.fixture
def report() -> Report:
    return Report("c.toml", Whole, secrets=frozenset({"one.secret"}), not_built=frozenset())


def test_known_keys() -> None:
    assert list(known_keys(Whole)) == ["one.port", "one.secret", "many[].port", "many[].secret"]


def test_a_long_list_of_hosts_takes_no_time() -> None:
    hosts = "[::1]," * 600
    assert masked(f"postgresql://{hosts}h/d") == f"postgresql://{hosts}h/d"
    assert masked(f"postgresql://{hosts}:password") == "..."


def test_what_was_meant_is_looked_for_a_hundred_times(report: Report) -> None:
    for number in range(UNKNOWN_LOOKED_FOR_MAX + 1):
        report.add_unknown((f"one{number}",))
    with pytest.raises(ConfigError) as caught:
        report.raise_if_any(())
    meant = ['did you mean "one"?' in str(problem) for problem in caught.value.problems]
    assert meant == [True] * UNKNOWN_LOOKED_FOR_MAX + [False]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:pw@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("redis://:pw@h", "redis://:***@h"),
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("postgresql://u:p/w@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:p@w@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:p?w@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:p#w@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:pw@h/db?a=x@y&b=1", "postgresql://u:***@h/db?a=x@y&b=1"),
        (
            "postgresql://h/db?user=u&password=pw&sslpassword=pw",
            "postgresql://h/db?user=u&password=***&sslpassword=***",
        ),
        ("postgresql://u:pw@h/db?PASSWORD=pw", "postgresql://u:***@h/db?PASSWORD=***"),
        ("postgresql://a:1,b:2/race?x=1", "postgresql://a:1,b:2/race?x=1"),
        ("postgresql://[::1]:5432/race", "postgresql://[::1]:5432/race"),
        ("postgresql://u:pw", "..."),
        ("postgresql://u:pw/race", "..."),
        ("postgresql://a,u:1pw/race", "..."),
        ("postgres:u:pw@h", "..."),
        ("host=h password=pw", "..."),
        ("pw", "..."),
        ("", "..."),
        ("x://" + "@://:" * 1000, "..."),
    ],
)
def test_masked(url: str, expected: str) -> None:
    assert masked(url) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", '"x"'),
        ('a"b', '"a\\"b"'),
        ("a\nb\u2028\x7f\udc80", '"a\\nb\\u2028\\u007f\\udc80"'),
        (5, "5"),
        (True, "true"),
        (1.5, "1.5"),
        (["a", 1], '["a", 1]'),
        ([["a"], {}], "[a list, a table]"),
        ({}, "a table"),
        ("http://u:pw@h", '"http://u:***@h"'),
    ],
)
def test_shown(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize("value", ["pw", 5, ["pw"], {"pw": 1}, None])
def test_secret_that_is_no_url_is_not_shown(value: object) -> None:
    assert shown(value, secret=True) == "..."


def test_number_that_python_does_not_write_out() -> None:
    assert shown(1 << 20000) == "a very large number"


def test_long_value_is_cut() -> None:
    assert shown("x" * 1000) == '"' + "x" * 97 + '..."'
    assert len(shown(["x" * 50] * 1000)) == 100


def test_path_text() -> None:
    assert path_text(("many", 0, "port")) == "many[0].port"
    assert path_text(("", "a.b\n")) == '"."a.b\\n"'.replace('"."', '""."')


def lines(report: Report, *order: tuple[str | int, ...]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        report.raise_if_any(order)
    return str(caught.value).splitlines()


def test_no_problem_raises_nothing(report: Report) -> None:
    report.raise_if_any([])


def test_unknown_keys(report: Report) -> None:
    for loc in [("one", "prot"), ("many", 3, "sercet"), ("mny",), ("secret",), ("zzz",)]:
        report.add_unknown(loc)
    assert lines(report) == [
        'c.toml: one.prot: unknown key, did you mean "port"?',
        'c.toml: many[3].sercet: unknown key, did you mean "secret"?',
        'c.toml: mny: unknown key, did you mean "many"?',
        "c.toml: secret: unknown key",
        "c.toml: zzz: unknown key",
    ]


def test_order_and_sources(report: Report) -> None:
    report.origins[("one", "port")] = "RACEHUB_ONE__PORT"
    report.add_value(("one", "port"), "x", "expected a number")
    report.add(("many", 1, "port"), "second")
    report.add(("many", 0, "port", 3), "first")
    report.add(("many", 0, "port", 3), "said before")
    assert lines(report, ("one",), ("many",), ("many", 0), ("many", 0, "port"), ("many", 1)) == [
        "c.toml: many[0].port[3]: first",
        "c.toml: many[1].port: second",
        'RACEHUB_ONE__PORT: one.port: "x": expected a number',
    ]


def test_value_of_a_secret(report: Report) -> None:
    report.add_value(("one", "secret"), "hunter2", "expected something else")
    assert lines(report) == ["c.toml: one.secret: ...: expected something else"]
