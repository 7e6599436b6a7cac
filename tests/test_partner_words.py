"""What a partner says for all its sessions, in a hub that runs, and after it was started again."""

from pathlib import Path

import pytest

from tests.lifecycle import Office, office
from tests.running import rows

SHARED = pytest.mark.asyncio(loop_scope="session")


async def tags(of: Office, session_id: int, query: str = "") -> list[str]:
    return [each["tag"] for each in (await of.ask("GET", f"sessions/{session_id}/reads{query}"))["reads"]]


@SHARED
async def test_the_crews_tags_are_kept_and_shown_nowhere(shared_office: Office) -> None:
    made = await shared_office.session("Crew")
    reader = await shared_office.fed(made, "099995", "A1")
    async with shared_office.hub.watcher(made["id"]) as screen:
        hello = await screen.next("hello")
        assert [each["type"] for each in hello["recent"]] == ["read", "read"]
        try:
            await shared_office.ask("PUT", "partners/1/crew-tags", {"tags": ["99995", " 099995", "X1 "]})
            assert await screen.closed() == 4104
            said = await shared_office.ask("GET", "partners/1/crew-tags")
            assert said == {"tags": ["99995", "X1"]}, "each once, as it was first written"
            async with shared_office.hub.watcher(made["id"]) as again:
                hello = await again.next("hello")
                assert [each["type"] for each in hello["recent"]] == ["retract", "read"]
                await shared_office.fed(made, "x1", "A2", reader=await reader.connect())
                assert (await again.next("retract"))["offset"] == 3
                assert (await again.next("read"))["offset"] == 4
            await shared_office.reads(made, 4)
            assert await tags(shared_office, made["id"]) == ["A1", "A2"]
            assert await tags(shared_office, made["id"], "?crew=1") == ["099995", "A1", "x1", "A2"]
            session = await shared_office.ask("GET", f"sessions/{made['id']}")
            assert (session["total_reads"], session["unique_tags"]) == (2, 2)
        finally:
            await shared_office.ask("PUT", "partners/1/crew-tags", {"tags": []})
    assert len(await tags(shared_office, made["id"])) == 4


@SHARED
async def test_a_line_stands_on_all_screens_at_once(shared_office: Office) -> None:
    codes = [await shared_office.displayed((await shared_office.session(name))["id"]) for name in "ab"]
    async with shared_office.screen(codes[0]) as first, shared_office.screen(codes[1]) as second:
        for screen in (first, second):
            assert (await screen.next("hello"))["emergency"] == ""
        for text in ("Storm: leave the field", ""):
            answer = await shared_office.ask("PUT", "emergency", {"text": f" {text}\n"})
            assert answer["text"] == text and answer["partner"]["id"] == 1
            for screen in (first, second):
                message = await screen.next("message")
                assert (message["kind"], message["audience"], message["text"]) == (
                    "emergency",
                    "public",
                    text,
                )
    noted = await rows(
        shared_office.dsn,
        "SELECT detail ->> 'text' AS text FROM audit_log WHERE action = 'partner.emergency'",
    )
    assert [row["text"] for row in noted] == ["Storm: leave the field", ""]


async def test_both_are_there_after_a_start(database_dsn: str, tmp_path: Path) -> None:
    async with office(database_dsn, tmp_path) as first:
        await first.ask("PUT", "emergency", {"text": "Storm"})
        await first.ask("PUT", "partners/1/crew-tags", {"tags": ["099995"]})
        made = await first.session("On")
    async with office(database_dsn, tmp_path) as second:
        assert (await second.ask("GET", "emergency"))["text"] == "Storm"
        assert second.memory(made).crew == {"99995"}
        async with second.hub.watcher(made["id"]) as screen:
            assert (await screen.next("hello"))["emergency"] == "Storm"
