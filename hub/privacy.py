"""How much of a participant everybody sees. Pure: knows participants and what a session says of minors; refuses to know
screens, and who is asking.

Whoever has signed in sees all. Everybody else sees what is public: of most all but what is for announcers; of some
initials and what does not say who it is; of some the bib. The stricter holds, of what was said of the participant and
of the session's rule for minors. Of whom neither birth date nor age is known, nor in a column of the roster's own the
year, that rule says nothing.
"""

import re
from operator import itemgetter
from typing import Final, Protocol

from msgspec.structs import replace

from hub.model import Participant
from hub.private_columns import is_birth, is_hidden
from hub.roster_words import BIB_ONLY, INITIALS, PRIVACIES, PUBLIC

HIDDEN_FIELDS: Final = ("phonetic", "birth_date", "status", "notes", "privacy")
"""Nobody's but of those who have signed in, whoever it is."""
_EAST_ASIAN_FROM: Final = "\u1100"
"""From here on a letter is a syllable or a word, and the first one of a name is all of it."""
_STRICTNESS: Final = {name: number for number, name in enumerate(PRIVACIES)}
_column: Final = itemgetter(0)
_NUMBER: Final = re.compile(r"\s*(\d{1,3})(?!\d)")
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_YEAR: Final = re.compile(r"(19|20)\d\d(-\d\d(-\d\d)?)?")


class Rule(Protocol):
    """What a session says of minors; `hub.model.SessionRow` is one."""

    @property
    def day(self) -> str: ...
    @property
    def minors_under(self) -> int: ...
    @property
    def minors_privacy(self) -> str: ...


def shown(participant: Participant, rule: Rule) -> str:
    """How much of them everybody sees, one of PRIVACIES."""
    own = participant.privacy or PUBLIC
    if (
        rule.minors_under
        and _STRICTNESS[own] < _STRICTNESS[rule.minors_privacy]
        and is_minor(participant, rule)
    ):
        return rule.minors_privacy
    return own


def is_minor(participant: Participant, rule: Rule) -> bool | None:
    """Whether they are younger than the rule says on the event's day; None: it is not known how old they are."""
    born = participant.birth_date.strip()
    if _DATE.fullmatch(born):
        return _is_younger(born, rule)
    age = _NUMBER.match(participant.age)
    if age:
        return int(age[1]) < rule.minors_under
    for column, word in participant.custom:
        if is_birth(column) and _YEAR.fullmatch(word.strip()):
            return _is_younger(word.strip(), rule)
    return None


def _is_younger(born: str, rule: Rule) -> bool:
    latest = born + "-99"[: 10 - len(born)]  # of a year or a month, its end
    return latest > f"{int(rule.day[:4]) - rule.minors_under:04}{rule.day[4:]}"


def public(participant: Participant, rule: Rule) -> Participant:
    """What everybody may know of them; the very same where that is all that there is."""
    how = shown(participant, rule) if participant.privacy or rule.minors_under else PUBLIC
    if how == INITIALS:
        return Participant(
            participant.id,
            participant.bib,
            first_name=initial(participant.first_name),
            last_name=initial(participant.last_name),
            gender=participant.gender,
            country=participant.country,
            division=participant.division,
            race_name=participant.race_name,
            wave=participant.wave,
        )
    if how == BIB_ONLY:
        return Participant(
            participant.id, participant.bib, race_name=participant.race_name, wave=participant.wave
        )
    return _without_hidden(participant) if has_hidden(participant) else participant


def has_hidden(participant: Participant) -> bool:
    """Whether there is something that only those see who have signed in, of somebody who is public otherwise."""
    if participant.notes or participant.phonetic or participant.birth_date:
        return True
    if participant.status or participant.privacy:
        return True
    return any(map(is_hidden, map(_column, participant.custom)))  # of every read that is shown: no generator


def initial(name: str) -> str:
    """ "A." of Ann; nothing where the first letter is all of the name, or a word of its own."""
    letter = name.strip()[:1]
    if not letter.isalpha() or len(name.strip()) == 1 or letter >= _EAST_ASIAN_FROM:
        return ""
    return f"{letter.upper()}."


def _without_hidden(participant: Participant) -> Participant:
    return replace(
        participant,
        custom=tuple(each for each in participant.custom if not is_hidden(each[0])),
        **dict.fromkeys(HIDDEN_FIELDS, ""),
    )
