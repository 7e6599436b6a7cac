"""The first lines of a server, as SimpleClient 0.6.0 takes them."""

import pytest

from hub.protocols.chronotrack_client import Client, Settings
from hub.protocols.chronotrack_greeting import QUESTIONS, TEXT_CHARS_MAX, greeting, short
from hub.protocols.chronotrack_stream import Stream


@pytest.mark.parametrize("seed", ["", "00ff" * 8])
def test_a_client_takes_all_of_it_and_then_commands(seed: str) -> None:
    client = Client(Stream("A" * 40, "24HILL"))
    client.data_to_send()
    client.receive_data(b"\r\n".join([*greeting(b"RaceHub~1.0", seed), b""]))
    wanted = Settings(push=True, newlocations=True, time_format="iso")
    if seed:
        wanted.authentication, wanted.seed = "hmac-sha1", seed
        assert client.data_to_send().startswith(b"authorize~~")
        client.receive_data(b"ack~authorize\r\n")
    assert client.settings == wanted and not client.handshaking
    client.receive_data(b"\r\n".join([*QUESTIONS, b""]))
    assert client.data_to_send().count(b"ack~get") == len(QUESTIONS)


def test_it_says_how_many_settings_there_are() -> None:
    assert greeting(b"RaceHub~1.0", "")[0] == b"RaceHub~1.0~6"
    said = greeting(b"RaceHub~1.0", "ab")
    assert said[0] == b"RaceHub~1.0~7" and said[-1] == b"authentication-seed=ab"


def test_what_a_client_says_of_itself_is_short_and_printable() -> None:
    assert short("  a\x1b[2J b\n") == "a[2J b"
    assert len(short("x" * 1000)) == TEXT_CHARS_MAX
