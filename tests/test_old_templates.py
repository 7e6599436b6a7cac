"""Templates of the predecessor, in all the shapes that its programs wrote, as one shape."""

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Invalid
from hub.old_templates import NOTHING, read
from hub.template_words import HTML_BYTES_MAX, OldState, OldTemplate, check, decoded
from tests.old_templates import CONTENT, HOSTILE, KINDS, LEGACY_PORTRAIT, STORED_STATES, V2_LANDSCAPE
from tests.test_old_html import wrong

LARGE_S_MAX = 1.0
"""A tenth of it on a quiet machine."""


def state_of(state: OldState) -> dict[str, Any]:
    return {"html": state.html, "canvasWidth": state.width, "canvasHeight": state.height}


def again(template: OldTemplate) -> dict[str, Any]:
    """As the hub hands it out."""
    resting = {"restingState": state_of(template.resting)} if template.resting else {}
    return {"name": "x", "version": "2.0", "activeState": state_of(template.active), **resting}


def kept(body: dict[str, Any]) -> tuple[OldTemplate, list[str]]:
    """Read, and read again."""
    template, removed = read(body)
    assert read(again(template)) == (template, [])
    for state in filter(None, (template.active, template.resting)):
        assert list(wrong(state.html)) == []
    check(template)
    assert decoded(msgspec.json.encode(template)) == template
    return template, removed


def test_two_states() -> None:
    template, removed = kept(V2_LANDSCAPE)
    assert template.resting is not None
    assert (template.active.width, template.active.height) == (1920, 1080)
    assert template.active.html.startswith("<style>") and '<div id="iname"' in template.active.html
    assert "{{event}}" in template.resting.html
    assert removed == ["an @import of cdnjs.cloudflare.com", "an @import of fonts.googleapis.com"]


def test_html_and_css_apart_and_damaged() -> None:
    template, removed = kept(LEGACY_PORTRAIT)
    html = template.active.html
    assert template.resting is None and (template.active.width, template.active.height) == (1080, 1920)
    assert html.count("#irun{") == 1 and "object Object" not in html and "undefined" not in html
    assert (
        ".layout-root{background-color:#003049}" in html
        and '<div class="layout-root"><div id="ib00">' in html
    )
    assert "a damaged data-anim" in removed and "117 repeated CSS rules" in removed


def test_content() -> None:
    template, removed = kept(CONTENT)
    assert removed == [] and (template.active.width, template.active.height) == (1920, 1080)
    assert 'data-placeholder="name"' in template.active.html and "{{no_such_word}}" in template.active.html


def test_what_a_browser_had_stored() -> None:
    template, _ = kept(STORED_STATES)
    assert template.resting is None
    assert template.active == read(V2_LANDSCAPE)[0].active


@pytest.mark.parametrize(
    "body",
    [
        {"html": "<p>a"},
        {"content": "<p>a</p>"},
        {"html": "[object Object]", "content": "<p>a</p>"},
        {"html": None, "content": json.dumps({"activeState": {"html": "<p>a</p>"}})},
        {"content": json.dumps({"html": json.dumps({"content": "<p>a</p>"})})},
        {"activeState": "<p>a</p>"},
        {"activeState": {"html": "<p>a</p>", "who": {"knows": [1]}}, "more": 7},
        {"activeState": "[object Object]", "html": "<p>a</p>"},
        {"activeState": {"html": "[object Object]"}, "html": "<p>a</p>", "restingState": "[object Object]"},
        {"activeState": {"html": ""}, "restingState": {"html": "<p>a</p>"}},
    ],
)
def test_shapes(body: dict[str, Any]) -> None:
    template, _ = kept(body)
    assert template == OldTemplate(active=OldState(html="<p>a</p>", width=1920, height=1080))


