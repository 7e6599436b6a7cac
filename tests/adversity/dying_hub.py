"""A hub that is killed at one exact moment of its journal, from within: the real program, and a real SIGKILL.

`python -m tests.adversity.dying_hub before|after WORD NTH serve`: at the NTH statement to SQLite that begins with WORD.
"""

import os
import signal
import sqlite3
import sys
from functools import partial
from typing import Any

from hub import cli


class Moment:
    """When it dies."""

    def __init__(self, when: str, word: str, nth: int) -> None:
        self.when = when
        self._word = word
        self._left = nth

    def is_it(self, statement: str) -> bool:
        self._left -= statement.startswith(self._word)
        return not self._left


def connection_that_dies(moment: Moment) -> type[sqlite3.Connection]:
    """What takes the place of SQLite's own."""

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, *values: Any) -> Any:
            last = moment.is_it(statement)
            if last and moment.when == "before":
                die()
            result = super().execute(statement, *values)
            if last:
                die()
            return result

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any, **__: Any) -> Any:
            return super().cursor(Cursor)

        def execute(self, statement: str, *values: Any) -> Any:
            return self.cursor().execute(statement, *values)

    return Connection


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    when, word, nth = sys.argv[1:4]
    factory = connection_that_dies(Moment(when, word, int(nth)))
    vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=factory)
    sys.argv[1:4] = []
    cli.main()


if __name__ == "__main__":
    main()
