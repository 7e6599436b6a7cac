"""The line to PostgreSQL: cut and stalled in a stream, at every moment of a COPY, and before its answer."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from hub.config import Database
from tests.adversity.checks import ask, becomes
from tests.adversity.proxy import How, Proxy, Way
from tests.adversity.scene import scene_of
from tests.adversity.wire import COMMAND_COMPLETE, COPY_DATA, COPY_DONE, Moment
from tests.running import PATIENCE_S, running_hub, settings_for

pytestmark = pytest.mark.usefixtures("impatient")

MOMENTS: Final[dict[str, Callable[[], Moment]]] = {
    "before the first data of a copy": lambda: Moment(Way.UP, COPY_DATA),
    "in the middle of its data": lambda: Moment(Way.UP, COPY_DATA, nth=3, after=True),
    "before its end": lambda: Moment(Way.UP, COPY_DONE),
    "after its end": lambda: Moment(Way.UP, COPY_DONE, after=True),
    "before its answer": lambda: Moment(Way.DOWN, COMMAND_COMPLETE, b"COPY"),
    "before the answer to its commit": lambda: Moment(Way.DOWN, COMMAND_COMPLETE, b"COMMIT"),
    "in doubt, before the answer to an insert": lambda: Moment(Way.DOWN, COMMAND_COMPLETE, b"INSERT"),
    "in doubt, before the answer to its commit": lambda: Moment(Way.DOWN, COMMAND_COMPLETE, b"COMMIT"),
}


def arm(line: Proxy, moment: str, how: How) -> None:
    """For the writer's next connection, or, in doubt, for the one after it."""
    made = MOMENTS[moment]()
    if not moment.startswith("in doubt"):
        line.arm(made, how)
        line.cut()  # a trap is for connections that begin
        return

    def in_doubt() -> None:
        line.arm(made, how)
        line.cut()

    line.arm(Moment(Way.UP, COPY_DONE), in_doubt)
    line.cut()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_line_breaks_at_a_moment(
    database_dsn: str,
    postgres_line: Proxy,
    line_dsn: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """However it breaks: what is unknown to the hub then is there or not, and in the end once."""
    monkeypatch.setattr("hub.store.reads.PIECE_ROWS", 3)
    async with running_hub(settings_for(line_dsn, tmp_path)) as hub, scene_of(hub) as scene:
        scene.feed()
        for how in How:
            arm(postgres_line, moment, how)
            scene.join()  # a source that is new is stored in a transaction with its reads
            async with asyncio.timeout(PATIENCE_S):
                await postgres_line.sprung.wait()
            await scene.shown(50)
        found = await scene.all_is_well(database_dsn, hub.origin)
        assert {row["kind"] for row in found} == {"read"}
        assert hub.app.stores.drain.foreign == 0


async def test_cut_again_and_again_in_a_stream(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path
) -> None:
    async with running_hub(settings_for(line_dsn, tmp_path)) as hub, scene_of(hub) as scene:
        scene.feed()
        for _ in range(5):
            postgres_line.break_off(random.choice((How.RST, How.FIN)))
            await becomes(hub.origin, "degraded", "PostgreSQL does not answer")
            await scene.shown(20)  # screens do not wait for it
            await postgres_line.mend()
            await becomes(hub.origin, "healthy")
            for _ in range(5):
                postgres_line.cut(random.choice((How.RST, How.FIN)))
                await asyncio.sleep(random.random() * 0.05)
        await scene.all_is_well(database_dsn, hub.origin)


@pytest.mark.parametrize("ways", [(Way.UP, Way.DOWN), (Way.UP,), (Way.DOWN,)], ids=["both", "up", "down"])
async def test_hangs_while_the_screens_go_on(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path, ways: tuple[Way, ...]
) -> None:
    settings = settings_for(line_dsn, tmp_path)
    settings = settings.model_copy(update={"database": Database(dsn=line_dsn, statement_timeout_s=1)})
    async with running_hub(settings) as hub, scene_of(hub) as scene:
        scene.feed()
        postgres_line.stall(*ways)
        await becomes(hub.origin, "degraded")
        began = time.monotonic()
        paths = ("/api/sessions", f"/api/sessions/{hub.session_id}/reads")
        for status, body in await asyncio.gather(*(ask(hub.origin, path, hub.token) for path in paths)):
            assert (status, body["error"]["code"]) == (503, "unavailable")
            assert body["error"]["message"].startswith("PostgreSQL does not answer")
        assert time.monotonic() - began < settings.database.statement_timeout_s + 2.5
        assert (await ask(hub.origin, "/status"))[1]["database_connected"] is False
        async with hub.http.get("/") as response:
            assert response.status == 200
        await scene.shown(100)
        assert hub.app.stores.pending > 0
        postgres_line.flow()
        await scene.all_is_well(database_dsn, hub.origin)
        await hub.get("/api/sessions")


async def test_slow_and_in_little_pieces(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path
) -> None:
    async with running_hub(settings_for(line_dsn, tmp_path)) as hub, scene_of(hub) as scene:
        postgres_line.pieces, postgres_line.pause_s = 900, 0.001
        scene.feed()
        await scene.shown(300)
        await scene.all_is_well(database_dsn, hub.origin)
