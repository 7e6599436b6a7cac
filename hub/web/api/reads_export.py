"""`/api/sessions/{id}/export.csv` and `.txt`: the reads of a session to take along, at any moment. Knows HTTP's
streams; what stands in the files is made in `hub.reads_export`.

A file is sent as it is read, a page of reads at a time, each in a transaction of its own: a client that takes its time
holds up neither the memory nor the database. What is cut off in the middle is cut off for the client to see.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec.structs import replace

from hub import reads_export
from hub.errors import StoreError, Unavailable
from hub.model import Read, ReadFilter
from hub.web import scope
from hub.web.api.sessions import asked_reads
from hub.web.state import QUERIES

PAGE_READS: Final = 1000
EXPORTS_MAX: Final = 3
"""Files that are sent at once, to all together: each asks PostgreSQL for page after page."""
STALL_S_MAX: Final = 30.0
"""A client that takes nothing for so long has gone."""

Write = Callable[[Sequence[Read]], bytes]


WAIT_S_MAX: Final = 10.0
"""How long one more waits for its turn."""
SENDING: Final = web.AppKey("sending", asyncio.Semaphore)
"""Has room for EXPORTS_MAX."""


async def export_csv(request: web.Request) -> web.StreamResponse:
    """`?location&tag&bib&crew=1`, as of `/reads`: a table with a header."""
    return await _export(request, "csv", "text/csv")


async def export_txt(request: web.Request) -> web.StreamResponse:
    """The same as the lines that readers have sent (CTP01), in the order of their offsets."""
    return await _export(request, "txt", "text/plain")


async def _export(request: web.Request, kind: str, content_type: str) -> web.StreamResponse:
    _, row, roster, places, wanted = await asked_reads(request)
    table = partial(reads_export.table, zone=ZoneInfo(row.timezone), who=roster.find, places=places)
    head, write = (reads_export.header(), table) if kind == "csv" else (b"", reads_export.lines)
    response = web.StreamResponse()
    response.content_type, response.charset = content_type, "utf-8"
    name = f"{reads_export.plain(row.name)}-{row.id}-reads.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    pages = _pages(request, row.id, replace(wanted, after=0, limit=PAGE_READS), write)
    return await send(request, response, head, pages)


async def _pages(
    request: web.Request, session_id: int, wanted: ReadFilter, write: Write
) -> AsyncIterator[bytes]:
    """Up to the last read that there is when the last page is asked for."""
    while True:
        found = await request.app[QUERIES].reads(scope.whose(request), session_id, wanted)
        reads = [read for _, read in found]
        yield await asyncio.to_thread(write, reads)
        if len(reads) < wanted.limit:
            return
        wanted = replace(wanted, after=reads[-1].offset)


async def send(
    request: web.Request, response: web.StreamResponse, head: bytes, pages: AsyncIterator[bytes]
) -> web.StreamResponse:
    """Raises Unavailable, StoreAway before anything is sent."""
    sending = request.app[SENDING]
    try:
        async with asyncio.timeout(WAIT_S_MAX):
            await sending.acquire()
    except TimeoutError:
        words = f"{EXPORTS_MAX} exports are on their way already; try again when one is done."
        raise Unavailable(words) from None
    try:
        first = head + await anext(pages)
        await response.prepare(request)
        await _write(response, first)
        async for page in pages:
            await _write(response, page)
        await response.write_eof()
    except (StoreError, TimeoutError):
        if not response.prepared:
            raise
        _cut(request)  # without its end: the client is not to take it for the whole
    finally:
        sending.release()
    return response


async def _write(response: web.StreamResponse, data: bytes) -> None:
    if data:
        async with asyncio.timeout(STALL_S_MAX):
            await response.write(data)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
