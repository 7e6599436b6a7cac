"""Images and their files, in the order that leaves nothing half, whatever fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub import disk, images
from hub.accounts import MACHINE_CALLER
from hub.disk import Room
from hub.errors import Conflict, NotFound, StoreAway, Unavailable
from hub.image_words import Picture
from hub.images import Images
from hub.model import EVERYONE, ImageRow
from hub.store import images as table
from tests.lifecycle import Office
from tests.pictures import drawn, encoded, read

SHARED = pytest.mark.asyncio(loop_scope="session")

_turns = iter(range(1, 360))


def fresh() -> bytes:
    return encoded(drawn((60, 40), turn=next(_turns)), "PNG")


@asynccontextmanager
async def of(office: Office) -> AsyncIterator[Images]:
    """The hub's own, and its folder as it was when it is left alone."""
    made = office.hub.app.changes.images
    before = made.files.strays(await known(made))
    yield made
    assert made.files.strays(await known(made)) == before


async def known(made: Images) -> set[str]:
    return {each.name for each in await made.rows(EVERYONE)}


async def add(made: Images, data: bytes = b"") -> ImageRow:
    return await made.add(MACHINE_CALLER, 1, data or fresh(), "x.png")


@SHARED
async def test_for_an_export_and_an_import(shared_office: Office) -> None:
    async with of(shared_office) as made:
        row = await add(made)
        data = await made.bytes_of(1, row.name)
        assert read(data).size == (60, 40)
        for _ in range(2):
            assert await add(made, data) == row, "what was exported comes back as what it was"
        for whose, name in ((2, row.name), (1, "0" * 32 + ".png")):
            with pytest.raises(NotFound):
                await made.bytes_of(whose, name)
        made.files.remove([row.name])
        with pytest.raises(NotFound, match="is not there any more"):
            await made.bytes_of(1, row.name)
        await made.delete(MACHINE_CALLER, row.name)


@SHARED
@pytest.mark.parametrize("problem", [Conflict("No room."), StoreAway("PostgreSQL is away")])
async def test_without_a_row_there_is_no_file(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """But where it is not known whether there is a row; that is seen at the next start."""

    async def refused(*_: Any) -> ImageRow:
        raise problem

    made, data = shared_office.hub.app.changes.images, fresh()
    before = set(made.files.there())
    with monkeypatch.context() as patch:
        patch.setattr(table, "add", refused)
        with pytest.raises(type(problem)):
            await add(made, data)
    assert len(made.files.there() - before) == (0 if isinstance(problem, Conflict) else 1)
    await made.sweep()
    assert made.files.there() == before
    assert (await add(made, data)).name in made.files.there()


@SHARED
async def test_a_full_disk(shared_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async with of(shared_office) as made:
        monkeypatch.setattr(disk, "room", lambda _: Room(1, 5 << 20, 1 << 40))
        count = len(await known(made))
        with pytest.raises(Unavailable, match="The disk has 5 MiB left"):
            await add(made)
        assert len(await known(made)) == count


@SHARED
async def test_no_room_is_said_before_anything_is_decoded(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with of(shared_office) as made:
        monkeypatch.setattr(table, "IMAGES_MAX", 0)
        monkeypatch.setattr(made, "_jobs", None)
        with pytest.raises(Conflict, match="which is the most"):
            await add(made)


@SHARED
async def test_one_that_comes_anew_while_it_is_deleted(shared_office: Office) -> None:
    """Its file is not taken from it."""
    async with of(shared_office) as made:
        data = fresh()
        row = await add(made, data)
        for _ in range(2):
            await asyncio.gather(made.delete(MACHINE_CALLER, row.name), add(made, data))
            rows = {each.name for each in await made.rows(EVERYONE)}
            assert (row.name in rows) == (row.name in await made.there())
            await add(made, data)


@SHARED
async def test_what_a_dead_hub_has_left(shared_office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    made = shared_office.hub.app.changes.images
    row = await add(made)
    left = Picture("a" * 32 + ".png", 1, 1, 1, b"x", b"x")
    made.files.put(left)
    half, theirs = made.files.path / f"{'b' * 32}.jpg.0123abcd", made.files.path / "notes.txt"
    for path in (half, theirs):
        path.write_text("x")
    await made.sweep()
    assert "images: removed 3 files that no image has" in caplog.text
    assert left.name not in await made.there() and row.name in await made.there()
    assert theirs.exists() and not half.exists()
    theirs.unlink()
    caplog.clear()
    await made.sweep()
    assert not caplog.records


@SHARED
async def test_the_files_of_another_database_are_left_alone(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who starts the hub with the wrong database has not lost all images."""
    made = shared_office.hub.app.changes.images
    await add(made)
    before = await made.there()
    monkeypatch.setattr(images, "STRAYS_MAX", 1)

    async def none(*_: Any) -> set[str]:
        return set()

    monkeypatch.setattr(table, "names", none)
    await made.sweep()
    assert "are of no image of this database, and were left there" in caplog.text
    assert await made.there() == before


@SHARED
async def test_what_another_partner_shows_is_kept(shared_office: Office) -> None:
    """`forget` removes the files of rows that are gone, and of no other."""
    async with of(shared_office) as made:
        row = await add(made)
        assert row.name in await made.names_of(1) and await made.names_of(999) == set()
        await made.forget([row.name, "0" * 32 + ".png"])
        assert row.name in await made.there()
