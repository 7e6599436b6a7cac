"""The login with which everything connects that the web asks: racehub_web, which owns nothing and sees no row unless it
says whose. Made, kept up to date, and looked over at every start.

Knows roles, grants and passwords. Refuses to know what is asked with it.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import os
import random
import secrets
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from hub.errors import StoreError
from hub.store import database
from hub.store.database import CONNECT_S_MAX, Connection, heard, query, words

log = logging.getLogger(__name__)

ROLE: Final = "racehub_web"
SECRET_FILE: Final = "web_login.secret"  # noqa: S105  a name
SCRAM_ROUNDS: Final = 4096
"""PostgreSQL's own number. The password is 64 random digits: more rounds would guard it no better."""
TRIES_MAX: Final = 20
TRY_S_MAX: Final = 0.1
IN_GRANTS: Final = "racehub_web"
"""Stands for the login in `web_grants`, whatever it is called."""
IN_ITS_PLACE: Final = "PASSWORD"
"""Stands for the password in what is printed."""

ATTRIBUTES: Final = {
    "rolcanlogin": ("LOGIN", True),
    "rolsuper": ("NOSUPERUSER", False),
    "rolcreatedb": ("NOCREATEDB", False),
    "rolcreaterole": ("NOCREATEROLE", False),
    "rolinherit": ("NOINHERIT", False),
    "rolreplication": ("NOREPLICATION", False),
    "rolbypassrls": ("NOBYPASSRLS", False),
}
_AT_ONCE: Final = (asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError)
"""What PostgreSQL says when two hubs make the login at once: roles belong to a server, whatever the database."""
_CHANGED_AT_ONCE: Final = "tuple concurrently updated"
_REFUSED: Final = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InsufficientPrivilegeError)


class WebLogin(NamedTuple):
    """Where to connect, and as whom. `password` None: all of it stands in `dsn`, and somebody else has made it."""

    dsn: str
    password: str | None = None

    @property
    def ours(self) -> bool:
        return self.password is not None

    @property
    def arguments(self) -> dict[str, Any]:
        """For asyncpg, beside the DSN."""
        return {"user": ROLE, "password": self.password} if self.ours else {}


def find(dsn: str, web_dsn: str, data_dir: Path) -> WebLogin:
    """`web_dsn` where there is one, else racehub_web at the database of `dsn`, the owner's. Raises StoreError.

    Its password is made of the owner's, so that all hubs of one server say the same of the one role; who may read the
    one may have the other. Without one it is made once and kept in `data_dir`.
    """
    if web_dsn:
        return WebLogin(web_dsn)
    secret = _password_in(dsn) or _kept_secret(data_dir / SECRET_FILE)
    return WebLogin(dsn, hmac.new(secret.encode(), ROLE.encode(), "sha256").hexdigest())


def _password_in(dsn: str) -> str:
    parts = urlsplit(dsn)
    return unquote(parts.password or "") or parse_qs(parts.query).get("password", [""])[0]


def _kept_secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+", encoding="ascii") as file:
            held = file.read().strip()
            if not held:
                held = secrets.token_urlsafe(32)
                file.write(f"{held}\n")
            return held
    except (OSError, ValueError) as problem:
        raise StoreError(f"{path} cannot be used: {problem}") from problem


async def prepare(connection: Connection, login: WebLogin) -> None:
    """Makes the login where it is ours, and grants it what the web needs and nothing else. `connection`: the owner's,
    the schema up to date. Raises StoreError when PostgreSQL does not let it."""
    role = ROLE if login.ours else await _role_elsewhere(connection, login)
    for left in reversed(range(TRIES_MAX)):
        try:
            async with connection.transaction():
                await _prepare(connection, login, role)
        except (*_AT_ONCE, asyncpg.InternalServerError) as problem:
            if not left or not (isinstance(problem, _AT_ONCE) or _CHANGED_AT_ONCE in str(problem)):
                raise
            await asyncio.sleep(random.uniform(0, TRY_S_MAX))  # noqa: S311  nothing is to be guessed
        else:
            return


async def _prepare(connection: Connection, login: WebLogin, role: str) -> None:
    if login.password is not None:
        try:
            async with connection.transaction():
                await _make(connection, login.password)
        except asyncpg.InsufficientPrivilegeError as problem:
            raise StoreError(await _how_to_make(connection, login, words(problem))) from problem
    if await connection.fetchval(query("web_is_owner"), role):
        return  # nothing to take from it, and nothing to give: `check` refuses it
    quoted = await connection.fetchval("SELECT quote_ident($1)", role)
    await connection.execute(query("web_grants").replace(IN_GRANTS, quoted))


