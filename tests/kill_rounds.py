"""Kills the real `bayan run` at random moments, restarts it, and judges what is left.

    python -m tests.kill_rounds --kills 30 [--seed S] [--no-bodies] [--restart-limit SECONDS] [--keep FOLDER]

Exit code 0 only where nothing was lost, nothing came twice without a reason and a mark, and every restart worked
(`tests/kill_judge.py`). A third of the kills is counted from the start, a third from the moment it is ready, and a third falls
right after the chat has accepted a message (before or after its answer) or the site has sent its last byte.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.kill_judge import Evidence, Key, Verdict, judge
from tests.real_run import Program, Store, beside, control, lines, wait_for, write_config

CHATS = ("11", "22")
LIFE = 3.0
QUIET = 60.0
LOST_ANSWERS = frozenset({"error", "html", "bad_json", "drop", "reset", "silent"})
"""Faults after which nobody knows. (`slow` answers in the end, and a 429 after acceptance is never ordered.)"""
FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "flood", "seconds": 1},
    {"kind": "reset", "when": "after"},
    {"kind": "reset", "when": "before"},
    {"kind": "silent", "when": "after"},
    {"kind": "error", "code": 500, "description": "Internal Server Error", "when": "after"},
    {"kind": "error", "code": 500, "description": "Internal Server Error", "when": "before"},
)
_SERIAL = re.compile(r"\bS(\d{5})\b")


class Rounds:
    """A site, a Bot API and a program, and how the program's lives ended."""

    def __init__(
        self, folder: Path, seed: int, *, bodies: bool = True, faults: bool = True, restart_limit: float = 5.0
    ) -> None:
        self.folder = folder
        self.rng = random.Random(seed)
        self.site_log, self.api_log = folder / "site.log", folder / "api.log"
        self.store = Store(folder / "data" / "bayan.db")
        self.ambiguous: Counter[Key] = Counter()
        self.failed = 0
        self.slowest = 0.0
        self.integrity: list[str] = []
        self._stack = contextlib.ExitStack()
        self._bodies = bodies
        self._faults = ("--faults",) if faults else ()
        self._restart_limit = restart_limit

    def __enter__(self) -> Rounds:
        options = ("--log", str(self.site_log), "--total", "5000", "--grow", "2", *self._faults)
        self.origin, self.site = self._stack.enter_context(beside("fake_site", self.folder, *options))
        self.api, _ = self._stack.enter_context(beside("fake_botapi", self.folder, "--log", str(self.api_log)))
        self.program = Program(write_config(self.folder, self.origin, self.api, CHATS, bodies=self._bodies))
        self._stack.callback(self._end)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _end(self) -> None:
        with contextlib.suppress(AssertionError):
            self.program.kill()

    # ------------------------------------------------------------------------------------------------- a life

    def live_and_die(self) -> str:
        """One life: start, wait, SIGKILL, and a look at what is left. Returns how it was chosen."""
        if self.rng.random() < 0.5:
            control(self.api, "fail", **self.rng.choice(FAULTS), chat=self.rng.choice(CHATS))
        manner = self.rng.choice(("start", "ready", "accepted", "answered", "served", "ready"))
        if manner == "start" or self.rng.random() < 0.1:
            self.program.start()
            time.sleep(self.rng.uniform(0, LIFE))
        elif self.start():
            if manner == "ready":
                time.sleep(self.rng.uniform(0, LIFE))
            else:
                if manner == "accepted":
                    control(self.api, "fail", kind="slow", seconds=1)
                self.await_growth(self.site_log if manner == "served" else self.api_log)
        if self.program.process.poll() is not None:
            self.failed += 1
        self.program.kill()
        self.autopsy()
        return manner

    def start(self) -> bool:
        """Start, and whether it was ready in time; notes how long it took."""
        self.program.start()
        took = self.program.ready()
        if took is None:
            return False
        self.slowest = max(self.slowest, took)
        return True

    def await_growth(self, log: Path, seconds: float = LIFE) -> bool:
        """Wait until a server wrote into its log. Whether it did in time."""
        before = log.stat().st_size if log.exists() else 0
        return wait_for(lambda: log.exists() and log.stat().st_size > before, seconds, every=0.001)

    def autopsy(self) -> None:
        """Is the store whole, and which sends were under way? Looked up in a copy, so that the next start mends it itself."""
        left = self.store.copy(self.folder / "autopsy")
        self.integrity += left.faults()
        query = "SELECT channel, title FROM delivery JOIN statement ON statement.id = delivery.statement WHERE state = 'claimed'"
        for channel, title in left.rows(query):
            self.ambiguous[channel.removeprefix("chat"), serial_of(title)] += 1

    # ------------------------------------------------------------------------------------------------ the end

    def settle(self) -> Verdict:
        """The last life: no more news, no more faults; it runs until nothing waits, is stopped, and all is judged."""
        self.site.send_signal(signal.SIGUSR1)
        control(self.api, "heal")
        if self.start():
            wait_for(self._is_quiet, QUIET, every=0.5)
            self.stop()
        else:
            self.failed += 1
        self.autopsy()
        return judge(self.evidence())

    def stop(self) -> None:
        """SIGTERM, which must end it with 0 within 10 s; else the restart counts as failed."""
        code, took = self.program.stop()
        if code != 0 or took > 10:
            print(f"SIGTERM: exit code {code} after {took:.1f} s", file=sys.stderr)
            self.failed += 1

    def _is_quiet(self) -> bool:
        def quiet() -> bool:
            served = {serial for answer in lines(self.site_log) for serial in answer}
            return served <= {serial for serial, _ in self.stored()} and not self.store.waits()

        if not quiet():
            return False
        time.sleep(2)  # a poll that was under way may have brought more
        return quiet()

    def stored(self) -> list[tuple[int, bool]]:
        """Serial and baseline of every statement."""
        return [
            (serial_of(title), bool(silent))
            for title, silent in self.store.rows("SELECT title, baseline FROM statement")
        ]

    def evidence(self) -> Evidence:
        """What the judge is shown."""
        accepted = lines(self.api_log)
        heard = [(entry["chat_id"], serial_of(entry["text"]), "may repeat" in entry["text"]) for entry in accepted]
        ambiguous = self.ambiguous.copy()
        ambiguous.update(
            (entry["chat_id"], serial_of(entry["text"])) for entry in accepted if entry.get("fault") in LOST_ANSWERS
        )
        return Evidence(
            answers=lines(self.site_log), stored=self.stored(), heard=heard, chats=CHATS, ambiguous=ambiguous,
            failed_restarts=self.failed, slowest_restart=self.slowest, integrity_failures=len(self.integrity),
            restart_limit=self._restart_limit,
        )  # fmt: skip


