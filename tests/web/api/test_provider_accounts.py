"""`/api/provider-accounts`: the shapes. What becomes of accounts is in tests/test_provider_accounts.py."""

import pytest

from hub.errors import ProviderAway, ProviderRefused
from tests.serviced import Serviced

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_account_and_what_it_sees(serviced: Serviced) -> None:
    made, service = await serviced.account(name="  Our   account ")
    assert made == {
        "id": made["id"],
        "kind": "runsignup",
        "name": "Our account",
        "partner": {"id": 1, "slug": "default", "name": made["partner"]["name"]},
        "tested_at": made["tested_at"],
        "problem": "",
        "sessions": [],
        "made_by": "this machine's token",
        "created_at": made["created_at"],
    }
    answer = await serviced.ask("GET", "provider-accounts")
    assert made in answer["accounts"]
    kind = next(each for each in answer["kinds"] if each["kind"] == "runsignup")
    assert (kind["name"], kind["results"], kind["calls_per_hour"]) == ("RunSignUp", True, 1000)
    assert [(each["name"], each["secret"], each["required"]) for each in kind["fields"]] == [
        ("api_key", False, True),
        ("api_secret", True, True),
    ]
    path = f"provider-accounts/{made['id']}"
    answer = await serviced.ask("PATCH", path, {"name": "Renamed"})
    assert (answer["account"]["name"], answer["words"]) == ("Renamed", "")
    answer = await serviced.ask("POST", f"{path}/test")
    assert (answer["account"]["id"], answer["words"]) == (made["id"], "It says hello.")
    event = {
        "id": "1",
        "name": "Spring run",
        "date": "2026-05-16",
        "place": "Linz",
        "races": [{"id": "71", "name": "10K"}],
    }
    assert await serviced.ask("GET", f"{path}/events?find=spring") == {"events": [event]}
    assert await serviced.ask("GET", f"{path}/events/1") == {"event": event}
    service.problems = [ProviderRefused("Not yours."), ProviderAway("No answer.")]
    error = await serviced.refused("POST", f"{path}/test", status=422)
    assert error == {"code": "service_refused", "message": "Not yours."}
    error = await serviced.refused("GET", f"{path}/events", status=502)
    assert error == {"code": "service_away", "message": "No answer."}
    await serviced.ask("DELETE", path, status=204)
    await serviced.refused("GET", f"{path}/events", status=404)


async def test_what_is_wrong_is_named(serviced: Serviced) -> None:
    made, _ = await serviced.account()
    good = {"kind": "runsignup", "name": "x", "credentials": {"api_key": "a", "api_secret": "b"}}
    for wrong, field in (
        ({"kind": "x"}, "kind"),
        ({"name": " "}, "name"),
        ({"name": "\0"}, "name"),
        ({"credentials": {}}, "credentials.api_key"),
        ({"credentials": {"api_key": "a", "x": "y"}}, "credentials"),
        ({"partner": "x"}, "partner"),
    ):
        status = 404 if field == "partner" else 400
        assert (await serviced.refused("POST", "provider-accounts", good | wrong, status))["field"] == field
    path = f"provider-accounts/{made['id']}/events"
    assert (await serviced.refused("GET", f"{path}?find={'x' * 101}", status=400))["field"] == "find"
    await serviced.refused("GET", f"{path}/{'x' * 201}", status=404)
