"""What the blocks of a template say, asked of the module alone."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.pages.screens import read

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALL: Final = """async ([module, name, args]) => {
  const { [name]: called } = await import("/static/" + module);
  const made = called(...args);
  return made === undefined ? null : made;
}"""
FIELDS: Final = """async ([card, given]) => {
  const { initial } = await import("/static/display-core.js");
  const { fieldsOf, shortened } = await import("/static/template-words.js");
  const state = Object.assign(initial(0), { skews: [Date.parse("2024-05-04T08:00:00Z")], session: { name: "Sunday",
    event: { name: "Harbour Run" }, timezone: "Europe/Oslo" } }, given);
  const fields = fieldsOf(card, state, 0);
  return [fields, shortened(fields)];
}"""
CLOCK: Final = """async ([block, at, starts]) => {
  const { clockWords } = await import("/static/template-clock.js");
  const gun = text => ({ location: text[0], race: text[1], guns: [Date.parse(text[2])] });
  const given = { nowMs: Date.parse(at), timeZone: "Europe/Oslo", starts: starts.map(gun) };
  return clockWords(block, given, words => "<" + words + ">");
}"""
LIST: Final = """async ([reads, catchUp]) => {
  const { listOf } = await import("/static/template-words.js");
  return listOf({ reads, catchUp, offset: reads.length, display: null }).map(({ offset }) => offset);
}"""
ADA: Final = {"name": "Ada King Lovelace", "first_name": "Ada King", "last_name": "Lovelace", "bib": "101"}


async def ask(modules: Page, name: str, *args: Any, module: str = "template-words.js") -> Any:
    return await modules.evaluate(CALL, [module, name, list(args)])


async def fields_of(modules: Page, card: Any, **state: Any) -> tuple[dict[str, str], dict[str, str]]:
    fields, short = await modules.evaluate(FIELDS, [card, state])
    return fields, short


async def clock(modules: Page, now: str, *starts: tuple[str, str, str], **block: Any) -> str:
    whole = {"mode": "day", "at": "", "start": "", "seconds": True, "before": "", **block}
    said: str = await modules.evaluate(CLOCK, [whole, f"2024-05-04T{now}+02:00", starts])
    return said


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("Go {{first_name}}!", "Go Ada!"),
        ("{{ first_name }} {{last_name}}", "Ada Lovelace"),
        ("{{first_name}} {{city}}", "Ada"),
        ("{{city}}", ""),
        ("From {{city}}", ""),
        ("From {{city}}, {{country}}", ""),
        ("No field", "No field"),
        ("", ""),
        ("{{T-Shirt Size}}", "XL"),
        ("{{t-shirt size}}", "XL"),
        ("{{größe}}", "M"),
        ("{{constructor}}", ""),
        ("{{first_name}}\n{{city}}\nrun", "Ada\n\nrun"),
        ("{{}} {{ }} {{a{b}}", "{{}} {{ }} {{a{b}}"),
    ],
)
async def test_placeholders_are_filled(modules: Page, words: str, filled: str) -> None:
    fields = {"first_name": "Ada", "last_name": "Lovelace", "city": "", "T-Shirt Size": "XL", "größe": "M"}
    assert await ask(modules, "fill", words, fields) == filled


async def test_placeholders_are_found_once(modules: Page) -> None:
    assert await ask(modules, "placeholdersOf", "{{name}} {{ bib }} {{name}}") == ["name", "bib"]


async def test_fields_of_a_runner(modules: Page) -> None:
    card = read(1, {**ADA, "city": "London", "shirt": "M"}, message="Well run!", lap=2)
    gun = {"location": "Start", "race": "5K", "guns": [1714809590000]}
    fields, short = await fields_of(modules, card, starts=[gun])
    wanted = {
        "name": "Ada King Lovelace",
        "short_name": "A. Lovelace",
        "first_name": "Ada King",
        "last_name": "Lovelace",
    }
    wanted |= {
        "bib": "101",
        "tag": "4711",
        "city": "London",
        "shirt": "M",
        "message": "Well run!",
        "lap": "2",
    }
    wanted |= {"location": "Finish", "time": "10", "time_of_day": "10:00:00"}
    wanted |= {"event": "Harbour Run", "session": "Sunday"}
    assert fields | wanted | {"time": fields["time"]} == fields
    assert fields["time"] == "0:10"
    assert (short["name"], short["first_name"], short["last_name"]) == ("A. Lovelace", "A.", "Lovelace")


async def test_nobody_is_invented_for_an_unknown_tag(modules: Page) -> None:
    fields, short = await fields_of(modules, read(1))
    assert {fields["name"], fields["last_name"], fields["tag"]} == {"4711"} and fields["first_name"] == ""
    assert short == fields and fields["bib"] == ""


async def test_name_in_letters_of_east_asia_has_no_initial(modules: Page) -> None:
    who = {"name": "欧阳晓明", "first_name": "晓明", "last_name": "欧阳"}
    fields, short = await fields_of(modules, read(1, who))
    assert short["name"] == "欧阳晓明" and short == fields


async def test_while_nobody_is_shown_there_is_the_session(modules: Page) -> None:
    fields, _ = await fields_of(modules, None)
    assert fields == {"event": "Harbour Run", "session": "Sunday"}


@pytest.mark.parametrize(
    ("what", "locations", "counted"),
    [
        ("runners", [], "1204"),
        ("reads", [], "1300"),
        ("runners", ["finish"], "700"),
        ("reads", ["Finish", "10K"], "1300"),
        ("runners", ["Finish", "10K"], "1204"),
        ("runners", ["Nowhere"], "0"),
        ("roster", [], "12\u202f310"),
        ("left", ["Finish"], "11\u202f610"),
    ],
)
async def test_counts(modules: Page, what: str, locations: list[str], counted: str) -> None:
    each = (("", 1204, 1300), ("Finish", 700, 750), ("10K", 640, 640))
    counts = {
        "roster": 12_310,
        "counts": [{"location": name, "runners": runners, "reads": reads} for name, runners, reads in each],
    }
    assert await ask(modules, "countOf", {"what": what, "locations": locations}, counts) == counted
    assert await ask(modules, "countOf", {"what": what, "locations": locations}, None) == ""


async def test_message_is_the_hubs_else_the_reads_own_else_in_turn(modules: Page) -> None:
    block = {"kind": "message", "texts": ["One, {{first_name}}", "Two", "Three"], "every_s": 10}

    async def says(which: str, **data: Any) -> str:
        said = await ask(modules, "saysOf", block, which, {"fields": {"first_name": "Ada"}, **data})
        return str(said["words"])

    assert await says("active", fields={"message": "From the hub"}, offset=4) == "From the hub"
    assert [await says("active", offset=offset) for offset in (3, 4, 6)] == ["One, Ada", "Two", "One, Ada"]
    assert [await says("resting", nowMs=ms) for ms in (9_999, 10_000, 20_000)] == ["One, Ada", "Two", "Three"]
    assert await ask(modules, "saysOf", {**block, "texts": []}, "active", {}) == {"words": "", "short": ""}


async def test_rows_of_a_list(modules: Page) -> None:
    rows = [{"bib": str(number), "location": "Finish" if number % 2 else "10K"} for number in range(9)]

    async def bibs(**given: Any) -> str:
        block = {"rows": 3, "skip": 0, "newest": "top", "locations": [], **given}
        return " ".join(row["bib"] for row in await ask(modules, "rowsOf", block, rows))

    assert await bibs() == "0 1 2"
    assert await bibs(skip=1, newest="bottom") == "3 2 1"
    assert await bibs(locations=["FINISH"]) == "1 3 5"


async def test_list_has_each_runner_once_a_location_and_waits_while_the_screen_catches_up(
    modules: Page,
) -> None:
    reads = [
        read(1, tag="1"),
        read(2, tag="2"),
        read(3, tag="1"),
        read(4, tag="1", location="10K"),
        read(5, tag="3"),
    ]
    assert await modules.evaluate(LIST, [reads, None]) == [5, 4, 3, 2]
    assert await modules.evaluate(LIST, [reads, {"from": 2}]) == [2, 1]


@pytest.mark.parametrize(
    ("when", "known", "which", "shown"),
    [
        ("always", False, "active", True),
        ("known", True, "active", True),
        ("known", False, "active", False),
        ("unknown", True, "active", False),
        ("unknown", False, "active", True),
        ("unknown", True, "resting", True),
    ],
)
async def test_who_a_block_is_for(modules: Page, when: str, known: bool, which: str, shown: bool) -> None:
    block = {"when": when, "hidden": False}
    assert await ask(modules, "isShown", block, which, known) is shown
    assert await ask(modules, "isShown", {**block, "hidden": True}, which, known) is False


async def test_clock_of_the_day_is_of_the_sessions_zone(modules: Page) -> None:
    assert await clock(modules, "09:05:07") == "09:05:07"
    assert await clock(modules, "09:05:07", seconds=False) == "09:05"
    assert await clock(modules, "unknown") == ""


async def test_race_clock(modules: Page) -> None:
    half, five = (
        ("START HM", "Half", "2024-05-04T09:00:00+02:00"),
        ("START 5K", "5K", "2024-05-04T10:00:00+02:00"),
    )
    race = {"mode": "race", "before": "Soon"}
    assert await clock(modules, "08:59:59", half, five, **race) == "<Soon>"
    assert await clock(modules, "09:59:59.5", half, five, **race) == "0:59:59"
    assert await clock(modules, "10:00:01", half, five, **race) == "0:00:01"
    assert await clock(modules, "10:00:01", half, five, **race, start="start hm") == "1:00:01"
    assert await clock(modules, "10:01:01", half, five, **race, start="5k", seconds=False) == "0:01"


async def test_countdown_goes_over_into_the_race_clock(modules: Page) -> None:
    count = {"mode": "countdown", "at": "10:00", "before": "Soon"}
    assert await clock(modules, "08:59:59.500", **count) == "1:00:01"
    assert await clock(modules, "09:59:59", **count) == "0:00:01"
    assert await clock(modules, "10:00:05", **count) == "0:00:05"
    assert await clock(modules, "10:01:05", ("S", "5K", "2024-05-04T10:01:00+02:00"), **count) == "0:00:05"
    early, other = ("S", "5K", "2024-05-04T09:58:00+02:00"), ("HM", "HM", "2024-05-04T09:00:00+02:00")
    assert await clock(modules, "09:59:00", early, **count) == "0:01:00"
    assert await clock(modules, "09:59:00", other, **count) == "0:01:00"
    assert await clock(modules, "09:59:30", other, **count) == "0:00:30"
    assert await clock(modules, "09:59:30", other, **{**count, "at": "", "start": "S"}) == "<Soon>"
