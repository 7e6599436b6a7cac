"""A roster's words out of a service's. Knows what JSON may hold where a text is expected; refuses to know any service.

A service says null, a number or a text for the same thing from one day to the next, and sends what no database takes.
Nothing of that may fail a roster: what cannot be read as a text says nothing.
"""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from hub.errors import ProviderAway
from hub.providers.words import Result
from hub.roster_words import CUSTOM_MAX, FIELD_CHARS_MAX, FIELDS, TAGS_MAX, Entry, Layer

PIECE: Final = 50
"""Rows that are read before the loop may do something else: two milliseconds or so."""
WITHDRAWN: Final = "withdrawn"
"""The one word for all that a service says of somebody who will not run."""
_OUT: Final = re.compile(r"(?i)wd|withd|cancel|canc|refund|delet|remov|transf|defer|void|drop|scratch")
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_MONTH_FIRST: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def text(value: object) -> str:
    """Texts and whole numbers as they are, without what the database refuses, and not endless. All else: nothing."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value) if math.isfinite(value) else ""
    if not isinstance(value, str):
        return ""
    if not value.isprintable():
        value = _UNFIT.sub(" ", value)
    return value.strip()[:FIELD_CHARS_MAX].rstrip()


def number(value: object) -> int | None:
    found = text(value)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 19 else None


def part(value: object) -> Mapping[str, Any]:
    """An object inside another: some services say [] or null where it is empty."""
    return value if isinstance(value, dict) else {}


def picked(row: Mapping[str, Any], *names: str) -> Any:
    """What stands under the first of these names that says something."""
    return next((row[name] for name in names if row.get(name) not in (None, "", [])), None)


def rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def day(value: object) -> str:
    """ISO, of an ISO date or stamp, or of one written month first as in the United States; else nothing."""
    said = text(value)
    if found := _ISO.match(said):
        year, month, of_month = map(int, found.groups())
    elif found := _MONTH_FIRST.match(said):
        month, of_month, year = map(int, found.groups())
    else:
        return ""
    try:
        return date(year, month, of_month).isoformat()
    except ValueError:
        return ""


def state(value: object, usual: Iterable[str]) -> str:
    """Nothing for those who are on the roster as most are; WITHDRAWN for words that mean it; else what it says."""
    said = text(value)
    if said.casefold() in {each.casefold() for each in usual}:
        return ""
    return WITHDRAWN if _OUT.match(said) else said


def entry(
    external_id: str,
    fields: Mapping[str, object],
    *,
    tags: Iterable[object] | None = None,
    custom: Mapping[str, object] | None = None,
) -> Entry:
    """What a service says of somebody: by the names of FIELDS. What it leaves empty is not said."""
    said = {name: words for name, value in fields.items() if name in FIELDS and (words := text(value))}
    more = {name: words for name, value in (custom or {}).items() if name and (words := text(value))}
    codes = None
    if tags is not None:
        codes = list(dict.fromkeys(code for each in tags if (code := text(each))))[:TAGS_MAX] or None
    return Entry(Layer(said, codes, dict(list(more.items())[:CUSTOM_MAX])), external_id[:FIELD_CHARS_MAX])


def decoded(raw: bytes | msgspec.Raw, shape: Any, service: str) -> Any:
    """Raises ProviderAway."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.DecodeError as problem:
        words = f"{service} answers in a shape that the hub does not know: {problem}."
    raise ProviderAway(words)


_row: Final = msgspec.json.Decoder()


async def read(raws: Sequence[msgspec.Raw]) -> AsyncIterator[dict[str, Any]]:
    """The rows of a page, one after another, with a breath for the loop now and then. What is no object is left out."""
    for count, raw in enumerate(raws, 1):
        row = _row.decode(raw)
        if isinstance(row, dict):
            yield row
        if count % PIECE == 0:
            await asyncio.sleep(0)


async def no_results() -> AsyncIterator[list[Result]]:
    """Of a service that has none, as far as is publicly known."""
    nothing: list[list[Result]] = []
    for each in nothing:
        yield each
