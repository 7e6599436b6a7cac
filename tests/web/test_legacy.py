"""The predecessor's own pages: one page for all its addresses, its files, and nothing outside its folder."""

from pathlib import Path

import pytest

from hub.config import Web
from hub.web.legacy import AS_AT_HOME
from tests.running import HOST, Running, running_hub, settings_for

INDEX = "<!doctype html><title>Old</title>"


async def test_pages_and_files(database_dsn: str, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "app.js").write_text("void 0;")
    (folder / "vite.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    web = Web(host=HOST, port=0, legacy_dir=str(folder))
    async with running_hub(settings_for(database_dsn, tmp_path / "data", web=web)) as hub:
        for path in ("/old", "/old/builder", "/display", "/runner-display", "/builder", "/old/link.txt"):
            async with hub.anybody.get(path) as answer:
                text = (await answer.text()).replace(AS_AT_HOME.decode(), "")
                assert (answer.status, text) == (200, INDEX), path
                assert answer.content_type == "text/html"
                assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]
        for path in ("/assets/app.js", "/old/assets/app.js"):
            async with hub.anybody.get(path) as answer:
                assert (await answer.text(), answer.content_type) == ("void 0;", "text/javascript")
        async with hub.anybody.get("/old/vite.svg") as answer:
            assert answer.content_type == "image/svg+xml"
        for path in ("/assets/none.js", "/old/assets/none.js"):
            async with hub.anybody.get(path) as answer:
                assert answer.status == 404
        async with hub.anybody.get("/old/..%2fsecret.txt") as answer:
            assert "secret" not in await answer.text()
        async with hub.anybody.get("/api/unknown") as answer:
            assert (answer.status, answer.content_type) == (404, "application/json")


@pytest.mark.asyncio(loop_scope="session")
async def test_without_a_folder_it_is_said(shared_hub: Running) -> None:
    async with shared_hub.anybody.get("/display", headers={"Accept": "application/json"}) as answer:
        assert answer.status == 404
        assert "web.legacy_dir" in await answer.text()
