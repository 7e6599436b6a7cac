"""Where others find this machine."""

from ipaddress import ip_address

import pytest

from hub import addresses
from hub.addresses import is_loopback, joined, ordered, public_base, reachable

LAPTOP = [
    ("lo", "127.0.0.1"),
    ("lo", "::1"),
    ("docker0", "172.17.0.1"),
    ("br-5f2a", "172.18.0.1"),
    ("veth12", "10.1.1.1"),
    ("eth0", "169.254.7.7"),
    ("eth0", "fe80::1"),
    ("eth0", "2001:db8::7"),
    ("eth0", "10.0.0.7"),
    ("wlan0", "192.168.1.20"),
]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_interfaces", lambda: [(name, ip_address(text)) for name, text in LAPTOP])
    monkeypatch.setattr(addresses, "_default", lambda: ip_address("192.168.1.20"))


def test_the_default_routes_first_and_bridges_last() -> None:
    found = [(name, ip_address(text)) for name, text in LAPTOP]
    assert [str(each) for each in ordered(found, ip_address("192.168.1.20"))] == [
        "192.168.1.20",
        "10.0.0.7",
        "2001:db8::7",
        "172.17.0.1",
        "172.18.0.1",
        "10.1.1.1",
    ]


def test_without_a_default_route_as_the_system_lists_them() -> None:
    found = [(name, ip_address(text)) for name, text in LAPTOP]
    assert [str(each) for each in ordered(found, None)][:2] == ["10.0.0.7", "192.168.1.20"]
    assert ordered(found + found, None) == ordered(found, None)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("0.0.0.0", ["192.168.1.20", "10.0.0.7", "172.17.0.1", "172.18.0.1", "10.1.1.1"]),
        ("::", ["2001:db8::7"]),
        ("", ["192.168.1.20", "10.0.0.7", "2001:db8::7", "172.17.0.1", "172.18.0.1", "10.1.1.1"]),
        ("127.0.0.1", ["127.0.0.1"]),
        ("localhost", ["localhost"]),
        ("10.0.0.7", ["10.0.0.7"]),
    ],
)
def test_what_a_host_is_bound_to(host: str, found: list[str]) -> None:
    assert reachable(host) == found


@pytest.mark.parametrize(
    ("public_url", "host", "asked", "base"),
    [
        ("https://race.example/hub/", "0.0.0.0", "http://localhost:8080", "https://race.example/hub"),
        ("", "0.0.0.0", "http://10.0.0.7:8080", "http://10.0.0.7:8080"),
        ("", "0.0.0.0", "https://hub.local", "https://hub.local"),
        ("", "0.0.0.0", "http://localhost:8080", "http://192.168.1.20:8080"),
        ("", "0.0.0.0", "http://127.0.0.1:8080", "http://192.168.1.20:8080"),
        ("", "", "http://[::1]:8080", "http://192.168.1.20:8080"),
        ("", "::", "http://[::1]:8080", "http://[2001:db8::7]:8080"),
        ("", "0.0.0.0", None, "http://192.168.1.20:8080"),
        ("", "127.0.0.1", "http://localhost:8080", "http://localhost:8080"),
        ("", "127.0.0.1", None, "http://127.0.0.1:8080"),
        ("", "0.0.0.0", 'http://x"><script>', "http://192.168.1.20:8080"),
        ("", "0.0.0.0", "http://user@evil.example/", "http://192.168.1.20:8080"),
        ("", "0.0.0.0", "http://" + "a" * 255 + ":65535", "http://" + "a" * 255 + ":65535"),
        ("", "0.0.0.0", "http://" + "a" * 3000, "http://192.168.1.20:8080"),
    ],
)
def test_where_screens_are_sent(public_url: str, host: str, asked: str | None, base: str) -> None:
    assert public_base(public_url, host, 8080, asked) == base


def test_a_machine_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_interfaces", lambda: [("lo", ip_address("127.0.0.1"))])
    assert reachable("0.0.0.0") == []
    assert public_base("", "0.0.0.0", 8080, "http://localhost:8080") == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("LocalHost", True),
        ("a.localhost", True),
        ("192.168.1.20", False),
        ("hub.local", False),
        ("notlocalhost", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_joined() -> None:
    assert (joined("10.0.0.7", 80), joined("::1", 80)) == ("10.0.0.7:80", "[::1]:80")


def test_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real interfaces, whichever they are."""
    monkeypatch.undo()
    found = [ip_address(each) for each in reachable("")]
    assert not any(each.is_loopback or each.is_link_local for each in found)
    assert addresses._default() is None or addresses._default() in {*found, ip_address("127.0.0.1")}
