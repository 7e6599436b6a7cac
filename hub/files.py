"""How many files this process may hold open: every socket is one. Knows the system's limit; refuses to know who opens
what.

Linux gives a process 1024 unless it asks for more, which is fewer than a large venue has screens. What the web may
take of the limit leaves FILES_KEPT for the readers, the journal and PostgreSQL: at the limit a hub that cannot open
its journal would be worse than one that refuses a screen.
"""

import logging
from types import ModuleType
from typing import Final

log = logging.getLogger(__name__)

FILES_MAX: Final = 1 << 20
"""More is never asked for: programs that the hub starts close all numbers up to the limit, one by one."""
FILES_KEPT: Final = 1280
"""For what is no web connection: a port full of readers (CONNECTIONS_MAX of hub/listener.py), and more than journal,
PostgreSQL and log take."""
UNLIMITED: Final = FILES_MAX


def claim(displays: int) -> int:
    """Raises the limit as far as this user may; gives it, and says so, and whether it is enough for so many screens."""
    found = _raised()
    if displays > spare():
        log.warning(
            "this process may open %d files: enough for %d screens and pages, not for limits.displays = %d;"
            " raise the limit (ulimit -n, LimitNOFILE=)",
            found,
            spare(),
            displays,
        )
    else:
        log.info("this process may open %d files", found)
    return found


def limit() -> int:
    """The limit as it is; UNLIMITED where there is none."""
    resource = _resource()
    if resource is None:
        return UNLIMITED
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return UNLIMITED if soft == resource.RLIM_INFINITY else min(int(soft), UNLIMITED)


def spare() -> int:
    """How many of them the web's connections may be."""
    found = limit()
    return max(found - FILES_KEPT, found // 2)


def _raised() -> int:
    resource = _resource()
    if resource is None:
        return UNLIMITED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, FILES_MAX)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limit()
    for each in (wanted, max(soft, 10_240)):  # macOS says "unlimited", and takes no more than this
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (each, hard))
        except (ValueError, OSError) as problem:
            log.debug("the system does not let this process open %d files: %s", each, problem)
        else:
            break
    return limit()


def _resource() -> ModuleType | None:
    try:
        import resource  # noqa: PLC0415  absent on Windows
    except ImportError:
        return None
    return resource
