"""The server's side of CTP01: dialogues as ChronoTrack's clients hold them, with names, tags and times made up."""

import pytest

from hub.model import INT64_MAX, Rejected
from hub.protocols.chronotrack import (
    ANSWERS_S_MAX,
    FAULTS_TOLD_MAX,
    GREETING_S_MAX,
    HELD_BYTES_MAX,
    LOCATIONS_MAX,
    Ended,
    Greeted,
    HandshakeDone,
    LocationAnnounced,
    PeerFault,
    ServerConnection,
    State,
    WrongProtocol,
)
from hub.protocols.lines import LINE_BYTES_MAX
from tests.protocols.dialogue import (
    ACK_EVENT,
    ACK_ID,
    ACK_LOCATIONS,
    ANSWERS,
    DEADLINE,
    DONE,
    EOF,
    FINISH,
    GREETED,
    GUN,
    HELLO,
    NEW,
    PING,
    READS,
    WELCOME,
    Heard,
    Owner,
    Step,
    asking,
    streaming,
    talk,
)

# The handshake


def test_a_whole_dialogue() -> None:
    heard = talk(HELLO, NEW, ACK_ID, ACK_EVENT, ACK_LOCATIONS, GUN + READS, EOF)
    assert heard.events == [GREETED, FINISH, DONE]
    assert heard.sequences == [1, 2, 3, 4, 5]
    assert [seen.gun for seen in heard.observations] == [True] + [False] * 4
    assert heard.rejects == []
    assert heard.sent == WELCOME + b"start\r\n"


def test_a_handshake_and_reads_in_one_segment() -> None:
    owner = Owner()
    owner.step(HELLO + ANSWERS + GUN + READS)
    assert owner.heard.events == [GREETED, FINISH, DONE]
    assert owner.heard.sequences == [1, 2, 3, 4, 5]
    assert owner.heard.sent == WELCOME + b"start\r\n"
    assert owner.connection.state is State.STREAMING


def test_it_waits_for_a_client_that_takes_three_seconds_to_greet() -> None:
    connection = ServerConnection("RaceHub", "1.0")
    assert connection.data_to_send() == b""
    assert connection.deadline_s == GREETING_S_MAX > 15
    assert talk(DEADLINE, HELLO) == Heard(
        [Ended("no greeting")], [], [Rejected(HELLO.strip(), "came after the end of the dialogue")], b""
    )


def test_a_client_that_does_not_know_a_question_is_started_at_the_deadline() -> None:
    connection = ServerConnection("RaceHub", "1.0")
    connection.receive_data(HELLO)
    assert connection.deadline_s == ANSWERS_S_MAX < 15
    heard = talk(HELLO, NEW + ACK_EVENT + ACK_LOCATIONS, DEADLINE, ACK_ID, READS)
    assert heard.events == [
        GREETED,
        FINISH,
        HandshakeDone("SimpleClient", "0.6.0", "", "24HILL", ("FINISH",)),
    ]
    assert heard.sent == WELCOME + b"start\r\n"
    assert heard.sequences == [2, 3, 4, 5]


@pytest.mark.parametrize("state", [State.AWAIT_START, State.STREAMING])
def test_nothing_is_overdue_after_the_handshake(state: State) -> None:
    connection = ServerConnection("RaceHub", "1.0")
    connection.receive_data(HELLO + ANSWERS)
    if state is State.STREAMING:
        connection.start({})
    assert (connection.state, connection.deadline_s, connection.on_deadline()) == (state, None, [])


def test_a_question_may_be_refused_in_words() -> None:
    heard = talk(
        HELLO, ACK_EVENT + ACK_LOCATIONS, b"err~getconnectionid~unknown command\r\n", b"ERR~getlocations\r\n"
    )
    done = HandshakeDone("SimpleClient", "0.6.0", "", "24HILL", ("FINISH",))
    assert heard.events == [
        GREETED,
        FINISH,
        PeerFault("getconnectionid~unknown command"),
        done,
        PeerFault("getlocations"),
    ]


def test_any_number_of_other_acknowledgements() -> None:
    init = b"ack~init\r\n"
    heard = talk(init + HELLO, init * 3 + ANSWERS, init, b"ack~\r\nACK~start~x\r\n")
    assert heard.events == [GREETED, FINISH, DONE]
    assert heard.rejects == []


