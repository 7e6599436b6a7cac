"""The folder of rosters' files that people have brought: the file itself, and the rows of it that were left out. Knows
files; refuses to know what is in them.

Every method may take as long as a disk does: not for the loop.
"""

import os
from codecs import BOM_UTF8
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hub.errors import StoreError
from hub.reads_export import cell, written
from hub.roster_file_words import LEFT_OUT, Bad

FOLDER: Final = "rosters"
FILE: Final = ".file"
PROBLEMS: Final = ".csv"


class RosterFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, number: int) -> Path:
        return self.path / f"{number}{FILE}"

    def problems(self, number: int) -> Path:
        return self.path / f"{number}{PROBLEMS}"

    def keep(self, number: int, data: bytes) -> None:
        """Raises StoreError."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(self.file(number), data)
        except OSError as problem:
            raise StoreError(f"the file cannot be kept: {problem.strerror or problem}") from problem

    def begin_problems(self, number: int, headers: Sequence[str], delimiter: str = ",") -> None:
        """A table with no row yet: lines, reasons, and the row as it was. headers: of its columns. With a mark by which
        spreadsheets know the letters: it is opened, mended and brought again."""
        _create(self.problems(number), BOM_UTF8 + written([[*LEFT_OUT, *map(cell, headers)]], delimiter))

    def add_problems(self, number: int, rows: Sequence[Bad], delimiter: str = ",") -> None:
        """No program takes what stands in a cell for a formula."""
        lines = [[each.line, cell(each.reason), *map(cell, each.cells)] for each in rows]
        with self.problems(number).open("ab") as file:
            file.write(written(lines, delimiter))

    def remove(self, number: int) -> None:
        for path in (self.file(number), self.problems(number)):
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Removes all that an earlier hub has left there. Of files that are not ours it touches none."""
        if self.path.is_dir():
            for path in self.path.iterdir():
                if path.suffix in (FILE, PROBLEMS) and path.stem.isdecimal():
                    path.unlink(missing_ok=True)


def _create(path: Path, data: bytes) -> None:
    """A file that is its owner's alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
