"""`POST /api/rosters/import`."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.config import Limits
from tests.running import Running, raw, rows, running_hub, settings_for, until

PATH = "/api/rosters/import"
ON_IT = "SELECT bib FROM participants WHERE gone = '' ORDER BY bib::int"


async def post(hub: Running, session: object, data: bytes | None, **more: Any) -> tuple[int, Any]:
    form = aiohttp.FormData()
    if session is not None:
        form.add_field("session", str(session))
    if data is not None:
        form.add_field("file", data, **({"filename": "r.csv", "content_type": "text/csv"} | more))
    async with hub.http.post(PATH, data=form) as response:
        return response.status, await response.json()


async def test_replaces_the_roster_and_says_what_it_left_out(hub: Running, database_dsn: str) -> None:
    data = b"bib,name,Shirt\n1,Ann Lee,M\n,,S\n2,Bob Ray,L\n"
    status, body = await post(hub, hub.session_id, data)
    assert status == 200
    assert body == {
        "session": hub.session_id,
        "participants": 2,
        "left_out": 1,
        "problems": [{"line": 3, "reason": "neither a bib nor a tag nor a name"}],
        "ambiguous": [],
        "added": 2,
        "changed": 0,
        "gone": 0,
    }
    again = (await post(hub, hub.session_id, b"bib,name\n7,Eve Fox\n2,Bob Roy\n"))[1]
    assert {name: again[name] for name in ("participants", "added", "changed", "gone")} == {
        "participants": 2,
        "added": 1,
        "changed": 1,
        "gone": 1,
    }
    assert [row["bib"] for row in await rows(database_dsn, ON_IT)] == ["2", "7"]
    assert hub.app.hub.sessions[hub.session_id].roster.size == 2


async def test_bad_row_takes_nobody_off(hub: Running, database_dsn: str) -> None:
    """Whoever it means stays as they are: by bib, by tag, by name."""
    head = b"bib,tag,name,birth date\n"
    good = head + b"1,A1,Ann Lee,1991-02-03\n,B7,Bob Ray,1992-02-03\n,,Eve Fox,1993-02-03\n4,D4,Dan Kay,\n"
    assert (await post(hub, hub.session_id, good))[1]["added"] == 4
    bad = head + b"1,,Ann Li,1991-13-02\n,B7,,never\n,,Eve Fox,31.31.1993\n"
    body = (await post(hub, hub.session_id, bad))[1]
    assert (body["participants"], body["changed"], body["gone"], body["left_out"]) == (3, 0, 1, 3)
    assert [each["line"] for each in body["problems"]] == [2, 3, 4]
    kept = await rows(database_dsn, "SELECT first_name FROM participants WHERE gone = '' ORDER BY 1")
    assert [row["first_name"] for row in kept] == ["Ann", "Bob", "Eve"]


async def test_who_carries_the_same_number_is_listed(hub: Running) -> None:
    status, body = await post(hub, hub.session_id, b"bib,tag\n13,0999\n14,999\n15,1\n")
    assert (status, body["participants"], body["ambiguous"]) == (200, 3, ["999"])


async def test_a_large_file(hub: Running) -> None:
    data = b"bib,name\n" + b"".join(b"%d,Runner Number%d\n" % (each, each) for each in range(20_000))
    assert len(data) > 5 * 64 * 1024
    status, body = await post(hub, hub.session_id, data)
    assert (status, body["participants"]) == (200, 20_000)


async def test_what_is_in_memory_is_what_was_stored_last(hub: Running, database_dsn: str) -> None:
    files = [b"bib,name\n%d,Runner\n" % each + b"1%d,Y\n" % each * each for each in range(8)]
    await asyncio.gather(*(post(hub, hub.session_id, each) for each in files))
    (stored, *_) = await rows(database_dsn, ON_IT)
    roster = hub.app.hub.sessions[hub.session_id].roster
    assert [bib for bib in range(8) if roster.find(str(bib))] == [int(stored["bib"])]


async def test_for_a_session_that_is_not_in_memory(hub: Running, database_dsn: str) -> None:
    (row,) = await rows(
        database_dsn,
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key, status)"
        " SELECT id, 'Past', 'past', 'ended' FROM partners RETURNING id",
    )
    status, _ = await post(hub, row["id"], b"bib,name\n7,Eve Fox\n")
    assert status == 200
    assert (await rows(database_dsn, "SELECT session_id FROM participants"))[0]["session_id"] == row["id"]


BAD: list[tuple[object, bytes, int, str]] = [
    (None, b"bib\n1\n", 400, "session"),
    ("x", b"bib\n1\n", 400, "session"),
    ("-1", b"bib\n1\n", 400, "session"),
    ("9" * 40, b"bib\n1\n", 400, "session"),
    (77, b"bib\n1\n", 404, "session"),
    (1, b"", 400, "file"),
    (1, b"colour,shape\nred,round\n", 400, "file"),
    (1, b"%PDF-1.7\n" + bytes(range(1, 9)) * 30, 400, "file"),
    (1, b"PK\x03\x04 and no more", 400, "file"),
    (1, b"bib\n" + b"1\n" * 6, 400, "file"),
    (1, b"bib\n" + b" " * 1024 * 1024, 413, "file"),
]


async def test_bad_input(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path, limits=Limits(upload_mib=1, roster_rows=5))
    async with running_hub(settings) as hub:
        for session, data, status, field in BAD:
            found, body = await post(hub, session, data)
            assert (found, body["error"]["field"]) == (status, field), body
        async with hub.http.post(PATH, data={"session": "1"}) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (415, "unsupported")
        assert await rows(database_dsn, "SELECT 1 FROM participants") == []


BROKEN = {
    "no boundary": ("multipart/form-data", b"x"),
    "a long boundary": ("multipart/form-data; boundary=" + "x" * 80, b"x"),
    "another boundary": ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--\r\n"),
    "cut off": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file\r\n"),
    "a bad header": ("multipart/form-data; boundary=x", b"--x\r\nnonsense\r\n\r\n1\r\n--x--\r\n"),
    "a bad length": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=file\r\nContent-Length: x\r\n\r\n1\r\n--x--\r\n",
    ),
    "one in another": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n1\r\n--y--\r\n--x--\r\n",
    ),
    "nothing": ("multipart/form-data; boundary=x", b""),
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_body_is_the_callers_fault(shared_hub: Running, name: str) -> None:
    content_type, body = BROKEN[name]
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: Bearer {shared_hub.token}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answer = await raw(shared_hub, head.encode() + body)
    assert answer.startswith(b"HTTP/1.1 400 ") and b'{"error": {"code": "invalid"' in answer


async def test_nothing_waits_for_an_import(hub: Running) -> None:
    data = b"bib,name\n" + b"".join(b"%d,Runner Number%d\n" % (each, each) for each in range(15_000))
    reader = await hub.reader().connect()
    importing = asyncio.create_task(post(hub, hub.session_id, data))
    while not importing.done():
        before = hub.durable
        reader.add(f"T{before}")
        await until(lambda before=before: hub.durable > before)  # type: ignore[misc]
    assert importing.result()[0] == 200 and hub.durable > 5
    await reader.hang_up()
