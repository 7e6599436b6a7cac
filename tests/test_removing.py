"""Sessions deleted: what they held is in a file first, whatever dies on the way; readers and screens are told."""

import asyncio
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import Conflict, StoreAway, Unavailable
from hub.model import US_PER_S, Rejected
from hub.showings import Showing, ShowingRow
from hub.store import exports
from tests.lifecycle import Office
from tests.running import rows, until

SHARED = pytest.mark.asyncio(loop_scope="session")
ROSTER: Final = "bib,tag,first_name,last_name,Shoes\n2505,A1;A9,Ann,Löwe,=1+1\n7,,Bob,Ray,\n"


async def delete(made: Office, session: Any, name: str | None = None, status: int = 200) -> Any:
    body = {"name": session["session_name"] if name is None else name}
    return await made.ask("DELETE", f"sessions/{session['id']}", body, status)


async def table(made: Office, export: Any, name: str) -> list[dict[str, str]]:
    async with made.hub.http.get(export["url"]) as response:
        data = await response.read()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


async def left(made: Office, session: Any) -> list[str]:
    """The tables that still hold something of a session."""
    found = []
    for name in ("reads", "locations", "rejects", "sources"):
        if await rows(made.dsn, f"SELECT FROM timing_{name} WHERE session_id = $1", session["id"]):
            found.append(name)
    for name, column in (
        ("timing_sessions", "id"),
        ("participants", "session_id"),
        ("displays", "session_id"),
    ):
        if await rows(made.dsn, f"SELECT FROM {name} WHERE {column} = $1", session["id"]):
            found.append(name)
    return found


@SHARED
async def test_all_that_a_session_held_is_in_its_export(shared_office: Office) -> None:
    event = await shared_office.event(
        races=[{"name": "10K", "distance_m": 10_000, "start_location": "START", "finish_location": "FINISH"}]
    )
    made = await shared_office.session("Löwen-Lauf 10K", event_id=event["id"])
    reader = await shared_office.fed(made, "A1", "=A2")
    reader.gun()
    await until(lambda: shared_office.memory(made).durable == 3)
    session = shared_office.memory(made)
    source = next(each for each in shared_office.hub.app.hub.sources.values() if each.session is session)
    await shared_office.hub.import_roster(ROSTER, made["id"])
    await shared_office.ask(
        "POST", f"sessions/{made['id']}/messages", {"text": "Gate 4", "audience": "crew"}, 201
    )
    shown = ShowingRow(made["id"], 1, Showing("AAAA2222", US_PER_S, 8000, "card"))
    await shared_office.hub.app.stores.proofs.save_showings(1, [shown])
    bad_line = Rejected(b'CT01_33~9~FINISH~\xe9,"~', "no read")
    shared_office.hub.app.hub.accept(source, [], [bad_line], session.head)
    await shared_office.ask("PUT", f"sessions/{made['id']}/marks/bib:17", {"note": "=Twin"})
    await shared_office.ask("PUT", f"sessions/{made['id']}/calls/2")
    answer = await delete(shared_office, made)
    export = answer["export"]
    assert answer["deleted"] is True and export["reads"] == 3 and export["bytes"] > 500
    assert export["file_name"].startswith(f"l-wen-lauf-10k-{made['id']}-")
    assert await left(shared_office, made) == []
    reads = await table(shared_office, export, "reads.csv")
    assert [row["tag_code"] for row in reads] == ["A1", "=A2", "GUNTIME"]
    assert [row["feed_offset"] for row in reads] == ["1", "2", "3"]
    assert reads[0]["raw_data"].startswith("CT01_33~1~FINISH~A1~") and reads[0]["read_time"].endswith("+00")
    assert len(reads[0]) == 18 and len(reads[0]["read_key"]) == 36
    roster = await table(shared_office, export, "roster.csv")
    assert (roster[0]["tags"], roster[0]["last_name"]) == ("A1;A9", "Löwe")
    assert json.loads(roster[0]["custom"]) == {"Shoes": "=1+1"}
    (bad,) = await table(shared_office, export, "rejects.csv")
    assert bad["line"] == 'CT01_33~9~FINISH~\\351,"~'
    assert {row["location_name"] for row in await table(shared_office, export, "locations.csv")} == {
        "FINISH",
        "START",
    }
    assert await table(shared_office, export, "showings.csv") == [
        {"feed_offset": "1", "code": "AAAA2222", "shown_at": "1970-01-01 00:00:01+00"}
        | {"shown_ms": "8000", "layout": "card"}
    ]
    (message,) = await table(shared_office, export, "messages.csv")
    assert (message["audience"], message["text"]) == ("crew", "Gate 4")
    (mark,), (call,) = [await table(shared_office, export, name) for name in ("marks.csv", "calls.csv")]
    assert (mark["who"], mark["note"], call["feed_offset"]) == ("bib:17", "=Twin", "2")
    assert [row["event_name"] for row in await table(shared_office, export, "sources.csv")] == [
        made["stream_key"]
    ]
    async with shared_office.hub.http.get(export["url"]) as response:
        data = await response.read()
        assert response.headers["Content-Type"] == "application/zip"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{export["file_name"]}"'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        about = json.loads(archive.read("session.json"))
        assert "raw_data" in archive.read("README.txt").decode()
    assert (
        about["session"]["session_name"] == "Löwen-Lauf 10K" and about["event"]["timezone"] == "Europe/Berlin"
    )
    assert about["races"][0]["name"] == "10K" and about["figures"]["total_reads"] == 2
    assert made["stream_key"] not in json.dumps(about)
    folder = shared_office.hub.app.changes.removing.folder
    assert (folder / export["file_name"]).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700 and not list(folder.glob("*.part"))
    await shared_office.ask("DELETE", f"events/{event['id']}", status=204)


