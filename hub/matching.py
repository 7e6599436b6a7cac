"""Which participant of a roster an entry means. Pure: knows participants by what they are found by, and entries;
refuses to know what is kept of them, and where.

First by the service's own name for them, then by the bib that the same origin said of them before, by the bib that
they have, by a tag; one without any of these by name and birth date, else age. Where two could be meant nobody is: a
problem, never a guess. Whoever another entry names better is not to be had by a lesser likeness: so it does not matter
in which order entries come.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from hub.roster import normal
from hub.roster_words import Entry, Layer

Name = tuple[str, str, str]
"""First and last name, and the birth date, else the age."""


class Known(msgspec.Struct, gc=False):
    """A participant as they are found; bib and tags as they are compared, names as they are. own: as the same origin
    has said it before, None: it has said nothing of them. There are as many as participants: so none of it is the
    garbage collector's."""

    id: int
    external_id: str
    here: bool
    bib: str
    tags: tuple[str, ...]
    name: Name
    own_bib: str | None
    own_name: Name | None
    own_tags: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.own_bib is not None

    @property
    def called(self) -> Name:
        """As it is compared."""
        own = self.own_name
        return name_key(*(own if own is not None and (own[0] or own[1]) else self.name))


_Table = dict[Any, Known | list[Known]]
"""Who is found by something: mostly one."""


def _put(table: _Table, key: object, known: Known) -> None:
    held = table.setdefault(key, known)
    if isinstance(held, list):
        held.append(known)
    elif held is not known:
        table[key] = [held, known]


def _of(table: _Table, key: object) -> Sequence[Known]:
    held = table.get(key, ())
    return (held,) if isinstance(held, Known) else held


class TwoMeant(Exception):
    """`those`: who could be meant."""

    def __init__(self, words: str, those: list[Known]) -> None:
        super().__init__(words)
        self.those = those


def name_key(first: str, last: str, born: str) -> Name:
    return " ".join(first.casefold().split()), " ".join(last.casefold().split()), born.strip()


def layer_name(said: Layer) -> Name:
    fields = said.fields
    return name_key(
        fields.get("first_name", ""),
        fields.get("last_name", ""),
        fields.get("birth_date", "") or fields.get("age", ""),
    )


class Claims:
    """What all entries are going to name: gathered before the first of them is looked for."""

    def __init__(self) -> None:
        self.externals: set[str] = set()
        self.bibs: set[str] = set()
        self.bibs_twice: set[str] = set()
        self.by_name = False
        """Whether any has neither a bib nor a tag."""

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.external_id:
                self.externals.add(entry.external_id)
            bib = normal(entry.said.fields.get("bib", ""))
            if bib:
                (self.bibs_twice if bib in self.bibs else self.bibs).add(bib)
            elif not entry.said.tags:
                self.by_name = True


