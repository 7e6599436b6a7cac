"""`/api/sessions/{id}/unknown-tags` and `lookup`: for the desk where bibs are given out, and for whoever wonders about
a number on a screen. Knows the shapes; `hub.tag_desk` finds it.
"""

import asyncio
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from hub import tag_desk
from hub.encode import iso
from hub.errors import Invalid
from hub.model import Participant
from hub.participants import name_of
from hub.passages import Passage
from hub.roster import normal
from hub.runners import Field
from hub.tag_desk import Problem, UnknownTag
from hub.web import scope
from hub.web.api.participants import participant_json
from hub.web.api.runners import field_of
from hub.web.people import PARTICIPANTS
from hub.web.state import LIVE

TAGS_MAX: Final = 500
AT_ONCE: Final = 500
"""Tags that are looked at in one turn of the loop: a millisecond."""
CODE_CHARS_MAX: Final = 200
CANDIDATES_MAX: Final = 20


async def unknown_tags(request: web.Request) -> web.Response:
    """`{"tags": [{tag, count, why: "nobody"|"two", last: {location, time, offset}, first, candidates: [{id, bib,
    name}]}], "total", "complete"}`: at most TAGS_MAX, the last read first."""
    book, field = await field_of(request)
    found: list[UnknownTag] = []
    steps = tag_desk.unknown_tags(field.passages, field.roster, field.crew, testing=field.row.testing)
    for number, each in enumerate(steps, 1):
        if each is not None:
            found.append(each)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
    zone = ZoneInfo(field.row.timezone)
    tags = [_tag(each, field, zone) for each in tag_desk.newest_first(found)[:TAGS_MAX]]
    return web.json_response({"tags": tags, "total": len(found), "complete": book.complete})


async def look_up(request: web.Request) -> web.Response:
    """`?code`: what was scanned or typed. `{"code", "as": "tag"|"bib"|"name"|null, "participant", "candidates",
    "reads", "last": {location, time, offset}|null, "result": {...}|null, "problems": [{kind, words}]}`."""
    code = scope.storable(request.query.get("code", ""), "code").strip()
    if not 0 < len(code) <= CODE_CHARS_MAX:
        raise Invalid(
            f"code: expected a tag, a bib or a name of at most {CODE_CHARS_MAX} characters", field="code"
        )
    book, field = await field_of(request)
    kind, those = field.roster.carriers(code)
    if not those:
        kind, those = "name", await request.app[LIVE].books.find(field.roster, code)
    one = those[0] if len(those) == 1 else None
    shown = await _participants(request, field, those[:CANDIDATES_MAX])
    passages = _passages(field, code, one)
    official = book.session.official if book.session else {}
    problems = tag_desk.problems_of(one, field.roster) if one else tag_desk.problems_of_code(kind, those)
    return web.json_response(
        {
            "code": code,
            "as": kind if those else None,
            "participant": shown[0] if one is not None and shown else None,
            "candidates": [] if one is not None else shown,
            "reads": len(passages),
            "last": _passage(passages[-1], field, ZoneInfo(field.row.timezone)) if passages else None,
            "result": official.get(normal(one.bib)) if one is not None else None,
            "problems": [_problem(each) for each in problems],
        }
    )


async def _participants(request: web.Request, field: Field, those: list[Participant]) -> list[dict[str, Any]]:
    asked, whose, row = request.app[PARTICIPANTS], scope.whose(request), field.row
    records = await asked.records(whose, row.id, [each.id for each in those])
    order = await asked.order(whose, row.id)
    return [participant_json(records[each.id], row, order) for each in those if each.id in records]


def _passages(field: Field, code: str, one: Participant | None) -> list[Passage]:
    tags = [code] if one is None else [*one.tags, one.bib, code]
    own = [tag for tag in tags if tag and (one is None or field.roster.find(tag) is one)]
    return field.passages.of(own, testing=field.row.testing)


def _tag(found: UnknownTag, field: Field, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "tag": found.tag,
        "count": found.often,
        "why": found.why,
        "last": _passage(found.last, field, zone),
        "first": _passage(found.first, field, zone),
        "candidates": [
            {"id": each.id, "bib": each.bib, "name": name_of(each)} for each in found.those[:CANDIDATES_MAX]
        ],
    }


def _passage(passage: Passage, field: Field, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "location": field.places.shown(passage.location),
        "time": iso(passage.at_us, zone),
        "offset": passage.offset,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"kind": problem.kind, "words": problem.words}
