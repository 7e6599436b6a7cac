"""The core of the screen, played message by message in the browser: the next state, and what is seen of it."""

from typing import Any, Final, NamedTuple

import pytest
from playwright.async_api import Page

from tests.pages.screens import HELLO, read

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAY: Final = """async steps => {
  const core = await import("/static/display-core.js");
  const { cardTexts, view } = await import("/static/display-view.js");
  let state = core.initial(0);
  return steps.map(([now, message]) => {
    if (message !== null) state = core.reduce(core.heard(state, now), message, now);
    state = core.advance(state, now);
    const { scene, offset, stale, cards, band, more, dark } = view(state, now);
    const { name, bib } = cards.length ? cardTexts(cards[0], state, now) : { name: "", bib: "" };
    const shown = cards.length ? cards[0].offset : 0, wall = cards.map(card => card.offset).join(" ");
    const told = { scene, offset, stale, more, dark, gone: state.gone, move: state.moveTo || "" };
    return { shown, wall, band: band ? band.offset : 0, name, bib, ...told };
  });
}"""

ADA: Final = {"name": "Ada Lovelace", "bib": "101"}
ALAN: Final = {"name": "Alan Turing", "bib": "102"}


class Seen(NamedTuple):
    """The screen after a step. `shown`: the offset of the newest card, 0 when there is none; `wall`: of all; `band`: of
    the one above them."""

    band: int
    bib: str
    dark: bool
    gone: int
    more: str
    move: str
    name: str
    offset: str
    scene: str
    shown: int
    stale: str
    wall: str


def hub_time(ms: int) -> str:
    return f"2024-05-04T08:{ms // 60000:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}+00:00"


def hello(ms: int, offset: int = 0, *recent: dict[str, Any], **fields: Any) -> tuple[int, dict[str, Any]]:
    """A step: the hub greets at this time, which is its own time, too."""
    return ms, {**HELLO, "now": hub_time(ms), "offset": offset, "recent": recent, "display": None, **fields}


