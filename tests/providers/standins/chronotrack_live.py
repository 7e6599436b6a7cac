"""ChronoTrack Live, as its pages and those who use it describe it: one event with two races."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from aiohttp import web

from tests.providers.standins.people import RACES, Person
from tests.providers.standins.server import StandIn, answer

PASSWORD: Final = "ct live pass&word/9"
DIGEST: Final = hashlib.sha1(PASSWORD.encode()).hexdigest()
CREDENTIALS: Final = {"client_id": "ctclient77", "user_id": "timer@example.org", "user_pass": PASSWORD}
EVENT: Final = "12345"


class ChronoTrackStandIn(StandIn):
    """`honours`: whether `last_modified` makes a difference. `says_counts`: whether there are X-Ctlive headers.
    `size_cap`: rows of its longest page. `states`, `brackets`: of entries, by id."""

    honours = False
    says_counts = True
    size_cap = 1000
    results: tuple[dict[str, str], ...] = ()

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.states: dict[int, str] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/event", self._events),
            web.get("/api/event/{event}", self._event),
            web.get("/api/event/{event}/race", self._races),
            web.get("/api/event/{event}/entry", self._entries),
            web.get("/api/race/{race}/entry", self._entries),
            web.get("/api/event/{event}/results", self._results),
            web.get("/api/race/{race}/results", self._results),
        ]

    async def start(self) -> str:
        return await super().start() + "/api"

    def is_allowed(self, request: web.Request) -> bool:
        asked = request.query
        return (
            asked.get("client_id") == CREDENTIALS["client_id"]
            and asked.get("user_id") == CREDENTIALS["user_id"]
            and asked.get("user_pass") == DIGEST
        )

    def refusal(self, request: web.Request) -> web.Response:
        return answer(
            {"error": {"message": f"Not authorized: user_pass={request.query.get('user_pass')}"}}, status=401
        )

    def _shape(self) -> dict[str, Any]:
        begins = datetime.fromtimestamp(self.now_s(), UTC) + timedelta(days=2)
        return {
            "event_id": EVENT,
            "event_name": "Spring 10K",
            "event_start_time": str(int(begins.timestamp())),
            "location_city": "Springfield",
            "location_region": "IL",
        }

    async def _events(self, request: web.Request) -> web.Response:
        return self._page(request, "event", [self._shape()])

    async def _event(self, request: web.Request) -> web.Response:
        if request.match_info["event"] != EVENT:
            return answer({"error": {"message": "No such event"}}, status=404)
        return answer({"event": self._shape()})

    async def _races(self, request: web.Request) -> web.Response:
        return self._page(
            request, "event_race", [{"race_id": each, "race_name": name} for each, name in RACES.items()]
        )

    async def _entries(self, request: web.Request) -> web.Response:
        race = request.match_info.get("race")
        found = [each for each in self.people.there.values() if race in (None, each.race)]
        if self.honours and (since := request.query.get("last_modified")):
            since_s = parsedate_to_datetime(since).timestamp()
            found = [each for each in found if each.modified_s >= since_s]
        rows = [_entry(each, self.states.get(each.id, "CONF")) for each in found]
        return self._page(request, "race_entry" if race else "event_entry", rows)

    async def _results(self, request: web.Request) -> web.Response:
        race = request.match_info.get("race")
        rows = [each for each in self.results if race is None or each["results_race_name"] == RACES[race]]
        return self._page(request, "race_results" if race else "event_results", rows)

    def _page(self, request: web.Request, key: str, rows: Sequence[Mapping[str, Any]]) -> web.Response:
        size = min(int(request.query.get("size", 50)), self.size_cap)
        page = int(request.query.get("page", 1))
        headers = {
            "X-Ctlive-Row-Count": str(len(rows)),
            "X-Ctlive-Page-Count": str(-(-len(rows) // size)),
            "X-Ctlive-Page-Size": str(size),
            "X-Ctlive-Current-Page": str(page),
        }
        shown = rows[(page - 1) * size : page * size]
        return answer({key: shown}, headers=headers if self.says_counts else None)


def _entry(person: Person, state: str) -> dict[str, Any]:
    return {
        "entry_id": str(person.id),
        "entry_bib": person.bib,
        "entry_name": f"{person.first_name} {person.last_name}",
        "entry_race_age": person.age,
        "entry_status": state,
        "entry_type": "IND",
        "entry_external_id": "",
        "athlete_id": str(person.id + 900_000),
        "athlete_first_name": person.first_name,
        "athlete_last_name": person.last_name,
        "athlete_sex": person.gender,
        "athlete_birthdate": person.birth_date,
        "athlete_email": person.email,
        "athlete_home_phone": "555-0100",
        "athlete_mobile_phone": "",
        "location_city": person.city,
        "location_region": person.state,
        "location_country": person.country,
        "race_id": person.race,
        "race_name": RACES[person.race],
        "reg_choice_name": f"{RACES[person.race]} Run",
        "bracket_name": "",
        "wave_name": person.wave,
        "team_id": "",
        "team_name": person.team_name,
    }