def test_answers_in_any_case_and_without_values() -> None:
    heard = talk(HELLO, b"ACK~GetConnectionId\r\nack~GETEVENTINFO\r\nack~getlocations~~ \r\n")
    assert heard.events == [GREETED, HandshakeDone("SimpleClient", "0.6.0", "", "", ())]


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b"RaceTool Pro~1.2.3~CTP01~x", Greeted("RaceTool Pro", "1.2.3", "CTP01")),
        (b" a~ b ~ ctp01 ", Greeted("a", "b", "ctp01")),
        (b"~~CTP01", Greeted("", "", "CTP01")),
        (b"Z\xfcri\x07~1~CTP01", Greeted("Züri", "1", "CTP01")),
        (b"x" * 500 + b"~1~CTP01", Greeted("x" * 200, "1", "CTP01")),
    ],
)
def test_greetings_of_other_clients(line: bytes, event: Greeted) -> None:
    heard = talk(line + b"\r\n", ANSWERS)
    assert heard.events[0] == event
    assert heard.sent == WELCOME + b"start\r\n"


def test_a_second_greeting_is_no_read() -> None:
    assert streaming(HELLO).rejects == [(HELLO.strip(), "neither a read nor an answer")]


def test_the_test_button_is_no_fault() -> None:
    heard = talk(HELLO, EOF)
    assert heard.events == [GREETED, HandshakeDone("SimpleClient", "0.6.0", "", "", ())]
    assert heard.rejects == []
    assert heard.sent == WELCOME


def test_nobody_there() -> None:
    assert talk(EOF, EOF, DEADLINE) == Heard([], [], [], b"")


# The wrong protocol


def test_another_version_of_the_protocol() -> None:
    reason = "protocol CTP02: this server speaks CTP01"
    heard = talk(b"SimpleClient~9.0~CTP02\r\n", GUN, EOF)
    assert heard.events == [Greeted("SimpleClient", "9.0", "CTP02"), Ended(reason)]
    assert [line for line, _ in heard.rejects] == [b"SimpleClient~9.0~CTP02", GUN.strip()]
    assert heard.rejects[0][1] == reason
    assert heard.sent == b""


def test_lynx() -> None:
    line = b"\x01Z,08:00:05.160"
    heard = talk(b"%b\r\n%b\r\n" % (line, line), DEADLINE)
    advice = "choose ChronoTrack Socket Protocol 1 instead of Lynx"
    assert heard.events == [WrongProtocol("Lynx", advice), Ended(f"Lynx instead of CTP01: {advice}")]
    assert heard.rejects == [(line, "expected a greeting: program~version~CTP01")] * 2
    assert heard.sent == b""


def test_chuckscore() -> None:
    lines = [
        b"CS_01~1~0~0~0~GUNSTART~2024-06-01T08:00:05.16~I0AB1C~0~0~P",
        b"CS_01~1~160~18~4711~FINISH~2024-06-01T08:00:09.64~0A11B2~2~1~P",
    ]
    heard = streaming(b"".join(line + b"\r\n" for line in lines), READS)
    assert heard.events == [
        WrongProtocol("ChuckScore", "choose ChronoTrack Socket Protocol 1 instead of ChuckScore")
    ]
    assert heard.rejects == [(line, "a ChuckScore line") for line in lines]
    assert heard.sequences == [2, 3, 4, 5]


def test_who_streams_without_a_greeting_is_heard_and_hears_no_command() -> None:
    heard = talk(GUN + READS, NEW.replace(b"FINISH", b"MID"), PING, asking("FINISH", 3), HELLO)
    assert heard.events == [HandshakeDone("", "", "", "", ()), LocationAnnounced("MID")]
    assert heard.sequences == [1, 2, 3, 4, 5]
    assert heard.rejects == [(HELLO.strip(), "neither a read nor an answer")]
    assert heard.sent == b""


def test_who_sends_nonsense_first_may_still_greet() -> None:
    heard = talk(b"GET / HTTP/1.1\r\n\r\nCT01_99~1\r\na~b~c\r\n", HELLO, ANSWERS)
    assert heard.events == [GREETED, FINISH, DONE]
    assert [line for line, _ in heard.rejects] == [b"GET / HTTP/1.1", b"CT01_99~1", b"a~b~c"]


def test_an_authorization_is_not_kept() -> None:
    line = b"Authorize~alice~secret"
    heard = talk(HELLO, line + b"\r\n", ANSWERS, line + b"x" * 9000 + b"\r\n" + line, EOF, line + b"\r\n")
    assert [kept for kept, _ in heard.rejects] == [b"Authorize"] * 4
    assert heard.events[:3] == [GREETED, FINISH, DONE]


# Reads


def test_reads_before_the_answers_are_held_until_it_is_known_whose_they_are() -> None:
    owner = Owner()
    owner.step(HELLO + NEW + GUN + READS[:58])
    assert owner.heard.observations == []
    owner.step(READS[58:])
    owner.step(ACK_ID + ACK_EVENT + ACK_LOCATIONS)
    assert owner.heard.events == [GREETED, FINISH, DONE]
    assert owner.heard.sequences == [1, 2, 3, 4, 5]
    assert owner.heard.sent == WELCOME + b"start\r\n"


