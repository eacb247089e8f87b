"""Runs the real command against the shared hostile server, case by case or all at once, and judges every row of its table.

    python -m tests.hostile_rounds --all                       every case as a source of one bayan, polled side by side
    python -m tests.hostile_rounds --cases /slow/drip,/size/gzip-bomb
    python -m tests.hostile_rounds --all --alone               a bayan of its own for each case (memory of each, long)
    python -m tests.hostile_rounds --all --service 60          `bayan run` for a minute: are neighbours and ticks on time?
    python -m tests.hostile_rounds --more [BATCH]              the cases of `hostile_more.py`, or those of one of its batches

Each case is a source on a loopback address of its own, beside ten good neighbours. A round is one `bayan run --once` with
`--source` for each case that has polls left. Where the kernel lets us, everything runs in a network namespace that has only
loopback, so that the redirects to other networks can be asked; else those three are left out and the table says so.
The exit code is 0 only where all chosen cases hold. The shared folder is BAYAN_SHARED, or `../shared`. The table of results
is also written to `build/hostile/` (or `--table FILE`).
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.hostile_more import BATCHES
from tests.hostile_world import NEIGHBOURS, TIMEOUT, Row, World, ask, only_loopback
from tests.measured import CHECKOUT, Ran

JUDGED_AT = {"/status/429-retry-3": 1, "/feed/vanish-and-return": 2}
"""Rows that speak of the answer to that poll, where the polls after it end otherwise."""
GRACE = 2.0
WHEREVER_IT_ENDS = {"/status/flaky": ("suspect",)}
"""Rows that take turns: a service ends at any of them. One of the four is a web page in the place of a feed, which is suspect."""
ARABIC = "قيس الخزعلي يدين التهديدات"
READS_AS = {"/charset/lies-utf8": ARABIC, "/charset/utf16": ARABIC, "/charset/lies-latin1": ARABIC}
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass
class Tally:
    """What holds for all cases together."""

    rows: list[Row]
    wrong: list[str] = field(default_factory=list)
    peak_mb: float = 0.0
    idle_mb: float = 0.0
    seconds: float = 0.0
    starved: float = 0.0
    """Of these seconds: those in which the processors were busy with others."""
    late: float | None = None
    tick_late: float | None = None

    @property
    def holds(self) -> bool:
        return not self.wrong and not any(row.wrong for row in self.rows)


def rounds(world: World) -> Tally:
    """As many forced polls of each case as its row says, all cases side by side."""
    tally = Tally(world.rows)
    idle = world.run("run", "--once", "--json", *_only(world.neighbours))
    tally.idle_mb = idle.peak_mb
    if idle.code != 0:
        tally.wrong.append(f"the neighbours alone end with {idle.code}: {idle.log[-300:]}")
    for number in range(1, max(row.case["polls"] for row in world.rows) + 1):
        asked = [row for row in world.rows if row.case["polls"] >= number]
        run = world.run("run", "--once", "--json", *_only([*world.neighbours, *(row.source for row in asked)]))
        tally.peak_mb, tally.seconds = max(tally.peak_mb, run.peak_mb), tally.seconds + run.ended - run.began
        tally.starved += run.starved(run.began, run.ended)
        tally.wrong += judge_run(run)
        try:
            polled = {one["source"]: one for one in json.loads(run.out)["polled"]}
        except ValueError:
            tally.wrong.append(f"round {number}: no result on stdout: {run.out[:200]!r}")
            break
        tally.wrong += [
            f"{name} was {polled.get(name, {}).get('outcome', 'not polled')}"
            for name in world.neighbours
            if not _well(polled.get(name))
        ]
        states = world.status()
        first: dict[str, float] = {}
        for hit in world.hits():
            if hit["t"] >= run.began:
                first.setdefault(hit["headers"].get("host", ""), hit["t"])
        for row in asked:
            one = polled.get(row.source, {"outcome": "not polled", "detail": ""})
            row.outcomes.append((one["outcome"], one["detail"]))
            if states[row.source]["outcome"] != one["outcome"]:
                row.wrong.append(f"the store says {states[row.source]['outcome']}")
            if row.host in first and states[row.source]["outcome_at"]:
                ended = datetime.fromisoformat(states[row.source]["outcome_at"]).timestamp()
                took = ended - first[row.host] - run.starved(first[row.host], ended)
                row.seconds = max(row.seconds, took)
    refreshed(world, tally)
    judge(world, tally)
    return tally


def refreshed(world: World, tally: Tally) -> None:
    """A source that always says "not modified" is asked in full a day after its last full answer: what it hid is found."""
    for row in tally.rows:
        if row.key != "/cache/lying-304":
            continue
        with sqlite3.connect(f"{world.folder}/data/bayan.db") as db:
            before = db.execute("select count(*) from statement where source = ?", (row.source,)).fetchone()[0]
            full = "datetime(full_fetch_at, '-25 hours')"
            db.execute(f"update source_state set full_fetch_at = {full} where id = ?", (row.source,))
        tally.wrong += judge_run(world.run("run", "--once", "--json", *_only([row.source])))
        with sqlite3.connect(f"{world.folder}/data/bayan.db") as db:
            after = db.execute("select count(*) from statement where source = ?", (row.source,)).fetchone()[0]
        if after != before + 1:
            row.wrong.append(f"asked in full after a day, it gave {after - before} new statements, not 1")


def service(world: World, seconds: float, interval: float) -> Tally:
    """`bayan run` with everything at once: are the neighbours polled on time, and does it stay alive and small?"""
    tally = Tally(world.rows, idle_mb=world.run("run", "--once", *_only(world.neighbours)).peak_mb)
    numbers = ""

    def meanwhile() -> None:
        nonlocal numbers
        time.sleep(seconds)
        try:
            with urlopen(f"http://{world.listen}/metrics", timeout=30) as answer:
                numbers = answer.read().decode()
        except HTTPError as error:
            tally.wrong.append(f"/metrics answers {error.code}: {error.read(500).decode()}")
        except OSError as error:
            tally.wrong.append(f"/metrics does not answer: {error}")

    run = world.run("run", until=meanwhile)
    found = re.search(r"tick_late_most_seconds\S* ([0-9.e+-]+)", numbers)
    tally.tick_late = float(found[1]) if found else None
    if tally.tick_late is None or tally.tick_late > 1.0:
        tally.wrong.append(
            f"a tick was {tally.tick_late} s late" if found else "the service did not tell how late its ticks are"
        )
    tally.peak_mb, tally.seconds = run.peak_mb, run.ended - run.began
    tally.starved = run.starved(run.began, run.ended)
    tally.wrong += judge_run(run, codes=(0,))
    times: dict[str, list[float]] = {}
    for hit in world.hits():
        if "?i=" in hit["target"]:
            times.setdefault(hit["target"], []).append(hit["t"])
    gaps = [later - earlier for one in times.values() for earlier, later in pairwise(one)]
    gaps += [run.ended - GRACE - one[-1] for one in times.values()]
    tally.late = max(gaps, default=seconds) - interval
    if tally.late > 2.0 or len(times) < NEIGHBOURS:
        tally.wrong.append(f"a neighbour was polled {tally.late:.1f} s late")
    states = world.status()
    for row in world.rows:
        state = states[row.source]
        row.outcomes.append((state.get("outcome") or "not polled", state.get("detail", "")))
    judge(world, tally, counts=False)
    return tally


def _only(names: Any) -> list[str]:
    return [part for name in names for part in ("--source", name)]


def _well(polled: dict[str, Any] | None) -> bool:
    return polled is not None and polled["outcome"] in ("ok", "not_modified")


# ------------------------------------------------------------------------------------------------ judging


def judge_run(run: Ran, codes: tuple[int, ...] = (0, 1)) -> list[str]:
    wrong = []
    if run.code not in codes:
        wrong.append(f"the command ended with {run.code}: {run.log[-300:]}")
    for said in (run.log, run.out):
        fault = re.search("internal error|Traceback", said)
        if fault:
            wrong.append(f"a fault in bayan: {said[max(0, fault.start() - 300) : fault.start() + 4000]}")
    if CONTROLS.search(run.log.replace("\n", "")) or CONTROLS.search(run.out.replace("\n", "")):
        wrong.append("control characters in the log or on stdout")
    return wrong


def judge(world: World, tally: Tally, *, counts: bool = True) -> None:
    """Every row, and what must hold for all of them together."""
    with sqlite3.connect(f"file:{world.folder}/data/bayan.db?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        stored = db.execute("select * from statement").fetchall()
        matched = {one[0] for one in db.execute("select distinct statement from match")}
        sent = db.execute("select kind, subject, statement, state from delivery").fetchall()
    source_of = {one["id"]: one["source"] for one in stored}
    hits = world.hits()
    alerts: Counter[str] = Counter()
    told: set[int] = set()
    for delivery in sent:
        about = source_of.get(delivery["statement"]) or str(delivery["subject"]).split(":")[1:2][0]
        alerts[about] += delivery["state"] == "sent"
        if delivery["state"] in ("sent", "held"):
            told.add(delivery["statement"])
        elif delivery["kind"] != "notice":
            tally.wrong.append(f"a delivery of {about} is {delivery['state']}")
    for row in tally.rows:
        mine = [one for one in stored if one["source"] == row.source]
        row.statements, row.alerts = len(mine), alerts[row.source]
        row.matched = sum(one["id"] in matched for one in mine)
        asked = sum(hit["headers"].get("host") == row.host and hit["target"] != "/robots.txt" for hit in hits)
        if counts and asked > (row.case.get("requests") or 1_000):
            row.wrong.append(f"asked for {asked} times, at most {row.case.get('requests') or 1_000}")
        if row.case.get("asked") and not any(hit["target"] == row.case["asked"] for hit in hits):
            row.wrong.append(f"{row.case['asked']} was not asked for: this proves nothing")
        judge_row(row, [one["title"] for one in mine], counts=counts)
        if counts and any(one["id"] in matched and not one["baseline"] and one["id"] not in told for one in mine):
            row.wrong.append("a match was not told")
    tally.wrong += [
        f"{name} lost statements" for name in world.neighbours if sum(one["source"] == name for one in stored) != 3
    ]
    if any(CONTROLS.search(one[part].replace("\n", "")) for one in stored for part in ("title", "summary", "text")):
        tally.wrong.append("control characters in the store")
    if world.decoys():
        tally.wrong.append(f"the decoy was hit: {world.decoys()[:3]}")
    for hit in hits:
        heads = hit["headers"]
        if "cookie" in heads and "credentials" not in hit["target"]:
            tally.wrong.append(f"a cookie was sent to {hit['target']}")
        if max(len(heads.get(name, "")) for name in ("if-none-match", "if-modified-since")) > 1000:
            tally.wrong.append(f"a giant validator was sent back to {hit['target']}")
    calls = ask(f"{world.api}/_control/calls?method=sendMessage")["result"]
    refused = [call for call in calls if call.get("status") != 200]
    if refused:
        tally.wrong.append(f"{len(refused)} messages were refused: {json.dumps(refused[0])[:300]}")
    texts = [one["text"] for one in ask(f"{world.api}/_control/deliveries")["result"]]
    if any(CONTROLS.search(text.replace("\n", "")) for text in texts):
        tally.wrong.append("control characters in a message")
    if len(texts) != sum(alerts.values()):
        tally.wrong.append(f"{len(texts)} messages arrived, {sum(alerts.values())} are recorded as sent")
    if any(row.key == "/text/template-injection" for row in tally.rows) and not any(
        "{{7*7}}" in text for text in texts
    ):
        tally.wrong.append("a template was not shown as it is")
    for place in (world.folder, Path(tempfile.gettempdir()), CHECKOUT, world.folder / "data"):
        if (place / "hostile_pwned").exists():
            tally.wrong.append(f"{place}/hostile_pwned is there")
    if tally.idle_mb and tally.peak_mb - tally.idle_mb > 256:
        tally.wrong.append(f"{tally.peak_mb - tally.idle_mb:.0f} MB above idle")


def judge_row(row: Row, titles: list[str], *, counts: bool) -> None:
    case = row.case
    at = JUDGED_AT.get(row.key, len(row.outcomes)) if counts else len(row.outcomes)
    outcome, detail = row.outcomes[min(at, len(row.outcomes)) - 1] if row.outcomes else ("not polled", "")
    right = (*case["outcome"], *(() if counts else WHEREVER_IT_ENDS.get(row.key, ())))
    if outcome not in right and not (not counts and row.key in JUDGED_AT):
        row.wrong.append(f"recorded as {outcome} ({detail}), not {'|'.join(case['outcome'])}")
    if counts and case["statements"] is not None and row.statements != case["statements"]:
        row.wrong.append(f"{row.statements} statements, not {case['statements']}")
    if counts and row.matched < (case["matched"] or 0):
        row.wrong.append(f"{row.matched} matched, not {case['matched']}")
    if counts and case["alerts_max"] is not None and row.alerts > case["alerts_max"]:
        row.wrong.append(f"{row.alerts} alerts, at most {case['alerts_max']}")
    if row.seconds > {"deadline": TIMEOUT + GRACE, "queue": 60.0}.get(case["bound"], 5.0):
        row.wrong.append(f"took {row.seconds:.1f} s")
    for title in (*case.get("reads", ()), *([READS_AS[row.key]] if row.key in READS_AS else ())):
        if title not in titles:
            row.wrong.append(f"reads as {titles}, not {title}")
    if row.key == "/feed/external-entity" and any(socket.gethostname() in title for title in titles):
        row.wrong.append("a file of this machine was read")
    if row.extra_mb > case["extra_mb"]:
        row.wrong.append(f"{row.extra_mb:.0f} MB above idle, at most {case['extra_mb']}")


# ------------------------------------------------------------------------------------------------ the script


def shut_in() -> None:
    """Start this script again in a network namespace with loopback alone, where the kernel allows it; else just return."""
    if only_loopback() or subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode:
        return
    os.execvp("unshare", ["unshare", "-rn", sys.executable, __file__, *sys.argv[1:]])


def raise_loopback() -> None:
    """A new namespace's loopback is down (netdevice(7): SIOCSIFFLAGS, IFF_UP)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, 0x8914, struct.pack("16sH14s", b"lo", 1, b""))


