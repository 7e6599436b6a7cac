"""Templates of the predecessor, in all the shapes that its programs wrote, as one shape. Knows those shapes and their
damages; refuses to know what is harmless of HTML.

Takes some milliseconds, and up to half a second of what was made to take long: not on the loop.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from hub import old_html
from hub.errors import Invalid
from hub.old_css import Removed
from hub.template_words import HTML_BYTES_MAX, SIDE_PX_MAX, SIDE_PX_MIN, OldState, OldTemplate

WIDTH_PX, HEIGHT_PX = 1920, 1080
"""Of a template that does not say for which canvas it was drawn."""
NOTHING: Final = "There is no template in it: expected html, content, or an activeState with html."
_STATES_IN_STATES_MAX: Final = 3
"""A state may be JSON in a text, and have its HTML in one again."""
_DAMAGED: Final = ("[object object]", "undefined", "null")
_ROOT: Final = re.compile(r"<[^>]*\blayout-root\b[^>]*>")
_SIDE: Final = re.compile(r"\s*(\d{1,9})(?:\.\d*)?\s*(?:px)?\s*")
_CAMEL: Final = re.compile("(?<=[a-z])[A-Z]")


def read(body: Mapping[str, Any]) -> tuple[OldTemplate, list[str]]:
    """The template, and what was taken out of it, in words. What comes out is read again as it is. Raises Invalid,
    also where there is nothing to show."""
    removed = Removed()
    body = _opened(body)
    active = _state(body.get("activeState"), body, removed) or _state(body, body, removed)
    resting = _state(body.get("restingState"), body, removed, empty=True)
    if active is None and resting is not None and resting.html:
        removed.add("an active state without html", "{} active states without html")
        active, resting = resting, None
    if active is None:
        raise Invalid(NOTHING, field="html")
    return OldTemplate(active=active, resting=resting), removed.words()


def _opened(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a program has put into a text, as a whole, once or twice."""
    for _ in range(_STATES_IN_STATES_MAX):
        inner = next(
            (found for key in ("content", "html") if (found := _object(body.get(key))) is not None), None
        )
        if inner is None:
            break
        body = {**body, "html": None, "content": None, **inner}
    return body


def _object(value: Any) -> Mapping[str, Any] | None:
    """An object, or one that is written in a text."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, Mapping) else None


def _state(given: Any, body: Mapping[str, Any], removed: Removed, *, empty: bool = False) -> OldState | None:
    """None: it has no HTML. `empty`: one that says so itself, that nothing is shown, is one."""
    state: Mapping[str, Any] = _object(given) or {"html": given}
    texts = [text for key in ("html", "content") if (text := _html(state.get(key))) is not None]
    html = next(filter(str.strip, texts), "" if empty and texts else None)
    if html is None:
        return None
    css = _html(state.get("css")) or ""
    ground = _ground(state.get("backgroundStyles"))
    if ground:
        html, css = _grounded(html, f"{css}\n.layout-root{{{ground}}}")
    cleaned = old_html.clean(html, removed, css=css)
    if not _shows(cleaned) and not (empty and not cleaned):
        return None
    if len(cleaned.encode()) > HTML_BYTES_MAX:
        raise Invalid(f"html: expected at most {HTML_BYTES_MAX} bytes", field="html")
    width = _side(state.get("canvasWidth"), body.get("canvasWidth"), *_drawn("w", cleaned))
    height = _side(state.get("canvasHeight"), body.get("canvasHeight"), *_drawn("h", cleaned))
    return OldState(html=cleaned, width=width or WIDTH_PX, height=height or HEIGHT_PX)


def _html(value: Any) -> str | None:
    """None: it is no text, or one that a program has left where a text should be."""
    if not isinstance(value, str):
        return None
    text: str = (
        value.replace("\0", "").encode("utf-8", "replace").decode()
    )  # lone surrogates are no text either
    return None if text.strip().lower() in _DAMAGED else text


def _shows(cleaned: str) -> bool:
    """Not where all that is left is what a program has left there, or a text that is no HTML."""
    text = cleaned.strip()
    return bool(text) and text.lower() not in _DAMAGED and _object(text) is None


def _grounded(html: str, css: str) -> tuple[str, str]:
    return (html if _ROOT.search(html) else f'<div class="layout-root">{html}</div>'), css


def _ground(styles: Any) -> str:
    """The declarations of the canvas itself: a text, or an object as scripts write it, with humps."""
    if isinstance(styles, str):
        return "" if styles.strip().lower() in _DAMAGED or "}" in styles else styles
    if not isinstance(styles, Mapping):
        return ""
    pairs = ((str(name), value) for name, value in styles.items() if isinstance(value, str | int | float))
    return ";".join(
        f"{_CAMEL.sub(lambda hump: '-' + hump[0].lower(), name)}:{value}"
        for name, value in pairs
        if value != "" and not set("{}") & set(f"{name}{value}")
    )


def _drawn(side: str, html: str) -> list[str]:
    """The side that the root says."""
    root = _ROOT.search(html)
    found = re.search(rf'\bdata-design-{side}="([^"]*)"', root[0]) if root else None
    return [found[1]] if found else []


def _side(*given: Any) -> int | None:
    """The first that is the side of a canvas: numbers may stand in texts."""
    for each in given:
        found = _SIDE.fullmatch(str(each)) if isinstance(each, str | int | float) else None
        if found and SIDE_PX_MIN <= int(found[1]) <= SIDE_PX_MAX:
            return int(found[1])
    return None
