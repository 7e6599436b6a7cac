"""From the first start to everybody's sign-in, and out again: by hand in a real browser, over a real hub."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from hub.accounts import ANNOUNCER, MACHINE_CALLER
from hub.store import users
from tests.pages.screens import WAIT_MS
from tests.pages.venue import Venue, first_link
from tests.postgres import fresh_database
from tests.running import CHEAP

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADMIN: Final = "ada@riverside.example"
OWNER: Final = "bo@nordic.example"
SPEAKER: Final = "speaker@nordic.example"
PASSWORD: Final = "mats and cables"
LOGIN: Final = re.compile("/login")


class House:
    """A hub of its own, and people with browsers of their own."""

    def __init__(self, venue: Venue, browser: Browser) -> None:
        self.venue = venue
        self._browser = browser
        self.contexts: list[BrowserContext] = []

    async def has(self, email: str) -> None:
        """A user with PASSWORD."""
        async with self.venue.app.stores.transaction() as connection:
            partner_id = next(iter(self.venue.app.hub.partners))
            await users.add(
                connection, MACHINE_CALLER, email, "", ANNOUNCER, partner_id, CHEAP.hash(PASSWORD)
            )

    async def somebody(self) -> BrowserContext:
        context = await self._browser.new_context(locale="en-GB")
        context.set_default_timeout(WAIT_MS)
        self.contexts.append(context)
        return context


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def begun(
    browser: Browser, postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with fresh_database(postgres_dsn) as dsn:
        made = House(Venue(dsn, tmp_path_factory.mktemp("signing")), browser)
        try:
            await made.venue.start()
            yield made
        finally:
            for context in made.contexts:
                await context.close()
            await made.venue.close()


async def says(page: Page, selector: str, *words: str) -> None:
    for each in words:
        await expect(page.locator(selector).first).to_contain_text(each, timeout=WAIT_MS)


async def sign_in(page: Page, email: str, password: str) -> None:
    await page.fill("#login-email", email)
    await page.fill("#login-password", password)
    await page.keyboard.press("Enter")


async def test_from_the_first_link_to_an_owner_who_is_sent_away(begun: House) -> None:
    origin, here = begun.venue.origin, await begun.somebody()
    page = await here.new_page()
    await page.goto(origin)
    await expect(page).to_have_url(f"{origin}/login?to=/")
    await says(page, "main", "There is no admin yet.")

    # the first admin
    await page.goto(f"{origin}/join#{first_link(begun.venue.app)}")
    await says(page, "#title", "Welcome to Riverside timing")
    await expect(page).to_have_url(f"{origin}/join")
    await page.fill("#join-email", ADMIN)
    await page.fill("#join-name", "Ada")
    await page.fill("#join-password", "short")
    await page.keyboard.press("Enter")
    await says(page, "#join-password-error", "8")
    await expect(page.locator("#join-password")).to_be_focused()
    await expect(page.locator("#join-email")).to_have_value(ADMIN)
    await page.fill("#join-password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#headline")).to_be_visible(timeout=WAIT_MS)
    await page.goto(f"{origin}/join#{first_link(begun.venue.app)}")
    await says(page, "#title", "does not work any more")

    # invites an owner
    await page.goto(f"{origin}/users")
    await page.click("#invite-more summary")
    await page.fill("#invite-email", OWNER)
    await page.select_option("#invite-role", "owner")
    await page.click("#invite [type=submit]")
    await says(page, "#link", "A link for bo@nordic.example", "It works until")
    link = await page.locator("#link output").text_content()
    assert link is not None and link.startswith(f"{origin}/join#")
    await page.click("#link [type=submit]")
    await says(page, "#users", "invited", "has not joined yet")
    await says(page, "#changes", "user invited, bo@nordic.example")

    # the owner joins, and has three pages open
    there = await begun.somebody()
    pages = [await there.new_page() for _ in range(3)]
    await pages[0].goto(link)
    await says(pages[0], "#lead", "You sign in as bo@nordic.example.")
    await pages[0].fill("#join-name", "Bo")
    await pages[0].fill("#join-password", PASSWORD)
    await pages[0].keyboard.press("Enter")
    await expect(pages[0].locator("#headline")).to_be_visible(timeout=WAIT_MS)
    await pages[1].goto(f"{origin}/users")
    await says(pages[1], "#users", "Bo", "you")
    await pages[2].goto(f"{origin}/sessions/{begun.venue.session_id}")
    await says(pages[2], "#nothing", "No read yet")

    # and is disabled; the pages are told, and find it out by nothing that they ask
    await page.reload()
    row = page.locator(".user", has_text=OWNER)
    await row.get_by_role("button", name="Disable").click()
    await says(page, "#sure", "Disable Bo?", "signed out at once")
    await there.route("**/api/**", lambda route: route.abort())
    await page.click("#sure-yes")
    await says(page, "#users", "disabled")
    await asyncio.gather(*(expect(each).to_have_url(LOGIN, timeout=WAIT_MS) for each in pages))
    await there.unroute("**/api/**")
    await expect(pages[2]).to_have_url(f"{origin}/login?to=/sessions/{begun.venue.session_id}")
    await sign_in(pages[2], OWNER, PASSWORD)
    await says(pages[2], ".form-error", "wrong")


async def test_somebody_signs_in_where_they_wanted_to_go_and_out(begun: House) -> None:
    origin, context = begun.venue.origin, await begun.somebody()
    await begun.has(SPEAKER)
    page = await context.new_page()
    await page.goto(f"{origin}/settings")
    await sign_in(page, SPEAKER, "not this one")
    await says(page, ".form-error", "The e-mail address or the password is wrong.")
    await expect(page.locator("#login-email")).to_have_value(SPEAKER)
    await page.click("[data-shows]")
    await expect(page.locator("#login-password")).to_have_attribute("type", "text")
    await sign_in(page, SPEAKER, PASSWORD)
    await expect(page).to_have_url(f"{origin}/settings", timeout=WAIT_MS)
    other = await context.new_page()
    await other.goto(origin)
    await page.click("#sign-out")
    await expect(page).to_have_url(f"{origin}/login", timeout=WAIT_MS)
    await expect(other).to_have_url(f"{origin}/login?to=/", timeout=WAIT_MS)
