"""Users in the database: invited, changed, removed, and what stays behind the walls."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from hub.account_rules import UserChange
from hub.accounts import ADMIN, ANNOUNCER, MACHINE_CALLER, OPERATOR, OWNER, VIEWER, caller_of
from hub.errors import Conflict, Forbidden, NotFound
from hub.store import users
from hub.tokens import hash_of
from tests.store.teams import Teams, teams_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


# Invitations


async def test_who_is_invited_waits_for_a_password(teams: Teams) -> None:
    partner = await teams.partner()
    owner = await teams.caller(OWNER, partner)
    user, link = await teams.users.invite(owner, "ann1@example.org", "Ann", OPERATOR, partner.id)
    assert (user.email, user.name, user.role, user.partner) == ("ann1@example.org", "Ann", OPERATOR, partner)
    assert user.waiting and not user.disabled and user.last_seen_at is None
    assert timedelta(days=6, hours=23) < link.expires_at - datetime.now(UTC) < timedelta(days=7, hours=1)
    held = await teams.values("SELECT token_hash FROM user_links WHERE user_id = $1", user.id)
    assert held == [hash_of(link.text)], "and nothing of the link itself"
    assert await teams.users.line(owner, user.id) == user
    assert await teams.noted("ann1@example.org") == [(owner.name, "user.invited")]


async def test_an_address_belongs_to_one_user_of_all_partners(teams: Teams) -> None:
    here, there = await teams.partner(), await teams.partner()
    user = await teams.user(VIEWER, here)
    with pytest.raises(Conflict, match="There is a user with this e-mail address already") as told:
        await teams.users.invite(await teams.caller(OWNER, there), user.email, "", VIEWER, there.id)
    assert told.value.field == "email"
    await teams.owner.execute("UPDATE users SET email = upper(email) WHERE id = $1", user.id)
    with pytest.raises(Conflict):
        await teams.users.invite(MACHINE_CALLER, user.email, "", ADMIN, None)
    assert await teams.noted(user.email) == []


async def test_names_are_only_names(teams: Teams) -> None:
    name = "Robert'); DROP TABLE users;-- \u674e $1 %s \\"
    partner = await teams.partner()
    user, _ = await teams.users.invite(MACHINE_CALLER, "x'--@example.org", name, VIEWER, partner.id)
    assert (user.email, user.name) == ("x'--@example.org", name)
    changed = await teams.users.change(MACHINE_CALLER, user.id, UserChange(name=f"{name}!"))
    assert changed.name == f"{name}!"
    assert await teams.values(
        "SELECT detail ->> 'name' FROM audit_log WHERE action = 'user.changed' AND what = $1", user.email
    ) == [f'["{name.replace(chr(92), chr(92) * 2)}", "{name.replace(chr(92), chr(92) * 2)}!"]']


async def test_a_partner_has_only_so_many(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = await teams.partner()
    owner = await teams.caller(OWNER, partner)
    monkeypatch.setattr(users, "USERS_MAX", 2)
    await teams.users.invite(owner, "limit1@example.org", "", VIEWER, partner.id)
    with pytest.raises(Conflict, match="There are 2 users already"):
        await teams.users.invite(owner, "limit2@example.org", "", VIEWER, partner.id)


async def test_the_rules_hold_whoever_asks(teams: Teams) -> None:
    partner = await teams.partner()
    user = await teams.user(VIEWER, partner)
    announcer = await teams.caller(ANNOUNCER, partner)
    for work in (
        teams.users.invite(announcer, "no@example.org", "", VIEWER, partner.id),
        teams.users.change(announcer, user.id, UserChange(name="x")),
        teams.users.delete(announcer, user.id),
        teams.users.reset(announcer, user.id),
    ):
        with pytest.raises(Forbidden):
            await work
    assert await teams.now(user.id) == user


# Walls


async def test_another_partner_s_user_is_not_there(teams: Teams) -> None:
    here, there = await teams.partner(), await teams.partner()
    owner, stranger = await teams.caller(OWNER, here), await teams.user(VIEWER, there)
    admin = await teams.user(ADMIN)
    words = []
    for user_id in (stranger.id, admin.id, 10**15):
        for work in (
            teams.users.line(owner, user_id),
            teams.users.change(owner, user_id, UserChange(name="x")),
            teams.users.delete(owner, user_id),
            teams.users.reset(owner, user_id),
        ):
            with pytest.raises(NotFound) as told:
                await work
            words.append(told.value.message.replace(str(user_id), "N"))
    assert set(words) == {"There is no user N."}
    assert await teams.now(stranger.id) == stranger and await teams.now(admin.id) == admin
    assert [each.id for each in await teams.users.lines(owner)] == [owner.user_id]
    assert await teams.users.lines(owner, there.id) == []
    seen = {each.id for each in await teams.users.lines(MACHINE_CALLER)}
    assert {owner.user_id, stranger.id, admin.id} <= seen
    assert [each.id for each in await teams.users.lines(MACHINE_CALLER, there.id)] == [stranger.id]


async def test_the_database_itself_lets_nobody_over_the_wall(teams: Teams) -> None:
    """Were `by` ever mistaken, the walls would still stand."""
    here = await teams.partner()
    stranger = await teams.user(VIEWER)
    async with teams.web.of(here.id) as connection:
        assert await users.lines(connection, MACHINE_CALLER, user_id=stranger.id) == []
        with pytest.raises(NotFound):
            await users.delete(connection, MACHINE_CALLER, stranger.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with teams.web.of(here.id) as connection:
            await users.add(
                connection, MACHINE_CALLER, "over@example.org", "", VIEWER, stranger.partner_id, "x"
            )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with teams.web.of(here.id) as connection:
            await users.add(connection, MACHINE_CALLER, "over@example.org", "", ADMIN, None, "x")


# Changes


async def test_what_changes_is_noted_and_ends_sign_ins(teams: Teams) -> None:
    partner = await teams.partner()
    owner, user = await teams.caller(OWNER, partner), await teams.user(VIEWER, partner)
    line = await teams.users.change(owner, user.id, UserChange(name="New", role=OPERATOR))
    assert (line.name, line.role) == ("New", OPERATOR)
    now = await teams.now(user.id)
    assert now is not None and now.generation == user.generation + 1
    await teams.users.change(owner, user.id, UserChange(name="New", role=OPERATOR, disabled=False))
    assert await teams.noted(user.email) == [(owner.name, "user.changed")], "nothing has changed"
    await teams.users.change(owner, user.id, UserChange(name="Newer"))
    assert await teams.now(user.id) is not None
    assert (await teams.users.change(owner, user.id, UserChange(disabled=True))).disabled
    assert not (await teams.users.change(owner, user.id, UserChange(disabled=False))).disabled
    ended = await teams.now(user.id)
    assert ended is not None and ended.generation == user.generation + 3, "a name ends nothing"
    assert await teams.noted(user.email) == [
        (owner.name, action) for action in ("user.changed", "user.changed", "user.disabled", "user.enabled")
    ]
    details = await teams.values(
        "SELECT detail::text FROM audit_log WHERE what = $1 ORDER BY id LIMIT 1", user.email
    )
    assert details == [f'{{"name": ["{user.name}", "New"], "role": ["viewer", "operator"]}}']


async def test_who_is_disabled_has_no_link_any_more(teams: Teams) -> None:
    partner = await teams.partner()
    user, link = await teams.users.invite(MACHINE_CALLER, "gone1@example.org", "", VIEWER, partner.id)
    await teams.users.change(MACHINE_CALLER, user.id, UserChange(disabled=True))
    await teams.users.change(MACHINE_CALLER, user.id, UserChange(disabled=False))
    assert await teams.users.link(link.text) is None
    assert await teams.users.use_link(link.text, "hash", None) is None


async def test_a_user_goes_with_all_that_is_its_own(teams: Teams) -> None:
    partner = await teams.partner()
    owner, user = await teams.caller(OWNER, partner), await teams.user(VIEWER, partner)
    await teams.users.make_token(caller_of(user), "laptop")
    await teams.users.reset(owner, user.id)
    await teams.users.delete(owner, user.id)
    assert await teams.now(user.id) is None
    for table in ("tokens", "user_links"):
        assert await teams.values(f"SELECT 1 FROM {table} WHERE user_id = $1", user.id) == []
    assert (owner.name, "user.deleted") in await teams.noted(user.email), "what was done stays known"


async def test_the_last_owner_stays_unless_an_admin_wants_otherwise(teams: Teams) -> None:
    partner = await teams.partner()
    one, two = await teams.user(OWNER, partner), await teams.user(OWNER, partner)
    await teams.users.change(caller_of(one), two.id, UserChange(role=VIEWER))
    with pytest.raises(Conflict, match="last owner"):  # as when both ask at once
        await teams.users.change(caller_of(two), one.id, UserChange(disabled=True))
    with pytest.raises(Conflict, match="last owner"):
        await teams.users.delete(caller_of(two), one.id)
    await teams.users.change(MACHINE_CALLER, one.id, UserChange(role=VIEWER))


async def test_two_owners_who_remove_each_other_at_once(
    teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = users._check_not_last

    async def and_then_dawdle(*arguments: Any) -> None:
        await real(*arguments)
        await asyncio.sleep(0.05)  # what comes between the question and the deed: the other's question

    monkeypatch.setattr(users, "_check_not_last", and_then_dawdle)
    partner = await teams.partner()
    one, two = await teams.user(OWNER, partner), await teams.user(OWNER, partner)
    done = await asyncio.gather(
        teams.users.delete(caller_of(one), two.id),
        teams.users.delete(caller_of(two), one.id),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "NoneType"]
    assert len(await teams.users.lines(MACHINE_CALLER, partner.id)) == 1


async def test_the_last_admin_stays(database_dsn: str) -> None:
    async with teams_in(database_dsn) as teams:
        assert not await teams.users.has_admin()
        first = await teams.users.first_admin("ann@example.org", "Ann", "hash")
        waiting, _ = await teams.users.invite(caller_of(first), "bob@example.org", "", ADMIN, None)
        with pytest.raises(Conflict, match="last admin"):
            await teams.users.change(MACHINE_CALLER, first.id, UserChange(disabled=True))
        with pytest.raises(Conflict, match="last admin"):
            await teams.users.delete(MACHINE_CALLER, first.id)
        await teams.users.delete(MACHINE_CALLER, waiting.id)
        other = await teams.user(ADMIN)
        await teams.users.delete(caller_of(other), first.id)
        assert [each.id for each in await teams.users.lines(MACHINE_CALLER)] == [other.id]


async def test_there_is_one_first_admin(database_dsn: str) -> None:
    async with teams_in(database_dsn) as teams:
        done = await asyncio.gather(
            *(teams.users.first_admin(f"ann{number}@example.org", "", "hash") for number in range(4)),
            return_exceptions=True,
        )
        refused = [each for each in done if isinstance(each, NotFound)]
        assert len(refused) == 3 and refused[0].message.startswith("This link is used up")
        assert await teams.users.has_admin()
        assert len(await teams.values("SELECT 1 FROM users")) == 1
        taken = await teams.user(ADMIN, password=None)
        await teams.owner.execute("DELETE FROM users WHERE password_hash IS NOT NULL")
        with pytest.raises(Conflict, match="already"):
            await teams.users.first_admin(taken.email, "", "hash")


# Links and passwords


async def test_a_link_gives_a_password_once(teams: Teams) -> None:
    partner = await teams.partner()
    user, link = await teams.users.invite(MACHINE_CALLER, "join1@example.org", "J", VIEWER, partner.id)
    there = await teams.users.link(link.text)
    assert there is not None and (there.kind, there.email, there.partner) == (
        "join",
        user.email,
        partner.name,
    )
    joined = await teams.users.use_link(link.text, "hash", None)
    assert joined is not None
    assert (joined.id, joined.password_hash, joined.name) == (user.id, "hash", "J")
    assert await teams.now(user.id) == joined
    assert await teams.users.link(link.text) is None
    assert await teams.users.use_link(link.text, "other", None) is None
    assert await teams.now(user.id) == joined
    assert await teams.noted(user.email) == [
        ("this machine's token", "user.invited"),
        (user.email, "user.joined"),
    ]


async def test_a_link_used_twice_at_once_works_once(teams: Teams) -> None:
    partner = await teams.partner()
    user, link = await teams.users.invite(MACHINE_CALLER, "twice@example.org", "", VIEWER, partner.id)
    done = await asyncio.gather(
        *(teams.users.use_link(link.text, f"hash {number}", f"N{number}") for number in range(4))
    )
    (joined,) = [each for each in done if each is not None]
    assert await teams.now(user.id) == joined and joined.password_hash == f"hash {joined.name[1:]}"


@pytest.mark.parametrize("text", ["", "rh_", "rh_\udcff", "rh_x'; DROP TABLE users"])
async def test_what_is_no_link(teams: Teams, text: str) -> None:
    assert await teams.users.link(text) is None
    assert await teams.users.use_link(text, "hash", None) is None


async def test_a_link_that_is_too_old(teams: Teams) -> None:
    partner = await teams.partner()
    user, link = await teams.users.invite(MACHINE_CALLER, "late1@example.org", "", VIEWER, partner.id)
    await teams.owner.execute("UPDATE user_links SET expires_at = now() WHERE user_id = $1", user.id)
    assert await teams.users.link(link.text) is None
    assert await teams.users.use_link(link.text, "hash", None) is None
    again = await teams.users.reset(MACHINE_CALLER, user.id)
    there = await teams.users.link(again.text)
    assert there is not None and there.kind == "join", "for who has never been here it is still the first"


async def test_a_reset_ends_all_that_was(teams: Teams) -> None:
    partner = await teams.partner()
    owner, user = await teams.caller(OWNER, partner), await teams.user(OWNER, partner)
    token = await teams.users.make_token(caller_of(user), "script")
    first = await teams.users.reset(owner, user.id)
    assert timedelta(hours=23) < first.expires_at - datetime.now(UTC) < timedelta(hours=25)
    now = await teams.now(user.id)
    assert now is not None and now.password_hash is None and now.generation == user.generation + 1
    assert await teams.accounts.by_token(hash_of(token.token)) is None
    second = await teams.users.reset(owner, user.id)
    assert await teams.users.link(first.text) is None, "the newest is the only one"
    there = await teams.users.link(second.text)
    assert there is not None and there.partner == partner.name
    chosen = await teams.users.use_link(second.text, "hash", "Newname")
    assert chosen is not None and chosen.name == "Newname"
    assert await teams.noted(user.email) == [
        (owner.name, "user.reset"),
        (owner.name, "user.reset"),
        (user.email, "user.joined"),
    ]


async def test_a_reset_of_who_was_here_is_no_first_time(teams: Teams) -> None:
    user = await teams.user(VIEWER)
    await teams.accounts.seen(caller_of(user))
    link = await teams.users.reset(MACHINE_CALLER, user.id)
    there = await teams.users.link(link.text)
    assert there is not None and there.kind == "reset"
    used = await teams.users.use_link(link.text, "hash", None)
    assert used is not None and (user.email, "user.password_chosen") in await teams.noted(user.email)


async def test_a_password_is_changed_under_the_sign_in_that_asked(teams: Teams) -> None:
    user = await teams.user(VIEWER)
    me = caller_of(user)
    await teams.users.make_token(me, "signed in", hours=24)
    kept = await teams.users.make_token(me, "script")
    changed = await teams.users.change_password(me, "hash")
    assert (changed.password_hash, changed.generation) == ("hash", user.generation + 1)
    assert [each.id for each in await teams.users.tokens(me)] == [kept.id], "sign-ins end, and scripts go on"
    with pytest.raises(Conflict, match="sign in again"):
        await teams.users.change_password(me, "other")
    assert await teams.now(user.id) == changed
    assert await teams.noted(user.email) == [(user.email, "user.password_changed")]
