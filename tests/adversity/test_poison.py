"""Reads that PostgreSQL will not take, in the middle of a batch: set aside as they came, retracted from the screens,
and nothing else is touched. They get past the parser because it is this database alone that refuses them.
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.adversity.checks import (
    becomes,
    everything,
    exactly_once,
    rejects,
    screens,
    without_holes,
)
from tests.adversity.lives import Lives
from tests.adversity.proxy import How, Proxy, Way
from tests.adversity.scene import Scene, scene_of
from tests.adversity.wire import COMMAND_COMPLETE, Moment
from tests.postgres import execute
from tests.running import PATIENCE_S, running_hub, settings_for

POISON: Final = "poison"
REASON: Final = "PostgreSQL would not take it: not this one"
FUNCTION: Final = f"""
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tag_code LIKE '{POISON}%' THEN
        RAISE EXCEPTION 'not this one' USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    RETURN NEW;
END $$
"""
WAYS: Final = {
    "data": (
        FUNCTION,
        "CREATE TRIGGER refuse BEFORE INSERT ON timing_reads FOR EACH ROW EXECUTE FUNCTION refuse()",
    ),
    "constraint": (f"ALTER TABLE timing_reads ADD CONSTRAINT no CHECK (tag_code NOT LIKE '{POISON}%')",),
}
HEALTH: Final = "reads were set aside: PostgreSQL would not take them"


async def refuse(dsn: str, way: str) -> None:
    for statement in WAYS[way]:
        await execute(dsn, statement)


async def without_the_poison(
    dsn: str, scene: Scene, origin: str, warning: str = HEALTH
) -> list[dict[str, Any]]:
    """Everything else is where it belongs; each of the guilty is a line aside, once, and a void row in its place."""
    scene.rest()
    expected = scene.given()
    guilty = Counter({key: count for key, count in expected.items() if key[1].startswith(POISON)})
    found = await everything(dsn, expected.total(), origin)
    exactly_once(found, expected - guilty)
    without_holes(found)
    await screens(scene.walls, found)
    aside = await rejects(dsn, "PostgreSQL would not take it")
    assert Counter(each["line"].split(b"~")[3].decode() for each in aside) == Counter(
        {key[1]: count for key, count in guilty.items()}
    )
    assert sum(row["kind"] == "void" for row in found) == guilty.total()
    await becomes(origin, "degraded" if warning else "healthy", warning)
    return found


@pytest.mark.parametrize("way", WAYS)
async def test_in_the_middle_of_a_batch(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path, way: str
) -> None:
    async with running_hub(settings_for(line_dsn, tmp_path)) as hub, scene_of(hub) as scene:
        await refuse(database_dsn, way)
        postgres_line.stall()  # so that what comes now goes in together
        scene.add(700)
        scene.readers[0].add(f"{POISON}-1", f"{POISON}-2")
        await scene.all_shown()
        scene.add(50)
        scene.readers[1].add(f"{POISON}-3")
        scene.add(50)
        await scene.all_shown()
        postgres_line.flow()
        await without_the_poison(database_dsn, scene, hub.origin)
        scene.add(50)
        scene.readers[2].add(f"{POISON}-4")
        await without_the_poison(database_dsn, scene, hub.origin)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", How)
async def test_the_line_breaks_while_a_batch_is_taken_apart(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path, how: How
) -> None:
    """It may have been taken apart already, and that is unknown: the guilty are aside once, all the same."""
    async with running_hub(settings_for(line_dsn, tmp_path)) as hub, scene_of(hub) as scene:
        await refuse(database_dsn, "data")
        for nth in (1, 2):
            postgres_line.arm(Moment(Way.DOWN, COMMAND_COMPLETE, (b"ROLLBACK", b"COMMIT")[nth - 1]), how)
            postgres_line.cut()
            scene.add(20)
            scene.readers[0].add(f"{POISON}-{nth}")
            scene.add(20)
            async with asyncio.timeout(PATIENCE_S):
                await postgres_line.sprung.wait()
            await scene.all_shown()
        await without_the_poison(database_dsn, scene, hub.origin)


async def test_a_hub_that_is_killed_with_it(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path
) -> None:
    """What has been void for the last hub is so for the next one, and not aside twice."""
    lives = Lives(tmp_path, line_dsn)
    async with lives.first() as (process, scene):
        await refuse(database_dsn, "data")
        scene.readers[0].add(f"{POISON}-1")
        scene.add(100)
        await becomes(lives.web, "degraded", HEALTH)
        postgres_line.break_off()
        scene.readers[0].add(f"{POISON}-2")
        scene.add(100)
        await scene.all_shown()
        await process.kill()
        await postgres_line.mend()
        async with lives.another() as again:
            await again.ready()
            await becomes(lives.web, "degraded", f"1 {HEALTH}")
            await without_the_poison(database_dsn, scene, lives.web)
