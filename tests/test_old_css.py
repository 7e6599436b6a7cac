"""The CSS of old templates, without what loads anything from elsewhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import old_css
from hub.old_css import Removed, image, sheet, style

HASH = "0123456789abcdef" * 2
WORDS = old_css.listed(
    r"""a #id .x > { } ( ) [ ] ; : , url( url("/images/x") @media @import @keyframes @font-face src: color:red from to
    50% !important " ' \ \75 rl( expression( calc( rgba(1,2,3,.4) /* */ <!-- --> < </style> -- --x: 1px -1 +2 U+26 % #
    @ background content src behavior: //e https://e/x data:image/png;base64,AA var( e\ 1e3"""
)
PARTS = st.sampled_from([*sorted(WORDS), " ", "\n", "{", "}", "{", "}", ":", ";"])
CSS = st.lists(PARTS | st.text(max_size=3), max_size=30).map(" ".join) | st.lists(PARTS, max_size=30).map(
    "".join
)


@settings(max_examples=300, deadline=None)
@given(css=CSS)
def test_what_came_out_stays_as_it_is(css: str) -> None:
    for clean in (sheet, style):
        once, again = clean(css, Removed()), Removed()
        assert clean(once, again) == once and again.words() == []
        assert "<" not in once


@settings(max_examples=300, deadline=None)
@given(
    css=st.lists(
        st.sampled_from(
            sorted(
                [
                    *old_css.listed(
                        "color width -x : ; red 10px 0.5em , % # . - _ rgb(1,2,3) RGBA(1,2) --a 1 a b"
                    ),
                    " ",
                    "\n",
                ]
            )
        ),
        max_size=16,
    ).map("".join)
)
def test_the_short_way_leads_to_the_same(css: str) -> None:
    short = old_css._plain(css)
    if short is not None:
        removed = Removed()
        declared = old_css._declarations(old_css._blocks(css), removed)
        assert short == ";".join(f"{name}:{value}" for name, value in declared) and removed.words() == []


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (f"/images/{HASH}.png", f"/images/{HASH}.png"),
        (f"https://hub.example:8000/images/{HASH}.webp", f"/images/{HASH}.webp"),
        ("static/uploads/a b.png", "/static/uploads/a b.png"),
        (
            "http://localhost:8000/static/uploads/thumbnails/thumb_a.jpeg",
            "/static/uploads/thumbnails/thumb_a.jpeg",
        ),
        ("data:image/png;base64,iVBO Rw==", "data:image/png;base64,iVBORw=="),
        ("/images/../admin.png", None),
        ("/static/uploads/../x.png", None),
        ("/static/uploads/..", None),
        ("/static/uploads/%2e%2e/x", None),
        (f"/images/{HASH}.svg", None),
        ("data:image/svg+xml;base64,AA==", None),
        ("data:text/html,x", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_images_are_the_hubs_own(url: str, kept: str | None) -> None:
    assert image(url) == kept


@pytest.mark.parametrize(
    ("css", "left", "words"),
    [
        ("@import url(https://cdnjs.cloudflare.com/a.css);", "", ["an @import of cdnjs.cloudflare.com"]),
        ('@import "//u:p@Evil/a";@import "//evil/b";', "", ["2 times @import of evil"]),
        ("@charset 'utf-8'; a { b : c }", "a{b:c}", ["an @charset"]),
        ("a{b:url(undefined)}", "", ["an image that had no address"]),
        ("a{b:url(//evil/x);c:\\75rl(//evil/y)}", "", ["2 addresses at evil"]),
        ("a{b:image-set('//evil/x' 1x)}", "", ["an address at evil"]),
        ("a{b:url(x.htc)}", "", ["an address that is no image of the hub's"]),
        ("a{b:expression(1)}", "", ["expression() in CSS"]),
        (
            "a{BEHAVIOR:x;-moz-binding:y}",
            "",
            ["the CSS property 'behavior'", "the CSS property '-moz-binding'"],
        ),
        ("@font-face{src:url(//evil/x)}", "", ["an @font-face of evil"]),
        ("@font-face{src:local('A')}", '@font-face{src:local("A")}', []),
        ("@media print{a{b:c}@import 'x';}", "@media print{a{b:c}}", ["a CSS rule that cannot be read"]),
        ("a{b:'</style>'}", "", ["a CSS rule that cannot be read"]),
        ("a{b:" + "(" * 5000, "", ["a CSS rule that cannot be read"]),
        ("#a{b:c}#x{b:d}#a{b:c}#a{b:c}", "#x{b:d}\n#a{b:c}", ["2 repeated CSS rules"]),
        ("#a{b:c;d:e}#a{b:f}", "#a{d:e}\n#a{b:f}", []),
        ("#a{b:c!important}#a{b:f}", "#a{b:c!important}\n#a{b:f}", []),
        ("a{b:c;b:-x-d}", "a{b:c;b:-x-d}", []),
    ],
)
def test_what_goes_is_said(css: str, left: str, words: list[str]) -> None:
    removed = Removed()
    assert sheet(css, removed) == left and removed.words() == words


def test_as_many_words_as_can_be_read() -> None:
    removed = Removed()
    sheet("".join(f"a{{b:f{n}(1)}}" for n in range(100)), removed)
    assert len(removed.words()) == old_css.WORDS_MAX + 1 and removed.words()[-1] == "60 kinds of things more"