async def _make(connection: Connection, password: str) -> None:
    """Says no more than it has to: who is no superuser may not even say of a role that it is none."""
    found = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", ROLE)
    if found is None:
        wanted = " ".join(word for word, _ in ATTRIBUTES.values())
        await connection.execute(f"CREATE ROLE {ROLE} {wanted} PASSWORD '{verifier(password)}'")
        log.info("database: made the login %s", ROLE)
        return
    wrong = [word for column, (word, value) in ATTRIBUTES.items() if found[column] is not value]
    if wrong:
        log.warning("database: the login %s gets back what was taken from it: %s", ROLE, " ".join(wrong))
    await connection.execute(f"ALTER ROLE {ROLE} {' '.join(wrong)} PASSWORD '{verifier(password)}'")


def verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5803): so the password itself is in none of its logs."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    said = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{said[0]}${said[1]}:{said[2]}"


async def open_pool(login: WebLogin, **limits: Any) -> asyncpg.Pool:
    """The pool of the web, of a login that is behind its walls; `limits` as for `database.open_pool`. Raises
    StoreAway, or StoreError when the login is not let in, or is not what it has to be."""
    try:
        pool = await database.open_pool(login.dsn, **limits, **login.arguments)
    except StoreError as problem:
        if isinstance(problem.__cause__, _REFUSED):
            raise StoreError(_not_let_in(login, words(problem.__cause__))) from problem
        raise
    try:
        with heard():
            async with pool.acquire(timeout=CONNECT_S_MAX) as connection:
                await check(connection)
    except BaseException:
        pool.terminate()
        raise
    return pool


async def check(connection: Connection) -> None:
    """Whether whoever `connection` is of is behind all its walls. Raises StoreError that says which of them is missing,
    and what mends it."""
    missing = await connection.fetch(query("web_walls"))
    if missing:
        role = await connection.fetchval("SELECT current_user")
        what = "; ".join(row["missing"] for row in missing)
        remedies = "\n".join(row["remedy"] for row in missing)
        raise StoreError(
            f"the web's login {role} could see or change what belongs to others: {what}. "
            f"What mends it, in the hub's database, as a superuser:\n\n{remedies}"
        )


async def _role_elsewhere(connection: Connection, login: WebLogin) -> str:
    """Who `web_dsn` is. Raises StoreError when it leads to another database: all would be in order there."""
    try:
        with heard():
            other = await asyncpg.connect(login.dsn, timeout=CONNECT_S_MAX)
    except StoreError as problem:
        if isinstance(problem.__cause__, _REFUSED):
            raise StoreError(_not_let_in(login, words(problem.__cause__))) from problem
        raise
    try:
        if await other.fetchval(query("place")) != await connection.fetchval(query("place")):
            raise StoreError("database.web_dsn leads to another database than database.dsn")
        return str(await other.fetchval("SELECT current_user"))
    finally:
        await other.close()


async def _how_to_make(connection: Connection, login: WebLogin, why: str) -> str:
    there = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", ROLE)
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    wanted = " ".join(word for word, _ in ATTRIBUTES.values())
    return (
        f"{why}. The hub needs a second login, {ROLE}, for everything that the web asks, and the one of "
        "database.dsn may not make it or set its password. Run this as a superuser, with a password of your own:\n\n"
        f"{'ALTER' if there else 'CREATE'} ROLE {ROLE} {wanted} PASSWORD '{IN_ITS_PLACE}';\n"
        f"GRANT CONNECT ON DATABASE {name} TO {ROLE};\n\n"
        f'and tell the hub in config.toml, under [database]:\n\nweb_dsn = "{_dsn_of_web(login.dsn)}"'
    )


def _not_let_in(login: WebLogin, why: str) -> str:
    if not login.ours:
        return (
            f"{why}. That is the login of database.web_dsn, with which everything connects that the web asks"
        )
    return (
        f"{why}. That is the second login of the hub, {ROLE}, for everything that the web asks. Let it in with a "
        "password (a line with scram-sha-256 in pg_hba.conf), or give it one of your own:\n\n"
        f"ALTER ROLE {ROLE} PASSWORD '{IN_ITS_PLACE}';\n\n"
        f'and tell the hub in config.toml, under [database]:\n\nweb_dsn = "{_dsn_of_web(login.dsn)}"'
    )


def _dsn_of_web(dsn: str) -> str:
    """The owner's DSN with the web's login in its place, and no password of anybody."""
    parts = urlsplit(dsn)
    hosts = parts.netloc.rpartition("@")[2]
    rest = "&".join(
        each
        for each in parts.query.split("&")
        if each.partition("=")[0] not in ("", "user", "password", "passfile")
    )
    return parts._replace(netloc=f"{ROLE}:{IN_ITS_PLACE}@{hosts}", query=rest).geturl()
