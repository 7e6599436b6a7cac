"""The file itself: what cannot be read is said with its line."""

import sys
from pathlib import Path

import pytest

from hub.config import Settings
from hub.config_file import CONFIG_BYTES_MAX, drop_misshapen, places, read
from hub.config_report import Report
from hub.errors import ConfigError


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[web]\nport =\n", "line 2, column 7: Invalid value"),
        (b"[web]\nport = 1\nport = 2\n", "line 3, column 9: Cannot overwrite a value"),
        (b"[web]\n\nname = 'x", 'line 3, end of file: Expected "\'"'),
        (b"[web]\nname = '\xff'\n", "line 2: expected text in UTF-8"),
        ("[web]\n".encode("utf-16"), "line 1: expected text in UTF-8"),
        (b"a = " + b"[\n" * 5000, "a number is too long, or lists are nested too deeply"),
        (b"\na = " + b"1" * 5000, "line 2: expected at most 4096 characters"),
        (b"#" * (CONFIG_BYTES_MAX + 1), "expected at most 131072 bytes"),
    ],
)
def test_unreadable_content(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {expected}"


def test_number_that_python_does_not_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("a = " + "1" * 1000)
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        with pytest.raises(ConfigError, match="a number is too long"):
            read(path)
    finally:
        sys.set_int_max_str_digits(before)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nope\.toml: no such file$"):
        read(tmp_path / "nope.toml")


@pytest.mark.parametrize("name", [".", "a\0b"])
def test_unreadable_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read: "):
        read(tmp_path / name)


def test_byte_order_mark_and_line_ends_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xef\xbb\xbf[web]\r\nport = 1\r\n")
    assert read(path) == {"web": {"port": 1}}


def test_places() -> None:
    raw = {"b": {"x": [1]}, "a": 2}
    assert list(places(raw)) == [("b",), ("b", "x"), ("b", "x", 0), ("a",)]


def test_places_of_a_very_deep_tree() -> None:
    raw: dict[str, object] = {}
    for _ in range(100_000):
        raw = {"a": raw}
    assert len(list(places(raw))) == 4


def test_misshapen_sections_are_said_without_their_values_and_dropped() -> None:
    report = Report("c.toml", Settings, secrets=frozenset(), not_built=frozenset())
    raw = {"web": [{}], "redis": "redis://:hunter2@h", "listeners": {"port": 1}, "limits": {}, "other": 1}
    drop_misshapen(raw, report, Settings)
    assert raw == {"limits": {}, "other": 1}
    with pytest.raises(ConfigError) as caught:
        report.raise_if_any([])
    assert str(caught.value).splitlines() == [
        "c.toml: web: expected a section [web]",
        "c.toml: redis: expected a section [redis]",
        "c.toml: listeners: expected a section [[listeners]]",
    ]
