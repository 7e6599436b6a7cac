"""A service that is none: a real server on this machine, which answers in documented shapes, and fails as it is told.

`after(n, do)`: what happens once n calls have been answered, before the next one is. `fail(...)`: what is wrong with
the next calls, one each; `fail_every(n, fault)`: with every n-th call, beside those.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Self

import msgspec
from aiohttp import web

from tests.providers.standins.people import People, Person
from tests.running import HOST

Fault = Callable[["StandIn", web.Request, web.Response], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """One that came. query: without nothing taken out: what a service gets to see."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)


class StandIn:
    """`people`: whom it knows. `now_s`: its clock, which Date says too. `per_hour`: calls that it takes, then 429."""

    def __init__(self, people: list[Person] | None = None, *, now_s: Callable[[], float] = time.time) -> None:
        self.people = People(people or [])
        self.calls: list[Call] = []
        self.per_hour: int | None = None
        self.now_s = now_s
        self.base = ""
        self._faults: deque[Fault | None] = deque()
        self._every: tuple[int, Fault] | None = None
        self._then: dict[int, Callable[[], object]] = {}
        self._runner: web.AppRunner | None = None
        self.ended = asyncio.Event()

    # --- what a service's module has to say

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def is_allowed(self, request: web.Request) -> bool:
        raise NotImplementedError

    def refusal(self, request: web.Request) -> web.Response:
        return answer({"error": {"message": "Unauthorized"}}, status=401)

    # --- its life

    async def start(self) -> str:
        """The address that stands for the service's."""
        app = web.Application(middlewares=[self._answered])
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://{HOST}:{port}"
        return self.base

    async def stop(self) -> None:
        self.ended.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # --- what a test does to it

    def change(self, person_id: int, **fields: object) -> Person:
        return self.people.change(person_id, int(self.now_s()), fields)

    def add(self, person: Person) -> Person:
        return self.people.add(person, int(self.now_s()))

    def remove(self, person_id: int) -> None:
        self.people.remove(person_id, int(self.now_s()))

    def fail(self, *faults: Fault | None) -> None:
        self._faults.extend(faults)

    def fail_every(self, count: int, fault: Fault) -> None:
        self._every = (count, fault)

    def after(self, count: int, do: Callable[[], object]) -> None:
        self._then[count] = do

    # --- answering

    @web.middleware
    async def _answered(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if do := self._then.pop(len(self.calls), None):
            do()
        self.calls.append(Call(request.method, request.path, dict(request.query), dict(request.headers)))
        fault = self._faults.popleft() if self._faults else None
        if fault is None and self._every and len(self.calls) % self._every[0] == 0:
            fault = self._every[1]
        if self.per_hour is not None and len(self.calls) > self.per_hour:
            fault = too_many("1800")
        response = await handler(request) if self.is_allowed(request) else self.refusal(request)
        response.headers["Date"] = self.date()
        if fault is not None:
            assert isinstance(response, web.Response)
            return await fault(self, request, response)
        return response

    def clock(self) -> float:
        """What it is there, also after a test has set it."""
        return self.now_s()

    def date(self, in_s: float = 0) -> str:
        return format_datetime(datetime.fromtimestamp(self.now_s() + in_s, UTC), usegmt=True)


def answer(data: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(data), status=status, content_type="application/json", headers=headers
    )


# --- what goes wrong


def too_many(after: str | None, status: int = 429) -> Fault:
    """`after`: Retry-After as it is sent; `+N`: an HTTP date in N seconds; None: no word of it."""

    async def fault(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
        said = service.date(float(after[1:])) if after and after.startswith("+") else after
        headers = {"Date": service.date(), **({"Retry-After": said} if said else {})}
        return answer({"error": {"message": "Too many calls"}}, status=status, headers=headers)

    return fault


def broken(status: int = 502) -> Fault:
    """A page of a server before it."""

    async def fault(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
        return web.Response(text="<html><h1>Bad gateway</h1></html>", content_type="text/html", status=status)

    return fault


page = broken(200)
"""A page for people, with 200."""


async def slow(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
    """No answer, until it ends or the caller hangs up."""
    await service.ended.wait()
    return response


async def half(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
    """The line is cut within the answer."""
    body = _body(response)
    cut = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return cut


async def truncated(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
    """Half of it, sent as if it were all."""
    body = _body(response)
    return web.Response(body=body[: len(body) // 2], content_type="application/json")


async def hung_up(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return response


def says_error(words: str) -> Fault:
    """With 200."""

    async def fault(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
        return answer({"error": {"error_code": 6, "error_msg": words}})

    return fault


def elsewhere(place: str, status: int = 302) -> Fault:
    async def fault(service: StandIn, request: web.Request, response: web.Response) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": place})

    return fault


def _body(response: web.Response) -> bytes:
    body: Any = response.body
    assert isinstance(body, bytes)
    return body
