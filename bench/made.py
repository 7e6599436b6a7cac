"""What benchmarks send and store: lines of a reader, the same as rows, a roster. Knows their shapes; refuses to know
what is measured with them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asyncpg.pgproto.pgproto import UUID

from hub.model import KIND_READ, Read
from hub.protocols.ct01 import LineParser

LOCATION: Final = "FINISH"
PEOPLE: Final = 10_000
"""Tags L1, L2, ... of the roster and of single reads; the tags of `lines` are the roster's bibs."""
_OLD: Final = datetime(2025, 5, 10, 8, 0, 0)
"""Long ago: `lines` are a backlog, and late."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _line(number: int, tag: str, moment: datetime, lap: int) -> bytes:
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 10_000:02d}"
    reader = "12000C" if number % 3 else "120044"
    text = f"CT01_33~{number}~{LOCATION}~{tag}~{stamp}~{lap}~{reader}~{1 << number % 4}\r\n"
    return text.encode()


def lines(count: int, first: int = 1) -> Iterator[bytes]:
    """A finish as dense as it gets: 3,000 tags, several times each, two readers with four antennas."""
    for number in range(first, first + count):
        moment = _OLD + timedelta(milliseconds=10 * number)
        yield _line(number, str(number * 7 % 3000), moment, number // 3000 + 1)


def singles(count: int, per_s: float) -> list[bytes]:
    """Reads of now, one every so often: tags L1, L2, ..., each once for PEOPLE reads."""
    now = datetime.now(UTC)
    return [
        _line(
            number,
            f"L{(number - 1) % PEOPLE + 1}",
            now + timedelta(seconds=number / per_s),
            (number - 1) // PEOPLE + 1,
        )
        for number in range(1, count + 1)
    ]


def records(count: int, session_id: int, first: int = 1) -> list[tuple[Any, ...]]:
    """The reads of `lines` as rows for `copy_records_to_table`, in the order of `hub.store.reads.COLUMNS`."""
    parser = LineParser()
    now = datetime.now(UTC)
    rows: list[tuple[Any, ...]] = []
    for number, line in enumerate(lines(count, first), first):
        seen = parser.parse(line.rstrip())
        rows.append(
            (
                session_id,
                1,
                1,
                seen.location,
                seen.reader_id,
                "read",
                [],
                number,
                seen.sequence,
                seen.lap,
                seen.gator,
                _EPOCH + timedelta(microseconds=seen.wall_us),
                now,
                UUID(number.to_bytes(16, "big")),
                seen.time_text,
                seen.tag,
                seen.raw,
            )
        )
    return rows


def read(offset: int, instant_us: int) -> Read:
    """One of the roster's tags, as the hub holds it."""
    tag = f"L{(offset - 1) % PEOPLE + 1}"
    return Read(
        offset=offset,
        source_id=1,
        sequence=offset,
        location=LOCATION,
        tag=tag,
        read_us=instant_us,
        time_text="2026-05-09T08:00:00.00",
        lap=1,
        reader_id="12000C",
        gator=1,
        kind=KIND_READ,
        marks=(),
        key=offset.to_bytes(16, "big"),
        raw=f"CT01_33~{offset}~{LOCATION}~{tag}~2026-05-09T08:00:00.00~1~12000C~1",
        received_us=instant_us,
    )


def roster(team_more: str = "") -> str:
    """PEOPLE runners as CSV, each with everything that a screen can show. `team_more` makes messages longer."""
    head = "bib,tag,first_name,last_name,age,gender,city,state,country,division,race_name,wave,team_name\n"
    return head + "".join(
        f"{n},L{n},First{n},Family-Name{n},{20 + n % 60},{'FM'[n % 2]},City {n % 500},S{n % 50},NZL,"
        f"M{n % 12},Half marathon,{n % 8},Team {n % 900}{team_more}\n"
        for n in range(1, PEOPLE + 1)
    )
