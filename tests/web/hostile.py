"""Requests that nobody means well with, as bytes, and what may be answered to them. Knows HTTP's own grammar, in order
to break it; refuses to know what the hub makes of an address.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aiohttp import web

PEOPLE: Final = re.compile(rb"/(d/|display/|$|\?)")
"""Addresses that people open: their errors are pages."""
OLD: Final = re.compile(
    rb"/api/(messages|upload-image|user-images|display-settings|current-runner|runner-displayed|queue-|login|providers"
    rb"|test-|fetch-events|select-|mode-status|sync-status|refresh/|background-refresh|tcp-status|start-test-listener"
    rb"|debug/|timing/|templates([?]|$)|templates/[^/]*$)"
)
"""Addresses of the predecessor's: its pages read a text where the hub's own have an object."""
ITSELF: Final = re.compile(
    r"/(ws|static|images|assets|old)\b|/(import|upload-image|rosters/files|qr\.svg)$|/template/"
)
"""Addresses that look at a request's head, or take a form, themselves: those of files and sockets."""
IN_TURN: Final = 6
"""What the same code answers wherever it arrives is tried at one of so many addresses that follow each other."""
SEGMENTS: Final = (
    b"%00",
    b"%FF%FE",
    b"%C0%AF",
    b"%ED%A0%80",
    b"%",
    b"%zz",
    b"%0d%0aSet-Cookie:%20a=b",
    b"..%2f..%2f..%2fetc%2fpasswd",
    b"%2e%2e%2f%2e%2e%2fadmin.token",
    b"..%5c..%5cadmin.token",
    b"....//....//admin.token",
    b"\xff\xfe",
    "\U0001f4a5".encode(),
    b"%F0%9F%92%A5",
    b"<script>alert(1)</script>",
    b"{{7*7}}",
    b"';DROP%20TABLE%20timing_reads;--",
    b"-1",
    b"0",
    b"1e9",
    b"1_0",
    "٣".encode(),
    b"9" * 400,
    b"A" * 7000,
)
QUERIES: Final = (
    b"%",
    b"=",
    b"&&&",
    b"a=%FF&%FF=a",
    b"after=%ED%A0%80&tag=%ED%A0%80&bib=%ED%A0%80",
    b"tag=%00&bib=%00&location=%00",
    b"after=1e400&limit=-1",
    b"after=" + b"9" * 400 + b"&limit=" + b"9" * 400,
    b"limit=NaN",
    b"session=1&epoch=-1&after=1e9",
    b"session=" + b"9" * 30 + b"&epoch=" + b"9" * 30 + b"&after=" + b"9" * 30,
    b"a[]=1&a[b][c]=2&__proto__=1",
    b"a=1&" * 1800,
    b"location=" + b"%F0%9F%92%A5" * 500,
    b"\xff\xfe\xfd",
)
HEADERS: Final = (
    b"X: \xff\xfe",
    b"X: a\x00b",
    b"X : a",
    b"X: a\r\n folded",
    b"X\xff: a",
    b": empty",
    b"no colon",
    b"X: " + b"a" * 9000,
    b"X: a\r\n" * 200 + b"Y: b",
    b"Content-Type: \xff/\xfe; charset=\xff",
    b"Content-Type: multipart/form-data; boundary=\xff",
    b"Content-Type: application/json; charset=utf-99",
    b"Content-Type: ;;;",
    b"Accept: \xff;q=nine",
    b"Accept-Encoding: gzip;q=\xff",
    b"Accept: text/html",
    b"Cookie: =; racehub_watch_=\xff; a" + b"=;" * 500,
    b"Cookie: $Version=\x00",
    b"Authorization: Bearer \xff\xfe",
    b"Authorization: Basic " + b"A" * 5000,
    b"Origin: http://[::1",
    b"Origin: \xff",
    b"Sec-Fetch-Site: cross-site",
    b"If-None-Match: " + b'"a",' * 1500,
    b"If-Modified-Since: yesterday",
    b"Range: bytes=-1,9-1,a-b",
    b"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=\xff",
    b"X-HTTP-Method-Override: DELETE",
    b"Host: \xff\xfe",
    b"Host: [::1",
    b"Host: evil.example:99999999",
    b"Host: a b/c?d#e@f",
    b"Host: a\r\nHost: b",
    b"Expect: 100-continue",
    b"Expect: \xff",
    b"Expect: 200-ok",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    b"Upgrade: \xff\r\nConnection: Upgrade",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99",
    b"Connection: \xff, close, keep-alive",
    b"Content-Length: -1",
    b"Content-Length: +1",
    b"Content-Length: 1_0",
    b"Content-Length: 0x10",
    b"Content-Length: " + b"9" * 40,
    b"Content-Length: 0\r\nContent-Length: 5",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: \x0bchunked",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Trailer: Content-Length",
)
METHODS: Final = (
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"PATCH",
    b"DELETE",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"PROPFIND",
    b"BREW",
    b"get",
    b"G\xcbT",
    b"M" * 9000,
    b"",
)
HANDSHAKE: Final = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="
)
"""A good one. What comes after it may still be none of a WebSocket."""
FRAMES: Final = (
    b"",
    b"\xff" * 5000,
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x81\x05hello",
    b"\x81\xff" + b"\xff" * 8 + b"mask",
    b"\x81\x85\x00\x00\x00\x00\xff\xfe\xfd\xfc\xfb",
    b"\x88\x81\x00\x00\x00\x00\x01",
)
DEEP: Final = 60_000
JSON_BODIES: Final = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"null",
    b"7",
    b"[]",
    b"{",
    b'"' + b"a" * 60_000 + b'"',
    b"[" * DEEP,
    b"[" * (DEEP // 2) + b"]" * (DEEP // 2),
    b'{"session_name":' * 3000,
    b'{"a":' * 9000 + b"1" + b"}" * 9000,
    b'{"purpose":' + b"[" * DEEP,
    b'{"session_name":1e9999}',
    b'{"session_name":' + b"9" * 5000 + b"}",
    b'{"session_name":"\\ud800"}',
    b'{"session_name":"\\u0000"}',
    b'{"session_name":"a\x00b"}',
    b'{"session_name":"a","session_name":7}',
    b'{"session_name":"' + b"a" * 1000 + b'"}',
    b'{"__proto__":{"a":1}}',
    b"{}" * 2000,
    b"a" * 70_000,
)
BOUNDARY: Final = b"multipart/form-data; boundary=x"
PART: Final = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\n"
FORM_BODIES: Final = (
    (b"multipart/form-data", b"--x\r\n\r\n"),
    (b"multipart/form-data; boundary=", b"--\r\n\r\n----\r\n"),
    (b'multipart/form-data; boundary="', b"--x\r\n\r\n--x--\r\n"),
    (b"multipart/form-data; boundary=" + b"x" * 200, b"x"),
    (b"multipart/mixed; boundary=\xff", b"--\xff\r\n\r\n1\r\n--\xff--\r\n"),
    (b"multipart/", b"x"),
    (b"application/x-www-form-urlencoded", b"session=1&file=bib"),
    (b"text/plain", b"bib\n1\n"),
    (b"", b"bib\n1\n"),
    (BOUNDARY, b""),
    (BOUNDARY, b"\x00" * 60_000),
    (BOUNDARY, b"\r\n" * 30_000),
    (BOUNDARY, b"a" * 200_000 + b"\r\n" + PART + b"bib\n1\n\r\n--x--\r\n"),
    (BOUNDARY, PART + b"bib\n1\n"),
    (BOUNDARY, PART * 20_000 + b"--x--\r\n"),
    (BOUNDARY, (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n") * 20_000 + b"--x--\r\n"),
    (BOUNDARY, b"--x\r\n" + b"X: a\r\n" * 5000 + b"\r\n1\r\n--x--\r\n"),
    (BOUNDARY, b"--x\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n1\r\n--x--\r\n"),
    (BOUNDARY, b"--x\r\n\xff\xfe: \x00\r\n\r\n1\r\n--x--\r\n"),
    (
        BOUNDARY,
        b"--x\r\nContent-Disposition: form-data; name=\xff; filename*=utf-99''%FF\r\n\r\n1\r\n--x--\r\n",
    ),
    (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="session"\r\n\r\n\xff\x00\r\n--x--\r\n'),
    (
        BOUNDARY,
        b'--x\r\nContent-Disposition: form-data; name="session"\r\n\r\n' + b"1" * 90_000 + b"\r\n--x--\r\n",
    ),
    (BOUNDARY, b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 500 + b"--x--\r\n"),
    (BOUNDARY, b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n1\r\n--y--\r\n--x--\r\n"),
    (BOUNDARY, b"--x\r\nContent-Length: 99999999999999999999\r\n\r\n1\r\n--x--\r\n"),
    (
        BOUNDARY,
        b"--x\r\nContent-Disposition: form-data; name=_charset_\r\n\r\nutf-99\r\n" + PART + b"1\r\n--x--\r\n",
    ),
    (BOUNDARY, b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff\xff\xff\r\n--x--\r\n"),
    (BOUNDARY, b"--x\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\xff\r\n--x--\r\n"),
    (BOUNDARY, PART + b"x" * 11 * 1024 * 1024 + b"\r\n--x--\r\n"),
)
CHUNKED: Final = (
    b"zz\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhelloworld\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFFF\r\n",
    b"5;" + b"a" * 20_000 + b"\r\nhello\r\n0\r\n\r\n",
    b"0\r\nContent-Length: 5\r\n\r\n",
    b"0\r\n" + b"X: a\r\n" * 500 + b"\r\n",
    b"5\nhello\n0\n\n",
)
CHUNKS_MAX: Final = 70_000
"""Of a byte each: more than a body of JSON may have. Where nobody looks at it, it is skipped whatever the address is: a
tenth of it shows that as well."""
WRITING: Final = ("POST", "PATCH", "PUT")
"""Others do not look at a body."""
SMALL: Final = 1100
"""So long a body of JSON may be something that an address has words for; longer ones are refused before it sees them,
or by the reader of JSON, which is the same for all."""
LINES: Final = (
    b"GET / HTTP/1.1 HTTP/1.1",
    b"GET /",
    b"GET",
    b"/ HTTP/1.1",
    b"GET  /health  HTTP/1.1",
    b"GET /health HTTP/0.9",
    b"GET /health HTTP/1.9",
    b"GET /health HTTP/2.0",
    b"GET /health HTTP/99999999999.1",
    b"GET /health http/1.1",
    b"PRI * HTTP/2.0",
    b"GET * HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"CONNECT 127.0.0.1:5432 HTTP/1.1",
    b"CONNECT : HTTP/1.1",
    b"GET http://evil.example/health HTTP/1.1",
    b"GET http://[::1/health HTTP/1.1",
    b"GET http://evil.example:99999999/ HTTP/1.1",
    b"GET file:///etc/passwd HTTP/1.1",
    b"GET //evil.example/health/ HTTP/1.1",
    b"GET /../../etc/passwd HTTP/1.1",
    b"GET /static/../../app.py HTTP/1.1",
    b"GET /health#x HTTP/1.1",
    b"GET /?" + b"a" * 100_000 + b" HTTP/1.1",
    b"GET /" + b"/" * 8000 + b" HTTP/1.1",
    b"GET /\x00 HTTP/1.1",
    b"GET /\x7f\t HTTP/1.1",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    b"SimpleClient~0.6.0~CTP01",
    b"\x00" * 1000,
    b"\xff" * 20_000,
    b"\r\n\r\n\r\n\r\nBAD",
)


@dataclass(frozen=True, slots=True)
class Attack:
    """`target`: the address of its first request; empty where there is none to speak of."""

    name: str
    data: bytes
    target: bytes


def of_route(method: str, path: str, token: str, code: str, turn: int | None = None) -> Iterator[Attack]:
    """What is tried on one address of the hub's table: all, or what falls to this turn. `code`: of a display that there
    is."""
    attacks = enumerate(_common(method, path, token, code))
    all_of_it = turn is None or ITSELF.search(path) is not None
    yield from _its_own(method, path, token)
    yield from (each for number, each in attacks if all_of_it or number % IN_TURN == (turn or 0) % IN_TURN)


def _its_own(method: str, path: str, token: str) -> Iterator[Attack]:
    """What an address may have its own answer to."""
    known = _known(path)
    if "{" in path:
        for segment in SEGMENTS:
            yield _attack(method.encode(), _filled(path, segment), b"", name=f"segment {segment[:30]!r}")
    if method == "GET":
        yield from _queries(method, known, token)
    if method in WRITING:
        for number, body in enumerate(JSON_BODIES):
            if len(body) <= SMALL:
                yield _with_body(method, known, token, b"application/json", body, name=f"json {number}")


def _common(method: str, path: str, token: str, code: str) -> Iterator[Attack]:
    """What is answered before an address is looked up, or by what they all use."""
    known = _known(path)
    if method != "GET":
        yield from _queries(method, known, token)
    for header in HEADERS:
        yield _attack(method.encode(), known, header, name=f"header {header[:60]!r}")
    for other in METHODS:
        yield _attack(other, known, _bearer(token), name=f"method {other[:20]!r}")
    for number, body in enumerate(JSON_BODIES):
        if method not in WRITING or len(body) > SMALL:
            yield _with_body(method, known, token, b"application/json", body, name=f"json {number}")
    yield _with_body(method, known, token, b"text/html", b"{}", name="no json")
    every = 1 if method in WRITING else 7
    for number, (kind, body) in list(enumerate(FORM_BODIES))[::every]:
        yield _with_body(method, known, token, kind, body, name=f"form {number}")
    there = _filled(path, b"1" if "{id}" in path else code.encode())
    for protocols in (b"", b"\r\nSec-WebSocket-Protocol: a, \xff, b"):
        for number, frame in enumerate(FRAMES):
            headers = HANDSHAKE + protocols + b"\r\n" + _bearer(token)
            yield _attack(method.encode(), there, headers, frame, name=f"frame {number} {protocols!r}")
    tiny = b"1\r\n{\r\n" * (CHUNKS_MAX if method in WRITING else CHUNKS_MAX // 10)
    for number, body in enumerate((*CHUNKED, tiny + b"0\r\n\r\n")):
        headers = b"Transfer-Encoding: chunked\r\nContent-Type: application/json"
        yield _attack(
            method.encode(), known, _bearer(token) + b"\r\n" + headers, body, name=f"chunks {number}"
        )


def _queries(method: str, known: bytes, token: str) -> Iterator[Attack]:
    for query in QUERIES:
        yield _attack(method.encode(), known + b"?" + query, _bearer(token), name=f"query {query[:30]!r}")


def of_the_line() -> Iterator[Attack]:
    """What breaks before there is an address."""
    for line in LINES:
        data = line + b"\r\nHost: hub\r\nConnection: close\r\n\r\n"
        yield Attack(f"line {line[:40]!r}", data, b"")


def routes(app: web.Application) -> list[tuple[str, str]]:
    """(method, path) of every address in the hub's table, as it is written there. HEAD goes with its GET."""
    found = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    return sorted(found)


def complaints(attack: Attack, answer: bytes) -> list[str]:
    """What is wrong with an answer. None at all is right, too: the hub may hang up."""
    forbidden = [b"Traceback", b"aiohttp", b"Python/"]
    if b'.txt"' not in answer:  # the name of a file that is one of text
        forbidden.append(b"Content-Type: text/plain")
    found = [word.decode() for word in forbidden if word in answer]
    for head, body in _answers(answer):
        status = int(head.split(b" ", 2)[1])
        if status >= 500:
            found.append(f"status {status}")
        if status >= 400 and not PEOPLE.match(attack.target) and b"HEAD" not in attack.data[:8]:
            page_wanted, old = b"text/html" in attack.data, OLD.match(attack.target) is not None
            found += _misshapen(head, body, page_wanted=page_wanted, old=old)
    return found


def _answers(answer: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(head, body) of each, as long as they say how long they are."""
    while answer.startswith(b"HTTP/1."):
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        size = int(length[1]) if length else len(rest) if b" 100 " not in head[:13] else 0
        yield head, rest[:size]
        answer = rest[size:]
    if answer:
        yield b"HTTP/1.1 599 no answer at all", answer


def _misshapen(head: bytes, body: bytes, *, page_wanted: bool, old: bool) -> list[str]:
    """`old`: the predecessor's pages may be told in a text."""
    if page_wanted and b"text/html" in head:
        return []
    try:
        error = json.loads(body)["error"]
        good = (old and isinstance(error, str) and error) or (
            set(error) <= {"code", "message", "field"} and error["code"] and error["message"]
        )
    except (ValueError, KeyError, TypeError):
        good = False
    return (
        []
        if good and b"\r\nX-Content-Type-Options: nosniff" in head
        else [f"shape of {head[:200]!r} {body[:200]!r}"]
    )


def _known(path: str) -> bytes:
    return _filled(path, b"1" if "{id}" in path else b"AAAA2222")


def _filled(path: str, segment: bytes) -> bytes:
    return re.sub(rb"\{[^}]*\}", lambda _: segment, path.encode())


def _bearer(token: str) -> bytes:
    return f"Authorization: Bearer {token}".encode()


def _attack(method: bytes, target: bytes, headers: bytes, body: bytes = b"", *, name: str) -> Attack:
    host = b"" if b"Host:" in headers else b"Host: hub\r\n"
    close = b"" if b"Connection:" in headers else b"Connection: close\r\n"
    more = headers + b"\r\n" if headers else b""
    data = method + b" " + target + b" HTTP/1.1\r\n" + host + close + more + b"\r\n" + body
    return Attack(name, data, target)


def _with_body(method: str, target: bytes, token: str, kind: bytes, body: bytes, *, name: str) -> Attack:
    headers = _bearer(token) + b"\r\nContent-Type: " + kind + b"\r\nContent-Length: %d" % len(body)
    return _attack(method.encode(), target, headers, body, name=name)
