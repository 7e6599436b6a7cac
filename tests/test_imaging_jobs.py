"""Pictures decoded in processes of their own: what such a process does to itself, and what the hub makes of it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms

from hub import imaging, imaging_jobs
from hub.errors import Invalid, Unavailable
from hub.image_words import Crop
from hub.imaging_jobs import FAILED, SLOW, Jobs
from tests.pictures import drawn, encoded, film, read
from tests.running import until

PNG = encoded(drawn(), "PNG")


@asynccontextmanager
async def jobs(script: str = "", seconds_max: float = 30.0) -> AsyncIterator[Jobs]:
    """`script`: what the process does instead of decoding."""
    command = (sys.executable, "-c", script) if script else imaging_jobs.COMMAND
    made = Jobs(command, seconds_max)
    try:
        yield made
    finally:
        made.close()
    assert not made._running


def lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_is_the_same_as_here() -> None:
    """Also where Pillow loads another part of it, which it cannot there any more."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = encoded(drawn(), "MPO", save_all=True, append_images=[drawn()], exif=exif, icc_profile=colours)
    async with jobs() as made:
        for data, crop in ((photo, None), (film("GIF"), Crop(0, 0, 9, 9))):
            assert await made.made(data, 7, crop) == imaging.made(data, 7, crop)
        with pytest.raises(Invalid) as refused:
            await made.made(b"no picture", 7)
    assert (refused.value.message, refused.value.field) == (imaging.WHAT, "file")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import os; os.abort()", "ended with -6"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with -11"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
        ("import sys; sys.stdin.buffer.read(); sys.exit(3)", "ended with 3"),
        ("", "no whole answer"),
        ("print('hello')", "no whole answer"),
        (
            "import sys; sys.stdin.buffer.read()\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))",
            "too long",
        ),
    ],
)
async def test_one_that_dies(caplog: pytest.LogCaptureFixture, script: str, said: str) -> None:
    async with jobs(script or "pass") as made:
        with pytest.raises(Invalid) as refused:
            await made.made(PNG * 1000, 1)
    assert (refused.value.message, refused.value.field) == (FAILED, "file")
    assert said in caplog.text


@pytest.mark.parametrize(
    "script",
    ["import time; time.sleep(60)", "import sys; sys.stdin.close(); sys.stdout.close()\nwhile True: pass"],
)
async def test_one_that_never_ends(caplog: pytest.LogCaptureFixture, script: str) -> None:
    async with jobs(script, 0.3) as made:
        with pytest.raises(Invalid) as refused:
            await made.made(PNG, 1)
    assert refused.value.message == SLOW and "took too long (0.3 s)" in caplog.text


SHUT_IN = """
import errno, os, resource, socket, subprocess
from hub import imaging
imaging._step_back()
tried = {
    "a file": lambda: open("/etc/passwd"),
    "a connection": socket.socket,
    "a program": lambda: subprocess.run(["/bin/true"]),
    "memory": lambda: bytearray(2 << 30),
}
for name, attempt in tried.items():
    try:
        attempt()
    except (OSError, MemoryError) as problem:
        assert getattr(problem, "errno", errno.EMFILE) == errno.EMFILE, (name, problem)
    else:
        raise SystemExit(f"{name} is to be had")
assert resource.getrlimit(resource.RLIMIT_CPU) == (imaging.CPU_S_MAX, imaging.CPU_S_MAX)
os.abort()
"""
"""Ends by a signal when all is as it should be."""


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")
async def test_the_limits_that_it_gives_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Of memory and processor time; no file, no connection, no other program."""
    async with jobs(SHUT_IN) as made:
        with pytest.raises(Invalid, match=FAILED):
            await made.made(PNG, 1)
    assert "ended with -6" in caplog.text


async def test_it_knows_nothing_of_the_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings in the environment have passwords in them; an open file may be a reader's connection."""
    monkeypatch.setenv("RACEHUB_DATABASE__DSN", "postgresql://racehub:secret@db/racehub")
    told = tmp_path / "told"
    with (tmp_path / "held").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        script = (
            f"import json, os; json.dump([dict(os.environ), os.listdir('/dev/fd')], open({str(told)!r}, 'w'))"
        )
        async with jobs(script) as made:
            with pytest.raises(Invalid):
                await made.made(PNG, 1)
        environment, files = json.loads(told.read_text())
        assert {"PATH", "PYTHONPATH"} <= set(environment) and "secret" not in told.read_text()
        assert str(held.fileno()) not in files and {"0", "1", "2"} <= set(files)


async def test_a_fault_of_ours_is_in_the_log_and_the_sentence_is_the_callers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    script = "from hub import imaging; imaging._thumb = lambda _: 1 // 0; imaging.BROKEN = (); imaging.main()"
    async with jobs(script) as made:
        with pytest.raises(Invalid, match=FAILED):
            await made.made(PNG, 1)
    assert "ZeroDivisionError" in caplog.text


async def test_one_that_is_not_waited_for_is_ended(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        f"import os, time, pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    async with jobs(script) as made:
        work = asyncio.create_task(made.made(PNG, 1))
        await until(lambda: told.exists() and told.read_text())
        number = int(told.read_text())
        assert lives(number)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await until(lambda: not lives(number))


async def test_a_stop_ends_what_is_on_its_way(tmp_path: Path) -> None:
    async with jobs("import time; time.sleep(60)") as made:
        work = [asyncio.create_task(made.made(PNG, 1)) for _ in range(3)]
        await until(lambda: sum(each._process is not None for each in made._running) == 2)
        made.close()
        found = await asyncio.gather(*work, return_exceptions=True)
        with pytest.raises(Unavailable, match="The hub is stopping"):
            await made.made(PNG, 1)
    assert all(isinstance(each, Unavailable | asyncio.CancelledError) for each in found), found


async def test_two_at_once_and_others_wait(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(imaging_jobs, "WAITING_MAX", 3)
    go = tmp_path / "go"
    script = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)"
    async with jobs(script) as made:
        work = [asyncio.create_task(made.made(PNG, 1)) for _ in range(5)]
        await until(lambda: len(made._running) == 5)
        await until(lambda: sum(each._process is not None for each in made._running) == 2)
        with pytest.raises(Unavailable, match="Many pictures are being uploaded at once"):
            await made.made(PNG, 1)
        go.touch()
        found = await asyncio.gather(*work, return_exceptions=True)
    assert [type(each) for each in found] == [Invalid] * 5


async def test_there_is_no_process_to_be_had() -> None:
    made = Jobs(("/nowhere/python",))
    with pytest.raises(Unavailable, match=r"Pictures cannot be decoded now: No such file"):
        await made.made(PNG, 1)
    made.close()


async def test_the_loop_goes_on_meanwhile() -> None:
    """Screens hear of reads while pictures are decoded: a turn of the loop never waits for one."""
    turns: list[float] = []

    async def turn() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            turns.append(time.perf_counter() - before)

    async with jobs() as made:
        watching = asyncio.create_task(turn())
        data = encoded(drawn((1200, 900)), "PNG")
        found: list[Any] = await asyncio.gather(*(made.made(data, 1) for _ in range(3)))
        watching.cancel()
    assert [read(each.thumb).size for each in found] == [(320, 240)] * 3
    assert len(turns) > 50 and sorted(turns)[len(turns) // 2] < 0.02
