"""What may be said of messages, and what the list is then."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.errors import Conflict, Invalid, NotFound
from hub.message_words import MESSAGES_MAX, MessageChange, NewMessage, arranged, changed, line, made
from hub.messages import PINNED, ROTATING, Message

NOON = datetime(2026, 5, 16, 12, tzinfo=UTC)
NOON_US = 1_778_932_800_000_000
HELD = [
    Message(number, kind, "public", f"line {number}", number) for number, kind in enumerate([PINNED] * 3, 1)
]


def test_a_message_is_one_line_at_the_end_of_its_kind() -> None:
    message = made(HELD, NewMessage("  Parking\n lot B \t is full ", "rotating", begins_at=NOON))
    assert message == Message(0, ROTATING, "public", "Parking lot B is full", MESSAGES_MAX, NOON_US)
    assert [each.text for each in arranged(HELD, message)] == ["Parking lot B is full"]
    last = made(HELD, NewMessage("x"))
    assert [(each.text, each.position) for each in arranged(HELD, last)][-1] == ("x", 4)


def test_what_is_said_now_is_pinned_above_all_others() -> None:
    message = made(HELD, NewMessage("Awards at noon", "rotating", now=True))
    assert (message.kind, message.begins_us) == (PINNED, None)
    assert [each.id for each in arranged(HELD, message)] == [0, 1, 2, 3]
    over = [Message(9, ROTATING, "public", "x", 1, 5, 10)]
    again = changed(over, 9, MessageChange(now=True), 20)
    assert (again.kind, again.position, again.begins_us, again.ends_us) == (PINNED, 1, None, None)
    assert changed(over, 9, MessageChange(now=True), 9).ends_us == 10, "it ends when it was to end"


def test_a_place_among_its_kind() -> None:
    third = changed(HELD, 3, MessageChange(position=1), 0)
    assert [(each.id, each.position) for each in arranged(HELD, third)] == [(3, 1), (1, 2), (2, 3)]
    beyond = changed(HELD, 1, MessageChange(position=MESSAGES_MAX), 0)
    assert [each.id for each in arranged(HELD, beyond)] == [2, 3, 1]
    turning = changed(HELD, 2, MessageChange(kind="rotating"), 0)
    assert arranged(HELD, turning) == [Message(2, ROTATING, "public", "line 2", 1)]


def test_what_is_not_given_stays() -> None:
    timed = [Message(1, PINNED, "crew", "x", 1, 10, 20)]
    assert changed(timed, 1, MessageChange(), 0) == timed[0]
    assert changed(timed, 1, MessageChange(ends_at=None, text="y"), 0) == Message(
        1, PINNED, "crew", "y", 1, 10
    )
    with pytest.raises(Invalid, match="begins_at"):
        changed(timed, 1, MessageChange(begins_at=NOON, now=True), 0)
    with pytest.raises(NotFound, match="no message 2"):
        changed(timed, 2, MessageChange(), 0)


@pytest.mark.parametrize(
    ("words", "field", "expected"),
    [
        ({"text": " \n "}, "text", "more than blanks"),
        ({"text": "x" * 201}, "text", "at most 200 characters, it has 201"),
        ({"text": "a\0b"}, "text", "control characters"),
        ({"text": "Go {{first_name}}"}, "text", "only a message for runners"),
        ({"text": "Go {{first_name}", "kind": "runner"}, "text", "{{first_name}}"),
        ({"text": "Go {{}}", "kind": "runner"}, "text", "{{first_name}}"),
        ({"text": "x", "kind": "runner", "audience": "crew"}, "audience", "public"),
        ({"text": "x", "begins_at": NOON, "ends_at": NOON}, "ends_at", "after begins_at"),
        ({"text": "x", "begins_at": NOON, "now": True}, "begins_at", "now"),
        ({"text": "x", "ends_at": datetime(1800, 1, 1, tzinfo=UTC)}, "ends_at", "1971 to 2999"),
    ],
)
def test_what_cannot_be_said(words: dict[str, Any], field: str, expected: str) -> None:
    with pytest.raises(Invalid) as refused:
        made(HELD, NewMessage(**words))
    assert refused.value.field == field and expected in refused.value.message


def test_a_session_has_so_many_and_no_more() -> None:
    full = [Message(number, PINNED, "public", "x", number) for number in range(MESSAGES_MAX)]
    made(full[1:], NewMessage("x"))
    with pytest.raises(Conflict, match="at most 200"):
        made(full, NewMessage("x"))


def test_what_is_filled_in_is_left_as_it_is() -> None:
    for text in ("Go {{first_name}}!", "{{ team name }} x {{bib}}", "{{Ünï}}", "no { braces }"):
        assert made((), NewMessage(text, "runner")).text == line(text)
