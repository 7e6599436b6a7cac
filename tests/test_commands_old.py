"""The predecessor's folders into a hub that runs: pictures under the names that templates have in them, and twice the
same is once."""

import json
from pathlib import Path

import pytest
from PIL import Image

from hub import commands_old
from hub.errors import HubError
from tests.running import running_hub, settings_for

V2 = {
    "name": "otherwise",
    "canvasWidth": 1080,
    "canvasHeight": 1920,
    "activeState": {"html": '<div class="layout-root">{{name}}<img src="/static/uploads/logo_1.png"></div>'},
    "restingState": {"html": "<p>Welcome</p>"},
    "version": "2.0",
}


def predecessor(place: Path) -> Path:
    templates, uploads = place / "saved_templates", place / "static" / "uploads"
    templates.mkdir(parents=True)
    (uploads / "thumbnails").mkdir(parents=True)
    (templates / "Finish wall.json").write_text(json.dumps(V2))
    (templates / "Finish wall.html").write_text("<p>old</p>")
    (templates / "plain.html").write_text("<h1 data-placeholder='name'></h1>")
    (templates / "broken.json").write_text("{")
    (templates / "list.json").write_text("[]")
    Image.new("RGB", (20, 10), "red").save(uploads / "logo_1.png")
    Image.new("RGB", (20, 10), "green").save(uploads / "Größe 2 (1).jpg")
    Image.new("RGB", (20, 10), "blue").save(uploads / "thumbnails" / "thumb_logo_1.jpeg")
    (uploads / "lies.png").write_text("no picture")
    return place


async def test_taken_over_once(database_dsn: str, tmp_path: Path) -> None:
    found = commands_old.found(predecessor(tmp_path / "old"))
    assert [path.name for path in found.uploads] == ["Größe 2 (1).jpg", "lies.png", "logo_1.png"]
    assert found.templates["Finish wall"].suffix == ".json"
    settings = settings_for(database_dsn, tmp_path / "data")
    with pytest.raises(HubError, match="no hub runs"):
        await commands_old.take_over(settings, found, None, lambda _path: None)
    async with running_hub(settings) as hub:
        for _ in range(2):
            seen: list[Path] = []
            done = await commands_old.take_over(settings, found, None, seen.append)
            assert (done.templates, done.uploads, len(seen)) == (2, 2, 7)
            assert [name for name, _ in done.problems] == ["lies.png", "broken.json", "list.json"]
        assert await hub.get("/api/templates") == ["Finish wall", "plain"]
        shown = await hub.get("/api/templates/Finish%20wall")
        assert (shown["canvasWidth"], shown["canvasHeight"]) == (1080, 1920)
        images = (await hub.get("/api/images"))["images"]
        (image,) = [each for each in images if each["used_by"]]
        assert len(images) == 2 and image["used_by"] == ["Finish wall"]
        assert f"/static/uploads/{image['name']}" in shown["html"]
        assert len((await hub.get("/api/templates/plain/versions"))["versions"]) == 1
        for address in ("logo_1.png", "Größe 2 (1).jpg", "thumbnails/thumb_logo_1.jpeg"):
            async with hub.anybody.get(f"/static/uploads/{address}") as answer:
                assert answer.status == 200 and answer.content_type.startswith("image/")


def test_says_what_it_has_expected(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="expected the predecessor's folder"):
        commands_old.found(tmp_path / "none")
    with pytest.raises(HubError, match="neither saved_templates"):
        commands_old.found(tmp_path)
