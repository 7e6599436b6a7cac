"""A controller's reads are worked out from their numbers: the same each time, and told again from what is stored."""

import pytest

from hub.protocols.chronotrack_client import Client
from hub.protocols.ct01 import LineParser
from tests.soak.reads import GUN_AT, POISON, POISON_EVERY, Controller, stream_of

START_US = 1_778_310_000_000_000
ID = "0" * 40


def controller(count: int) -> Controller:
    made = Controller(1, START_US)
    made.count = count
    return made


def lines(one: Controller, *, gun_first: bool = False, forgotten: int = 0) -> list[str]:
    """As a client streams them."""
    client = Client(stream_of(one, ID, "Soak", gun_first=gun_first, forgotten=forgotten))
    client.receive_data(b"RaceHub~1.0~2\r\nstream-mode=push\r\ntime-format=iso\r\nstart\r\n")
    sent = b""
    while data := client.data_to_send():
        sent += data
    return [line for line in sent.decode().split("\r\n") if line.startswith("CT01_33")]


@pytest.mark.parametrize("count", [0, 1, GUN_AT - 1, GUN_AT, 100])
def test_a_client_streams_each_once_and_the_gun_when_it_has_fallen(count: int) -> None:
    one = controller(count)
    sent = lines(one)
    assert len(sent) == one.items == count + (count >= GUN_AT)
    seen = [LineParser().parse(line.encode()) for line in sent]
    assert [each.sequence for each in seen] == list(range(1, len(seen) + 1))
    numbers = [one.number_of(each.time_text) for each in seen]
    assert sorted(numbers) == list(range(0 if count >= GUN_AT else 1, count + 1))
    assert [one.line(number, each.sequence) for number, each in zip(numbers, seen, strict=True)] == sent


def test_it_goes_on_where_it_was() -> None:
    one = controller(GUN_AT - 1)
    before = lines(one)
    one.count += 50
    assert lines(one)[: len(before)] == before


def test_a_restart_moves_the_gun_to_the_front_and_nothing_else() -> None:
    one = controller(100)
    live, again = lines(one), lines(one, gun_first=True)
    assert "GUNTIME" in live[GUN_AT - 1] and "GUNTIME" in again[0]
    assert sorted(line.split("~", 2)[2] for line in live) == sorted(line.split("~", 2)[2] for line in again)


def test_another_laptop_has_the_gun_and_the_last_reads() -> None:
    one = controller(100)
    again = lines(one, gun_first=True, forgotten=90)
    assert "GUNTIME" in again[0]
    assert [line.split("~", 2)[2] for line in again[1:]] == [
        line.split("~", 2)[2] for line in lines(one)[-10:]
    ]
    assert [line.split("~")[1] for line in again] == [str(number) for number in range(1, 12)]


def test_no_two_controllers_have_seen_the_same() -> None:
    contents = {line.split("~", 2)[2] for number in range(4) for line in lines(_of(number))}
    assert len(contents) == 4 * 101


def _of(number: int) -> Controller:
    made = Controller(number, START_US)
    made.count = 100
    return made


def test_what_it_has_never_seen() -> None:
    one = controller(10)
    with pytest.raises(KeyError):
        one.number_of("1999-01-01T00:00:00.00")
    after = lines(controller(11))[-1].split("~")[4]
    with pytest.raises(KeyError):
        one.number_of(after)


def test_some_are_to_be_refused() -> None:
    assert controller(POISON_EVERY).read(POISON_EVERY).tag == POISON
