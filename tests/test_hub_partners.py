"""Readers of several partners: whose port it is, and whose session a key leads to."""

from hub.model import NOBODY, PartnerRow
from hub.session import Session
from tests.test_hub import World, keyed, session_row


def of_partners(world: World, *numbers: int) -> None:
    for number in numbers:
        world.hub.partners[number] = PartnerRow(number, f"p{number}", "")


def test_nobodys_port_leads_by_key_to_any_partner() -> None:
    world = World()
    of_partners(world, 1, 2)
    second = keyed(2, "Kq4ZpT8wXb", partner_id=2)
    world.hub.add_session(second)
    source = world.connect(partner_id=NOBODY, event_name="Kq4ZpT8wXb")
    assert source.session is second and source.record.partner_id == 2
    assert world.connect(partner_id=NOBODY, event_name="Kq4ZpT8wXb") is source, "it has come back"


def test_nobodys_port_without_a_key_is_the_only_partners() -> None:
    world = World()
    of_partners(world, 1)
    source = world.connect(partner_id=NOBODY)
    assert source.session is world.hub.sessions[1] and source.record.partner_id == 1
    of_partners(world, 2)
    world.hub.add_session(Session(session_row(2, partner_id=2), late_us=1))
    unknown = world.connect("B" * 40, partner_id=NOBODY)
    assert unknown.session.row.purpose == "inbox"
    assert unknown.record.partner_id == unknown.session.row.partner_id == NOBODY, "that cannot be told"


def test_a_partners_port_does_not_lead_to_another_by_key() -> None:
    world = World()
    of_partners(world, 1, 2)
    world.hub.add_session(keyed(2, "Kq4ZpT8wXb", partner_id=2))
    assert world.connect(partner_id=1, event_name="Kq4ZpT8wXb").session is world.hub.sessions[1]
