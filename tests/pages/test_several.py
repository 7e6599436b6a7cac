"""Several runners at once: rows that fit, stand still and lose nobody, and what the hub is told of them."""

import asyncio
from datetime import datetime
from typing import Any, Final

import pytest
from playwright.async_api import ViewportSize, expect

from tests.pages.screens import HELLO, PHONE, SIZES, WAIT_MS, WALL, Screen, Screens, Stage, read
from tests.pages.test_sizes import FACTS, NAME_MIN, PLACE, RUNNERS, TWO_FRAMES, assert_fits
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROW_TEXT_MIN: Final = 56
STARTS: Final = [{"location": "Start", "race": None, "guns": ["2024-05-04T09:38:00.500+02:00"]}]
ROWS: Final = """() => {
  const unit = Math.min(innerWidth, innerHeight) / 1080;
  const size = element => parseFloat(getComputedStyle(element).fontSize) / unit;
  const box = element => element.getBoundingClientRect().toJSON();
  return [...document.querySelectorAll(".row")].map(row => ({
    name: row.querySelector(".name").getAttribute("aria-label"), nameSize: size(row.querySelector(".name")),
    dir: row.dir, entering: row.classList.contains("enter"), ...box(row),
    others: [...row.querySelectorAll("span:not(.line)")].filter(each => each.textContent).map(size),
    time: row.querySelector(".times").textContent, timeBox: box(row.querySelector(".times")),
  }));
}"""
HOLD: Final = {"hold": round(datetime.fromisoformat(HELLO["now"]).timestamp() * 1000)}
HELD: Final = {**HELLO, "display": {**HELLO["display"], "control": HOLD}}
"""In the moment of its reads, so that rows are rows for as long as it takes to look at them."""


def runner(number: int) -> dict[str, str]:
    return {"name": f"Runner {number}", "bib": str(number), "race_name": "5K"}


async def rows(screen: Screen, size: ViewportSize = WALL) -> list[dict[str, Any]]:
    await screen.page.set_viewport_size(size)
    await screen.page.evaluate(TWO_FRAMES)
    found: list[dict[str, Any]] = await screen.page.evaluate(ROWS)
    return found


async def test_newest_on_top_and_the_rest_is_counted(staged: tuple[Screen, Stage]) -> None:
    """On a display whose layout is fixed: else there would be a denser one."""
    screen, stage = staged
    display = {**HELD["display"], "settings": {"duration": 600, "layout": "fixed"}}
    stage.say({**HELD, "display": display})
    stage.say(*(read(n, runner(n), tag=str(n)) for n in range(1, 9)))
    await screen.reaches(8)
    for size in SIZES:
        await assert_fits(screen, size)
        found = await rows(screen, size)
        names = [row["name"] for row in found]
        assert names == [f"Runner {n}" for n in range(8, 8 - len(names), -1)]
        assert len(names) >= 5, size
        left = 8 - len(names)
        more = await screen.at("#more").inner_text() if left else ""
        assert more == (f"and {left} more" if left else "")
        assert await screen.at("#more").is_visible() == bool(left)


