"""How a block's text is fitted, asked of the module alone: with a text as wide as it is long."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

LETTER: Final = 60
"""The width of every letter at size 100."""

FIT: Final = """async ([name, words, short, room, letter]) => {
  const { [name]: fit } = await import("/static/template-fit.js");
  return fit(words, short, room, text => Array.from(text).length * letter);
}"""
FUZZ: Final = """async ([letter, rounds]) => {
  const { SOFT_HYPHEN } = await import("/static/display-fit.js");
  const { fitCell, fitWords } = await import("/static/template-fit.js");
  let seed = 7;
  const below = most => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % most; };
  const measure = words => Array.from(words).length * letter;
  const bare = words => words.split(SOFT_HYPHEN).join("").replace(/\\s+/g, "");
  const wrong = [];
  for (let round = 0; round < rounds; round++) {
    const letters = Array.from({ length: 1 + below(90) }, () => "abcXYZ é- 1明明\\n"[below(15)]);
    const words = letters.join("").trim() || "x";
    const short = below(2) ? words : words.slice(-1 - below(words.length)).trim() || "y";
    const room = { width: 1 + below(1200), height: 1 + below(500), most: 4 + below(300), least: 4 + below(120),
      lines: 1 + below(6), leading: .8 + below(10) / 10 };
    const fit = (below(2) ? fitWords : fitCell)(words, short, room, measure), hard = words.split("\\n").length;
    const whole = [words, short].some(each => bare(each) === bare(fit.lines.join("")));
    const inside = fit.size === 1 || fit.lines.every(line => measure(line.trim()) * fit.size / 100 <= room.width + 1)
      && fit.lines.length * fit.size * room.leading <= room.height + 1;
    const few = fit.lines.length <= Math.max(room.lines, hard) && fit.size <= room.most;
    const honest = !fit.fits || fit.size >= Math.min(room.least, room.most);
    if (!whole || !inside || !few || !honest) wrong.push({ words, short, room, fit, whole, inside, few, honest });
  }
  return wrong.slice(0, 3);
}"""


async def fit(modules: Page, words: str, short: str = "", *, name: str = "fitWords", **given: Any) -> Any:
    room = {"width": 600, "height": 300, "most": 100, "least": 50, "lines": 1, "leading": 1, **given}
    return await modules.evaluate(FIT, [name, words, short or words, room, LETTER])


async def test_as_large_as_it_fits(modules: Page) -> None:
    assert await fit(modules, "Bo Li") == {"lines": ["Bo Li"], "size": 100, "fits": True, "shortened": False}
    found = await fit(modules, "Ada Lovelace")
    assert (found["lines"], found["size"]) == (["Ada Lovelace"], 82)
    assert (await fit(modules, "Bo Li", height=60))["size"] == 60


async def test_another_line_where_it_makes_it_larger(modules: Page) -> None:
    assert (await fit(modules, "Ada Lovelace", lines=2))["lines"] == ["Ada ", "Lovelace"]
    assert (await fit(modules, "Ada Lovelace", lines=2, height=100))["lines"] == ["Ada Lovelace"]
    assert (await fit(modules, "Ada Love", lines=3))["lines"] == ["Ada Love"]


async def test_first_name_gives_way_and_never_the_last(modules: Page) -> None:
    found = await fit(modules, "Maximiliane-Charlotte Oberhuber", "M. Oberhuber")
    assert found == {"lines": ["M. Oberhuber"], "size": 82, "fits": True, "shortened": True}
    found = await fit(modules, "Maximiliane-Charlotte Oberhuber-Marek", "M. Oberhuber-Marek")
    assert "".join(found["lines"]) == "M. Oberhuber-Marek" and found["fits"]
    found = await fit(modules, "M. Oberhuber-Markgrafenreuther", least=60)
    assert found["lines"] == ["M. Oberhuber-Markgrafenreuther"] and not found["fits"] and found["size"] < 60


async def test_breaks_at_spaces_then_at_hyphens_then_between_letters(modules: Page) -> None:
    narrow: dict[str, Any] = {"width": 400, "lines": 3, "least": 60}
    assert (await fit(modules, "Anna Featherstonehaugh", lines=2))["lines"] == ["Anna ", "Featherstonehaugh"]
    assert (await fit(modules, "Wolff-Oberhuber", **narrow))["lines"] == ["Wolff-", "Oberhuber"]
    found = await fit(modules, "Wolfeschlegelsteinhausen", **narrow)
    assert found["lines"] == ["Wolfesch\u00ad", "legelste\u00ad", "inhausen"] and not found["fits"]


async def test_lines_are_of_like_length(modules: Page) -> None:
    found = await fit(modules, "one two three four five six", lines=3, width=600, least=20)
    assert found["lines"] == ["one two ", "three four ", "five six"]


async def test_lines_that_are_given_stay(modules: Page) -> None:
    assert (await fit(modules, "Bergen\nNorway", lines=1))["lines"] == ["Bergen", "Norway"]
    assert (await fit(modules, "Bergen\n\nNorway", lines=4))["lines"] == ["Bergen", "", "Norway"]


async def test_text_without_spaces_breaks_where_its_script_does(modules: Page) -> None:
    found = await fit(modules, "欢迎来到奥斯陆港口马拉松赛", lines=2, width=400, least=40)
    assert [len(line) for line in found["lines"]] == [7, 6] and found["fits"]
    assert (await fit(modules, "欧阳晓明", lines=2, width=200))["lines"] == ["欧阳晓明"]


async def test_in_a_list_the_first_name_gives_way_before_the_size(modules: Page) -> None:
    name, short = "Alexander Fitzgerald", "A. Fitzgerald"
    assert (await fit(modules, name, short, least=40))["lines"] == [name]
    found = await fit(modules, name, short, name="fitCell", least=40, width=700)
    assert found["lines"] == [short] and found["size"] >= 80
    assert (await fit(modules, name, short, name="fitCell", least=40, width=200))["size"] < 40


async def test_nothing_to_say_takes_no_line(modules: Page) -> None:
    assert await fit(modules, "") == {"lines": [], "size": 100, "fits": True, "shortened": False}


async def test_any_text_in_any_room_is_whole_and_inside(modules: Page) -> None:
    assert await modules.evaluate(FUZZ, [LETTER, 3000]) == []
