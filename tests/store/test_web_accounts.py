"""Users found before it is known whose they are."""

import hashlib
from pathlib import Path

from hub.accounts import User
from tests.running import rows, running_hub, settings_for

DIGEST = hashlib.sha256(b"rht_x").digest()
OLD = hashlib.sha256(b"rht_old").digest()


async def test_by_an_exact_match_only(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        people = hub.app.stores.people
        ((user_id,),) = [
            tuple(row.values())
            for row in await rows(
                database_dsn,
                "INSERT INTO users (partner_id, email, name, role, password_hash)"
                " VALUES (1, 'Ann@Example.org', 'Ann', 'owner', 'x') RETURNING id",
            )
        ]
        await rows(
            database_dsn,
            "INSERT INTO tokens (user_id, name, token_hash, expires_at)"
            " VALUES ($1, 'a', $2, NULL), ($1, 'b', $3, now() - interval '1 second')",
            user_id,
            DIGEST,
            OLD,
        )
        ann = User(user_id, 1, "Ann@Example.org", "Ann", "owner", "x", 1, False)
        assert await people.by_id(user_id) == ann
        assert await people.by_email("ann@example.ORG") == ann
        assert await people.by_token(DIGEST) == ann
        assert await people.by_id(user_id + 1) is None
        assert await people.by_email("ann@example.or") is await people.by_email("%") is None
        assert await people.by_token(OLD) is await people.by_token(b"") is None
        await rows(database_dsn, "UPDATE users SET disabled_at = now()")
        found = await people.by_id(user_id)
        assert found is not None and found.disabled and found.generation == 2
