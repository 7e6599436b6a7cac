"""An hour's calls, counted on a loop whose clock jumps to the next thing that is waited for."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from hub.errors import ProviderAway
from hub.providers.budget import HOUR_S, Budget


class Jumping(selectors.DefaultSelector):
    """Waits for nothing: the time that would pass has passed."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.passed_s += max(timeout or 0.0, 1e-6)  # a clock that stands still would wake nobody
        return super().select(0)


def run(coroutine: Callable[[Callable[[], float]], Coroutine[Any, Any, None]]) -> None:
    selector = Jumping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.passed_s  # type: ignore[method-assign]
    try:
        loop.run_until_complete(coroutine(loop.time))
    finally:
        loop.close()


@pytest.mark.parametrize("limit", [1, 4, 500, 1000])
def test_no_hour_sees_more_than_the_limit(limit: int) -> None:
    async def spend(now: Callable[[], float]) -> None:
        budget = Budget(limit)
        made = []
        while now() < 3 * HOUR_S:
            await budget.take(wait_s_max=None)
            made.append(now())
            assert budget.last_hour() <= max(limit, 2)
        for at, first in enumerate(made):
            assert sum(first <= each < first + HOUR_S for each in made[at:]) <= max(limit, 2)
        assert len(made) >= 2 * (limit - limit // 4)

    run(spend)


def test_a_burst_may_come_at_once() -> None:
    async def burst(now: Callable[[], float]) -> None:
        budget = Budget(1000)
        for _ in range(250):
            await budget.take(wait_s_max=0.001)
        assert (now() < 1, budget.last_hour()) == (True, 250)
        with pytest.raises(ProviderAway, match="at most 1000 calls an hour") as caught:
            await budget.take(wait_s_max=1.0)
        assert caught.value.retry_after_s == pytest.approx(3.6)
        await asyncio.sleep(HOUR_S)
        assert budget.last_hour() == 0

    run(burst)


def test_those_who_wait_together_get_theirs_in_turn() -> None:
    async def together(now: Callable[[], float]) -> None:
        budget = Budget(40)
        made: list[float] = []

        async def one() -> None:
            await budget.take(wait_s_max=None)
            made.append(now())

        await asyncio.gather(*(one() for _ in range(30)))
        assert max(made[:10]) < 1
        assert all(later - sooner == pytest.approx(120, abs=1) for sooner, later in pairwise(made[9:]))

    run(together)


def test_a_shut_door_holds_for_everybody() -> None:
    async def shut(now: Callable[[], float]) -> None:
        budget = Budget(1000)
        budget.shut(600)
        budget.shut(5)
        with pytest.raises(ProviderAway) as caught:
            await budget.take(wait_s_max=None)
        assert caught.value.retry_after_s == pytest.approx(600, abs=1)
        await budget.take(wait_s_max=None, shut_s_max=600)
        assert now() == pytest.approx(600, abs=1)

    run(shut)
