"""Pictures of the builder for the documentation: one of the designs to begin with, and a block of it in hand."""

from pathlib import Path
from typing import Any, Final, Literal

from playwright.async_api import Browser, ViewportSize, expect

from tests.pages.browsers import browsers_of, launched
from tests.pages.building import LAPTOP, Builder, opened
from tests.pages.screens import WAIT_MS, WALL
from tests.pages.work_scenes import NOW

PICTURES: Final[dict[str, tuple[ViewportSize, Literal["light", "dark"], str]]] = {
    "laptop": (LAPTOP, "light", "arch"),
    "desk-dark": (WALL, "dark", "list"),
}
"""Name -> size, colours, design."""
START: Final = """async id => {
  const { STARTS } = await import("/static/template-starts.js");
  return STARTS.find(each => each.id === id).template;
}"""


async def make(folder: Path) -> None:
    """Writes builder-*.png into the folder."""
    async with launched() as browser:
        for name in PICTURES:
            await take(browser, name, folder / f"builder-{name}.png")


async def take(browser: Browser, name: str, path: Path) -> None:
    size, colours, design = PICTURES[name]
    looks = {"color_scheme": colours, "reduced_motion": "reduce"}
    blank = await opened(browser, None, size=size, looks=looks)
    given: dict[str, Any] = await blank.page.evaluate(START, design)
    page = await opened(browser, given, size=size, at=NOW, looks=looks)
    await hold(page)
    await page.page.screenshot(path=path)
    await browsers_of(browser).take_back(blank.page, page.page)


async def hold(page: Builder) -> None:
    """Its first text is chosen."""
    block = page.at('#blocks [data-kind="text"]').first
    box = await block.bounding_box()
    assert box is not None
    await page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await expect(page.at("#where")).not_to_be_empty(timeout=WAIT_MS)
    await page.page.evaluate("document.fonts.ready.then(() => undefined)")
