"""A soak of seconds, so that the one of half an hour works; and one in which reads are lost, so that it says so."""

from pathlib import Path

import asyncpg
import pytest

from tests.soak import faults, soak
from tests.soak.faults import Fault, Faults
from tests.soak.soak import Pace

ATTACK_MINUTES = 0.06
QUICK = tuple(kind._replace(every_s=kind.every_s / 6) for kind in faults.KINDS)


async def test_it_ends_with_every_read_in_its_place(tmp_path: Path) -> None:
    said: list[str] = []
    pace = Pace(per_s=600, session_s=60, flood=3000, kinds=QUICK)
    report = await soak.soak(tmp_path, minutes=ATTACK_MINUTES, seed=1, say=said.append, pace=pace)
    assert report.problems() == [], (tmp_path / "hub.log").read_text()
    assert report.total("stored") == report.total("given") > 3000
    assert report.done.total() > 5 and report.lives > 1
    assert report.files[0][0] > 0 and report.stops_s and report.starts_s
    assert any("0 lost, 0 doubled" in line for line in said)


async def test_what_is_lost_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(those: Faults) -> None:
        connection = await asyncpg.connect(those.site.dsn)
        await connection.execute("DELETE FROM timing_reads WHERE feed_offset = 7")
        await connection.close()

    monkeypatch.setattr(soak, "PEACE_S_MAX", 0.5)
    pace = Pace(per_s=300, session_s=60, flood=400, kinds=(Fault("thefts", 0.1, lose),))
    report = await soak.soak(tmp_path, minutes=0.02, seed=1, say=lambda _: None, pace=pace)
    assert report.total("lost") + report.total("holes") > 0
    assert any("offset 8 follows 6" in problem for problem in report.problems())
