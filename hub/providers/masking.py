"""Keeping secrets out of what is said. Knows the names and the values of an account's secrets; refuses to say them.

A service's own words may repeat what it was sent, and an address with the account in its query ends in any message
about it: so whatever a person or a log is to read goes through here first.
"""

import base64
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "***"
VALUE_CHARS_MIN: Final = 4
"""Shorter values stand in too many other words; their names still hide them."""
SECRET_NAMES: Final = (
    "access_token",
    "api_key",
    "api_secret",
    "authorization",
    "client_id",
    "client_secret",
    "password",
    "refresh_token",
    "rsu_api_key",
    "sp_api_key",
    "token",
    "user_id",
    "user_pass",
    "x-rsu-api-secret",
)
_BY_NAME: Final = re.compile(
    rf"(?i)\b({'|'.join(map(re.escape, SECRET_NAMES))})(\"?\s*[=:]\s*\"?)(?:(?:bearer|basic)\s+)?[^&\s\"',;)}}]+"
)


class Mask:
    """`values`: the secrets themselves, hidden also as they stand in addresses and in an Authorization header."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: list[str] = []
        for value in values:
            self.add(value)

    def __repr__(self) -> str:
        return f"Mask({len(self._values)} values)"

    def add(self, value: str) -> None:
        """Another one: a token that was given later. The longest are hidden first."""
        if len(value) >= VALUE_CHARS_MIN:
            forms = {value, quote(value, safe=""), quote_plus(value), _base64(value)}
            self._values = sorted({*self._values, *forms}, key=len, reverse=True)

    def hide(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return _BY_NAME.sub(rf"\1\2{HIDDEN}", text)


def _base64(value: str) -> str:
    return base64.b64encode(value.encode("utf-8", "replace")).decode()
