"""`/api/sessions` and the reads of one."""

from datetime import datetime
from typing import Any

import pytest

from hub.model import Read
from tests.running import ROSTER, ZONE, Running, raw, rows, stored, until

FIELDS = {
    "offset",
    "id",
    "location",
    "location_raw",
    "tag",
    "bib",
    "time",
    "lap",
    "reader_id",
    "gator",
    "sequence",
    "kind",
    "marks",
    "received_at",
}
SHARED = pytest.mark.asyncio(loop_scope="session")


async def fill(hub: Running, dsn: str) -> None:
    """A gun and seven reads, at two locations, of four tags."""
    reader = hub.reader()
    reader.gun("START")
    reader.add("A1", "A2", location="START")
    reader.add("0A1", "007", "A9", "A2", "A2", location="Finish")
    await reader.connect()
    await stored(dsn, 8)
    await reader.hang_up()


async def reads(hub: Running, query: str = "") -> Any:
    return await hub.get(f"/api/sessions/{hub.session_id}/reads{query}")


@SHARED
async def test_the_list_of_sessions(shared_hub: Running) -> None:
    (session,) = (await shared_hub.get("/api/sessions"))["sessions"]
    assert set(session) == {
        "id",
        "session_name",
        "event_id",
        "status",
        "purpose",
        "testing",
        "stream_key",
        "partner",
        "scheduled_for",
        "started_at",
        "created_at",
        "updated_at",
        "ended_at",
        "total_reads",
        "unique_tags",
        "total_locations",
        "mode",
        "minors",
        "roster_order",
        "first_read",
        "last_read",
    }
    assert (session["total_reads"], session["unique_tags"], session["total_locations"]) == (7, 5, 2)
    assert (session["id"], session["status"], session["ended_at"]) == (shared_hub.session_id, "active", None)
    assert session["partner"] == {"id": 1, "slug": "default", "name": "Default"}
    for name in ("created_at", "updated_at", "first_read", "last_read"):
        moment = datetime.fromisoformat(session[name])
        assert abs((moment - datetime.now(ZONE)).total_seconds()) < 60


async def test_sessions_without_reads(hub: Running) -> None:
    (session,) = (await hub.get("/api/sessions"))["sessions"]
    assert (session["total_reads"], session["first_read"]) == (0, None)
    assert await reads(hub) == {"reads": [], "next": None}


@SHARED
async def test_a_read_has_its_fields(shared_hub: Running) -> None:
    found = (await reads(shared_hub))["reads"]
    assert [each["offset"] for each in found] == list(range(1, 9))
    guns = [each for each in found if each["kind"] == "gun"]
    assert len(guns) == 1 and guns[0]["reader_id"] == "I11A9D" and guns[0]["bib"] is None
    for each in found:
        assert set(each) - {"runner"} == FIELDS
        assert each["time"].endswith("+05:45") and each["received_at"].endswith("+00:00")
    known = {each["tag"]: each["runner"]["name"] for each in found if "runner" in each}
    assert known == {"A1": "Ann Lee", "0A1": "Ann Lee", "A9": "Ann Lee", "007": "Bob Ray"}
    assert len({each["id"] for each in found}) == 8


@SHARED
@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("?location=finish", ["0A1", "007", "A9", "A2", "A2"]),
        ("?location=FINISH&tag=A2", ["A2", "A2"]),
        ("?tag=a1", ["A1", "0A1"]),
        ("?tag=%2000a1%20", ["A1", "0A1"]),
        ("?bib=2505", ["A1", "0A1", "A9"]),
        ("?bib=02505&location=START", ["A1"]),
        ("?bib=7", ["007"]),
        ("?bib=7&tag=7", ["007"]),
        ("?bib=7&tag=A1", []),
        ("?bib=99", []),
        ("?tag=", []),
        ("?location=", []),
        ("?location=nowhere", []),
        ("?tag=GUNTIME", ["GUNTIME"]),
        ("?location=%ff", []),
        ("?after=9223372036854775807", []),
        ("?limit=0001&tag=A9", ["A9"]),
    ],
)
async def test_filters(shared_hub: Running, query: str, tags: list[str]) -> None:
    found = (await reads(shared_hub, query))["reads"]
    assert sorted(each["tag"] for each in found) == sorted(tags)
    assert [each["offset"] for each in found] == sorted(each["offset"] for each in found)


@SHARED
@pytest.mark.parametrize("limit", [1, 3, 4, 8, 9])
async def test_page_by_page(shared_hub: Running, limit: int) -> None:
    after, seen = 0, []
    while after is not None:
        page = await reads(shared_hub, f"?limit={limit}&after={after}")
        assert len(page["reads"]) <= limit
        seen += [each["offset"] for each in page["reads"]]
        after = page["next"]
    assert seen == list(range(1, 9))


@SHARED
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("x/reads", "id"),
        ("0/reads", "id"),
        ("9223372036854775808/reads", "id"),
        ("99999999999999999999/reads", "id"),
        ("1/reads?after=x", "after"),
        ("1/reads?after=-1", "after"),
        ("1/reads?after=", "after"),
        ("1/reads?after=00000000000000000000999999999999999999999999", "after"),
        ("1/reads?after=%D9%A3", "after"),
        ("1/reads?limit=0", "limit"),
        ("1/reads?limit=1001", "limit"),
        ("1/reads?limit=1.5", "limit"),
        ("1/reads?location=%00", "location"),
        ("1/reads?tag=a%00", "tag"),
    ],
)
async def test_bad_input(shared_hub: Running, path: str, field: str) -> None:
    async with shared_hub.http.get(f"/api/sessions/{path}") as response:
        assert response.status == 400
        error = (await response.json())["error"]
        assert (error["code"], error["field"]) == ("invalid", field)


