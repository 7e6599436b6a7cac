"""Tokens that run out. Knows when it is time for another; refuses to know how a service gives them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from hub.errors import ProviderAway
from hub.providers.calls import Calls, Denied, Reply
from hub.providers.entries import number, part, rows

LIFE_S: Final = 600.0
"""Of a token that does not say how long it lives."""
EARLY_S: Final = 60.0


class Signed:
    """Calls with a token. `ask`: gets one, as `access_token` with or without `expires_in`, or within `data`; `form`:
    how it stands in the Authorization header."""

    def __init__(self, calls: Calls, ask: Callable[[], Awaitable[Reply]], form: str = "Bearer {}") -> None:
        self.calls = calls
        self._ask = ask
        self._form = form
        self._until = 0.0
        self._one = asyncio.Lock()

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, patient: bool = True
    ) -> Reply:
        """As Calls.get; with another token where the service takes the one no more."""
        await self._fresh()
        try:
            return await self.calls.get(path, params, patient=patient)
        except Denied:
            self._until = 0.0
        await self._fresh()
        return await self.calls.get(path, params, patient=patient)

    async def _fresh(self) -> None:
        now = asyncio.get_running_loop().time
        async with self._one:
            if now() < self._until:
                return
            found = _token((await self._ask()).body)
            token = found.get("access_token")
            if not isinstance(token, str) or not token:
                raise ProviderAway(f"{self.calls.service} gives no token.")
            self.calls.mask.add(token)
            self.calls.headers["Authorization"] = self._form.format(token)
            life_s = number(found.get("expires_in"))
            self._until = now() + max(EARLY_S, (LIFE_S if life_s is None else life_s) - EARLY_S)


def _token(body: bytes) -> Mapping[str, Any]:
    found = part(msgspec.json.decode(body))
    inner = found.get("data")
    return part(next(iter(rows(inner)), inner)) if inner else found
