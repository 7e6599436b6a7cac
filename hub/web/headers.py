"""What every answer tells the browser that gets it: what its pages may load, who may frame them, and nothing of what
the hub is made of. Knows headers; refuses to know pages.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from aiohttp import web

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",  # files only: no inline script is run, whatever finds its way into a page
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "frame-src": "'self'",  # of old templates: a document that may do nothing, see hub/web/frames.py
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
_NOT_USED: Final = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "serial",
    "usb",
)
"""Of a browser's powers, those that no page of the hub asks for: a script that does is not the hub's."""
HEADERS: Final = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NOT_USED),
    "Referrer-Policy": "same-origin",
    "Server": "RaceHub",  # else aiohttp's name, with all versions
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",  # for browsers that do not know frame-ancestors
}
"""Set over whatever an answer has of its own, unless it says `otherwise`."""
OVER_HTTPS: Final = {"Cross-Origin-Opener-Policy": "same-origin"}
"""Over plain http browsers ignore it, and complain of it on the console of every screen."""

_OTHERWISE: Final = web.ResponseKey("otherwise", Mapping[str, str])
_Response = TypeVar("_Response", bound=web.StreamResponse)


def otherwise(response: _Response, values: Mapping[str, str]) -> _Response:
    """The answer, with these values in place of those that every answer has: for what another origin may show."""
    response[_OTHERWISE] = values
    return response


def of(response: web.StreamResponse, *, secure: bool) -> dict[str, str]:
    """All that this answer tells. `secure`: it goes out over https."""
    return HEADERS | (OVER_HTTPS if secure else {}) | dict(response.get(_OTHERWISE, {}))
