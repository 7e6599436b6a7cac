"""Who a tag is. Knows participants; refuses to know reads, files and stores.

A tag is looked for among the roster's tags, else among its bibs: exact after trimming, casefolding and dropping
leading zeros. Two hits are nobody: a wrong name on a wall is worse than a number.
"""

from collections.abc import Collection, Iterable, Iterator
from sys import intern
from typing import Final

from hub.model import Participant

PATCHED_MAX: Final = 2000
"""Participants who may be others than those of the roster that was made whole; with more, what was worked out of that
one (`hub.web.books`) is worth nothing any more."""


def normal(text: str) -> str:
    """The form in which tags and bibs are compared."""
    trimmed = text.strip()
    plain = trimmed.casefold().lstrip("0") or trimmed[:1]
    if plain[:1].isspace():  # a zero stood before it
        plain = normal(plain)
    return text if plain == text else plain  # the very same string: one less to keep for each participant


class Lineage:
    """A roster that was made whole, for all that are patched from it."""

    __slots__ = ("__weakref__",)


class Roster:
    """The participants of one session, found by tag or bib. Never changed: a new roster takes its place."""

    __slots__ = (
        "__weakref__",
        "_bibs_twice",
        "_by_bib",
        "_by_tag",
        "_tags_twice",
        "lineage",
        "patches",
        "size",
    )

    def __init__(self, participants: Iterable[Participant] = ()) -> None:
        self._by_tag: dict[str, Participant] = {}
        self._by_bib: dict[str, Participant] = {}
        self._tags_twice: dict[str, list[Participant]] = {}
        self._bibs_twice: dict[str, list[Participant]] = {}
        self.size = 0
        self.lineage = Lineage()
        self.patches: dict[int, Participant | None] = {}
        """By id: who is another, or not there (None), since the roster of `lineage`."""
        self._gather(participants)
        self._settle()

    def _gather(self, participants: Iterable[Participant]) -> None:
        for participant in participants:
            self.size += 1
            for tag in participant.tags:
                _add(self._by_tag, tag, participant, self._tags_twice)
            _add(self._by_bib, participant.bib, participant, self._bibs_twice)

    def _settle(self) -> None:
        for key in self._tags_twice:
            del self._by_tag[key]
        for key in self._bibs_twice:
            del self._by_bib[key]

    @property
    def ambiguous(self) -> list[str]:
        """Tags and bibs that more than one participant carries: nobody, and to be shown to the timer."""
        return sorted(self._tags_twice.keys() | self._bibs_twice.keys())

    def patched(
        self, now: Iterable[Participant], before: Iterable[Participant] = ()
    ) -> tuple["Roster", frozenset[str]]:
        """Another roster, of the same participants but for some. `now`: those who are new or changed, as they are;
        `before`: those who are changed or gone, as they are in this one. Gives, too, which tags and bibs, as they are
        compared, may be somebody else's by it, or somebody of whom more is known. Takes some milliseconds of a hundred
        thousand."""
        coming = {each.id: each for each in now}
        going = {each.id: each for each in before}
        everyone = (*going.values(), *coming.values())
        ids = going.keys() | coming.keys()
        tags = {normal(tag) for each in everyone for tag in each.tags} - {""}
        bibs = {normal(each.bib) for each in everyone} - {""}
        other = self._copy()
        _take(other._by_tag, other._tags_twice, tags, ids)
        _take(other._by_bib, other._bibs_twice, bibs, ids)
        for participant in coming.values():
            for tag in participant.tags:
                _put(other._by_tag, other._tags_twice, normal(tag), participant)
            _put(other._by_bib, other._bibs_twice, normal(participant.bib), participant)
        other.size = self.size - len(going) + len(coming)
        if len(self.patches.keys() | ids) <= PATCHED_MAX:
            other.lineage = self.lineage
            other.patches = self.patches | dict.fromkeys(ids) | coming
        return other, frozenset(tags | bibs)

    def _copy(self) -> "Roster":
        other = Roster()
        other._by_tag, other._by_bib = self._by_tag.copy(), self._by_bib.copy()
        other._tags_twice = {key: held.copy() for key, held in self._tags_twice.items()}
        other._bibs_twice = {key: held.copy() for key, held in self._bibs_twice.items()}
        return other

    def find(self, tag: str) -> Participant | None:
        """Whose tag it is, else whose bib. A tag of two is nobody, even if somebody wears it as a bib."""
        key = normal(tag)
        found = self._by_tag.get(key)
        if found is None and key not in self._tags_twice:
            found = self._by_bib.get(key)
        return found

    def of_bib(self, bib: str) -> Participant | None:
        """Who wears it; None: nobody, or two."""
        return self._by_bib.get(normal(bib))

    def carriers(self, text: str) -> tuple[str, list[Participant]]:
        """("tag", all who have it), or ("bib", all who wear it); ("", nobody)."""
        key = normal(text)
        for kind, table, twice in (
            ("tag", self._by_tag, self._tags_twice),
            ("bib", self._by_bib, self._bibs_twice),
        ):
            held = table.get(key)
            those = twice.get(key, []) if held is None else [held]
            if those:
                return kind, list(those)
        return "", []

    def held(self) -> list[Participant]:
        """Those who are found by something, some of them twice: at once."""
        return [*self._by_bib.values(), *self._by_tag.values()]

    def everybody(self) -> Iterator[Participant]:
        """All who can be shown for some tag, and those who share a bib; each once."""
        seen: set[int] = set()
        for held in (self._by_bib.values(), *self._bibs_twice.values(), self._by_tag.values()):
            for participant in held:
                if participant.id not in seen:
                    seen.add(participant.id)
                    yield participant

    def tags_of(self, bib: str) -> set[str]:
        """The tags, in their compared form, that are shown as this bib; none when nobody wears it."""
        key = normal(bib)
        wearer = self._by_bib.get(key)
        wearers = self._bibs_twice.get(key, []) if wearer is None else [wearer]
        tags = {key, *(normal(tag) for each in wearers for tag in each.tags)}
        return {tag for tag in tags if any(self.find(tag) is each for each in wearers)}


