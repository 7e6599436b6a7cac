"""Sessions that end and go on in the hub's memory: who is led to them, and what of theirs is on its way to the disk."""

from msgspec.structs import replace

from hub.model import US_PER_S, SourceRecord
from hub.served import stored_source
from hub.session import Session, Source
from tests.test_hub import ID, World, session_row


def record(number: int, connection_id: str = ID) -> SourceRecord:
    return SourceRecord(number, 1, 1, "main", "chronotrack", "", "", "", connection_id, "21ROTM", None, 0)


def test_what_was_accepted_before_the_end_becomes_durable_after_it() -> None:
    world = World()
    session, source = world.hub.sessions[1], world.connect()
    world.accept(source, [1, 2])
    sealed = world.seal()
    world.accept(source, [3])
    assert world.hub.end_session(session) == [source]
    assert world.hub.sessions == {} and world.hub.find(1) is session and world.hub.sources == {}
    world.hub.written(sealed)
    world.write()
    world.hub.release(source)
    assert world.published == [(1, [1, 2]), (1, [3])] and session.durable == session.head == 3


def test_one_that_goes_on_has_its_readers_again() -> None:
    world = World()
    world.hub.sessions[1].row = replace(session_row(1), stream_key="key")
    session = world.hub.sessions[1]
    world.hub.end_session(session)
    world.hub.routes.add_old_keys([("key", 1)])
    assert world.hub.routes.is_key("key") and world.hub.active_session(1) is None
    own = [stored_source(record(5), session, 1), stored_source(record(6, ""), session, 1)]
    world.hub.restore(session, own)
    assert world.hub.find(1) is session and world.hub.guests == {}
    assert world.hub.sources == {5: own[0]}, "nobody comes back to the one without a connection id"
    assert world.connect() is own[0] and world.hub.new_id() > 6
    assert world.connect("B" * 40, event_name="key").session is session


def test_a_reader_that_feeds_another_session_meanwhile_stays_there() -> None:
    world = World()
    session = world.hub.sessions[1]
    world.hub.end_session(session)
    other = Session(session_row(2), late_us=1)
    world.hub.add_session(other)
    source = world.connect()
    world.accept(source, [1])
    world.hub.restore(session, [stored_source(record(5), session, 1)])
    world.hub.release(source)
    assert world.connect() is source and source.session is other


def test_another_key_and_the_one_before() -> None:
    world = World()
    session = world.hub.sessions[1]
    world.hub.change_session(session, replace(session.row, stream_key="first"))
    world.hub.remove_session(session)
    world.hub.add_session(session)
    world.hub.change_session(session, replace(session.row, stream_key="second"))
    assert world.connect("B" * 40, event_name="second").session is session
    opened = world.hub.open_source(
        partner_id=1,
        listener="",
        protocol="",
        remote="",
        program="",
        version="",
        connection_id="",
        event_name="first",
    )
    assert opened.session is not session and opened.session.row.purpose == "inbox"


def test_by_another_zone_readers_clocks_are_to_be_learnt_anew() -> None:
    world = World()
    session, source = world.hub.sessions[1], world.connect()
    other = Source(record(9, "C" * 40), Session(session_row(2), late_us=1))
    for each in (source, other):
        each.clock.known, each.clock.difference_us = True, 3600 * US_PER_S
    world.hub.sources[9] = other
    world.hub.change_session(session, replace(session.row, name="x"))
    assert source.clock.known
    world.hub.change_session(session, replace(session.row, timezone="Europe/Berlin"))
    assert (source.clock.known, source.clock.difference_us, source.clock.changed) == (False, 0, False)
    assert other.clock.known, "of another session"
