"""A hub with a roster and a display that shows each runner for a second: for the predecessor's screens."""

from typing import Any, Final

from tests.running import Running

PEOPLE: Final = "bib,tag,first_name,last_name,race,city\n" + "".join(
    f"{100 + number},T{number},First{number},Last{number},10K,Linz\n" for number in range(1, 6)
)
BIBS: Final = [str(100 + number) for number in range(1, 6)]
IDLE: Final = {"runner": None, "queue_size": 0, "max_queue_size": 200, "mode": None}


async def prepared(hub: Running, duration_s: float = 1) -> Running:
    """A second is the least there is."""
    await hub.import_roster(PEOPLE)
    body = {"settings": {"duration": duration_s}}
    async with hub.http.patch(f"/api/displays/{hub.code}", json=body) as answer:
        assert answer.status == 200
    return hub


async def asked(hub: Running, path: str, method: str = "GET", **given: Any) -> Any:
    """By nobody in particular."""
    async with hub.anybody.request(method, path, **given) as response:
        assert response.status == 200, await response.text()
        return await response.json()
