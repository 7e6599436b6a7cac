"""Which messages are in force at an instant, which one is up, which one a runner gets."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hub.messages import CREW, NONE, PINNED, PUBLIC, ROTATING, RUNNER, Message, Messages
from hub.model import US_PER_S

S = US_PER_S
AUDIENCES = (PUBLIC, "announcer", CREW)


def message(
    number: int, kind: str = ROTATING, audience: str = PUBLIC, position: int = 0, **times: int
) -> Message:
    return Message(number, kind, audience, f"line {number}", position or number, **times)


def test_they_are_in_their_order_by_kind() -> None:
    held = Messages(
        [message(4, RUNNER), message(3), message(2, PINNED, position=2), message(1, PINNED, position=9)]
    )
    assert [each.id for each in held] == [2, 1, 3, 4]


def test_a_message_is_in_force_from_its_beginning_until_its_end() -> None:
    timed = message(1, PINNED, begins_us=10 * S, ends_us=20 * S)
    held = Messages([timed, message(2, PINNED)])
    at = {second: [each.id for each in held.in_force(second * S, PINNED)] for second in (9, 10, 19, 20)}
    assert at == {9: [2], 10: [1, 2], 19: [1, 2], 20: [2]}
    assert [timed.is_over(second * S) for second in (9, 19, 20)] == [False, False, True]


def test_those_that_take_turns_do_so_by_the_time_of_day_alone() -> None:
    held = Messages([message(1), message(2), message(3, ends_us=90 * S)], every_s=10)
    up = [held.up(second * S) for second in range(0, 120, 5)]
    assert [each.id for each in up if each] == [1, 1, 2, 2, 3, 3] * 3 + [2, 2, 1, 1, 2, 2]
    assert NONE.up(0) is None and Messages([message(1, audience=CREW)]).up(0) is None


def test_screens_hear_of_what_is_public_and_not_over() -> None:
    held = Messages(
        [
            message(1, PINNED),
            message(2, PINNED, audience=CREW),
            message(3, ROTATING, begins_us=50 * S),
            message(4, ROTATING, ends_us=5 * S),
            message(5, RUNNER),
        ]
    )
    assert [each.id for each in held.for_screens(10 * S)] == [1, 3]
    assert [each.id for each in held.for_people(10 * S)] == [1, 2, 3, 5]


@given(
    st.lists(
        st.builds(
            message,
            st.integers(1, 99),
            st.sampled_from((PINNED, ROTATING, RUNNER)),
            st.sampled_from(AUDIENCES),
        )
    )
)
def test_nothing_for_the_crew_is_ever_for_a_screen(messages: list[Message]) -> None:
    assert {each.audience for each in Messages(messages).for_screens(0)} <= {PUBLIC}


def test_which_one_a_runner_gets_follows_from_session_offset_and_version() -> None:
    messages = [message(number, RUNNER) for number in range(1, 6)]
    one, same, other = Messages(messages), Messages(reversed(messages)), Messages(messages, version=1)
    offsets = range(1, 2001)
    given_to = [one.of_runner(7, offset, 0) for offset in offsets]
    assert given_to == [same.of_runner(7, offset, 0) for offset in offsets]
    assert given_to != [other.of_runner(7, offset, 0) for offset in offsets]
    assert given_to != [one.of_runner(8, offset, 0) for offset in offsets]
    assert given_to[:6] == ["line 5", "line 4", "line 2", "line 3", "line 1", "line 4"], "as it was yesterday"
    for each in (given_to, given_to[::2], given_to[1::2]):
        assert min(Counter(each).values()) > 0.75 * len(each) / len(messages)


def test_a_runner_gets_what_was_in_force_when_the_read_came() -> None:
    held = Messages(
        [message(1, RUNNER, ends_us=10 * S), message(2, RUNNER, begins_us=10 * S, ends_us=20 * S)]
    )
    assert {held.of_runner(1, offset, 5 * S) for offset in range(1, 99)} == {"line 1"}
    assert {held.of_runner(1, offset, 15 * S) for offset in range(1, 99)} == {"line 2"}
    assert held.of_runner(1, 1, 25 * S) is None and NONE.of_runner(1, 1, 0) is None
