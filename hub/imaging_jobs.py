"""Pictures decoded beside the hub, each in a process of its own that knows nothing of it. Knows processes and their
limits; refuses to know pictures.

The process is started by a thread: uvloop would copy the hub's page tables on the loop, 20 to 30 ms in which no screen
hears of anything, where `subprocess` has two.
"""

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from hub import imaging_wire
from hub.child import environment
from hub.errors import Invalid, Unavailable
from hub.image_words import KEPT_BYTES_MAX, Crop, Picture
from hub.imaging_wire import Broken

log = logging.getLogger(__name__)

AT_ONCE_MAX: Final = 2
"""Jobs: each takes a processor for up to ten seconds."""
WAITING_MAX: Final = 16
"""Each has its file in memory meanwhile."""
JOB_S_MAX: Final = 60.0
ANSWER_BYTES_MAX: Final = KEPT_BYTES_MAX + (2 << 20)
"""The picture, its thumbnail, and what is said of them."""
FAULT_CHARS_MAX: Final = 2000
COMMAND: Final = (sys.executable, "-P", "-s", "-m", "hub.imaging")
FAILED: Final = (
    "file: this picture could not be decoded, so it was refused; save it anew with another program"
)
SLOW: Final = "file: this picture takes too long to be decoded; give it fewer pixels or frames"
STOPPING: Final = "The hub is stopping; the picture was not kept."
BUSY: Final = "Many pictures are being uploaded at once; try again in a moment."


class Jobs:
    """`command`: what decodes; `seconds_max`: how long it may take."""

    def __init__(self, command: tuple[str, ...] = COMMAND, seconds_max: float = JOB_S_MAX) -> None:
        # limits
        self._command = command
        self._seconds_max = seconds_max
        # state
        self._threads = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="imaging")
        self._running: set[_Job] = set()
        self._closed = False

    async def made(self, data: bytes, partner_id: int, crop: Crop | None = None) -> Picture:
        """As `hub.imaging.made`, of another process. Raises Invalid, Unavailable. What is cancelled is ended."""
        if len(self._running) >= AT_ONCE_MAX + WAITING_MAX:
            raise Unavailable(BUSY)
        if self._closed:
            raise Unavailable(STOPPING)
        job = _Job(self._command, self._seconds_max)
        self._running.add(job)
        try:
            loop = asyncio.get_running_loop()
            words = imaging_wire.job(partner_id, crop, data)
            answer = await loop.run_in_executor(self._threads, job.run, words)
            return await loop.run_in_executor(None, imaging_wire.read_answer, answer)
        except Broken as problem:
            if self._closed:
                raise Unavailable(STOPPING) from problem
            log.warning(
                "a picture of %d bytes was not decoded: %s", len(data), str(problem)[:FAULT_CHARS_MAX]
            )
            raise Invalid(SLOW if job.late else FAILED, field="file") from problem
        except OSError as problem:
            raise Unavailable(f"Pictures cannot be decoded now: {problem.strerror or problem}.") from problem
        finally:
            job.end()
            self._running.discard(job)

    def close(self) -> None:
        """What is on its way is ended."""
        self._closed = True
        for job in self._running:
            job.end()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Job:
    """One process. `late`: it was ended for its time."""

    def __init__(self, command: tuple[str, ...], seconds_max: float) -> None:
        self._command = command
        self._seconds_max = seconds_max
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._over = False
        self.late = False

    def run(self, words: Sequence[bytes]) -> bytes:
        """In a thread. Gives what it has answered; raises Broken when that is not all, OSError when there is no
        process to be had."""
        with self._lock:
            if self._over:
                raise Broken("nobody waits for it any more")
            process = self._process = _started(self._command)
        timer = threading.Timer(self._seconds_max, self._too_late)
        timer.start()
        try:
            answer = _talked(process, words)
        finally:
            timer.cancel()
            process.kill()
            code = process.wait()
            with self._lock:
                self._over = True
        if code != 0:
            raise Broken(
                f"it took too long ({self._seconds_max:g} s)" if self.late else f"it ended with {code}"
            )
        return answer

    def end(self) -> None:
        with self._lock:
            if not self._over and self._process is not None:
                self._process.kill()
            self._over = True

    def _too_late(self) -> None:
        self.late = True
        self.end()


def _started(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,  # Ctrl-C on the terminal is the hub's alone
    )


def _talked(process: subprocess.Popen[bytes], words: Sequence[bytes]) -> bytes:
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.writelines(words)
    with process.stdout:
        answer = process.stdout.read(ANSWER_BYTES_MAX + 1)
    if len(answer) > ANSWER_BYTES_MAX:
        raise Broken("its answer is too long")
    process.wait()
    return answer
