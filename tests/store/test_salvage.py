"""What is read of a damaged journal is what was written into it, and nothing else: whatever the damage."""

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.store import salvage
from hub.store.journal import Journal
from hub.store.salvage import Row, wal_of
from tests.store.damage import left_by_a_kill
from tests.store.making import group, read

GROUPS, MOVED = 24, 12


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Groups of one read to forty: some lie on one page, some on several."""
    return left_by_a_kill(tmp_path_factory.mktemp("killed"), GROUPS, 40, moved=MOVED)


@pytest.fixture(scope="module")
def written(killed: Path) -> dict[int, Row]:
    return {row.number: row for row in salvage.rows(killed)}


def test_all_of_a_sound_one(killed: Path, written: dict[int, Row], tmp_path: Path) -> None:
    for each in (killed, wal_of(killed)):
        shutil.copy(each, tmp_path)
    held = Journal(tmp_path)
    held.check()
    assert sorted(written) == [number for number, _ in held.read(0, 1_000_000)] == list(range(1, GROUPS + 1))
    assert all(row.whole and row.crc is not None and row.reads == 40 for row in written.values())
    held.close()


def test_sizes_of_all_kinds(tmp_path: Path) -> None:
    """Around the sizes where a row begins to lie on other pages."""
    held = Journal(tmp_path)
    held.check()
    made = [
        group(1, [read(n, raw="x" * size)]) for n, size in enumerate([*range(3_600, 4_300, 13), 70_000], 1)
    ]
    for each in made:
        held.write(each, 1, 0)
    held.close()
    assert sorted(row.number for row in salvage.rows(tmp_path / "journal.sqlite")) == list(
        range(1, len(made) + 1)
    )


def test_last_committed(killed: Path, tmp_path: Path) -> None:
    assert salvage.last_committed(killed) == GROUPS
    assert salvage.last_committed(tmp_path / "none") == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), cuts=st.integers(0, 40), shorter=st.booleans(), of_log=st.booleans())
def test_nothing_but_what_was_written(
    killed: Path, written: dict[int, Row], tmp_path: Path, seed: int, cuts: int, shorter: bool, of_log: bool
) -> None:
    """Whatever is damaged: never an error, and every row that is given is one that was written, as it was."""
    chance = random.Random(seed)
    for each in (killed, wal_of(killed)):
        data = bytearray(each.read_bytes())
        if (each == wal_of(killed)) == of_log:
            for _ in range(cuts):
                at = chance.randrange(len(data))
                data[at : at + chance.choice((1, 4, 400))] = chance.randbytes(chance.choice((1, 4, 400)))
            if shorter:
                del data[chance.randrange(len(data)) :]
        (tmp_path / each.name).write_bytes(data)
    found = {row.number: row for row in salvage.rows(tmp_path / killed.name)}
    salvage.last_committed(tmp_path / killed.name)
    # A number is part of no checksum: what was written may come under another one, and does no harm there.
    bodies = {row.body for row in written.values()}
    assert all(row.body in bodies for row in found.values() if row.crc is not None)
    assert not cuts or shorter or len(found) >= MOVED - 1