def line(offset: int, ms: int, runner: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    """A read that the hub received at this time."""
    return read(offset, runner, received_at=hub_time(ms), **fields)


def comes(
    offset: int, ms: int, runner: dict[str, str] | None = None, **fields: Any
) -> tuple[int, dict[str, Any]]:
    """A step: a read is received and told at once."""
    return ms, line(offset, ms, runner, **fields)


async def play(modules: Page, *steps: tuple[int, Any]) -> list[Seen]:
    return [Seen(**each) for each in await modules.evaluate(PLAY, list(steps))]


async def test_duplicate_changes_nothing(modules: Page) -> None:
    seen = await play(modules, hello(0), comes(1, 0, ADA), comes(1, 7000, ALAN), (8000, None))
    assert [each.name for each in seen] == ["", "Ada Lovelace", "Ada Lovelace", ""]


async def test_frames_out_of_order_never_go_back(modules: Page) -> None:
    seen = await play(modules, comes(9, 0), hello(0), comes(3, 0, ADA), comes(2, 0, ALAN))
    assert [each.scene for each in seen] == ["connecting", "resting", "runner", "runner"]
    assert (seen[-1].name, seen[-1].offset) == ("Ada Lovelace", "3")


async def test_what_is_no_message_changes_nothing(modules: Page) -> None:
    odd: list[Any] = [None, 5, "read", [], {}, {"type": "toString"}, {"type": "results"}, {"type": "read"}]
    odd += [{"type": "read", "offset": each} for each in ("2", -1, 1.5, None)]
    odd += [{"type": "retract", "offset": None}, {"type": "correction", "offset": 77, "runner": ADA}]
    seen = await play(modules, hello(0), comes(1, 0, ADA), *((0, each) for each in odd))
    assert set(seen[1:]) == {seen[1]}


async def test_card_ends_in_its_time(modules: Page) -> None:
    seen = await play(modules, hello(0), comes(1, 0), (7999, None), (8000, None))
    assert [each.shown for each in seen] == [0, 1, 1, 0]


async def test_card_that_comes_late_in_its_time_ends_with_all_others(modules: Page) -> None:
    seen = await play(modules, hello(7900, 1, line(1, 0)), (7999, None), (8000, None))
    assert [each.shown for each in seen] == [1, 1, 0]


async def test_card_of_a_read_that_the_hub_had_before_its_own_time_is_there_at_once(modules: Page) -> None:
    seen = await play(modules, hello(0), (0, line(1, 80, ADA)), (0, line(2, 60_000, ALAN, tag="2")))
    assert [each.shown for each in seen] == [0, 1, 1]


async def test_late_repeat_hidden_and_void_get_no_card(modules: Page) -> None:
    steps = [comes(number, 0, marks=[mark]) for number, mark in enumerate(("late", "repeat", "hidden"), 1)]
    seen = await play(modules, hello(0), *steps, comes(4, 0, kind="void"), comes(5, 0, marks=["test"]))
    assert [each.shown for each in seen] == [0, 0, 0, 0, 0, 5]
    assert seen[-1].offset == "5"


async def test_retract_gives_way_to_the_card_before(modules: Page) -> None:
    steps = [(100, {"type": "retract", "offset": each}) for each in (2, 1)]
    seen = await play(modules, hello(0), comes(1, 0, ADA), comes(2, 100, ALAN), *steps)
    assert [each.name for each in seen[2:]] == ["Alan Turing", "Ada Lovelace", ""]
    assert seen[-1].offset == "2"


async def test_retract_of_what_is_still_to_come_skips_nothing(modules: Page) -> None:
    told = (0, {"type": "retract", "offset": 3})
    seen = await play(modules, hello(0), told, comes(1, 0), comes(2, 0), told, comes(4, 0, ADA))
    assert [each.offset for each in seen] == ["0", "0", "1", "2", "3", "4"]
    assert [each.shown for each in seen] == [0, 0, 1, 2, 2, 4]


async def test_correction_repaints_and_takes_back(modules: Page) -> None:
    known = (0, {"type": "correction", "offset": 1, "runner": ADA})
    nobody = (0, {"type": "correction", "offset": 1, "runner": None})
    seen = await play(modules, hello(0), comes(1, 0), known, nobody)
    assert [each.name for each in seen] == ["", "4711", "Ada Lovelace", "4711"]
    assert [each.bib for each in seen] == ["", "", "101", ""]


async def test_recovered_takes_back_who_is_not_known_any_more(modules: Page) -> None:
    seen = await play(modules, hello(0), comes(1, 0, ADA), hello(100, 1, line(1, 0), recovered=True))
    assert [(each.name, each.bib) for each in seen[1:]] == [("Ada Lovelace", "101"), ("4711", "")]


async def test_recovered_shows_the_newest_and_none_of_those_before(modules: Page) -> None:
    missed = [line(2, 2000), line(3, 2500, ADA), line(4, 2600, marks=["late"])]
    back = hello(3000, 4, line(1, 0, ALAN), *missed, recovered=True)
    steps = [(3000, each) for each in missed]
    seen = await play(modules, hello(0), comes(1, 0, ALAN), back, *steps)
    assert [each.name for each in seen[1:]] == ["Alan Turing"] * 4 + ["Ada Lovelace"]
    assert seen[-1].offset == "4"


async def test_recovered_does_not_wait_for_ever(modules: Page) -> None:
    back = hello(3000, 900, recovered=True)
    seen = await play(modules, hello(0), back, (3000, line(1, 2900, ADA)), (3999, None), (4000, None))
    assert [each.name for each in seen[2:]] == ["", "", "Ada Lovelace"]


async def test_recovered_mends_what_was_corrected_or_voided_meanwhile(modules: Page) -> None:
    corrected = hello(1000, 1, line(1, 0, ADA), recovered=True)
    voided = hello(1100, 1, {"type": "retract", "offset": 1}, recovered=True)
    seen = await play(modules, hello(0), comes(1, 0), corrected, voided)
    assert [each.name for each in seen[1:]] == ["4711", "Ada Lovelace", ""]


async def test_recovered_mends_what_lies_further_back_and_what_is_pinned(modules: Page) -> None:
    older = hello(1000, 1, recovered=True, before=[line(1, 0, ADA)])
    seen = await play(modules, hello(0), comes(1, 0), older)
    assert [each.name for each in seen[1:]] == ["4711", "Ada Lovelace"]
    shown = {"settings": {}, "control": {"pin": {"offset": 1}}}
    pinned, known = ({**shown, "pinned": line(1, 0, who)} for who in (None, ADA))
    back = hello(90_000, 1, recovered=True, display=known)
    told = (90_000, {"type": "settings", "display": known})
    for mended in (back, told):
        seen = await play(modules, hello(0, display=pinned), (80_000, None), mended, (99_000, None))
        assert [each.name for each in seen] == ["4711", "4711", "Ada Lovelace", "Ada Lovelace"]


async def test_not_recovered_starts_from_the_picture(modules: Page) -> None:
    recent = [line(5000, 500), line(5001, 900, ADA), line(5002, 950, marks=["repeat"])]
    seen = await play(modules, hello(0), comes(1, 0, ALAN), hello(1000, 5002, *recent), (8900, None))
    assert (seen[2].name, seen[2].offset) == ("Ada Lovelace", "5002")
    assert seen[3].scene == "resting"


async def test_not_recovered_and_long_ago_rests(modules: Page) -> None:
    seen = await play(modules, hello(30_000, 2, line(1, 0, ADA), line(2, 21_000, ALAN)))
    assert (seen[0].scene, seen[0].offset) == ("resting", "2")


@pytest.mark.parametrize("other", [{"epoch": 2}, {"session": {**HELLO["session"], "id": 8}}])
async def test_another_feed_starts_afresh_whatever_the_hub_says(modules: Page, other: dict[str, Any]) -> None:
    seen = await play(
        modules, hello(0), comes(7, 0, ADA), hello(100, 1, recovered=True, **other), comes(2, 100, ALAN)
    )
    assert [(each.name, each.offset) for each in seen[1:]] == [
        ("Ada Lovelace", "7"),
        ("", "1"),
        ("Alan Turing", "2"),
    ]


async def test_silence_is_told_after_15_s(modules: Page) -> None:
    tick = (5000, {"type": "tick", "now": hub_time(5000), "offset": 0})
    seen = await play(modules, hello(0), tick, (19_999, None), (20_000, None), (20_000, tick[1]))
    assert [each.stale for each in seen] == ["", "", "", "no data for 00:15", ""]


@pytest.mark.parametrize(
    ("bye", "gone", "move"),
    [
        ({"code": 4001, "again": False}, 4001, ""),
        ({"code": 4003}, 4003, ""),
        ({"code": 4101, "again": True}, 0, ""),
        ({"code": 4004, "again": False, "move": "ABCDEFGH"}, 0, "ABCDEFGH"),
        ({"code": 4004, "again": False, "move": "//elsewhere"}, 0, ""),
    ],
)
async def test_bye(modules: Page, bye: dict[str, Any], gone: int, move: str) -> None:
    seen = await play(modules, hello(0), (0, {"type": "bye", "reason": "", **bye}), comes(1, 0, ADA))
    assert (seen[-1].gone, seen[-1].move) == (gone, move)
    assert seen[-1].scene == ("gone" if gone else "runner")
