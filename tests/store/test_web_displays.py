"""Displays in the database."""

from pathlib import Path
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from hub.accounts import MACHINE_CALLER
from hub.errors import StoreError
from hub.model import DisplayRow
from tests.running import rows, running_hub, settings_for


async def test_a_code_that_is_taken_is_not_given_again(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        displays = hub.app.stores.displays
        codes = iter([hub.code, hub.code, "AAAA2222"])
        with patch("hub.store.web_displays.new_code", lambda: next(codes)):
            made = await displays.make(MACHINE_CALLER, DisplayRow("", 1, None, "Start"))
        assert made == DisplayRow("AAAA2222", 1, None, "Start")
        with patch("hub.store.web_displays.new_code", lambda: hub.code), pytest.raises(StoreError):
            await displays.make(MACHINE_CALLER, DisplayRow("", 1, None, "Start"))
        assert len(await rows(database_dsn, "SELECT FROM displays")) == 2
        assert len(await rows(database_dsn, "SELECT FROM audit_log WHERE action = 'display.made'")) == 1


async def test_of_another_partner_it_is_not_there(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        displays = hub.app.stores.displays
        row = hub.app.hub.displays[hub.code]
        foreign = replace(row, partner_id=2, name="x")
        assert not await displays.change(MACHINE_CALLER, foreign)
        assert not await displays.delete(MACHINE_CALLER, foreign)
        assert await displays.change(MACHINE_CALLER, replace(row, name="Start"))
        ((name,),) = [tuple(each.values()) for each in await rows(database_dsn, "SELECT name FROM displays")]
        assert name == "Start"
        assert await displays.delete(MACHINE_CALLER, row)
        assert not await displays.delete(MACHINE_CALLER, row)
