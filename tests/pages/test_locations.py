"""What is said of a location while screens are open: they show it so at once, all of them."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from tests.pages.screens import WAIT_MS, Screens
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_card_says_how_its_location_is_called_and_goes_when_it_is_hidden(
    venue: Venue, screens: Screens
) -> None:
    walls = [await screens.open(f"/d/{venue.code}") for _ in range(2)]
    for wall in walls:
        await wall.rests()
    venue.reader.read("4711")
    for wall in walls:
        await expect(wall.at("#location")).to_have_text("Finish", timeout=WAIT_MS)
    headers = {"Authorization": f"Bearer {venue.token}"}
    place = f"/api/sessions/{venue.session_id}/locations"
    async with aiohttp.ClientSession(venue.origin, headers=headers) as http:
        found: list[Any] = []
        while not found:  # until PostgreSQL has it
            async with http.get(place) as answer:
                found = (await answer.json())["locations"]
        (location,) = found
        for words, text, count in (({"shown_name": "Ziel"}, "Ziel", 1), ({"hidden": True}, "", 0)):
            async with http.patch(f"{place}/{location['id']}", json=words) as answer:
                assert answer.status == 200, await answer.text()
            for wall in walls:
                shown = wall.at("#location:visible", has_text=text)
                await expect(shown).to_have_count(count, timeout=WAIT_MS)
    for wall in walls:
        await wall.rests()
