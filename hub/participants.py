"""What comes of all that is said of a participant: whose word holds, field by field. Pure.

Knows layers and their order; refuses to know tables, files and services. Of a field the first origin holds that says
anything of it, in the session's order; but where the hand has locked a field, its word holds, even if it is nothing.
A file of tags comes last, but with tags: there it goes before a file and a service.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from hub.model import Participant
from hub.roster import normal
from hub.roster_words import (
    CUSTOM_MAX,
    FIELD_CHARS_MAX,
    FIELDS,
    FILE,
    HAND,
    ORDERED,
    PRIVACIES,
    PROVIDER,
    TAGS,
    TAGS_MAX,
    Entry,
    Layer,
)

TAGS_FIELD: Final = "tags"
CUSTOM_PREFIX: Final = "custom:"
"""Before the name of a column of the roster's own, where a field is meant."""
BORN_FROM: Final = 1850
_NOTHING: Final = Layer()
_FIELDS: Final = frozenset(FIELDS)

Layers = Mapping[str, Layer]
"""By origin."""


class Record(msgspec.Struct):
    """A row of `participants`: `shown` is what comes of `layers`. gone: who has taken them off; empty: they are on the
    roster. updated: ISO 8601, when it was last another."""

    shown: Participant
    session_id: int = 0
    external_id: str = ""
    layers: dict[str, Layer] = {}
    locked: list[str] = []
    gone: str = ""
    updated: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """Which participants of a session: at most `limit` after so many. words: all of these are found in them. None: any.
    without: what they have not."""

    gone: bool = False
    words: Sequence[str] = ()
    race: str | None = None
    status: str | None = None
    origin: str | None = None
    without: str | None = None
    sort: str = "bib"
    desc: bool = False
    after: int = 0
    limit: int = 100


def merged(
    id_: int, layers: Layers, order: Sequence[str] = ORDERED, locked: Sequence[str] = ()
) -> Participant:
    """What is shown of a participant."""
    if len(layers) == 1 and not locked:
        (only,) = layers.values()
        fields = {name: word for name, word in only.fields.items() if word}
        custom = {name: word for name, word in only.custom.items() if word}
    else:
        fields, custom = _words(layers, order, locked)
    return Participant(
        id_,
        fields.pop("bib", ""),
        tuple(_tags(layers, order, locked)[1]),
        custom=tuple(custom.items()),
        **fields,
    )


