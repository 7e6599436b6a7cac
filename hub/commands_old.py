"""What `racehub take-over` does: the predecessor's saved templates and uploads into the hub that runs. Knows its
folders; refuses to know what is in a file: the hub decodes, and says what it does not take.

All of it may be done again: what is there already stays as it is.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from hub import folder
from hub.commands import ask
from hub.config import Settings
from hub.errors import HubError

TEMPLATE_FOLDERS: Final = ("saved_templates", "templates", ".")
UPLOAD_FOLDERS: Final = ("static/uploads", "uploads", "frontend/dist/static/uploads", "dist/static/uploads")
"""Where its generations have them, beneath the folder that is named; the first that is there is the one."""
THUMBNAILS: Final = "thumbnails"
PICTURES: Final = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}
FILES_MAX: Final = 20_000


@dataclass(slots=True)
class Found:
    """templates: by name, of two files of one name the `.json`. uploads: without thumbnails, which the hub makes."""

    templates: dict[str, Path] = field(default_factory=dict)
    uploads: list[Path] = field(default_factory=list)


@dataclass(slots=True)
class TakenOver:
    """problems: (file, why it was left out)."""

    templates: int = 0
    uploads: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def found(place: Path) -> Found:
    """Raises HubError when there is nothing of the predecessor's."""
    if not place.is_dir():
        raise HubError(
            f"{place}: expected the predecessor's folder, with saved_templates or static/uploads in it"
        )
    all_ = Found()
    for path in _files(place, TEMPLATE_FOLDERS, {".html", ".json"}):
        held = all_.templates.get(path.stem)
        if held is None or path.suffix.lower() == ".json":
            all_.templates[path.stem] = path
    all_.uploads = _files(place, UPLOAD_FOLDERS, PICTURES)
    if not all_.templates and not all_.uploads:
        raise HubError(
            f"{place}: neither saved_templates with .json or .html in it, nor static/uploads with pictures"
        )
    return all_


async def take_over(
    settings: Settings, all_: Found, partner: str | None, on_file: Callable[[Path], None]
) -> TakenOver:
    """Pictures first: templates show them. Raises HubError when no hub runs, or when it does not answer."""
    hub = folder.running(settings.data_path)
    if hub is None:
        raise HubError("no hub runs with this configuration; start it first: racehub serve")
    done = TakenOver()
    for path in all_.uploads:
        on_file(path)
        if await _did(done, path, _upload(settings, hub, path, partner)):
            done.uploads += 1
    for name, path in all_.templates.items():
        on_file(path)
        if await _did(done, path, _template(settings, hub, name, path, partner)):
            done.templates += 1
    return done


async def _did(done: TakenOver, path: Path, work: Any) -> bool:
    """Whether the hub has taken it; else why not is written down."""
    try:
        await work
    except (HubError, OSError, ValueError) as problem:
        done.problems.append((path.name, str(problem)))
        return False
    return True


async def _upload(settings: Settings, hub: dict[str, Any], path: Path, partner: str | None) -> None:
    form = aiohttp.FormData(quote_fields=False)  # names have spaces and umlauts, and are to keep them
    form.add_field("file", await asyncio.to_thread(path.read_bytes), filename=path.name)
    query = f"?keep_names=1{f'&partner={partner}' if partner else ''}"
    await ask(settings, hub, "POST", f"/api/upload-image{query}", form=form)


async def _template(
    settings: Settings, hub: dict[str, Any], name: str, path: Path, partner: str | None
) -> None:
    text = await asyncio.to_thread(path.read_text, "utf-8", "replace")
    body = json.loads(text) if path.suffix.lower() == ".json" else {"html": text}
    if not isinstance(body, dict):
        raise HubError("expected a template: an object with html, content, or activeState and restingState")
    more = {"partner": partner} if partner else {}
    await ask(settings, hub, "POST", "/api/templates", body={**body, "name": name, **more})


def _files(place: Path, folders: Iterable[str], endings: set[str]) -> list[Path]:
    """Those of the first folder that has any, by name."""
    for each in folders:
        folder_ = place / each
        if folder_.is_dir():
            paths = sorted(
                path for path in folder_.iterdir() if path.suffix.lower() in endings and path.is_file()
            )
            if paths:
                return paths[:FILES_MAX]
    return []
