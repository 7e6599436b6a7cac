"""`make pictures`: the display in every state at every size, templates, work pages and the builder, into docs/pictures.
Each time the same."""

import asyncio
import io
from pathlib import Path
from typing import Final

from PIL import Image

from tests.pages import build_pictures, front_pictures
from tests.pages.browsers import launched
from tests.pages.gallery import shoot_all
from tests.pages.template_gallery import Easel, scenes

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH_MAX: Final = 1920
"""A 4K picture is kept at half its size."""
TEMPLATE_WIDTH_MAX: Final = 640
COLOURS: Final = 64
"""Flat grounds and smooth letters need no more, and a picture is a third as large."""


def kept(png: bytes, width_max: int = WIDTH_MAX) -> Image.Image:
    """As a picture is kept."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.width > width_max:
        picture = picture.resize(
            (width_max, picture.height * width_max // picture.width), Image.Resampling.LANCZOS
        )
    return picture.quantize(COLOURS, dither=Image.Dither.NONE)


async def make(folder: Path) -> None:
    """Writes all pictures into this folder."""
    async with launched() as browser:
        for (state, size), png in (await shoot_all(browser)).items():
            kept(png).save(folder / f"display-{state}-{size}.png", optimize=True)
        easel = await Easel.on(browser)
        for scene in scenes():
            picture = kept(await easel.shoot(scene), TEMPLATE_WIDTH_MAX)
            picture.save(folder / f"template-{scene.name}.png", optimize=True)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(FOLDER))
    asyncio.run(front_pictures.make(FOLDER))
    asyncio.run(build_pictures.make(FOLDER))
