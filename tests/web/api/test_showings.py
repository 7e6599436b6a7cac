"""What became of reads on the screens, over HTTP: reported by screens, kept, and asked for."""

import asyncio
import csv
import io
import json
from typing import Any

import pytest

from hub.latency import ERROR_MAX, PARTS
from hub.shown_words import BOM, HEADER
from hub.web import proof
from hub.web.api import reads_export
from tests.lifecycle import Office
from tests.running import PATIENCE_S, Screen

SHARED = pytest.mark.asyncio(loop_scope="session")


async def said(screen: Screen, *messages: dict[str, Any]) -> None:
    await screen.ws.send_str("\n".join(json.dumps({"type": "shown"} | each) for each in messages))


async def counted(office: Office, made: Any, **wanted: int) -> Any:
    """The first page of what was shown, as soon as the counts are these."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await office.ask("GET", f"sessions/{made['id']}/showings")
            if answer["counts"].items() >= wanted.items():
                return answer
            await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "SAVE_S", 0.02)


@SHARED
async def test_from_a_screens_report_to_the_list_the_table_and_the_figures(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads_export, "PAGE_READS", 2)
    office = shared_office
    made = await office.session("Kirchberg: 10K")
    code = await office.displayed(made["id"])
    await office.hub.import_roster("bib,tag,first_name,last_name\n7,A1,Ann,=Lee\n", made["id"])
    async with office.screen(code) as screen:
        await screen.next("hello")
        reader = await office.fed(made, "A1", "A2", "A3")
        await office.reads(made, 3)
        assert await screen.offsets(3) == [1, 2, 3]
        await said(screen, {"offset": 1, "ms": 12}, {"offset": 2, "ms": 14, "layout": "rows"})
        await said(screen, {"offset": 1, "ms": 12, "for_ms": 8000, "layout": "card"}, {"offset": 99, "ms": 1})
        answer = await counted(office, made, shown=2)
        async with asyncio.timeout(PATIENCE_S):
            while (
                not all(each["shown"] for each in answer["showings"][:2])
                or not (answer["showings"][0]["shown"][0]["shown_ms"])
            ):
                answer = await office.ask("GET", f"sessions/{made['id']}/showings")
        assert answer["counts"] == {"reads": 3, "shown": 2, "called": 0} and answer["next"] is None
        first, second = answer["showings"]
        assert (first["offset"], first["bib"], first["tag"]) == (1, "7", "A1")
        shown = first["shown"][0]
        assert (shown["code"], shown["display"]) == (code, "Wall")
        assert (shown["shown_ms"], shown["layout"]) == (8000, "card")
        assert second["shown"][0]["shown_ms"] is None and second["shown"][0]["layout"] == "rows"
        figures = await office.ask("GET", f"sessions/{made['id']}/latency")
    await reader.hang_up()
    assert figures["session"] == {"id": made["id"], "name": "Kirchberg: 10K"}
    assert figures["error"] == ERROR_MAX and set(figures["parts"]) == set(PARTS)
    assert figures["parts"]["paint"]["count"] == 2
    assert figures["parts"]["paint"]["p50_ms"] == pytest.approx(12, rel=ERROR_MAX, abs=0.1)
    assert figures["parts"]["whole"]["p99_ms"] >= figures["parts"]["paint"]["p50_ms"]
    assert figures["parts"]["journal"]["count"] == figures["parts"]["send"]["count"] == 3
    async with office.hub.http.get(f"/api/sessions/{made['id']}/showings.csv") as response:
        body = await response.read()
        name = f"kirchberg-10k-{made['id']}-showings.csv"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert body.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == HEADER
    assert [(row["offset"], row["seconds"], row["display"]) for row in rows] == [
        ("1", "8.0", "Wall"),
        ("2", "", "Wall"),
        ("3", "", ""),
    ]
    assert rows[2]["why_not"].startswith("More came") and not rows[0]["why_not"]


@SHARED
async def test_what_was_not_shown_and_what_nobody_said(shared_office: Office) -> None:
    office = shared_office
    made = await office.session("Missed")
    path = f"sessions/{made['id']}/unshown"
    reader = office.reader(made)
    reader.add("L1", age_s=600)
    await reader.connect()
    await office.fed(made, "A1", "A2", reader=await office.fed(made, "A0", reader=None))
    await reader.hang_up()
    await office.reads(made, 4)
    answer = await office.ask("GET", path)
    assert answer["unshown"][0]["why"] == ["late", "not_called"]
    assert {tuple(each["why"]) for each in answer["unshown"][1:]} == {("no_screen", "not_called")}
    assert answer["unshown"][1]["words"].startswith("No screen showed anything")
    page = await office.ask("GET", f"{path}?of=called&limit=2&after=1")
    assert ([each["offset"] for each in page["unshown"]], page["next"]) == ([2, 3], 3)
    assert len((await office.ask("GET", f"{path}?of=shown"))["unshown"]) == 4
    for query, field in (("of=nothing", "of"), ("limit=0", "limit"), ("after=x", "after")):
        assert (await office.refused("GET", f"{path}?{query}", None, 400))["field"] == field


@SHARED
async def test_of_a_session_that_has_ended(shared_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office = shared_office
    made = await office.session("Over")
    code = await office.displayed(made["id"])
    async with office.screen(code) as screen:
        await screen.next("hello")
        reader = await office.fed(made, "A1")
        await office.reads(made, 1)
        await said(screen, {"offset": 1, "ms": 30})
        await counted(office, made, shown=1)
    await reader.hang_up()
    await office.hub.app._application[proof.PROOF].save_latencies()
    await office.ask("POST", f"sessions/{made['id']}/end")
    figures = await office.ask("GET", f"sessions/{made['id']}/latency")
    assert figures["parts"]["paint"] | {"count": 1} == figures["parts"]["paint"]
    assert len((await office.ask("GET", f"sessions/{made['id']}/showings"))["showings"]) == 1


@SHARED
async def test_of_no_session_there_is_nothing(shared_office: Office) -> None:
    for what in ("showings", "showings.csv", "unshown", "latency"):
        error = await shared_office.refused("GET", f"sessions/999999/{what}", None, 404)
        assert error["message"] == "There is no session 999999."
