"""Where the cluster goes, and what is refused. No server is started here."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.store import embedded_place
from hub.store.embedded_place import (
    Account,
    Place,
    find_binaries,
    find_place,
    find_socket_folder,
    make_private,
    remember_place,
)
from tests.postgres import folder_for_postgres

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="needs root to be two users")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stands for the whole disk: the state folder and the temporary folder are in it."""
    with folder_for_postgres() as folder:
        monkeypatch.setattr(embedded_place, "STATE_FOLDER", folder / "state")
        monkeypatch.setattr("tempfile.tempdir", str(folder))
        yield folder


def long_place(data_dir: Path) -> Place:
    place = find_place(data_dir / ("long" * 30))
    assert place.folder.parent.parent == data_dir
    return place


def test_a_data_directory_is_made_and_holds_the_cluster(folder: Path) -> None:
    place = find_place(folder / "new" / "data")
    assert place.folder == folder / "new" / "data" / "postgres"
    assert place.folder.stat().st_uid == place.account.uid != 0
    remember_place(place, folder / "new" / "data")
    assert not (folder / "new" / "data" / "postgres.place").exists()


@needs_root
def test_as_root_a_closed_data_directory_sends_the_cluster_elsewhere(folder: Path) -> None:
    data_dir = folder / "data"
    data_dir.mkdir(mode=0o700)
    place = find_place(data_dir)
    assert place.folder.parent == folder / "state"
    assert place.account.can_enter(place.folder)

    place.cluster.mkdir()
    place.account.own(place.cluster)
    remember_place(place, data_dir)
    assert (data_dir / "postgres.place").read_text() == f"{place.folder}\n"
    data_dir.chmod(0o755)  # it stays where it is, now that it could be in here
    assert find_place(data_dir) == place
    assert find_place(data_dir.rename(folder / "moved")) == place


def test_a_noted_cluster_that_is_gone_is_not_made_anew(folder: Path) -> None:
    (folder / "postgres.place").write_text(f"{folder / 'unmounted'}\n")
    with pytest.raises(StoreError, match=r"postgres\.place says"):
        find_place(folder)


@needs_root
def test_as_root_a_cluster_is_run_by_its_owner(folder: Path) -> None:
    nobody = Account.of("nobody")
    (folder / "postgres").mkdir()
    (folder / "postgres" / "cluster").mkdir()
    with pytest.raises(StoreError, match="belongs to root"):
        find_place(folder)
    nobody.own(folder / "postgres" / "cluster")
    assert find_place(folder).account == nobody


@needs_root
def test_as_root_a_cluster_that_its_owner_cannot_reach_any_more_is_a_sentence(folder: Path) -> None:
    cluster = find_place(folder).cluster
    cluster.mkdir()
    Account.of("nobody").own(cluster)
    folder.chmod(0o700)
    with pytest.raises(StoreError, match="user nobody, who has to run PostgreSQL, cannot enter"):
        find_place(folder)


@needs_root
def test_binaries_out_of_reach_are_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = find_place(folder).account
    wheel = find_binaries(account)
    monkeypatch.setattr(embedded_place, "_runs", lambda install, _: install.is_relative_to(folder))

    copied = find_binaries(account)
    assert copied.is_relative_to(folder / "state")
    assert copied.name == wheel.name == "bin"
    assert account.run([copied / "initdb", "--version"])[1].endswith(account.run([wheel / "initdb", "-V"])[1])
    made = copied.stat().st_ctime_ns
    assert find_binaries(account) == copied
    assert copied.stat().st_ctime_ns == made
    assert len(list((folder / "state").iterdir())) == 1


def test_a_short_path_keeps_its_socket_beside_the_cluster(folder: Path) -> None:
    assert find_socket_folder(find_place(folder), folder) == folder / "postgres" / "socket"


def test_a_long_path_gets_a_short_socket_folder_and_keeps_it(folder: Path) -> None:
    place = long_place(folder)
    short = find_socket_folder(place, folder)
    assert short.parent == folder
    assert find_socket_folder(place, folder) == short
    short.rmdir()
    assert find_socket_folder(place, folder) == short
    assert short.is_dir()


def test_a_socket_folder_that_another_made_first_is_not_used(folder: Path) -> None:
    place = long_place(folder)
    taken = find_socket_folder(place, folder)
    taken.rmdir()
    taken.symlink_to(folder)

    other = find_socket_folder(place, folder)
    assert other != taken
    assert other.stat().st_uid == place.account.uid
    assert find_socket_folder(place, folder) == other
    other.rmdir()
    assert find_socket_folder(place, folder) == other


@needs_root
def test_a_folder_of_another_user_is_not_ours(folder: Path) -> None:
    mine, other = folder / "mine", folder / "other"
    account = Account.of("nobody")
    assert make_private(mine, account)
    assert make_private(mine, account)
    other.mkdir()
    assert not make_private(other, account)
    assert make_private(other, account, claim=True)
    assert (other.stat().st_uid, other.stat().st_mode & 0o777) == (account.uid, 0o700)


def test_no_password_or_secret_of_the_environment_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("SECRET", "x")
    names = {line.partition("=")[0] for line in Account.ourselves().run(["env"])[1].splitlines()}
    assert names <= {"PATH", "LC_ALL", "PWD", "SHLVL", "_"}
