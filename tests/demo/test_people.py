"""The runners of the demo."""

import unicodedata
from collections import Counter
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demo.people import (
    AGE_MAX,
    AGE_MIN,
    COUNT_MAX,
    FIVE_K,
    HALF,
    NAME_CHARS_MAX,
    TAGS,
    WAVES,
    division,
    handicap,
    names,
    runners,
)
from hub.model import Participant
from hub.roster import Roster, normal

FIELD: Final = runners()
LARGE: Final = runners(2000)
"""Large enough for what only one in two hundred has."""
SCRIPTS: Final = (
    "LATIN",
    "GREEK",
    "CYRILLIC",
    "GEORGIAN",
    "ARMENIAN",
    "ARABIC",
    "HEBREW",
    "DEVANAGARI",
    "BENGALI",
    "TAMIL",
    "THAI",
    "ETHIOPIC",
    "CJK",
    "HIRAGANA",
    "HANGUL",
)
RUNNERS_OF_FAME: Final = (
    ("Beatriz", "Ferreira"),
    ("Eliud", "Kipchoge"),
    ("Emil", "Zátopek"),
    ("Faith", "Kipyegon"),
    ("Grete", "Waitz"),
    ("Jakob", "Ingebrigtsen"),
    ("John", "Walker"),
    ("Jüri", "Tamm"),
    ("Nuria", "Fernández"),
    ("Paavo", "Nurmi"),
    ("Paula", "Radcliffe"),
    ("Rosa", "Mota"),
    ("Анна", "Щербакова"),
    ("Екатерина", "Волкова"),
)


def name(runner: Participant) -> str:
    """As a screen shows it."""
    return f"{runner.first_name} {runner.last_name}".strip()


def test_the_same_seed_gives_the_same_runners_and_another_gives_others() -> None:
    assert runners(60, seed=7) == runners(60, seed=7)
    assert runners(60, seed=7) != runners(60, seed=8)


@pytest.mark.parametrize("count", [0, -1, COUNT_MAX + 1])
def test_a_count_that_is_none(count: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 20000"):
        runners(count)


@given(st.integers(1, 1500), st.integers())
@settings(max_examples=25, deadline=None)
def test_any_count(count: int, seed: int) -> None:
    check(runners(count, seed=seed), count)


def test_the_largest_field() -> None:
    check(runners(COUNT_MAX), COUNT_MAX)


def check(field: list[Participant], count: int) -> None:
    """Every bib and tag finds its own runner, and nobody else's bib is a tag."""
    assert len(field) == count
    roster = Roster(field)
    assert not roster.ambiguous
    bibs = {normal(each.bib) for each in field}
    tags = {normal(tag) for each in field for tag in each.tags}
    assert len(bibs) == len(tags) == count
    assert not bibs & tags
    for each in field:
        assert each.id == 0
        assert 1 <= len(name(each)) <= NAME_CHARS_MAX
        assert name(each) == unicodedata.normalize("NFC", name(each))
        assert AGE_MIN[each.race_name] <= int(each.age) <= AGE_MAX
        assert each.division == division(each.gender, int(each.age))
        assert each.city
        assert each.country
        assert 1 <= int(each.wave) <= WAVES[each.race_name]


def test_names_are_as_short_and_as_long_as_a_screen_must_take() -> None:
    lengths = Counter(len(name(each)) for each in FIELD)
    assert {1, 2, 4, 36, 37, 38, 39, NAME_CHARS_MAX} <= lengths.keys()
    assert max(lengths) == NAME_CHARS_MAX


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_there(script: str) -> None:
    assert any(unicodedata.name(char, "").startswith(script) for each in LARGE for char in name(each))


def test_most_names_are_latin_and_a_few_run_from_right_to_left() -> None:
    latin = sum(unicodedata.name(name(each)[0]).startswith("LATIN") for each in FIELD)
    right_to_left = sum(unicodedata.bidirectional(name(each)[0]) in {"R", "AL"} for each in FIELD)
    assert len(FIELD) * 0.6 < latin < len(FIELD) * 0.85
    assert right_to_left > len(FIELD) * 0.02


@pytest.mark.parametrize("part", ["van der ", "al-", "'", "\u02bb", "-", "Ø", "ğ", "ọ̀", "Þ", "ő"])
def test_particles_signs_and_letters_that_fonts_forget(part: str) -> None:
    assert any(part in name(each) for each in LARGE)


def test_some_have_no_last_name_and_some_are_written_as_one_word() -> None:
    assert any(each.first_name and not each.last_name for each in FIELD)
    whole = [each.last_name for each in FIELD if not each.first_name]
    assert {2, 3, 4} <= {len(each) for each in whole}
    assert not any(" " in each for each in whole)


def test_more_than_two_dozen_languages_have_enough_names() -> None:
    peoples = names().peoples
    assert len(peoples) >= 24
    for people in peoples:
        for gender in "FM":
            assert len(set(people.given[gender])) >= 4
            assert len(set(people.family[gender])) >= 4
        assert len(people.family["F"]) == len(people.family["M"])


def test_nobody_can_be_drawn_who_is_known_from_the_track() -> None:
    for people in names().peoples:
        for first, last in RUNNERS_OF_FAME:
            assert not any(first in people.given[gender] and last in people.family[gender] for gender in "FM")


def test_in_a_field_of_the_usual_size_nobody_shares_a_name() -> None:
    assert len({name(each) for each in FIELD}) == len(FIELD)


def test_two_races_with_bibs_of_their_own() -> None:
    bibs = {race: [int(each.bib) for each in FIELD if each.race_name == race] for race in WAVES}
    assert bibs == {FIVE_K: list(range(1, 301)), HALF: list(range(1001, 1201))}


def test_chips_of_three_makers() -> None:
    tags = [each.tags[0] for each in FIELD]
    assert sum(tag.isdecimal() for tag in tags) > len(tags) * 0.7
    assert any(tag.startswith("E2") for tag in tags)
    assert any(tag.startswith("RB") for tag in tags)
    assert all(int(tag) in TAGS for tag in tags if tag.isdecimal())


def test_ages_spread_as_in_a_real_field() -> None:
    ages = sorted(int(each.age) for each in FIELD)
    assert ages[0] < 18
    assert 33 <= ages[len(ages) // 2] <= 45
    assert ages[-1] >= 70


def test_about_every_fifth_runs_for_a_team() -> None:
    assert 0.15 < sum(bool(each.team_name) for each in FIELD) / len(FIELD) < 0.25


@pytest.mark.parametrize(
    ("age", "text"),
    [(14, "F14-19"), (19, "F14-19"), (20, "F20-24"), (39, "F35-39"), (75, "F75+"), (82, "F75+")],
)
def test_divisions(age: int, text: str) -> None:
    assert division("F", age) == text


@pytest.mark.parametrize("race", list(WAVES))
def test_waves_are_equal_and_the_likely_faster_start_first(race: str) -> None:
    waves = [[e for e in FIELD if e.race_name == race and e.wave == str(1 + n)] for n in range(WAVES[race])]
    sizes = [len(wave) for wave in waves]
    assert max(sizes) - min(sizes) <= 1
    likely = [sum(map(handicap, wave)) / len(wave) for wave in waves]
    assert likely == sorted(likely)
