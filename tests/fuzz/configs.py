"""What may stand in config.toml and in the environment, and that no password comes out of it again."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hub.config import SECRETS, Settings, load, summary
from hub.config_env import PREFIX, SEPARATOR, variable_loc
from hub.config_report import Loc, key_loc, known_keys, pattern
from hub.errors import ConfigError
from tests.fuzz.pieces import BETWEEN

PASSWORD: Final = "hunter2"
"""What is a password wherever a password stands."""
LINE_CHARS_MAX: Final = 10_000
"""Of a problem: place, value and what was expected are all cut, a file's own path is not."""

_KEYS: Final = known_keys(Settings)
_IN_USER: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*://[^:@/?#]*:[^@]*{PASSWORD}[^@]*@[^@]*", re.DOTALL)
_IN_QUERY: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*://[a-z]*@?[a-z]*/[a-z]*\?(\w+=\w*&)*password={PASSWORD}(&\w+=\w*)*"
)


def config(data: bytes) -> None:
    """Any file and environment are settings, or a ConfigError whose problems are one line each, with a place; and no
    password is told.

    The environment stands behind the file and a `\\x1e`, as lines of `NAME=value`.
    """
    text, _, variables = data.partition(BETWEEN)
    lines = variables.decode("utf-8", "surrogateescape").replace("\0", "").split("\n")
    environ = dict(line.split("=", 1) for line in lines if "=" in line)
    with TemporaryDirectory() as folder:
        file = Path(folder, "c.toml")
        file.write_bytes(text)
        said, refused = _said(file, environ)
    "".join(said).encode()
    if not any(PASSWORD in shown for shown in _what_may_be_shown(text, environ, refused)):
        assert not any(PASSWORD in line for line in said)


def _said(file: Path, environ: Mapping[str, str]) -> tuple[list[str], bool]:
    """All that an admin, or a traceback, is told; and whether the configuration was refused."""
    try:
        settings = load(file, environ)
    except ConfigError as error:
        said = str(error).splitlines()
        assert len(said) == len(error.problems) > 0
        for line, problem in zip(said, error.problems, strict=True):
            assert line.isprintable() and len(line) < LINE_CHARS_MAX and problem.expected
            assert problem.path or len(said) == 1, "only of a file as a whole is there no place to tell"
        return said, True
    return [*summary(settings), repr(settings)], False


def _what_may_be_shown(text: bytes, environ: Mapping[str, str], refused: bool) -> Iterator[str]:
    """Every text of the input that is no secret where it stands. Of a file that is no TOML, nothing."""
    try:
        raw = tomllib.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    for loc, value in _leaves(raw):
        yield from (part for part in loc if isinstance(part, str))
        yield from _shown(loc, value, refused)
    for name, given in environ.items():
        yield name
        if name.startswith(PREFIX) and SEPARATOR in name:
            yield from _shown(variable_loc(name), given, refused)


def _leaves(raw: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Any]]:
    items = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in items:
        yield (*loc, key), value
        yield from _leaves(value, (*loc, key))


def _shown(loc: Loc, value: Any, refused: bool) -> Iterator[str]:
    """The value, unless it is of a key that does not exist, a password, or an address with a password in it. Settings
    that were taken are shown as they are where they are no secrets: a name may look like an address."""
    key = pattern(key_loc(loc))
    if key not in _KEYS or not isinstance(value, str):
        return
    if key in SECRETS and "://" not in value:
        return
    if key not in SECRETS and not refused:
        yield value
        return
    once = value.count(PASSWORD) == 1
    if once and (_IN_USER.fullmatch(value) or (key in SECRETS and _IN_QUERY.fullmatch(value))):
        return
    yield value
