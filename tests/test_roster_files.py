"""Files that are kept for a while: where, for how long, and for whom. What fills rosters is made here."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import roster_files
from hub.accounts import OPERATOR, Caller
from hub.config import Server, Settings
from hub.config_live import Current
from hub.errors import Conflict, Invalid, NotFound
from hub.jobs import CANCELLED, DONE, Jobs
from hub.model import SessionRow
from hub.roster_file_kept import Apply, Chosen, Otherwise
from hub.roster_files import APPLY, FILES_MAX, PREVIEW, RosterFiles
from hub.rostering import Outcome
from tests.running import until

OWN = Caller(1, 1, OPERATOR, "a@x.example")
OTHER = Caller(2, 2, OPERATOR, "b@x.example")
ROW = SessionRow(7, 1, "Run", "", "active", 1, "UTC", "2026-05-16", 0)


class MadeRostering:
    """Counts what it is given, as soon as it may."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def apply(self, by: object, session_id: int, origin: str, entries: Any, **words: Any) -> Outcome:
        added = sum([sum(not each.left_out for each in piece) async for piece in entries])
        await self.go_on.wait()
        return Outcome(added=added)


class Place:
    def __init__(self, folder: Path) -> None:
        numbers = iter(range(100, 1000))
        self.folder = folder / "rosters"
        self.rostering = MadeRostering()
        self.jobs = Jobs(lambda: 0, lambda: next(numbers))
        current = Current(Settings(server=Server(data_dir=str(folder))))
        self.files = RosterFiles(current, self.jobs, self.rostering, lambda: 10**15, lambda: next(numbers))  # type: ignore[arg-type]

    def names(self) -> set[str]:
        return {each.name for each in self.folder.iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.files.close()


async def test_looked_at_previewed_and_put_in_force(place: Place) -> None:
    file = await place.files.add(OWN, ROW, "roster", "my\nfile.csv", b"bib,name\n1,Ann\n,\n1,Bob\n")
    assert file.wanted.name == "myfile.csv" and place.names() == {f"{file.id}.file"}
    preview = place.files.preview(OWN, file.id, Chosen())
    assert file.job is preview and file.is_busy
    with pytest.raises(Conflict):
        place.files.preview(OWN, file.id, Chosen())
    with pytest.raises(Conflict):
        place.files.apply(OWN, file.id, Apply("keep"))
    await preview.over()
    assert (preview.status, preview.kind) == (DONE, PREVIEW) and preview.result is not None
    assert (preview.result["rows"], preview.result["good"], preview.result["diff"]["added"]) == (2, 1, 1)
    apply = place.files.apply(OWN, file.id, Apply("remove"))
    await apply.over()
    assert apply.kind == APPLY and apply.result is not None and apply.result["added"] == 1
    assert place.files.problems(OWN, file.id).read_text("utf-8-sig").startswith("line,reason,bib,name")
    await place.files.delete(OWN, file.id)
    assert place.names() == set()


async def test_deleted_while_it_is_read_it_is_not_read_to_the_end(place: Place) -> None:
    file = await place.files.add(OWN, ROW, "roster", "r.csv", b"bib\n1\n")
    place.rostering.go_on.clear()
    job = place.files.preview(OWN, file.id, Chosen())
    await place.files.delete(OWN, file.id)
    assert job.status == CANCELLED and place.names() == set()


async def test_of_another_and_of_nobody(place: Place) -> None:
    file = await place.files.add(OWN, ROW, "roster", "r.csv", b"bib\n1\n")
    asked: list[Callable[[], object]] = [
        lambda: place.files.file(OTHER, file.id),
        lambda: place.files.file(OWN, 4),
        lambda: place.files.preview(OTHER, file.id, Chosen()),
        lambda: place.files.apply(OTHER, file.id, Apply("keep")),
        lambda: place.files.problems(OTHER, file.id),
        lambda: place.files.problems(OWN, file.id),
    ]
    for each in asked:
        with pytest.raises(NotFound):
            each()
    assert (
        place.files.files(OTHER) == []
        and place.files.files(OWN, 7) == [file]
        and place.files.files(OWN, 8) == []
    )


async def test_one_that_is_none_is_not_kept(place: Place) -> None:
    with pytest.raises(Invalid, match="empty") as problem:
        await place.files.add(OWN, ROW, "roster", "r.csv", b"")
    assert problem.value.field == "file" and place.names() == set()


async def test_read_otherwise_what_depends_on_it_is_guessed_anew(place: Place) -> None:
    file = await place.files.add(OWN, ROW, "roster", "r.csv", "bib;name\nNo;x\n1;Müller\n".encode("cp1252"))
    await place.files.change(OWN, file.id, Otherwise(header_line=2))
    assert (file.look.header_line, file.columns[0]) == (2, "bib")
    await place.files.change(OWN, file.id, Otherwise(encoding="cp850"))
    assert (file.look.header_line, file.look.encoding) == (1, "cp850")
    with pytest.raises(Invalid):
        await place.files.change(OWN, file.id, Otherwise(delimiter="x"))
    assert file.look.encoding == "cp850"


async def test_kept_for_a_while_and_so_many(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await place.files.add(OWN, ROW, "roster", "r.csv", b"bib\n1\n")
    for number in range(FILES_MAX - 1):  # as if they had been brought
        place.files._files[number] = first
    place.rostering.go_on.clear()
    job = place.files.preview(OWN, first.id, Chosen())
    with pytest.raises(Conflict, match="10 roster files"):
        await place.files.add(OWN, ROW, "roster", "r.csv", b"bib\n1\n")
    place.rostering.go_on.set()
    await job.over()
    monkeypatch.setattr(roster_files, "KEPT_S", 0.01)
    last = await place.files.add(OWN, ROW, "roster", "r.csv", b"bib\n1\n")
    with pytest.raises(NotFound):
        place.files.file(OWN, first.id)
    await until(lambda: last.id not in place.files._files and place.names() == set())


async def test_what_an_earlier_hub_has_left_is_removed(place: Place) -> None:
    await place.files.sweep()
    place.folder.mkdir(parents=True)
    (place.folder / "7.file").write_text("x")
    await place.files.sweep()
    assert place.names() == set()


async def test_in_one_step(place: Place) -> None:
    found = await place.files.put_at_once(OWN, ROW, "roster", "r.csv", b"bib\n1\n1\n", "remove")
    assert (found["added"], found["left_out"]) == (1, 1)
    assert found["problems"] == [{"line": 3, "reason": "bib 1 is on line 2 already"}]
    with pytest.raises(Invalid, match="expected a column named bib"):
        await place.files.put_at_once(OWN, ROW, "roster", "r.csv", b"colour\nred\n", "remove")
    assert place.names() == set()
