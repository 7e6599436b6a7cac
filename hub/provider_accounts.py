"""Accounts at registration services: tested, made, changed, deleted, and used. Knows the order: first the service says
what it thinks of them, then they are sealed, then the tables have them.

What an account signs in with is opened here alone, by a connection of the tables' owner, and leaves this for the
service and for nobody else. It is in no answer, no log, and no word on what went wrong.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from hub import sync_words
from hub.accounts import Caller
from hub.errors import Invalid, ProviderAway, ProviderRefused, ServiceAway, ServiceRefused, TooMany
from hub.model import Whose
from hub.providers.masking import Mask
from hub.providers.words import Credentials, Kind, Provider, ProviderEvent
from hub.sealing import Sealing
from hub.store import providers
from hub.store.audit import note
from hub.stores import Stores
from hub.sync_words import AccountRow, FieldWords

log = logging.getLogger(__name__)

ASKED_S_MAX: Final = 40.0
"""How long somebody who looks at a page waits for a service."""
AT_ONCE: Final = 8
"""Questions of people to services, of all partners."""
TRIES_MAX: Final = 60
"""Of what a new account, or a changed one, signs in with: within TRIES_S, by one partner."""
TRIES_S: Final = 3600.0
UNREADABLE: Final = (
    "What the account signs in with cannot be read: it was sealed with another key. Enter it again."
)

Make = Callable[[str, Credentials], Provider]
T = TypeVar("T")


class ProviderAccounts:
    """Methods that take a caller may raise Invalid, NotFound, Conflict, ServiceRefused, ServiceAway, StoreAway and
    StoreError. `changed` is called with the number of an account that signs in with something else now, or is gone."""

    def __init__(self, stores: Stores, sealing: Sealing, kinds: Mapping[str, Kind], make: Make) -> None:
        # shared
        self._stores = stores
        self._sealing = sealing
        self.kinds = kinds
        self._make = make
        self.changed: Callable[[int], None] = lambda _account_id: None
        # state
        self._opened: dict[int, Provider] = {}
        self._masks: dict[int, Mask] = {}
        self._opening = asyncio.Lock()
        self._asking = asyncio.Semaphore(AT_ONCE)
        self._tries: dict[int, deque[float]] = {}

    async def rows(self, whose: Whose) -> list[AccountRow]:
        async with self._stores.web().of(whose) as connection:
            return await providers.accounts(connection)

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
        """`partner_id`: one that is there for the caller. Gives the account, and what the service says to it. `anyway`:
        even if the service does not answer."""
        name = sync_words.checked_name(name)
        credentials = sync_words.merged(self._fields(kind), given)
        async with self._stores.web().of(by.whose) as connection:
            sync_words.check_room(await providers.count(connection, partner_id))
        self._count(partner_id)
        words, tested = await self._tried(kind, credentials, anyway)
        async with self._stores.change_of(by.whose) as connection:
            sealed = self._sealed(credentials)
            account_id = await providers.make(
                connection, partner_id, kind, name, sealed, tested=tested, made_by=by.name
            )
            await note(
                connection,
                by,
                "provider_account.made",
                name,
                partner_id=partner_id,
                detail={"account": account_id, "kind": kind},
            )
            return await providers.account(connection, account_id), words

    async def given(
        self, by: Caller, partner_id: int, kind: str, name: str, given: Mapping[str, str]
    ) -> tuple[AccountRow, str]:
        """The account that signs in with this, made under this name when there is none. Something that is no secret and
        was left out is as in another account of the partner at this service: a company's own id, for example."""
        fields = self._fields(kind)
        known = {each.name for each in fields}
        words = {key: value for key, value in given.items() if key in known}
        for row in await self.rows(by.whose):
            if row.partner_id != partner_id or row.kind != kind:
                continue
            held = await self._credentials(row.id) or {}
            if all(held.get(key) == value for key, value in words.items()):
                return await self.test(by, row.id)
            lent = {each.name: held[each.name] for each in fields if not each.secret and each.name in held}
            words = lent | words
        return await self.make(by, partner_id, kind, name, words)

    async def change(
        self,
        by: Caller,
        account_id: int,
        name: str | None,
        given: Mapping[str, str] | None,
        *,
        anyway: bool = False,
    ) -> tuple[AccountRow, str]:
        """None: that stays; so does a secret that is not given. As `make`."""
        name = None if name is None else sync_words.checked_name(name)
        row = await self._row(by.whose, account_id)
        credentials, words, tested = None, "", False
        if given is not None:
            held = await self._credentials(account_id) or {}
            credentials = sync_words.merged(self._fields(row.kind), given, held)
            self._count(row.partner_id)
            words, tested = await self._tried(row.kind, credentials, anyway)
        async with self._stores.change_of(by.whose) as connection:
            row = await providers.account(connection, account_id)
            if name is not None:
                await providers.rename(connection, account_id, name)
            if credentials is not None:
                await providers.reseal(connection, account_id, self._sealed(credentials), tested=tested)
                await providers.forgive(connection, account_id)
            detail = {"account": account_id, "signs_in_anew": credentials is not None}
            await note(
                connection,
                by,
                "provider_account.changed",
                name or row.name,
                partner_id=row.partner_id,
                detail=detail,
            )
            row = await providers.account(connection, account_id)
        if credentials is not None:
            await self._close(account_id)
            self.changed(account_id)
        return row, words

    async def delete(self, by: Caller, account_id: int) -> None:
        """Sessions that were filled by it are not any more; who is on their rosters stays there."""
        async with self._stores.change_of(by.whose) as connection:
            row = await providers.account(connection, account_id)
            await providers.delete(connection, account_id)
            await note(
                connection,
                by,
                "provider_account.deleted",
                row.name,
                partner_id=row.partner_id,
                detail={"account": account_id, "kind": row.kind, "sessions": row.sessions},
            )
        await self._close(account_id)
        self.changed(account_id)

    async def test(self, by: Caller, account_id: int) -> tuple[AccountRow, str]:
        """What the service says of it now; that is kept, too."""
        before = await self._row(by.whose, account_id)
        try:
            words = await self._of(before, lambda provider: provider.test())
        except ServiceRefused as problem:
            async with self._stores.change_of(by.whose) as connection:
                await providers.tested(connection, account_id, problem.message)
            raise
        async with self._stores.change_of(by.whose) as connection:
            await providers.tested(connection, account_id, "")
            await providers.forgive(connection, account_id)
            row = await providers.account(connection, account_id)
        if before.problem:
            self.changed(account_id)
        return row, words

    async def events(self, whose: Whose, account_id: int, find: str) -> list[ProviderEvent]:
        row = await self._row(whose, account_id)
        return await self._of(row, lambda provider: provider.events(find))

    async def event(self, whose: Whose, account_id: int, event_id: str) -> ProviderEvent:
        row = await self._row(whose, account_id)
        return await self._of(row, lambda provider: provider.event(event_id))

    # for the hub itself

    async def opened(self, account_id: int) -> Provider:
        """The account, to be asked. Raises ProviderRefused when there is nothing to sign in with, StoreAway and
        StoreError."""
        async with self._opening:
            if account_id not in self._opened:
                async with self._stores.transaction() as connection:
                    found = await providers.accounts(connection, account_id)
                credentials = await self._credentials(account_id)
                if not found or credentials is None:
                    raise ProviderRefused(UNREADABLE)
                self._masks[account_id] = Mask(credentials.values())
                self._opened[account_id] = self._made(found[0].kind, credentials)
            return self._opened[account_id]

    async def let_go(self, account_id: int, provider: Provider) -> None:
        """Nobody asks it any more: one that the account was changed under has opened again what was closed."""
        if not self.is_open(account_id, provider):
            await provider.close()

    def is_open(self, account_id: int, provider: Provider) -> bool:
        """Whether it is still the one that is asked."""
        return self._opened.get(account_id) is provider

    def words(self, account_id: int, problem: Exception) -> str:
        """What a service has said of what was asked of it, without what the account signs in with."""
        mask = self._masks.get(account_id)
        return mask.hide(str(problem)) if mask else str(problem)

    async def refused(self, account_id: int, problem: str) -> None:
        """The service has said so of what the account signs in with. Raises StoreAway and StoreError."""
        async with self._stores.transaction() as connection:
            await providers.tested(connection, account_id, problem)

    async def close(self) -> None:
        for account_id in list(self._opened):
            await self._close(account_id)

    async def _close(self, account_id: int) -> None:
        provider = self._opened.pop(account_id, None)
        if provider is not None:
            await provider.close()

    async def _row(self, whose: Whose, account_id: int) -> AccountRow:
        async with self._stores.web().of(whose) as connection:
            return await providers.account(connection, account_id)

    async def _credentials(self, account_id: int) -> dict[str, str] | None:
        async with self._stores.transaction() as connection:
            sealed = await providers.sealed(connection, account_id)
        text = self._sealing.open(sealed) if sealed is not None else None
        return None if text is None else {str(key): str(each) for key, each in json.loads(text).items()}

    def _sealed(self, credentials: Credentials) -> bytes:
        return self._sealing.seal(json.dumps(dict(credentials)))

    def _fields(self, kind: str) -> list[FieldWords]:
        found = self.kinds.get(kind)
        if found is None:
            raise Invalid(f"kind: expected one of {', '.join(sorted(self.kinds))}", field="kind")
        return [FieldWords(each.name, each.label, each.secret, each.required) for each in found.fields]

    def _made(self, kind: str, credentials: Credentials) -> Provider:
        if kind not in self.kinds:
            raise ProviderRefused(f"This hub knows no service {kind!r}.")
        try:
            return self._make(kind, credentials)
        except ProviderRefused:
            raise
        except Exception as problem:  # noqa: BLE001  its words may have a secret in them
            log.error("provider: %s cannot be opened: %s", kind, type(problem).__name__)
        raise ProviderRefused("The hub cannot use what the account signs in with.")

    def _count(self, partner_id: int) -> None:
        """Nobody tries words by the hundred in the hub's name. Raises TooMany."""
        now_s, tries = asyncio.get_running_loop().time(), self._tries.setdefault(partner_id, deque())
        while tries and tries[0] < now_s - TRIES_S:
            tries.popleft()
        if len(tries) >= TRIES_MAX:
            left_s = int(tries[0] + TRIES_S - now_s) + 1
            raise TooMany("Too many accounts were tried within an hour; wait a while.", retry_s=left_s)
        tries.append(now_s)

    async def _tried(self, kind: str, credentials: Credentials, anyway: bool) -> tuple[str, bool]:
        """What the service says to them; and whether it has said anything. Raises ServiceRefused and ServiceAway."""
        mask = Mask(credentials.values())
        with_words: Exception
        try:
            provider = self._made(kind, credentials)
            try:
                async with self._for_people():
                    return mask.hide(await provider.test()), True
            finally:
                await provider.close()
        except ProviderRefused as problem:
            with_words = ServiceRefused(mask.hide(str(problem)), field="credentials")
        except ProviderAway as problem:
            if anyway:
                return mask.hide(f"Not tested: {problem}"), False
            with_words = ServiceAway(mask.hide(str(problem)))
        raise with_words

    async def _of(self, row: AccountRow, ask: Callable[[Provider], Awaitable[T]]) -> T:
        """What a service answers to somebody who waits for it. Raises ServiceRefused and ServiceAway."""
        with_words: Exception
        try:
            provider = await self.opened(row.id)
            async with self._for_people():
                return await ask(provider)
        except ProviderRefused as problem:
            with_words = ServiceRefused(self.words(row.id, problem))
        except ProviderAway as problem:
            with_words = ServiceAway(self.words(row.id, problem))
        raise with_words

    @asynccontextmanager
    async def _for_people(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(ASKED_S_MAX), self._asking:
                yield
        except TimeoutError:
            raise ProviderAway(f"The service has not answered within {ASKED_S_MAX:.0f} s.") from None
