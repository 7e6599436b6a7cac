"""Templates of the predecessor: HTML and CSS that somebody sends. The target takes any bytes."""

from typing import Any

import msgspec

from hub.errors import Invalid
from hub.old_templates import read
from hub.template_words import SIDE_PX_MAX, SIDE_PX_MIN, OldTemplate, decoded
from tests.fuzz.pieces import BETWEEN
from tests.test_old_html import wrong


def template(data: bytes) -> None:
    """Any body is a template in which nothing runs or loads, and which is read again as it is; or Invalid."""
    try:
        made, removed = read(_body(data))
    except Invalid as problem:
        assert problem.message and problem.field
        return
    assert all(removed) and decoded(msgspec.json.encode(made)) == made
    states = {"activeState": made.active, "restingState": made.resting}
    for state in filter(None, states.values()):
        assert list(wrong(state.html)) == []
        assert all(SIDE_PX_MIN <= side <= SIDE_PX_MAX for side in (state.width, state.height))
    again = {
        name: {"html": state.html, "canvasWidth": state.width, "canvasHeight": state.height}
        for name, state in states.items()
        if state is not None
    }
    assert read(again) == (OldTemplate(active=made.active, resting=made.resting), [])


def _body(data: bytes) -> dict[str, Any]:
    """A body as JSON; else HTML, and CSS behind it."""
    try:
        body = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    html, _, css = data.decode("utf-8", "surrogateescape").partition(BETWEEN.decode())
    return {"html": html, "css": css}
