"""RunSignUp, as its pages and those who use it describe it: one race, with two events of this year and one of last."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import web

from tests.providers.standins.people import RACES, Person
from tests.providers.standins.server import StandIn, answer

KEY: Final = "rsu-key-4711"
SECRET: Final = "rsu/secret+of=the&hub"
CREDENTIALS: Final = {"api_key": KEY, "api_secret": SECRET}
RACE: Final = "4321"
DENIED: Final = {"error": {"error_code": 3, "error_msg": "API key or secret not found."}}


class RunSignUpStandIn(StandIn):
    """`as_object`: participants as one object, as the pages show it, instead of a list of blocks. `is_partner`: whether
    the race is the account's own."""

    as_object = False
    is_partner = True
    page_cap = 2500
    results: tuple[dict[str, Any], ...] = ()
    result_sets: tuple[dict[str, Any], ...] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/Rest/races", self._races),
            web.get("/Rest/race/{race}", self._race),
            web.get("/Rest/race/{race}/participants", self._participants),
            web.get("/Rest/race/{race}/removed-participants", self._removed),
            web.get("/Rest/race/{race}/results/get-results", self._results),
        ]

    async def start(self) -> str:
        return await super().start() + "/Rest"

    def is_allowed(self, request: web.Request) -> bool:
        return request.query.get("api_key") == KEY and request.query.get("api_secret") == SECRET

    def refusal(self, request: web.Request) -> web.Response:
        return answer(DENIED)

    async def _races(self, request: web.Request) -> web.Response:
        find = request.query.get("name", "").casefold()
        foreign = request.query.get("only_partner_races") == "T" and not self.is_partner
        found = [{"race": self._shape()}] if find in "spring run" and not foreign else []
        return answer({"races": found if request.query["page"] == "1" else []})

    async def _race(self, request: web.Request) -> web.Response:
        if request.match_info["race"] != RACE:
            return answer({"error": {"error_code": 7, "error_msg": "Race not found."}})
        return answer({"race": self._shape()})

    def _shape(self) -> dict[str, Any]:
        today = datetime.fromtimestamp(self.now_s(), UTC)
        this_year = (today + timedelta(days=3)).strftime("%-m/%-d/%Y 08:00")
        last_year = (today - timedelta(days=362)).strftime("%-m/%-d/%Y 08:00")
        events = [
            {"event_id": int(each), "name": name, "start_time": this_year, "distance": name}
            for each, name in RACES.items()
        ]
        return {
            "race_id": int(RACE),
            "name": "Spring Run",
            "next_date": (today + timedelta(days=3)).strftime("%m/%d/%Y"),
            "last_date": (today - timedelta(days=362)).strftime("%m/%d/%Y"),
            "is_registration_open": "T",
            "timezone": "America/Chicago",
            "address": {"street": "1 Main", "city": "Springfield", "state": "IL", "country_code": "US"},
            "events": [*events, {"event_id": 61, "name": "10K", "start_time": last_year}],
        }

    async def _participants(self, request: web.Request) -> web.Response:
        if "event_id" not in request.query:
            return answer({"error": {"error_code": 5, "error_msg": "event_id is required."}})
        chosen = self._chosen(
            request, ((each, each.modified_s) for each in self.people.there.values()), lambda each: each[1]
        )
        return self._blocks(request, [(each, _registration(each, request)) for each, _ in chosen])

    async def _removed(self, request: web.Request) -> web.Response:
        chosen = self._chosen(request, self.people.removed.values(), lambda each: each[1])
        return self._blocks(
            request,
            [
                (person, {"registration_id": person.id, "removed_reason": "removed", "last_modified_ts": at})
                for person, at in chosen
            ],
            inside=True,
        )

    def _chosen(
        self,
        request: web.Request,
        found: Iterable[tuple[Person, int]],
        modified: Callable[[tuple[Person, int]], int],
    ) -> list[tuple[Person, int]]:
        """The page that is asked for."""
        asked = request.query
        events = asked["event_id"].split(",")
        after, since = (
            int(asked.get("after_registration_id", 0)),
            int(asked.get("modified_after_timestamp", 0)),
        )
        rows = sorted(
            (
                each
                for each in found
                if each[0].race in events and each[0].id > after and modified(each) >= since
            ),
            key=lambda each: each[0].id,
        )
        size = min(int(asked.get("results_per_page", 50)), self.page_cap)
        start = (int(asked.get("page", 1)) - 1) * size
        return rows[start : start + size]

    def _blocks(
        self, request: web.Request, rows: list[tuple[Person, dict[str, Any]]], *, inside: bool = False
    ) -> web.Response:
        blocks: list[dict[str, Any]] = []
        for event in request.query["event_id"].split(","):
            listed = [row for person, row in rows if person.race == event]
            of: dict[str, Any] = {"event_id": int(event), "participants": listed if inside else []}
            blocks.append({"event": of} if inside else {"event": of, "participants": listed})
        return answer(blocks[0] if self.as_object and len(blocks) == 1 else blocks)

    async def _results(self, request: web.Request) -> web.Response:
        size = min(int(request.query.get("results_per_page", 50)), self.page_cap)
        start = (int(request.query.get("page", 1)) - 1) * size
        found = [each for each in self.results if each.get("event") == request.query["event_id"]]
        rows = [{name: value for name, value in each.items() if name != "event"} for each in found]
        shown = rows[start : start + size]
        only = {"individual_result_set_id": 9, "individual_result_set_name": "Overall", "public_results": "T"}
        sets = self.result_sets if self.result_sets is not None else ({**only, "results": shown},)
        return answer({"individual_results_sets": list(sets)})


def _registration(person: Person, request: web.Request) -> dict[str, Any]:
    user: dict[str, Any] = {
        "user_id": person.id + 900_000,
        "first_name": person.first_name,
        "middle_name": None,
        "last_name": person.last_name,
        "email": person.email,
        "address": {
            "street": "2 Side St",
            "city": person.city,
            "state": person.state or None,
            "zipcode": "00000",
            "country_code": person.country,
        },
        "dob": person.birth_date or None,
        "gender": person.gender,
        "phone": "555-0100",
        "profile_image_url": None,
    }
    if request.query.get("include_user_anonymous_flag") == "T":
        user["is_anonymous"] = "T" if person.anonymous else "F"
    row: dict[str, Any] = {
        "user": user,
        "registration_id": person.id,
        "event_id": int(person.race),
        "bib_num": int(person.bib) if person.bib.isdigit() else None,
        "chip_num": person.tag or None,
        "age": int(person.age) if person.age else None,
        "registration_date": "9/7/2026 15:15",
        "team_id": 3 if person.team_name else None,
        "team_name": person.team_name or None,
        "last_modified": person.modified_s,
        "imported": "F",
        "race_fee": "$55.00",
        "amount_paid": "$57.75",
        "giveaway": "Shirt L",
    }
    if request.query.get("include_corrals") == "T" and person.wave:
        row["corral"] = {"corral_id": 1, "corral_name": person.wave}
    if request.query.get("include_questions") == "T":
        row["question_responses"] = [
            {"question_id": at, "question_text": question, "response": said}
            for at, (question, said) in enumerate(person.answers)
        ]
    return row
