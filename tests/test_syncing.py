"""Sessions kept as their services have them: what is asked when, and what becomes of it when that goes wrong. How often
is in test_sync_plan.py; the services here are within the test.
"""

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from hub.errors import ProviderAway, ProviderRefused
from hub.providers.words import Page
from hub.store import providers
from hub.sync_words import LinkRow
from tests.made_service import entry
from tests.running import until
from tests.serviced import Serviced, a_serviced

SHARED = pytest.mark.asyncio(loop_scope="session")


async def refused(serviced: Serviced, account_id: int) -> Any:
    """The account, if it says that it was."""
    accounts = (await serviced.ask("GET", "provider-accounts"))["accounts"]
    return next((each for each in accounts if each["id"] == account_id and each["problem"]), None)


@SHARED
async def test_what_changes_is_there_at_the_next_refresh(serviced: Serviced) -> None:
    made, service = await serviced.linked(1, 2, 3)
    assert serviced.bibs(made) == ["1", "2", "3"]
    link = await serviced.link(made)
    assert (link["event"], link["problem"], link["enabled"]) == (
        {"id": "4321", "name": "Spring run"},
        "",
        True,
    )
    assert link["figures"] == {"participants": 3, "added": 3, "changed": 0, "gone": 0, "results": 0}
    assert link["calls"] == {"last_hour": service.calls, "limit": 1000} and link["job"] is None
    service.news = [
        Page([entry(4)], cursor={"at": 2}),
        Page([entry(2, first_name="Bo")], ["x1"], cursor={"at": 3}),
    ]
    await serviced.fed(made, "2")  # it is a race
    await until(lambda: serviced.bibs(made) == ["2", "3", "4"])
    service.news = []
    who = serviced.memory(made).who("2")
    assert who is not None and who.first_name == "Bo"
    link = await serviced.until_link(made, lambda found: found["figures"]["gone"])
    assert link["period_s"] == 0.1 and link["figures"] == {
        "participants": 3,
        "added": 4,
        "changed": 1,
        "gone": 1,
        "results": 0,
    }
    await until(lambda: {"at": 3} in service.asked)
    assert service.asked[:2] == [{}, {"at": 1}]


@SHARED
async def test_what_comes_again_and_again_is_put_in_force_once(serviced: Serviced) -> None:
    made, service = await serviced.linked(1, 2)
    service.news = [Page([entry(2, first_name="Bo")], ["x1"], cursor={"at": 2})]
    await serviced.fed(made, "2")
    await until(lambda: serviced.bibs(made) == ["2"])
    asked = len(service.asked)
    await until(lambda: len(service.asked) > asked + 3)
    figures = (await serviced.link(made))["figures"]
    assert (figures["changed"], figures["gone"]) == (1, 1)
    service.news = [Page([entry(2), entry(1)], cursor={"at": 3})]
    await until(lambda: serviced.bibs(made) == ["1", "2"])
    who = serviced.memory(made).who("2")
    assert who is not None and who.first_name == "Ann 2"


@SHARED
async def test_a_service_that_refuses_is_not_asked_before_somebody_has_done_something(
    serviced: Serviced,
) -> None:
    made, service = await serviced.linked(1)
    service.problems = [ProviderRefused("Not yours."), ProviderRefused("Not yours at all.")]
    await serviced.fed(made, "1")
    link = await serviced.until_link(made, lambda found: found["problem"])
    assert (link["problem"], link["next_at"], link["period_s"]) == ("Not yours at all.", None, None)
    account_id, calls = link["account"]["id"], service.calls
    account = await serviced.until(lambda: refused(serviced, account_id))
    assert (account["problem"], account["sessions"]) == ("Not yours at all.", [made["id"]])
    await asyncio.sleep(0.3)  # three times over it would have been asked
    assert service.calls == calls
    service.say(1, 2)
    words = {"credentials": {"api_secret": "another"}}
    await serviced.ask("PATCH", f"provider-accounts/{account_id}", words)
    await until(lambda: serviced.bibs(made) == ["1", "2"])
    link = await serviced.until_link(made, lambda found: not found["problem"])
    assert link["next_at"] and service.credentials["api_secret"] == "another"


@SHARED
async def test_what_is_refused_to_words_that_were_changed_meanwhile_stops_nothing(serviced: Serviced) -> None:
    made, service = await serviced.linked(1)
    account_id = (await serviced.link(made))["account"]["id"]
    service.wait = asyncio.Event()
    calls = service.calls
    await serviced.fed(made, "1")
    await until(lambda: service.calls > calls)
    old, service.wait = service.wait, None
    words = {"credentials": {"api_key": "another-of-them", "api_secret": "s"}}
    await serviced.ask("PATCH", f"provider-accounts/{account_id}", words)
    service.problems = [ProviderRefused("Not with these.")]
    old.set()
    other = serviced.services.of("another-of-them")
    await until(lambda: len(other.asked) > 2)
    assert (await serviced.link(made))["problem"] == "" and not service.problems


