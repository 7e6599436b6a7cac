"""What of the settings can change while the hub runs, and what a changed config.toml comes to.

Knows which keys are live, and two sets of settings beside each other. Does not know files, nor who uses a key.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from hub.config import SECRETS, Settings, values, written
from hub.config_report import Loc, path_text, pattern, shown

# Keys that change while the hub runs; every other one takes effect at its next start. config.toml and the README say
# the same, and a test holds the three together.
LIVE = frozenset(
    {
        "server.name",
        "server.public_url",
        "server.log_level",
        "server.debug",
        "web.cors_origins",
        "web.legacy_dir",
        "journal.max_mib",
        "listeners[].allow",
        "limits.line_bytes",
        "limits.connections_per_address",
        "limits.display_queue_kib",
        "limits.displays",
        "limits.upload_mib",
        "limits.roster_rows",
        "limits.login_tries",
        "limits.code_tries_per_minute",
        "limits.late_s",
        "retention.end_sessions_after_days",
        "retention.delete_ended_after_days",
    }
)


class Current:
    """The settings in force, for everybody who asks again each time. `now` is replaced as a whole."""

    def __init__(self, settings: Settings) -> None:
        self.now = settings


@dataclass(frozen=True, slots=True)
class Change:
    """One key that is another. `path`: where it stands in the new settings; `old` and `new`: as they may be shown."""

    path: str
    old: str
    new: str

    def __str__(self) -> str:
        if self.old == self.new:  # what differs is what is not shown
            return f"{self.path} {self.new} (another password)"
        return f"{self.path} {self.old} -> {self.new}"


@dataclass(frozen=True, slots=True)
class Difference:
    """`live`: what can be put in force at once; `restart`: what has to wait for the next start."""

    live: list[Change]
    restart: list[Change]


def difference(running: Settings, wanted: Settings) -> Difference:
    """Every key that is another in `wanted`. A listener is the one of the same name, wherever it stands in the list;
    one that was added, removed, renamed or moved in the list is one change of `listeners`."""
    found = Difference([], [])
    names = [[each.name for each in settings.listeners] for settings in (running, wanted)]
    if names[0] != names[1]:
        found.restart.append(Change("listeners", shown(names[0]), shown(names[1])))
    before = {place: value for place, _, value in _placed(running)}
    for place, loc, value in _placed(wanted):
        if place in before and before[place] != value:
            kind = found.live if pattern(loc) in LIVE else found.restart
            secret = pattern(loc) in SECRETS
            old, new = (shown(written(each), secret=secret) for each in (before[place], value))
            kind.append(Change(path_text(loc), old, new))
    return found


def merged(running: Settings, wanted: Settings) -> Settings:
    """The settings that can be put in force at once: those that run, with the live keys of `wanted`."""
    live = {place: value for place, loc, value in _placed(wanted) if pattern(loc) in LIVE}
    changed: dict[str, Any] = {}
    for name, section in running:
        if isinstance(section, tuple):
            changed[name] = tuple(_with(each, (name, each.name), live) for each in section)
        else:
            changed[name] = _with(section, (name,), live)
    return running.model_copy(update=changed)


def _with(section: BaseModel, place: Loc, live: dict[Loc, Any]) -> BaseModel:
    changed = {key: live[*place, key] for key, _ in section if (*place, key) in live}
    return section.model_copy(update=changed)


def _placed(settings: Settings) -> list[tuple[Loc, Loc, Any]]:
    """(place, loc, value) of every key; in the place of a listener's key stands the listener's name, not its number."""
    return [(_place(settings, loc), loc, value) for loc, value, _ in values(settings)]


def _place(settings: Settings, loc: Loc) -> Loc:
    if loc[0] != "listeners":
        return loc
    section, number, key = loc
    return section, settings.listeners[int(number)].name, key
