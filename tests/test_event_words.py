"""What may be said of an event."""

import pytest

from hub import event_words
from hub.errors import Invalid
from hub.event_words import EventChange, EventWords, RaceWords


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("europe/berlin", ["Europe/Berlin"]),
        ("new york", ["America/New_York"]),
        ("Asia/Katmandou", ["Asia/Kathmandu", "Asia/Katmandu"]),
        ("Europe/Munich", ["Europe/Zurich"]),
        ("zzzzzzzzz", []),
        ("", []),
    ],
)
def test_zones_that_come_near(typed: str, near: list[str]) -> None:
    found = event_words.zones_near(typed)
    assert set(near) <= set(found) and bool(near) == bool(found) and len(found) <= event_words.NEAR_MAX


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Argentina/Ushuaia"])
def test_zones_that_there_are(zone: str) -> None:
    event_words.check_zone(zone)


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "/etc/passwd", "../UTC", "Europe", "a\0b", "x" * 500, "localtime"]
)
def test_what_is_no_zone(zone: str) -> None:
    with pytest.raises(Invalid, match=r"timezone: .*expected an IANA time zone") as problem:
        event_words.check_zone(zone)
    assert problem.value.field == "timezone" and len(problem.value.message) < 300


@pytest.mark.parametrize("name", ["Straße \N{RUNNER}\u200d\N{FEMALE SIGN}", "5K, 10K & Half"])
def test_names_of_all_kinds(name: str) -> None:
    event_words.check(EventWords(name, "2026-05-16", "UTC", [RaceWords(name, 1, name, name)]))


@pytest.mark.parametrize("name", ["\t", "a\tb", "\ud800", "a\x7f"])
def test_names_that_cannot_be_shown(name: str) -> None:
    with pytest.raises(Invalid) as problem:
        event_words.check(EventChange(name=name))
    assert problem.value.field == "name"


def test_what_is_not_said_is_not_checked() -> None:
    event_words.check(EventChange())
