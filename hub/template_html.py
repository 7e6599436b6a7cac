"""A template as the predecessor's screens can show it: HTML that stands still, each block at its place, with the words
that those screens fill. Knows their words, and what a block looks like; refuses to know who asks.

They have no clocks, lists, counters and QR codes, and of a text no place among lines: such blocks are left out.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from hub.old_css import Removed, listed
from hub.old_html import clean
from hub.template_words import (
    PLACEHOLDER,
    AnyBlock,
    Box,
    Content,
    Enter,
    ImageBlock,
    MessageBlock,
    OldTemplate,
    ShapeBlock,
    State,
    Template,
    TextBlock,
    Type,
)

MESSAGES_CHARS_MAX: Final = 400
"""Of a block's own messages: what is longer no screen has shown at a finish."""
OLD_WORDS: Final = listed(
    """name first_name last_name age gender city state country division race_name reg_choice wave team_name message
    timestamp location bib tag_code lap finish_time gun_time pace gun_pace overall_rank division_rank"""
)
"""What every screen of the predecessor fills: of any other it would show the braces."""
_SAME: Final = {
    "time": "finish_time",
    "chip_time": "finish_time",
    "net_time": "finish_time",
    "time_of_day": "timestamp",
    "tag": "tag_code",
    "short_name": "name",
}
_ENTRANCES: Final = {
    "fade": "fadeIn",
    "rise": "fadeInUp",
    "drop": "fadeInDown",
    "from-left": "slideInLeft",
    "from-right": "slideInRight",
    "zoom": "zoomIn",
    "bounce": "bounceIn",
    "flip": "flipInX",
    "turn": "rotateIn",
}
_FLEX: Final = {"top": "flex-start", "middle": "center", "bottom": "flex-end"}
_KINDS: Final[dict[type, str]] = {
    TextBlock: "text",
    MessageBlock: "message",
    ImageBlock: "image",
    ShapeBlock: "shape",
}
_Attributes = dict[str, str]


def html_of(content: Content, which: str) -> str:
    """Of the state `which`, "active" or "resting"; as `hub.old_templates` would leave it. Of an old template the
    state's own; empty where it has no such state."""
    if isinstance(content, OldTemplate):
        old = content.active if which == "active" else content.resting
        return old.html if old is not None else ""
    state = content.active if which == "active" else content.resting
    inner = "".join(_block(block) for block in state.blocks if not block.hidden and block.when != "unknown")
    root = {"class": "layout-root", "data-design-w": str(content.canvas.width)}
    root |= {"data-design-h": str(content.canvas.height), "style": _ground(content, state)}
    return clean(_element("div", root, inner), Removed())


def _ground(template: Template, state: State) -> str:
    size = f"width:{template.canvas.width}px;height:{template.canvas.height}px"
    image = f";background-image:url(/images/{state.image});background-size:cover" if state.image else ""
    return f"position:relative;{size};overflow:hidden;background-color:{state.ground};background-position:center{image}"


def _block(block: AnyBlock) -> str:
    """Empty: no screen of the predecessor has the like."""
    match block:
        case TextBlock():
            inner = _words(block.type, block.text)
        case MessageBlock():
            inner = _messages(block)
        case ImageBlock() if block.image:
            size = f"width:100%;height:100%;object-fit:{block.fit}"
            inner = _element("img", {"src": f"/images/{block.image}", "alt": "", "style": size})
        case ShapeBlock():
            inner = _line(block) if block.form == "line" else ""
        case _:
            return ""
    look = "".join(f";{each}" for each in _look(block))
    return _element(
        "div",
        {"data-block-type": _KINDS[type(block)], "style": _place(block) + look, **_entrance(block)},
        inner,
    )


def _place(block: AnyBlock) -> str:
    turned = f";transform:rotate({block.rotate:g}deg)" if block.rotate else ""
    faint = f";opacity:{block.opacity:g}" if block.opacity != 1 else ""
    size = f"width:{block.w}px;height:{block.h}px;box-sizing:border-box"
    return f"position:absolute;left:{block.x}px;top:{block.y}px;{size}{turned}{faint}"


