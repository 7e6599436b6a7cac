"""A roster kept until all of it is there."""

from pathlib import Path
from unittest.mock import patch

import pytest

from hub import spooling
from hub.errors import StoreError
from hub.roster_words import Entry, Layer
from hub.spooling import Spool


def some(first: int, count: int) -> list[Entry]:
    return [
        Entry(Layer({"bib": str(number)}, ["A1"]), f"x{number}") for number in range(first, first + count)
    ]


@pytest.mark.parametrize("memory", [0, 1 << 20])
async def test_what_was_put_comes_back_in_its_pieces_and_leaves_no_file(tmp_path: Path, memory: int) -> None:
    with patch.object(spooling, "MEMORY_BYTES_MAX", memory or 1), Spool(tmp_path) as spool:
        for piece in (some(0, 3), [], some(3, 2000), some(2003, 1)):
            await spool.put(piece)
        assert spool.count == 2004
        for _ in range(2):
            found = [piece async for piece in spool.pieces()]
            assert found == [some(0, 3), some(3, 2000), some(2003, 1)]
        assert not any(tmp_path.iterdir())  # noqa: ASYNC240  it is empty


async def test_there_is_an_end_to_what_is_written_down(tmp_path: Path) -> None:
    limited = patch.object(spooling, "BYTES_MAX", 10_000)
    with limited, Spool(tmp_path) as spool, pytest.raises(StoreError, match="MiB"):
        for number in range(100):
            await spool.put(some(number, 100))
