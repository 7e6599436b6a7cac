"""What a browser holds of a sign-in: one cookie. Knows aiohttp-session and the two places where what it stands for is
kept: Redis, and without one the cookie itself, encrypted. Refuses to know whether the user may still come in.

A request without the cookie asks Redis nothing. aiohttp-session's own storage for Redis is not used: it lets Redis's
errors through as they are, asks it for whatever a cookie holds, and keeps what has ended until it is too old.
"""

import base64
import hashlib
import json
import re
import secrets
from typing import Any, Final, Protocol

import msgspec
from aiohttp import web
from aiohttp_session import AbstractStorage, Session, get_session, new_session
from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.fernet import Fernet

from hub.errors import StoreAway, Unavailable
from hub.model import US_PER_S
from hub.web.state import CONDITION, settings

AWAY: Final = "Signing in does not work now: the hub's Redis does not answer."
_FIELD: Final = "sign_in"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ENCRYPTED: Final = re.compile(r"[A-Za-z0-9_=-]{1,2000}", re.ASCII)


class Bus(Protocol):
    """Redis. Every method may raise StoreAway."""

    async def alive(self) -> bool: ...

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, *, seconds: int) -> None: ...

    async def delete(self, key: str) -> None: ...


class SignIn(msgspec.Struct, frozen=True):
    """`generation`: the user's when it began. `at`, `until`: seconds since 1970. `key`: stays the same as long as the
    user is signed in, and is in no cookie that can be read."""

    user_id: int
    generation: int
    at: int
    until: int
    key: str


class Storage(AbstractStorage):
    """What both have in common. `hours`: how long a sign-in lasts."""

    async def redis(self) -> str:
        """How Redis is, for /health."""
        return "disabled"

    async def ready(self) -> None:
        """Raises Unavailable when no sign-in can begin now."""

    async def forget(self, identity: Any) -> None:
        """What was loaded under this identity is not to be found any more."""

    def say(self, request: web.Request, response: web.StreamResponse, value: str) -> None:
        """Sets the cookie; without a value, ends it."""
        self.save_cookie(response, value, max_age=self.max_age)
        if is_https(request):
            response.cookies[self.cookie_name]["secure"] = True


class InRedis(Storage):
    """The cookie is a random key, and what is kept under its hash is gone after a sign-out."""

    def __init__(self, bus: Bus, **options: Any) -> None:
        super().__init__(**options)
        self._bus = bus

    async def redis(self) -> str:
        return "healthy" if await self._bus.alive() else "unhealthy"

    async def ready(self) -> None:
        if not await self._bus.alive():
            raise Unavailable(AWAY)

    async def load_session(self, request: web.Request) -> Session:
        key = self.load_cookie(request) or ""
        held = await self._held(key) if _KEY.fullmatch(key) else None
        data = _data(held)
        return Session(key if data else None, data=data, new=data is None, max_age=self.max_age)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        if session.empty:
            await self.forget(session.identity)
            self.say(request, response, "")
            return
        key = session.identity or secrets.token_urlsafe(32)
        data = json.dumps(self._get_session_data(session)).encode()
        try:
            await self._bus.put(_name(key), data, seconds=int(self.max_age or 1))
        except StoreAway as problem:
            raise Unavailable(AWAY) from problem
        self.say(request, response, key)

    async def forget(self, identity: Any) -> None:
        if identity:
            try:
                await self._bus.delete(_name(identity))
            except StoreAway as problem:
                raise Unavailable(AWAY) from problem

    async def _held(self, key: str) -> bytes | None:
        try:
            return await self._bus.get(_name(key))
        except StoreAway as problem:
            raise Unavailable(AWAY) from problem


class InCookie(Storage, EncryptedCookieStorage):
    """The cookie is all there is: a copy of it is good until it is too old, or its generation is."""

    async def load_session(self, request: web.Request) -> Session:
        if not _ENCRYPTED.fullmatch(self.load_cookie(request) or ""):
            return await self.new_session()
        return await super().load_session(request)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        data = json.dumps(self._get_session_data(session)).encode()
        self.say(request, response, "" if session.empty else self._fernet.encrypt(data).decode())


STORAGE: Final = web.AppKey("storage", Storage)


def storage(bus: Bus | None, *, hours: int, secret: str, own: str) -> Storage:
    """`secret`: what the cookies are encrypted with, where there is no Redis. `own`: what no other hub has; browsers do
    not tell the ports of one host apart, so each hub's cookie has a name of its own."""
    options: dict[str, Any] = {
        "cookie_name": "racehub_" + hashlib.sha256(b"sign-in" + own.encode()).hexdigest()[:8],
        "max_age": hours * 3600,
        "httponly": True,
        "samesite": "Lax",
    }
    if bus is not None:
        return InRedis(bus, **options)
    key = hashlib.sha256(b"racehub sign-ins" + secret.encode("utf-8", "surrogatepass")).digest()
    return InCookie(Fernet(base64.urlsafe_b64encode(key)), **options)


async def current(request: web.Request) -> SignIn | None:
    """The sign-in that the request's cookie stands for. Raises Unavailable."""
    if request.app[STORAGE].cookie_name not in request.cookies:
        return None
    try:
        found = msgspec.convert((await get_session(request)).get(_FIELD), SignIn)
    except msgspec.ValidationError:
        return None
    return found if found.until > _now_s(request) else None


async def begin(request: web.Request, user_id: int, generation: int, *, key: str = "") -> SignIn:
    """The answer to this request gives the browser a sign-in, and not under the name of one that it has brought along.
    `key`: of the one that this continues. Raises Unavailable."""
    kept = request.app[STORAGE]
    if kept.cookie_name in request.cookies:
        await kept.forget((await get_session(request)).identity)
    now_s = _now_s(request)
    until = now_s + int(kept.max_age or 0)
    made = SignIn(user_id, generation, now_s, until, key or secrets.token_urlsafe(16))
    (await new_session(request))[_FIELD] = msgspec.to_builtins(made)
    return made


async def end(request: web.Request) -> None:
    """The answer to this request takes it from the browser. Raises Unavailable."""
    if request.app[STORAGE].cookie_name in request.cookies:
        (await get_session(request)).invalidate()


def _data(held: bytes | None) -> Any:
    """As it was kept; None for what never was."""
    try:
        data = msgspec.json.decode(held or b"", type=dict[str, Any])
    except msgspec.DecodeError:
        return None
    return data if isinstance(data.get("session"), dict) else None


def _name(key: str) -> str:
    """Whoever can read Redis can so not sign in."""
    return "racehub:sign_in:" + hashlib.sha256(key.encode()).hexdigest()


def _now_s(request: web.Request) -> int:
    return request.app[CONDITION].now_us() // US_PER_S


def is_https(request: web.Request) -> bool:
    return request.secure or settings(request).server.public_url.startswith("https:")
