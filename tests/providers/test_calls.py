"""Waiting, trying again, giving up, and telling nobody the account."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from hub.errors import ProviderAway, ProviderError, ProviderRefused
from hub.providers.budget import Budget
from hub.providers.calls import HURRIED, Calls, Patience
from hub.providers.masking import Mask
from tests.providers.loading import HASTY, QUICK
from tests.providers.standins.server import (
    Fault,
    StandIn,
    answer,
    broken,
    elsewhere,
    half,
    hung_up,
    page,
    says_error,
    slow,
    too_many,
    truncated,
)

SECRET = "s3cret/with+signs&more"


class Plain(StandIn):
    """Says 7 to whoever knows the secret."""

    size = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/{what:.*}", self._seven), web.post("/token", self._token)]

    def is_allowed(self, request: web.Request) -> bool:
        return request.query.get("api_secret") == SECRET or request.method == "POST"

    def refusal(self, request: web.Request) -> web.Response:
        words = f"Wrong api_secret {request.query.get('api_secret')} at {request.url}"
        return answer({"error": {"message": words}}, status=401)

    async def _seven(self, request: web.Request) -> web.Response:
        return answer({"found": 7, "filler": "x" * self.size})

    async def _token(self, request: web.Request) -> web.Response:
        return answer({"access_token": f"tok-{dict(await request.post()).get('grant_type')!s}"})


@pytest.fixture
async def service() -> AsyncIterator[Plain]:
    async with Plain(now_s=lambda: 1_795_000_000) as made_up:
        yield made_up


class Made(Calls):
    """slept: the pauses, none of which passed."""

    def __init__(self, service: StandIn, patience: Patience = QUICK, secret: str = SECRET) -> None:
        self.slept: list[float] = []
        super().__init__(
            "Plain",
            f"{service.base}/v1",
            budget=Budget(100_000),
            mask=Mask([secret]),
            query={"api_secret": secret},
            open_base=True,
            patience=patience,
            sleep=self._pass,
        )

    async def _pass(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
async def calls(service: Plain) -> AsyncIterator[Made]:
    made = Made(service, HASTY)
    yield made
    await made.close()


async def seven(calls: Calls) -> None:
    assert (await calls.get("seven", {"a": 1})).read(dict[str, Any])["found"] == 7


GETS_BETTER: dict[str, Fault] = {
    "429": too_many("1"),
    "429 with a date": too_many("+7"),
    "429 without a word": too_many(None),
    "429 with nonsense": too_many("soon"),
    "503": too_many("2", 503),
    "500": broken(500),
    "a page": page,
    "a page with 403": broken(403),
    "half": half,
    "truncated": truncated,
    "no answer": slow,
    "hung up": hung_up,
    "an error that passes": says_error("Service temporarily unavailable, try again"),
}


@pytest.mark.parametrize("fault", GETS_BETTER.values(), ids=GETS_BETTER)
async def test_what_gets_better_is_tried_again(service: Plain, calls: Made, fault: Fault) -> None:
    service.fail(fault, fault)
    await seven(calls)
    assert (len(service.calls), len(calls.slept)) == (3, 2)
    assert calls.budget.last_hour() == 3
    assert service.calls[0].query == {"api_secret": SECRET, "a": "1"}


@pytest.mark.parametrize("fault", GETS_BETTER.values(), ids=GETS_BETTER)
async def test_what_does_not_is_given_up(service: Plain, calls: Made, fault: Fault) -> None:
    service.fail(*[fault] * 9)
    with pytest.raises(ProviderAway, match="The hub has tried 5 times"):
        await seven(calls)
    assert len(service.calls) == 5


async def test_pauses_grow_and_are_never_the_same(service: Plain) -> None:
    calls = Made(service, Patience(tries=6, first_wait_s=1.0, wait_s_max=5.0))
    service.fail(*[broken(502)] * 5)
    await seven(calls)
    await calls.close()
    for pause_s, longest in zip(calls.slept, (1.0, 2.0, 4.0, 5.0, 5.0), strict=True):
        assert longest / 2 <= pause_s <= longest
    assert len(set(calls.slept)) == 5


async def test_a_short_pause_is_waited_for_as_long_as_is_asked(service: Plain, calls: Made) -> None:
    service.fail(too_many("9"), too_many("+40"), too_many("-3"), too_many("+-60"))
    await seven(calls)
    assert calls.slept == [9.0, 40.0, 0.0, 0.0]


@pytest.mark.parametrize(("said", "told_s"), [("1800", 1800), ("+600", 600), ("999999999", 3600)])
async def test_a_long_pause_is_told_and_obeyed(service: Plain, calls: Made, said: str, told_s: int) -> None:
    service.fail(too_many(said))
    with pytest.raises(ProviderAway, match="too many calls") as caught:
        await seven(calls)
    assert caught.value.retry_after_s == pytest.approx(told_s)
    with pytest.raises(ProviderAway, match="left alone") as caught:
        await seven(calls)
    assert caught.value.retry_after_s == pytest.approx(told_s, abs=5)
    assert (len(service.calls), calls.slept) == (1, [])


async def test_somebody_who_waits_is_told_sooner_than_a_long_load(service: Plain) -> None:
    calls = Calls("Plain", f"{service.base}/v1", budget=Budget(9), mask=Mask(), open_base=True)
    assert calls._hurried == HURRIED._replace(budget_s_max=10.0)
    assert calls.patience.budget_s_max is None
    service.fail(too_many("30"))
    with pytest.raises(ProviderAway) as caught:
        await calls.get("seven")
    assert caught.value.retry_after_s == 30.0
    await calls.close()


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422, 418])
async def test_a_refusal_is_not_tried_again(service: Plain, calls: Made, status: int) -> None:
    service.fail(broken(status))
    with pytest.raises(ProviderRefused, match=str(status)):
        await seven(calls)
    assert len(service.calls) == 1


async def test_an_error_with_200_is_a_refusal(service: Plain, calls: Made) -> None:
    service.fail(says_error("event_id is required."))
    with pytest.raises(ProviderRefused, match=r"\(/v1/seven\): event_id is required\.$"):
        await seven(calls)
    assert len(service.calls) == 1


async def test_goes_along_within_the_host_only(service: Plain, calls: Made) -> None:
    service.fail(elsewhere(f"/v1/other?api_secret={SECRET.replace('+', '%2B').replace('&', '%26')}"))
    await seven(calls)
    assert service.calls[1].path == "/v1/other"
    async with Plain() as other:
        for place in (other.base, f"{other.base}/v1/seven", "//[", "", "ftp://x/"):
            service.fail(elsewhere(place, 307))
            with pytest.raises(ProviderAway, match="not followed there"):
                await seven(calls)
        assert other.calls == []
    service.fail(*[elsewhere("/v1/seven?api_secret=x")] * 9)
    with pytest.raises(ProviderAway, match="in circles"):
        await seven(calls)


async def test_an_answer_has_an_end(service: Plain) -> None:
    calls = Made(service, QUICK._replace(answer_bytes_max=100_000))
    service.size = 99_000
    await seven(calls)
    service.size = 300_000
    with pytest.raises(ProviderAway, match="more than 100000 bytes"):
        await seven(calls)
    await calls.close()


async def test_another_shape_is_said(calls: Made) -> None:
    with pytest.raises(ProviderAway, match="a shape that the hub does not know"):
        (await calls.get("seven")).read(list[int])


async def test_a_service_that_is_not_there(service: Plain) -> None:
    await service.stop()
    calls = Made(service)
    with pytest.raises(ProviderAway, match="cannot be reached"):
        await seven(calls)
    await calls.close()
    assert len(calls.slept) == 4


async def test_a_call_can_be_called_off(service: Plain) -> None:
    calls = Made(service)
    service.fail(slow)
    call = asyncio.create_task(seven(calls))
    while not service.calls:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await calls.close()
    assert (len(service.calls), calls.slept) == (1, [])


async def test_a_token_is_asked_for_without_the_account(service: Plain, calls: Made) -> None:
    reply = await calls.post_form(
        f"{service.base}/token",
        {"grant_type": "client_credentials"},
        auth=aiohttp.encode_basic_auth("me", SECRET),
    )
    assert reply.read(dict[str, str]) == {"access_token": "tok-client_credentials"}
    assert service.calls[0].query == {}
    assert service.calls[0].headers["Authorization"].startswith("Basic ")


def test_only_over_https() -> None:
    with pytest.raises(ValueError, match="only called over https"):
        Calls("Plain", "http://x.example", budget=Budget(1), mask=Mask())


async def test_no_secret_is_said_anywhere(service: Plain, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = Made(service, HASTY, secret="wr0ng/one+two")
    said: list[str] = [repr(wrong), str(wrong), repr(wrong.mask), repr(wrong.budget)]
    for fault in (None, *GETS_BETTER.values(), broken(404), says_error("bad wr0ng/one+two"), elsewhere("x")):
        service.fail(*[fault] * 5)
        with pytest.raises(ProviderError) as caught:
            await wrong.get("seven", {"a": 1})
        service._faults.clear()
        chain: BaseException | None = caught.value
        while chain is not None:
            said += [str(chain), repr(chain), *map(str, chain.args)]
            chain = chain.__cause__ or chain.__context__
    await service.stop()
    with pytest.raises(ProviderAway) as caught:
        await wrong.get("seven")
    said += [str(caught.value), repr(caught.value.__context__)]
    await wrong.close()
    await asyncio.sleep(0)
    said += [record.getMessage() + str(record.args) + str(record.exc_text) for record in caplog.records]
    assert len(said) > 60
    for form in wrong.mask._values:
        assert not [each for each in said if form in each]
    assert "***" in "".join(said)
