"""One value at a time: what is taken, what is refused, and in which words."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from hub import config_values as values


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return str(caught.value.errors()[0]["ctx"]["error"])


def accepts(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (values.Port, 0),
        (values.Port, 65535),
        (values.Host, "0.0.0.0"),
        (values.Host, "::"),
        (values.Host, "fe80::1%eth0"),
        (values.Host, "localhost"),
        (values.Host, "timing-1.race.example."),
        (values.Zone, ""),
        (values.Zone, "Europe/Berlin"),
        (values.ListenerName, "start-2"),
        (values.PublicUrl, ""),
        (values.PublicUrl, "http://10.0.0.1:8080"),
        (values.PublicUrl, "https://race.example/hub"),
        (values.PublicUrl, "http://[::1]:8080"),
        (values.RedisUrl, ""),
        (values.RedisUrl, "redis://h"),
        (values.RedisUrl, "rediss://u:p%2Fw@[::1]:6379/3"),
        (values.RedisUrl, "unix:///run/redis.sock"),
        (values.RedisUrl, "unix://:p@/run/redis.sock"),
        (values.Secret, ""),
        (values.Secret, "x" * 16),
        (values.Dsn, ""),
        (values.Dsn, "postgres://u:p@h/db"),
        (values.Dsn, "postgres://u:p%2Fw@[::1]:5432/db?sslmode=require"),
        (values.Dsn, "postgresql:///race?host=/run/postgresql"),
        (values.Dsn, "postgresql://one:5432,two:5433/race"),
        (values.Name, "レース　ハブ"),
        (values.Networks, ["10.1.2.3/8", "::1"]),
        (values.Networks, ()),
    ],
)
def test_takes(kind: Any, value: object) -> None:
    assert accepts(kind, value)


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (values.Port, [-1, 65536, True, "80", 80.0, None]),
        (values.Flag, [0, 1, "true", []]),
        (values.Name, ["", "   ", "x" * 101, "a\nb", "a\x00b", "a\u2028b", "a\udc80b", 5]),
        (values.Folder, ["", " ", "a\x00", 1]),
        (values.Text, ["a\x7f", "x" * 5000, False]),
        (values.Host, ["", " ", "a b", "localhost:80", "http://h", "1.2.3.4:80", "[::1]", "-x", "*", 1]),
        (values.Zone, ["Mars/Base", "America", "../UTC", "/etc/localtime", "x" * 300, "Z" * 3000, "ä", 1]),
        (values.ListenerName, ["", "web", "Start", "a b", "a_b", "x" * 33, "ä", "a\n", 1]),
        (
            values.PublicUrl,
            [
                "race.example",
                "ftp://race.example",
                "https://",
                "https://race.example/",
                "https://u:p@race.example",
                "https://race.example:0",
                "https://race.example:99999",
                "https://race.example:x",
                "https://[::1",
                "https://race.example?x",
                "https://race .example",
            ],
        ),
        (
            values.RedisUrl,
            ["redis:", "redis://", "unix://", "http://h", "h:6379", "redis://h:x", "redis://h:99999"],
        ),
        (values.Secret, ["x", "x" * 15, 5]),
        (
            values.Dsn,
            [
                "host=db",
                "mysql://h",
                "postgresql:/h",
                "postgresql://[",
                "postgresql://u:p/w@h",
                "postgresql://u:p",
                1,
            ],
        ),
        (values.Networks, ["10.0.0.0/8", 1, {}, None]),
        (
            values.Origins,
            ["one", 1, "https://a.example/", "https://a.example/x", "HTTPS://a.example", "*", ""],
        ),
    ],
)
def test_refuses(kind: Any, bad: list[object]) -> None:
    assert [value for value in bad if accepts(kind, value)] == []
    assert {refusal(kind, value).split()[0] for value in bad} == {"expected"}


@pytest.mark.parametrize("item", ["10.0.0.0/33", "x", "", 10, True, None, b"1234", ["10.0.0.0/8"]])
def test_refuses_an_item_that_is_no_network(item: object) -> None:
    assert refusal(values.Networks, [item]) == 'expected a network such as "192.168.0.0/16" or "::1/128"'


def test_words() -> None:
    assert refusal(values.Port, 99999) == "expected a port from 1 to 65535"
    assert refusal(values.Flag, 1) == "expected true or false"
    assert refusal(values.Zone, "x") == 'expected an IANA time zone such as "Europe/Berlin"'
    assert refusal(values.Networks, 1) == 'expected a list of networks such as ["192.168.0.0/16"]'


def test_a_network_may_have_host_bits() -> None:
    (network,) = TypeAdapter(values.Networks).validate_python(["10.1.2.3/8"])
    assert str(network) == "10.0.0.0/8"
