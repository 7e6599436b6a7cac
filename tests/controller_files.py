"""Controller files made up for tests: tag lines and markers, as the controllers write them. Used by many tests."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hub.model import US_PER_S

EIGHT_US: Final = 1_717_228_800 * US_PER_S
"""2024-06-01 08:00:00 on the controller's clock."""
READER: Final = "0A11B2"
CONTROLLER: Final = "I0AB1C"
MARKERS: Final = (
    f"{CONTROLLER},1,Rdr1PwrLvl,1,24060106595988,0.0\r\n{CONTROLLER},2,Event,1,24060107000001,24HILL\r\n"
    f"{CONTROLLER},3,Point,1,24060107000002,FINISH\r\n{CONTROLLER},4,Gun,2,24060108000150,Button Press\r\n"
).encode()


def tag_line(number: int, tag: object, wall_us: int, reader_id: str = READER, antenna: int = 4) -> bytes:
    hundredths = wall_us // 10_000
    time = f"{hundredths // 100}.{hundredths % 100:02d}"
    return f"TO~{number}~{tag}~160~21~{time}~{reader_id}~{antenna}~-61~{number}~P~17\r\n".encode()


def tag_lines(tags: Iterable[object], start_us: int = EIGHT_US, step_us: int = US_PER_S) -> list[bytes]:
    """One read each, a second apart unless told otherwise."""
    return [tag_line(number, tag, start_us + number * step_us) for number, tag in enumerate(tags, 1)]


def race(reads: int, start_us: int = EIGHT_US) -> bytes:
    """Tags that come by again and again, times that go back a little, and every hundredth line twice."""
    lines = []
    for number in range(1, reads + 1):
        late_us = 3 * US_PER_S if number % 7 == 0 else 0
        lines.append(tag_line(number, number % 311 + 1, start_us + number * US_PER_S - late_us))
        if number % 100 == 0:
            lines[-1] = lines[-2]
    return b"".join(lines)


def gun_line(wall_us: int, number: int = 9, sequence: int = 1) -> bytes:
    moment = datetime.fromtimestamp(wall_us // US_PER_S, UTC)
    hundredths = wall_us % US_PER_S // 10_000
    return f"{CONTROLLER},{number},Gun,{sequence},{moment:%y%m%d%H%M%S}{hundredths:02d},Button Press\r\n".encode()


def write(folder: Path, name: str, data: bytes | Sequence[bytes], markers: bytes | None = None) -> Path:
    """A pair of files; gives the `.csv`."""
    path = folder / f"{name}.csv"
    path.write_bytes(data if isinstance(data, bytes) else b"".join(data))
    if markers is not None:
        path.with_suffix(".mrk").write_bytes(markers)
    return path


Content = tuple[str, str, str, str, int, int]
"""(location, tag, wall time, reader id, gator, lap)"""


def contents(rows: Iterable[dict[str, Any]]) -> Counter[Content]:
    """What stored reads are: rows of `timing_reads`, their times as the reader sent them."""
    return Counter(
        (
            row["location_name"],
            row["tag_code"],
            row["read_time_raw"],
            row["reader_id"],
            row["gator_number"],
            row["lap_count"],
        )
        for row in rows
    )
