"""What all commands of `racehub` share: the configuration that is meant, a loop to run on, and where words go."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from hub import config
from hub.config import Settings
from hub.errors import HubError

CONFIG_DEFAULT: Final = Path("config.toml")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration. Without it: config.toml here, if there is one."),
]
T = TypeVar("T")


def settings_of(config_file: Path | None) -> Settings:
    """Raises ConfigError."""
    return config.load(config_path(config_file), os.environ)


def config_path(config_file: Path | None) -> Path | None:
    """The configuration that was asked for, else config.toml here, else None: the defaults."""
    if config_file is None and CONFIG_DEFAULT.exists():
        return CONFIG_DEFAULT
    return config_file


def secret(from_stdin: bool, file: Path | None) -> str:
    """The first line of standard input, or of a file; empty: of neither. Not of the command line, which everybody on
    this machine can read. Raises HubError."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as problem:
        raise HubError(
            f"{file}: {getattr(problem, 'strerror', None) or 'expected text in UTF-8'}"
        ) from problem


def run(work: Coroutine[Any, Any, T]) -> T:
    """On uvloop, where it has a build."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


def say(line: str) -> None:
    """Flushed: whoever started us may be waiting for this line, and may not care for what follows it."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  for good


def warn(line: str) -> None:
    sys.stderr.write(f"{line}\n")
