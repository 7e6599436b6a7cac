"""What the handlers of one web application share: typed keys, no globals."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from aiohttp import web

from hub.account_lines import ChangeLine, Link, MadeLink, MadeToken, PartnerLine, TokenLine, UserLine
from hub.account_rules import UserChange
from hub.accounts import Caller, User
from hub.config import Settings
from hub.config_live import Current
from hub.event_words import EventChange, EventWords, RaceChange, RaceWords
from hub.hub import Hub
from hub.image_words import Crop
from hub.importing import ControllerFiles, Imported
from hub.location_words import LocationChange
from hub.message_words import MessageChange, NewMessage
from hub.messages import Message, Messages
from hub.model import (
    DisplayRow,
    ExportRow,
    ImageRow,
    PartnerRow,
    Read,
    ReadFilter,
    ScreenRow,
    SessionRow,
    Whose,
)
from hub.own_settings import OwnSettings
from hub.passages import StoredPassage
from hub.refused import RefusedReaders
from hub.roster import Roster
from hub.session import Session, Source
from hub.session_words import NewSession, SessionChange
from hub.web.announcers import Announcing
from hub.web.live import Live
from hub.web.looks import Templates
from hub.web.people import OfRosters
from hub.web.services import OfServices

STARTING: Final = "the hub is starting"


@dataclass(slots=True)
class Condition:
    """How the hub is, each in words, empty where all is well. `not_ready`: why it cannot answer now; `warning`:
    what somebody has to look into; `restart_needed`: keys whose new value waits for the next start."""

    not_ready: str = STARTING
    warning: Callable[[], str] = lambda: ""
    journal_problem: Callable[[], str] = lambda: ""
    journal_pending: Callable[[], int] = lambda: 0
    connections: Callable[[], int] = lambda: 0
    database_problem: Callable[[], str] = lambda: ""
    restart_needed: list[str] = field(default_factory=list)
    tcp_port: int = 0
    started_us: int = 0
    now_us: Callable[[], int] = lambda: 0


class Queries(Protocol):
    """What the web asks of PostgreSQL, of what belongs to `whose`. Each may raise StoreAway."""

    async def alive(self) -> bool: ...

    async def sessions(self, whose: Whose, session_id: int | None = None) -> list[dict[str, Any]]:
        """All sessions with their figures, newest first, or one."""

    async def session(self, whose: Whose, session_id: int) -> SessionRow | None: ...

    async def reads(self, whose: Whose, session_id: int, wanted: ReadFilter) -> list[tuple[int, Read]]:
        """(id, read) pairs in the order of offsets, without void rows."""

    async def passed(
        self, whose: Whose, session_id: int, after: int, through: int
    ) -> list[StoredPassage]: ...

    async def locations(self, whose: Whose, session_id: int) -> list[dict[str, Any]]:
        """With their figures, in the order in which they are shown."""

    async def location_tags(self, whose: Whose, session_id: int) -> dict[int, int]:
        """How many tags were read at each."""

    async def messages(self, whose: Whose, session_id: int) -> Messages: ...

    async def rejects(self, whose: Whose, session_id: int, after: int, limit: int) -> list[dict[str, Any]]:
        """Lines that are no reads, by their ids."""

    async def roster(self, whose: Whose, session_id: int) -> Roster: ...


class People(Protocol):
    """What the web asks of the tables of users before it is known whose things are asked for. May raise StoreAway."""

    async def by_id(self, user_id: int) -> User | None: ...

    async def by_email(self, email: str) -> User | None:
        """Without case."""

    async def by_token(self, digest: bytes) -> User | None:
        """The user of a personal token, by its SHA-256, unless it has expired. Notes that it was used."""

    async def seen(self, who: Caller) -> None:
        """Notes that this user was here."""


class Users(Protocol):
    """What is asked of users, their links and tokens, and the log of changes. Every method may raise StoreAway; what
    changes something also StoreError, and a CallerError: NotFound for what is not the caller's, Forbidden and Conflict
    as `hub.account_rules` has them."""

    async def lines(self, by: Caller, partner_id: int | None = None) -> list[UserLine]: ...

    async def line(self, by: Caller, user_id: int) -> UserLine: ...

    async def invite(
        self, by: Caller, email: str, name: str, role: str, partner_id: int | None
    ) -> tuple[UserLine, MadeLink]: ...

    async def change(self, by: Caller, user_id: int, wanted: UserChange) -> UserLine: ...

    async def delete(self, by: Caller, user_id: int) -> None: ...

    async def reset(self, by: Caller, user_id: int) -> MadeLink: ...

    async def has_admin(self) -> bool:
        """Whether there is an admin who can sign in."""

    async def first_admin(self, email: str, name: str, password_hash: str) -> User:
        """The first who can sign in at all; NotFound when there is one by now."""

    async def link(self, text: str) -> Link | None:
        """What a link is for; None: for nothing, or not any more."""

    async def use_link(self, text: str, password_hash: str, name: str | None) -> User | None:
        """The user whose password this is now, once for each link; `name` None: as it is."""

    async def rename(self, by: Caller, name: str) -> User:
        """The caller's own name."""

    async def settings(self, by: Caller) -> OwnSettings:
        """The caller's own."""

    async def save_settings(self, by: Caller, wanted: OwnSettings) -> None: ...

    async def change_password(self, by: Caller, password_hash: str) -> User:
        """The caller's own. All sign-ins under the old one end; `generation` is that of the next."""

    async def tokens(self, by: Caller) -> list[TokenLine]: ...

    async def make_token(self, by: Caller, name: str, hours: int | None = None) -> MadeToken:
        """`hours` None: for good."""

    async def delete_token(self, by: Caller, token_id: int) -> None: ...

    async def note(
        self,
        by: Caller,
        action: str,
        what: str,
        *,
        partner_id: int | None,
        detail: dict[str, object] | None = None,
    ) -> None:
        """A line of the log for what changes no table, such as a sign-in."""

    async def changes(
        self, by: Caller, *, before: int | None, limit: int, partner_id: int | None = None
    ) -> list[ChangeLine]:
        """The newest first."""


