"""What is remembered of what was put in force."""

from unittest.mock import patch

from hub import refreshing
from hub.providers.words import Page
from hub.refreshing import Recent
from hub.roster_words import Entry, Layer
from tests.made_service import entry


async def test_what_is_as_it_was_is_nothing_new() -> None:
    recent = Recent()
    page = Page([entry(1), entry(2), Entry(Layer({"bib": "9"}))], ["x7"])
    assert await recent.new(page) == (page.entries, page.gone)
    recent.put(page.entries, page.gone)
    nameless = page.entries[2:]
    assert await recent.new(page) == (nameless, []), "who has no name of the service's may be anybody"
    changed = Page([entry(1, city="Linz"), entry(7)], ["x7", "x2"])
    assert await recent.new(changed) == (changed.entries, ["x2"])
    recent.put(changed.entries, [])
    recent.put([], ["x2"])
    assert await recent.new(Page([entry(1), entry(2)], ["x7"])) == ([entry(1), entry(2)], ["x7"])


async def test_too_much_is_forgotten() -> None:
    recent = Recent()
    with patch.object(refreshing, "RECENT_MAX", 2):
        recent.put([entry(1), entry(2)], [])
        assert await recent.new(Page([entry(1)])) == ([], [])
        recent.put([entry(3)], [])
        assert await recent.new(Page([entry(1)])) == ([entry(1)], [])
