"""How the log looks: one line an event, as text or as JSON. Knows logging only."""

import json
import logging
import sys
from datetime import UTC, datetime

from hub.config import Settings


class JsonLines(logging.Formatter):
    """One object a line: time, level, name, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "name": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


def set_up(settings: Settings) -> None:
    """On stderr: stdout is for what commands print."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.server.log_format == "json":
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
    logging.basicConfig(handlers=[handler], force=True)
    set_level(settings.server.log_level)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    # Its pool says in a traceback, again and again, what the drain says once: that PostgreSQL is away.
    logging.getLogger("asyncpg").setLevel(logging.ERROR)


def set_level(name: str) -> None:
    """How much is logged from now on: a word of `server.log_level`."""
    logging.getLogger().setLevel(name.upper())
