"""Work beside the requests."""

import asyncio
import logging
from typing import Any

import pytest

from hub import jobs
from hub.accounts import MACHINE_CALLER, OPERATOR, Caller
from hub.errors import Conflict, FileFormatError, NotFound, StoreAway, TooMany
from hub.jobs import CANCELLED, DONE, FAILED, KEPT_MAX, KEPT_US, RUNNING, RUNNING_MAX, Job, Jobs, Progress

OWN = Caller(1, 1, OPERATOR, "a@x.example")
OTHER = Caller(2, 2, OPERATOR, "b@x.example")


class Clock:
    def __init__(self) -> None:
        self.now_us = 0
        self.last = 100

    def __call__(self) -> int:
        return self.now_us

    def number(self) -> int:
        self.last += 1
        return self.last


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(clock: Clock) -> Jobs:
    return Jobs(clock, clock.number)


async def quick(progress: Progress) -> dict[str, Any]:
    progress(1, 3, "reading")
    progress(2)
    return {"rows": 3}


async def endless(progress: Progress) -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def ended(job: Job) -> Job:
    await job.over()
    return job


async def test_one_that_is_done(kept: Jobs, clock: Clock) -> None:
    clock.now_us = 5
    job = kept.start(1, "roster", 7, quick)
    assert (job.id, job.partner_id, job.kind, job.session_id, job.status) == (101, 1, "roster", 7, RUNNING)
    assert (job.started_us, job.ended_us) == (5, None)
    clock.now_us = 9
    await job.over()
    assert (job.status, job.result, job.error, job.ended_us) == (DONE, {"rows": 3}, None, 9)
    assert (job.done, job.total, job.words) == (2, 3, "reading")


FAILURES: list[tuple[Exception, tuple[str, str, str | None]]] = [
    (Conflict("there is one", field="bib"), ("conflict", "there is one", "bib")),
    (StoreAway("PostgreSQL is away"), ("unavailable", "PostgreSQL is away", None)),
    (FileFormatError("a.csv: empty"), ("failed", "a.csv: empty", None)),
    (RuntimeError("secret"), ("internal", jobs.FAULT_TEXT, None)),
]


@pytest.mark.parametrize("problem, error", FAILURES, ids=lambda each: type(each).__name__)
async def test_one_that_fails_says_why(
    kept: Jobs, problem: Exception, error: tuple[str, str, str | None], caplog: pytest.LogCaptureFixture
) -> None:
    async def work(progress: Progress) -> dict[str, Any]:
        raise problem

    with caplog.at_level(logging.WARNING):
        job = await ended(kept.start(1, "roster", 7, work))
    assert (job.status, job.result, job.error) == (FAILED, None, error)
    assert [each.levelname for each in caplog.records] == ["ERROR" if error[0] == "internal" else "WARNING"]


async def test_cancelled_by_those_who_see_it(kept: Jobs) -> None:
    job = kept.start(1, "roster", 7, endless)
    with pytest.raises(NotFound):
        await kept.cancel(OTHER, job.id)
    assert job.status == RUNNING
    assert await kept.cancel(OWN, job.id) is job
    assert (job.status, job.result, job.error) == (CANCELLED, None, None)
    done = await ended(kept.start(1, "roster", 7, quick))
    assert (await kept.cancel(OWN, done.id)).status == DONE


async def test_cancelled_before_it_had_begun(kept: Jobs) -> None:
    job = kept.start(1, "roster", 7, endless)
    assert job._task is not None
    job._task.cancel()
    await job.over()
    assert job.status == CANCELLED and job.ended_us is not None


async def test_who_sees_which(kept: Jobs) -> None:
    words = ((1, "a", 7), (1, "b", 8), (2, "c", 7))
    first, second, foreign = [await ended(kept.start(*each, quick)) for each in words]
    assert kept.jobs(OWN) == [second, first] and kept.jobs(OWN, 7) == [first]
    assert kept.jobs(MACHINE_CALLER, 7) == [foreign, first]
    assert kept.job(OTHER, foreign.id) is foreign
    for by, number in ((OWN, foreign.id), (OWN, 4)):
        with pytest.raises(NotFound, match=f"no job {number}"):
            kept.job(by, number)


async def test_so_many_at_once_for_each_partner(kept: Jobs) -> None:
    running = [kept.start(1, "roster", 7, endless) for _ in range(RUNNING_MAX)]
    with pytest.raises(TooMany) as problem:
        kept.start(1, "roster", 7, quick)
    assert problem.value.retry_s
    kept.start(2, "roster", 8, endless)
    await kept.cancel(OWN, running[0].id)
    assert (await ended(kept.start(1, "roster", 7, quick))).status == DONE
    await kept.close()
    assert {each.status for each in kept.jobs(MACHINE_CALLER)} == {CANCELLED, DONE}


async def test_forgotten_when_they_are_old_or_many(kept: Jobs, clock: Clock) -> None:
    going_on = kept.start(1, "roster", 7, endless)
    old = await ended(kept.start(1, "roster", 7, quick))
    clock.now_us = KEPT_US + 1
    with pytest.raises(NotFound):
        kept.job(OWN, old.id)
    assert kept.job(OWN, going_on.id) is going_on
    later = [await ended(kept.start(1, "roster", 7, quick)) for _ in range(KEPT_MAX + 2)]
    assert len(kept.jobs(OWN)) == KEPT_MAX + 1
    assert later[0] not in kept.jobs(OWN) and later[-1] in kept.jobs(OWN)
    await kept.close()
