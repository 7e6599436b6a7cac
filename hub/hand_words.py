"""What somebody says of a participant by hand, and what the hand's layer is then. Pure: knows words; refuses to know
tables.

What is said by hand holds: its field is locked, until somebody unlocks it; then it is one word of many.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from hub.errors import Conflict, Invalid, NotFound
from hub.model import Participant
from hub.participants import (
    CUSTOM_PREFIX,
    TAGS_FIELD,
    Record,
    by_hand,
    field_problem,
    is_storable,
    layers_of,
    name_of,
)
from hub.roster import normal
from hub.roster_words import CUSTOM_MAX, FIELD_CHARS_MAX, FIELDS, HAND, TAGS_MAX, Layer


class Words(msgspec.Struct):
    """What somebody says of a participant; what is not given stays. unlock: fields of which the hand's word is one of
    many again. anyway: even if somebody else wears that bib, or one of the tags."""

    fields: dict[str, str] = {}
    tags: list[str] | None = None
    custom: dict[str, str] = {}
    unlock: list[str] = []
    anyway: bool = False


def checked(words: Words) -> Words:
    """Trimmed. Raises Invalid."""
    fields = {name: word.strip() for name, word in words.fields.items()}
    custom = {name.strip(): word.strip() for name, word in words.custom.items()}
    tags = None if words.tags is None else _tags(words.tags)
    for name in fields:
        if name not in FIELDS:
            raise Invalid(f"{name}: expected one of {', '.join(FIELDS)}", field=name)
    for name, word in (*fields.items(), *(("custom", each) for pair in custom.items() for each in pair)):
        _check(word, name)
    if "" in custom or len(custom) > CUSTOM_MAX:
        raise Invalid(f"custom: expected at most {CUSTOM_MAX} columns, each with a name", field="custom")
    if problem := field_problem(fields):
        raise Invalid(problem, field="privacy" if problem.startswith("privacy") else "birth_date")
    for name in words.unlock:
        if name not in FIELDS and name != TAGS_FIELD and not name.startswith(CUSTOM_PREFIX):
            raise Invalid(f"unlock: {name!r} is no field", field="unlock")
    return Words(fields, tags, custom, words.unlock, words.anyway)


def made(words: Words, session_id: int) -> Record:
    """Somebody new, put on the roster by hand. Raises Invalid."""
    fields = words.fields
    if not (fields.get("bib") or words.tags or fields.get("first_name") or fields.get("last_name")):
        raise Invalid("expected a bib, a tag or a name", field="bib")
    hand = Layer(made=True)
    return _said(Record(Participant(0, ""), session_id, layers={HAND: hand}), hand, words, [])


def changed(record: Record, words: Words, order: Iterable[str]) -> Record:
    hand = layers_of(record).get(HAND, Layer())
    return _said(record, hand, words, record.locked, order)


def restored(record: Record, order: Iterable[str]) -> Record:
    """Back on the roster. Whom a file or a service has dropped, the hand holds from now on."""
    if not record.gone:
        return record
    back = replace(record, gone="")
    if record.gone == HAND:
        return back
    hand = layers_of(record).get(HAND, Layer())
    return by_hand(back, replace(hand, made=True), record.locked, list(order))


def with_tag(record: Record, tag: str, order: Iterable[str]) -> Record:
    """Raises Conflict when they would have too many."""
    key = normal(tag)
    if key in map(normal, record.shown.tags):
        return record
    if len(record.shown.tags) >= TAGS_MAX:
        raise Conflict(f"{name_of(record.shown)} has {TAGS_MAX} tags, which is the most.", field="tag")
    hand = layers_of(record).get(HAND, Layer())
    less = _but(hand.less_tags, key)
    given = by_hand(record, replace(hand, less_tags=less), record.locked, list(order))
    if key in map(normal, given.shown.tags):  # it was only taken away
        return given
    more = [*hand.more_tags, tag]
    return by_hand(record, replace(hand, less_tags=less, more_tags=more), record.locked, list(order))


def without_tag(record: Record, tag: str, order: Iterable[str]) -> Record:
    """Raises NotFound when it is not theirs."""
    key = normal(tag)
    if key not in map(normal, record.shown.tags):
        raise NotFound(f"Tag {tag} is not theirs.")
    hand = layers_of(record).get(HAND, Layer())
    hand = replace(
        hand,
        tags=None if hand.tags is None else _but(hand.tags, key),
        more_tags=_but(hand.more_tags, key),
        less_tags=[*_but(hand.less_tags, key), tag],
    )
    return by_hand(record, hand, record.locked, list(order))


def checked_tag(tag: str) -> str:
    """Raises Invalid."""
    tag = tag.strip()
    if not tag or not normal(tag):
        raise Invalid("tag: expected the number of a tag", field="tag")
    _check(tag, "tag")
    return tag


def called(participant: Participant) -> str:
    """For people: the name and the bib, as far as there are any."""
    bib = f"bib {participant.bib}" if participant.bib else ""
    return ", ".join(filter(None, (name_of(participant), bib))) or f"participant {participant.id}"


def _said(
    record: Record, hand: Layer, words: Words, locked: Iterable[str], order: Iterable[str] = ()
) -> Record:
    custom_locks = {f"{CUSTOM_PREFIX}{name}" for name in words.custom}
    holds = {*locked, *words.fields, *custom_locks}
    if words.tags is not None:
        holds.add(TAGS_FIELD)
        hand = replace(hand, tags=words.tags, more_tags=[], less_tags=[])
    holds -= {*words.unlock}
    fields = hand.fields | words.fields
    custom = hand.custom | words.custom
    hand = replace(
        hand,
        fields={name: word for name, word in fields.items() if word or name in holds},
        custom={name: word for name, word in custom.items() if word or f"{CUSTOM_PREFIX}{name}" in holds},
    )
    if hand.tags == [] and TAGS_FIELD not in holds:
        hand = replace(hand, tags=None)
    return by_hand(record, hand, sorted(holds), list(order) or [HAND])


def _tags(tags: Iterable[str]) -> list[str]:
    found = [checked_tag(tag) for tag in tags]
    found = list({normal(tag): tag for tag in reversed(found)}.values())[::-1]
    if len(found) > TAGS_MAX:
        raise Invalid(f"tags: expected at most {TAGS_MAX}", field="tags")
    return found


def _but(tags: Iterable[str], key: str) -> list[str]:
    return [tag for tag in tags if normal(tag) != key]


def _check(word: str, name: str) -> None:
    if len(word) > FIELD_CHARS_MAX:
        raise Invalid(f"{name}: expected at most {FIELD_CHARS_MAX} characters", field=name)
    if not is_storable(word):
        raise Invalid(f"{name}: expected text in UTF-8 without NUL characters", field=name)
