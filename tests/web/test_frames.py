"""The frame in which an old template is shown. What it keeps in is tests/pages/test_old_frame.py's."""

import base64
import hashlib
import re

import pytest

from hub.web.assets import ASSETS, FOREVER
from hub.web.state import CONDITION, STARTING
from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_nothing_but_its_own_script_runs_there(shared_hub: Running) -> None:
    async with shared_hub.anybody.get("/frames/old") as response:
        assert response.status == 200 and response.content_type == "text/html"
        policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
        (script,) = re.findall("<script>(.*?)</script>", await response.text(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy["script-src"] == f"'sha256-{digest}'" and policy["sandbox"] == "allow-scripts"
    assert {policy[name] for name in ("default-src", "connect-src", "form-action", "base-uri")} == {"'none'"}
    assert policy["frame-ancestors"] == "'self'" and policy["img-src"] == "'self' data:"


async def test_it_is_kept_as_long_as_the_hubs_files_are_these(shared_hub: Running) -> None:
    build = shared_hub.app._application[ASSETS].build
    for query, kept in (("", "no-cache"), ("?v=other", "no-cache"), (f"?v={build}", FOREVER)):
        async with shared_hub.anybody.get(f"/frames/old{query}") as response:
            assert response.headers["Cache-Control"] == kept


async def test_it_is_there_while_the_hub_starts(shared_hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_hub.app._application[CONDITION], "not_ready", STARTING)
    async with shared_hub.anybody.get("/frames/old") as response:
        assert response.status == 200
