"""What the predecessor called its uploads: one image each, kept, and no way out of the folder."""

from pathlib import Path

import pytest

from hub.errors import Conflict, Invalid
from hub.old_uploads import FILE, Uploads

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
