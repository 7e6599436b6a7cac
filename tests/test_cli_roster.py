"""What `racehub roster` says."""

from typing import Any

import pytest

from hub.cli_roster import tell

LOADED: dict[str, Any] = {
    "participants": 12,
    "added": 7,
    "changed": 1,
    "same": 3,
    "gone": 1,
    "kept_by_hand": 2,
    "left_out": 3,
    "problems": [{"line": 4, "reason": "no bib", "cells": []}],
    "ambiguous": [str(number) for number in range(30)],
    "samples": {
        "added": [{"bib": str(number), "name": f"Ann {number}", "fields": {}} for number in range(7)],
        "changed": [
            {"bib": "20", "name": "", "fields": {"city": ["Graz", "Linz"], "team_name": ["", "Club"]}}
        ],
        "gone": [{"bib": "", "name": "", "fields": {}}],
    },
}


def test_all_that_came_of_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    tell("r.csv", 5, LOADED)
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        *(f"added: {number} Ann {number}" for number in range(5)),
        "added: and 2 more",
        "changed: 20: city Linz, was Graz; team_name Club, was nothing",
        "gone: without bib and name",
        "session 5: 12 participants: 7 added, 1 changed, 3 as they were, 1 gone, 2 kept as somebody has said it;"
        " 3 rows left out",
    ]
    assert "r.csv: line 4: no bib" in err and "r.csv: 2 more rows were left out" in err
    assert "19, ..." in err and "20, ..." not in err


def test_nothing_is_said_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    none = dict.fromkeys(("participants", "added", "changed", "same", "gone", "kept_by_hand", "left_out"), 0)
    lists: dict[str, Any] = {"problems": [], "ambiguous": []}
    tell("r.csv", 5, none | lists | {"samples": {"added": [], "changed": [], "gone": []}})
    assert capsys.readouterr() == (
        "session 5: 0 participants: 0 added, 0 changed, 0 as they were, 0 gone; 0 rows left out\n",
        "",
    )
