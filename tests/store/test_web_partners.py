"""Partners as the web asks for them."""

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import StoreAway
from hub.store.pooled import WebDatabase
from hub.store.web_partners import WebPartners
from tests.store.teams import Teams


async def test_before_there_is_a_database() -> None:
    def nowhere() -> WebDatabase:
        raise StoreAway("not connected yet")

    with pytest.raises(StoreAway):
        await WebPartners(nowhere).lines(MACHINE_CALLER)


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_made_is_listed_by_name(teams: Teams) -> None:
    made = [await teams.partners.make(MACHINE_CALLER, name, None) for name in ("Zz list", "Aa list")]
    listed = [each.id for each in await teams.partners.lines(MACHINE_CALLER)]
    assert listed.index(made[1].id) < listed.index(made[0].id)
    changed = await teams.partners.change(MACHINE_CALLER, made[0].id, "Mm list", None)
    assert (await teams.partners.line(MACHINE_CALLER, made[0].id)).name == changed.name
    for each in made:
        await teams.partners.delete(MACHINE_CALLER, each.id)
