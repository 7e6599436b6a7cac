"""A display's settings in the predecessor's words."""

from typing import Any

import msgspec
import pytest

from hub.errors import Invalid
from hub.old_display_settings import NO_NUMBER, TOO_LONG, TOO_SHORT, OldSettings, changed, duration, shape

OWN = {"duration": 8.0, "locations": ["FINISH"]}


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({}, {"duration": 5, "displayDuration": 5000, "transitions": True}),
        (OWN, {"duration": 8, "displayDuration": 8000, "transitions": True}),
        (
            {"duration": 2.5, "transitions": False},
            {"duration": 2.5, "displayDuration": 2500, "transitions": False},
        ),
    ],
)
def test_both_shapes_at_once(settings: dict[str, Any], answer: dict[str, Any]) -> None:
    assert msgspec.json.encode(shape(settings)) == msgspec.json.encode(answer)


@pytest.mark.parametrize(
    ("body", "settings"),
    [
        ({"duration": 3}, {"duration": 3.0}),
        ({"duration": "4"}, {"duration": 4.0}),
        ({"duration": 1}, {"duration": 1.0}),
        ({"displayDuration": 2500, "transitions": False}, {"duration": 2.5, "transitions": False}),
        ({"duration": 3, "displayDuration": 9000}, {"duration": 3.0}),
        ({"duration": None, "theme": "dark"}, {}),
        ({}, {}),
    ],
)
def test_what_is_posted(body: dict[str, Any], settings: dict[str, Any]) -> None:
    assert changed(OWN, msgspec.convert(body, OldSettings)) == OWN | settings


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"duration": 0}, TOO_SHORT),
        ({"duration": -5}, TOO_SHORT),
        ({"duration": 0.9}, TOO_SHORT),
        ({"duration": "nan"}, TOO_SHORT),
        ({"displayDuration": 999}, TOO_SHORT),
        ({"duration": 61}, TOO_LONG),
        ({"duration": "inf"}, TOO_LONG),
        ({"displayDuration": 60001}, TOO_LONG),
        ({"duration": ""}, NO_NUMBER),
        ({"duration": "soon"}, NO_NUMBER),
    ],
)
def test_what_is_refused(body: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        changed(OWN, msgspec.convert(body, OldSettings))
    assert refused.value.message == words


def test_the_predecessors_own_words() -> None:
    assert TOO_SHORT == "Duration must be greater than 0"
    assert isinstance(duration({"duration": 7.0}), int)
