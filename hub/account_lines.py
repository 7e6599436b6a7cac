"""What lists and answers say of users, partners, tokens and changes. Knows shapes; refuses to know where they come
from. Field by field they are what the API gives, times in UTC.
"""

from datetime import datetime
from typing import Any

import msgspec

from hub.model import PartnerRow


class UserLine(msgspec.Struct, frozen=True):
    """`partner` None: an admin. `waiting`: no password has been chosen yet."""

    id: int
    email: str
    name: str
    role: str
    partner: PartnerRow | None
    disabled: bool
    waiting: bool
    last_seen_at: datetime | None
    created_at: datetime


class PartnerLine(msgspec.Struct, frozen=True):
    """`sessions`: all of them; `active`: those that take reads."""

    id: int
    slug: str
    name: str
    users: int
    sessions: int
    active: int
    created_at: datetime


class TokenLine(msgspec.Struct, frozen=True):
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class ChangeLine(msgspec.Struct, frozen=True):
    """A line of the log of changes. `partner` None: of the server, or of a partner that is gone."""

    id: int
    at: datetime
    who: str
    action: str
    what: str
    detail: dict[str, Any]
    partner: PartnerRow | None


class MadeLink(msgspec.Struct, frozen=True):
    """`text`: the secret, which nobody is told again."""

    text: str
    expires_at: datetime


class MadeToken(msgspec.Struct, frozen=True):
    """`token`: the secret, which nobody is told again. `expires_at` None: never."""

    id: int
    name: str
    token: str
    expires_at: datetime | None


class Link(msgspec.Struct, frozen=True):
    """What a link is for: `kind` is `join` or `reset`; whose it is, and of which partner (None: an admin)."""

    kind: str
    email: str
    partner: str | None
