"""Rosters' files read beside the hub, each in a process of its own (hub/roster_reading.py), frame by frame. Knows
processes, pipes and time; refuses to know what a roster is.

A frame is taken from the pipe when somebody wants it: what applies the rows slowly is not overrun, and of the file no
more is in memory than that. The process is started by a thread, as those of pictures are (hub/imaging_jobs.py).
"""

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import IO, Final, TypeVar

import msgspec

from hub.child import environment
from hub.errors import FileFormatError, Unavailable
from hub.roster_file_words import End, Fault, Frame, Look, Piece, Wanted, Wrong
from hub.roster_reading import LENGTH

log = logging.getLogger(__name__)

AT_ONCE_MAX: Final = 2
"""Files: each takes a processor for some seconds."""
WAITING_MAX: Final = 16
FRAME_S_MAX: Final = 60.0
"""From one frame to the next: the first comes when all of the file was looked at."""
FRAME_BYTES_MAX: Final = 64 << 20
"""Of 250 rows with two hundred long cells each."""
FAULT_CHARS_MAX: Final = 2000
COMMAND: Final = (sys.executable, "-P", "-s", "-m", "hub.roster_reading")
FAILED: Final = "this file cannot be read: it takes more memory or time than a roster may; save it as CSV"
BUSY: Final = "Many rosters are being read at once; try again in a moment."
STOPPING: Final = "The hub is stopping; the file was not read."

T = TypeVar("T")


class Reader:
    """`command`: what reads; `frame_s_max`: how long it may take from one frame to the next."""

    def __init__(self, command: tuple[str, ...] = COMMAND, frame_s_max: float = FRAME_S_MAX) -> None:
        # limits
        self._command = command
        self._frame_s_max = frame_s_max
        # state
        self._threads = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="rosters")
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)
        self._running: set[_Process] = set()
        self._waiting = 0
        self._closed = False

    async def look(self, path: Path, wanted: Wanted) -> Look:
        """What a file is like. Raises FileFormatError, Unavailable."""
        async with aclosing(self._frames(path, msgspec.structs.replace(wanted, look=True))) as frames:
            async for frame in frames:
                if isinstance(frame, Look):
                    return frame
        raise FileFormatError(f"{wanted.name}: {FAILED}")

    async def rows(self, path: Path, wanted: Wanted) -> AsyncGenerator[Piece | End, None]:
        """All rows, and an End. Raises FileFormatError, Unavailable. To be closed by whoever leaves it before that."""
        async with aclosing(self._frames(path, wanted)) as frames:
            async for frame in frames:
                if isinstance(frame, Piece | End):
                    yield frame

    def close(self) -> None:
        """What is on its way is ended."""
        self._closed = True
        for process in self._running:
            process.end()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _frames(self, path: Path, wanted: Wanted) -> AsyncGenerator[Frame, None]:
        if self._waiting >= WAITING_MAX:
            raise Unavailable(BUSY)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        process = _Process((*self._command, msgspec.json.encode(wanted).decode()))
        self._running.add(process)
        try:
            await self._in_thread(process.start, path)
            while (frame := await self._in_thread(process.frame)) is not None:
                if isinstance(frame, Wrong):
                    raise FileFormatError(frame.message)
                if isinstance(frame, Fault):
                    log.error("a roster was not read: %s", frame.words[-FAULT_CHARS_MAX:])
                    raise FileFormatError(f"{wanted.name}: {FAILED}")
                yield frame
                if isinstance(frame, Look | End):
                    return
            if self._closed:
                raise Unavailable(STOPPING)
            log.warning("what read a roster ended too early: %s", process.why)
            raise FileFormatError(f"{wanted.name}: {FAILED}")
        except TimeoutError:
            log.warning("what reads a roster took more than %g s for some rows", self._frame_s_max)
            raise FileFormatError(f"{wanted.name}: {FAILED}") from None
        except OSError as problem:
            raise Unavailable(f"Rosters cannot be read now: {problem.strerror or problem}.") from problem
        finally:
            process.end()
            self._running.discard(process)
            self._turns.release()

    async def _in_thread(self, work: Callable[..., T], *words: object) -> T:
        if self._closed:
            raise Unavailable(STOPPING)
        try:
            async with asyncio.timeout(self._frame_s_max):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work, *words)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._closed and task is not None and not task.cancelling():
                raise Unavailable(STOPPING) from None  # it had no thread yet
            raise


class _Process:
    """One process. `start` and `frame` are called in a thread, one at a time. `why`: what its end was like."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._over = False
        self._decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)
        self.why = ""

    def start(self, path: Path) -> None:
        """Raises OSError."""
        with self._lock, path.open("rb") as file:
            if not self._over:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=file,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment(),
                    start_new_session=True,  # Ctrl-C on the terminal is the hub's alone
                )

    def frame(self) -> Frame | None:
        """The next one; None: there is none any more."""
        process = self._process
        if process is None or process.stdout is None:
            return None
        try:
            data = _read(process.stdout)
            if data is not None:
                return self._decoder.decode(data)
            self.why = f"it ended with {process.wait()}"
        except ValueError as problem:  # also msgspec's
            self.why = f"what it answers is no frame: {problem}"
        return None

    def end(self) -> None:
        with self._lock:
            if self._process is not None and not self._over:
                self._process.kill()
                threading.Thread(target=_reap, args=(self._process,), daemon=True).start()
            self._over = True


def _reap(process: "subprocess.Popen[bytes]") -> None:
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _read(stream: IO[bytes]) -> bytes | None:
    """One frame's bytes; None: it was cut off."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    if size > FRAME_BYTES_MAX:
        raise ValueError(f"{size} bytes")
    data = stream.read(size)
    return data if len(data) == size else None
