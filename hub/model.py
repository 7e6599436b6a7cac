"""The things that travel through the hub. Knows their shapes; refuses to know where they come from or go to.

Words are those of the field: a *read* is one tag seen once at one location, a *gun* is a start without a runner,
a *source* is one reader stream, an *offset* a session's own running number.

Structs on the way of a read are msgspec Structs (an eighth of the cost of a frozen dataclass); `gc=False` where
nothing they hold can point back at them.

Times: `*_us` are integers, microseconds. A *wall* time counts from 1970-01-01 00:00 on the reader's own wall clock
and has no zone; an *instant* counts from the Unix epoch.
"""

import gzip
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

import msgspec

US_PER_S: Final = 1_000_000

KIND_READ: Final = "read"
KIND_GUN: Final = "gun"
KIND_VOID: Final = "void"

MARK_LATE: Final = "late"
MARK_REPEAT: Final = "repeat"
MARK_SUSPECT: Final = "suspect_time"
"""Its time cannot be: a clock that was never set, or is ahead, or is of another time zone."""
MARK_TEST: Final = "test"
"""It came while the session was being tested: nothing of it counts once that is over."""
MARK_HIDDEN: Final = "hidden"
"""Its location is not shown. Said of a read when it is shown to somebody, and kept nowhere."""

TAG_GUN: Final = "GUNTIME"

INT64_MAX: Final = 2**63 - 1

Official = Mapping[str, Mapping[str, str]]
"""Official results of a session: by bib, as these are compared, fields as `hub.told` has them."""

NOBODY: Final = 0
"""The partner of what belongs to nobody yet; no partner has this id."""


class Every(Enum):
    """Everybody's things at once: what an admin of the server may ask for."""

    EVERYONE = "everyone"


EVERYONE: Final = Every.EVERYONE
Whose = int | Every
"""Whose things a question is about: the id of one partner, or everybody's. What is another's is as absent as what does
not exist."""

MODE_RACE: Final = "race"
MODE_PRE_RACE: Final = "pre_race"
"""Packet pick-up: reads are tag checks, and marked as a test."""
MODE_RESULTS: Final = "results"
"""Cards say the official results, where there are some."""

PURPOSE_RACE: Final = "race"
PURPOSE_REHEARSAL: Final = "rehearsal"
PURPOSE_DEMO: Final = "demo"
PURPOSE_INBOX: Final = "inbox"


class Observation(msgspec.Struct, frozen=True, gc=False):
    """One line of a reader stream, parsed but not yet judged.

    wall_us: the reader's wall clock, microseconds since 1970-01-01 00:00 of that clock; or, where `since_midnight`
        is true, microseconds since midnight of a day the line does not name (may be negative or beyond 24 h).
    time_text: the time field as it came. lap: how often this tag was seen at this location, says the client.
    gator: antenna bits (1, 2, 4, 8). raw: the whole line as text, without its line end.
    """

    sequence: int
    location: str
    tag: str
    wall_us: int
    since_midnight: bool
    time_text: str
    lap: int
    reader_id: str
    gator: int
    gun: bool
    raw: str


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """A line that is no read and no answer, as it came (at most the line limit), and why.

    location, sequence: its place in the numbering, where that could be read; sequence 0: it could not. after: how many
    reads of those that are handed over with it came before it.
    """

    line: bytes
    reason: str
    location: str = ""
    sequence: int = 0
    after: int = 0


class Read(msgspec.Struct, array_like=True, gc=False):
    """One accepted read or gun: what the journal keeps, PostgreSQL stores and screens are shown.

    read_us: the instant of the read; received_us: the instant its bytes arrived.
    key: 16 bytes, the identity by content (`hub.seen`); empty on a void row that released it.
    """

    offset: int
    source_id: int
    sequence: int
    location: str
    tag: str
    read_us: int
    time_text: str
    lap: int
    reader_id: str
    gator: int
    kind: str
    marks: tuple[str, ...]
    key: bytes
    raw: str
    received_us: int


class SourceRecord(msgspec.Struct, array_like=True, gc=False):
    """What is kept of a source. `clock_us`: arrival minus read time, once known (see `hub.session`). `assigned`: the
    session that an operator has sent it to; 0: none. `proved`: it has shown the password of its session or partner."""

    id: int
    partner_id: int
    session_id: int
    listener: str
    protocol: str
    remote: str
    program: str
    version: str
    connection_id: str
    event_name: str
    clock_us: int | None
    seen_us: int
    assigned: int = 0
    proved: bool = False


class InboxRecord(msgspec.Struct, array_like=True, gc=False):
    """The hidden session of a source that leads nowhere. `partner_id` NOBODY: whose it is, is not known."""

    id: int
    partner_id: int
    source_id: int
    name: str
    made_us: int


class RejectRecord(msgspec.Struct, array_like=True, gc=False):
    """A rejected line with its place: who sent it and when."""

    id: int
    source_id: int
    session_id: int | None
    received_us: int
    reason: str
    line: bytes


class SessionReads(msgspec.Struct, array_like=True, gc=False):
    """The reads of one session in one group, in the order of their offsets, without a hole."""

    session_id: int
    first_offset: int
    reads: list[Read]


class Group(msgspec.Struct, array_like=True, gc=False):
    """One row of the journal: what became durable at once. Inboxes and sources come before what they were sent, and
    sent."""

    sources: list[SourceRecord]
    sessions: list[SessionReads]
    rejects: list[RejectRecord]
    inboxes: list[InboxRecord] = []


