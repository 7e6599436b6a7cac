"""Which session a reader's lines go to: the order, case by case."""

from dataclasses import dataclass, field
from typing import Final

import pytest
from msgspec.structs import replace

from hub.model import NOBODY, PartnerRow, Proved, SessionRow
from hub.routing import ASSIGNED_ENDED, KEY_ENDED, Routes
from hub.session import Session

ENDED: Final = 99
"""The number of a session that is not active."""
OLD_KEY: Final = "ended00000"


def a_session(number: int, partner_id: int = 1, event: str = "", **changes: object) -> Session:
    row = SessionRow(number, partner_id, f"S{number}", event, "active", 1, "UTC", "2026-05-16", number)
    changes = {"stream_key": f"key{number:07d}", "event_id": number * 100 if event else None} | changes
    return Session(replace(row, **changes), late_us=1)


def routes(*active: Session, partners: int = 2) -> Routes:
    made = Routes(
        {number: PartnerRow(number, f"p{number}", "") for number in range(1, partners + 1)},
        {each.row.id: each for each in active},
    )
    for each in active:
        made.add(each)
    made.add_old_keys([(OLD_KEY, 1)])
    return made


@dataclass
class Case:
    """A partner's reader and the session that it leads to; None: nowhere."""

    says: str
    leads_to: int | None
    partner: int = 1
    event: str = "Somebody's run"
    proved: Proved | None = None
    assigned: int = 0
    home: int | None = None
    sessions: tuple[Session, ...] = field(
        default_factory=lambda: (
            a_session(10, event="Spring run"),
            a_session(11, event="Night run"),
            a_session(20, 2, "Spring run"),
        )
    )


ONE: Final = (a_session(10, event="Spring run"), a_session(20, 2, "Night run"))
KEY_10, KEY_11, KEY_20 = (f"key{number:07d}" for number in (10, 11, 20))

CASES: Final = (
    Case("proved before assigned", 11, proved=Proved(1, 11), assigned=10, event=KEY_10, home=10),
    Case("proved to be of the partner, any session", 10, proved=Proved(1), event=KEY_10),
    Case("proved for a session that has ended", None, proved=Proved(1, ENDED), sessions=ONE),
    Case("and its event's name does not help", None, proved=Proved(1, ENDED), event="Night run"),
    Case("proved for one that has ended, assigned since", 11, proved=Proved(1, ENDED), assigned=11),
    Case("assigned before its key", 11, assigned=11, event=KEY_10),
    Case("assigned before its event's name", 11, assigned=11, event="Spring run", home=10),
    Case("assigned to a session that has ended", None, assigned=ENDED, sessions=ONE),
    Case("and where it has been does not help", None, assigned=ENDED, home=10, event="Night run"),
    Case("assigned to one that has ended, with a key since", 10, assigned=ENDED, event=KEY_10),
    Case("assigned to another partner's", None, assigned=20, sessions=ONE),
    Case(
        "the key before its event's name",
        11,
        event=KEY_11,
        sessions=(a_session(10, event=KEY_11), a_session(11)),
    ),
    Case("the key before where it has been", 10, event=KEY_10, home=11),
    Case("the key of another partner's session is just a name", 10, event=KEY_20, sessions=ONE),
    Case("and where there are more, leads nowhere", None, event=KEY_20),
    Case("the key of a session that has ended", None, event=OLD_KEY, sessions=ONE),
    Case("and where it has been does not help either", None, event=OLD_KEY, home=10),
    Case("a key is exact", None, event=KEY_10.upper()),
    Case("its event's name, whatever its case", 11, event=" night RUN "),
    Case("its event's number", 11, event="1100"),
    Case("its event's name before where it has been", 11, event="Night run", home=10),
    Case("an event's name of this partner alone", 10, event="Spring run"),
    Case(
        "of two sessions of the event none",
        None,
        event="x",
        sessions=(a_session(10, 1, "x"), a_session(11, 1, "x")),
    ),
    Case(
        "but the one where it has been",
        11,
        event="x",
        home=11,
        sessions=(a_session(10, 1, "x"), a_session(11, 1, "x")),
    ),
    Case("where it has been", 11, home=11),
    Case("no event's name is no name", None, event="", sessions=(a_session(10), a_session(11, event="y"))),
    Case("the one active session of its partner", 10, sessions=ONE),
    Case("and of the other one", 20, partner=2, sessions=ONE),
    Case("of several none", None),
    Case("none at all", None, partner=3),
    Case(
        "of nobody known: not even by an event's name", None, partner=NOBODY, event="Night run", sessions=ONE
    ),
    Case("a rehearsal is as good", 10, sessions=(a_session(10, purpose="rehearsal"),)),
    Case("a demo is none", None, sessions=(a_session(10, purpose="demo"),)),
    Case("and none of two", 11, sessions=(a_session(10, purpose="demo"), a_session(11))),
    Case("by no name", None, event="x", sessions=(a_session(10, event="x", purpose="demo"),)),
    Case("but by its key", 10, event=KEY_10, sessions=(a_session(10, purpose="demo"),)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_the_order(case: Case) -> None:
    by_number = {each.row.id: each for each in case.sessions}
    home = by_number[case.home] if case.home else None
    found = routes(*case.sessions).session(
        case.partner, case.event, proved=case.proved, assigned=case.assigned, home=home
    )
    assert (found.row.id if found else None) == case.leads_to


@pytest.mark.parametrize(
    ("port", "event", "proved", "partners", "whose"),
    [
        (1, KEY_20, Proved(2, 20), 2, 2),
        (1, KEY_20, None, 2, 1),
        (1, OLD_KEY, None, 2, 1),
        (NOBODY, KEY_20, None, 2, 2),
        (NOBODY, OLD_KEY, None, 2, 1),
        (NOBODY, "Spring run", None, 2, NOBODY),
        (NOBODY, "Spring run", None, 1, 1),
    ],
)
def test_whose_a_reader_is(port: int, event: str, proved: Proved | None, partners: int, whose: int) -> None:
    assert routes(*ONE, partners=partners).partner(port, event, proved) == whose


def test_keys_that_are_given_up_lead_nowhere_and_stay_secrets() -> None:
    session = a_session(10)
    made = routes(session)
    session.row = replace(session.row, stream_key="another")
    made.rekey(KEY_10, session)
    assert made.session(1, "another") is session and made.session(1, KEY_10) is None
    made.remove(session)
    assert all(made.is_key(key) for key in (KEY_10, "another")) and not made.is_key("Spring run")
    assert made.session(1, "another") is None and made.partner(NOBODY, "another", None) == 1
    made.add(session)
    assert made.session(1, "another") is session


@pytest.mark.parametrize(
    ("event", "assigned", "said"),
    [
        ("Spring run", 0, ""),
        ("Spring run", 10, ""),
        ("Spring run", ENDED, ASSIGNED_ENDED),
        (OLD_KEY, 0, KEY_ENDED),
        (OLD_KEY, 10, KEY_ENDED),
    ],
)
def test_why_somebody_has_to_look(event: str, assigned: int, said: str) -> None:
    assert routes(*ONE).amber(event, assigned, ONE[0]) == said
