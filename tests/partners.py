"""Partners with something of everything, for tests of what others see of it. Every text of theirs holds their mark."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg

from hub.accounts import ANNOUNCER, OPERATOR, OWNER, VIEWER

ROLES: Final = (VIEWER, ANNOUNCER, OPERATOR, OWNER)
MOMENT: Final = datetime(2026, 5, 16, 9, 30, tzinfo=UTC)
_SOURCE_ID: Final = 700_000


@dataclass(slots=True)
class Furnished:
    """`ids`: of one row of each table, by the table's name, `users` and `tokens` of the owner. `tokens`: a personal
    token of each role's user. `secrets`: what leads to something of theirs without having the mark in it."""

    mark: str
    partner_id: int
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return f"{self.mark}-slug"


async def furnish(connection: asyncpg.Connection, mark: str, *, first_id: int = 0) -> Furnished:
    """Makes a partner, and at least one row of it in every table that holds somebody's things. `mark`: six capital
    letters that are in nothing else. `first_id`: its ids begin there, so that they tell whose they are, too."""
    if first_id:
        await count_from(connection, first_id)
    slug = f"{mark}-slug"
    partner_id = await _insert(
        connection,
        "partners",
        slug=slug,
        name=f"{mark} Timing",
        crew_tags=[f"{mark} crew"],
        emergency=f"{mark} line",
    )
    made = Furnished(mark, partner_id)
    made.ids |= {"partners": partner_id, "who": who(mark), "reads": 1, "tags": f"{mark}1"}
    await _people(connection, made)
    await _event(connection, made)
    await _timing(connection, made)
    await _rest(connection, made)
    return made


