"""config.toml while the hub runs: when it is read again, what is said of it, and that a bad one changes nothing."""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from hub import reload
from hub.reload import MISSING_LOOKS, Reload, Stamp, Watched, stamp_of
from tests.reloading import reloading
from tests.running import HOST, Reader, running_hub, settings_for, stored, tags, until
from tests.serving import hub_process, write_config

LOOKS_OFTEN: Final = (
    sys.executable,
    "-c",
    "from hub import cli, reload\nreload.POLL_S = 0.1\ncli.main()",
)
"""The hub's program, which looks at its file ten times a second instead of once."""
ONE: Stamp = (1, 10, 7)
TWO: Stamp = (2, 10, 7)
THREE: Stamp = (2, 11, 7)

# When it is read


def looks(watched: Watched, *stamps: Stamp | None) -> list[bool]:
    return [watched.look(each) for each in stamps]


def test_a_file_that_stays_is_not_read_again() -> None:
    assert not any(looks(Watched(ONE), ONE, ONE, ONE))


def test_a_change_is_read_once_when_it_has_come_to_rest() -> None:
    watched = Watched(ONE)
    assert looks(watched, TWO, THREE, THREE, THREE, THREE) == [False, False, True, False, False]
    assert looks(watched, ONE, ONE) == [False, True], "a rename over it, whenever that file was written"


def test_a_file_that_is_missing_for_a_moment_is_no_change() -> None:
    assert not any(looks(Watched(ONE), *[None] * (MISSING_LOOKS - 1), ONE, ONE, ONE))


def test_a_file_that_is_gone_is_said_once_and_so_is_its_return() -> None:
    watched = Watched(ONE)
    assert looks(watched, *[None] * (MISSING_LOOKS + 3)).count(True) == 1
    assert looks(watched, ONE, ONE, ONE) == [False, True, False]


def test_what_was_asked_for_is_not_read_again_by_itself() -> None:
    watched = Watched(ONE)
    watched.look(TWO)
    watched.read(TWO)
    assert not any(looks(watched, TWO, TWO, TWO))


