"""The predecessor's own pages in a browser, where the hub serves them."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from hub.config import Web
from tests.running import HOST, running_hub, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_under_old_the_page_is_where_it_was_built_for(
    browser: Browser, database_dsn: str, tmp_path: Path
) -> None:
    """It looks at its address to know which page it is, and knows none that begins with /old."""
    script = "<script>document.title = location.pathname + location.search</script>"
    tmp_path.joinpath("index.html").write_text(
        f"<!doctype html><html><head lang=en><title>Old</title>{script}</head>"
    )
    web = Web(host=HOST, port=0, legacy_dir=str(tmp_path))
    async with running_hub(settings_for(database_dsn, tmp_path / "data", web=web)) as hub:
        page = await browser.new_page()
        for path, seen in (
            ("/old", "/"),
            ("/old/?a=1", "/?a=1"),
            ("/old/builder", "/builder"),
            ("/display", "/display"),
        ):
            await page.goto(hub.origin + path)
            assert await page.title() == seen, path
        await page.close()
