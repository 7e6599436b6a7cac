"""Registration services, as handlers ask for them: typed keys beside those of `hub.web.state`. Knows what is asked;
refuses to know who answers.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from aiohttp import web

from hub.accounts import Caller
from hub.jobs import Job
from hub.model import SessionRow, Whose
from hub.providers.words import Kind, ProviderEvent
from hub.sync_words import AccountRow, LinkChange, LinkRow, NewLink, ResultRow


class LinkState(NamedTuple):
    """Where a session's roster comes from, and how it goes. next_s: when it is asked next, in seconds since 1970;
    period_s: how often; None: it is not. limit: calls that its account may make in an hour. job: one that runs."""

    row: LinkRow
    problem: str
    next_s: float | None
    period_s: float | None
    calls_last_hour: int
    limit: int
    job: Job | None


class Accounts(Protocol):
    """Accounts at services. Each may raise StoreAway; what asks a service ServiceRefused and ServiceAway, in its own
    words; what changes something Invalid, Conflict and StoreError. A number that is of none of the caller's accounts:
    NotFound."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The services that there are."""

    async def rows(self, whose: Whose) -> list[AccountRow]: ...

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
        """Gives what the service says to it, too."""

    async def given(
        self, by: Caller, partner_id: int, kind: str, name: str, given: Mapping[str, str]
    ) -> tuple[AccountRow, str]:
        """The account that signs in with this, made under this name when there is none. Something that is no secret and
        was left out is as in another account of the partner at this service. As `make`."""

    async def change(
        self,
        by: Caller,
        account_id: int,
        name: str | None,
        given: Mapping[str, str] | None,
        *,
        anyway: bool = False,
    ) -> tuple[AccountRow, str]:
        """None: that stays."""

    async def delete(self, by: Caller, account_id: int) -> None: ...

    async def test(self, by: Caller, account_id: int) -> tuple[AccountRow, str]: ...

    async def events(self, whose: Whose, account_id: int, find: str) -> list[ProviderEvent]: ...

    async def event(self, whose: Whose, account_id: int, event_id: str) -> ProviderEvent: ...


class Links(Protocol):
    """Which sessions have a service. `row`: a session that is there for the caller. Raises as `Accounts`, and TooMany
    where a job is to be begun and there are too many."""

    async def state(self, by: Caller, row: SessionRow) -> LinkState | None: ...

    async def put(self, by: Caller, row: SessionRow, words: NewLink) -> tuple[LinkState, Job]:
        """From now on its roster comes from there; the job loads all of it."""

    async def change(self, by: Caller, row: SessionRow, words: LinkChange) -> LinkState: ...

    async def delete(self, by: Caller, row: SessionRow, *, remove: bool) -> int:
        """`remove`: with whoever is on the roster by the service alone. Gives how many that were."""

    async def refresh(self, by: Caller, row: SessionRow, *, full: bool) -> Job: ...

    async def results(self, whose: Whose, session_id: int, after: str, limit: int) -> list[ResultRow]: ...


class OfServices(Protocol):
    @property
    def accounts(self) -> Accounts: ...

    @property
    def links(self) -> Links: ...


ACCOUNTS: Final = web.AppKey("accounts", Accounts)
LINKS: Final = web.AppKey("links", Links)
