"""What processes of their own have in common, in which the hub reads what strangers have made: what they get to know of
the hub, and what they may take of the machine. Refuses to know what they read.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import hub

PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Of the hub's environment. Its settings may be there, too, with their passwords."""


def environment() -> dict[str, str]:
    """All that such a process gets of it."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**passed_on, "PYTHONPATH": str(Path(hub.__file__).parents[1])}


def step_back(nice: int, *, memory_bytes_max: int, cpu_s_max: int) -> None:
    """Reads come first; and no more of the machine is taken than is said: from here on no file is opened and no
    connection is made, whatever is made of this process."""
    with suppress(OSError, AttributeError):
        os.nice(nice)
    try:
        import resource  # noqa: PLC0415  absent on Windows
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes_max),
        (resource.RLIMIT_CPU, cpu_s_max),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS takes no limit of memory
            resource.setrlimit(what, (most, most))
