"""One instance for each data folder: a lock that the kernel frees when the process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scraper.errors import BayanError, StoreError

NAME = "bayan.lock"
STORE = "bayan.db"
"""The store that lies in its data folder, and that the folder's lock is for."""


class AlreadyRunning(BayanError):
    """Another bayan works in this data folder. For cron that is no trouble: the other one does the work."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a folder's lock, and what it is about: "service", "once" or another verb."""

    process: int
    what: str


_early: list[int] = []
"""The lock that was taken before the configuration was judged, until whoever needs it takes it over."""
_made: list[Path] = []
"""The file and folder that were made for it."""


def take_early(data_dir: Path) -> None:
    """Take the lock for the next `only_instance`. Raises AlreadyRunning; OSError where its folder cannot be made."""
    path = data_dir / NAME
    if not path.exists():
        if not data_dir.exists():
            data_dir.mkdir()
            _made.append(data_dir)
        _made.append(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _hold(descriptor, data_dir, "start")
    except BaseException:
        os.close(descriptor)
        raise
    _early.append(descriptor)


def undo_early() -> None:
    """What `take_early` took and made goes again: the configuration turned out to be wrong, and then nothing is touched."""
    if not _early:
        return
    for made in reversed(_made):
        with suppress(OSError):  # somebody else has put something there
            made.rmdir() if made.is_dir() else made.unlink()
    while _early:
        os.close(_early.pop())


@contextmanager
def only_instance(data_dir: Path, what: str = "", *, store: Path | None = None) -> Iterator[None]:
    """Hold the folder's lock. Raises AlreadyRunning at once where another holds it, StoreError where it cannot be made.

    Where `store`, the file, lies elsewhere (by its address, or behind a link), its own lock is held too: two folders may
    lead to one store.

    The file stays when the lock is gone, and says nothing by being there: only the kernel's lock counts (flock(2)).
    `what` is one word for the holder's work, for `holder`.
    """
    with _only(data_dir / NAME, what):
        other = None if store is None else _lock_of(store)
        if other is None or (other.name == NAME and _is_same(other.parent, data_dir)):
            yield
        else:
            with _only(other, what):
                yield


def _lock_of(store: Path) -> Path | None:
    """The lock of a store, beside where it really lies; None where that folder is not there."""
    try:
        real = store.resolve()
    except (OSError, RuntimeError):  # a link to itself: whoever opens the store says so
        return None
    return real.with_name(NAME if real.name == STORE else f"{real.name}.lock") if real.parent.is_dir() else None


def _is_same(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.samefile(other)
    return False


@contextmanager
def _only(path: Path, what: str) -> Iterator[None]:
    data_dir = path.parent
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = _taken_over(path)
        if descriptor is None:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}; check data_dir and its owner") from error
    try:
        _hold(descriptor, data_dir, what)
        if not os.fstat(descriptor).st_nlink:  # somebody whose configuration was wrong took it away again just now
            raise AlreadyRunning(f"another bayan was about to work in {data_dir}; start this one again")
        yield
    finally:
        os.close(descriptor)


def holder(data_dir: Path) -> Holder | None:
    """Who holds the folder's lock now; None where nobody does. Raises StoreError where the file cannot be read."""
    path = data_dir / NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}; check data_dir and its owner") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _hold(descriptor: int, data_dir: Path, what: str) -> None:
    """Lock an open lock file, and say in it who did. Raises AlreadyRunning. Its own lock is no trouble (flock(2))."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = _read(descriptor)
        who = f" (process {other.process})" if other is not None else ""
        raise AlreadyRunning(f"another bayan{who} works in {data_dir}; this one has nothing to do") from None
    with suppress(OSError):  # a full disk: the lock is held all the same, only its holder's name is not known
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {what}\n".encode(), 0)


def _taken_over(path: Path) -> int | None:
    """The descriptor of the lock that was taken early, where it is that of `path`; any other is let go."""
    mine = None
    while _early:
        descriptor = _early.pop()
        try:
            same = os.path.samestat(os.fstat(descriptor), path.stat())
        except OSError:
            same = False
        if same and mine is None:
            mine = descriptor
        else:
            os.close(descriptor)
    return mine


def _read(descriptor: int) -> Holder | None:
    process, _, what = os.pread(descriptor, 64, 0).decode("ascii", "replace").strip().partition(" ")
    return Holder(int(process), what) if process.isdigit() else None
