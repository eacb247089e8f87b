"""One instance for each data folder: a lock that the kernel frees when the process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scraper.errors import BayanError, StoreError


class AlreadyRunning(BayanError):
    """Another bayan works in this data folder. For cron that is no trouble: the other one does the work."""


@contextmanager
def only_instance(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises AlreadyRunning at once where another holds it, StoreError where it cannot be made.

    The file stays when the lock is gone, and says nothing by being there: only the kernel's lock counts (flock(2)).
    """
    path = data_dir / "bayan.lock"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}; check data_dir and its owner") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            who = f" (process {holder})" if holder.isdigit() else ""
            raise AlreadyRunning(f"another bayan{who} works in {data_dir}; this one has nothing to do") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
