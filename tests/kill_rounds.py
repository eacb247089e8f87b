"""Kills the real `bayan run` at random moments, restarts it, and judges what is left.

    python -m tests.kill_rounds --kills 30 [--seed S] [--no-bodies] [--restart-limit SECONDS] [--keep FOLDER]
    python -m tests.kill_rounds --sigterm 50        stopped in the middle of a send, each time
    python -m tests.kill_rounds --instances 20      two started within 50 ms of each other, each time

Two chats hear every alert as it comes, until a storm makes the rest of a burst one message; a third hears digests only, a fourth has
quiet hours for the first minutes. A second outlet carries every article again, so that messages are edited; the raw page of each
statement is kept; floods are held, and a person releases them. Each
prints its counts and, last, one line with the figures that were promised. Exit code 0 only where nothing was lost, nothing came
twice without a reason and a mark, and every restart worked (`tests/kill_judge.py`). A fifth of the kills is counted from the start,
more from the moment it is ready, and more than a third falls right after the chat has accepted a message (before or after its
answer), right after the site has sent its last byte, or in the first 200 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.archive import Archive, Broken
from tests.kill_judge import Evidence, Key, Verdict, judge
from tests.real_run import BAYAN, Program, Store, beside, control, lines, wait_for, write_config

CHATS = ("11", "22")
GATHERED, ASLEEP = "33", "44"
"""The chat that hears digests only, and that which has quiet hours, where there are such."""
LIFE = 3.0
BEGUN = 0.2
"""Seconds that count as the very beginning of a life."""
TRIGGERED = ("accepted", "answered", "served", "begun")
QUIET = 60.0
EVERY = timedelta(minutes=3)
"""Between two digests. The day's list of them has room for 24."""
NIGHT = timedelta(minutes=2)
"""How long the quiet hours are; they begin with the rounds."""
STORM = """
[delivery.storm]
more_than = 4
within = "12s"
"""
DIGESTS = """
[channels.chat{chat}]
kind = "telegram"
token = {{ env = "BAYAN_TELEGRAM_TOKEN" }}
chat = {chat}
api_base = "{api}"
[[routes]]
name = "gathered"
channels = ["chat{chat}"]
digest = {{ at = {times} }}
continue = true
"""
QUIET_HOURS = """
[channels.chat{chat}]
kind = "telegram"
token = {{ env = "BAYAN_TELEGRAM_TOKEN" }}
chat = {chat}
api_base = "{api}"
[quiet_hours.night]
from = "{begin}"
to = "{end}"
[[routes]]
name = "asleep"
channels = ["chat{chat}"]
quiet_hours = "night"
continue = true
[sources.echo]
kind = "feed"
url = "{origin}/echo"
language = "en"
allow_private = true
"""
LOST_ANSWERS = frozenset({"error", "html", "bad_json", "drop", "reset", "silent"})
"""Faults after which nobody knows. (`slow` answers in the end, and a 429 after acceptance is never ordered.)"""
AWAY: dict[str, object] = {"kind": "away"}
"""Nobody is there: connections are refused for up to two seconds."""
FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "flood", "seconds": 1},
    {"kind": "reset", "when": "after"},
    {"kind": "reset", "when": "before"},
    {"kind": "silent", "when": "after"},
    {"kind": "error", "code": 500, "description": "Internal Server Error", "when": "after"},
    {"kind": "error", "code": 500, "description": "Internal Server Error", "when": "before"},
    AWAY,
)
CLAIMED_TOGETHER = (
    "SELECT digest.channel, title FROM delivery AS digest"
    " JOIN delivery AS alert ON alert.channel = digest.channel AND alert.bundle = 'told:' || digest.subject"
    " JOIN statement ON statement.id = alert.statement WHERE digest.state = 'claimed' AND digest.kind = 'digest'"
)
"""The alerts of the digests that were being sent."""
WITHOUT_EVIDENCE = (
    "SELECT id FROM statement WHERE id NOT IN (SELECT statement FROM evidence WHERE role = 'listed')"
    " OR (text <> '' AND id NOT IN (SELECT statement FROM evidence WHERE role = 'article'))"
)
"""The statements that do not have every raw page that they were read from."""
_SERIAL = re.compile(r"\bS(\d{5})\b")


