"""Who a tag is. Knows participants; refuses to know reads, files and stores.

A tag is looked for among the roster's tags, else among its bibs: exact after trimming, casefolding and dropping
leading zeros. Two hits are nobody: a wrong name on a wall is worse than a number.
"""

from collections.abc import Iterable, Iterator
from sys import intern

from hub.model import Participant


def normal(text: str) -> str:
    """The form in which tags and bibs are compared."""
    trimmed = text.strip()
    plain = trimmed.casefold().lstrip("0") or trimmed[:1]
    if plain[:1].isspace():  # a zero stood before it
        plain = normal(plain)
    return text if plain == text else plain  # the very same string: one less to keep for each participant


class Roster:
    """The participants of one session, found by tag or bib. Never changed: a new roster takes its place."""

    __slots__ = ("__weakref__", "_bibs_twice", "_by_bib", "_by_tag", "_nobody", "ambiguous", "size")

    def __init__(self, participants: Iterable[Participant] = ()) -> None:
        self._by_tag: dict[str, Participant] = {}
        self._by_bib: dict[str, Participant] = {}
        tags_twice: dict[str, list[Participant]] = {}
        self._bibs_twice: dict[str, list[Participant]] = {}
        self.size = 0
        for participant in participants:
            self.size += 1
            for tag in participant.tags:
                _add(self._by_tag, tag, participant, tags_twice)
            _add(self._by_bib, participant.bib, participant, self._bibs_twice)
        for key in tags_twice:
            del self._by_tag[key]
        for key in self._bibs_twice:
            del self._by_bib[key]
        self._nobody = frozenset(tags_twice)
        self.ambiguous = sorted(tags_twice.keys() | self._bibs_twice.keys())
        """Tags and bibs that more than one participant carries: nobody, and to be shown to the timer."""

    def find(self, tag: str) -> Participant | None:
        """Whose tag it is, else whose bib. A tag of two is nobody, even if somebody wears it as a bib."""
        key = normal(tag)
        found = self._by_tag.get(key)
        if found is None and key not in self._nobody:
            found = self._by_bib.get(key)
        return found

    def of_bib(self, bib: str) -> Participant | None:
        """Who wears it; None: nobody, or two."""
        return self._by_bib.get(normal(bib))

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


def _add(
    table: dict[str, Participant], text: str, participant: Participant, twice: dict[str, list[Participant]]
) -> None:
    key = normal(text)
    if not key:
        return
    held = table.setdefault(key, participant)
    if held is not participant:
        twice.setdefault(key, [held]).append(participant)


def interned(participant: Participant) -> Participant:
    """Shares what repeats over a roster (city, division, race, ...), which is a third of its memory."""
    for name in ("age", "gender", "city", "state", "country", "division", "race_name", "wave", "team_name"):
        setattr(participant, name, intern(getattr(participant, name)))
    return participant
