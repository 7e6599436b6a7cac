"""The predecessor's screens against the hub: clients that behave as its pages do, and the shapes they are given."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest_asyncio

from hub.config import CODE_TRIES_PER_MINUTE_MAX
from tests.running import Running, until
from tests.web.old_pages import Polling, Streaming

PEOPLE: Final = "bib,tag,first_name,last_name,race,city\n" + "".join(
    f"{100 + number},T{number},First{number},Last{number},10K,Linz\n" for number in range(1, 6)
)
BIBS: Final = [str(100 + number) for number in range(1, 6)]
IDLE: Final = {"runner": None, "queue_size": 0, "max_queue_size": 200, "mode": None}
RUNNER_FIELDS: Final = {
    *(
        "name",
        "first_name",
        "last_name",
        "age",
        "gender",
        "city",
        "state",
        "country",
        "division",
        "race_name",
    ),
    *("reg_choice", "wave", "team_name", "message", "timestamp", "location", "bib", "tag_code", "lap"),
}


@pytest_asyncio.fixture
async def old(hub: Running) -> AsyncIterator[Running]:
    """With a roster, and a display that shows each for a second, the least there is."""
    await hub.import_roster(PEOPLE)
    async with hub.http.patch(f"/api/displays/{hub.code}", json={"settings": {"duration": 1}}) as answer:
        assert answer.status == 200
    yield hub


async def asked(hub: Running, path: str, method: str = "GET", **given: Any) -> Any:
    """By nobody in particular."""
    async with hub.anybody.request(method, path, **given) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_every_screen_shows_every_runner_in_order(old: Running) -> None:
    """Two of each generation at once, as they are: a screen that takes one off the queue would take it off all."""
    clients: list[Polling | Streaming] = [
        Polling(old.origin, old.code, with_envelope=True),
        Polling(old.origin, old.code, with_envelope=True),
        Polling(old.origin, old.code, with_envelope=False),
        Streaming(old.origin, old.code),
        Streaming(old.origin, old.code),
    ]
    tasks = [asyncio.create_task(each.run()) for each in clients]
    await until(lambda: all(each.open for each in clients))
    reader = await old.reader().connect()
    for number in range(1, 6):
        reader.add(f"T{number}")
    reader.add("unknown", "T1")
    await until(lambda: all(each.shown[:5] == BIBS for each in clients))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    polling = [each for each in clients if isinstance(each, Polling)]
    assert all(min(each.durations[:4]) > 0.7 and max(each.durations[:4]) < 1.6 for each in polling)
    await reader.hang_up()


async def test_shapes_of_a_runner_and_the_queue(old: Running) -> None:
    async with old.http.patch(f"/api/displays/{old.code}", json={"settings": {"duration": 60}}) as answer:
        assert answer.status == 200
    by_code = f"?display={old.code}"
    assert await asked(old, "/api/current-runner" + by_code) == IDLE | {"mode": "pre-race"}
    assert await asked(old, "/api/runner-displayed" + by_code, "POST") == {
        "success": False,
        "error": "No runners in queue",
    }
    reader = await old.reader().connect()
    reader.add("T1", "T2")
    await until(lambda: old.durable == 2)
    found = await asked(old, "/api/current-runner" + by_code)
    runner = found["runner"]
    assert runner == {name: found[name] for name in runner} and set(runner) >= RUNNER_FIELDS
    assert all(isinstance(value, str) for value in runner.values())
    assert (runner["bib"], runner["name"], runner["reg_choice"]) == ("101", "First1 Last1", "10K")
    assert (found["queue_size"], found["max_queue_size"]) == (2, 200)
    assert await asked(old, "/api/runner-displayed" + by_code, "POST") == {
        "success": True,
        "displayed_runner": runner,
        "next_runner": runner,
        "queue_size": 2,
    }
    status = await asked(old, "/api/queue-status" + by_code)
    assert (status["queue_size"], status["current_runner"]) == (2, runner)
    assert status["queue_contents"][1] | {"timestamp": ""} == {
        "name": "First2 Last2",
        "bib": "102",
        "timestamp": "",
    }
    assert (await asked(old, "/api/queue-debug" + by_code))["all_bibs"] == ["101", "102"]
    assert await asked(old, "/api/queue-clear" + by_code, "POST") == {"success": True, "cleared_count": 0}
    async with old.http.post("/api/queue-clear" + by_code) as answer:
        assert await answer.json() == {"success": True, "cleared_count": 2}
    assert (await asked(old, "/api/queue-status" + by_code))["current_runner"] is None
    await reader.hang_up()


async def test_nobody_is_shown_anything_of_anybody(old: Running) -> None:
    reader = await old.reader().connect()
    reader.add("T1")
    await until(lambda: old.durable == 1)
    for where in ("", "?display=ABCDEFGH", "?display="):
        assert await asked(old, "/api/current-runner" + where) == IDLE
    async with old.http.get("/api/current-runner") as answer:  # whoever has signed in is shown their own
        assert (await answer.json())["bib"] == "101"
    await reader.hang_up()


async def test_browser_remembers_its_display(old: Running) -> None:
    path = f"/d/{old.code.lower()}/old"
    places = {
        "": "/display",
        "?to=/runner-display": "/runner-display",
        "?to=//evil.example": "/display",
        "?to=/%5Cevil.example": "/display",
        "?to=https://evil.example/": "/display",
    }
    for query, to in places.items():
        async with old.anybody.get(path + query, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, to), query
            cookie = answer.headers["Set-Cookie"]
    assert f"display={old.code}" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    found = await asked(old, "/api/current-runner", headers={"Cookie": f"display={old.code}"})
    assert found["mode"] == "pre-race"
    async with old.anybody.get("/d/ABCDEFGH/old") as answer:
        assert answer.status == 404


async def test_stream_says_who_it_was_as_soon_as_that_is_known_and_goes_on_from_where_it_was(
    old: Running,
) -> None:
    first = Streaming(old.origin, old.code)
    task = asyncio.create_task(first.run())
    await until(lambda: first.open)
    reader = await old.reader().connect()
    reader.add("T1", "U7")
    await until(lambda: first.shown == ["101"])
    await old.import_roster(PEOPLE + "107,U7,Late,Come,10K,Wels\n")
    await until(lambda: first.shown == ["101", "107"])
    await until(lambda: first.keepalives > 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    reader.add("T2")
    await until(lambda: old.durable == 3)
    again = Streaming(old.origin, old.code, after=first.last_id)
    task = asyncio.create_task(again.run())
    await until(lambda: again.shown == ["102"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reader.hang_up()


async def test_stream_does_not_end_when_its_display_does(old: Running) -> None:
    client = Streaming(old.origin, old.code)
    task = asyncio.create_task(client.run())
    await until(lambda: client.open)
    async with old.http.delete(f"/api/displays/{old.code}") as answer:
        assert answer.status in (200, 204)
    before = client.keepalives
    await until(lambda: client.keepalives > before + 1)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_codes_that_nobody_has_are_counted(old: Running) -> None:
    tries = min(CODE_TRIES_PER_MINUTE_MAX, old.app.settings.limits.code_tries_per_minute)
    for _ in range(tries):
        await asked(old, "/api/current-runner?display=ABCDEFGH")
    async with old.anybody.get("/api/current-runner?display=ABCDEFGH") as answer:
        assert answer.status == 429
