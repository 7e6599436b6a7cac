"""All keys together: defaults, loading, every problem at once, and the shipped config.toml."""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import tzlocal
from pydantic import ValidationError

from hub.config import NOT_BUILT, SECRETS, Settings, load, summary
from hub.config_report import known_keys
from hub.errors import ConfigError

SHIPPED = Path(__file__).parent.parent / "config.toml"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is named as a user in its folder names it: config.toml."""
    monkeypatch.chdir(tmp_path)
    return Path("config.toml")


def problems(file: Path | None, text: str = "", environ: Mapping[str, str] | None = None) -> list[str]:
    if file:
        file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ or {})
    assert len(caught.value.problems) == len(str(caught.value).splitlines())
    return str(caught.value).splitlines()


# --- what is loaded


def test_empty_file_no_file_and_shipped_file_are_the_defaults(file: Path) -> None:
    file.write_text("")
    for loaded in [load(file, {}), load(None, {}), load(SHIPPED, {})]:
        assert loaded.model_dump() == Settings().model_dump()


def test_file_and_environment_and_which_wins(file: Path) -> None:
    file.write_text('[web]\nport = 1\nhost = "::"\n[[listeners]]\nname = "a"\nallow = ["10.1.2.3/8"]\n')
    loaded = load(file, {"RACEHUB_WEB__PORT": "2", "RACEHUB_LISTENERS__0__PORT": "0", "RACEHUB_HOME": "x"})
    assert (loaded.web.host, loaded.web.port) == ("::", 2)
    assert (loaded.listeners[0].name, loaded.listeners[0].port) == ("a", 0)
    assert loaded.listeners[0].allow == (ip_network("10.0.0.0/8"),)


def test_environment_mends_a_bad_value_in_the_file(file: Path) -> None:
    file.write_text("[web]\nport = 99999\n")
    assert load(file, {"RACEHUB_WEB__PORT": "80"}).web.port == 80


def test_environment_may_be_the_only_listener(file: Path) -> None:
    file.write_text("listeners = []")
    assert load(file, {"RACEHUB_LISTENERS__0__PORT": "5"}).listeners[0].port == 5


def test_several_listeners_may_share_port_0(file: Path) -> None:
    file.write_text('[[listeners]]\nname = "a"\nport = 0\n[[listeners]]\nname = "b"\nport = 0\n')
    assert [listener.name for listener in load(file, {}).listeners] == ["a", "b"]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().web.port = 1


def test_paths_are_absolute_from_the_folder_of_the_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    inner = Path("etc/racehub.toml")
    inner.write_text('[journal]\ndir = "j"\n')
    assert load(inner, {}).data_path == tmp_path / "etc" / "var"
    assert load(inner, {}).journal_path == tmp_path / "etc" / "j"
    assert load(None, {}).data_path == tmp_path / "var"
    assert load(None, {}).journal_path == tmp_path / "var" / "journal"
    absolute = str(tmp_path / "elsewhere")
    assert load(inner, {"RACEHUB_SERVER__DATA_DIR": absolute}).data_path == Path(absolute)


def test_paths_stay_when_the_working_folder_changes(file: Path, tmp_path: Path) -> None:
    loaded = load(None, {})
    (tmp_path / "x").mkdir()
    os.chdir("x")
    assert loaded.data_path == tmp_path / "var"


@pytest.mark.parametrize(
    ("machine", "expected"), [("Asia/Tokyo", "Asia/Tokyo"), ("local", "UTC"), ("", "UTC"), (None, "UTC")]
)
def test_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch, machine: str | None, expected: str) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: machine)
    assert Settings().zone_name == expected
    assert load(None, {"RACEHUB_SERVER__TIMEZONE": "Europe/Berlin"}).zone_name == "Europe/Berlin"


def test_zone_of_a_machine_that_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise KeyError("two settings that differ")

    monkeypatch.setattr(tzlocal, "get_localzone_name", fail)
    assert Settings().zone_name == "UTC"


# --- what is refused

BAD = [
    ("web.port", "99999", "99999", "expected a port from 1 to 65535"),
    ("web.port", '"80"', '"80"', "expected a port from 1 to 65535"),
    ("web.port", "true", "true", "expected a port from 1 to 65535"),
    ("web.port", "80.0", "80.0", "expected a port from 1 to 65535"),
    ("web.port", "1979-05-27", "1979-05-27", "expected a port from 1 to 65535"),
    ("web.port", "[80]", "[80]", "expected a port from 1 to 65535"),
    ("web.port", "{a = 1}", "a table", "expected a port from 1 to 65535"),
    ("web.port", "0x" + "f" * 40, "a very large number", "expected a port from 1 to 65535"),
    ("web.host", '""', '""', 'expected a host name or an address such as "0.0.0.0"'),
    ("server.name", '" "', '" "', "expected 1 to 100 characters in quotes"),
    ("server.name", "5", "5", "expected 1 to 100 characters in quotes"),
    ("server.data_dir", '""', '""', 'expected a folder such as "var"'),
    ("server.timezone", '"Mars"', '"Mars"', 'expected an IANA time zone such as "Europe/Berlin"'),
    ("server.log_level", '"INFO"', '"INFO"', 'expected "debug", "info", "warning" or "error"'),
    ("server.log_format", '"xml"', '"xml"', 'expected "text" or "json"'),
    (
        "server.public_url",
        '"https://race.example/"',
        '"https://race.example/"',
        'expected a URL such as "https://race.example", without a "/" at the end',
    ),
    (
        "database.dsn",
        '"mysql://u:hunter2@h"',
        '"mysql://u:***@h"',
        'expected a URL such as "postgresql://user:password@host/database"',
    ),
    (
        "database.dsn",
        '"host=h password=hunter2"',
        "...",
        'expected a URL such as "postgresql://user:password@host/database"',
    ),
    (
        "database.web_dsn",
        '"postgresql://u:hunter2@h"',
        '"postgresql://u:***@h"',
        "expected a dsn as well, of the tables' owner",
    ),
    ("database.pool_min", "0", "0", "expected a whole number from 1 to 100"),
    ("database.pool_min", "11", "11", "expected at most pool_max, which is 10"),
    ("database.pool_max", "101", "101", "expected a whole number from 1 to 100"),
    ("database.pool_max", "1", "1", "expected at least pool_min, which is 2"),
    ("database.statement_timeout_s", "0", "0", "expected a whole number from 1 to 600"),
    ("journal.dir", "1", "1", "expected a folder, or nothing"),
    ("journal.max_mib", "0", "0", "expected a whole number from 1 to 1048576"),
    ("limits.line_bytes", "63", "63", "expected a whole number from 64 to 65536"),
    ("limits.connections_per_address", "0", "0", "expected a whole number from 1 to 10000"),
    ("limits.display_queue_kib", "0", "0", "expected a whole number from 1 to 65536"),
    ("limits.upload_mib", "1025", "1025", "expected a whole number from 1 to 1024"),
    ("limits.roster_rows", "-1", "-1", "expected a whole number from 1 to 5000000"),
    ("limits.late_s", '"2m"', '"2m"', "expected a whole number from 1 to 604800"),
    ("retention.end_sessions_after_days", "-1", "-1", "expected a whole number from 0 to 3650"),
]

BAD_LISTENER = [
    ("name", '"web"', '"web"', 'expected 1 to 32 lower-case letters, digits and "-", and not "web"'),
    ("protocol", '"timingsense"', '"timingsense"', 'expected "chronotrack"'),
    ("host", '"a b"', '"a b"', 'expected a host name or an address such as "0.0.0.0"'),
    ("port", "-1", "-1", "expected a port from 1 to 65535"),
    ("port", "8080", "8080", "expected a port that web does not use"),
    ("auth", '"yes"', '"yes"', 'expected "none", "optional" or "required"'),
    ("tls_cert", '"a.pem"', '"a.pem"', "expected a tls_key as well"),
    ("tls_key", '"a.pem"', '"a.pem"', "expected a tls_cert as well"),
    ("allow", '"10.0.0.0/8"', '"10.0.0.0/8"', 'expected a list of networks such as ["192.168.0.0/16"]'),
]


@pytest.mark.parametrize(("path", "value", "shown", "expected"), BAD)
def test_bad_value(file: Path, path: str, value: str, shown: str, expected: str) -> None:
    section, key = path.split(".")
    assert problems(file, f"[{section}]\n{key} = {value}\n") == [f"config.toml: {path}: {shown}: {expected}"]


@pytest.mark.parametrize(("path", "value", "shown", "expected"), BAD)
def test_bad_value_from_the_environment(path: str, value: str, shown: str, expected: str) -> None:
    name = "RACEHUB_" + path.replace(".", "__").upper()
    if known_keys(Settings)[path] is str:
        value = value.strip('"') if value.startswith('"') else "\n"
        shown = shown if value != "\n" else '"\\n"'
    assert problems(None, environ={name: value}) == [f"{name}: {path}: {shown}: {expected}"]


@pytest.mark.parametrize(("key", "value", "shown", "expected"), BAD_LISTENER)
def test_bad_listener(file: Path, key: str, value: str, shown: str, expected: str) -> None:
    text = f'[[listeners]]\nname = "one"\nport = 1\n[[listeners]]\n{key} = {value}\n'
    assert problems(file, text) == [f"config.toml: listeners[1].{key}: {shown}: {expected}"]


def test_bad_item_of_a_list(file: Path) -> None:
    assert problems(file, '[[listeners]]\nallow = ["10.0.0.0/8", "x", 3]\n') == [
        'config.toml: listeners[0].allow[1]: "x": expected a network such as "192.168.0.0/16" or "::1/128"',
        'config.toml: listeners[0].allow[2]: 3: expected a network such as "192.168.0.0/16" or "::1/128"',
    ]


def test_listeners_in_each_others_way(file: Path) -> None:
    assert problems(
        file, '[[listeners]]\nhost = "A"\n[[listeners]]\nhost = "a"\n[[listeners]]\nhost = "b"\n'
    ) == [
        'config.toml: listeners[1].name: "chronotrack": expected a name that no other listener has',
        "config.toml: listeners[1].port: 61611: expected a port that listeners[0] does not use",
        'config.toml: listeners[2].name: "chronotrack": expected a name that no other listener has',
    ]


@pytest.mark.parametrize("count", [0, 33])
def test_number_of_listeners(file: Path, count: int) -> None:
    one = "{{name = 'n{0}', port = 0}}"
    text = f"listeners = [{', '.join(one.format(index) for index in range(count))}]"
    assert problems(file, text) == ["config.toml: listeners: expected 1 to 32 sections [[listeners]]"]


def test_every_problem_at_once_in_the_order_of_the_file(file: Path) -> None:
    text = """
        prot = 1
        [database]
        pool_min = 20
        dsn = "hunter2"
        [[listeners]]
        port = 99999
        alow = []
        [[listeners]]
        [web]
        port = 8080
        prot = 99999
        session_secret = "hunter2"
        [servr]
        [redis]
        url = 5
        """
    environ = {"RACEHUB_WEB__PORT": "x", "RACEHUB_WEB__PROT": "y", "RACEHUB_LIMITS__LATE_S": "0"}
    assert problems(file, text, environ) == [
        "config.toml: prot: unknown key",
        "config.toml: database.pool_min: 20: expected at most pool_max, which is 10",
        'config.toml: database.dsn: ...: expected a URL such as "postgresql://user:password@host/database"',
        "config.toml: listeners[0].port: 99999: expected a port from 1 to 65535",
        'config.toml: listeners[0].alow: unknown key, did you mean "allow"?',
        'config.toml: listeners[1].name: "chronotrack": expected a name that no other listener has',
        'config.toml: web.prot: unknown key, did you mean "port"?',
        "config.toml: web.session_secret: ...: expected at least 16 characters, or nothing",
        'config.toml: servr: unknown key, did you mean "server"?',
        'config.toml: redis.url: ...: expected a URL such as "redis://:password@host:6379/0"'
        ' or "unix:///run/redis.sock"',
        'RACEHUB_WEB__PORT: web.port: "x": expected a port from 1 to 65535',
        'RACEHUB_WEB__PROT: web.prot: unknown key, did you mean "RACEHUB_WEB__PORT"?',
        "RACEHUB_LIMITS__LATE_S: limits.late_s: 0: expected a whole number from 1 to 604800",
    ]


def test_misshapen_sections_hide_nothing_else(file: Path) -> None:
    assert problems(file, 'redis = "redis://:hunter2@h"\n[listeners]\n[web]\nport = -1\n') == [
        "config.toml: redis: expected a section [redis]",
        "config.toml: listeners: expected a section [[listeners]]",
        "config.toml: web.port: -1: expected a port from 1 to 65535",
    ]


def test_key_in_the_wrong_section(file: Path) -> None:
    assert problems(file, '[server]\npool_max = 5\n_folder = "x"\n') == [
        'config.toml: server.pool_max: unknown key, did you mean "database.pool_max"?',
        "config.toml: server._folder: unknown key",
    ]


def test_very_deep_value(file: Path) -> None:
    line = "config.toml: web.port: a table: expected a port from 1 to 65535"
    assert problems(file, f"[web.port{'.a' * 2000}]\n") == [line]


def test_file_that_cannot_be_read(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^config\.toml: no such file$"):
        load(file, {})
    assert problems(file, "[web]\nport = \n") == ["config.toml: line 2, column 8: Invalid value"]


# --- what is not built yet

OTHER_VALUES = {
    "web.tls_cert": ('"a.pem"', '"a.pem"'),
    "web.tls_key": ('"a.pem"', '"a.pem"'),
    "web.metrics_allow": ("[]", "[]"),
}


def section_text(path: str, value: str) -> str:
    section, key = path.split(".")
    head = f"[[{section[:-2]}]]" if section.endswith("[]") else f"[{section}]"
    return f"{head}\n{key} = {value}\n"


def test_every_key_that_is_not_built_is_tried() -> None:
    assert set(OTHER_VALUES) == NOT_BUILT
    assert set(known_keys(Settings)) >= NOT_BUILT | SECRETS


@pytest.mark.parametrize("path", sorted(NOT_BUILT))
def test_not_built_is_refused(file: Path, path: str) -> None:
    value, shown = OTHER_VALUES[path]
    line = f"config.toml: {path.replace('[]', '[0]')}: {shown}: not available yet"
    assert problems(file, section_text(path, value)) == [line]


@pytest.mark.parametrize("path", sorted(NOT_BUILT))
def test_not_built_is_refused_also_when_the_value_makes_no_sense(file: Path, path: str) -> None:
    shown = "..." if path in SECRETS else "[[1], a table]".replace("[1]", "a list")
    line = f"config.toml: {path.replace('[]', '[0]')}: {shown}: not available yet"
    assert problems(file, section_text(path, "[[1], {}]")) == [line]


def test_not_built_with_its_default_is_taken(file: Path) -> None:
    file.write_text('[web]\nmetrics_allow = ["127.0.0.1/8", "::1"]\nsession_hours = 12\n')
    assert load(file, {}).web.session_hours == 12


# --- secrets


def test_no_secret_in_what_is_said(file: Path) -> None:
    text = '[database]\ndsn = "postgresql://u:hunter2@db.example/race"\n'
    file.write_text(text)
    loaded = load(file, {})
    assert "hunter2" not in repr(loaded) + str(loaded) + "\n".join(summary(loaded))
    assert "hunter2" not in "\n".join(problems(file, text.replace("dsn", "dns") + "pool_min = 0\n"))


def test_summary(file: Path, tmp_path: Path) -> None:
    file.write_text('[server]\ntimezone = "Europe/Berlin"\n[web]\nhost = "::"\n')
    assert summary(load(file, {})) == [
        "web:       http://[::]:8080",
        "listeners: chronotrack on 0.0.0.0:61611",
        f"database:  embedded PostgreSQL in {tmp_path / 'var'}",
        "sign-ins:  in each browser's cookie, encrypted",
        f"data:      {tmp_path / 'var'}",
        f"journal:   {tmp_path / 'var' / 'journal'}, at most 1024 MiB",
        "time zone: Europe/Berlin",
    ]


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://u:p%2Fw@db.example:5433/race", "PostgreSQL at db.example:5433, database race"),
        ("postgresql://db.example", "PostgreSQL at db.example, database (of the user)"),
        ("postgresql:///race?host=/run/postgresql", "PostgreSQL at the local socket, database race"),
        ("postgresql://a:1,b:2/race", "PostgreSQL at a:1,b:2, database race"),
        ("postgresql://[::1]:5432/race", "PostgreSQL at [::1]:5432, database race"),
    ],
)
def test_summary_of_a_database(dsn: str, expected: str) -> None:
    assert f"database:  {expected}" in summary(load(None, {"RACEHUB_DATABASE__DSN": dsn}))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://:hunter2@redis.example:6380/1", "redis.example:6380"),
        ("rediss://web:hunter2@redis.example", "redis.example"),
        ("redis://[::1]:6379/0?password=hunter2", "[::1]:6379"),
        ("unix://:hunter2@/run/redis.sock?db=1", "/run/redis.sock"),
        ("unix:///run/redis.sock?password=hunter2", "/run/redis.sock"),
    ],
)
def test_summary_of_a_redis(url: str, expected: str) -> None:
    said = summary(load(None, {"RACEHUB_REDIS__URL": url}))
    assert f"sign-ins:  in Redis at {expected}" in said and "hunter2" not in "\n".join(said)


# --- the shipped file


def dotted(raw: Mapping[str, Any]) -> list[str]:
    keys = []
    for name, section in raw.items():
        many = isinstance(section, list)
        keys += [f"{name}{'[]' if many else ''}.{key}" for key in (section[0] if many else section)]
    return keys


def test_shipped_file_has_every_key_and_no_other() -> None:
    assert dotted(tomllib.loads(SHIPPED.read_text("utf-8"))) == list(known_keys(Settings))


def test_shipped_file_has_a_comment_above_each_key() -> None:
    lines = SHIPPED.read_text("utf-8").splitlines()
    keys = [index for index, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    assert len(keys) == len(known_keys(Settings))
    assert [lines[index] for index in keys if not lines[index - 1].startswith("# ")] == []


def test_shipped_file_says_what_is_not_available_yet() -> None:
    section, said, comment = "", set(), ""
    for line in SHIPPED.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]") + ("[]" if line.startswith("[[") else "")
        if key := re.match(r"(\w+) = ", line):
            said |= {f"{section}.{key[1]}"} if "Not available yet." in comment else set()
        comment = comment + line if line.startswith("#") else ""
    assert said == NOT_BUILT
