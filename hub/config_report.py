"""How problems of a configuration are written: where, what was found without its secrets, what was expected.

Knows the shape of the settings (which keys there are) and pydantic's errors. Does not know what a key is for,
nor where the values came from: who reads the environment says so (`origins`).
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from hub.errors import ConfigError, Problem

# Where a value stands: ("web", "port"), ("listeners", 0, "port"), ("web", "metrics_allow", 1).
Loc = tuple[str | int, ...]

NOT_BUILT_TEXT = "not available yet"
SHOWN_CHARS_MAX = 100
UNKNOWN_LOOKED_FOR_MAX = (
    100  # keys: a file with more of them is another file, and each look takes a millisecond
)
URL_CHARS_MAX = 4096  # the patterns below take time by the square of the length
INTEGER_BITS_SHOWN_MAX = 64

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_USER_PASSWORD = re.compile(r"(?<=://)([^:@/]*):.*@", re.DOTALL)
_QUERY = re.compile(r"\w+=[^&]*(&\w+=[^&]*)*")
_QUERY_PASSWORD = re.compile(r"(password=)[^&]*", re.IGNORECASE)
# Hosts with ports that are numbers: what else may follow a colon is a password whose host was forgotten. A host can be
# read in one way only: with two, a list of hosts takes twice as long for each of them.
_NO_PASSWORD = re.compile(r"[^:]*://((\[[^\]]*\]|(?!\[)[^:/?,]*)(:\d*)?(,|(?=[/?]|$)))*([/?].*)?", re.DOTALL)


def known_keys(model: type[BaseModel]) -> dict[str, Any]:
    """Every key by its dotted path (`web.port`, `listeners[].port`), with its type, in the models' order."""
    keys: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        section = section_model(field.annotation)
        if section is None:
            keys[name] = field.annotation
            continue
        many = "" if section is field.annotation else "[]"
        keys |= {f"{name}{many}.{key}": kind for key, kind in known_keys(section).items()}
    return keys


def section_model(annotation: Any) -> type[BaseModel] | None:
    """The model of a section or of a list of sections; None for a plain value."""
    inner = next(iter(get_args(annotation)), annotation)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def pattern(loc: Loc) -> str:
    """The dotted path as `known_keys` has it: `listeners[].port`, whichever listener it is."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")


def path_text(loc: Loc) -> str:
    """`listeners[0].port`. A key that needs quotes in TOML gets them, so that the line stays one line."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_key_text(part)}" for part in loc)
    return "".join(parts).removeprefix(".")


def _key_text(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) and len(key) <= SHOWN_CHARS_MAX else _quoted(key)


def masked(url: str) -> str:
    """A URL without its password; "..." for text that is no URL or may hold a password somewhere else."""
    if (
        len(url) > URL_CHARS_MAX
        or not _URL.match(url)
        or ("@" not in url and not _NO_PASSWORD.fullmatch(url))
    ):
        return "..."
    head, mark, query = url.partition("?")
    if "@" in head and _QUERY.fullmatch(query):
        return _USER_PASSWORD.sub(r"\1:***@", head) + mark + _QUERY_PASSWORD.sub(r"\1***", query)
    # A password with an unescaped "?", "/" or "@": everything up to the last "@" may be part of it.
    return _QUERY_PASSWORD.sub(r"\1***", _USER_PASSWORD.sub(r"\1:***@", url))


def shown(value: object, *, secret: bool = False) -> str:
    """A value as one short line. `secret` ones lose their password, or everything when they are no URL."""
    if isinstance(value, list | tuple):
        return "..." if secret else _cut("[" + ", ".join(map(_scalar, value[:SHOWN_CHARS_MAX])) + "]")
    if secret:
        return _quoted(masked(value)) if isinstance(value, str) and masked(value) != "..." else "..."
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return _quoted(masked(value) if "@" in value and "://" in value else value)
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > INTEGER_BITS_SHOWN_MAX:
        return "a very large number"  # Python refuses to write out more than 4,300 digits
    return _cut(str(value))


def _quoted(text: str) -> str:
    """In double quotes, on one line."""
    return one_line(json.dumps(_cut(text), ensure_ascii=False))