async def _people(connection: asyncpg.Connection, made: Furnished) -> None:
    for role in ROLES:
        email = made.emails[role] = f"{role}@{made.mark}.example"
        user_id = made.ids["users"] = await _insert(
            connection,
            "users",
            partner_id=made.partner_id,
            email=email,
            name=f"{made.mark} {role}",
            role=role,
            password_hash=f"$argon2id${made.mark}",
        )
        token = made.tokens[role] = f"rht_{made.mark}_{role}"
        made.ids["tokens"] = await _insert(
            connection, "tokens", user_id=user_id, name=f"{made.mark} token", token_hash=_digest(token)
        )
    link = made.secrets["link"] = f"{made.mark}-link"
    await _insert(
        connection,
        "user_links",
        "user_id",
        user_id=made.ids["users"],
        kind="reset",
        token_hash=_digest(link),
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    made.ids["user_links"] = _digest(link)


async def _event(connection: asyncpg.Connection, made: Furnished) -> None:
    event_id = made.ids["events"] = await _insert(
        connection,
        "events",
        partner_id=made.partner_id,
        name=f"{made.mark} Run",
        event_date=MOMENT.date(),
        timezone="Europe/Vienna",
    )
    made.ids["races"] = await _insert(
        connection,
        "races",
        event_id=event_id,
        name=f"{made.mark} 10K",
        distance_m=10_000,
        start_location=f"{made.mark} START",
        finish_location=f"{made.mark} FINISH",
    )
    session = {"partner_id": made.partner_id, "event_id": event_id, "user_session_id": f"{made.mark} user"}
    for status in ("ended", "active"):
        key = made.secrets[f"{status} key"] = f"{made.mark}{status}"
        made.ids[status] = await _insert(
            connection,
            "timing_sessions",
            **session,
            session_name=f"{made.mark} Session",
            status=status,
            stream_key=key,
        )
    made.ids["timing_sessions"] = made.ids["active"]


async def _timing(connection: asyncpg.Connection, made: Furnished) -> None:
    """As the drain would have written it, in the active session and in the ended one."""
    mark = made.mark
    for status in ("ended", "active"):
        session_id = made.ids[status]
        source_id = made.ids["timing_sources"] = await _insert(
            connection,
            "timing_sources",
            id=_SOURCE_ID + session_id,
            partner_id=made.partner_id,
            session_id=session_id,
            listener="chronotrack",
            protocol="chronotrack",
            remote_address=f"{mark}.invalid",
            program=f"{mark} Client",
            version=f"{mark} 1",
            connection_id=f"{mark} connection",
            event_name=f"{mark} event",
            last_seen=MOMENT,
        )
        location_id = made.ids["timing_locations"] = await _insert(
            connection,
            "timing_locations",
            session_id=session_id,
            location_name=f"{mark} FINISH",
            reader_id=f"{mark} reader",
            description=f"{mark} place",
        )
        made.ids["timing_reads"] = await _insert(
            connection,
            "timing_reads",
            session_id=session_id,
            feed_offset=1,
            location_id=location_id,
            source_id=source_id,
            sequence_number=1,
            location_name=f"{mark} FINISH",
            tag_code=f"{mark}1",
            read_time=MOMENT,
            read_time_raw=f"{mark} 09:30:00.00",
            lap_count=1,
            reader_id=f"{mark} reader",
            gator_number=1,
            raw_data=f"{mark} line",
            received_at=MOMENT,
        )
        made.ids["timing_rejects"] = await _insert(
            connection,
            "timing_rejects",
            id=_SOURCE_ID + session_id,
            source_id=source_id,
            session_id=session_id,
            received_at=MOMENT,
            reason=f"{mark} reason",
            line=f"{mark} bad line".encode(),
        )
        made.ids["participants"] = await _insert(
            connection,
            "participants",
            session_id=session_id,
            bib="7",
            tags=[f"{mark}1"],
            first_name=f"{mark} Ann",
            last_name=f"{mark} Lee",
            custom=json.dumps({f"{mark} column": f"{mark} value"}),
            phonetic=f"{mark} Li",
            notes=f"{mark} remark",
            layers=json.dumps({"file": _said(mark)}),
        )


def _said(mark: str) -> dict[str, Any]:
    """All that is in the columns of their participant."""
    names = {"first_name": "Ann", "last_name": "Lee", "phonetic": "Li", "notes": "remark"}
    fields = {"bib": "7"} | {name: f"{mark} {word}" for name, word in names.items()}
    return {"fields": fields, "tags": [f"{mark}1"], "custom": {f"{mark} column": f"{mark} value"}}


async def _services(connection: asyncpg.Connection, made: Furnished) -> None:
    """Where the rosters of both sessions come from."""
    mark = made.mark
    account_id = made.ids["provider_accounts"] = await _insert(
        connection,
        "provider_accounts",
        partner_id=made.partner_id,
        kind="runsignup",
        name=f"{mark} account",
        credentials=f"{mark} sealed".encode(),
        made_by=f"{mark} owner",
    )
    rows: dict[str, dict[str, Any]] = {
        "provider_links": {
            "account_id": account_id,
            "event_ref": f"{mark} 1",
            "event_name": f"{mark} Run",
            "enabled": False,
        },
        "official_results": {
            "entry": f"{mark} entry",
            "bib": "7",
            "fields": json.dumps({"finish_time": mark}),
        },
    }
    for of in ("ended", "active"):
        for table, values in rows.items():
            made.ids[table] = await _insert(
                connection, table, "session_id", session_id=made.ids[of], **values
            )


async def _rest(connection: asyncpg.Connection, made: Furnished) -> None:
    """`mark` is of six letters of a display's alphabet: so a code has it, too."""
    made.ids["source_moves"] = await _insert(
        connection,
        "source_moves",
        source_id=made.ids["timing_sources"],
        from_session_id=made.ids["ended"],
        to_session_id=made.ids["active"],
        done_at=MOMENT,
    )
    await _template(connection, made)
    await _services(connection, made)
    await _showing(connection, made)
    made.ids["displays"] = made.secrets["code"] = await _insert(
        connection,
        "displays",
        "code",
        code=f"{made.mark}22",
        partner_id=made.partner_id,
        session_id=made.ids["active"],
        template_id=made.ids["templates"],
        name=f"{made.mark} Screen",
        settings=json.dumps({"locations": [f"{made.mark} FINISH"]}),
    )
    made.ids["screens"] = await _insert(
        connection,
        "screens",
        id=f"{made.mark}-screen-0000",
        partner_id=made.partner_id,
        code=f"{made.mark}22",
        name=f"{made.mark} wall",
        version=f"{made.mark} 1",
    )
    made.ids["exports"] = await _insert(
        connection,
        "exports",
        partner_id=made.partner_id,
        session_id=made.ids["ended"] + 1000,
        session_name=f"{made.mark} deleted",
        file_name=f"{made.mark}.zip",
        bytes=1,
        reads=1,
    )
    made.ids["audit_log"] = await _insert(
        connection,
        "audit_log",
        partner_id=made.partner_id,
        user_id=made.ids["users"],
        who=made.emails[OWNER],
        action="display.made",
        what=f"{made.mark} Screen",
        detail=json.dumps({"code": f"{made.mark}22"}),
    )


async def _showing(connection: asyncpg.Connection, made: Furnished) -> None:
    mark, session = made.mark, {"session_id": made.ids["active"]}
    await _insert(
        connection,
        "runner_marks",
        "session_id",
        session_id=made.ids["ended"],
        who=made.ids["who"],
        note=f"{mark} was here",
    )
    for of in ("ended", "active"):
        made.ids["messages"] = await _insert(
            connection,
            "messages",
            session_id=made.ids[of],
            kind="pinned",
            audience="crew",
            text=f"{mark} message",
        )
    rows: dict[str, dict[str, Any]] = {
        "runner_marks": {"who": made.ids["who"], "note": f"{mark} note"},
        "calls": {"feed_offset": 1, "said_by": f"{mark} announcer"},
        "showings": {"feed_offset": 1, "code": f"{mark}22", "shown_at": MOMENT, "shown_ms": 8000},
        "session_latencies": {"figures": json.dumps({mark: 1})},
    }
    for table, values in rows.items():
        made.ids[table] = await _insert(connection, table, "session_id", **session, **values)


async def _template(connection: asyncpg.Connection, made: Furnished) -> None:
    """Its version in force has the template's own number, which tells whose it is."""
    name = made.ids["template_names"] = template_name(made.mark)
    number = made.ids["templates"] = await _insert(
        connection, "templates", partner_id=made.partner_id, name=name
    )
    await connection.execute("UPDATE templates SET version = $1 WHERE id = $1", number)
    made.ids["template_versions"] = await _insert(
        connection,
        "template_versions",
        "template_id",
        template_id=number,
        version=number,
        content=json.dumps(
            {
                "format": "html-2",
                "active": {"html": f"<p>{made.mark} {{{{name}}}}</p>", "width": 1920, "height": 1080},
            }
        ),
        made_by=f"{made.mark} owner",
    )
    made.ids["images"] = await _insert(
        connection,
        "images",
        "name",
        name=hashlib.sha256(made.mark.encode()).hexdigest()[:32] + ".png",
        partner_id=made.partner_id,
        title=f"{made.mark}.png",
        width=16,
        height=16,
        bytes=100,
    )


async def contents(connection: asyncpg.Connection, made: Furnished) -> Mapping[str, list[str]]:
    """Every row with this partner's mark or id in it, by table: what nobody else may have changed."""
    found = {}
    for table in await tables(connection):
        rows = await connection.fetch(
            f"SELECT each::text AS row FROM {table} AS each WHERE each::text LIKE $1 ORDER BY 1",
            f"%{made.mark}%",
        )
        found[table] = [row["row"] for row in rows]
    return found


async def count_from(connection: asyncpg.Connection, first_id: int) -> None:
    """The ids of what is made from now on begin there, in every table."""
    for table in await tables(connection):
        sequence = await connection.fetchval("SELECT to_regclass($1)::text", f"{table}_id_seq")
        if sequence is not None:
            await connection.execute("SELECT setval($1, $2)", sequence, first_id)


def absent(mark: str, number: int) -> Furnished:
    """What a partner is called, and what it has, that does not exist."""
    ids: dict[str, Any] = dict.fromkeys(_IDS, number)
    return Furnished(
        mark,
        number,
        tokens={role: f"rht_{mark}_{role}" for role in ROLES},
        ids=ids
        | {"images": hashlib.sha256(mark.encode()).hexdigest()[:32] + ".png"}
        | {"template_names": template_name(mark)}
        | {"who": who(mark), "reads": 1, "tags": f"{mark}1"}
        | {"displays": f"{mark}22", "screens": f"{mark}-screen-0000", "user_links": _digest(f"{mark}-link")},
        emails={role: f"{role}@{mark}.example" for role in ROLES},
        secrets={"code": f"{mark}22", "link": f"{mark}-link"},
    )


def who(mark: str) -> str:
    """A runner that something is said of."""
    return f"tag:{mark.casefold()}1"


def template_name(mark: str) -> str:
    """With a digit, as the ids have."""
    return f"{mark} Template 1"


_IDS: Final = (
    "jobs",
    "roster_files",
    *(
        "partners",
        "users",
        "tokens",
        "events",
        "races",
        "active",
        "ended",
        "timing_sessions",
        "timing_sources",
        "source_moves",
    ),
    *("timing_locations", "timing_reads", "timing_rejects", "participants", "exports", "audit_log"),
    *("templates", "template_versions"),
    *("messages", "runner_marks", "calls", "showings", "session_latencies"),
    *("provider_accounts", "provider_links", "official_results"),
)


async def tables(connection: asyncpg.Connection) -> list[str]:
    """Every table of the schema that may hold somebody's things: those that PostgreSQL lists."""
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relname NOT IN ('hub_owner', 'schema_migrations') ORDER BY relname"
    )
    return [row["relname"] for row in rows]


async def _insert(connection: asyncpg.Connection, table: str, returning: str = "", /, **values: Any) -> Any:
    """Gives the id, or that column."""
    column = returning or ("session_id" if table == "timing_reads" else "id")
    marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    return await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) RETURNING {column}", *values.values()
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
