"""The hub as a listener sees it: who a reader is, and who was refused."""

from msgspec.structs import replace

from hub.hub import Hub
from hub.model import PURPOSE_INBOX, PartnerRow, Proved
from hub.protocols.chronotrack_proof import PROOFS
from hub.reader_feed import ReaderFeed
from hub.refused import FREE_TRIES, RefusedReaders
from hub.routing import PROVED_ENDED
from hub.session import Session
from tests.test_hub import session_row

SEED = "00ff" * 8
KEYS = {1: "Zz3dEf7hJk", 2: "Ab3dEf7hJk"}
HERE = "192.0.2.7"
FACTS = {
    "listener": "main",
    "remote": HERE,
    "program": "SimpleClient",
    "version": "0.6.0",
    "connection_id": "A" * 40,
    "event_name": "whatever",
}


class World:
    def __init__(self) -> None:
        self.hub = Hub(now_us=lambda: 1, wake=lambda: None, publish=lambda session, reads: None)
        self.hub.partners[1] = PartnerRow(1, "club", "Club")
        for number in (1, 2):
            row = replace(session_row(number), stream_key=KEYS[number])
            self.hub.add_session(Session(row, late_us=10**9))
        self.refused = RefusedReaders(lambda: 1)
        self.full = False
        self.feed = ReaderFeed(self.hub, self.refused, 0, lambda: self.full)


def test_who_has_proved_a_session_feeds_it_whatever_the_event_is_called() -> None:
    world = World()
    world.hub.proofs.put_session(2, 1, KEYS[2], "geheim")
    proved = world.feed.prove(KEYS[2], PROOFS["hmac-sha1"](b"geheim", SEED), SEED)
    assert proved == Proved(1, 2)
    source, resume = world.feed.open(**FACTS, proved=proved)
    assert source.session.row.id == 2 and source.record.proved and source.online == 1 and not resume
    world.feed.release(source)
    assert world.feed.prove(KEYS[2], "00", SEED) is None


def test_a_proof_is_needed_again_to_come_back() -> None:
    world = World()
    source, _ = world.feed.open(**FACTS, proved=Proved(1, 2))
    source.noted = True
    world.feed.release(source)
    other, _ = world.feed.open(**FACTS, proved=None)
    assert other.session.row.id != 2, "a connection id is a claim"


def test_of_a_session_that_has_ended_reads_go_to_the_inbox_and_back() -> None:
    world = World()
    ended = world.hub.sessions[2]
    world.hub.remove_session(ended)
    source, _ = world.feed.open(**FACTS, proved=Proved(1, 2))
    assert source.session.row.purpose == PURPOSE_INBOX, "and not to the only one that is active"
    assert world.hub.amber(source) == PROVED_ENDED and world.hub.place_of(source) is None
    world.hub.restore(ended, [])
    assert world.hub.place_of(source) is ended and not world.hub.amber(source)


def test_who_is_refused_is_counted_and_slowed() -> None:
    world = World()
    for number in range(1, FREE_TRIES + 2):
        said, shown = world.feed.refuse("main", HERE, "CLUB", "wrong")
        assert (said > 0) is (number == 1) and shown == "club"
    assert world.feed.verdict_pause_s(HERE) > 0 == world.feed.verdict_pause_s("192.0.2.8")
    (row,) = world.refused.rows
    assert (row.user, row.count, row.named) == ("club", FREE_TRIES + 1, Proved(1))
    world.feed.refuse("main", HERE, KEYS[2], "wrong")
    assert (world.refused.rows[0].named, world.refused.rows[0].user) == (Proved(1, 2), "Ab…")


def test_who_did_not_know_that_it_may_say_who_it_is_is_not_slowed() -> None:
    world = World()
    for _ in range(FREE_TRIES + 2):
        world.feed.refuse("main", HERE, "", "does not say")
    assert world.feed.verdict_pause_s(HERE) == 0 and world.refused.rows[0].named is None


def test_it_is_congested_when_the_journal_is_full() -> None:
    world = World()
    assert not world.feed.congested
    world.full = True
    assert world.feed.congested
