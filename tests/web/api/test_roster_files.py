"""`/api/rosters/files`: from the file that is brought to the roster that is in force."""

import asyncio
import csv
import io
from typing import Any, Final

import aiohttp
import pytest

from hub.accounts import OPERATOR, VIEWER
from hub.roster_files import FILES_MAX
from tests.web.teamed import Teamed
from tests.workbooks import xlsx

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH: Final = "/api/rosters/files"
ROWS: Final = (
    "Startnr;Name;Geburtsdatum;E-Mail;Shirt\n"
    "1;Ann Lee;3.4.1990;a@b;=M\n"
    "2;Bob Ray;31.2.1990;;L\n"
    ";;;;\n"
    "3;Eve Fox;;;\n"
)


async def a_session(team: Teamed) -> int:
    status, answer = await team.ask(OPERATOR, "POST", "/api/sessions", {"session_name": "Files"})
    assert status == 201
    return int(answer["id"])


async def post(
    team: Teamed, who: str, session: object, data: bytes | str, name: str = "r.csv", **texts: str
) -> tuple[int, Any]:
    form = aiohttp.FormData()
    for each, text in ({"session": str(session)} | texts).items():
        form.add_field(each, text)
    raw = data.encode() if isinstance(data, str) else data
    form.add_field("file", raw, filename=name, content_type="application/octet-stream")
    async with team.hub.anybody.post(
        PATH, data=form, headers={"Authorization": f"Bearer {team.tokens[who]}"}
    ) as response:
        return response.status, await response.json()


async def brought(team: Teamed, session: int, data: bytes | str, **texts: str) -> Any:
    status, answer = await post(team, OPERATOR, session, data, **texts)
    assert status == 201, answer
    return answer["file"]


async def done(team: Teamed, path: str, body: Any) -> Any:
    """The result of a job."""
    status, answer = await team.ask(OPERATOR, "POST", path, body)
    assert status == 202, answer
    job = answer["job"]
    while job["status"] == "running":
        await asyncio.sleep(0.02)
        job = (await team.ask(VIEWER, "GET", f"/api/jobs/{job['id']}"))[1]["job"]
    assert job["status"] == "done", job
    return job["result"]


async def test_from_the_file_to_the_roster(team: Teamed) -> None:
    session = await a_session(team)
    file = await brought(team, session, ROWS, name="Läufer.csv")
    path = f"{PATH}/{file['id']}"
    assert {
        name: file[name] for name in ("session", "kind", "format", "delimiter", "encoding", "rows", "job")
    } == {
        "session": session,
        "kind": "roster",
        "format": "csv",
        "delimiter": ";",
        "encoding": "utf-8",
        "rows": 3,
        "job": None,
    }
    assert [(each["header"], each["field"], each["chosen"]) for each in file["columns"]] == [
        ("Startnr", "bib", "bib"),
        ("Name", "name", "name"),
        ("Geburtsdatum", "birth_date:dmy", "birth_date:dmy"),
        ("E-Mail", None, None),
        ("Shirt", "custom", "custom"),
    ]
    assert ["bib", "Bib"] in file["fields"] and file["partner"]["slug"] == "default"

    chosen = {"0": "bib", "1": "name", "2": "birth_date:dmy", "3": None, "4": "city"}
    preview = await done(team, f"{path}/preview", {"columns": chosen})
    assert (preview["rows"], preview["good"], preview["left_out"]) == (3, 2, 1)
    assert preview["problems"] == [
        {
            "line": 3,
            "reason": "birth date 31.2.1990 is none; expected day, month and year, like 31.5.2010",
            "cells": ["2", "Bob Ray", "31.2.1990", "", "L"],
        }
    ]
    assert (preview["diff"]["added"], preview["diff"]["gone"]) == (2, 0)
    assert {each["name"] for each in preview["diff"]["samples"]["added"]} == {"Ann Lee", "Eve Fox"}

    kept = (await team.ask(OPERATOR, "GET", path))[1]["file"]
    assert [each["chosen"] for each in kept["columns"]] == list(chosen.values()) and kept["job"]
    applied = await done(team, f"{path}/apply", {"gone": "remove"})
    assert (applied["added"], applied["participants"], applied["left_out"]) == (2, 2, 1)
    rows = await team.owner.fetch(
        "SELECT bib, city, custom FROM participants WHERE session_id = $1 ORDER BY bib", session
    )
    assert [(row["bib"], row["city"], row["custom"]) for row in rows] == [("1", "=M", "{}"), ("3", "", "{}")]

    assert (await team.ask(OPERATOR, "DELETE", path))[0] == 204
    assert (await team.ask(OPERATOR, "GET", path))[0] == 404


async def test_the_next_file_says_who_is_gone(team: Teamed) -> None:
    session = await a_session(team)
    first = await brought(team, session, "bib,name\n1,Ann Lee\n2,Bob Ray\n")
    await done(team, f"{PATH}/{first['id']}/apply", {"gone": "keep"})
    second = await brought(
        team, session, xlsx({"Runners": [["bib", "name"], [2.0, "Bob Roy"], [3, "Eve Fox"]]}), name="r.xlsx"
    )
    assert (second["format"], second["sheets"]) == ("xlsx", ["Runners"])
    diff = (await done(team, f"{PATH}/{second['id']}/preview", {}))["diff"]
    assert [diff[name] for name in ("added", "changed", "gone")] == [1, 1, 1]
    assert diff["samples"]["changed"][0]["fields"]["last_name"] == ["Ray", "Roy"]
    kept = await done(team, f"{PATH}/{second['id']}/apply", {"gone": "keep"})
    assert (kept["gone"], kept["participants"]) == (0, 3)


