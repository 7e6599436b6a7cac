"""The HTML of old templates, without what runs or loads anything. Knows tags, attributes and what is harmless of them;
refuses to know where a template comes from, and what it is filled with.

What comes out is written anew from what was read (`nh3`), with one stylesheet, which stands first.
"""

import html as entities
import re
from typing import Final

import nh3

from hub import old_css
from hub.errors import Invalid
from hub.old_css import Removed, listed
from hub.template_words import HTML_BYTES_MAX

READ_BYTES_MAX: Final = 2 * HTML_BYTES_MAX
"""What is read: rules that the builder repeated go away."""
ELEMENTS_MAX: Final = 2500
"""A hundred times what a wall shows; nested in each other they take milliseconds to read, and no stack."""
FORMATTING_MAX: Final = 100
"""Of elements that a browser opens again in each paragraph until they are closed."""
PASSES_MAX: Final = 6
TAGS: Final = listed(
    """article aside b big blockquote br caption center code col colgroup dd div dl dt em figcaption figure font footer
    h1 h2 h3 h4 h5 h6 header hr i img label li main mark ol p s section small span strike strong sub sup table tbody td
    tfoot th thead time tr u ul"""
)
_WITH_CONTENT: Final = listed(
    """applet audio canvas embed frame frameset iframe link math meta noembed noframes noscript object plaintext script
    select style svg template textarea title video xmp"""
)
"""Go away with all that is in them."""
_OF_ALL: Final = listed(
    """class dir id lang style data-anim data-anim-delay data-anim-dur data-bg-native data-block-type data-design-h
    data-design-w data-image-source data-image-url data-messages data-placeholder"""
)
ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": set(_OF_ALL),
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "font": {"color", "size"},
}
_SILENT: Final = ("html", "head", "body")
"""Around what is shown."""
_TOKEN: Final = re.compile(
    r"""<!--(?:>|->|.*?(?:--!?>|\Z))|<[!?/][^>]*+>?"""
    r"""|<([a-z][^\s/>]*)((?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^>"'])*+)>?""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(r"""([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+("[^"]*"?|'[^']*'?|[^\s>]*))?""")
_RAW: Final = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript")
"""In these a `<` begins nothing."""
_START: Final = re.compile("<[a-z]", re.IGNORECASE)
_FORMATTING: Final = re.compile(
    r"<(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_BODY: Final = re.compile(r"<(/?)body(?=[\s>/])", re.IGNORECASE)
_STYLE: Final = re.compile(r"""<style>(.*?)</style>|<[^>"]*+(?:"[^"]*"[^>"]*+)*+>""", re.DOTALL)
_ANIMATION: Final = re.compile(r"[A-Za-z_]{1,40}")
_ODD: Final = "html: its elements are nested in a way that no two browsers read alike"
_DAMAGED: Final = "[object object]"
_FIND_STYLES: Final = nh3.Cleaner(
    tags={*TAGS, "style"},
    clean_content_tags=set(_WITH_CONTENT - {"style"}),
    attributes=ATTRIBUTES,
    link_rel=None,
    url_schemes={"data", "http", "https"},
)


def clean(html: str, removed: Removed, *, css: str = "") -> str:
    """`<style>` with all that is harmless of its stylesheets and of `css`, and then what is harmless of the rest. The
    same again for what came out. Raises Invalid."""
    if len(html) + len(css) > READ_BYTES_MAX:
        raise Invalid(f"html: expected at most {HTML_BYTES_MAX} bytes", field="html")
    html = _BODY.sub(r"<\1div", html.replace("\0", ""))
    if sum(1 for _ in _START.finditer(html)) > ELEMENTS_MAX:
        raise Invalid(f"html: expected at most {ELEMENTS_MAX} elements", field="html")
    if sum(1 for _ in _FORMATTING.finditer(html)) > FORMATTING_MAX:
        raise Invalid(f"html: expected at most {FORMATTING_MAX} of <b>, <i>, <font> and such", field="html")
    _say(html, removed)
    found = _FIND_STYLES.clean(html)
    if len(found) > 2 * READ_BYTES_MAX:
        raise Invalid(_ODD, field="html")
    styles, rest = _parted(found)
    written = old_css.sheet("\n".join((*styles, css)), removed)
    return (f"<style>{written}</style>" if written else "") + _settled(rest, removed)


def _parted(html: str) -> tuple[list[str], str]:
    """The stylesheets, and what is left. What is written by nh3 has quotes around every value."""
    styles: list[str] = []

    def take(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        styles.append(found[1])
        return ""

    return styles, _STYLE.sub(take, html)


def _settled(html: str, removed: Removed) -> str:
    """What nh3 leaves, until it leaves all of it: what is nested as it must not be is put otherwise by each reading."""
    cleaner = _cleaner(removed)
    for _ in range(PASSES_MAX):
        before, html = html, cleaner.clean(html).strip()
        if html == before:
            return html
    raise Invalid(_ODD, field="html")


def _cleaner(removed: Removed) -> nh3.Cleaner:
    styles: dict[str, str] = {}

    def kept(_tag: str, name: str, value: str) -> str | None:
        if name == "style":
            if value not in styles:
                styles[value] = old_css.style(value, removed)
            return styles[value] or None
        return _value(name, value, removed)

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        link_rel=None,
        url_schemes={"data", "http", "https"},  # of which `_value` leaves the hub's own
    )


def _value(name: str, value: str, removed: Removed) -> str | None:
    """None: the attribute goes away, and `removed` says so."""
    if name in ("src", "data-image-url"):
        own = old_css.image(value)
        if own is None:
            old_css.say_lost(value, removed)
        return own
    damaged = value.strip().lower() == _DAMAGED
    if damaged or (name == "data-anim" and not _ANIMATION.fullmatch(value)):
        removed.add(f"a damaged {name}", f"{{}} times a damaged {name}")
        return None
    return value


def _say(html: str, removed: Removed) -> None:
    """In words, which elements and attributes are not kept. What is kept is decided elsewhere."""
    at = 0
    while found := _TOKEN.search(html, at):
        at = found.end()
        name = (found[1] or "").lower()
        if not name:
            continue
        if name not in TAGS and name not in ("style", *_SILENT):
            removed.add(*_element_words(name))
        for attribute in _ATTRIBUTE.finditer(found[2]):
            _say_attribute(name, attribute[1].lower(), attribute[2] or "", removed)
        if name in _RAW:
            end = re.compile(rf"</{name}", re.IGNORECASE).search(html, at)
            at = end.start() if end else len(html)


def _element_words(name: str) -> tuple[str, str]:
    if name == "script":
        return "a script", "{} scripts"
    if not re.fullmatch("[a-z0-9-]{1,20}", name):
        return "an element of no known kind", "{} elements of no known kind"
    return f"<{name}>", f"{{}} times <{name}>"


def _say_attribute(tag: str, name: str, value: str, removed: Removed) -> None:
    if name.startswith("on"):
        removed.add("an event handler", "{} event handlers")
    elif tag not in TAGS or name in _OF_ALL or name in ATTRIBUTES.get(tag, ()):
        if name == "src" and tag == "img":
            scheme = re.match(
                r"\s*([a-z][a-z0-9+.-]*):", entities.unescape(value.strip("\"'")), re.IGNORECASE
            )
            if scheme and scheme[1].lower() not in ("data", "http", "https"):
                removed.add(
                    "an address that is no image of the hub's", "{} addresses that are no image of the hub's"
                )
    elif re.fullmatch("[a-z][a-z0-9-]{0,30}", name):
        removed.add(f"the attribute {name}", f"{{}} times the attribute {name}")
