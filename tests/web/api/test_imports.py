"""`POST /api/sessions/{id}/import`."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.config import Limits
from tests.controller_files import MARKERS, race
from tests.running import Running, rows, running_hub, settings_for, stored


async def post(
    hub: Running,
    data: bytes | None,
    markers: bytes | None = None,
    location: str | None = None,
    session: object = None,
) -> tuple[int, Any]:
    form = aiohttp.MultipartWriter("form-data")
    files = {"file": data, "markers": markers}
    for name, content in files.items():
        if content is not None:
            form.append(content).set_content_disposition("form-data", name=name, filename=f"{name}.bin")
    if location is not None:
        form.append(location).set_content_disposition("form-data", name="location")
    path = f"/api/sessions/{hub.session_id if session is None else session}/import"
    async with hub.http.post(path, data=form) as response:
        return response.status, await response.json()


async def test_says_what_it_did(hub: Running, database_dsn: str) -> None:
    status, body = await post(hub, race(30) + b"bad\r\n", MARKERS)
    assert status == 200 and body == {
        "session": hub.session_id,
        "location": "FINISH",
        "lines": 32,
        "reads": 31,
        "guns": 1,
        "new": 31,
        "held": 0,
        "repeats": 0,
        "rejected": 1,
        "problems": [{"file": "file.bin", "line": 31, "reason": "the line does not begin with TO~"}],
    }
    _, body = await post(hub, race(31), location="Zürich")
    assert (body["location"], body["new"], body["held"], body["repeats"]) == ("Zürich", 31, 0, 30)
    _, body = await post(hub, race(32), location=" zürich ")
    assert (body["location"], body["new"], body["held"]) == ("zürich", 1, 31)
    assert len(await stored(database_dsn, 63)) == 63
    (source, *_) = await rows(database_dsn, "SELECT * FROM timing_sources ORDER BY id")
    assert (source["remote_address"], source["event_name"]) == ("127.0.0.1", "24HILL")


async def test_screens_have_it_at_once(hub: Running) -> None:
    async with hub.screen() as screen, hub.watcher(hub.session_id) as watcher:
        assert (await post(hub, race(5), location="FINISH"))[0] == 200
        assert await screen.offsets(5) == await watcher.offsets(5) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "name", [b"filename*=utf-8''a%1B%5B1m%0A%00" + b"b" * 500, b'filename="a\xffb"', b'filename=""']
)
async def test_a_file_name_is_made_fit_to_be_shown(hub: Running, database_dsn: str, name: bytes) -> None:
    head = b"--x\r\nContent-Disposition: form-data; name=file; %b\r\n\r\n" % name
    location = "\r\n--x\r\nContent-Disposition: form-data; name=location\r\n\r\nX\r\n--x--\r\n"
    path, kind = f"/api/sessions/{hub.session_id}/import", "multipart/form-data; boundary=x"
    body = head + race(1) + location.encode()
    async with hub.http.post(path, data=body, headers={"Content-Type": kind}) as response:
        assert response.status == 200
    await stored(database_dsn, 1)
    (source,) = await rows(database_dsn, "SELECT program FROM timing_sources")
    assert source["program"].isprintable() and 15 < len(source["program"]) < 220


BAD: list[tuple[dict[str, Any], int, str | None]] = [
    ({"data": None}, 400, "file"),
    ({"data": b"bib,name\r\n1,Ann\r\n", "location": "X"}, 400, "file"),
    ({"data": race(1), "markers": b"none\r\n", "location": "X"}, 400, "file"),
    ({"data": race(1)}, 400, "location"),
    ({"data": race(1), "location": " "}, 400, "location"),
    ({"data": race(1), "location": "A~B"}, 400, "location"),
    ({"data": race(1), "location": "x" * 129}, 400, "location"),
    ({"data": race(1), "markers": MARKERS.replace(b"FINISH", b"5K, turn")}, 400, "location"),
    ({"data": race(1), "location": "X", "session": 77}, 404, None),
    ({"data": race(1), "location": "X", "session": "x"}, 400, "id"),
    ({"data": race(1), "location": "X", "session": 0}, 400, "id"),
    ({"data": race(1), "location": "X", "session": "9" * 40}, 400, "id"),
    ({"data": b" " * 1024 * 1025, "location": "X"}, 413, "file"),
    ({"data": race(1), "markers": b" " * 1024 * 1025, "location": "X"}, 413, "markers"),
]


async def test_bad_input(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path, limits=Limits(upload_mib=1))) as hub:
        for given, status, field in BAD:
            found, body = await post(hub, **given)
            assert (found, body["error"].get("field")) == (status, field), body
        path = f"/api/sessions/{hub.session_id}/import"
        async with hub.anybody.post(path, data={"location": "X"}) as response:
            assert response.status == 401
        for table in ("timing_reads", "timing_rejects", "timing_sources"):
            assert await rows(database_dsn, f"SELECT 1 FROM {table}") == []


@pytest.mark.asyncio(loop_scope="session")
async def test_it_takes_no_other_method(shared_hub: Running) -> None:
    async with shared_hub.http.get("/api/sessions/1/import") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
