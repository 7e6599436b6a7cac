"""Accounts at registration services, and the events there that sessions have their rosters from: as they are kept, and
what may be asked of them. Knows words and limits; refuses to know what an account signs in with, and services.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec.structs import replace

from hub.errors import Conflict, Invalid

NAME_CHARS_MAX: Final = 100
ACCOUNTS_MAX: Final = 50
"""Of one partner. Each is a connection of its own."""
CREDENTIALS_MAX: Final = 20
CREDENTIAL_CHARS_MAX: Final = 4000
"""A token of the longest kind, a signed one with claims, is half of it."""
REF_CHARS_MAX: Final = 200
RACES_MAX: Final = 200
RESULTS_AT_ONCE: Final = 1000

AccountName = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]
Said = Annotated[str, msgspec.Meta(max_length=CREDENTIAL_CHARS_MAX)]
Ref = Annotated[str, msgspec.Meta(min_length=1, max_length=REF_CHARS_MAX)]
Refs = Annotated[list[Ref], msgspec.Meta(max_length=RACES_MAX)]


class AccountRow(msgspec.Struct, frozen=True):
    """An account, without what it signs in with. problem: why the service has refused it when it was asked last; empty:
    it has not. sessions: those whose roster comes by it."""

    id: int
    partner_id: int
    kind: str
    name: str
    tested_at: datetime | None = None
    problem: str = ""
    made_by: str = ""
    created_at: datetime | None = None
    sessions: list[int] = []


class LinkRow(msgspec.Struct, frozen=True):
    """Where a session's roster comes from. races: those that are wanted; none: all. results: official ones are asked
    for, too. cursor: from where a refresh goes on; None: it was not read, for it may be a megabyte. problem: why
    nothing comes; empty: it does. figures: of the last refreshes.

    status to ended_s: what is known of the session. day_s: midnight of its day, where it is.
    """

    session_id: int
    partner_id: int
    account_id: int
    kind: str
    account_name: str
    event_ref: str
    event_name: str = ""
    races: list[str] = []
    results: bool = False
    enabled: bool = True
    cursor: dict[str, Any] | None = None
    synced_s: float = 0
    full_s: float = 0
    problem: str = ""
    refused: str = ""
    figures: dict[str, int] = {}
    status: str = "active"
    begins_s: float = 0
    day_s: float = 0
    ended_s: float = 0


class ResultRow(msgspec.Struct, frozen=True):
    """What a service says of who came in when. entry: its own name for them, else `bib:` and the bib."""

    entry: str
    bib: str
    fields: dict[str, str]


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """An account as it is asked for. anyway: even if the service does not answer now. partner: whose, by its short
    name."""

    kind: str
    name: AccountName
    credentials: dict[str, Said]
    partner: str | None = None
    anyway: bool = False


class AccountChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is not given stays: a secret, too. anyway: as in `NewAccount`."""

    name: AccountName | None = None
    credentials: dict[str, Said] | None = None
    anyway: bool = False


class NewLink(msgspec.Struct, forbid_unknown_fields=True):
    account: int
    event: Ref
    races: Refs = []
    results: bool = False
    enabled: bool = True


class LinkChange(msgspec.Struct, forbid_unknown_fields=True):
    enabled: bool | None = None
    results: bool | None = None


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    """full: all of the roster anew, and not what has changed alone."""

    full: bool = False


class FieldWords(msgspec.Struct, frozen=True):
    """Something that an account signs in with: `hub.providers.words.Field`, as this has to know it."""

    name: str
    label: str
    secret: bool
    required: bool


def checked_name(name: str) -> str:
    """Raises Invalid."""
    name = " ".join(name.split())
    if not name or "\0" in name:
        raise Invalid("name: expected what people call this account", field="name")
    return name


def merged(
    fields: Sequence[FieldWords], given: Mapping[str, str], held: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What an account signs in with from now on: as it was given, and what was left out as it is held. Raises Invalid,
    naming the field and never what was given for it."""
    known = {each.name for each in fields}
    for name in given:
        if name not in known:
            raise Invalid(f"credentials: expected {', '.join(sorted(known))}", field="credentials")
    found = {}
    for each in fields:
        text = given.get(each.name, "").strip()
        if not text and (each.secret or each.name not in given):
            text = (held or {}).get(each.name, "")
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise Invalid(
                f"{each.label}: expected text without control characters", field=f"credentials.{each.name}"
            )
        if not text and each.required:
            raise Invalid(f"{each.label}: expected it", field=f"credentials.{each.name}")
        if text:
            found[each.name] = text
    return found


def check_room(count: int) -> None:
    """Raises Conflict when a partner has as many accounts as it may."""
    if count >= ACCOUNTS_MAX:
        raise Conflict(f"There are {ACCOUNTS_MAX} accounts already; delete one of them first.")


def changed(row: LinkRow, words: LinkChange) -> LinkRow:
    return replace(
        row,
        enabled=row.enabled if words.enabled is None else words.enabled,
        results=row.results if words.results is None else words.results,
    )


def entry_of(external_id: str, bib: str) -> str:
    """Under which name a result is kept; empty: it says of nobody."""
    return external_id or (f"bib:{bib}" if bib else "")