def test_a_resting_state_may_show_nothing() -> None:
    template, _ = kept({"activeState": {"html": "<p>a</p>"}, "restingState": {"html": ""}})
    assert template.resting == OldState(html="", width=1920, height=1080)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"html": ""},
        {"html": 7},
        {"content": "[object Object]"},
        {"activeState": "undefined"},
        {"activeState": {"html": "null"}},
        {"html": "<script>1</script>"},
        {"restingState": {"html": ""}},
        {"content": "{" * 100_000},
    ],
)
def test_where_there_is_nothing_to_show(body: dict[str, Any]) -> None:
    if body.get("content", "").startswith("{"):
        read(body)  # a text like any other
        return
    with pytest.raises(Invalid) as problem:
        read(body)
    assert problem.value.message == NOTHING


@pytest.mark.parametrize(
    ("state", "size"),
    [
        ({"canvasWidth": "1080", "canvasHeight": "1920px"}, (1080, 1920)),
        ({"canvasWidth": 1270.0, "canvasHeight": 2258.4}, (1270, 2258)),
        ({"canvasWidth": "wide", "canvasHeight": None}, (640, 360)),
        ({"canvasWidth": 0, "canvasHeight": 10**9}, (640, 360)),
        ({}, (640, 360)),
    ],
)
def test_canvases(state: dict[str, Any], size: tuple[int, int]) -> None:
    html = '<div data-design-w="640" class="a layout-root" data-design-h="360">a</div>'
    template, _ = kept({"activeState": {"html": html, **state}})
    assert (template.active.width, template.active.height) == size


def test_the_two_states_may_differ() -> None:
    active, resting = (
        {"html": "a", "canvasWidth": 1080, "canvasHeight": 1920},
        {"html": "b", "canvasWidth": 800},
    )
    template, _ = kept({"activeState": active, "restingState": resting, "canvasHeight": 600})
    assert template.resting == OldState(html="b", width=800, height=600)


@pytest.mark.parametrize(
    "ground", ["background:#123", {"backgroundColor": "#123"}, {"background-color": "#123"}]
)
def test_the_ground(ground: Any) -> None:
    template, _ = kept({"html": "a", "backgroundStyles": ground})
    assert ':#123}</style><div class="layout-root">a</div>' in template.active.html
    template, _ = kept({"html": "<div class=layout-root>a</div>", "backgroundStyles": ground})
    assert template.active.html.count("layout-root") == 2


@pytest.mark.parametrize(
    "ground", ["[object Object]", "x}y{z", {"a}b": "c", "b": "}"}, [1], 7, {"c": {}}, {"d": ""}]
)
def test_no_ground(ground: Any) -> None:
    assert kept({"html": "a", "backgroundStyles": ground})[0].active.html == "a"


def test_too_much() -> None:
    with pytest.raises(Invalid):
        read({"html": "&lt;" * (HTML_BYTES_MAX // 4 + 1)})
    with pytest.raises(Invalid):
        read({"html": "\u20ac" * (HTML_BYTES_MAX // 3 + 1)})


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(HOSTILE),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["html", "css"]), inner, max_size=2)
    ),
    max_leaves=3,
)
KEYS = [
    "html",
    "css",
    "content",
    "activeState",
    "restingState",
    "canvasWidth",
    "canvasHeight",
    "backgroundStyles",
]


@settings(max_examples=150, deadline=None)
@given(body=st.dictionaries(st.sampled_from(KEYS), JSONS, max_size=5))
def test_any_body(body: dict[str, Any]) -> None:
    try:
        kept(body)
    except Invalid as problem:
        assert problem.field == "html"


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_are_shown_whole(kind: str) -> None:
    html = kept(KINDS[kind])[0].active.html
    assert 'data-placeholder="name"' in html or "runner-name" in html


def test_large_ones_are_read_at_once() -> None:
    block = (
        '<div id="i{0}" class="block" style="position:absolute;left:{0}px;top:7px;color:rgb(255, 255, 255);'
        'font-family:Arial, sans-serif;font-size:{0}px" data-placeholder="name">{{{{name}}}}</div>'
    )
    html = "".join(block.format(n) for n in range(1300))
    assert HTML_BYTES_MAX * 0.9 < len(html) < HTML_BYTES_MAX
    began = time.process_time()
    read({"html": html})
    assert time.process_time() - began < LARGE_S_MAX
