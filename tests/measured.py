"""Runs the real command and measures it: what it said, how long it took, its processor time, the memory of its process tree."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOOK = 0.05
"""Seconds between two looks at a run."""
COMMAND = ("-c", "from alerts.cli import main; main()")
"""What the installed `bayan` does, for an interpreter that may have another checkout installed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended. `cpu` is user and system time in seconds, children that ended included (wait4(2)).

    `peak_mb` is the sum of the tree's proportional set sizes (shared pages count once), looked at every 50 ms. `waits` are moments
    and by how much the kernel had kept each of its threads from the processor until then (`starved`).
    """

    code: int
    out: str
    log: str
    cpu: float
    peak_mb: float
    began: float
    ended: float
    waits: tuple[tuple[float, dict[int, float]], ...] = ()

    def starved(self, since: float, until: float) -> float:
        """Seconds between two moments in which one thread of it was ready to run, and the processors were busy with others.

        The one that waited longest counts: of several that wait for each other in turn it is less than the whole.
        """
        sums: Counter[int] = Counter()
        for at, seconds in self.waits:
            if since < at <= until + LOOK:
                sums.update(seconds)
        return min(until - since, max(sums.values(), default=0.0))


def run(
    arguments: Sequence[str],
    folder: Path,
    *,
    environ: Mapping[str, str] = {},
    until: Callable[[], None] | None = None,
    beside: Sequence[int] = (),
) -> Ran:
    """Run this Python with `arguments` in `folder`. With `until`, it is told to stop (SIGTERM) when `until` returns.

    Processes `beside` it, such as a site's, are looked at for `Ran.waits`, too.

    `environ` is added to ours; PYTHONDONTWRITEBYTECODE is taken out, because it doubles every start.
    """
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "BAYAN_DATA_DIR": str(folder / "data"), **environ}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    began, peak, code = time.time(), 0.0, None
    waits: list[tuple[float, dict[int, float]]] = []
    before: dict[int, float] = {}
    with (folder / "stdout").open("w+b") as out, (folder / "stderr").open("w+b") as log:
        process = subprocess.Popen([sys.executable, *arguments], cwd=folder, env=env, stdout=out, stderr=log)
        if until is not None:
            threading.Thread(target=_stop_after, args=(process.pid, until), daemon=True).start()
        while code is None:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                code = process.returncode = os.waitstatus_to_exitcode(status)
                break
            family = tree(process.pid)
            peak = max(peak, memory(family))
            now = {thread: seconds for pid in (*family, *beside) for thread, seconds in waited(pid).items()}
            waits.append(
                (time.time(), {one: now[one] - before[one] for one in now if now[one] > before.get(one, now[one])})
            )
            before = now
            time.sleep(LOOK)
        ended = time.time()
        out.seek(0)
        log.seek(0)
        said, logged = out.read().decode("utf-8", "replace"), log.read().decode("utf-8", "replace")
    return Ran(code, said, logged, usage.ru_utime + usage.ru_stime, peak, began, ended, tuple(waits))


def bayan(
    arguments: Sequence[str],
    folder: Path,
    *,
    environ: Mapping[str, str] = {},
    until: Callable[[], None] | None = None,
    beside: Sequence[int] = (),
) -> Ran:
    """Run `bayan` with `arguments` in `folder`, where its config.toml is and its data goes."""
    return run((*COMMAND, *arguments), folder, environ=environ, until=until, beside=beside)


def tree(root: int) -> list[int]:
    """A process and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    family = [root]
    for pid in family:
        family += parents.get(pid, [])
    return family


def waited(pid: int) -> dict[int, float]:
    """Seconds that each thread of a process was ready to run and did not (Linux: the second number of its schedstat)."""
    found = {}
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError, IndexError):  # it has ended meanwhile; a kernel without these figures
                found[int(thread)] = int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[1]) / 1e9
    return found


def memory(family: Sequence[int]) -> float:
    """MB of these processes, shared pages divided among them (Linux: /proc/PID/smaps_rollup)."""
    total = 0.0
    for pid in family:
        try:
            found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) / 1024 if found else 0.0
    return total


def _stop_after(pid: int, until: Callable[[], None]) -> None:
    until()
    os.kill(pid, signal.SIGTERM)
