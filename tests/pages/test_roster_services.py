"""Registration services with a hub on stage: connected, an event chosen, loaded, watched, disconnected."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from hub.accounts import ADMIN, VIEWER
from tests.pages.desks import Open, staged_pages
from tests.pages.import_scenes import Desk, roster
from tests.pages.screens import WAIT_MS, Screen
from tests.pages.service_scenes import KINDS, Counter, account, link
from tests.pages.usable import FAINT, check_usable
from tests.pages.work_stage import ALPINE, refusal
from tests.pages.working import agree, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROVIDER: Final = "/api/sessions/4/provider"
WORDS: Final = "/static/roster-services-words.js"
AWAY: Final = re.compile("responded with a status of 502")
SECRET: Final = "hidden-Xq7"


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser, AWAY) as start:
        yield start


def act(page: Screen, name: str) -> Any:
    return page.at(f"#services [data-act={name}]:visible")


async def shows(page: Screen, part: str) -> None:
    await expect(page.at(f"#services [data-part={part}]")).to_be_visible(timeout=WAIT_MS)
    await expect(page.at("#services [data-part]:visible")).to_have_count(1)


async def test_connected_an_event_chosen_and_loaded(opened: Open) -> None:
    counter = Counter()
    stage = roster(Desk(), counter)
    page = await opened(stage)
    await says(page, "#service-none", "No service is connected")
    await act(page, "connect").click()
    await says(page, "#service-kinds", "RunSignUp", "at most 1,000 calls an hour")
    await says(page, "#service-kinds [data-key=haku]", "experimental")
    await page.at("#service-kinds [data-key=runsignup] button").press("Enter")
    key, secret = (page.at(f"[name='credentials.{name}']") for name in ("api_key", "api_secret"))
    await expect(secret).to_have_attribute("type", "password")
    await says(page, "#service-fields", "Profile, Secure Access Key")
    await page.at("#service-account [type=submit]").click()
    await expect(key).to_be_focused()
    await key.fill("wrong")
    await secret.fill(SECRET)
    await page.page.keyboard.press("Enter")
    await says(page, "#service-account .form-error", "RunSignUp says: Invalid API key or secret.")
    await expect(secret).to_have_value(SECRET)
    await expect(act(page, "anyway")).to_have_count(0)
    await key.fill("away")
    await page.page.keyboard.press("Enter")
    await says(page, "#service-account .form-error", "RunSignUp does not answer.")
    await act(page, "anyway").click()
    await says(page, "#notice", "Signed in as Nordic Timing: 2 events.")
    await shows(page, "events")
    typed = {"api_key": "away", "api_secret": SECRET}
    made = {"kind": "runsignup", "name": "RunSignUp", "credentials": typed}
    assert stage.told("POST", "/api/provider-accounts")[1:] == [made, made | {"anyway": True}]
    held = "[...document.querySelectorAll('input')].some(each => each.value.includes('hidden-Xq7'))"
    assert SECRET not in await page.page.content() and not await page.page.evaluate(held)
    assert SECRET not in await page.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")

    await expect(page.at("#service-events li")).to_have_count(2)
    await page.at("#service-find input").fill("nowhere")
    await says(page, "#service-events-words", "sees no event that “nowhere” names")
    await page.at("#service-find input").fill("harbour")
    await expect(page.at("#service-events li")).to_have_count(1)
    await page.at("#service-events button").click()
    await says(page, "#service-races", "10K", "Half", "Mile")
    for box in await page.at("#service-races input").all():
        await box.uncheck()
    await page.at("#service-link [type=submit]").click()
    await says(page, "#service-link-races-error", "Choose at least one race.")
    await page.at("#service-races input").first.check()
    await page.at("#service-link-results input").check()
    counter.hold = True
    await page.at("#service-link [type=submit]").click()
    await says(page, "#service-job", "1,200 of 2,301 runners", "reading the roster")
    wanted = {"account": 7, "event": "4321", "races": ["987"], "results": True, "enabled": True}
    assert stage.told("PUT", PROVIDER) == [wanted]
    await page.page.reload()
    await says(page, "#service-event", "Harbour Run")
    counter.hold = False
    await says(page, "#service-figures", "2,301", "runners from it", "412", "results")
    await expect(page.at("#service-tone")).to_have_text("Live")


async def test_what_can_be_done_with_one_that_is_connected(opened: Open) -> None:
    counter = Counter(account(sessions=[4]), link=link())
    stage = roster(Desk(), counter)
    page = await opened(stage)
    await shows(page, "state")
    await says(page, "#service-facts", "Last refresh", "ago", "every 1 min", "38 of 1,000 in the last hour")
    await act(page, "refresh").click()
    await says(page, "#notice", "Loaded: 2,301 added.")
    counter.hold = True
    await act(page, "full").click()
    await page.at("#service-job").get_by_role("button", name="Cancel").click()
    await says(page, "#notice", "Cancelled.")
    assert stage.told("POST", f"{PROVIDER}/refresh") == [{"full": False}, {"full": True}]
    await act(page, "pause").click()
    await expect(page.at("#service-tone")).to_have_text("Paused")
    await act(page, "pause").click()
    await expect(page.at("#service-tone")).to_have_text("Live")
    await page.at("#service-results input").uncheck()
    await says(page, "#notice", "not asked for any more")
    assert stage.told("PATCH", PROVIDER) == [{"enabled": False}, {"enabled": True}, {"results": False}]

    await act(page, "sign-in").click()
    await says(page, "#service-account-words", "What you leave empty stays as it is.")
    await expect(page.at("[name='credentials.api_key']")).to_have_value("")
    await page.at("[name='credentials.api_secret']").fill(SECRET)
    await page.at("#service-account-name").fill("Club key")
    await page.page.keyboard.press("Enter")
    await shows(page, "state")
    change = {"name": "Club key", "credentials": {"api_secret": SECRET}}
    assert stage.told("PATCH", "/api/provider-accounts/7") == [change]

    await act(page, "event").click()
    await page.at("#service-events button").nth(1).click()
    await says(page, "#service-link-instead", "It takes the place of “Harbour Run”")
    await act(page, "home").click()
    await act(page, "off").click()
    await says(page, "#service-off-words", "The account stays")
    await says(page, "#service-off", "Keep the 2,301 runners", "of 2,301 runners all that nothing else names")
    await page.at("#service-off [value=remove]").check()
    await page.at("#service-off [type=submit]").click()
    await shows(page, "none")
    assert [each["query"] for each in stage.asked if each["method"] == "DELETE"][-1] == "participants=remove"
    await page.at("#accounts").get_by_role("button", name="Test: RunSignUp").click()
    await says(page, "#notice", "Signed in as Nordic Timing.")
    await page.at("#accounts").get_by_role("button", name="Delete: RunSignUp").click()
    await agree(page, "Delete “RunSignUp”?", "1 session is filled by it", "deleted for good")
    await says(page, "#service-none", "No service is connected")


async def test_trouble_says_what_to_do(opened: Open) -> None:
    counter = Counter(account(problem="Invalid API key."), link=link(problem="Refused: no.", next_at=None))
    stage = roster(Desk(), counter)
    page = await opened(stage)
    await says(page, "#service-problem", "Refused: no.", "Nothing is asked again before you change")
    await expect(act(page, "sign-in")).to_have_class("main")
    await expect(page.at("#service-tone")).to_have_text("Trouble")
    counter.hold = True
    await act(page, "full").click()
    await says(page, "#service-job", "1,200 of 2,301")
    counter.hold = False
    counter.job |= {"status": "failed", "error": {"code": "failed", "message": "Page 3 is no JSON."}}
    await says(page, "#service-problem", "Page 3 is no JSON.")

    stage.answers["GET /api/provider-accounts/7/events"] = refusal(502, "RunSignUp does not answer.")
    await act(page, "event").click()
    await says(page, "#service-find .form-error", "RunSignUp does not answer.")
    stage = roster(Desk())
    stage.answers[f"GET {PROVIDER}"] = refusal(503, "PostgreSQL does not answer")
    page = await opened(stage)
    await says(page, "#service-error", "PostgreSQL does not answer")


async def test_a_viewer_sees_how_it_is(opened: Open) -> None:
    stage = roster(Counter(account(), link=link()), role=VIEWER)
    page = await opened(stage)
    await says(page, "#services", "Harbour Run", "2,301")
    await expect(page.at("#services button:visible, #import")).to_have_count(0)
    assert not any("provider-accounts" in each["path"] for each in stage.asked)
    page = await opened(roster(Counter(), role=VIEWER))
    await says(page, "#counted", "3 runners")
    await expect(page.at("#services")).to_be_hidden()


async def test_an_admin_sees_accounts_of_the_sessions_partner(opened: Open) -> None:
    counter = Counter(account(), account(8, name="Of others", partner=ALPINE))
    stage = roster(counter, role=ADMIN)
    page = await opened(stage)
    await expect(page.at("#accounts > li")).to_have_count(1)
    await act(page, "connect").click()
    await page.at("#service-kinds [data-key=haku] button").click()
    await says(page, "#service-account-words", "never tried with the service itself")
    await page.at("[name='credentials.client_id']").fill("x")
    await page.at("[name='credentials.client_secret']").fill("y")
    await page.page.keyboard.press("Enter")
    await shows(page, "events")
    (made,) = stage.told("POST", "/api/provider-accounts")
    assert made["partner"] == "nordic" and made["credentials"] == {"client_id": "x", "client_secret": "y"}


async def test_each_part_can_be_used_by_everybody(opened: Open) -> None:
    counter = Counter(
        account(problem="Invalid API key."), link=link(problem="RunSignUp refuses the key.", next_at=None)
    )
    page = await opened(roster(Desk(), counter))
    await shows(page, "state")
    await page.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    await check_usable(page.page)
    await page.page.emulate_media(color_scheme="dark")
    assert await page.page.evaluate(FAINT) == []
    await page.page.emulate_media(color_scheme="light")
    await page.at("#accounts [data-act=change]").click()
    await check_usable(page.page)
    await act(page, "home").click()
    await act(page, "event").click()
    await page.at("#service-events button").first.click()
    await shows(page, "races")
    await check_usable(page.page)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, ""),
        ({"problem": "no"}, "The hub tries again in 40 s by itself."),
        ({"problem": "no", "next_at": None}, "Nothing is asked again before you change"),
        ({"problem": "no", "enabled": False}, "It is paused"),
        ({"problem": "no", "next_at": "1970-01-01T00:00:00+00:00"}, "The hub tries again now by itself."),
    ],
)
async def test_what_to_do(modules: Page, parts: dict[str, Any], words: str) -> None:
    ask = "async ([words, link]) => (await import(words)).todoWords(link, 20000)"
    said = await modules.evaluate(ask, [WORDS, link(next_at="1970-01-01T00:01:00+00:00") | parts])
    assert said.startswith(words) and bool(said) == bool(words)


async def test_a_refusal_says_who_refuses(modules: Page) -> None:
    ask = (
        "async ([words, kind, message, code]) => (await import(words)).refusedWords(kind, { message, code })"
    )
    for message, code, words in (
        ("Bad key.", "service_refused", "RunSignUp says: Bad key."),
        ("RunSignUp knows no such key.", "service_refused", "RunSignUp knows no such key."),
        ("name: expected one", "invalid", "name: expected one"),
    ):
        assert await modules.evaluate(ask, [WORDS, KINDS[0], message, code]) == words
