"""Sessions led to services and away from them."""

import asyncio

import pytest

from hub.providers.words import Page, Result
from tests.made_service import entry
from tests.running import rows, until
from tests.serviced import Serviced

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_another_event_takes_the_place_of_the_one_before_while_that_is_loaded(
    serviced: Serviced,
) -> None:
    account, slow = await serviced.account()
    slow.say(1, 2)
    made = await serviced.session("Led")
    path = f"sessions/{made['id']}/provider"
    assert (await serviced.refused("PATCH", path, {"enabled": True}, 404))["code"] == "not_found"
    first = (await serviced.ask("PUT", path, {"account": account["id"], "event": "1"}))["job"]
    done = await serviced.over(first)
    assert done["result"] == {"added": 2, "changed": 0, "gone": 0, "participants": 2, "results": 0}
    slow.wait = asyncio.Event()
    answer = await serviced.ask("POST", f"{path}/refresh", {"full": True}, 202)
    again = await serviced.ask("POST", f"{path}/refresh", {"full": False}, 202)
    assert again["job"]["id"] == answer["job"]["id"] == (await serviced.link(made))["job"]["id"]
    other, quick = await serviced.account()
    quick.say(7)
    assert (await serviced.put(made, other, races=["71"]))["status"] == "done"
    slow.wait.set()
    assert (await serviced.over(answer["job"]))["status"] == "cancelled"
    link = await serviced.link(made)
    assert (link["account"]["id"], link["races"], serviced.bibs(made)) == (other["id"], ["71"], ["7"])
    error = await serviced.refused("PUT", path, {"account": other["id"], "event": "1", "races": ["x"]}, 404)
    assert error["field"] == "races"
    error = await serviced.refused("PUT", path, {"account": 999, "event": "1"}, 404)
    assert error["field"] == "account"


async def test_what_a_service_has_said_stays_or_goes_with_it(serviced: Serviced) -> None:
    for kept, bibs in (("keep", ["1", "2"]), ("remove", [])):
        made, service = await serviced.linked(1, 2)
        service.found = [Result("x1", "1", {"finish_time": "0:40:01"})]
        await serviced.ask("PATCH", f"sessions/{made['id']}/provider", {"results": True})
        await serviced.fed(made, "1")  # it goes on
        await until(lambda made=made: serviced.memory(made).official == {"1": {"finish_time": "0:40:01"}})  # type: ignore[misc]
        path = f"sessions/{made['id']}/provider?participants={kept}"
        assert await serviced.ask("DELETE", path) == {"gone": 2 - len(bibs)}
        assert await serviced.link(made) is None and serviced.bibs(made) == bibs
        found = (await serviced.ask("GET", f"sessions/{made['id']}/official-results"))["results"]
        assert len(found) == len(serviced.memory(made).official) == (kept == "keep")
        calls = service.calls
        await asyncio.sleep(0.2)
        assert service.calls == calls


async def test_results_are_asked_for_and_what_is_not_there_any_more_goes(serviced: Serviced) -> None:
    made, service = await serviced.linked(1, 2, results=True)
    fields = {"finish_time": "0:40:01", "overall_rank": "1"}
    service.found = [
        Result("x1", "01", fields),
        Result("", "2", {"finish_time": "0:41:00"}),
        Result("", "", {}),
    ]
    await serviced.fed(made, "1")  # it goes on
    await until(lambda: serviced.memory(made).official.get("1") == fields)
    path = f"sessions/{made['id']}/official-results"
    first = await serviced.ask("GET", f"{path}?limit=1")
    assert first == {
        "results": [{"entry": "bib:2", "bib": "2", "fields": {"finish_time": "0:41:00"}}],
        "next": "bib:2",
    }
    rest = await serviced.ask("GET", f"{path}?after=bib:2")
    assert rest == {"results": [{"entry": "x1", "bib": "01", "fields": fields}], "next": None}
    link = await serviced.until_link(made, lambda found: found["figures"]["results"] == 2)
    assert link["results"] is True
    service.found = service.found[1:]
    await until(lambda: list(serviced.memory(made).official) == ["2"])
    service.found = []
    calls = service.calls
    await until(lambda: service.calls > calls + 8)
    assert list(serviced.memory(made).official) == ["2"], "a service that names nobody takes no result away"


async def test_a_session_is_filled_before_it_begins_and_only_by_an_account_of_its_partner(
    serviced: Serviced,
) -> None:
    account, service = await serviced.account()
    service.say(1, 2)
    made = await serviced.session("Later", scheduled_for="2999-05-16T07:00:00Z")
    assert (await serviced.put(made, account))["result"]["participants"] == 2
    link = await serviced.link(made)
    assert link["period_s"] == 36, "an hour, in a hundredth of it"
    answer = await serviced.ask("POST", "partners", {"name": "Another of them"}, 201)
    theirs, _ = await serviced.account(partner=answer["partner"]["slug"])
    body = {"account": theirs["id"], "event": "1"}
    try:
        error = await serviced.refused("PUT", f"sessions/{made['id']}/provider", body, 404)
        assert error["field"] == "account"
    finally:
        await serviced.ask("DELETE", f"partners/{answer['partner']['id']}", status=204)


async def test_a_deleted_account_and_a_deleted_session_leave_nothing_behind(serviced: Serviced) -> None:
    made, service = await serviced.linked(1)
    account_id = (await serviced.link(made))["account"]["id"]
    service.news = [Page([entry(2)], cursor={"at": 2})]
    await serviced.ask("DELETE", f"provider-accounts/{account_id}", status=204)
    assert await serviced.link(made) is None and service.closed and serviced.bibs(made) == ["1"]
    gone, other = await serviced.linked(1)
    await serviced.ask("DELETE", f"sessions/{gone['id']}", {"name": "Linked"})
    held = await rows(serviced.dsn, "SELECT session_id FROM provider_links")
    assert not {made["id"], gone["id"]} & {each["session_id"] for each in held}
    syncing = serviced.hub.app.changes.syncing
    await until(lambda: not {made["id"], gone["id"]} & syncing._linked.keys())
    assert other.calls
