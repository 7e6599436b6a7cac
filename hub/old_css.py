"""The CSS of old templates, without what loads anything from elsewhere. Knows CSS's grammar and what is harmless of it;
refuses to know HTML, and which element a rule is for.

What comes out is written anew from what was read, so that it says the same to every browser, however it was spelled.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import tinycss2

from hub.template_words import IMAGE_NAME


def listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


NESTED_MAX: Final = 24
"""Of brackets in brackets: what is deeper is no style of anybody's, and would take the stack."""
DATA_IMAGE: Final = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=]*", re.IGNORECASE)
_UPLOAD: Final = re.compile(r"/static/uploads/(thumbnails/)?[\w-][\w.() -]*", re.ASCII)
_FONT: Final = re.compile(r"/static/fonts/[\w-][\w.-]*", re.ASCII)
_NEVER: Final = ("", "undefined", "null", "none", "[object object]")
"""What a script has written where it had no address."""
_DENIED: Final = re.compile(r"behaviou?r|-moz-binding|-ms-behavior")
_NUMBER: Final = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)"
_WORD: Final = (
    rf"(?:\#[\da-fA-F]{{3,8}}|{_NUMBER}(?:%|[a-zA-Z]+)?|-?[a-zA-Z][\w-]*"
    rf"|(?:rgb|hsl)a?\(\s*{_NUMBER}%?(?:\s*[,\s]\s*{_NUMBER}%?)*\s*\))"
)
_PLAIN: Final = re.compile(rf"\s*(-?[a-zA-Z][\w-]*)\s*:\s*({_WORD}(?:(?:\s*,\s*|\s+){_WORD})*)\s*", re.ASCII)
_FUNCTIONS: Final = listed(
    """abs attr blur brightness calc circle clamp color color-mix conic-gradient contrast counter counters cubic-bezier
    drop-shadow ellipse fit-content grayscale hsl hsla hue-rotate hwb inset invert is lab lch linear linear-gradient
    local matrix matrix3d max min minmax not nth-child nth-last-child nth-last-of-type nth-of-type oklab oklch opacity
    perspective polygon radial-gradient rect repeat repeating-conic-gradient repeating-linear-gradient
    repeating-radial-gradient rgb rgba rotate rotate3d rotatex rotatey rotatez saturate scale scale3d scalex scaley
    scalez sepia skew skewx skewy steps translate translate3d translatex translatey translatez var where
    """
)
_LOADS: Final = frozenset(
    ("image-set", "-webkit-image-set", "image", "cross-fade", "-webkit-cross-fade", "src")
)
"""Functions that load what their texts name."""
_GROUPS: Final = ("media", "supports")
_KEYFRAMES: Final = ("keyframes", "-webkit-keyframes")

WORDS_MAX: Final = 40

Node = Any
"""One of tinycss2's."""
Rule = tuple[str, str, list[tuple[str, str]] | None]
"""What stands before the braces; all that stands within them, where it is rules; else the names and texts of its
declarations."""


