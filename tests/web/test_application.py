"""The web application, put together."""

import logging

import pytest

from hub.web.bodies import JSON_BYTES_MAX
from tests.running import Running, raw

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
        b"SimpleClient~0.6.0~CTP01\r\n\r\n",
        b"GET /health HTTP/9\r\n\r\n",
        b"GET /health HTTP/1.1\r\nbad header\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_answered_and_costs_a_line_in_the_log_at_most(
    hub: Running, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    answer = await raw(hub, data)
    assert answer.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert b'\r\n\r\n{"error": {"code": "bad_request", "message": ' in answer
    assert len(caplog.records) <= 1
    assert all(record.exc_info is None and record.levelno == logging.INFO for record in caplog.records)
    assert await hub.get("/health")


async def test_bodies_that_are_read_whole_are_small(hub: Running) -> None:
    assert hub.app._application._client_max_size == JSON_BYTES_MAX == 64 * 1024


async def test_every_answer_passes_the_headers(hub: Running) -> None:
    for path in ("/health", "/api/none", "/static/base.css", "/login?to=/"):
        async with hub.anybody.get(path) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
