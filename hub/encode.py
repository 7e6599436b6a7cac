"""Live messages as bytes, each made once. Knows the shapes of the wire; refuses to know who gets them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final, Protocol

import msgspec

from hub import display_control
from hub.marks import Call, Mark, Said
from hub.messages import NONE, Message, Messages
from hub.model import (
    KIND_READ,
    KIND_VOID,
    MARK_HIDDEN,
    MARK_TEST,
    PURPOSE_REHEARSAL,
    US_PER_S,
    DisplayRow,
    Participant,
    Race,
    Read,
    ScreenRow,
    SessionRow,
    TemplateRow,
)
from hub.places import Places
from hub.results import Start
from hub.roster import normal
from hub.told import NOTHING, Fields, Known

CALLED_OFFSETS: Final = 500
"""Of how many it is said to whoever watches a session which of them were said."""
RECENT_OFFSETS: Final = 200
"""What `hello.recent` carries: enough for any list on a wall, 100 KB at the most."""

CARD_S_MAX: Final = 60
"""For how long a display may be wished to show a card."""
SECONDS_KEPT: Final = 4096
EAST_ASIAN_FROM: Final = "\u3000"
"""Most names are told apart by their first letter."""
_EAST_ASIAN: Final = re.compile(
    "[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
START_AGE_US_MAX: Final = 24 * 3600 * US_PER_S
"""A start of yesterday has no clock any more."""

_encode: Final = msgspec.json.Encoder().encode


class SessionView(Protocol):
    """What a message says of a session."""

    @property
    def row(self) -> SessionRow: ...
    @property
    def epoch(self) -> int: ...
    @property
    def zone(self) -> tzinfo: ...
    @property
    def starts(self) -> tuple[Start, ...]: ...
    @property
    def places(self) -> Places: ...
    @property
    def crew(self) -> frozenset[str]: ...
    @property
    def said(self) -> Said: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def known(self) -> Known: ...

    def pinned(self, offset: int) -> Read | None: ...
    def who(self, tag: str) -> Participant | None: ...
    def marks(self, read: Read) -> tuple[str, ...]: ...


def iso(us: int, zone: tzinfo = UTC) -> str:
    """An instant in microseconds as ISO 8601 with offset, to the millisecond."""
    seconds, rest = divmod(us, US_PER_S)
    try:
        second, offset = _second(seconds, zone)
    except (OverflowError, ValueError, OSError):  # a clock in the year 1 or 9999: the day says nothing
        (second, offset), rest = _second(0, UTC), 0
    return f"{second}.{rest // 1000:03d}{offset}"


@lru_cache(maxsize=SECONDS_KEPT)
def _second(seconds: int, zone: tzinfo) -> tuple[str, str]:
    """A second of time, and its offset. Kept: reads that come together are of the same few."""
    text = datetime.fromtimestamp(seconds, zone).isoformat(timespec="seconds")
    return text[:19], text[19:]


def runner(
    participant: Participant, read: Read, time_text: str, location: str, beside: Fields = NOTHING
) -> dict[str, str]:
    """The flat runner fields that existing screens know, all strings; a roster's own columns and whatever else is told
    beside them."""
    fields = dict(participant.custom)
    if beside:
        fields.update(beside)
    return fields | {
        "name": full_name(participant.first_name, participant.last_name),
        "first_name": participant.first_name,
        "last_name": participant.last_name,
        "age": participant.age,
        "gender": participant.gender,
        "city": participant.city,
        "state": participant.state,
        "country": participant.country,
        "division": participant.division,
        "race_name": participant.race_name,
        "wave": participant.wave,
        "team_name": participant.team_name,
        "bib": participant.bib,
        "tag_code": read.tag,
        "location": location,
        "lap": str(read.lap),
        "timestamp": time_text[11:19],
    }


def full_name(first: str, last: str) -> str:
    """As it is read aloud: in the scripts of China, Japan and Korea the family name comes first, without a space."""
    if first > EAST_ASIAN_FROM and last > EAST_ASIAN_FROM and _EAST_ASIAN.fullmatch(first + last):
        return last + first
    return f"{first} {last}".strip()


def read_fields(
    read: Read,
    zone: tzinfo,
    participant: Participant | None,
    places: Places,
    marks: tuple[str, ...],
    beside: Fields = NOTHING,
) -> dict[str, Any]:
    """What a screen and `/api/sessions/{id}/reads` say of a read; `runner` only when it is known who it was.
    `marks`: its own, as of now."""
    time_text = iso(read.read_us, zone)
    location = read.location
    if places:
        marks = (*marks, MARK_HIDDEN) if places.is_hidden(location) else marks
        location = places.shown(location)
    fields: dict[str, Any] = {
        "offset": read.offset,
        "kind": read.kind,
        "marks": marks,
        "location": location,
        "tag": read.tag,
        "bib": participant.bib if participant else None,
        "time": time_text,
        "lap": read.lap,
        "received_at": iso(read.received_us),
    }
    if participant is not None:
        fields["runner"] = runner(participant, read, time_text, location, beside)
    return fields


def read_message(session: SessionView, read: Read, *, staff: bool = False) -> bytes:
    """What everybody is told under this read's offset, or those who have signed in; of what is not shown, that there is
    nothing under it."""
    if not is_shown(session, read):
        return retract(read.offset)
    who = session.who(read.tag)
    return _encode(_read(session, read, *_told(session.known, who, staff=staff)))


def read_messages(session: SessionView, read: Read) -> tuple[bytes, bytes]:
    """The same for everybody and for those who have signed in: the very same bytes where they are told the same."""
    if not is_shown(session, read):
        gone = retract(read.offset)
        return gone, gone
    who, known = session.who(read.tag), session.known
    seen, beside = _told(known, who)
    public = _encode(_read(session, read, seen, beside))
    if seen is who:
        return public, public
    return public, _encode(_read(session, read, *_told(known, who, staff=True)))


def _told(known: Known, who: Participant | None, *, staff: bool = False) -> tuple[Participant | None, Fields]:
    if who is None:
        return None, NOTHING
    return known.staff(who) if staff else known.public(who)


def _read(session: SessionView, read: Read, who: Participant | None, beside: Fields) -> dict[str, Any]:
    fields = read_fields(read, session.zone, who, session.places, session.marks(read), beside)
    words = runner_message(session, read)
    if words is not None:
        fields["message"] = words
    return {"type": "read", **fields}


def runner_message(session: SessionView, read: Read) -> str | None:
    """What the hub says with this runner, to be filled in by who shows it; None: nothing."""
    if read.kind != KIND_READ:
        return None
    return session.messages.of_runner(session.row.id, read.offset, read.received_us)


def is_shown(session: SessionView, read: Read) -> bool:
    """Whether there is anything to show of what has this offset: no void row, none of the crew's tags, and nothing of a
    test that is over."""
    if read.kind == KIND_VOID or (MARK_TEST in read.marks and not session.row.testing):
        return False
    return not (session.crew and normal(read.tag) in session.crew)


def retract(offset: int) -> bytes:
    """There is nothing under this offset any more."""
    return _encode({"type": "retract", "offset": offset})


def correction(
    session: SessionView,
    read: Read,
    shown: Participant | None,
    before: Known | None = None,
    *,
    staff: bool = False,
) -> bytes | None:
    """What was told of this read, when it was `shown` and this much was known (`before`; None: as much as now), is now
    known better; None: it is the same. `runner` null: not known any more."""
    who, known = session.who(read.tag), session.known
    if (who is shown and before is None) or not is_shown(session, read):
        return None
    time_text = iso(read.read_us, session.zone)
    location = session.places.shown(read.location)
    was, now = (
        runner(seen, read, time_text, location, beside) if seen else None
        for seen, beside in (_told(before or known, shown, staff=staff), _told(known, who, staff=staff))
    )
    if was == now:
        return None
    return _encode({"type": "correction", "offset": read.offset, "runner": now})


def tick(now_us: int, offset: int) -> bytes:
    return _encode({"type": "tick", "now": iso(now_us), "offset": offset})


def bye(code: int, reason: str, again: bool, move: str = "") -> bytes:
    """`move`: the code of another display, to which the screen is to go."""
    moving = {"move": move} if move else {}
    return _encode({"type": "bye", "code": code, "reason": reason, "again": again, **moving})


def wish(kind: str) -> bytes:
    """What somebody wishes of a screen, in a word: identify, reload."""
    return _encode({"type": kind})


def screen_settings(row: ScreenRow, own: str) -> bytes:
    """What one screen is told of itself. `own`: what it is to call itself from now on."""
    return _encode(
        {"type": "settings", "screen": {"id": row.id, "own": own, "name": row.name, "blank": row.blank}}
    )


def hello(
    session: SessionView | None,
    display: DisplayRow | None,
    *,
    offset: int,
    recovered: bool,
    now_us: int,
    recent: bytes,
    before: bytes = b"[]",
    emergency: str = "",
    template: TemplateRow | None = None,
    counts: bytes | None = None,
    size: int = 0,
) -> bytes:
    """`recent`: messages encoded before and joined by commas, which are taken as they are. `before`: of the reads
    before those, see `hub.web.earlier`. Without a session there is nothing to show: the screen rests. Without a display
    it is for somebody who watches the session, who has `marks`, `calls` and `roster` beside.
    `emergency`: the line over everything else; empty: none. `template`: the display's; None: the hub's own layout.
    `counts`: of `count_fields`; None: nobody is to know. `size`: of the roster."""
    head = _encode(
        {
            "type": "hello",
            "epoch": session.epoch if session else 0,
            "offset": offset,
            "recovered": recovered,
            "now": iso(now_us),
            "session": _session_fields(session) if session else None,
            "starts": _starts(session, now_us) if session else [],
            "display": _display_fields(display, session) if display else None,
            "emergency": emergency,
            "stars": session.said.stars if session else (),
            **message_fields(session.messages if session else NONE, now_us, people=display is None),
            "template": template_ref(template, display.code) if template and display else None,
        }
        | (_said(session.said, offset) | {"roster": {"size": size}} if session and not display else {})
    )
    return b'%b,"counts":%b,"recent":[%b],"before":%b}' % (head[:-1], counts or b"null", recent, before)


def template(row: TemplateRow | None, code: str) -> bytes:
    """What the display of this code looks like from now on; None: as the hub's own layout."""
    return _encode({"type": "template", "template": template_ref(row, code) if row else None})


