"""The display as docs/pictures shows it. Another machine may draw letters a little differently; nothing may stand
elsewhere. Only the shipped face is compared: other scripts have the machine's own fonts."""

import io
from typing import Final

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.async_api import Browser, ViewportSize

from tests.pages.gallery import STATES, Gallery, size_name
from tests.pages.make_pictures import FOLDER, kept
from tests.pages.screens import SIZES, WALL

pytestmark = pytest.mark.asyncio(loop_scope="session")

PORTRAIT: Final = ViewportSize(width=1080, height=1920)
SHORT_SIDE: Final = 108
"""Compared at a tenth: the edge of a letter is gone, its place is not."""
MEAN_MAX: Final = 2.5
WORST_MAX: Final = 110
"""Differences of 255, of the whole and of any one point, blurred."""
PICTURES_BYTES_MAX: Final = 6_000_000
TWINS: Final = [
    ("runner", WALL),
    ("several", WALL),
    ("clock", WALL),
    ("gun", WALL),
    ("runner", PORTRAIT),
    ("clocks", PORTRAIT),
]


def coarse(picture: Image.Image) -> Image.Image:
    scale = SHORT_SIDE / min(picture.size)
    small = picture.convert("L").resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BOX
    )
    return small.filter(ImageFilter.GaussianBlur(1))


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """The mean and the worst."""
    apart = ImageStat.Stat(ImageChops.difference(coarse(one), coarse(other)))
    return apart.mean[0], apart.extrema[0][1]


@pytest.mark.parametrize(
    ("name", "size"), TWINS, ids=lambda each: each if isinstance(each, str) else size_name(each)
)
async def test_display_is_as_its_picture(browser: Browser, name: str, size: ViewportSize) -> None:
    state = next(each for each in STATES if each.name == name)
    now = Image.open(io.BytesIO(await Gallery(browser).shoot(state, size)))
    mean, worst = difference(now, Image.open(FOLDER / f"display-{name}-{size_name(size)}.png"))
    assert mean <= MEAN_MAX and worst <= WORST_MAX, (mean, worst)


async def test_every_state_has_its_picture_at_every_size() -> None:
    names = {f"display-{state.name}-{size_name(size)}.png" for state in STATES for size in SIZES}
    paths = list(FOLDER.glob("display-*.png"))
    assert {path.name for path in paths} == names
    assert sum(path.stat().st_size for path in paths) < PICTURES_BYTES_MAX


async def test_same_picture_each_time(browser: Browser) -> None:
    state = next(each for each in STATES if each.name == "several")
    one, other = [kept(await Gallery(browser).shoot(state, WALL)).tobytes() for _ in range(2)]
    assert one == other
