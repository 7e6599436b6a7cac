"""Let's Do This, as far as it is public: everybody of all events of an account, page by page after a cursor."""

from datetime import datetime
from typing import Any, Final

from aiohttp import web

from tests.providers.standins.people import RACES, Person
from tests.providers.standins.server import StandIn, answer

KEY: Final = "eyJhbGciOi.made-up/key+1.sig"
CREDENTIALS: Final = {"api_key": KEY}
EVENT: Final = "ev-12"


class LetsDoThisStandIn(StandIn):
    """`honours`: whether `updatedAt[after]` makes a difference."""

    honours = True

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v0/applications", self._applications),
            web.get("/v0/participants", self._participants),
            web.get("/v0/events/{event}/tickets", self._tickets),
        ]

    async def start(self) -> str:
        return await super().start() + "/v0"

    def is_allowed(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {KEY}"

    async def _applications(self, request: web.Request) -> web.Response:
        row = {"id": "a1", "eventId": EVENT, "eventName": "Spring Run", "eventDate": "2026-12-03"}
        return answer({"data": [row], "page": {"next": None}})

    async def _tickets(self, request: web.Request) -> web.Response:
        if request.match_info["event"] != EVENT:
            return answer({"message": "no such event"}, status=404)
        return answer({"data": [{"id": each, "name": name} for each, name in RACES.items()]})

    async def _participants(self, request: web.Request) -> web.Response:
        size = int(request.query["page[size]"])
        after = int(request.query.get("page[after]", "0"))
        since = request.query.get("updatedAt[after]")
        since_s = datetime.fromisoformat(since).timestamp() if since and self.honours else 0
        found = [
            each for each in self.people.there.values() if each.id > after and each.modified_s >= since_s
        ]
        shown = found[:size]
        more = str(shown[-1].id) if len(found) > size else None
        other = [{"id": "zz", "eventId": "ev-99", "firstName": "Not", "lastName": "Here"}] if not more else []
        return answer({"data": [*map(_participant, shown), *other], "page": {"next": more}})


def _participant(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "eventId": EVENT,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "phone": "555-0100",
        "dateOfBirth": person.birth_date,
        "age": int(person.age),
        "gender": person.gender,
        "bibNumber": person.bib or None,
        "city": person.city,
        "region": person.state,
        "country": person.country,
        "ticketId": person.race,
        "teamName": person.team_name or None,
        "status": "registered",
        "amountPaid": "55.00",
    }
