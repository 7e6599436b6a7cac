"""What is looked up of sessions: how it comes together, and when it is given up."""

import asyncio

import pytest

from hub.errors import StoreAway
from hub.model import Participant, Read, SessionRow, Whose
from hub.passages import StoredPassage
from hub.roster import Roster
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.web import books
from hub.web.books import Book, Books
from tests.running import until

NOW_US = 1_767_225_600_000_000
ROW = SessionRow(1, 1, "Sunday", "", "active", 1, "UTC", "2026-01-01", 1)


def read(offset: int) -> Read:
    tag = f"T{offset % 7}"
    return Read(offset, 5, offset, "FINISH", tag, NOW_US + offset, "", 1, "", 1, "read", (), b"", "", NOW_US)


class Desk:
    """A session, and what PostgreSQL would say of it: all but the last `behind` reads."""

    def __init__(self) -> None:
        self.session = Session(ROW, late_us=120_000_000)
        self.reads: list[Read] = []
        self.behind = 0
        self.away = False
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def durable(self, count: int) -> None:
        reads = [read(self.session.durable + number) for number in range(1, count + 1)]
        self.reads += reads
        self.session.head = reads[-1].offset
        self.session.extend(reads)

    async def load(self, whose: Whose, session_id: int, after: int, through: int) -> list[StoredPassage]:
        assert (whose, session_id) == (1, 1)
        self.asked += 1
        await self.gate.wait()
        if self.away:
            raise StoreAway("away")
        there = self.reads[after : min(through, len(self.reads) - self.behind)][:1000]
        return [StoredPassage(each.offset, True, each.location, each.tag, each.read_us, ()) for each in there]

    def book(self, session: Session | None) -> Book:
        return Book(ROW, Roster(), session, None)


def held(book: Book) -> int:
    return len(book.passages.of([f"T{number}" for number in range(7)]))


async def test_what_is_remembered_is_not_asked_for() -> None:
    desk = Desk()
    book = desk.book(desk.session)
    await book.catch_up(desk.load)
    for count in (1, 70, 900):
        desk.durable(count)
        assert not book.complete
        await book.catch_up(desk.load)
        assert book.complete and held(book) == len(desk.reads)
    assert desk.asked == 0


async def test_the_rest_comes_from_the_store() -> None:
    desk = Desk()
    desk.durable(TAIL_READS_MAX + 1500)
    book = desk.book(desk.session)
    await book.catch_up(desk.load)
    assert book.complete and held(book) == len(desk.reads)
    asked = desk.asked
    desk.durable(10)
    await book.catch_up(desk.load)
    assert desk.asked == asked and held(book) == len(desk.reads)
    desk.durable(TAIL_READS_MAX + 10)
    await book.catch_up(desk.load)
    assert book.complete and held(book) == len(desk.reads) and desk.asked > asked


async def test_what_is_on_its_way_to_the_store_is_remembered() -> None:
    desk = Desk()
    desk.durable(TAIL_READS_MAX + 1500)
    desk.behind = 300
    book = desk.book(desk.session)
    await book.catch_up(desk.load)
    assert book.complete and held(book) == len(desk.reads)


async def test_while_the_store_is_away_there_is_what_is_remembered() -> None:
    desk = Desk()
    desk.durable(TAIL_READS_MAX + 100)
    desk.away = True
    book = desk.book(desk.session)
    await book.catch_up(desk.load)
    assert not book.complete and held(book) == TAIL_READS_MAX
    desk.away = False
    await book.catch_up(desk.load)
    assert book.complete and held(book) == len(desk.reads)


async def test_nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "WAIT_S_MAX", 0.15)
    desk = Desk()
    desk.durable(TAIL_READS_MAX + 100)
    desk.gate.clear()
    book = desk.book(desk.session)
    await asyncio.gather(book.catch_up(desk.load), book.catch_up(desk.load))
    assert not book.complete and desk.asked <= 1
    await until(lambda: desk.asked)
    assert desk.asked == 1, "two who ask wait for the same"
    desk.gate.set()
    await until(lambda: book.complete)
    desk.durable(TAIL_READS_MAX + 100)
    desk.gate.clear()
    await book.catch_up(desk.load)
    book.close()


async def test_a_fault_is_said() -> None:
    async def broken(*_: object) -> list[StoredPassage]:
        raise ValueError("broken")

    desk = Desk()
    with pytest.raises(ValueError, match="broken"):
        await desk.book(None).catch_up(broken)


async def test_one_that_is_not_in_memory() -> None:
    desk = Desk()
    desk.durable(1500)
    book = desk.book(None)
    await book.catch_up(desk.load)
    assert book.complete and held(book) == 1500


async def test_books_are_kept_while_they_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, session = Books(), Session(ROW, late_us=1)
    book = kept.begin(ROW, Roster(), session, "key")
    assert kept.kept(1, session, "key") is book
    assert kept.kept(1, session, "other") is kept.kept(1, None, "key") is kept.kept(2, session, "key") is None
    book.passages.add([read(1)])
    kept.void(1, (1,))
    kept.void(2, (1,))
    assert held(book) == 0
    kept.forget(1)
    assert kept.kept(1, session, "key") is None
    monkeypatch.setattr(books, "BOOKS_MAX", 2)
    rows = [SessionRow(number, 1, "", "", "active", 1, "UTC", "2026-01-01", 1) for number in (1, 2, 3)]
    for row in rows:
        kept.begin(row, Roster(), None, "key")
    assert [kept.kept(row.id, None, "key") is not None for row in rows] == [False, True, True]
    monkeypatch.setattr(books, "ENDED_KEPT_S", -1.0)
    assert kept.kept(3, None, "key") is None


async def test_a_roster_is_looked_through_once() -> None:
    kept = Books()
    roster = Roster([Participant(number, str(number), (), "Ann", f"Lee{number}") for number in range(900)])
    one, other = await asyncio.gather(kept.find(roster, "ann lee77"), kept.find(roster, "899"))
    assert one[0].bib == "77" and [each.bib for each in other] == ["899"]
    assert len(kept._indexes) == 1
    assert await kept.find(Roster(), "x") == []
