"""Where pages on stage come from: a web server at the address that they believe to be the hub's. Knows which stage a
page belongs to, and gives out the hub's own files, which a browser may keep; what else is said, the stage says.

A browser that has to ask the test for every file of a page pays for each of them more than for the file.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Protocol
from weakref import WeakValueDictionary

from aiohttp import web

from hub.web.assets import FOREVER, Assets
from hub.web.routes import STATIC

HOST: Final = "hub.test"
"""No name of this machine: a browser gives the page what it gives over plain http, and no more."""
ORIGIN: Final = f"http://{HOST}"
UPLOAD_BYTES_MAX: Final = 64 * 1024 * 1024
_STAGE: Final = "X-Stage"


class Stage(Protocol):
    async def respond(self, request: web.Request) -> web.Response: ...


_stages: WeakValueDictionary[str, Stage] = WeakValueDictionary()
_numbers: Final = itertools.count(1)


def enter(stage: Stage) -> dict[str, str]:
    """The headers by which a page says that it is on this stage."""
    number = str(next(_numbers))
    _stages[number] = stage
    return {_STAGE: number}


@asynccontextmanager
async def opened() -> AsyncIterator[str]:
    """Gives what a browser is to be started with, so that it finds the door."""
    application = web.Application(client_max_size=UPLOAD_BYTES_MAX)
    application.router.add_get("/static/{name:.*}", _file)
    application.router.add_route("*", "/{path:.*}", _answer)
    assets = Assets(STATIC)
    application[_ASSETS] = assets
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


_ASSETS: Final = web.AppKey("assets", Assets)


async def _file(request: web.Request) -> web.Response:
    asset = request.app[_ASSETS].get(request.match_info["name"])
    if asset is None:
        return web.Response(status=404)
    return web.Response(
        body=asset.body, content_type=asset.content_type, charset="utf-8", headers={"Cache-Control": FOREVER}
    )


async def _answer(request: web.Request) -> web.Response:
    stage = _stages.get(request.headers.get(_STAGE, ""))
    if stage is None:
        return web.Response(
            status=404, text="<!doctype html><title>On no stage</title>", content_type="text/html"
        )
    return await stage.respond(request)
