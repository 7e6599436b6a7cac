"""Race Roster, as far as it is public: tokens that run out, rows by offset and limit."""

from typing import Any, Final

from aiohttp import web

from tests.providers.standins.people import RACES, Person
from tests.providers.standins.server import StandIn, answer

CREDENTIALS: Final = {
    "client_id": "rr-client-1",
    "client_secret": "rr+secret/4711",
    "username": "timer@example.org",
    "password": "rr pass&word",
}
EVENT: Final = "880"
GENDERS: Final = {"M": 1, "F": 2, "X": 9}


class RaceRosterStandIn(StandIn):
    """`token`: the one that it takes; a test may change it, and it has run out."""

    token = "rr-token-000001"
    tokens = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/oauth/authorize", self._token),
            web.get("/api/v1/events", self._events),
            web.get("/api/v1/events/{event}", self._event),
            web.get("/api/v1/events/{event}/participants", self._participants),
        ]

    async def start(self) -> str:
        return await super().start() + "/api/v1"

    def is_allowed(self, request: web.Request) -> bool:
        return request.method == "POST" or request.headers.get("Authorization") == f"Bearer {self.token}"

    def expire(self) -> None:
        self.token = f"rr-token-{self.tokens + 100:06}"

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        if form != {"grant_type": "access_token", **CREDENTIALS}:
            return answer({"error": "invalid_client", "error_description": f"Wrong: {form}"}, status=401)
        self.tokens += 1
        return answer({"data": [{"access_token": self.token, "expires_in": 86400}]})

    def _shape(self) -> dict[str, Any]:
        return {
            "eventId": int(EVENT),
            "name": "Spring Run",
            "city": "Springfield",
            "country": {"code": "US"},
            "startDate": "2026-12-03T08:00:00-06:00",
            "subEvents": {"data": [{"subEventId": int(each), "name": name} for each, name in RACES.items()]},
        }

    async def _events(self, request: web.Request) -> web.Response:
        return answer({"data": [self._shape()] if request.query["offset"] == "0" else []})

    async def _event(self, request: web.Request) -> web.Response:
        if request.match_info["event"] != EVENT:
            return answer({"message": "Not found"}, status=404)
        return answer({"data": [self._shape()]})

    async def _participants(self, request: web.Request) -> web.Response:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        found = list(self.people.there.values())[offset : offset + limit]
        return answer({"data": [_participant(each) for each in found], "metadata": {}})


def _participant(person: Person) -> dict[str, Any]:
    return {
        "participantId": person.id,
        "bib": person.bib or None,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "gender": GENDERS[person.gender],
        "dateOfBirth": person.birth_date,
        "age": int(person.age),
        "city": person.city,
        "provinceState": person.state or None,
        "country": {"code": person.country} if person.country else None,
        "subEventId": int(person.race),
        "teamName": person.team_name or None,
        "status": "registered",
        "emergencyContact": {"phone": "555-0100"},
    }
