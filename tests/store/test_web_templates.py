"""Templates in the database."""

import asyncio

import pytest

from hub import template_words
from hub.accounts import MACHINE_CALLER, OPERATOR, Caller
from hub.errors import Conflict, NotFound
from hub.model import TemplateRow
from hub.store import web_templates
from hub.store.web_templates import Wanted, WebTemplates
from hub.template_words import Content
from tests.drawn import content, template
from tests.store.teams import Teams

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Desk:
    """An operator with templates of a partner of their own."""

    def __init__(self, teams: Teams, by: Caller) -> None:
        self.teams = teams
        self.by = by
        self.store = WebTemplates(lambda: teams.web)
        assert by.partner_id is not None
        self.partner_id = by.partner_id

    async def save(self, name: str, text: str = "x", base: int | None = None) -> TemplateRow:
        return await self.store.save(
            self.by, self.partner_id, name, wanted(content(text)), base=base, action="template.saved"
        )

    async def numbers(self, row: TemplateRow) -> list[int]:
        return [each["version"] for each in await self.store.versions(self.by.whose, row.id)]


def wanted(drawn: Content) -> Wanted:
    return Wanted(drawn, template_words.packed(drawn), template_words.images(drawn))


async def desk(teams: Teams) -> Desk:
    return Desk(teams, await teams.caller(OPERATOR))


async def test_a_version_is_as_it_was_saved(teams: Teams) -> None:
    own = await desk(teams)
    image = "0" * 32 + ".png"
    drawn = template_words.decoded(
        template_words.encoded(content("one", resting={"ground": "#000000", "image": image}))
    )
    row = await own.store.save(
        own.by, own.partner_id, "Saved", wanted(drawn), base=None, action="template.saved"
    )
    assert (row.name, row.version, row.partner_id) == ("Saved", 1, own.partner_id)
    assert template_words.kept(row.content) == drawn
    assert await own.store.content(own.by.whose, row.id, 1) == drawn
    assert await own.store.content(own.by.whose, row.id, 2) is None
    (version,) = await own.store.versions(own.by.whose, row.id)
    assert (version["made_by"], version["restored"]) == (own.by.name, None)
    shown = await teams.values("SELECT images FROM template_versions WHERE template_id = $1", row.id)
    assert shown == [[image]]
    assert await teams.noted("Saved") == [(own.by.name, "template.saved")]


async def test_numbers_are_given_once(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    own = await desk(teams)
    row = await own.save("Counted", "1")
    assert await own.save("counted", "1") == row, "it says the same"
    monkeypatch.setattr(web_templates, "VERSIONS_MAX", 2)
    for text in ("2", "3", "4"):
        row = await own.save("Counted", text)
    assert await own.numbers(row) == [4, 3]
    with pytest.raises(Conflict):
        await own.save("Counted", "5", base=3)
    again = await own.store.restore(own.by, row.id, 3, wanted(content("3")))
    assert again.version == 5 and await own.numbers(row) == [5, 4]
    (last, *_) = await own.store.versions(own.by.whose, row.id)
    assert last["restored"] == 3
    assert await own.store.restore(own.by, row.id, 5, wanted(content("3"))) == again


async def test_of_two_at_once_one_is_told(teams: Teams) -> None:
    own = await desk(teams)
    await own.save("Together", "0")
    both = await asyncio.gather(
        own.save("Together", "a", base=1), own.save("Together", "b", base=1), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in both) == ["Conflict", "TemplateRow"]
    new = await asyncio.gather(own.save("New", "a"), own.save("new", "b"), return_exceptions=True)
    assert any(isinstance(each, TemplateRow) for each in new)
    assert all(isinstance(each, TemplateRow | Conflict) for each in new)
    assert len(await teams.values("SELECT name FROM templates WHERE lower(name) = 'new'")) == 1


async def test_names_are_free_again(teams: Teams) -> None:
    own = await desk(teams)
    first, second = await own.save("One"), await own.save("Two")
    with pytest.raises(Conflict):
        await own.store.rename(own.by, second.id, "ONE")
    assert await own.store.rename(own.by, second.id, "tWo") == "Two"
    assert await own.store.delete(own.by, first.id) == []
    await own.store.rename(own.by, second.id, "One")
    with pytest.raises(Conflict):
        await own.store.undelete(own.by, first.id)
    assert await own.store.rename(own.by, second.id, "Two") == "One"
    assert await own.store.undelete(own.by, first.id) == first
    with pytest.raises(NotFound):
        await own.store.undelete(own.by, first.id)


async def test_of_what_was_deleted_the_last_can_be_taken_back(
    teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await desk(teams)
    monkeypatch.setattr(web_templates, "DELETED_MAX", 2)
    monkeypatch.setattr(web_templates, "TEMPLATES_MAX", 1)
    rows = []
    for _ in range(3):
        rows.append(await own.save("Again"))
        with pytest.raises(Conflict, match="There are 1 templates"):
            await own.save("Other")
        gone = await own.store.delete(own.by, rows[-1].id)
    assert gone == [rows[0].id]
    (last,) = await own.store.deleted(own.by.whose)
    assert last["id"] == rows[2].id, "of one name the last"
    with pytest.raises(NotFound):
        await own.store.undelete(own.by, rows[0].id)
    await own.store.undelete(own.by, rows[1].id)
    with pytest.raises(Conflict):
        await own.store.undelete(own.by, rows[2].id)


async def test_what_is_anothers_is_not_there(teams: Teams) -> None:
    own, other = await desk(teams), await desk(teams)
    row = await own.save("Walled")
    assert await other.store.lines(other.by.whose) == await other.store.deleted(other.by.whose) == []
    assert await other.numbers(row) == []
    assert await other.store.content(other.by.whose, row.id, 1) is None
    for change in (
        other.store.rename(other.by, row.id, "x"),
        other.store.delete(other.by, row.id),
        other.store.undelete(other.by, row.id),
        other.store.restore(other.by, row.id, 1, wanted(content())),
    ):
        with pytest.raises(NotFound):
            await change
    theirs = await other.save("Walled", "y")
    assert theirs.id != row.id
    names = [line["name"] for line in await own.store.lines(own.by.whose)]
    everybody = [line["id"] for line in await own.store.lines(MACHINE_CALLER.whose)]
    assert names == ["Walled"] and {row.id, theirs.id} <= set(everybody)


async def test_the_size_of_both_kinds(teams: Teams) -> None:
    own = await desk(teams)
    await own.save("New")
    old = b'{"format":"html-2","active":{"html":"<p>x</p>","width":1280,"height":720}}'
    await own.store.save(
        own.by, own.partner_id, "Old", wanted(template_words.decoded(old)), base=0, action="template.imported"
    )
    lines = await own.store.lines(own.by.whose)
    assert [(each["format"], each["width"], each["height"]) for each in lines] == [
        ("racehub-3", template()["canvas"]["width"], 1080),
        ("html-2", 1280, 720),
    ]