def draw(tally: Tally, left_out: Sequence[str], file: Path) -> None:
    lines = [f"{'case':34}{'outcomes':44}{'stmts':>6}{'match':>6}{'alerts':>7}{'s':>6}{'MB':>5}"]
    for row in tally.rows:
        seen = " ".join(outcome for outcome, _ in row.outcomes)
        seen = seen if len(seen) < 43 else seen[:40] + "..."
        counts = f"{row.statements:>6}{row.matched:>6}{row.alerts:>7}{row.seconds:>6.1f}{row.extra_mb:>5.0f}"
        lines += [f"{row.key:34}{seen:44}{counts}", *(f"    WRONG {wrong}" for wrong in row.wrong)]
    lines += [f"WRONG {wrong}" for wrong in dict.fromkeys(tally.wrong)]
    held = sum(not row.wrong for row in tally.rows)
    said = f"{held} of {len(tally.rows)} cases hold; {tally.seconds:.0f} s, {tally.starved:.0f} of them without a processor"
    said += f"; peak {tally.peak_mb:.0f} MB, idle {tally.idle_mb:.0f} MB"
    said += "" if tally.late is None else f"; neighbours at most {tally.late:.1f} s late"
    said += "" if tally.tick_late is None else f"; ticks at most {tally.tick_late:.2f} s late"
    lines.append(f"{said}; decoy {'hit' if any('decoy was hit' in one for one in tally.wrong) else 'unhit'}")
    if left_out:
        lines.append(f"left out, because this machine's network is within reach: {', '.join(left_out)}")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def play(
    shared: Path, keys: Sequence[str] | None, *, serve: float = 0.0, chapters: str = ""
) -> tuple[Tally, list[str]]:
    """One world over the chosen cases: rounds, or a service of `serve` seconds. Gives the tally and what was left out.

    With `chapters` the cases are those of `hostile_more.py`.
    """
    with ExitStack() as stack:
        if serve:
            world = World(stack, shared, keys, interval="5s", chapters=chapters)
            return service(world, serve, 5.0), world.left_out
        world = World(stack, shared, keys, chapters=chapters)
        return rounds(world), world.left_out