class Removed:
    """What was taken out, and how often."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, one: str, many: str, times: int = 1) -> None:
        """In words, of one such thing, and of `{}` of them."""
        self._counts[one, many] += times

    def words(self) -> list[str]:
        """Each thing once."""
        all_of_them = [
            one if times == 1 else many.replace("{}", str(times), 1)
            for (one, many), times in self._counts.items()
        ]
        more = len(all_of_them) - WORDS_MAX
        return [*all_of_them[:WORDS_MAX], f"{more} kinds of things more"] if more > 0 else all_of_them

    def unread(self, times: int = 1) -> None:
        self.add("a CSS rule that cannot be read", "{} CSS rules that cannot be read", times)


def image(url: str) -> str | None:
    """The address of an image that the hub itself has, or that stands in the address; None: any other."""
    url = url.strip()
    if DATA_IMAGE.fullmatch("".join(url.split())):
        return "".join(url.split())
    try:
        path = urlsplit(url).path  # the predecessor's own address may stand before it
    except ValueError:
        return None
    path = path if path.startswith("/") else f"/{path}"
    if path.startswith("/images/") and IMAGE_NAME.fullmatch(path.removeprefix("/images/")):
        return path
    return path if _UPLOAD.fullmatch(path) else None


def say_lost(url: str, removed: Removed) -> None:
    """In words, that this address is not kept."""
    if url.strip().lower() in _NEVER:
        removed.add("an image that had no address", "{} images that had no address")
    elif host := _host(url):
        removed.add(f"an address at {host}", f"{{}} addresses at {host}")
    else:
        removed.add("an address that is no image of the hub's", "{} addresses that are no image of the hub's")


def sheet(css: str, removed: Removed) -> str:
    """A stylesheet, each of its rules once, a line each."""
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "\n".join(_written(_once(_rules(nodes, removed), removed)))


def style(css: str, removed: Removed) -> str:
    """The declarations of one element."""
    plain = _plain(css)
    if plain is not None:
        return plain
    return ";".join(f"{name}:{value}" for name, value in _declarations(_blocks(css), removed))


def _plain(css: str) -> str | None:
    """The same without tinycss2, where nothing can be amiss: of most elements, and ten times as fast."""
    declared: dict[str, None] = {}
    for each in filter(str.strip, css.split(";")):
        found = _PLAIN.fullmatch(each)
        if found is None or _DENIED.fullmatch(found[1].lower()):
            return None
        pair = f"{found[1].lower()}:{' '.join(found[2].split())}"
        declared.pop(pair, None)
        declared[pair] = None
    return ";".join(declared)


def _blocks(content: str | list[Node]) -> list[Node]:
    nodes: list[Node] = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return nodes


def _rules(nodes: Iterable[Node], removed: Removed) -> Iterator[Rule]:
    for node in nodes:
        match node.type:
            case "qualified-rule" if head := _text(node.prelude, removed):
                yield head, "", _declarations(_blocks(node.content), removed)
            case "at-rule":
                yield from _at_rule(node, removed)
            case "qualified-rule" | "error":
                removed.unread()
            case _:
                pass


def _at_rule(node: Node, removed: Removed) -> Iterator[Rule]:
    name = node.lower_at_keyword
    head = _text(node.prelude, Removed())
    if node.content is not None and name in (*_GROUPS, *_KEYFRAMES) and head:
        inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
        plain = [each for each in inner if each.type == "qualified-rule"]
        if len(plain) < len(inner):
            removed.unread(len(inner) - len(plain))
        yield f"@{name} {head}", "".join(_written(_once(_rules(plain, removed), removed))), None
        return
    if name == "font-face" and node.content is not None:
        declared = _font_face(_blocks(node.content))
        if declared:
            yield "@font-face", "", declared
            return
    removed.add(*_words_of(name, node))


def _is_flat(content: list[Node]) -> bool:
    """Whether brackets are not nested without end."""
    return _depth(content) <= NESTED_MAX


def _words_of(name: str, node: Node) -> tuple[str, str]:
    places = (_host(each) for each in _addresses([*node.prelude, *(node.content or [])]))
    where = next((f" of {place}" for place in places if place), "")
    kind = f"@{name}" if re.fullmatch(r"[a-z-]{1,30}", name) else "CSS rule of its own kind"
    return f"an {kind}{where}", f"{{}} times {kind}{where}"


def _addresses(nodes: Iterable[Node]) -> Iterator[str]:
    """All that a rule names, to say where it would have gone."""
    queue = list(nodes)
    while queue:
        node = queue.pop()
        if node.type in ("url", "string"):
            yield node.value
        queue.extend(_inside(node))


def _inside(node: Node) -> list[Node]:
    found: list[Node] = getattr(node, "arguments", None) or getattr(node, "content", None) or []
    return found


def _depth(nodes: Iterable[Node]) -> int:
    depth, layer = 0, list(nodes)
    while layer := [each for node in layer for each in _inside(node)]:
        depth += 1
        if depth > NESTED_MAX:
            break
    return depth


def _font_face(nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """Of a font that is on the screen already, or the hub's own; of any other nothing."""
    declared = []
    for node in nodes:
        if node.type != "declaration" or not _is_flat(node.value):
            return []
        urls = [each.value for each in node.value if each.type == "url"]
        bad = any(
            each.type == "function" and each.lower_name not in ("local", "format") for each in node.value
        )
        text = _serialized(node.value)
        if bad or not text or not all(_FONT.fullmatch(url) for url in urls):
            return []
        declared.append((node.lower_name, text))
    return declared


