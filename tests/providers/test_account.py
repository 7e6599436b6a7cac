"""What all accounts have: a name without secrets, and a budget of their own unless they are given one."""

import asyncio

from hub.providers.account import Account
from hub.providers.budget import Budget
from hub.providers.runsignup import KIND


class Made(Account):
    kind = KIND


def test_it_tells_nothing_and_counts_its_calls() -> None:
    async def used() -> None:
        budget = Budget(10)
        made = Made("https://service.example", ["hunter2"], budget=budget, now_s=lambda: 7.0)
        assert repr(made) == "Made()" and "hunter2" not in str(vars(made))
        assert made.calls_last_hour() == budget.last_hour() == 0
        await made.close()
        other = Made("https://service.example", ["hunter2"])
        assert other.calls_last_hour() == 0
        await other.close()

    asyncio.run(used())
