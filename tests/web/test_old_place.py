"""Of which display and session an old screen speaks; and that nobody is shown anything of anybody."""

from hub.config import CODE_TRIES_PER_MINUTE_MAX
from tests.running import Running, until
from tests.web.old_venue import IDLE, asked, prepared


async def test_nobody_is_shown_anything_of_anybody(hub: Running) -> None:
    old = await prepared(hub)
    reader = await old.reader().connect()
    reader.add("T1")
    await until(lambda: old.durable == 1)
    for where in ("", "?display=ABCDEFGH", "?display="):
        assert await asked(old, "/api/current-runner" + where) == IDLE
    async with old.http.get("/api/current-runner") as answer:  # whoever has signed in is shown their own
        assert (await answer.json())["bib"] == "101"
    await reader.hang_up()


async def test_codes_that_nobody_has_are_counted(hub: Running) -> None:
    old = await prepared(hub)
    tries = min(CODE_TRIES_PER_MINUTE_MAX, old.app.settings.limits.code_tries_per_minute)
    for _ in range(tries):
        await asked(old, "/api/current-runner?display=ABCDEFGH")
    async with old.anybody.get("/api/current-runner?display=ABCDEFGH") as answer:
        assert answer.status == 429
