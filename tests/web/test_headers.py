"""What browsers are told with every answer. That pages work under it is tests/pages/test_policy.py's."""

from pathlib import Path

import pytest
from aiohttp import web

from hub.config import Server
from hub.web.headers import HEADERS, OVER_HTTPS, of, otherwise
from tests.running import Running, running_hub, settings_for


def test_nothing_runs_but_the_hubs_own_files() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'" and policy["base-uri"] == "'none'"
    assert not any(word in HEADERS["Content-Security-Policy"] for word in ("unsafe", "*", "data:", "http"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_what_a_reviewer_looks_for(name: str, value: str) -> None:
    assert HEADERS[name] == value


def test_no_power_of_the_browser_is_asked_for() -> None:
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(HEADERS["Permissions-Policy"].split(", "))


def test_an_answer_may_say_otherwise() -> None:
    plain, other = web.Response(), otherwise(web.Response(), {"Cross-Origin-Resource-Policy": "cross-origin"})
    assert of(plain, secure=False) == HEADERS and of(plain, secure=True) == HEADERS | OVER_HTTPS
    assert of(other, secure=False) == HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}


@pytest.mark.asyncio(loop_scope="session")
async def test_no_answer_says_what_the_hub_is_made_of(shared_hub: Running) -> None:
    for method, path in (
        ("GET", "/"),
        ("GET", "/none"),
        ("GET", "/health/"),
        ("BREW", "/"),
        ("GET", "/static/display.js"),
    ):
        async with shared_hub.anybody.request(method, path, allow_redirects=False) as response:
            assert response.headers.getall("Server") == ["RaceHub"], (method, path)
    async with shared_hub.anybody.ws_connect(f"/ws/d/{shared_hub.code}") as ws:
        assert ws._response.headers.getall("Server") == ["RaceHub"]


async def test_what_only_https_knows(database_dsn: str, tmp_path: Path) -> None:
    plain = settings_for(database_dsn, tmp_path)
    behind_a_proxy = plain.model_copy(
        update={"server": Server(**plain.server.model_dump() | {"public_url": "https://race.example"})}
    )
    for settings, sent in ((plain, False), (behind_a_proxy, True)):
        settings._folder = tmp_path
        async with running_hub(settings) as hub, hub.anybody.get("/") as response:
            assert (OVER_HTTPS.items() <= response.headers.items()) == sent
