"""Templates as docs/pictures shows them: each kind of block in both states, and the designs to begin with. Another
machine may draw letters a little differently; nothing may stand elsewhere."""

import io
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page

from hub import template_words
from tests.pages.make_pictures import FOLDER, kept
from tests.pages.template_gallery import STARTS, Easel, scenes
from tests.pages.test_pictures import MEAN_MAX, WORST_MAX, difference

pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURES_BYTES_MAX: Final = 1_200_000
ALL: Final = {scene.name: scene for scene in scenes()}
TWINS: Final = [name for name in ALL if not name.startswith("start-") or name == "start-totem-runner"]
STARTS_AS_SHIPPED: Final = """async () => {
  const { STARTS } = await import("/static/template-starts.js");
  return STARTS;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def easel(browser: Browser) -> AsyncIterator[Easel]:
    made = await Easel.on(browser)
    yield made
    await made.page.close()


@pytest.mark.parametrize("name", TWINS)
async def test_template_is_as_its_picture(easel: Easel, name: str) -> None:
    now = Image.open(io.BytesIO(await easel.shoot(ALL[name])))
    mean, worst = difference(now, Image.open(FOLDER / f"template-{name}.png"))
    assert mean <= MEAN_MAX and worst <= WORST_MAX, (mean, worst)


async def test_another_state_is_no_twin(easel: Easel) -> None:
    """The comparison above tells pictures apart."""
    now = Image.open(io.BytesIO(await easel.shoot(ALL["clock-active"])))
    mean, worst = difference(now, Image.open(FOLDER / "template-counter-active.png"))
    assert mean > MEAN_MAX or worst > WORST_MAX


async def test_same_picture_each_time(easel: Easel) -> None:
    one, other = [kept(await easel.shoot(ALL["text-active"])).tobytes() for _ in range(2)]
    assert one == other


async def test_every_scene_has_its_picture() -> None:
    paths = list(FOLDER.glob("template-*.png"))
    assert {path.name for path in paths} == {f"template-{name}.png" for name in ALL}
    assert sum(path.stat().st_size for path in paths) < PICTURES_BYTES_MAX


async def test_designs_to_begin_with_are_whole_templates(modules: Page) -> None:
    """As the hub keeps them: nothing is left to be filled in."""
    starts: list[dict[str, Any]] = await modules.evaluate(STARTS_AS_SHIPPED)
    assert [start["id"] for start in starts] == list(STARTS)
    for start in starts:
        content = template_words.decoded(msgspec.json.encode(start["template"]))
        assert msgspec.to_builtins(content) == start["template"], start["name"]
        assert start["name"] and start["words"]
        size = STARTS[start["id"]]
        assert template_words.canvas(content) == (size["width"], size["height"])
