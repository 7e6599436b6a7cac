"""A display's address as a picture."""

import asyncio
import threading
from typing import Any
from xml.etree import ElementTree

import pytest
import segno
from segno import QRCode

from hub.errors import Unavailable
from hub.web import qr
from hub.web.qr import KEPT_BYTES_MAX, TEXT_CHARS_MAX, WAITING_MAX, Pictures, Wanted, svg
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


PATHS = ("/api/qr.svg", "/api/display/{}/qr.svg")


async def asked(hub: Running, path: str, **query: str) -> tuple[int, Any]:
    http = hub.anybody if "{}" in path else hub.http
    async with http.get(path.format(hub.code), params=query) as response:
        if response.status == 200:
            assert response.content_type == "image/svg+xml"
            assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
            return 200, await response.read()
        return response.status, (await response.json())["error"]


@pytest.mark.parametrize("path", PATHS)
async def test_any_text_in_any_colours(hub: Running, path: str) -> None:
    text = "https://example.com/certificate?bib=2505&name=Zoë Müller"
    assert await asked(hub, path, text=text) == (200, svg(text, "#000000", "#ffffff"))
    coloured = await asked(hub, path, text=text, dark="#0B0E14", light="#eeeeee", quiet="0")
    assert coloured == (200, svg(text, "#0b0e14", "#eeeeee", 0))
    made = hub.app._application[qr.PICTURES].made
    assert await asked(hub, path, text=text) == (200, svg(text, "#000000", "#ffffff"))
    assert hub.app._application[qr.PICTURES].made == made


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({}, "text", "expected 1 to 500 characters"),
        ({"text": "x" * (TEXT_CHARS_MAX + 1)}, "text", "expected 1 to 500 characters"),
        ({"text": "x", "dark": "red"}, "dark", "expected a colour as #1a2b3c"),
        ({"text": "x", "light": "#fff"}, "light", "expected a colour as #1a2b3c"),
        ({"text": "x", "light": ""}, "light", "expected a colour as #1a2b3c"),
        ({"text": "x", "quiet": "5"}, "quiet", "quiet: "),
    ],
)
async def test_what_no_code_can_be_made_of(
    hub: Running, path: str, query: dict[str, str], field: str, words: str
) -> None:
    status, error = await asked(hub, path, **query)
    assert (status, error["code"], error["field"]) == (400, "invalid", field)
    assert words in error["message"]


async def test_a_text_only_for_who_has_a_code_or_is_signed_in(hub: Running) -> None:
    for path, status in (("/api/display/AAAA2222/qr.svg", 404), ("/api/qr.svg", 401)):
        async with hub.anybody.get(path, params={"text": "x"}) as response:
            assert response.status == status


@pytest.mark.parametrize("text", ["x" * TEXT_CHARS_MAX, "\U0001f600" * TEXT_CHARS_MAX, "\n\0"])
async def test_the_longest_texts_fit(text: str) -> None:
    assert svg(text).startswith(b"<svg")


async def test_what_telephones_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[QRCode] = []
    make = segno.make_qr

    def noted(*of: Any, **how: Any) -> QRCode:
        made.append(make(*of, **how))
        return made[-1]

    monkeypatch.setattr(segno, "make_qr", noted)
    for text in ("https://example.com/?bib=2505", "Zoë", "王小明"):
        svg(text)
        assert (made[-1].mode, made[-1].error in "MQH") == ("byte", True)
    assert made[-1] == make("王小明".encode(), error="m"), "UTF-8"


async def test_one_at_a_time_and_the_same_once(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, making = threading.Event(), []

    def slow(text: str, *_colours: object) -> bytes:
        making.append(text)
        go_on.wait(10)
        return text.encode() * 1000

    monkeypatch.setattr(qr, "svg", slow)
    pictures = Pictures()
    wanted = [Wanted(str(number)) for number in range(WAITING_MAX)]
    asked = [asyncio.create_task(pictures.picture(each)) for each in (*wanted, *wanted)]
    while not making:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    with pytest.raises(Unavailable):
        await pictures.picture(Wanted("one too many"))
    asked[0].cancel()
    assert making == ["0"]
    go_on.set()
    answers = await asyncio.gather(*asked[1:])
    assert answers[WAITING_MAX - 1 :] == [each.text.encode() * 1000 for each in wanted]
    assert pictures.made == WAITING_MAX and not pictures._making


async def test_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "svg", lambda text, *_colours: b"x" * (KEPT_BYTES_MAX // 4))
    pictures = Pictures()
    for number in (1, 2, 3, 4, 1, 5):
        await pictures.picture(Wanted(str(number)))
    assert [each.text for each in pictures._kept] == ["3", "4", "1", "5"] and pictures.made == 5
    assert pictures._kept_bytes == KEPT_BYTES_MAX
