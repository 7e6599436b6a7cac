"""What handlers ask for of rosters' files."""

from hub.roster_files import RosterFiles
from hub.web import roster_files


def test_the_hubs_own_files_answer_it() -> None:
    asked = {name for name in vars(roster_files.RosterFiles) if not name.startswith("_")}
    assert asked and all(callable(getattr(RosterFiles, name)) for name in asked)
