"""All that changes sessions and events, put together: one lock, and each part with those that it needs. Knows the
parts; no part knows it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from hub import exporting
from hub.announcing import Announcing
from hub.config_live import Current
from hub.events import Events
from hub.facts import Facts
from hub.feeding import Feeder
from hub.guests import Guests
from hub.hub import Hub
from hub.image_files import FOLDER
from hub.images import Images
from hub.jobs import Jobs
from hub.lifecycle import HangUp, Lifecycle
from hub.locations import Locations
from hub.messaging import Messaging
from hub.moving import Moving
from hub.partner_words import PartnerWords
from hub.provider_accounts import Make, ProviderAccounts
from hub.provider_links import ProviderLinks
from hub.providers import registry
from hub.refreshing import Refreshing
from hub.removing import Removing
from hub.retention import Retention
from hub.retiming import Retiming
from hub.roster_files import RosterFiles
from hub.rostering import Rostering
from hub.sealing import Sealing
from hub.stores import Stores
from hub.stream_passwords import HangUpProved, StreamPasswords
from hub.syncing import Syncing
from hub.templates import Templates
from hub.web.live import Live


class Changes:
    """`changing`: held by whoever changes a session or a roster, one at a time."""

    def __init__(
        self,
        current: Current,
        hub: Hub,
        live: Live,
        stores: Stores,
        *,
        now_us: Callable[[], int],
        hang_up: HangUp,
        hang_up_proved: HangUpProved,
        service: Make,
    ) -> None:
        """`service` opens an account at a registration service."""
        self.changing = asyncio.Lock()
        self.jobs = Jobs(now_us, hub.new_id)
        self.guests = Guests(current, hub, stores, self.changing)
        self.feeder = Feeder(hub, stores, self.guests, now_us)
        self.retiming = Retiming(current, stores, self.guests, self.changing)
        facts = Facts(current, hub, live, stores, self.retiming, self.changing)
        self.events = Events(stores, facts)
        sealing = Sealing(current.now.data_path)
        self.streams = StreamPasswords(hub, stores, sealing, self.changing, hang_up_proved)
        self.locations = Locations(facts)
        self.messages = Messaging(hub, live, stores, self.changing, now_us)
        self.partner_words = PartnerWords(hub, live, stores, self.changing)
        self.rosters = Rostering(current, hub, live, stores, self.guests, self.changing)
        self.participants = stores.participants
        self.roster_files = RosterFiles(current, self.jobs, self.rosters, now_us, hub.new_id)
        self.announcing = Announcing(hub, live, stores, self.changing)
        self.templates = Templates(hub, live, stores, self.changing)
        self.moving = Moving(hub, live, stores, self.guests, self.changing, hang_up)
        self.lifecycle = Lifecycle(
            current, hub, live, stores, self.guests, facts, self.changing, hang_up, self.moving.look
        )
        folder = current.now.data_path / exporting.FOLDER
        self.removing = Removing(hub, live, stores, self.guests, self.lifecycle, self.changing, folder)
        self.images = Images(stores, current.now.data_path / FOLDER)
        self.retention = Retention(current, hub, live, stores, self.removing, self.changing)
        self.accounts = ProviderAccounts(stores, sealing, registry.KINDS, service)
        refreshing = Refreshing(hub, live, stores, self.accounts, self.rosters)
        self.syncing = Syncing(current, hub, stores, self.accounts, refreshing, now_us)
        self.links = ProviderLinks(
            current, hub, live, stores, self.accounts, self.syncing, self.rosters, self.jobs
        )

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What runs by itself, until the hub stops."""
        return [
            self.moving.run(),
            self.retiming.run(),
            self.lifecycle.run(),
            self.retention.run(),
            self.syncing.run(),
        ]
