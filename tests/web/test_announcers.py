"""What handlers ask for is what there is."""

from hub.announcing import Announcing
from hub.web import announcers


def test_what_keeps_marks_can_do_all_that_is_asked() -> None:
    asked = [name for name in vars(announcers.Announcing) if not name.startswith("_")]
    assert asked and all(callable(getattr(Announcing, name)) for name in asked)