def one_line(text: str) -> str:
    """The text with every character that cannot be printed as its escape."""
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS_MAX else text[: SHOWN_CHARS_MAX - 3] + "..."


def near(wrong: str, candidates: Iterable[str]) -> list[str]:
    """The candidate most like what was written, or none."""
    return difflib.get_close_matches(wrong[:SHOWN_CHARS_MAX], list(candidates), n=1)


def did_you_mean(names: list[str]) -> str:
    """What follows "unknown key"; nothing when there is nothing to suggest, or too much."""
    return f', did you mean "{names[0]}"?' if len(names) == 1 else ""


class Report:
    """Collects what is wrong, one problem per place (the first that was said), in the order of the file."""

    def __init__(
        self, source: str, model: type[BaseModel], *, secrets: frozenset[str], not_built: frozenset[str]
    ):
        self.source = source
        self.secrets = secrets
        self.not_built = not_built
        self.keys = known_keys(model)
        # Which environment variable a value came from; what is not here came from the file.
        self.origins: dict[Loc, str] = {}
        self._found: dict[tuple[str, Loc], Problem] = {}

    def add(self, loc: Loc, expected: str, *, value: str = "", source: str = "") -> None:
        source = source or self.origins.get(key_loc(loc)) or self.source
        self._found.setdefault((source, loc), Problem(one_line(source), path_text(loc), value, expected))

    def add_value(self, loc: Loc, value: object, expected: str) -> None:
        """`value` stands at `loc` and is not what was expected."""
        self.add(loc, expected, value=shown(value, secret=pattern(key_loc(loc)) in self.secrets))

    def add_unknown(self, loc: Loc) -> None:
        """A key or section that does not exist. Its value is not shown: it may be a misspelt key's secret."""
        name, meant = str(loc[-1]), list[str]()
        if len(self._found) < UNKNOWN_LOOKED_FOR_MAX:
            meant = near(name, self._siblings(loc)) or [key for key in self.keys if key.endswith(f".{name}")]
        self.add(loc, "unknown key" + did_you_mean(meant))

    def _siblings(self, loc: Loc) -> list[str]:
        """The names that exist where this one does not."""
        prefix = f"{pattern(loc[:-1])}.".removeprefix(".")
        inside = [key.removeprefix(prefix) for key in self.keys if key.startswith(prefix)]
        return sorted({re.split(r"[.\[]", key)[0] for key in inside})

    def add_errors(self, error: ValidationError, raw: Mapping[str, Any]) -> set[Loc]:
        """Every error that pydantic found in `raw`; the keys they are about."""
        keys = set()
        for detail in error.errors(include_url=False, include_input=False):
            loc = detail["loc"]
            keys.add(key_loc(loc))
            if detail["type"] == "extra_forbidden":
                self.add_unknown(loc)
            elif pattern(key_loc(loc)) in self.not_built:
                self.add_value(key_loc(loc), value_at(raw, key_loc(loc)), NOT_BUILT_TEXT)
            else:
                expected = str(detail.get("ctx", {}).get("error", detail["msg"]))
                self.add_value(loc, value_at(raw, loc), expected)
        return keys

    def raise_if_any(self, order: Iterable[Loc]) -> None:
        """Raises ConfigError with every problem: of the file in `order`, then of the environment."""
        if not self._found:
            return
        rank = {loc: index for index, loc in reversed(list(enumerate(order)))}
        found = sorted(self._found, key=lambda key: (key[0] != self.source, _rank(rank, key[1])))
        raise ConfigError([self._found[key] for key in found])


def _rank(rank: Mapping[Loc, int], loc: Loc) -> int:
    """Of the place, or of the nearest one around it that is written down; at the end when there is none."""
    around = (loc[:length] for length in range(len(loc), 0, -1))
    return next((rank[part] for part in around if part in rank), len(rank))


def key_loc(loc: Loc) -> Loc:
    """The place of the key: of an item in a list, the list's."""
    while loc and isinstance(loc[-1], int):
        loc = loc[:-1]
    return loc


def value_at(raw: Any, loc: Loc) -> Any:
    """The value at a place that is there."""
    for part in loc:
        raw = raw[part]
    return raw
