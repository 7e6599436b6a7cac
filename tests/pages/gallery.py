"""Every state of the display at every size, without a hub and at a standstill: for the pictures in docs/pictures and
the test that holds the page to them."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import jinja2
from playwright.async_api import Browser, BrowserContext, Page, Route, ViewportSize

from hub.web.application import TEMPLATES
from hub.web.assets import Assets
from hub.web.routes import STATIC
from tests.pages.door import ORIGIN
from tests.pages.screens import HELLO, SIZES, Stage, read

NOW: Final = "2026-05-09T11:14:22.000+02:00"
"""By the hub's clock, in every picture."""
BEFORE: Final = "2026-05-09T11:00:00.000+02:00"
STEP_MS: Final = 20
"""The page's clock goes in steps, and less than a second of them in all."""
STEPS_MAX: Final = 40
STALE_MS: Final = 20_000


@dataclass(frozen=True)
class State:
    """What is said to a screen until it stands as it is to be pictured."""

    name: str
    scene: str
    hello: dict[str, Any] = field(default_factory=dict)
    messages: tuple[dict[str, Any], ...] = ()
    stale: bool = False


def start(location: str, race: str, *guns: str) -> dict[str, Any]:
    return {"location": location, "race": race, "guns": [f"2026-05-09T{gun}.000+02:00" for gun in guns]}


SESSION: Final = {
    "id": 7,
    "name": "Sunday",
    "event": "Harbour Run",
    "timezone": "Europe/Oslo",
    "test": False,
    "races": [
        {"name": "5K", "start_location": "START 5K", "finish_location": "FINISH"},
        {"name": "Half Marathon", "start_location": "START HM", "finish_location": "FINISH"},
    ],
}
START_5K: Final = start("START 5K", "5K", "10:52:00", "10:57:00")
START_HALF: Final = start("START HM", "Half Marathon", "09:30:00")
START_10K: Final = start("START 10K", "10K", "10:15:00")
STARTS: Final = [START_HALF, START_5K]


def runner(number: int, first: str, last: str, **more: str) -> dict[str, str]:
    facts = {"bib": str(number), "city": "Bergen", "division": "F30-34", "race_name": "5K", "wave": "1"}
    return facts | {"name": f"{first} {last}", "first_name": first, "last_name": last} | more


def crossing(offset: int, who: dict[str, str] | None, **more: Any) -> dict[str, Any]:
    fields = {"location": "FINISH", "time": "2026-05-09T11:14:21.700+02:00", "received_at": NOW}
    return read(offset, who, **fields | {"tag": f"40{offset:05d}"} | more)


INGRID: Final = runner(214, "Ingrid", "Solheim")
WIDE: Final = runner(
    1287,
    "Maximiliane-Charlotte",
    "Wolff-Oberhuber",
    city="Garmisch-Partenkirchen",
    division="F35-39",
    race_name="Half Marathon",
)
AMIRA: Final = runner(88, "أميرة", "الحداد", city="الإسكندرية", division="F25-29")
LI: Final = runner(1402, "", "", name="欧阳晓明", last_name="欧阳", city="杭州", race_name="Half Marathon")
FINISHERS: Final = (
    runner(1287, "Maximiliane-Charlotte", "Wolff-Oberhuber", race_name="Half Marathon"),
    runner(31, "Tom", "Ng"),
    runner(47, "Łukasz", "Wiśniewski"),
    runner(1402, "", "", name="欧阳晓明", last_name="欧阳", race_name="Half Marathon"),
    runner(88, "أميرة", "الحداد"),
    runner(305, "Nguyễn Thị", "Ánh Nguyệt"),
    runner(214, "Ingrid", "Solheim"),
    runner(19, "Noah", "Fitzgerald"),
    runner(266, "Keala", "Kahananui"),
)
SEVERAL: Final = (
    *(
        crossing(at, who, time=f"2026-05-09T11:14:{16 + at:02d}.400+02:00")
        for at, who in enumerate([*FINISHERS[4:6], *FINISHERS[2::-1]], 1)
    ),
)
"""As many as have a row each."""
FIRST: Final = ("Ingrid", "Tom", "Łukasz", "Keala", "Noah", "Amina", "José", "Sofia", "Bjørn", "Zoë", "Wei")
LAST: Final = ("Solheim", "Ng", "Wiśniewski", "Kahananui", "Fitzgerald", "Okonkwo", "Hernández", "Lindqvist",
    "Papadopoulos", "Zhang", "Ramaswamy", "Adeyemi", "Nowak", "Wolff-Oberhuber", "Ánh Nguyệt")  # fmt: skip
STAR: Final = {"type": "stars", "who": ["bib:7"]}


