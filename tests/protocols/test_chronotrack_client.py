"""The client's side of CTP01: exchanges as recorded with SimpleClient 0.6.0, with names and tags made up."""

import pytest

from hub.protocols.chronotrack_client import LINE_BYTES_LIMIT, WAITING_CHARS_MAX, Client, State, encode
from hub.protocols.chronotrack_stream import Item, Stream, gun_item

US = 1_000_000
EIGHT_US = 1717228800 * US  # 2024-06-01 08:00
ID = "0123456789ABCDEF0123456789ABCDEF01234567"
HELLO = b"SimpleClient~0.6.0~CTP01\r\n"
NEW = b"CT01_33~0~FINISH~newlocation~00:00:00.00~0~0~0\r\n"
PUSH = (
    *["location=multi", "guntimes=true", "newlocations=true", "authentication=none"],
    "stream-mode=push",
    "time-format=iso",
)
PULL = PUSH[:4] + PUSH[5:]
GUN = b"CT01_33~1~FINISH~GUNTIME~2024-06-01T08:00:05.16~0~I0AB1C~0\r\n"
READS = [
    b"CT01_33~2~FINISH~4711~2024-06-01T08:00:00.00~1~0A11B2~4\r\n",
    b"CT01_33~3~FINISH~4712~2024-06-01T08:00:01.50~1~0A11B2~4\r\n",
    b"CT01_33~4~FINISH~4713~2024-06-01T08:00:03.00~1~0A11B2~4\r\n",
]
ALL = [GUN, *READS]


def read(number: int) -> Item:
    return Item(str(4711 + number), EIGHT_US + number * 1_500_000, 1, "0A11B2", 4)


def a_stream(reads: int = 3, *, first_sequence: int = 1) -> Stream:
    stream = Stream(ID, "24HILL", first_sequence=first_sequence)
    stream.append("FINISH", gun_item(EIGHT_US + 5_160_000, "I0AB1C"))
    for number in range(reads):
        stream.append("FINISH", read(number))
    return stream


def greeting(settings: tuple[str, ...]) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"RaceHub~1.0~{len(settings)}", *settings)).encode()


def drain(client: Client) -> bytes:
    pieces = []
    while piece := client.data_to_send():
        pieces.append(piece)
    return b"".join(pieces)


def talk(*said: str, settings: tuple[str, ...] = PUSH, stream: Stream | None = None) -> bytes:
    """The one helper: what the client says after its greeting when the server says this, the client being emptied
    after each line. The same whole and byte by byte; and with a remainder behind it, which must change nothing."""
    lines = [f"{line}\r\n".encode() for line in said]
    stream = stream or a_stream()
    answers = []
    for pieces in (
        [greeting(settings), *lines],
        [bytes([byte]) for line in (greeting(settings), *lines) for byte in line],
        [greeting(settings), *lines, b"pi"],
    ):
        client = Client(stream)
        assert drain(client) == HELLO
        got = b""
        for piece in pieces:
            client.receive_data(piece)
            got += drain(client)
        answers.append(got)
    assert answers[1:] == answers[:1] * 2
    return answers[0]


def ready(stream: Stream, settings: tuple[str, ...] = PUSH, *, announce_live: bool = False) -> Client:
    client = Client(stream, announce_live=announce_live)
    client.receive_data(greeting(settings))
    drain(client)
    return client


def test_a_whole_conversation() -> None:
    assert talk("getconnectionid", "geteventinfo", "getlocations", "start", "ping").split(b"\r\n") == [
        NEW.strip(),
        f"ack~getconnectionid~{ID}".encode(),
        b"ack~geteventinfo~24HILL~0~24HILL",
        b"ack~getlocations~FINISH",
        *(line.strip() for line in ALL),
        b"ack~ping",
        b"",
    ]


def test_all_in_one_segment() -> None:
    client = Client(a_stream())
    client.receive_data(greeting(PUSH) + b"getlocations\r\nstart~FINISH~4\r\n")
    assert drain(client) == HELLO + NEW + b"ack~getlocations~FINISH\r\n" + READS[2]


def test_no_location_yet() -> None:
    assert talk("getlocations", "start", stream=Stream(ID)) == b"ack~getlocations\r\n"


