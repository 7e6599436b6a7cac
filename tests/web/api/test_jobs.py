"""`/api/jobs`."""

import asyncio
from typing import Any

import pytest

from hub.accounts import OPERATOR, VIEWER
from hub.errors import Conflict
from hub.jobs import Progress
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_followed_to_its_end(team: Teamed) -> None:
    go_on = asyncio.Event()

    async def work(progress: Progress) -> dict[str, Any]:
        progress(2_000, 10_000, "reading the file")
        await go_on.wait()
        return {"rows": 10_000}

    session_id = team.hub.session_id
    job = team.hub.app.changes.jobs.start(1, "roster", session_id, work)
    await asyncio.sleep(0)
    status, answer = await team.ask(VIEWER, "GET", f"/api/jobs/{job.id}")
    shape = answer["job"]
    assert status == 200 and shape == {
        "id": job.id,
        "kind": "roster",
        "session": session_id,
        "status": "running",
        "done": 2_000,
        "total": 10_000,
        "words": "reading the file",
        "result": None,
        "error": None,
        "started_at": shape["started_at"],
        "ended_at": None,
        "partner": {"id": 1, "slug": "default", "name": team.here.name},
    }
    assert shape in (await team.ask(VIEWER, "GET", f"/api/jobs?session={session_id}"))[1]["jobs"]
    go_on.set()
    await job.over()
    done = (await team.ask(VIEWER, "GET", f"/api/jobs/{job.id}"))[1]["job"]
    assert (done["status"], done["result"]) == ("done", {"rows": 10_000})
    assert done["ended_at"] >= done["started_at"]


async def test_what_went_wrong_is_said(team: Teamed) -> None:
    async def work(progress: Progress) -> dict[str, Any]:
        raise Conflict("two of it", field="bib")

    job = team.hub.app.changes.jobs.start(1, "roster", 0, work)
    await job.over()
    shape = (await team.ask(VIEWER, "GET", f"/api/jobs/{job.id}"))[1]["job"]
    assert (shape["status"], shape["session"]) == ("failed", None)
    assert shape["error"] == {"code": "conflict", "message": "two of it", "field": "bib"}


async def test_cancelled_by_operators_and_seen_by_their_own(team: Teamed) -> None:
    async def work(progress: Progress) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    job = team.hub.app.changes.jobs.start(1, "roster", team.hub.session_id, work)
    path = f"/api/jobs/{job.id}"
    assert (await team.error(VIEWER, "DELETE", path))[0] == 403
    for who in ("there.operator", "there.owner"):
        assert (await team.error(who, "GET", path))[:2] == (404, f"There is no job {job.id}.")
        assert (await team.error(who, "DELETE", path))[0] == 404
        assert job.id not in [each["id"] for each in (await team.ask(who, "GET", "/api/jobs"))[1]["jobs"]]
    status, answer = await team.ask(OPERATOR, "DELETE", path)
    assert (status, answer["job"]["status"]) == (200, "cancelled")


@pytest.mark.parametrize("query, status", [("?session=x", 400), ("?session=77", 404)])
async def test_bad_questions(team: Teamed, query: str, status: int) -> None:
    assert (await team.error(VIEWER, "GET", f"/api/jobs{query}"))[::2] == (status, "session")
    assert (await team.error(VIEWER, "GET", "/api/jobs/x"))[0] == 400
