"""The `racehub` command. Knows words and exit codes; every command's work is elsewhere.

Exit 0: done. 1: a fault, with one clear line on stderr. 2: the configuration or the command line is wrong.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hub import __version__, commands, config, files, logs, replay, replay_plan
from hub.app import App, Stopped, urls
from hub.config import Settings
from hub.demo.show import Show
from hub.errors import ConfigError, HubError, Problem

log = logging.getLogger(__name__)

CONFIG_DEFAULT: Final = Path("config.toml")

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Takes reads from ChronoTrack readers, keeps every one, shows the right runner on the right screens.",
)
T = TypeVar("T")

_DEMO_HINT: Final = "The demo's runners are made up. Ctrl-C stops the hub and the demo."

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration. Without it: config.toml here, if there is one."),
]


def main() -> None:
    """Entry point: every error of ours becomes one line and an exit code."""
    try:
        cli()
    except ConfigError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
    except HubError as problem:
        sys.stderr.write(f"racehub: {problem}\n")
        sys.exit(1)


@cli.command()
def serve(config_file: ConfigOption = None) -> None:
    """Runs the hub until it is told to stop (Ctrl-C, SIGTERM)."""
    settings = _settings(config_file)
    logs.set_up(settings)
    _run(_serve(settings))


@cli.command("demo")
def run_demo(
    config_file: ConfigOption = None,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="Times real time.")] = 10.0,
    runners: Annotated[int, typer.Option(min=1, max=20_000, help="How many run.")] = 500,
) -> None:
    """Runs the hub with a made-up race, for ever: what it looks like when people finish."""
    settings = _settings(config_file)
    logs.set_up(settings)
    _run(_serve(settings, _Demo(speed, runners)))


@cli.command()
def stop(config_file: ConfigOption = None) -> None:
    """Stops the hub that uses this configuration's data directory, and waits until it has."""
    settings = _settings(config_file)
    with Console(stderr=True).status("stopping"):
        pid = commands.stop_hub(settings)
    _print(f"stopped (process {pid})")


@cli.command("check-config")
def check_config(config_file: ConfigOption = None) -> None:
    """Says whether the configuration is right: a summary, or every problem, one a line."""
    for line in config.summary(_settings(config_file)):
        _print(line)


@cli.command()
def migrate(config_file: ConfigOption = None) -> None:
    """Brings the database's schema up to date, and says what it did."""
    settings = _settings(config_file)
    logs.set_up(settings)
    applied = _run(commands.apply_migrations(settings))
    _print(f"applied: {', '.join(applied)}" if applied else "the database is up to date")


@cli.command("replay")
def replay_files(
    files: Annotated[
        list[str], typer.Argument(help="Controller files: a.csv, or NAME=a.csv for a location.")
    ],
    to: Annotated[str, typer.Option(help="HOST:PORT of a CTP01 server.")],
    location: Annotated[str | None, typer.Option(help="The location of files without a NAME.")] = None,
    event: Annotated[str | None, typer.Option(help="The event name to report.")] = None,
    speed: Annotated[float, typer.Option(min=0, help="Times real time; 0: as fast as it goes.")] = 1.0,
    now: Annotated[
        bool, typer.Option("--now", help="Read everything now: at the time when it is sent.")
    ] = False,
    from_sequence: Annotated[int, typer.Option("--from", min=1, help="Begin with this sequence.")] = 1,
) -> None:
    """Plays controller files (.csv with its .mrk) into a CTP01 server, as ChronoTrack's SimpleClient would."""
    host, port = _host_port(to)
    pairs = [replay_plan.parse_argument(text) for text in files]
    plan = replay_plan.load_plan(pairs, location=location, event=event, now=now, from_sequence=from_sequence)
    for name, problems in plan.problems:
        _warn(
            f"{name}: {problems.count} lines left out; line {problems.first[0].line}: {problems.first[0].reason}"
        )
    with _progress("lines") as progress:
        bar = progress.add_task("connecting", total=None)

        def show(state: replay.Progress) -> None:
            progress.update(bar, description=state.state, completed=state.lines, total=state.total)

        result = _run(replay.replay(plan, host, port, speed=speed, on_progress=show))
    rate = result.lines / result.seconds if result.seconds else 0.0
    _print(
        f"sent {result.lines} lines in {result.seconds:.1f} s ({rate:{'.0f' if rate >= 10 else '.1f'}}/s),"
        f" {result.reconnects} reconnects"
    )
    if not result.delivered:
        raise HubError(f"{to} did not take everything before the line was closed")


@cli.command()
def roster(
    file: Annotated[
        Path, typer.Argument(help="A CSV file whose first line names the columns: bib, tag, name, ...")
    ],
    session: Annotated[int, typer.Option(help="The session's id, as in /api/sessions.")],
    config_file: ConfigOption = None,
) -> None:
    """Makes a CSV file the roster of a session, through the running hub when there is one."""
    settings = _settings(config_file)
    logs.set_up(settings)
    with Console(stderr=True).status("loading"):
        loaded = _run(commands.load_roster(settings, file, session))
    for line, reason in loaded.problems:
        _warn(f"{file.name}: line {line}: {reason}")
    if loaded.ambiguous:
        some = ", ".join(loaded.ambiguous[:20]) + (", ..." if len(loaded.ambiguous) > 20 else "")
        _warn(f"{file.name}: carried by more than one participant, so shown as nobody: {some}")
    _print(f"session {session}: {loaded.participants} participants, {loaded.left_out} rows left out")


@cli.command()
def version() -> None:
    """Prints the version."""
    _print(__version__)


class _Demo(NamedTuple):
    speed: float
    runners: int


async def _serve(settings: Settings, wanted: _Demo | None = None) -> None:
    files.claim(settings.limits.displays)
    app = App(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.request_stop)
    loop.add_signal_handler(signal.SIGHUP, log.warning, "SIGHUP: the configuration is read at start only")
    try:
        addresses = await app.start()
        if wanted is None:
            _print("\n".join([addresses.ready_line(), *urls(app, addresses)]))
        else:
            demo = Show(app, addresses, speed=wanted.speed, runners=wanted.runners)
            await app.unless_stopped(demo.prepare())
            app.run(demo.run())
            _print(
                "\n".join([addresses.ready_line(), *urls(app, addresses, demo_code=demo.code), _DEMO_HINT])
            )
        await app.until_stopped()
    except Stopped:
        pass
    finally:
        await app.stop()


def _settings(config_file: Path | None) -> Settings:
    """The configuration that was asked for, else config.toml here, else the defaults."""
    if config_file is None and CONFIG_DEFAULT.exists():
        config_file = CONFIG_DEFAULT
    return config.load(config_file, os.environ)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """On uvloop, where it has a build."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


def _host_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ConfigError([Problem("--to", "", text, "expected HOST:PORT, like 127.0.0.1:61611")])
    return host.strip("[]"), int(port)


def _print(line: str) -> None:
    """Flushed: whoever started us may be waiting for this line, and may not care for what follows it."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  for good


def _warn(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _progress(unit: str) -> Progress:
    """A bar on a terminal, nothing elsewhere: the last line says what was done."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
