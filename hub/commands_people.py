"""What `racehub partner` and `racehub user` do: through the hub that runs, so that its memory knows, else in the
database. Knows where the hub is; prints nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

import msgspec

from hub import folder, passwords
from hub.account_lines import MadeLink, PartnerLine, UserLine
from hub.account_rules import UserChange
from hub.accounts import MACHINE_CALLER
from hub.addresses import public_base
from hub.commands import ask, owner_connection
from hub.config import Settings
from hub.errors import HubError
from hub.passwords import Hashes
from hub.store import migrate, partners, users
from hub.store.database import Connection

T = TypeVar("T")


class NewUser(msgspec.Struct, frozen=True):
    """`partner`: a short name; None: an admin. All of it is as it is kept already (hub.account_names)."""

    email: str
    name: str
    role: str
    partner: str | None
    password: str


class _Place(Protocol):
    async def partners(self) -> list[PartnerLine]: ...

    async def add_partner(self, name: str, slug: str | None) -> PartnerLine: ...

    async def users(self) -> list[UserLine]: ...

    async def add_user(self, new: NewUser) -> UserLine: ...

    async def change_user(self, user_id: int, change: UserChange) -> None: ...

    async def reset_user(self, user_id: int) -> MadeLink:
        """`text`: the whole address."""


async def list_partners(settings: Settings) -> list[PartnerLine]:
    """Raises HubError, as all of these do."""
    async with _place(settings) as place:
        return await place.partners()


async def add_partner(settings: Settings, name: str, slug: str | None) -> PartnerLine:
    async with _place(settings) as place:
        return await place.add_partner(name, slug)


async def list_users(settings: Settings) -> list[UserLine]:
    async with _place(settings) as place:
        return await place.users()


async def add_user(settings: Settings, new: NewUser, *, hashes: Hashes | None = None) -> UserLine:
    """A user who can sign in at once. `hashes`: how the password is kept without a hub."""
    passwords.check(new.password, email=new.email, server_name=settings.server.name)
    async with _place(settings, hashes) as place:
        return await place.add_user(new)


async def set_disabled(settings: Settings, email: str, disabled: bool) -> None:
    async with _place(settings) as place:
        user = await _user(place, email)
        await place.change_user(user.id, UserChange(disabled=disabled))


async def reset_user(settings: Settings, email: str) -> MadeLink:
    """The old password ends now; `text` of what is given is the address where another is chosen."""
    async with _place(settings) as place:
        return await place.reset_user((await _user(place, email)).id)


async def _user(place: _Place, email: str) -> UserLine:
    for each in await place.users():
        if each.email == email:
            return each
    raise HubError(f"there is no user {email}")


@asynccontextmanager
async def _place(settings: Settings, hashes: Hashes | None = None) -> AsyncIterator[_Place]:
    hub = folder.running(settings.data_path)
    if hub is not None:
        yield _ThroughHub(settings, hub)
        return
    async with owner_connection(settings) as connection:
        await migrate.apply(connection)
        yield _InDatabase(settings, connection, hashes)


class _ThroughHub:
    """Everything over the API, with the token of this machine."""

    def __init__(self, settings: Settings, hub: dict[str, Any]) -> None:
        self._settings = settings
        self._hub = hub

    async def partners(self) -> list[PartnerLine]:
        return (await self._ask("GET", "/api/partners", dict[str, list[PartnerLine]]))["partners"]

    async def add_partner(self, name: str, slug: str | None) -> PartnerLine:
        body = {"name": name, "slug": slug}
        return (await self._ask("POST", "/api/partners", dict[str, PartnerLine], body))["partner"]

    async def users(self) -> list[UserLine]:
        return (await self._ask("GET", "/api/users", dict[str, list[UserLine]]))["users"]

    async def add_user(self, new: NewUser) -> UserLine:
        """As a person would: invited, and joined by the link."""
        body = {"email": new.email, "name": new.name, "role": new.role, "partner": new.partner}
        invited = await self._ask("POST", "/api/users", _Invited, body)
        joining = {"token": invited.link.partition("#")[2], "password": new.password}
        try:
            await self._ask("POST", "/api/auth/join", dict[str, Any], joining)
        except HubError:
            await ask(self._settings, self._hub, "DELETE", f"/api/users/{invited.user.id}")
            raise
        return msgspec.structs.replace(invited.user, waiting=False)

    async def change_user(self, user_id: int, change: UserChange) -> None:
        body = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
        await self._ask("PATCH", f"/api/users/{user_id}", dict[str, Any], body)

    async def reset_user(self, user_id: int) -> MadeLink:
        made = await self._ask("POST", f"/api/users/{user_id}/reset", dict[str, str])
        return msgspec.convert({"text": made["link"], "expires_at": made["expires_at"]}, MadeLink)

    async def _ask(self, method: str, path: str, kind: type[T], body: dict[str, Any] | None = None) -> T:
        return msgspec.json.decode(await ask(self._settings, self._hub, method, path, body=body), type=kind)


class _Invited(msgspec.Struct):
    user: UserLine
    link: str


class _InDatabase:
    """By the owner of the tables, whom no wall keeps from anything; the rules hold all the same."""

    def __init__(self, settings: Settings, connection: Connection, hashes: Hashes | None) -> None:
        self._settings = settings
        self._connection = connection
        self._hashes = hashes or Hashes()

    async def partners(self) -> list[PartnerLine]:
        return await partners.lines(self._connection)

    async def add_partner(self, name: str, slug: str | None) -> PartnerLine:
        made = await partners.make(self._connection, MACHINE_CALLER, name, slug)
        return await partners.line(self._connection, made.id)

    async def users(self) -> list[UserLine]:
        return await users.lines(self._connection, MACHINE_CALLER)

    async def add_user(self, new: NewUser) -> UserLine:
        partner_id = None
        if new.partner is not None:
            partner_id = (await partners.by_slug(self._connection, new.partner)).id
        made = self._hashes.hash(new.password)  # nothing else waits in this process
        user_id = await users.add(
            self._connection, MACHINE_CALLER, new.email, new.name, new.role, partner_id, made
        )
        return await users.line(self._connection, MACHINE_CALLER, user_id)

    async def change_user(self, user_id: int, change: UserChange) -> None:
        await users.change(self._connection, MACHINE_CALLER, user_id, change)

    async def reset_user(self, user_id: int) -> MadeLink:
        link = await users.reset(self._connection, MACHINE_CALLER, user_id)
        web = self._settings.web
        base = public_base(self._settings.server.public_url, web.host, web.port, None)
        return msgspec.structs.replace(link, text=f"{base}/join#{link.text}")
