"""The pages under their own security policy: nothing of theirs is against it, and what is not theirs does not run."""

from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.pages.screens import WAIT_MS, Screen, Screens
from tests.pages.test_kept import PAGE_KEPT, until
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTEN: Final = """
  window.violations = [];
  addEventListener("securitypolicyviolation", event => violations.push(event.violatedDirective));
"""
INTRUDE: Final = """async () => {
  window.intruders = [];
  const script = document.createElement("script"), evil = "https://evil.example/";
  script.textContent = "intruders.push('script')";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", `<img src="x:" onerror="intruders.push('handler')">
    <style>body { --intruder: 1 }</style><p style="color: red" id="styled">.</p><base href="${evil}">
    <iframe src="${evil}"></iframe><object data="${evil}"></object>`);
  // in a task of the page's own: the test's may evaluate what it likes
  await new Promise(done => setTimeout(() => {
    try { (0, eval)("intruders.push('eval')"); } catch { /* as it should be */ }
    done();
  }));
  await fetch(evil).then(() => intruders.push("fetch"), () => 0);
  if (getComputedStyle(document.body).getPropertyValue("--intruder")) intruders.push("style");
  if (document.getElementById("styled").style.color) intruders.push("attribute");
  if (document.baseURI !== location.href) intruders.push("base");
  return intruders;
}"""


REFUSED: Final = (
    "script-src-elem",
    "script-src-attr",
    "script-src",
    "style-src-elem",
    "style-src-attr",
    "frame-src",
    "object-src",
    "connect-src",
    "base-uri",
)


async def opened(venue: Venue, screens: Screens, path: str) -> Screen:
    screen = await screens.blank(script=LISTEN)
    await venue.sign_in(screen.page.context)
    await screen.page.goto(screens.origin + path)
    return screen


async def violations(screen: Screen) -> Any:
    return await screen.page.evaluate("violations")


async def test_display_and_its_worker_keep_to_it(venue: Venue, screens: Screens) -> None:
    screens.keep = True
    screen = await opened(venue, screens, f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711")
    await screen.reaches(1)
    await screen.page.reload()
    await until(screen, PAGE_KEPT, f"/d/{venue.code}")
    await screen.page.reload()  # through the worker
    await screen.reaches(1)
    assert await violations(screen) == []


async def test_the_control_room_keeps_to_it(venue: Venue, screens: Screens) -> None:
    screen = await opened(venue, screens, "/")
    picture = screen.at("img.qr").first
    await expect(picture).to_be_visible(timeout=WAIT_MS)
    await screen.page.wait_for_function(
        "() => document.querySelector('img.qr').naturalWidth > 0", timeout=WAIT_MS
    )
    venue.reader.read("4711")
    await expect(screen.at("#rows tr")).to_have_count(1, timeout=WAIT_MS)
    assert await violations(screen) == []


async def test_other_work_pages_keep_to_it(venue: Venue, screens: Screens) -> None:
    screen = await opened(venue, screens, "/sessions/1")
    venue.reader.read("4711")
    await expect(screen.at("#rows tr")).to_contain_text("unknown tag 4711", timeout=WAIT_MS)
    assert await violations(screen) == []
    for path in ("/displays", "/users", "/settings", "/join"):
        await screen.page.goto(screens.origin + path)
        await expect(screen.at("h1")).to_be_visible(timeout=WAIT_MS)
        assert await violations(screen) == [], path


@pytest.mark.parametrize("path", ["/", "/d/{}", "/none"])
async def test_what_is_not_the_hubs_does_not_run(venue: Venue, screens: Screens, path: str) -> None:
    screen = await opened(venue, screens, path.format(venue.code))
    found = await screen.page.evaluate(INTRUDE)
    assert found == []
    await screen.page.wait_for_function(
        "wanted => wanted.every(each => violations.includes(each))", arg=list(REFUSED), timeout=WAIT_MS
    )
    screen.faults.clear()  # the browser says all of it aloud
