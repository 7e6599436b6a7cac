"""What the web asks for of participants is what the hub's parts have."""

from hub.rostering import Rostering
from hub.store.web_participants import WebParticipants
from hub.web.people import PARTICIPANTS, ROSTERS, Participants, Rosters


def test_the_parts_have_all_that_is_asked() -> None:
    def asked(protocol: type) -> set[str]:
        return {name for name in vars(protocol) if not name.startswith("_")}

    assert asked(Rosters) <= set(vars(Rostering)) and asked(Participants) <= set(vars(WebParticipants))
    assert "participants" in str(PARTICIPANTS) and "rosters" in str(ROSTERS)
