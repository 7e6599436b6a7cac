"""`/api/auth`: signing in and out, passwords, and the links with which they are chosen. Knows the shapes and the order
of the checks; refuses to know how a password is kept, and a sign-in.

Whether a user exists cannot be told from an answer: an unknown one, a disabled one and one who has no password yet cost
the same work as a wrong password, and get the same words.
"""

import hmac
from typing import Any, Final

import msgspec
from aiohttp import web

from hub import account_names, passwords
from hub.accounts import MACHINE_CALLER, Caller, User, caller_of
from hub.errors import Forbidden, Invalid, NotFound, TooMany, Unauthorized, Unavailable
from hub.web import auth, bodies, scope, web_sessions
from hub.web.hashing import HASHING
from hub.web.pauses import PAUSES
from hub.web.peers import peer_of
from hub.web.seldom import say_seldom
from hub.web.sign_ins import SIGN_IN, SIGN_INS
from hub.web.state import FIRST, PEOPLE, STANDING, USERS, settings

TOKEN_HOURS: Final = 24
TOKEN_NAME: Final = "sign-in"  # noqa: S105
WRONG: Final = "The e-mail address or the password is wrong."
USED_UP: Final = "This link is used up or too old; ask for a new one."
TRYING: Final = "tries passwords"


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """`token`: whether a token for programs is wanted as well."""

    email: str
    password: str
    token: bool = False


class Passwords(msgspec.Struct, forbid_unknown_fields=True):
    old: str
    new: str


