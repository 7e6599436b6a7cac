"""Who comes back, to what, and what is kept of whom: sources and their inboxes."""

import pytest
from msgspec.structs import replace

from hub import served
from hub.model import NOBODY, InboxRecord, PartnerRow, Proved, SourceRecord
from hub.served import INBOX_NAME_CHARS_MAX, inbox_row, stored_source
from hub.session import Session, Source
from tests.test_hub import ID, World, keyed, session_row


class Place(World):
    """Partners 1 and 2; sessions 1 and 3 of the first, 2 of the second: so nobody is led by default. Port `open` is
    anybody's, `main` and `second` are the first one's. Knows who has strayed."""

    def __init__(self) -> None:
        super().__init__()
        self.strayed: list[tuple[Source, Session]] = []
        self.hub.strayed = lambda source, inbox: self.strayed.append((source, inbox))
        self.hub.partners |= {number: PartnerRow(number, f"p{number}", "") for number in (1, 2)}
        self.hub.ports |= {"second": 1, "open": NOBODY}
        self.hub.add_session(keyed(2, "KeyOfTwo02", partner_id=2))
        self.hub.add_session(keyed(3, "KeyOfThree"))

    def come(
        self,
        connection_id: str = ID,
        event_name: str = "21ROTM",
        *,
        listener: str = "main",
        proved: Proved | None = None,
        **facts: str,
    ) -> Source:
        """A reader that has shaken hands, and is still there."""
        said = {"remote": "192.0.2.7", "program": "SimpleClient", "version": "0.6.0"} | facts
        source = self.hub.open_source(
            partner_id=self.hub.ports[listener],
            listener=listener,
            protocol="chronotrack",
            connection_id=connection_id,
            event_name=event_name,
            proved=proved,
            **said,
        )
        source.connected(self.now_us)
        return source

    def gone(self, source: Source, assigned: int = 0) -> Source:
        """It has sent a line, was sent to a session by an operator, if to any, and has hung up."""
        self.accept(source, [source.session.head + 1])
        self.write()
        if assigned:
            source.assign(assigned)
            self.hub.redirect(source, self.hub.sessions[assigned])
        self.hub.release(source)
        return source

    @property
    def inboxes(self) -> set[int]:
        return set(self.hub.inboxes)


def is_inbox(place: Place, source: Source) -> bool:
    row = source.session.row
    return row.purpose == "inbox" and row.source_id == source.id and row.id in place.hub.inboxes


# Inboxes


def test_one_that_leads_nowhere_has_an_inbox_of_its_own() -> None:
    place = Place()
    first, second = place.come(), place.come("B" * 40)
    assert is_inbox(place, first) and is_inbox(place, second) and len(place.inboxes) == 2
    assert first.record.session_id == first.session.row.id and first.record.partner_id == 1
    place.gone(first)
    assert place.come() is first and is_inbox(place, first), "with what it has sent"
    assert place.hub.find(first.session.row.id) is first.session
    assert place.hub.active_session(1) is place.hub.sessions[3], "an inbox is never the active one"


def test_an_inbox_of_which_nothing_has_come_is_forgotten() -> None:
    place = Place()
    source = place.come()
    place.hub.release(source)
    assert place.inboxes == set() and place.hub.sources == {}
    assert place.hub.seal() is None, "and the store has never heard of it"


def test_the_store_hears_of_an_inbox_once_and_before_what_it_got() -> None:
    place = Place()
    source = place.come(program="x" * 200)
    place.accept(source, [1])
    (inbox,) = place.seal().group.inboxes
    assert (inbox.id, inbox.partner_id, inbox.source_id) == (source.session.row.id, 1, source.id)
    assert len(inbox.name) == INBOX_NAME_CHARS_MAX and inbox.made_us == place.now_us
    place.accept(source, [2])
    assert place.seal().group.inboxes == []


def test_what_waits_in_an_inbox_is_kept_whoever_has_sent_it() -> None:
    place = Place()
    source = place.come("")
    place.accept(source, [1])
    sealed = place.seal()
    place.hub.release(source)
    place.hub.written(sealed)
    assert place.inboxes == {source.session.row.id} and source.id in place.hub.sources


def test_an_inbox_leaves_the_memory_with_its_source_when_its_reads_are_on_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(served, "SOURCES_KEPT_MAX", 1)
    place = Place()
    source = place.come("")
    place.accept(source, [1])
    sealed = place.seal()
    place.hub.release(source)
    other = place.come("B" * 40)
    assert source.id not in place.hub.sources
    assert place.inboxes == {source.session.row.id, other.session.row.id}, "its read is on the way"
    place.hub.written(sealed)
    assert place.inboxes == {other.session.row.id} and place.published == [(source.session.row.id, [1])]
    place.accept(other, [1])
    place.write()
    place.hub.release(other)
    place.come("C" * 40)
    assert other.session.row.id not in place.inboxes, "all of it was on disk before"


