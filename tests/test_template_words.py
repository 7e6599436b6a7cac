"""What a template may say. Every mistake has an answer that names its place."""

import gzip
import json
from typing import Any

import msgspec
import pytest

from hub import template_words
from hub.errors import Invalid
from hub.template_words import OldState, OldTemplate, Template
from tests.drawn import content

HASH = "0123456789abcdef" * 2 + ".png"


def template(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "format": "racehub-3",
        "canvas": {"width": 1920, "height": 1080},
        "active": {"blocks": list(blocks)},
        **more,
    }


def block(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": "a", "x": 0, "y": 0, "w": 100, "h": 50, **more}


def decoded(content: object) -> template_words.Content:
    return template_words.decoded(json.dumps(content).encode())


def test_every_kind_of_block_comes_back_as_it_was_said() -> None:
    kinds = [
        block("text", id="t", text="{{name}}"),
        block("image", id="i", image=HASH),
        block("shape", id="s", form="ellipse"),
        block("clock", id="c", mode="countdown", at="09:30"),
        block("message", id="m", texts=["Well done, {{first_name}}!"]),
        block("list", id="l", columns=[{"text": "{{bib}}"}, {"text": "{{name}}", "share": 4}]),
        block("counter", id="n", what="left", text="{{count}} to come"),
        block("qr", id="q", text="https://results.example/{{bib}}"),
    ]
    made = decoded(template(*kinds))
    assert isinstance(made, Template)
    assert [each["id"] for each in msgspec.to_builtins(made)["active"]["blocks"]] == list("tiscmlnq")
    assert template_words.decoded(msgspec.json.encode(made)) == made
    assert template_words.images(made) == {HASH}
    assert template_words.canvas(made) == (1920, 1080)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (template(block("text", tex="x")), "$.active.blocks[0]"),
        (template(block("text"), block("text")), "active.a"),
        (template(block("text", cell=[10, 0, 3, 1])), "active.a"),
        (template(block("text", text="a\x00b")), "active.a"),
        (template(block("image", image="../../etc/passwd")), "$.active.blocks[0].image"),
        (template(block("image", image=f"{HASH}\n")), "$.active.blocks[0].image"),
        (template(block("shape", box={"fill": "#aabbcc\n"})), "$.active.blocks[0].box.fill"),
        (template(block("shape", box={"fill": "red"})), "$.active.blocks[0].box.fill"),
        (template(canvas={"width": 15, "height": 1080}), "$.canvas.width"),
        (template(block("none")), "$.active.blocks[0]"),
        ({"format": "racehub-9"}, "$.format"),
        ([], "template"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(wrong: object, place: str) -> None:
    with pytest.raises(Invalid) as said:
        decoded(wrong)
    assert place in said.value.message and said.value.field == "template"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"{" + b" " * 600_000 + b"}"])
def test_what_is_no_template_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Invalid):
        template_words.decoded(data)


def test_an_old_template_has_its_images_and_its_limit() -> None:
    state = {"html": f'<img src="/images/{HASH}">', "width": 1080, "height": 1920}
    made = decoded({"format": "html-2", "active": state})
    assert isinstance(made, OldTemplate) and made.resting is None
    assert template_words.images(made) == {HASH}
    assert template_words.canvas(made) == (1080, 1920)
    with pytest.raises(Invalid):
        decoded({"format": "html-2", "active": state | {"html": "x" * 300_000}})


def test_names() -> None:
    assert template_words.check_name("  Finish arch ") == "Finish arch"
    for wrong in ("", " ", "a/b", "..", "x" * 101, "a\nb"):
        with pytest.raises(Invalid):
            template_words.check_name(wrong)


def test_images_are_called_otherwise() -> None:
    here, gone, kept = (f"{letter * 32}.png" for letter in "abc")
    there = f"{'d' * 32}.webp"
    block = {"x": 0, "y": 0, "w": 9, "h": 9}
    images = [{"kind": "image", "id": f"i{each[0]}", "image": each, **block} for each in (here, gone, kept)]
    drawn = content("x", active={"image": here, "blocks": images}, resting={"image": gone})
    renamed = template_words.with_images(drawn, {here: there, gone: ""})
    assert template_words.images(renamed) == {there, kept}
    assert isinstance(renamed, Template) and renamed.resting.image == ""
    assert [each.id for each in renamed.active.blocks] == ["ia", "ib", "ic"]
    state = OldState(html=f'<img src="/images/{here}"><img src="/images/{gone}">', width=16, height=16)
    old = OldTemplate(active=state, resting=state)
    assert template_words.images(template_words.with_images(old, {here: there, gone: ""})) == {there, gone}
    assert template_words.with_images(OldTemplate(active=state), {}) == OldTemplate(active=state)


def test_a_name_that_is_free() -> None:
    assert template_words.free_name("Finish", []) == "Finish"
    assert template_words.free_name("Finish", ["FINISH", "Finish 2"]) == "Finish 3"
    long = "x" * template_words.NAME_CHARS_MAX
    assert len(template_words.free_name(long, [long])) <= template_words.NAME_CHARS_MAX


def test_what_screens_get_has_all_that_was_left_out() -> None:
    drawn = content("x")
    assert template_words.kept(gzip.decompress(template_words.packed(drawn))) == drawn
    assert b'"opacity":1.0' in template_words.encoded(drawn)
    with pytest.raises(ValueError, match="missing"):
        template_words.kept("{}")
