"""The web's login, straight at the tables: every one that PostgreSQL lists, so that a new one without walls fails here.

Beside that, how the login is made, and that a start without all of the walls is none.
"""

import asyncio
import itertools
import os
import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio

from hub.errors import StoreError
from hub.model import EVERYONE, Whose
from hub.store import web_login
from hub.store.pooled import WebDatabase
from tests.partners import Furnished, contents, furnish, tables
from tests.postgres import execute, fresh_database
from tests.store.making import as_web, migrated

MARKS: Final = ("ALPHAX", "BRAVEX")
LIMITS: Final[dict[str, Any]] = {"size_min": 1, "size_max": 1, "statement_timeout_s": 10}
REFUSED: Final = asyncpg.InsufficientPrivilegeError
WORDLESS: Final = {"source_moves", "user_links"}
"""Tables of numbers and digests."""
OWNERS: Final = ("id", "partner_id", "session_id", "event_id", "user_id", "source_id", "account_id")
"""What says whose a row is, or what it belongs to."""

_numbers = itertools.count(1)


class Walls:
    """Two partners, each with something in every table, and both logins."""

    def __init__(
        self, dsn: str, owner: asyncpg.Connection, web: WebDatabase, first: Furnished, second: Furnished
    ) -> None:
        self.dsn, self.owner, self.web, self.first, self.second = dsn, owner, web, first, second

    async def columns(self, table: str, privilege: str) -> list[str]:
        """Those of a table that the web's login may SELECT, INSERT or UPDATE."""
        rows = await self.owner.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
            " AND has_column_privilege('racehub_web', attrelid, attnum, $2) ORDER BY attnum",
            table,
            privilege,
        )
        return [row["attname"] for row in rows]

    async def key(self, table: str) -> str:
        return str(
            await self.owner.fetchval(
                "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
                " WHERE indrelid = $1::regclass AND indisprimary",
                table,
            )
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walls(postgres_dsn: str) -> AsyncIterator[Walls]:
    async with fresh_database(postgres_dsn) as dsn:
        owner = await migrated(dsn)
        first, second = [await furnish(owner, mark) for mark in MARKS]
        web = await as_web(dsn)
        yield Walls(dsn, owner, web, first, second)
        await web.close()
        await owner.close()


async def seen(walls: Walls, table: str, whose: Whose | None) -> int:
    """How many rows there are, whatever may be read of them. None: nobody asks."""
    given = walls.web.of_nobody() if whose is None else walls.web.of(whose)
    async with given as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


@pytest.mark.asyncio(loop_scope="module")
async def test_every_table_has_something_of_both(walls: Walls) -> None:
    everything = await tables(walls.owner)
    assert len(everything) > 10
    for made in (walls.first, walls.second):
        held = await contents(walls.owner, made)
        assert set(held) == set(everything) and set(made.ids) >= set(everything)
        without_texts = {table for table, rows in held.items() if not rows}
        assert without_texts <= WORDLESS, "a table whose rows no mark tells of"


@pytest.mark.asyncio(loop_scope="module")
async def test_rows_are_their_partners_alone(walls: Walls) -> None:
    for table in await tables(walls.owner):
        assert await seen(walls, table, None) == 0, table
        assert await seen(walls, table, 0) == 0, table
        total = await walls.owner.fetchval(f"SELECT count(*) FROM {table}")
        assert await seen(walls, table, EVERYONE) == total, table
        columns = ", ".join(await walls.columns(table, "SELECT"))
        key = await walls.key(table)
        for own, other in ((walls.first, walls.second), (walls.second, walls.first)):
            async with walls.web.of(own.partner_id) as connection:
                text = str(await connection.fetch(f"SELECT {columns} FROM {table}"))
                by_key = f"SELECT count(*) FROM {table} WHERE {key} = $1"
                assert await connection.fetchval(by_key, own.ids[table]) >= 1, table
                assert await connection.fetchval(by_key, other.ids[table]) == 0, table
            assert other.mark not in text, table
            assert own.mark in text or table in WORDLESS, table


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_anothers_cannot_be_changed_or_deleted(walls: Walls) -> None:
    before = await contents(walls.owner, walls.second)
    for table in await tables(walls.owner):
        key, theirs = await walls.key(table), walls.second.ids[table]
        changeable = await walls.columns(table, "UPDATE")
        readable = await walls.columns(table, "SELECT")
        for column in changeable:
            async with walls.web.of(walls.first.partner_id) as connection:
                to = column if column in readable else "NULL"
                said = await connection.execute(
                    f"UPDATE {table} SET {column} = {to} WHERE {key} = $1", theirs
                )
                assert said == "UPDATE 0", (table, column)
        if not changeable:
            with pytest.raises(REFUSED):
                async with walls.web.of(walls.first.partner_id) as connection:
                    await connection.execute(f"UPDATE {table} SET {key} = {key} WHERE {key} = $1", theirs)
        try:
            async with walls.web.of(walls.first.partner_id) as connection:
                assert await connection.execute(f"DELETE FROM {table} WHERE {key} = $1", theirs) == "DELETE 0"
        except REFUSED:
            assert table in {
                "audit_log",
                "source_moves",
                "templates",  # what is deleted can be taken back
                *(each for each in before if each.startswith("timing_")),
            }, table
    assert await contents(walls.owner, walls.second) == before


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_can_be_made_for_another(walls: Walls) -> None:
    """A copy of each row of theirs. The policies are asked before any index: what would be doubled is not told of."""
    may_not_be_made = set()
    for table in await tables(walls.owner):
        columns = [
            each for each in await walls.columns(table, "INSERT") if each != "id" or table == "screens"
        ]
        if not columns:
            may_not_be_made.add(table)
            columns = [await walls.key(table)]
        names = ", ".join(columns)
        row = await walls.owner.fetchrow(
            f"SELECT {names} FROM {table} WHERE {await walls.key(table)} = $1", walls.second.ids[table]
        )
        marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        why = "permission denied" if table in may_not_be_made else "violates row-level security policy"
        with pytest.raises(REFUSED, match=why):
            async with walls.web.of(walls.first.partner_id) as connection:
                await connection.execute(statement, *row.values())
        if table in may_not_be_made or table == "partners":
            continue
        try:  # their own may: what stands against it is that it is there already, if anything
            async with walls.web.of(walls.second.partner_id) as connection:
                await connection.execute(statement, *row.values())
                raise asyncpg.UniqueViolationError
        except asyncpg.UniqueViolationError:
            pass
    assert may_not_be_made == {
        *("exports", "source_moves", "timing_locations", "timing_reads", "timing_rejects", "timing_sources"),
    }


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_ones_own_cannot_be_given_to_another_or_hung_on_theirs(walls: Walls) -> None:
    tried = 0
    for table in await tables(walls.owner):
        for column in await walls.columns(table, "UPDATE"):
            if column not in OWNERS or column == "id":
                continue
            theirs = walls.second.ids[_TABLE_OF[column]]
            with pytest.raises((REFUSED, asyncpg.ForeignKeyViolationError)):
                async with walls.web.of(walls.first.partner_id) as connection:
                    await connection.execute(
                        f"UPDATE {table} SET {column} = $1 WHERE {await walls.key(table)} = $2",
                        theirs,
                        walls.first.ids[table],
                    )
            tried += 1
    assert tried >= 7


_TABLE_OF: Final = {
    "partner_id": "partners",
    "session_id": "timing_sessions",
    "event_id": "events",
    "user_id": "users",
    "source_id": "timing_sources",
    "account_id": "provider_accounts",
}


@pytest.mark.asyncio(loop_scope="module")
async def test_partners_are_an_admins(walls: Walls) -> None:
    insert = "INSERT INTO partners (slug, name) VALUES ('x', 'X')"
    for change in (insert, "UPDATE partners SET name = 'X'"):
        with pytest.raises(REFUSED):
            async with walls.web.of(walls.first.partner_id) as connection:
                await connection.execute(change)
    async with walls.web.of(EVERYONE) as connection:
        await connection.execute(insert)
        assert await connection.execute("DELETE FROM partners WHERE slug = 'x'") == "DELETE 1"


@pytest.mark.asyncio(loop_scope="module")
async def test_there_is_no_way_around(walls: Walls) -> None:
    owner = await walls.owner.fetchval("SELECT quote_ident(current_user)")
    for statement in (
        f"SET ROLE {owner}",
        f"SET SESSION AUTHORIZATION {owner}",
        "COPY timing_reads FROM STDIN",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT password_hash FROM users",
        "COPY users TO STDOUT",
        "TRUNCATE participants",
        "ALTER TABLE displays DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON displays USING (true)",
        "DROP POLICY of_partner ON displays",
        "CREATE TABLE mine ()",
        "CREATE TRIGGER mine BEFORE INSERT ON displays FOR EACH ROW EXECUTE FUNCTION keep_updated_at()",
        "SELECT * FROM hub_owner",
        "UPDATE hub_owner SET generation = 0",
        "SELECT * FROM schema_migrations",
        "SELECT setval('users_id_seq', 1)",
        "DELETE FROM audit_log",
        "DELETE FROM timing_sessions",
        "ALTER ROLE racehub_web BYPASSRLS",
    ):
        with pytest.raises((REFUSED, asyncpg.FeatureNotSupportedError)):
            async with walls.web.of(EVERYONE) as connection:
                await connection.execute(statement)
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        async with walls.web.of_nobody() as connection:
            await connection.execute("SET LOCAL app.partner = '1 OR true'")
            await connection.execute("SELECT FROM displays")


@pytest.mark.asyncio(loop_scope="module")
async def test_views_and_functions_show_what_the_caller_sees(walls: Walls) -> None:
    async with walls.web.of(walls.first.partner_id) as connection:
        for view in ("timing_reads_compat", "timing_session_stats"):
            text = str(await connection.fetch(f"SELECT * FROM {view}"))
            assert walls.first.mark in text and walls.second.mark not in text
        (stats,) = await connection.fetch(
            "SELECT total_reads FROM timing_session_stats WHERE id = $1", walls.first.ids["active"]
        )
        assert stats["total_reads"] == 1
        assert (
            await connection.fetchval("SELECT count(*) FROM user_by_email($1)", walls.second.emails["owner"])
            == 1
        )
        assert await connection.fetchval("SELECT count(*) FROM user_by_email('%')") == 0
    before = await contents(walls.owner, walls.second)
    transaction = walls.owner.transaction()
    await transaction.start()
    await walls.owner.execute("UPDATE timing_sessions SET created_at = '2000-01-01'")
    await walls.owner.execute("UPDATE events SET event_date = '2000-01-01'")
    await walls.owner.execute("UPDATE timing_reads SET received_at = '2000-01-01'")
    await walls.owner.execute("SET LOCAL ROLE racehub_web")
    await walls.owner.execute("SELECT set_config('app.partner', $1, true)", str(walls.first.partner_id))
    assert await walls.owner.fetchval("SELECT cleanup_old_sessions(7)") == 1
    await transaction.rollback()
    assert await contents(walls.owner, walls.second) == before


# --- how it is made


@asynccontextmanager
async def role(dsn: str, options: str = "") -> AsyncIterator[tuple[str, str]]:
    """A login of this test alone, and its DSN; it is gone afterwards, with all that it owns in that database."""
    name = f"test_role_{os.getpid()}_{next(_numbers)}"
    await execute(dsn, f"CREATE ROLE {name} LOGIN PASSWORD 'secret' {options}")
    try:
        yield name, as_user(dsn, name, "secret")
    finally:
        await forget(dsn, name)


async def forget(dsn: str, name: str) -> None:
    await execute(dsn, f"REASSIGN OWNED BY {name} TO CURRENT_USER")
    await execute(dsn, f"DROP OWNED BY {name}")
    await execute(dsn, f"DROP ROLE {name}")


def as_user(dsn: str, name: str, password: str) -> str:
    parts = urlsplit(dsn)
    return parts._replace(netloc=f"{name}:{password}@{parts.netloc.rpartition('@')[2]}").geturl()


def of_test(monkeypatch: pytest.MonkeyPatch) -> str:
    """Another name for the login: roles belong to the server, and other tests are at work with theirs."""
    name = f"test_web_{os.getpid()}_{next(_numbers)}"
    monkeypatch.setattr(web_login, "ROLE", name)
    return name


async def opened(login: web_login.WebLogin) -> WebDatabase:
    return WebDatabase(await web_login.open_pool(login, **LIMITS))


async def test_an_owner_that_may_make_no_roles_says_what_to_run(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = of_test(monkeypatch)
    async with role(empty_dsn) as (owner_name, owner_dsn):
        await execute(empty_dsn, f"ALTER DATABASE {urlsplit(empty_dsn).path[1:]} OWNER TO {owner_name}")
        owner = await migrated(owner_dsn)
        with pytest.raises(StoreError, match="permission denied to create role") as refused:
            await web_login.prepare(owner, web_login.find(owner_dsn, "", Path()))
        said = str(refused.value)
        assert "secret" not in said and "Run this as a superuser" in said.partition("\n")[0]
        for line in said.split("\n"):
            if line.endswith(";"):
                await execute(empty_dsn, line.replace("'PASSWORD'", "'another'"))
        found = re.search(r'^web_dsn = "(.*)"$', said, re.MULTILINE)
        assert found is not None
        login = web_login.find(owner_dsn, found[1].replace(":PASSWORD@", ":another@"), Path())
        await web_login.prepare(owner, login)
        web = await opened(login)
        async with web.of(EVERYONE) as connection:
            assert await connection.fetchval("SELECT current_user") == name
            assert await connection.fetchval("SELECT count(*) FROM partners") == 1
        await web.close()
        with pytest.raises(StoreError, match=f"ALTER ROLE {name} .*PASSWORD 'PASSWORD';"):
            await web_login.prepare(owner, web_login.find(owner_dsn, "", Path()))
        await owner.close()
        await forget(empty_dsn, name)


async def test_an_owner_that_may_make_roles_needs_to_be_no_superuser(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = of_test(monkeypatch)
    async with role(empty_dsn, "CREATEROLE") as (owner_name, owner_dsn):
        await execute(empty_dsn, f"ALTER DATABASE {urlsplit(empty_dsn).path[1:]} OWNER TO {owner_name}")
        owner = await migrated(owner_dsn)
        login = web_login.find(owner_dsn, "", Path())
        for _ in range(2):
            await web_login.prepare(owner, login)
            await (await opened(login)).close()
        await execute(empty_dsn, f"ALTER ROLE {name} PASSWORD 'something else' CREATEROLE INHERIT")
        await web_login.prepare(owner, login)
        await (await opened(login)).close()
        await execute(empty_dsn, f"ALTER ROLE {name} BYPASSRLS")
        with pytest.raises(StoreError, match=f"ALTER ROLE {name} LOGIN .* NOBYPASSRLS PASSWORD"):
            await web_login.prepare(owner, login)
        await owner.close()
        await forget(empty_dsn, name)


@pytest.mark.asyncio(loop_scope="module")
async def test_old_grants_do_not_stay(walls: Walls) -> None:
    owner = walls.owner
    await owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO racehub_web")
    await owner.execute("GRANT SELECT (password_hash) ON users TO racehub_web")
    await owner.execute("GRANT CREATE ON SCHEMA public TO racehub_web")
    await (await as_web(walls.dsn)).close()
    privilege = "SELECT has_column_privilege('racehub_web', 'users', 'password_hash', 'SELECT')"
    assert not await owner.fetchval(privilege)
    assert not await owner.fetchval("SELECT has_table_privilege('racehub_web', 'timing_reads', 'INSERT')")


async def test_two_hubs_of_one_server_make_it_at_once(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = of_test(monkeypatch)
    async with fresh_database(postgres_dsn) as one, fresh_database(postgres_dsn) as two:
        owners = [await migrated(dsn) for dsn in (one, two)]
        logins = [web_login.find(dsn, "", Path()) for dsn in (one, two)]
        assert logins[0].password == logins[1].password
        for _ in range(6):
            pairs = zip(owners, logins, strict=True)
            await asyncio.gather(*(web_login.prepare(owner, login) for owner, login in pairs))
        for login in logins:
            await (await opened(login)).close()
        for dsn, owner in zip((one, two), owners, strict=True):
            await owner.close()
            await execute(dsn, f"DROP OWNED BY {name}")
        await execute(one, f"DROP ROLE {name}")


# --- without a wall there is no start

MISSING: Final = (
    ("ALTER ROLE {web} SUPERUSER", "it is a superuser"),
    ("ALTER ROLE {web} BYPASSRLS", "it passes row-level security"),
    ("ALTER ROLE {web} CREATEROLE", "it may make roles"),
    ("GRANT {owner} TO {web}", "it may act as "),
    ("GRANT pg_read_server_files TO {web}", "it may act as pg_read_server_files"),
    ("ALTER TABLE displays OWNER TO {web}", "it owns something in this database"),
    ("CREATE SCHEMA its_own AUTHORIZATION {web}", "it owns something in this database"),
    ("ALTER TABLE timing_reads DISABLE ROW LEVEL SECURITY", "timing_reads has no row-level security"),
    ("CREATE TABLE new_things (id bigint)", "new_things has no row-level security"),
    ("CREATE POLICY all_of_it ON displays USING (true)", "displays has a policy that is not the hub's"),
    (
        "ALTER VIEW timing_session_stats RESET (security_invoker)",
        "timing_session_stats shows what its owner sees",
    ),
    ("GRANT UPDATE (generation) ON hub_owner TO {web}", "it may write in hub_owner"),
    ("GRANT DELETE ON schema_migrations TO PUBLIC", "it may write in schema_migrations"),
    ("GRANT TRUNCATE ON timing_reads TO {web}", "it may pass the policies of timing_reads"),
    ("ALTER FUNCTION cleanup_old_sessions SECURITY DEFINER", "it may run cleanup_old_sessions"),
    ("GRANT CREATE ON SCHEMA public TO PUBLIC", "it may make things in the schema public"),
)


async def test_each_wall_is_looked_for_and_what_is_said_mends_it(database_dsn: str) -> None:
    owner = await migrated(database_dsn)
    owner_name = await owner.fetchval("SELECT current_user")
    async with role(database_dsn) as (name, dsn):
        login = web_login.find(database_dsn, dsn, Path())
        await web_login.prepare(owner, login)
        await (await opened(login)).close()
        for breaking, expected in MISSING:
            await owner.execute(breaking.format(web=name, owner=owner_name))
            with pytest.raises(StoreError) as refused:
                await opened(login)
            said, _, remedies = str(refused.value).partition("\n\n")
            assert f"the web's login {name} could" in said and expected in said, said
            await owner.execute(remedies)
            await (await opened(login)).close()
    await owner.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_the_owner_itself_is_no_login_for_the_web(walls: Walls) -> None:
    owner = walls.owner
    login = web_login.find(walls.dsn, walls.dsn, Path())
    await web_login.prepare(owner, login)
    with pytest.raises(StoreError, match=r"it is a superuser.*it owns something"):
        await opened(login)
    assert await owner.fetchval("SELECT has_table_privilege('timing_reads', 'INSERT')")


@pytest.mark.asyncio(loop_scope="module")
async def test_another_database_is_refused(walls: Walls, postgres_dsn: str) -> None:
    with pytest.raises(StoreError, match="leads to another database"):
        await web_login.prepare(walls.owner, web_login.find(walls.dsn, postgres_dsn, Path()))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("given", [True, False])
async def test_a_login_that_is_not_let_in(walls: Walls, monkeypatch: pytest.MonkeyPatch, given: bool) -> None:
    owner = walls.owner
    if given:
        async with role(walls.dsn) as (_, dsn):
            login = web_login.find(walls.dsn, dsn.replace("secret", "wrong"), Path())
            with pytest.raises(StoreError, match=r"authentication failed.*the login of database\.web_dsn"):
                await web_login.prepare(owner, login)
    else:
        name = of_test(monkeypatch)
        login = web_login.find(walls.dsn, "", Path())
        await web_login.prepare(owner, login)
        await owner.execute(f"ALTER ROLE {name} NOLOGIN")
        with pytest.raises(StoreError, match="not permitted to log in") as refused:
            await opened(login)
        assert "pg_hba.conf" in str(refused.value) and f"ALTER ROLE {name} PASSWORD" in str(refused.value)
        await forget(walls.dsn, name)


def test_its_password_is_made_of_the_owners_or_kept(tmp_path: Path) -> None:
    first = web_login.find("postgresql://hub:a%2Fb@h/one", "", tmp_path)
    assert first.password and "a/b" not in first.password
    assert web_login.find("postgresql://hub@h/two?password=a/b", "", tmp_path).password == first.password
    assert web_login.find("postgresql://hub:other@h/one", "", tmp_path).password != first.password
    assert not list(tmp_path.iterdir())
    kept = web_login.find("postgresql:///one", "", tmp_path)
    assert kept.password == web_login.find("postgresql:///one", "", tmp_path).password != first.password
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert web_login.find("postgresql:///one", "postgresql://w@h", tmp_path).arguments == {}
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match=r"web_login\.secret cannot be used"):
        web_login.find("postgresql:///one", "", tmp_path)
