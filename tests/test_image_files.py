"""The folder of images."""

import errno
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub import disk
from hub.disk import Room
from hub.errors import NotFound, Unavailable
from hub.image_files import FREE_BYTES_MIN, ImageFiles
from hub.image_words import Picture

PICTURE = Picture("0" * 32 + ".png", 3, 2, 1, b"image", b"thumb")
OTHER = replace(PICTURE, name="1" * 32 + ".jpg")


@pytest.fixture
def files(tmp_path: Path) -> ImageFiles:
    return ImageFiles(tmp_path / "images")


def listed(files: ImageFiles) -> list[str]:
    return sorted(each.name for each in files.path.iterdir())


def test_put_and_read(files: ImageFiles) -> None:
    assert files.there() == set() and files.strays(()) == []
    assert files.put(PICTURE) and not files.put(PICTURE)
    assert files.read(PICTURE.name) == b"image"
    assert (files.path / f"{PICTURE.name}.thumb.webp").read_bytes() == b"thumb"
    assert files.there() == {PICTURE.name}
    assert files.path.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in files.path.iterdir()} == {0o600}
    files.put(OTHER)
    files.remove([PICTURE.name, "2" * 32 + ".png"])
    assert listed(files) == [OTHER.name, f"{OTHER.name}.thumb.webp"]
    with pytest.raises(NotFound, match="is not there any more"):
        files.read(PICTURE.name)


@pytest.mark.parametrize("fails", [1, 2])
def test_a_disk_that_does_not_take_it(files: ImageFiles, monkeypatch: pytest.MonkeyPatch, fails: int) -> None:
    """At the thumbnail, or at the image: nothing is left; what was there before is as it was."""
    files.put(OTHER)
    before, count = disk.keep, 0

    def keep(path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count % 2 == fails % 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        before(path, data)

    monkeypatch.setattr(disk, "keep", keep)
    with pytest.raises(Unavailable, match=r"^The image cannot be kept: No space left on device\.$"):
        files.put(PICTURE)
    assert files.there() == {OTHER.name} and len(listed(files)) == 2
    with pytest.raises(Unavailable):
        files.put(OTHER)
    assert files.there() == {OTHER.name} and len(listed(files)) == 2


@pytest.mark.parametrize("made", [True, False])
def test_what_holds_reads_comes_first(files: ImageFiles, monkeypatch: pytest.MonkeyPatch, made: bool) -> None:
    asked: list[Path] = []
    free = FREE_BYTES_MIN

    def room(folder: Path) -> Room | None:
        asked.append(folder)
        return Room(1, free, 1 << 40) if free >= 0 else None

    if made:
        files.path.mkdir()
    monkeypatch.setattr(disk, "room", room)
    files.check_room()
    free = (700 << 20) + 5
    with pytest.raises(
        Unavailable, match=r"^The disk has 700 MiB left; images leave 1024 MiB free for reads\.$"
    ):
        files.check_room()
    free = -1
    files.check_room()
    assert set(asked) == {files.path if made else files.path.parent}


def test_strays(files: ImageFiles) -> None:
    files.put(PICTURE)
    files.put(OTHER)
    ours = [f"{PICTURE.name}.0123abcd", f"{OTHER.name}.thumb.webp.0123abcd"]
    not_ours = [
        "notes.txt",
        "logo.png",
        f"{OTHER.name}.bak",
        "A" * 32 + ".png",
        f"{PICTURE.name}.thumb.webp.old",
    ]
    for name in (*ours, *not_ours):
        (files.path / name).write_text("x")
    assert files.strays({PICTURE.name}) == sorted([*ours, OTHER.name, f"{OTHER.name}.thumb.webp"])
    files.remove_files(files.strays({PICTURE.name}))
    assert listed(files) == sorted([PICTURE.name, f"{PICTURE.name}.thumb.webp", *not_ours])
