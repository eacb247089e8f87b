"""Runs bayan once in a forked child that dies at the n-th step, as often as it is told (for test_crash.py).

One line of JSON in: {"folder", "feed", "api", "die_at", "warm"}, with {"more", "minutes"} for further sources and a later hour, and
{"hush"} for a chat that hears a digest at 18:00 and one whose storms begin at the second alert; one out: {"died": bool,
"steps": n}. A step is every SQL statement, every commit, and whatever is asked of the folder of evidence: what happens between two
statements, such as a send, lies between two steps. The child ends by os._exit: no handler, no flush, as after kill -9. Everything is
imported once, before the first fork, so that a hundred deaths take seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

import scraper.parsers.article
import scraper.parsers.feed  # noqa: F401 - imported before the fork
from alerts.hours import DigestTimes, Storm
from alerts.model import Route
from tests.street import Clock, configuration, house, local, phone

DEAD = 137
NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the program logs must not stand among the answers
    for line in sys.stdin:
        order = json.loads(line)
        if order["warm"]:
            asyncio.run(once(order))  # here, unforked: what only the first run costs is then paid for all others
            print(json.dumps({"died": False, "steps": 0}), file=answers, flush=True)
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os._exit(live(order, writing))
        os.close(writing)
        with os.fdopen(reading) as report:
            steps = report.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, DEAD):
            sys.exit(f"the child ended with {code}")
        print(json.dumps({"died": code == DEAD, "steps": int(steps or 0)}), file=answers, flush=True)


def live(order: dict[str, Any], report: int) -> int:
    """The child's life, up to its last step."""
    steps = 0

    def step(*told: Any) -> None:
        nonlocal steps
        if len(told) > 2 and str(told[2]).startswith("PRAGMA"):
            return
        steps += 1
        if steps == order["die_at"]:
            os._exit(DEAD)

    def hear(what: str, told: tuple[Any, ...]) -> None:
        if what in ("open", "os.mkdir", "os.rename", "os.utime") and "bayan.db-raw" in str(told[0]):
            step()

    for name in ("before_cursor_execute", "commit", "release_savepoint"):
        event.listen(Engine, name, step)
    sys.addaudithook(hear)
    asyncio.run(once(order))
    os.write(report, str(steps).encode())
    return 0


async def once(order: dict[str, Any]) -> None:
    """One run over the sources, deliveries included."""
    more = [local(name, url) for name, url in order.get("more", {}).items()]
    config = configuration(
        Path(order["folder"]),
        sources=(local("agency", order["feed"], full_text=not more), *more),
        channels=(phone("one", order["api"], "11"), phone("two", order["api"], "22")),
    )
    if order.get("hush"):
        evening = Route(
            "evening", ("one",), actors=("*",), keywords=("*",), digest=DigestTimes((time(18),), "UTC"), proceed=True
        )
        at_once = Route("at once", ("two",), actors=("*",), keywords=("*",))
        storm = Storm(more_than=1, within=timedelta(minutes=10))
        config = replace(config, routes=(evening, at_once), delivery=replace(config.delivery, storm=storm))
    async with house(config, Clock(NOW + timedelta(minutes=order.get("minutes", 0)))) as bayan:
        await bayan.service.once(only=["agency", *order.get("more", {})], patience=timedelta())


if __name__ == "__main__":
    main()
