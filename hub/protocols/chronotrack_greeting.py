"""What a CTP01 server says first: its greeting, settings and questions. Knows the words, in the order in which
SimpleClient 0.6.0 accepts them, and how much of an answer is kept; refuses to know what is answered.

Source: recordings of SimpleClient 0.6.0.
"""

from typing import Final

from hub.protocols.chronotrack_proof import ASKED

QUESTIONS: Final = (b"getconnectionid", b"geteventinfo", b"getlocations")
TEXT_CHARS_MAX: Final = 200


def greeting(server: bytes, seed: str) -> list[bytes]:
    """The greeting of a server (`name~version`) and its settings. With a seed a client is asked who it is; no question
    may follow then before it has its verdict."""
    settings = [
        b"location=multi",
        b"guntimes=true",
        b"newlocations=true",
        b"authentication=" + (ASKED if seed else "none").encode(),
        b"stream-mode=push",
        b"time-format=iso",
    ]
    if seed:
        settings.append(b"authentication-seed=" + seed.encode())
    return [b"%b~%d" % (server, len(settings)), *settings]


def short(text: str) -> str:
    """What a client says of itself, fit for a log line."""
    return "".join(filter(str.isprintable, text.strip()))[:TEXT_CHARS_MAX]
