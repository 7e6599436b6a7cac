"""Messages as bytes: their shapes on the wire."""

import json
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from hub import encode
from hub.marks import Call, Mark
from hub.messages import PINNED, RUNNER, Message, Messages
from hub.model import DisplayRow, Participant, PlaceRow, Race, Read, ScreenRow, SessionRow
from hub.roster import Roster
from hub.session import Session

ZONE = ZoneInfo("Asia/Kathmandu")
READ_US = 1_767_225_600_640_000  # 2026-01-01T00:00:00.64Z
ANN = Participant(
    7,
    "2505",
    ("A1",),
    "Ann",
    "Lee",
    age="34",
    gender="F",
    city="Hilo",
    state="HI",
    country="US",
    division="F30-34",
    race_name="10K",
    wave="2",
    team_name="Owls",
    custom=(("Shirt", "M"), ("Ünï", "ß")),
)
DISPLAY = DisplayRow("K7XQ2M9P", 1, None, "Finish")


def session(*participants: Participant) -> Session:
    row = SessionRow(3, 1, "Sunday", "Spring run", "active", 2, ZONE.key, "2026-01-01", 0)
    made = Session(row, late_us=120_000_000)
    made.roster = Roster(participants)
    return made


def read(**changes: Any) -> Read:
    fields: dict[str, Any] = {
        "offset": 12,
        "source_id": 5,
        "sequence": 4,
        "location": "FINISH",
        "tag": "0A1",
        "read_us": READ_US,
        "time_text": "2026-01-01T05:45:00.64",
        "lap": 1,
        "reader_id": "12000C",
        "gator": 2,
        "kind": "read",
        "marks": ("late",),
        "key": b"k" * 16,
        "raw": "CT01_33~...",
        "received_us": READ_US + 1_234_000,
    }
    return Read(**(fields | changes))


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (READ_US, "2026-01-01T05:45:00.640+05:45"),
        (READ_US + 999, "2026-01-01T05:45:00.640+05:45"),
        (0, "1970-01-01T05:30:00.000+05:30"),
        (-1_000, "1970-01-01T05:29:59.999+05:30"),
        (10**18, "1970-01-01T00:00:00.000+00:00"),
        (-(10**18), "1970-01-01T00:00:00.000+00:00"),
    ],
)
def test_times_have_milliseconds_and_an_offset(us: int, text: str) -> None:
    assert encode.iso(us, ZONE) == text


def test_times_are_utc_unless_said() -> None:
    assert encode.iso(READ_US) == encode.iso(READ_US, UTC) == "2026-01-01T00:00:00.640+00:00"


def test_a_read_of_somebody() -> None:
    message = json.loads(encode.read_message(session(ANN), read()))
    runner = message.pop("runner")
    assert message == {
        "type": "read",
        "offset": 12,
        "kind": "read",
        "marks": ["late"],
        "location": "FINISH",
        "tag": "0A1",
        "bib": "2505",
        "time": "2026-01-01T05:45:00.640+05:45",
        "lap": 1,
        "received_at": "2026-01-01T00:00:01.874+00:00",
    }
    assert runner == {
        "name": "Ann Lee",
        "first_name": "Ann",
        "last_name": "Lee",
        "age": "34",
        "gender": "F",
        "city": "Hilo",
        "state": "HI",
        "country": "US",
        "division": "F30-34",
        "race_name": "10K",
        "wave": "2",
        "team_name": "Owls",
        "bib": "2505",
        "tag_code": "0A1",
        "location": "FINISH",
        "lap": "1",
        "timestamp": "05:45:00",
        "Shirt": "M",
        "Ünï": "ß",
    }


def test_a_read_of_nobody_invents_nobody() -> None:
    message = json.loads(encode.read_message(session(), read()))
    assert message["bib"] is None and "runner" not in message and message["tag"] == "0A1"


def test_a_message_is_one_line_whatever_is_in_it() -> None:
    odd = read(location='FIN\n"ISH\u2028', tag="A1\r")
    message = encode.read_message(session(ANN), odd)
    assert b"\n" not in message
    assert json.loads(message)["location"] == 'FIN\n"ISH\u2028'


