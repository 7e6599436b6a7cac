"""All fuzz targets, in one table: for Hypothesis in the test run, and for atheris (`make fuzz`).

A target takes any bytes and returns, or raises what breaks its invariant, which is the first line of its docstring.
"""

from collections.abc import Callable
from typing import Final

from tests.fuzz import (
    asked,
    clients,
    configs,
    connections,
    files,
    kept,
    old,
    pictures,
    reads,
    streams,
    templates,
)

TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "lines": streams.lines,
    "ct01": reads.ct01_line,
    "time": reads.time_text,
    "way": reads.way,
    "server": streams.server,
    "client": clients.client,
    "tags": files.tags,
    "markers": files.markers,
    "plan": files.plan,
    "roster": files.roster,
    "template": templates.template,
    "image": pictures.image,
    "config": configs.config,
    "screen": asked.screen,
    "change": asked.change,
    "query": asked.query,
    "http": connections.http,
    "upload": connections.upload,
    "frames": connections.frames,
    "old": old.template,
    "journal_group": kept.journal_group,
    "journal_file": kept.journal_file,
}
