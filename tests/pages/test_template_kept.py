"""A template from the hub itself: on the screen within a second of being saved, and there without the hub."""

import re
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from hub.template_words import CounterBlock, ImageBlock, QrBlock
from tests.old_templates import V2_LANDSCAPE
from tests.pages.screens import LINE_CUT, SOON_MS, WAIT_MS, Screen, Screens
from tests.pages.template_kinds import logo, place
from tests.pages.test_display_template import SHOWN
from tests.pages.test_kept import FILES_KEPT, STALE, until
from tests.pages.test_template_paint import template, text
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

IMAGE_SEEN: Final = """() => Array.from(document.querySelectorAll("#template .stage img"))
  .some(image => image.naturalWidth > 0 && image.checkVisibility({ visibilityProperty: true }))"""
CODE_SEEN: Final = """() => {
  const image = document.querySelector("[data-block=qr] img");
  return image.naturalWidth > 0 && image.src.includes("/qr.svg?text=https%3A%2F%2Fresults.example%2F101&");
}"""
ALL_KEPT: Final = """async ([path, version]) => {
  const cache = await caches.open("display"), names = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  const content = names.some(name => name.includes("/template/") && name.endsWith("/" + version));
  return content && ["/images/", "/static/template-paint.js", "/static/template.css", path].every(
    part => names.some(name => name.includes(part)));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def screens(screens: Screens) -> Screens:
    screens.keep = True
    return screens


async def says(screen: Screen, words: str, timeout_ms: float = WAIT_MS) -> None:
    """Waits until the template's words are these."""
    await screen.page.wait_for_function(f"words => ({SHOWN})() === words", arg=words, timeout=timeout_ms)


async def save(venue: Venue, **body: Any) -> None:
    """The next version of the one that this display shows."""
    async with client(venue) as asking:
        answer = await asking.post("/api/templates", json={"name": "Arch", **body})
        assert answer.status == 200, await answer.text()


async def choose(venue: Venue, name: str | None) -> None:
    async with client(venue) as asking:
        answer = await asking.patch(
            f"/api/displays/{venue.code}", json={"template": name, "settings": {"duration": 60}}
        )
        assert answer.status == 200, await answer.text()


def client(venue: Venue) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(venue.origin, headers={"Authorization": f"Bearer {venue.token}"})


async def upload(venue: Venue) -> str:
    form = aiohttp.FormData()
    form.add_field("file", logo(), filename="logo.png", content_type="image/png")
    async with client(venue) as asking:
        answer = await asking.post("/api/images", data=form)
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["image"]["name"])


async def test_template_of_the_hub_and_without_it(venue: Venue, screens: Screens) -> None:
    await venue.import_roster("bib,tag,name\n101,4711,Ada Lovelace\n")
    image = ImageBlock(id="logo", **place((900, 0, 300, 200)), image=await upload(venue))
    await save(
        venue, template=template(text("name", "{{name}}"), image, resting=(text("event", "Welcome"), image))
    )
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    await choose(venue, "Arch")
    await says(screen, "Welcome")
    await screen.page.wait_for_function(IMAGE_SEEN, timeout=WAIT_MS)

    second = (
        text("name", "Go {{name}}"),
        image,
        CounterBlock(id="count", **place((0, 300, 800, 100)), text="{{count}} in"),
        QrBlock(id="qr", **place((900, 300, 300, 300)), text="https://results.example/{{bib}}"),
    )
    await save(venue, template=template(*second, resting=(text("event", "Hello"), image)))
    await says(screen, "Hello", SOON_MS)
    await screen.page.reload()
    await says(screen, "Hello")
    await until(screen, ALL_KEPT, [f"/d/{venue.code}", 2])
    venue.reader.read("4711")
    await says(screen, "Go Ada Lovelace | 1 in")
    await screen.page.wait_for_function(CODE_SEEN, timeout=WAIT_MS)
    await screen.page.wait_for_function(
        "code => (localStorage.getItem('picture of ' + code) || '').includes('Lovelace')", arg=venue.code
    )

    screen.allow(LINE_CUT)
    await venue.stop()
    await screen.page.reload()
    await says(screen, "Go Ada Lovelace | 1 in")
    await screen.page.wait_for_function(IMAGE_SEEN, timeout=WAIT_MS)
    await expect(screen.at("#stale")).to_have_text(STALE, timeout=WAIT_MS)
    await venue.start()
    await expect(screen.at("#stale")).to_be_hidden(timeout=2 * WAIT_MS)
    await says(screen, "Go Ada Lovelace | 1 in")

    await choose(venue, None)
    await screen.shows("Ada Lovelace")
    files = await screen.page.evaluate(FILES_KEPT)
    assert re.search("/static/template-paint.js", " ".join(files))


async def test_one_of_the_predecessors(venue: Venue, screens: Screens) -> None:
    await venue.import_roster("bib,tag,name\n101,4711,Ada Lovelace\n")
    keys = ("activeState", "restingState", "canvasWidth", "canvasHeight")
    await save(venue, **{key: V2_LANDSCAPE[key] for key in keys})
    await choose(venue, "Arch")
    screen = await screens.open(f"/d/{venue.code}")
    frames = screen.page.frame_locator("#template iframe")
    await expect(frames.first.locator("#iwel")).to_be_visible(timeout=WAIT_MS)
    venue.reader.read("4711")
    await expect(frames.last.locator("#iname")).to_have_text("Ada Lovelace", timeout=WAIT_MS)
    box = await screen.at("#template iframe").last.bounding_box()
    assert box is not None and (round(box["width"]), round(box["height"])) == (1920, 1080)
    await expect(screen.at(".stage")).to_have_count(1)
