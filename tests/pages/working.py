"""What tests of work pages have in common: to wait for words, and to say yes to a question."""

import re
from typing import Final

from playwright.async_api import expect

from tests.pages.screens import WAIT_MS, Screen

REFUSED: Final = re.compile("Failed to load resource: the server responded with a status of 4|503")
"""What a browser says of every refusal; no page can keep it from saying so."""


async def says(screen: Screen, selector: str, *words: str) -> None:
    for each in words:
        await expect(screen.at(selector).first).to_contain_text(each, timeout=WAIT_MS)


async def agree(screen: Screen, *words: str) -> None:
    """Says yes to a question that has these words."""
    await says(screen, "#sure[open]", *words)
    await screen.at("#sure-yes").click()
    await expect(screen.at("#sure")).to_be_hidden(timeout=WAIT_MS)
