"""The server's side of CTP01 where clients say who they are: dialogues, with names and tags made up."""

import pytest

from hub.protocols.chronotrack import (
    ANSWERS_S_MAX,
    PROOF_S_MAX,
    UNPROVED,
    Authorizing,
    Ended,
    ServerConnection,
    State,
    WrongProtocol,
)
from tests.protocols.dialogue import (
    ANSWERS,
    ASKING,
    AUTHORIZE,
    DEADLINE,
    DONE,
    EOF,
    FINISH,
    GREETED,
    HELLO,
    NEW,
    PROOF,
    QUESTIONS,
    READS,
    SEED,
    USER,
    WELCOME,
    WRONG,
    talk,
)

CLAIM = Authorizing(USER, PROOF)
FALSE = b"authorize~alice~00\r\n"


@pytest.mark.parametrize("required", [False, True])
def test_a_client_that_proves_who_it_is_goes_on(required: bool) -> None:
    heard = talk(HELLO, AUTHORIZE, ANSWERS, READS, seed=SEED, required=required)
    assert heard.events == [GREETED, CLAIM, FINISH, DONE]
    assert heard.sequences == [2, 3, 4, 5] and heard.rejects == []
    assert heard.sent == ASKING + b"ack~authorize\r\n" + QUESTIONS + b"start\r\n"


@pytest.mark.parametrize("required", [False, True])
def test_a_wrong_proof_is_refused_and_ends_it(required: bool) -> None:
    heard = talk(HELLO, FALSE, NEW, READS, DEADLINE, EOF, seed=SEED, required=required)
    assert heard.events == [GREETED, Authorizing(USER, "00"), Ended(f"refused: {WRONG}")]
    assert heard.observations == []
    assert {reason for _, reason in heard.rejects} == {"came after the end of the dialogue"}
    assert len(heard.rejects) == 5
    assert heard.sent == ASKING + f"err~authorize~{WRONG}\r\n".encode()


@pytest.mark.parametrize(
    "line", [b"authorize", b"Authorize~alice", b"authorize~", b"authorize~~x~y", b"AUTHORIZE~a~b~c"]
)
def test_half_a_claim_is_none(line: bytes) -> None:
    heard = talk(HELLO, line + b"\r\n", seed=SEED, required=True)
    assert heard.events[-1] == Ended(f"refused: {WRONG}") and heard.rejects == []


def test_until_the_verdict_nothing_is_said_and_all_that_comes_waits() -> None:
    connection = ServerConnection("RaceHub", "1.0", seed=SEED, required=True)
    assert connection.receive_data(HELLO + b"ping\r\n" + AUTHORIZE + b"ping\r\n" + NEW + READS) == [
        GREETED,
        CLAIM,
    ]
    assert connection.data_to_send() == ASKING
    connection.ping()
    connection.ask_locations()
    connection.request_from("FINISH", 1)
    assert (connection.data_to_send(), connection.take(), connection.on_deadline()) == (b"", ([], []), [])
    assert connection.state is State.AWAIT_VERDICT and connection.deadline_s is None
    assert connection.authorized() == [FINISH]
    assert connection.data_to_send() == b"ack~authorize\r\n" + QUESTIONS + b"ack~ping\r\n"
    assert connection.authorized() == connection.refused("twice") == [] == connection.take()[1]


def test_who_leaves_before_the_verdict_has_sent_no_reads() -> None:
    connection = ServerConnection("RaceHub", "1.0", seed=SEED)
    connection.receive_data(HELLO + AUTHORIZE + READS)
    assert connection.receive_eof() == []
    observations, rejected = connection.take()
    assert observations == [] and len(rejected) == 4
    assert connection.authorized() == [] and connection.state is State.CLOSED


@pytest.mark.parametrize(
    "instead",
    [NEW, b"err~unknown setting\r\n", b"ack~init\r\n", READS, b"nonsense\r\n", b"authorise~a~b\r\n"],
)
def test_who_does_not_say_who_it_is_goes_on_where_that_is_not_required(instead: bytes) -> None:
    plain, asked = talk(HELLO, instead, ANSWERS, READS), talk(HELLO, instead, ANSWERS, READS, seed=SEED)
    assert asked == plain._replace(sent=plain.sent.replace(WELCOME, ASKING + QUESTIONS))
    refused = talk(HELLO, instead, ANSWERS, READS, seed=SEED, required=True)
    assert refused.events == [GREETED, Ended(UNPROVED)] and refused.sent == ASKING
    assert refused.observations == [] and refused.rejects[0] == (instead.split(b"\r\n")[0], UNPROVED)


def test_an_empty_user_is_told_to_go_on_where_that_is_not_required() -> None:
    heard = talk(HELLO, f"authorize~~{PROOF}\r\n".encode(), ANSWERS, READS, seed=SEED)
    assert heard.events == [GREETED, FINISH, DONE]
    assert heard.sent == ASKING + b"ack~authorize\r\n" + QUESTIONS + b"start\r\n"


def test_silence_is_no_proof() -> None:
    connection = ServerConnection("RaceHub", "1.0", seed=SEED)
    connection.receive_data(HELLO)
    assert connection.deadline_s == PROOF_S_MAX and PROOF_S_MAX + ANSWERS_S_MAX < 15
    assert talk(HELLO, DEADLINE, ANSWERS, seed=SEED).events == [GREETED, FINISH, DONE]
    assert talk(HELLO, DEADLINE, ANSWERS, seed=SEED, required=True).events == [GREETED, Ended(UNPROVED)]


def test_reads_without_a_greeting_are_kept_where_a_proof_is_required() -> None:
    heard = talk(READS, seed=SEED, required=True)
    assert heard.events == [Ended(UNPROVED)] and heard.sent == b""
    assert heard.observations == [] and len(heard.rejects) == 4
    assert talk(READS, seed=SEED).sequences == [2, 3, 4, 5]


def test_another_protocol_is_told_of_where_a_proof_is_required() -> None:
    heard = talk(HELLO, b"CS_01~1\r\n", DEADLINE, seed=SEED, required=True)
    assert isinstance(heard.events[1], WrongProtocol) and "ChuckScore" in heard.events[-1].reason  # type: ignore[union-attr]


def test_what_says_who_it_is_is_kept_nowhere() -> None:
    heard = talk(HELLO, ANSWERS, AUTHORIZE, AUTHORIZE[:20], EOF)
    assert [line for line, _ in heard.rejects] == [b"authorize"] * 2
