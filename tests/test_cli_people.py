"""`racehub partner` and `racehub user`: their words and exit codes."""

import asyncio
import io
from pathlib import Path

import pytest

from tests.running import CHEAP, rows
from tests.serving import Run, hub_process, write_config


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.commands_people.Hashes", lambda: CHEAP)


def test_partners_are_added_and_listed(run: Run, database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    code, out, err = run("partner", "add", "Fast  Feet")
    assert (code, out) == (0, "partner fast-feet: Fast Feet\n") and "stream key" in err
    assert run("partner", "add", "Läufe", "--slug", "runs")[:2] == (0, "partner runs: Läufe\n")
    code, out, err = run("partner", "add", "Other", "--slug", "runs")
    assert (code, out) == (1, "") and err == "racehub: There is a partner with the slug 'runs' already.\n"
    code, out, _ = run("partner", "list")
    assert code == 0 and out.splitlines() == [
        "SLUG       NAME       USERS  SESSIONS",
        "default    Default    0      0 (0 active)",
        "fast-feet  Fast Feet  0      0 (0 active)",
        "runs       Läufe      0      0 (0 active)",
    ]


def test_users_come_and_go(
    run: Run, database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path, database_dsn)
    code, out, err = run("user", "add", "Ann@Example.org", "--partner", "default", "--role", "owner")
    first, second = out.splitlines()
    assert (code, err, first) == (0, "", "user ann@example.org: owner of default")
    assert second.startswith("password: ") and len(second.removeprefix("password: ")) >= 16
    monkeypatch.setattr("sys.stdin", io.StringIO("Tartan-Bahn 7 \r\nmore\n"))
    code, out, _ = run("user", "add", "root@example.org", "--admin", "--name", "Root", "--password-stdin")
    assert (code, out) == (0, "user root@example.org: admin\n"), "nothing else of it"
    ((held,),) = [
        tuple(row.values())
        for row in asyncio.run(rows(database_dsn, "SELECT password_hash FROM users WHERE role = 'admin'"))
    ]
    assert CHEAP.verify(held, "Tartan-Bahn 7 "), "blanks are part of it"
    assert run("user", "list")[1].splitlines() == [
        "EMAIL             NAME  ROLE   PARTNER  STATE",
        "root@example.org  Root  admin           never seen",
        "ann@example.org         owner  default  never seen",
    ]
    assert run("user", "disable", "ann@example.org")[:2] == (0, "user ann@example.org: disabled\n")
    assert run("user", "list")[1].splitlines()[2].endswith("disabled")
    assert run("user", "enable", "ANN@example.org")[:2] == (0, "user ann@example.org: enabled\n")
    code, out, _ = run("user", "reset", "ann@example.org")
    link, until = out.splitlines()
    assert code == 0 and "/join#rh_" in link and until.startswith("good until 20") and "UTC" in until
    assert run("user", "list")[1].splitlines()[2].endswith("waits for a password")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["user", "add", "ann"], "EMAIL: ann: expected one address"),
        (["user", "add", "a@b"], "racehub user add: expected --partner and --role, or --admin alone"),
        (["user", "add", "a@b", "--partner", "default"], "expected --partner and --role"),
        (["user", "add", "a@b", "--role", "owner"], "expected --partner and --role"),
        (["user", "add", "a@b", "--admin", "--role", "owner", "--partner", "x"], "--admin alone"),
        (["user", "add", "a@b", "--partner", "x", "--role", "king"], "--role: king: expected one of viewer,"),
        (
            ["user", "add", "a@b", "--partner", "x", "--role", "admin"],
            "--role: admin: expected one of viewer,",
        ),
        (["user", "add", "a@b", "--admin", "--name", "a\x1bb"], "--name: "),
        (["user", "reset", "ann"], "EMAIL: ann: expected one address"),
        (["user", "disable", "a b@c"], "EMAIL: a b@c: expected one address"),
        (["partner", "add", " "], "NAME:  : expected 1 to 200 characters"),
        (["partner", "add", "x", "--slug", "X"], "--slug: X: expected 2 to 40"),
    ],
)
def test_wrong_words(run: Run, arguments: list[str], words: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and words in err and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["user"], ["partner", "dance"], ["user", "add"], ["user", "list", "x"]]
)
def test_no_words(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert code == 2 and "Usage" in out + err


def test_what_cannot_be_done_is_one_line(
    run: Run, database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path, database_dsn)
    for arguments, words in (
        (["user", "add", "a@b", "--partner", "nowhere", "--role", "owner"], "There is no partner 'nowhere'."),
        (["user", "disable", "a@b"], "there is no user a@b"),
    ):
        assert run(*arguments) == (1, "", f"racehub: {words}\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    code, out, err = run("user", "add", "a@b", "--admin", "--password-stdin")
    assert (code, out) == (1, "") and err == "racehub: expected a password of at least 8 characters\n"


async def test_beside_a_hub_that_serves(database_dsn: str, tmp_path: Path) -> None:
    write_config(tmp_path, database_dsn)
    async with hub_process("serve", folder=tmp_path) as hub:
        await hub.line()
        async with hub_process("user", "add", "root@example.org", "--admin", folder=tmp_path) as adding:
            assert await adding.line() == "user root@example.org: admin"
            assert (await adding.line()).startswith("password: ")
            assert await adding.end() == (0, "", "")
