"""What was kept of deleted sessions, over the API."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")


async def kept(made: Office, name: str) -> Any:
    """The export of a session that was deleted at once."""
    session = await made.session(name)
    return (await made.ask("DELETE", f"sessions/{session['id']}", {"name": name}))["export"]


@SHARED
async def test_the_list_of_exports(shared_office: Office) -> None:
    export = await kept(shared_office, "Kept")
    listed = (await shared_office.ask("GET", "exports"))["exports"]
    assert listed[0] == export and export["partner"]["slug"] == "default"
    await shared_office.ask("DELETE", f"exports/{export['id']}", status=204)
    assert not (shared_office.hub.app.changes.removing.folder / export["file_name"]).exists()
    await shared_office.refused("DELETE", f"exports/{export['id']}", status=404)
    await shared_office.refused("GET", f"exports/{export['id']}/file", status=404)


@SHARED
async def test_a_download_is_a_file_and_nothing_else(shared_office: Office) -> None:
    export = await kept(shared_office, "</title> Straße")
    async with shared_office.hub.http.get(export["url"]) as response:
        assert (await response.read()).startswith(b"PK") and response.status == 200
        assert response.headers["Content-Type"] == "application/zip"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{export["file_name"]}"'
        assert export["file_name"].startswith("title-strasse-")
    async with shared_office.hub.anybody.get(export["url"]) as response:
        assert response.status == 401


@SHARED
async def test_a_file_that_somebody_has_taken_away(shared_office: Office) -> None:
    export = await kept(shared_office, "Kept")
    (shared_office.hub.app.changes.removing.folder / export["file_name"]).unlink()
    error = await shared_office.refused("GET", f"exports/{export['id']}/file", status=404)
    assert "not in the exports folder any more" in error["message"]
    await shared_office.ask("DELETE", f"exports/{export['id']}", status=204)
