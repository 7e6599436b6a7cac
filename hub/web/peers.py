"""Who is counted as one, where addresses are counted. Knows addresses; refuses to know what for."""

from ipaddress import IPv6Address, ip_address


def peer_of(remote: str | None) -> str:
    """Of IPv6 the network that one household, or one attacker, is given whole; else the address itself."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return remote or ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{int(address) >> 64:x}/64"
    return str(address)
