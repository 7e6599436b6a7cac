"""The inputs that are kept: a few for each target to begin with, and each that once broke one."""

from pathlib import Path
from typing import Final

SAMPLES: Final = Path(__file__).parent / "samples"


def paths(name: str) -> list[Path]:
    return sorted((SAMPLES / name).iterdir())
