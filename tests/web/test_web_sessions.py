"""What a browser holds of a sign-in: in Redis and in a cookie, and what goes on while Redis is away."""

import json
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from ipaddress import ip_network
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from aiohttp_session import STORAGE_KEY
from multidict import CIMultiDict

from hub.config import Server, Settings, Web
from hub.config_live import Current
from hub.model import US_PER_S
from hub.web import web_sessions
from hub.web.state import CONDITION, SETTINGS, Condition
from hub.web.web_sessions import STORAGE, SignIn, Storage, begin, current, end, storage
from tests.postgres import fresh_database
from tests.redis_server import RedisServer, running_redis
from tests.running import HOST, Running, running_hub, settings_for, until
from tests.signing import PASSWORD, browser, make_user

HOURS: Final = 12
pytestmark = pytest.mark.filterwarnings(
    "ignore::aiohttp.web.NotAppKeyWarning"
)  # of aiohttp-session's own keys
loop_of_the_session = pytest.mark.asyncio(loop_scope="session")


class Bus:
    """Redis, as far as its own clock is not asked."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.asked = 0

    async def alive(self) -> bool:
        return True

    async def get(self, key: str) -> bytes | None:
        self.asked += 1
        return self.held.get(key)

    async def put(self, key: str, value: bytes, *, seconds: int) -> None:
        self.asked += 1
        assert seconds == HOURS * 3600
        self.held[key] = value

    async def delete(self, key: str) -> None:
        self.asked += 1
        self.held.pop(key, None)


class Shop:
    """A browser and the storage, with nothing between them."""

    def __init__(self, kept: Storage) -> None:
        self.kept = kept
        self.now_s = 1_800_000_000
        self.cookie = ""
        self.app = web.Application()
        self.app[STORAGE] = kept
        self.app[SETTINGS] = Current(Settings(server=Server()))
        self.app[CONDITION] = Condition(now_us=lambda: self.now_s * US_PER_S)

    def request(self) -> web.Request:
        headers = {"Cookie": f"{self.kept.cookie_name}={self.cookie}"} if self.cookie else {}
        request = make_mocked_request("GET", "/", headers=CIMultiDict(headers), app=self.app)
        request[STORAGE_KEY] = self.kept
        return request

    async def answered(self, request: web.Request) -> SimpleCookie:
        """As the session's middleware ends a request; gives what the browser gets."""
        response = web.Response()
        session = request["aiohttp_session"]
        assert session._changed
        await self.kept.save_session(request, response, session)
        self.cookie = response.cookies[self.kept.cookie_name].value
        return response.cookies

    async def begin(self, **more: Any) -> SignIn:
        request = self.request()
        made = await begin(request, 5, 7, **more)
        await self.answered(request)
        return made

    async def current(self) -> SignIn | None:
        return await current(self.request())


def made(bus: Bus | None, secret: str = "s", own: str = "hub") -> Storage:
    return storage(bus, hours=HOURS, secret=secret, own=own)


@pytest.fixture(params=["redis", "cookie"])
def shop(request: pytest.FixtureRequest) -> Shop:
    return Shop(made(Bus() if request.param == "redis" else None))


async def test_a_sign_in_is_what_it_was(shop: Shop) -> None:
    assert await shop.current() is None
    sign_in = await shop.begin()
    assert sign_in == SignIn(5, 7, shop.now_s, shop.now_s + HOURS * 3600, sign_in.key)
    assert await shop.current() == sign_in
    assert sign_in.key not in shop.cookie


async def test_it_lasts_so_long_and_no_longer(shop: Shop) -> None:
    await shop.begin()
    shop.now_s += HOURS * 3600 - 1
    assert await shop.current() is not None
    shop.now_s += 1
    assert await shop.current() is None


async def test_each_begins_under_another_name(shop: Shop) -> None:
    first = await shop.begin()
    cookie = shop.cookie
    second = await shop.begin(key=first.key)
    assert shop.cookie != cookie and second.key == first.key
    assert (await shop.begin()).key != first.key


async def test_in_redis_what_was_before_is_gone() -> None:
    bus = Bus()
    shop = Shop(made(bus))
    await shop.begin()
    cookie = shop.cookie
    await shop.begin()
    assert len(bus.held) == 1
    shop.cookie = cookie
    assert await shop.current() is None


async def test_whoever_reads_redis_cannot_sign_in() -> None:
    bus = Bus()
    shop = Shop(made(bus))
    await shop.begin()
    (key,) = bus.held
    assert key.startswith("racehub:") and shop.cookie not in key + bus.held[key].decode()


async def test_signed_out(shop: Shop) -> None:
    await shop.begin()
    cookie = shop.cookie
    request = shop.request()
    await end(request)
    await shop.answered(request)
    assert shop.cookie == "" and await shop.current() is None
    if isinstance(shop.kept, web_sessions.InRedis):
        shop.cookie = cookie
        assert await shop.current() is None