def test_a_void_row_is_retracted() -> None:
    message = json.loads(encode.read_message(session(ANN), read(kind="void")))
    assert message == {"type": "retract", "offset": 12}


def test_a_correction_says_who_it_is_now() -> None:
    message = encode.correction(session(ANN), read(), None)
    assert message is not None
    known = json.loads(message)
    assert (known["type"], known["offset"], known["runner"]["name"]) == ("correction", 12, "Ann Lee")


def test_a_correction_says_that_it_is_nobody_now() -> None:
    message = encode.correction(session(), read(), ANN)
    assert message is not None
    assert json.loads(message) == {"type": "correction", "offset": 12, "runner": None}


def test_what_did_not_change_is_not_corrected() -> None:
    stored_anew = Participant(
        **{name: getattr(ANN, name) for name in ANN.__struct_fields__ if name != "id"}, id=8
    )
    assert encode.correction(session(stored_anew), read(), ANN) is None
    assert encode.correction(session(), read(), None) is None
    assert encode.correction(session(ANN), read(kind="void"), None) is None


def test_tick_and_bye() -> None:
    assert json.loads(encode.tick(READ_US, 7)) == {
        "type": "tick",
        "now": "2026-01-01T00:00:00.640+00:00",
        "offset": 7,
    }
    bye = {"type": "bye", "code": 4101, "reason": "hub stopping", "again": True}
    assert json.loads(encode.bye(4101, "hub stopping", True)) == bye
    moved = encode.bye(4004, "moved", False, "K7XQ2M9P")
    assert json.loads(moved) == {
        "type": "bye",
        "code": 4004,
        "reason": "moved",
        "again": False,
        "move": "K7XQ2M9P",
    }


def test_what_one_screen_alone_is_told() -> None:
    row = ScreenRow("s" * 22, 1, "K7XQ2M9P", "LED wall", True)
    assert json.loads(encode.screen_settings(row, "own")) == {
        "type": "settings",
        "screen": {"id": "s" * 22, "own": "own", "name": "LED wall", "blank": True},
    }
    assert json.loads(encode.wish("identify")) == {"type": "identify"}


def test_hello() -> None:
    shown = session(ANN)
    recent = [encode.read_message(shown, read(offset=each)) for each in (11, 12)]
    message = json.loads(
        encode.hello(shown, DISPLAY, offset=12, recovered=True, now_us=READ_US, recent=b",".join(recent))
    )
    assert [each["offset"] for each in message.pop("recent")] == [11, 12]
    assert message == {
        "type": "hello",
        "epoch": 2,
        "offset": 12,
        "recovered": True,
        "now": "2026-01-01T00:00:00.640+00:00",
        "session": {
            "id": 3,
            "name": "Sunday",
            "event": "Spring run",
            "timezone": ZONE.key,
            "mode": "race",
            "test": False,
            "races": [],
        },
        "starts": [],
        "before": [],
        "display": {
            "code": "K7XQ2M9P",
            "name": "Finish",
            "settings": {},
            "control": {},
            "pinned": None,
        },
        "template": None,
        "emergency": "",
        "stars": [],
        "messages": [],
        "every_s": 10,
        "counts": None,
    }


