"""What an operator wishes of a display for now: dark, held, one card for as long as wanted, nothing of what was. Knows
the wishes, and whether a read is one for the wall; refuses to know sessions, sockets and tables.

A control as it is kept: `blank`; `hold`: the wall stays as it was at that instant, in ms since 1970 by the hub's clock;
`pin`: `{"offset"}` of the read whose card stays; `skip`: nothing up to that offset is shown any more; `session`: whose
offsets these are, and in whose time the wall was held. Of another session only `blank` holds.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from hub.errors import Conflict, Invalid
from hub.model import INT64_MAX, MARK_HIDDEN, MARK_LATE, MARK_REPEAT

OF_SESSION: Final = ("hold", "pin", "skip")
WITH_OFFSET: Final = ("pin", "skip")
ACTIONS: Final = {
    "blank": "display.blanked",
    "unblank": "display.unblanked",
    "hold": "display.held",
    "pin": "display.pinned",
    "skip": "display.skipped",
    "resume": "display.resumed",
}
"""And what the log calls them."""
NO_CARD: Final = frozenset((MARK_LATE, MARK_REPEAT, MARK_HIDDEN))
US_PER_MS: Final = 1000

Control = dict[str, Any]
Offset = Annotated[int, msgspec.Meta(ge=1, le=INT64_MAX)]


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`offset`: of the read that is pinned, or up to which is skipped. None: the newest."""

    action: Literal["blank", "unblank", "hold", "pin", "skip", "resume"]
    offset: Offset | None = None


def check(wish: Wish, session_id: int | None) -> None:
    """Raises Invalid, and Conflict where there is no session of which something is wished."""
    if wish.offset is not None and wish.action not in WITH_OFFSET:
        raise Invalid(f"offset: expected only with {' or '.join(WITH_OFFSET)}", field="offset")
    if wish.action in OF_SESSION and session_id is None:
        raise Conflict("This display has no session to show: there is nothing to hold, to pin or to skip.")


def controlled(
    control: Mapping[str, Any], wish: Wish, *, session_id: int | None, offset: int, now_us: int
) -> Control:
    """The control after a wish, which has been checked; `offset`: that of the wish. To hold what is held changes
    nothing: it stays as it was then."""
    if wish.action == "resume":
        return {}
    if wish.action in ("blank", "unblank"):
        rest = {name: value for name, value in control.items() if name != "blank"}
        return {"blank": True} | rest if wish.action == "blank" else rest
    before = control if control.get("session") == session_id else of_any(control)
    wished: dict[str, Any] = {"session": session_id}
    if wish.action == "hold":
        wished["hold"] = before.get("hold", now_us // US_PER_MS)
    elif wish.action == "pin":
        wished["pin"] = {"offset": offset}
    else:
        wished["skip"] = max(offset, before.get("skip", 0))
    return {**before, **wished}


def of_any(control: Mapping[str, Any]) -> Control:
    """What holds of any session."""
    return {"blank": True} if control.get("blank") else {}


def in_force(control: Mapping[str, Any], session_id: int | None) -> Control:
    """What screens are told while they show this session."""
    if session_id is None or control.get("session") != session_id:
        return of_any(control)
    return of_any(control) | {name: control[name] for name in OF_SESSION if name in control}


def pinned(control: Mapping[str, Any], session_id: int | None) -> int | None:
    """The offset of the read that is pinned; None: there is none."""
    pin = in_force(control, session_id).get("pin")
    return pin["offset"] if pin else None


def is_for_the_wall(read: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a display of these settings gives a read a card, both as screens are told them. Not by the time since the
    runner's last one: whoever asks wants the newest that one may mean."""
    race = read["runner"]["race_name"] if "runner" in read else ""
    return (
        read["kind"] == "read"
        and NO_CARD.isdisjoint(read["marks"])
        and _is_one_of(read["location"], settings.get("locations"))
        and _is_one_of(race, settings.get("races"))
        and not (settings.get("laps") == "first" and read["lap"] != 1)
    )


def _is_one_of(name: str, wanted: list[str] | None) -> bool:
    return not wanted or _plain(name) in map(_plain, wanted)


def _plain(words: str) -> str:
    return " ".join(words.split()).lower()
