"""The words of each target's language, of which inputs are made: for Hypothesis, and as libFuzzer's dictionaries."""

from typing import Final

from hub.config import Settings
from hub.config_report import known_keys
from tests.fuzz import clients, streams
from tests.fuzz.configs import PASSWORD
from tests.fuzz.connections import BOUNDARY, CODE, TOKEN
from tests.protocols import dialogue

NUMBERS: Final = (b"0", b"1", b"-1", b"007", b"9223372036854775807", b"9223372036854775808", b"9" * 400)
TEXTS: Final = (
    "Zürich".encode(),
    b"Z\xfcrich",
    "東".encode(),
    b"\xed\xa0\x80",
    b"\0",
    b"\x85",
    b"\xc2\xa0",
    b" ",
)
TIMES: Final = (
    *(
        b"2024-06-01T08:00:01.50",
        b"2024-W22-6T08:00:01",
        b"0001-01-01T00:00:00.00",
        b"9999-12-31T23:59:59.999999",
    ),
    *(
        b"08:00:05.16",
        b"-16:35:31.36",
        b"240:00:00.00",
        b"1717228800.50",
        b"253402300799.99",
        b"-28800000",
        b".1234567",
    ),
)
FORMATS: Final = (b"CT01_33~", b"CT01_13,", b"CT01_13~", b"CT01_22;", b"CT01_43|", b"CT01_53\t", b"CT01_3B~")
TAGS: Final = (b"4711", b"GUNTIME", b"guntime", b"newlocation", b"0A11B2")
READ: Final = (*FORMATS, *TAGS, *TIMES, *NUMBERS, *TEXTS, b"FINISH", b"~", b",", b"|", b";", b"\t")
ENDS: Final = (b"\r\n", b"\n", b"\r")
JSON: Final = (
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b'"',
        b"null",
        b"true",
        b"NaN",
        b"1e999",
        b"-0.0",
        b'"\\ud800"',
        b'"\\u0000"',
    ),
    *(b"\n", b'"type":', b"[" * 300, b'{"":' * 300, *NUMBERS, *TEXTS),
)


def _acted(actions: object) -> tuple[bytes, ...]:
    return tuple(b"\x1e%b\x1e" % name for name in dict(actions))  # type: ignore[call-overload]