def test_what_is_said_of_runners_is_for_those_who_watch() -> None:
    shown = session(ANN)
    shown.said.put(Mark("bib:2505", True, "Left-handed", "a@x.example", READ_US))
    shown.said.put(Mark("tag:a7", False, "Twin", "a@x.example", READ_US))
    for offset in (12, 512, 513):
        shown.said.say(Call(offset, "b@x.example", READ_US))
    for_screens, for_watchers = (
        json.loads(encode.hello(shown, display, offset=1012, recovered=False, now_us=0, recent=b""))
        for display in (DISPLAY, None)
    )
    assert for_screens["stars"] == for_watchers["stars"] == ["bib:2505"]
    assert "marks" not in for_screens and "calls" not in for_screens
    at = "2026-01-01T00:00:00.640+00:00"
    ann, twin = for_watchers["marks"]
    assert ann == {
        "who": "bib:2505",
        "starred": True,
        "note": "Left-handed",
        "changed_by": "a@x.example",
        "updated_at": at,
    }
    assert (twin["who"], twin["starred"]) == ("tag:a7", False)
    assert for_watchers["calls"] == [{"offset": 513, "said_by": "b@x.example", "said_at": at}]
    assert json.loads(encode.stars(shown.said)) == {"type": "stars", "who": ["bib:2505"]}
    assert json.loads(encode.marks(shown.said.marks)) == {"type": "marks", "marks": [ann, twin]}
    assert json.loads(encode.calls([Call(513, "b@x.example", READ_US)], [12])) == {
        "type": "calls",
        "calls": [*for_watchers["calls"], {"offset": 12, "said": None}],
    }


def test_counts() -> None:
    fields = encode.count_fields(120, [("", 2, 5), ("FINISH", 2, 3)])
    counts = {
        "roster": 120,
        "counts": [
            {"location": "", "runners": 2, "reads": 5},
            {"location": "FINISH", "runners": 2, "reads": 3},
        ],
    }
    hello = encode.hello(
        session(ANN), DISPLAY, offset=0, recovered=False, now_us=0, recent=b"", counts=fields
    )
    assert json.loads(hello)["counts"] == counts
    assert json.loads(encode.counts(fields)) == {"type": "counts", **counts}


def test_hello_without_a_session() -> None:
    message = json.loads(encode.hello(None, DISPLAY, offset=0, recovered=False, now_us=0, recent=b""))
    assert message["session"] is None and message["epoch"] == 0 and message["recent"] == []


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("明", "王", "王明"),
        ("さくら", "佐々木", "佐々木さくら"),
        ("민준", "김", "김민준"),
        ("", "王小明", "王小明"),
        ("Ming", "王", "Ming 王"),
        ("Ann", "Lee", "Ann Lee"),
        ("Øystein", "", "Øystein"),
    ],
)
def test_a_name_stands_in_its_own_order(first: str, last: str, name: str) -> None:
    person = Participant(0, "7", ("T12",), first, last)
    assert encode.runner(person, read(), "2026-01-01T10:00:00.000+00:00", "FINISH")["name"] == name


def test_what_is_wished_of_a_display() -> None:
    shown = session(ANN)
    shown.tail.extend([read(offset=each) for each in (11, 12)])
    control = {"session": 3, "pin": {"offset": 11}, "skip": 12, "blank": True}
    display = replace(DISPLAY, control=control, settings={"duration": 5.0})
    message = json.loads(encode.display_settings(display, shown))
    told = message["display"]
    assert told.pop("pinned") == json.loads(encode.read_message(shown, read(offset=11)))
    control.pop("session")
    assert message == {
        "type": "settings",
        "display": {
            "code": "K7XQ2M9P",
            "name": "Finish",
            "settings": {"duration": 5.0},
            "control": control,
        },
    }
    elsewhere = json.loads(encode.display_settings(display, None))["display"]
    assert (elsewhere["control"], elsewhere["pinned"]) == ({"blank": True}, None)


@pytest.mark.parametrize("gone", [{"kind": "void"}, {"tag": "77"}, {"marks": ("test",)}, {"offset": 13}])
def test_a_pinned_read_that_nobody_may_see_is_none(gone: dict[str, Any]) -> None:
    shown = session(ANN)
    shown.crew = frozenset({"77"})
    shown.tail.extend([read(offset=12, **gone) if "offset" not in gone else read(**gone)])
    display = replace(DISPLAY, control={"session": 3, "pin": {"offset": 12}})
    assert json.loads(encode.display_settings(display, shown))["display"]["pinned"] is None


def placed(*places: PlaceRow, **changes: Any) -> Session:
    shown = session(ANN)
    shown.change(replace(shown.row, places=places, **changes))
    return shown