def template_ref(row: TemplateRow, code: str) -> dict[str, object]:
    """Where a screen of this display has it from. What is at the address never changes."""
    url = f"/api/display/{code}/template/{row.id}/{row.version}"
    return {"name": row.name, "version": row.version, "url": url}


def starts(session: SessionView, now_us: int) -> bytes:
    """Who has started, and when: what all race clocks count from. Replaces what was said before."""
    return _encode({"type": "starts", "starts": _starts(session, now_us)})


def _starts(session: SessionView, now_us: int) -> list[dict[str, object]]:
    return [
        {
            "location": start.location,
            "race": start.race,
            "guns": [iso(gun_us, session.zone) for gun_us in start.guns_us],
        }
        for start in session.starts
        if now_us - start.guns_us[0] < START_AGE_US_MAX
    ]


def count_fields(roster: int, figures: Sequence[tuple[str, int, int]]) -> bytes:
    """How many are on the roster, and (location, runners, reads) of each location that has any and of all, ""."""
    names = ("location", "runners", "reads")
    counts = [dict(zip(names, figure, strict=True)) for figure in figures]
    return _encode({"roster": roster, "counts": counts})


def counts(fields: bytes) -> bytes:
    """What `count_fields` has made, as a message. Replaces what was said before."""
    return b'{"type":"counts",%b' % fields[1:]


