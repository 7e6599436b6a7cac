"""What the predecessor's screens ask, field by field, and the browser that remembers its display."""

from typing import Final

from hub.old_runners import RESULTS
from hub.web.old_feed import FEEDS
from tests.running import Running, until
from tests.web.old_venue import IDLE, asked, prepared

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


async def test_shapes_of_a_runner_and_the_queue(hub: Running) -> None:
    old = await prepared(hub, 60)
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


async def test_browser_remembers_its_display(hub: Running) -> None:
    old = await prepared(hub)
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


async def test_without_a_code_page_and_queue_go_by_the_same_duration(hub: Running) -> None:
    """Whoever has signed in sets it where no display is named: else a page would miss every second runner."""
    old = await prepared(hub)
    async with old.http.post("/api/display-settings", json={"duration": 60}) as answer:
        assert answer.status == 200
    assert (await old.get("/api/display-settings"))["duration"] == 60
    assert (await old.get("/api/current-runner"))["runner"] is None
    reader = await old.reader().connect()
    reader.add("T1", "T2")
    await until(lambda: old.durable == 2)
    assert (await old.get("/api/current-runner"))["bib"] == "101"
    (feed,) = old.app._application[FEEDS]._feeds.values()
    feed.queue.since_us -= 59_000_000
    assert (await old.get("/api/current-runner"))["bib"] == "101"
    feed.queue.since_us -= 1_000_000
    assert (await old.get("/api/current-runner"))["bib"] == "102"
    await reader.hang_up()


async def test_in_results_mode_a_runner_without_a_result_has_its_fields_too(hub: Running) -> None:
    """A screen shows `{{finish_time}}` as it stands where there is no such field."""
    old = await prepared(hub, 60)
    async with old.http.patch(f"/api/sessions/{old.session_id}", json={"mode": "results"}) as answer:
        assert answer.status == 200
    await asked(old, f"/api/current-runner?display={old.code}")
    reader = await old.reader().connect()
    reader.add("T1")
    await until(lambda: old.durable == 1)
    found = await asked(old, f"/api/current-runner?display={old.code}")
    assert (found["mode"], found["bib"]) == ("results", "101")
    assert {found["runner"][name] for name in RESULTS} == {""}
    await reader.hang_up()