def test_the_stamp_of_a_file(tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_text("x")
    other.write_text("x")
    before = stamp_of(file)
    assert before is not None and before == stamp_of(file) and before[1] == 1
    other.rename(file)
    assert stamp_of(file) not in (before, None)
    assert stamp_of(tmp_path / "none") is None and stamp_of(file / "none") is None


async def test_a_file_that_is_saved_is_read(
    database_dsn: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reload, "POLL_S", 0.02)
    async with reloading(tmp_path, database_dsn, caplog) as site:
        text = site.path.read_text()
        site.path.write_text(f"{text}[limits]\nlate_s = 300\n")
        await until(site.said)
        new = tmp_path / "config.toml.new"
        new.write_text(f"{text}[limits]\nlate_s = 400\n")
        new.rename(site.path)
        await until(lambda: len(site.said()) > 1)
        site.path.unlink()
        await until(lambda: len(site.said()) > 2)
        site.path.write_text(text)
        await until(lambda: "settings: limits.late_s 400 -> 120" in site.said())
        assert site.said() == [
            "settings: limits.late_s 120 -> 300",
            "settings: limits.late_s 300 -> 400",
            f"settings: {site.path}: no such file",
            "settings: the running ones stay in force",
            "settings: limits.late_s 400 -> 120",
        ]


async def test_what_was_read_at_a_wish_is_not_read_again(
    database_dsn: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks_made: list[Path] = []

    def look(path: Path) -> Stamp | None:
        looks_made.append(path)
        return stamp_of(path)

    monkeypatch.setattr(reload, "POLL_S", 0.05)
    monkeypatch.setattr(reload, "stamp_of", look)
    async with reloading(tmp_path, database_dsn, caplog) as site:
        await site.save(limits={"late_s": 300})
        before = len(looks_made)
        await until(lambda: len(looks_made) > before + 4)
        assert site.said() == ["settings: limits.late_s 120 -> 300"]


async def test_what_is_saved_while_the_hub_starts_is_read(
    database_dsn: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reload, "POLL_S", 0.02)
    file = tmp_path / "config.toml"
    file.write_text("")
    early = Reload(file, {})
    settings = settings_for(database_dsn, tmp_path / "var")
    file.write_text("[limits]\nlate_s = 300\n")
    async with running_hub(settings) as hub:
        running = asyncio.create_task(early.run(hub.app))
        await until(lambda: hub.app.settings.limits.late_s == 300)
        running.cancel()


# What is said


async def test_nothing_has_changed(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        assert await site.asked() == ["settings: nothing has changed"]
        site.path.write_text(site.path.read_text() + "# a remark\n")
        assert await site.asked() == ["settings: nothing has changed"]


async def test_what_needs_a_restart_is_said_until_there_is_one(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        waits = "settings: web.port 0 -> 8081 takes effect at the next start"
        assert (await site.hub.get("/status"))["restart_needed"] == []
        assert await site.save(web={"port": 8081}, server={"name": "A"}) == [
            'settings: server.name "Race hub" -> "A"',
            waits,
        ]
        assert await site.save(server={"name": "B"}) == ['settings: server.name "A" -> "B"', waits]
        assert await site.asked() == [waits]
        assert site.hub.app.settings.web.port == 0
        assert (await site.hub.get("/status"))["restart_needed"] == ["web.port"]
        async with site.hub.anybody.get("/status") as response:
            assert "restart_needed" not in await response.json(), "that is not for everybody"
        assert await site.save(web={"port": 0}) == ["settings: nothing has changed"]
        assert (await site.hub.get("/status"))["restart_needed"] == []


async def test_a_bad_file_changes_nothing_and_every_problem_is_said(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        before = site.hub.app.settings
        said = await site.save(web={"port": 99999}, limits={"late_s": 300, "late": 1}, server={"name": ""})
        assert said == [
            f'settings: {site.path}: server.name: "": expected 1 to 100 characters in quotes',
            f"settings: {site.path}: web.port: 99999: expected a port from 1 to 65535",
            f'settings: {site.path}: limits.late: unknown key, did you mean "late_s"?',
            "settings: the running ones stay in force",
        ]
        assert site.hub.app.settings is before
        site.path.write_text("[web")
        assert (await site.asked())[-1] == "settings: the running ones stay in force"
        del site.tables["limits"]["late"]
        assert await site.save(web={"port": 0}, server={"name": "A"}) == [
            'settings: server.name "Race hub" -> "A"',
            "settings: limits.late_s 120 -> 300",
        ]


async def test_a_password_is_not_logged(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        (said,) = await site.save(database={"dsn": "postgresql://u:hunter2@h/db"})
        assert '-> "postgresql://u:***@h/db" takes effect at the next start' in said


async def test_the_environment_still_wins(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        site.reload._environ = {"RACEHUB_LIMITS__LATE_S": "120"}
        assert await site.save(limits={"late_s": 300}) == ["settings: nothing has changed"]


async def test_a_hub_without_a_file(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        without = Reload(None, {})
        running = asyncio.create_task(without.run(hub.app))
        without.ask()
        await until(lambda: "the hub was started without a file" in caplog.text)
        running.cancel()


async def test_whatever_fails_readers_and_screens_go_on(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reloading(tmp_path, database_dsn, caplog) as site:
        with monkeypatch.context() as broken:
            broken.setattr(site.hub.app, "change", None)
            assert await site.save(limits={"late_s": 300}) == ["settings: they could not be put in force"]
        assert await site.asked() == ["settings: limits.late_s 120 -> 300"]


@pytest.mark.parametrize(("before", "after"), [("error", "info"), ("info", "error")])
async def test_what_is_said_is_heard_when_the_log_level_changes(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, before: str, after: str
) -> None:
    async with reloading(tmp_path, database_dsn, caplog, server={"log_level": before}) as site:
        logging.getLogger().setLevel(before.upper())
        said = await site.save(server={"log_level": after})
        assert said == [f'settings: server.log_level "{before}" -> "{after}"']


# As a user does it


async def test_save_and_sighup_beside_a_stream(database_dsn: str, tmp_path: Path) -> None:
    config = write_config(tmp_path, database_dsn)
    text = config.read_text()
    async with (
        hub_process("serve", folder=tmp_path, program=LOOKS_OFTEN) as process,
        aiohttp.ClientSession() as http,
    ):
        addresses = await process.ready()
        host, port = addresses["chronotrack"].split(":")
        reader = Reader((host, int(port)))
        reader.add("A1")
        await reader.connect()
        config.write_text(f"{text}[limits]\nlate_s = 300\n[retention]\nend_sessions_after_days = 8\n")
        assert (await process.logged("limits.late_s")).endswith("settings: limits.late_s 120 -> 300")
        await process.logged("settings: retention.end_sessions_after_days 7 -> 8")
        config.write_text(
            text.replace(f'host = "{HOST}"', 'host = "::1"', 1).replace("[web]", "[web]\nprt = 1")
        )
        assert (await process.logged("prt")).endswith(
            'config.toml: web.prt: unknown key, did you mean "port"?'
        )
        await process.logged("settings: the running ones stay in force")
        process.signal(signal.SIGHUP)
        await process.logged("settings: the running ones stay in force")
        config.write_text(text.replace(f'host = "{HOST}"', 'host = "::1"', 1))
        await process.logged("settings: limits.late_s 300 -> 120")
        await process.logged(f'settings: web.host "{HOST}" -> "::1" takes effect at the next start')
        token = (tmp_path / "var" / "admin.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        async with http.get(f"{addresses['web']}/status", headers=headers) as response:
            assert (await response.json())["restart_needed"] == ["web.host"]
        config.write_text(text)
        process.signal(signal.SIGHUP)
        await process.logged("settings: nothing has changed")
        reader.add("A2")
        assert tags(await stored(database_dsn, 2)) == ["A1", "A2"], "the reader has noticed nothing"
        assert reader.client is not None and not reader.client.closed
        await reader.hang_up()
        process.signal(signal.SIGTERM)
        code, _, err = await process.end()
        assert code == 0 and "Traceback" not in err