@pytest.mark.parametrize(
    "line", ["RaceHub~1.0", "RaceHub~1.0~CTP01~0", "RaceHub~1.0~x", "RaceHub~1.0~-1", "HTTP/1.1 400 No"]
)
def test_a_bad_greeting_ends_it(line: str) -> None:
    client = Client(a_stream())
    client.receive_data(f"{line}\r\n".encode())
    assert client.closed
    assert line in client.close_reason
    assert client.data_to_send() == b""


def test_names_with_blanks_and_no_settings() -> None:
    client = Client(a_stream())
    client.receive_data(b"Race Hub (v1)~1.0 beta~0\r\ngetlocations\r\nstart\r\n")
    assert (
        drain(client) == HELLO + b"ack~getlocations~FINISH\r\nerr~start~command unavailable in pull mode\r\n"
    )


def test_fewer_settings_than_announced_eat_a_command() -> None:
    client = Client(a_stream())
    client.receive_data(b"RaceHub~1.0~3\r\nstream-mode=push\r\nnewlocations=true\r\n")
    assert drain(client) == HELLO
    assert client.handshaking
    client.receive_data(b"getlocations\r\n")
    assert drain(client) == NEW
    assert not client.handshaking


def test_more_settings_than_announced_are_ignored() -> None:
    client = Client(a_stream())
    client.receive_data(
        b"RaceHub~1.0~1\r\nstream-mode=push\r\nnewlocations=true\r\ntime-format=iso\r\ngetlocations\r\n"
    )
    assert drain(client) == HELLO + b"ack~getlocations~FINISH\r\n"


@pytest.mark.parametrize("line", ["foo=bar", "nonsense line without equals", "foo=", "="])
def test_unknown_settings_are_ignored(line: str) -> None:
    assert talk(settings=(*PUSH, line)) == NEW


@pytest.mark.parametrize(
    "line",
    [
        "time-format=bogus",
        "location=bogus",
        "tagevent-format=XX",
        "tagevent-format=CT01_63",
        "stream-mode=bogus",
        "authentication=bogus",
        "authentication-seed=abc",
    ],
)
def test_invalid_values_end_it(line: str) -> None:
    client = Client(a_stream())
    client.receive_data(greeting((line, *PUSH)))
    assert client.close_reason == f"invalid setting: {line!r}"


def test_names_and_values_in_any_case() -> None:
    settings = (
        "Location=multi|GUNTIMES=TRUE|NewLocations=True|Authentication=None|Stream-Mode=Push|Time-Format=ISO"
    )
    assert talk("start", settings=tuple(settings.split("|"))) == NEW + b"".join(ALL)


def test_blanks_around_the_equals_sign_make_a_setting_not_count() -> None:
    settings = ("location = multi", "newlocations= true", "stream-mode= push")
    assert talk("start", settings=settings) == b"err~start~command unavailable in pull mode\r\n"


ASKING = ("authentication=hmac-sha1", "authentication-seed=abc123", "newlocations=true")


def asked(*settings: str, **who: str) -> Client:
    """A client that is asked who it is, its greeting read."""
    client = Client(a_stream(), **who)  # type: ignore[arg-type]
    drain(client)
    client.receive_data(greeting(settings or ASKING))
    return client


def test_it_says_who_it_is_before_anything_else() -> None:
    client = asked(user="alice", password="geheim")
    assert drain(client) == b"authorize~alice~2d2b63e16e427aa758c51828f9675a1e0a329e46\r\n"
    assert client.state is State.VERDICT and client.handshaking
    client.receive_data(b"ack~authorize\r\ngetlocations\r\n")
    assert drain(client) == NEW + b"ack~getlocations~FINISH\r\n"


def test_the_password_may_be_any_text() -> None:
    assert (
        drain(asked("authentication=plaintext", user="alice", password="Zd\xa5"))
        == b"authorize~alice~Zd\xa5\r\n"
    )
    assert drain(asked()) == b"authorize~~7923de71a3c569ab31857d0ac591b0eeb8d07e23\r\n"


@pytest.mark.parametrize("yes", ["whatever", "ping", "ack~authorize", "err~other~x"])
def test_anything_but_a_no_is_a_yes(yes: str) -> None:
    assert talk(yes, settings=ASKING).endswith(b"\r\n" + NEW)


