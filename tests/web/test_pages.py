"""Pages for people."""

import pytest

from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


@pytest.mark.parametrize("place", ["/d/", "/display/"])
async def test_the_screens_page(hub: Running, place: str) -> None:
    async with hub.anybody.get(place + hub.code.lower()) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert response.headers["Cache-Control"] == "no-cache"
        assert f'data-code="{hub.code}"' in await response.text()


async def test_an_unknown_code_gets_the_page_too(hub: Running) -> None:
    async with hub.anybody.get("/d/AAAA2222") as response:
        assert response.status == 200 and 'data-code="AAAA2222"' in await response.text()


async def test_what_stands_in_the_address_cannot_break_the_page(hub: Running) -> None:
    async with hub.anybody.get("/d/%22%3E%3Cscript%3Ealert(1)") as response:
        assert response.status == 200 and "<SCRIPT>ALERT" not in await response.text()
