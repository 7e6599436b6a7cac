"""Registration services in the predecessor's words: what its pages send of them and what they read. Pure: refuses to
know accounts, sessions and who is asking."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from hub.providers.words import Kind, ProviderEvent

KINDS: Final = {
    "chronotrack": "chronotrack_live",
    "runsignup": "runsignup",
    "haku": "haku",
    "raceroster": "race_roster",
    "letsdo": "lets_do_this",
}
"""What the pages call the services that the hub knows."""
CREDENTIALS: Final = {"password": "user_pass", "user_pass": "user_pass", "username": "user_id"}
"""What they call what an account signs in with, where it is called otherwise here."""
SIGN_IN: Final = "Sign in to the hub first, at /login"
NO_SESSION: Final = "There is no active session; start one in the control room"
NO_CLIENT_ID: Final = (
    "The company's ChronoTrack client id is not known yet; add the account once on the session's roster page"
)
"""No page of the predecessor's asks for it: it was built into the program."""
AUTHENTICATING: Final = "Authenticating..."
READY: Final = "Ready to display timing data"
STAGES: Final = 3
SYNC_S: Final = 60


class Login(msgspec.Struct):
    user_id: str = ""
    password: str = ""
    event_id: str | int = ""
    client_id: str = ""


class Asked(msgspec.Struct):
    """`provider`: a name, or an object with one. `event`, `selected`: as `event_shape` has given them."""

    provider: str | dict[str, Any] = ""
    credentials: dict[str, Any] = {}
    event: dict[str, Any] | None = None
    selected: list[dict[str, Any]] | None = msgspec.field(name="selectedEvents", default=None)


class Mode(msgspec.Struct):
    """The pages send `password`, and the predecessor read `user_pass`."""

    mode: str = ""
    user_id: str = ""
    password: str = ""
    user_pass: str = ""
    event_id: str | int = ""
    client_id: str = ""


def kind_of(provider: str | Mapping[str, Any]) -> str | None:
    """The hub's name of a service; None: it has none of that name."""
    name = provider if isinstance(provider, str) else str(provider.get("id", ""))
    return KINDS.get(name.strip().casefold())


def credentials(given: Mapping[str, Any]) -> dict[str, str]:
    """As the hub calls them."""
    return {
        CREDENTIALS.get(name, name): str(value) for name, value in given.items() if value not in (None, "")
    }


def providers(kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """`GET /api/providers`."""
    found = {}
    for name, kind in KINDS.items():
        known = kinds.get(kind)
        if known is None:
            found[name] = {"name": name, "available": False, "coming_soon": True}
            continue
        found[name] = {
            "name": known.name,
            "base_url": "",
            "available": True,
            "supports_prerace": True,
            "supports_results": known.results,
        }
    return {"success": True, "providers": found}


def event_shape(event: ProviderEvent) -> list[dict[str, Any]]:
    """One for each of its races, as the pages choose among them."""
    common = {
        "event_id": event.id,
        "race_name": event.name,
        "event_date": event.date,
        "location": event.place,
        "distance": "",
        "units": "",
    }
    if not event.races:
        return [common | {"event_name": event.name}]
    return [common | {"event_name": race.name, "race_id": race.id} for race in event.races]


def wanted(asked: Asked) -> tuple[str, list[str]]:
    """The event that was chosen, and those of its races; no event: none was."""
    chosen = [*(asked.selected or []), *([asked.event] if asked.event else [])]
    event_id = next((str(each["event_id"]) for each in chosen if each.get("event_id")), "")
    races = [str(each["race_id"]) for each in asked.selected or [] if each.get("race_id")]
    return event_id, list(dict.fromkeys(races))


def failed(error: str, **more: Any) -> dict[str, Any]:
    return {"success": False, "error": error, **more}


def login_failed(error: str) -> dict[str, Any]:
    return failed(error, status=AUTHENTICATING, stage=2, total_stages=STAGES)


def logged_in(race_name: str, runners: int) -> dict[str, Any]:
    return {
        "success": True,
        "status": READY,
        "stage": STAGES,
        "total_stages": STAGES,
        "race_name": race_name,
        "runners_loaded": runners,
        "credentials_valid": True,
        "display_active": True,
    }


def progress(done: int, total: int | None, *, complete: bool) -> dict[str, Any]:
    """`GET /api/login-progress`."""
    return {"total_entries": total or done, "loaded_entries": done, "complete": complete}


def selected(provider: str, event: ProviderEvent | None, event_id: str, runners: int) -> dict[str, Any]:
    """`POST /api/select-event`."""
    name = event.name if event else ""
    return {
        "success": True,
        "provider": provider,
        "event": {"event_id": event_id, "event_name": name, "race_name": name},
        "selected_events": None,
        "race_name": name,
        "status": READY,
        "ready_for_mode_selection": True,
        "event_id": event_id,
        "events_processed": 1,
        "processed_count": 1,
        "total_participants_fetched": runners,
        "unique_participants_loaded": runners,
        "participants_loaded": runners,
        "errors": [],
        "background_refresh": True,
        "tcp_listener": True,
    }


def mode_chosen(mode: str, race_name: str, count: int) -> dict[str, Any]:
    """`POST /api/select-mode`."""
    common = {
        "success": True,
        "mode": mode,
        "status": READY,
        "race_name": race_name,
        "middleware_connected": True,
        "display_active": True,
    }
    if mode == "results":
        return common | {
            "results_loaded": count,
            "background_refresh": True,
            "refresh_interval": SYNC_S,
            "incremental_sync": True,
            "last_modified": None,
        }
    return common | {"runners_loaded": count, "auto_creation_enabled": False}


def mode_status(mode: str | None, race_name: str, count: int, *, refreshes: bool) -> dict[str, Any]:
    """`GET /api/mode-status`."""
    kind = None if mode is None else ("results" if mode == "results" else "roster")
    found = {
        "mode": mode,
        "race_name": race_name,
        "data_count": count,
        "data_type": kind,
        "background_refresh": refreshes,
    }
    return found | ({"refresh_interval": SYNC_S} if refreshes else {})


def sync_status(roster_at: str | None, results_at: str | None, *, active: bool) -> dict[str, Any]:
    """`GET /api/sync-status`."""
    return {
        "last_modified_timestamps": {"results": results_at, "roster": roster_at},
        "initial_sync_complete": {"results": results_at is not None, "roster": roster_at is not None},
        "background_refresh_active": active,
        "incremental_sync_enabled": True,
        "sync_interval_seconds": SYNC_S,
    }


def events(provider: str, found: Iterable[ProviderEvent]) -> dict[str, Any]:
    """`POST /api/fetch-events`."""
    shapes = [shape for each in found for shape in event_shape(each)]
    return {"success": True, "provider": provider, "events": shapes, "total_events": len(shapes)}
