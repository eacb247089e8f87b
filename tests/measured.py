"""Runs the real command and measures it: what it said, how long it took, its processor time, the memory of its process tree."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
COMMAND = ("-c", "from alerts.cli import main; main()")
"""What the installed `bayan` does, for an interpreter that may have another checkout installed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended. `cpu` is user and system time in seconds, children that ended included (wait4(2)).

    `peak_mb` is the sum of the tree's proportional set sizes (shared pages count once), looked at every 50 ms.
    """

    code: int
    out: str
    log: str
    cpu: float
    peak_mb: float
    began: float
    ended: float


def run(
    arguments: Sequence[str],
    folder: Path,
    *,
    environ: Mapping[str, str] = {},
    until: Callable[[], None] | None = None,
) -> Ran:
    """Run this Python with `arguments` in `folder`. With `until`, it is told to stop (SIGTERM) when `until` returns.

    `environ` is added to ours; PYTHONDONTWRITEBYTECODE is taken out, because it doubles every start.
    """
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "BAYAN_DATA_DIR": str(folder / "data"), **environ}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    began, peak, code = time.time(), 0.0, None
    with (folder / "stdout").open("w+b") as out, (folder / "stderr").open("w+b") as log:
        process = subprocess.Popen([sys.executable, *arguments], cwd=folder, env=env, stdout=out, stderr=log)
        if until is not None:
            threading.Thread(target=_stop_after, args=(process.pid, until), daemon=True).start()
        while code is None:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                code = process.returncode = os.waitstatus_to_exitcode(status)
                break
            peak = max(peak, memory(process.pid))
            time.sleep(0.05)
        ended = time.time()
        out.seek(0)
        log.seek(0)
        said, logged = out.read().decode("utf-8", "replace"), log.read().decode("utf-8", "replace")
    return Ran(code, said, logged, usage.ru_utime + usage.ru_stime, peak, began, ended)


def bayan(
    arguments: Sequence[str],
    folder: Path,
    *,
    environ: Mapping[str, str] = {},
    until: Callable[[], None] | None = None,
) -> Ran:
    """Run `bayan` with `arguments` in `folder`, where its config.toml is and its data goes."""
    return run((*COMMAND, *arguments), folder, environ=environ, until=until)


def memory(root: int) -> float:
    """MB of a process and its descendants, shared pages divided among them (Linux: /proc/PID/smaps_rollup)."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    tree, total = [root], 0.0
    for pid in tree:
        tree += parents.get(pid, [])
        try:
            found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) / 1024 if found else 0.0
    return total


def _stop_after(pid: int, until: Callable[[], None]) -> None:
    until()
    os.kill(pid, signal.SIGTERM)