@SHARED
async def test_a_cursor_that_is_refused_is_answered_by_loading_all(serviced: Serviced) -> None:
    made, service = await serviced.linked(1)
    service.say(5, cursor=9)
    service.problems = [ProviderRefused("What cursor?")]
    service.news = [Page([], cursor={"at": 9})]
    await serviced.fed(made, "1")
    await until(lambda: serviced.bibs(made) == ["5"])
    assert (await serviced.link(made))["problem"] == ""
    assert service.asked[:3] == [{}, {"at": 1}, {}]


@SHARED
async def test_a_service_that_is_away_is_asked_again_later_and_later(serviced: Serviced) -> None:
    made, service = await serviced.linked(1)
    service.problems = [ProviderAway("No answer."), ProviderAway("No answer.", retry_after_s=60.0)]
    service.news = [Page([entry(2)], cursor={"at": 2})]
    await serviced.fed(made, "1")
    link = await serviced.until_link(made, lambda found: found["problem"])
    assert link["problem"] == "No answer." and link["next_at"] and serviced.bibs(made) == ["1"]
    began = asyncio.get_running_loop().time()
    await until(lambda: serviced.bibs(made) == ["1", "2"])
    assert asyncio.get_running_loop().time() - began > 0.5, "a minute, in a hundredth of it"
    await serviced.until_link(made, lambda found: not found["problem"])


@SHARED
async def test_a_service_that_names_nobody_any_more_empties_no_roster_by_itself(serviced: Serviced) -> None:
    made, service = await serviced.linked(1, 2)
    service.say()
    service.problems = [ProviderRefused("What cursor?")]
    await serviced.fed(made, "1")
    link = await serviced.until_link(made, lambda found: found["problem"])
    assert "names nobody" in link["problem"] and serviced.bibs(made) == ["1", "2"]
    answer = await serviced.ask("POST", f"sessions/{made['id']}/provider/refresh", {"full": True}, 202)
    assert (await serviced.over(answer["job"]))["status"] == "done"
    assert serviced.bibs(made) == []


@SHARED
async def test_one_that_is_switched_off_is_not_asked_and_goes_on_where_it_was(serviced: Serviced) -> None:
    made, service = await serviced.linked(1)
    path = f"sessions/{made['id']}/provider"
    assert (await serviced.ask("PATCH", path, {"enabled": False}))["link"]["next_at"] is None
    await serviced.fed(made, "1")
    calls = service.calls
    await asyncio.sleep(0.3)
    assert service.calls == calls
    service.news = [Page([entry(2)], cursor={"at": 2})]
    await serviced.ask("PATCH", path, {"enabled": True})
    await until(lambda: serviced.bibs(made) == ["1", "2"])
    assert service.asked[1] == {"at": 1}


@SHARED
async def test_after_its_end_a_session_is_let_be(serviced: Serviced) -> None:
    made, service = await serviced.linked(1)
    await serviced.ask("POST", f"sessions/{made['id']}/end")
    serviced.hub.app.changes.syncing.look()
    await serviced.until_link(made, lambda found: found["next_at"] is None)
    calls = service.calls
    await asyncio.sleep(0.3)
    assert service.calls == calls


@SHARED
async def test_two_sessions_of_an_account_share_what_it_may_ask(serviced: Serviced) -> None:
    account, service = await serviced.account()
    service.say(1)
    sessions = [await serviced.session("Shared") for _ in range(4)]
    for made in sessions:
        await serviced.put(made, account)
        await serviced.fed(made, "1")
    # Four at one call every ten seconds are 1440 an hour, and a whole load each six hours: of 1000, three quarters.
    link = await serviced.until_link(sessions[0], lambda found: (found["period_s"] or 0) > 0.1)
    assert link["period_s"] == pytest.approx(0.2, abs=0.05)


@SHARED
async def test_a_look_that_began_before_a_session_was_led_there_forgets_nothing(serviced: Serviced) -> None:
    syncing = serviced.hub.app.changes.syncing
    made, _ = await serviced.linked(1)
    row = syncing._linked[made["id"]].row

    async def before(*_: object) -> list[LinkRow]:
        syncing.begin(row)
        return []

    with patch.object(providers, "links", before):
        await syncing._reconcile()
    assert made["id"] in syncing._linked


async def test_after_a_restart_it_goes_on_from_the_cursor(database_dsn: str, tmp_path: Path) -> None:
    async with a_serviced(database_dsn, tmp_path) as before:
        made, _ = await before.linked(1, 2)
        key = (await before.link(made))["account"]["name"]
    async with a_serviced(database_dsn, tmp_path) as after:
        service = after.services.of(key)
        service.news = [Page([entry(3)], cursor={"at": 2})]
        await after.fed(made, "1")
        await until(lambda: after.bibs(made) == ["1", "2", "3"])
        assert service.asked[0] == {"at": 1} and {} not in service.asked
