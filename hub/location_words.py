"""What may be said of a session's locations: how one is called, of which it is a part, its place, whether it is shown.
Pure: lines in, lines that are others out. Refuses to know tables and reads.

No two locations of a session are shown by one name, for then one is a part of the other; and what is a part of another
has no parts itself.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hub.errors import Conflict, NotFound
from hub.event_words import check_text

NAME_CHARS_MAX: Final = 100
POSITION_MAX: Final = 1000

Name = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]
Position = Annotated[int, msgspec.Meta(ge=1, le=POSITION_MAX)]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class Line(msgspec.Struct, frozen=True):
    """`name`: as it came from the readers. shown_name None: it is called so. merged_into: what it is a part of."""

    id: int
    name: str
    shown_name: str | None = None
    merged_into: int | None = None
    position: int | None = None
    hidden: bool = False

    @property
    def shown(self) -> str:
        return self.shown_name or self.name


class LocationChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is not given stays. shown_name empty or null: as the readers call it. position: its place in the list, from
    1; the others make room."""

    shown_name: Name | UnsetType | None = UNSET
    hidden: bool | UnsetType = UNSET
    position: Position | UnsetType = UNSET


class Merge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`into`: the id of the location that it is a part of from now on."""

    into: Id


def changed(lines: Sequence[Line], location_id: int, words: LocationChange) -> list[Line]:
    """The lines that are others by it. Raises NotFound, Conflict, Invalid."""
    line = _whole(lines, location_id)
    after = {each.id: each for each in lines}
    if words.position is not UNSET:
        after |= {each.id: each for each in _moved(lines, line, words.position)}
    if words.shown_name is not UNSET:
        after[line.id] = replace(after[line.id], shown_name=_name(lines, line, words.shown_name or ""))
    if words.hidden is not UNSET:
        after[line.id] = replace(after[line.id], hidden=words.hidden)
    return _others(lines, after.values())


def merged(lines: Sequence[Line], location_id: int, into: int) -> list[Line]:
    """It becomes a part of another, and so do its own parts. Raises NotFound, Conflict."""
    line, other = _find(lines, location_id), _find(lines, into, "into")
    whole = other if other.merged_into is None else _find(lines, other.merged_into)
    if whole.id == line.id:
        raise Conflict(f"{other.name} is {line.shown} already: it cannot be a part of itself.", field="into")
    parts = [each for each in lines if line.id in (each.id, each.merged_into)]
    return _others(lines, [replace(each, merged_into=whole.id) for each in parts])


def split(lines: Sequence[Line], location_id: int) -> list[Line]:
    """It is one of its own again, as it was called before. Raises NotFound, Conflict."""
    line = _find(lines, location_id)
    if line.merged_into is not None:
        _check_free(lines, line, line.shown)
    return _others(lines, [replace(line, merged_into=None)])


def _find(lines: Iterable[Line], location_id: int, field: str | None = None) -> Line:
    for each in lines:
        if each.id == location_id:
            return each
    raise NotFound(f"There is no location {location_id} in this session.", field=field)


def _whole(lines: Sequence[Line], location_id: int) -> Line:
    line = _find(lines, location_id)
    if line.merged_into is not None:
        whole = _find(lines, line.merged_into)
        raise Conflict(f"{line.name} is a part of {whole.shown}: split it from that first.")
    return line


def _name(lines: Sequence[Line], line: Line, text: str) -> str | None:
    name = text.strip()
    if name:
        check_text(name, "shown_name")
    _check_free(lines, line, name or line.name)
    return name if name and name != line.name else None


def _check_free(lines: Sequence[Line], line: Line, name: str) -> None:
    for each in lines:
        if each.id != line.id and each.merged_into is None and each.shown.casefold() == name.casefold():
            raise Conflict(
                f"There is a location {each.shown} already: merge {line.name} into it, or choose another name.",
                field="shown_name",
            )


def _moved(lines: Sequence[Line], line: Line, position: int) -> list[Line]:
    """All that have a place of their own, numbered anew."""
    order = [each for each in lines if each.merged_into is None and each.id != line.id]
    order.sort(key=lambda each: (each.position is None, each.position or 0, each.id))
    order.insert(position - 1, line)
    return [replace(each, position=number) for number, each in enumerate(order, 1)]


def _others(lines: Sequence[Line], after: Iterable[Line]) -> list[Line]:
    before = {each.id: each for each in lines}
    return [each for each in after if each != before[each.id]]
