"""config.toml as a file: from bytes to tables of the right shape.

Knows files, TOML and which sections are tables. Does not know what any key may be.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from hub.config_report import Loc, Report, one_line, section_model
from hub.errors import ConfigError, Problem

CONFIG_BYTES_MAX = 128 * 1024
LINE_CHARS_MAX = 4096  # for a key a.a.a.a ... tomllib takes memory by the square of its length
DEPTH_MAX = 4  # of a key's place: listeners, 0, allow, 1


def read(path: Path) -> dict[str, Any]:
    """The file as TOML has it. Raises ConfigError: without the file nothing else can be said."""
    source = one_line(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(CONFIG_BYTES_MAX + 1)
    except FileNotFoundError:
        raise ConfigError([Problem(source, "", "", "no such file")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError([Problem(source, "", "", f"cannot be read: {reason}")]) from None
    if len(content) > CONFIG_BYTES_MAX:
        raise ConfigError([Problem(source, "", "", f"expected at most {CONFIG_BYTES_MAX} bytes")])
    return _parse(source, content)


def _parse(source: str, content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")  # editors on Windows put a byte order mark first
        _refuse_long_lines(source, text)
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(source, f"line {line}", "", "expected text in UTF-8")
    except tomllib.TOMLDecodeError as error:
        problem = _syntax_problem(source, str(error), text)
    except (ValueError, RecursionError):
        # Of tomllib itself: a number of more than 4,300 digits, brackets in brackets in brackets.
        problem = Problem(source, "", "", "a number is too long, or lists are nested too deeply")
    raise ConfigError([problem]) from None


def _refuse_long_lines(source: str, text: str) -> None:
    lines = enumerate(text.split("\n"), 1)
    expected = f"expected at most {LINE_CHARS_MAX} characters"
    long = [number for number, line in lines if len(line) > LINE_CHARS_MAX]
    if long:
        raise ConfigError([Problem(source, f"line {number}", "", expected) for number in long])


def _syntax_problem(source: str, message: str, text: str) -> Problem:
    found = re.fullmatch(r"(.*) \((?:at line (\d+), column (\d+)|at end of document)\)", message, re.DOTALL)
    if not found:
        return Problem(source, "", "", message)
    what, line, column = found.groups()
    where = f"line {line}, column {column}" if line else f"line {text.count(chr(10)) + 1}, end of file"
    return Problem(source, where, "", what)


def places(raw: Any, loc: Loc = ()) -> Iterator[Loc]:
    """Every place of a tree, in the order of the file; below DEPTH_MAX there are no keys of ours."""
    if len(loc) == DEPTH_MAX:
        return  # a header such as [a.a.a.a ...] nests as deep as it is long
    items = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in items:
        yield (*loc, key)
        yield from places(value, (*loc, key))


def drop_misshapen(raw: dict[str, Any], report: Report, model: type[BaseModel]) -> None:
    """Takes out sections that are no tables, so that everything else can still be checked.

    Their values are not shown: a password may be written there by mistake (`redis = "redis://..."`).
    """
    for name, field in model.model_fields.items():
        many = section_model(field.annotation) is not field.annotation
        if name in raw and not _is_section(raw[name], many):
            report.add((name,), f"expected a section [[{name}]]" if many else f"expected a section [{name}]")
            del raw[name]


def _is_section(value: Any, many: bool) -> bool:
    if many:
        return isinstance(value, list) and all(isinstance(table, dict) for table in value)
    return isinstance(value, dict)
