"""The log of changes."""

import json

import asyncpg
import pytest

from hub.accounts import MACHINE_CALLER, OWNER, Caller
from hub.store.audit import note
from tests.store.making import migrated


async def test_a_row_beside_the_change(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    try:
        await note(connection, MACHINE_CALLER, "partner.made", "Club", partner_id=None)
        ann = Caller(5, 1, OWNER, "ann@example.org")
        await note(connection, ann, "display.made", "Start", partner_id=1, detail={"code": "K7XQ2M9P"})
        rows = await connection.fetch(
            "SELECT partner_id, user_id, who, action, what, detail FROM audit_log ORDER BY id"
        )
        assert [(*row[:5], json.loads(row[5])) for row in map(tuple, rows)] == [
            (None, None, "this machine's token", "partner.made", "Club", {}),
            (1, 5, "ann@example.org", "display.made", "Start", {"code": "K7XQ2M9P"}),
        ]
    finally:
        await connection.close()


async def test_none_without_the_change(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    try:
        with pytest.raises(asyncpg.UniqueViolationError):
            async with connection.transaction():
                await note(connection, MACHINE_CALLER, "partner.made", "Default", partner_id=None)
                await connection.execute("INSERT INTO partners (slug, name) VALUES ('default', 'x')")
        assert await connection.fetchval("SELECT count(*) FROM audit_log") == 0
    finally:
        await connection.close()
