"""The README's tables of addresses and pages are those of the hub: every one, with its method and the least role that
gets there, and no other. So are its errors."""

import re
from pathlib import Path
from typing import Final

from hub.errors import CallerError
from hub.web.auth import WITH_CODE
from hub.web.routes import ROUTES

TEXT: Final = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
IN_TABLES: Final = ("/api/", "/ws/", "/health", "/status")
WHO: Final = {WITH_CODE: "who has the code"}


def test_every_address_and_who_may_come_there() -> None:
    said: dict[tuple[str, str], str] = {}
    for row in re.findall(r"^\| (`[A-Z]+ /.*) \|$", TEXT, re.MULTILINE):
        addresses, who, _ = row.split(" | ", 2)
        for method, path in re.findall(r"`([A-Z]+) (/[^`]+)`", addresses):
            assert (method, path) not in said
            said[method, path] = who
    tabled = [each for each in ROUTES if each.path.startswith(IN_TABLES)]
    assert said == {(each.method, each.path): WHO.get(each.least, each.least) for each in tabled}


def test_every_page() -> None:
    said: dict[str, str] = {}
    for pages, who in re.findall(r"^\| (`/.*?) \| (.*?) \| .* \|$", TEXT, re.MULTILINE):
        said |= dict.fromkeys(re.findall(r"`(/[^`]*)`", pages), who)
    pages = [each for each in ROUTES if not each.path.startswith((*IN_TABLES, "/static/", "/front/"))]
    assert said == {each.path: WHO.get(each.least, each.least) for each in pages}


def test_every_error() -> None:
    said = set(re.findall(r"(\d{3}) `([a-z_]+)`", TEXT))
    assert said == {(str(each.status), each.code) for each in CallerError.__subclasses__()}
