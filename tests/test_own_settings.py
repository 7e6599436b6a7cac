"""What a user has chosen for the control room."""

import msgspec
import pytest

from hub.alarms import Thresholds
from hub.own_settings import KNOWN_MAX, AlarmSettings, OwnSettings, kept


def test_they_come_back_as_they_were_kept() -> None:
    wanted = OwnSettings(AlarmSettings(silent_min=2, sound=True, seen={"away:7": "2024-05-04T08:00:00"}))
    assert kept(msgspec.json.encode(wanted).decode()) == wanted


@pytest.mark.parametrize("text", ["{}", '{"alarms": {"silent_min": "x"}}', '{"another": 1}', "null", "[]"])
def test_what_is_not_understood_is_as_if_it_were_not_there(text: str) -> None:
    assert kept(text) == OwnSettings()


def test_nobody_chooses_anything_is_the_usual() -> None:
    alarms = OwnSettings().alarms
    assert (alarms.silent_min, alarms.location_min) == (Thresholds().silent_min, Thresholds().location_min)
    assert not alarms.sound and alarms.seen == {}


def test_what_is_kept_has_limits() -> None:
    seen = {str(number): "" for number in range(KNOWN_MAX + 1)}
    for wanted in ({"silent_min": -1}, {"location_min": 1441}, {"seen": seen}, {"seen": {"x" * 201: ""}}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"alarms": wanted}, OwnSettings)
