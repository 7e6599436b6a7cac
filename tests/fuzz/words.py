"""The words of each target's language, of which inputs are made: for Hypothesis, and as libFuzzer's dictionaries."""

from typing import Final

from hub.config import Settings
from hub.config_report import known_keys
from tests.fuzz import clients, streams
from tests.fuzz.configs import PASSWORD
from tests.fuzz.connections import BOUNDARY, CODE, TOKEN
from tests.protocols import dialogue

Words = tuple[bytes, ...]

DICTIONARY_WORD_BYTES_MAX: Final = 128
"""Of libFuzzer's dictionaries; it takes no longer ones."""


def _words(text: str) -> Words:
    """The words of a text, with Python's escapes for what would not be one: `\\x20`."""
    return tuple(word.encode().decode("unicode_escape").encode("latin-1") for word in text.split())


NUMBERS: Final = (
    *_words("0 1 -1 007 9223372036854775807 9223372036854775808"),
    "²".encode(),
    "٣".encode(),
    b"9" * 400,
)
TEXTS: Final = ("Zürich".encode(), "東".encode(), *_words(r"Z\xfcrich \xed\xa0\x80 \0 \x85 \xc2\xa0 \x20"))
TIMES: Final = _words(
    """2024-06-01T08:00:01.50 2024-W22-6T08:00:01 0001-01-01T00:00:00.00 9999-12-31T23:59:59.999999 08:00:05.16
    -16:35:31.36 240:00:00.00 240:00:00.01 1717228800.50 253402300799.99 -28800000 864000001 .1234567"""
)
FORMATS: Final = _words(r"CT01_33~ CT01_13, CT01_13~ CT01_22; CT01_43| CT01_53\t CT01_3B~")
TAGS: Final = _words("4711 GUNTIME guntime newlocation 0A11B2")
READ: Final = (*FORMATS, *TAGS, *TIMES, *NUMBERS, *TEXTS, *_words(r"FINISH ~ , | ; \t"))
ENDS: Final = (b"\r\n", b"\n", b"\r")
JSON: Final = (
    *_words(r"""{ } [ ] : , " null true NaN 1e999 -0.0 "\\ud800" "\\u0000" "type": \n"""),
    *(b"[" * 300, b'{"":' * 300, *NUMBERS, *TEXTS),
)
_ENVIRONMENT: Final = tuple(
    f"\nRACEHUB_{key.replace('[]', '.0').replace('.', '__').upper()}=".encode()
    for key in known_keys(Settings)
)


def _actions(names: dict[bytes, object]) -> Words:
    return tuple(b"\x1e%b\x1e" % name for name in names)


