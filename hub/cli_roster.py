"""`racehub roster`: what came of a file, in words. Knows words; `hub.commands_roster` does it."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hub import commands_roster, logs
from hub.cli_common import ConfigOption, run, say, settings_of, warn
from hub.roster_file_words import ROSTER, TAGS

SAMPLES_SHOWN: Final = 5
"""Of those who were added, changed or are gone, by name."""
AMBIGUOUS_SHOWN: Final = 20


def roster(
    file: Annotated[
        Path,
        typer.Argument(help="A CSV or Excel file (xlsx, xlsb, xls, ods) whose first line names the columns."),
    ],
    session: Annotated[int, typer.Option(help="The session's number, as in its page's address.")],
    add: Annotated[
        bool, typer.Option("--add", help="Whom the file does not name stays on the roster.")
    ] = False,
    tags: Annotated[
        bool, typer.Option("--tags", help="The file says which tag is whose, and no more.")
    ] = False,
    config_file: ConfigOption = None,
) -> None:
    """Puts a file in force as a session's roster, through the running hub when there is one."""
    settings = settings_of(config_file)
    logs.set_up(settings)
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task("loading", total=None)

        def show(done: int, total: int | None = None, words: str | None = None) -> None:
            bar.update(task, description=words or "loading", completed=done, total=total)

        loaded = run(
            commands_roster.load_roster(
                settings, file, session, add=add, kind=TAGS if tags else ROSTER, progress=show
            )
        )
    tell(file.name, session, loaded)


def tell(name: str, session: int, loaded: dict[str, Any]) -> None:
    """What was left out goes to stderr, what came of the rest to stdout."""
    for each in loaded["problems"]:
        warn(f"{name}: line {each['line']}: {each['reason']}")
    if more := loaded["left_out"] - len(loaded["problems"]):
        warn(f"{name}: {more} more rows were left out")
    if ambiguous := loaded["ambiguous"]:
        some = ", ".join(ambiguous[:AMBIGUOUS_SHOWN]) + (", ..." if len(ambiguous) > AMBIGUOUS_SHOWN else "")
        warn(f"{name}: carried by more than one participant, so shown as nobody: {some}")
    for what in ("added", "changed", "gone"):
        samples = loaded["samples"][what]
        for sample in samples[:SAMPLES_SHOWN]:
            say(f"{what}: {_line(sample)}")
        if (more := loaded[what] - SAMPLES_SHOWN) > 0 and samples:
            say(f"{what}: and {more} more")
    kept = f", {loaded['kept_by_hand']} kept as somebody has said it" if loaded["kept_by_hand"] else ""
    say(
        f"session {session}: {loaded['participants']} participants: {loaded['added']} added,"
        f" {loaded['changed']} changed, {loaded['same']} as they were, {loaded['gone']} gone{kept};"
        f" {loaded['left_out']} rows left out"
    )


def _line(sample: dict[str, Any]) -> str:
    """`101 Ann Lee: city Linz, was Graz`."""
    who = " ".join(filter(None, (sample["bib"], sample["name"]))) or "without bib and name"
    fields = [
        f"{field} {after or 'nothing'}, was {before or 'nothing'}"
        for field, (before, after) in sample.get("fields", {}).items()
    ]
    return who + (f": {'; '.join(fields)}" if fields else "")
