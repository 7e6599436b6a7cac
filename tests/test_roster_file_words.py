"""What is said of a roster's file."""

import msgspec

from hub.roster_file_words import COLUMN_FIELDS, TAG_FILE_FIELDS, Bad, End, Frame, Look, Piece, Wanted, Wrong
from hub.roster_words import FIELDS, Entry, Layer


def test_all_fields_of_a_roster_may_be_columns_and_each_has_a_name() -> None:
    assert set(FIELDS) <= set(COLUMN_FIELDS) and all(COLUMN_FIELDS.values())
    assert len(set(COLUMN_FIELDS.values())) == len(COLUMN_FIELDS)
    assert set(TAG_FILE_FIELDS) <= set(COLUMN_FIELDS)


def test_frames_come_back_as_what_they_were() -> None:
    entry = Entry(Layer(fields={"bib": "1"}, tags=["A"]), "x", 3)
    frames: list[Frame] = [
        Piece([entry], [Bad(4, "no", ["a"])], 2, 9),
        End(2, 1, 1),
        Wrong("r.csv: no"),
        Look("csv", [], "", "utf-8", [], ",", [","], 1, 2, []),
    ]
    for each in frames:
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(each), type=Frame) == each


def test_what_is_wanted_travels_as_json() -> None:
    wanted = Wanted("r.csv", "roster", 10, "2026-05-16", columns={0: "bib", 12: "custom"})
    assert msgspec.json.decode(msgspec.json.encode(wanted), type=Wanted) == wanted
