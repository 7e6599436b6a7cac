"""The demo on the air: race after race of made-up runners, sent by a CTP01 client to the hub's own listener.

Knows the parts of a running hub; refuses to know how runners run (`race`) and who they are (`people`). Each race is a
session of its own, which its reads reach by its stream key: what real readers send goes where it went before.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from hub import stream_passwords
from hub.addresses import from_here
from hub.app import Addresses, App
from hub.demo import people, race
from hub.errors import HubError, StoreError
from hub.model import PURPOSE_DEMO, US_PER_S, Participant
from hub.protocols.chronotrack_stream import Item, gun_item
from hub.replay import Sender, replay, wall_now_us
from hub.replay_plan import ReplayPlan, Timed, with_laps
from hub.session import Session
from hub.store import demo
from hub.tls import own_context
from hub.tokens import new_password

log = logging.getLogger(__name__)

DISPLAY_NAME: Final = "Demo"
CONTROLLER: Final = "DEMO"
READERS: Final = ("DEMO01", "DEMO02")
BREAK_S: Final = 20.0
"""From the last read of a race to the first gun of the next one: its last finishers stay on the wall."""
_US_PER_HUNDREDTH: Final = US_PER_S // 100


class Show:
    """`speed`: how often real time. The first race is on its way when the show begins, and its first finisher near."""

    def __init__(self, app: App, addresses: Addresses, *, speed: float, runners: int) -> None:
        # limits
        self._speed = speed
        # shared
        self._app = app
        host, self._port = next(iter(addresses.listeners.values()))
        self._is_encrypted = bool(app.settings.listeners[0].tls_cert)
        self._host = from_here(host)
        self._zone = ZoneInfo(app.settings.zone_name)
        # state
        self._participants = people.runners(runners)
        self._races = 0
        self.code = ""
        """The display that shows it."""
        self.password = new_password()
        """Of the demo's user, until the next start."""
        self._stream_password = stream_passwords.new_password()
        """Of its sessions: in memory alone, for a listener where readers have to prove who they are."""

    async def prepare(self) -> None:
        """The session of the first race, the display that shows it, and a user. Raises StoreError."""
        self._session = await self._new_session()
        made = await asyncio.to_thread(self._app.hashes.hash, self.password)
        async with self._app.stores.transaction() as connection:
            await demo.ensure_user(connection, self._app.stores.partner_id, made)

    async def run(self) -> None:
        """For ever. Raises HubError when the hub's own listener does not take a reader of this machine from the
        first; whatever comes later is waited for: the hub is there for others, too."""
        await self._race(-race.FIRST_LOOK_S / self._speed)
        while True:
            await asyncio.sleep(BREAK_S)
            try:
                self._session = await self._new_session()
                await self._race(0.0)
            except HubError as problem:
                log.warning("demo: no race: %s; trying again in %.0f s", problem, BREAK_S)

    async def _race(self, gun_s: float) -> None:
        self._races += 1
        first_gun_us = wall_now_us(self._zone) + int(gun_s * US_PER_S)
        plan = await asyncio.to_thread(self._plan, self._session.row.stream_key, first_gun_us)
        tls = own_context() if self._is_encrypted else None
        sender = Sender(self._session.row.stream_key, self._stream_password, tls)
        await replay(plan, self._host, self._port, sender=sender)

    async def _new_session(self) -> Session:
        """A session for the next race on the demo's display; those of the races before it end."""
        app = self._app
        partner_id, timezone = app.stores.partner_id, self._zone.key
        now = datetime.now(self._zone)
        async with app.stores.transaction() as connection:
            event_id = await demo.ensure_event(
                connection, partner_id, event_name(self._speed), now.date(), timezone, race.RACES
            )
            row, roster = await demo.start_session(
                connection, partner_id, event_id, f"Demo {now:%H:%M}", timezone, self._participants
            )
            display = await demo.show(connection, partner_id, row.id, DISPLAY_NAME, race.SHOWN_LOCATIONS)
        session = Session(row, late_us=app.settings.limits.late_s * US_PER_S)
        session.roster = roster
        app.hub.add_session(session)
        app.hub.proofs.put_session(row.id, partner_id, row.stream_key, self._stream_password)
        app.hub.displays[display.code] = display
        app.live.come_back(display.code)
        self.code = display.code
        await self._end_others(session)
        return session

    async def _end_others(self, current: Session) -> None:
        """Those of the races before. One that somebody feeds goes on until the next race; one that PostgreSQL cannot
        end now is ended when the demo is started again.
        """
        for session in list(self._app.hub.sessions.values()):
            if session.row.purpose == PURPOSE_DEMO and session is not current and self._is_over(session):
                # Nothing may come between: who connects from here on must not find it.
                self._app.hub.remove_session(session)
                self._app.hub.proofs.forget_session(session.row.id)
                self._app.live.session_ended(session)
                with contextlib.suppress(StoreError):
                    async with self._app.stores.transaction() as connection:
                        await demo.end_session(connection, session.row.id)

    def _is_over(self, session: Session) -> bool:
        """Nobody feeds it, and all it has accepted is on disk."""
        sources = self._app.hub.sources.values()
        return session.durable == session.head and not any(
            source.session is session and source.online for source in sources
        )

    def _plan(self, stream_key: str, first_gun_us: int) -> ReplayPlan:
        """What the reader is to send and when: everything that lies in the past at once, the rest in its time."""
        return ReplayPlan(
            locations=race.LOCATIONS,
            timeline=timeline(
                self._participants, first_gun_us, wall_now_us(self._zone), speed=self._speed, seed=self._races
            ),
            event=stream_key,
        )


async def is_over(app: App) -> None:
    """For a hub that is no demo any more: its user, whose password was on a screen, does not come in."""
    try:
        async with app.stores.transaction() as connection:
            if await demo.lock_user_out(connection):
                log.info(
                    "demo: %s may not sign in any more; the next demo makes it a new password", demo.USER
                )
    except StoreError as problem:
        log.warning("demo: %s may still sign in, if there was a demo: %s", demo.USER, problem)


def timeline(
    participants: Sequence[Participant], first_gun_us: int, now_us: int, *, speed: float, seed: int
) -> list[Timed]:
    """A race as a reader's items. All times are of the wall clock, microseconds; `first_gun_us`: when the first gun
    is fired, `speed` times as fast as in reality everything after it happens."""
    rows: list[Timed] = []
    for crossing in race.crossings(participants, seed=seed):
        at_us = first_gun_us + int(crossing.at_s / speed * US_PER_S)
        at_us -= at_us % _US_PER_HUNDREDTH  # as fine as a reader tells
        if crossing.gun:
            item = gun_item(at_us, CONTROLLER)
        else:
            item = Item(crossing.tag, at_us, 0, READERS[crossing.reader], 1 << crossing.antenna)
        rows.append((max(at_us, now_us), crossing.location, item))
    return with_laps(rows)


def event_name(speed: float) -> str:
    """Says on every frame that it is a demo, and why a 5K is won in two minutes."""
    return f"{race.EVENT}, demo" + ("" if speed == 1 else f" at {speed:g} times real time")
