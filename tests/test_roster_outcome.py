"""What is counted and shown of what came of it."""

from hub.model import Participant
from hub.roster_outcome import SAMPLES_MAX, Outcome


def test_some_of_each_are_shown() -> None:
    outcome = Outcome()
    for number in range(SAMPLES_MAX + 5):
        outcome.add(Participant(number, str(number), first_name="Ann"))
    before, now = (
        Participant(1, "1", first_name="Ann"),
        Participant(1, "1", first_name="Eve", last_name="Lee"),
    )
    outcome.change(before, now)
    outcome.take_off(now)
    assert (outcome.added, outcome.changed, outcome.gone, outcome.participants) == (25, 1, 1, 24)
    assert len(outcome.samples.added) == SAMPLES_MAX and outcome.samples.gone[0].name == "Eve Lee"
    assert outcome.samples.changed[0].fields == {"first_name": ["Ann", "Eve"], "last_name": ["", "Lee"]}
