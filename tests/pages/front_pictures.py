"""Pictures of the control room for the documentation: a hub that has just begun, one in a race, one in trouble."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

from playwright.async_api import Browser, ViewportSize, expect

from hub.accounts import OPERATOR
from tests.pages import building, import_scenes, roster_scenes, service_scenes
from tests.pages.announcing import MESSAGES, OFFSET, AnnouncerStage, calm, flood
from tests.pages.browsers import launched
from tests.pages.front_stage import NOW, FrontStage, ago, alarm, display, listener, session, source, state
from tests.pages.screens import WAIT_MS, read
from tests.pages.usable import SIZES
from tests.pages.work_scenes import DRAWN, SCENES
from tests.pages.work_scenes import NOW as WORK_NOW
from tests.pages.work_stage import NORDIC

RUNNERS: Final = (
    ("2041", "Ingrid Solberg", "FINISH"),
    ("317", "Tomás Herrera", "FINISH"),
    ("1188", "Aiko Tanaka", "10 KM"),
    ("", "", "FINISH"),
    ("902", "Maximiliane Freifrau von Hohenberg-Schwarzenfels zu Waldstetten", "FINISH"),
    ("2260", "Olu Adeyemi", "10 KM"),
    ("75", "ليلى حداد", "FINISH"),
    ("1420", "Siân Pritchard", "FINISH"),
    ("633", "Mehmet Öztürk", "START 10K SEAWARD SIDE MAT 2"),
    ("18", "Nguyễn Thị Hương", "FINISH"),
)
"""Made up."""


def busy() -> dict[str, Any]:
    """A race on its way, with two readers, and a rehearsal and a demo beside it."""
    return state(
        started=ago(9 * 3600 - 3600 * 3 + 1260),
        health={
            "journal": "",
            "database": "",
            "warning": "",
            "pending": 0,
            "reads": 12_408,
            "rejected": 0,
            "disks": [],
        },
        listeners=[listener(hosts=["192.168.1.20", "10.8.0.6"])],
        sessions=[
            session(
                4,
                "Sunday",
                event="Harbour Run",
                offset=12_408,
                runners=2310,
                rate=[0] * 12 + [2, 3, 1, 4, 7, 5, 3, 2, 6, 9, 8, 12, 10, 7, 5, 6, 4, 3] * 2 + [5] * 11,
                unknown={
                    "count": 3,
                    "last": [{"tag": "58003", "count": 2, "location": "FINISH", "at": ago(12)}],
                },
            ),
            session(3, "Dress rehearsal", event="Harbour Run", purpose="rehearsal", offset=40),
            session(2, "Demo", purpose="demo", offset=900),
        ],
        sources=[
            source(1, ("FINISH", 3), ("10 KM", 14), ("START 10K", 4260), session=4, accepted=9_811),
            source(2, ("START 5K", 700), remote="192.168.1.31", session=4, accepted=2_597),
        ],
        displays=[
            display("K7XQ2M9P", "Finish left", screens=2),
            display("M2WN8RTA", "Speaker's desk at the bandstand", screens=1),
        ],
    )


def trouble() -> dict[str, Any]:
    """The database is away, a reader has gone, and another has sent lines that are none, and others not at all."""
    odd = source(1, ("FINISH", 3), ("10 KM", 14), ("START 10K", 4260), session=4, accepted=9_811, rejected=3)
    odd["locations"][0]["gap"] = [4_120, 4_131]
    return busy() | {
        "alarms": [
            alarm("database", "Reads are kept on disk only. Database: PostgreSQL does not answer", None),
            alarm("away:2", "SimpleClient 0.6.0 at 192.168.1.31 is away", 700),
            alarm(
                "clock:3", "The clock of SimpleClient 0.6.0 at 192.168.1.77 is one hour ahead: time zone?", 95
            ),
        ],
        "refused": [
            {
                "address": "192.168.1.99",
                "user": "nordic",
                "reason": "the password is wrong",
                "count": 4,
                "at": ago(40),
            }
        ],
        "emergency": [{"partner": NORDIC, "text": "Storm warning: leave the course now"}],
        "health": {
            "journal": "",
            "database": "PostgreSQL does not answer: connection refused",
            "warning": "",
            "pending": 48_500,
            "reads": 12_408,
            "rejected": 3,
            "disks": [],
        },
        "sources": [
            source(
                3,
                ("FINISH", 2),
                remote="192.168.1.77",
                event_name="Saturday run",
                session=90,
                inbox=True,
                held=5_000,
                amber="its session has ended",
                clock="one hour ahead: time zone?",
                accepted=5_000,
            ),
            odd,
            source(2, ("START 5K", 700), remote="192.168.1.31", session=4, accepted=2_597, online=False),
        ],
    }


def reads() -> list[dict[str, Any]]:
    """What the list of a race shows."""
    marks: dict[int, list[str]] = {4: ["repeat"], 11: ["late"]}
    found = []
    for number in range(24):
        bib, name, location = RUNNERS[number % len(RUNNERS)]
        fields: dict[str, Any] = {
            "location": location,
            "tag": str(58_000 + number),
            "marks": marks.get(number, []),
            "time": f"2024-05-04T10:{59 - number // 6:02d}:{57 - number * 7 % 55:02d}.120+02:00",
            "received_at": ago(3 + number * 11),
        }
        runner = {"name": name, "bib": bib} if name else None
        found.append(read(12_408 - number, runner, **fields))
    gun = read(
        12_408 - 24,
        kind="gun",
        location="START 5K",
        received_at=ago(700),
        time="2024-05-04T10:00:00.000+02:00",
    )
    return [*found, gun][::-1]


PICTURES: Final[dict[str, tuple[str, Literal["light", "dark"], dict[str, Any], list[dict[str, Any]]]]] = {
    "empty-laptop": ("laptop", "light", state(), []),
    "empty-phone": ("phone", "light", state(), []),
    "busy-laptop": ("laptop", "light", busy(), reads()),
    "busy-laptop-dark": ("laptop", "dark", busy(), reads()),
    "busy-tablet": ("tablet", "dark", busy(), reads()),
    "busy-phone": ("phone", "light", busy(), reads()),
    "trouble-laptop": ("laptop", "dark", trouble(), reads()),
    "trouble-phone": ("phone", "light", trouble(), reads()),
}
"""Name -> size, colours, what the hub says, what is read."""


WORK: Final[dict[str, tuple[str, Literal["light", "dark"]]]] = {
    "login": ("phone", "dark"),
    "users": ("laptop", "light"),
    "session": ("laptop", "dark"),
    "settings": ("laptop", "light"),
    "templates": ("laptop", "light"),
}
"""Scene -> size, colours."""


ROSTER: Final[dict[str, tuple[str, Literal["light", "dark"]]]] = {
    "roster": ("laptop", "light"),
    "roster-phone": ("phone", "light"),
    "check": ("phone", "light"),
    "check-unknown": ("tablet", "dark"),
}
"""Name -> size, colours."""


ANNOUNCER: Final[dict[str, tuple[ViewportSize, Literal["light", "dark"], list[dict[str, Any]]]]] = {
    "calm-tablet": (ViewportSize(width=1024, height=768), "dark", calm()),
    "flood-tablet": (SIZES["tablet"], "light", [*calm(), *flood()]),
}
"""Name -> size, colours, who has arrived."""


STEPS_MAX: Final = 40
"""Of the page's clock, a tenth of a second each."""


