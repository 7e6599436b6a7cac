"""Reads to take along, over HTTP: all of them, page by page, and no more at once than is good."""

import asyncio
import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from hub.errors import StoreAway
from hub.model import Read
from hub.reads_export import HEADER
from hub.web.api import reads_export
from hub.web.api.reads_export import EXPORTS_MAX, SENDING
from tests.lifecycle import Office
from tests.running import until

SHARED = pytest.mark.asyncio(loop_scope="session")


async def file(office: Office, session_id: int, kind: str, query: str = "") -> tuple[str, dict[str, str]]:
    async with office.hub.http.get(f"/api/sessions/{session_id}/export.{kind}{query}") as response:
        assert response.status == 200, await response.text()
        return (await response.read()).decode(), dict(response.headers)


async def fed(office: Office, name: str) -> tuple[int, list[str]]:
    """A session with reads at two locations; the lines as they came."""
    made = await office.session(name)
    reader = office.reader(made)
    reader.gun()
    reader.add("007", "A2", location="5K")
    await office.fed(made, "A1", "A3", "=A4", reader=reader)
    await office.reads(made, 6)
    held = await office.reads(made, 6)
    return made["id"], [row["raw_data"] for row in held]


@SHARED
async def test_all_of_a_session_page_by_page(shared_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads_export, "PAGE_READS", 2)
    session_id, lines = await fed(shared_office, "Spring run: 10K/5K")
    text, headers = await file(shared_office, session_id, "txt")
    assert text == "".join(f"{line}\r\n" for line in lines) and lines[0].startswith("CT01_33~1~")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    name = f"spring-run-10k-5k-{session_id}-reads"
    assert headers["Content-Disposition"] == f'attachment; filename="{name}.txt"'
    text, headers = await file(shared_office, session_id, "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["offset"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {"GUNTIME", "'=A4", "007"} < {row["tag"] for row in rows}
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


@SHARED
async def test_of_a_location_or_a_tag(shared_office: Office) -> None:
    session_id, lines = await fed(shared_office, "Some")
    at_5k = [line for line in lines if "~5K~" in line]
    assert len(at_5k) == 2
    text, _ = await file(shared_office, session_id, "txt", "?location=5k")
    assert text.splitlines() == at_5k
    text, _ = await file(shared_office, session_id, "txt", "?tag=7&location=5K")
    assert [line.split("~")[3] for line in text.splitlines()] == ["007"]
    text, _ = await file(shared_office, session_id, "csv", "?tag=none")
    assert text.splitlines() == [",".join(HEADER)]


@SHARED
async def test_no_more_at_once_than_is_good(shared_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await shared_office.session("Many")
    monkeypatch.setattr(reads_export, "WAIT_S_MAX", 0)
    go, asked = asyncio.Event(), []
    real = shared_office.hub.app.stores.queries.reads

    async def reads(*arguments: Any) -> Sequence[tuple[int, Read]]:
        asked.append(arguments)
        await go.wait()
        return await real(*arguments)

    monkeypatch.setattr(shared_office.hub.app.stores.queries, "reads", reads)
    running = [asyncio.create_task(file(shared_office, made["id"], "txt")) for _ in range(EXPORTS_MAX)]
    await until(lambda: len(asked) == EXPORTS_MAX)
    error = await shared_office.refused("GET", f"sessions/{made['id']}/export.csv", None, 503)
    assert "on their way already" in error["message"]
    go.set()
    assert [text for text, _ in await asyncio.gather(*running)] == [""] * EXPORTS_MAX
    assert not shared_office.hub.app._application[SENDING].locked()


@SHARED
async def test_what_is_cut_off_is_not_taken_for_the_whole(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads_export, "PAGE_READS", 2)
    session_id, _ = await fed(shared_office, "Cut")
    real = shared_office.hub.app.stores.queries.reads

    async def reads(whose: Any, session_id: int, wanted: Any) -> Sequence[tuple[int, Read]]:
        if wanted.after:
            raise StoreAway("away")
        return await real(whose, session_id, wanted)

    monkeypatch.setattr(shared_office.hub.app.stores.queries, "reads", reads)
    with pytest.raises(Exception, match=r"(?i)payload|disconnected|reset|closed"):
        await file(shared_office, session_id, "txt")
    assert not shared_office.hub.app._application[SENDING].locked()


@SHARED
async def test_of_no_session_there_is_none(shared_office: Office) -> None:
    for kind in ("csv", "txt"):
        error = await shared_office.refused("GET", f"sessions/999999/export.{kind}", None, 404)
        assert error["message"] == "There is no session 999999."
