"""Haku, as one who uses it has it: a list without bibs, and a call for each registration that has one."""

import base64
from typing import Any, Final

from aiohttp import web

from tests.providers.standins.people import RACES, Person
from tests.providers.standins.server import StandIn, answer

CREDENTIALS: Final = {"client_id": "haku-client-1", "client_secret": "haku+secret/4711"}
EVENT: Final = "31"
TOKEN: Final = "haku-token-000001"


class HakuStandIn(StandIn):
    cancelled: frozenset[int] = frozenset()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/token", self._token),
            web.get("/events", self._events),
            web.get("/events/{event}/participants", self._participants),
            web.get("/events/{event}/registrations/{number}", self._registration),
        ]

    def is_allowed(self, request: web.Request) -> bool:
        return request.method == "POST" or request.headers.get("Authorization") == TOKEN

    async def _token(self, request: web.Request) -> web.Response:
        pair = f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}"
        if request.headers.get("Authorization") != f"Basic {base64.b64encode(pair.encode()).decode()}":
            return answer({"error": "invalid_client"}, status=401)
        assert dict(await request.post()) == {"grant_type": "client_credentials"}
        return answer({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    async def _events(self, request: web.Request) -> web.Response:
        row = {
            "id": int(EVENT),
            "name": "Spring Run",
            "event_date": "2026-12-03",
            "event_categories": [{"id": int(each), "name": name} for each, name in RACES.items()],
        }
        return answer({"events": [row]})

    async def _participants(self, request: web.Request) -> web.Response:
        page, size = int(request.query["page"]), int(request.query["per_page"])
        found = list(self.people.there.values())[(page - 1) * size : page * size]
        return answer({"participants": [self._listed(each) for each in found]})

    def _listed(self, person: Person) -> dict[str, Any]:
        return {
            "registration_number": f"R-{person.id}",
            "person_full_name": f"{person.first_name} {person.last_name}",
            "age": int(person.age),
            "gender": person.gender,
            "email": person.email,
            "is_cancelled": person.id in self.cancelled,
            "event_category_info": {"id": int(person.race), "name": RACES[person.race]},
            "team": {"name": person.team_name} if person.team_name else None,
        }

    async def _registration(self, request: web.Request) -> web.Response:
        person = self.people.there.get(int(request.match_info["number"].removeprefix("R-")))
        if person is None:
            return answer({"error": "not found"}, status=404)
        return answer(
            {
                "registration_number": f"R-{person.id}",
                "participant": {
                    "first_name": person.first_name,
                    "last_name": person.last_name,
                    "date_of_birth": person.birth_date,
                    "address": {"city": person.city, "state": person.state, "country": person.country},
                    "phone": "555-0100",
                },
                "event_categories": [
                    {
                        "id": int(person.race),
                        "name": RACES[person.race],
                        "corral_name": None,
                        "wave_name": person.wave or None,
                        "tag_number": person.bib or None,
                        "chip_number": person.tag or None,
                    }
                ],
            }
        )