def _look(block: AnyBlock) -> Iterator[str]:
    is_line = isinstance(block, ShapeBlock) and block.form == "line"
    if not is_line:
        yield from _box(block.box)
    if isinstance(block, ShapeBlock) and block.form == "ellipse":
        yield "border-radius:50%"
    if isinstance(block, TextBlock | MessageBlock):
        yield f"display:flex;flex-direction:column;justify-content:{_FLEX[block.type.valign]}"
    elif is_line:
        yield "display:flex;flex-direction:column;justify-content:center"


def _box(box: Box) -> Iterator[str]:
    if box.fill and box.fill_to:
        yield f"background-image:linear-gradient({box.angle}deg,{box.fill},{box.fill_to})"
    elif box.fill:
        yield f"background-color:{box.fill}"
    if box.line and box.line_px:
        yield f"border:{box.line_px}px solid {box.line}"
    if box.radius:
        yield f"border-radius:{box.radius}px"
    if box.padding:
        yield f"padding:{box.padding}px"


def _entrance(block: AnyBlock) -> _Attributes:
    """None of what is turned: the predecessor's movements end upright."""
    enter: Enter | None = None if block.rotate else block.enter
    if enter is None:
        return {}
    return {
        "data-anim": _ENTRANCES[enter.how],
        "data-anim-dur": str(enter.ms),
        "data-anim-delay": str(enter.delay),
    }


def _line(block: ShapeBlock) -> str:
    return _element(
        "div", {"style": f"height:{block.box.line_px}px;background-color:{block.box.line or '#eef1f6'}"}
    )


def _words(type_: Type, text: str) -> str:
    """A text that is one word of the runner is an element that a screen fills, and makes smaller."""
    alone = PLACEHOLDER.fullmatch(text.strip())
    if alone:
        return _element("div", {"data-placeholder": _old_word(alone[1]), "style": _type(type_)})
    return _element("div", {"style": _type(type_)}, "".join(_pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    at = 0
    for found in PLACEHOLDER.finditer(text):
        yield _plain(text[at : found.start()])
        word = _old_word(found[1])
        yield f"{{{{{word}}}}}" if word in OLD_WORDS else _element("span", {"data-placeholder": word})
        at = found.end()
    yield _plain(text[at:])


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _old_word(word: str) -> str:
    return _SAME.get(word.lower(), word.lower() if word.lower() in OLD_WORDS else word)


def _messages(block: MessageBlock) -> str:
    """With a comma between them, so each without."""
    texts: list[str] = []
    for text in block.texts:
        plain = " ".join(PLACEHOLDER.sub("", text).replace(",", " ").split())
        if plain and sum(map(len, texts)) + len(plain) <= MESSAGES_CHARS_MAX:
            texts.append(plain)
    key: _Attributes = {"data-placeholder": "custom_message", "data-messages": ",".join(texts)}
    return _element("div", (key if texts else {"data-placeholder": "message"}) | {"style": _type(block.type)})


def _type(type_: Type) -> str:
    parts = [
        f"font-family:'{type_.font}',Arial,sans-serif",
        f"font-size:{type_.size}px",
        f"font-weight:{type_.weight}",
        f"line-height:{type_.leading:g}",
        f"text-align:{'left' if type_.align == 'start' else type_.align}",
    ]
    more = {
        f"color:{type_.colour}": bool(type_.colour),
        "font-style:italic": type_.italic,
        "text-transform:uppercase": type_.upper,
        f"letter-spacing:{type_.spacing:g}em": bool(type_.spacing),
        "white-space:nowrap": type_.lines == 1,
    }
    return ";".join([*parts, *(text for text, wanted in more.items() if wanted)])


def _element(tag: str, attributes: _Attributes, inner: str = "") -> str:
    said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>" if tag == "img" else f"<{tag}{said}>{inner}</{tag}>"
