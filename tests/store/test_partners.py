"""Partners in the database."""

import asyncio

import asyncpg
import pytest

from hub.accounts import MACHINE_CALLER, OWNER
from hub.errors import Conflict, NotFound
from hub.model import PartnerRow
from hub.store import partners
from tests.store.making import new_session
from tests.store.teams import Teams, teams_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_new_one_has_nothing_but_its_name(teams: Teams) -> None:
    made = await teams.partners.make(MACHINE_CALLER, "Läufe'); DROP TABLE partners;--", None)
    assert made.slug == "laufe-drop-table-partners"
    line = await teams.partners.line(MACHINE_CALLER, made.id)
    assert (line.name, line.users, line.sessions, line.active) == (made.name, 0, 0, 0)
    for table in ("timing_sessions", "displays", "events", "users"):
        assert await teams.values(f"SELECT 1 FROM {table} WHERE partner_id = $1", made.id) == []
    assert await teams.noted(made.name) == [("this machine's token", "partner.made")]


async def test_slugs_are_told_apart(teams: Teams) -> None:
    made = await asyncio.gather(*(teams.partners.make(MACHINE_CALLER, "Twin", None) for _ in range(3)))
    assert sorted(each.slug for each in made) == ["twin", "twin-2", "twin-3"]
    with pytest.raises(Conflict, match="There is a partner with the slug 'twin' already") as told:
        await teams.partners.make(MACHINE_CALLER, "Another", "twin")
    assert told.value.field == "slug"
    chosen = await teams.partners.make(MACHINE_CALLER, "Another", "own-words")
    assert chosen.slug == "own-words"
    with pytest.raises(Conflict, match="'twin' already"):
        await teams.partners.change(MACHINE_CALLER, chosen.id, None, "twin")


async def test_what_changes_is_noted(teams: Teams) -> None:
    made = await teams.partner()
    same = await teams.partners.change(MACHINE_CALLER, made.id, made.name, made.slug)
    assert same == made
    changed = await teams.partners.change(MACHINE_CALLER, made.id, "Renamed", None)
    assert changed == PartnerRow(made.id, made.slug, "Renamed")
    changed = await teams.partners.change(MACHINE_CALLER, made.id, None, "renamed")
    assert changed == PartnerRow(made.id, "renamed", "Renamed")
    assert await teams.noted("Renamed") == [("this machine's token", "partner.changed")] * 2
    of_owners = await teams.values(
        "SELECT detail::text FROM audit_log WHERE partner_id = $1 ORDER BY id", made.id
    )
    assert of_owners == [f'{{"name": ["{made.name}", "Renamed"]}}', f'{{"slug": ["{made.slug}", "renamed"]}}']


async def test_it_goes_when_nothing_is_its_own(teams: Teams) -> None:
    made = await teams.partner()
    user = await teams.user(OWNER, made)
    first = await new_session(teams.owner, partner_id=made.id)
    await new_session(teams.owner, partner_id=made.id, status="ended")
    line = await teams.partners.line(MACHINE_CALLER, made.id)
    assert (line.users, line.sessions, line.active) == (1, 2, 1)
    await teams.owner.execute(
        "INSERT INTO displays (code, partner_id, session_id, name) VALUES ('AAAA2222', $1, $2, 'x')",
        made.id,
        first,
    )
    with pytest.raises(
        Conflict, match=r"^The partner has 2 sessions, 1 display and 1 user; delete them first\.$"
    ):
        await teams.partners.delete(MACHINE_CALLER, made.id)
    await teams.owner.execute("DELETE FROM timing_sessions WHERE partner_id = $1", made.id)
    with pytest.raises(Conflict, match=r"^The partner has 1 user; delete them first\.$"):
        await teams.partners.delete(MACHINE_CALLER, made.id)
    await teams.users.delete(MACHINE_CALLER, user.id)
    inbox = await new_session(teams.owner, partner_id=made.id, purpose="inbox")
    line = await teams.partners.line(MACHINE_CALLER, made.id)
    assert (line.sessions, line.active) == (0, 0), "it is hidden"
    await teams.partners.delete(MACHINE_CALLER, made.id)
    whose = await teams.owner.fetchval("SELECT partner_id FROM timing_sessions WHERE id = $1", inbox)
    assert whose is None, "what readers have sent is not lost: it is nobody's"
    with pytest.raises(NotFound):
        await teams.partners.line(MACHINE_CALLER, made.id)
    assert ("this machine's token", "partner.deleted") in await teams.noted(made.name)


async def test_the_only_one_stays(database_dsn: str) -> None:
    async with teams_in(database_dsn) as teams:
        (only,) = await teams.partners.lines(MACHINE_CALLER)
        with pytest.raises(Conflict, match="the only partner"):
            await teams.partners.delete(MACHINE_CALLER, only.id)
        other = await teams.partner()
        assert {each.id for each in await teams.partners.lines(MACHINE_CALLER)} == {only.id, other.id}
        await teams.partners.delete(MACHINE_CALLER, other.id)


async def test_one_that_is_not_there(teams: Teams) -> None:
    for work in (
        teams.partners.line(MACHINE_CALLER, 10**15),
        teams.partners.change(MACHINE_CALLER, 10**15, "x", None),
        teams.partners.delete(MACHINE_CALLER, 10**15),
    ):
        with pytest.raises(NotFound, match=f"There is no partner {10**15}"):
            await work


async def test_by_slug(teams: Teams) -> None:
    made = await teams.partner()
    assert await partners.by_slug(teams.owner, made.slug) == made
    with pytest.raises(NotFound, match="There is no partner 'no-one'"):
        await partners.by_slug(teams.owner, "no-one")


async def test_partners_are_for_admins_whatever_is_asked(teams: Teams) -> None:
    owner = await teams.caller(OWNER)
    assert [each.id for each in await teams.partners.lines(owner)] == [owner.partner_id]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with teams.web.of(owner.whose) as connection:
            await partners.make(connection, owner, "Mine", None)