async def test_every_name_in_a_row_is_large_and_whole(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    for offset, each in enumerate(RUNNERS, 1):
        recent = [read(1, runner(1), tag="1"), read(2, {**FACTS, **each}, tag="2", location=PLACE)]
        stage.say({**HELD, "epoch": offset, "starts": STARTS, "offset": 2, "recent": recent})
        await screen.shows(each["name"])
        for size in SIZES:
            await assert_fits(screen, size)
            for row in await rows(screen, size):
                assert row["nameSize"] >= NAME_MIN - 0.1, (size, row)
                assert min(row["others"]) >= ROW_TEXT_MIN - 0.1, (size, row)


async def test_rows_stand_still_while_clocks_run_and_runners_come(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    await screen.page.emulate_media(reduced_motion="reduce")
    stage.say({**HELD, "starts": STARTS})
    stage.say(*(read(n, runner(n), tag=str(n), time=f"2024-05-04T10:0{n}:11+02:00") for n in (1, 2, 3)))
    await screen.reaches(3)
    before = {row["name"]: row for row in await rows(screen)}
    heights = {round(row["bottom"] - row["top"]) for row in before.values()}
    assert max(heights) - min(heights) <= 3, "the line between rows is all that differs"
    widths = {round(row["timeBox"]["right"]) for row in before.values()}
    assert len(widths) == 1
    stage.say(read(4, runner(4), tag="4"))
    await screen.reaches(4)
    after = await rows(screen)
    steps = {round(row["top"] - before[row["name"]]["top"]) for row in after if row["name"] in before}
    assert max(steps) - min(steps) <= 3, "all go down by one row"


async def test_row_of_a_name_from_the_right_is_mirrored(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    stage.say({**HELD, "starts": STARTS})
    arabic = {**RUNNERS[6], "bib": "12", "race_name": "5K"}
    stage.say(read(1, runner(1), tag="1"), read(2, arabic, tag="2"))
    await screen.reaches(2)
    for size in (WALL, PHONE):
        top, below = await rows(screen, size)
        assert (top["dir"], below["dir"]) == ("rtl", "ltr")
        assert top["timeBox"]["left"] < size["width"] / 4 < size["width"] / 2 < below["timeBox"]["right"]


async def test_race_clock_of_a_gun_runs_above_the_rows(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    gun = read(1, kind="gun", tag="", location="Start", time="2024-05-04T10:00:00.000+02:00")
    stage.say(HELD, gun, read(2, runner(2), tag="2"), read(3, runner(3), tag="3"))
    await screen.reaches(3)
    found = await rows(screen)
    assert [row["name"] for row in found] == ["Start", "Runner 3", "Runner 2"]
    before = found[0]["time"]
    await expect(screen.at(".row.gun .time")).not_to_have_text(before, timeout=WAIT_MS)
    assert not any(row["entering"] for row in await rows(screen) if row["name"] == "Runner 2")


async def test_only_who_comes_at_ease_comes_with_motion(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    stage.say(HELD, read(1, runner(1), tag="1"), read(2, runner(2), tag="2"), read(3, runner(3), tag="3"))
    await screen.reaches(3)
    entering = {row["name"]: row["entering"] for row in await rows(screen)}
    assert entering == {"Runner 1": True, "Runner 2": False, "Runner 3": False}


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
async def test_motion_is_short_and_can_be_refused(staged: tuple[Screen, Stage], motion: Any) -> None:
    screen, stage = staged
    await screen.page.emulate_media(reduced_motion=motion)
    stage.say(read(1, runner(1)))
    await screen.shows("Runner 1")
    style = "getComputedStyle(document.getElementById('who'))"
    name, seconds = await screen.page.evaluate(
        f"[{style}.animationName, parseFloat({style}.animationDuration)]"
    )
    assert (name == "none") if motion == "reduce" else (name == "enter" and 0.25 <= seconds <= 0.4)


async def test_every_read_shown_is_told_in_one_frame_and_once(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    await stage.hears("state")
    frames = stage.frames
    stage.say(*(read(n, runner(n), tag=str(n)) for n in range(1, 5)))
    told = [(await stage.hears("shown"))["offset"] for _ in range(4)]
    assert sorted(told) == [1, 2, 3, 4] and stage.frames == frames + 1
    stage.say(read(5, runner(5), tag="5"))
    assert (await stage.hears("shown"))["offset"] == 5
    await screen.page.set_viewport_size(PHONE)
    async with asyncio.timeout(WAIT_MS / 1000):
        while (heard := await stage.hears_anything()).get("size") != [PHONE["width"], PHONE["height"]]:
            assert heard["type"] != "shown", "who comes back into view was told before"
    assert stage.heard_nothing()


async def test_screen_given_another_session_comes_back_at_once(venue: Venue, screens: Screens) -> None:
    screen, stage = await screens.staged(venue.code)
    await screen.rests()
    stage.taken.clear()
    other = {**HELLO["session"], "id": 8, "event": "Other Run"}
    stage.hello = {**HELLO, "epoch": 3, "session": other}
    stage.say(read(1, runner(1)))
    await screen.shows("Runner 1")
    await stage.close(4104)
    await expect(screen.at("#event")).to_have_text("Other Run", timeout=WAIT_MS)
    await screen.rests()
    await expect(screen.at("#stale")).to_be_hidden()


async def test_race_clocks_go_on_only_where_the_rows_leave_room(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    guns = [{"location": f"Start {n}", "race": None, "guns": [HELLO["now"]]} for n in (1, 2, 3)]
    stage.say({**HELD, "starts": guns})
    for count in range(1, 6):
        who = RUNNERS[4] if count % 2 else RUNNERS[3]
        stage.say(read(count, {**who, "bib": str(count)}, tag=str(count)))
        await screen.reaches(count)
        for size in SIZES if count > 1 else ():
            await assert_fits(screen, size)
            last = (await rows(screen, size))[-1]
            below = await screen.at("#below").bounding_box()
            assert below is not None
            room = (below["y"] - last["bottom"]) / below["height"]
            assert room >= 0 if await screen.at("#below").is_visible() else room < 0.4, (count, size)
