"""The `racehub` command: its words and exit codes. `serve` as a process of its own, the rest within this one."""

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from hub import __version__, cli
from tests.running import HOST, Reader, rows, stored
from tests.serving import ENVIRONMENT, TOP, Run, free_port, hub_process, write_config
from tests.test_app import taken_port

# Short commands


def test_version(run: Run) -> None:
    assert run("version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["dance"], ["serve", "--speed", "x"], ["roster", "a.csv"], ["replay", "a.csv"], ["import", "a.csv"]],
)
def test_a_wrong_command_line(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and "Usage" in err


def test_check_config_gives_a_summary(run: Run, tmp_path: Path) -> None:
    code, out, err = run("check-config")
    assert (code, err) == (0, "") and "http://0.0.0.0:8080" in out and "chronotrack on 0.0.0.0:61611" in out
    Path("config.toml").write_text("[web]\nport = 8081\n")
    assert ":8081" in run("check-config")[1], "config.toml here is found"
    Path("other.toml").write_text("[web]\nport = 8082\n")
    assert ":8082" in run("check-config", "--config", "other.toml")[1]


def test_check_config_lists_every_problem(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.toml").write_text('[web]\nport = 99999\nprot = 1\n[limits]\nline_bytes = "x"\n')
    monkeypatch.setenv("RACEHUB_WEB__HOST", "not a host!")
    code, out, err = run("check-config")
    assert (code, out) == (2, "") and len(err.splitlines()) == 4
    assert "config.toml: web.port: 99999: expected a port from 1 to 65535" in err
    for command in (
        ("serve",),
        ("migrate",),
        ("roster", "a.csv", "--session", "1"),
        ("import", "a.csv", "--session", "1"),
    ):
        assert run(*command)[0] == 2, "nothing is begun with it"


def test_a_configuration_that_is_not_there(run: Run) -> None:
    code, _, err = run("check-config", "--config", "none.toml")
    assert code == 2 and "none.toml" in err and len(err.splitlines()) == 1


# migrate and roster


def test_migrate_says_what_it_did(run: Run, empty_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, empty_dsn)
    code, out, _ = run("migrate")
    assert code == 0 and out.startswith("applied: 0001_")
    assert run("migrate")[:2] == (0, "the database is up to date\n")
    assert not (tmp_path / "var").exists(), "with a DSN it needs no data_dir"


def test_migrate_without_postgresql(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, f"postgresql://nobody:secret@{HOST}:1/none")
    code, out, err = run("migrate")
    assert (code, out) == (1, "") and len(err.splitlines()) == 1
    assert err.startswith("racehub: PostgreSQL does not answer") and "secret" not in err


def test_roster_without_a_hub(run: Run, database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    Path("r.csv").write_text("bib,name,city\n7,Eve Fox\n,,Linz\n")
    code, _, err = run("roster", "r.csv", "--session", "1")
    assert code == 1 and err.strip().endswith("There is no session 1.")
    assert run("migrate")[0] == 0
    asyncio.run(rows(database_dsn, SESSION))
    code, out, err = run("roster", "r.csv", "--session", "1")
    assert (code, out) == (0, f"added: 7 Eve Fox\n{LOADED}")
    assert "r.csv: line 3: neither a bib nor a tag nor a name" in err
    assert [row["bib"] for row in asyncio.run(rows(database_dsn, "SELECT bib FROM participants"))] == ["7"]


LOADED = "session 1: 1 participants: 1 added, 0 changed, 0 as they were, 0 gone; 1 rows left out\n"
SESSION = (
    "INSERT INTO timing_sessions (partner_id, session_name, stream_key)"
    " SELECT id, 'Sunday', 'key' FROM partners RETURNING id"
)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "No such file"),
        ("r.csv", "colour\nred\n", "expected a column named bib, tag or name"),
    ],
)
def test_a_roster_that_is_none(run: Run, name: str, content: str | None, said: str) -> None:
    if content is not None:
        Path(name).write_text(content)
    code, out, err = run("roster", name, "--session", "1")
    assert (code, out) == (1, "") and said in err and len(err.splitlines()) == 1


