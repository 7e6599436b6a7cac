"""Files with templates that people give the hub. The target takes any bytes."""

from typing import Final

from hub import template_files, template_words
from hub.errors import Invalid
from hub.template_words import IMAGE_NAME
from hub.web import template_bodies

IMAGES_BYTES_MAX: Final = 1000


def template(data: bytes) -> None:
    """Any bytes are a file with a template, which PostgreSQL can hold and gives back as it was; or are refused in
    words."""
    try:
        found = template_files.read("f.zip", data, IMAGES_BYTES_MAX)
        assert template_words.check_name(found.name) == found.name
        assert sum(map(len, found.images.values())) <= IMAGES_BYTES_MAX
        assert all(IMAGE_NAME.fullmatch(name) for name in (*found.images, *found.titles))
        content, removed = template_bodies.content(found.body)
    except Invalid as problem:
        assert problem.message.isprintable() and len(problem.message) < 1000
        return
    text = template_words.encoded(content).decode()
    assert "\\u0000" not in text.replace("\\\\", "")
    assert template_words.kept(text) == content
    assert all(IMAGE_NAME.fullmatch(name) for name in template_words.images(content))
    assert all(removed)
