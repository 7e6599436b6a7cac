"""What the clocks say: since the gun of a runner's wave, of a race, and the time of day."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.pages.screens import HELLO, read
from tests.pages.test_core import hello

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAY: Final = """async ([hello, messages, now]) => {
  const core = await import("/static/display-core.js");
  const { cardTexts, view } = await import("/static/display-view.js");
  let state = core.reduce(core.initial(0), hello, 0);
  for (const message of messages) state = core.reduce(state, message, 0);
  const seen = view(state, now);
  return { clock: seen.clock, clocks: seen.clocks.map(({ label, time }) => [label, time]), test: seen.test,
    cards: seen.cards.map(card => cardTexts(card, state, now)) };
}"""
TEXTS: Final = """async times => {
  const { timeText } = await import("/static/display-view.js");
  return times.map(([ms, least]) => timeText(ms, least));
}"""
STARTS: Final = [
    {
        "location": "START HM",
        "race": "Half Marathon",
        "guns": ["2024-05-04T09:00:00.000+02:00", "2024-05-04T09:10:00.250+02:00"],
    },
    {"location": "START 5K", "race": "5K", "guns": ["2024-05-04T09:40:00.500+02:00"]},
]
AT_TEN: Final = "2024-05-04T10:00:00.000+02:00"


async def say(modules: Page, *messages: Any, now: int = 0, **fields: Any) -> dict[str, Any]:
    """At ten o'clock, `now` ms later."""
    said = {"starts": STARTS, **fields}
    found: dict[str, Any] = await modules.evaluate(SAY, [hello(0, **said)[1], list(messages), now])
    return found


async def card(modules: Page, who: dict[str, str] | None, **fields: Any) -> tuple[str, str]:
    """Time since the gun, and what stands on top."""
    said = {key: fields.pop(key) for key in ("starts", "session") if key in fields}
    found = await say(modules, read(1, who, **fields), **said)
    return found["cards"][0]["time"], found["cards"][0]["when"]


@pytest.mark.parametrize(
    ("who", "time"),
    [
        ({"race_name": "5k"}, "19:59"),
        ({"race_name": " Half marathon "}, "1:00:00"),
        ({"race_name": "Half Marathon", "wave": "1"}, "1:00:00"),
        ({"race_name": "Half Marathon", "wave": "2"}, "49:59"),
        ({"race_name": "Half Marathon", "wave": "Wave 2"}, "49:59"),
        ({"race_name": "Half Marathon", "wave": "3"}, "1:00:00"),
        ({"race_name": "Half Marathon", "wave": "0"}, "1:00:00"),
        ({"race_name": "Half Marathon", "wave": "elite"}, "1:00:00"),
        ({"race_name": "10K"}, ""),
        ({}, ""),
    ],
)
async def test_since_the_gun_of_the_wave(modules: Page, who: dict[str, str], time: str) -> None:
    when = who.get("race_name", "").strip() if time else "10:00:00"
    assert await card(modules, {"name": "Ada", **who}) == (time, when)


async def test_only_start_needs_no_name(modules: Page) -> None:
    alone = {"starts": [{**STARTS[1], "race": None}]}
    assert (await card(modules, {"name": "Ada"}, **alone))[0] == "19:59"
    assert (await card(modules, {"name": "Ada", "race_name": "Fun run"}, **alone))[0] == "19:59"


async def test_only_start_so_far_of_several_is_not_everybodys(modules: Page) -> None:
    races = [{"name": "5K", "start_location": "START 5K"}, {"name": "10K", "start_location": "START 10K"}]
    early = {"starts": [STARTS[1]], "session": {**HELLO["session"], "races": races}}
    assert (await card(modules, {"name": "Ada", "race_name": "10K"}, **early))[0] == ""
    assert (await card(modules, {"name": "Ada", "race_name": "5K"}, **early))[0] == "19:59"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"location": "start 5k"}, id="at the start"),
        pytest.param({"time": "2024-05-04T09:40:00.400+02:00"}, id="before the gun"),
        pytest.param({"time": "2024-05-05T09:40:00.501+02:00"}, id="a day later"),
        pytest.param({"time": "never"}, id="no time"),
    ],
)
async def test_where_it_says_nothing_there_is_none(modules: Page, fields: dict[str, str]) -> None:
    assert (await card(modules, {"name": "Ada", "race_name": "5K"}, **fields))[0] == ""


async def test_unknown_tag_has_the_time_of_day(modules: Page) -> None:
    assert await card(modules, None, starts=[STARTS[1]]) == ("", "10:00:00")


async def test_race_clocks_count_from_the_first_gun(modules: Page) -> None:
    found = await say(modules, now=499)
    assert found["clocks"] == [["Half Marathon", "1:00:00"], ["5K", "0:19:59"]]
    assert (await say(modules, now=500))["clocks"][1] == ["5K", "0:20:00"]


