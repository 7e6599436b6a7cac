"""Readers as the control room lists them: those that lead nowhere first. Knows the hub's memory; refuses to ask anybody
else.
"""

from itertools import islice
from typing import Any, Final

from aiohttp import web

from hub.accounts import OWNER, at_least
from hub.alarms import clock_words
from hub.encode import iso
from hub.hub import Hub
from hub.model import US_PER_S
from hub.session import Source
from hub.web import scope
from hub.web.state import HUB, MOVES, REFUSED

LOCATIONS_MAX: Final = 12
"""Locations of a reader that the page lists, the last one heard of first."""
AWAY_US_MAX: Final = 12 * 3600 * US_PER_S
"""A reader that has been away for longer was of another day."""
REFUSED_MAX: Final = 5
REFUSED_US_MAX: Final = 15 * 60 * US_PER_S
"""One that does not come back has been mended, or has given up."""

Heard = dict[str, int]
"""When a reader was last heard of at each location."""


def recent_sources(hub: Hub, now_us: int) -> list[Source]:
    """Those that lead nowhere, as long as they are there or something of them waits; then those that are connected, and
    those that were not long ago. Who was heard of last comes first."""
    of_now = [
        each
        for each in hub.sources.values()
        if each.online
        or now_us - heard_us(each) < AWAY_US_MAX
        or (_waits(hub, each) and each.session.durable)
    ]
    return sorted(
        of_now, key=lambda each: (_waits(hub, each), bool(each.online), heard_us(each)), reverse=True
    )


def heard_us(source: Source) -> int:
    return source.arrived_us or source.record.seen_us


def name_of(source: Source) -> str:
    record = source.record
    return f"{' '.join(filter(None, (record.program, record.version))) or 'a reader'} at {record.remote}"


def clock_s(source: Source) -> float | None:
    """How far its clock is behind ours, once that is known."""
    return source.clock.difference_us / US_PER_S if source.clock.known else None


def source_json(request: web.Request, source: Source, heard: Heard) -> dict[str, Any]:
    """`session`: what it feeds, which is its inbox's number where it leads nowhere. `held`: reads of that inbox.
    `clock`: what is wrong with its clock."""
    hub, record, row = request.app[HUB], source.record, source.session.row
    inbox = _waits(hub, source)
    move = request.app[MOVES].progress(source.id)
    return {
        "id": source.id,
        "partner": scope.partner_json(scope.partner(request, record.partner_id or None)),
        "program": record.program,
        "version": record.version,
        "remote": record.remote,
        "event_name": hub.shown_event(record.event_name),
        "online": bool(source.online),
        "proved": record.proved,
        "locations": _locations(source, heard),
        "arrived_at": iso(source.arrived_us) if source.arrived_us else None,
        "accepted": source.accepted,
        "rejected": source.rejected,
        "session": row.id,
        "inbox": inbox,
        "held": _held(source) if inbox else 0,
        "amber": hub.routes.amber(record.event_name, record.assigned, source.session) if inbox else "",
        "assigned": record.assigned == row.id,
        "move": {"done": move.done, "total": move.total} if move else None,
        "clock_difference_s": clock_s(source),
        "clock": clock_words(clock_s(source)),
    }


def refused_json(request: web.Request, now_us: int) -> list[dict[str, Any]]:
    """Readers that could not prove lately who they are, the last one first; for owners, those that came in their own
    name."""
    who = scope.caller(request)
    if not at_least(who.role, OWNER):
        return []
    found = [
        each
        for each in request.app[REFUSED].rows
        if now_us - each.at_us < REFUSED_US_MAX
        and (who.is_admin or (each.named is not None and who.sees(each.named.partner_id)))
    ]
    return [
        {
            "address": each.address,
            "user": each.user,
            "reason": each.reason,
            "count": each.count,
            "at": iso(each.at_us),
        }
        for each in found[:REFUSED_MAX]
    ]


def _held(source: Source) -> int:
    """Reads that wait: as many as it has numbered; else, when its numbering is not known any more, all offsets."""
    return sum(run.contiguous for run in source.numberings) or source.session.durable


def _waits(hub: Hub, source: Source) -> bool:
    """Whether it leads nowhere."""
    return source.session.row.id in hub.inboxes


def _locations(source: Source, heard: Heard) -> list[dict[str, Any]]:
    runs = {run.location.name: run for run in source.runs.values()}
    last = dict(sorted(heard.items(), key=lambda each: -each[1]))
    names = last | {name: 0 for name in runs if name not in last}
    return [
        {
            "name": source.session.places.shown(name),
            "arrived_at": iso(us) if us else None,
            "count": runs[name].contiguous if name in runs else None,
            # Sequences that have not come, the first and the last: they were asked for, once.
            "gap": runs[name].gap if name in runs else None,
        }
        for name, us in islice(names.items(), LOCATIONS_MAX)
    ]
