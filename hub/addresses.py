"""Under which addresses others find this machine. Knows its network interfaces; refuses to know who listens on them
and for what.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

import ifaddr

Address = IPv4Address | IPv6Address

BRIDGES: Final = ("docker", "br-", "veth", "virbr", "vethernet")
"""How the interfaces of containers and virtual machines begin: what is behind them is this machine itself."""
ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address beyond every network at hand: the way to it is the default route."""
ASKED_CHARS_MAX: Final = 300
"""A name has 255 characters at the most. What is longer is no name, and no QR code would hold it."""
_ASKED: Final = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)


def reachable(bind_host: str) -> list[str]:
    """The addresses under which others reach what is bound to this host, the likeliest first: all of the machine
    for a wildcard, else the host itself. Without a network there are none."""
    if not is_wildcard(bind_host):
        return [bind_host]
    families = {"0.0.0.0": (4,), "::": (6,)}.get(bind_host, (4, 6))  # noqa: S104  compared, not bound
    return [str(each) for each in ordered(_interfaces(), _default()) if each.version in families]


def ordered(found: Iterable[tuple[str, Address]], default: Address | None) -> list[Address]:
    """What others can use, of (interface, address) pairs: IPv4 first, the default route's own first among them,
    those of bridges last."""
    usable = [(name, each) for name, each in found if not (each.is_loopback or each.is_link_local)]
    usable.sort(key=lambda pair: (pair[0].lower().startswith(BRIDGES), pair[1].version, pair[1] != default))
    return list(dict.fromkeys(each for _, each in usable))


def public_base(public_url: str, host: str, port: int, asked: str | None) -> str:
    """Where screens are sent: `server.public_url`, when it is set; else `asked`, the scheme and host that a browser
    has used to come here; else this machine's address. A phone that is given "localhost" finds only itself, so that
    is never passed on while the web is bound to all addresses. No slash at the end."""
    if public_url:
        return public_url.rstrip("/")
    if asked and _is_known(asked) and not (is_wildcard(host) and is_loopback(urlsplit(asked).hostname or "")):
        return asked
    first = next(iter(reachable(host)), "127.0.0.1")
    return f"http://{joined(first, port)}"


def _is_known(asked: str) -> bool:
    """Whether it is an address that can be passed on."""
    try:
        known = len(asked) <= ASKED_CHARS_MAX and _ASKED.fullmatch(asked) is not None
        return known and urlsplit(asked).port != 0
    except ValueError:
        return False


def joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_wildcard(host: str) -> bool:
    return host in ("0.0.0.0", "::", "")  # noqa: S104  compared, not bound


def from_here(host: str) -> str:
    """The host under which this machine itself reaches what is bound to this one."""
    if not is_wildcard(host):
        return host
    return "::1" if host == "::" else "127.0.0.1"


def is_address(host: str) -> bool:
    """Whether it is numbers, not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine itself gets there."""
    name = host.lower()
    return (
        ip_address(host).is_loopback
        if is_address(host)
        else name == "localhost" or name.endswith(".localhost")
    )


def _interfaces() -> list[tuple[str, Address]]:
    return [
        (adapter.nice_name, ip_address(each.ip if isinstance(each.ip, str) else each.ip[0]))
        for adapter in ifaddr.get_adapters()
        for each in adapter.ips
    ]


def _default() -> Address | None:
    """The address that the default route leaves from. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return None
        return ip_address(probe.getsockname()[0])