@pytest.mark.parametrize("last", [DEADLINE, EOF])
def test_and_are_not_lost_with_a_client_that_never_answers(last: Step) -> None:
    heard = talk(HELLO + READS, last)
    assert heard.events == [GREETED, HandshakeDone("SimpleClient", "0.6.0", "", "", ())]
    assert heard.sequences == [2, 3, 4, 5]


def test_and_so_many_are_not_waited_with() -> None:
    owner = Owner()
    owner.step(HELLO)
    count = HELD_BYTES_MAX // len(READS.replace(b"\r\n", b"")) + 1
    owner.step(READS * count)
    assert owner.connection.state is State.STREAMING
    assert len(owner.heard.observations) == 4 * count
    assert owner.heard.sent == WELCOME + b"start\r\n"


def test_reads_between_handshake_and_start_are_given_at_once() -> None:
    connection = ServerConnection("RaceHub", "1.0")
    connection.receive_data(HELLO + ANSWERS + READS)
    assert len(connection.take()[0]) == 4
    assert connection.data_to_send() == WELCOME


@pytest.mark.parametrize("separator", [b",", b";", b"~", b"|", b"\t"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_other_layouts_than_the_one_asked_for(separator: bytes, end: bytes) -> None:
    heard = streaming((NEW.replace(b"FINISH", b"MID") + READS).replace(b"~", separator).replace(b"\r\n", end))
    assert heard.sequences == [2, 3, 4, 5]
    assert heard.sent == b"start~MID\r\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"CT01_33~0~FINISH~4711~2024-06-01T08:00:00.00~1~0A11B2~4", "sequence: '0'"),
        (b"CT01_33~9223372036854775808~FINISH~1~2024-06-01T08:00:00.00~1~0A11B2~4", "sequence: '92233"),
        (b"CT01_33~1~~4711~2024-06-01T08:00:00.00~1~0A11B2~4", "location: "),
        (b"CT01_33~1~FINISH~~2024-06-01T08:00:00.00~1~0A11B2~4", "tag: "),
        (b"CT01_33~1~FINISH~47\x0011~2024-06-01T08:00:00.00~1~0A11B2~4", "a NUL byte"),
        (b"CT01_33~1~FINISH~4711~yesterday~1~0A11B2~4", "time: "),
        (b"CT01_33~1~FINISH~4711~2024-06-01T08:00:00.00~1~0A11B2", "7 fields: expected 8"),
        (b"CT01_33~0~~newlocation~00:00:00.00~0~0~0", "location: "),
        (b"CT01_3B~  12~FINISH   ~  4711~ 08:16:44.24~  1~0A11B2~ 2", "format 'CT01_3B~'"),
        (b"hello", "neither a read nor an answer"),
        (b"ping~x", "neither a read nor an answer"),
        (b"\xff\xfe", "neither a read nor an answer"),
    ],
)
def test_a_line_that_is_no_read_is_kept_with_its_reason(line: bytes, reason: str) -> None:
    heard = streaming(line + b"\r\n", READS)
    assert [kept for kept, _ in heard.rejects] == [line]
    assert heard.rejects[0][1].startswith(reason)
    assert heard.sequences == [2, 3, 4, 5]


def test_of_a_line_too_long_the_beginning_is_kept() -> None:
    heard = streaming(b"CT01_33~" + b"x" * 9000 + b"\r\n", READS)
    reason = f"a line of more than {LINE_BYTES_MAX} bytes"
    assert heard.rejects == [
        (b"CT01_33~" + b"x" * (LINE_BYTES_MAX - 8), f"{reason}; its rest is dropped"),
    ]
    assert heard.events == [PeerFault(reason)]
    assert heard.sequences == [2, 3, 4, 5]


def test_the_end_in_the_middle_of_a_line_keeps_what_came_of_it() -> None:
    heard = talk(HELLO, ANSWERS, READS + b"CT01_33~6~FIN", EOF, EOF)
    assert heard.sequences == [2, 3, 4, 5]
    assert heard.rejects == [(b"CT01_33~6~FIN", "the connection ended in the middle of this line")]


def test_after_the_end_nothing_is_started_asked_or_read() -> None:
    heard = streaming(EOF, PING, asking("FINISH", 1), READS, NEW.replace(b"FINISH", b"MID"), b"ping\r\n")
    assert (heard.events, heard.observations, heard.sent) == ([], [], b"")
    assert {reason for _, reason in heard.rejects} == {"came after the end of the dialogue"}
    assert len(heard.rejects) == 6


# Locations


