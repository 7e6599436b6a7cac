"""Every parser against anything at all. Whatever breaks an invariant is printed as bytes: keep them as a sample."""

import inspect
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import samples
from tests.fuzz.strategies import inputs
from tests.fuzz.targets import TARGETS
from tests.fuzz.words import WORDS, dictionary

EXAMPLES = 120
"""Of each target, about half a second: what is new is found by `make fuzz`, and here nothing that was found comes back.
They differ from run to run, but where CI is set, Hypothesis repeats itself. Either way a failure prints its bytes."""
SAMPLE_BYTES_MAX = 16 * 1024

ALL_SAMPLES = [(name, path) for name in TARGETS for path in samples.paths(name)]


@pytest.mark.parametrize(("name", "path"), ALL_SAMPLES, ids=lambda part: getattr(part, "name", part))
def test_samples(name: str, path: Path) -> None:
    """Nothing that once broke an invariant breaks it again."""
    TARGETS[name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=EXAMPLES, deadline=None, print_blob=True)
@given(data=st.data())
def test_anything(name: str, data: st.DataObject) -> None:
    """No input breaks the invariant of its target."""
    TARGETS[name](data.draw(inputs(name)))


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_whole(name: str) -> None:
    """Each says what holds, has words, and has samples that are small."""
    assert (inspect.getdoc(TARGETS[name]) or "").split("\n")[0]
    assert dictionary(name).count("\n") <= len(WORDS[name])
    assert samples.paths(name)
    assert all(path.stat().st_size <= SAMPLE_BYTES_MAX for path in samples.paths(name))


def test_nothing_is_left_over() -> None:
    assert set(WORDS) == set(TARGETS) == {path.name for path in samples.SAMPLES.iterdir()}
