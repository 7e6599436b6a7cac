"""Templates as they are drawn, without a hub and at a standstill: each kind of block, and the designs to begin with, for
the pictures in docs/pictures and the test that holds the painter to them."""

from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Browser, Page, Route, ViewportSize

from hub.web.assets import Assets
from hub.web.routes import STATIC

ORIGIN: Final = "http://hub.test"
PAGE: Final = """<!doctype html><link rel="stylesheet" href="/static/fonts.css">
<link rel="stylesheet" href="/static/template.css"><link rel="stylesheet" href="/stage.css"><div id="root"></div>"""
STYLE: Final = "html, body { margin: 0; background: #000; }"
NOW: Final = "2026-05-09T11:14:22.000+02:00"

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
  const data = { fields: which === "active" ? all[0] : fieldsOf(null, state, 0), known: !cards.length || Boolean(cards[0].runner),
    offset: cards.length ? cards[0].offset : 0, rows: all, counts, clock: clockOf(state, 0), nowMs: Date.parse(now) };
  await prepareTemplate(template, places);
  window.painter = makeTemplatePainter(root, places);
  window.paint = more => window.painter.paint(template, which, Object.assign({}, data, more), {});
  window.paint();
  await document.fonts.ready;
  await Promise.all(Array.from(document.images, image => image.decode().catch(() => null)));
  window.paint();
  return template.canvas;
}"""


@dataclass(frozen=True)
class Scene:
    """A template, the state of it that is drawn, and who is there. `template`: whole, or the id of a start."""

    name: str
    template: dict[str, Any] | str
    which: str = "active"
    cards: tuple[dict[str, Any], ...] = ()
    counts: dict[str, Any] | None = None
    hints: bool = False
    size: ViewportSize = field(default_factory=lambda: ViewportSize(width=1920, height=1080))


class Easel:
    """Draws scenes with one browser."""

    def __init__(self, browser: Browser, images: dict[str, bytes] | None = None) -> None:
        self._browser = browser
        self._assets = Assets(STATIC)
        self._images = images or {}

    async def shoot(self, scene: Scene) -> bytes:
        """PNG."""
        context = await self._browser.new_context(viewport=scene.size, reduced_motion="reduce")
        try:
            page = await context.new_page()
            await self.draw(page, scene)
            return await page.screenshot(animations="disabled")
        finally:
            await context.close()

    async def draw(self, page: Page, scene: Scene) -> None:
        await page.route(f"{ORIGIN}/**", self._answer)
        await page.goto(f"{ORIGIN}/")
        given = {
            "template": scene.template,
            "which": scene.which,
            "cards": scene.cards,
            "counts": scene.counts,
            "now": NOW,
            "hints": scene.hints,
        }
        await page.evaluate(PAINT, given)

    async def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        asset = self._assets.get(path.partition("/static/")[2])
        if asset is not None:
            await route.fulfill(body=asset.body, content_type=asset.content_type)
        elif path == "/stage.css":
            await route.fulfill(body=STYLE, content_type="text/css")
        elif path.startswith("/images/") and path[8:] in self._images:
            await route.fulfill(body=self._images[path[8:]], content_type="image/png")
        elif path.startswith("/qr.svg"):
            await route.fulfill(body=self._images.get("qr", b""), content_type="image/svg+xml")
        else:
            await route.fulfill(
                body=PAGE if path == "/" else "", content_type="text/html", status=200 if path == "/" else 404
            )
