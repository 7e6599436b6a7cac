"""`/api/sessions/{id}/runners` and `/api/sessions/{id}/arrivals`: who somebody is, where they were, and what is worth
saying of them. Knows the shapes; `hub.runners` finds it.
"""

from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from hub.encode import call_fields, full_name, iso, mark_fields
from hub.errors import Invalid, NotFound
from hub.extremes import flat
from hub.marks import Mark
from hub.model import INT64_MAX, US_PER_S, Participant, SessionRow
from hub.paces import Expected, Leg, legs
from hub.passages import Passage, Visit
from hub.places import Places
from hub.runners import Field, Runner
from hub.searching import CHARS_MAX
from hub.stories import Together
from hub.told import hidden
from hub.web import scope
from hub.web.announcers import ANNOUNCING
from hub.web.books import Book
from hub.web.state import LIVE, QUERIES, RETIMING

READS_MAX: Final = 1000
"""Of one runner: a chip that is left beside a mat is read all day."""


async def get_story(request: web.Request) -> web.Response:
    """`{"offset", "who", "tags", "runner", "mark", "call", "location", "time", "facts": [{kind, words, weight}],
    "splits", "expected", "together": [{kind, name, runners}], "complete"}`. `runner` null: nobody of the roster.
    `complete` false: PostgreSQL did not say all, and there may be more."""
    book, field = await field_of(request)
    offset = scope.number(request.match_info["offset"], "offset", 1, INT64_MAX)
    found = field.read(offset)
    if found is None:
        raise NotFound(f"There is no read {offset} in this session.")
    passage, runner = found
    marks = await _marks(request, book)
    mark = _mark(runner, marks)
    race = field.race(runner.participant)
    others = await book.others(field, book.places.shown(passage.location), race)
    story = field.story(passage, runner, mark.note if mark else "", others)
    zone = ZoneInfo(book.row.timezone)
    call = book.session.said.call(offset) if book.session else None
    return web.json_response(
        _runner(runner, marks, field.row)
        | {
            "offset": offset,
            "location": story.location,
            "time": iso(story.passage.at_us, zone),
            "call": call_fields(call) if call else None,
            "facts": [fact._asdict() for fact in story.facts],
            "splits": [_split(each, zone) for each in story.legs],
            "expected": _expected(story.expected, zone),
            "together": [_together(each) for each in story.together],
            "complete": book.complete,
        }
    )


async def find_runners(request: web.Request) -> web.Response:
    """`?find`. `{"runners": [{who, bib, name, phonetic, race_name, division, age, gender, city, state, country,
    team_name, tags, starred, note, last: {location, time, offset} | null}], "complete"}`, at most 20."""
    text = scope.storable(request.query.get("find", ""), "find").strip()
    if not 0 < len(text) <= CHARS_MAX:
        raise Invalid(f"find: expected a bib or a name, at most {CHARS_MAX} characters", field="find")
    book, field = await field_of(request)
    marks = await _marks(request, book)
    found = await request.app[LIVE].books.find(book.roster, text)
    runners = [field.of_participant(each) for each in found]
    stranger = field.of_tag(text)
    if stranger is not None and stranger.participant is None and field.reads(stranger):
        runners.append(stranger)
    zone = ZoneInfo(book.row.timezone)
    lines = [_line(field, each, marks, zone) for each in runners]
    return web.json_response({"runners": lines, "complete": book.complete})


async def get_runner(request: web.Request) -> web.Response:
    """`{"who", "runner", "mark", "reads": [{offset, location, location_raw, tag, time, marks, called}], "splits",
    "expected", "complete"}`. Reads by their times, the last READS_MAX."""
    who = scope.storable(request.match_info["who"], "who")
    book, field = await field_of(request)
    runner = field.runner(who)
    if runner is None:
        raise NotFound("There is no such runner in this session.")
    marks = await _marks(request, book)
    zone = ZoneInfo(book.row.timezone)
    way = field.way(runner)
    reads = field.reads(runner)[-READS_MAX:]
    race = field.race(runner.participant)
    others = await book.others(field, way[-1].location, race) if way else []
    return web.json_response(
        _runner(runner, marks, field.row)
        | {
            "reads": [_read(each, book, zone) for each in reads],
            "splits": [_split(each, zone) for each in legs(way, field.course(runner.participant))],
            "expected": _expected(field.next(runner, way, others), zone),
            "complete": book.complete,
        }
    )