WORDS: Final[dict[str, Words]] = {
    "template": (
        *JSON,
        *_words(r"""PK\x03\x04 PK\x01\x02 PK\x05\x06 template.json images/ "format":"racehub-3" "format":"html-2"
        "name": "template": "titles": "canvas":{"width":1920,"height":1080} "active": "resting": "blocks": "grid":
        "kind":"text" "kind":"list" "id":"a" "x":0 "y":0 "w":9 "h":9 "columns":[{"text":"x"}] "image": "cell":[0,0,1,1]
        "html": "activeState": <p> <style> <script> #aabbcc"""),
        b"0" * 32 + b".png",
    ),
    "lines": (*ENDS, b"x" * streams.LINE_BYTES, b"a", b"\r" * 3),
    "ct01": (*READ, *ENDS),
    "time": (*TIMES, *NUMBERS, *_words("T : - . 00 23:59:60 24:00:00")),
    "way": (*READ, *ENDS),
    "server": (
        *(*READ, *ENDS, streams.RESUMED, *streams.PROVING, *_actions({**streams.ACTIONS})),
        b"x" * streams.LINE_BYTES,
        dialogue.AUTHORIZE,
        *(
            dialogue.HELLO,
            dialogue.NEW,
            dialogue.ACK_ID,
            dialogue.ACK_EVENT,
            dialogue.ACK_LOCATIONS,
            dialogue.GUN,
        ),
        *_words(r"ack~ err~ ping\r\n getlocations~ start~ CS_01~ \x01Z a~b~CTP02 authorize~ A\rB"),
    ),
    "client": (
        *(*ENDS, *_actions({**clients.ACTIONS}), *NUMBERS, "Züri".encode(), b"x" * clients.LINE_BYTES),
        *_words(
            r"RaceHub~1.0~6\r\n ~ = location=multi newlocations=true authentication= none stream-mode= push pull"
        ),
        *_words(
            "stream-mode=push time-format= iso unix msecs normal tagevent-format= CT01_22 connection-id=true"
        ),
        *_words(
            "authentication=plaintext authentication=hmac-sha1 authentication-seed=abc123 ack~authorize err~authorize"
        ),
        *_words(
            "pushmode-ack=true ping getconnectionid geteventinfo getlocations start stop getdata FINISH finish LEFT"
        ),
    ),
    "tags": (
        *(*_words(r"TO~ ~ 1620479668.05 9999999999.99 12000C 000000009511"), *NUMBERS, *ENDS),
        *_words(r"TO~1~000000009511~0~0~1620479668.05~12000C~8~60~1~3~2\r\n TO~2~7~~~1.00~R~1~~~\n"),
    ),
    "markers": (
        *(*_words("I0AB1C, , Gun Point Event Zero 21050807094588 80010100000000"), *NUMBERS, *ENDS),
        *_words(r"I0AB1C,1,Gun,10,21050807094588,\r\n I0AB1C,2,Point,11,21050807094588,FINISH\r\n"),
    ),
    "roster": (
        *_words(r"bib tag chip first\x20name last name age wave \xef\xbb\xbf , ; \t | "),
        *_words(r'" "" A1;A9 Lee,\x20Ann Ann\x20Lee'),
        *(b"x" * 501, *NUMBERS, *TEXTS, *ENDS),
    ),
    "config": (
        *_words(
            r"""\x1e \n \x20=\x20 " ' [ ] { } # \\ \xef\xbb\xbf :// @ true 1e99 1979-05-27T07:32:00Z ["10.0.0.0/8"]"""
        ),
        *_words(r'''"Europe/Berlin" "../x" "\\ud800" """ [[listeners]]\n'''),
        *(f"[{name}]\n".encode() for name in Settings.model_fields if name != "listeners"),
        *(f"{key.rpartition('.')[2]} = ".encode() for key in known_keys(Settings)),
        *(*_ENVIRONMENT, *NUMBERS, *TEXTS, b"[" * 200),
        *_words(f'{PASSWORD} "postgresql://u:{PASSWORD}@h/d" "redis://:{PASSWORD}@h" ?password={PASSWORD}'),
        *_words(
            f'"postgresql://h/d?password={PASSWORD}" ["{PASSWORD}"] {{a="{PASSWORD}"}} "http://u:{PASSWORD}@h"'
        ),
    ),
    "screen": (
        *(*JSON, *_words('"shown" "pong" "state" "offset": "ms": "at": "size": "visible": "version":')),
        *_words('{"type":"shown","offset":1,"ms":2} {"type":"pong","more":'),
    ),
    "change": (*JSON, b"x" * 201, *_words('"session_name": "purpose": "race" "rehearsal" {"session_name":"')),
    "old": (
        *_words(
            r"""{"html":" {"content":" {"activeState":{"html":" ","css":" "canvasWidth":"9" "restingState":" "} \\x1e"""
        ),
        *_words(
            "<div <p> </p> <style> </style> <script> <svg> <math> <img <table> <b> <!-- --> <body <![CDATA[ ]]> </"
        ),
        *_words(
            "src= style=' onerror=x class=layout-root data-anim= data-design-w=9 javascript: data:image/png;base64,A"
        ),
        *_words(
            r"""url( //evil.example/x @import @media @font-face{ expression( \\75rl( ' " ; : } { ( /* */ !important"""
        ),
        *_words(
            r"behavior:x --x: /static/uploads/a.png [object\x20Object] undefined &lt; &#117; \0 \n \x20 %"
        ),
    ),
    "query": (
        *_words(
            "& = % %00 %ff %ed%a0%80 %c2%b2 %d9%a3 + # ; 2505 7 A1 session= epoch= after= limit= location= tag= bib="
        ),
        *(*NUMBERS, *TEXTS),
    ),
    "http": (
        *_words(
            r"GET\x20 PATCH\x20 POST\x20 HEAD\x20 OPTIONS\x20 \x20HTTP/1.1\r\n \x20HTTP/1.0\r\n Host:\x20 \r\n"
        ),
        *_words(
            "/ // /d/ /ws/d/ /ws/sessions/ /front/state /health /static/ /api/sessions /api/displays/ /qr.svg /reads?"
        ),
        *_words(r"/../ %2e%2e%2f %00 %ff ?after= Accept:\x20 text/html If-None-Match:\x20 Range:\x20bytes="),
        *_words(
            r"Authorization:\x20Bearer\x20 Cookie:\x20 Origin:\x20 Sec-Fetch-Site:\x20 Upgrade:\x20websocket\r\n"
        ),
        *_words(
            r"Content-Type:\x20application/json\r\n Content-Length:\x20 Transfer-Encoding:\x20chunked\r\n"
        ),
        *_words(r"Connection:\x20Upgrade\r\n Expect:\x20100-continue\r\n [::1] http:// http://[ :99999"),
        *_words(r"""/api/rosters/import {"session_name":" "purpose":"rehearsal"}"""),
        *_words(
            r"""/control /api/display-settings ?display= {"action":"pin","offset": {"duration": "displayDuration":"""
        ),
        *_words(
            r"""/api/users /api/partners /api/tokens {"email":"a@b","role":"owner"} {"name":"x"} "slug":" """
        ),
        *(CODE.encode(), TOKEN.encode(), b"a" * 3000, *NUMBERS, *TEXTS),
    ),
    "image": (
        *_words(r"\x89PNG\r\n\x1a\n IHDR IDAT IEND PLTE tRNS iCCP eXIf zTXt iTXt acTL fcTL fdAT gAMA sRGB"),
        *_words(r"RIFF WEBP VP8\x20 VP8L VP8X ANIM ANMF ALPH ICCP EXIF XMP\x20 GIF87a GIF89a NETSCAPE2.0"),
        *_words(
            r"\xff\xd8 \xff\xd9 \xff\xda \xff\xc0 \xff\xc2 \xff\xc4 \xff\xdb \xff\xdd \xff\xe0 \xff\xe1 \xff\xe2"
        ),
        *_words(
            r"JFIF\0 Exif\0\0II*\0 Exif\0\0MM\0* ICC_PROFILE\0 MPF\0 Adobe\0 !\xf9\x04 !\xfe ; II*\0 BM <svg"
        ),
        *(
            b"\0\0",
            b"\0\0\0\1",
            b"\xff\xff\xff\xff",
            b"\x7f\xff\xff\xff",
            b"\0\x10\0\0",
            b"\x01",
            b"\x08",
            b"\x10",
        ),
    ),
    "upload": (
        *_words(
            rf'--{BOUNDARY}\r\n --{BOUNDARY}--\r\n -- \r\n \r\n\r\n " ; : Content-Disposition:\x20form-data;\x20'
        ),
        *_words(
            r"""name="session" name="file";\x20filename="r.csv" filename*=utf-8'' Content-Length:\x20 _charset_"""
        ),
        *_words(r"Content-Type:\x20multipart/mixed;\x20boundary=x Content-Type:\x20text/csv;\x20charset="),
        *_words(
            r"Content-Encoding:\x20gzip Content-Encoding:\x20deflate Content-Transfer-Encoding:\x20base64"
        ),
        *_words(r"Content-Transfer-Encoding:\x20quoted-printable bib,tag\n7,A1\n"),
        *(*NUMBERS, *TEXTS),
    ),
    "frames": (
        *_words(
            r"\x81 \x01 \x82 \x80 \x00 \x88 \x89 \x8a \xc1 \x83 \xfe \xff \x8f\0\0\0\0 \x80\0\0\0\0 \x7e\x10\x01"
        ),
        *_words(
            r"""\x03\xe8 \x03\xe7 \x13\x88 {"type":"pong"} \x81\x8f\0\0\0\0{"type":"pong"} \xed\xa0\x80"""
        ),
        *(b"\xff" * 8, b"x" * 4096),
    ),
    "journal_group": (
        *_words(
            r"\x90 \x91 \x93 \x9f \xc0 \xc3 \xc1 \xdd\xff\xff\xff\xff \xd9\xff \xc9\0\0\0\1\1\1 \xd6\xff\0\0\0\0"
        ),
        *_words(r"\xa1x \xa2\xc3\x28 \x81\xa1x\xc0"),
        *(
            b"\xcb" + bytes(8),
            b"\xcf" + b"\xff" * 8,
            b"\xd3\x80" + bytes(7),
            b"\xc4\x10" + bytes(16),
            b"\x91" * 300,
        ),
    ),
    "journal_file": _words(r"\xff\xff \x00\x08 \x01\x00 \x00\x10 \x00\x00\x53 \x20\x00\x00 \x10\x00\x05"),
}
WORDS["plan"] = (*WORDS["tags"], *WORDS["markers"], b"\x1e", b"x" * 130, b"A~B")


def dictionary(name: str) -> str:
    """The words as libFuzzer reads them."""
    short = [word for word in dict.fromkeys(WORDS[name]) if len(word) <= DICTIONARY_WORD_BYTES_MAX]
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in short)
