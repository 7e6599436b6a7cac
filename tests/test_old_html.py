"""The HTML of old templates, without what runs or loads anything."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

import pytest
import tinycss2
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Invalid
from hub.old_css import Removed, image, listed
from hub.old_html import ATTRIBUTES, ELEMENTS_MAX, FORMATTING_MAX, READ_BYTES_MAX, TAGS, clean
from tests.old_templates import HOSTILE

LOADS: Final = ("expression", "image-set", "-webkit-image-set", "image", "cross-fade", "src")
RUNS: Final = re.compile(r"(^|[{;])\s*(behaviou?r|-moz-binding)\s*:", re.IGNORECASE)
TEXT: Final = re.compile(r"""("(\\.|[^"\\])*"|'(\\.|[^'\\])*')""", re.DOTALL)


class Elements(HTMLParser):
    """All elements and attributes, by a parser that is not the one which wrote them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, "", ""))
        self.found += [(tag, name, value or "") for name, value in attrs]


def runs(css: str) -> bool:
    """Whether it has anything that loads or runs."""
    queue = list(tinycss2.parse_component_value_list(css))
    while queue:
        node = queue.pop()
        inside = getattr(node, "arguments", None) or getattr(node, "content", None) or []
        is_url = node.type == "function" and node.lower_name == "url"
        urls = [each.value for each in inside if each.type == "string"] if is_url else []
        urls += [node.value] if node.type == "url" else []
        if any(image(url) != url and not url.startswith("/static/fonts/") for url in urls):
            return True
        if node.type == "function" and node.lower_name in LOADS:
            return True
        if node.type == "at-keyword" and node.lower_value in ("import", "namespace"):
            return True
        queue.extend(inside)
    return "<" in css or bool(RUNS.search(TEXT.sub("", css)))


def wrong(html: str) -> Iterator[tuple[str, str, str]]:
    """What must not be left."""
    for tag, name, value in Elements(html).found:
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())
        foreign = name in ("src", "data-image-url") and image(value) != value
        styled = name == "style" and runs(value)
        if tag not in TAGS | {"style"} or (name and name not in allowed) or foreign or styled:
            yield tag, name, value
    for css in re.findall(r"<style>(.*?)</style>", html, re.DOTALL):
        if runs(css):
            yield "style", "", css


def cleaned(html: str) -> str:
    """Twice, which is the same as once."""
    once, again = clean(html, Removed()), Removed()
    assert clean(once, again) == once and again.words() == []
    assert list(wrong(once)) == []
    return once


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_is_left(html: str) -> None:
    values = [value for _, name, value in Elements(cleaned(html)).found if name != "data-messages"]
    assert not any("hit()" in value for value in values)


def test_all_of_it_at_once() -> None:
    with pytest.raises(Invalid):
        clean("".join(HOSTILE * 40), Removed())
    for first in HOSTILE:
        for second in HOSTILE[::7]:
            cleaned(first + second)


TOKENS: Final = listed(
    """<div> </div> <p> </p> <b> </b> <i/> <table> <td> <tr> </table> <h1> <li> <ul> <style> </style> a{b:c}
    <svg> </svg> <math> <mtext> <!-- --> <body> <select> <font> <img/src='/images/x'> <p/style=" "> &lt; <br <a>"""
)
PIECES: Final = st.sampled_from([*HOSTILE, *sorted(TOKENS), *sorted(TOKENS), " ", "\n"])


@settings(max_examples=150, deadline=None)
@given(html=st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join))
def test_what_came_out_stays_as_it_is(html: str) -> None:
    try:
        cleaned(html)
    except Invalid as problem:
        assert "nested" in str(problem)


@pytest.mark.parametrize(
    ("html", "left", "words"),
    [
        ("<p>a<script>1</script><script>2</script></p>", "<p>a</p>", ["2 scripts"]),
        ("<p onclick=x onload='y'>a</p>", "<p>a</p>", ["2 event handlers"]),
        ("<p data-gjs-type=x>a</p>", "<p>a</p>", ["the attribute data-gjs-type"]),
        (
            "<!DOCTYPE html><html><head><title>x</title></head><body id=b>a</body></html>",
            '<div id="b">a</div>',
            ["<title>"],
        ),
        ("<p>a</p><style>p{b:c}</style><style>d{e:f}</style>", "<style>p{b:c}\nd{e:f}</style><p>a</p>", []),
        ("<img src='javascript:x'>", "<img>", ["an address that is no image of the hub's"]),
        ("<img src='http://x.example/a.png'>", "<img>", ["an address at x.example"]),
        ("<img src=undefined>", "<img>", ["an image that had no address"]),
        ('<p data-anim="[object Object]">a</p>', "<p>a</p>", ["a damaged data-anim"]),
        ("<p style='a:url(undefined)'>a</p>", "<p>a</p>", ["an image that had no address"]),
        ("<form action=x><input>a</form>", "a", ["<form>", "<input>"]),
        ("a\0b<!-- c -->", "ab", []),
        ("<table><div>a</div></table>", "<div>a</div><table></table>", []),
    ],
)
def test_what_goes_is_said(html: str, left: str, words: list[str]) -> None:
    removed = Removed()
    assert clean(html, removed) == left and removed.words() == words


def test_css_that_came_apart_is_put_in_front() -> None:
    assert (
        clean("<p>a</p>", Removed(), css="p{b:c}</style><script>x</script>")
        == "<style>p{b:c}</style><p>a</p>"
    )


@pytest.mark.parametrize(
    "html",
    [
        "x" * (READ_BYTES_MAX + 1),
        "<p>" * (ELEMENTS_MAX + 1),
        "<b>" * (FORMATTING_MAX + 1),
        "<p>" + "".join(f"<b id={n}>" for n in range(FORMATTING_MAX)) + ("</p><p>" + "x" * 100) * 1100,
    ],
)
def test_what_would_take_too_long_is_refused(html: str) -> None:
    with pytest.raises(Invalid) as problem:
        clean(html, Removed())
    assert problem.value.field == "html"
