"""How a part that works without end ends."""

import asyncio
import logging

import pytest

from hub.errors import NotOwner, StoreError
from hub.store.failing import failing

log = logging.getLogger(__name__)


def test_an_error_of_the_stores_goes_on_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with pytest.raises(NotOwner, match="taken over"), failing(told.append, "the part", log):
        raise NotOwner("taken over")
    assert told == ["taken over"] and not caplog.records


def test_a_fault_of_ours_is_logged_and_has_words(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with (
        pytest.raises(StoreError, match="the part has failed: KeyError"),
        failing(told.append, "the part", log),
    ):
        raise KeyError("oops")
    assert told == ["the part has failed: KeyError('oops')"]
    (record,) = caplog.records
    assert record.exc_info and record.name == __name__


def test_to_be_cancelled_is_no_end_to_tell_of() -> None:
    told: list[str] = []
    with pytest.raises(asyncio.CancelledError), failing(told.append, "the part", log):
        raise asyncio.CancelledError
    assert told == []