class Partners(Protocol):
    """What admins ask of partners. Every method may raise StoreAway; what changes something also StoreError, NotFound
    and Conflict."""

    async def lines(self, by: Caller) -> list[PartnerLine]: ...

    async def line(self, by: Caller, partner_id: int) -> PartnerLine: ...

    async def make(self, by: Caller, name: str, slug: str | None) -> PartnerRow: ...

    async def change(self, by: Caller, partner_id: int, name: str | None, slug: str | None) -> PartnerRow:
        """None: as it is."""

    async def delete(self, by: Caller, partner_id: int) -> None: ...


class Standing(Protocol):
    """What goes on being asked of those who are signed in. May raise StoreAway."""

    async def generations(self, user_ids: Collection[int]) -> Mapping[int, int]:
        """By id, of those of these users who are there and not disabled."""

    async def rehash(self, user: User, password_hash: str) -> int | None:
        """The same password, kept in another way. Gives the user's next generation; None: there is another by now."""


class Displays(Protocol):
    """What is done to displays in PostgreSQL. May raise StoreAway, StoreError."""

    async def make(self, by: Caller, wanted: DisplayRow) -> DisplayRow:
        """One like this, under a code of its own."""

    async def change(self, by: Caller, row: DisplayRow, action: str) -> bool:
        """All that can be said of it, and what the log calls that; False: it is gone."""

    async def delete(self, by: Caller, row: DisplayRow) -> bool:
        """False: it is gone."""


class ScreenStore(Protocol):
    """What is kept of screens in PostgreSQL. May raise StoreAway, StoreError."""

    async def all(self) -> list[ScreenRow]: ...

    async def save(self, partner_id: int, rows: Sequence[ScreenRow], gone: Sequence[str]) -> None:
        """How these of a partner's are, but not what somebody wished of them; and those that are to be forgotten."""

    async def change(self, by: Caller, row: ScreenRow, action: str) -> bool:
        """All of it, and what the log calls that; False: its code leads nowhere."""

    async def delete(self, by: Caller, row: ScreenRow) -> None: ...


class MoveProgress(NamedTuple):
    """How far a source's reads are on their way to another session: through this offset of the old one, of so many."""

    done: int
    total: int


class SourceLog(Protocol):
    """Where it is written down who sends sources where. May raise StoreAway, StoreError."""

    async def note_source(
        self, by: Caller, action: str, what: str, partner_id: int, source_id: int, session_id: int
    ) -> None: ...


class Moves(Protocol):
    """What gives sources another place. Raises Conflict while one is on its way."""

    def progress(self, source_id: int) -> MoveProgress | None: ...

    def assign(self, source: Source, session: Session) -> None: ...

    def release(self, source: Source) -> None: ...


