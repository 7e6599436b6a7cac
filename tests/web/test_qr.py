"""A display's address as a picture."""

from xml.etree import ElementTree

import pytest

from hub.web.qr import svg
from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


async def test_open_to_who_knows_the_code(hub: Running) -> None:
    for code in (hub.code, hub.code.lower()):
        async with hub.anybody.get(f"/api/displays/{code}/qr.svg") as response:
            assert (response.status, response.content_type) == (200, "image/svg+xml")
            assert await response.read() == svg(f"{hub.origin}/d/{hub.code}")


async def test_asked_for_under_a_name_that_no_picture_holds(hub: Running) -> None:
    headers = {"Host": "a" * 3000}
    async with hub.anybody.get(f"/api/displays/{hub.code}/qr.svg", headers=headers) as response:
        assert await response.read() == svg(f"{hub.origin}/d/{hub.code}")


async def test_an_unknown_code(hub: Running) -> None:
    async with hub.anybody.get("/api/displays/AAAA2222/qr.svg") as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"


async def test_it_scales_and_has_its_margin_and_nothing_that_runs() -> None:
    root = ElementTree.fromstring(svg("http://192.168.1.20:8080/d/K7XQ2M9P"))
    box = [int(each) for each in root.attrib["viewBox"].split()]
    assert "width" not in root.attrib and box[2] == box[3] == 29 + 2 * 4
    background, modules = root
    assert background.attrib["fill"] == "#fff" and modules.attrib["stroke"] == "#000"
    assert not any("script" in each.tag or "style" in each.attrib for each in root.iter())


async def test_other_addresses_other_pictures() -> None:
    assert svg("http://192.168.1.20:8080/d/K7XQ2M9P") != svg("http://192.168.1.20:8080/d/K7XQ2M9Q")
