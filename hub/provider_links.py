"""Sessions pointed to events at registration services, and away from them. Knows the order: tables, then the task that
asks; what is loaded at somebody's wish is a job, with its progress.
"""

from collections.abc import Mapping
from typing import Final

from hub.accounts import Caller
from hub.config_live import Current
from hub.errors import Conflict, NotFound, ProviderAway, ProviderRefused, ServiceAway, ServiceRefused
from hub.hub import Hub
from hub.jobs import RUNNING, Job, Jobs, Progress, Result
from hub.model import PURPOSE_DEMO, SessionRow, Whose
from hub.provider_accounts import ProviderAccounts
from hub.roster_words import PROVIDER
from hub.rostering import REMOVE, Rostering
from hub.store import official_results, providers
from hub.store.audit import note
from hub.store.database import Connection
from hub.stores import Stores
from hub.sync_words import LinkChange, LinkRow, NewLink, ResultRow, changed
from hub.syncing import Syncing
from hub.web.live import Live
from hub.web.services import LinkState

KIND: Final = "provider"
"""Of jobs."""


class ProviderLinks:
    """`row`: a session that is there for the caller. May raise Invalid, NotFound, Conflict, TooMany, ServiceRefused,
    ServiceAway, StoreAway and StoreError."""

    def __init__(
        self,
        current: Current,
        hub: Hub,
        live: Live,
        stores: Stores,
        accounts: ProviderAccounts,
        syncing: Syncing,
        rostering: Rostering,
        jobs: Jobs,
    ) -> None:
        self._current = current
        self._hub = hub
        self._live = live
        self._stores = stores
        self._accounts = accounts
        self._syncing = syncing
        self._rostering = rostering
        self._jobs = jobs

    async def state(self, by: Caller, row: SessionRow) -> LinkState | None:
        async with self._stores.web().of(by.whose) as connection:
            link = await self._link(connection, row)
        return None if link is None else self._state(by, link)

    async def put(self, by: Caller, row: SessionRow, words: NewLink) -> tuple[LinkState, Job]:
        """Asks the service for the event first: one that it does not know is not kept."""
        if row.purpose == PURPOSE_DEMO:
            raise Conflict("A session of the demo stays as it is.")
        async with self._stores.web().of(by.whose) as connection:
            found = await providers.accounts(connection, words.account)
        if not found or found[0].partner_id != row.partner_id:
            raise providers.no_account(words.account, "account")
        event = await self._accounts.event(by.whose, words.account, words.event)
        known = {each.id for each in event.races}
        strangers = [each for each in words.races if each not in known]
        if strangers:
            raise NotFound(f"The event has no race {strangers[0]!r}.", field="races")
        async with self._stores.change_of(by.whose) as connection:
            account = await providers.account(connection, words.account)
            link = LinkRow(
                row.id,
                row.partner_id,
                account.id,
                account.kind,
                account.name,
                words.event,
                event.name,
                sorted(set(words.races)),
                words.results,
                words.enabled,
            )
            await providers.put_link(connection, link)
            detail = {"session": row.id, "account": account.id, "event": words.event, "races": link.races}
            await self._note(
                connection, by, "session.service_chosen", row, f"{account.name}: {event.name}", detail
            )
            kept = await self._link(connection, row)
        assert kept is not None
        await self._cancel(by, row.id)
        self._syncing.begin(kept)
        job = self._start(kept, full=True)
        return self._state(by, kept), job

    async def change(self, by: Caller, row: SessionRow, words: LinkChange) -> LinkState:
        async with self._stores.change_of(by.whose) as connection:
            before = await self._there(connection, row)
            after = changed(before, words)
            if after != before:
                await providers.change_link(connection, after)
                detail = {"session": row.id, "enabled": after.enabled, "results": after.results}
                await self._note(connection, by, "session.service_changed", row, after.account_name, detail)
            kept = await self._there(connection, row)
        if after != before:
            self._syncing.changed(kept)
        return self._state(by, kept)

    async def delete(self, by: Caller, row: SessionRow, *, remove: bool) -> int:
        async with self._stores.change_of(by.whose) as connection:
            link = await self._there(connection, row)
            await providers.delete_link(connection, row.id)
            if remove:
                await official_results.remove(connection, row.id)
            detail = {"session": row.id, "participants": "remove" if remove else "keep"}
            await self._note(connection, by, "session.service_left", row, link.account_name, detail)
        await self._cancel(by, row.id)
        self._syncing.forget(row.id)
        if not remove:
            return 0
        outcome = await self._rostering.apply(by, row.id, PROVIDER, [], gone=REMOVE)
        session = self._hub.sessions.get(row.id)
        if session is not None:
            self._live.new_results(session, {})
        return outcome.gone

    async def refresh(self, by: Caller, row: SessionRow, *, full: bool) -> Job:
        async with self._stores.web().of(by.whose) as connection:
            link = await self._there(connection, row)
        running = self._job(by, row.id)
        return running or self._start(link, full=full)

    async def results(self, whose: Whose, session_id: int, after: str, limit: int) -> list[ResultRow]:
        async with self._stores.web().of(whose) as connection:
            return await official_results.page(connection, session_id, after, limit)

    def _start(self, link: LinkRow, *, full: bool) -> Job:
        async def work(progress: Progress) -> Result:
            try:
                return await self._syncing.by_hand(link, progress, full=full)
            except ProviderRefused as problem:
                raise ServiceRefused(str(problem)) from None
            except ProviderAway as problem:
                raise ServiceAway(str(problem)) from None

        return self._jobs.start(link.partner_id, KIND, link.session_id, work)

    def _state(self, by: Caller, link: LinkRow) -> LinkState:
        standing = self._syncing.standing(link)
        kind = self._accounts.kinds.get(link.kind)
        return LinkState(
            standing.row,
            standing.problem,
            standing.next_s,
            standing.period_s,
            standing.calls_last_hour,
            kind.calls_per_hour if kind else 0,
            self._job(by, link.session_id),
        )

    def _job(self, by: Caller, session_id: int) -> Job | None:
        its = self._jobs.jobs(by, session_id)
        return next((each for each in its if each.kind == KIND and each.status == RUNNING), None)

    async def _cancel(self, by: Caller, session_id: int) -> None:
        """What is being loaded is not wanted any more."""
        running = self._job(by, session_id)
        if running is not None:
            await self._jobs.cancel(by, running.id)

    async def _link(self, connection: Connection, row: SessionRow) -> LinkRow | None:
        return await providers.link(connection, self._current.now.zone_name, row.id)

    async def _there(self, connection: Connection, row: SessionRow) -> LinkRow:
        found = await self._link(connection, row)
        if found is None:
            raise NotFound("The session's roster comes from no service.")
        return found

    async def _note(
        self,
        connection: Connection,
        by: Caller,
        action: str,
        row: SessionRow,
        what: str,
        detail: Mapping[str, object],
    ) -> None:
        await note(connection, by, action, f"{what}: {row.name}", partner_id=row.partner_id, detail=detail)
