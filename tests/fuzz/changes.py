"""What the web asks for to be changed, noted and not done: for everything that comes over a connection."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from hub import (
    event_words,
    hand_words,
    image_words,
    marks,
    message_words,
    session_words,
    sync_words,
    template_words,
)
from hub.accounts import Caller
from hub.errors import Invalid, NotFound
from hub.event_words import EventChange, EventWords, RaceChange, RaceWords
from hub.hand_words import Words
from hub.image_words import Crop
from hub.jobs import Progress
from hub.latency import Way
from hub.location_words import LocationChange
from hub.marks import Call, Mark, MarkChange
from hub.message_words import MessageChange, NewMessage
from hub.messages import NONE, Message, Messages
from hub.model import ExportRow, ImageRow, Participant, ScreenRow, SessionRow, TemplateRow, Whose
from hub.participants import Record, Wanted
from hub.providers import registry
from hub.providers.words import Kind
from hub.roster_words import ORDERED
from hub.session import Session, Source
from hub.session_words import NewSession, SessionChange
from hub.showings import Counts, ReadShown, ShowingRow, ShownFilter
from hub.sync_words import AccountRow, FieldWords, LinkChange, NewLink, ResultRow
from hub.template_words import Content
from hub.web.state import Imports

MADE_AT: Final = datetime(2026, 5, 16, 9, 30, tzinfo=UTC)


class Sessions:
    """One session, 1."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def make(self, by: Caller, partner_id: int, words: NewSession) -> int:
        session_words.check_new(words)
        self.changed.append(f"session of {partner_id}: {words.session_name}".encode().decode())
        return 1

    async def change(self, by: Caller, session_id: int, words: SessionChange) -> None:
        session_words.check_change(words)
        self.changed.append(f"session {session_id}: {words}".encode().decode())

    async def start(self, by: Caller, session_id: int) -> None:
        self.changed.append(f"session {session_id}")

    end = reopen = renew_key = start

    async def test(self, by: Caller, session_id: int, on: bool) -> None:
        self.changed.append(f"session {session_id}: {on}")


class Locations:
    """Any location is there."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def change(self, by: Caller, session_id: int, location_id: int, words: LocationChange) -> None:
        self.changed.append(f"location {location_id}: {words}".encode().decode())

    async def merge(self, by: Caller, session_id: int, location_id: int, into: int) -> None:
        self.changed.append(f"location {location_id}: {into}")

    async def split(self, by: Caller, session_id: int, location_id: int) -> None:
        self.changed.append(f"location {location_id}")


class Messaging:
    """None is there, and what is made is forgotten."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def make(self, by: Caller, session_id: int, words: NewMessage) -> tuple[Message, Messages]:
        message = message_words.made((), words)
        self.changed.append(f"message of session {session_id}: {message.text}".encode().decode())
        return message, NONE

    async def change(self, by: Caller, session_id: int, message_id: int, words: MessageChange) -> NoReturn:
        message_words.changed((), message_id, words, 0)
        raise AssertionError

    async def delete(self, by: Caller, session_id: int, message_id: int) -> None:
        message_words.found((), message_id)

    async def turn_every(self, by: Caller, session_id: int, every_s: int) -> Messages:
        self.changed.append(f"messages of session {session_id}: every {every_s} s")
        return NONE


class PartnerWords:
    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def say_crew_tags(self, by: Caller, partner_id: int, tags: list[str]) -> None:
        self.changed.append(f"partner {partner_id}: {tags}".encode().decode())

    async def say_emergency(self, by: Caller, partner_id: int, text: str) -> None:
        self.changed.append(f"partner {partner_id}: {text}".encode().decode())


class Templates:
    """None is there; those that are saved are forgotten."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def lines(self, whose: Whose) -> list[dict[str, Any]]:
        return []

    deleted = lines

    async def versions(self, whose: Whose, template_id: int) -> list[dict[str, Any]]:
        return []

    async def content(self, whose: Whose, template_id: int, version: int) -> NoReturn:
        raise NotFound(f"There is no version {version}.")

    async def save(
        self,
        by: Caller,
        partner_id: int,
        name: str,
        content: Content,
        *,
        base: int | None = None,
        imported: bool = False,
    ) -> TemplateRow:
        packed = template_words.packed(content)
        self.changed.append(f"template {name}: {len(packed)}".encode().decode())
        return TemplateRow(1, partner_id, name, 1, packed)

    async def restore(self, by: Caller, template_id: int, version: int) -> NoReturn:
        raise NotFound(f"There is no version {version}.")

    async def rename(self, by: Caller, template_id: int, name: str) -> NoReturn:
        raise NotFound("There is no template of this name.")

    async def delete(self, by: Caller, template_id: int) -> None: ...

    async def undelete(self, by: Caller, template_id: int) -> NoReturn:
        raise NotFound("There is no template of this name.")


class Announcing:
    """Nothing is kept of what is said."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def marks(self, whose: Whose, row: SessionRow) -> list[Mark]:
        return []

    async def mark(self, by: Caller, row: SessionRow, who: str, change: MarkChange) -> Mark:
        mark = marks.changed(None, who, change, by.name)
        self.changed.append(f"mark {who}: {mark.note}".encode().decode())
        return mark

    async def say(self, by: Caller, row: SessionRow, offset: int) -> Call:
        self.changed.append(f"call {offset}")
        return Call(offset, by.name, 0)

    async def unsay(self, by: Caller, row: SessionRow, offset: int) -> None:
        self.changed.append(f"no call {offset}")