def serial_of(text: str) -> int:
    """The serial that a headline or message holds; -1 where none is."""
    found = _SERIAL.search(text)
    return int(found[1]) if found else -1


def second_instance(config: Path) -> tuple[int, float, str]:
    """Start another on the same folder: its exit code, how long it lived, what it said."""
    began = time.monotonic()
    other = Program(config)
    ended = subprocess.run(other.command, capture_output=True, text=True, timeout=30, env=other.environ, check=False)
    return ended.returncode, time.monotonic() - began, ended.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the real command at random moments, and judge what is left.")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--no-bodies", action="store_true", help="do not read the articles behind the headlines")
    parser.add_argument("--restart-limit", type=float, default=5.0, help="seconds that a restart may take (default 5)")
    parser.add_argument("--keep", type=Path, help="an empty folder for the logs and the store, kept")
    told = parser.parse_args()
    print(f"seed {told.seed}, {told.kills} kills", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bayan-kills-") as folder:
        if told.keep:
            told.keep.mkdir(parents=True, exist_ok=True)
        place, bodies = told.keep or Path(folder), not told.no_bodies
        with Rounds(place, told.seed, bodies=bodies, restart_limit=told.restart_limit) as rounds:
            manners = Counter(rounds.live_and_die() for _ in range(told.kills))
            verdict = rounds.settle()
    print(f"kills: {', '.join(f'{count} {name}' for name, count in sorted(manners.items()))}")
    print(f"{verdict}\n{time.monotonic() - began:.0f} s")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