def crowd(count: int, over_s: float) -> tuple[dict[str, Any], ...]:
    """So many in so many seconds, the last of them now."""
    now, found = datetime.fromisoformat(NOW), []
    for at in range(count):
        came = (now - timedelta(seconds=over_s * (count - 1 - at) / count)).isoformat(timespec="milliseconds")
        who = runner(100 + at * 37 % 4900, FIRST[at * 7 % len(FIRST)], LAST[at * 4 % len(LAST)])
        found.append(crossing(at + 1, who, time=came, received_at=came))
    return tuple(found)


def starred(offset: int) -> dict[str, Any]:
    return crossing(offset, runner(7, "Amira", "Haddad", city="Oran"), time=NOW)


STATES: Final = (
    State("resting", "resting"),
    State("clock", "resting", {"starts": [START_5K]}),
    State("clocks", "resting", {"starts": [START_HALF, START_10K, START_5K]}),
    State("runner", "runner", {"starts": STARTS}, (crossing(1, INGRID),)),
    State("long-name", "runner", {"starts": STARTS}, (crossing(1, WIDE),)),
    State("right-to-left", "runner", {"starts": STARTS}, (crossing(1, AMIRA),)),
    State("chinese", "runner", {"starts": STARTS}, (crossing(1, LI),)),
    State("several", "several", {"starts": STARTS}, SEVERAL),
    State("columns", "many", {"starts": STARTS}, crowd(20, 2.8)),
    State("ticker", "many", {"starts": STARTS}, crowd(110, 2.8)),
    State("starred", "several", {"starts": STARTS}, (STAR, *crowd(3, 2.8), starred(4))),
    State("starred-columns", "many", {"starts": STARTS}, (STAR, *crowd(13, 2.8), starred(14))),
    State(
        "gun",
        "gun",
        {"starts": [start("START 5K", "5K", "11:14:18")]},
        (crossing(1, None, kind="gun", tag="", location="START 5K", time="2026-05-09T11:14:18.000+02:00"),),
    ),
    State("unknown-tag", "runner", {"starts": STARTS}, (crossing(1, None, tag="4000917"),)),
    State("stale", "runner", {"starts": STARTS}, (crossing(1, INGRID),), stale=True),
    State("test", "resting", {"starts": [START_5K], "session": SESSION | {"test": True}}),
)


class Gallery:
    """Takes pictures with one browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._assets = Assets(STATIC)
        environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
        self._page = environment.get_template("display.html").render(
            code="ABCDEFGH", server_name="Race hub", version="0", build=self._assets.build
        )

    async def shoot(self, state: State, size: ViewportSize) -> bytes:
        """PNG."""
        context = await self._browser.new_context(
            viewport=size, locale="en-GB", reduced_motion="reduce", service_workers="block"
        )
        try:
            page = await self._open(context, state)
            return await page.screenshot(animations="disabled")
        finally:
            await context.close()

    async def _open(self, context: BrowserContext, state: State) -> Page:
        hello = {**HELLO, "now": NOW, "session": SESSION, "starts": [], **state.hello}
        page, stage = await context.new_page(), Stage(hello)
        await page.clock.install(time=BEFORE)
        await page.clock.pause_at(NOW)
        await page.route(f"{ORIGIN}/**", self._answer)
        await page.route_web_socket(re.compile("/ws/d/"), stage.take)
        await page.goto(f"{ORIGIN}/d/ABCDEFGH")
        await stage.taken.wait()
        stage.say(*state.messages)
        await self._settle(page, state)
        if state.stale:
            stage.open = False
            await page.clock.run_for(STALE_MS)
            await page.wait_for_function("() => document.body.dataset.stale === 'true'", polling=STEP_MS)
        return page

    async def _settle(self, page: Page, state: State) -> None:
        """Until all is said and painted in the shipped face."""
        offset = str(max([each.get("offset", 0) for each in state.messages], default=0))
        for _ in range(STEPS_MAX):
            await page.clock.run_for(STEP_MS)
            if await page.evaluate(SETTLED, [state.scene, offset]):
                await page.clock.run_for(2 * STEP_MS)
                return
        raise TimeoutError(f"{state.name} does not come")

    async def _answer(self, route: Route) -> None:
        name = route.request.url.partition("/static/")[2]
        asset = self._assets.get(name)
        if asset is None:
            await route.fulfill(body=self._page, content_type="text/html")
        else:
            await route.fulfill(body=asset.body, content_type=asset.content_type)


SETTLED: Final = """([scene, offset]) => document.body.dataset.state === scene
  && document.body.dataset.offset === offset && document.fonts.status === "loaded"
  && document.fonts.check('700 1em "Hanken Grotesk"', "a\\u0101\\u1ebf")"""


def size_name(size: ViewportSize) -> str:
    return f"{size['width']}x{size['height']}"


async def shoot_all(browser: Browser, states: tuple[State, ...] = STATES) -> dict[tuple[str, str], bytes]:
    """All pictures, by state and size."""
    gallery = Gallery(browser)
    return {
        (state.name, size_name(size)): await gallery.shoot(state, size) for state in states for size in SIZES
    }
