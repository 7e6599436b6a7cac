"""Personal tokens in the database."""

import pytest

from hub.accounts import MACHINE_CALLER, OWNER, VIEWER, caller_of
from hub.errors import Conflict, Forbidden, NotFound
from hub.store import user_tokens
from hub.tokens import hash_of
from tests.store.teams import Teams

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_token_is_told_once_and_opens_what_its_user_may(teams: Teams) -> None:
    user = await teams.user(VIEWER)
    made = await teams.users.make_token(caller_of(user), "Laptop $1 ü")
    assert made.token.startswith("rht_") and made.expires_at is None
    assert await teams.accounts.by_token(hash_of(made.token)) == user
    (line,) = await teams.users.tokens(caller_of(user))
    assert (line.id, line.name, line.expires_at) == (made.id, "Laptop $1 ü", None)
    assert await teams.values("SELECT token_hash FROM tokens WHERE id = $1", made.id) == [hash_of(made.token)]
    assert await teams.noted("Laptop $1 ü") == [(user.email, "token.made")]


async def test_when_it_was_used_last_is_written_now_and_then(teams: Teams) -> None:
    user = await teams.user(VIEWER)
    digest = hash_of((await teams.users.make_token(caller_of(user), "used")).token)
    (line,) = await teams.users.tokens(caller_of(user))
    assert line.last_used_at is None
    await teams.accounts.by_token(digest)
    (first,) = await teams.users.tokens(caller_of(user))
    await teams.accounts.by_token(digest)
    (second,) = await teams.users.tokens(caller_of(user))
    assert first.last_used_at is not None and second.last_used_at == first.last_used_at


async def test_another_s_token_is_not_there(teams: Teams) -> None:
    partner = await teams.partner()
    user, owner = await teams.user(VIEWER, partner), await teams.caller(OWNER, partner)
    made = await teams.users.make_token(caller_of(user), "mine")
    for who in (owner, await teams.caller(OWNER), MACHINE_CALLER):
        with pytest.raises(NotFound, match=f"There is no token {made.id}"):
            await teams.users.delete_token(who, made.id)
        assert await teams.users.tokens(who) == []
    await teams.users.delete_token(caller_of(user), made.id)
    assert await teams.accounts.by_token(hash_of(made.token)) is None
    with pytest.raises(NotFound):
        await teams.users.delete_token(caller_of(user), made.id)


async def test_this_machine_s_token_makes_none(teams: Teams) -> None:
    with pytest.raises(Forbidden, match="belongs to no user"):
        await teams.users.make_token(MACHINE_CALLER, "x")


async def test_there_are_only_so_many_for_good(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    me = await teams.caller(VIEWER)
    monkeypatch.setattr(user_tokens, "TOKENS_MAX", 2)
    await teams.users.make_token(me, "signed in", hours=24)
    await teams.users.make_token(me, "one")
    second = await teams.users.make_token(me, "two")
    with pytest.raises(Conflict, match="You have 2 tokens already"):
        await teams.users.make_token(me, "three")
    await teams.users.delete_token(me, second.id)
    await teams.users.make_token(me, "three")


async def test_who_signs_in_again_and_again_is_not_locked_out(
    teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await teams.caller(VIEWER)
    monkeypatch.setattr(user_tokens, "SIGN_INS_MAX", 2)
    await teams.users.make_token(me, "script")
    old, *rest = [await teams.users.make_token(me, f"sign-in {number}", hours=24) for number in range(4)]
    assert old.expires_at is not None
    assert [each.name for each in await teams.users.tokens(me)] == ["sign-in 3", "sign-in 2", "script"]
    await teams.owner.execute("UPDATE tokens SET expires_at = now() WHERE id = $1", rest[-1].id)
    assert [each.name for each in await teams.users.tokens(me)] == ["sign-in 2", "script"]
    await teams.users.make_token(me, "sign-in 4", hours=24)
    held = await teams.values("SELECT name FROM tokens WHERE user_id = $1 ORDER BY id", me.user_id)
    assert held == ["script", "sign-in 2", "sign-in 4"], "what has ended is not kept"
