"""`/api/participants`: who is on a session's roster, what each origin says of them, and what is said by hand. Knows the
shapes; `hub.rostering` does it, for those for whom the session is there.
"""

from typing import Any, Final

import msgspec
from aiohttp import web

from hub import privacy
from hub.errors import Invalid, NotFound
from hub.hand_words import Words
from hub.model import INT64_MAX, SessionRow
from hub.participants import Record, Wanted, layers_of, name_of, origins_of
from hub.roster_words import FIELDS, ORIGINS
from hub.web import bodies, scope
from hub.web.people import PARTICIPANTS, ROSTERS

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 1000
AFTER_MAX: Final = 10_000_000
FIND_CHARS_MAX: Final = 200
WORDS_MAX: Final = 8
SORTS: Final = ("bib", "name", "race", "city", "updated")
WITHOUT: Final = ("tag", "name", "bib", "birth_date", "age")

Text = str | msgspec.UnsetType


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What is said by hand; what is not given stays."""

    bib: Text = msgspec.UNSET
    first_name: Text = msgspec.UNSET
    last_name: Text = msgspec.UNSET
    phonetic: Text = msgspec.UNSET
    age: Text = msgspec.UNSET
    birth_date: Text = msgspec.UNSET
    gender: Text = msgspec.UNSET
    city: Text = msgspec.UNSET
    state: Text = msgspec.UNSET
    country: Text = msgspec.UNSET
    division: Text = msgspec.UNSET
    race_name: Text = msgspec.UNSET
    wave: Text = msgspec.UNSET
    team_name: Text = msgspec.UNSET
    status: Text = msgspec.UNSET
    notes: Text = msgspec.UNSET
    privacy: Text = msgspec.UNSET
    tags: list[str] | None = None
    custom: dict[str, str] = {}
    unlock: list[str] = []
    anyway: bool = False


class New(Change, forbid_unknown_fields=True, kw_only=True):
    session: int


class Tag(msgspec.Struct, forbid_unknown_fields=True):
    """`take`: even if it is somebody else's."""

    tag: str
    take: bool = False


async def list_participants(request: web.Request) -> web.Response:
    """`?session&find&race&status&origin&gone=1&without&sort&desc=1&after&limit&facets=1`. `{"participants", "total",
    "next"}`, and with `facets` how many are what. `next` is what to give as `after` for more; null: that was all."""
    session_id = scope.number(request.query.get("session", ""), "session", 1, INT64_MAX)
    row = await scope.session_row(request, session_id, "session")
    wanted = _wanted(request)
    asked, whose = request.app[PARTICIPANTS], scope.whose(request)
    records, total = await asked.page(whose, session_id, wanted)
    order = await asked.order(whose, session_id)
    after = wanted.after + len(records)
    answer: dict[str, Any] = {
        "participants": [participant_json(each, row, order) for each in records],
        "total": total,
        "next": after if records and after < total else None,
    }
    if request.query.get("facets") == "1":
        answer["facets"] = await asked.counted(whose, session_id)
    return web.json_response(answer)


async def make_participant(request: web.Request) -> web.Response:
    """JSON as `New`. 201."""
    wanted = bodies.decode(await bodies.json(request), New)
    session_id = scope.number(str(wanted.session), "session", 1, INT64_MAX)
    await scope.session_row(request, session_id, "session")
    record = await request.app[ROSTERS].make(scope.caller(request), session_id, _words(wanted))
    return await _answer(request, record, status=201)


async def get_participant(request: web.Request) -> web.Response:
    return await _answer(request, await there(request))


async def change_participant(request: web.Request) -> web.Response:
    """JSON as `Change`. What is given is locked, but for what is unlocked."""
    wanted = bodies.decode(await bodies.json(request), Change)
    record = await there(request)
    changed = await request.app[ROSTERS].change(scope.caller(request), record.shown.id, _words(wanted))
    return await _answer(request, changed)


async def delete_participant(request: web.Request) -> web.Response:
    """Off the roster, until somebody restores them."""
    record = await there(request)
    return await _answer(request, await request.app[ROSTERS].remove(scope.caller(request), record.shown.id))


async def restore_participant(request: web.Request) -> web.Response:
    record = await there(request)
    return await _answer(request, await request.app[ROSTERS].restore(scope.caller(request), record.shown.id))


async def give_tag(request: web.Request) -> web.Response:
    """JSON as `Tag`."""
    wanted = bodies.decode(await bodies.json(request), Tag)
    record = await there(request)
    changed = await request.app[ROSTERS].tag(
        scope.caller(request), record.shown.id, wanted.tag, take=wanted.take
    )
    return await _answer(request, changed)


async def take_tag(request: web.Request) -> web.Response:
    tag = scope.storable(request.match_info["tag"], "tag")
    record = await there(request)
    return await _answer(
        request, await request.app[ROSTERS].untag(scope.caller(request), record.shown.id, tag)
    )


async def there(request: web.Request) -> Record:
    """The participant whose number is in the address, if they are there for the caller. Raises NotFound."""
    participant_id = scope.path_id(request)
    record = await request.app[PARTICIPANTS].record(scope.whose(request), participant_id)
    if record is None:
        raise NotFound(f"There is no participant {participant_id}.")
    return record


def participant_json(record: Record, row: SessionRow, order: list[str]) -> dict[str, Any]:
    """`shown`: how much of them everybody sees. `origins`: whose word holds, by field."""
    one = record.shown
    return (
        {name: getattr(one, name) for name in FIELDS}
        | {"id": one.id, "session": row.id, "tags": list(one.tags), "custom": dict(one.custom)}
        | {
            "name": name_of(one),
            "shown": privacy.shown(one, row),
            "origins": origins_of(layers_of(record), order, record.locked),
            "locked": record.locked,
            "gone": record.gone,
            "external_id": record.external_id,
            "updated_at": record.updated,
        }
    )


async def _answer(request: web.Request, record: Record, status: int = 200) -> web.Response:
    row = await scope.session_row(request, record.session_id)
    order = await request.app[PARTICIPANTS].order(scope.whose(request), row.id)
    return web.json_response({"participant": participant_json(record, row, order)}, status=status)


def _words(wanted: Change) -> Words:
    said = {name: getattr(wanted, name) for name in FIELDS}
    fields = {name: word for name, word in said.items() if isinstance(word, str)}
    return Words(fields, wanted.tags, wanted.custom, wanted.unlock, wanted.anyway)


def _wanted(request: web.Request) -> Wanted:
    """Raises Invalid."""
    query = request.query
    find = scope.storable(query.get("find", ""), "find")
    if len(find) > FIND_CHARS_MAX:
        raise Invalid(f"find: expected at most {FIND_CHARS_MAX} characters", field="find")
    return Wanted(
        gone=query.get("gone") == "1",
        words=find.split()[:WORDS_MAX],
        race=_text(request, "race"),
        status=_text(request, "status"),
        origin=_one_of(request, "origin", ORIGINS),
        without=_one_of(request, "without", WITHOUT),
        sort=_one_of(request, "sort", SORTS) or "bib",
        desc=query.get("desc") == "1",
        after=scope.number(query.get("after", "0"), "after", 0, AFTER_MAX),
        limit=scope.number(query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX),
    )


def _text(request: web.Request, name: str) -> str | None:
    return scope.storable(request.query[name], name) if name in request.query else None


def _one_of(request: web.Request, name: str, known: tuple[str, ...]) -> str | None:
    """None: it is not asked for. Raises Invalid."""
    word = request.query.get(name) or None
    if word is not None and word not in known:
        raise Invalid(f"{name}: expected one of {', '.join(known)}", field=name)
    return word
