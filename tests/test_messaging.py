"""Messages on their way, in a hub that runs: what screens and people are told at once, and when they come."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lifecycle import Office, office
from tests.running import ROSTER

SHARED = pytest.mark.asyncio(loop_scope="session")


async def say(of: Office, made: Any, text: str, **words: object) -> dict[str, Any]:
    answer = await of.ask("POST", f"sessions/{made['id']}/messages", {"text": text, **words}, 201)
    found: dict[str, Any] = answer["message"]
    return found


def texts(message: dict[str, Any]) -> list[str]:
    return [each["text"] for each in message["messages"]]


@SHARED
async def test_screens_are_told_what_is_public_and_people_all_of_it(shared_office: Office) -> None:
    made = await shared_office.session("Told")
    code = await shared_office.displayed(made["id"])
    async with shared_office.screen(code) as screen, shared_office.hub.watcher(made["id"]) as watcher:
        for each in (screen, watcher):
            hello = await each.next("hello")
            assert (hello["messages"], hello["every_s"]) == ([], 10)
        await say(shared_office, made, "Gate 4 is locked", audience="crew")
        await say(shared_office, made, "Say the sponsor", audience="announcer", now=True)
        pinned = await say(shared_office, made, "Awards at noon", now=True)
        told = [await screen.next("messages") for _ in range(3)]
        assert [texts(each) for each in told] == [[], [], ["Awards at noon"]]
        assert told[-1] == {
            "type": "messages",
            "every_s": 10,
            "messages": [
                {
                    "id": pinned["id"],
                    "kind": "pinned",
                    "text": "Awards at noon",
                    "begins_at": None,
                    "ends_at": None,
                }
            ],
        }
        people = [await watcher.next("messages") for _ in range(3)][-1]
        assert {each["text"]: each["audience"] for each in people["messages"]} == {
            "Gate 4 is locked": "crew",
            "Say the sponsor": "announcer",
            "Awards at noon": "public",
        }
        await shared_office.ask("PATCH", f"sessions/{made['id']}/messages", {"every_s": 20})
        assert (await screen.next("messages"))["every_s"] == 20
        await shared_office.ask("DELETE", f"sessions/{made['id']}/messages/{pinned['id']}", status=204)
        assert texts(await screen.next("messages")) == []


@SHARED
async def test_who_comes_later_is_told_the_same(shared_office: Office) -> None:
    made = await shared_office.session("Later")
    code = await shared_office.displayed(made["id"])
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    over = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    async with shared_office.screen(code) as screen:
        await screen.next("hello")
        await say(shared_office, made, "Bus at six", kind="rotating", begins_at=soon)
        await say(shared_office, made, "Was", kind="rotating", ends_at=over)
        await say(shared_office, made, "Crew", audience="crew")
        told = [await screen.next("messages") for _ in range(3)][-1]
    async with shared_office.screen(code) as screen, shared_office.hub.watcher(made["id"]) as watcher:
        hello = await screen.next("hello")
        assert (hello["messages"], hello["every_s"]) == (told["messages"], told["every_s"])
        assert texts(hello) == ["Bus at six"] and hello["messages"][0]["begins_at"]
        assert sorted(texts(await watcher.next("hello"))) == ["Bus at six", "Crew"]


@SHARED
async def test_what_goes_with_a_runner_is_the_same_for_all_screens(shared_office: Office) -> None:
    made = await shared_office.session("Runners")
    await shared_office.hub.import_roster(ROSTER, made["id"])
    code = await shared_office.displayed(made["id"])
    reader = await shared_office.fed(made, "A1")
    async with shared_office.screen(code) as screen:
        assert "message" not in (await screen.next("hello"))["recent"][0]
        for text in ("Go {{first_name}}!", "Well done", "Almost"):
            await say(shared_office, made, text, kind="runner")
            said = await screen.next("messages")
            assert said["messages"] == [], "it comes with the runner"
            assert [offset for offset, _ in said["reads"]] == [1]
        await shared_office.fed(made, "A9", "7", "A1", reader=await reader.connect())
        seen = dict(said["reads"]) | {
            (each := await screen.next("read"))["offset"]: each["message"] for _ in range(3)
        }
        await shared_office.ask("PATCH", f"sessions/{made['id']}/messages", {"every_s": 30})
        assert "reads" not in await screen.next("messages"), "nothing of it is another"
    async with shared_office.screen(code) as screen:
        recent = (await screen.next("hello"))["recent"]
        assert {each["offset"]: each["message"] for each in recent} == seen and len(seen) == 4
    assert set(seen.values()) <= {"Go {{first_name}}!", "Well done", "Almost"}


async def test_all_of_it_is_there_after_a_start_and_without_postgresql(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(database_dsn, tmp_path) as first:
        made = await first.session("Kept")
        for number in range(5):
            await say(first, made, f"Go {number}", kind="runner")
        await say(first, made, "Crew", audience="crew")
        await first.ask("PATCH", f"sessions/{made['id']}/messages", {"every_s": 12})
        await first.fed(made, "A1", "A2", "A3")
        listed = await first.ask("GET", f"sessions/{made['id']}/messages")
        async with first.hub.watcher(made["id"]) as watcher:
            hello = await watcher.next("hello")
    async with office(database_dsn, tmp_path) as second:
        monkeypatch.setattr(second.hub.app.stores, "_web", None)
        assert await second.ask("GET", f"sessions/{made['id']}/messages") == listed
        async with second.hub.watcher(made["id"]) as watcher:
            again = await watcher.next("hello")
        for part in ("messages", "every_s", "recent"):
            assert again[part] == hello[part]
        assert all("message" in each for each in again["recent"])
        await second.refused("POST", f"sessions/{made['id']}/messages", {"text": "x", "now": True}, 503)
        assert second.memory(made).messages.all == tuple(second.memory(made).messages)
        monkeypatch.undo()
