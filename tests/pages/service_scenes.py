"""A hub on stage that is connected with registration services. Knows the shapes of the API's answers; all of it is made
up."""

from typing import Any, Final

from tests.pages.import_scenes import job
from tests.pages.work_scenes import ago
from tests.pages.work_stage import NORDIC, Answer, Asked, refusal


def asked(
    name: str, label: str, hint: str = "", *, secret: bool = False, required: bool = True
) -> dict[str, Any]:
    return {"name": name, "label": label, "hint": hint, "secret": secret, "required": required}


KINDS: Final = [
    {
        "kind": "runsignup",
        "name": "RunSignUp",
        "experimental": False,
        "results": True,
        "calls_per_hour": 1000,
        "fields": [
            asked("api_key", "API key", "In RunSignUp: Profile, Secure Access Key."),
            asked("api_secret", "API secret", "Shown once beside the key.", secret=True),
        ],
    },
    {
        "kind": "haku",
        "name": "Haku",
        "experimental": True,
        "results": False,
        "calls_per_hour": 500,
        "fields": [
            asked("client_id", "Client id"),
            asked("client_secret", "Client secret", secret=True),
            asked("base", "Address", "Only where Haku has given you one.", required=False),
        ],
    },
]
RACES: Final = [{"id": "987", "name": "10K"}, {"id": "988", "name": "Half"}, {"id": "989", "name": "Mile"}]
LONG: Final = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch 24 hours"
EVENTS: Final[list[dict[str, Any]]] = [
    {"id": "4321", "name": "Harbour Run", "date": "2026-05-16", "place": "Oslo, NO", "races": RACES},
    {"id": "4400", "name": LONG, "date": "2026-06-20", "place": "Anglesey", "races": []},
]


def account(number: int = 7, **parts: Any) -> dict[str, Any]:
    return {
        "id": number,
        "kind": "runsignup",
        "name": "RunSignUp",
        "partner": NORDIC,
        "tested_at": ago(0.2),
        "problem": "",
        "sessions": [],
        "made_by": "Ann Lee",
        "created_at": ago(40),
        **parts,
    }


def link(**parts: Any) -> dict[str, Any]:
    return {
        "account": {"id": 7, "kind": "runsignup", "name": "RunSignUp"},
        "event": {"id": "4321", "name": "Harbour Run"},
        "races": [],
        "results": True,
        "enabled": True,
        "problem": "",
        "synced_at": ago(0.01),
        "full_at": ago(3),
        "next_at": ago(-0.01),
        "period_s": 60,
        "calls": {"last_hour": 38, "limit": 1000},
        "figures": {"participants": 2301, "added": 3, "changed": 12, "gone": 1, "results": 412},
        "job": None,
        **parts,
    }


class Counter:
    """Where services are connected: knows accounts, one link, and one job."""

    def __init__(self, *accounts: dict[str, Any], link: dict[str, Any] | None = None) -> None:
        self.accounts = list(accounts)
        self.link = link
        self.hold = False
        self.cursor = {"done": 1200, "total": 2301}
        self.job = job(90, "provider", status="done")
        where = "/api/sessions/4/provider"
        self.answers: dict[str, Any] = {
            "GET /api/provider-accounts": lambda _: {"accounts": self.accounts, "kinds": KINDS},
            "POST /api/provider-accounts": self.add,
            "PATCH /api/provider-accounts/7": self.try_it,
            "POST /api/provider-accounts/7/test": self.try_it,
            "DELETE /api/provider-accounts/7": self.delete,
            "GET /api/provider-accounts/7/events": self.events,
            "GET /api/provider-accounts/7/events/4400": {
                "event": EVENTS[1] | {"races": [{"id": "1", "name": "24 h"}]}
            },
            f"GET {where}": lambda _: {"link": self.link and self.link | {"job": self.running()}},
            f"PUT {where}": self.put,
            f"PATCH {where}": self.patch,
            f"DELETE {where}": self.disconnect,
            f"POST {where}/refresh": lambda _: Answer(202, {"job": self.begin()}),
            "GET /api/jobs/90": lambda _: {"job": self.say()},
            "DELETE /api/jobs/90": lambda _: {"job": self.end("cancelled")},
        }

    def add(self, asked: Asked) -> Any:
        key = asked["body"]["credentials"].get("api_key", "")
        if key == "wrong":
            refused = refusal(422, "Invalid API key or secret.")
            refused.body["error"] |= {"code": "service_refused", "field": "credentials"}
            return refused
        if key == "away" and not asked["body"].get("anyway"):
            refused = refusal(502, "RunSignUp does not answer.")
            refused.body["error"]["code"] = "service_away"
            return refused
        self.accounts.append(account(name=asked["body"]["name"]))
        return Answer(201, {"account": self.accounts[-1], "words": "Signed in as Nordic Timing: 2 events."})

    def try_it(self, _: Asked) -> Any:
        return {"account": self.accounts[0], "words": "Signed in as Nordic Timing."}

    def delete(self, _: Asked) -> Answer:
        self.accounts.clear()
        return Answer(204)

    def events(self, asked: Asked) -> Any:
        words = asked["query"].partition("find=")[2].lower()
        return {"events": [each for each in EVENTS if words in str(each["name"]).lower()]}

    def put(self, asked: Asked) -> Any:
        body = asked["body"]
        self.link = link(
            races=body["races"], results=body["results"], synced_at=None, full_at=None, figures={}
        )
        return {"link": self.link, "job": self.begin()}

    def patch(self, asked: Asked) -> Any:
        assert self.link is not None
        self.link = self.link | asked["body"]
        return {"link": self.link}

    def disconnect(self, _: Asked) -> Answer:
        self.link = None
        return Answer(204)

    def running(self) -> dict[str, Any] | None:
        return self.job if self.job["status"] == "running" else None

    def begin(self) -> dict[str, Any]:
        self.job = job(90, "provider", words="reading the roster")
        return self.job

    def say(self) -> dict[str, Any]:
        if self.hold:
            return self.job | self.cursor
        return self.end("done") if self.job["status"] == "running" else self.job

    def end(self, status: str, **parts: Any) -> dict[str, Any]:
        self.job = self.job | {"status": status, "result": {"added": 2301, "changed": 0, "gone": 0}} | parts
        if self.link and status == "done":
            self.link = link(races=self.link["races"], results=self.link["results"])
        return self.job
