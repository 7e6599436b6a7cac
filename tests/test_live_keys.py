"""Every key of the configuration, changed while a hub runs: a live one does at once what it says, of any other the log
says that it takes effect at the next start, and one that cannot be another is refused.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from hub.config import NOT_BUILT, Settings
from hub.config_live import LIVE
from hub.config_report import known_keys
from tests.reloading import Site, reloading, value_of
from tests.running import HOST, PATIENCE_S, ROSTER, Line, rows, stored, tags, until
from tests.test_config import OTHER_VALUES

WAITING: Final[dict[str, tuple[Any, str]]] = {
    "server.data_dir": ("elsewhere", '"var" -> "elsewhere"'),
    "server.timezone": ("Europe/Berlin", '"Asia/Kathmandu" -> "Europe/Berlin"'),
    "server.log_format": ("json", '"text" -> "json"'),
    "web.host": ("127.0.0.2", '"127.0.0.1" -> "127.0.0.2"'),
    "web.port": (8081, "0 -> 8081"),
    "web.trusted_proxies": (["10.0.0.0/8"], '[] -> ["10.0.0.0/8"]'),
    "web.session_hours": (13, "12 -> 13"),
    "web.session_secret": ("hunter2hunter2hunter2", "web.session_secret ... (another password)"),
    "database.dsn": ("postgresql://u:pw@h/db", '-> "postgresql://u:***@h/db"'),
    "database.web_dsn": ("postgresql://u:pw@h/db", '... -> "postgresql://u:***@h/db"'),
    "database.pool_min": (3, "2 -> 3"),
    "database.pool_max": (11, "10 -> 11"),
    "database.statement_timeout_s": (11, "10 -> 11"),
    "redis.url": ("redis://:pw@h", '-> "redis://:***@h"'),
    "journal.dir": ("journal", '"" -> "journal"'),
    "listeners[].name": ("start", 'listeners ["chronotrack"] -> ["start"]'),
    "listeners[].host": ("127.0.0.2", '"127.0.0.1" -> "127.0.0.2"'),
    "listeners[].port": (61612, "0 -> 61612"),
    "listeners[].partner": ("club", 'listeners[0].partner "" -> "club"'),
    "listeners[].tls_cert": ("a.pem", 'listeners[0].tls_cert "" -> "a.pem"'),
    "listeners[].tls_key": ("a.pem", 'listeners[0].tls_key "" -> "a.pem"'),
    "listeners[].auth": ("required", 'listeners[0].auth "none" -> "required"'),
}
"""Another value of each key that needs a restart, and what is said of it."""
BESIDE: Final[dict[str, dict[str, str]]] = {
    "listeners[].tls_cert": {"tls_key": "other.pem"},
    "listeners[].tls_key": {"tls_cert": "other.pem"},
}
"""What no key may be without."""
REFUSED: Final = NOT_BUILT | {"listeners[].protocol"}
"""Keys that have one value only."""

Observe = Callable[[Site], Awaitable[None]]


async def name(site: Site) -> None:
    await site.save(server={"name": "Harbour hub"})
    async with site.hub.http.get("/") as response:
        assert "Harbour hub" in await response.text()


async def public_url(site: Site) -> None:
    await site.save(server={"public_url": "https://race.example"})
    state = await site.hub.get("/front/state")
    assert [each["url"] for each in state["displays"]] == [f"https://race.example/d/{site.hub.code}"]


async def log_level(site: Site) -> None:
    log = logging.getLogger("hub.anything")
    for level in ("error", "debug"):
        await site.save(server={"log_level": level})
        assert log.isEnabledFor(logging.DEBUG) is (level == "debug")


async def debug(site: Site) -> None:
    """What operators may then, test_old_debug.py says: here there is an admin alone, who may anyway."""
    await site.save(server={"debug": True})
    assert site.hub.app.settings.server.debug


async def cors_origins(site: Site) -> None:
    friend = "https://screens.example"
    await site.save(web={"cors_origins": [friend]})
    async with site.hub.anybody.get("/api/health", headers={"Origin": friend}) as response:
        assert response.headers["Access-Control-Allow-Origin"] == friend


async def legacy_dir(site: Site) -> None:
    folder = site.path.parent / "bundle"
    folder.mkdir()
    (folder / "index.html").write_text("old pages")
    await site.save(web={"legacy_dir": "bundle"})
    async with site.hub.anybody.get("/display") as response:
        assert await response.text() == "old pages"


async def max_mib(site: Site) -> None:
    """`site` has a journal of 1 MiB, and its PostgreSQL is away."""
    reader = await site.hub.reader().connect()
    sent = 0
    while not site.hub.app.stores.full:
        reader.add(*(f"T{sent + each}" for each in range(1000)))
        sent += 1000
        await until(lambda: site.hub.app.stores.full or site.hub.durable == sent)  # noqa: B023
    reader.add(*(f"T{sent + each}" for each in range(1000)))
    await until(lambda: all(each.paused for each in site.hub.app._listeners))
    assert site.hub.app.condition.journal_problem().startswith("full")
    await site.save(journal={"max_mib": 3})
    await until(lambda: site.hub.durable == sent + 1000)
    assert not site.hub.app.condition.journal_problem() and site.hub.app.condition.database_problem()
    await reader.hang_up()


async def allow(site: Site) -> None:
    reader = site.hub.reader()
    reader.add("A1")
    await reader.connect()
    await until(lambda: site.hub.durable == 1)
    await site.save(listeners={"allow": ["10.0.0.0/8", f"{HOST}/32"]})
    assert reader.client is not None and not reader.client.closed
    await site.save(listeners={"allow": ["10.0.0.0/8"]})
    await until(lambda: reader.client is not None and reader.client.closed)
    await until(lambda: not site.hub.app.condition.connections())
    reader.add("A2")
    await reader.connect()
    assert reader.client.closed and site.hub.durable == 1, "it may not come back"
    await site.save(listeners={"allow": []})
    await reader.connect()
    await until(lambda: site.hub.durable == 2)
    await reader.hang_up()
    assert tags(await stored(site.settings.database.dsn, 2)) == ["A1", "A2"]


async def line_bytes(site: Site) -> None:
    early, late = site.hub.reader(event="early"), site.hub.reader(event="late")
    await early.connect()
    await site.save(limits={"line_bytes": 64})
    await late.connect()
    early.add("E" * 50)
    await until(lambda: site.hub.durable == 1)
    late.add("L" * 50)
    await until(lambda: site.hub.app.hub.total_rejected == 1)
    await early.hang_up()
    await late.hang_up()
    assert tags(await stored(site.settings.database.dsn, 1)) == ["E" * 50]


async def connections_per_address(site: Site) -> None:
    first, second = await site.hub.reader().connect(), site.hub.reader()
    await site.save(limits={"connections_per_address": 1})
    await second.connect()
    assert second.client is not None and second.client.closed
    await site.save(limits={"connections_per_address": 2})
    await second.connect()
    assert not second.client.closed and site.hub.app.condition.connections() == 2
    await first.hang_up()
    await second.hang_up()


async def display_queue_kib(site: Site) -> None:
    async with site.hub.screen() as first:
        await first.next("hello")
        await site.save(limits={"display_queue_kib": 1})
        async with site.hub.screen() as second:
            await second.next("hello")
            assert {each.queue_bytes_max for each in site.hub.app.live._codes} == {256 * 1024, 1024}


async def displays(site: Site) -> None:
    async with site.hub.screen() as first:
        await first.next("hello")
        await site.save(limits={"displays": 1})
        async with site.hub.screen() as second:
            assert await second.closed() == 4103
        await site.save(limits={"displays": 2})
        async with site.hub.screen() as second:
            await second.next("hello")


async def code_tries_per_minute(site: Site) -> None:
    async def tried() -> int:
        async with site.hub.anybody.get("/d/AAAA2222") as response:
            return response.status

    assert [await tried() for _ in range(3)] == [200] * 3
    await site.save(limits={"code_tries_per_minute": 3})
    assert await tried() == 429
    await site.save(limits={"code_tries_per_minute": 4})
    assert [await tried(), await tried()] == [200, 429]


async def login_tries(site: Site) -> None:
    async def tried() -> int:
        body = {"email": "ann@race.example", "password": "x"}
        async with site.hub.anybody.post("/api/auth/login", json=body) as response:
            return response.status

    assert [await tried() for _ in range(3)] == [401] * 3
    await site.save(limits={"login_tries": 4})
    assert [await tried(), await tried()] == [401, 429]


async def upload_mib(site: Site) -> None:
    csv = ROSTER + f"{',' * 100}\n" * 11_000
    await site.hub.import_roster(csv)
    await site.save(limits={"upload_mib": 1})
    with pytest.raises(AssertionError, match=r"at most 1 MiB \(limits.upload_mib\)"):
        await site.hub.import_roster(csv)


async def roster_rows(site: Site) -> None:
    await site.hub.import_roster(ROSTER)
    await site.save(limits={"roster_rows": 1})
    with pytest.raises(AssertionError, match="more than 1 "):
        await site.hub.import_roster(ROSTER)


async def late_s(site: Site) -> None:
    reader = await site.hub.reader().connect()
    reader.add("A1", age_s=60)
    await until(lambda: site.hub.durable == 1)
    await site.save(limits={"late_s": 30})
    reader.add("A2", age_s=60)
    found = await stored(site.settings.database.dsn, 2)
    assert [each["marks"] for each in found] == [[], ["late"]]
    await reader.hang_up()


async def end_sessions_after_days(site: Site) -> None:
    old = site.hub.session_id
    dsn = site.settings.database.dsn
    await rows(dsn, "UPDATE timing_sessions SET created_at = now() - interval '9 days'")
    await site.save(retention={"end_sessions_after_days": 10})
    await site.save(retention={"end_sessions_after_days": 8})
    await until(lambda: old not in site.hub.app.hub.sessions)
    assert site.hub.session_id > old


async def delete_ended_after_days(site: Site) -> None:
    dsn = site.settings.database.dsn
    made = "INSERT INTO timing_sessions (partner_id, session_name, stream_key, status, ended_at)"
    values = "VALUES (1, 'Old', 'old', 'ended', now() - interval '9 days') RETURNING id"
    (old,) = await rows(dsn, f"{made} {values}")
    await site.save(retention={"delete_ended_after_days": 10})
    await site.save(retention={"delete_ended_after_days": 8})
    async with asyncio.timeout(PATIENCE_S):
        while await rows(dsn, "SELECT FROM timing_sessions WHERE id = $1", old["id"]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    (export,) = (await site.hub.get("/api/exports"))["exports"]
    assert (export["session_id"], export["session_name"]) == (old["id"], "Old")


OBSERVED: Final[dict[str, Observe]] = {
    "server.name": name,
    "server.public_url": public_url,
    "server.log_level": log_level,
    "server.debug": debug,
    "web.cors_origins": cors_origins,
    "web.legacy_dir": legacy_dir,
    "journal.max_mib": max_mib,
    "listeners[].allow": allow,
    "limits.line_bytes": line_bytes,
    "limits.connections_per_address": connections_per_address,
    "limits.display_queue_kib": display_queue_kib,
    "limits.displays": displays,
    "limits.login_tries": login_tries,
    "limits.code_tries_per_minute": code_tries_per_minute,
    "limits.upload_mib": upload_mib,
    "limits.roster_rows": roster_rows,
    "limits.late_s": late_s,
    "retention.end_sessions_after_days": end_sessions_after_days,
    "retention.delete_ended_after_days": delete_ended_after_days,
}
"""What a change of each live key does on a hub that runs."""


def test_every_key_is_tried() -> None:
    assert set(OBSERVED) == LIVE - NOT_BUILT
    assert sorted([*OBSERVED, *WAITING, *REFUSED]) == sorted(known_keys(Settings))


@pytest.mark.parametrize("key", sorted(OBSERVED))
async def test_a_live_key_takes_effect_at_once(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    line = Line(database_dsn, tmp_path)
    await line.mend()
    (tmp_path / "hub").mkdir()
    room = {"journal": {"max_mib": 1}} if key == "journal.max_mib" else {}
    async with reloading(tmp_path / "hub", line.dsn, caplog, **room) as site:
        if room:
            await line.cut()
        await OBSERVED[key](site)
        path = key.replace("[]", "[0]")
        assert any(each.startswith(f"settings: {path} ") and " -> " in each for each in site.said())
        assert not any("next start" in each for each in site.said())
    await line.cut()


async def test_every_other_key_waits_for_the_next_start(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        as_it_was = {section: dict(table) for section, table in site.tables.items()}
        for key, (value, said) in WAITING.items():
            section, option = key.replace("[]", "").split(".")
            before = value_of(site.hub.app.settings, key)
            lines = await site.save(**{section: {option: value, **BESIDE.get(key, {})}})
            assert len(lines) == 1 + len(BESIDE.get(key, {}))
            (line,) = (each for each in lines if said in each)
            assert line.endswith("takes effect at the next start"), key
            assert option in line or key == "listeners[].name"
            assert value_of(site.hub.app.settings, key) == before != value
            site.tables = {section: dict(table) for section, table in as_it_was.items()}
        assert await site.save() == ["settings: nothing has changed"]


async def test_a_key_with_one_value_only_is_refused(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        text = site.path.read_text()
        before = site.hub.app.settings
        for key in sorted(REFUSED):
            section, option = key.split(".")
            value = OTHER_VALUES[key][0] if key in OTHER_VALUES else '"other"'
            head = f"[[{section[:-2]}]]" if section.endswith("[]") else f"[{section}]"
            if head in text:
                site.path.write_text(text.replace(head, f"{head}\n{option} = {value}"))
            else:
                site.path.write_text(f"{text}{head}\n{option} = {value}\n")
            problem, stays = await site.asked()
            assert (
                f"{key.replace('[]', '[0]')}: " in problem and "expected" in problem
            ) or "not available" in problem
            assert stays == "settings: the running ones stay in force" and site.hub.app.settings is before
