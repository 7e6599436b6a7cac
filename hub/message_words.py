"""What may be said of a session's messages, and what the list is then. Pure: messages in, messages that are others
out. Refuses to know tables and screens.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hub.errors import Conflict, Invalid, NotFound
from hub.event_words import check_text
from hub.messages import PINNED, PUBLIC, RUNNER, Message

TEXT_CHARS_MAX: Final = 200
"""What a wall can show large enough to be read while running."""
MESSAGES_MAX: Final = 200
"""Of one session. All are in memory, and go to whoever comes: 60 KB at the most."""
EVERY_S_MIN: Final = 3
"""What changes faster nobody reads to its end."""
EVERY_S_MAX: Final = 600
YEAR_MIN: Final = 1971
YEAR_MAX: Final = 2999

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

PLACEHOLDER: Final = re.compile(r"\{\{\s*\w[\w .-]{0,63}?\s*\}\}")
"""As screens fill them in (template-words.js)."""

Kind = Literal["pinned", "rotating", "runner"]
Audience = Literal["public", "announcer", "crew"]
Position = Annotated[int, msgspec.Meta(ge=1, le=MESSAGES_MAX)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""ISO 8601 with an offset."""


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message as it is asked for. position: its place among those of its kind; None: the last. now: pinned, the first
    of all, at once."""

    text: str
    kind: Kind = "pinned"
    audience: Audience = "public"
    position: Position | None = None
    begins_at: Moment | None = None
    ends_at: Moment | None = None
    now: bool = False


class MessageChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is not given stays. begins_at, ends_at null: no such time. now: as in `NewMessage`."""

    text: str | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    begins_at: Moment | UnsetType | None = UNSET
    ends_at: Moment | UnsetType | None = UNSET
    now: bool = False


class Rhythm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`every_s`: how long a rotating message is up."""

    every_s: Annotated[int, msgspec.Meta(ge=EVERY_S_MIN, le=EVERY_S_MAX)]


def made(held: Sequence[Message], words: NewMessage) -> Message:
    """As it is to be kept, its id yet to come (0). Raises Invalid, Conflict."""
    if len(held) >= MESSAGES_MAX:
        raise Conflict(f"A session has at most {MESSAGES_MAX} messages: delete some first.")
    _check_now(words)
    message = Message(
        0,
        PINNED if words.now else words.kind,
        words.audience,
        line(words.text),
        1 if words.now else words.position or MESSAGES_MAX,
        us(words.begins_at, "begins_at"),
        us(words.ends_at, "ends_at"),
    )
    _check(message)
    return message


def changed(held: Sequence[Message], message_id: int, words: MessageChange, now_us: int) -> Message:
    """As it is then. Raises NotFound, Invalid."""
    _check_now(words)
    message = found(held, message_id)
    if words.text is not UNSET:
        message = replace(message, text=line(words.text))
    if words.kind is not UNSET and words.kind != message.kind:
        message = replace(message, kind=words.kind, position=MESSAGES_MAX)
    if words.audience is not UNSET:
        message = replace(message, audience=words.audience)
    if words.position is not UNSET:
        message = replace(message, position=words.position)
    if words.begins_at is not UNSET:
        message = replace(message, begins_us=us(words.begins_at, "begins_at"))
    if words.ends_at is not UNSET:
        message = replace(message, ends_us=us(words.ends_at, "ends_at"))
    if words.now:
        ends_us = None if message.is_over(now_us) else message.ends_us
        message = replace(message, kind=PINNED, position=1, begins_us=None, ends_us=ends_us)
    _check(message)
    return message


def found(held: Iterable[Message], message_id: int) -> Message:
    """Raises NotFound."""
    for each in held:
        if each.id == message_id:
            return each
    raise NotFound(f"There is no message {message_id} in this session.")


def arranged(held: Iterable[Message], message: Message) -> list[Message]:
    """All of its kind with it at its place, numbered from 1."""
    others = [each for each in held if each.kind == message.kind and each.id != message.id]
    others.sort(key=lambda each: (each.position, each.id))
    others.insert(message.position - 1, message)
    return [replace(each, position=number) for number, each in enumerate(others, 1)]


def line(text: str) -> str:
    """In one line. Raises Invalid."""
    words = " ".join(text.split())
    check_text(words, "text")
    if len(words) > TEXT_CHARS_MAX:
        raise Invalid(
            f"text: expected at most {TEXT_CHARS_MAX} characters, it has {len(words)}: it is read from afar",
            field="text",
        )
    return words


def us(moment: datetime | None, field: str) -> int | None:
    """Raises Invalid."""
    if moment is None:
        return None
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        raise Invalid(f"{field}: expected a time from {YEAR_MIN} to {YEAR_MAX}", field=field)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _check_now(words: NewMessage | MessageChange) -> None:
    if words.now and isinstance(words.begins_at, datetime):
        raise Invalid("begins_at: what is to be shown now has none", field="begins_at")


def _check(message: Message) -> None:
    begins_us, ends_us = message.begins_us, message.ends_us
    if begins_us is not None and ends_us is not None and ends_us <= begins_us:
        raise Invalid("ends_at: expected a time after begins_at", field="ends_at")
    if message.kind == RUNNER:
        _check_runner(message)
    elif "{{" in message.text:
        raise Invalid("text: only a message for runners is filled in: expected none of {{…}}", field="text")


def _check_runner(message: Message) -> None:
    if message.audience != PUBLIC:
        raise Invalid(
            "audience: a message for runners goes with them to all screens: it is public", field="audience"
        )
    rest = PLACEHOLDER.sub("", message.text)
    if "{{" in rest or "}}" in rest:
        raise Invalid("text: expected what is filled in as {{first_name}}", field="text")
