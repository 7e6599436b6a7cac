"""Registration services in the predecessor's words, field by field."""

import pytest

from hub import old_services
from hub.old_services import Asked
from hub.providers import registry
from hub.providers.words import EventRace, ProviderEvent

EVENT = ProviderEvent("12", "City Run", "2026-05-16", "Linz", [EventRace("3", "10K"), EventRace("4", "Half")])


def test_services_by_the_names_that_the_pages_have() -> None:
    found = old_services.providers(registry.KINDS)
    assert found["success"] and set(found["providers"]) == {
        *("chronotrack", "runsignup", "haku", "raceroster", "letsdo"),
    }
    assert found["providers"]["chronotrack"] == {
        "name": "ChronoTrack Live",
        "base_url": "",
        "available": True,
        "supports_prerace": True,
        "supports_results": True,
    }
    assert old_services.providers({})["providers"]["haku"] == {
        "name": "haku",
        "available": False,
        "coming_soon": True,
    }
    assert old_services.kind_of({"id": "RunSignUp"}) == "runsignup"
    assert old_services.kind_of("eventbrite") is None


def test_what_an_account_signs_in_with_is_called_otherwise() -> None:
    given = {"user_id": "t@example.org", "password": "x", "event_id": 7, "client_id": ""}
    assert old_services.credentials(given) == {"user_id": "t@example.org", "user_pass": "x", "event_id": "7"}


def test_an_event_is_one_for_each_of_its_races() -> None:
    found = old_services.events("runsignup", [EVENT, ProviderEvent("13", "Trail")])
    assert (found["success"], found["provider"], found["total_events"]) == (True, "runsignup", 3)
    assert found["events"][0] == {
        "event_id": "12",
        "race_id": "3",
        "race_name": "City Run",
        "event_name": "10K",
        "event_date": "2026-05-16",
        "location": "Linz",
        "distance": "",
        "units": "",
    }
    assert found["events"][2]["event_name"] == "Trail" and "race_id" not in found["events"][2]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(event={"event_id": 12}), ("12", [])),
        (Asked(selected=[{"event_id": "12", "race_id": "3"}, {"race_id": 4}]), ("12", ["3", "4"])),
        (Asked(event={"race_id": 3}), ("", [])),
        (Asked(), ("", [])),
    ],
)
def test_what_was_chosen(asked: Asked, wanted: tuple[str, list[str]]) -> None:
    assert old_services.wanted(asked) == wanted


def test_shapes_of_the_stages() -> None:
    assert set(old_services.login_failed("x")) == {"success", "status", "stage", "total_stages", "error"}
    assert set(old_services.logged_in("City Run", 7)) == {
        *("success", "status", "stage", "total_stages", "race_name", "runners_loaded"),
        *("credentials_valid", "display_active"),
    }
    assert old_services.progress(3, None, complete=False) == {
        "total_entries": 3,
        "loaded_entries": 3,
        "complete": False,
    }
    assert set(old_services.selected("runsignup", EVENT, "12", 7)) >= {
        *("success", "provider", "event", "selected_events", "events_processed", "participants_loaded"),
        *("total_participants_fetched", "unique_participants_loaded", "race_name", "processed_count"),
        *("errors", "background_refresh", "tcp_listener", "status", "ready_for_mode_selection", "event_id"),
    }
    assert set(old_services.mode_chosen("pre-race", "City Run", 7)) == {
        *("success", "mode", "status", "race_name", "runners_loaded", "middleware_connected"),
        *("display_active", "auto_creation_enabled"),
    }
    assert set(old_services.mode_chosen("results", "City Run", 7)) == {
        *("success", "mode", "status", "race_name", "results_loaded", "middleware_connected"),
        *("display_active", "background_refresh", "refresh_interval", "incremental_sync", "last_modified"),
    }
    assert old_services.mode_status(None, "", 0, refreshes=False) == {
        "mode": None,
        "race_name": "",
        "data_count": 0,
        "data_type": None,
        "background_refresh": False,
    }
    assert old_services.mode_status("results", "R", 2, refreshes=True)["refresh_interval"] == 60
    assert old_services.sync_status("2026-05-16T08:00:00Z", None, active=True) == {
        "last_modified_timestamps": {"results": None, "roster": "2026-05-16T08:00:00Z"},
        "initial_sync_complete": {"results": False, "roster": True},
        "background_refresh_active": True,
        "incremental_sync_enabled": True,
        "sync_interval_seconds": 60,
    }