# import


def test_import_without_a_hub(run: Run, database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    bad = "".join(f"TO~bad {number}\n" for number in range(cli.PROBLEMS_SHOWN + 2))
    Path("a.csv").write_text(controller_file() + bad)
    Path("b.csv").write_text(controller_file())
    code, out, err = run("import", "FINISH=a.csv", "b.csv", "--location", "5K", "--session", "1")
    assert code == 0 and out.splitlines() == [
        "session 1: FINISH: 15 lines, 3 reads, 3 new, 0 held already, 12 rejected",
        "session 1: 5K: 3 lines, 3 reads, 3 new, 0 held already, 0 rejected",
    ]
    told = err.splitlines()
    assert told[0] == "FINISH: a.csv: line 4: 2 columns instead of 11 or 12" and len(told) == 12
    assert told[10] == "FINISH: and 2 more lines that are no reads"
    assert told[11].startswith("5K: 3 of the new reads are held under another location, too (mark: repeat)")
    code, out, err = run("import", "b.csv", "--location", "5k", "--session", "1")
    assert (code, out) == (0, "session 1: 5k: 3 lines, 3 reads, 0 new, 3 held already, 0 rejected\n")
    assert err == ""


def test_import_of_what_cannot_be(run: Run, database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    Path("a.csv").write_text(controller_file())
    Path("r.csv").write_text("bib,name\n7,Eve Fox\n")
    for arguments, said in (
        (("a.csv", "X=r.csv", "--location", "X", "--session", "1"), "r.csv: line 1: expected a tag"),
        (("a.csv", "--session", "1"), "a.csv: no Point marker says where this was read; give the location"),
        (("A~B=a.csv", "--session", "1"), "a.csv: a location's name is not empty and has no ~"),
        (("X=none.csv", "--session", "1"), "none.csv: No such file"),
    ):
        code, out, err = run("import", *arguments)
        assert (code, out) == (1, "") and said in err and len(err.splitlines()) == 1
    assert not (tmp_path / "var").exists(), "nothing is begun with it"
    code, out, err = run("import", "X=a.csv", "--session", "77")
    assert (code, out, err) == (1, "", "racehub: There is no session 77.\n")


# replay


@pytest.mark.parametrize("to", ["nowhere", "host:", ":1", "host:0", "host:65536", "host:x"])
def test_replay_to_no_address(run: Run, to: str) -> None:
    code, _, err = run("replay", "a.csv", "--to", to)
    assert code == 2 and "expected HOST:PORT, like 127.0.0.1:61611" in err


@pytest.mark.parametrize(
    ("text", "address"), [("a:1", ("a", 1)), ("10.0.0.5:61611", ("10.0.0.5", 61611)), ("[::1]:5", ("::1", 5))]
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert cli._host_port(text) == address


@pytest.mark.parametrize("option", ["--password-file", "--tls-ca"])
def test_replay_with_a_file_that_is_not_there(run: Run, option: str) -> None:
    code, out, err = run("replay", "a.csv", "--to", f"{HOST}:1", option, "none.txt")
    assert (code, out) == (1, "") and "none.txt: No such file or directory" in err


def test_replay_of_no_file(run: Run) -> None:
    code, _, err = run("replay", "none.csv", "--to", f"{HOST}:1")
    assert code in (1, 2) and "none.csv" in err


# serve


async def test_serve_says_when_it_is_ready_and_ends_when_it_is_told(
    database_dsn: str, tmp_path: Path
) -> None:
    write_config(tmp_path, database_dsn)
    for number in (signal.SIGTERM, signal.SIGINT):
        async with hub_process("serve", folder=tmp_path) as process:
            line = await process.line()
            assert re.fullmatch(
                r"racehub ready web=http://127\.0\.0\.1:\d+ chronotrack=127\.0\.0\.1:\d+", line
            )
            assert re.fullmatch(r"display: http://127\.0\.0\.1:\d+/d/[A-Z2-9]{8}", await process.line())
            assert re.fullmatch(r"front page: http://127\.0\.0\.1:\d+/", await process.line())
            first = r"first user: http://127\.0\.0\.1:\d+/join#rh_[\w-]{43}"
            assert re.fullmatch(first, await process.line())
            process.signal(number)
            code, out, err = await process.end()
            assert (code, out) == (0, "") and "Traceback" not in err and "stopped in" in err


async def test_a_second_serve_hears_who_is_there(database_dsn: str, tmp_path: Path) -> None:
    config = str(write_config(tmp_path, database_dsn))
    async with hub_process("serve", "--config", config, folder=tmp_path) as first:
        await first.ready()
        async with hub_process("serve", "--config", config, folder=tmp_path) as second:
            code, out, err = await second.end()
            assert (code, out) == (1, "")
            assert f"in use by another hub (process {first.pid})" in err.splitlines()[-1]


async def test_serve_without_postgresql(tmp_path: Path) -> None:
    port = free_port()
    write_config(tmp_path, f"postgresql://nobody:secret@{HOST}:1/none", web_port=port)
    async with hub_process("serve", folder=tmp_path) as process, aiohttp.ClientSession() as http:
        body = await health_until(http, port, "PostgreSQL does not answer")
        assert body["status"] == "unhealthy"
        process.signal(signal.SIGTERM)
        code, out, err = await process.end()
        assert (code, out) == (0, ""), "no ready line"
        assert "Traceback" not in err and "secret" not in err


async def health_until(http: aiohttp.ClientSession, port: int, reason: str) -> dict[str, str]:
    """The answer of a hub that is not ready, as soon as it gives this reason."""
    async with asyncio.timeout(15):
        while True:
            try:
                async with http.get(f"http://{HOST}:{port}/health") as response:
                    assert response.status == 503
                    body: dict[str, str] = await response.json()
                    if reason in body["reason"]:
                        return body
            except aiohttp.ClientConnectorError:
                pass
            await asyncio.sleep(0.05)


async def test_serve_on_a_port_that_is_taken(database_dsn: str, tmp_path: Path) -> None:
    held, port = taken_port()
    write_config(tmp_path, database_dsn, reader_port=port)
    async with hub_process("serve", folder=tmp_path) as process:
        code, out, err = await process.end()
        assert (code, out) == (1, "") and f"cannot listen on port {port}" in err.splitlines()[-1]
        assert "Traceback" not in err
    held.close()


async def test_replay_import_and_roster_through_a_hub_that_runs(database_dsn: str, tmp_path: Path) -> None:
    config = str(write_config(tmp_path, database_dsn))
    (tmp_path / "FINISH.csv").write_text(controller_file())
    (tmp_path / "r.csv").write_text("bib,name,city\n101,Eve Fox\n,,Linz\n")
    async with hub_process("serve", "--config", config, folder=tmp_path) as process:
        addresses = await process.ready()
        arguments = ("FINISH.csv", "--to", addresses["chronotrack"], "--location", "FINISH", "--speed", "0")
        async with hub_process("replay", *arguments, folder=tmp_path) as replay:
            code, out, err = await replay.end()
            assert code == 0, err
            assert re.match(r"sent 3 lines in \d+\.\d s \(\d+(\.\d)?/s\), 0 reconnects", out)
        assert [row["tag_code"] for row in await stored(database_dsn, 3)] == ["101", "102", "101"]
        async with hub_process("import", "FINISH=FINISH.csv", "--session", "1", folder=tmp_path) as imports:
            code, out, err = await imports.end()
            line = "session 1: FINISH: 3 lines, 3 reads, 0 new, 3 held already, 0 rejected\n"
            assert (code, out) == (0, line), err
        async with hub_process("roster", "r.csv", "--session", "1", folder=tmp_path) as roster:
            code, out, err = await roster.end()
            assert (code, out) == (0, f"added: 101 Eve Fox\n{LOADED}"), err
            assert "line 3: neither a bib nor a tag nor a name" in err
        await check_names(tmp_path, addresses["web"])
        async with hub_process("roster", "r.csv", "--session", "77", folder=tmp_path) as roster:
            code, out, err = await roster.end()
            assert (code, out) == (1, "") and "There is no session 77." in err
        process.signal(signal.SIGTERM)
        assert (await process.end())[0] == 0


def controller_file() -> str:
    """Three reads of a controller."""
    reads = enumerate((101, 102, 101), 1)
    return "".join(f"TO~{n}~{tag}~160~18~162045866{n}.64~12000C~8~-63~{n}~P~192\n" for n, tag in reads)


async def check_names(folder: Path, web: str) -> None:
    """The hub that runs knows the roster at once."""
    headers = {"Authorization": "Bearer " + (folder / "var" / "admin.token").read_text().strip()}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{web}/api/sessions/1/reads") as response,
    ):
        reads = (await response.json())["reads"]
    assert [each.get("runner", {}).get("name") for each in reads] == ["Eve Fox", None, "Eve Fox"]


async def test_replay_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "FINISH.csv").write_text(controller_file())
    to = f"{HOST}:{free_port()}"
    async with hub_process(
        "replay", "FINISH.csv", "--to", to, "--location", "FINISH", folder=tmp_path
    ) as process:
        code, out, err = await process.end()
        assert (code, out) == (1, "") and err.splitlines()[-1].startswith("racehub: cannot connect to")


async def test_who_closes_the_pipe_after_the_first_line_ends_no_hub(
    database_dsn: str, tmp_path: Path
) -> None:
    port = free_port()
    config = write_config(tmp_path, database_dsn, reader_port=port)
    shell = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m hub serve --config {config} | head -1",
        cwd=TOP,
        env=ENVIRONMENT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert shell.stdout is not None
    assert (await shell.stdout.readline()).startswith(b"racehub ready")
    reader = Reader((HOST, port))
    reader.add("A1")
    await reader.connect()
    await stored(database_dsn, 1)
    await reader.drop()
    os.killpg(shell.pid, signal.SIGTERM)
    await shell.communicate()


# demo and stop


async def test_demo_shows_a_race_and_stop_ends_it(database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    async with hub_process("demo", "--runners", "30", folder=tmp_path) as process:
        addresses = await process.ready()
        lines = [await process.line() for _ in range(6)]
        kinds = [line.partition(": ")[0] for line in lines[:5]]
        assert kinds == ["demo display", "display", "front page", "first user", "demo user"]
        assert "Ctrl-C" in lines[5]
        url = lines[0].partition(": ")[2]
        async with aiohttp.ClientSession() as http, http.ws_connect(url.replace("/d/", "/ws/d/")) as screen:
            hello = json.loads((await screen.receive()).data.split("\n")[0])
            assert hello["session"]["event"] == "Harbour Run, demo at 10 times real time"
            assert (await http.get(f"{addresses['web']}/status")).ok
            user = re.fullmatch(r"demo user: (\S+), password (\S+)", lines[4])
            assert user is not None
            body = {"email": user[1], "password": user[2]}
            assert (await http.post(f"{addresses['web']}/api/auth/login", json=body)).ok
        async with hub_process("demo", folder=tmp_path) as second:
            code, out, err = await second.end()
            assert (code, out) == (1, "") and "is in use by another hub" in err
        async with hub_process("stop", folder=tmp_path) as stop:
            assert (await stop.end())[:2] == (0, f"stopped (process {process.pid})\n")
        assert (await process.end())[0] == 0


def test_stop_without_a_hub(run: Run, tmp_path: Path) -> None:
    code, out, err = run("stop")
    assert (code, out) == (1, "") and err == f"racehub: no hub uses {tmp_path / 'var'}\n"


@pytest.mark.parametrize("arguments", [("--speed", "0"), ("--runners", "0"), ("--runners", "20001")])
def test_a_demo_of_no_sense(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run("demo", *arguments)
    assert (code, out) == (2, "") and arguments[0] in err