class Removal:
    """Nothing was ever kept."""

    folder = Path("/nowhere")

    async def remove(self, by: Caller, session_id: int, typed: str | None) -> NoReturn:
        raise NotFound(f"There is no session {session_id}.")

    async def delete_export(self, by: Caller, export_id: int) -> None:
        raise NotFound(f"There is no export {export_id}.")


class Events:
    """No event is there."""

    async def make(self, by: Caller, partner_id: int, words: EventWords) -> int:
        event_words.check(words)
        return 1

    async def change(self, by: Caller, event_id: int, words: EventChange) -> None: ...

    async def delete(self, by: Caller, event_id: int) -> None: ...

    async def add_race(self, by: Caller, event_id: int, words: RaceWords) -> int:
        return 1

    async def change_race(self, by: Caller, event_id: int, race_id: int, words: RaceChange) -> None: ...

    async def delete_race(self, by: Caller, event_id: int, race_id: int) -> None: ...


class Images:
    """There is none, and what is given becomes one that is not kept."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def rows(self, whose: Whose, partner_id: int | None = None) -> list[ImageRow]:
        return []

    async def there(self) -> set[str]:
        return set()

    async def add(
        self, by: Caller, partner_id: int, data: bytes, title: str, crop: Crop | None = None
    ) -> ImageRow:
        name = image_words.name_of(partner_id, data, ".png")
        row = ImageRow(name, partner_id, image_words.title_of(title), 1, 1, 1, len(data), MADE_AT, by.name)
        self.changed.append(f"image {row.name}: {row.title}".encode().decode())
        return row

    async def crop(self, by: Caller, name: str, crop: Crop) -> NoReturn:
        raise NotFound(f"There is no image {name}.")

    async def retitle(self, by: Caller, name: str, title: str) -> NoReturn:
        image_words.checked_title(title)
        raise NotFound(f"There is no image {name}.")

    async def delete(self, by: Caller, name: str) -> None:
        raise NotFound(f"There is no image {name}.")

    async def bytes_of(self, whose: Whose, name: str) -> NoReturn:
        raise NotFound(f"There is no image {name}.")

    async def names_of(self, partner_id: int) -> set[str]:
        return set()

    async def forget(self, names: Collection[str]) -> None:
        pass


class Streams:
    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def renew_session(self, by: Caller, session_id: int) -> None:
        self.changed.append(f"password of session {session_id}")

    async def renew_partner(self, by: Caller, partner_id: int) -> None:
        self.changed.append(f"password of partner {partner_id}")


class Retiming:
    def progress(self, session_id: int) -> tuple[int, int] | None:
        return None


class Screens:
    """None is kept."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def all(self) -> list[ScreenRow]:
        return []

    async def save(self, partner_id: int, rows: Sequence[ScreenRow], gone: Sequence[str]) -> None:
        pass

    async def change(self, by: Caller, row: ScreenRow, action: str) -> bool:
        self.changed.append(f"screen {row.id}")
        return True

    async def delete(self, by: Caller, row: ScreenRow) -> None:
        self.changed.append(f"screen {row.id} deleted")


class Proofs:
    """Nothing was shown, and what is reported is forgotten."""

    async def save_showings(self, partner_id: int, rows: Sequence[ShowingRow]) -> None:
        pass

    async def add_latencies(self, partner_id: int, session_id: int, way: Way) -> None:
        pass

    async def reads(self, whose: Whose, session_id: int, wanted: ShownFilter) -> list[ReadShown]:
        return []

    async def counts(self, whose: Whose, session_id: int, wanted: ShownFilter) -> Counts:
        return Counts(0, 0, 0)

    async def latencies(self, whose: Whose, session_id: int) -> Way:
        return Way()


class Kept:
    async def events(self, whose: Whose, event_id: int | None = None) -> list[dict[str, Any]]:
        return []

    async def exports(self, whose: Whose, export_id: int | None = None) -> list[ExportRow]:
        return []


class Moving:
    """Nothing moves."""

    def progress(self, source_id: int) -> None:
        return None

    def assign(self, source: Source, session: Session) -> None: ...

    def release(self, source: Source) -> None: ...


