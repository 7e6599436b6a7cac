"""The files that pages are made of, as they are served."""

import gzip
import hashlib
import re
from pathlib import Path
from typing import Final, get_args

import pytest

from hub.template_words import Font
from hub.web.assets import FOREVER, Assets
from hub.web.routes import STATIC
from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")

DISPLAY_SCRIPT_BYTES_MAX: Final = 55_000
"""Who is on the wall is decided by each screen, and messages are its own: the layouts of a crowd come later."""
TEMPLATE_SCRIPT_BYTES_MAX: Final = 40_000
"""Fetched by a screen that has a template, and by no other."""
PAGE_BYTES_MAX: Final = 150_000
"""All that a screen with a template loads on its first day, on the way, before images: in a second at 1.2 Mbit/s."""
FONT_BYTES_MAX: Final = 120_000
"""Of the face that each screen loads: the hub's own."""
TEMPLATE_FONT_BYTES_MAX: Final = 350_000
"""Of the faces that a template may choose; a browser loads the files that it has letters of."""
LICENCES: Final = {
    "hanken-grotesk": "SIL Open Font License, Version 1.1",
    "barlow-condensed": "SIL Open Font License, Version 1.1",
    "bebas-neue": "SIL Open Font License, Version 1.1",
    "dseg7-classic": "SIL Open Font License, Version 1.1",
    "roboto-slab": "Apache License",
}


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(STATIC)


def sizes(assets: Assets, start: str, end: str) -> list[int]:
    found = [assets.get(name) for name in assets.names() if name.startswith(start) and name.endswith(end)]
    return [len(each.body) for each in found if each is not None]


def names_of(assets: Assets, start: str, end: str) -> list[str]:
    return [name for name in assets.names() if name.startswith(start) and name.endswith(end)]


def on_the_way(assets: Assets, names: list[str]) -> int:
    found = [assets.get(name) for name in names]
    return sum(len(each.packed or each.body) for each in found if each is not None)


def imported(name: str) -> set[str]:
    """A script and all that it cannot do without."""
    found, left = set(), [name]
    while left:
        found.add(each := left.pop())
        left += [
            new
            for new in re.findall(r'from "\./([\w-]+\.js)"', (STATIC / each).read_text())
            if new not in found
        ]
    return found


async def test_the_displays_scripts_are_small(assets: Assets) -> None:
    first = imported("display.js") | {"display-worker.js"}
    plain = sum(len(asset.body) for name in first if (asset := assets.get(name)) is not None)
    assert len(first) >= 8 and plain < DISPLAY_SCRIPT_BYTES_MAX, plain
    later = imported("display-template.js") - first
    added = sum(len(asset.body) for name in later if (asset := assets.get(name)) is not None)
    assert "template-paint.js" in later and added < TEMPLATE_SCRIPT_BYTES_MAX, added


async def test_a_screen_with_a_template_loads_little(assets: Assets) -> None:
    names = [
        *imported("display.js"),
        *imported("display-template.js"),
        *(f"{each}.css" for each in ("display", "fonts", "template")),
    ]
    names += names_of(assets, "fonts/hanken-grotesk", ".woff2")
    assert on_the_way(assets, names) < PAGE_BYTES_MAX, on_the_way(assets, names)


async def test_fonts_are_small_named_by_content_and_have_a_licence(assets: Assets) -> None:
    own = sum(sizes(assets, "fonts/hanken-grotesk", ".woff2"))
    assert 0 < own < FONT_BYTES_MAX
    assert 0 < sum(sizes(assets, "fonts/", ".woff2")) - own < TEMPLATE_FONT_BYTES_MAX
    faces = (STATIC / "fonts.css").read_text()
    for path in (STATIC / "fonts").glob("*.woff2"):
        assert path.name.split(".")[1] == hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        assert f"fonts/{path.name}" in faces
        assert any(path.name.startswith(stem) for stem in LICENCES), path.name
    for stem, words in LICENCES.items():
        assert words in (STATIC / f"fonts/{stem}-LICENSE.txt").read_text(), stem


async def test_a_template_may_choose_no_other_face() -> None:
    faces = set(re.findall(r'font-family: "([^"]+)"', (STATIC / "fonts.css").read_text()))
    assert faces == set(get_args(Font))


async def test_scripts_come_without_comments_and_indentation(assets: Assets, tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('// why\nconst a = "// not a comment",\n      b = /\\/\\*/;   /* no */\n')
    script = Assets(tmp_path).get("a.js")
    assert script is not None and script.body == b'const a="// not a comment",b=/\\/\\*/;'


async def test_build_is_another_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    first = Assets(tmp_path).build
    assert Assets(tmp_path).build == first
    (tmp_path / "a.css").write_text("b {}")
    second = Assets(tmp_path).build
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, Assets(tmp_path).build}) == 3


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("display.js", "text/javascript"),
        ("display.css", "text/css"),
        ("favicon.svg", "image/svg+xml"),
        ("fonts/hanken-grotesk-LICENSE.txt", "text/plain"),
    ],
)
async def test_a_file_is_asked_for_anew_and_comes_once(
    hub: Running, assets: Assets, name: str, kind: str
) -> None:
    asset = assets.get(name)
    assert asset is not None
    async with hub.anybody.get(f"/static/{name}") as response:
        assert (response.status, response.content_type, response.charset) == (200, kind, "utf-8")
        assert response.headers["Cache-Control"] == "no-cache"
        assert await response.read() == asset.body
        tag = response.headers["ETag"]
    async with hub.anybody.get(f"/static/{name}", headers={"If-None-Match": tag}) as response:
        assert response.status == 304 and response.headers["ETag"] == tag
        assert response.headers["Cache-Control"] == "no-cache" and not await response.read()
    async with hub.anybody.get(f"/static/{name}", headers={"If-None-Match": 'W/"0"'}) as response:
        assert response.status == 200


async def test_packed_only_for_who_takes_it(hub: Running, assets: Assets) -> None:
    asset = assets.get("display-core.js")
    assert asset is not None and len(asset.packed) < len(asset.body) / 2
    assert gzip.decompress(asset.packed) == asset.body
    for accepted, encoding in (("gzip, br", "gzip"), ("identity", None)):
        headers = {"Accept-Encoding": accepted}
        async with hub.anybody.get("/static/display-core.js", headers=headers) as response:
            assert response.headers.get("Content-Encoding") == encoding
            assert response.headers["Vary"] == "Accept-Encoding"
            assert await response.read() == asset.body


async def test_a_font_is_kept_for_ever(hub: Running, assets: Assets) -> None:
    name = next(name for name in assets.names() if name.endswith(".woff2"))
    async with hub.anybody.get(f"/static/{name}") as response:
        assert (response.content_type, response.headers["Cache-Control"]) == ("font/woff2", FOREVER)
        assert (await response.read())[:4] == b"wOF2"


async def test_the_worker_may_serve_displays_and_nothing_else(hub: Running) -> None:
    async with hub.anybody.get("/static/display-worker.js") as response:
        assert response.headers["Service-Worker-Allowed"] == "/d/"
    async with hub.anybody.get("/static/display.js") as response:
        assert "Service-Worker-Allowed" not in response.headers


@pytest.mark.parametrize(
    "name", ["", "none.js", "fonts", "fonts/", "../routes.py", "%2e%2e/routes.py", "a%00b"]
)
async def test_nothing_else_is_there(hub: Running, name: str) -> None:
    async with hub.anybody.get(f"/static/{name}") as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"
