"""Images in their table: whose they are, what shows them, and how much room there is."""

import asyncio

import pytest

from hub.accounts import OPERATOR, Caller
from hub.errors import Conflict, NotFound
from hub.image_words import Picture, name_of
from hub.model import EVERYONE, ImageRow, PartnerRow, Whose
from hub.store import images
from tests.store.making import until_true
from tests.store.teams import Teams

pytestmark = pytest.mark.asyncio(loop_scope="session")


def picture(partner: PartnerRow, word: str, size: int = 5) -> Picture:
    data = word.encode().ljust(size, b" ")
    return Picture(name_of(partner.id, data, ".png"), 3, 2, 1, data, b"thumb")


async def add(teams: Teams, by: Caller, partner: PartnerRow, word: str, size: int = 5) -> ImageRow:
    async with teams.web.change_of(by.whose) as connection:
        return await images.add(connection, by, partner.id, picture(partner, word, size), f"{word}.png")


async def rows(teams: Teams, whose: Whose, **wanted: int) -> list[ImageRow]:
    async with teams.web.of(whose) as connection:
        return await images.rows(connection, **wanted)  # type: ignore[arg-type]


async def template(teams: Teams, partner: PartnerRow, name: str, *versions: list[str]) -> int:
    number: int = await teams.owner.fetchval(
        "INSERT INTO templates (partner_id, name, version) VALUES ($1, $2, $3) RETURNING id",
        partner.id,
        name,
        len(versions),
    )
    for version, shown in enumerate(versions, 1):
        await teams.owner.execute(
            "INSERT INTO template_versions (template_id, version, content, images) VALUES ($1, $2, '{}', $3)",
            number,
            version,
            shown,
        )
    return number


async def delete(teams: Teams, by: Caller, name: str) -> None:
    async with teams.web.change_of(by.whose) as connection:
        await images.delete(connection, by, name)


async def test_made_listed_called_otherwise_and_deleted(teams: Teams) -> None:
    partner = await teams.partner()
    by = await teams.caller(OPERATOR, partner)
    first, second = await add(teams, by, partner, "first"), await add(teams, by, partner, "second")
    assert (first.title, first.made_by, first.bytes, first.used_by) == ("first.png", by.name, 5, [])
    assert await rows(teams, by.whose) == [second, first]
    assert await add(teams, by, partner, "first") == first, "the same again is the same"
    async with teams.web.change_of(by.whose) as connection:
        changed = await images.retitle(connection, by, first.name, "Logo")
        assert changed == await images.retitle(connection, by, first.name, "Logo")
    assert changed.title == "Logo" and (await rows(teams, by.whose))[1] == changed
    await delete(teams, by, first.name)
    assert await rows(teams, by.whose) == [second]
    assert [each for _, each in await teams.noted("first.png")] == ["image.made"]
    assert [each for _, each in await teams.noted("Logo")] == ["image.changed", "image.deleted"]


async def test_anothers_are_not_there(teams: Teams) -> None:
    here, there = await teams.partner(), await teams.partner()
    by, other = await teams.caller(OPERATOR, here), await teams.caller(OPERATOR, there)
    made = await add(teams, by, here, "mine")
    assert await rows(teams, other.whose) == []
    assert made in await rows(teams, EVERYONE) and await rows(teams, EVERYONE, partner_id=here.id) == [made]
    async with teams.web.change_of(other.whose) as connection:
        for work in (
            images.row(connection, made.name),
            images.retitle(connection, other, made.name, "x"),
            images.delete(connection, other, made.name),
        ):
            with pytest.raises(NotFound, match=f"There is no image '{made.name}'"):
                await work
        assert await images.hold(connection, there.id, [made.name]) == set()
        assert await images.hold(connection, here.id, [made.name]) == set()
    with pytest.raises(NotFound):
        await add(teams, by, there, "theirs")


async def test_what_a_template_shows_stays(teams: Teams) -> None:
    partner, other = await teams.partner(), await teams.partner()
    by = await teams.caller(OPERATOR, partner)
    made = await add(teams, by, partner, "shown")
    unused = await add(teams, by, partner, "unused")
    await template(teams, partner, "Now", [], [made.name])
    before = await template(teams, partner, "Before", [made.name, unused.name], [])
    await template(teams, other, "Another's", [made.name])
    await teams.owner.execute("UPDATE templates SET deleted_at = now() WHERE id = $1", before)
    assert {each.title: each.used_by for each in await rows(teams, EVERYONE, partner_id=partner.id)} == {
        "shown.png": ["Before", "Now"],
        "unused.png": ["Before"],
    }
    with pytest.raises(Conflict, match="This image is in the templates “Before”, “Now”, or in an earlier"):
        await delete(teams, by, made.name)
    await teams.owner.execute("DELETE FROM template_versions WHERE template_id = $1", before)
    with pytest.raises(Conflict, match="This image is in the template “Now”, or"):
        await delete(teams, by, made.name)
    await delete(teams, by, unused.name)
    for number in range(7):
        await template(teams, partner, f"T{number}", [made.name])
    with pytest.raises(Conflict, match="“Now”, “T0”, “T1”, “T2”, “T3” and 3 more, or"):
        await delete(teams, by, made.name)


async def test_what_is_being_saved_with_it_is_waited_for(teams: Teams) -> None:
    partner = await teams.partner()
    by = await teams.caller(OPERATOR, partner)
    made = await add(teams, by, partner, "held")
    waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%images%')"
    async with teams.web.change_of(by.whose) as connection:
        assert await images.hold(connection, partner.id, [made.name, "0" * 32 + ".png"]) == {made.name}
        deleting = asyncio.create_task(delete(teams, by, made.name))
        await until_true(lambda: teams.owner.fetchval(waiting))
        saved = await connection.fetchval(
            "INSERT INTO templates (partner_id, name) VALUES ($1, 'Saved') RETURNING id", partner.id
        )
        await connection.execute(
            "INSERT INTO template_versions (template_id, version, content, images) VALUES ($1, 1, '{}', $2)",
            saved,
            [made.name],
        )
    with pytest.raises(Conflict, match="“Saved”"):
        await deleting


async def test_so_many_and_no_more(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = await teams.partner()
    by = await teams.caller(OPERATOR, partner)
    monkeypatch.setattr(images, "IMAGES_MAX", 2)
    monkeypatch.setattr(images, "PARTNER_BYTES_MAX", 3 << 20)
    first = await add(teams, by, partner, "a", 2 << 20)
    with pytest.raises(
        Conflict, match=r"^The images have 2 MiB, of at most 3; delete some that no template shows\.$"
    ):
        await add(teams, by, partner, "b", (1 << 20) + 1)
    await add(teams, by, partner, "b", 1 << 20)
    with pytest.raises(Conflict, match=r"^There are 2 images, which is the most; delete some"):
        await add(teams, by, partner, "c")
    assert await add(teams, by, partner, "a", 2 << 20) == first, "what is there needs no room"
    await add(teams, await teams.caller(OPERATOR, (other := await teams.partner())), other, "a")


async def test_two_at_once_find_the_last_room_once(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = await teams.partner()
    by = await teams.caller(OPERATOR, partner)
    monkeypatch.setattr(images, "IMAGES_MAX", 1)
    found = await asyncio.gather(
        *(add(teams, by, partner, word) for word in ("a", "b", "c")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in found) == ["Conflict", "Conflict", "ImageRow"]
    assert len(await rows(teams, by.whose)) == 1
