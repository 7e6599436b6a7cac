"""How a part of the stores that works without end ends: with words, for who asks after it, and with one kind of error.
Knows no part."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.errors import StoreError


@contextmanager
def failing(tell: Callable[[str], None], what: str, log: logging.Logger) -> Iterator[None]:
    """Around the work of such a part: `tell` hears in words why it has ended. What is no StoreError is a fault of ours:
    it is logged, and raised as one that says that `what` has failed. Being cancelled is no end to tell of."""
    try:
        yield
    except StoreError as problem:
        tell(str(problem))
        raise
    except Exception as problem:
        words = f"{what} has failed: {problem!r}"
        tell(words)
        log.exception(words)
        raise StoreError(words) from problem
