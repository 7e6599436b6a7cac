"""Templates in a hub that runs: what screens hear of a change, and what they have after a start."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.accounts import MACHINE_CALLER
from hub.store import web_templates
from hub.templates import Templates
from tests.drawn import content, template
from tests.lifecycle import Office, office
from tests.running import Line, rows, running_hub, settings_for

SHARED = pytest.mark.asyncio(loop_scope="session")


async def save(of: Office, name: str, text: str = "{{name}}", **more: object) -> Any:
    return await of.ask("POST", "templates", {"name": name, "template": template(text), **more})


async def display(of: Office, name: str | None) -> str:
    made = await of.ask("POST", "displays", {"name": "Wall", "template": name}, 201)
    return str(made["display"]["code"])


async def shown(http: aiohttp.ClientSession, ref: dict[str, Any], status: int = 200) -> Any:
    """What is at the address that a screen was told."""
    async with http.get(ref["url"]) as response:
        assert response.status == status
        return await response.json()


def text_of(drawn: Any) -> str:
    return str(drawn["active"]["blocks"][0]["text"])


@SHARED
async def test_a_saved_version_is_told_to_an_open_screen(shared_office: Office) -> None:
    await save(shared_office, "Told", "one")
    code, other = await display(shared_office, "told"), await display(shared_office, None)
    http = shared_office.hub.anybody
    async with shared_office.screen(code) as screen, shared_office.screen(other) as plain:
        first = (await screen.next("hello"))["template"]
        assert (first["name"], first["version"]) == ("Told", 1)
        assert first["url"].startswith(f"/api/display/{code}/template/") and first["url"].endswith("/1")
        assert text_of(await shown(http, first)) == "one"
        assert (await plain.next("hello"))["template"] is None
        assert (await save(shared_office, "Told", "two"))["version"] == 2
        second = (await screen.next("template"))["template"]
        assert second["version"] == 2
        assert text_of(await shown(http, second)) == "two"
        await shown(http, first, 404)
        assert (await save(shared_office, "TOLD", "two"))["version"] == 2, "the same is no new version"
        await shared_office.ask("PATCH", "templates/Told", {"name": "Said"})
        await shared_office.ask("PATCH", f"displays/{code}", {"template": None})
        assert (await screen.next("template"))["template"] is None, "nothing was told in between"
        await shared_office.ask("PATCH", f"displays/{code}", {"template": "Said"})
        assert (await screen.next("template"))["template"] == second | {"name": "Said"}
        await shared_office.ask("PATCH", f"displays/{other}", {"name": "Plain"})
        assert await plain.closed() == 4104


@SHARED
async def test_a_screen_that_was_away_has_the_new_one(shared_office: Office) -> None:
    await save(shared_office, "Away", "one")
    code = await display(shared_office, "Away")
    async with shared_office.screen(code) as screen:
        hello = await screen.next("hello")
    await save(shared_office, "Away", "two")
    async with shared_office.screen(code) as screen:
        again = (await screen.next("hello"))["template"]
    assert (hello["template"]["version"], again["version"]) == (1, 2)
    assert text_of(await shown(shared_office.hub.anybody, again)) == "two"


@SHARED
async def test_a_deleted_one_leaves_the_screens_and_comes_back(shared_office: Office) -> None:
    await save(shared_office, "Gone")
    code = await display(shared_office, "Gone")
    async with shared_office.screen(code) as screen:
        first = (await screen.next("hello"))["template"]
        assert await shared_office.ask("DELETE", "templates/gone") == {"success": True}
        assert (await screen.next("template"))["template"] is None
        await shown(shared_office.hub.anybody, first, 404)
        assert (await shared_office.ask("GET", f"displays/{code}"))["display"]["template"] is None
        await shared_office.ask("PATCH", f"displays/{code}", {"place": "Gate"})
        await shared_office.ask("POST", "templates/GONE/undelete")
        assert (await screen.next("template"))["template"] == first
    assert (await shared_office.ask("GET", f"displays/{code}"))["display"]["template"] == {
        "name": "Gone",
        "version": 1,
    }


@SHARED
async def test_one_that_nobody_can_take_back_is_on_no_display(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_templates, "DELETED_MAX", 0)
    await save(shared_office, "For good")
    code = await display(shared_office, "For good")
    await shared_office.ask("DELETE", "templates/For%20good")
    assert shared_office.hub.app.hub.displays[code].template_id is None
    await shared_office.ask("PATCH", f"displays/{code}", {"place": "Gate"})
    await shared_office.refused("POST", "templates/For%20good/undelete", status=404)


@SHARED
async def test_what_was_changed_meanwhile_is_not_there(shared_office: Office) -> None:
    """As for somebody whose page is older than the change."""
    templates: Templates = shared_office.hub.app.changes.templates
    row = await templates.save(MACHINE_CALLER, 1, "Meanwhile", content())
    await templates.delete(MACHINE_CALLER, row.id)
    assert row.id not in shared_office.hub.app.hub.templates
    for version in (1, 2):
        await shared_office.refused("POST", f"templates/Meanwhile/versions/{version}/restore", status=404)


async def test_a_start_knows_them_and_a_lost_postgres_takes_none(database_dsn: str, tmp_path: Path) -> None:
    async with office(database_dsn, tmp_path) as first:
        for text in ("one", "two"):
            await save(first, "Kept", text)
        await save(first, "Deleted")
        code = await display(first, "Kept")
        held = dict(first.hub.app.hub.templates)
        await first.ask("DELETE", "templates/Deleted")
    await rows(database_dsn, "UPDATE template_versions SET content = '{}' WHERE version = 1")
    line = Line(database_dsn, tmp_path)
    await line.mend()
    async with running_hub(settings_for(line.dsn, tmp_path)) as hub:
        assert hub.app.hub.templates == {each.id: each for each in held.values() if each.name == "Kept"}
        await line.cut()
        async with hub.screen(code) as screen:
            ref = (await screen.next("hello"))["template"]
            assert ref["version"] == 2
            assert text_of(await shown(hub.anybody, ref)) == "two"
        await line.mend()


async def test_one_that_cannot_be_read_is_left_out(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(database_dsn, tmp_path) as first:
        await save(first, "Broken")
        code = await display(first, "Broken")
    await rows(database_dsn, "UPDATE template_versions SET content = '{}'")
    async with office(database_dsn, tmp_path) as second:
        assert "(Broken), version 1 cannot be read" in caplog.text
        async with second.screen(code) as screen:
            assert (await screen.next("hello"))["template"] is None