async def test_all_rows_that_were_left_out_to_take_along(team: Teamed) -> None:
    session = await a_session(team)
    file = await brought(team, session, ROWS)
    path = f"{PATH}/{file['id']}"
    assert (await team.error(OPERATOR, "GET", f"{path}/problems.csv"))[0] == 404
    await done(team, f"{path}/preview", {})
    async with team.hub.anybody.get(
        f"{path}/problems.csv", headers={"Authorization": f"Bearer {team.tokens[OPERATOR]}"}
    ) as response:
        assert response.content_type == "text/csv" and "attachment" in response.headers["Content-Disposition"]
        data = await response.read()
    text = data.decode("utf-8-sig")
    assert data != text.encode(), "spreadsheets know its letters"
    header, row = csv.reader(io.StringIO(text), delimiter=";")
    assert header == ["line", "reason", "Startnr", "Name", "Geburtsdatum", "E-Mail", "Shirt"]
    assert (row[0], row[2:]) == ("3", ["2", "Bob Ray", "31.2.1990", "", "L"])
    again = await brought(team, session, text.replace("31.2.1990;", "3.2.1990;").encode("utf-8-sig"))
    chosen = [each["field"] for each in again["columns"]]
    assert (again["delimiter"], chosen[:2], chosen[2]) == (";", [None, None], "bib")
    assert (await done(team, f"{PATH}/{again['id']}/apply", {"gone": "keep"}))["added"] == 1


async def test_read_otherwise(team: Teamed) -> None:
    session = await a_session(team)
    file = await brought(team, session, "101;A1B2C3D4\n102;A1B2C3D5\n103;A1B2C3D6\n".encode("utf-16"))
    path = f"{PATH}/{file['id']}"
    assert (file["encoding"], file["header_line"]) == ("utf-16", 0)
    status, answer = await team.ask(OPERATOR, "PATCH", path, {"kind": "tags"})
    assert status == 200 and [each["field"] for each in answer["file"]["columns"]] == ["bib", "tags"]
    assert answer["file"]["fields"] == [["bib", "Bib"], ["tags", "Tags"]]
    result = await done(team, f"{path}/apply", {"gone": "remove"})
    assert result["added"] == 3
    for body, field in (
        ({"encoding": "rot13"}, "file"),
        ({"delimiter": "x"}, "file"),
        ({"header_line": 40}, "file"),
        ({"header_line": 51}, "header_line"),
        ({"kind": "x"}, "kind"),
    ):
        assert (await team.error(OPERATOR, "PATCH", path, body))[::2] == (400, field)


async def test_what_is_refused(team: Teamed) -> None:
    session = team.hub.session_id
    for data, kind, words in (
        (b"%PDF-1.7\n" + bytes(range(1, 9)) * 30, "roster", "no text and no workbook"),
        (b"", "roster", "empty"),
        (b"bib\n1\n", "dance", "expected one of roster, tags"),
    ):
        status, answer = await post(team, OPERATOR, session, data, kind=kind)
        assert status == 400 and words in answer["error"]["message"]
    assert (await post(team, OPERATOR, 77, b"bib\n1\n"))[0] == 404
    assert (await post(team, VIEWER, session, b"bib\n1\n"))[0] == 403
    assert (await post(team, "there.operator", session, b"bib\n1\n"))[0] == 404
    assert (await team.ask(OPERATOR, "GET", f"{PATH}?session={session}")) == (200, {"files": []})


async def test_anothers_file_is_none(team: Teamed) -> None:
    file = await brought(team, await a_session(team), "bib\n1\n")
    path = f"{PATH}/{file['id']}"
    for method, more, body in (
        ("GET", "", None),
        ("PATCH", "", {"kind": "tags"}),
        ("DELETE", "", None),
        ("POST", "/preview", {}),
        ("POST", "/apply", {"gone": "keep"}),
        ("GET", "/problems.csv", None),
    ):
        assert (await team.error("there.operator", method, path + more, body))[0] == 404
        assert (await team.error(VIEWER, method, path + more, body))[0] == 403
    assert (await team.ask("there.operator", "GET", PATH))[1] == {"files": []}


async def test_of_too_many_the_first_goes(team: Teamed) -> None:
    session = await a_session(team)
    files = team.hub.app.changes.roster_files
    first = await brought(team, session, "bib\n1\n")
    for each in list(files._files.values()):
        if each.id != first["id"]:
            del files._files[each.id]
    for number in range(FILES_MAX - 1):  # as if they had been brought
        files._files[number] = files._files[first["id"]]
    await brought(team, session, "bib\n2\n")
    assert (await team.ask(OPERATOR, "GET", f"{PATH}/{first['id']}"))[0] == 404
    files._files.clear()
