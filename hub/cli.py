"""The `racehub` command. Knows words and exit codes; every command's work is elsewhere.

Exit 0: done. 1: a fault, with one clear line on stderr. 2: the configuration or the command line is wrong.
"""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hub import (
    __version__,
    cli_old,
    cli_people,
    cli_roster,
    commands,
    commands_import,
    config,
    files,
    logs,
    replay,
    replay_plan,
)
from hub.app import App, Stopped, freeze_memory, urls
from hub.cli_common import ConfigOption, config_path, run, say, secret, settings_of, warn
from hub.config import Settings
from hub.demo import show
from hub.errors import ConfigError, HubError, JournalDamaged, Problem
from hub.importing import Imported
from hub.reload import Reload
from hub.store.demo import USER
from hub.tls import client_context

log = logging.getLogger(__name__)

DAMAGED_STARTS_MAX: Final = 3
"""How often one process starts again for a damaged journal: a disk that damages more has to be changed."""
PROBLEMS_SHOWN: Final = 10
"""Bad lines of a file that are printed; the others are counted. All are kept."""

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Takes reads from ChronoTrack readers, keeps every one, shows the right runner on the right screens.",
)
cli.add_typer(cli_people.partner, name="partner")
cli.add_typer(cli_people.user, name="user")
cli.command("take-over")(cli_old.take_over)
cli.command()(cli_roster.roster)

_DEMO_HINT: Final = "The demo's runners are made up. Ctrl-C stops the hub and the demo."


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
    _begin(config_file)


@cli.command("demo")
def run_demo(
    config_file: ConfigOption = None,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="Times real time.")] = 10.0,
    runners: Annotated[int, typer.Option(min=1, max=20_000, help="How many run.")] = 500,
) -> None:
    """Runs the hub with a made-up race, for ever, and prints a user to look at it with."""
    _begin(config_file, _Demo(speed, runners))


@cli.command()
def stop(config_file: ConfigOption = None) -> None:
    """Stops the hub that uses this configuration's data directory, and waits until it has."""
    settings = settings_of(config_file)
    with Console(stderr=True).status("stopping"):
        pid = commands.stop_hub(settings)
    say(f"stopped (process {pid})")


@cli.command("check-config")
def check_config(config_file: ConfigOption = None) -> None:
    """Says whether the configuration is right: a summary, or every problem, one a line."""
    for line in config.summary(settings_of(config_file)):
        say(line)


@cli.command()
def migrate(config_file: ConfigOption = None) -> None:
    """Brings the database's schema up to date, and says what it did."""
    settings = settings_of(config_file)
    logs.set_up(settings)
    applied = run(commands.apply_migrations(settings))
    say(f"applied: {', '.join(applied)}" if applied else "the database is up to date")


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
    user: Annotated[str, typer.Option(help="Who it says it is, when it is asked.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the user's password from standard input.")
    ] = False,
    password_file: Annotated[Path | None, typer.Option(help="Or from this file.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Connect encrypted.")] = False,
    tls_ca: Annotated[
        Path | None, typer.Option(help="Encrypted, and trust the certificates in this file alone.")
    ] = None,
) -> None:
    """Plays controller files (.csv with its .mrk) into a CTP01 server, as ChronoTrack's SimpleClient would."""
    host, port = _host_port(to)
    sender = replay.Sender(
        user,
        secret(password_stdin, password_file),
        client_context(tls_ca) if tls or tls_ca else None,
    )
    pairs = [replay_plan.parse_argument(text) for text in files]
    plan = replay_plan.load_plan(pairs, location=location, event=event, now=now, from_sequence=from_sequence)
    for name, problems in plan.problems:
        warn(
            f"{name}: {problems.count} lines left out; line {problems.first[0].line}: {problems.first[0].reason}"
        )
    with _progress("lines") as progress:
        bar = progress.add_task("connecting", total=None)

        def show(state: replay.Progress) -> None:
            progress.update(bar, description=state.state, completed=state.lines, total=state.total)

        result = run(replay.replay(plan, host, port, speed=speed, sender=sender, on_progress=show))
    rate = result.lines / result.seconds if result.seconds else 0.0
    say(
        f"sent {result.lines} lines in {result.seconds:.1f} s ({rate:{'.0f' if rate >= 10 else '.1f'}}/s),"
        f" {result.reconnects} reconnects"
    )
    if not result.delivered:
        raise HubError(f"{to} did not take everything before the line was closed")