class Me(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    token: str


class Join(msgspec.Struct, forbid_unknown_fields=True):
    """`email`: of the server's first user, who has no invitation that says it."""

    token: str
    password: str
    name: str | None = None
    email: str | None = None


async def login(request: web.Request) -> web.Response:
    """JSON as `Login`. Gives `{"success": true, "user": {...}}`, a cookie, and if wanted a token for TOKEN_HOURS."""
    given = bodies.decode(await bodies.json(request), Login)
    await request.app[web_sessions.STORAGE].ready()
    address = _address(given.email)
    user = await _by_password(request, address, given.password)
    await web_sessions.begin(request, user.id, user.generation)
    by, users = caller_of(user), request.app[USERS]
    answer: dict[str, Any] = {"success": True, "user": shape(request, user)}
    if given.token:
        made = await users.make_token(by, TOKEN_NAME, TOKEN_HOURS)
        answer |= {"token": made.token, "expires_at": made.expires_at and made.expires_at.isoformat()}
    await users.note(
        by, "auth.signed_in", user.email, partner_id=user.partner_id, detail={"from": request.remote or ""}
    )
    return web.json_response(answer)


async def logout(request: web.Request) -> web.Response:
    """Ends the sign-in that the cookie stands for, wherever it is used, and its open sockets."""
    sign_in = await web_sessions.current(request)
    if sign_in is not None:
        auth.check_own_page(request)
        request.app[SIGN_INS].end(sign_in)
    await web_sessions.end(request)
    return web.json_response({"success": True})


async def me(request: web.Request) -> web.Response:
    """Gives `{"user": {...}}`: who asks."""
    by = scope.caller(request)
    if not by.user_id:
        return web.json_response({"user": _machine()})
    return web.json_response({"user": shape(request, await _user(request, by))})


async def change_me(request: web.Request) -> web.Response:
    """JSON as `Me`: the caller's own name. Gives `{"user": {...}}`."""
    name = account_names.name(bodies.decode(await bodies.json(request), Me).name, least=1)
    by = scope.caller(request)
    if not by.user_id:
        raise Forbidden("This machine's token has no name of its own.")
    changed = await request.app[USERS].rename(by, name)
    request.app[SIGN_INS].remember(changed.id, changed)
    return web.json_response({"user": shape(request, changed)})


async def change_password(request: web.Request) -> web.Response:
    """JSON as `Passwords`. All other sign-ins of this user end; this one goes on."""
    given = bodies.decode(await bodies.json(request), Passwords)
    by = scope.caller(request)
    if not by.user_id:
        raise Forbidden("This machine's token has no password.")
    user = await _user(request, by)
    _check(request, given.new, user.email, "new")
    if not await _is_right(request, user.email, user, given.old):
        raise Invalid("this is not your password", field="old")
    made = await request.app[HASHING].hash(given.new)
    sign_in, sign_ins = request.get(SIGN_IN), request.app[SIGN_INS]
    with sign_ins.kept(sign_in):
        changed = await request.app[USERS].change_password(by, made)
        sign_ins.remember(user.id, changed)
        if sign_in is not None:
            sign_ins.go_on(sign_in, changed.generation)
            await web_sessions.begin(request, changed.id, changed.generation, key=sign_in.key)
    return web.json_response({"success": True})


async def link(request: web.Request) -> web.Response:
    """JSON as `Asked`. Gives what a link is for: `kind`, `email`, `partner`, `server`."""
    given = bodies.decode(await bodies.json(request), Asked)
    server = settings(request).server.name
    if await _is_first(request, given.token):
        return web.json_response({"kind": "first", "email": None, "partner": None, "server": server})
    found = await request.app[USERS].link(given.token)
    if found is None:
        raise NotFound(USED_UP)
    return web.json_response(
        {"kind": found.kind, "email": found.email, "partner": found.partner, "server": server}
    )


async def join(request: web.Request) -> web.Response:
    """JSON as `Join`. The user of this link has this password from now on, and is signed in."""
    given = bodies.decode(await bodies.json(request), Join)
    await request.app[web_sessions.STORAGE].ready()
    name = None if given.name is None else account_names.name(given.name)
    if await _is_first(request, given.token):
        user = await _first(request, given.email or "", name or "", given.password)
    else:
        user = await _invited(request, given, name)
    await web_sessions.begin(request, user.id, user.generation)
    return web.json_response({"success": True, "user": shape(request, user)})


def shape(request: web.Request, user: User) -> dict[str, Any]:
    partner = scope.partner_json(scope.partner(request, user.partner_id))
    return {"id": user.id, "email": user.email, "name": user.name, "role": user.role, "partner": partner}


def _machine() -> dict[str, Any]:
    return {"id": 0, "email": "", "name": MACHINE_CALLER.name, "role": MACHINE_CALLER.role, "partner": None}


async def _by_password(request: web.Request, address: str, password: str) -> User:
    """The user whose address and password these are. Raises Unauthorized, TooMany, Unavailable, StoreAway."""
    user = await request.app[PEOPLE].by_email(address) if address else None
    if user is not None and (user.disabled or user.password_hash is None):
        user = None
    if not await _is_right(request, address, user, password) or user is None:
        raise Unauthorized(WRONG)
    hashing = request.app[HASHING]
    if hashing.needs_rehash(user.password_hash or ""):
        made = await hashing.hash(password)
        generation = await request.app[STANDING].rehash(user, made)
        if generation is None:
            raise Unauthorized(WRONG)
        user = msgspec.structs.replace(user, generation=generation)
    return user


async def _is_right(request: web.Request, address: str, user: User | None, password: str) -> bool:
    """Whether this is the user's password; each wrong one is counted. Raises TooMany, Unavailable."""
    pauses, tries = request.app[PAUSES], settings(request).limits.login_tries
    wait_s = pauses.admit(address, request.remote, tries)
    if wait_s:
        say_seldom(request, TRYING)
        raise TooMany(f"Too many wrong passwords. Try again in {wait_s} seconds.", retry_s=wait_s)
    try:
        right = await request.app[HASHING].verify(user.password_hash if user else None, password)
    except Unavailable:
        pauses.undone(address, request.remote)
        raise
    if right:
        pauses.right(address, request.remote)
    elif user is not None:
        await _note_pause(request, address, user)
    return right


async def _note_pause(request: web.Request, address: str, user: User) -> None:
    """In the log of changes of whoever it is about; never for who does not exist, with whom anybody could fill it."""
    wait_s = request.app[PAUSES].wait_s(address, request.remote)
    if wait_s:
        by = msgspec.structs.replace(caller_of(user), user_id=0, name="somebody")
        detail = {"from": peer_of(request.remote), "pause_s": wait_s}
        await request.app[USERS].note(
            by, "auth.wrong_passwords", user.email, partner_id=user.partner_id, detail=detail
        )


async def _user(request: web.Request, by: Caller) -> User:
    found = await auth.user(request, by.user_id)
    if found is None:
        raise Unauthorized(auth.NOT_SIGNED_IN)
    return found


async def _is_first(request: web.Request, token: str) -> bool:
    """Whether this is the link of the server's first user, and there is none yet."""
    given = token.encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, request.app[FIRST].encode()):
        return False
    if await request.app[USERS].has_admin():
        raise NotFound(USED_UP)
    return True


async def _first(request: web.Request, email: str, name: str, password: str) -> User:
    address = account_names.email(email)
    _check(request, password, address)
    made = await request.app[HASHING].hash(password)
    return await request.app[USERS].first_admin(address, name, made)


async def _invited(request: web.Request, given: Join, name: str | None) -> User:
    users = request.app[USERS]
    found = await users.link(given.token)
    if found is None:
        raise NotFound(USED_UP)
    if given.email is not None:
        raise Invalid("expected no e-mail address: the link says whose it is", field="email")
    _check(request, given.password, found.email)
    made = await request.app[HASHING].hash(given.password)
    user = await users.use_link(given.token, made, name)
    if user is None:
        raise NotFound(USED_UP)
    return user


def _check(request: web.Request, password: str, email: str, field: str = "password") -> None:
    passwords.check(password, email=email, server_name=settings(request).server.name, field=field)


def _address(text: str) -> str:
    """As it is kept; empty when nobody can have it."""
    try:
        return account_names.email(text)
    except Invalid:
        return ""