def play_more(shared: Path, batches: Sequence[str], serve: float) -> tuple[Tally, list[str]]:
    """One batch after another; all of them in one tally."""
    whole, missing = Tally([]), []
    for batch in batches:
        tally, left_out = play(shared, None, serve=serve, chapters=batch)
        whole.rows += tally.rows
        whole.wrong += [f"{batch}: {wrong}" for wrong in tally.wrong]
        whole.seconds, whole.peak_mb = whole.seconds + tally.seconds, max(whole.peak_mb, tally.peak_mb)
        whole.idle_mb, whole.starved = max(whole.idle_mb, tally.idle_mb), whole.starved + tally.starved
        if serve:
            whole.late = max(whole.late or 0.0, tally.late or 0.0)
            whole.tick_late = max(whole.tick_late or 0.0, tally.tick_late or 0.0)
        missing += left_out
    return whole, missing


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--cases", type=lambda text: text.split(","), help="paths, separated by commas")
    which.add_argument("--all", action="store_true")
    which.add_argument("--more", nargs="?", const="", metavar="BATCH", help="the cases of `hostile_more.py`")
    parser.add_argument("--alone", action="store_true", help="a bayan of its own for each case")
    parser.add_argument("--service", type=float, default=0.0, metavar="SECONDS", help="`bayan run` instead of rounds")
    parser.add_argument("--table", type=Path, help="where the results go besides")
    told = parser.parse_args()
    form = "alone" if told.alone else "service" if told.service else "rounds"
    file = told.table or CHECKOUT / "build" / "hostile" / f"{form}.txt"
    shared = Path(os.environ.get("BAYAN_SHARED") or CHECKOUT.parent / "shared")
    shut_in()
    if only_loopback():
        raise_loopback()
    if told.more is not None:
        tally, left_out = play_more(shared, [told.more] if told.more else BATCHES, told.service)
        draw(tally, left_out, told.table or file.with_name(f"more-{form}.txt"))
        return 0 if tally.holds else 1
    if not told.alone:
        tally, left_out = play(shared, told.cases, serve=told.service)
        draw(tally, left_out, file)
        return 0 if tally.holds else 1
    listed = subprocess.run(
        [sys.executable, str(shared / "hostile" / "hostile_server.py"), "--list"], capture_output=True, text=True
    )
    whole, missing = Tally([]), []
    for key in told.cases or listed.stdout.split():
        tally, left_out = play(shared, [key])
        for row in tally.rows:
            row.extra_mb = max(0.0, tally.peak_mb - tally.idle_mb)
            if row.extra_mb > row.case["extra_mb"]:
                row.wrong.append(f"{row.extra_mb:.0f} MB above idle, at most {row.case['extra_mb']}")
        whole.rows += tally.rows
        whole.wrong += [f"{key}: {wrong}" for wrong in tally.wrong]
        whole.seconds, whole.peak_mb = whole.seconds + tally.seconds, max(whole.peak_mb, tally.peak_mb)
        whole.idle_mb = max(whole.idle_mb, tally.idle_mb)
        missing += left_out
    draw(whole, missing, file)
    return 0 if whole.holds else 1


if __name__ == "__main__":
    sys.exit(main())