@pytest.mark.parametrize(
    ("no", "reason"),
    [("err~authorize~bad password", "bad password"), ("ERR~authorize", "it does not say why")],
)
def test_a_no_ends_it(no: str, reason: str) -> None:
    client = asked(user="alice")
    client.receive_data(f"{no}\r\n".encode())
    assert client.close_reason == f"the server refuses 'alice': {reason}"


def test_connection_id_true_holds_back_the_locations() -> None:
    settings = (*PUSH, "connection-id=true")
    ack = f"ack~getconnectionid~{ID}\r\n".encode()
    assert talk("getlocations", settings=settings) == b"ack~getlocations~FINISH\r\n"
    assert talk("getconnectionid", "getconnectionid", settings=settings) == ack + NEW + ack
    assert talk("getconnectionid", settings=("stream-mode=push", "connection-id=true")) == ack


def test_an_lf_alone_ends_no_line() -> None:
    client = ready(a_stream())
    client.receive_data(b"ping\nping\r\n")
    assert client.data_to_send() == b""
    client.receive_data(b"ping\r")
    client.receive_data(b"\nping\r\n")
    assert client.data_to_send() == b"ack~ping\r\n" * 2


@pytest.mark.parametrize(
    "line", ["garbage", "foo~bar", "err~something", "ack~something", "ping~x", " ping", "getlocations~x"]
)
def test_unknown_lines_are_passed_over(line: str) -> None:
    assert talk(line, "PING") == NEW + b"ack~ping\r\n"


@pytest.mark.parametrize("data", [b"\r\n", b"x" * LINE_BYTES_LIMIT + b"\r\n", b"x" * LINE_BYTES_LIMIT])
def test_an_empty_or_a_long_line_makes_it_hang_up(data: bytes) -> None:
    client = ready(a_stream())
    client.receive_data(data + b"ping\r\n")
    assert client.close_reason in ("an empty line", "a line is too long")
    assert client.data_to_send() == b""
    client.receive_data(b"ping\r\n")
    assert client.data_to_send() == b""


def test_the_end_of_the_longest_line_may_come_by_half() -> None:
    client = ready(a_stream())
    client.receive_data(b"x" * (LINE_BYTES_LIMIT - 1) + b"\r")
    client.receive_data(b"\nping\r\n")
    assert client.data_to_send().endswith(b"ack~ping\r\n")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("start~NOPE", "err~start~invalid location requested"),
        ("start~FINISH~0", "err~start~invalid start sequence number requested"),
        ("start~FINISH~-3", "err~start~invalid start sequence number requested"),
        ("start~FINISH~abc", "err~start~invalid start sequence number requested"),
        ("start~FINISH~2~x", "err~start~invalid paramater count"),
        ("stop~NOPE", "err~stop~invalid location requested"),
        ("stop~a~b", "err~stop~invalid paramater count"),
        ("getdata~5", "err~getdata~command unavailable in push mode"),
    ],
)
def test_errors_have_these_very_words_and_end_nothing(line: str, answer: str) -> None:
    assert talk(line, "ping") == NEW + f"{answer}\r\nack~ping\r\n".encode()


@pytest.mark.parametrize(
    "line", ["start", "START", "start~", "start~FINISH", "start~finish", "start~FINISH~", "start~FINISH~1"]
)
def test_from_the_beginning(line: str) -> None:
    assert talk(line) == NEW + b"".join(ALL)


def test_resume_is_inclusive() -> None:
    assert talk("start~FINISH~3") == NEW + READS[1] + READS[2]


@pytest.mark.parametrize("sequence", [5, 99999])
def test_past_the_end_nothing_until_something_new_comes(sequence: int) -> None:
    stream = a_stream()
    client = ready(stream)
    client.receive_data(f"start~FINISH~{sequence}\r\n".encode())
    assert client.data_to_send() == b""
    stream.append("FINISH", read(3))
    assert client.data_to_send() == b"CT01_33~5~FINISH~4714~2024-06-01T08:00:04.50~1~0A11B2~4\r\n"


def test_a_second_start_does_nothing_and_a_resume_jumps() -> None:
    assert (
        talk("start~FINISH~4", "start", "start~FINISH", "start~FINISH~3")
        == NEW + READS[2] + READS[1] + READS[2]
    )


def test_after_a_stop_it_begins_at_one() -> None:
    assert talk("start~FINISH~4", "stop", "start~FINISH") == NEW + READS[2] + b"".join(ALL)
    assert talk("start~FINISH~4", "stop~FINISH", "stop") == NEW + READS[2]


