"""A session on the air for one audience; what comes of it on the way is in test_live.py."""

from hub.web.on_air import follows, resting
from hub.web.turns import Turns
from tests.web.test_live import read


def test_whether_they_are_the_next() -> None:
    assert follows(3, [read(4), read(5)])
    assert not follows(3, [read(5)])
    assert not follows(3, [read(4), read(6)])


def test_there_is_nothing_to_show() -> None:
    nothing = resting(Turns())
    assert (nothing.topic.offset, nothing.recent(), nothing.staff) == (0, b"", False)
