"""The settings of the hub: every key of config.toml, its default, its range, and how they are loaded.

Knows all keys and what they mean together. What one value may be is in config_values, the file is in
config_file, the environment's overrides in config_env, the wording of problems in config_report. Does not
know what the settings are used for.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import tzlocal
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from hub.config_env import overlay
from hub.config_file import drop_misshapen, places, read
from hub.config_report import NOT_BUILT_TEXT, Loc, Report, masked, path_text, pattern, section_model
from hub.config_values import (
    Dsn,
    Flag,
    Folder,
    FolderOrEmpty,
    Host,
    ListenerName,
    Name,
    Networks,
    Origins,
    PartnerSlug,
    Port,
    PublicUrl,
    RedisUrl,
    Secret,
    Text,
    Zone,
    choice,
    is_zone,
    whole,
)

LISTENERS_MAX = 32
SESSION_HOURS_MAX = 30 * 24
POOL_CONNECTIONS_MAX = 100
STATEMENT_TIMEOUT_S_MAX = 600
JOURNAL_MIB_MAX = 1024 * 1024
LINE_BYTES_MIN = 64  # shorter than any read that a controller sends
LINE_BYTES_MAX = 64 * 1024
CONNECTIONS_PER_ADDRESS_MAX = 10_000
DISPLAY_QUEUE_KIB_MAX = 64 * 1024
DISPLAYS_MAX = 100_000
UPLOAD_MIB_MAX = 1024
ROSTER_ROWS_MAX = 5_000_000
LOGIN_TRIES_MAX = 1000
CODE_TRIES_PER_MINUTE_MAX = 100_000
LATE_S_MAX = 7 * 24 * 3600
RETENTION_DAYS_MAX = 3650

# Keys of features that are not built yet: any value but the default is refused, never ignored.
NOT_BUILT = frozenset(
    {
        "web.tls_cert",
        "web.tls_key",
        "web.metrics_allow",
    }
)

# Keys whose value is a password or may hold one: shown without it, and left out of every repr.
SECRETS = frozenset({"web.session_secret", "database.dsn", "database.web_dsn", "redis.url"})


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Server(_Section):
    name: Name = "Race hub"
    public_url: PublicUrl = ""
    data_dir: Folder = "var"
    timezone: Zone = ""
    log_level: Annotated[str, choice("debug", "info", "warning", "error")] = "info"
    log_format: Annotated[str, choice("text", "json")] = "text"
    debug: Flag = False


class Web(_Section):
    host: Host = "0.0.0.0"  # noqa: S104  screens are other machines
    port: Port = 8080
    tls_cert: Text = ""
    tls_key: Text = ""
    trusted_proxies: Networks = ()
    cors_origins: Origins = ()
    legacy_dir: FolderOrEmpty = ""
    session_hours: Annotated[int, whole(1, SESSION_HOURS_MAX)] = 12
    session_secret: Secret = Field(default="", repr=False)
    metrics_allow: Networks = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


class Database(_Section):
    dsn: Dsn = Field(default="", repr=False)
    web_dsn: Dsn = Field(default="", repr=False)
    pool_min: Annotated[int, whole(1, POOL_CONNECTIONS_MAX)] = 2
    pool_max: Annotated[int, whole(1, POOL_CONNECTIONS_MAX)] = 10
    statement_timeout_s: Annotated[int, whole(1, STATEMENT_TIMEOUT_S_MAX)] = 10


class Redis(_Section):
    url: RedisUrl = Field(default="", repr=False)


class Journal(_Section):
    dir: FolderOrEmpty = ""
    max_mib: Annotated[int, whole(1, JOURNAL_MIB_MAX)] = 1024


class Listener(_Section):
    name: ListenerName = "chronotrack"
    protocol: Annotated[str, choice("chronotrack")] = "chronotrack"
    host: Host = "0.0.0.0"  # noqa: S104  readers are other machines
    port: Port = 61611
    partner: PartnerSlug = ""
    allow: Networks = ()
    auth: Annotated[str, choice("none", "optional", "required")] = "none"
    tls_cert: Text = ""
    tls_key: Text = ""


class Limits(_Section):
    line_bytes: Annotated[int, whole(LINE_BYTES_MIN, LINE_BYTES_MAX)] = 4096
    connections_per_address: Annotated[int, whole(1, CONNECTIONS_PER_ADDRESS_MAX)] = 32
    display_queue_kib: Annotated[int, whole(1, DISPLAY_QUEUE_KIB_MAX)] = 256
    displays: Annotated[int, whole(1, DISPLAYS_MAX)] = 5000
    upload_mib: Annotated[int, whole(1, UPLOAD_MIB_MAX)] = 10
    roster_rows: Annotated[int, whole(1, ROSTER_ROWS_MAX)] = 200_000
    login_tries: Annotated[int, whole(1, LOGIN_TRIES_MAX)] = 5
    code_tries_per_minute: Annotated[int, whole(1, CODE_TRIES_PER_MINUTE_MAX)] = 30
    late_s: Annotated[int, whole(1, LATE_S_MAX)] = 120


class Retention(_Section):
    end_sessions_after_days: Annotated[int, whole(0, RETENTION_DAYS_MAX)] = 7
    delete_ended_after_days: Annotated[int, whole(0, RETENTION_DAYS_MAX)] = 0


class Settings(_Section):
    """Everything of config.toml, checked. `Settings()`: the defaults, with paths from the working folder."""

    server: Server = Server()
    web: Web = Web()
    database: Database = Database()
    redis: Redis = Redis()
    journal: Journal = Journal()
    listeners: tuple[Listener, ...] = (Listener(),)
    limits: Limits = Limits()
    retention: Retention = Retention()

    # Absolute; where relative folders begin. Not a key: it follows from where the file is.
    _folder: Path = PrivateAttr(default_factory=Path.cwd)

    @property
    def data_path(self) -> Path:
        """`server.data_dir`, absolute: from the folder of the file, or without one the working folder."""
        return self._folder / self.server.data_dir

    @property
    def journal_path(self) -> Path:
        """`journal.dir`, absolute in the same way, or `journal` in the data folder."""
        return self._folder / self.journal.dir if self.journal.dir else self.data_path / "journal"

    def path_of(self, file: str) -> Path:
        """A file that a key names, absolute in the same way."""
        return self._folder / file

    @property
    def zone_name(self) -> str:
        """An IANA name: `server.timezone`, else the machine's own, else "UTC" when that cannot be told."""
        return self.server.timezone or _machine_zone() or "UTC"


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of a file (None: the defaults) with the overrides of `environ`.

    Raises ConfigError with every problem there is, in the order of the file, then of the environment.
    """
    report = Report(str(path or "defaults"), Settings, secrets=SECRETS, not_built=NOT_BUILT)
    raw = read(path) if path else {}
    order = list(places(raw))
    drop_misshapen(raw, report, Settings)
    order += overlay(raw, environ, report)
    settings, bad = _validate(raw, report)
    _refuse_not_built(settings, bad, report)
    _check_together(settings, bad, report)
    report.raise_if_any(order)
    if path:
        settings._folder = path.absolute().parent
    return settings


def summary(settings: Settings) -> list[str]:
    """What `check-config` says of good settings: a few lines, without any password."""
    listeners = ", ".join(f"{one.name} on {_address(one.host, one.port)}" for one in settings.listeners)
    return [
        f"web:       http://{_address(settings.web.host, settings.web.port)}",
        f"listeners: {listeners}",
        f"database:  {_database_text(settings)}",
        f"sign-ins:  {_sign_ins_text(settings.redis.url)}",
        f"data:      {settings.data_path}",
        f"journal:   {settings.journal_path}, at most {settings.journal.max_mib} MiB",
        f"time zone: {settings.zone_name}",
    ]


def _machine_zone() -> str:
    try:
        name = tzlocal.get_localzone_name()
    except (KeyError, ValueError, OSError):
        # A TZ or /etc/localtime that names no zone: sessions without an event then stand in UTC.
        return ""
    return name if name and is_zone(name) else ""


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _database_text(settings: Settings) -> str:
    if not settings.database.dsn:
        return f"embedded PostgreSQL in {settings.data_path}"
    url = urlsplit(masked(settings.database.dsn))
    host = url.netloc.rpartition("@")[2]
    return f"PostgreSQL at {host or 'the local socket'}, database {url.path.strip('/') or '(of the user)'}"


def _sign_ins_text(redis_url: str) -> str:
    if not redis_url:
        return "in each browser's cookie, encrypted"
    url = urlsplit(masked(redis_url))
    place = url.path if url.scheme == "unix" else url.netloc.rpartition("@")[2]
    return f"in Redis at {place or '...'}"


def _validate(raw: dict[str, Any], report: Report) -> tuple[Settings, set[Loc]]:
    """The settings, with defaults in the place of what is wrong, and the keys that are."""
    try:
        return Settings.model_validate(raw), set()
    except ValidationError as error:
        bad = report.add_errors(error, raw)
    for loc in bad:
        table: Any = raw
        for part in loc[:-1]:
            table = table[part]
        del table[loc[-1]]
    return Settings.model_validate(raw), bad


def values(model: BaseModel, loc: Loc = ()) -> Iterator[tuple[Loc, Any, Any]]:
    """Every key of a model: where, its value, its default."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if section_model(field.annotation) is None:
            yield (*loc, name), value, field.default
        elif isinstance(value, tuple):
            for index, one in enumerate(value):
                yield from values(one, (*loc, name, index))
        else:
            yield from values(value, (*loc, name))


