"""Whether everybody can use a page: what axe-core would ask, in short. Knows the rules; the tests say of which page."""

from itertools import pairwise
from typing import Final

from playwright.async_api import Page, ViewportSize

SIZES: Final = {
    "laptop": ViewportSize(width=1440, height=900),
    "tablet": ViewportSize(width=820, height=1180),
    "phone": ViewportSize(width=390, height=844),
}

UNNAMED: Final = """() => [...document.querySelectorAll("a, button, select, input, summary, img, output")]
  .filter(each => each.checkVisibility() && !each.closest("[aria-hidden=true]"))
  .filter(each => !(each.getAttribute("aria-label") || each.alt || each.textContent.trim()
    || (each.labels && each.labels[0].textContent.trim())))
  .map(each => each.outerHTML)"""
SMALL: Final = """() => [...document.querySelectorAll("a, button, select, summary, input")]
  .filter(each => each.checkVisibility() && !each.matches(".skip, .url a, .unseen, [type=checkbox], [type=radio]"))
  .filter(each => { const box = each.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
  .map(each => each.outerHTML)"""
OUTLINE: Final = """() => [
  [...document.querySelectorAll("h1, h2, h3")].map(each => Number(each.tagName[1])),
  [...document.querySelectorAll("[id]")].map(each => each.id),
]"""
FAINT: Final = """() => {
  const parsed = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(each => each / 255)
    .map(each => (each <= .04045 ? each / 12.92 : Math.pow((each + .055) / 1.055, 2.4)))
    .reduce((sum, each, i) => sum + each * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parsed(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
  };
  const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    seen++;
    const two = [light(parsed(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (two[0] + .05) / (two[1] + .05);
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + " " + walker.currentNode.data);
  }
  return seen > 3 ? faint : ["hardly any text: " + seen];
}"""


async def check_usable(page: Page) -> None:
    """All has a name, is large enough to be touched, and can be read, at every size; headings go step by step."""
    for size in SIZES.values():
        await page.set_viewport_size(size)
        for script in (UNNAMED, SMALL, FAINT):
            assert await page.evaluate(script) == []
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    for tag in ("h1", "main", "header"):
        assert await page.locator(tag).count() == 1
    levels, ids = await page.evaluate(OUTLINE)
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
    assert len(ids) == len(set(ids))
