"""Templates for tests: small ones of the builder's kind, as JSON that may be sent."""

from typing import Any

import msgspec

from hub import template_words
from hub.template_words import Content


def template(text: str = "{{name}}", **changes: Any) -> dict[str, Any]:
    """One with a text while somebody is shown."""
    block = {"kind": "text", "id": "name", "x": 80, "y": 400, "w": 1760, "h": 280, "text": text}
    return {
        "format": "racehub-3",
        "canvas": {"width": 1920, "height": 1080},
        "active": {"blocks": [block]},
    } | changes


def content(text: str = "{{name}}", **changes: Any) -> Content:
    """The same as it is kept."""
    return template_words.decoded(msgspec.json.encode(template(text, **changes)))
