"""What people have made of a session's locations: how each is called, of which it is a part, whether it is shown. Pure.

Knows names; refuses to know reads and clocks. A read keeps the name that it came with, in the tables and in the memory
of what was seen: what stands here is asked when it is shown, and so holds for reads of before, and can be taken back.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from hub.model import PlaceRow, Race
from hub.results import Gun


class Places:
    """Never changed: others take their place. All names are compared without case. False where nobody has changed
    anything, which is the common case and is to cost nothing."""

    __slots__ = ("_by_name", "_shown")

    def __init__(self, rows: Iterable[PlaceRow] = ()) -> None:
        self._by_name = {row.name.casefold(): row for row in rows}
        self._shown = {row.shown.casefold() for row in self._by_name.values()}

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def shown(self, name: str) -> str:
        """What a location is called: its own name, or what people call it, or the one that it is a part of."""
        row = self._by_name.get(name.casefold())
        return row.shown if row else name

    def is_hidden(self, name: str) -> bool:
        """Whether its reads get no card and start no clock."""
        row = self._by_name.get(name.casefold())
        return row is not None and row.hidden

    def called(self, text: str) -> str:
        """A name as somebody has written it down, such as a race's start: what is shown so, else what is shown of the
        location of that name."""
        return text if text.casefold() in self._shown else self.shown(text)

    def names(self, text: str) -> list[str]:
        """The names in the tables that somebody means by this one: all that are shown so; where none is, itself."""
        folded = text.casefold()
        found = [row.name for row in self._by_name.values() if row.shown.casefold() == folded]
        own = self._by_name.get(folded)
        return [*found, text] if own is None or not found else found

    def gives_way(self, first: str, name: str) -> bool:
        """Whether a read that was first seen at the one location counts at the other all the same: the first is
        hidden, or a part of what the other is; somebody had mistyped its name."""
        row = self._by_name.get(first.casefold())
        if row is None:
            return False
        return row.hidden or (row.merged and row.shown.casefold() == self.shown(name).casefold())

    def position(self, name: str) -> tuple[bool, int]:
        """To put names in order by: those that nobody has put anywhere come last."""
        row = self._by_name.get(name.casefold())
        position = row.position if row else None
        return position is None, position or 0


def placed(
    places: Places, guns: Iterable[Gun], races: Sequence[Race]
) -> tuple[Iterable[Gun], Sequence[Race]]:
    """Guns and races at the locations as they are shown; those at hidden ones start nothing."""
    if not places:
        return guns, races
    shown = [
        gun._replace(location=places.shown(gun.location))
        for gun in guns
        if not places.is_hidden(gun.location)
    ]
    return shown, [replace(race, start_location=places.called(race.start_location)) for race in races]