class Imports(Protocol):
    """What puts controller files into sessions."""

    async def put(
        self, session_id: int, files: ControllerFiles, location: str | None, *, remote: str
    ) -> Imported:
        """Answers when all of it is on disk. Raises CallerError, FileFormatError, StoreAway."""


class Sessions(Protocol):
    """What makes, begins, ends and changes sessions. The caller may do it, and the session is there for the caller.
    Each may raise CallerError, StoreAway, StoreError."""

    async def make(self, by: Caller, partner_id: int, words: NewSession) -> int:
        """Gives its id."""

    async def change(self, by: Caller, session_id: int, words: SessionChange) -> None: ...

    async def start(self, by: Caller, session_id: int) -> None: ...

    async def end(self, by: Caller, session_id: int) -> None: ...

    async def reopen(self, by: Caller, session_id: int) -> None: ...

    async def renew_key(self, by: Caller, session_id: int) -> None: ...

    async def test(self, by: Caller, session_id: int, on: bool) -> None:
        """Reads that come from now on are a test, or are so no more, and all that were one do not count."""


class Locations(Protocol):
    """What people say of a session's locations. Raises as `Sessions` does."""

    async def change(self, by: Caller, session_id: int, location_id: int, words: LocationChange) -> None: ...

    async def merge(self, by: Caller, session_id: int, location_id: int, into: int) -> None: ...

    async def split(self, by: Caller, session_id: int, location_id: int) -> None: ...


class Messaging(Protocol):
    """What people say of a session's messages. Each gives all as they are then. Raises as `Sessions` does, and
    Forbidden for what is not an announcer's."""

    async def make(self, by: Caller, session_id: int, words: NewMessage) -> tuple[Message, Messages]: ...

    async def change(
        self, by: Caller, session_id: int, message_id: int, words: MessageChange
    ) -> tuple[Message, Messages]: ...

    async def delete(self, by: Caller, session_id: int, message_id: int) -> None: ...

    async def turn_every(self, by: Caller, session_id: int, every_s: int) -> Messages: ...


class PartnerWords(Protocol):
    """What a partner says for all its sessions. Raises as `Sessions` does."""

    async def say_crew_tags(self, by: Caller, partner_id: int, tags: list[str]) -> None:
        """Their reads are kept, and shown nowhere."""

    async def say_emergency(self, by: Caller, partner_id: int, text: str) -> None:
        """The line over everything on all screens; empty: none."""


class Removal(Protocol):
    """What deletes sessions and what was kept of them. `folder`: where exports are. Raises as `Sessions` does."""

    folder: Path

    async def remove(self, by: Caller, session_id: int, typed: str | None) -> ExportRow:
        """Answers when all of it is in the export, and gone. `typed`: its name."""

    async def delete_export(self, by: Caller, export_id: int) -> None: ...


class Events(Protocol):
    """What makes and changes events and their races. Raises as `Sessions` does."""

    async def make(self, by: Caller, partner_id: int, words: EventWords) -> int:
        """Gives its id."""

    async def change(self, by: Caller, event_id: int, words: EventChange) -> None: ...

    async def delete(self, by: Caller, event_id: int) -> None: ...

    async def add_race(self, by: Caller, event_id: int, words: RaceWords) -> int:
        """Gives its id."""

    async def change_race(self, by: Caller, event_id: int, race_id: int, words: RaceChange) -> None: ...

    async def delete_race(self, by: Caller, event_id: int, race_id: int) -> None: ...


class Images(Protocol):
    """What is done with images. Each may raise CallerError, StoreAway, StoreError. What does not belong to the caller
    is as absent as what does not exist."""

    async def rows(self, whose: Whose, partner_id: int | None = None) -> list[ImageRow]:
        """The newest first; `partner_id` None: of all."""

    async def there(self) -> set[str]:
        """The names of all images that have their file."""

    async def add(
        self, by: Caller, partner_id: int, data: bytes, title: str, crop: Crop | None = None
    ) -> ImageRow:
        """What is kept of a file, for a partner that is there for the caller. The same file again is the same image."""

    async def crop(self, by: Caller, name: str, crop: Crop) -> ImageRow:
        """A new one, of a part of this one."""

    async def retitle(self, by: Caller, name: str, title: str) -> ImageRow: ...

    async def delete(self, by: Caller, name: str) -> None:
        """Raises Conflict while any kept version of a template shows it."""

    async def bytes_of(self, whose: Whose, name: str) -> bytes: ...

    async def names_of(self, partner_id: int) -> set[str]: ...

    async def forget(self, names: Collection[str]) -> None:
        """Their files, when their rows are gone."""


