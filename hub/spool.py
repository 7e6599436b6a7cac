"""What one origin says of a roster, held until all of it is there. Pure: knows entries, and which of them cannot be
taken; refuses to know where they come from and what is made of them."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from hub.matching import Claims, Name, layer_name
from hub.participants import is_storable, problem_of, taken
from hub.roster import normal
from hub.roster_outcome import RowProblem
from hub.roster_words import TAGS, TAGS_MAX, Entry, Layer

_PIECE: Final = msgspec.msgpack.Decoder(tuple[list[Entry], list[Entry]])
_PACK: Final = msgspec.msgpack.Encoder()


class Spool:
    """Entries as they come, packed: whoever gives them may be slow, and a transaction should not be."""

    def __init__(self, origin: str) -> None:
        self.claims = Claims()
        self.size = 0
        self.problems: list[RowProblem] = []
        self._origin = origin
        self._of_tags: dict[tuple[str, str, Name], Entry] = {}
        self._packed: list[bytes] = []

    def add(self, entries: Sequence[Entry]) -> None:
        """In one turn of the loop."""
        good, bad = [], []
        for entry in entries:
            if entry.left_out:
                bad.append(_who(entry))
                continue
            problem = problem_of(entry) or self._nobodys(entry)
            if problem:
                self.problems.append(RowProblem(entry.line, problem))
                bad.append(_who(entry))
            else:
                good.append(Entry(taken(entry.said), entry.external_id.strip(), entry.line))
        self.claims.by_name = self.claims.by_name or any(map(_is_by_name, bad))
        self.size += sum(not each.left_out for each in entries)
        if self._origin == TAGS:
            self.claims.add([entry for entry in good if self._is_first(entry)])
            good = []
        else:
            self.claims.add(good)
        if good or bad:
            self._packed.append(_PACK.encode((good, bad)))

    def pieces(self) -> Iterator[tuple[list[Entry], list[Entry]]]:
        """Those that can be taken, and what those that cannot say of who is meant: they are named all the same."""
        for packed in self._packed:
            yield _PIECE.decode(packed)
        if self._of_tags:
            yield list(self._of_tags.values()), []

    def named(self) -> tuple[set[str], set[str], set[str]]:
        """What the service calls those who are named; their bibs and tags, as they are compared; the last names of
        those who have neither, in small letters."""
        externals, keys, last_names = set[str](), set[str](), set[str]()
        for good, bad in self.pieces():
            for entry in (*good, *bad):
                fields, tags = entry.said.fields, entry.said.tags or ()
                externals.add(entry.external_id)
                keys.update(map(normal, (fields.get("bib", ""), *tags)))
                if not fields.get("bib") and not tags:
                    last_names.add(fields.get("last_name", "").casefold())
        return externals - {""}, keys - {""}, last_names

    def _nobodys(self, entry: Entry) -> str:
        of_somebody = (
            entry.external_id or layer_name(entry.said)[:2] != ("", "") or entry.said.fields.get("bib")
        )
        return "" if of_somebody or self._origin != TAGS else "a tag of nobody: expected a bib, too"

    def _is_first(self, entry: Entry) -> bool:
        """In a file of tags somebody has as many rows as tags. Those are kept, to be given as one each."""
        key = (entry.external_id, normal(entry.said.fields.get("bib", "")), layer_name(entry.said))
        held = self._of_tags.setdefault(key, entry)
        if held is entry:
            return True
        tags = list(dict.fromkeys([*(held.said.tags or ()), *(entry.said.tags or ())]))
        if len(tags) > TAGS_MAX:
            self.problems.append(RowProblem(entry.line, f"more than {TAGS_MAX} tags of one participant"))
        held.said.tags = tags[:TAGS_MAX]
        return False


def _is_by_name(entry: Entry) -> bool:
    return not (entry.external_id or entry.said.fields.get("bib") or entry.said.tags)


def _who(entry: Entry) -> Entry:
    """What it says of who is meant, as far as that can be kept."""
    fields = {
        name: entry.said.fields.get(name, "")
        for name in ("bib", "first_name", "last_name", "birth_date", "age")
    }
    tags = [tag for tag in entry.said.tags or () if is_storable(tag)]
    storable = {name: word for name, word in fields.items() if is_storable(word)}
    external_id = entry.external_id if is_storable(entry.external_id) else ""
    return Entry(taken(Layer(storable, tags)), external_id.strip(), entry.line)
