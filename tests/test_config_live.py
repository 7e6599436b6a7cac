"""Two sets of settings beside each other, and the one table of what is live, which the documentation repeats."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from hub.config import Database, Limits, Listener, Server, Settings, Web, load
from hub.config_live import LIVE, Change, Current, difference, merged
from hub.config_report import known_keys
from tests.test_config import SHIPPED

TEN = (ip_network("10.0.0.0/8"),)
TWO = (Listener(name="start", port=1), Listener(name="finish", port=2))
README = Path(__file__).parent.parent / "README.md"


def test_equal_settings_differ_in_nothing() -> None:
    found = difference(Settings(listeners=TWO), Settings(listeners=TWO))
    assert (found.live, found.restart) == ([], [])


def test_what_is_live_and_what_has_to_wait() -> None:
    wanted = Settings(
        server=Server(name="Other", data_dir="else"), web=Web(port=8081), limits=Limits(late_s=300)
    )
    found = difference(Settings(), wanted)
    assert [str(each) for each in found.live] == [
        'server.name "Race hub" -> "Other"',
        "limits.late_s 120 -> 300",
    ]
    assert found.restart == [
        Change("server.data_dir", '"var"', '"else"'),
        Change("web.port", "8080", "8081"),
    ]


def test_a_listener_is_known_by_its_name() -> None:
    wanted = (TWO[1].model_copy(update={"allow": TEN, "port": 3}), TWO[0])
    found = difference(Settings(listeners=TWO), Settings(listeners=wanted))
    assert [str(each) for each in found.live] == ['listeners[0].allow [] -> ["10.0.0.0/8"]']
    assert [str(each) for each in found.restart] == [
        'listeners ["start", "finish"] -> ["finish", "start"]',
        "listeners[0].port 2 -> 3",
    ]


@pytest.mark.parametrize(
    ("listeners", "names"),
    [
        ((*TWO, Listener(name="5k", port=3)), '["start", "finish", "5k"]'),
        (TWO[:1], '["start"]'),
        ((TWO[0], Listener(name="end", port=2, allow=TEN)), '["start", "end"]'),
    ],
)
def test_listeners_that_come_go_or_are_renamed(listeners: tuple[Listener, ...], names: str) -> None:
    found = difference(Settings(listeners=TWO), Settings(listeners=listeners))
    assert not found.live
    assert [str(each) for each in found.restart] == [f'listeners ["start", "finish"] -> {names}']
    assert merged(Settings(listeners=TWO), Settings(listeners=listeners)) == Settings(listeners=TWO)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("postgresql://u:other@h/db", '"postgresql://u:***@h/db" (another password)'),
        ("postgresql://u:other@g/db", '"postgresql://u:***@h/db" -> "postgresql://u:***@g/db"'),
    ],
)
def test_passwords_are_not_shown(new: str, said: str) -> None:
    old = Settings(database=Database(dsn="postgresql://u:hunter2@h/db"))
    (change,) = difference(old, Settings(database=Database(dsn=new))).restart
    assert str(change) == f"database.dsn {said}"


def test_merged_takes_what_is_live_and_leaves_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[web]\nport = 8090\n[[listeners]]\nname = "start"\n')
    running = load(file, {})
    wanted = Settings(
        server=Server(name="Other"),
        web=Web(port=8081),
        limits=Limits(late_s=300),
        listeners=(Listener(name="finish"), Listener(name="start", port=9, allow=TEN)),
    )
    result = merged(running, wanted)
    assert (result.server.name, result.limits.late_s) == ("Other", 300)
    assert result.web.port == 8090
    assert result.listeners == (Listener(name="start", allow=TEN),)
    assert result.data_path == tmp_path / "var", "folders begin where they did"
    assert running.limits.late_s == 120 and not difference(result, wanted).live


def test_the_settings_in_force() -> None:
    current = Current(Settings())
    current.now = other = Settings(limits=Limits(late_s=1))
    assert current.now is other


# --- the table, and what the documentation says


def test_the_table_names_keys() -> None:
    assert set(known_keys(Settings)) > LIVE


def test_the_shipped_file_says_what_is_live() -> None:
    section, said, comment = "", set(), ""
    for line in SHIPPED.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]") + ("[]" if line.startswith("[[") else "")
        if key := re.match(r"(\w+) = ", line):
            said |= {f"{section}.{key[1]}"} if re.search(r"\bLive\b", comment) else set()
        comment = comment + line if line.startswith("#") else ""
    assert said == LIVE


def test_the_readme_says_what_is_live() -> None:
    found = re.search(r"These keys are live.*?:\n(.*?)\.\s", README.read_text("utf-8"), re.DOTALL)
    assert found
    said: set[Any] = set()
    for name in re.findall(r"`([^`]+)`", found[1]):
        keys = [key for key in known_keys(Settings) if key.startswith(name[:-1])]
        said |= set(keys) if name.endswith("*") else {name}
    assert said == LIVE