WORDS: Final[dict[str, tuple[bytes, ...]]] = {
    "lines": (*ENDS, b"x" * streams.LINE_BYTES, b"a", b"\r" * 3),
    "ct01": (*READ, *ENDS),
    "time": (*TIMES, *NUMBERS, b"T", b":", b"-", b".", b"00", b"23:59:60", b"24:00:00"),
    "way": (*READ, *ENDS),
    "server": (
        *(*READ, *ENDS, streams.RESUMED, *_acted(streams.ACTIONS), b"x" * streams.LINE_BYTES),
        *(
            dialogue.HELLO,
            dialogue.NEW,
            dialogue.ACK_ID,
            dialogue.ACK_EVENT,
            dialogue.ACK_LOCATIONS,
            dialogue.GUN,
        ),
        *(
            b"ack~",
            b"err~",
            b"ping\r\n",
            b"getlocations~",
            b"start~",
            b"CS_01~",
            b"\x01Z",
            b"a~b~CTP02",
            b"authorize~",
        ),
    ),
    "client": (
        *(
            *ENDS,
            *_acted(clients.ACTIONS),
            *NUMBERS,
            b"RaceHub~1.0~6\r\n",
            b"~",
            b"=",
            b"x" * clients.LINE_BYTES,
        ),
        *(
            b"location=multi",
            b"newlocations=true",
            b"authentication=",
            b"none",
            b"stream-mode=",
            b"push",
            b"pull",
        ),
        *(
            b"time-format=",
            b"iso",
            b"unix",
            b"msecs",
            b"normal",
            b"tagevent-format=",
            b"CT01_22",
            b"connection-id=true",
        ),
        *(
            b"pushmode-ack=true",
            b"ping",
            b"getconnectionid",
            b"geteventinfo",
            b"getlocations",
            b"start",
            b"stop",
        ),
        *(b"getdata", b"FINISH", b"finish", b"LEFT", "Züri".encode(), b"Z\xfcri"),
    ),
    "tags": (
        *(b"TO~", b"~", b"1620479668.05", b"9999999999.99", b"12000C", b"000000009511", *NUMBERS, *ENDS),
        *(b"TO~1~000000009511~0~0~1620479668.05~12000C~8~60~1~3~2\r\n", b"TO~2~7~~~1.00~R~1~~~\n"),
    ),
    "markers": (
        *(
            b"I0AB1C,",
            b",",
            b"Gun",
            b"Point",
            b"Event",
            b"Zero",
            b"21050807094588",
            b"80010100000000",
            *NUMBERS,
            *ENDS,
        ),
        *(b"I0AB1C,1,Gun,10,21050807094588,\r\n", b"I0AB1C,2,Point,11,21050807094588,FINISH\r\n"),
    ),
    "roster": (
        *(
            b"bib",
            b"tag",
            b"chip",
            b"first name",
            b"last",
            b"name",
            b"age",
            b"wave",
            b"\xef\xbb\xbf",
            b"x" * 501,
        ),
        *(b",", b";", b"\t", b"|", b'"', b'""', b"A1;A9", b"Lee, Ann", b"Ann Lee", *NUMBERS, *TEXTS, *ENDS),
    ),
    "config": (
        *(
            b"\x1e",
            b"\n",
            b" = ",
            b'"',
            b"'",
            b'"""',
            b"[",
            b"]",
            b"{",
            b"}",
            b"#",
            b"\\",
            b"\xef\xbb\xbf",
            *NUMBERS,
        ),
        *(f"[{name}]\n".encode() for name in Settings.model_fields if name != "listeners"),
        *(f"{key.rpartition('.')[2]} = ".encode() for key in known_keys(Settings)),
        *(
            f"\nRACEHUB_{key.replace('[]', '.0').replace('.', '__').upper()}=".encode()
            for key in known_keys(Settings)
        ),
        *(
            b"[[listeners]]\n",
            PASSWORD.encode(),
            b'"postgresql://u:%b@h/d"' % PASSWORD.encode(),
            b"://",
            b"@",
            b"true",
        ),
        *(
            b'"redis://:%b@h"' % PASSWORD.encode(),
            b"?password=%b" % PASSWORD.encode(),
            b'["10.0.0.0/8"]',
            b"1e99",
        ),
        *(b"1979-05-27T07:32:00Z", b'"Europe/Berlin"', b'"../x"', b'"\\ud800"', b"[" * 200, *TEXTS),
    ),
    "screen": (
        *(
            *JSON,
            b'"shown"',
            b'"pong"',
            b'"state"',
            b'"offset":',
            b'"ms":',
            b'"at":',
            b'"size":',
            b'"visible":',
        ),
        *(b'"version":', b'{"type":"shown","offset":1,"ms":2}', b'{"type":"pong","more":'),
    ),
    "change": (
        *JSON,
        b'"session_name":',
        b'"purpose":',
        b'"race"',
        b'"rehearsal"',
        b'{"session_name":"',
        b"x" * 201,
    ),
    "query": (
        *(b"&", b"=", b"%", b"%00", b"%ff", b"%ed%a0%80", b"+", b"#", b";", *NUMBERS, *TEXTS, b"\xd9\xa3"),
        *(b"session=", b"epoch=", b"after=", b"limit=", b"location=", b"tag=", b"bib=", b"2505", b"7", b"A1"),
    ),
    "http": (
        *(
            b"GET ",
            b"PATCH ",
            b"POST ",
            b"HEAD ",
            b"OPTIONS ",
            b" HTTP/1.1\r\n",
            b" HTTP/1.0\r\n",
            b"Host: ",
            b"\r\n",
        ),
        *(
            b"/",
            b"//",
            b"/d/",
            b"/ws/d/",
            b"/ws/sessions/",
            b"/front/state",
            b"/health",
            b"/static/",
            b"/api/sessions",
        ),
        *(
            b"/api/displays/",
            b"/qr.svg",
            CODE.encode(),
            b"/reads?",
            b"/../",
            b"%2e%2e%2f",
            b"%00",
            b"%ff",
            b"?after=",
        ),
        *(
            b"Authorization: Bearer ",
            TOKEN.encode(),
            b"Cookie: racehub_watch_",
            b"Origin: ",
            b"Sec-Fetch-Site: ",
        ),
        *(
            b"Content-Type: application/json\r\n",
            b"Content-Length: ",
            b"Transfer-Encoding: chunked\r\n",
            b"Accept: ",
        ),
        *(
            b"text/html",
            b"If-None-Match: ",
            b"Range: bytes=",
            b"Upgrade: websocket\r\n",
            b"Connection: Upgrade\r\n",
        ),
        *(b"Expect: 100-continue\r\n", b"[::1]", b"http://", b":99999", b"a" * 3000, *NUMBERS, *TEXTS),
        *(b'{"session_name":"', b'"purpose":"rehearsal"}'),
    ),
    "upload": (
        *(
            f"--{BOUNDARY}\r\n".encode(),
            f"--{BOUNDARY}--\r\n".encode(),
            b"--",
            b"\r\n",
            b"\r\n\r\n",
            b'"',
            b";",
            b":",
        ),
        *(
            b"Content-Disposition: form-data; ",
            b'name="session"',
            b'name="file"; filename="r.csv"',
            b"filename*=utf-8''",
        ),
        *(
            b"Content-Type: multipart/mixed; boundary=x",
            b"Content-Type: text/csv; charset=",
            b"Content-Length: ",
        ),
        *(b"Content-Encoding: gzip", b"Content-Encoding: deflate", b"Content-Transfer-Encoding: base64"),
        *(b"Content-Transfer-Encoding: quoted-printable", b"bib,tag\n7,A1\n", b"_charset_", *NUMBERS, *TEXTS),
    ),
    "frames": (
        *(
            b"\x81",
            b"\x01",
            b"\x82",
            b"\x80",
            b"\x00",
            b"\x88",
            b"\x89",
            b"\x8a",
            b"\xc1",
            b"\x83",
            b"\xfe",
            b"\xff",
        ),
        *(
            b"\x8f\0\0\0\0",
            b"\x80\0\0\0\0",
            b"\x7e\x10\x01",
            b"\x03\xe8",
            b"\x03\xe7",
            b"\x13\x88",
            b"\xff" * 8,
        ),
        *(b'{"type":"pong"}', b"\x81\x8f\0\0\0\0" + b'{"type":"pong"}', b"\xed\xa0\x80", b"x" * 4096),
    ),
    "journal_group": (
        *(
            b"\x90",
            b"\x91",
            b"\x93",
            b"\x9f",
            b"\xc0",
            b"\xc3",
            b"\xc1",
            b"\xcb" + bytes(8),
            b"\xdd\xff\xff\xff\xff",
        ),
        *(
            b"\xcf" + b"\xff" * 8,
            b"\xd3" + b"\x80" + bytes(7),
            b"\xc4\x10" + bytes(16),
            b"\xa1x",
            b"\xa2\xc3\x28",
        ),
        *(b"\x91" * 300, b"\xd9\xff", b"\xc9\0\0\0\1\1\1", b"\xd6\xff\0\0\0\0", b"\x81\xa1x\xc0"),
    ),
    "journal_file": (
        b"\xff\xff",
        b"\x00\x08",
        b"\x01\x00",
        b"\x00\x10",
        b"\x00\x00\x53",
        b"\x20\x00\x00",
        b"\x10\x00\x05",
    ),
}
WORDS["plan"] = (*WORDS["tags"], *WORDS["markers"], b"\x1e", b"x" * 130, b"A~B")


def dictionary(name: str) -> str:
    """The words as libFuzzer reads them."""
    lines = (
        "".join(f"\\x{byte:02x}" for byte in word) for word in dict.fromkeys(WORDS[name]) if len(word) <= 128
    )
    return "".join(f'"{line}"\n' for line in lines)
