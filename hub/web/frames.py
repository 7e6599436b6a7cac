"""The document of the frame in which an old template is shown: its own script and nothing else, of no origin, without
any way out. Knows that document and its policy; refuses to know templates: they are handed in by the page around it.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from hub.web import headers
from hub.web.assets import ASSETS, FOREVER, Assets

_DOCUMENT: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Template</title><style>{style}</style></head>'
    "<body><script>{script}</script></body></html>"
)
_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'{digest}'",
    "style-src": "'unsafe-inline'",  # what a template looks like
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'none'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
    "sandbox": "allow-scripts",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """`policy`: that its one script runs, known by its digest, and that nothing leaves."""

    body: str
    policy: str


FRAME: Final = web.AppKey("frame", Frame)


def frame(assets: Assets) -> Frame:
    """The document, made of three of the pages' files."""
    files = [assets.get(name) for name in ("fonts.css", "old-inside.css", "old-inside.js")]
    fonts, own, script = (each.body.decode() for each in files if each is not None)
    style = fonts.replace('url("fonts/', 'url("/static/fonts/') + own
    digest = "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = "; ".join(f"{name} {value}" for name, value in _POLICY.items())
    return Frame(_DOCUMENT.format(style=style, script=script), policy.replace("{digest}", digest))


async def old(request: web.Request) -> web.Response:
    """`GET /frames/old`: the same for everybody. `?v=` names the files of a hub: then it is kept for good, so that a
    screen has it while the hub is away."""
    made = request.app[FRAME]
    kept = request.query.get("v") == request.app[ASSETS].build
    response = web.Response(
        text=made.body,
        content_type="text/html",
        headers={"Cache-Control": FOREVER if kept else "no-cache"},
    )
    return headers.otherwise(response, {"Content-Security-Policy": made.policy})