@cli.command("import")
def import_files(
    files: Annotated[
        list[str], typer.Argument(help="Controller files: a.csv, or NAME=a.csv for a location.")
    ],
    session: Annotated[int, typer.Option(help="The session's number, as in its page's address.")],
    location: Annotated[str | None, typer.Option(help="The location of files without a NAME.")] = None,
    config_file: ConfigOption = None,
) -> None:
    """Puts controller files (.csv with its .mrk) into a session, through the running hub when there is one. What the
    session holds already is not doubled."""
    settings = settings_of(config_file)
    logs.set_up(settings)
    pairs = [replay_plan.parse_argument(text) for text in files]
    loaded = run(commands_import.load_files(settings, pairs, location))
    done: list[Imported] = []
    try:
        with _progress("lines") as progress:
            bar = progress.add_task("importing", total=sum(each.lines for each in loaded))
            waiting = run(
                commands_import.import_files(
                    settings,
                    session,
                    loaded,
                    on_lines=lambda lines: progress.advance(bar, lines),
                    on_done=done.append,
                )
            )
    finally:
        for each in done:
            _say_imported(each)
    if waiting:
        warn(f"PostgreSQL has gone away: {waiting} bytes wait in the journal and go in at the next start")


def _say_imported(done: Imported) -> None:
    for each in done.problems[:PROBLEMS_SHOWN]:
        warn(f"{done.location}: {each.file}: line {each.line}: {each.reason}")
    if done.rejected > PROBLEMS_SHOWN:
        warn(f"{done.location}: and {done.rejected - PROBLEMS_SHOWN} more lines that are no reads")
    if done.repeats:
        warn(
            f"{done.location}: {done.repeats} of the new reads are held under another location, too (mark: repeat);"
            " is this the right name?"
        )
    say(
        f"session {done.session}: {done.location}: {done.lines} lines, {done.reads} reads, {done.new} new,"
        f" {done.held} held already, {done.rejected} rejected"
    )


@cli.command()
def version() -> None:
    """Prints the version."""
    say(__version__)


class _Demo(NamedTuple):
    speed: float
    runners: int


def _begin(config_file: Path | None, wanted: _Demo | None = None) -> None:
    path = config_path(config_file)
    reload = Reload(path, os.environ)
    settings = config.load(path, os.environ)
    logs.set_up(settings)
    files.claim(settings.limits.displays)
    run(_serve(settings, reload, wanted))


async def _serve(settings: Settings, reload: Reload, wanted: _Demo | None) -> None:
    """Until it is told to stop. A journal that is found damaged is set aside by the next start, which comes at once."""
    for left in reversed(range(DAMAGED_STARTS_MAX + 1)):
        app = App(settings)
        try:
            await _serve_once(app, reload, wanted)
        except JournalDamaged as problem:
            if not left:
                raise
            log.error("%s. Starting again: it is set aside then", problem)
            settings = app.settings
        else:
            return


async def _serve_once(app: App, reload: Reload, wanted: _Demo | None) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.request_stop)
    if hasattr(signal, "SIGHUP"):  # Windows has none
        loop.add_signal_handler(signal.SIGHUP, reload.ask)
    try:
        addresses = await app.start()
        freeze_memory()
        first = await app.unless_stopped(app.first_user())
        if wanted is None:
            await app.unless_stopped(show.is_over(app))
            say("\n".join([addresses.ready_line(), *urls(app, addresses, first=first)]))
        else:
            demo = show.Show(app, addresses, speed=wanted.speed, runners=wanted.runners)
            await app.unless_stopped(demo.prepare())
            app.run(demo.run())
            said = urls(app, addresses, demo_code=demo.code, first=first)
            user = f"demo user: {USER}, password {demo.password}"
            say("\n".join([addresses.ready_line(), *said, user, _DEMO_HINT]))
        app.run(reload.run(app))
        await app.until_stopped()
    except Stopped:
        pass
    finally:
        await app.stop()


def _host_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ConfigError([Problem("--to", "", text, "expected HOST:PORT, like 127.0.0.1:61611")])
    return host.strip("[]"), int(port)


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
