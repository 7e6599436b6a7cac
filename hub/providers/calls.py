"""Calls to a service that is slow, limited and sometimes broken. Knows HTTP and how to wait; refuses to know any
service.

What may get better by itself is tried again, with longer and longer pauses: no connection, no answer in time, 5xx, an
answer that breaks off, a page for people where data was asked for. What a service says of its own limits (429 or 503
with Retry-After) is obeyed, and holds for everybody who asks for the same account. What does not get better is said at
once: ProviderRefused. No secret gets into a message, a log line or a repr; causes are not chained, since aiohttp's hold
the address with its query.
"""

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple

import aiohttp
import msgspec
import tenacity
from yarl import URL

from hub.errors import ProviderAway, ProviderError, ProviderRefused
from hub.providers.budget import Budget
from hub.providers.masking import Mask

log = logging.getLogger(__name__)

REDIRECTS_MAX: Final = 3
"""Within the same host; never to another: it would be told the account."""
WORDS_CHARS_MAX: Final = 200
"""Of a service's own words, in a message."""
REFUSALS: Final = {
    400: "does not understand what it is asked",
    401: "does not accept these credentials",
    403: "does not allow this account to see that",
    404: "does not know that",
    410: "has that no more",
    422: "does not understand what it is asked",
}
AGAIN: Final = {408, 425, 429}
"""Beside all of 5xx."""
PASSING: Final = re.compile(
    r"(?i)try again|temporar|unavailable|rate limit|too many|time.?out|overload|maintenance"
)
"""Words of an error that may get better by itself."""
ERROR_BYTES_MAX: Final = 64 * 1024


class Patience(NamedTuple):
    """How long is waited, how often is tried, how much is read."""

    tries: int = 5
    first_wait_s: float = 0.5
    wait_s_max: float = 20.0
    retry_after_s_max: float = 60.0
    """A service that wants a longer pause is not waited for: whoever has asked is told when to come back."""
    retry_after_s_cap: float = 3600.0
    """What it says beyond that is taken for a mistake."""
    answer_s_max: float = 60.0
    connect_s_max: float = 15.0
    answer_bytes_max: int = 32 * 1024 * 1024
    budget_s_max: float | None = None
    """How long it waits for the account's calls to come back; None: as long as it takes."""


HURRIED: Final = Patience(tries=3, retry_after_s_max=10.0, answer_s_max=20.0, connect_s_max=10.0)
"""Somebody sits before a page and waits."""