class Race(msgspec.Struct, frozen=True, array_like=True):
    """One competition of an event. Its guns are those of its start location."""

    name: str
    distance_m: int
    start_location: str
    finish_location: str


class PlaceRow(msgspec.Struct, frozen=True, array_like=True):
    """A location of which people have said something. `name`: as it is in the tables. `shown`: as it is called, or the
    one that it is a part of. merged: it is a part of another. position: its place in lists, if it has been given one.
    """

    name: str
    shown: str
    hidden: bool = False
    merged: bool = False
    position: int | None = None


class Proved(msgspec.Struct, frozen=True):
    """What a reader has proved to be: of a partner, and of one session of that one, or of any (None)."""

    partner_id: int
    session_id: int | None = None


class PartnerRow(msgspec.Struct, frozen=True):
    """A timing company. `slug`: its short name, in configurations and addresses."""

    id: int
    slug: str
    name: str


class SessionRow(msgspec.Struct, frozen=True):
    """A row of `timing_sessions`, as the hub keeps it in memory, with what it takes from its event.

    timezone: an IANA name. day: the date that a time since midnight counts from. keys_day: the one that it counted from
        when the session's first keys were made; empty: `day`.
    purpose: `race`; `rehearsal`: all it shows is marked; `demo`: it gets reads by its stream key alone; `inbox`: it is
        hidden, and its source's alone (`source_id`). partner_id: NOBODY for an inbox of nobody known.
    testing: the reads that come now are a test. places: the locations of which people have said something.
    mode: what the session is for now. minors_under: who is younger than that on `day` is shown to everybody as
    minors_privacy says; 0: there is no such rule.
    """

    id: int
    partner_id: int
    name: str
    event_name: str
    status: str
    epoch: int
    timezone: str
    day: str
    created_us: int
    stream_key: str = ""
    purpose: str = PURPOSE_RACE
    races: tuple[Race, ...] = ()
    keys_day: str = ""
    testing: bool = False
    places: tuple[PlaceRow, ...] = ()
    event_id: int | None = None
    source_id: int = 0
    mode: str = MODE_RACE
    minors_under: int = 0
    minors_privacy: str = "bib"


class DisplayRow(msgspec.Struct, frozen=True):
    """A row of `displays`. `session_id` None: the partner's one active session, whichever that is. `template_id` None:
    the hub's own layout.

    settings: `duration` of a card in seconds, and `locations`: names of those whose reads get a card.
    expires_us: the instant from which on its code leads nowhere; revoked_us: when somebody has said so.
    """

    code: str
    partner_id: int
    session_id: int | None
    name: str
    settings: dict[str, Any] = {}
    place: str = ""
    expires_us: int | None = None
    revoked_us: int | None = None
    template_id: int | None = None
    control: dict[str, Any] = {}

    def holds(self, now_us: int) -> bool:
        """Whether its code leads anywhere. One that does not is as unknown as one that never was."""
        return self.revoked_us is None and (self.expires_us is None or now_us < self.expires_us)


class TemplateRow(msgspec.Struct, frozen=True):
    """A row of `templates`, with what is in force of it. `packed`: JSON as `hub.template_words` has it, by gzip, as
    screens get it: all partners' templates are in memory, and so take a tenth of it."""

    id: int
    partner_id: int
    name: str
    version: int
    packed: bytes

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.packed)


class ImageRow(msgspec.Struct, frozen=True):
    """A row of `images`. `used_by`: the templates of which any kept version shows it, by name."""

    name: str
    partner_id: int
    title: str
    width: int
    height: int
    frames: int
    bytes: int
    made_at: datetime
    made_by: str
    used_by: list[str] = []


class ScreenRow(msgspec.Struct, frozen=True):
    """A row of `screens`: one browser on one machine, as far as it is kept.

    id: made by the hub of what the browser calls itself and whose display it shows. blank: it is to be dark.
    width, height: 0 until it has said. version: of its page.
    """

    id: str
    partner_id: int
    code: str
    name: str = ""
    blank: bool = False
    width: int = 0
    height: int = 0
    version: str = ""
    first_us: int = 0
    last_us: int = 0


class ExportRow(msgspec.Struct, frozen=True):
    """A row of `exports`: the file in data_dir/exports that was kept of a deleted session."""

    id: int
    partner_id: int
    session_id: int
    session_name: str
    file_name: str
    bytes: int
    reads: int
    created_at: datetime


class ReadFilter(msgspec.Struct, frozen=True):
    """Which reads of a session are wanted: at most `limit` after the offset `after`, at one of these
    locations (without case), of one of these tags and of none of the others (in their compared form, see
    `hub.roster`)."""

    after: int
    limit: int
    locations: list[str] | None = None
    tags: list[str] | None = None
    but_tags: list[str] | None = None


class Participant(msgspec.Struct, gc=False):
    """A roster line. `tags` are chip numbers as text; `custom` is what the roster has beside the known columns.

    state: the region. birth_date: ISO 8601, or nothing. phonetic, notes: for announcers, never for everybody. privacy:
    how much of them everybody sees, one of hub.roster_words.PRIVACIES; empty: only the session's rule for minors
    decides.
    """

    id: int
    bib: str
    tags: tuple[str, ...] = ()
    first_name: str = ""
    last_name: str = ""
    age: str = ""
    gender: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    division: str = ""
    race_name: str = ""
    wave: str = ""
    team_name: str = ""
    custom: tuple[tuple[str, str], ...] = ()
    phonetic: str = ""
    birth_date: str = ""
    status: str = ""
    notes: str = ""
    privacy: str = ""
