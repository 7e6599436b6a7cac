"""What is asked of the web, as far as it is parsed by functions of ours alone. Each target takes any bytes."""

from typing import Final

import msgspec
from aiohttp.test_utils import make_mocked_request
from msgspec import UNSET
from yarl import URL

from hub.errors import Invalid
from hub.model import INT64_MAX, Participant
from hub.places import Places
from hub.roster import Roster
from hub.session_words import NAME_CHARS_MAX, SessionChange, check_change
from hub.web import bodies, scope, sockets
from hub.web.api import sessions
from hub.web.screen_messages import SIZE_PX_MAX, Pong, ScreenState, parse

ROSTER: Final = Roster(
    [Participant(1, "2505", ("A1", "A9")), Participant(2, "7"), Participant(3, "7", ("B",))]
)


def screen(data: bytes) -> None:
    """Any text of a screen is messages whose fields have the right types and sizes, or a DecodeError."""
    frame = data.decode("utf-8", "surrogateescape")  # half characters, which aiohttp lets nobody send
    try:
        messages = parse(frame)
    except msgspec.DecodeError as problem:
        assert str(problem)
        return
    assert len(messages) == frame.count("\n") + 1
    for message in messages:
        again = msgspec.json.encode(message).decode()
        assert parse(again) == [message]
        if isinstance(message, ScreenState):
            assert len(message.size) == 2 and all(0 <= px <= SIZE_PX_MAX for px in message.size)
        elif not isinstance(message, Pong):
            for report in message.reports():
                assert 0 <= report.offset <= INT64_MAX and abs(report.ms) < float("inf")
                assert report.layout.isalpha() or not report.layout


def change(data: bytes) -> None:
    """Any body is a change of a session that the database can hold, or Invalid with words."""
    try:
        wanted = bodies.decode(data, SessionChange)
        check_change(wanted)
    except Invalid as problem:
        assert problem.message
        return
    assert wanted.purpose in (UNSET, "race", "rehearsal")
    if wanted.session_name is not UNSET:
        assert 1 <= len(wanted.session_name) <= NAME_CHARS_MAX
        assert "\0" not in wanted.session_name and wanted.session_name.encode()


def query(data: bytes) -> None:
    """Any query is a place to go on from and reads that the database can be asked for; or none, and Invalid with the
    name of a field."""
    try:
        url = URL("/?" + data.decode("latin-1"), encoded=True)
        request = make_mocked_request("GET", "/").clone(rel_url=url)
        session_id = request.query.get("session", "")
    except ValueError:
        return  # no address: aiohttp has answered 400
    resume = sockets._resume(request, session_id)
    if resume is not None:
        assert [str(number) for number in resume] == [
            request.query[name].lstrip("0") or "0" for name in ("session", "epoch", "after")
        ]
        assert all(0 <= number < 10**scope.NUMBER_CHARS_MAX for number in resume)
    try:
        wanted = sessions.wanted_reads(request, ROSTER, Places(), frozenset())
    except Invalid as problem:
        assert problem.field in ("after", "limit", "location", "tag")
        return
    assert 0 <= wanted.after <= INT64_MAX and 1 <= wanted.limit <= sessions.LIMIT_MAX
    for text in (*(wanted.locations or []), *(wanted.tags or [])):
        assert "\0" not in text and text.encode().decode() == text