class Matcher:
    """The participants of a session, found for the entries of one origin; each for one entry only."""

    def __init__(self, claims: Claims) -> None:
        self.here = 0
        """How many are on the roster."""
        self._claims = claims
        self._claimed: dict[int, int] = {}
        """By id: the line of the entry that names them."""
        self._new: dict[object, int] = {}
        """By what they are told apart: the line that names somebody new."""
        # everybody
        self._known: list[Known] = []
        self._external: _Table = {}
        self._own_bib: _Table = {}
        self._bib: _Table = {}
        self._tag: _Table = {}
        self._named: _Table = {}
        self._by_two: dict[tuple[str, str], list[Known]] = {}
        """Of those found by name: all of one first and last name. Made when somebody asks for it."""

    def everybody(self) -> Iterator[Known]:
        return iter(self._known)

    def unclaimed(self) -> Iterator[Known | None]:
        """Whom no entry has named. One step for everybody; None: an entry has."""
        return (None if each.id in self._claimed else each for each in self._known)

    def add(self, known: Iterable[Known]) -> None:
        for each in known:
            self._known.append(each)
            self.here += each.here
            if each.external_id:
                _put(self._external, each.external_id, each)
            if each.own_bib:
                _put(self._own_bib, each.own_bib, each)
            if each.bib:
                _put(self._bib, each.bib, each)
            for tag in each.tags if each.own_tags == each.tags else {*each.tags, *each.own_tags}:
                _put(self._tag, tag, each)
            if self._claims.by_name:
                _put(self._named, each.called, each)

    def let_go(self, count: int) -> bool:
        """Forgets so many of what it knows: all at once would take long. False: there is nothing left."""
        for table in (self._external, self._own_bib, self._bib, self._tag, self._named):
            while table and count:
                table.popitem()
                count -= 1
        del self._known[len(self._known) - count :]
        return bool(self._known)

    def claim(self, entry: Entry) -> Known | None:
        """Whom it means; None: somebody new. Raises TwoMeant, also when another entry has meant the same."""
        try:
            known = self.find(entry)
        except TwoMeant as problem:
            self._claimed |= {each.id: entry.line for each in problem.those}
            raise
        line = self._new_before(entry) if known is None else self._claimed.get(known.id)
        if line is not None:
            raise TwoMeant(f"the same participant as in line {line}" if line else "named twice", [])
        if known is not None:
            self._claimed[known.id] = entry.line
        return known

    def protect(self, entry: Entry) -> None:
        """Whoever is meant is named, even if nothing else can be taken of it."""
        try:
            known = self.find(entry)
            those = [known] if known is not None else []
        except TwoMeant as problem:
            those = problem.those
        if not those and layer_name(entry.said)[2] == "":
            those = self._namesakes(entry)
        for each in those:
            self._claimed.setdefault(each.id, entry.line)

    def _namesakes(self, entry: Entry) -> list[Known]:
        """All of the same name, however old: of an entry that says no more of who is meant."""
        called = layer_name(entry.said)[:2]
        if entry.external_id or entry.said.fields.get("bib") or entry.said.tags or called == ("", ""):
            return []
        if not self._by_two:
            for name, held in self._named.items():
                those = held if isinstance(held, list) else [held]
                self._by_two.setdefault((name[0], name[1]), []).extend(each for each in those if each)
        return self._by_two.get(called, [])

    def _new_before(self, entry: Entry) -> int | None:
        bib = normal(entry.said.fields.get("bib", ""))
        key: object = entry.external_id or None
        if key is None and bib:
            key = (bib, layer_name(entry.said)[:2]) if bib in self._claims.bibs_twice else None
        elif key is None:
            key = _keys(entry.said.tags or ()) or layer_name(entry.said)
        if key is None:
            return None
        line = self._new.get(key)
        self._new.setdefault(key, entry.line)
        return line

    def find(self, entry: Entry) -> Known | None:
        """Whom it means; None: somebody new. Raises TwoMeant."""
        if entry.external_id:
            held = _of(self._external, entry.external_id)
            if held:
                return _one(list(held), "the service's number {}", entry.external_id)
        bib = normal(entry.said.fields.get("bib", ""))
        if bib:
            found = self._by_bib(entry, bib)
            if found is not None:
                return found
        tags = _keys(entry.said.tags or ())
        if tags:
            return self._by_tag(entry, bib, tags)
        return None if bib else self._by_name(entry)

    def _by_bib(self, entry: Entry, bib: str) -> Known | None:
        twice = bib in self._claims.bibs_twice
        for table, may in ((self._own_bib, _anybody), (self._bib, _unsaid)):
            there = [each for each in _of(table, bib) if may(each) and self._may_be(entry, each)]
            if not there:
                continue
            here = [each for each in there if each.here] or there
            if twice or len(here) > 1:
                called = layer_name(entry.said)
                here = [each for each in here if _same_name(each.called, called)]
            if len(here) == 1:
                return here[0]
            if here or not twice:
                raise _two("bib {}", entry.said.fields["bib"], here or there)
        return None

    def _by_tag(self, entry: Entry, bib: str, tags: tuple[str, ...]) -> Known | None:
        there = {
            each.id: each
            for tag in tags
            for each in _of(self._tag, tag)
            if self._may_be(entry, each) and not self._better_named(each) and not (bib and each.bib)
        }
        own = [each for each in there.values() if not {*tags}.isdisjoint(each.own_tags)]
        said = own or [each for each in there.values() if not each.own_tags]
        held = [each for each in said if each.here] or said
        return _one(held, "tag {}", "; ".join(entry.said.tags or ())) if held else None

    def _by_name(self, entry: Entry) -> Known | None:
        called = layer_name(entry.said)
        there = [
            each
            for each in _of(self._named, called)
            if self._may_be(entry, each) and not self._better_named(each)
        ]
        held = [each for each in there if each.here] or there
        if called[:2] == ("", "") or not held:
            return None
        return _one(held, "{}", " ".join(called[:2]))

    def _may_be(self, entry: Entry, known: Known) -> bool:
        """Whether it is not somebody else at the service. Whoever is gone does not come back under another name."""
        if not known.here and not _alike(known.called, layer_name(entry.said)):
            return False
        if known.external_id and entry.external_id:
            return known.external_id == entry.external_id
        return known.external_id not in self._claims.externals or not known.external_id

    def _better_named(self, known: Known) -> bool:
        """Whether another entry has their bib."""
        return (known.own_bib or known.bib) in self._claims.bibs


class Words(NamedTuple):
    """What somebody is found by, as it is said. born: the birth date, else the age."""

    bib: str
    tags: Sequence[str]
    first_name: str
    last_name: str
    born: str


def known_of(id_: int, external_id: str, gone: str, said: Words, own: Words | None) -> Known:
    """`own`: as the same origin has said it."""
    bib, tags, name = normal(said.bib), _keys(said.tags), said[2:]
    if own is None:
        return Known(id_, external_id, not gone, bib, tags, name, None, None)
    return Known(
        id_,
        external_id,
        not gone,
        bib,
        tags,
        name,
        bib if own.bib == said.bib else normal(own.bib),
        own[2:],
        tags if own.tags == said.tags else _keys(own.tags),
    )


def _keys(tags: Sequence[str]) -> tuple[str, ...]:
    if len(tags) == 1:
        key = normal(tags[0])
        return (key,) if key else ()
    return tuple(key for tag in tags if (key := normal(tag)))


def _anybody(_known: Known) -> bool:
    return True


def _unsaid(known: Known) -> bool:
    """Whether the same origin has said no bib of them: else it would have been found by that."""
    return not known.own_bib


def _same_name(one: Name, other: Name) -> bool:
    return one[:2] == other[:2] and (one[2] == other[2] or "" in (one[2], other[2]))


def _alike(one: Name, other: Name) -> bool:
    """Whether they are called the same, as far as they are called anything."""
    return one[:2] == other[:2] or ("", "") in (one[:2], other[:2])


def _one(held: list[Known], what: str, words: str) -> Known:
    if len(held) == 1:
        return held[0]
    raise _two(what, words, held)


def _two(what: str, words: str, those: list[Known]) -> TwoMeant:
    return TwoMeant(f"{what.format(words)}: {len(those)} on the roster could be meant", those)
