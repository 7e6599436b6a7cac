"""What a single value of config.toml may be, and the words for it when it is something else.

Knows one value at a time: nothing of the other keys, of files, of the environment, or of what is built. Every
check raises ValueError with all of what was expected ("expected a port from 1 to 65535"); the value is never
in the text, because it may be a password. TOML's types are taken as they are: "8080" is no number, nor is true.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

TEXT_CHARS_MAX = 4096
NAME_CHARS_MAX = 100
LISTENER_NAME_CHARS_MAX = 32
SLUG_CHARS_MAX = 40
PORT_MAX = 65535
SECRET_CHARS_MIN = 16

Network = IPv4Network | IPv6Network

# Controls, line separators, and the halves of characters that an environment in another encoding leaves.
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?", re.ASCII)
_LISTENER_NAME = re.compile(r"[a-z0-9-]+", re.ASCII)
# A colon with anything but a number is most often a password with an unescaped "/", "?" or "#" in it.
_DSN_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(:\d{1,5})?", re.ASCII)
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
_DSN_SCHEMES = ("postgresql://", "postgres://")


def _is_text(value: object, chars_max: int = TEXT_CHARS_MAX) -> bool:
    """Control characters are refused everywhere: they break log lines, paths (NUL) and HTTP headers."""
    return isinstance(value, str) and len(value) <= chars_max and not _CONTROL.search(value)


def _is_slug(value: str) -> bool:
    return not value or (len(value) <= SLUG_CHARS_MAX and bool(_LISTENER_NAME.fullmatch(value)))


def text(expected: str, *, chars_min: int = 0, chars_max: int = TEXT_CHARS_MAX) -> BeforeValidator:
    """Printable text of a length in characters; blanks alone count as empty."""

    def check(value: Any) -> Any:
        if not _is_text(value, chars_max) or len(value.strip()) < chars_min:
            raise ValueError(f"expected {expected}")
        return value

    return BeforeValidator(check)


def matching(accept: Callable[[str], bool], expected: str) -> BeforeValidator:
    """Text that `accept` says yes to. A ValueError of `accept` is a no."""

    def check(value: Any) -> Any:
        try:
            good = _is_text(value) and accept(value)
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"expected {expected}")
        return value

    return BeforeValidator(check)


def whole(low: int, high: int) -> BeforeValidator:
    """A whole number from `low` to `high`, both included."""
    return _integer(low, high, f"expected a whole number from {low} to {high}")


def choice(*allowed: str) -> BeforeValidator:
    """One of these words, as they are written here."""
    quoted = [f'"{word}"' for word in allowed]
    words = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
    return matching(lambda value: value in allowed, words)


def _integer(low: int, high: int, expected: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(expected)
        return value

    return BeforeValidator(check)


def list_of(what: str) -> BeforeValidator:
    """A list; what its items may be is said by the items' own type."""

    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise ValueError(f"expected a list of {what}")
        return value

    return BeforeValidator(check)


def _flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _network(value: Any) -> Any:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        # ip_network takes whole numbers for addresses, too: 10 would become 0.0.0.10.
        return ip_network(value if isinstance(value, str) else "", strict=False)
    except ValueError:
        raise ValueError('expected a network such as "192.168.0.0/16" or "::1/128"') from None


def _is_host(value: str) -> bool:
    if ":" in value:
        return bool(ip_address(value))
    return bool(_HOST.fullmatch(value))


def _is_listener_name(value: str) -> bool:
    return bool(_LISTENER_NAME.fullmatch(value)) and len(value) <= LISTENER_NAME_CHARS_MAX and value != "web"


def _is_public_url(value: str) -> bool:
    return not value or (" " not in value and not set(value) & set("?#@\\") and _is_web_url(urlsplit(value)))


def _is_origin(value: str) -> bool:
    url = urlsplit(value)
    return bool(value) and value == value.lower() and not (url.path or "@" in value) and _is_public_url(value)


def _is_web_url(url: SplitResult) -> bool:
    # A port out of range makes url.port itself raise ValueError, which `matching` takes for a no.
    named = bool(url.hostname) and (url.port is None or url.port > 0)
    return url.scheme in ("http", "https") and named and not url.geturl().endswith("/")


def _is_dsn(value: str) -> bool:
    if not value:
        return True
    hosts = urlsplit(value).netloc.rpartition("@")[2].split(",")
    return value.startswith(_DSN_SCHEMES) and all(_DSN_HOST.fullmatch(host) for host in hosts)


def _is_redis_url(value: str) -> bool:
    if not value:
        return True
    url = urlsplit(value)
    place = url.path if url.scheme == "unix" else url.hostname
    return value.startswith(_REDIS_SCHEMES) and bool(place) and url.port != 0


def _is_secret(value: str) -> bool:
    return not value or len(value) >= SECRET_CHARS_MIN


def is_zone(value: str) -> bool:
    """Whether zoneinfo knows `value` as the name of a time zone."""
    try:
        return bool(ZoneInfo(value).key)
    except (KeyError, ValueError, OSError):
        # OSError: a folder of zones ("America") or a name too long for a file; ValueError: "../x", NUL.
        return False


Flag = Annotated[bool, BeforeValidator(_flag)]
Text = Annotated[str, text("text in quotes, on one line")]
Name = Annotated[
    str, text(f"1 to {NAME_CHARS_MAX} characters in quotes", chars_min=1, chars_max=NAME_CHARS_MAX)
]
Folder = Annotated[str, text('a folder such as "var"', chars_min=1)]
FolderOrEmpty = Annotated[str, text("a folder, or nothing")]
# 0 is taken as well, for any free port; the words leave it out because an admin wants to know the port.
Port = Annotated[int, _integer(0, PORT_MAX, f"expected a port from 1 to {PORT_MAX}")]
Host = Annotated[str, matching(_is_host, 'a host name or an address such as "0.0.0.0"')]
Zone = Annotated[
    str, matching(lambda value: not value or is_zone(value), 'an IANA time zone such as "Europe/Berlin"')
]
ListenerName = Annotated[
    str,
    matching(
        _is_listener_name,
        f'1 to {LISTENER_NAME_CHARS_MAX} lower-case letters, digits and "-", and not "web"',
    ),
]
PartnerSlug = Annotated[
    str,
    matching(
        _is_slug, f'the short name of a partner: at most {SLUG_CHARS_MAX} lower-case letters, digits and "-"'
    ),
]
PublicUrl = Annotated[
    str, matching(_is_public_url, 'a URL such as "https://race.example", without a "/" at the end')
]
Dsn = Annotated[str, matching(_is_dsn, 'a URL such as "postgresql://user:password@host/database"')]
Networks = Annotated[
    tuple[Annotated[Network, BeforeValidator(_network)], ...],
    list_of('networks such as ["192.168.0.0/16"]'),
]
Origin = Annotated[str, matching(_is_origin, 'an origin such as "https://screens.example"')]
Origins = Annotated[tuple[Origin, ...], list_of('origins such as ["https://screens.example"]')]
RedisUrl = Annotated[
    str, matching(_is_redis_url, 'a URL such as "redis://:password@host:6379/0" or "unix:///run/redis.sock"')
]
Secret = Annotated[str, matching(_is_secret, f"at least {SECRET_CHARS_MIN} characters, or nothing")]