def stars(said: Said) -> bytes:
    """Who always gets a card, by bib or tag (`hub.marks`). Replaces what was said before."""
    return _encode({"type": "stars", "who": said.stars})


def marks(changed: Sequence[Mark]) -> bytes:
    """What is said of these runners from now on."""
    return _encode({"type": "marks", "marks": [mark_fields(each) for each in changed]})


def calls(changed: Sequence[Call], unsaid: Sequence[int] = ()) -> bytes:
    """These reads were said; these were not, after all."""
    fields = [*map(call_fields, changed), *({"offset": offset, "said": None} for offset in unsaid)]
    return _encode({"type": "calls", "calls": fields})


def roster(size: int, by: str, changed: int) -> bytes:
    """Another roster of this size is in force, by the words of this origin; so many participants are others."""
    return _encode({"type": "roster", "size": size, "by": by, "changed": changed})


def mark_fields(mark: Mark) -> dict[str, object]:
    return {
        "who": mark.who,
        "starred": mark.starred,
        "note": mark.note,
        "changed_by": mark.changed_by,
        "updated_at": iso(mark.updated_us),
    }


def call_fields(call: Call) -> dict[str, object]:
    return {"offset": call.offset, "said_by": call.said_by, "said_at": iso(call.said_us)}


def _said(said: Said, offset: int) -> dict[str, object]:
    return {
        "marks": [mark_fields(each) for each in said.marks],
        "calls": [call_fields(each) for each in said.calls(offset - CALLED_OFFSETS)],
    }