def _words(
    layers: Layers, order: Sequence[str], locked: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    fields: dict[str, str] = {}
    custom: dict[str, str] = {}
    for origin in (*order, TAGS):
        said = layers.get(origin)
        if said is None:
            continue
        for held, words in ((fields, said.fields), (custom, said.custom)):
            for name, word in words.items():
                if word:
                    held.setdefault(name, word)
    hand = layers.get(HAND, _NOTHING)
    for name in locked:
        if name.startswith(CUSTOM_PREFIX):
            custom[name[len(CUSTOM_PREFIX) :]] = hand.custom.get(name[len(CUSTOM_PREFIX) :], "")
        elif name != TAGS_FIELD:
            fields[name] = hand.fields.get(name, "")
    return fields, {name: word for name, word in custom.items() if word}


def _tags(layers: Layers, order: Sequence[str], locked: Sequence[str]) -> tuple[str, list[str]]:
    """Who says which they are, and which."""
    hand = layers.get(HAND, _NOTHING)
    origin, tags = _said_tags(layers, order, locked)
    if hand.more_tags or hand.less_tags:
        less = {normal(tag) for tag in hand.less_tags}
        tags = [tag for tag in (*tags, *hand.more_tags) if normal(tag) not in less]
        origin = HAND
    if len(tags) < 2:
        return origin, tags
    return origin, list({normal(tag): tag for tag in reversed(tags)}.values())[::-1]


def _said_tags(layers: Layers, order: Sequence[str], locked: Sequence[str]) -> tuple[str, list[str]]:
    hand = layers.get(HAND, _NOTHING)
    if TAGS_FIELD in locked:
        return HAND, hand.tags or []
    asked = list(order)
    first = next((place for place, origin in enumerate(asked) if origin != HAND), len(asked))
    asked.insert(first, TAGS)
    for origin in asked:
        said = layers.get(origin, _NOTHING)
        if said.tags or (origin == HAND and said.tags is not None):
            return origin, said.tags
    return "", []


def origins_of(layers: Layers, order: Sequence[str] = ORDERED, locked: Sequence[str] = ()) -> dict[str, str]:
    """Whose word holds, of each field of which there is any; `custom:NAME` for the roster's own."""
    found: dict[str, str] = {}
    for origin in (*order, TAGS):
        said = layers.get(origin, _NOTHING)
        words = said.fields | {f"{CUSTOM_PREFIX}{name}": word for name, word in said.custom.items()}
        for name, word in words.items():
            if word:
                found.setdefault(name, origin)
    found |= dict.fromkeys((name for name in locked if name != TAGS_FIELD), HAND)
    origin, tags = _tags(layers, order, locked)
    if tags or TAGS_FIELD in locked:
        found[TAGS_FIELD] = origin
    return found


def layers_of(record: Record) -> dict[str, Layer]:
    """What each origin says of them. Rows of older hubs say nothing of it: all is of a file."""
    return record.layers or {FILE: layer_of(record.shown)}


def layer_of(participant: Participant) -> Layer:
    """All of what is shown of somebody, as one says it."""
    fields = {name: word for name in FIELDS if (word := getattr(participant, name))}
    return Layer(fields, list(participant.tags) or None, dict(participant.custom))


def kept_layers(layers: Layers) -> Layers:
    """As they are kept: of whom a file says all, the columns say all of that."""
    return {} if len(layers) == 1 and FILE in layers else layers


def differences(before: Participant, after: Participant) -> dict[str, list[str]]:
    """What is another, by field: [as it was, as it is now]."""
    found: dict[str, list[str]] = {}
    for name in FIELDS:
        was, is_ = getattr(before, name), getattr(after, name)
        if was != is_:
            found[name] = [was, is_]
    if before.tags != after.tags and sorted(before.tags) != sorted(after.tags):
        found[TAGS_FIELD] = ["; ".join(before.tags), "; ".join(after.tags)]
    if before.custom != after.custom:
        was_, is__ = dict(before.custom), dict(after.custom)
        for name in was_ | is__:
            if was_.get(name, "") != is__.get(name, ""):
                found[f"{CUSTOM_PREFIX}{name}"] = [was_.get(name, ""), is__.get(name, "")]
    return found


def name_of(participant: Participant) -> str:
    return f"{participant.first_name} {participant.last_name}".strip()


def is_anchored(layers: Layers) -> bool:
    """Whether somebody says of them that they take part: a file, a service, or a hand that has added them."""
    hand = layers.get(HAND)
    return FILE in layers or PROVIDER in layers or (hand is not None and hand.made)


def is_said(record: Record, origin: str, entry: Entry) -> bool:
    """Whether the origin has said the same of them before, and nothing comes of it."""
    if record.gone or (entry.external_id and entry.external_id != record.external_id):
        return False
    own = record.layers.get(origin)
    if own is None and not record.layers and origin == FILE:
        own = layer_of(record.shown)
    return own == entry.said


def named(record: Record, origin: str, entry: Entry, order: Sequence[str] = ORDERED) -> Record:
    """What comes of it when an origin says this of them. Whom somebody has taken off by hand stays so; whom a file or a
    service does not name any more is back when one names them again."""
    layers = layers_of(record).copy()
    gone = record.gone
    if gone and gone != HAND and (origin != TAGS or not is_anchored(layers)):
        layers.pop(gone, None)  # what that one has said of them, it does not say any more
        gone = ""
    layers[origin] = entry.said
    return _merged_anew(record, layers, order, gone=gone, external_id=entry.external_id)


def unnamed(record: Record, origin: str, order: Sequence[str] = ORDERED) -> Record:
    """What comes of it when an origin does not name them any more. What it has said of those who are gone by it is
    kept: somebody may want them back."""
    layers = layers_of(record).copy()
    last = layers.pop(origin, None)
    if last is None or record.gone:
        return record
    if is_anchored(layers):
        return _merged_anew(record, layers, order, gone="")
    if origin == TAGS:
        layers[origin] = Layer(last.fields, None, last.custom)
        return _merged_anew(record, layers, order, gone=FILE)
    return msgspec.structs.replace(record, gone=origin)


def by_hand(record: Record, hand: Layer, locked: Sequence[str], order: Sequence[str] = ORDERED) -> Record:
    """What comes of it when this is the hand's layer, and holds where it is locked."""
    layers = layers_of(record).copy()
    layers[HAND] = hand
    if hand == _NOTHING:
        del layers[HAND]
    return _merged_anew(
        msgspec.structs.replace(record, locked=sorted(set(locked))), layers, order, gone=record.gone
    )


def anew(record: Record, order: Sequence[str]) -> Record:
    """What comes of the same words by another order."""
    return _merged_anew(record, layers_of(record), order, gone=record.gone)


def _merged_anew(
    record: Record, layers: dict[str, Layer], order: Sequence[str], *, gone: str, external_id: str = ""
) -> Record:
    return Record(
        merged(record.shown.id, layers, order, record.locked),
        record.session_id,
        external_id or record.external_id,
        layers,
        record.locked,
        gone,
        record.updated,
    )


# entries


def problem_of(entry: Entry) -> str:
    """Why it cannot be taken, in words; empty: it can."""
    said = entry.said
    words = (*said.fields.values(), *said.custom.values(), *said.custom, *(said.tags or ()))
    if said.fields.keys() - _FIELDS:
        return f"unknown field {min(said.fields.keys() - _FIELDS)!r}"
    if any(len(word) > FIELD_CHARS_MAX for word in words):
        return f"a word of more than {FIELD_CHARS_MAX} characters"
    if not is_storable("".join(words) + entry.external_id):
        return "a NUL character, or half of one that takes two"
    if said.tags is not None and len(said.tags) > TAGS_MAX:
        return f"{len(said.tags)} tags: expected at most {TAGS_MAX}"
    if len(said.custom) > CUSTOM_MAX:
        return f"{len(said.custom)} columns of its own: expected at most {CUSTOM_MAX}"
    if problem := field_problem(said.fields):
        return problem
    return "" if is_somebody(entry) else "neither a bib nor a tag nor a name"


def field_problem(fields: Mapping[str, str]) -> str:
    """What is wrong with those that are not any text."""
    born = fields.get("birth_date")
    if born and not is_day(born):
        return f"birth date {born!r}: expected a day, like 1989-04-23"
    if fields.get("privacy", "") not in ("", *PRIVACIES):
        return f"privacy {fields['privacy']!r}: expected one of {', '.join(PRIVACIES)}"
    return ""


def is_somebody(entry: Entry) -> bool:
    fields = entry.said.fields
    return bool(
        entry.external_id
        or fields.get("bib")
        or entry.said.tags
        or fields.get("last_name")
        or fields.get("first_name")
    )


def is_day(text: str) -> bool:
    """Whether it is a day on which somebody may have been born."""
    if len(text) != 10:
        return False
    try:
        return date.fromisoformat(text).year >= BORN_FROM
    except ValueError:
        return False


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can keep it."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text))


def taken(said: Layer) -> Layer:
    """As it is kept: trimmed, and without what says nothing."""
    return Layer(
        {name: word for name, text in said.fields.items() if (word := text.strip())},
        [tag for text in said.tags or () if (tag := text.strip())] or None,
        {name: word for name, text in said.custom.items() if (word := text.strip())},
    )