@SHARED
async def test_readers_and_screens_of_one_that_is_deleted(shared_office: Office) -> None:
    made = await shared_office.session("Gone")
    other = await shared_office.session("Stays")
    code = await shared_office.displayed(made["id"])
    reader = await shared_office.fed(made, "A1")
    async with shared_office.screen(code) as screen, shared_office.hub.watcher(made["id"]) as watcher:
        await screen.next("hello")
        await watcher.next("hello")
        await delete(shared_office, made)
        assert (await screen.closed(), await watcher.closed()) == (4104, 4003)
    async with shared_office.screen(code) as screen:
        assert (await screen.next("hello"))["session"]["id"] == other["id"], "it follows the active one now"
    assert (await shared_office.ask("GET", f"displays/{code}"))["display"]["session_id"] is None
    await until(lambda: reader.client is not None and reader.client.closed)
    await reader.hang_up()
    assert await shared_office.hub.led_nowhere(reader), "its key leads into no other session"
    await shared_office.refused("DELETE", f"sessions/{made['id']}", {"name": "Gone"}, 404)
    assert made["id"] not in shared_office.hub.app.hub.guests


@SHARED
async def test_without_an_export_nothing_is_deleted(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await shared_office.session("No room")
    await (await shared_office.fed(made, "A1")).hang_up()
    removing = shared_office.hub.app.changes.removing
    with monkeypatch.context() as changed:
        changed.setattr(removing, "folder", Path("/proc/nowhere"))
        error = await shared_office.refused(
            "DELETE", f"sessions/{made['id']}", {"name": "No room"}, status=503
        )
        assert "Nothing was deleted" in error["message"]
    before = len(list(removing.folder.iterdir()))

    async def away(*_: object) -> None:
        raise StoreAway("gone")

    with monkeypatch.context() as changed:  # as if the hub had died between the export and the end
        changed.setattr(exports, "delete_session", away)
        await shared_office.refused("DELETE", f"sessions/{made['id']}", {"name": "No room"}, status=503)
    assert len(list(removing.folder.iterdir())) == before + 1, "an export too many"
    (removing.folder / "left-of-a-hub.zip.part").touch()
    await delete(shared_office, made)
    assert await left(shared_office, made) == []
    assert not list(removing.folder.glob("*.part"))


@SHARED
async def test_while_something_is_put_into_it_it_stays(shared_office: Office) -> None:
    made = await shared_office.session("Busy")
    changes = shared_office.hub.app.changes
    async with changes.guests.hosted(made["id"]):
        with pytest.raises(Conflict, match="Something is being put into"):
            await changes.removing.remove(MACHINE_CALLER, made["id"], None)
    both = await asyncio.gather(
        changes.removing.remove(MACHINE_CALLER, made["id"], None),
        changes.removing.remove(MACHINE_CALLER, made["id"], None),
        return_exceptions=True,
    )
    assert [isinstance(each, Conflict) for each in both] == [False, True]


@SHARED
async def test_a_file_that_cannot_be_deleted(shared_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    export = (await delete(shared_office, await shared_office.session("Kept")))["export"]

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as changed:
        changed.setattr(Path, "unlink", refuse)
        with pytest.raises(Unavailable, match="cannot be deleted: Permission denied"):
            await shared_office.hub.app.changes.removing.delete_export(MACHINE_CALLER, export["id"])
    await shared_office.ask("GET", "exports")
    await shared_office.ask("DELETE", f"exports/{export['id']}", status=204)
