"""One account at one service, as all of them have it: its calls, their budget, its secrets. Knows no service."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict, Unpack

from hub.providers.budget import Budget
from hub.providers.calls import Calls, Patience
from hub.providers.masking import Mask
from hub.providers.words import Kind


class How(TypedDict, total=False):
    """base: another address for the service, for tests. budget: that of the account, where more than one asks in its
    name. now_s: seconds since 1970."""

    base: str | None
    budget: Budget | None
    patience: Patience | None
    now_s: Callable[[], float]


class Account:
    """`address`: the service's own. secrets: what is in no word on it. query, headers: what every call has."""

    kind: Kind

    def __init__(
        self,
        address: str,
        secrets: Iterable[str],
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **how: Unpack[How],
    ) -> None:
        base = how.get("base")
        self._calls = Calls(
            self.kind.name,
            base or address,
            budget=how.get("budget") or Budget(self.kind.calls_per_hour),
            mask=Mask(secrets),
            query=dict(query or {}),
            headers=dict(headers or {}),
            open_base=base is not None,
            patience=how.get("patience"),
        )
        self._now_s = how.get("now_s", time.time)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def calls_last_hour(self) -> int:
        return self._calls.budget.last_hour()

    async def close(self) -> None:
        await self._calls.close()