def _refuse_not_built(settings: Settings, bad: set[Loc], report: Report) -> None:
    for loc, value, default in values(settings):
        if loc not in bad and pattern(loc) in NOT_BUILT and value != default:
            report.add_value(loc, written(value), NOT_BUILT_TEXT)


def written(value: Any) -> Any:
    """A value as it is written down: networks as text."""
    return [str(item) for item in value] if isinstance(value, tuple) else value


def _check_together(settings: Settings, bad: set[Loc], report: Report) -> None:
    """What keys may not be beside each other. Keys that are wrong by themselves are left out."""
    if not 1 <= len(settings.listeners) <= LISTENERS_MAX:
        report.add(("listeners",), f"expected 1 to {LISTENERS_MAX} sections [[listeners]]")
    _check_pool(settings.database, bad, report)
    _check_logins(settings.database, bad, report)
    _check_names(settings, bad, report)
    _check_addresses(settings, bad, report)
    _check_certificates(settings, bad, report)


def _check_pool(database: Database, bad: set[Loc], report: Report) -> None:
    low, high = ("database", "pool_min"), ("database", "pool_max")
    if database.pool_min <= database.pool_max or {low, high} & bad:
        return
    if "pool_min" in database.model_fields_set:
        report.add_value(low, database.pool_min, f"expected at most pool_max, which is {database.pool_max}")
    else:
        report.add_value(high, database.pool_max, f"expected at least pool_min, which is {database.pool_min}")


