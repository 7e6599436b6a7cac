"""What the predecessor called its uploads: one image each, kept, and no way out of the folder."""

from pathlib import Path

import pytest

from hub.errors import Conflict, Invalid
from hub.old_uploads import FILE, Uploads
from hub.template_words import OldState, OldTemplate, Template, images

ONE, OTHER = "a" * 32 + ".png", "b" * 32 + ".jpg"


def test_kept(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "images")
    uploads.put("Logo (2).final.png", ONE)
    uploads.put("Logo (2).final.png", ONE)
    for each in (uploads, Uploads(tmp_path / "images")):
        assert each.image("Logo (2).final.png") == each.stem("Logo (2).final") == ONE
        assert each.image("logo.png") is None and each.stem("Logo (2)") is None
    with pytest.raises(Conflict, match="another image"):
        uploads.put("Logo (2).final.png", OTHER)


@pytest.mark.parametrize("name", ["", "../x.png", ".hidden", "a/b.png", "x" * 201, "a\0.png", "a\n.png"])
def test_nothing_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="predecessor"):
        Uploads(tmp_path).put(name, ONE)
    assert not (tmp_path / FILE).exists()


def test_damaged_file_is_as_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    assert Uploads(tmp_path).image("x.png") is None


def test_what_a_template_shows_is_known_by_the_names_here(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    uploads.put("Logo (2).png", ONE)
    uploads.put("bar.jpg", OTHER)
    html = (
        '<style>.a{background:url(/static/uploads/Logo (2).png) center}</style><img src="/static/uploads/bar.jpg">'
        '<img src="/static/uploads/bar.jpg2"><img src="/static/uploads/thumbnails/thumb_bar.jpeg">bar.jpg'
    )
    old = OldTemplate(active=OldState(html=html, width=100, height=100))
    both = uploads.renamed(old, {ONE, OTHER})
    assert images(old) == set() and images(both) == {ONE, OTHER}
    assert isinstance(both, OldTemplate) and both.resting is None
    assert both.active.html == html.replace("Logo (2).png", ONE).replace('/bar.jpg"', f'/{OTHER}"')
    assert images(uploads.renamed(old, {ONE})) == {ONE}, "another partner's is left as it is called"
    resting = OldTemplate(active=OldState(html="", width=1, height=1), resting=old.active)
    assert images(uploads.renamed(resting, {OTHER})) == {OTHER}
    new = Template(canvas={"width": 100, "height": 100})  # type: ignore[arg-type]
    assert uploads.renamed(new, {ONE}) is new