@SHARED
async def test_bytes_that_are_no_text(shared_hub: Running) -> None:
    head = "Host: hub\r\nConnection: close\r\nAuthorization: Bearer " + shared_hub.token
    for query in (b"location=\xff", b"tag=\xed\xa0\x80", b"bib=\xff"):
        answer = await raw(
            shared_hub, b"GET /api/sessions/1/reads?%b HTTP/1.1\r\n%b\r\n\r\n" % (query, head.encode())
        )
        assert answer.split(b" ")[1] in (b"200", b"400")


@SHARED
async def test_no_such_session(shared_hub: Running) -> None:
    async with shared_hub.http.get("/api/sessions/77/reads") as response:
        assert (response.status, (await response.json())["error"]["code"]) == (404, "not_found")


async def test_a_session_that_is_over_is_read_all_the_same(hub: Running, database_dsn: str) -> None:
    await fill(hub, database_dsn)
    await hub.import_roster(ROSTER)
    session = hub.app.hub.sessions.pop(hub.session_id)
    try:
        found = await hub.get(f"/api/sessions/{session.row.id}/reads?bib=7")
        assert [each["runner"]["name"] for each in found["reads"]] == ["Bob Ray"]
    finally:
        hub.app.hub.sessions[session.row.id] = session


async def test_void_rows_are_not_listed(hub: Running, database_dsn: str) -> None:
    await fill(hub, database_dsn)
    await rows(database_dsn, "UPDATE timing_reads SET kind = 'void' WHERE feed_offset IN (2, 3) RETURNING 1")
    page = await reads(hub, "?limit=2")
    assert [each["offset"] for each in page["reads"]] == [1, 4] and page["next"] == 4


async def test_what_is_not_in_postgresql_yet_is_not_skipped(hub: Running, database_dsn: str) -> None:
    reader = hub.reader()
    reader.add(*(f"T{each}" for each in range(3000)))
    await reader.connect()
    after = 0
    seen: list[int] = []
    while len(seen) < 3000:
        page = await reads(hub, f"?limit=1000&after={after}")
        seen += [each["offset"] for each in page["reads"]]
        after = seen[-1] if seen else 0
    assert seen == list(range(1, 3001))
    await until(lambda: hub.durable == 3000)
    await reader.hang_up()


def test_the_fields_are_those_of_a_read() -> None:
    assert {"reader_id", "gator", "sequence", "lap", "kind", "marks"} <= set(Read.__struct_fields__)


# A rehearsal


async def change(hub: Running, body: object, status: int = 200, **kwargs: Any) -> Any:
    path = f"/api/sessions/{hub.session_id}"
    kwargs = kwargs or {"json": body}
    async with hub.http.patch(path, **kwargs) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_a_rehearsal_is_marked_on_its_screens_at_once(hub: Running) -> None:
    assert (await hub.get(f"/api/sessions/{hub.session_id}"))["purpose"] == "race"
    async with hub.screen() as screen:
        assert (await screen.next("hello"))["session"]["test"] is False
        changed = await change(hub, {"purpose": "rehearsal", "session_name": "Trial"})
        assert (changed["purpose"], changed["session_name"]) == ("rehearsal", "Trial")
        assert await screen.closed() == 4104
    async with hub.screen() as screen:
        session = (await screen.next("hello"))["session"]
        assert (session["test"], session["name"]) == (True, "Trial")
    assert (await change(hub, {"purpose": "race"}))["session_name"] == "Trial"
    reader = hub.reader()
    reader.add("A1")
    await reader.connect()
    await until(lambda: hub.durable == 1)
    await reader.hang_up()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"purpose": "demo"}, "purpose"),
        ({"purpose": 1}, "purpose"),
        ({"session_name": ""}, "session_name"),
        ({"session_name": "x" * 201}, "session_name"),
        ({"session_name": "a\0b"}, "session_name"),
        ({"status": "ended"}, "status"),
        ([], "object"),
    ],
)
@SHARED
async def test_a_change_that_makes_no_sense(shared_hub: Running, body: object, said: str) -> None:
    error = (await change(shared_hub, body, 400))["error"]
    assert error["code"] == "invalid" and said in error["message"]


@SHARED
async def test_a_change_that_is_no_json(shared_hub: Running) -> None:
    kind = {"Content-Type": "application/json"}
    for data in (b"", b"{", b"\xff", b'{"\x80":1}', b"[" * 60_000):
        error = (await change(shared_hub, None, 400, data=data, headers=kind))["error"]
        assert error["code"] == "invalid" and "cannot be read" in error["message"]
    assert (await change(shared_hub, None, 415, data=b"{}"))["error"]["code"] == "unsupported"


async def test_neither_a_demo_nor_what_is_not_there_can_be_changed(hub: Running, database_dsn: str) -> None:
    async with hub.http.patch("/api/sessions/99", json={"purpose": "race"}) as response:
        assert response.status == 404
    async with hub.http.get("/api/sessions/99") as response:
        assert response.status == 404
    await rows(database_dsn, "UPDATE timing_sessions SET purpose = 'demo' RETURNING id")
    assert "demo" in (await change(hub, {"purpose": "race"}, 409))["error"]["message"]
