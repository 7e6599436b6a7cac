"""`racehub take-over`: from the predecessor to the hub. Knows words and progress; `hub.commands_old` does it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hub import commands_old, logs
from hub.cli_common import ConfigOption, run, say, settings_of, warn


def take_over(
    folder: Annotated[
        Path, typer.Argument(help="The predecessor's folder: with saved_templates, static/uploads or both.")
    ],
    partner: Annotated[
        str | None,
        typer.Option(help="Whose they are to be, by its short name; not needed where there is one."),
    ] = None,
    config_file: ConfigOption = None,
) -> None:
    """Takes the predecessor's saved templates and uploaded pictures into the hub that runs. Doing it again doubles
    nothing."""
    settings = settings_of(config_file)
    logs.set_up(settings)
    found = commands_old.found(folder)
    with Console(stderr=True).status("") as status:
        done = run(
            commands_old.take_over(
                settings, found, partner, lambda path: status.update(f"taking over {path.name}")
            )
        )
    for name, reason in done.problems:
        warn(f"{name}: {reason}")
    say(
        f"{done.templates} of {len(found.templates)} templates, {done.uploads} of {len(found.uploads)} pictures"
        " are in the hub"
    )
    if done.problems:
        raise typer.Exit(1)