class Rounds:
    """A site, a Bot API and a program, and how the program's lives ended."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        *,
        bodies: bool = True,
        faults: bool = True,
        restart_limit: float = 5.0,
        storm: bool = True,
        mixed: bool = False,
    ) -> None:
        self.folder = folder
        self.rng = random.Random(seed)
        self.site_log, self.api_log, self.echo_log = folder / "site.log", folder / "api.log", folder / "echo.log"
        self.store = Store(folder / "data" / "bayan.db")
        self.ambiguous: Counter[Key] = Counter()
        self.failed = 0
        self.slowest = 0.0
        self.integrity: list[str] = []
        self._stack = contextlib.ExitStack()
        self._bodies = bodies
        self._storm, self._mixed = storm, mixed
        self.chats = (*CHATS, GATHERED, ASLEEP) if mixed else CHATS
        self._archive = Archive(folder / "data" / "bayan.db-raw", most=0)
        self._proven, self._unproven, self.released = 0, 0, 0
        self.ordered: Counter[str] = Counter()
        self._faults = ("--faults",) if faults else ()
        self._restart_limit = restart_limit

    def __enter__(self) -> Rounds:
        echo = ("--echo", str(self.echo_log)) if self._mixed else ()
        options = ("--log", str(self.site_log), "--total", "5000", "--grow", "2", *self._faults, *echo)
        self.origin, self.site = self._stack.enter_context(beside("fake_site", self.folder, *options))
        self.api, _ = self._stack.enter_context(beside("fake_botapi", self.folder, "--log", str(self.api_log)))
        more = STORM if self._storm else ""
        if self._mixed:
            now = datetime.now(UTC)
            times = [f"{now + EVERY * number:%H:%M}" for number in range(1, 25)]
            more += DIGESTS.format(chat=GATHERED, api=self.api, times=json.dumps(times))
            more += QUIET_HOURS.format(
                chat=ASLEEP, api=self.api, begin=f"{now:%H:%M}", end=f"{now + NIGHT:%H:%M}", origin=self.origin
            )
        self.program = Program(write_config(self.folder, self.origin, self.api, CHATS, bodies=self._bodies, more=more))
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
        away = False
        if self.rng.random() < 0.5:
            fault = self.rng.choice(FAULTS)
            self.ordered[f"{fault['kind']} {fault.get('when', '')}".strip()] += 1
            away = fault is AWAY
            if not away:
                control(self.api, "fail", **fault, chat=self.rng.choice(CHATS))
        manner = self.rng.choice(("start", "start", "ready", "ready", "ready", "ready", *TRIGGERED))
        if manner in ("start", "begun"):
            self.program.start()
            self.leave(away)
            time.sleep(self.rng.uniform(0, LIFE if manner == "start" else BEGUN))
        elif self.start():
            if manner == "accepted":
                control(self.api, "fail", kind="slow", seconds=1)
            self.leave(away)
            if manner == "ready":
                if self.rng.random() < 0.3:
                    self.release()
                time.sleep(self.rng.uniform(0, LIFE))
            else:
                self.await_growth(self.site_log if manner == "served" else self.api_log)
        if self.program.process.poll() is not None:
            self.failed += 1
        self.program.kill()
        self.autopsy()
        return manner

    def leave(self, away: bool) -> None:
        """Where that was drawn, nobody is there to take messages for a part of this life."""
        if away:
            control(self.api, "away", seconds=self.rng.uniform(0.3, 2))

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

    def release(self) -> None:
        """A person says of each flood that is held, for a source that was not asked for long brings many, that it was news."""
        for (source,) in self.store.rows("SELECT DISTINCT source FROM flood WHERE settled_at IS NULL"):
            command = [str(BAYAN), "sources", "release", source, "--config", str(self.folder / "config.toml")]
            subprocess.run(command, env=self.program.environ, capture_output=True, timeout=60, check=True)
            self.released += 1

    def autopsy(self) -> None:
        """Is the store whole, and which sends were under way? Looked up in a copy, so that the next start mends it itself."""
        left = self.store.copy(self.folder / "autopsy")
        self.integrity += left.faults()
        query = "SELECT channel, title FROM delivery JOIN statement ON statement.id = delivery.statement WHERE state = 'claimed'"
        for channel, title in left.rows(query):
            self.ambiguous[channel.removeprefix("chat"), serial_of(title)] += 1
        for channel, title in left.rows(CLAIMED_TOGETHER):
            self.ambiguous[channel.removeprefix("chat"), serial_of(title)] += 1
        self._prove(left)

    def _prove(self, left: Store) -> None:
        """Is each raw page that the store names now, and did not name at the last look, there and whole?"""
        for number, name in left.rows(f"SELECT id, sha256 FROM raw_page WHERE id > {self._proven} ORDER BY id"):
            self._proven = number
            try:
                self._archive.read(name)
            except Broken as broken:
                print(broken, file=sys.stderr)
                self._unproven += 1

    # ------------------------------------------------------------------------------------------------ the end

    def settle(self) -> Verdict:
        """The last life: no more news, no more faults; it runs until nothing waits, is stopped, and all is judged."""
        self.site.send_signal(signal.SIGUSR1)
        control(self.api, "heal")
        if self.start():
            wait_for(self._is_quiet, QUIET + (EVERY.total_seconds() if self._mixed else 0), every=0.5)
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
            self.release()
            served = {serial for answer in lines(self.site_log) for serial in answer}
            copied = {serial for answer in lines(self.echo_log) for serial in answer}
            stored = served <= {serial for serial, _ in self.stored()} and copied <= set(self.copies())
            return stored and not self.store.waits()

        if not quiet():
            return False
        time.sleep(2)  # a poll that was under way may have brought more
        return quiet()

    def stored(self) -> list[tuple[int, bool]]:
        """Serial and baseline of every statement."""
        return [
            (serial_of(title), bool(silent))
            for title, silent in self.store.rows("SELECT title, baseline FROM statement WHERE source = 'agency'")
        ]

    def copies(self, *, but_silent: bool = False) -> list[int]:
        """Serial of every statement of the other outlet; `but_silent` leaves out its first look, of which nothing is told."""
        query = "SELECT title FROM statement WHERE source = 'echo'" + (" AND NOT baseline" if but_silent else "")
        return [serial_of(title) for (title,) in self.store.rows(query)]

    def unnamed(self) -> int:
        """Alerts of their own for statements that both outlets carry, whose message does not name the other one in the end."""
        read: dict[tuple[str, int], str] = {}
        for entry in lines(self.api_log):
            read[entry["chat_id"], entry.get("edits", entry["message_id"])] = entry["text"]
        both = {serial for serial, silent in self.stored() if not silent} & set(self.copies(but_silent=True))
        rang = {
            (channel.removeprefix("chat"), int(message)): serial_of(title)
            for channel, message, title in self.store.rows(
                "SELECT channel, message_id, title FROM delivery JOIN statement ON statement.id = delivery.statement"
                " WHERE kind = 'alert' AND state = 'sent' AND bundle = ''"
            )
        }
        missing = [one for one, serial in rang.items() if serial in both and "· also: " not in read.get(one, "")]
        for one in missing[:5]:
            print(f"names one outlet only, in chat {one[0]}:\n{read.get(one)}", file=sys.stderr)
        return len(missing)

    def evidence(self) -> Evidence:
        """What the judge is shown."""
        accepted = [entry for entry in lines(self.api_log) if "edits" not in entry]
        heard = [
            (entry["chat_id"], serial, "may repeat" in entry["text"])
            for entry in accepted
            for serial in serials_of(entry["text"])
        ]
        ambiguous = self.ambiguous.copy()
        ambiguous.update(
            (entry["chat_id"], serial)
            for entry in accepted
            if entry.get("fault") in LOST_ANSWERS
            for serial in serials_of(entry["text"])
        )
        return Evidence(
            answers=lines(self.site_log), stored=self.stored(), heard=heard, chats=self.chats, ambiguous=ambiguous,
            failed_restarts=self.failed, slowest_restart=self.slowest, integrity_failures=len(self.integrity),
            restart_limit=self._restart_limit, copied=lines(self.echo_log), copies=self.copies(), unnamed=self.unnamed(),
            unproven=self._unproven + len(self.store.rows(WITHOUT_EVIDENCE)),
        )  # fmt: skip


def serial_of(text: str) -> int:
    """The serial that a headline or message holds; -1 where none is."""
    found = _SERIAL.search(text)
    return int(found[1]) if found else -1


def serials_of(text: str) -> list[int]:
    """The statements that a message tells: one, or all that a digest lists."""
    if text[:1] in "🌊🗞🌙🔕⏱":
        return sorted({int(found) for found in _SERIAL.findall(text)})
    return [serial_of(text)]


def second_instance(config: Path) -> tuple[int, float, str]:
    """Start another on the same folder: its exit code, how long it lived, what it said."""
    began = time.monotonic()
    other = Program(config)
    ended = subprocess.run(other.command, capture_output=True, text=True, timeout=30, env=other.environ, check=False)
    return ended.returncode, time.monotonic() - began, ended.stderr


def sigterms(rounds: Rounds, count: int) -> Verdict:
    """So often: start, wait until a message is being sent, SIGTERM."""
    for _ in range(count):
        control(rounds.api, "fail", kind="slow", seconds=1, count=2)
        if rounds.start() and rounds.await_growth(rounds.api_log, 20):
            rounds.stop()
        else:
            rounds.failed += 1
            rounds.program.kill()
    return rounds.settle()


def instances(rounds: Rounds, count: int) -> tuple[int, float]:
    """So often: two at once on one folder, then the end of the one that works, killed or stopped.

    Returns how often it was not exactly one that worked, the other ending with 75 and one line, and the longest that the other took.
    """
    wrong, slowest = 0, 0.0
    for number in range(count):
        rounds.program.start()
        time.sleep(rounds.rng.uniform(0, 0.05))
        second = Program(rounds.folder / "config.toml")
        second.log = rounds.folder / "second.log"
        second.log.unlink(missing_ok=True)
        began = time.monotonic()
        second.start()
        both = (rounds.program, second)
        wait_for(lambda both=both: any(one.process.poll() is not None for one in both), 30, every=0.005)  # type: ignore[misc]
        slowest = max(slowest, time.monotonic() - began)
        losers = [one for one in both if one.process.poll() is not None]
        winner = second if losers == [rounds.program] else rounds.program
        works = winner.ready() is not None and winner.process.poll() is None
        said = second.log.read_bytes().count(b"\n") if losers == [second] else 1
        if not (len(losers) == 1 and losers[0].process.returncode == 75 and works and said == 1):
            wrong += 1
        winner.kill() if number % 2 else winner.stop()
    return wrong, slowest


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the real command at random moments, and judge what is left.")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--sigterm", type=int, default=0, help="instead: so many SIGTERMs in the middle of a send")
    parser.add_argument("--instances", type=int, default=0, help="instead: so many times two instances at once")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--no-bodies", action="store_true", help="do not read the articles behind the headlines")
    parser.add_argument("--restart-limit", type=float, default=5.0, help="seconds that a restart may take (default 5)")
    parser.add_argument("--keep", type=Path, help="an empty folder for the logs and the store, kept")
    told = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bayan-kills-") as folder:
        if told.keep:
            told.keep.mkdir(parents=True, exist_ok=True)
        place, limit = told.keep or Path(folder), told.restart_limit
        if told.instances:
            with Rounds(place, told.seed, bodies=False, faults=False, restart_limit=limit) as rounds:
                wrong, slowest = instances(rounds, told.instances)
            print(
                f"two instances: {told.instances} times, not exactly one worked {wrong}; the other ended after {slowest:.1f} s at most"
            )
            return int(bool(wrong) or slowest > 2)
        if told.sigterm:
            with Rounds(place, told.seed, bodies=False, faults=False, restart_limit=limit) as rounds:
                verdict = sigterms(rounds, told.sigterm)
            print(verdict)
            print(_figures(f"SIGTERM x {told.sigterm}", verdict, time.monotonic() - began))
            return int(bool(verdict.faults or verdict.counts["ambiguous events"]))
        print(f"seed {told.seed}, {told.kills} kills", flush=True)
        with Rounds(place, told.seed, bodies=not told.no_bodies, restart_limit=limit, mixed=True) as rounds:
            manners = Counter(rounds.live_and_die() for _ in range(told.kills))
            verdict = rounds.settle()
    print(f"floods that were held, and released by a person: {rounds.released}")
    print(f"faults of the chat: {', '.join(f'{count} {name}' for name, count in sorted(rounds.ordered.items()))}")
    print(f"kills: {', '.join(f'{count} {name}' for name, count in sorted(manners.items()))}")
    print(verdict)
    print(_figures(f"kill -9 x {told.kills}, seed {told.seed}", verdict, time.monotonic() - began))
    return int(bool(verdict.faults))


def _figures(what: str, verdict: Verdict, seconds: float) -> str:
    """The line for the table of promises."""
    found = verdict.counts
    names = (
        "lost", "doubled in store", "undelivered", "integrity failures", "extra copies", "ambiguous events", "copies unnamed",
        "without evidence",
    )  # fmt: skip
    told = ", ".join(f"{name} {found[name]}" for name in names)
    return (
        f"{what}: {told}, unmarked {found['extra copies unmarked']}, restarts failed {found['restarts that failed']}, "
        f"slowest restart {found['slowest restart']} s, {seconds:.0f} s in all"
    )


if __name__ == "__main__":
    sys.exit(main())
