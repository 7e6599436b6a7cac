"""Templates as they are drawn, without a hub and at a standstill: each kind of block, and the designs to begin with,
for the pictures in docs/pictures and the test that holds the painter to them."""

import io
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
import segno
from playwright.async_api import Browser, Page, Route, ViewportSize

from hub import old_templates
from hub.web import frames
from hub.web.assets import Assets
from hub.web.routes import STATIC
from tests.old_templates import KINDS as OLD
from tests.pages.door import ORIGIN
from tests.pages.gallery import AMIRA, INGRID, NOW, SEVERAL, WIDE, crossing
from tests.pages.template_kinds import KINDS, LOGO, PHOTO, logo, photo, template_of

PAGE: Final = """<!doctype html><html lang="en"><link rel="stylesheet" href="/static/fonts.css">
<link rel="stylesheet" href="/static/template.css"><link rel="stylesheet" href="/stage.css"><div id="root"></div>"""
STYLE: Final = "html, body { margin: 0; background: #000; }"
COUNTS: Final = {
    "roster": 12_310,
    "counts": [
        {"location": "", "runners": 1304, "reads": 2950},
        {"location": "FINISH", "runners": 1204, "reads": 1300},
    ],
}

PAINT: Final = """async ({ template, which, cards, counts, now, hints }) => {
  const { makeTemplatePainter, prepareTemplate } = await import("/static/template-paint.js");
  const { clockOf, fieldsOf } = await import("/static/template-words.js");
  const { initial } = await import("/static/display-core.js");
  const root = document.getElementById("root"), places = { imageUrl: name => "/images/" + name, hints,
    qrUrl: (text, dark, light) => "/qr.svg?" + new URLSearchParams({ text, dark, light }) };
  if (typeof template === "string") {
    const { STARTS } = await import("/static/template-starts.js");
    template = STARTS.find(each => each.id === template).template;
  }
  const state = Object.assign(initial(0), { skews: [Date.parse(now)], session: { name: "Sunday", event: "Harbour Run",
    timezone: "Europe/Oslo", races: [{ name: "5K", start_location: "START 5K" }] },
    starts: [{ location: "START 5K", race: "5K", guns: [Date.parse("2026-05-09T10:52:00+02:00")] }] });
  const all = cards.map(card => fieldsOf(card, state, 0));
  const known = !cards.length || Boolean(cards[0].runner);
  const data = { fields: which === "active" ? all[0] : fieldsOf(null, state, 0), known,
    offset: cards.length ? cards[0].offset : 0, rows: all, counts, clock: clockOf(state, 0), nowMs: Date.parse(now) };
  if (window.painter) window.painter.destroy();
  if (template.format === "html-2") {
    const { makeOldFrame } = await import("/static/old-frame.js"), { width, height } = template[which];
    Object.assign(root.style, { position: "relative", width: width + "px", height: height + "px" });
    window.painter = makeOldFrame(root);
    window.painter.show(template, which, data.fields);
    return window.painter.measure();
  }
  await prepareTemplate(template, places);
  window.painter = makeTemplatePainter(root, places);
  window.given = { template, which, data };
  window.paint = more => window.painter.paint(template, which, Object.assign({}, data, more), {});
  window.paint();
  await document.fonts.ready;
  await Promise.all(Array.from(document.images, image => image.decode().catch(() => null)));
  window.paint();
  return template.canvas;
}"""

SEEN: Final = """() => document.fonts.ready
  .then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))"""
"""A frame is drawn by a process of its own, which may not have done so yet when the page around it has."""


@dataclass(frozen=True)
class Scene:
    """A template, the state of it that is drawn, and who is there. `template`: whole, or the id of a start."""

    name: str
    template: dict[str, Any] | str
    which: str
    size: ViewportSize
    cards: tuple[dict[str, Any], ...] = ()
    hints: bool = False


BEFORE: Final = SEVERAL[-2::-1]
"""Those of the list, the newest first."""
STARTS: Final = {
    "arch": ViewportSize(width=1920, height=1080),
    "totem": ViewportSize(width=1080, height=1920),
    "strip": ViewportSize(width=768, height=192),
    "list": ViewportSize(width=1920, height=1080),
}
SMALL: Final = ViewportSize(width=960, height=540)


def scenes() -> list[Scene]:
    """All that have a picture."""
    made = []
    for kind in KINDS:
        who = (crossing(11, {**INGRID, "country": "Norway"}), *BEFORE)
        made.append(Scene(f"{kind}-active", template_of(kind), "active", SMALL, who))
        made.append(Scene(f"{kind}-resting", template_of(kind), "resting", SMALL, BEFORE))
    for start, size in STARTS.items():
        for name, runner in (("runner", INGRID), ("long-name", WIDE), ("right-to-left", AMIRA)):
            made.append(
                Scene(f"start-{start}-{name}", start, "active", size, (crossing(11, runner), *BEFORE))
            )
        unknown = crossing(11, None, tag="4000917")
        made.append(Scene(f"start-{start}-unknown-tag", start, "active", size, (unknown, *BEFORE)))
        made.append(Scene(f"start-{start}-resting", start, "resting", size, BEFORE))
    for kind, body in OLD.items():
        content: dict[str, Any] = msgspec.to_builtins(old_templates.read(body)[0])
        size = ViewportSize(width=content["active"]["width"], height=content["active"]["height"])
        made.append(Scene(f"old-{kind}", content, "active", size, (crossing(11, INGRID),)))
    return made


class Easel:
    """Draws scenes on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._assets = Assets(STATIC)
        self._images = {PHOTO: photo(), LOGO: logo()}
        frame = frames.frame(self._assets).body
        self._pages = {
            "/": (PAGE, "text/html"),
            "/frames/old": (frame, "text/html"),
            "/stage.css": (STYLE, "text/css"),
        }

    @classmethod
    async def on(cls, browser: Browser) -> "Easel":
        page = await browser.new_page(reduced_motion="reduce", viewport=SMALL)
        easel = cls(page)
        await page.route(f"{ORIGIN}/**", easel._answer)
        await page.goto(f"{ORIGIN}/")
        return easel

    async def shoot(self, scene: Scene) -> bytes:
        """PNG."""
        await self.draw(scene)
        return await self.page.screenshot(animations="disabled")

    async def draw(self, scene: Scene, counts: dict[str, Any] | None = COUNTS) -> None:
        await self.page.set_viewport_size(scene.size)
        given = {
            "template": scene.template,
            "which": scene.which,
            "cards": scene.cards,
            "counts": counts,
            "now": NOW,
            "hints": scene.hints,
        }
        await self.page.evaluate(PAINT, given)
        old = await self.page.query_selector("#root iframe")
        frame = await old.content_frame() if old else None
        if frame is not None:
            await frame.evaluate(SEEN)

    async def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        asset = self._assets.get(url.path.removeprefix("/static/"))
        if asset is not None:
            await route.fulfill(body=asset.body, content_type=asset.content_type)
        elif url.path.removeprefix("/images/") in self._images:
            await route.fulfill(
                body=self._images[url.path.removeprefix("/images/")], content_type="image/png"
            )
        elif url.path == "/qr.svg":
            asked, out = {name: values[0] for name, values in parse_qs(url.query).items()}, io.BytesIO()
            segno.make(asked["text"]).save(
                out, kind="svg", dark=asked["dark"], light=asked["light"], border=4, scale=8
            )
            await route.fulfill(body=out.getvalue(), content_type="image/svg+xml")
        else:
            known = self._pages.get(url.path)
            body, kind = known or ("", "text/plain")
            await route.fulfill(body=body, content_type=kind, status=200 if known else 404)
