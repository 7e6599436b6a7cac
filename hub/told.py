"""What somebody is told of a runner, by who they are: everybody, or those who have signed in. Pure.

Knows participants, what is public of them (`hub.privacy`) and official results; refuses to know reads and how it is
written down.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub import privacy
from hub.model import MODE_RESULTS, Official, Participant, SessionRow
from hub.roster import normal
from hub.roster_words import PUBLIC

RESULT_FIELDS: Final = (
    "finish_time",
    "gun_time",
    "pace",
    "gun_pace",
    "overall_rank",
    "division_rank",
    "gender_rank",
    "penalty_time",
    "time_with_penalty",
    "gun_time_with_penalty",
    "start_time",
    "finish_timestamp",
)
"""What is told of an official result, whatever else a service says: that may be who it is."""

Fields = Mapping[str, str]
NOTHING: Final[Fields] = {}


Told = tuple[Participant, Fields]
"""What is told of a participant, and beside it fields that no roster has, or that not everybody is told. It has no
class of its own: one is made for every read that is shown."""


class Known(NamedTuple):
    """What it follows from who a runner is and how much of them is told: of one session, at one time."""

    row: SessionRow
    official: Official

    def public(self, participant: Participant) -> Told:
        """For everybody."""
        result = self.result(participant) if self.row.mode == MODE_RESULTS else NOTHING
        return privacy.public(participant, self.row), result

    def staff(self, participant: Participant) -> Told:
        """For those who have signed in."""
        return participant, {**self.result(participant), **hidden(participant, self.row)}

    def result(self, participant: Participant) -> Fields:
        """The official one, while the session is there to show it."""
        if self.row.mode != MODE_RESULTS:
            return NOTHING
        found = self.official.get(normal(participant.bib))
        return {name: found[name] for name in RESULT_FIELDS if found.get(name)} if found else NOTHING


def hidden(participant: Participant, row: SessionRow) -> dict[str, str]:
    """What is not told to everybody, as far as there is anything; `privacy`: how much they are told, if not all."""
    how = privacy.shown(participant, row)
    fields = {name: getattr(participant, name) for name in privacy.HIDDEN_FIELDS}
    fields["privacy"] = "" if how == PUBLIC else how
    return {name: value for name, value in fields.items() if value}
