"""Redis: what is worth keeping for hours only, for several hubs, or a hub and its next start. The one importer
of redis; refuses to know what the keys hold.

It connects when it is first asked. Every question is answered within a second, or with StoreAway: whoever asks has to
go on without. A connection that has broken meanwhile is replaced by the next question.
"""

import contextlib
import logging
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from hub.errors import StoreAway, StoreError

log = logging.getLogger(__name__)

ANSWER_S_MAX: Final = 1.0
CONNECTIONS_MAX: Final = 16
WORDS_CHARS_MAX: Final = 200
_NOT_LET_IN: Final = ("uthentication required", "username-password pair", "AUTH <password>")

T = TypeVar("T")


class Bus:
    """One Redis. Every method may raise StoreAway; its words hold nothing of the URL, which may hold a password."""

    def __init__(self, url: str) -> None:
        """Raises StoreError when the URL is none of Redis."""
        try:
            pool = redis.asyncio.BlockingConnectionPool.from_url(
                url,
                max_connections=CONNECTIONS_MAX,
                timeout=ANSWER_S_MAX,
                socket_timeout=ANSWER_S_MAX,
                socket_connect_timeout=ANSWER_S_MAX,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError:
            raise StoreError("redis.url: expected a URL such as redis://host:6379/0") from None
        self._redis = redis.asyncio.Redis(connection_pool=pool)
        self._away = False

    async def alive(self) -> bool:
        """Whether it answers, and soon."""
        try:
            await self._ask(self._redis.ping())
        except StoreAway:
            return False
        return True

    async def get(self, key: str) -> bytes | None:
        found: bytes | None = await self._ask(self._redis.get(key))
        return found

    async def put(self, key: str, value: bytes, *, seconds: int) -> None:
        """Keeps it for so long."""
        await self._ask(self._redis.set(key, value, ex=seconds))

    async def delete(self, key: str) -> None:
        await self._ask(self._redis.delete(key))

    async def close(self) -> None:
        with contextlib.suppress(RedisError, OSError):  # what is closing may be broken
            await self._redis.aclose()
            await self._redis.connection_pool.disconnect()

    async def _ask(self, question: Awaitable[T] | Any) -> T:
        try:
            answer: T = await question
        except (RedisError, OSError, TimeoutError) as problem:
            said = words(problem)
            if not self._away:
                log.warning("redis: %s; nobody can sign in until it does", said)
            self._away = True
            raise StoreAway(said) from problem
        if self._away:
            log.info("redis: answers again")
        self._away = False
        return answer


def words(problem: BaseException) -> str:
    """One line on what Redis said, or that it said nothing."""
    if any(each in str(problem) for each in _NOT_LET_IN):  # it comes as this error or that
        return "Redis does not take the password of redis.url"
    text = " ".join(str(problem).split())[:WORDS_CHARS_MAX] or type(problem).__name__
    if isinstance(problem, ResponseError):
        return f"Redis says: {text}"
    return f"Redis does not answer: {text}"
