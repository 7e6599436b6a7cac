"""The alarms of the control room: what the hub knows, put before `hub.alarms`. Knows where each fact is; what is an
alarm is not decided here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiohttp import web

from hub import alarms
from hub.alarms import DisplayFacts, Facts, SourceFacts, Thresholds
from hub.encode import iso
from hub.errors import Invalid
from hub.model import PURPOSE_DEMO, US_PER_S, DisplayRow
from hub.session import Source
from hub.web.front_sources import Heard, clock_s, name_of
from hub.web.screens import FLEET
from hub.web.state import CONDITION, HUB, LIVE
from hub.web.watch import WATCH

MINUTES_MAX: Final = 24 * 60
GONE_US_MIN: Final = 10 * US_PER_S
"""A screen that loads its page anew is away for less."""
GONE_US_MAX: Final = 4 * 3600 * US_PER_S
"""One that has been away for longer is not expected any more."""


def thresholds(request: web.Request) -> Thresholds:
    """`?silent_min`, `?location_min`; what is not given is as `Thresholds` has it. Raises Invalid."""
    usual = Thresholds()
    return Thresholds(
        _minutes(request, "silent_min", usual.silent_min),
        _minutes(request, "location_min", usual.location_min),
    )


def alarms_json(
    request: web.Request,
    wanted: Thresholds,
    sources: Iterable[Source],
    displays: Iterable[DisplayRow],
    heard: Mapping[int, Heard],
) -> list[dict[str, Any]]:
    """Of what this caller sees."""
    condition = request.app[CONDITION]
    facts = Facts(
        condition.now_us(),
        [_source(each, heard.get(each.id, {})) for each in sources if _counts(request, each)],
        _displays(request, displays),
        request.app[WATCH].disks(condition.now_us()),
        condition.journal_problem(),
        condition.database_problem(),
        condition.warning(),
    )
    return [
        {
            "key": each.key,
            "kind": each.kind,
            "words": each.words,
            "since": iso(each.since_us) if each.since_us else None,
        }
        for each in alarms.alarms(facts, wanted)
    ]


def _minutes(request: web.Request, name: str, usual: int) -> int:
    text = request.query.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= MINUTES_MAX):
        raise Invalid(f"{name}: expected minutes from 0 to {MINUTES_MAX}", field=name)
    return int(text)


def _counts(request: web.Request, source: Source) -> bool:
    """Readers of active sessions. Those of a demo come and go; one that leads nowhere has a mark of its own."""
    session = request.app[HUB].sessions.get(source.session.row.id)
    return session is not None and session.row.purpose != PURPOSE_DEMO


def _source(each: Source, heard: Heard) -> SourceFacts:
    places = each.session.places
    shown: dict[str, int] = {}
    for name, us in heard.items():
        if not places.is_hidden(name):
            shown[places.shown(name)] = max(us, shown.get(places.shown(name), 0))
    arrived_us = each.arrived_us or max(heard.values(), default=0)
    return SourceFacts(each.id, name_of(each), each.online > 0, arrived_us, clock_s(each), shown)


def _displays(request: web.Request, displays: Iterable[DisplayRow]) -> list[DisplayFacts]:
    """A display that had a screen not long ago, and has none now. After a start the screens come back first."""
    condition, live = request.app[CONDITION], request.app[LIVE]
    now_us = condition.now_us()
    if now_us - condition.started_us < GONE_US_MIN:
        return []
    last: dict[str, int] = {}
    for known in request.app[FLEET].known():
        last[known.row.code] = max(known.row.last_us, last.get(known.row.code, 0))
    gone = [
        (each, last.get(each.code, 0))
        for each in displays
        if not live.screens_of(each.code) and GONE_US_MIN <= now_us - last.get(each.code, 0) < GONE_US_MAX
    ]
    return [DisplayFacts(each.code, each.name or f"Display {each.code}", us) for each, us in gone]
