"""What the control room shows, and asks for while it is open. Knows the hub's memory and this machine's addresses;
refuses to ask the database: the page has to come up when that is away.
"""

from itertools import islice
from typing import Any, Final

from aiohttp import web
from yarl import URL

from hub import __version__
from hub.addresses import is_address, is_loopback, is_wildcard, joined, public_base, reachable
from hub.config import Listener
from hub.encode import iso
from hub.hub import Hub
from hub.model import PURPOSE_DEMO, US_PER_S, DisplayRow
from hub.session import Session, Source
from hub.web import scope
from hub.web.state import CONDITION, HUB, LIVE, settings

SOURCES_MAX: Final = 20
"""Readers that the page lists. Those that are connected come first."""
LOCATIONS_MAX: Final = 12
"""Locations of a reader that the page lists, the last one heard of first."""
AWAY_US_MAX: Final = 12 * 3600 * US_PER_S
"""A reader that has been away for longer was of another day."""


async def front_state(request: web.Request) -> web.Response:
    """`GET /front/state`: what there is, as of now, for the caller."""
    return web.json_response(state(request))


def state(request: web.Request) -> dict[str, Any]:
    hub, condition = request.app[HUB], request.app[CONDITION]
    now_us, who = condition.now_us(), scope.caller(request)
    shown = [each for each in recent_sources(hub, now_us) if who.sees(each.record.partner_id)]
    last = _last_reads(hub)
    base = _base(request)
    return {
        "now": iso(now_us),
        "started": iso(condition.started_us),
        "version": __version__,
        "partners": [
            scope.partner_json(each)
            for each in sorted(hub.partners.values(), key=lambda each: (each.name, each.id))
            if who.sees(each.id)
        ],
        "health": _health(request),
        "listeners": [_listener(request, each) for each in settings(request).listeners],
        "sessions": [_session(request, each) for each in _ordered(hub) if who.sees(each.row.partner_id)],
        "sources": [_source(request, each, last.get(each.id, {})) for each in shown[:SOURCES_MAX]],
        "sources_more": len(shown[SOURCES_MAX:]),
        "displays": [
            _display(request, base, each) for each in hub.displays.values() if who.sees(each.partner_id)
        ],
        "displays_local": is_loopback(_host(base)),
    }


def display_url(request: web.Request, code: str) -> str:
    """Where a screen opens this display."""
    return f"{_base(request)}/d/{code}"


def join_url(request: web.Request, link: str) -> str:
    """Where somebody chooses a password with this link: behind a #, so that it is in nobody's log."""
    return f"{_base(request)}/join#{link}"


def recent_sources(hub: Hub, now_us: int) -> list[Source]:
    """Those that are connected, and those that were not long ago; who was heard of last comes first."""
    of_now = [each for each in hub.sources.values() if each.online or now_us - _heard_us(each) < AWAY_US_MAX]
    return sorted(of_now, key=lambda each: (bool(each.online), _heard_us(each)), reverse=True)


def _heard_us(source: Source) -> int:
    return source.arrived_us or source.record.seen_us


def _base(request: web.Request) -> str:
    now = settings(request)
    return public_base(now.server.public_url, now.web.host, _port(request), _asked(request))


def _asked_host(request: web.Request) -> str:
    return _host(_asked(request))


def _host(url: str) -> str:
    """Empty when there is none: a browser always sends one, and others what they like."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


def _asked(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _port(request: web.Request) -> int:
    """The one that the web listens on, also when the system has chosen it."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else settings(request).web.port


def _health(request: web.Request) -> dict[str, Any]:
    """Each part in words, empty where all is well. Figures are those of the caller's own sessions."""
    hub, condition, who = request.app[HUB], request.app[CONDITION], scope.caller(request)
    own = [each for each in hub.sessions.values() if who.sees(each.row.partner_id)]
    return {
        "journal": condition.journal_problem(),
        "database": condition.database_problem(),
        "warning": condition.warning(),
        "pending": condition.journal_pending(),
        "reads": hub.total_reads if who.is_admin else sum(each.durable for each in own),
        "rejected": hub.total_rejected if who.is_admin else 0,
    }


def _listener(request: web.Request, each: Listener) -> dict[str, Any]:
    """`hosts`: where readers find it. `local`: only those on this machine do."""
    port = each.port or request.app[CONDITION].tcp_port
    hosts = _hosts(request, each.host)
    here = hosts[0] if hosts and is_loopback(hosts[0]) else "127.0.0.1"
    return {
        "name": each.name,
        "protocol": each.protocol,
        "port": port,
        "hosts": hosts,
        "local": is_loopback(each.host),
        "here": joined(here, port),
    }


def _hosts(request: web.Request, bind_host: str) -> list[str]:
    """The address that the browser came by leads them: it is known to work, also where the hub runs in a container
    and does not see it."""
    hosts = reachable(bind_host)
    asked = _asked_host(request)
    if not is_wildcard(bind_host) or not is_address(asked) or is_loopback(asked):
        return hosts
    return list(dict.fromkeys([asked, *hosts]))


def _ordered(hub: Hub) -> list[Session]:
    """Real ones before those for show; the newest first."""
    return sorted(
        hub.sessions.values(),
        key=lambda each: (each.row.purpose == PURPOSE_DEMO, -each.row.created_us, -each.row.id),
    )


def _session(request: web.Request, each: Session) -> dict[str, Any]:
    return {
        "id": each.row.id,
        "name": each.row.name,
        "event": request.app[HUB].shown_event(each.row.event_name),
        "partner": scope.partner_json(scope.partner(request, each.row.partner_id)),
        "purpose": each.row.purpose,
        "offset": each.durable,
        "runners": each.roster.size,
    }


def _source(request: web.Request, each: Source, last: dict[str, int]) -> dict[str, Any]:
    record = each.record
    return {
        "id": each.id,
        "partner": scope.partner_json(scope.partner(request, record.partner_id)),
        "program": record.program,
        "version": record.version,
        "remote": record.remote,
        "event_name": request.app[HUB].shown_event(record.event_name),
        "online": bool(each.online),
        "locations": _locations(each, last),
        "arrived_at": iso(each.arrived_us) if each.arrived_us else None,
        "accepted": each.accepted,
        "rejected": each.rejected,
        "session": each.session.row.id,
    }


def _last_reads(hub: Hub) -> dict[int, dict[str, int]]:
    """When each source was last heard of at each location, as far back as the memory of sessions goes; the last one
    first."""
    found: dict[int, dict[str, int]] = {}
    for session in hub.sessions.values():
        for (source_id, location), us in session.tail.arrivals():
            found.setdefault(source_id, {}).setdefault(location, us)
    return found


def _locations(source: Source, last: dict[str, int]) -> list[dict[str, Any]]:
    runs = {run.location.name: run for run in source.runs.values()}
    names = last | {name: 0 for name in runs if name not in last}
    return [
        {
            "name": name,
            "arrived_at": iso(us) if us else None,
            # Sequences that have not come, the first and the last: they were asked for, once.
            "gap": runs[name].gap if name in runs else None,
        }
        for name, us in islice(names.items(), LOCATIONS_MAX)
    ]


def _display(request: web.Request, base: str, each: DisplayRow) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "session": each.session_id,
        "partner": scope.partner_json(scope.partner(request, each.partner_id)),
        "url": f"{base}/d/{each.code}",
        "screens": request.app[LIVE].screens_of(each.code),
    }
