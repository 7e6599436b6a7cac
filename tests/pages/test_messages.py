"""Messages as they are seen: on all screens at once, beside the runners and never over one, the same for who was away;
and how somebody says them."""

import re
from typing import Any, Final

import aiohttp
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from hub.encode import iso
from hub.messages import PINNED, ROTATING, Message, Messages
from tests.drawn import template
from tests.pages.screens import HELLO, PHONE, SOON_MS, WAIT_MS, Screen, Screens, Stage, read
from tests.pages.venue import Venue
from tests.pages.working import REFUSED

pytestmark = pytest.mark.asyncio(loop_scope="session")

AWARDS: Final = "Awards for the 10K at 11:30 beside the clock tower"
LONG: Final = " ".join(["The finish of the half marathon closes at one, buses bring everybody back."] * 3)[
    :200
]
ADA: Final = {"name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace", "bib": "101"}
START: Final = {"location": "Start", "race": "10K", "guns": ["2024-05-04T07:30:00+00:00"]}
WALLS: Final = (
    ViewportSize(width=1920, height=1080),
    ViewportSize(width=1080, height=1920),
    ViewportSize(width=1366, height=768),
    PHONE,
)
UP: Final = """async ([told, instants]) => {
  const { linesOf, upAt } = await import("/static/display-messages.js");
  return instants.map(each => upAt(linesOf(told), each));
}"""
HELD: Final = """async steps => {
  const { initial, reduce } = await import("/static/display-core.js");
  const { view } = await import("/static/display-view.js");
  let state = initial(0);
  return steps.map(message => {
    state = reduce(state, message, 0);
    const { lines, cards } = view(state, 0);
    return [lines.pinned, lines.rotating, cards.map(card => card.message || "")];
  });
}"""
SAYS: Final = """async ([block, which, data]) => {
  const { fieldsOf, saysOf } = await import("/static/template-words.js");
  const { initial } = await import("/static/display-core.js");
  const fields = fieldsOf(data.card || null, initial(0), 0);
  return saysOf({ kind: "message", texts: [], every_s: 10, ...block }, which, { ...data, fields }).words;
}"""
MEASURE: Final = """() => {
  const unit = Math.min(innerWidth, innerHeight) / 1080, landscape = innerWidth > innerHeight;
  const strip = document.getElementById("line").getBoundingClientRect();
  const scene = [...document.querySelectorAll("main .scene")].find(each => getComputedStyle(each).display !== "none");
  const seen = [...scene.querySelectorAll("p, h1, li")].filter(each => each.checkVisibility() && each.textContent);
  const boxes = seen.map(each => each.getBoundingClientRect()).filter(box => box.height);
  const lowest = Math.max(...boxes.map(box => box.bottom));
  const list = document.getElementById("line-words"), foot = document.querySelector("footer").getBoundingClientRect();
  return {
    size: parseFloat(getComputedStyle(list).fontSize) / Math.min(unit, (landscape ? innerWidth : innerHeight) / 1440),
    clear: lowest <= strip.top + 1, above: strip.bottom <= foot.top + 1,
    whole: list.scrollWidth <= list.clientWidth && list.offsetHeight <= strip.height,
  };
}"""


def told(*texts: str, kind: str = PINNED, every_s: int = 10) -> dict[str, Any]:
    """A `messages` of the hub."""
    lines = [
        {"id": number, "kind": kind, "text": text, "begins_at": None, "ends_at": None}
        for number, text in enumerate(texts, 1)
    ]
    return {"type": "messages", "messages": lines, "every_s": every_s}


async def say(venue: Venue, method: str = "POST", more: str = "", **words: object) -> Any:
    headers = {"Authorization": f"Bearer {venue.token}"}
    path = f"/api/sessions/{venue.session_id}/messages{more}"
    async with (
        aiohttp.ClientSession(venue.origin, headers=headers) as http,
        http.request(method, path, json=words) as answer,
    ):
        assert answer.status < 300, await answer.text()
        return await answer.json() if answer.status != 204 else None


async def hush(venue: Venue) -> None:
    for each in venue.app.hub.sessions[venue.session_id].messages:
        await say(venue, "DELETE", f"/{each.id}")


