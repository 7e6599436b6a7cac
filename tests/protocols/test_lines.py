"""Cutting lines: the same lines however the bytes are split, and never more than the limit in memory."""

import pytest

from hub.protocols.lines import LineBuffer

LIMIT = 8


def cut(data: bytes, limit: int = LIMIT) -> list[bytes]:
    """The one helper: the lines of a sample that ends with a line. The same whole and byte by byte; and with a
    remainder behind it, which is still there at the end."""
    whole, single, more = LineBuffer(limit), LineBuffer(limit), LineBuffer(limit)
    lines = whole.feed(data)
    assert [line for byte in data for line in single.feed(bytes([byte]))] == lines
    assert more.feed(data + b"rest") == lines
    assert (whole.finish(), single.finish(), more.finish()) == (b"", b"", b"rest")
    return lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\r\n", [b"a"]),
        (b"a\nb\r\nc\n", [b"a", b"b", b"c"]),
        (b"\n\r\n", [b"", b""]),
        (b"a\rb\r\n", [b"a\rb"]),
        (b"a\r\r\n", [b"a\r"]),
        (b"12345678\n1234567\r\n", [b"12345678", b"1234567"]),
    ],
)
def test_a_line_ends_with_lf_or_cr_lf(data: bytes, lines: list[bytes]) -> None:
    assert cut(data) == lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"123456789\n", [b"123456789"]),
        (b"12345678\r\n", [b"12345678\r"]),
        (b"123456789abcdef\r\nok\r\n", [b"123456789", b"ok"]),
        (b"ok\n123456789abcdef\n\n123456789\nok\n", [b"ok", b"123456789", b"", b"123456789", b"ok"]),
    ],
)
def test_of_a_line_too_long_the_first_bytes_come_once(data: bytes, lines: list[bytes]) -> None:
    assert cut(data) == lines
    assert all(len(line) == LIMIT + 1 for line in lines if line.startswith(b"1"))


def test_a_line_too_long_is_told_before_it_ends() -> None:
    buffer = LineBuffer(LIMIT)
    assert buffer.feed(b"1234567") == []
    assert buffer.feed(b"89abc") == [b"123456789"]
    assert buffer.feed(b"x" * 1000) == []
    assert buffer.finish() == b""
    assert buffer.feed(b"x\nok\n") == [b"ok"]


def test_what_is_left_is_given_once() -> None:
    buffer = LineBuffer(LIMIT)
    assert buffer.feed(b"a\nleft\r") == [b"a"]
    assert buffer.finish() == b"left"
    assert buffer.finish() == b""