async def test_without_the_cookie_redis_is_not_asked() -> None:
    bus = Bus()
    shop = Shop(made(bus))
    assert await shop.current() is None
    await end(shop.request())
    for cookie in ("x", "A" * 44, "ä" * 43, "../" * 14 + "A"):
        shop.cookie = cookie
        assert await shop.current() is None
    assert bus.asked == 0
    shop.cookie = "A" * 43
    assert await shop.current() is None and bus.asked == 1


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"{}",
        b"5",
        b"\xff",
        b"[",
        b'{"session": 5}',
        b'{"created": 1, "session": {"sign_in": {"user_id": "x"}}}',
        b'{"session": {}}',
    ],
)
async def test_what_is_no_sign_in(held: bytes) -> None:
    bus = Bus()
    shop = Shop(made(bus))
    await shop.begin()
    bus.held = dict.fromkeys(bus.held, held)
    assert await shop.current() is None


async def test_a_cookie_of_another_secret_is_nobodys() -> None:
    shop, other = Shop(made(None)), Shop(made(None, secret="t"))
    await shop.begin()
    other.cookie = shop.cookie
    assert await other.current() is None
    again = Shop(made(None))
    again.cookie = shop.cookie
    assert await again.current() is not None, "after a start of the hub"


def test_each_hub_has_a_cookie_of_its_own_name() -> None:
    names = {made(None, own=own).cookie_name for own in ("one", "two")}
    assert len(names) == 2 and not any("one" in name for name in names)
    assert made(Bus(), own="one").cookie_name in names


# Over a proxy, in a hub with a Redis that comes and goes


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(
    postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Running, RedisServer]]:
    with running_redis(password="hunter2") as redis:
        place = Web(host=HOST, port=0, trusted_proxies=(ip_network("127.0.0.0/8"),), session_hours=3)
        async with fresh_database(postgres_dsn) as dsn:
            folder = tmp_path_factory.mktemp("redis")
            async with running_hub(settings_for(dsn, folder, web=place, redis_url=redis.url)) as running:
                yield running, redis


@loop_of_the_session
async def test_the_cookie_is_secure_where_the_visitor_has_https(site: tuple[Running, RedisServer]) -> None:
    hub, redis = site
    await make_user(hub, "ann@race.example")
    body = {"email": "ann@race.example", "password": PASSWORD}
    for scheme in ("https", "http"):
        headers = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": scheme}
        async with hub.anybody.post("/api/auth/login", json=body, headers=headers) as response:
            (given,) = response.headers.getall("Set-Cookie")
        (cookie,) = SimpleCookie(given).values()
        assert bool(cookie["secure"]) == (scheme == "https")
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == "10800"
        hub.anybody.cookie_jar.clear()
    assert not (hub.app.settings.data_path / "session.secret").exists(), "nothing is encrypted with it"
    with redis.client() as client:
        assert all(0 < client.ttl(key) <= 10800 for key in client.keys("racehub:*"))


@loop_of_the_session
@pytest.mark.parametrize("how", ["stopped", "hangs"])
async def test_redis_goes_and_comes_back(
    site: tuple[Running, RedisServer], how: str, caplog: pytest.LogCaptureFixture
) -> None:
    hub, redis = site
    email = f"{how}@race.example"
    await make_user(hub, email)
    async with browser(hub) as ann, browser(hub) as late:
        _, body = await ann.login(email, token=True)
        token = {"Authorization": f"Bearer {body['token']}"}
        reader = await hub.reader(event=how).connect()
        async with hub.screen() as screen, ann.watcher(hub.session_id) as control_room:
            await screen.next("hello")
            await control_room.next("hello")
            redis.stop() if how == "stopped" else redis.hold()
            for status, answer in (await ann.ask("GET", "/api/auth/me"), await late.login(email)):
                assert status == 503 and answer["error"]["message"] == web_sessions.AWAY
            reader.add(how)
            assert (await screen.next("read"))["tag"] == (await control_room.next("read"))["tag"] == how
            async with hub.anybody.get("/api/auth/me", headers=token) as response:
                assert response.status == 200
            async with hub.anybody.get(f"/d/{hub.code}") as response:
                assert response.status == 200
            async with hub.anybody.get("/api/auth/me") as response:
                assert response.status == 401, "who has no cookie is told so at once"
            health = await hub.get("/health")
            assert (health["status"], health["redis"]) == ("degraded", "unhealthy")
            assert "nobody can sign in" in health["reason"] and "hunter2" not in json.dumps(health)
            redis.start() if how == "stopped" else redis.let_go()
            health = await hub.get("/health")
            assert (health["status"], health["redis"]) == ("healthy", "healthy") and "reason" not in health
            assert await ann.status() == (401 if how == "stopped" else 200), (
                "a Redis that was stopped has forgotten"
            )
            assert (await late.login(email))[0] == 200 and await late.status() == 200
            hub.app.live.tick()
            assert await control_room.next("tick")
        await reader.hang_up()
    assert "hunter2" not in caplog.text and "Traceback" not in caplog.text
    await until(lambda: not hub.app.condition.connections())