class Reply(NamedTuple):
    """`body`: well-formed JSON. headers: by names in any case. at_s: the service's own clock, Unix seconds, or None."""

    body: bytes
    headers: Mapping[str, str]

    def read(self, shape: Any) -> Any:
        """Raises ProviderAway where it is JSON of another shape."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.ValidationError as problem:
            words = f"The service answers in a shape that the hub does not know: {problem}."
        raise ProviderAway(words)

    @property
    def at_s(self) -> int | None:
        return _date_s(self.headers.get("Date", ""))


class Denied(ProviderRefused):
    """401: a token may have run out."""


class _Again(Exception):
    """It may get better. `after_s`: when the service wants to be asked again; None: it does not say."""

    def __init__(self, words: str, after_s: float | None = None) -> None:
        super().__init__(words)
        self.after_s = after_s


class _Asked(NamedTuple):
    """`form`: what is posted; `auth`: an Authorization header of its own."""

    method: str
    url: URL
    params: Mapping[str, str | int]
    form: Mapping[str, str] | None = None
    auth: str | None = None


class Calls:
    """Of one account. `query`, `headers`: what it signs in with, sent with every call; they may be changed.

    `base`: https, unless `open_base` says that it stands for the service in a test. `sleep`: how the time between tries
    passes.
    """

    def __init__(
        self,
        service: str,
        base: str,
        *,
        budget: Budget,
        mask: Mask,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        open_base: bool = False,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._base = URL(base.rstrip("/"))
        if self._base.scheme != "https" and not open_base:
            raise ValueError(f"{service} is only called over https")
        self.service = service
        self.budget = budget
        self.mask = mask
        self.query = dict(query or {})
        self.headers = {"Accept": "application/json", **(headers or {})}
        self.patience = patience or Patience()
        hurried = patience or HURRIED
        self._hurried = hurried._replace(budget_s_max=hurried.retry_after_s_max)
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Calls({self.service})"

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, patient: bool = False
    ) -> Reply:
        """What the service answers, tried again as long as that makes sense. `patient`: for a long load, whose calls
        may wait for the account's budget; else nothing is waited for longer than a person would.

        Raises ProviderRefused and ProviderAway.
        """
        patience = self.patience if patient else self._hurried
        return await self._tried(_Asked("GET", self._base.joinpath(path.lstrip("/")), params or {}), patience)

    async def post_form(self, url: str, form: Mapping[str, str], *, auth: str | None = None) -> Reply:
        """To an address of the service's own (a token's), with nothing else of the account. `auth`: an Authorization
        header."""
        return await self._tried(_Asked("POST", URL(url), {}, form, auth), self._hurried)

    async def _tried(self, asked: _Asked, patience: Patience) -> Reply:
        retrying = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(patience.tries),
            retry=tenacity.retry_if_exception_type(_Again),
            wait=lambda state: _pause_s(state, patience),
            sleep=self._sleep,
            before_sleep=self._note,
            reraise=True,
        )
        try:
            return await retrying(self._once, asked, patience)
        except _Again as last:
            words, after_s = str(last), last.after_s
        raise ProviderAway(f"{words} The hub has tried {patience.tries} times.", retry_after_s=after_s)

    async def _once(self, asked: _Asked, patience: Patience) -> Reply:
        """One try, of one call, or as many as a service sends it around within its own host."""
        if asked.form is None:
            query = {**self.query, **{key: str(each) for key, each in asked.params.items()}}
            asked = asked._replace(url=asked.url.update_query(query))
        problem: Exception
        for _ in range(REDIRECTS_MAX + 1):
            await self.budget.take(wait_s_max=patience.budget_s_max, shut_s_max=patience.retry_after_s_max)
            try:
                found = await self._answer(asked, patience)
            except (ProviderError, _Again):
                raise
            except TimeoutError:
                problem = _Again(f"{self.service} does not answer in time.")
                break
            except aiohttp.ClientConnectionError as error:
                problem = _Again(self._unreached(error))
                break
            except (aiohttp.ClientError, ValueError) as error:
                problem = _Again(f"{self.service} broke off its answer ({type(error).__name__}).")
                break
            if isinstance(found, Reply):
                return found
            asked = asked._replace(url=found)
        else:
            problem = ProviderAway(f"{self.service} sends the hub around in circles.")
        raise problem

    async def _answer(self, asked: _Asked, patience: Patience) -> Reply | URL:
        """The answer, or where to ask for it. Raises ProviderError, _Again, and what aiohttp raises."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), middlewares=(self._one_call,)
            )
        headers = self.headers
        if asked.form is not None:
            headers = {
                "Accept": "application/json",
                **({"Authorization": asked.auth} if asked.auth else {}),
            }
        async with self._session.request(
            asked.method,
            asked.url,
            data=asked.form,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=patience.answer_s_max, connect=patience.connect_s_max),
        ) as response:
            path = asked.url.path
            if response.status in (301, 302, 303, 307, 308):
                return self._elsewhere(asked, response.headers.get("Location", ""))
            if response.status in (429, 503) and "Retry-After" in response.headers:
                self._left_alone(response, patience)
            if response.status >= 500 or response.status in AGAIN:
                raise _Again(f"{self.service} answers with an error of its own ({response.status}).")
            body = await self._body(response)
            if response.status >= 300:
                self._refused(response.status, path, body)
            self._json(body)
            self._no_error(path, body)
            return Reply(body, response.headers)

    async def _one_call(
        self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Where a line is cut aiohttp asks again by itself, and nobody has counted it: not here."""
        try:
            return await send(request)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            words = self._unreached(error)
        raise _Again(words)

    def _unreached(self, error: Exception) -> str:
        return f"{self.service} cannot be reached ({type(error).__name__})."

    def _elsewhere(self, asked: _Asked, place: str) -> URL:
        """Where a redirect points to, if that is the same host over the same scheme, and nothing was posted."""
        try:
            found = asked.url.join(URL(place))
            same = bool(place) and found.origin() == asked.url.origin() and asked.form is None
        except ValueError:
            same = False
        if not same:
            raise ProviderAway(f"{self.service} sends the hub to another address; it is not followed there.")
        return found

    def _left_alone(self, response: aiohttp.ClientResponse, patience: Patience) -> None:
        """It says how long it wants no more calls: a short pause is waited for, a long one is told."""
        after_s = _retry_after_s(response.headers["Retry-After"], response.headers.get("Date", ""))
        if after_s is None:
            return
        after_s = min(after_s, patience.retry_after_s_cap)
        words = f"{self.service} has had too many calls ({response.status})."
        if after_s <= patience.retry_after_s_max:
            raise _Again(words, after_s)
        self.budget.shut(after_s)
        raise ProviderAway(words, retry_after_s=after_s)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_chunked(64 * 1024):
            size += len(part)
            if size > self.patience.answer_bytes_max:
                raise ProviderAway(
                    f"{self.service} answers with more than {self.patience.answer_bytes_max} bytes at once."
                )
            parts.append(part)
        return b"".join(parts)

    def _json(self, body: bytes) -> None:
        try:
            msgspec.json.decode(body, type=msgspec.Raw)
        except msgspec.DecodeError:
            page = _is_page(body)
        else:
            return
        raise _Again(
            f"{self.service} answers with a page for people instead of data."
            if page
            else f"{self.service} broke off its answer, or it is no JSON."
        )

    def _refused(self, status: int, path: str, body: bytes) -> None:
        if status == 403 and _is_page(
            body
        ):  # something between the hub and the service, as a venue's network has it
            raise _Again(f"{self.service} is shut off by a page for people (403).")
        words = REFUSALS.get(status, "refuses what it is asked")
        own = self.own_words(body)
        raise (Denied if status == 401 else ProviderRefused)(
            f"{self.service} {words} ({status}, {self.mask.hide(path)}){f': {own}' if own else ''}."
        )

    def _no_error(self, path: str, body: bytes) -> None:
        """Some say with 200 that something is wrong: {"error": ...}."""
        if len(body) > ERROR_BYTES_MAX or not body.lstrip().startswith(b"{"):
            return
        error = msgspec.json.decode(body).get("error")
        if not error:
            return
        words = self.mask.hide(_words(error))[:WORDS_CHARS_MAX].strip().rstrip(".") or "it does not say what"
        if PASSING.search(words):
            raise _Again(f"{self.service} has trouble: {words}.")
        raise ProviderRefused(f"{self.service} refuses what it is asked ({self.mask.hide(path)}): {words}.")

    def own_words(self, body: bytes) -> str:
        """What a service says in an error, for people to read: without secrets, and short. A page says nothing."""
        try:
            found = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return ""
        return self.mask.hide(_words(found))[:WORDS_CHARS_MAX].strip().rstrip(".")

    def _note(self, state: tenacity.RetryCallState) -> None:
        problem = state.outcome.exception() if state.outcome else None
        pause_s = state.next_action.sleep if state.next_action else 0.0
        log.info("%s Again in %.1f s, try %d", problem, pause_s, state.attempt_number + 1)


def _pause_s(state: tenacity.RetryCallState, patience: Patience) -> float:
    """As long as the service has asked for; else twice as long each time, and never quite the same."""
    problem = state.outcome.exception() if state.outcome else None
    if isinstance(problem, _Again) and problem.after_s is not None:
        return problem.after_s
    longest: float = min(patience.wait_s_max, patience.first_wait_s * 2 ** (state.attempt_number - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads calls, hides nothing


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _words(found: object, depth: int = 0) -> str:
    """The first text under a name that errors stand under."""
    if isinstance(found, str):
        return found
    if isinstance(found, list) and found and depth < 4:
        return _words(found[0], depth + 1)
    if isinstance(found, dict) and depth < 4:
        for name in ("error_msg", "error_description", "message", "detail", "error", "errors", "title"):
            if name in found and (words := _words(found[name], depth + 1)):
                return words
    return ""


def _retry_after_s(text: str, date: str) -> float | None:
    """Seconds, or until an HTTP date, by the service's own clock where it says it. None: neither."""
    try:
        return max(0.0, float(int(text)))
    except ValueError:
        then = _date_s(text)
    now = _date_s(date)
    if then is None:
        return None
    return max(0.0, float(then - (now if now is not None else time.time())))


def _date_s(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError):
        return None