def test_a_location_is_shown_as_it_is_called() -> None:
    shown = placed(PlaceRow("finish", "Ziel"))
    message = json.loads(encode.read_message(shown, read()))
    assert message["location"] == message["runner"]["location"] == "Ziel" and message["marks"] == ["late"]
    corrected = encode.correction(shown, read(), None)
    assert corrected is not None and json.loads(corrected)["runner"]["location"] == "Ziel"


def test_a_read_at_a_hidden_location_says_so() -> None:
    message = json.loads(encode.read_message(placed(PlaceRow("FINISH", "FINISH", hidden=True)), read()))
    assert message["marks"] == ["late", "hidden"]


def test_races_and_displays_name_locations_as_they_are_shown() -> None:
    shown = placed(PlaceRow("FINISH", "Ziel"), races=(Race("10K", 10_000, "START", "finish"),))
    display = replace(DISPLAY, settings={"locations": ["FINISH", "5K"], "duration": 3})
    message = json.loads(encode.hello(shown, display, offset=0, recovered=False, now_us=0, recent=b""))
    (race,) = message["session"]["races"]
    assert (race["start_location"], race["finish_location"], race["name"]) == ("START", "Ziel", "10K")
    assert message["display"]["settings"] == {"locations": ["Ziel", "5K"], "duration": 3}


def test_there_is_nothing_under_the_offsets_of_the_crew() -> None:
    shown = session(ANN)
    shown.crew = frozenset({"a1"})
    assert json.loads(encode.read_message(shown, read())) == {"type": "retract", "offset": 12}
    assert encode.correction(shown, read(), None) is None
    assert json.loads(encode.read_message(shown, read(tag="A2")))["tag"] == "A2"


def test_of_a_test_nothing_is_shown_when_it_is_over() -> None:
    tested = read(marks=("test",))
    assert json.loads(encode.read_message(placed(testing=True), tested))["marks"] == ["test"]
    assert json.loads(encode.read_message(placed(), tested)) == {"type": "retract", "offset": 12}
    hello = encode.hello(placed(testing=True), None, offset=0, recovered=False, now_us=0, recent=b"")
    assert json.loads(hello)["session"]["test"] is True


def test_a_message_goes_with_a_runner_and_with_no_gun() -> None:
    shown = session(ANN)
    shown.messages = Messages([Message(1, RUNNER, "public", "Go {{first_name}}!", 1)])
    assert json.loads(encode.read_message(shown, read()))["message"] == "Go {{first_name}}!"
    assert json.loads(encode.read_message(shown, read(tag="none")))["message"] == "Go {{first_name}}!"
    assert "message" not in json.loads(encode.read_message(shown, read(kind="gun")))
    assert "message" not in json.loads(encode.read_message(session(ANN), read()))


def test_screens_are_told_of_no_message_that_is_not_public() -> None:
    held = Messages(
        [
            Message(1, PINNED, "public", "Awards", 1, READ_US, READ_US + 1_000_000),
            Message(2, PINNED, "crew", "Gate 4", 2),
        ],
        every_s=20,
    )
    told = json.loads(encode.messages(held, READ_US, people=False))
    assert told == {
        "type": "messages",
        "every_s": 20,
        "messages": [
            {
                "id": 1,
                "kind": "pinned",
                "text": "Awards",
                "begins_at": "2026-01-01T00:00:00.640+00:00",
                "ends_at": "2026-01-01T00:00:01.640+00:00",
            }
        ],
    }
    people = json.loads(encode.messages(held, READ_US, people=True, reads=[(12, "Go"), (13, None)]))
    assert [each["audience"] for each in people["messages"]] == ["public", "crew"]
    assert people["reads"] == [[12, "Go"], [13, None]]


def test_the_line_over_everything() -> None:
    assert json.loads(encode.emergency("Storm: leave the field")) == {
        "type": "message",
        "audience": "public",
        "kind": "emergency",
        "text": "Storm: leave the field",
    }
