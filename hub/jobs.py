"""Work that takes longer than a request: who began it, how far it is, what came of it. In memory, and forgotten an hour
after its end. Knows tasks; refuses to know what they do.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from hub.accounts import Caller
from hub.errors import CallerError, HubError, NotFound, StoreAway, TooMany, Unavailable

log = logging.getLogger(__name__)

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"

RUNNING_MAX: Final = 4
"""Of one partner, at once: each may hold a child process and a connection to the database."""
KEPT_US: Final = 3600 * 1_000_000
KEPT_MAX: Final = 100
"""Of one partner that have ended: the first go first."""
RETRY_S: Final = 5
FAULT_TEXT: Final = "The hub has a fault; it is in its log. Reads are not affected."


class Progress(Protocol):
    """How far it is: `done` of `total` (None: nobody knows), and at what. What is not said is as it was."""

    def __call__(self, done: int, total: int | None = None, words: str | None = None) -> None: ...


Result = dict[str, Any]
"""JSON, as whoever began it reads it."""
Work = Callable[[Progress], Coroutine[Any, Any, Result]]


class Job:
    """One of them. `session_id` 0: it is of none. `result`: of one that is done. `error`: of one that failed: its code,
    words for people, and which input they are about (None: of none)."""

    def __init__(self, number: int, partner_id: int, kind: str, session_id: int, now_us: int) -> None:
        self.id = number
        self.partner_id = partner_id
        self.kind = kind
        self.session_id = session_id
        self.status = RUNNING
        self.done = 0
        self.total: int | None = None
        self.words = ""
        self.result: Result | None = None
        self.error: tuple[str, str, str | None] | None = None
        self.started_us = now_us
        self.ended_us: int | None = None
        self._task: asyncio.Task[None] | None = None

    def progress(self, done: int, total: int | None = None, words: str | None = None) -> None:
        self.done = done
        self.total = self.total if total is None else total
        self.words = self.words if words is None else words

    async def over(self) -> None:
        """Waits for its end, whatever that is; a caller that stops waiting leaves it as it is."""
        if self._task is not None:
            await asyncio.wait({self._task})


class Jobs:
    """`new_id`: numbers that no job of an earlier hub had: whoever still asks for that one is told that it is gone."""

    def __init__(self, now_us: Callable[[], int], new_id: Callable[[], int]) -> None:
        # shared
        self._now_us = now_us
        self._new_id = new_id
        # state
        self._jobs: dict[int, Job] = {}

    def start(self, partner_id: int, kind: str, session_id: int, work: Work) -> Job:
        """Begins it. Raises TooMany when this partner has as many as it may."""
        self._forget()
        running = [each for each in self._of(partner_id) if each.status == RUNNING]
        if len(running) >= RUNNING_MAX:
            raise TooMany(
                f"{RUNNING_MAX} jobs are running already; wait for one of them, or cancel it", retry_s=RETRY_S
            )
        job = Job(self._new_id(), partner_id, kind, session_id, self._now_us())
        self._jobs[job.id] = job
        job._task = asyncio.create_task(self._run(job, work))
        job._task.add_done_callback(lambda _: self._end(job))
        return job

    def job(self, by: Caller, number: int) -> Job:
        """Raises NotFound."""
        self._forget()
        found = self._jobs.get(number)
        if found is None or not by.sees(found.partner_id):
            raise NotFound(f"There is no job {number}.")
        return found

    def jobs(self, by: Caller, session_id: int | None = None) -> list[Job]:
        """Those of one session, or all that are there for the caller; the last begun first."""
        self._forget()
        return [
            each
            for each in reversed(self._jobs.values())
            if by.sees(each.partner_id) and session_id in (None, each.session_id)
        ]

    async def cancel(self, by: Caller, number: int) -> Job:
        """Gives it when it has ended: cancelled, or as it had ended before it could be."""
        job = self.job(by, number)
        if job._task is not None and job.status == RUNNING:
            job._task.cancel()
            await job.over()
        return job

    async def close(self) -> None:
        """All of them end."""
        tasks = [job._task for job in self._jobs.values() if job._task is not None and job.status == RUNNING]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, job: Job, work: Work) -> None:
        try:
            job.result = await work(job.progress)
            job.status = DONE
        except StoreAway as problem:
            self._fail(job, Unavailable(str(problem)))
        except HubError as problem:
            self._fail(job, problem)
        except Exception:
            log.exception("job %d: %s of session %d failed", job.id, job.kind, job.session_id)
            job.status, job.error = FAILED, ("internal", FAULT_TEXT, None)

    def _end(self, job: Job) -> None:
        """Also of one that was cancelled before it had its first turn."""
        if job.status == RUNNING:
            job.status = CANCELLED
        job.ended_us = self._now_us()

    def _fail(self, job: Job, problem: HubError) -> None:
        code, field = (problem.code, problem.field) if isinstance(problem, CallerError) else ("failed", None)
        log.warning("job %d: %s of session %d failed: %s", job.id, job.kind, job.session_id, problem)
        job.status, job.error = FAILED, (code, str(problem), field)

    def _of(self, partner_id: int) -> list[Job]:
        return [each for each in self._jobs.values() if each.partner_id == partner_id]

    def _forget(self) -> None:
        """Those that ended long ago, and of many the first."""
        before = self._now_us() - KEPT_US
        ended: dict[int, list[Job]] = {}
        for job in self._jobs.values():
            if job.ended_us is not None:
                ended.setdefault(job.partner_id, []).append(job)
        for its in ended.values():
            for index, job in enumerate(its):
                if (job.ended_us or 0) < before or index < len(its) - KEPT_MAX:
                    del self._jobs[job.id]
