"""What may be said of a participant: every field is one, and a layer that says nothing takes no room."""

import msgspec

from hub.model import Participant
from hub.roster_words import FIELDS, Entry, Layer


def test_fields_are_those_of_a_participant() -> None:
    assert set(FIELDS) | {"id", "tags", "custom"} == set(Participant.__struct_fields__)


def test_layer_that_says_nothing_takes_no_room() -> None:
    assert msgspec.json.encode(Layer()) == b"{}"
    entry = Entry(Layer({"bib": "7"}, ["a"]), "x", 2)
    assert msgspec.json.decode(msgspec.json.encode(entry), type=Entry) == entry
