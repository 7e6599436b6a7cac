"""What `racehub partner` and `racehub user` do, beside a hub that runs in this process or without one."""

from pathlib import Path

import msgspec
import pytest

from hub import commands, commands_people
from hub.accounts import ADMIN, OWNER
from hub.commands_people import NewUser
from hub.config import Settings
from hub.errors import Conflict, HubError, Invalid, NotFound
from tests.running import CHEAP, Running, rows, running_hub, settings_for

ANN = NewUser("ann@example.org", "Ann", OWNER, "fast-feet", "Tartan-Bahn 7")
ROOT = NewUser("root@example.org", "", ADMIN, None, "Tartan-Bahn 8")


async def signed_in(hub: Running, new: NewUser) -> int:
    body = {"email": new.email, "password": new.password}
    async with hub.anybody.post("/api/auth/login", json=body) as response:
        return response.status


async def noted(settings: Settings) -> list[tuple[str, str]]:
    found = await rows(settings.database.dsn, "SELECT action, what FROM audit_log ORDER BY id")
    return [(row["action"], row["what"]) for row in found if not row["action"].startswith("auth.")]


async def test_without_a_hub_and_then_with_one(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    made = await commands_people.add_partner(settings, "Fast Feet", None)
    assert (made.slug, made.users) == ("fast-feet", 0)
    ann = await commands_people.add_user(settings, ANN, hashes=CHEAP)
    assert ann.partner is not None and ann.partner.slug == "fast-feet" and not ann.waiting
    await commands_people.add_user(settings, ROOT, hashes=CHEAP)
    assert [each.email for each in await commands_people.list_users(settings)] == [ROOT.email, ANN.email]
    assert [each.slug for each in await commands_people.list_partners(settings)] == ["default", "fast-feet"]
    with pytest.raises(Conflict, match="already"):
        await commands_people.add_user(settings, ANN, hashes=CHEAP)
    with pytest.raises(NotFound, match="There is no partner 'nowhere'"):
        await commands_people.add_user(
            settings, NewUser("bob@example.org", "", OWNER, "nowhere", "Tartan-Bahn 9"), hashes=CHEAP
        )
    with pytest.raises(Conflict, match="last admin"):
        await commands_people.set_disabled(settings, ROOT.email, True)
    await commands_people.set_disabled(settings, ANN.email, True)
    await commands_people.set_disabled(settings, ANN.email, False)
    link = await commands_people.reset_user(settings, ROOT.email)
    assert link.text.startswith("http://127.0.0.1:0/join#rh_")
    assert await noted(settings) == [
        ("partner.made", "Fast Feet"),
        ("user.added", ANN.email),
        ("user.added", ROOT.email),
        ("user.disabled", ANN.email),
        ("user.enabled", ANN.email),
        ("user.reset", ROOT.email),
    ]
    async with running_hub(settings) as hub:
        assert await signed_in(hub, ANN) == 200
        assert await signed_in(hub, ROOT) == 401
        assert await hub.app.stores.users.link(link.text.partition("#")[2]) is not None


async def test_beside_a_hub(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        made = await commands_people.add_partner(settings, "Fast Feet", None)
        assert hub.app.hub.partners[made.id].slug == "fast-feet", "it knows at once"
        ann = await commands_people.add_user(settings, ANN)
        assert ann.partner is not None and ann.partner.slug == "fast-feet" and not ann.waiting
        assert await signed_in(hub, ANN) == 200
        await commands_people.add_user(settings, ROOT)
        assert {each.email: each.waiting for each in await commands_people.list_users(settings)} == {
            ANN.email: False,
            ROOT.email: False,
        }
        assert [each.users for each in await commands_people.list_partners(settings)] == [0, 1]
        await commands_people.set_disabled(settings, ANN.email, True)
        assert await signed_in(hub, ANN) == 401
        await commands_people.set_disabled(settings, ANN.email, False)
        assert await signed_in(hub, ANN) == 200
        link = await commands_people.reset_user(settings, ANN.email)
        assert link.text.startswith(f"{hub.origin}/join#rh_")
        assert await signed_in(hub, ANN) == 401
        for words, work in (
            ("There is a user with this e-mail address", commands_people.add_user(settings, ROOT)),
            ("There is no partner 'x'", commands_people.add_user(settings, _of("x"))),
            ("There is a partner with the slug", commands_people.add_partner(settings, "x", "fast-feet")),
            ("there is no user bob@", commands_people.reset_user(settings, "bob@example.org")),
            ("last admin", commands_people.set_disabled(settings, ROOT.email, True)),
        ):
            with pytest.raises(HubError, match=words):
                await work
        emails = [each.email for each in await commands_people.list_users(settings)]
        assert emails == [ROOT.email, ANN.email], "and nobody was half made"


async def test_who_cannot_join_is_not_left_behind(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    elsewhere = settings.model_copy(update={"server": settings.server.model_copy(update={"name": "Other"})})
    async with running_hub(settings):
        named = msgspec.structs.replace(ROOT, password=settings.server.name)
        with pytest.raises(HubError, match="the name of this server"):
            await commands_people.add_user(elsewhere, named)
        assert await commands_people.list_users(settings) == []


async def test_a_password_that_is_none(tmp_path: Path) -> None:
    settings = settings_for("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(Invalid, match="at least 8 characters"):
        await commands_people.add_user(settings, NewUser("a@b", "", ADMIN, None, "short"))


async def test_what_postgresql_refuses_is_said_in_words(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    await commands.apply_migrations(settings)
    await rows(database_dsn, "DROP TABLE audit_log")
    with pytest.raises(HubError, match="audit_log"):
        await commands_people.add_partner(settings, "x", None)
    assert len(await rows(database_dsn, "SELECT 1 FROM partners")) == 1, "all or nothing"


def _of(slug: str) -> NewUser:
    return NewUser("bob@example.org", "", OWNER, slug, "Tartan-Bahn 9")