async def test_screens_find_the_same_as_the_hub(modules: Page) -> None:
    second = 1_000_000
    held = Messages(
        [
            Message(1, ROTATING, "public", "a", 1),
            Message(2, ROTATING, "public", "b", 2, begins_us=40 * second),
            Message(3, ROTATING, "public", "c", 3, ends_us=70 * second),
            Message(4, PINNED, "public", "p", 1, 20 * second, 30 * second),
        ],
        every_s=7,
    )
    seen = told(every_s=7) | {
        "messages": [
            {
                "id": each.id,
                "kind": each.kind,
                "text": each.text,
                "begins_at": each.begins_us and iso(each.begins_us),
                "ends_at": each.ends_us and iso(each.ends_us),
            }
            for each in held
        ]
    }
    instants = [*range(0, 100_000, 500), 1_800_000_000_123]
    up = await modules.evaluate(UP, [seen, instants])
    for ms, each in zip(instants, up, strict=True):
        now_us = ms * 1000
        rotating = held.up(now_us)
        assert each["rotating"] == (rotating.text if rotating else "")
        assert each["pinned"] == [one.text for one in held.in_force(now_us, PINNED)]
    assert len({each["rotating"] for each in up}) == 3


async def test_what_a_screen_holds_of_them(modules: Page) -> None:
    first, other = read(1, ADA, message="Go Ada"), read(2, ADA, tag="4712")
    hello = {**HELLO, **told(*"abcd"), "type": "hello", "offset": 1, "recent": [first]}
    steps = [
        hello,
        other,
        told("Bus", kind=ROTATING) | {"reads": [[1, "Well done"], [2, "Go"], [9, "x"]]},
        {**hello, "recovered": True, "offset": 2, "recent": [first, other | {"message": "new"}]},
        {**HELLO, "offset": 2},
        {"type": "messages", "messages": [None, {"kind": "runner", "text": "x"}, {"kind": "loud", "text": "y"}]},
        {"type": "bye", "code": 4001, "again": False},
    ]  # fmt: skip
    assert await modules.evaluate(HELD, steps) == [
        [["a", "b", "c"], "", ["Go Ada"]],
        [["a", "b", "c"], "", ["", "Go Ada"]],
        [[], "Bus", ["Go", "Well done"]],
        [["a", "b", "c"], "", ["new", "Go Ada"]],
        [[], "", []],
        [[], "", []],
        [[], "", []],
    ]


@pytest.mark.parametrize(
    ("which", "pinned", "rotating", "message", "texts", "says"),
    [
        ("active", ["Stop", "Now"], "turn", "Go {{first_name}}!", ["own"], "Stop\nNow"),
        ("active", [], "turn", "Go {{first_name}}!", ["own"], "Go Ada!"),
        ("active", [], "turn", "From {{city}}", ["own {{bib}}"], "own 101"),
        ("active", [], "turn", None, [], "turn"),
        ("resting", ["Stop"], "turn", "Go", ["own"], "Stop"),
        ("resting", [], "turn", "Go", ["own"], "turn"),
        ("resting", [], "", "Go", ["own"], "own"),
        ("resting", [], "", "Go", [], ""),
    ],
)
async def test_what_a_block_of_a_template_says(
    modules: Page,
    which: str,
    pinned: list[str],
    rotating: str,
    message: str | None,
    texts: list[str],
    says: str,
) -> None:
    data = {"lines": {"pinned": pinned, "rotating": rotating}, "nowMs": 0, "offset": 1}
    card = read(1, ADA, message=message) if which == "active" else None
    assert await modules.evaluate(SAYS, [{"texts": texts}, which, data | {"card": card}]) == says


