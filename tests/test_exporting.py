"""The file that is kept of a session; that all of it is there is in tests/test_removing.py."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hub import exporting
from hub.errors import NotFound, StoreError, Unavailable
from hub.store import exports
from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
async def test_two_of_one_second_are_two_files(shared_office: Office, tmp_path: Path) -> None:
    made = await shared_office.session("Twice")
    stores = shared_office.hub.app.stores
    names = {(await exporting.write(stores, tmp_path / "x", made["id"], "Twice")).file_name for _ in range(3)}
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == sorted(names) and len(names) == 3


class Full(io.FileIO):
    """A file on a disk that takes a thousand bytes more."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 1000:
            raise OSError(28, "No space left on device")
        return super().write(data)


def on_a_full_disk(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(Full(path, "w+"), "w")


@SHARED
async def test_nothing_is_left_of_one_that_has_failed(
    shared_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await shared_office.session("Fails")
    stores = shared_office.hub.app.stores

    with monkeypatch.context() as changed:
        changed.setattr(exporting, "_open", on_a_full_disk)
        with pytest.raises(Unavailable, match=r"No space left on device\. Nothing was deleted\."):
            await exporting.write(stores, tmp_path / "x", made["id"], "Fails")
    with monkeypatch.context() as changed:
        changed.setattr(exports, "tables", lambda: {"reads.csv": "SELECT no_such_column, $1::bigint"})
        with pytest.raises(StoreError):
            await exporting.write(stores, tmp_path / "x", made["id"], "Fails")
    assert list((tmp_path / "x").iterdir()) == []
    with pytest.raises(NotFound):
        await shared_office.hub.app.changes.guests.check(999_999)
