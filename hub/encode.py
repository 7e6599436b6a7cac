"""Live messages as bytes, each made once. Knows the shapes of the wire; refuses to know who gets them."""

from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Protocol

import msgspec

from hub.model import KIND_VOID, US_PER_S, DisplayRow, Participant, Read, SessionRow

RECENT_OFFSETS: Final = 200
"""What `hello.recent` carries: enough for any list on a wall, 100 KB at the most."""

_encode: Final = msgspec.json.Encoder().encode


class SessionView(Protocol):
    """What a message says of a session."""

    @property
    def row(self) -> SessionRow: ...
    @property
    def epoch(self) -> int: ...
    @property
    def zone(self) -> tzinfo: ...

    def who(self, tag: str) -> Participant | None: ...


def iso(us: int, zone: tzinfo = UTC) -> str:
    """An instant in microseconds as ISO 8601 with offset, to the millisecond."""
    seconds, rest = divmod(us, US_PER_S)
    try:
        moment = datetime.fromtimestamp(seconds, zone).replace(microsecond=rest)
    except (OverflowError, ValueError, OSError):  # a clock in the year 1 or 9999: the day says nothing
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="milliseconds")


def runner(participant: Participant, read: Read, time_text: str) -> dict[str, str]:
    """The flat runner fields that existing screens know, all strings; a roster's own columns beside them."""
    return dict(participant.custom) | {
        "name": f"{participant.first_name} {participant.last_name}".strip(),
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
        "location": read.location,
        "lap": str(read.lap),
        "timestamp": time_text[11:19],
    }


def read_fields(read: Read, zone: tzinfo, participant: Participant | None) -> dict[str, Any]:
    """What a screen and `/api/sessions/{id}/reads` say of a read; `runner` only when it is known who it was."""
    time_text = iso(read.read_us, zone)
    fields: dict[str, Any] = {
        "offset": read.offset,
        "kind": read.kind,
        "marks": read.marks,
        "location": read.location,
        "tag": read.tag,
        "bib": participant.bib if participant else None,
        "time": time_text,
        "lap": read.lap,
        "received_at": iso(read.received_us),
    }
    if participant is not None:
        fields["runner"] = runner(participant, read, time_text)
    return fields


def read_message(session: SessionView, read: Read) -> bytes:
    """What a screen is told under this read's offset; of a void row, that there is nothing under it."""
    if read.kind == KIND_VOID:
        return retract(read.offset)
    return _encode({"type": "read", **read_fields(read, session.zone, session.who(read.tag))})


def retract(offset: int) -> bytes:
    """There is nothing under this offset any more."""
    return _encode({"type": "retract", "offset": offset})


def correction(session: SessionView, read: Read, shown: Participant | None) -> bytes | None:
    """What was shown for this read, when it was `shown`, is now known better; None: it is the same. `runner` null:
    not known any more."""
    if read.kind == KIND_VOID:
        return None
    time_text = iso(read.read_us, session.zone)
    was, known = (
        runner(participant, read, time_text) if participant else None
        for participant in (shown, session.who(read.tag))
    )
    if was == known:
        return None
    return _encode({"type": "correction", "offset": read.offset, "runner": known})


def tick(now_us: int, offset: int) -> bytes:
    return _encode({"type": "tick", "now": iso(now_us), "offset": offset})


def bye(code: int, reason: str, again: bool) -> bytes:
    return _encode({"type": "bye", "code": code, "reason": reason, "again": again})


def hello(
    session: SessionView | None,
    display: DisplayRow,
    *,
    offset: int,
    recovered: bool,
    now_us: int,
    recent: bytes,
) -> bytes:
    """`recent`: messages encoded before and joined by commas, which are taken as they are. Without a session there
    is nothing to show: the screen rests."""
    head = _encode(
        {
            "type": "hello",
            "epoch": session.epoch if session else 0,
            "offset": offset,
            "recovered": recovered,
            "now": iso(now_us),
            "session": _session_fields(session.row) if session else None,
            "display": {"code": display.code, "name": display.name, "settings": {}},
            "template": None,
        }
    )
    return b'%b,"recent":[%b]}' % (head[:-1], recent)


def _session_fields(row: SessionRow) -> dict[str, object]:
    return {"id": row.id, "name": row.name, "event": row.event_name, "timezone": row.timezone}