@pytest.mark.parametrize("size", WALLS, ids=lambda size: f"{size['width']}x{size['height']}")
async def test_a_message_is_read_from_afar_and_never_over_a_runner(
    staged: tuple[Screen, Stage], size: ViewportSize
) -> None:
    screen, stage = staged
    await screen.page.set_viewport_size(size)
    await screen.page.emulate_media(reduced_motion="reduce")  # what comes in stands where it stands
    runners = [read(each, ADA, tag=f"T{each}") for each in range(1, 9)]
    scenes: tuple[dict[str, Any], ...] = (
        {},
        {
            "starts": [
                START,
                START | {"location": "B", "race": "Half"},
                START | {"location": "C", "race": "5K"},
            ]
        },
        {"recent": runners[:1]},
    )
    for scene in scenes:
        for texts, least in (([AWARDS], 60), ([LONG], 44), ([AWARDS, "Lot B is full", "Lost: a hat"], 44)):
            stage.say({**HELLO, "offset": 9, **scene, **told(*texts), "type": "hello"})
            await expect(screen.at("#line-words")).to_have_text("".join(texts))
            seen = await screen.page.evaluate(MEASURE)
            assert seen.pop("size") >= least, (scene, texts)
            assert seen == {"clear": True, "above": True, "whole": True}, (scene, texts)
    stage.say({**HELLO, "offset": 9, "recent": runners, **told(LONG), "type": "hello"})
    caption = screen.at("#caption")
    await expect(caption).to_have_attribute("data-says", "pinned")
    await expect(screen.at("#line")).to_be_hidden()
    assert await caption.evaluate("each => each.scrollWidth <= each.clientWidth"), "a part of it at a time"
    assert (await caption.text_content() or "?") in LONG
    stage.say(told("Lot B is full", "Bus"))
    for at, text in ((4, "Bus"), (8, "Lot B is full")):
        stage.say({"type": "tick", "now": f"2024-05-04T08:00:{at:02d}.000+00:00", "offset": 9})
        await expect(caption).to_have_text(text)
    stage.say({**HELLO, "offset": 9, "recent": runners[:1], **told(AWARDS), "type": "hello"})
    await expect(screen.at("#line-words")).to_have_text(AWARDS)
    await expect(caption).to_have_text("Three Rivers Marathon")
    stage.say({"type": "settings", "screen": {"id": "a", "name": "", "blank": True}})
    await expect(screen.at("#line-words")).to_be_hidden()
    stage.say({"type": "settings", "screen": {"id": "a", "name": "", "blank": False}}, told())
    await expect(screen.at("#line")).to_be_hidden()
    await screen.page.set_viewport_size(WALLS[0])


async def test_now_is_on_all_screens_at_once_and_the_same_for_who_was_away(
    browser: Browser, house: Venue
) -> None:
    opened = Screens(browser, house.origin)
    headers = {"Authorization": f"Bearer {house.token}"}
    try:
        async with aiohttp.ClientSession(house.origin, headers=headers) as http:
            drawn = {"name": "Without a place", "template": template()}
            async with http.post("/api/templates", json=drawn) as answer:
                assert answer.status == 200, await answer.text()
            shows = {"name": "Drawn", "session_id": house.session_id, "template": "Without a place"}
            async with http.post("/api/displays", json=shows) as answer:
                code = (await answer.json())["display"]["code"]
        walls = [await opened.open(f"/d/{each}") for each in (house.code, house.code, code)]
        for wall in walls:
            await wall.rests()
        await expect(walls[2].at("body")).to_have_attribute("data-template", "true", timeout=WAIT_MS)
        away = walls[1]
        await say(house, text="Gate 4 is locked", audience="crew", now=True)
        await say(house, text="Say the sponsor", audience="announcer", now=True)
        await say(house, text=AWARDS, now=True)
        for wall in walls:
            await expect(wall.at("#line")).to_have_text(AWARDS, timeout=SOON_MS)
        box = await walls[2].at("#template").bounding_box()
        strip = await walls[2].at("#line").bounding_box()
        assert box and strip and box["y"] + box["height"] <= strip["y"] + 1, "nor over a template"
        await away.page.goto("about:blank")
        await say(house, text="Lot B is full")
        await say(house, text="Thank you", kind="rotating")
        await away.page.goto(f"{house.origin}/d/{house.code}")
        for wall in walls:
            await expect(wall.at("#line li")).to_have_text([AWARDS, "Lot B is full"], timeout=WAIT_MS)
        assert not re.search("Gate|sponsor", await walls[0].page.content())
        for each in house.app.hub.sessions[house.session_id].messages.in_force(0, PINNED):
            await say(house, "DELETE", f"/{each.id}")
        for wall in walls[:2]:
            await expect(wall.at("#line")).to_have_text("Thank you", timeout=SOON_MS)
            await expect(wall.at("body")).to_have_attribute("data-line", "rotating")
        await expect(walls[2].at("#line")).to_be_hidden()
        assert opened.faults() == []
    finally:
        await hush(house)
        await opened.close()


