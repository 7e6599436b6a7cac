"""A work page without a hub: its files from the folder, its answers from the test. Knows how a page is put together;
what the hub would say, and what the page makes of it, the tests say.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

import jinja2
from aiohttp import web
from playwright.async_api import Page, WebSocketRoute

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER, at_least
from hub.web.application import TEMPLATES
from hub.web.work_pages import NAV
from tests.pages.door import ORIGIN, enter

NAME: Final = "Riverside timing"
NORDIC: Final = {"id": 1, "slug": "nordic", "name": "Nordic Timing"}
ALPINE: Final = {"id": 2, "slug": "alpine", "name": "Alpine Chrono"}

ENVIRONMENT: Final = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)

Asked = dict[str, Any]
Says = Callable[[Asked], Any]


class Answer:
    """What the hub says, when that is not 200 and JSON. `headers` as HTTP has them."""

    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        self.status = status
        self.body = body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refusal(status: int, message: str, field: str | None = None, **headers: str) -> Answer:
    error = {"code": "refused", "message": message} | ({"field": field} if field else {})
    return Answer(status, {"error": error}, **headers)


def person(role: str = OPERATOR, **parts: Any) -> dict[str, Any]:
    """Who is signed in."""
    partner = None if role == ADMIN else NORDIC
    return {
        "id": 5,
        "email": "ann@nordic.example",
        "name": "Ann Lee",
        "role": role,
        "partner": partner,
    } | parts


class WorkStage:
    """Says to a work page what the hub says. `answers`: by method and path, without what is behind a question mark; a
    function gets what was asked: `method`, `path`, `query`, `body`."""

    def __init__(
        self,
        template: str,
        path: str,
        *,
        me: dict[str, Any] | None = None,
        answers: dict[str, Any] | None = None,
        **context: Any,
    ) -> None:
        self.me = me
        self.answers: dict[str, Any] = {"GET /api/auth/me": {"user": me}} | (answers or {})
        self.asked: list[Asked] = []
        self.others: list[str] = []
        """Pages that it has been led to."""
        self._sign_in: WebSocketRoute | None = None
        self._template = template
        self._path = path
        self._context = context

    def show(self, **context: Any) -> None:
        """What the page is made with, from the next time on."""
        self._context |= context

    async def open(self, page: Page, query: str = "") -> None:
        await page.set_extra_http_headers(enter(self))
        await page.route_web_socket(re.compile("/ws/me$"), self._attend)
        await page.goto(f"{ORIGIN}{self._path}{query}")

    async def sign_out(self) -> None:
        """Somebody has ended the sign-in elsewhere."""
        assert self._sign_in is not None
        await self._sign_in.close(code=4002)

    def _attend(self, socket: WebSocketRoute) -> None:
        self._sign_in = socket
        socket.send(json.dumps({"type": "hello", "offset": 0, "recent": []}))

    def told(self, method: str, path: str) -> list[Any]:
        """The bodies of what was asked there."""
        return [each["body"] for each in self.asked if (each["method"], each["path"]) == (method, path)]

    async def respond(self, request: web.Request) -> web.Response:
        """What comes through the door."""
        path, _, query = request.raw_path.partition("?")
        if "text/html" in request.headers.get("Accept", ""):
            return self._document(path, query)
        body = _body((await request.read()).decode(errors="replace"))
        asked = {"method": request.method, "path": path, "query": query, "body": body}
        self.asked.append(asked)
        return self.said(asked)

    def _document(self, path: str, query: str) -> web.Response:
        if path == self._path:
            return web.Response(text=self.page(), content_type="text/html")
        self.others.append(path + (f"?{query}" if query else ""))
        return web.Response(text="<!doctype html><title>Another</title>", content_type="text/html")

    def said(self, asked: Asked) -> web.Response:
        """The answer, as a browser gets it."""
        said = self.answer(asked)
        answer = said if isinstance(said, Answer) else Answer(200, said)
        text = None if answer.body is None else json.dumps(answer.body)
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"} | answer.headers
        return web.Response(status=answer.status, text=text, headers=headers)

    def answer(self, asked: Asked) -> Any:
        """What the hub says to it."""
        path = asked["path"]
        said = self.answers.get(f"{asked['method']} {path}", refusal(404, f"There is no {path}."))
        return said(asked) if callable(said) else said

    def page(self) -> str:
        context = {"name": NAME, "here": self._path, "me": self.me, "may": {}, "nav": []} | self._context
        if self.me:
            role = self.me["role"]
            context["may"] = {
                "announce": at_least(role, ANNOUNCER),
                "operate": at_least(role, OPERATOR),
                "own": at_least(role, OWNER),
                "admin": at_least(role, ADMIN),
                "look": at_least(role, VIEWER),
            }
            context["nav"] = [(path, words) for path, words, least in NAV if at_least(role, least)]
        return ENVIRONMENT.get_template(self._template).render(context)


def _body(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