async def make(folder: Path) -> None:
    """Writes front-*.png, work-*.png and announcer-*.png into the folder."""
    async with launched() as browser:
        for name in PICTURES:
            await take(browser, name, folder / f"front-{name}.png")
        for name in WORK:
            await take_work(browser, name, folder / f"work-{name}.png")
        for name in ROSTER:
            await take_roster(browser, name, folder / f"work-{name}.png")
        await take_import(browser, folder / "work-roster-import.png")
        await take_service(browser, folder / "work-roster-service.png")
        await take_builder(browser, folder / "work-builder.png")
        for name in ANNOUNCER:
            await take_announcer(browser, name, folder / f"announcer-{name}.png")


async def take(browser: Browser, name: str, path: Path) -> None:
    size, colours, told, recent = PICTURES[name]
    page = await browser.new_page(viewport=SIZES[size], color_scheme=colours, reduced_motion="reduce")
    await page.clock.set_fixed_time(NOW)
    await FrontStage(told, recent).open(page)
    await expect(page.locator("tbody tr, #nothing:not([hidden])").first).to_be_visible(timeout=WAIT_MS)
    await page.screenshot(path=path)
    await page.close()


async def take_work(browser: Browser, name: str, path: Path) -> None:
    (size, colours), (stage, there) = WORK[name], SCENES[name]
    page = await browser.new_page(viewport=SIZES[size], color_scheme=colours, reduced_motion="reduce")
    await page.clock.set_fixed_time(WORK_NOW)
    await stage().open(page)
    await expect(page.locator(there).first).to_be_visible(timeout=WAIT_MS)
    await page.screenshot(path=path)
    await page.close()


