"""The old pages' way from an account to a roster, with a real hub and a server that answers as ChronoTrack Live."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest_asyncio

from hub.providers import registry
from tests.providers.standins.chronotrack_live import CREDENTIALS, EVENT, PASSWORD, ChronoTrackStandIn
from tests.providers.standins.people import made
from tests.running import Running, running_hub, settings_for

ACCOUNT: Final = {"user_id": CREDENTIALS["user_id"], "password": PASSWORD}
PEOPLE: Final = 120


@pytest_asyncio.fixture
async def hub(database_dsn: str, tmp_path: Path) -> AsyncIterator[Running]:
    service = ChronoTrackStandIn(made(PEOPLE))
    base = await service.start()
    try:

        def opened(kind: str, credentials: Any) -> Any:
            return registry.make(kind, credentials, {"chronotrack_live": base})

        async with running_hub(settings_for(database_dsn, tmp_path), service=opened) as running:
            yield running
    finally:
        await service.stop()


async def said(http: aiohttp.ClientSession, path: str, body: Any = None, status: int = 200) -> Any:
    method = "GET" if body is None else "POST"
    given = (
        {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body} if body is not None else {}
    )
    async with http.request(method, path, **given) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_from_an_account_to_a_roster(hub: Running) -> None:
    """The page that signs in, and then the one that chooses. The company's own id is said once, by the first."""
    wrong = await said(hub.http, "/api/login", {**ACCOUNT, "event_id": EVENT, "password": "no"})
    assert (wrong["success"], wrong["stage"], wrong["total_stages"]) == (
        False,
        2,
        3,
    ) and "client id is not known yet" in wrong["error"]
    assert await said(hub.http, "/api/login-progress") == {
        "total_entries": 0,
        "loaded_entries": 0,
        "complete": False,
    }
    body = {**ACCOUNT, "client_id": CREDENTIALS["client_id"], "event_id": EVENT}
    done = await said(hub.http, "/api/login", body)
    assert done["success"], done
    assert (done["status"], done["stage"], done["runners_loaded"]) == (
        "Ready to display timing data",
        3,
        PEOPLE,
    )
    progress = await said(hub.http, "/api/login-progress")
    assert progress == {"total_entries": PEOPLE, "loaded_entries": PEOPLE, "complete": True}
    form = aiohttp.FormData({**ACCOUNT, "event_id": EVENT})
    assert (await said(hub.http, "/api/login", form))["success"]
    accounts = await hub.get("/api/provider-accounts")
    assert [each["kind"] for each in accounts["accounts"]] == ["chronotrack_live"]

    choosing = {"provider": "chronotrack", "credentials": {**ACCOUNT, "event_id": EVENT}}
    tested = await said(hub.http, "/api/test-provider-connection", choosing)
    assert (tested["success"], tested["status_code"], tested["provider"]) == (True, 200, "chronotrack")
    alone = await said(hub.http, "/api/test-connection", aiohttp.FormData({**ACCOUNT, "event_id": EVENT}))
    assert (alone["status_code"], alone["success"]) == (200, True)
    alone = await said(hub.http, "/api/test-connection", {**ACCOUNT, "password": "no", "event_id": EVENT})
    assert (alone["status_code"], alone["success"], bool(alone["error_text"])) == (401, False, True)
    events = await said(hub.http, "/api/fetch-events", choosing)
    assert events["success"] and {each["event_id"] for each in events["events"]} == {EVENT}
    await said(hub.http, "/api/fetch-events", choosing | {"provider": "eventbrite"}, status=400)
    await said(hub.http, "/api/select-event", choosing, status=400)
    chosen = await said(hub.http, "/api/select-event", choosing | {"event": events["events"][0]})
    assert (chosen["success"], chosen["event_id"], chosen["participants_loaded"]) == (True, EVENT, PEOPLE)

    for mode, words in (("results", "results_loaded"), ("pre-race", "runners_loaded")):
        answer = await said(hub.http, "/api/select-mode", {"mode": mode})
        assert (answer["success"], answer["mode"], answer[words] >= 0) == (True, mode, True)
        status = await said(hub.http, "/api/mode-status")
        assert (status["mode"], status["background_refresh"]) == (mode, True)
    bad = await said(hub.http, "/api/select-mode", {"mode": "party"})
    assert not bad["success"] and "pre-race" in bad["error"]
    synced = await said(hub.http, "/api/sync-status")
    assert synced["initial_sync_complete"]["roster"] and synced["background_refresh_active"]
    assert (await said(hub.http, "/api/refresh/status"))["participants_count"] == PEOPLE
    assert not (await said(hub.http, "/api/background-refresh", {"action": "stop"}))["enabled"]
    assert (await said(hub.http, "/api/refresh/start", {}))["enabled"]
    for on in (False, True):
        config = {"enabled": on, "interval_seconds": 60, "debug_logging": True}
        answer = await said(hub.http, "/api/refresh/config", config)
        assert (answer["success"], answer["enabled"], answer["debug_logging"]) == (True, on, False)
        assert (await said(hub.http, "/api/refresh/config"))["enabled"] is on
    assert (await said(hub.http, "/api/tcp-status"))["tcp_listener"]["listening"]


async def test_nobody_is_signed_in_by_it(hub: Running) -> None:
    body = {**ACCOUNT, "client_id": CREDENTIALS["client_id"], "event_id": EVENT}
    for path, more in (
        ("/api/login", body),
        ("/api/test-provider-connection", {"provider": "chronotrack", "credentials": body}),
        ("/api/select-event", {"provider": "chronotrack", "credentials": body, "event": {"event_id": "1"}}),
        ("/api/select-mode", {"mode": "results"}),
    ):
        answer = await said(hub.anybody, path, more)
        assert not answer["success"] and "Sign in to the hub first" in answer["error"], path
    assert (await hub.get("/api/provider-accounts"))["accounts"] == []
    assert await said(hub.anybody, "/api/mode-status") == {
        "mode": None,
        "race_name": "",
        "data_count": 0,
        "data_type": None,
        "background_refresh": False,
    }
    assert (await said(hub.anybody, "/api/providers"))["success"]
