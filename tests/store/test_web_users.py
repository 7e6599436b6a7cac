"""Users as the web asks for them: each question behind the walls of whoever asks."""

import pytest

from hub.accounts import ADMIN, MACHINE_CALLER, OWNER, VIEWER, caller_of
from hub.errors import StoreAway, StoreError
from hub.store.pooled import WebDatabase
from hub.store.web_users import WebUsers
from tests.store.teams import Teams

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_before_there_is_a_database() -> None:
    def nowhere() -> WebDatabase:
        raise StoreAway("not connected yet")

    with pytest.raises(StoreAway):
        await WebUsers(nowhere).lines(MACHINE_CALLER)


async def test_the_log_is_read_by_owners_of_their_own_and_by_admins_of_all(teams: Teams) -> None:
    here, there = await teams.partner(), await teams.partner()
    owner, other = await teams.caller(OWNER, here), await teams.caller(OWNER, there)
    for number in range(3):
        await teams.users.note(owner, "race.won", f"here {number}", partner_id=here.id, detail={"n": number})
    await teams.users.note(other, "race.won", "there", partner_id=there.id)
    await teams.users.note(MACHINE_CALLER, "race.won", "nowhere", partner_id=None)
    mine = await teams.users.changes(owner, before=None, limit=10)
    assert [each.what for each in mine] == ["here 2", "here 1", "here 0"]
    assert (mine[0].who, mine[0].detail, mine[0].partner) == (owner.name, {"n": 2}, here)
    assert [each.what for each in await teams.users.changes(owner, before=mine[0].id, limit=1)] == ["here 1"]
    assert await teams.users.changes(owner, before=None, limit=10, partner_id=there.id) == []
    every = await teams.users.changes(MACHINE_CALLER, before=None, limit=5)
    assert [each.what for each in every] == ["nowhere", "there", "here 2", "here 1", "here 0"]
    assert every[0].partner is None
    of_one = await teams.users.changes(MACHINE_CALLER, before=None, limit=9, partner_id=there.id)
    assert [each.what for each in of_one if each.action == "race.won"] == ["there"]


async def test_nobody_writes_into_the_log_of_another(teams: Teams) -> None:
    owner, there = await teams.caller(OWNER), await teams.partner()
    for partner_id in (there.id, None):
        with pytest.raises(StoreError, match="row-level security"):
            await teams.users.note(owner, "race.won", "forged", partner_id=partner_id)
    assert await teams.noted("forged") == []


async def test_links_and_tokens_of_admins_lead_over_no_partner(teams: Teams) -> None:
    user, link = await teams.users.invite(MACHINE_CALLER, "root@example.org", "", ADMIN, None)
    there = await teams.users.link(link.text)
    assert there is not None and there.partner is None
    joined = await teams.users.use_link(link.text, "hash", "Root")
    assert joined is not None and joined.partner_id is None and joined.id == user.id
    token = await teams.users.make_token(caller_of(joined), "x")
    assert [each.id for each in await teams.users.tokens(caller_of(joined))] == [token.id]
    await teams.users.delete_token(caller_of(joined), token.id)


async def test_who_was_here_is_written_now_and_then(teams: Teams) -> None:
    user = await teams.user(VIEWER)
    await teams.accounts.seen(MACHINE_CALLER)
    await teams.accounts.seen(caller_of(user))
    seen = (await teams.users.line(MACHINE_CALLER, user.id)).last_seen_at
    assert seen is not None
    await teams.owner.execute("UPDATE users SET last_seen_at = NULL WHERE id = $1", user.id)
    await teams.accounts.seen(caller_of(user))
    assert (await teams.users.line(MACHINE_CALLER, user.id)).last_seen_at is None, "not again at once"