async def test_what_is_scheduled_begins_and_ends_by_the_hubs_clock(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    line = {"id": 1, "kind": "pinned", "text": "Bus"}
    times = {"begins_at": "2024-05-04T08:00:00.600+00:00", "ends_at": "2024-05-04T08:00:01.600+00:00"}
    stage.say({**HELLO, "messages": [{**line, **times}]})
    await expect(screen.at("#line")).to_be_hidden()
    await expect(screen.at("#line")).to_have_text("Bus", timeout=WAIT_MS)
    await expect(screen.at("#line")).to_be_hidden(timeout=WAIT_MS)


async def test_what_is_said_with_a_runner_stands_on_the_card(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    await screen.rests()
    ada = {"name": "Ada Lovelace", "first_name": "Ada", "bib": "7"}
    stage.say(read(1, ada) | {"message": "Well done, {{ first_name }}!"})
    await expect(screen.at("#said")).to_have_text("Well done, Ada!")
    stage.say({"type": "messages", "messages": [], "every_s": 10, "reads": [[1, "Welcome to {{city}}"]]})
    await expect(screen.at("#said")).to_be_hidden()
    stage.say({"type": "messages", "messages": [], "every_s": 10, "reads": [[1, "Strong finish!"]]})
    await expect(screen.at("#said")).to_have_text("Strong finish!")


async def test_somebody_says_it_from_the_control_room(browser: Browser, house: Venue) -> None:
    opened = Screens(browser, house.origin)
    try:
        desk = await opened.signed_in(house, "/")
        wall = await opened.open(f"/d/{house.code}", PHONE)
        await wall.rests()
        await desk.page.get_by_role("button", name=re.compile("^Say")).first.click()
        await desk.at("#say-form-text").fill(AWARDS)
        await desk.page.keyboard.press("Enter")
        await expect(wall.at("#line")).to_have_text(AWARDS, timeout=WAIT_MS)
        await desk.page.get_by_role("button", name="Take it back").click()
        await expect(wall.at("#line")).to_be_hidden(timeout=WAIT_MS)
        assert opened.faults() == []
    finally:
        await hush(house)
        await opened.close()


async def test_somebody_says_it_changes_it_and_takes_it_back(browser: Browser, house: Venue) -> None:
    opened = Screens(browser, house.origin)
    try:
        desk = await opened.signed_in(house, f"/sessions/{house.session_id}", PHONE)
        desk.allow(REFUSED)
        await expect(desk.at("#no-message")).to_be_visible()
        row = desk.at("#messages-list li.message")
        await desk.at("#message-text").fill(AWARDS)
        await desk.page.keyboard.press("Enter")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("On all screens")
        await desk.at("#message-text").fill("Go {{first_name}}!")
        await desk.page.get_by_role("button", name="Show it now").click()
        await expect(desk.at("#message-text-error")).to_contain_text(
            "Only a message for runners is filled in"
        )
        await desk.at("#message-kind").select_option("runner")
        await desk.page.get_by_role("button", name="Add it").click()
        await expect(row).to_have_count(2)
        await row.nth(1).get_by_role("button", name="Edit").click()
        await desk.at("#message-kind").select_option("pinned")
        await desk.at("#message-text").fill("Buses leave at six")
        await desk.at("#message-times summary").click()
        await desk.at("#message-begins_at").fill("2998-01-01T10:00")
        await desk.page.get_by_role("button", name="Save", exact=True).first.click()
        await expect(row.nth(1)).to_contain_text("From 1 Jan 2998")
        await row.nth(1).get_by_role("button", name="Show now").click()
        await expect(row.first).to_contain_text("Buses leave at six")
        await row.first.get_by_role("button", name="Delete").focus()
        await desk.page.keyboard.press("Alt+ArrowDown")
        await expect(row.first).to_contain_text(AWARDS)
        await row.first.get_by_role("button", name="Delete").click()
        await expect(row).to_have_count(1)
        await desk.page.get_by_role("button", name="Undo").click()
        await expect(row.first).to_contain_text(AWARDS)
        assert desk.faults == []
    finally:
        await hush(house)
        await opened.close()