async def take_roster(browser: Browser, name: str, path: Path) -> None:
    """The list with one runner open; the tag check with one that was scanned."""
    size, colours = ROSTER[name]
    page = await browser.new_page(viewport=SIZES[size], color_scheme=colours, reduced_motion="reduce")
    await page.clock.set_fixed_time(WORK_NOW)
    if name.startswith("roster"):
        await roster_scenes.roster(500, *roster_scenes.TAGS)[1].open(page)
        await expect(page.locator("#rows tr").first).to_be_visible(timeout=WAIT_MS)
        if size == "laptop":
            await page.locator("#rows tr").nth(3).click()
            await expect(page.locator("#person")).to_be_visible(timeout=WAIT_MS)
    else:
        await roster_scenes.check(40, OPERATOR)[1].open(page)
        for code in ("900012", "3", "58000412" if "unknown" in name else "900005"):
            await page.locator("#code").fill(code)
            await page.keyboard.press("Enter")
            await expect(page.locator("#last li").first).to_contain_text(
                code[-2:].lstrip("0"), timeout=WAIT_MS
            )
    await page.screenshot(path=path)
    await page.close()


async def take_import(browser: Browser, path: Path) -> None:
    """What a file would change."""
    page = await browser.new_page(viewport=SIZES["laptop"], color_scheme="light", reduced_motion="reduce")
    await import_scenes.roster(import_scenes.Desk(), people=40).open(page)
    await page.locator("#import-input").set_input_files(import_scenes.CSV)
    await page.locator("#import-columns [type=submit]").click()
    await page.locator("#import-problems summary").click()
    await page.locator("#import").screenshot(path=path)
    await page.close()


async def take_service(browser: Browser, path: Path) -> None:
    """How it is with a service that fills the roster."""
    page = await browser.new_page(viewport=SIZES["phone"], color_scheme="dark", reduced_motion="reduce")
    await page.clock.set_fixed_time(WORK_NOW)
    counter = service_scenes.Counter(service_scenes.account(sessions=[4]), link=service_scenes.link())
    await import_scenes.roster(counter, people=40).open(page)
    await expect(page.locator("#service-figures li").first).to_be_visible(timeout=WAIT_MS)
    await page.locator("#services").screenshot(path=path)
    await page.close()


async def take_builder(browser: Browser, path: Path) -> None:
    builder = await building.opened(
        browser, DRAWN[0], size=SIZES["laptop"], answers={"GET /api/sessions": {"sessions": []}}
    )
    await builder.at("[data-id=name].layer").click()
    await expect(builder.at("#properties .ratio")).to_be_visible(timeout=WAIT_MS)
    await builder.page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
    await builder.page.screenshot(path=path)
    await builder.page.context.close()


async def take_announcer(browser: Browser, name: str, path: Path) -> None:
    """Some have been said, and one runner is starred and noted."""
    size, colours, recent = ANNOUNCER[name]
    stage = AnnouncerStage(recent, messages=MESSAGES)
    star: dict[str, Any] = {"who": "bib:2041", "starred": True, "note": "Won here in 2019"}
    stage.marks = {star["who"]: star, "bib:756": star | {"who": "bib:756", "note": ""}}
    stage.calls = {OFFSET + each: {"offset": OFFSET + each} for each in (10, 11, 12, 13, 15, 17, 150, 151)}
    page = await browser.new_page(
        viewport=size, color_scheme=colours, reduced_motion="reduce", locale="en-GB"
    )
    await page.clock.install(time=WORK_NOW - timedelta(minutes=1))
    await page.clock.pause_at(WORK_NOW)
    await stage.open(page)
    await stage.greeted.wait()
    there = page.locator("#story li" if "calm" in name else "#rows .row").first
    for _ in range(STEPS_MAX):
        await page.clock.run_for(100)
        if await there.is_visible():
            break
    await page.clock.pause_at(WORK_NOW + timedelta(milliseconds=100 * STEPS_MAX))
    await page.clock.run_for(700)
    await page.screenshot(path=path)
    await page.close()