class Gathering:
    """A roster that is made whole in pieces: of a hundred thousand it takes a third of a second."""

    def __init__(self) -> None:
        self._roster = Roster()

    def add(self, participants: Iterable[Participant]) -> None:
        self._roster._gather(participants)

    def done(self) -> Roster:
        """Nothing is added any more."""
        self._roster._settle()
        return self._roster


def _add(
    table: dict[str, Participant], text: str, participant: Participant, twice: dict[str, list[Participant]]
) -> None:
    """For a roster that is made whole: who is held twice stays in the table until it is."""
    key = normal(text)
    if not key:
        return
    held = table.setdefault(key, participant)
    if held is not participant:
        others = twice.setdefault(key, [held])
        if others[-1] is not participant:
            others.append(participant)


def _put(
    table: dict[str, Participant], twice: dict[str, list[Participant]], key: str, participant: Participant
) -> None:
    """One more has this key."""
    if not key:
        return
    held = table.get(key)
    shared = twice.get(key)
    if shared is not None:
        if shared[-1] is not participant:
            shared.append(participant)
    elif held is None:
        table[key] = participant
    elif held is not participant:
        del table[key]
        twice[key] = [held, participant]


def _take(
    table: dict[str, Participant],
    twice: dict[str, list[Participant]],
    keys: Iterable[str],
    ids: Collection[int],
) -> None:
    """These have none of these keys any more. What was of two may be somebody's."""
    for key in keys:
        held = table.get(key)
        if held is not None and held.id in ids:
            del table[key]
        if key in twice:
            left = [each for each in twice.pop(key) if each.id not in ids]
            if len(left) > 1:
                twice[key] = left
            elif left:
                table[key] = left[0]


def interned(participant: Participant) -> Participant:
    """Shares what repeats over a roster (city, division, race, ...), which is a third of its memory."""
    for name in ("age", "gender", "city", "state", "country", "division", "race_name", "wave", "team_name"):
        setattr(participant, name, intern(getattr(participant, name)))
    return participant