class Accounts:
    """There is none, and what is given is forgotten."""

    kinds: Final[Mapping[str, Kind]] = registry.KINDS

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def rows(self, whose: Whose) -> list[AccountRow]:
        return []

    async def make(
        self,
        by: Caller,
        partner_id: int,
        kind: str,
        name: str,
        given: Mapping[str, str],
        *,
        anyway: bool = False,
    ) -> tuple[AccountRow, str]:
        name = sync_words.checked_name(name)
        if kind not in self.kinds:
            raise Invalid("kind: expected one of the services", field="kind")
        fields = [
            FieldWords(each.name, each.label, each.secret, each.required) for each in self.kinds[kind].fields
        ]
        sync_words.merged(fields, given)
        self.changed.append(f"account {name}".encode().decode())
        return AccountRow(1, partner_id, kind, name), ""

    async def given(
        self, by: Caller, partner_id: int, kind: str, name: str, given: Mapping[str, str]
    ) -> tuple[AccountRow, str]:
        return await self.make(by, partner_id, kind, name, given)

    async def change(
        self,
        by: Caller,
        account_id: int,
        name: str | None,
        given: Mapping[str, str] | None,
        *,
        anyway: bool = False,
    ) -> NoReturn:
        if name is not None:
            sync_words.checked_name(name)
        raise NotFound(f"There is no account {account_id}.")

    async def delete(self, by: Caller, account_id: int) -> None:
        raise NotFound(f"There is no account {account_id}.")

    async def test(self, by: Caller, account_id: int) -> NoReturn:
        raise NotFound(f"There is no account {account_id}.")

    async def events(self, whose: Whose, account_id: int, find: str) -> NoReturn:
        raise NotFound(f"There is no account {account_id}.")

    async def event(self, whose: Whose, account_id: int, event_id: str) -> NoReturn:
        raise NotFound(f"There is no account {account_id}.")


class Links:
    """No session has a service."""

    async def state(self, by: Caller, row: SessionRow) -> None:
        return None

    async def put(self, by: Caller, row: SessionRow, words: NewLink) -> NoReturn:
        raise NotFound(f"There is no account {words.account}.", field="account")

    async def change(self, by: Caller, row: SessionRow, words: LinkChange) -> NoReturn:
        raise NotFound("The session's roster comes from no service.")

    async def delete(self, by: Caller, row: SessionRow, *, remove: bool) -> NoReturn:
        raise NotFound("The session's roster comes from no service.")

    async def refresh(self, by: Caller, row: SessionRow, *, full: bool) -> NoReturn:
        raise NotFound("The session's roster comes from no service.")

    async def results(self, whose: Whose, session_id: int, after: str, limit: int) -> list[ResultRow]:
        return []


class Rosters:
    """There is no participant."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def reorder(self, by: Caller, session_id: int, order: Sequence[str], progress: Progress) -> int:
        self.changed.append(f"order {order}")
        return 0

    async def make(self, by: Caller, session_id: int, words: Words) -> Record:
        made = hand_words.made(hand_words.checked(words), session_id)
        self.changed.append(f"participant {words}".encode().decode())
        return made

    async def change(self, by: Caller, participant_id: int, words: Words) -> NoReturn:
        hand_words.checked(words)
        raise NotFound(f"There is no participant {participant_id}.")

    async def remove(self, by: Caller, participant_id: int) -> NoReturn:
        raise NotFound(f"There is no participant {participant_id}.")

    restore = remove

    async def tag(self, by: Caller, participant_id: int, tag: str, *, take: bool = False) -> NoReturn:
        hand_words.checked_tag(tag)
        raise NotFound(f"There is no participant {participant_id}.")

    async def untag(self, by: Caller, participant_id: int, tag: str) -> NoReturn:
        raise NotFound(f"There is no participant {participant_id}.")


class Participants:
    """None is there but one."""

    async def page(self, whose: Whose, session_id: int, wanted: Wanted) -> tuple[list[Record], int]:
        return [], 0

    async def counted(self, whose: Whose, session_id: int) -> dict[str, Any]:
        return {}

    async def record(self, whose: Whose, participant_id: int) -> Record | None:
        return Record(Participant(1, "7"), 1) if participant_id == 1 else None

    async def records(self, whose: Whose, session_id: int, ids: Sequence[int]) -> dict[int, Record]:
        return {}

    async def order(self, whose: Whose, session_id: int) -> list[str]:
        return list(ORDERED)


class Changes:
    """`changed`: where it is noted."""

    def __init__(self, feeder: Imports, changed: list[str]) -> None:
        self.changing = asyncio.Lock()
        self.feeder = feeder
        self.lifecycle = Sessions(changed)
        self.removing = Removal()
        self.events = Events()
        self.retiming = Retiming()
        self.streams = Streams(changed)
        self.locations = Locations(changed)
        self.messages = Messaging(changed)
        self.partner_words = PartnerWords(changed)
        self.templates = Templates(changed)
        self.announcing = Announcing(changed)
        self.moving = Moving()
        self.images = Images(changed)
        self.rosters = Rosters(changed)
        self.participants = Participants()
        self.accounts = Accounts(changed)
        self.links = Links()