def test_pushmode_ack_answers_a_bare_start_only() -> None:
    settings = (*PUSH, "pushmode-ack=true")
    assert talk("start", settings=settings) == NEW + b"ack~start\r\n" + b"".join(ALL)
    assert talk("start~FINISH", "stop", "start~FINISH~4", settings=settings) == NEW + b"".join(ALL) + READS[2]
    assert talk("start", settings=(*PUSH, "pushmode-ack=TRUE")) == NEW + b"".join(ALL)


def test_answers_come_between_reads() -> None:
    client = ready(a_stream())
    client.receive_data(b"start\r\n")
    assert client.data_to_send(2) == GUN + READS[0]
    client.receive_data(b"ping\r\ngetlocations\r\n")
    assert client.data_to_send(3) == b"ack~ping\r\nack~getlocations~FINISH\r\n" + READS[1]
    assert client.data_to_send(3) == READS[2]
    assert client.done


def test_formats_are_used() -> None:
    settings = ("stream-mode=push", "newlocations=true", "tagevent-format=CT01_13", "time-format=unix")
    assert talk("start~FINISH~4", settings=settings) == (
        b"CT01_13,0,FINISH,newlocation,00:00:00.00,0,0,0\r\nCT01_13,4,FINISH,4713,1717228803.00,1,0A11B2,4\r\n"
    )
    assert talk("start~FINISH~4", settings=("stream-mode=push",)) == READS[2].replace(b"2024-06-01T", b"")


def three() -> Stream:
    stream = Stream(ID)
    for name, count in (("LEFT", 2), ("MID", 1), ("RIGHT", 4)):
        for number in range(count):
            stream.append(name, read(number))
    return stream


def places(data: bytes) -> list[str]:
    return ["".join(line.decode().split("~")[2:0:-1]) for line in data.splitlines()]


ROUNDS = ["LEFT1", "MID1", "RIGHT1", "LEFT2", "RIGHT2", "RIGHT3", "RIGHT4"]


@pytest.mark.parametrize("lines_max", [1, 2, 3, 4, 5, 250])
def test_one_line_of_each_in_turn_however_they_are_fetched(lines_max: int) -> None:
    client = ready(three())
    client.receive_data(b"start\r\n")
    got = []
    while data := client.data_to_send(lines_max):
        assert len(data.splitlines()) <= lines_max
        got += places(data)
    assert got == ROUNDS
    assert client.lines_sent == 7


def test_locations_start_and_stop_one_by_one() -> None:
    client = ready(three())
    client.receive_data(b"start~MID\r\nstart~RIGHT~4\r\n")
    assert places(drain(client)) == ["MID1", "RIGHT4"]
    assert not client.done
    client.receive_data(b"start\r\nstop~RIGHT\r\n")
    assert places(drain(client)) == ["LEFT1", "LEFT2"]


def test_locations_are_announced_at_connect_only() -> None:
    stream = a_stream()
    client = ready(stream)
    client.receive_data(b"start\r\n")
    drain(client)
    stream.append("EXTRA", read(0))
    assert drain(client) == b""
    client.receive_data(b"getlocations\r\nstart~EXTRA\r\n")
    assert places(drain(client)[27:])[-1:] == ["EXTRA1"]


def test_or_live_as_later_clients_do() -> None:
    stream = a_stream()
    client = ready(stream, announce_live=True)
    stream.append("EXTRA", read(0))
    assert drain(client) == NEW.replace(b"FINISH", b"EXTRA")
    assert drain(client) == b""
    silent = ready(stream, PUSH[3:], announce_live=True)
    stream.append("MORE", read(0))
    assert drain(silent) == b""


def test_a_stream_that_begins_later() -> None:
    stream = a_stream(first_sequence=3)
    assert talk("start", stream=stream) == NEW + READS[1] + READS[2]
    assert talk("start~FINISH~1", stream=stream) == NEW + READS[1] + READS[2]
    assert talk("getdata~1", settings=PULL, stream=stream) == NEW + READS[1] + b"ack~getdata~0\r\n"
    assert talk("start", stream=a_stream(0, first_sequence=9)) == NEW


