"""A template as the predecessor's screens can show it."""

from typing import Any, Final

import msgspec
import pytest

from hub.old_css import Removed
from hub.old_html import clean
from hub.old_templates import read
from hub.template_html import MESSAGES_CHARS_MAX, html_of
from hub.template_words import AnyBlock, Canvas, Content, State, Template, decoded
from tests.old_templates import V2_LANDSCAPE

IMAGE: Final = "0123456789abcdef" * 2 + ".png"
PLACE: Final = {"id": "a", "x": 10, "y": 20, "w": 300, "h": 80}


def blocks(*given: dict[str, Any]) -> list[AnyBlock]:
    return [msgspec.convert({**PLACE, "id": f"b{at}", **each}, AnyBlock) for at, each in enumerate(given)]


def html(*given: dict[str, Any], **state: Any) -> str:
    template = Template(canvas=Canvas(width=1080, height=1920), active=State(blocks=blocks(*given), **state))
    assert decoded(msgspec.json.encode(template)) == template
    made, removed = html_of(template, "active"), Removed()
    assert clean(made, removed) == made and removed.words() == []
    return made


def test_an_old_template_is_itself() -> None:
    template: Content = read(V2_LANDSCAPE)[0]
    assert html_of(template, "active").count("layout-root") == 2 and "{{event}}" in html_of(
        template, "resting"
    )
    one: Content = read({"html": "<p>a"})[0]
    assert html_of(one, "resting") == ""


def test_the_canvas() -> None:
    made = html(ground="#123456", image=IMAGE)
    assert made.startswith('<div class="layout-root" data-design-w="1080" data-design-h="1920" style="')
    assert (
        f"background-color:#123456;background-position:center;background-image:url(/images/{IMAGE})" in made
    )
    assert read({"html": made})[0].active.width == 1080


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{name}}", '<div data-placeholder="name" style="'),
        (" {{ Name }} ", '<div data-placeholder="name" style="'),
        ("{{time}}", '<div data-placeholder="finish_time" style="'),
        ("{{bib}} of {{tag}}", ">{{bib}} of {{tag_code}}</div>"),
        ("at {{event}}", '>at <span data-placeholder="event"></span></div>'),
        ("at {{Shirt size}}", '>at <span data-placeholder="Shirt size"></span></div>'),
        ("<b>&\"'\n</b>", ">&lt;b&gt;&amp;\"'<br>&lt;/b&gt;</div>"),
        ("{{ }}", ">{{ }}</div>"),
    ],
)
def test_words(text: str, said: str) -> None:
    assert said in html({"kind": "text", "text": text})


def test_how_a_text_is_set() -> None:
    type_ = {
        "font": "Bebas Neue",
        "size": 90,
        "weight": 400,
        "italic": True,
        "upper": True,
        "colour": "#ff0000",
    }
    made = html(
        {"kind": "text", "text": "a", "type": {**type_, "valign": "bottom", "spacing": 0.1, "leading": 1.5}}
    )
    for said in (
        "font-family:'Bebas Neue'",
        "font-size:90px",
        "font-weight:400",
        "font-style:italic",
        "color:#ff0000",
    ):
        assert said.replace("'", "&quot;") in made or said.replace("'", "") in made or said in made
    assert "text-transform:uppercase;letter-spacing:0.1em;white-space:nowrap" in made
    assert "justify-content:flex-end" in made and "line-height:1.5" in made and "text-align:left" in made


def test_images_shapes_and_boxes() -> None:
    box = {"fill": "#112233", "line": "#ffffff", "line_px": 4, "radius": 9, "padding": 7}
    made = html(
        {"kind": "image", "image": IMAGE, "fit": "cover"},
        {"kind": "image"},
        {"kind": "shape", "box": box, "rotate": 30, "opacity": 0.5},
        {"kind": "shape", "form": "ellipse", "box": {"fill": "#112233", "fill_to": "#44556677", "angle": 45}},
        {"kind": "shape", "form": "line", "box": {"line": "#abcdef", "line_px": 6}},
    )
    assert f'<img src="/images/{IMAGE}" alt="" style="width:100%;height:100%;object-fit:cover">' in made
    assert made.count('data-block-type="image"') == 1
    assert "transform:rotate(30deg);opacity:0.5;background-color:#112233;border:4px solid #ffffff" in made
    assert "border-radius:9px;padding:7px" in made and "linear-gradient(45deg,#112233,#44556677)" in made
    assert "border-radius:50%" in made and '<div style="height:6px;background-color:#abcdef">' in made


def test_messages() -> None:
    made = html(
        {"kind": "message", "texts": ["Go, {{name}}, go!", "", "x" * MESSAGES_CHARS_MAX, "Nearly there"]}
    )
    assert 'data-placeholder="custom_message" data-messages="Go go!,Nearly there"' in made
    assert 'data-placeholder="message"' in html({"kind": "message"})


def test_movements() -> None:
    enter = {"how": "from-left", "ms": 400, "delay": 50}
    made = html({"kind": "text", "text": "a", "enter": enter}, {"kind": "text", "enter": enter, "rotate": 5})
    assert made.count("data-anim=") == 1
    assert 'data-anim="slideInLeft" data-anim-dur="400" data-anim-delay="50"' in made


def test_what_old_screens_have_not_is_left_out() -> None:
    assert html() == html(
        {"kind": "clock"},
        {"kind": "list", "columns": [{"text": "{{name}}"}]},
        {"kind": "counter"},
        {"kind": "qr", "text": "x"},
        {"kind": "text", "text": "a", "hidden": True},
        {"kind": "text", "text": "a", "when": "unknown"},
    )


def test_as_much_as_a_template_can_say() -> None:
    """Nothing is too long for what reads it."""
    many = [{"kind": "text", "text": "&" * 500}] * 50 + [{"kind": "message", "texts": ["&" * 400] * 9}] * 50
    made = html(*many)
    assert made.count("data-messages") == 50