def test_the_inbox_of_nobody() -> None:
    place = Place()
    source = place.come(listener="open")
    assert is_inbox(place, source)
    assert source.record.partner_id == source.session.row.partner_id == NOBODY
    place.gone(source)
    again = place.come(listener="open", event_name="KeyOfTwo02")
    assert again is source and again.session is place.hub.sessions[2], "whose it is, it says by a key"
    assert again.record.partner_id == 2
    ((strayed, inbox),) = place.strayed
    assert strayed is source and inbox.row.partner_id == NOBODY and inbox.head == 1


def test_an_inbox_that_is_made_for_who_has_had_none() -> None:
    place = Place()
    source = place.gone(place.come(event_name="KeyOfThree"))
    inbox = place.hub.inbox_of(source)
    assert inbox.row.source_id == source.id and inbox.row.partner_id == 1 and inbox.head == 0
    assert place.hub.inbox_of(source) is inbox
    assert inbox.row.id > source.id and inbox.row.name == "SimpleClient at 192.0.2.7"


def test_an_inbox_as_a_session() -> None:
    row = inbox_row(InboxRecord(5, NOBODY, 4, "x", 1_620_499_000_000_000), "Asia/Kathmandu")
    assert (row.id, row.source_id, row.purpose, row.status, row.day) == (
        5,
        4,
        "inbox",
        "active",
        "2021-05-09",
    )


def test_inboxes_of_the_store() -> None:
    place = Place()
    far = 2**52
    inbox = Session(inbox_row(InboxRecord(far, 1, 7, "x", 0), "UTC"), late_us=1)
    place.hub.add_inbox(inbox)
    record = SourceRecord(7, 1, far, "main", "chronotrack", "::1", "", "", ID, "", None, 0)
    source = place.hub.add_source(record)
    assert place.come(event_name="") is source and source.session is inbox
    assert place.hub.inbox_of(source) is inbox and place.hub.new_id() > far


# Who comes back


def test_a_connection_id_is_a_claim_that_holds_on_the_same_port() -> None:
    place = Place()
    source = place.gone(place.come(), 3)
    for listener in ("second", "open"):
        other = place.come(listener=listener)
        assert other is not source and is_inbox(place, other), listener
        assert other.record.partner_id == (1 if listener == "second" else NOBODY)
    assert place.come() is source and source.session is place.hub.sessions[3]


def test_what_an_operator_has_assigned_is_recognised_without_a_connection_id() -> None:
    place = Place()
    source = place.gone(place.come(""), 3)
    session = place.hub.sessions[3]
    again = place.come("")
    assert again is source and again.session is session
    assert again.runs == {}, "its numbering is another one: no place to resume from"
    another = place.come("")
    assert another is not source and is_inbox(place, another), "that one is here already"


def test_who_says_another_thing_of_itself_is_not_recognised() -> None:
    place = Place()
    source = place.gone(place.come(""), 3)
    for facts in (
        {"remote": "192.0.2.8"},
        {"program": "Other"},
        {"event_name": "22ROTM"},
        {"event_name": ""},
        {"listener": "second"},
        {"connection_id": "C" * 40},
    ):
        other = place.come(**({"connection_id": ""} | facts))  # type: ignore[arg-type]
        assert other is not source and is_inbox(place, other), facts
    assert place.come("") is source


def test_of_two_that_say_the_same_none_is_recognised() -> None:
    place = Place()
    both = place.come(""), place.come("")
    for source, session_id in zip(both, (1, 3), strict=True):
        place.gone(source, session_id)
    third = place.come("")
    assert third not in both and is_inbox(place, third)


def test_who_has_an_inbox_is_recognised_by_what_it_says_and_begins_anew() -> None:
    place = Place()
    source = place.gone(place.come(""))
    again = place.come("")
    assert again is source and is_inbox(place, source) and source.runs == {}
    assert place.come("", program="Another") is not source


def test_the_store_knows_again_what_was_assigned() -> None:
    place = Place()
    record = SourceRecord(7, 1, 3, "main", "", "192.0.2.7", "SimpleClient", "", "", "21ROTM", None, 0, 3)
    source = place.hub.add_source(record)
    assert place.come("") is source
    unassigned = replace(record, id=8, assigned=0, program="Another")
    place.hub.add_source(unassigned)
    assert 8 not in place.hub.sources


def test_an_assignment_on_anybodys_port_holds_and_names_the_partner() -> None:
    place = Place()
    source = place.gone(place.come(listener="open"), 2)
    again = place.come(listener="open")
    assert again is source and again.session is place.hub.sessions[2] and again.record.partner_id == 2


def test_who_was_taken_out_stays_out_of_it_and_in_the_same_inbox() -> None:
    for listener in ("main", "open"):
        place = Place()
        source = place.gone(place.come(event_name="KeyOfThree", listener=listener))
        inbox = place.hub.inbox_of(source)
        source.assign(inbox.row.id)
        place.hub.redirect(source, inbox)
        for event_name in ("KeyOfThree", "21ROTM"):
            again = place.come(event_name=event_name, listener=listener)
            assert again is source and again.session is inbox, (listener, event_name)
            assert place.hub.place_of(source) is None
            place.hub.release(again)
        assert place.strayed == []


