"""Bodies of which templates are made."""

import json

import pytest

from hub.errors import Invalid
from hub.template_words import Template
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
