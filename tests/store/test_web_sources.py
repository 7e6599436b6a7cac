"""Who sends sources where, in the log of changes."""

import json
from pathlib import Path

from hub.accounts import MACHINE_CALLER
from tests.running import rows, running_hub, settings_for


async def test_it_is_noted_for_the_partner_and_for_nobodys(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        log = hub.app.stores.source_log
        await log.note_source(MACHINE_CALLER, "source.assigned", "SimpleClient at 10.0.0.7", 1, 5, 7)
        await log.note_source(MACHINE_CALLER, "source.released", "SimpleClient at 10.0.0.7", 0, 5, 0)
        found = await rows(
            database_dsn,
            "SELECT partner_id, action, what, detail FROM audit_log WHERE action ~ '^source' ORDER BY id",
        )
        assert [(*list(row.values())[:3], json.loads(row["detail"])) for row in found] == [
            (1, "source.assigned", "SimpleClient at 10.0.0.7", {"source": 5, "session": 7}),
            (None, "source.released", "SimpleClient at 10.0.0.7", {"source": 5, "session": None}),
        ]
