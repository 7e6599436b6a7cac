"""Work pages in a browser with a hub on stage: what one seldom says, and how they look."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from hub.accounts import ADMIN, OWNER, VIEWER
from tests.pages import work_scenes
from tests.pages.browsers import listen, spoil
from tests.pages.desks import Open, staged_pages
from tests.pages.door import ORIGIN
from tests.pages.screens import WAIT_MS, read
from tests.pages.usable import FAINT, SIZES, check_usable
from tests.pages.work_scenes import SCENES, SESSION, ago
from tests.pages.work_stage import Answer, Asked, refusal
from tests.pages.working import says

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAPTOP: Final = SIZES["laptop"]
NASTY: Final = "<img src=x onerror=alert(1)>"
LOOK: Final = """async () => {
  const { ask, look } = await import("/static/work-ask.js"), real = window.fetch, asked = [];
  let now = "before", answer = null;
  window.fetch = (path, { method }) => {
    asked.push(method);
    if (method !== "GET") now = "after";
    const said = new Response(JSON.stringify(now));
    return answer ? Promise.resolve(said) : new Promise(done => { answer = () => done(said); });
  };
  try {
    const looked = look("/api/messages");
    await ask("PATCH", "/api/messages");
    answer();
    return [await looked, asked];
  } finally {
    window.fetch = real;
  }
}"""
"""A question that is on its way while somebody changes what it asks for."""


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser) as start:
        yield start


async def test_a_login_leads_to_where_somebody_wanted_to_go(opened: Open) -> None:
    stage = work_scenes.login(answers={"POST /api/auth/login": {"success": True}})
    page = await opened(stage, "?to=/sessions/4")
    await page.at("#login-email").fill("ann@nordic.example")
    await page.at("#login-password").fill("mats and cables")
    await page.page.keyboard.press("Enter")
    await page.page.wait_for_url(f"{ORIGIN}/sessions/4")
    assert stage.told("POST", "/api/auth/login") == [
        {"email": "ann@nordic.example", "password": "mats and cables"}
    ]


@pytest.mark.parametrize(
    ("to", "place"),
    [
        ("/sessions/4?a=1#key", "/sessions/4?a=1#key"),
        (None, "/"),
        ("", "/"),
        ("users", "/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\t//evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
async def test_a_link_leads_to_pages_of_our_own_only(modules: Page, to: str | None, place: str) -> None:
    ask = "async to => (await import('/static/work-ask.js')).ownPath(to)"
    assert await modules.evaluate(ask, to) == place


async def test_what_was_asked_before_a_change_is_not_shown_after_it(modules: Page) -> None:
    assert await modules.evaluate(LOOK) == ["after", ["GET", "PATCH", "GET"]]


async def test_too_many_tries_count_down(opened: Open) -> None:
    answers: dict[str, Any] = {"POST /api/auth/login": refusal(429, "Too many.", Retry_After="65")}
    page = await opened(work_scenes.login(answers=answers))
    spoil(page.page)
    await page.page.clock.install()
    await page.at("#login-email").fill("ann@nordic.example")
    await page.at("#login-password").fill("mats")
    await page.at("#login [type=submit]").click()
    await says(page, ".form-error", "Try again in 01:05.")
    await expect(page.at("#login [type=submit]")).to_be_disabled()
    await page.page.clock.run_for(60_000)
    await says(page, ".form-error", "Try again in 00:05.")
    await page.page.clock.run_for(6_000)
    await expect(page.at(".form-error")).to_be_hidden()
    await expect(page.at("#login [type=submit]")).to_be_enabled()
    await expect(page.at("#login-password")).to_have_value("mats")


async def test_links_of_each_kind(opened: Open) -> None:
    for kind, title, fields in (
        ("first", "Welcome to Riverside timing", ["email", "name", "password"]),
        ("join", "Join Nordic Timing", ["name", "password"]),
        ("reset", "Choose a new password", ["password"]),
    ):
        stage = work_scenes.join(kind, answers={"POST /api/auth/join": {"success": True}})
        page = await opened(stage, "#secret")
        await says(page, "#title", title)
        assert page.page.url == f"{ORIGIN}/join"
        for field in fields:
            await page.at(f"#join-{field}").fill("ann@nordic.example")
        await page.page.keyboard.press("Enter")
        await page.page.wait_for_url(f"{ORIGIN}/")
        (sent,) = stage.told("POST", "/api/auth/join")
        assert sent == {"token": "secret"} | dict.fromkeys(fields, "ann@nordic.example")


async def test_a_link_that_is_none(opened: Open) -> None:
    used = work_scenes.join(answers={"POST /api/auth/link": refusal(404, "This link is used up.")})
    page = await opened(used, "#secret")
    await says(page, "#title", "does not work any more")
    await expect(page.at("#instead")).to_be_visible()
    page = await opened(work_scenes.join())
    await says(page, "#title", "No link")


async def test_what_cannot_be_done_now_is_offered_again(opened: Open) -> None:
    """What was typed stays, in a form; and a button is told of at the foot of the page."""
    answers: dict[str, Any] = {"PATCH /api/auth/me": refusal(503, "PostgreSQL does not answer")}
    stage = work_scenes.settings(answers=answers)
    page = await opened(stage)
    await says(page, "#email", "ann@")
    await page.at("#you-name").fill("Ann King")
    await page.at("#you [type=submit]").click()
    await says(page, "#you .form-error", "PostgreSQL does not answer.")
    await says(page, "#you [type=submit]", "Try again")
    stage.answers["PATCH /api/auth/me"] = {"user": stage.me}
    await page.at("#you [type=submit]").click()
    await says(page, "#notice", "Saved.")
    assert stage.told("PATCH", "/api/auth/me") == [{"name": "Ann King"}] * 2

    stage = work_scenes.users(answers={"GET /api/users": refusal(503, "PostgreSQL does not answer")})
    page = await opened(stage)
    await says(page, "#notice", "PostgreSQL does not answer")
    stage.answers["GET /api/users"] = {"users": work_scenes.USERS}
    await page.at("#notice button").click()
    await says(page, ".user", "Ann Lee")


async def test_a_sign_in_that_has_ended_elsewhere(opened: Open) -> None:
    stage = work_scenes.users()
    page = await opened(stage)
    await says(page, ".user", "Ann Lee")
    await stage.sign_out()
    await page.page.wait_for_url(f"{ORIGIN}/login?to=/users")
    stage = work_scenes.settings(answers={"POST /api/tokens": refusal(401, "Sign in.")})
    page = await opened(stage)
    await page.at("#token-more summary").click()
    await page.at("#token-name").fill("x")
    await page.page.keyboard.press("Enter")
    await page.page.wait_for_url(f"{ORIGIN}/login?to=/settings")


async def test_users_by_keyboard(opened: Open) -> None:
    page = await opened(work_scenes.users(OWNER))
    await says(page, ".user", "Ann Lee")
    await page.page.keyboard.press("/")
    await expect(page.at("#user-filter")).to_be_focused()
    await page.page.keyboard.type("oper bo")
    await expect(page.at(".user")).to_have_count(1)
    await says(page, ".user", "Bo Ekström")
    await page.page.keyboard.press("Escape")
    await expect(page.at(".user")).to_have_count(4)
    await page.page.keyboard.press("j")
    await expect(page.at(".user").nth(1)).to_be_focused()
    await page.page.keyboard.press("k")
    await expect(page.at(".user").nth(0)).to_be_focused()
    await page.page.keyboard.press("/")
    await page.page.keyboard.type("nobody")
    await says(page, "#no-user", "Nobody fits “nobody”.")


async def test_older_changes_come_when_asked_for(opened: Open) -> None:
    def audit(asked: Asked) -> Any:
        first = "before" not in asked["query"]
        older = [
            {**each, "id": 5 - number, "what": "older"} for number, each in enumerate(work_scenes.CHANGES)
        ]
        return {"audit": work_scenes.CHANGES if first else older, "next": 6 if first else None}

    page = await opened(work_scenes.users(answers={"GET /api/audit": audit}))
    await expect(page.at("#changes li")).to_have_count(4)
    await page.at("#more-changes").click()
    await expect(page.at("#changes li")).to_have_count(8)
    await expect(page.at("#more-changes")).to_be_hidden()


async def test_reads_of_a_session_that_is_over(opened: Open) -> None:
    """The last ones first, older ones when asked for, and those that a filter finds."""
    held = [
        {**read(number, {"bib": str(number), "name": "Runner"}), "id": number} for number in range(1, 251)
    ]

    def reads(asked: Asked) -> Any:
        query = dict(part.split("=") for part in asked["query"].split("&"))
        after, limit = int(query.get("after", 0)), int(query["limit"])
        fitting = [
            each for each in held if each["offset"] > after and query.get("bib", each["bib"]) == each["bib"]
        ]
        return {
            "reads": fitting[:limit],
            "next": fitting[limit - 1]["offset"] if len(fitting) > limit else None,
        }

    over = SESSION | {"status": "ended", "ended_at": ago(2), "total_reads": 250}
    page = await opened(work_scenes.session(VIEWER, over, answers={"GET /api/sessions/4/reads": reads}))
    await says(page, "#rows tr", "250")
    await expect(page.at("#rows tr")).to_have_count(100)
    await page.at("#older").click()
    await expect(page.at("#rows tr")).to_have_count(200)
    await page.at("#older").click()
    await expect(page.at("#rows tr")).to_have_count(250)
    await expect(page.at("#older")).to_be_hidden()
    await page.page.keyboard.press("/")
    await page.page.keyboard.type("77")
    await page.page.keyboard.press("Enter")
    await expect(page.at("#rows tr")).to_have_count(1)
    await page.at("#unfilter").click()
    await expect(page.at("#rows tr")).to_have_count(250)


async def test_older_reads_stay_in_line_with_those_that_come(opened: Open) -> None:
    held = [
        {**read(number, {"bib": str(number), "name": "Runner"}), "id": number}
        for number in range(12_300, 12_401)
    ]
    stage = work_scenes.session(answers={"GET /api/sessions/4/reads": {"reads": held[:-1], "next": None}})
    page = await opened(stage)
    await expect(page.at("#rows tr")).to_have_count(8)
    await page.at("#older").click()
    await expect(page.at("#rows tr")).to_have_count(108)
    assert isinstance(stage, work_scenes.SessionStage)
    stage.say(*(read(number, {"bib": str(number), "name": "Runner"}) for number in range(12_408, 12_508)))
    await says(page, "#rows tr", "12507")
    await expect(page.at("#rows tr")).to_have_count(208)


async def test_all_that_is_held_is_there_without_asking(opened: Open) -> None:
    stage = work_scenes.session()
    page = await opened(stage)
    await expect(page.at("#rows tr")).to_have_count(8)
    assert isinstance(stage, work_scenes.SessionStage)
    few = [read(number, {"bib": str(number), "name": "Runner"}) for number in range(1, 61)]
    stage.say({"type": "hello", "epoch": 2, "offset": 60, "now": ago(0), "session": {"id": 4}, "recent": few})
    await expect(page.at("#rows tr")).to_have_count(50)
    await page.at("#older").click()
    await expect(page.at("#rows tr")).to_have_count(60)
    await expect(page.at("#older")).to_be_hidden()
    assert stage.told("GET", "/api/sessions/4/reads") == []


async def test_names_from_outside_are_text(opened: Open) -> None:
    nasty = [{**work_scenes.USERS[0], "name": NASTY, "email": NASTY}]
    changes = [{**work_scenes.CHANGES[0], "what": NASTY, "who": NASTY, "detail": {NASTY: NASTY}}]
    asked: list[str] = []
    page = await opened(
        work_scenes.users(
            answers={"GET /api/users": {"users": nasty}, "GET /api/audit": {"audit": changes, "next": None}}
        )
    )
    listen(page.page, "dialog", lambda dialog: asked.append(dialog.message))
    await says(page, ".user", NASTY)
    await says(page, "#changes", NASTY)
    shown = SESSION | {"session_name": NASTY}
    page = await opened(work_scenes.session(shown=shown))
    await says(page, "h1", NASTY)
    await expect(page.at("img")).to_have_count(0)
    assert asked == []


async def test_a_link_is_shown_once_and_can_be_copied(opened: Open) -> None:
    stage = work_scenes.users(ADMIN)
    page = await opened(stage)
    await page.at("#invite-more summary").click()
    await page.at("#invite-email").fill("new@nordic.example")
    await page.at("#invite-role").select_option("admin")
    await expect(page.at("#invite-partner")).to_be_hidden()
    await page.at("#invite [type=submit]").click()
    await says(page, "#link output", work_scenes.LINK)
    await page.at("#link .copy").click()
    await says(page, "#link .copy", "Copied")
    await page.at("#link [type=submit]").click()
    await expect(page.at("#link output")).to_have_text("")
    assert stage.told("POST", "/api/users") == [{"email": "new@nordic.example", "role": "admin"}]


async def test_a_refusal_is_said_beside_its_field(opened: Open) -> None:
    taken = refusal(409, "There is a user with this e-mail address already.", "email")
    page = await opened(work_scenes.users(answers={"POST /api/users": taken}))
    await page.at("#invite-more summary").click()
    await page.at("#invite-email").fill("bo@nordic.example")
    await page.at("#invite-name").fill("Bo")
    await page.at("#invite [type=submit]").click()
    await says(page, "#invite-email-error", "There is a user with this e-mail address already.")
    await expect(page.at("#invite-email")).to_be_focused()
    await expect(page.at("#invite-name")).to_have_value("Bo")
    not_last = refusal(409, "This is the last admin who can sign in; invite another one first.")
    page = await opened(work_scenes.users(answers={"DELETE /api/users/6": not_last}))
    await page.at(".user").nth(1).get_by_role("button", name="Delete").click()
    await page.at("#sure-yes").click()
    await says(page, "#sure[open] #sure-error", "This is the last admin")


# How they look


@pytest.mark.parametrize("scene", SCENES)
async def test_everybody_can_use_them(opened: Open, scene: str) -> None:
    stage, there = SCENES[scene]
    page = await opened(stage(), "#secret" if scene == "join" else "")
    await expect(page.at(there).first).to_be_visible(timeout=WAIT_MS)
    await open_all(page.page)
    await check_usable(page.page)
    await page.page.emulate_media(color_scheme="dark")
    assert await page.page.evaluate(FAINT) == []


async def open_all(page: Page) -> None:
    """What is folded is looked at, too."""
    await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


async def test_a_second_click_sends_nothing_twice(opened: Open) -> None:
    stage = work_scenes.settings(
        answers={"POST /api/tokens": Answer(201, {"id": 2, "name": "x", "token": "rh_x"})}
    )
    page = await opened(stage)
    await page.at("#token-more summary").click()
    await page.at("#token-name").fill("x")
    await page.at("#token [type=submit]").dblclick()
    await says(page, "#made output", "rh_x")
    assert len(stage.told("POST", "/api/tokens")) == 1


async def test_locations_are_called_moved_hidden_and_merged(opened: Open) -> None:
    """With the mouse, and with keys; the focus stays where it was."""
    held = [dict(each) for each in work_scenes.LOCATIONS]
    said: list[tuple[str, str, Any]] = []

    def change(asked: Asked) -> Any:
        said.append((asked["method"], asked["path"].rpartition("/locations/")[2], asked["body"]))
        body = asked["body"] or {}
        if body.get("shown_name") == "Ziel":
            return refusal(409, "There is a location Ziel already.", "shown_name")
        if body.get("position"):
            held.insert(
                body["position"] - 1, held.pop(next(i for i, each in enumerate(held) if each["id"] == 13))
            )
        return {"locations": held}

    places = {f"PATCH /api/sessions/4/locations/{each['id']}": change for each in held}
    places |= {f"POST /api/sessions/4/locations/{where}": change for where in ("11/merge", "14/split")}
    page = await opened(
        work_scenes.session(answers={"GET /api/sessions/4/locations": {"locations": held}, **places})
    )
    row = {each["id"]: page.at(f"#locations [data-key='{each['id']}']") for each in held}
    await says(page, "#locations [data-key='14']", "a part of Ziel", "1,822 reads")
    await expect(row[11].locator("[data-act=up]")).to_have_attribute("aria-disabled", "true")

    await row[11].locator("input").fill("Ziel")
    await page.page.keyboard.press("Enter")
    await says(page, "#locations [data-key='11'] .error", "There is a location Ziel already.")
    await row[11].locator("input").fill("Bridge")
    await page.page.keyboard.press("Enter")
    await expect(row[11].locator(".error")).to_be_hidden()
    await row[13].locator("[data-act=hide]").click()
    await row[13].locator("[data-act=up]").press("Enter")
    await expect(page.at("#locations > li").nth(1)).to_have_attribute("data-key", "13")
    await expect(row[13].locator("[data-act=up]")).to_be_focused()
    await page.page.keyboard.press("Alt+ArrowUp")
    await expect(page.at("#locations > li").first).to_have_attribute("data-key", "13")
    await expect(row[13].locator("[data-act=up]")).to_be_focused()
    await row[11].locator("[data-act=merge]").select_option("13")
    await row[14].locator("[data-act=split]").click()
    await says(page, "#locations [data-key='14']", "a part of Ziel")
    assert said == [
        ("PATCH", "11", {"shown_name": "Ziel"}),
        ("PATCH", "11", {"shown_name": "Bridge"}),
        ("PATCH", "13", {"hidden": False}),
        ("PATCH", "13", {"position": 2}),
        ("PATCH", "13", {"position": 1}),
        ("POST", "11/merge", {"into": 13}),
        ("POST", "14/split", None),
    ]


async def test_a_viewer_sees_locations_and_says_nothing_of_them(opened: Open) -> None:
    page = await opened(work_scenes.session(VIEWER))
    await says(page, "#locations", "Ziel", "readers call it FINISH", "hidden")
    await expect(page.at("#locations :is(input, button, select)")).to_have_count(0)
    assert await page.at("a[download]").count() == 3


async def test_the_crews_tags_are_saved(opened: Open) -> None:
    stage = work_scenes.settings(answers={"PUT /api/partners/1/crew-tags": {"tags": ["99995", "A1"]}})
    page = await opened(stage)
    await expect(page.at("#crew-tags")).to_have_value("99995")
    await page.at("#crew-tags").fill("99995, A1  a1")
    await page.page.keyboard.press("Enter")
    await expect(page.at("#crew-tags")).to_have_value("99995 A1")
    assert stage.told("PUT", "/api/partners/1/crew-tags") == [{"tags": ["99995", "A1", "a1"]}]


async def test_an_admin_says_whose_crew_it_is(opened: Open) -> None:
    other = work_scenes.PARTNERS[1]
    stage = work_scenes.settings(ADMIN, {f"GET /api/partners/{other['id']}/crew-tags": {"tags": ["X1"]}})
    page = await opened(stage)
    await expect(page.at("#crew-tags")).to_have_value("99995")
    await page.at("#crew-partner").select_option(label=str(other["name"]))
    await expect(page.at("#crew-tags")).to_have_value("X1")


async def test_test_mode_is_turned_on_and_off(opened: Open) -> None:
    shown = dict(SESSION)

    def test(asked: Asked) -> Any:
        shown["testing"] = asked["body"]["on"]
        return shown

    stage = work_scenes.session(shown=shown, answers={"POST /api/sessions/4/testing": test})
    page = await opened(stage)
    await page.at("#testing").click()
    await says(page, "#figures", "test mode")
    await expect(page.at("#testing")).to_have_attribute("aria-pressed", "true")
    await page.at("#testing").click()
    await expect(page.at("#testing")).to_have_text("Test mode")
    assert stage.told("POST", "/api/sessions/4/testing") == [{"on": True}, {"on": False}]
