"""What may be asked of a session; how it is answered over the API is in tests/web/api/test_session_changes.py."""

from datetime import UTC, datetime

import msgspec
import pytest

from hub.errors import Invalid
from hub.session_words import NewSession, SessionChange, check_change, check_new


def test_what_is_given_and_what_is_not() -> None:
    assert msgspec.json.decode(b"{}", type=SessionChange) == SessionChange()
    given = msgspec.json.decode(b'{"event_id":null}', type=SessionChange)
    assert given.event_id is None and given.session_name is msgspec.UNSET


def test_a_start_and_a_time_are_one_too_many() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    check_new(NewSession("x", scheduled_for=moment))
    check_new(NewSession("x", scheduled_for=moment, start=False))
    with pytest.raises(Invalid, match="starts at once"):
        check_new(NewSession("x", scheduled_for=moment, start=True))


def test_a_change_is_checked_as_what_is_new() -> None:
    check_change(SessionChange(scheduled_for=None))
    for words in (
        SessionChange(session_name=" "),
        SessionChange(scheduled_for=datetime(1, 1, 1, tzinfo=UTC)),
    ):
        with pytest.raises(Invalid):
            check_change(words)
