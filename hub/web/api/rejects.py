"""`/api/sessions/{id}/rejects`: the lines that are no reads, as they came. Knows the shape; the store answers."""

from typing import Any, Final

from aiohttp import web

from hub.errors import NotFound
from hub.model import INT64_MAX
from hub.web import scope
from hub.web.api.sessions import LIMIT_DEFAULT, LIMIT_MAX
from hub.web.state import QUERIES

_OF_SOURCE: Final = ("program", "version", "remote_address", "event_name")


async def list_rejects(request: web.Request) -> web.Response:
    """`?after&limit`. Gives `{"rejects": [...], "next"}`, oldest first; `next` is what to give as `after` for more,
    null: that was all. A reject: `{id, received_at, reason, line, encoding, source}`.

    `line` is every byte of what came, decoded by `encoding`: `utf-8`, or `latin-1` where it is none. `source` says who
    sent it, null where that is not known.
    """
    session_id = scope.path_id(request)
    after = scope.number(request.query.get("after", "0"), "after", 0, INT64_MAX)
    limit = scope.number(request.query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX)
    queries, whose = request.app[QUERIES], scope.whose(request)
    if await queries.session(whose, session_id) is None:
        raise NotFound(f"There is no session {session_id}.")
    found = await queries.rejects(whose, session_id, after, limit)
    following = found[-1]["id"] if len(found) == limit else None
    return web.json_response({"rejects": [_reject(row) for row in found], "next": following})


def _reject(row: dict[str, Any]) -> dict[str, Any]:
    line, encoding = _text(row["line"])
    source = {"id": row["source_id"]} | {name: row[name] for name in _OF_SOURCE}
    return {
        "id": row["id"],
        "received_at": row["received_at"].isoformat(),
        "reason": row["reason"],
        "line": line,
        "encoding": encoding,
        "source": source if row["program"] is not None else None,
    }


def _text(line: bytes) -> tuple[str, str]:
    try:
        return line.decode(), "utf-8"
    except UnicodeDecodeError:
        return line.decode("latin-1"), "latin-1"
