"""What pages of other sites may ask: those that are named, and nothing of any other."""

from pathlib import Path

from hub.config import Web
from tests.running import HOST, running_hub, settings_for

FRIEND = "https://screens.example"


async def test_named_ones_may_ask_and_others_may_not(database_dsn: str, tmp_path: Path) -> None:
    web = Web(host=HOST, port=0, cors_origins=(FRIEND,))
    async with running_hub(settings_for(database_dsn, tmp_path, web=web)) as hub:
        asks = {"Access-Control-Request-Method": "POST"}
        path = f"/api/current-runner?display={hub.code}"
        for origin, may in ((FRIEND, True), ("https://screens.example.evil", False), ("null", False)):
            async with hub.anybody.options(path, headers={"Origin": origin, **asks}) as answer:
                assert (answer.status == 204) is may, origin
                assert ("Access-Control-Allow-Origin" in answer.headers) is may
                assert ("POST" in answer.headers.get("Access-Control-Allow-Methods", "")) is may
            async with hub.anybody.get(path, headers={"Origin": origin}) as answer:
                assert answer.status == 200
                assert answer.headers.get("Access-Control-Allow-Origin") == (FRIEND if may else None)
        async with hub.anybody.get("/stream", headers={"Origin": FRIEND}) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
            assert "Origin" in answer.headers["Vary"]
        async with hub.anybody.get("/api/sessions", headers={"Origin": FRIEND}) as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (401, FRIEND)
        async with hub.anybody.get("/login", headers={"Origin": FRIEND}) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
