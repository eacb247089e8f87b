"""The process that raises parse workers: it has the parsers imported already, so a new worker costs a fork.

    service --control socket--> nursery --fork--> worker --job socket--> service

It is started by `workers.py` with a bare environment and answers two orders on its control socket, five bytes each: `S` and a
number (a job socket comes with it: fork a worker on it) and `K` and the number (kill that worker). It parses nothing itself, so it
is never stuck, and it is the parent of the workers, so a process id it kills is always theirs. When the service is gone, however
it ended, the control socket ends; the nursery kills its workers and goes, and a worker whose nursery died is killed by the kernel.

Signals sent to the whole group (Ctrl-C, a stop of the service) do not reach it or the workers: the service decides when they end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import sys
from pathlib import Path

ORDER = 5
"""Bytes of an order: a letter and a number of four bytes, big end first."""

_PRELOAD = (
    "scraper.parsers.feed", "scraper.parsers.listing", "scraper.parsers.article", "scraper.dates", "selectolax.lexbor",
    "scraper.parsers.feed_loose", "trafilatura", "htmldate", "feedparser", "charset_normalizer", "xml.etree.ElementTree",
)  # fmt: skip
_GROUP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_PR_SET_PDEATHSIG = 1


def main(control_fd: int, memory: int, seconds: float) -> None:
    """Serve orders on `control_fd` until it ends. `memory` (bytes) and `seconds` bound every job of every worker."""
    for number in _GROUP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    _be_quiet()
    control = socket.socket(fileno=control_fd)
    _preload()
    workers: dict[bytes, int] = {}
    me = os.getpid()
    while True:
        try:
            order, fds, _, _ = socket.recv_fds(control, ORDER, 1)
        except OSError:
            order, fds = b"", []
        if len(order) < ORDER:
            break
        if order[:1] == b"S" and fds:
            pid = os.fork()
            if pid == 0:
                control.close()
                _raise_worker(fds[0], memory, seconds, me)
            os.close(fds[0])
            workers[order[1:]] = pid
        elif order[:1] == b"K":
            _bury(workers.pop(order[1:], 0))
    for pid in workers.values():
        _bury(pid)
    os._exit(0)


def _raise_worker(fd: int, memory: int, seconds: float, nursery: int) -> None:
    """Become a worker on the job socket `fd`; never return."""
    status = 1
    try:
        _die_with_parent(nursery)
        _bound(memory)
        from scraper.parsers.job import serve

        serve(socket.socket(fileno=fd), seconds)
        status = 0
    except (OSError, MemoryError):
        pass  # the service left, or the last job took all memory: nobody is there to be told
    finally:
        os._exit(status)


def _bury(pid: int) -> None:
    """Kill a worker and take its remains. Until this it keeps its number, so nobody else can be hit."""
    if pid > 0:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _be_quiet() -> None:
    """Nothing that a library prints about a hostile page may reach the terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    os.close(nowhere)


def _preload() -> None:
    """Import the parsers once, for all workers to share. What is missing is missed by the job that needs it."""
    import importlib

    for name in _PRELOAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # shared pages stay shared: the collector does not write into them


def _die_with_parent(nursery: int) -> None:
    """Ask the kernel for SIGKILL when the nursery ends (prctl(2)). Elsewhere than on Linux the end of the socket must do."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != nursery:
            os._exit(1)


def _bound(memory: int) -> None:
    """At most `memory` bytes beyond what the imports hold, no core dumps, and no byte written to any file."""
    held = 0
    with contextlib.suppress(OSError):
        held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    if held:
        resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
