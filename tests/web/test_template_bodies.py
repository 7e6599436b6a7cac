"""Bodies of which templates are made."""

import json

import pytest

from hub.errors import Invalid
from hub.template_words import OldTemplate, Template
from hub.web import template_bodies
from tests.drawn import content, template


def body(**words: object) -> bytes:
    return json.dumps(words).encode()


def test_the_builders() -> None:
    asked = template_bodies.read(body(name=" Finish ", template=template("x"), base=3, partner="a"))
    assert (asked.name, asked.base, asked.partner, asked.removed) == ("Finish", 3, "a", [])
    assert isinstance(asked.content, Template) and asked.content == content("x")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b"{", None),
        (b"[]", None),
        (body(name="x", template=template(), more=1), None),
        (body(name="x", template=template(), base=-1), None),
        (body(name="", template=template()), "name"),
        (body(name="a/b", template=template()), "name"),
        (body(name="x", template=template(canvas={"width": 1, "height": 1})), "template"),
        (body(name="x", template=None), "template"),
        (body(template=template()), None),
        (body(html="x"), None),
        (b'{"name":"x","template":' + b"[" * 5000 + b"]" * 5000 + b"}", None),
    ],
)
def test_what_is_none(sent: bytes, field: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        template_bodies.read(sent)
    assert caught.value.field == field and caught.value.message


@pytest.mark.parametrize(
    "words",
    [
        {"html": "<p>{{name}}</p>", "canvasWidth": 1280, "canvasHeight": 720},
        {"content": "<p>{{name}}</p>", "canvasWidth": "1280", "canvasHeight": "720", "timestamp": 1},
        {
            "activeState": {"html": "<p>{{name}}</p>", "state": "active"},
            "restingState": {"html": "<p>Soon</p>"},
            "canvasWidth": 1280,
            "canvasHeight": 720,
            "version": "2.0",
        },
        {
            "template": {
                "format": "html-2",
                "active": {"html": "<p>{{name}}</p>", "width": 1280, "height": 720},
            }
        },
    ],
)
def test_those_of_the_predecessors_pages(words: dict[str, object]) -> None:
    asked = template_bodies.read(body(name="Old", base=1, **words))
    assert isinstance(asked.content, OldTemplate)
    assert (asked.content.active.width, asked.content.active.height) == (1280, 720)
    assert "{{name}}" in asked.content.active.html
    assert (asked.name, asked.base) == ("Old", 1)
    assert (asked.content.resting is not None) == ("restingState" in words)


@pytest.mark.parametrize("shape", ["html", "template"])
def test_what_could_do_harm_is_taken_out_whatever_shape_it_has(shape: str) -> None:
    html = "<p>x</p><script>alert(1)</script>"
    state = {"html": html, "width": 100, "height": 100}
    words = {"html": html} if shape == "html" else {"template": {"format": "html-2", "active": state}}
    asked = template_bodies.read(body(name="x", **words))
    assert isinstance(asked.content, OldTemplate) and "script" not in asked.content.active.html
    assert asked.removed
    assert template_bodies.content(body(**words)) == (asked.content, asked.removed)


def test_one_alone() -> None:
    assert template_bodies.content(json.dumps(template("x")).encode()) == (content("x"), [])
