"""What is asked to be saved as a template: the builder's body, and those of the predecessor's pages. Knows their
shapes; what a template may say is in `hub.template_words`. Refuses to know whose it is.
"""

from typing import Annotated, Any, Final

import msgspec

from hub import old_templates, template_words
from hub.errors import Invalid
from hub.template_words import CONTENT_BYTES_MAX, Content, OldTemplate
from hub.web import bodies
from hub.web.bodies import Room

FIELDS: Final = (
    *("name", "html", "content", "css", "canvasWidth", "canvasHeight"),
    *("activeState", "restingState", "backgroundStyles", "partner"),
)
"""Of a form; states are JSON in a text there."""
NO_HTML: Final = "Missing name or html"
NO_CONTENT: Final = "Missing name or content"
NO_STATE: Final = "Missing name or active state html"
"""The predecessor's own words."""
ROOM: Final = Room(2 * CONTENT_BYTES_MAX, f"a body of {2 * CONTENT_BYTES_MAX} bytes")

Base = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class New(msgspec.Struct, forbid_unknown_fields=True):
    """`base`: the version that it was made from; 0: it is a new one; None: whatever there is. `partner`: a short name,
    for admins."""

    name: str
    template: msgspec.Raw
    base: Base | None = None
    partner: str | None = None


class Old(msgspec.Struct):
    """What is read of a body of the predecessor's beside the template itself."""

    name: str
    base: Base | None = None
    partner: str | None = None


class OldRefused(Invalid):
    """A body of the predecessor's that is no template: its pages show the words."""


class Asked(msgspec.Struct, frozen=True):
    """`removed`: what was taken out of it, in words."""

    name: str
    content: Content
    removed: list[str]
    base: int | None = None
    partner: str | None = None


def read(data: bytes) -> Asked:
    """A body of any shape. Takes its time: not for the loop. Raises Invalid."""
    keys = bodies.decode(data, dict[str, msgspec.Raw])
    if "template" in keys:
        new = bodies.decode(data, New)
        content, removed = clean(template_words.decoded(bytes(new.template)))
        return Asked(template_words.check_name(new.name), content, removed, new.base, new.partner)
    return _old(data)


def _old(data: bytes) -> Asked:
    """Raises OldRefused."""
    body = bodies.decode(data, dict[str, Any])
    if not body.get("name"):
        raise OldRefused(NO_STATE if "activeState" in body else NO_HTML)
    try:
        old = bodies.decode(data, Old)
        content, removed = old_templates.read(body)
        return Asked(template_words.check_name(old.name), content, removed, old.base, old.partner)
    except Invalid as problem:
        raise OldRefused(_words(problem, body)) from problem


def _words(problem: Invalid, body: dict[str, Any]) -> str:
    if problem.message != old_templates.NOTHING:
        return problem.message
    if "activeState" in body:
        return NO_STATE
    return NO_CONTENT if "content" in body and "html" not in body else NO_HTML


def content(data: bytes) -> tuple[Content, list[str]]:
    """The template of a file in any of these shapes, or alone, and what was taken out of it. Takes its time. Raises
    Invalid."""
    keys = bodies.decode(data, dict[str, msgspec.Raw])
    if "template" in keys or "format" in keys:
        return clean(template_words.decoded(bytes(keys.get("template", data))))
    return old_templates.read(bodies.decode(data, dict[str, Any]))


def clean(content: Content) -> tuple[Content, list[str]]:
    """One that comes from outside, and what was taken out of it. Raises Invalid."""
    if not isinstance(content, OldTemplate):
        return content, []
    states = {"activeState": content.active, "restingState": content.resting}
    return old_templates.read(
        {
            name: {"html": state.html, "canvasWidth": state.width, "canvasHeight": state.height}
            for name, state in states.items()
            if state is not None
        }
    )
