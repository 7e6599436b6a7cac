"""A wall on somebody's laptop: its lid is closed, its clock is wrong and is set while the race goes on, and it wants to
turn its screen off."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.pages.browsers import spoil
from tests.pages.screens import HELLO, WAIT_MS, Screens, Stage, read
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

YEAR_MS: Final = 365 * 24 * 3_600_000
HOUR_MS: Final = 3_600_000
CLOCKS: Final = """offMs => {
  let set = offMs, slept = 0;
  const real = Date, now = Date.now.bind(Date), passed = performance.now.bind(performance);
  window.Date = class extends real {
    constructor(...words) { super(...(words.length ? words : [now() + set])); }
    static now() { return now() + set; }
  };
  performance.now = () => passed() + slept;
  window.setClock = ms => { set += ms; };
  window.sleeps = (ms, counted) => { set += ms; if (counted) slept += ms; };
}"""
"""The machine's clock, which is wrong by so much and is set; and what it counts of a sleep, which differs between
systems."""
LOCKS: Final = """refuses => {
  let seen = "visible", lock = null;
  window.locks = 0;
  Object.defineProperty(document, "visibilityState", { get: () => seen });
  Object.defineProperty(navigator, "wakeLock", { value: { request: async kind => {
    if (kind !== "screen" || seen !== "visible" || refuses) throw new DOMException("refused", "NotAllowedError");
    window.locks++;
    lock = Object.assign(new EventTarget(), { released: false });
    return lock;
  } } });
  window.release = () => { lock.released = true; lock.dispatchEvent(new Event("release")); };
  window.show = how => {
    seen = how;
    document.dispatchEvent(new Event("visibilitychange"));
    if (how === "hidden") window.release();
  };
}"""
ADA: Final = {"name": "Ada Lovelace", "bib": "101"}
ALAN: Final = {"name": "Alan Turing", "bib": "102"}


class Laptop:
    """A page with a machine of its own, to which the test says what the hub would."""

    def __init__(self, screens: Screens, origin: str, code: str) -> None:
        self._screens, self._origin, self._code = screens, origin, code
        self.stage = Stage()

    async def opens(self, script: str, given: object, query: str = "") -> Any:
        self.screen = await self._screens.blank(take=self.stage.take)
        page = self.screen.page
        spoil(page)
        await page.add_init_script(f"({script})({'null' if given is None else given})")
        await page.goto(f"{self._origin}/d/{self._code}{query}")
        await self.stage.taken.wait()
        return self.screen

    async def comes_back(self, hello: dict[str, Any], act: str, *given: object) -> None:
        """What is done to the machine brings the page to its hub at once, which says this."""
        self.stage.hello = hello
        self.stage.taken.clear()
        await self.screen.page.evaluate(act, list(given))
        await self.stage.taken.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def laptop(browser: Browser, house: Venue) -> AsyncIterator[Laptop]:
    screens = Screens(browser, house.origin)
    try:
        yield Laptop(screens, house.origin, house.code)
        assert screens.faults() == []
    finally:
        await screens.close()


async def test_a_clock_that_is_years_off_and_is_set_changes_nothing(laptop: Laptop) -> None:
    screen = await laptop.opens(CLOCKS, -3 * YEAR_MS)
    await expect(screen.at("#clock")).to_have_text(re.compile("^10:00:0"), timeout=WAIT_MS)
    laptop.stage.say(read(1, ADA))
    await screen.shows("Ada Lovelace")
    stands = {**HELLO, "offset": 1, "recent": [read(1, ADA)]}
    for step_ms in (3 * YEAR_MS, HOUR_MS):
        await laptop.comes_back(stands, "([ms]) => setClock(ms)", step_ms)
        await screen.shows("Ada Lovelace")
        await expect(screen.at("#stale")).to_be_hidden()
    await screen.page.evaluate("setClock(-7 * 365 * 24 * 3600000)")
    laptop.stage.say(read(2, ALAN, tag="4712"), {"type": "tick", "now": HELLO["now"], "offset": 2})
    await screen.shows("Alan Turing")
    laptop.stage.say({**HELLO, "epoch": 2})
    await expect(screen.at("#clock")).to_have_text(re.compile("^10:00:0"), timeout=WAIT_MS)


@pytest.mark.parametrize("counted", [True, False])
async def test_after_a_sleep_the_hub_is_asked_at_once(laptop: Laptop, counted: bool) -> None:
    """Whether or not the time that a page measures goes on while the machine sleeps."""
    screen = await laptop.opens(CLOCKS, 0)
    laptop.stage.say(read(1, ADA))
    await screen.shows("Ada Lovelace")
    later = {"now": "2024-05-04T09:00:00.000+00:00"}
    missed = read(2, ALAN, tag="4712", received_at=later["now"])
    hello = {**HELLO, **later, "offset": 2, "recent": [read(1, ADA), missed]}
    await laptop.comes_back(hello, "([ms, counted]) => sleeps(ms, counted)", HOUR_MS, counted)
    await screen.shows("Alan Turing")
    await expect(screen.at("body")).to_have_attribute("data-state", "runner")
    await expect(screen.at("#stale")).to_be_hidden(timeout=WAIT_MS)
    laptop.stage.say({**HELLO, **later, "epoch": 2})
    await expect(screen.at("#clock")).to_have_text(re.compile("^11:00:0"), timeout=WAIT_MS)


async def test_what_a_clock_makes_of_sleep_and_of_steps(modules: Page) -> None:
    found = await modules.evaluate(
        """async () => {
          const { makeClock } = await import("/static/display-link.js");
          const kept = [performance.now, Date.now];
          let mono = 0, wall = 0;
          performance.now = () => mono;
          Date.now = () => wall;
          function run(steps, told = Infinity) {
            mono = wall = 0;
            const clock = makeClock();
            let jumps = 0;
            steps.forEach(([monoMs, wallMs], at) => {
              mono += monoMs;
              wall += wallMs;
              clock();
              jumps += clock.jumped();
              if (at === told) clock.told();
            });
            return [clock(), jumps];
          }
          const second = [1000, 1000], hour = 3600000;
          const found = {
            steady: run([second, second, second]),
            slow: run([[1000, 2900], second, second]),
            slept: run([second, [100, hour], second]),
            unanswered: run([second, [100, hour], second, second]),
            answered: run([second, [100, hour], second, second], 2),
            counted: run([second, [hour, hour], second]),
            back: run([second, [100, -hour], second, second]),
            forthAndBack: run([second, [100, hour + 100], [100, 100 - hour], second, second]),
            years: run([second, [100, 3 * 365 * 24 * hour], second, second]),
          };
          [performance.now, Date.now] = kept;
          return found;
        }"""
    )
    hour = 3_600_000
    assert found == {
        "steady": [3000, 0],
        "slow": [3000, 0],
        "slept": [2100, 1],
        "unanswered": [3100 + hour - 100, 1],
        "answered": [3100, 1],
        "counted": [2000 + hour, 0],
        "back": [3100, 0],
        "forthAndBack": [3200, 1],
        "years": [3100, 1],
    }


async def test_the_screen_is_kept_lit_whenever_somebody_sees_it(laptop: Laptop) -> None:
    screen = await laptop.opens(LOCKS, "false")
    page = screen.page
    await page.wait_for_function("() => locks === 1", timeout=WAIT_MS)
    await page.evaluate("show('hidden')")
    assert await page.evaluate("locks") == 1
    await page.evaluate("show('visible')")
    await page.wait_for_function("() => locks === 2", timeout=WAIT_MS)
    await page.evaluate("show('visible')")
    await page.evaluate("release()")
    await page.wait_for_function("() => locks === 3", timeout=WAIT_MS)


async def test_a_machine_that_refuses_is_no_fault(laptop: Laptop) -> None:
    screen = await laptop.opens(LOCKS, "true")
    await screen.rests()
    assert await screen.page.evaluate("locks") == 0