def test_a_location_in_mid_stream_is_started_once() -> None:
    new = NEW.replace(b"FINISH", b"MID")
    heard = streaming(new, new.replace(b"MID", b"mid"), b"ack~getlocations~FINISH~MID~END\r\n", NEW)
    assert heard.events == [LocationAnnounced("MID"), LocationAnnounced("END")]
    assert heard.sent == b"start~MID\r\nstart~END\r\n"


def test_and_where_it_was_if_that_is_known() -> None:
    resume = {"finish": 17, "mid": 4}
    heard = streaming(NEW.replace(b"FINISH", b"Mid"), NEW.replace(b"FINISH", b"NEW"), resume=resume)
    assert heard.sent == b"start~Mid~4\r\nstart~NEW\r\n"


@pytest.mark.parametrize("wire", ["Zürich Süd".encode(), "Zürich Süd".encode("latin-1")])
def test_commands_spell_a_location_as_the_client_does(wire: bytes) -> None:
    again = asking("ZÜRICH süd", 3)
    announced = NEW.replace(b"FINISH", wire)
    answered = b"ack~getlocations~FINISH~" + wire + b"\r\n"
    only_read = READS.replace(b"FINISH", wire)
    asked = b"start~%b~3\r\n" % wire
    assert streaming(announced, again).sent == b"start~" + wire + b"\r\n" + asked
    assert streaming(answered, again).sent == b"start~" + wire + b"\r\n" + asked
    assert streaming(only_read, asking("Zürich Süd", 3)).sent == asked


@pytest.mark.parametrize(
    "wire", [b"A~1", b"A\rB", b"\x1c\rA", b"x" * 129, b"\x1c" * 1000 + b"A"], ids=lambda wire: wire[:6]
)
def test_no_command_is_made_of_a_name_that_would_break_it(wire: bytes) -> None:
    line = NEW.replace(b"~", b",").replace(b"FINISH", wire)
    heard = streaming(line, asking("A~1", 5), asking("A\rB", 5))
    assert heard.sent == b""
    assert [kept for kept, _ in heard.rejects] == [line.strip()]


def test_locations_are_bounded() -> None:
    names = [b"P%d" % number for number in range(LOCATIONS_MAX)]
    answer = b"ack~getlocations~" + b"~".join(names)
    heard = streaming(answer + b"\r\n", NEW.replace(b"FINISH", b"P7"), NEW.replace(b"FINISH", b"MORE"))
    assert len(heard.events) == LOCATIONS_MAX - 1
    assert heard.sent.count(b"start~P") == LOCATIONS_MAX - 1
    assert [line for line, _ in heard.rejects] == [answer, NEW.replace(b"FINISH", b"MORE").strip()]


# Commands


def test_it_resumes_only_where_something_is_known() -> None:
    answers = ANSWERS.replace(b"~FINISH\r", b"~FINISH~Mid\r")
    for resume, commands in (
        ({}, b"start\r\n"),
        ({"elsewhere": 9}, b"start\r\n"),
        ({"finish": 17}, b"start~FINISH~17\r\nstart~Mid\r\n"),
        ({"mid": 4, "finish": 17}, b"start~FINISH~17\r\nstart~Mid~4\r\n"),
    ):
        assert talk(HELLO, answers, resume=resume).sent == WELCOME + commands


def test_a_start_that_is_not_due_does_nothing() -> None:
    connection = ServerConnection("RaceHub", "1.0")
    connection.start({})
    assert connection.state is State.AWAIT_GREETING
    connection.receive_data(HELLO + ANSWERS)
    connection.start({})
    connection.start({"finish": 3})
    assert connection.data_to_send() == WELCOME + b"start\r\n"


def test_a_location_is_asked_for_from_a_sequence() -> None:
    heard = streaming(asking("finish", 3), asking("Other Point", 1), asking("FINISH", INT64_MAX))
    assert heard.sent == b"start~FINISH~3\r\nstart~Other Point~1\r\nstart~FINISH~%d\r\n" % INT64_MAX


def test_pings_go_both_ways() -> None:
    heard = streaming(b"ping\r\nPING\r\n", PING, b"ack~ping\r\n")
    assert heard.sent == b"ack~ping\r\nack~ping\r\nping\r\n"
    assert (heard.events, heard.rejects) == ([], [])
    assert talk(HELLO, b"ping\r\n").sent == WELCOME + b"ack~ping\r\n"


def test_a_refused_command_is_told_but_not_for_ever() -> None:
    line = b"err~start~invalid location requested\r\n"
    assert streaming(line, READS).events == [PeerFault("start~invalid location requested")]
    assert len(streaming(line * 1000).events) == FAULTS_TOLD_MAX
