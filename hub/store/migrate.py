"""Brings the database's schema up to date: the files of `schema/`, in the order of their numbers, each once.

Knows PostgreSQL and the files; refuses to change one that has been applied: its checksum is recorded.
"""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from hub.errors import StoreError
from hub.store.database import Connection

log = logging.getLogger(__name__)

LOCK_KEY: Final = 0x7261636568756232
"""The advisory lock under which one process at a time migrates ("racehub2")."""

_NAME: Final = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql\Z")
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number      integer PRIMARY KEY,
    name        text NOT NULL,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All files that ship, in their order."""
    found = [
        Migration(int(match[1]), entry.name, entry.read_text(encoding="utf-8"))
        for entry in resources.files("hub.schema").iterdir()
        if (match := _NAME.match(entry.name))
    ]
    return sorted(found, key=lambda each: each.number)


async def apply(connection: Connection, files: Sequence[Migration] | None = None) -> list[str]:
    """Applies what is missing, all of it or nothing; gives the names. Raises StoreError where the database was
    made by other files than these, and what PostgreSQL says against one of them."""
    files = migrations() if files is None else files
    async with connection.transaction():
        await connection.execute(
            "SET LOCAL statement_timeout = 0"
        )  # an index on a season of reads takes minutes
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK_KEY)
        await connection.execute(_TABLE)
        rows = await connection.fetch("SELECT number, name, checksum FROM schema_migrations")
        applied = {row["number"]: row for row in rows}
        _check(files, applied)
        missing = [each for each in files if each.number not in applied]
        for each in missing:
            log.info("database: applying %s", each.name)
            await connection.execute(each.sql)
            await connection.execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                each.number,
                each.name,
                each.checksum,
            )
    return [each.name for each in missing]


def _check(files: Sequence[Migration], applied: dict[int, dict[str, str]]) -> None:
    known = {each.number: each for each in files}
    for number, row in sorted(applied.items()):
        if number not in known:
            raise StoreError(
                f"the database was made by a newer hub: it has {row['name']}, which this one does not know"
            )
        if known[number].checksum != row["checksum"]:
            raise StoreError(f"schema/{known[number].name} is not the file that this database was made with")
