"""A session on the air for two audiences, without sockets and stores."""

import asyncio
import json

from msgspec.structs import replace

from hub.model import Participant, SessionRow
from hub.roster import Roster
from hub.tail import TAIL_READS_MAX
from hub.web.live import CORRECTED_AT_ONCE
from hub.web.on_air import follows, resting
from hub.web.turns import Turns
from tests.web.test_live import DISPLAY, Air, offsets, read, taken

CHILD = Participant(1, "7", ("T2",), "Ann", "Lee", age="9", city="Ghent", notes="Twin")
GROWN = Participant(2, "8", ("T3",), "Bo", "Ek", age="40")


def test_whether_they_are_the_next() -> None:
    assert follows(3, [read(4), read(5)])
    assert not follows(3, [read(5)])
    assert not follows(3, [read(4), read(6)])


def test_there_is_nothing_to_show() -> None:
    nothing = resting(Turns())
    assert (nothing.topic.offset, nothing.recent(), nothing.staff) == (0, b"", False)


def rule(air: Air, under: int) -> SessionRow:
    return replace(air.session().row, minors_under=under, minors_privacy="initials")


async def test_two_audiences_and_the_same_bytes_where_nothing_is_private() -> None:
    air = Air()
    air.session().roster = Roster([CHILD, GROWN])
    air.hub.change_session(air.session(), rule(air, 18))
    _, screen = air.join()
    _, people = air.watch()
    await taken(screen), await taken(people)
    air.durable(3)
    await asyncio.sleep(0)
    told, told_people = (each.topic.recent(3) for each in air.live._on_air.values())
    assert [one is other for one, other in zip(told, told_people, strict=True)] == [True, False, True]
    assert screen.take() == b"\n".join(told) and people.take() == b"\n".join(told_people)
    assert json.loads(told[1])["runner"]["name"] == "A. L."
    assert (
        json.loads(told_people[1])["runner"] | {"name": "Ann Lee", "notes": "Twin", "privacy": "initials"}
        == (json.loads(told_people[1])["runner"])
    )
    hello, _ = air.join()
    hello_people, _ = air.watch()
    assert hello["recent"] == list(map(json.loads, told))
    assert hello_people["recent"] == list(map(json.loads, told_people))


async def test_each_audience_resumes_what_is_its_own() -> None:
    air = Air()
    air.session().roster = Roster([replace(CHILD, privacy="bib", tags=("T2", "T700"))])
    air.durable(900)
    for come in (air.join, air.watch):
        hello, back = come(resume=(1, 1, 1))
        assert hello["recovered"]
        seen = [each for each in await taken(back) if "runner" in each]
        names = [each["runner"]["name"] for each in seen]
        assert (offsets(seen), names) == ([2, 700], ["", ""] if come == air.join else ["Ann Lee"] * 2)


async def test_another_rule_for_minors_corrects_everybody_at_once() -> None:
    air = Air()
    air.session().roster = Roster([CHILD, GROWN])
    air.durable(3)
    _, screen = air.join()
    _, people = air.watch()
    await taken(screen), await taken(people)
    air.live.new_rule(air.session(), rule(air, 18))
    (told,), (told_people,) = await taken(screen), await taken(people)
    assert (told["offset"], told["runner"]["name"], told["runner"]["city"]) == (2, "A. L.", "")
    assert (told_people["runner"]["name"], told_people["runner"]["privacy"]) == ("Ann Lee", "initials")
    air.live.new_rule(air.session(), rule(air, 41))
    assert (offsets(await taken(screen)), offsets(await taken(people))) == ([3], [3])
    air.live.new_rule(air.session(), rule(air, 0))
    assert [each["runner"]["name"] for each in await taken(screen)] == ["Ann Lee", "Bo Ek"]
    hello, _ = air.join()
    assert "Ghent" in json.dumps(hello)


async def test_official_results_are_for_the_mode_that_shows_them() -> None:
    air = Air()
    air.session().roster = Roster([CHILD, GROWN])
    air.durable(3)
    _, screen = air.join()
    await taken(screen)
    results = {"7": {"finish_time": "0:39:59", "overall_rank": "3", "city": "Ghent", "other": "x"}}
    air.live.new_results(air.session(), results)
    assert await taken(screen) == []
    air.live.new_rule(air.session(), replace(rule(air, 18), mode="results"))
    (told,) = await taken(screen)
    runner = told["runner"]
    assert (runner["finish_time"], runner["overall_rank"], runner["city"]) == ("0:39:59", "3", "")
    assert "other" not in runner
    air.live.new_results(air.session(), results | {"8": {"finish_time": "0:41:00"}})
    (late,) = await taken(screen)
    assert (late["offset"], late["runner"]["finish_time"]) == (3, "0:41:00")
    air.live.new_results(air.session(), {"8": {"finish_time": "0:41:00"}})
    (gone,) = await taken(screen)
    assert gone["offset"] == 2 and "finish_time" not in gone["runner"]


async def test_many_corrections_are_told_the_newest_first_a_few_at_a_time() -> None:
    air = Air()
    air.durable(2 * CORRECTED_AT_ONCE + 10)
    _, screen = air.join()
    await taken(screen)
    tags = tuple(f"T{each}" for each in range(1, 2 * CORRECTED_AT_ONCE + 11))
    air.live.new_roster(air.session(), Roster([replace(GROWN, tags=tags)]))
    told = [json.loads(line) for frame in iter(screen.take, None) for line in frame.split(b"\n")]
    assert offsets(told) == list(range(CORRECTED_AT_ONCE + 11, 2 * CORRECTED_AT_ONCE + 11))
    rest = [*await taken(screen), *await taken(screen)]
    assert offsets(rest) == [*range(11, CORRECTED_AT_ONCE + 11), *range(1, 11)]


async def test_a_card_that_is_pinned_is_told_anew() -> None:
    air = Air()
    air.durable(3)
    control = {"session": 1, "pin": {"offset": 2}}
    air.hub.displays = {DISPLAY.code: replace(DISPLAY, control=control)}
    _, screen = air.join()
    await taken(screen)
    air.live.new_roster(air.session(), Roster([replace(CHILD, privacy="bib")]))
    correction, settings = await taken(screen)
    assert (correction["type"], settings["type"]) == ("correction", "settings")
    assert settings["display"]["pinned"]["runner"] == correction["runner"]
    assert correction["runner"]["name"] == ""
    air.live.new_roster(air.session(), Roster([GROWN, *air.session().roster.everybody()]))
    assert [each["type"] for each in await taken(screen)] == ["correction"], "of somebody else"


async def test_a_card_stays_pinned_and_is_known_better_when_it_is_long_ago() -> None:
    air = Air()
    air.durable(3)
    air.hub.displays = {DISPLAY.code: replace(DISPLAY, control={"session": 1, "pin": {"offset": 2}})}
    _, screen = air.join()
    air.live.new_settings(DISPLAY.code)
    air.durable(TAIL_READS_MAX + 10)
    await taken(screen)
    assert air.session().tail.find(2) is None
    air.live.new_roster(air.session(), Roster([CHILD]))
    (settings,) = await taken(screen)
    assert settings["display"]["pinned"]["runner"]["name"] == "Ann Lee"
