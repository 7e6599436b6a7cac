"""Readers of two partners over real ports: each read is where its own partner finds it."""

import asyncio
from pathlib import Path

import pytest

from hub.app import App
from hub.config import Listener
from hub.errors import HubError
from tests.postgres import execute
from tests.running import HOST, rows, running_hub, settings_for, stored, tags

TWO_PARTNERS = """
INSERT INTO partners (id, slug, name) VALUES (2, 'club', 'Running club');
INSERT INTO timing_sessions (id, partner_id, session_name, stream_key) VALUES (20, 2, 'Club race', 'Kq4ZpT8wXb');
INSERT INTO displays (code, partner_id, name) VALUES ('CLUB2222', 2, 'Finish');
"""
OF_CLUB = Listener(name="club", host=HOST, port=0, partner="club")
OF_DEFAULT = Listener(name="default", host=HOST, port=0, partner="default")
OF_NOBODY = Listener(name="open", host=HOST, port=0)


async def furnish(dsn: str, folder: Path) -> None:
    async with running_hub(settings_for(dsn, folder)):
        pass
    await execute(dsn, TWO_PARTNERS)


async def test_each_port_leads_to_its_own_partner(database_dsn: str, tmp_path: Path) -> None:
    await furnish(database_dsn, tmp_path)
    settings = settings_for(database_dsn, tmp_path, listeners=(OF_CLUB, OF_DEFAULT, OF_NOBODY))
    async with running_hub(settings) as hub, hub.screen("CLUB2222") as club, hub.screen() as default:
        assert (await club.next("hello"))["session"]["name"] == "Club race"
        assert (await default.next("hello"))["session"]["id"] == 1
        readers = [hub.reader("club"), hub.reader("default"), hub.reader("open", event="Kq4ZpT8wXb")]
        for tag, reader in zip(("C1", "D1", "C2"), readers, strict=True):
            reader.add(tag)
            await reader.connect()
            await (default if tag == "D1" else club).offsets(1)
        unknown = hub.reader("open")
        unknown.add("U1")
        assert await hub.led_nowhere(unknown), "whose it is cannot be told"
        found = await stored(database_dsn, 4)
        (inbox,) = hub.app.hub.inboxes
        held = [(row["session_id"], row["tag_code"]) for row in found]
        assert held == [(1, "D1"), (20, "C1"), (20, "C2"), (inbox, "U1")]
        owners = await rows(database_dsn, "SELECT partner_id FROM timing_sources ORDER BY id")
        assert [row["partner_id"] for row in owners] == [2, 1, 2, 0]
        (row,) = await rows(database_dsn, f"SELECT partner_id FROM timing_sessions WHERE id = {inbox}")
        assert row["partner_id"] is None, "and so it is nobody's"
        for reader in readers:
            await reader.hang_up()
    assert tags(found) == ["D1", "C1", "C2", "U1"]


async def test_a_port_of_a_partner_that_there_is_none(database_dsn: str, tmp_path: Path) -> None:
    app = App(settings_for(database_dsn, tmp_path, listeners=(OF_DEFAULT, OF_CLUB)))
    try:
        with pytest.raises(HubError) as problem:
            await app.start()
    finally:
        await app.stop()
    assert str(problem.value) == (
        "listeners[1].partner: there is no partner 'club' (there are: default); make it: racehub partner add club"
    )


async def test_two_partners_interleaved_on_one_port(database_dsn: str, tmp_path: Path) -> None:
    """By their keys alone: each session and each screen gets exactly its own."""
    await furnish(database_dsn, tmp_path)
    settings = settings_for(database_dsn, tmp_path, listeners=(OF_NOBODY,))
    async with running_hub(settings) as hub, hub.screen("CLUB2222") as club, hub.screen() as default:
        await club.next("hello")
        await default.next("hello")
        keys = [hub.app.hub.sessions[number].row.stream_key for number in (20, 1)]
        readers = [await hub.reader("open", event=key).connect() for key in keys]
        for number in range(200):
            for mark, reader in zip("CD", readers, strict=True):
                reader.add(f"{mark}{number}")
            await asyncio.sleep(0)
        for mark, screen, session_id in (("C", club, 20), ("D", default, 1)):
            shown = [await screen.next("read") for _ in range(200)]
            assert [each["offset"] for each in shown] == list(range(1, 201))
            assert [each["tag"] for each in shown] == [f"{mark}{number}" for number in range(200)]
            await stored(database_dsn, 400)
            held = await rows(
                database_dsn,
                "SELECT tag_code FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset",
                session_id,
            )
            assert tags(held) == [f"{mark}{number}" for number in range(200)]
        for reader in readers:
            await reader.hang_up()
