"""How a name is fitted, asked of the module alone: with a text as wide as it is long, and walls of every size."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

LETTER: Final = 60
"""The width of every letter at size 100."""
WALL: Final = (1728, 500)
PHONE: Final = (952, 700)

FIT: Final = """async ([name, short, width, height, letter]) => {
  const { fitName } = await import("/static/display-fit.js");
  return fitName(name, short, width, height, words => Array.from(words).length * letter);
}"""

FUZZ: Final = """async ([letter, rounds]) => {
  const { SOFT_HYPHEN, fitName } = await import("/static/display-fit.js");
  let seed = 7;
  const below = most => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % most; };
  const measure = words => Array.from(words).length * letter;
  const wrong = [];
  for (let round = 0; round < rounds; round++) {
    const letters = Array.from({ length: 1 + below(60) }, () => "abcXYZ é- 1明"[below(12)]);
    const name = letters.join("").replace(/ +/g, " ").trim() || "x";
    const short = below(2) ? name : name.slice(-1 - below(name.length)).trim() || "y";
    const wall = [below(3) * below(2500), below(3) * below(700)];
    const { lines, size } = fitName(name, short, ...wall, measure);
    const whole = lines.join("").split(SOFT_HYPHEN).join("");
    const fits = lines.every(line => measure(line.trim()) * size / 100 <= wall[0] + 1)
      && lines.length * size * 1.12 <= wall[1] + 1;
    if ((whole !== name && whole !== short) || !fits || !(size >= 0)) wrong.push({ name, short, wall, lines, size });
  }
  return wrong.slice(0, 3);
}"""


async def fit(modules: Page, name: str, short: str, wall: tuple[int, int]) -> tuple[list[str], int]:
    found: dict[str, Any] = await modules.evaluate(FIT, [name, short, *wall, LETTER])
    return found["lines"], found["size"]


async def test_one_line_as_long_as_it_is_large(modules: Page) -> None:
    assert await fit(modules, "Bo Li", "B. Li", WALL) == (["Bo Li"], 300)
    lines, size = await fit(modules, "Ada Lovelace King", "A. King", WALL)
    assert (lines, size >= 160) == (["Ada Lovelace King"], True)


async def test_two_lines_before_the_first_name_is_shortened(modules: Page) -> None:
    lines, size = await fit(modules, "Maximiliane Oberhuberin", "M. Oberhuberin", WALL)
    assert (lines, size >= 160) == (["Maximiliane ", "Oberhuberin"], True)


async def test_first_name_gives_way_and_never_the_last(modules: Page) -> None:
    name, short = "Alexandria-Wilhelmine Oberhuber", "A. Oberhuber"
    assert (await fit(modules, name, short, WALL))[0] == ["Alexandria-Wilhelmine ", "Oberhuber"]
    lines, size = await fit(
        modules, "Alexandria-Wilhelmine-Josefa Oberhuber-Marek", "A. Oberhuber-Marek", PHONE
    )
    assert "".join(lines) == "A. Oberhuber-Marek"
    assert size >= 96


async def test_number_is_broken_without_a_hyphen_and_a_word_with_one(modules: Page) -> None:
    tag = "ABCDEF0123456789ABCDEF01"
    assert (await fit(modules, tag, tag, PHONE))[0] == [tag[:12], tag[12:]]
    long = "Wolfeschlegelsteinhausen"
    assert (await fit(modules, long, long, PHONE))[0] == ["Wolfeschlege\u00ad", "lsteinhausen"]


async def test_break_goes_to_the_hyphen_that_is_near(modules: Page) -> None:
    name = "A. Featherstonehaugh-Cholmondeley"
    assert (await fit(modules, name, name, PHONE))[0] == ["A. Feathers\u00ad", "tonehaugh-", "Cholmondeley"]


async def test_any_name_on_any_wall_is_whole_and_inside(modules: Page) -> None:
    assert await modules.evaluate(FUZZ, [LETTER, 3000]) == []