async def field_of(request: web.Request) -> tuple[Book, Field]:
    """All runners of the session in the address, with what is known of them by now. Raises NotFound, Conflict."""
    session_id = scope.path_id(request)
    row = await scope.session_row(request, session_id)
    session = scope.session(request, session_id)
    queries, books = request.app[QUERIES], request.app[LIVE].books
    retiming = request.app[RETIMING].progress(session_id) is not None
    key = (row.epoch if session is None else session.epoch, row.timezone, row.day, row.places, retiming)
    book = books.kept(session_id, session, key)
    if book is None:
        roster = session.roster if session else await queries.roster(scope.whose(request), session_id)
        book = books.begin(row, roster, session, key)
    await book.catch_up(queries.passed)
    starts = session.starts if session else ()
    crew = session.crew if session else frozenset[str]()
    mats = [each.name for each in session.seen.locations.values()] if session else []
    return book, Field(row, book.roster, book.places, book.passages, starts, crew, mats)


async def _marks(request: web.Request, book: Book) -> dict[str, Mark]:
    found = await request.app[ANNOUNCING].marks(scope.whose(request), book.row)
    return {each.who: each for each in found}


def _runner(runner: Runner, marks: dict[str, Mark], row: SessionRow) -> dict[str, Any]:
    mark, one = _mark(runner, marks), runner.participant
    return {
        "who": runner.who,
        "tags": list(runner.tags),
        "runner": flat(one) | hidden(one, row) if one else None,
        "mark": mark_fields(mark) if mark else None,
    }


def _mark(runner: Runner, marks: dict[str, Mark]) -> Mark | None:
    """By bib, else by one of the tags: it was said when nobody had the tag."""
    names = (runner.who, *(f"tag:{tag}" for tag in runner.tags))
    return next((marks[name] for name in names if name in marks), None)


def _line(field: Field, runner: Runner, marks: dict[str, Mark], zone: ZoneInfo) -> dict[str, Any]:
    last = max(field.reads(runner), key=lambda each: each.offset, default=None)
    mark = _mark(runner, marks)
    one = runner.participant
    return {
        "who": runner.who,
        "bib": one.bib if one else None,
        "name": full_name(one.first_name, one.last_name) if one else "",
        "phonetic": one.phonetic if one else "",
        "race_name": one.race_name if one else "",
        "division": one.division if one else "",
        "age": one.age if one else "",
        "gender": one.gender if one else "",
        "city": one.city if one else "",
        "state": one.state if one else "",
        "country": one.country if one else "",
        "team_name": one.team_name if one else "",
        "tags": list(runner.tags),
        "starred": bool(mark and mark.starred),
        "note": mark.note if mark else "",
        "last": _last(last, field.places, zone) if last else None,
    }


def _last(read: Passage, places: Places, zone: ZoneInfo) -> dict[str, Any]:
    return {"location": places.shown(read.location), "time": iso(read.at_us, zone), "offset": read.offset}


def _visit(visit: Visit, zone: ZoneInfo) -> dict[str, Any]:
    return {"location": visit.location, "time": iso(visit.at_us, zone), "offset": visit.offset}


def _read(read: Passage, book: Book, zone: ZoneInfo) -> dict[str, Any]:
    call = book.session.said.call(read.offset) if book.session else None
    return {
        "offset": read.offset,
        "location": book.places.shown(read.location),
        "location_raw": read.location,
        "tag": read.tag,
        "time": iso(read.at_us, zone),
        "marks": [name for name, has in (("repeat", read.repeat), ("suspect_time", read.suspect)) if has],
        "called": call is not None,
    }


def _split(leg: Leg, zone: ZoneInfo) -> dict[str, Any]:
    seconds = leg.us / US_PER_S
    return {
        "from": _visit(leg.start, zone),
        "to": _visit(leg.end, zone),
        "seconds": round(seconds, 3),
        "distance_m": leg.metres,
        "seconds_per_km": round(seconds * 1000 / leg.metres, 1) if leg.metres else None,
    }


def _expected(expected: Expected | None, zone: ZoneInfo) -> dict[str, Any] | None:
    if expected is None:
        return None
    return {
        "location": expected.location,
        "time": iso(expected.at_us, zone),
        "from": iso(expected.from_us, zone),
        "to": iso(expected.to_us, zone),
        "basis": expected.basis,
        "how": expected.how,
    }


def _together(group: Together) -> dict[str, Any]:
    return {"kind": group.kind, "name": group.name, "runners": [_named(each) for each in group.who]}


def _named(one: Participant) -> dict[str, Any]:
    return {"bib": one.bib, "name": full_name(one.first_name, one.last_name)}