def test_getdata_goes_on_where_the_last_ended() -> None:
    end = b"ack~getdata~0\r\n"
    assert talk("getdata~2", "getdata~1", "getdata~9", "getdata~9", settings=PULL) == (
        NEW + ALL[0] + ALL[1] + end + ALL[2] + end + ALL[3] + end + end
    )
    assert talk("getdata~2~FINISH~3", "getdata~5", settings=PULL) == NEW + ALL[2] + ALL[3] + end + end


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("getdata", "err~getdata~invalid seqnr parameter"),
        ("getdata~x", "err~getdata~invalid seqnr parameter"),
        ("getdata~3~NOPE", "err~getdata~unknown location"),
        ("getdata~3~FINISH~0", "err~start~invalid start sequence number requested"),
        ("getdata~0", "ack~getdata~0"),
        ("getdata~-1", "ack~getdata~0"),
        ("getdata~2~FINISH~999999", "ack~getdata~0"),
        ("start", "err~start~command unavailable in pull mode"),
        ("stop", "err~stop~command unavailable in pull mode"),
    ],
)
def test_pull_mode_answers(line: str, answer: str) -> None:
    assert talk(line, "ping", settings=PULL) == NEW + f"{answer}\r\nack~ping\r\n".encode()


def test_pulled_lines_are_handed_out_in_pieces() -> None:
    client = ready(a_stream(), PULL)
    client.receive_data(b"getdata~99\r\nping\r\n")
    pieces = [client.data_to_send(2) for _ in range(4)]
    assert pieces == [GUN + READS[0], READS[1] + READS[2], b"ack~getdata~0\r\nack~ping\r\n", b""]
    assert client.done


def test_the_next_connection_has_the_same_id_and_numbers() -> None:
    stream = a_stream()
    first = ready(stream)
    first.receive_data(b"start\r\n")
    assert first.data_to_send(2) == GUN + READS[0]
    first.connection_lost()
    assert (first.closed, first.state, first.data_to_send()) == (True, State.CLOSED, b"")
    second = ready(stream)
    second.receive_data(b"getconnectionid\r\nstart~FINISH~3\r\n")
    assert drain(second) == f"ack~getconnectionid~{ID}\r\n".encode() + READS[1] + READS[2]


def test_a_restart_ends_connections_and_shifts_sequences() -> None:
    stream = a_stream(1)
    stream.append("FINISH", gun_item(EIGHT_US, "I0AB1C"))
    old = ready(stream)
    stream.restart("F" * 40)
    old.receive_data(b"ping")
    assert (old.data_to_send(), old._inbox) == (b"", b"")
    assert old.close_reason == "the session was selected again"
    new = ready(stream)
    new.receive_data(b"start~FINISH~2\r\n")
    assert places(drain(new)) == ["FINISH2", "FINISH3"]
    assert stream.location("FINISH").items[2] == read(0)


def test_a_rewind_streams_again_at_the_next_start() -> None:
    stream = a_stream()
    client = ready(stream)
    client.receive_data(b"start~FINISH~4\r\n")
    assert drain(client) == READS[2]
    stream.rewind()
    assert drain(client) == b""
    client.receive_data(b"start\r\n")
    assert drain(client) == b"".join(ALL)
    assert not client.closed


def test_text_is_single_byte_where_it_can_be() -> None:
    stream = Stream(ID, "Zürich")
    stream.append("Zürich", read(0))
    stream.append("Łódź", read(0))
    client = ready(stream)
    client.receive_data(b"geteventinfo\r\nstart\r\n")
    event, *lines = drain(client).splitlines()
    assert event == "ack~geteventinfo~Zürich~0~Zürich".encode("latin-1")
    assert [line.split(b"~")[2] for line in lines] == ["Zürich".encode("latin-1"), "Łódź".encode()]
    client.receive_data(b"start~" + encode("Zürich") + b"~1\r\nstart~" + encode("Łódź") + b"~1\r\n")
    assert drain(client).splitlines() == lines
    assert encode("\ud800") == b"?"


def test_a_server_that_does_not_read_its_answers_is_left() -> None:
    client = ready(a_stream())
    for _ in range(WAITING_CHARS_MAX // 10 // 1000 + 1):
        client.receive_data(b"ping\r\n" * 1000)
    assert client.close_reason == "the server asks and does not read the answers"
    assert client.data_to_send() == b""
