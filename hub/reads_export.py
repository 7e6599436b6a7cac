"""The reads of a session as texts to take along: a table with a header, and the lines of the readers. Pure: some reads
in, their part of the file out. Knows columns and how they are written; refuses to know where reads come from.

The table (CSV as RFC 4180 has it, UTF-8) is opened with programs that take a cell for a formula: in text that came from
a reader, a roster or a person there is a ' wherever one would begin. Numbers and times are written here and are left
as they are. The lines are as they came, whatever is in them.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Final

from hub.encode import iso
from hub.model import MARK_HIDDEN, Participant, Read
from hub.places import Places

HEADER: Final = (
    "offset",
    "kind",
    "marks",
    "location",
    "location_raw",
    "tag",
    "bib",
    "name",
    "race",
    "time",
    "time_sent",
    "lap",
    "reader_id",
    "gator",
    "sequence",
    "source_id",
    "received_at",
)
NAME_CHARS_MAX: Final = 60
_FORMULA: Final = re.compile("(?:^|(?<=[;\t\r\n|]))(?=[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
"""Where one would begin, in full width, too."""
_LINE: Final = "CT01_"


def header() -> bytes:
    return written([HEADER])


def table(
    reads: Sequence[Read], zone: tzinfo, who: Callable[[str], Participant | None], places: Places
) -> bytes:
    return written([_row(read, zone, who(read.tag), places) for read in reads])


def lines(reads: Sequence[Read]) -> bytes:
    """As they came; what came out of a controller's file, and so was no such line, is written as one."""
    return "".join(f"{line(read)}\r\n" for read in reads).encode()


def line(read: Read) -> str:
    if read.raw.startswith(_LINE):
        return read.raw
    fields = (
        read.sequence,
        read.location,
        read.tag,
        read.time_text,
        read.lap,
        read.reader_id,
        read.gator,
    )
    return "~".join(("CT01_33", *(str(each).replace("~", " ") for each in fields)))


def plain(name: str) -> str:
    """A session's name as a part of a file's, whatever the system."""
    text = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    return text[:NAME_CHARS_MAX].strip("-") or "session"


def _row(read: Read, zone: tzinfo, participant: Participant | None, places: Places) -> tuple[object, ...]:
    hidden = (MARK_HIDDEN,) if places.is_hidden(read.location) else ()
    name = f"{participant.first_name} {participant.last_name}".strip() if participant else ""
    return (
        read.offset,
        read.kind,
        " ".join((*read.marks, *hidden)),
        cell(places.shown(read.location)),
        cell(read.location),
        cell(read.tag),
        cell(participant.bib if participant else ""),
        cell(name),
        cell(participant.race_name if participant else ""),
        iso(read.read_us, zone),
        cell(read.time_text),
        read.lap,
        cell(read.reader_id),
        read.gator,
        read.sequence,
        read.source_id,
        iso(read.received_us, zone),
    )


def cell(text: str) -> str:
    """Text of somebody else's, as no program takes it for a formula. One that has another character between its cells
    than a comma cuts it into more, each of which may be one."""
    return _FORMULA.sub("'", text)


def written(rows: Sequence[Sequence[object]], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()