def test_who_was_taken_out_may_take_up_another_partners_key() -> None:
    place = Place()
    source = place.gone(place.come(event_name="KeyOfThree", listener="open"))
    inbox = place.hub.inbox_of(source)
    source.assign(inbox.row.id)
    place.hub.redirect(source, inbox)
    other = place.come(event_name="KeyOfTwo02", listener="open")
    assert other is not source and other.session is place.hub.sessions[2]
    assert source.session is inbox and source.record.partner_id == 1, "what it sent before is not theirs"


def test_what_is_proved_is_said_of_it_and_needs_a_proof_each_time() -> None:
    place = Place()
    source = place.gone(place.come(proved=Proved(1, 3)))
    assert source.session is place.hub.sessions[3] and source.record.proved
    assert place.come(proved=Proved(1, 3)) is source
    place.hub.release(source)
    claims = place.come()
    assert claims is not source and is_inbox(place, claims) and not claims.record.proved


def test_who_proves_to_be_anothers_is_another() -> None:
    place = Place()
    source = place.gone(place.come(event_name="KeyOfThree", listener="open"))
    other = place.come(listener="open", proved=Proved(2))
    assert other is not source and other.session is place.hub.sessions[2] and other.record.partner_id == 2


# Where it leads


def test_what_was_sent_before_the_key_lies_in_the_inbox_and_is_told_of() -> None:
    place = Place()
    source = place.gone(place.come())
    inbox = source.session
    again = place.come(event_name="KeyOfThree")
    assert again is source and again.session is place.hub.sessions[3]
    assert place.strayed == [(source, inbox)] and place.inboxes == {inbox.row.id}
    assert again.connected(place.now_us) == {}, "it streams anew: nothing of it is held there"
    place.accept(again, [1, 2])
    group = place.seal().group
    assert [(each.session_id, len(each.reads)) for each in group.sessions] == [(3, 2)]
    assert group.sources[0].session_id == 3


def test_where_one_in_its_inbox_would_lead_now() -> None:
    place = Place()
    source, other = place.gone(place.come()), place.gone(place.come(listener="open"))
    assert place.hub.place_of(source) is place.hub.place_of(other) is None
    event = keyed(4, "KeyOfFour4")
    event.row = replace(event.row, event_name="21ROTM")
    place.hub.add_session(event)
    assert place.hub.place_of(source) is event
    assert place.hub.place_of(other) is None, "whose it is, is still not known"
    source.assign(3)
    assert place.hub.place_of(source) is place.hub.sessions[3]


# The end of a session


def test_what_was_sent_to_a_session_that_ends_waits_for_it() -> None:
    place = Place()
    source = place.gone(place.come(), 3)
    by_key = place.gone(place.come("B" * 40, "KeyOfThree"))
    session = place.hub.sessions[3]
    assert place.hub.end_session(session) == [by_key]
    assert is_inbox(place, source) and source.id in place.hub.sources
    place.hub.remove_session(place.hub.sessions[1])
    place.hub.add_session(Session(session_row(4), late_us=1))
    again = place.come()
    assert again is source and is_inbox(place, source), "it is for no other one, and be it the only one"
    assert "assigned" in place.hub.routes.amber("21ROTM", source.record.assigned, source.session)
    assert is_inbox(place, place.come("B" * 40, "KeyOfThree"))
    place.hub.restore(session, [])
    assert place.hub.place_of(source) is session


def test_clocks_jump_with_our_own() -> None:
    place = Place()
    source = place.come()
    source.clock.known, source.clock.difference_us = True, 5
    place.hub.clock_jumped(7)
    assert source.clock.difference_us == 12


def test_a_source_of_the_store_is_known_to_it() -> None:
    session = Session(session_row(1), late_us=1)
    record = SourceRecord(7, 1, 1, "main", "", "", "", "", "", "", 60, 0)
    source = stored_source(record, session, 1)
    assert source.noted and source.port == 1 and source.clock.difference_us == 60


def test_what_an_earlier_hub_has_heard_a_proof_of_waits_for_the_next_one() -> None:
    place = Place()
    place.hub.remove_session(place.hub.sessions[3])
    record = SourceRecord(
        7, 1, 90, "main", "", "192.0.2.7", "SimpleClient", "", ID, "21ROTM", None, 0, 0, True
    )
    place.hub.add_inbox(Session(inbox_row(InboxRecord(90, 1, 7, "", 0), "UTC"), late_us=1))
    source = place.hub.add_source(record)
    assert place.hub.place_of(source) is None, "it may have been of the session that has ended"
    unproved = replace(record, id=8, connection_id="B" * 40, proved=False)
    assert place.hub.place_of(place.hub.add_source(unproved)) is place.hub.sessions[1]
    assert place.come(proved=Proved(1, 1)) is source and source.session is place.hub.sessions[1]
