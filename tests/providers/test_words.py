"""The shapes that services answer in: cursors and events go into JSON and come out of it as they were."""

import msgspec

from hub.providers.words import EventRace, Page, ProviderEvent
from hub.roster_words import Entry, Layer


def test_shapes_go_through_json() -> None:
    event = ProviderEvent("12", "City Run", "2026-05-16", "Linz", [EventRace("3", "10K")])
    assert msgspec.json.decode(msgspec.json.encode(event), type=ProviderEvent) == event
    page = Page([Entry(Layer({"bib": "7"}), "e1")], ["e2"], 1, None, {"since": 5})
    assert msgspec.json.decode(msgspec.json.encode(page), type=Page) == page
