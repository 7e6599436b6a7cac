"""What the control room shows, and asks for while it is open. Knows the hub's memory and this machine's addresses;
refuses to ask the database: the page has to come up when that is away.
"""

from typing import Any, Final

from aiohttp import web
from yarl import URL

from hub import __version__
from hub.addresses import is_address, is_loopback, is_wildcard, joined, public_base, reachable
from hub.alarms import DiskFacts, is_low
from hub.config import Listener
from hub.encode import iso
from hub.hub import Hub
from hub.latency import figures
from hub.model import PURPOSE_DEMO, DisplayRow
from hub.session import Session
from hub.web import front_alarms, front_sources, scope, wishes
from hub.web.state import CONDITION, HUB, LIVE, settings
from hub.web.watch import NO_TAGS, WATCH

SOURCES_MAX: Final = 30
"""Readers that the page lists."""


async def front_state(request: web.Request) -> web.Response:
    """`GET /front/state`: what there is, as of now, for the caller. `?silent_min`, `?location_min`: minutes
    without a read after which there is an alarm."""
    return web.json_response(state(request))


def state(request: web.Request) -> dict[str, Any]:
    hub, condition, who = request.app[HUB], request.app[CONDITION], scope.caller(request)
    now_us, base = condition.now_us(), _base(request)
    sources = [each for each in front_sources.recent_sources(hub, now_us) if who.sees(each.record.partner_id)]
    displays = [each for each in hub.displays.values() if who.sees(each.partner_id) and each.holds(now_us)]
    heard = request.app[WATCH].heard([*hub.sessions.values(), *hub.inboxes.values()])
    return {
        "now": iso(now_us),
        "started": iso(condition.started_us),
        "version": __version__,
        "partners": _partners(request),
        "health": _health(request),
        "alarms": front_alarms.alarms_json(
            request, front_alarms.thresholds(request), sources, displays, heard
        ),
        "emergency": _emergency(request),
        "listeners": [listener(request, each) for each in settings(request).listeners],
        "sessions": _sessions(request),
        "sources": [
            front_sources.source_json(request, each, heard.get(each.id, {})) for each in sources[:SOURCES_MAX]
        ],
        "sources_more": len(sources[SOURCES_MAX:]),
        "refused": front_sources.refused_json(request, now_us),
        "displays": [_display(request, base, each) for each in displays],
        "displays_local": is_loopback(_host(base)),
    }


def display_url(request: web.Request, code: str) -> str:
    """Where a screen opens this display."""
    return f"{_base(request)}/d/{code}"


def join_url(request: web.Request, link: str) -> str:
    """Where somebody chooses a password with this link: behind a #, so that it is in nobody's log."""
    return f"{_base(request)}/join#{link}"


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


def _partners(request: web.Request) -> list[dict[str, Any] | None]:
    who = scope.caller(request)
    by_name = sorted(request.app[HUB].partners.values(), key=lambda each: (each.name, each.id))
    return [scope.partner_json(each) for each in by_name if who.sees(each.id)]


def _emergency(request: web.Request) -> list[dict[str, Any]]:
    """The lines that stand on all screens now, with whose."""
    who = scope.caller(request)
    return [
        {"partner": scope.partner_json(scope.partner(request, partner_id)), "text": text}
        for partner_id, text in request.app[HUB].emergency.items()
        if text and who.sees(partner_id)
    ]


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
        "disks": [_disk(each) for each in request.app[WATCH].disks(condition.now_us())],
    }


def _disk(each: DiskFacts) -> dict[str, Any]:
    return {"of": each.of, "free": each.free, "total": each.total, "low": is_low(each)}


def listener(request: web.Request, each: Listener) -> dict[str, Any]:
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


def _sessions(request: web.Request) -> list[dict[str, Any]]:
    hub, who = request.app[HUB], scope.caller(request)
    shown = [each for each in _ordered(hub) if who.sees(each.row.partner_id)]
    unknown = request.app[WATCH].unknown_tags(shown, request.app[CONDITION].now_us(), hub.sessions)
    return [_session(request, each, unknown.get(each.row.id, NO_TAGS)) for each in shown]


def _session(request: web.Request, each: Session, unknown: dict[str, Any]) -> dict[str, Any]:
    """`rate`: reads in each of the last seconds, the oldest first; empty: none."""
    return {
        "id": each.row.id,
        "name": each.row.name,
        "event": request.app[HUB].shown_event(each.row.event_name),
        "partner": scope.partner_json(scope.partner(request, each.row.partner_id)),
        "purpose": each.row.purpose,
        "testing": each.row.testing,
        "offset": each.durable,
        "rate": request.app[LIVE].rates.of(each.row.id, request.app[CONDITION].now_us()),
        "latency": _latency(request, each),
        "runners": each.roster.size,
        "unknown": unknown,
    }


def _latency(request: web.Request, each: Session) -> dict[str, Any] | None:
    """Of the last minute on all its screens, from a read's arrival until it was painted."""
    lately = request.app[LIVE].timing.latencies.lately(each.row.id)
    return None if lately is None else figures(lately.of(request.app[CONDITION].now_us()))


def _display(request: web.Request, base: str, each: DisplayRow) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "session": each.session_id,
        "partner": scope.partner_json(scope.partner(request, each.partner_id)),
        "url": f"{base}/d/{each.code}",
        "screens": request.app[LIVE].screens_of(each.code),
        "control": wishes.control_of(request, each),
        "pinned": wishes.pinned_of(request, each),
    }
