"""What is done to a site, at random, all at once: each kind of fault has its own pace. Knows what can be done to it and
undone; refuses to know what comes of it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from tests.adversity.cluster import WAYS
from tests.adversity.disk import limit_files, unlimit_files
from tests.adversity.proxy import AfterBytes, How, Proxy, Way
from tests.soak.clients import Clients
from tests.soak.reads import Controller
from tests.soak.site import Site

DAY_S: Final = 86_400
SHIFTS_S: Final = (0, 0, 3600, -3600, DAY_S, -DAY_S)
"""How far off the clock is that a hub starts with: it may be earlier than that of the hub before."""
ENDS: Final = (How.RST, How.FIN)


class Fault(NamedTuple):
    """every_s: seconds between two of a kind, on average."""

    name: str
    every_s: float
    do: Callable[["Faults"], Awaitable[None]]


class Faults:
    """`done` counts them by name. shown: up to which number a screen has shown what a controller has seen."""

    def __init__(
        self, site: Site, clients: Clients, rng: random.Random, shown: Callable[[Controller], int]
    ) -> None:
        self.site = site
        self.clients = clients
        self.rng = rng
        self.shown = shown
        self.done: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, kinds: "tuple[Fault, ...]") -> None:
        self._tasks = [asyncio.create_task(self._again(each)) for each in kinds]

    async def end(self) -> None:
        """No more of them, and everything mended. Raises what one of them has failed with."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(result, asyncio.CancelledError) and isinstance(result, BaseException):
                raise result
        await self.site.mend()

    def check(self) -> None:
        """Raises what one of them has failed with."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def _again(self, fault: Fault) -> None:
        while True:
            await asyncio.sleep(min(self.rng.expovariate(1 / fault.every_s), 3 * fault.every_s))
            await fault.do(self)
            self.done[fault.name] += 1

    async def for_a_while(self, most_s: float) -> None:
        await asyncio.sleep(self.rng.random() * most_s)

    def a_way(self) -> tuple[Way, ...]:
        return self.rng.choice(((Way.UP,), (Way.DOWN,), (Way.UP, Way.DOWN)))


async def kill(faults: Faults) -> None:
    """Now and then before it is ready; often what has been shown is from then on with the hub alone."""
    hub, rng = faults.site.hub, faults.rng
    await hub.kill()
    if rng.random() < 0.5:
        faults.clients.forget(faults.shown)
    shift_s = rng.choice(SHIFTS_S)
    faults.done["clocks set between two starts"] += shift_s != hub.shift_s
    await hub.start(shift_s)
    if rng.random() < 0.7:
        with suppress(TimeoutError):
            async with asyncio.timeout(10):  # PostgreSQL may be away
                await hub.ready.wait()


async def stop_postgres(faults: Faults) -> None:
    postgres = faults.site.postgres
    await postgres.stop(faults.rng.choice(WAYS))
    await faults.for_a_while(6)
    await postgres.start()


async def freeze_postgres(faults: Faults) -> None:
    """Not while it is being stopped, or has been."""
    postgres = faults.site.postgres
    with suppress(OSError, ValueError):
        postgres.freeze()
    try:
        await faults.for_a_while(5)
    finally:
        with suppress(OSError, ValueError):
            postgres.thaw()


async def fill_the_disk(faults: Faults) -> None:
    """No file of the hub's may grow, until it is told otherwise, or killed. It does not so much as start without any
    room."""
    await faults.site.hub.ready.wait()
    pid = faults.site.hub.pid
    with suppress(ProcessLookupError):
        limit_files(pid, 0)
        await faults.for_a_while(3)
        unlimit_files(pid)


async def restart_client(faults: Faults) -> None:
    faults.clients.restart_one()


def cut(line: Callable[[Site], Proxy]) -> Callable[[Faults], Awaitable[None]]:
    async def do(faults: Faults) -> None:
        proxy, rng = line(faults.site), faults.rng
        if rng.random() < 0.5:
            proxy.cut(rng.choice(ENDS))
        elif rng.random() < 0.7:
            proxy.arm(AfterBytes(rng.choice(list(Way)), rng.randrange(20_000)), rng.choice(ENDS))
            proxy.cut(rng.choice(ENDS))
        else:
            proxy.break_off(rng.choice(ENDS))
            await faults.for_a_while(3)
            await proxy.mend()

    return do


def stall(line: Callable[[Site], Proxy]) -> Callable[[Faults], Awaitable[None]]:
    async def do(faults: Faults) -> None:
        proxy = line(faults.site)
        proxy.stall(*faults.a_way())
        await faults.for_a_while(4)
        proxy.flow()

    return do


def crumble(line: Callable[[Site], Proxy]) -> Callable[[Faults], Awaitable[None]]:
    async def do(faults: Faults) -> None:
        proxy = line(faults.site)
        proxy.pieces = faults.rng.randrange(1, 2000)
        await faults.for_a_while(5)
        proxy.pieces = 0

    return do


KILLS: Final = "kills"
POSTGRES_STOPS: Final = "PostgreSQL stops"
KINDS: Final = (
    Fault(KILLS, 6, kill),
    Fault(POSTGRES_STOPS, 22, stop_postgres),
    Fault("PostgreSQL frozen", 40, freeze_postgres),
    Fault("disk full", 40, fill_the_disk),
    Fault("client restarts", 60, restart_client),
    Fault("reader cuts", 3, cut(lambda site: site.reader_line)),
    Fault("reader stalls", 12, stall(lambda site: site.reader_line)),
    Fault("reader crumbs", 20, crumble(lambda site: site.reader_line)),
    Fault("PostgreSQL line cuts", 5, cut(lambda site: site.postgres_line)),
    Fault("PostgreSQL line stalls", 15, stall(lambda site: site.postgres_line)),
    Fault("screen cuts", 4, cut(lambda site: site.screen_line)),
    Fault("screen stalls", 12, stall(lambda site: site.screen_line)),
)
