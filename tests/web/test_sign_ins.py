"""That who is here may still be: sockets of users who are not what they were, and users while PostgreSQL is away."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

import pytest
import pytest_asyncio

from hub.accounts import MACHINE_CALLER, Caller, User
from hub.errors import StoreAway
from hub.web import sign_ins
from hub.web.sign_ins import LOOK_S, REMEMBERED_S_MAX, SIGN_INS, SignIns
from hub.web.web_sessions import SignIn
from tests.postgres import fresh_database
from tests.running import Running, Screen, rows, running_hub, settings_for, until
from tests.signing import PASSWORD, Browser, browser, make_user

ANN: Final = Caller(1, 1, "viewer", "ann@race.example", 5)
BOB: Final = Caller(2, 1, "viewer", "bob@race.example", 7)
loop_of_the_session = pytest.mark.asyncio(loop_scope="session")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Users:
    """What PostgreSQL would say."""

    def __init__(self) -> None:
        self.held = {1: 5, 2: 7}
        self.asked: list[set[int]] = []
        self.away = False

    async def generations(self, user_ids: Collection[int]) -> dict[int, int]:
        self.asked.append(set(user_ids))
        if self.away:
            raise StoreAway("away")
        return {each: self.held[each] for each in user_ids if each in self.held}

    async def rehash(self, user: User, password_hash: str) -> int | None:
        raise NotImplementedError


class Stage:
    """Ann and Bob have a socket each, Bob's of a sign-in that ends at 2000."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.here = SignIns(self.clock, self.clock)
        self.users = Users()
        self.ended: list[str] = []
        self.stack = AsyncExitStack()
        self.sign_in = SignIn(2, 7, 1000, 2000, "key")
        for name, who, sign_in in (
            ("ann", ANN, None),
            ("bob", BOB, self.sign_in),
            ("hub", MACHINE_CALLER, None),
        ):
            self.stack.enter_context(self.here.open(who, sign_in, partial(self.ended.append, name)))

    async def look(self) -> list[str]:
        await self.here.look(self.users)
        return self.ended


async def test_all_is_well() -> None:
    stage = Stage()
    assert await stage.look() == [] and stage.users.asked == [{1, 2}], (
        "one question for all, none for the machine"
    )
    await stage.stack.aclose()
    assert await stage.look() == [] and len(stage.users.asked) == 1, "and none for nobody"


async def test_who_is_another_or_gone_is_ended_once() -> None:
    stage = Stage()
    stage.users.held[1] = 6
    assert await stage.look() == ["ann"]
    del stage.users.held[2]
    assert await stage.look() == ["ann", "bob"] == await stage.look()


async def test_a_sign_in_that_is_too_old_is_over() -> None:
    stage = Stage()
    stage.clock.now = 1999
    assert await stage.look() == []
    stage.clock.now = 2000
    assert await stage.look() == ["bob"]


async def test_nobody_is_ended_while_nobody_can_be_asked() -> None:
    stage = Stage()
    stage.users.held.clear()
    stage.users.away = True
    assert await stage.look() == []
    stage.users.away = False
    assert await stage.look() == ["ann", "bob"]


async def test_a_fault_of_ours_is_said_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage()
    sound = stage.users.generations

    async def broken(user_ids: Collection[int]) -> dict[int, int]:
        monkeypatch.setattr(stage.users, "generations", sound)
        raise RuntimeError("permission denied")

    monkeypatch.setattr(sign_ins, "LOOK_S", 0.001)
    monkeypatch.setattr(sign_ins, "AGAIN_S", 0.001)
    monkeypatch.setattr(stage.users, "generations", broken)
    stage.users.held.clear()
    watching = asyncio.create_task(stage.here.watch(stage.users))
    await until(lambda: stage.ended == ["ann", "bob"])
    assert "permission denied" in caplog.text
    watching.cancel()


async def test_a_sign_in_goes_on_with_another_password() -> None:
    stage = Stage()
    with stage.here.kept(stage.sign_in):
        stage.users.held[2] = 8
        assert await stage.look() == []
        stage.here.go_on(stage.sign_in, 8)
    assert await stage.look() == []
    with stage.here.kept(None):
        stage.users.held[2] = 9
        assert await stage.look() == ["bob"]


async def test_signed_out() -> None:
    stage = Stage()
    assert not stage.here.has_ended(stage.sign_in)
    stage.here.end(stage.sign_in)
    assert stage.ended == ["bob"] and stage.here.has_ended(stage.sign_in)


def test_what_is_remembered_is_little_and_for_a_short_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "REMEMBERED_MAX", 10)
    monkeypatch.setattr(sign_ins, "ENDED_MAX", 10)
    clock = Clock()
    here = SignIns(clock, clock)
    user = User(1, 1, "ann@race.example", "", "viewer", None, 5, disabled=False)
    for number in range(20):
        here.remember(number, user)
        here.end(SignIn(number, 1, 1, 2, f"key{number}"))
    assert [here.recall(number) is not None for number in range(20)] == [False] * 10 + [True] * 10
    assert not here.has_ended(SignIn(1, 1, 1, 2, "key1")) and here.has_ended(SignIn(1, 1, 1, 2, "key19"))
    here.remember(19, None)
    assert here.recall(19) is None
    clock.now += REMEMBERED_S_MAX
    assert here.recall(18) is None


