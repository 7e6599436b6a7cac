"""`python -m tests.store.dump_schema` writes schema/schema.sql: the whole of what the migrations make, in one file.

Knows pg_dump and what of its output is noise.
"""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Final

import asyncpg

from hub.store import migrate
from hub.store.embedded_place import Account, find_binaries
from tests.postgres import running_postgres

SCHEMA_FILE: Final = Path(__file__).parents[2] / "schema" / "schema.sql"

HEAD: Final = "-- The whole schema, as the numbered files make it. Made by `make schema`; never edited.\n\n"
NOISE: Final = re.compile(r"--.*|SET .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*")


async def dumped(dsn: str) -> str:
    """The schema of a database that has no table yet, migrated, as SQL."""
    connection = await asyncpg.connect(dsn)
    try:
        await migrate.apply(connection)
    finally:
        await connection.close()
    return await asyncio.to_thread(dump, dsn)


def dump(dsn: str) -> str:
    program = find_binaries(Account.ourselves()) / "pg_dump"
    options = ["--schema-only", "--no-owner", "--no-privileges"]
    done = subprocess.run([program, *options, f"--dbname={dsn}"], capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if not NOISE.fullmatch(line)]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip())
    return f"{HEAD}{body}\n"


def main() -> None:
    with running_postgres() as dsn:
        SCHEMA_FILE.write_text(asyncio.run(dumped(dsn)), encoding="utf-8")


if __name__ == "__main__":
    main()