def messages(
    held: Messages, now_us: int, *, people: bool, reads: Sequence[tuple[int, str | None]] = ()
) -> bytes:
    """All messages that are in force or will be. Replaces what was said before. people: for somebody who watches the
    session; else for its screens. reads: what goes with these offsets from now on."""
    changed = {"reads": reads} if reads else {}
    return _encode({"type": "messages", **message_fields(held, now_us, people=people), **changed})


def message_fields(held: Messages, now_us: int, *, people: bool) -> dict[str, object]:
    """Screens hear of nothing but what is public."""
    told = held.for_people(now_us) if people else held.for_screens(now_us)
    return {"messages": [_message(each, people) for each in told], "every_s": held.every_s}


def _message(message: Message, people: bool) -> dict[str, object]:
    begins_us, ends_us = message.begins_us, message.ends_us
    return {
        "id": message.id,
        "kind": message.kind,
        **({"audience": message.audience} if people else {}),
        "text": message.text,
        "begins_at": None if begins_us is None else iso(begins_us),
        "ends_at": None if ends_us is None else iso(ends_us),
    }


def emergency(text: str) -> bytes:
    """A line on all screens of a partner, over everything else; empty: it is over."""
    return _encode({"type": "message", "audience": "public", "kind": "emergency", "text": text})


def _session_fields(session: SessionView) -> dict[str, object]:
    row = session.row
    return {
        "id": row.id,
        "name": row.name,
        "event": row.event_name,
        "timezone": row.timezone,
        "mode": row.mode,
        "test": row.testing or row.purpose == PURPOSE_REHEARSAL,
        "races": [_race_fields(race, session.places) for race in row.races],
    }


def _race_fields(race: Race, places: Places) -> dict[str, object]:
    return msgspec.structs.asdict(race) | {
        "start_location": places.called(race.start_location),
        "finish_location": places.called(race.finish_location),
    }


def display_settings(display: DisplayRow, session: SessionView | None) -> bytes:
    """How a display shows what from now on, and what an operator wishes of it."""
    return _encode({"type": "settings", "display": _display_fields(display, session)})


def _display_fields(display: DisplayRow, session: SessionView | None) -> dict[str, object]:
    """`pinned`: the read whose card is to stay, which a screen may not have; None: there is none."""
    session_id = session.row.id if session else None
    offset = display_control.pinned(display.control, session_id)
    return {
        "code": display.code,
        "name": display.name,
        "settings": settings_told(display, session),
        "control": display_control.in_force(display.control, session_id),
        "pinned": _pinned(session, offset) if session and offset else None,
    }


def settings_told(display: DisplayRow, session: SessionView | None) -> dict[str, Any]:
    """Whose reads get a card is decided by the names that reads are shown with."""
    settings = display.settings
    wanted = settings.get("locations")
    if session is not None and session.places and isinstance(wanted, list):
        settings = settings | {"locations": [session.places.called(str(each)) for each in wanted]}
    return settings


def _pinned(session: SessionView, offset: int) -> dict[str, Any] | None:
    read = session.pinned(offset)
    if read is None or not is_shown(session, read):
        return None
    return _read(session, read, *_told(session.known, session.who(read.tag)))
