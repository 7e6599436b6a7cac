"""It is known late who a tag is: on all screens of a hub, on one that was away, and where somebody watches."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from tests.running import Running, Screen, until

ROSTER = "bib,tag,first_name,last_name,birth_date\n1,A1,Ann,Lee,\n2,{tag},Bo,Ek,\n"


async def told(screen: Screen, kind: str) -> dict[str, Any]:
    return await screen.next(kind)


async def pin(hub: Running, offset: int) -> None:
    async with hub.http.post(
        f"/api/displays/{hub.code}/control", json={"action": "pin", "offset": offset}
    ) as response:
        assert response.status == 200


async def test_a_tag_that_was_nobodys_is_somebodys(hub: Running) -> None:
    await hub.import_roster(ROSTER.format(tag="A2"))
    reader = hub.reader()
    reader.add("A1", "X9", "A2")
    await reader.connect()
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(hub.screen()) for _ in range(2)]
        people = await stack.enter_async_context(hub.watcher(hub.session_id))
        async with hub.screen() as away:
            for each in (first, second, people, away):
                await told(each, "hello")
            await first.offsets(3) if hub.durable < 3 else None
            await pin(hub, 2)
            for each in (first, second, away):
                assert (await told(each, "settings"))["display"]["pinned"]["tag"] == "X9"
        await hub.import_roster(ROSTER.format(tag="X9"))
        for each in (first, second, people):
            corrections = {}
            for _ in range(2):
                message = await told(each, "correction")
                corrections[message["offset"]] = message["runner"] and message["runner"]["name"]
            assert corrections == {2: "Bo Ek", 3: None}
        for each in (first, second):
            pinned = (await told(each, "settings"))["display"]["pinned"]
            assert (pinned["offset"], pinned["runner"]["name"]) == (2, "Bo Ek")
        back = await stack.enter_async_context(hub.screen(session=hub.session_id, after=3, epoch=1))
        hello = await told(back, "hello")
        assert hello["recovered"] and hello["display"]["pinned"]["runner"]["name"] == "Bo Ek"
        names = [each.get("runner", {}).get("name") for each in hello["recent"]]
        assert names == ["Ann Lee", "Bo Ek", None]
        reader.add("X9")
        assert {each["bib"] for each in await asyncio.gather(*(told(s, "read") for s in (first, back)))} == {
            "2"
        }
    await reader.hang_up()


async def test_a_rule_for_minors_holds_at_once_and_for_who_was_away(hub: Running) -> None:
    born = "bib,tag,first_name,last_name,birth_date,city\n1,A1,Ann,Lee,2015-05-05,Ghent\n2,A2,Bo,Ek,1980-05-05,Oslo\n"
    await hub.import_roster(born)
    reader = hub.reader()
    reader.add("A1", "A2")
    await reader.connect()
    path = f"/api/sessions/{hub.session_id}"
    async with hub.screen() as screen, hub.watcher(hub.session_id) as people:
        await told(screen, "hello")
        await told(people, "hello")
        await until(lambda: hub.durable == 2)
        rule = {"minors": {"under": 18, "privacy": "initials"}}
        async with hub.http.patch(path, json=rule) as response:
            assert response.status == 200, await response.text()
        message = await screen.next("correction", "bye")
        assert (message["offset"], message["runner"]["name"], message["runner"]["city"]) == (1, "A. L.", "")
        runner = (await people.next("correction", "bye"))["runner"]
        assert (runner["name"], runner["birth_date"], runner["privacy"]) == (
            "Ann Lee",
            "2015-05-05",
            "initials",
        )
        async with hub.screen(session=hub.session_id, after=2, epoch=1) as back:
            hello = await told(back, "hello")
        assert hello["recovered"] and [each["runner"]["name"] for each in hello["recent"]] == [
            "A. L.",
            "Bo Ek",
        ]
        async with hub.http.patch(path, json={"mode": "results"}) as response:
            assert response.status == 200, await response.text()
        assert (await told(screen, "bye"))["again"]
    async with hub.screen() as screen:
        assert (await told(screen, "hello"))["session"]["mode"] == "results"
        hub.app.live.new_results(hub.app.hub.sessions[hub.session_id], {"1": {"finish_time": "20:00"}})
        runner = (await told(screen, "correction"))["runner"]
        assert (runner["name"], runner["finish_time"]) == ("A. L.", "20:00")
    await reader.hang_up()
