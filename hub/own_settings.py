"""What a user has chosen for the control room. Pure: knows which choices there are and their limits."""

from typing import Annotated, Final

import msgspec

from hub.alarms import Thresholds

MINUTES_MAX: Final = 24 * 60
KNOWN_MAX: Final = 200
"""Alarms that somebody has seen; the oldest are forgotten."""
KEY_CHARS_MAX: Final = 200

Minutes = Annotated[int, msgspec.Meta(ge=0, le=MINUTES_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=KEY_CHARS_MAX)]


class AlarmSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`silent_min`, `location_min`: see `hub.alarms.Thresholds`. `sound`: whether alarms are to be heard. `seen`: by
    the key of each alarm that was acknowledged, since when it was; another one of that key is told again."""

    silent_min: Minutes = Thresholds().silent_min
    location_min: Minutes = Thresholds().location_min
    sound: bool = False
    seen: Annotated[dict[Text, Text], msgspec.Meta(max_length=KNOWN_MAX)] = {}


class OwnSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alarms: AlarmSettings = AlarmSettings()


def kept(text: str) -> OwnSettings:
    """As they were kept. What an older hub has kept, and this one does not understand, is as if it were not there."""
    try:
        return msgspec.json.decode(text, type=OwnSettings)
    except msgspec.MsgspecError:
        return OwnSettings()
