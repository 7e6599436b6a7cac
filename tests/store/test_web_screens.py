"""Screens in the database."""

from pathlib import Path

from msgspec.structs import replace

from hub.accounts import MACHINE_CALLER
from hub.model import ScreenRow
from tests.running import rows, running_hub, settings_for


async def test_screens_are_kept(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        store = hub.app.stores.screens
        one = ScreenRow(
            "a" * 22, 1, hub.code, width=1920, height=1080, version="1", first_us=1_000_001, last_us=2_000_001
        )
        two = replace(one, id="b" * 22, first_us=1_000_002)
        of_no_display = replace(one, id="c" * 22, code="AAAA2222")
        await store.save(1, [two, one, of_no_display], [])
        assert await store.all() == [one, two]
        named = replace(one, name="LED wall", blank=True)
        assert await store.change(MACHINE_CALLER, named, "screen.named")
        await store.save(1, [replace(one, width=800, last_us=3_000_000)], [two.id])
        assert await store.all() == [replace(named, width=800, last_us=3_000_000)], "wishes stay as they are"
        unsaved = replace(two, id="d" * 22, name="New")
        assert await store.change(MACHINE_CALLER, unsaved, "screen.named")
        assert not await store.change(MACHINE_CALLER, replace(unsaved, code="AAAA2222"), "screen.moved")
        assert not await store.change(MACHINE_CALLER, replace(unsaved, partner_id=2), "screen.moved")
        await store.delete(MACHINE_CALLER, unsaved)
        assert [row.id for row in await store.all()] == [one.id]
        noted = await rows(
            database_dsn, "SELECT action, what, detail FROM audit_log WHERE action ~ '^screen' ORDER BY id"
        )
        assert [(row["action"], row["what"]) for row in noted] == [
            ("screen.named", "LED wall"),
            ("screen.named", "New"),
            ("screen.deleted", "New"),
        ]
        assert one.id in noted[0]["detail"]


async def test_of_another_partner_they_are_not_there(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        store = hub.app.stores.screens
        row = ScreenRow("a" * 22, 1, hub.code)
        await store.save(1, [row], [])
        await store.save(2, [replace(row, partner_id=2, version="2")], [row.id])
        assert await store.all() == [row]
