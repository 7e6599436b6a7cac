"""What lists and pages tell of the wishes of operators."""

import pytest

from tests.running import Running, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.asyncio(loop_scope="function")
async def test_who_is_pinned_is_named_wherever_displays_are_listed(hub: Running) -> None:
    await hub.import_roster("bib,tag,first_name,last_name\n17,1,Ann,Lee\n")
    reader = await hub.reader().connect()
    reader.add("1", "2")
    await until(lambda: hub.durable == 2)
    for offset, who in ((1, {"bib": "17", "name": "Ann Lee"}), (2, {"bib": "", "name": ""})):
        body = {"action": "pin", "offset": offset}
        async with hub.http.post(f"/api/displays/{hub.code}/control", json=body) as response:
            assert response.status == 200
        for path in ("/api/displays", "/front/state"):
            display = (await hub.get(path))["displays"][0]
            assert display["control"] == {"pin": {"offset": offset}}, path
            assert display["pinned"] == {"offset": offset, **who}, path
    async with hub.http.post(f"/api/displays/{hub.code}/control", json={"action": "resume"}) as response:
        assert response.status == 200
    assert (await hub.get("/api/displays"))["displays"][0]["pinned"] is None
