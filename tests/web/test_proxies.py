"""Proxies between the visitors and the hub."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Final

import pytest
import pytest_asyncio
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from hub.config import Limits, Web
from hub.web.codes import TRIES
from hub.web.proxies import HOPS_MAX, told
from tests.postgres import fresh_database
from tests.running import HOST, Running, running_hub, settings_for

TRUSTED: Final = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"))
loop_of_the_session = pytest.mark.asyncio(loop_scope="session")


def of(peer: str, *headers: tuple[str, str]) -> dict[str, object]:
    request = make_mocked_request("GET", "/", headers=CIMultiDict(headers))
    return told(request.clone(remote=peer), TRUSTED)


@pytest.mark.parametrize(
    ("peer", "hops", "visitor"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.7:51234", "192.0.2.7"),
        ("127.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"),
        ("127.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "6.6.6.6, 192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ("127.0.0.1", "garbage, 192.0.2.7,2001:db8:1::5 , 10.1.2.3", "192.0.2.7"),
        ("127.0.0.1", "10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("127.0.0.1", "192.0.2.7, garbage", None),
        ("127.0.0.1", "192.0.2.7, garbage, 10.1.2.3", None),
        ("127.0.0.1", "192.0.2.7,", None),
        ("127.0.0.1", "", None),
        ("127.0.0.1", ",".join(["10.0.0.1"] * (HOPS_MAX + 1)), None),
        ("127.0.0.1", "192.0.2.7\x0b", None),
        ("127.0.0.1", "fe80::1%eth0 says hello", None),
        ("192.0.2.1", "192.0.2.7", None),
        ("192.0.2.1", "10.0.0.1", None),
        ("", "192.0.2.7", None),
    ],
)
def test_who_the_visitor_is(peer: str, hops: str, visitor: str | None) -> None:
    assert of(peer, ("X-Forwarded-For", hops)).get("remote") == visitor


def test_a_header_that_came_twice_is_one_list() -> None:
    assert (
        of("127.0.0.1", ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.7"))["remote"]
        == "192.0.2.7"
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("X-Forwarded-Proto", "https", {"scheme": "https"}),
        ("X-Forwarded-Proto", "HTTP", {"scheme": "http"}),
        ("X-Forwarded-Proto", "ftp", {}),
        ("X-Forwarded-Proto", "http, https", {"scheme": "https"}),
        ("X-Forwarded-Host", "race.example", {"host": "race.example"}),
        ("X-Forwarded-Host", "race.example:8443", {"host": "race.example:8443"}),
        ("X-Forwarded-Host", "[2001:db8::7]:80", {"host": "[2001:db8::7]:80"}),
        ("X-Forwarded-Host", "race.example/evil", {}),
        ("X-Forwarded-Host", "a@b", {}),
        ("X-Forwarded-Host", "", {}),
        ("Forwarded", "for=192.0.2.7", {}),
    ],
)
def test_what_else_is_believed(name: str, value: str, expected: dict[str, str]) -> None:
    assert of("127.0.0.1", (name, value)) == expected
    assert of("192.0.2.1", (name, value)) == {}


def test_of_a_chain_what_the_first_has_seen() -> None:
    chain = ("X-Forwarded-For", "6.6.6.6, 192.0.2.7, 10.1.2.3"), ("X-Forwarded-Proto", "ftp, https, http")
    assert of("127.0.0.1", *chain) == {"remote": "192.0.2.7", "scheme": "https"}


# A hub behind one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    place = Web(host=HOST, port=0, trusted_proxies=(ip_network("127.0.0.0/8"),))
    settings = settings_for(
        "", tmp_path_factory.mktemp("proxies"), web=place, limits=Limits(code_tries_per_minute=2)
    )
    async with fresh_database(postgres_dsn) as dsn:
        database = settings.database.model_copy(update={"dsn": dsn})
        async with running_hub(settings.model_copy(update={"database": database})) as running:
            yield running


@loop_of_the_session
async def test_limits_are_the_visitors(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    async def tried(visitor: str) -> int:
        async with hub.anybody.get("/d/AAAA2222", headers={"X-Forwarded-For": visitor}) as response:
            return response.status

    caplog.set_level("INFO", "hub")
    assert [await tried("192.0.2.7") for _ in range(3)] == [200, 200, 429]
    assert await tried("192.0.2.8") == 200
    assert await tried("192.0.2.7, garbage") == 200, "the proxy's own"
    assert set(hub.app._application[TRIES]._of) == {"192.0.2.7", "192.0.2.8", "127.0.0.1"}
    assert "192.0.2.7: tries codes" in caplog.text


@loop_of_the_session
async def test_a_screens_socket_is_the_visitors_too(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    async def opened(visitor: str, code: str) -> int:
        headers = {"X-Forwarded-For": visitor}
        try:
            async with hub.anybody.ws_connect(f"/ws/d/{code}", headers=headers) as ws:
                await ws.receive()
                return 101
        except WSServerHandshakeError as refusal:
            return refusal.status

    caplog.set_level("INFO", "hub")
    assert [await opened("192.0.2.9", "AAAA2222") for _ in range(3)] == [101, 101, 429]
    assert await opened("192.0.2.9", hub.code) == 101
    assert "192.0.2.9: screen ended" in caplog.text


@loop_of_the_session
async def test_pages_lead_where_the_visitor_came_to(hub: Running) -> None:
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "race.example",
        "X-Forwarded-For": "192.0.2.7",
    }
    async with hub.http.get("/front/state", headers=headers) as response:
        assert (await response.json())["displays"][0]["url"] == f"https://race.example/d/{hub.code}"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    async with hub.http.get("/nothing", headers=headers) as response:
        assert response.status == 404 and "Cross-Origin-Opener-Policy" in response.headers
    async with hub.http.get("/front/state") as response:
        assert "Cross-Origin-Opener-Policy" not in response.headers
