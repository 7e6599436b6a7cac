"""Who is counted as one."""

import pytest

from hub.web.peers import peer_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("", None, True),
        ("not an address", "10.0.0.1", False),
    ],
)
def test_who_is_one_peer(one: str, other: str | None, same: bool) -> None:
    assert (peer_of(one) == peer_of(other)) is same
