"""What handlers ask for of how displays look."""

from hub.templates import Templates
from hub.web import looks


def test_the_hubs_own_templates_answer_it() -> None:
    asked = {name for name in vars(looks.Templates) if not name.startswith("_")}
    assert asked and all(callable(getattr(Templates, name)) for name in asked)