# In a hub


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("sign_ins"))) as running,
    ):
        yield running


class Seat:
    """A user with a browser, in which a session is watched."""

    def __init__(self, user_id: int, browser: Browser, screen: Screen) -> None:
        self.user_id = user_id
        self.browser = browser
        self.screen = screen


async def seat(hub: Running, stack: AsyncExitStack, name: str) -> Seat:
    email = f"{name}@race.example"
    user_id = await make_user(hub, email)
    visitor = await stack.enter_async_context(browser(hub))
    await visitor.login(email)
    return Seat(user_id, visitor, await again(hub, stack, visitor))


async def again(hub: Running, stack: AsyncExitStack, visitor: Browser) -> Screen:
    screen = await stack.enter_async_context(visitor.watcher(hub.session_id))
    await screen.next("hello")
    return screen


@loop_of_the_session
async def test_sockets_end_within_two_seconds_whoever_has_changed_the_user(hub: Running) -> None:
    dsn = hub.app.settings.database.dsn
    names = ("disabled", "deleted", "demoted", "reset", "spared")
    async with AsyncExitStack() as stack, hub.watcher(hub.session_id) as machine:
        await machine.next("hello")
        seats = {name: await seat(hub, stack, name) for name in names}
        clock = asyncio.get_running_loop().time
        for name, change in (
            ("disabled", "UPDATE users SET disabled_at = now() WHERE id = $1"),
            ("deleted", "DELETE FROM users WHERE id = $1"),
            ("demoted", "UPDATE users SET role = 'viewer' WHERE id = $1"),
            ("reset", "UPDATE users SET password_hash = NULL WHERE id = $1"),
        ):
            await rows(dsn, change, seats[name].user_id)
        began = clock()
        for name in names[:-1]:
            assert (await seats[name].screen.next("bye"))["code"] == 4002
            assert await seats[name].screen.closed() == 4002
            assert await seats[name].browser.status() == 401
        assert clock() - began < 2 * LOOK_S + 0.5  # a machine with much to do has half a second more
        assert await seats["spared"].browser.status() == 200
        hub.app.live.tick()
        assert await seats["spared"].screen.next("tick") and await machine.next("tick")


@loop_of_the_session
async def test_who_signs_out_has_nothing_open(hub: Running) -> None:
    async with AsyncExitStack() as stack:
        ann = await seat(hub, stack, "leaving")
        await ann.browser.post("/api/auth/logout")
        assert await ann.screen.closed() == 4002


@loop_of_the_session
async def test_a_page_that_shows_no_session_hears_of_it_too(hub: Running) -> None:
    async with AsyncExitStack() as stack:
        ann = await seat(hub, stack, "looking")
        page = await stack.enter_async_context(Screen(ann.browser.http, "/ws/me", {}))
        hello = await page.next()
        assert (hello["type"], hello["session"], hello["recent"]) == ("hello", None, [])
        hub.app.live.tick()
        assert await page.next("tick")
        await ann.browser.post("/api/auth/logout")
        assert await page.closed() == 4002


@loop_of_the_session
async def test_another_password_leaves_open_what_is_open_here(hub: Running) -> None:
    async with AsyncExitStack() as stack:
        ann = await seat(hub, stack, "changing")
        other = await stack.enter_async_context(browser(hub))
        await other.login("changing@race.example")
        elsewhere = await again(hub, stack, other)
        assert (await ann.browser.post("/api/auth/password", old=PASSWORD, new="another password"))[0] == 200
        assert await elsewhere.closed() == 4002
        hub.app.live.tick()
        assert await ann.screen.next("tick")
        await ann.browser.post("/api/auth/logout")
        assert await ann.screen.closed() == 4002


@loop_of_the_session
async def test_nothing_is_left_of_sockets_that_have_ended(hub: Running) -> None:
    await until(lambda: not hub.app._application[SIGN_INS]._here)


@loop_of_the_session
async def test_a_control_room_stays_open_while_postgresql_is_away(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        ann = await seat(hub, stack, "staying")
        assert await ann.browser.status("/front/state") == 200
        stranger = await stack.enter_async_context(browser(hub))
        await make_user(hub, "stranger@race.example")
        await stranger.login("stranger@race.example")

        async def away(_user_id: int) -> User | None:
            raise StoreAway("PostgreSQL does not answer")

        monkeypatch.setattr(hub.app.stores.people, "by_id", away)
        assert await ann.browser.status("/front/state") == 200
        assert await stranger.status("/front/state") == 503, "nobody has seen this one yet"
        monkeypatch.setattr(hub.app.condition, "database_problem", lambda: "away")
        assert await ann.browser.status("/front/state") == 200
        known = hub.app._application[SIGN_INS]
        known._users.clear()
        assert await ann.browser.status("/front/state") == 503
