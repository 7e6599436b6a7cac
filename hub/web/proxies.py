"""Proxies between the visitors and the hub: whose word is taken for where a request comes from. Knows the headers
X-Forwarded-For, -Proto and -Host, and the networks of `web.trusted_proxies`; refuses to know what is asked.

Each proxy adds the address it sees to the right end of X-Forwarded-For. So it is read from there, as long as what has
added it is trusted: the first address that is not is the visitor's, and all to the left of it is what the visitor says.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from aiohttp import web

from hub.config_values import Network
from hub.web.middlewares import Handler
from hub.web.state import SEEN, settings

SCHEMES: Final = ("http", "https")
HOPS_MAX: Final = 32
"""Longer chains are made up."""
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?", re.ASCII)
_WITH_PORT: Final = re.compile(r"\[([^\]]*)\](:\d{1,5})?|([^:]*):\d{1,5}", re.ASCII)

Address = IPv4Address | IPv6Address


@web.middleware
async def behind_proxies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The request as the first proxy has got it: remote, scheme and host are the visitor's."""
    networks = settings(request).web.trusted_proxies
    changed = told(request, networks) if networks else {}
    if not changed:
        return await handler(request)
    request[SEEN] = seen = request.clone(**changed)
    return await handler(seen)


def told(request: web.BaseRequest, networks: Sequence[Network]) -> dict[str, Any]:
    """What the proxies say of the request, as arguments of `clone`; nothing when there is no trusted one, or none that
    says anything that makes sense."""
    peer = _address(request.remote or "")
    if peer is None or not _is_trusted(peer, networks):
        return {}
    changed: dict[str, Any] = {}
    hops = _listed(request, "X-Forwarded-For")
    place = _visitor(hops, networks)
    if place is not None:
        changed["remote"] = str(_address(hops[place]))
    scheme = _said(request, "X-Forwarded-Proto", hops, place).lower()
    if scheme in SCHEMES:
        changed["scheme"] = scheme
    host = _said(request, "X-Forwarded-Host", hops, place)
    if _HOST.fullmatch(host):
        changed["host"] = host
    return changed


def _visitor(hops: list[str], networks: Sequence[Network]) -> int | None:
    """Where in the list the visitor stands: the first from the right that is no trusted proxy, or else the last. None
    when something before it is no address: then all of it may be made up."""
    if not hops or len(hops) > HOPS_MAX:
        return None
    for place in reversed(range(len(hops))):
        address = _address(hops[place])
        if address is None:
            return None
        if not _is_trusted(address, networks):
            return place
    return 0


def _said(request: web.BaseRequest, name: str, hops: list[str], place: int | None) -> str:
    """Of a header to which each proxy adds its own: what the one has added that saw the visitor. Of any other: what the
    nearest says."""
    values = _listed(request, name)
    if not values:
        return ""
    return values[place] if place is not None and len(values) == len(hops) else values[-1]


def _listed(request: web.BaseRequest, name: str) -> list[str]:
    text = ",".join(request.headers.getall(name, []))
    return [each.strip(" \t") for each in text.split(",")] if text else []


def _address(text: str) -> Address | None:
    """Some proxies add the port."""
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((found[1] or found[3]) if found else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def _is_trusted(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
