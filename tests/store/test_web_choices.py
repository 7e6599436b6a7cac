"""Which session a user has chosen for old screens: kept, for each of their own."""

from hub.accounts import MACHINE_CALLER, OWNER, Caller
from hub.store.web_choices import WebChoices
from tests.partners import furnish
from tests.store.making import as_web, migrated


async def test_kept_for_each_user(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    web = await as_web(database_dsn, size_max=2)
    made = await furnish(connection, "ALPHAX")
    by = Caller(made.ids["users"], made.partner_id, OWNER, made.emails[OWNER])
    choices = WebChoices(lambda: web)
    assert await choices.of(by) is None
    await choices.choose(by, made.ids["active"])
    await choices.choose(MACHINE_CALLER, made.ids["ended"])
    assert (await choices.of(by), await choices.of(MACHINE_CALLER)) == (
        made.ids["active"],
        made.ids["ended"],
    )
    again = WebChoices(lambda: web)
    assert (await again.of(by), await again.of(MACHINE_CALLER)) == (made.ids["active"], None)
    await again.choose(by, None)
    assert await WebChoices(lambda: web).of(by) is None
    await web.close()
    await connection.close()
