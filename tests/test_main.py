"""`python -m hub` is `racehub`."""

from pathlib import Path

from hub import __version__
from tests.serving import hub_process


async def test_it_is_the_command(tmp_path: Path) -> None:
    async with hub_process("version", folder=tmp_path) as process:
        assert await process.end() == (0, f"{__version__}\n", "")


async def test_exit_codes_come_through(tmp_path: Path) -> None:
    async with hub_process("dance", folder=tmp_path) as process:
        code, out, err = await process.end()
        assert (code, out) == (2, "") and "dance" in err
