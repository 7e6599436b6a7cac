"""Environment overrides: RACEHUB_WEB__PORT=8081 stands for `port = 8081` under [web], and wins over the file.

Knows how a variable's name and text become a place and a value. Does not know whether the value is any good.
Only variables with a double underscore are overrides; others that begin with RACEHUB_ may be somebody else's.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from hub.config_report import Loc, Report, did_you_mean, near, pattern

PREFIX = "RACEHUB_"
SEPARATOR = "__"

_INDEX = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)


def overlay(raw: dict[str, Any], environ: Mapping[str, str], report: Report) -> list[Loc]:
    """Writes the overrides over `raw` (its sections are tables, its listeners a list of tables).

    Returns the places written to, whose variables `report` then knows. One that names no key is a problem.
    """
    variables = [name for name in environ if name.startswith(PREFIX) and SEPARATOR in name]
    written = []
    # Listeners in the order of their numbers, because one may be added only after the last.
    for loc, name in sorted(((variable_loc(name), name) for name in variables), key=_by_number):
        kind = report.keys.get(pattern(loc))
        if kind is None:
            report.add(
                loc, "unknown key" + did_you_mean(near(name.upper(), _names(report, loc))), source=name
            )
        elif (table := _table(raw, loc, name, report)) is not None:
            table[str(loc[-1])] = _value(environ[name], kind)
            report.origins[loc] = name
            written.append(loc)
    return written


def _by_number(place: tuple[Loc, str]) -> list[tuple[bool, str | int]]:
    return [(isinstance(part, str), part) for part in place[0]]


def variable_loc(name: str) -> Loc:
    """("listeners", 0, "port") of RACEHUB_LISTENERS__0__PORT; a name in lower-case letters names no key."""
    parts = name.removeprefix(PREFIX).split(SEPARATOR)
    return tuple(int(part) if _INDEX.fullmatch(part) else part.swapcase() for part in parts)


def variable_name(key: str, index: int = 0) -> str:
    """RACEHUB_LISTENERS__0__PORT of `listeners[].port`."""
    dotted = key.replace("[]", f".{index}")
    return PREFIX + dotted.replace(".", SEPARATOR).upper()


def _names(report: Report, loc: Loc) -> list[str]:
    index = next((part for part in loc if isinstance(part, int)), 0)
    return [variable_name(key, index) for key in report.keys]


def _table(raw: dict[str, Any], loc: Loc, name: str, report: Report) -> dict[str, Any] | None:
    """The table that holds the key, made if it is not there; None when a listener before it is missing."""
    section, *index = loc[:-1]
    if not index:
        table: dict[str, Any] = raw.setdefault(str(section), {})
        return table
    # Without a list in the file there is the one listener of the defaults, which this changes.
    tables: list[dict[str, Any]] = raw.setdefault(str(section), [{}])
    number = int(index[0])
    if number > len(tables):
        expected = f"expected {section} to be numbered from 0 to {len(tables)}"
        report.add(loc, expected, source=name)
        return None
    if number == len(tables):
        tables.append({})
    return tables[number]


def _value(text: str, kind: Any) -> Any:
    """Text for a key that is text; else what TOML makes of it, or the text itself for the check to refuse."""
    if kind is str:
        return text
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    # A line break in the variable could smuggle in more keys.
    return parsed["value"] if len(parsed) == 1 else text
