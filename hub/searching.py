"""Whoever is looked for, by bib or by name, in a roster of a hundred thousand. Knows participants and how names are
written; refuses to know reads and clocks.

A name is found by the beginnings of its words, in any order, without case and accents: "lee an" finds Ann Lee. Names of
a piece of the roster stand in one text, which is looked through in a fraction of a millisecond; between two pieces
others have their turn.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Final

from hub.encode import full_name
from hub.model import Participant
from hub.roster import Roster, normal

PIECE: Final = 200
"""Participants written down in one turn of the loop, a millisecond."""
FOUND_MAX: Final = 20
LOOKED_AT_MAX: Final = 200
"""Hits of a name that are put in order: a single letter has thousands."""
CHARS_MAX: Final = 100
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "'": "", "\u2019": ""}
)


def folded(text: str) -> str:
    """As names are compared: without case, accents and apostrophes, its words with one space between them."""
    if not text.isascii():
        text = "".join(
            each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)
        )
    words = text.casefold().translate(_LETTERS).replace("-", " ").replace(".", " ").split()
    return " ".join(words)


class _Piece:
    """Some of a roster."""

    __slots__ = ("_bib_starts", "_bibs", "_starts", "_text", "participants")

    def __init__(self, participants: Sequence[Participant]) -> None:
        self.participants = participants
        names = [f" {folded(f'{each.first_name} {each.last_name}')} \n" for each in participants]
        bibs = [f"\n{normal(each.bib)}" for each in participants]
        self._text, self._starts = "".join(names), _starts(names)
        self._bibs, self._bib_starts = "".join(bibs), _starts(bibs)

    def named(self, words: Sequence[str]) -> Iterator[Participant]:
        """Those whose name has all these beginnings of words; in scripts without spaces: has them anywhere."""
        wanted = [word if not word.isascii() else f" {word}" for word in words]
        longest = max(wanted, key=len)
        place = self._text.find(longest)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            end = self._starts[number + 1]
            line = self._text[self._starts[number] : end]
            if all(each in line for each in wanted):
                yield self.participants[number]
            place = self._text.find(longest, end)

    def numbered(self, bib: str) -> Iterator[tuple[int, str, Participant]]:
        """Those whose bib begins so: its length, itself, and who wears it."""
        place = self._bibs.find(f"\n{bib}")
        while place >= 0:
            number = bisect_right(self._bib_starts, place) - 1
            end = self._bib_starts[number + 1]
            yield end - place, self._bibs[place + 1 : end], self.participants[number]
            place = self._bibs.find(f"\n{bib}", end)


def _starts(lines: Sequence[str]) -> list[int]:
    """Where each begins in all of them, and where the last one ends."""
    return [0, *accumulate(map(len, lines))]


class Index:
    """Of one roster. `add` all of it, a piece at a time."""

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []

    def add(self, participants: Sequence[Participant]) -> None:
        self.pieces.append(_Piece(participants))


class Search:
    """One question. `go_on` with each piece of the index of the roster that this one is patched from, if it is, and
    `go_on_patched` with those of who is another since; then ask `found`."""

    def __init__(self, roster: Roster, text: str) -> None:
        self._exact = roster.find(text)
        self._patches = roster.patches
        self._bib = normal(text) if text.strip() and "\n" not in text else ""
        self._words = folded(text).split()
        self._by_bib: list[tuple[int, str, Participant]] = []
        self._by_name: list[Participant] = []

    def go_on(self, piece: _Piece) -> None:
        bibs, names = self._hits(piece)
        if self._patches:
            bibs = (each for each in bibs if each[2].id not in self._patches)
            names = (each for each in names if each.id not in self._patches)
        self._add(bibs, names)

    def go_on_patched(self, piece: _Piece) -> None:
        self._add(*self._hits(piece))

    def _hits(self, piece: _Piece) -> tuple[Iterator[tuple[int, str, Participant]], Iterator[Participant]]:
        numbered = self._bib and len(self._by_bib) < LOOKED_AT_MAX
        named = self._words and len(self._by_name) < LOOKED_AT_MAX
        return (
            piece.numbered(self._bib) if numbered else iter(()),
            piece.named(self._words) if named else iter(()),
        )

    def _add(self, bibs: Iterator[tuple[int, str, Participant]], names: Iterator[Participant]) -> None:
        self._by_bib += bibs
        self._by_name += islice(names, LOOKED_AT_MAX)

    def found(self) -> list[Participant]:
        """Exact bibs and tags first, then names, whole ones before beginnings, then bibs that begin so; of a number
        bibs before names."""
        bibs = sorted(self._by_bib, key=lambda each: each[:2])
        exact = [each for _, bib, each in bibs if bib == self._bib]
        rest = [each for _, bib, each in bibs if bib != self._bib]
        names = sorted(self._by_name, key=self._far)
        first = [self._exact] if self._exact is not None else []
        more = [*rest, *names] if self._bib[:1].isdigit() else [*names, *rest]
        wanted = [*exact, *first, *more]
        return list({each.id: each for each in wanted}.values())[:FOUND_MAX]

    def _far(self, each: Participant) -> tuple[int, str]:
        """How far a name is from what was asked: words of it that are only begun, and those that were not asked for."""
        name = folded(f"{each.first_name} {each.last_name}").split()
        whole = sum(word in name for word in self._words)
        return len(name) + len(self._words) - 2 * whole, full_name(each.first_name, each.last_name)