async def test_three_newest_clocks_and_none_of_another_day(modules: Page) -> None:
    guns = ["2024-05-03T07:59:59Z", "2024-05-04T05:00:00Z", "2024-05-04T06:00:00Z", "2024-05-04T07:00:00Z"]
    guns += ["2024-05-04T07:30:00Z", "2024-05-04T08:00:00.300Z", "2024-05-04T09:00:00Z"]
    starts = [{"location": f"S{n}", "race": None, "guns": [gun]} for n, gun in enumerate(guns)]
    found = await say(modules, starts=starts[::-1])
    assert found["clocks"] == [["S3", "1:00:00"], ["S4", "0:30:00"], ["S5", "0:00:00"]]
    assert (await say(modules, starts=starts[:1]))["clocks"] == []


async def test_starts_that_change_replace_all(modules: Page) -> None:
    found = await say(modules, {"type": "starts", "starts": STARTS[1:]})
    assert [label for label, _ in found["clocks"]] == ["5K"]


async def test_gun_counts_and_names_race_and_wave(modules: Page) -> None:
    def gun(**fields: Any) -> dict[str, Any]:
        return read(1, kind="gun", tag="", location="Start HM", time=AT_TEN, **fields)

    known = [{**STARTS[0], "guns": [STARTS[0]["guns"][0], AT_TEN]}]
    texts = (await say(modules, gun(), now=3999, starts=known))["cards"][0]
    assert (texts["name"], texts["time"], texts["when"]) == (
        "Half Marathon, wave 2",
        "0:00:03",
        "10:00:00",
    )
    planned: dict[str, Any] = {
        "starts": [],
        "session": {
            **HELLO["session"],
            "races": [{"name": "Half Marathon", "start_location": "START HM"}],
        },
    }
    texts = (await say(modules, gun(), **planned))["cards"][0]
    assert (texts["name"], texts["location"], texts["time"]) == ("Half Marathon", "Start HM", "0:00:00")
    texts = (await say(modules, gun(), starts=[]))["cards"][0]
    assert (texts["name"], texts["location"]) == ("Start HM", "")


async def test_rehearsal_is_marked_on_every_frame(modules: Page) -> None:
    rehearsal: dict[str, Any] = {"session": {**HELLO["session"], "test": True}}
    assert (await say(modules))["test"] == ""
    assert (await say(modules, **rehearsal))["test"] == "TEST"
    assert (await say(modules, read(1), **rehearsal))["test"] == "TEST"
    assert (await say(modules, read(1, marks=["test"]), read(2, tag="2")))["test"] == "TEST"


async def test_tag_check_says_so_and_no_times(modules: Page) -> None:
    check: dict[str, Any] = {"session": {**HELLO["session"], "test": True, "mode": "pre_race"}}
    assert (await say(modules, **check))["test"] == "Tag check"
    who = {"name": "Ada", "race_name": "5K", "finish_time": "18:00"}
    assert await card(modules, who, **check) == ("", "10:00:00")


@pytest.mark.parametrize(
    ("result", "place"),
    [
        ({"overall_rank": "3", "division_rank": "1"}, "3rd overall, 1st in F40"),
        ({"overall_rank": "112"}, "112th overall"),
        ({"overall_rank": "021", "division": ""}, "21st overall"),
        ({"overall_rank": "42", "division_rank": "13"}, "42nd overall, 13th in F40"),
        ({"overall_rank": "DNF"}, "DNF"),
        ({}, "F40"),
    ],
)
async def test_results_say_time_and_place(modules: Page, result: dict[str, str], place: str) -> None:
    results: dict[str, Any] = {"session": {**HELLO["session"], "mode": "results"}}
    who = {"name": "Ada", "race_name": "5K", "division": "F40", "finish_time": "19:30", **result}
    texts = (await say(modules, read(1, who), **results))["cards"][0]
    assert (texts["time"], texts["when"], texts["division"]) == ("19:30", "5K", place)
    without = {"name": "Ada", "race_name": "5K", "division": "F40", "overall_rank": "3"}
    texts = (await say(modules, read(1, without), **results))["cards"][0]
    assert (texts["time"], texts["division"]) == ("19:59", "F40"), "what is known until there is a result"


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Nowhere/Land", None])
async def test_time_of_day_is_the_sessions_or_else_the_screens(modules: Page, zone: str | None) -> None:
    found = await say(modules, session={**HELLO["session"], "timezone": zone})
    here = await modules.evaluate("() => new Date('2024-05-04T08:00:00Z').toTimeString().slice(0, 8)")
    assert found["clock"] == ("10:00:00" if zone == "Europe/Oslo" else here)


async def test_times_as_text(modules: Page) -> None:
    asked: list[list[Any]] = [[0, "0:00"], [59_999, "0:00"], [545_000, "0:00"], [3_600_000, "0:00"]]
    asked += [
        [36_000_000, "0:00:00"],
        [5000, "0:00:00"],
        [-5, "0:00:00"],
        [20_000, "00:00"],
        [86_399_000, "00:00"],
    ]
    assert await modules.evaluate(TEXTS, asked) == [
        "0:00",
        "0:59",
        "9:05",
        "1:00:00",
        "10:00:00",
        "0:00:05",
        "0:00:00",
        "00:20",
        "23:59:59",
    ]