def _check_logins(database: Database, bad: set[Loc], report: Report) -> None:
    loc = ("database", "web_dsn")
    if database.web_dsn and not database.dsn and not {loc, ("database", "dsn")} & bad:
        report.add_value(loc, database.web_dsn, "expected a dsn as well, of the tables' owner")


def _check_names(settings: Settings, bad: set[Loc], report: Report) -> None:
    seen: set[str] = set()
    for index, listener in enumerate(settings.listeners):
        loc = ("listeners", index, "name")
        if loc in bad:
            continue
        if listener.name in seen:
            report.add_value(loc, listener.name, "expected a name that no other listener has")
        seen.add(listener.name)


def _check_addresses(settings: Settings, bad: set[Loc], report: Report) -> None:
    seen: dict[tuple[str, int], Loc] = {}
    ends: list[tuple[Loc, Web | Listener]] = [(("web",), settings.web)]
    ends += [(("listeners", index), listener) for index, listener in enumerate(settings.listeners)]
    for loc, end in ends:
        if not end.port or {(*loc, "host"), (*loc, "port")} & bad:
            continue
        first = seen.setdefault((end.host.lower(), end.port), loc)
        if first != loc:
            report.add_value(
                (*loc, "port"), end.port, f"expected a port that {path_text(first)} does not use"
            )


def _check_certificates(settings: Settings, bad: set[Loc], report: Report) -> None:
    for index, listener in enumerate(settings.listeners):
        given = {"tls_cert": listener.tls_cert, "tls_key": listener.tls_key}
        if {("listeners", index, key) for key in given} & bad or len(set(map(bool, given.values()))) == 1:
            continue
        (there,), (missing,) = ([key for key in given if bool(given[key]) is has] for has in (True, False))
        report.add_value(("listeners", index, there), given[there], f"expected a {missing} as well")
