"""What an announcer's page makes of what it is told: pure modules in the browser, without a page."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

from hub.marks import called
from hub.model import Participant
from hub.roster import normal
from tests.pages.announcing import HARRIERS, RUNNERS, calm, crossing, hello

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAY: Final = """async messages => {
  const { reduce, nothing, missing, filled } = await import("/static/announce-held.js");
  let held = nothing();
  for (const message of messages) held = message.fill ? filled(held, message.fill) : reduce(held, message, 0);
  const { offset, reads, marks, calls, messages: said, emergency } = held;
  const nameOf = read => (read.runner ? read.runner.name : "");
  return { offset, reads: reads.map(read => read.offset), names: reads.map(nameOf),
    marks: Object.keys(marks), calls: Object.keys(calls).map(Number),
    said: said.length, emergency, missing: missing(held) };
}"""
FLOOD: Final = """async ([times, now]) => (await import("/static/announce-flow.js")).isFlood(times, now)"""
HERO: Final = """async ([arrivals, chosen, shown, now]) =>
  (await import("/static/announce-flow.js")).heroFor(arrivals, chosen, shown, now)"""
WORDS: Final = """async ([reads, place]) => {
  const words = await import("/static/announce-words.js");
  const shown = words.arrivals(reads, place).map(words.arrivalOf), groups = words.together(shown);
  return { shown, places: words.places(reads),
    groups: Object.fromEntries(Object.entries(groups).map(([offset, group]) => [offset, words.groupWords(group)])) };
}"""
QUEUE: Final = """async ([script, kept]) => {
  const { makeQueue } = await import("/static/announce-queue.js");
  const held = new Map(Object.entries(kept)), heard = [], sent = [];
  const store = { get length() { return held.size; }, key: i => [...held.keys()][i],
    getItem: key => held.get(key),
    setItem: (key, value) => held.set(key, value), removeItem: key => held.delete(key) };
  let status = 200;
  const send = async entry => {
    sent.push(entry);
    if (status !== 200) throw Object.assign(new Error("no"), { status, again: status === 503 || status === 0 });
    return {};
  };
  const queue = makeQueue({ store, prefix: "a 4 ", send,
    done: entry => heard.push("done " + (entry.who || entry.offset)),
    refused: (entry, { status: why }) => heard.push("refused " + why), changed() {} });
  for (const step of script) {
    if (typeof step === "number") status = step;
    else if (step === "flush") queue.flush();
    else if (step.forget) queue.forget(step.forget);
    else queue.put(step);
    await new Promise(done => setTimeout(done));
  }
  return { heard, sent: sent.map(({ stamp, ...entry }) => entry), kept: [...held.keys()], size: queue.size };
}"""


async def play(modules: Page, *messages: dict[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = await modules.evaluate(PLAY, list(messages))
    return held


def reads(*offsets: int) -> list[dict[str, Any]]:
    return [crossing(offset, 10, RUNNERS[0]) | {"offset": offset} for offset in offsets]


async def test_a_hello_replaces_what_it_covers_and_leaves_what_lies_before(modules: Page) -> None:
    first = hello(reads(*range(1, 201)), offset=200)
    held = await play(modules, first, *reads(201, 203))
    assert (held["offset"], len(held["reads"])) == (203, 202)
    again = hello(reads(*range(5, 202)), offset=204)
    held = await play(modules, first, *reads(201, 203), again)
    assert held["reads"] == list(range(1, 202)) and held["offset"] == 204
    other = hello(reads(1, 2), offset=2) | {"epoch": 2}
    assert (await play(modules, first, other))["reads"] == [1, 2]


async def test_what_a_hello_does_not_bring_is_asked_for_once(modules: Page) -> None:
    late = hello(reads(*range(801, 1001)), offset=1000)
    held = await play(modules, late)
    assert held["missing"] == {"after": 500, "before": 801}
    held = await play(modules, late, {"fill": reads(*range(501, 801), 900)})
    assert held["missing"] is None and held["reads"] == list(range(501, 1001))
    gap = hello(reads(*range(2801, 3001)), offset=3000)
    assert (await play(modules, late, gap))["reads"][0] == 2801
    assert (await play(modules, hello(reads(1, 2), offset=2)))["missing"] is None
    assert (await play(modules, hello([], offset=0)))["missing"] is None


async def test_reads_are_corrected_and_taken_back_and_never_too_many(modules: Page) -> None:
    named = {"type": "correction", "offset": 2, "runner": {"name": "Ada", "bib": "1"}}
    held = await play(modules, hello(reads(1, 2), offset=2), named, {"type": "retract", "offset": 1})
    assert (held["reads"], held["names"]) == ([2], ["Ada"])
    held = await play(modules, hello(reads(1), offset=1), *reads(*range(2, 700), 3))
    assert len(held["reads"]) == 500 and held["reads"][-1] == 699


async def test_marks_and_calls_come_and_go(modules: Page) -> None:
    star = {"who": "bib:18", "starred": True, "note": ""}
    start = hello(reads(1), offset=1, marks=[star], calls=[{"offset": 1, "said_by": "Bo"}])
    held = await play(modules, start, {"type": "message", "kind": "emergency", "text": "Storm"})
    assert (held["marks"], held["calls"], held["emergency"]) == (["bib:18"], [1], "Storm")
    gone: list[dict[str, Any]] = [
        {"type": "marks", "marks": [star | {"starred": False}, star | {"who": "tag:a", "note": "x"}]},
        {"type": "calls", "calls": [{"offset": 1, "said": None}, {"offset": 7, "said_by": "Bo"}]},
        {"type": "messages", "messages": [{"id": 1, "text": "x", "audience": "crew"}]},
    ]
    held = await play(modules, start, *gone)
    assert (held["marks"], held["calls"], held["said"]) == (["tag:a"], [7], 1)


@pytest.mark.parametrize(
    ("bib", "tag"), [("017", "x"), ("", " 0aBC"), ("0", "1"), ("STRASSE ß", ""), ("", "00 12")]
)
async def test_a_runner_is_called_as_the_hub_calls_it(modules: Page, bib: str, tag: str) -> None:
    ask = "async read => (await import('/static/announce-words.js')).whoOf(read)"
    who = await modules.evaluate(ask, {"bib": bib, "tag": tag, "runner": {"bib": bib}})
    assert who == called(Participant(id=1, bib=bib), tag)
    assert who.partition(":")[2] == normal(bib or tag)


async def test_it_floods_at_once_and_calms_down_late(modules: Page) -> None:
    burst = [index * 1000 for index in range(8)]
    assert not await modules.evaluate(FLOOD, [burst[:7], 7000])
    assert await modules.evaluate(FLOOD, [burst, 7000])
    assert await modules.evaluate(FLOOD, [burst, 7000 + 14_900])
    assert not await modules.evaluate(FLOOD, [burst, 7000 + 15_100])
    assert not await modules.evaluate(FLOOD, [[index * 2000 for index in range(60)], 120_000])


async def test_the_newest_is_large_but_not_before_the_last_had_its_time(modules: Page) -> None:
    def arrivals(*offsets: int, late: int = 0) -> list[dict[str, Any]]:
        return [{"offset": offset, "late": offset == late, "gun": False} for offset in offsets]

    async def hero(*given: Any) -> Any:
        return await modules.evaluate(HERO, list(given))

    assert await hero([], None, None, 0) is None
    assert await hero(arrivals(2, 1), None, None, 0) == {"offset": 2, "since": 0}
    shown = {"offset": 2, "since": 0}
    assert await hero(arrivals(3, 2), None, shown, 1000) == shown
    assert await hero(arrivals(3, 2), None, shown, 2500) == {"offset": 3, "since": 2500}
    assert await hero(arrivals(3), None, shown, 1000) == {"offset": 3, "since": 1000}
    assert await hero(arrivals(3, 2, 1), 1, shown, 9000) == {"offset": 1, "since": 9000}
    assert await hero(arrivals(3, 2, late=3), None, shown, 9000) == shown


async def test_what_is_read_of_an_arrival(modules: Page) -> None:
    seen = await modules.evaluate(WORDS, [calm(), ""])
    first, *_, late, gun = seen["shown"]
    assert (first["name"], first["spoken"], first["bib"], first["who"]) == (
        "Nguyễn Thị Hương", "nwin tee hoong", "18", "bib:18",
    )  # fmt: skip
    assert first["facts"] == ["Huế, VNM", "age 29", "F25-29", "10K"] and first["time"] == "11:29:54"
    assert late["marks"] == ["late"] and late["late"] and gun["name"] == "Start"
    unknown = next(each for each in seen["shown"] if not each["known"])
    assert (unknown["name"], unknown["who"]) == ("Unknown tag 4000917", "tag:4000917")
    assert seen["places"] == ["10 KM", "START 10K"]
    assert set(seen["groups"].values()) == {f"3 of {HARRIERS}"} and len(seen["groups"]) == 3
    assert [each["name"] for each in (await modules.evaluate(WORDS, [calm(), "start 10k"]))["shown"]] == [
        "Start"
    ]


async def test_the_same_arrival_twice_is_one_and_a_lap_is_another(modules: Page) -> None:
    def seen(number: int, age_s: float, **more: Any) -> dict[str, Any]:
        return crossing(number, age_s, RUNNERS[0], tag="7", **more)

    twice = [seen(1, 400), seen(2, 395), seen(3, 40, lap=2), seen(4, 39, marks=["repeat"])]
    twice.append(seen(5, 5, marks=["hidden"]))
    shown = (await modules.evaluate(WORDS, [twice, ""]))["shown"]
    assert [each["place"] for each in shown] == ["10 KM, lap 2", "10 KM"]


async def test_a_family_is_a_group_and_a_city_is_none(modules: Page) -> None:
    mother, child = RUNNERS[1], RUNNERS[1] | {"bib": "9", "name": "Per Solberg", "first_name": "Per"}
    other = RUNNERS[9] | {"city": "Bergen"}
    near = [crossing(number, 20 - number, who) for number, who in enumerate((mother, child, other))]
    assert set((await modules.evaluate(WORDS, [near, ""]))["groups"].values()) == {"2 of Solberg"}
    far = [crossing(number, 100 - number * 30, who) for number, who in enumerate((mother, child))]
    assert (await modules.evaluate(WORDS, [far, ""]))["groups"] == {}


CALL: Final = {"kind": "call", "offset": 7, "epoch": 1, "said": True}


async def test_what_cannot_be_sent_is_kept_and_sent_later(modules: Page) -> None:
    away = await modules.evaluate(QUEUE, [[503, CALL, {"kind": "mark", "who": "bib:1", "starred": True}], {}])
    assert away["heard"] == [] and len(away["kept"]) == away["size"] == 2
    entry = '{"kind":"call","offset":7,"epoch":1,"said":true,"stamp":5}'
    back = await modules.evaluate(QUEUE, [["flush"], {"a 4 call 7": entry, "a 4 mark bib:1": "{", "b": "x"}])
    assert (back["heard"], back["kept"], back["sent"]) == (["done 7"], ["a 4 mark bib:1", "b"], [CALL])


async def test_only_the_last_word_of_a_runner_is_sent(modules: Page) -> None:
    star, note = (
        {"kind": "mark", "who": "bib:1", "starred": True},
        {"kind": "mark", "who": "bib:1", "note": "x"},
    )
    done = await modules.evaluate(QUEUE, [[0, star, note, CALL, CALL | {"said": False}, 200, "flush"], {}])
    assert done["sent"][-2:] == [star | note, CALL | {"said": False}]
    assert done["size"] == 0 and done["kept"] == []


async def test_what_the_hub_refuses_is_said_and_given_up(modules: Page) -> None:
    done = await modules.evaluate(QUEUE, [[404, CALL, {"kind": "mark", "who": "bib:1", "note": "x"}], {}])
    assert done["heard"] == ["refused 404", "refused 404"] and done["size"] == 0
    crowded = await modules.evaluate(QUEUE, [[429, CALL], {}])
    assert crowded["heard"] == [] and crowded["size"] == 1
    other = await modules.evaluate(QUEUE, [[503, CALL, {"forget": 2}], {}])
    assert other["size"] == 0


AWAKE: Final = """async kind => {
  const { stayAwake } = await import("/static/announce-look.js");
  const lock = new EventTarget(), heard = [];
  const request = async () => { if (kind === "refused") throw new Error("battery"); return lock; };
  const value = kind === "none" ? undefined : { request };
  Object.defineProperty(navigator, "wakeLock", { value, configurable: true });
  stayAwake(words => heard.push(words));
  await new Promise(done => setTimeout(done));
  lock.dispatchEvent(new Event("release"));
  delete navigator.wakeLock;
  return heard;
}"""


async def test_it_is_said_whether_the_screen_stays_awake(modules: Page) -> None:
    taken, released = await modules.evaluate(AWAKE, "taken")
    assert "stays awake" in taken and "may go to sleep" in released
    assert "battery" in (await modules.evaluate(AWAKE, "refused"))[0]
    assert "plain http" in (await modules.evaluate(AWAKE, "none"))[0]


@pytest.mark.parametrize(
    ("basis", "how"), [("own pace and others", ""), ("own pace", " (own pace)"), ("others", " (others)")]
)
async def test_by_what_somebody_is_expected_is_said_where_it_is_less_sure(
    modules: Page, basis: str, how: str
) -> None:
    nearly = "import('/static/announce-story.js').then(each => each.nextOf(expected))"
    expected = {
        "location": "FINISH",
        "time": "2026-05-16T11:52:10+02:00",
        "from": "2026-05-16T11:51:30+02:00",
        "to": "2026-05-16T11:52:50+02:00",
        "basis": basis,
    }
    words = "Expected at FINISH at 11:52, give or take 40 s" + how
    assert await modules.evaluate(f"expected => {nearly}", expected) == words