class Streams(Protocol):
    """What makes stream passwords. The session or partner is there for the caller. Raises as `Sessions` does."""

    async def renew_session(self, by: Caller, session_id: int) -> None: ...

    async def renew_partner(self, by: Caller, partner_id: int) -> None: ...


class Retiming(Protocol):
    """What corrects the times of sessions."""

    def progress(self, session_id: int) -> tuple[int, int] | None:
        """Reads done, of so many; None: there is nothing to correct."""


class Kept(Protocol):
    """What the web asks of events and exports. Each may raise StoreAway."""

    async def events(self, whose: Whose, event_id: int | None = None) -> list[dict[str, Any]]:
        """All events, the latest first, or one; each with its races and the ids of its sessions."""

    async def exports(self, whose: Whose, export_id: int | None = None) -> list[ExportRow]:
        """All exports, newest first, or one."""


class Changes(OfRosters, OfServices, Protocol):
    """All that changes sessions and events. `changing`: held by whoever changes a session, a display or a roster:
    what is in memory is then what was stored last."""

    changing: asyncio.Lock

    @property
    def feeder(self) -> Imports: ...

    @property
    def lifecycle(self) -> Sessions: ...

    @property
    def removing(self) -> Removal: ...

    @property
    def events(self) -> Events: ...

    @property
    def retiming(self) -> Retiming: ...

    @property
    def streams(self) -> Streams: ...

    @property
    def locations(self) -> Locations: ...

    @property
    def messages(self) -> Messaging: ...

    @property
    def partner_words(self) -> PartnerWords: ...

    @property
    def templates(self) -> Templates: ...

    @property
    def announcing(self) -> Announcing: ...

    @property
    def moving(self) -> Moves: ...

    @property
    def images(self) -> Images: ...


SETTINGS: Final = web.AppKey("settings", Current)
CONDITION: Final = web.AppKey("condition", Condition)
HUB: Final = web.AppKey("hub", Hub)
LIVE: Final = web.AppKey("live", Live)
QUERIES: Final = web.AppKey("queries", Queries)
PEOPLE: Final = web.AppKey("people", People)
USERS: Final = web.AppKey("users", Users)
PARTNERS: Final = web.AppKey("partners", Partners)
STANDING: Final = web.AppKey("standing", Standing)
DISPLAYS: Final = web.AppKey("displays", Displays)
IMPORTS: Final = web.AppKey("imports", Imports)
TOKEN: Final = web.AppKey("token", str)
FIRST: Final = web.AppKey("first", str)
"""The link of the server's first user, good for nothing once there is an admin."""
CHANGING: Final = web.AppKey("changing", asyncio.Lock)
"""One roster, one change of a session at a time: what is in memory is then what was stored last."""
SESSIONS: Final = web.AppKey("sessions", Sessions)
MOVES: Final = web.AppKey("moves", Moves)
SOURCE_LOG: Final = web.AppKey("source_log", SourceLog)
REMOVAL: Final = web.AppKey("removal", Removal)
EVENTS: Final = web.AppKey("events", Events)
RETIMING: Final = web.AppKey("retiming", Retiming)
LOCATIONS: Final = web.AppKey("locations", Locations)
MESSAGES: Final = web.AppKey("messages", Messaging)
PARTNER_WORDS: Final = web.AppKey("partner_words", PartnerWords)
KEPT: Final = web.AppKey("kept", Kept)
STREAMS: Final = web.AppKey("streams", Streams)
IMAGES: Final = web.AppKey("images", Images)
IMAGE_FOLDER: Final = web.AppKey("image_folder", Path)
REFUSED: Final = web.AppKey("refused", RefusedReaders)


SEEN: Final = web.RequestKey("seen", web.Request)
"""Set by proxies.py on a request that came over one that is trusted."""


def as_seen(request: web.Request) -> web.Request:
    """For what is handed the request as aiohttp has made it: as the first proxy has got it."""
    seen: web.Request = request.get(SEEN, request)
    return seen


def settings(request: web.Request) -> Settings:
    """Those in force now. To be asked for where they are used, and not kept: they change while the hub runs."""
    return request.app[SETTINGS].now