def _declarations(nodes: Iterable[Node], removed: Removed) -> list[tuple[str, str]]:
    declared: dict[tuple[str, str], None] = {}
    for node in nodes:
        if node.type != "declaration":
            removed.unread()
            continue
        name = node.name if node.name.startswith("--") else node.lower_name
        if _DENIED.fullmatch(name) or not re.fullmatch(r"-{0,2}[a-zA-Z][\w-]*", name, re.ASCII):
            removed.add(f"the CSS property {name[:30]!r}", f"{{}} CSS properties {name[:30]!r}")
            continue
        value = _text(node.value, removed)
        if value:
            pair = (name, f"{value}!important" if node.important else value)
            declared.pop(pair, None)
            declared[pair] = None
    return list(declared)


def _text(nodes: list[Node], removed: Removed) -> str:
    """A value or a selector as it is written; empty when it is not kept, which `removed` says then."""
    if not _is_flat(nodes):
        removed.unread()
        return ""
    queue = list(nodes)
    while queue:
        node = queue.pop()
        kept = _is_kept(node, removed)
        if not kept:
            return ""
        queue.extend(_inside(node))
    text = _serialized(nodes)
    if not text:
        removed.unread()
    return text


def _is_kept(node: Node, removed: Removed) -> bool:
    match node.type:
        case "error" | "at-keyword" | "{} block":
            removed.unread()
        case "url":
            return _is_own(node, node.value, removed)
        case "function" if node.lower_name == "url":
            texts = [each for each in node.arguments if each.type != "whitespace"]
            if len(texts) == 1 and texts[0].type == "string":
                return _is_own(texts[0], texts[0].value, removed)
            removed.unread()
        case "function" if node.lower_name in _LOADS:
            say_lost(next(iter(_addresses([node])), ""), removed)
        case "function" if node.lower_name not in _FUNCTIONS:
            name = node.lower_name[:30]
            removed.add(f"{name}() in CSS", f"{{}} times {name}() in CSS")
        case _:
            return True
    return False


def _is_own(node: Node, url: str, removed: Removed) -> bool:
    own = image(url)
    if own is None:
        say_lost(url, removed)
        return False
    if own != url:
        node.value, node.representation = own, f'url("{own}")' if node.type == "url" else f'"{own}"'
    return True


def _serialized(nodes: list[Node]) -> str:
    """Empty when it holds what might end an element, or be no text at all."""
    text = tinycss2.serialize(nodes).strip()
    wrong = (
        "<" in text
        or "-->" in text
        or not _is_read_alike(text)
        or any((ord(each) < 32 and each not in "\n\t") or each == "\x7f" for each in text)
    )
    return "" if wrong else " ".join(text.split()) if '"' not in text and "'" not in text else text


def _is_read_alike(text: str) -> bool:
    """Whether what is written says what was read: an escape may be written so that it is none any more."""
    if "\\" not in text:
        return True
    again = tinycss2.parse_component_value_list(text, skip_comments=True)
    return bool(tinycss2.serialize(again).strip() == text)


def _once(rules: Iterable[Rule], removed: Removed) -> list[Rule]:
    """Without what a later rule of the same name says again: the builder wrote each rule anew with every change."""
    kept: list[Rule] = []
    said: dict[str, set[tuple[str, bool]]] = {}
    whole: set[str] = set()
    for head, inner, declared in reversed(list(rules)):
        if declared is None or head == "@font-face":
            text = f"{head}{{{inner}{declared}"
            left, is_new = declared, text not in whole
            whole.add(text)
        else:
            before = said.setdefault(head, set())
            left = [(name, value) for name, value in declared if not _is_said(before, name, value)]
            is_new = bool(left)
            before |= {(name, value.endswith("!important")) for name, value in declared}
        if is_new:
            kept.append((head, inner, left))
        elif declared != []:
            removed.add("a repeated CSS rule", "{} repeated CSS rules")
    return kept[::-1]


def _is_said(before: set[tuple[str, bool]], name: str, value: str) -> bool:
    return (name, True) in before or (not value.endswith("!important") and (name, False) in before)


def _written(rules: Iterable[Rule]) -> Iterator[str]:
    for head, inner, declared in rules:
        yield f"{head}{{{inner if declared is None else ';'.join(f'{name}:{value}' for name, value in declared)}}}"


def _host(url: str) -> str:
    """Where an address leads, if it is elsewhere."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return parts.netloc.rpartition("@")[2].lower()[:100] if parts.netloc else ""
