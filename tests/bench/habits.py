"""What asking by habit saves and costs, beside a fixed interval: polls a day, and how late statements are found.

    python tests/bench/habits.py [--feeds MANIFEST.jsonl --root DIR] [--interval 10] [--longest 360]

The habits are made here (the same every run): so many statements a day, at any hour or in office hours on weekdays, alone or
in bursts. `--feeds` takes real ones instead: the times in recorded feeds that list at least 20 statements of at least 10 days.
Each is polled from its first statement on, with jitter, and measured in its second half, once something is known of it. "As
often" is a fixed interval with as many polls as asking by habit needs: what the same polls find when they are spread evenly.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper import habits
from scraper.habits import Habit

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
JITTER = 0.15
OFFICE = tuple(
    weight / 24.7 * 24 for weight in (*[0.05] * 7, 0.6, 1.5, 3, 4, 3.5, 2.5, 3, 2.5, 1.5, 1, 0.5, *[0.1] * 6)
)
WEEKEND = 0.15

Policy = Callable[[Habit, datetime], timedelta]


@dataclass(frozen=True, slots=True)
class Measured:
    """Polls a day, and the delays of what was found, sorted."""

    polls: float
    delays: tuple[timedelta, ...]

    @property
    def mean(self) -> float:
        """Minutes."""
        return sum(self.delays, timedelta()) / max(1, len(self.delays)) / MINUTE

    @property
    def late(self) -> float:
        """Minutes within which nineteen of twenty are found."""
        return self.delays[int(0.95 * len(self.delays)) - 1] / MINUTE if self.delays else 0.0


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--feeds", type=Path)
    cli.add_argument("--root", type=Path, default=Path())
    cli.add_argument("--interval", type=float, default=10)
    cli.add_argument("--longest", type=float, default=360)
    asked = cli.parse_args()
    interval, longest = asked.interval * MINUTE, asked.longest * MINUTE
    cases = list(recorded(asked.feeds, asked.root)) if asked.feeds else list(made())
    rows = []
    for name, times in cases:
        began = times[0]
        fixed = polled(times, lambda _habit, _at: interval)
        by_habit = polled(
            times,
            lambda habit, at, began=began: habits.wait(  # type: ignore[misc]
                habit, at, interval=interval, longest=longest, watched_since=began
            ),
        )
        evenly = DAY / by_habit.polls / (1 + JITTER / 2)
        even = polled(times, lambda _habit, _at, evenly=evenly: evenly)  # type: ignore[misc]
        rows.append((fixed, by_habit, even))
        if len(cases) < 20:
            saved = 1 - by_habit.polls / fixed.polls
            minutes = " | ".join(f"{one.mean:.1f} ({one.late:.0f})" for one in (fixed, by_habit, even))
            print(f"| {name} | {fixed.polls:.0f} | {by_habit.polls:.0f} | {saved:.0%} | {minutes} |")
    polls = [sum(row[n].polls for row in rows) for n in range(3)]
    found = sum(len(row[0].delays) for row in rows)
    means = [sum(sum(row[n].delays, timedelta()) / MINUTE for row in rows) / max(1, found) for n in range(3)]
    print(
        f"| all {len(rows)} together, {found} statements | {polls[0]:.0f} | {polls[1]:.0f} | {1 - polls[1] / polls[0]:.0%} "
        f"| {means[0]:.1f} | {means[1]:.1f} | {means[2]:.1f} |"
    )


def polled(times: Sequence[datetime], wait: Policy) -> Measured:
    """What polling a source finds whose statements come at `times`, ascending; measured in the second half."""
    chance = random.Random(1)
    habit, at, seen, polls = Habit(times[0]), times[0], 0, 0
    delays: list[timedelta] = []
    measured_from = times[0] + (times[-1] - times[0]) / 2
    while seen < len(times):
        fresh = []
        while seen < len(times) and times[seen] <= at:
            fresh.append(times[seen])
            seen += 1
        habit = habits.learn(habit, fresh, at)
        if at >= measured_from:
            polls += 1
            delays += [at - came for came in fresh if came >= measured_from]
        at += wait(habit, at) * (1 + JITTER * chance.random())
    return Measured(polls / ((at - measured_from) / DAY), tuple(sorted(delays)))


def made() -> Iterator[tuple[str, list[datetime]]]:
    """Habits of the usual sorts."""
    chance = random.Random(7)
    yield "an agency, 60 a day in office hours", coming(60, 60, chance, office=True)
    yield "a ministry, 5 a day in office hours", coming(5, 120, chance, office=True)
    yield "a spokesman, 3 a day in bursts", bursts(3, 120, chance)
    yield "an office, 1 a day in office hours", coming(1, 240, chance, office=True)
    yield "1 a day at any hour", coming(1, 240, chance, office=False)
    yield "1 a week at any hour", coming(1 / 7, 1_400, chance, office=False)
    yield "1 a month at any hour", coming(1 / 30, 3_000, chance, office=False)


def coming(a_day: float, days: int, chance: random.Random, *, office: bool) -> list[datetime]:
    """Times of statements that come independently of each other."""
    at, times, most = START, [], max(OFFICE) if office else 1.0
    while at < START + days * DAY:
        at += timedelta(days=chance.expovariate(a_day * most))
        weight = OFFICE[at.hour] * (1 if at.weekday() < 5 else WEEKEND) if office else 1.0
        if chance.random() * most < weight:
            times.append(at)
    return times


def bursts(a_day: float, days: int, chance: random.Random) -> list[datetime]:
    """Statements that come three at a time, on average, within an hour or two."""
    times = []
    for first in coming(a_day / 3, days, chance, office=True):
        several = range(1 + int(chance.expovariate(0.5)))
        times += [first + number * timedelta(minutes=chance.expovariate(1 / 60)) for number in several]
    return sorted(times)


def recorded(manifest: Path, root: Path) -> Iterator[tuple[str, list[datetime]]]:
    """The times in the feeds of a manifest in the form of `bayan read --batch`."""
    import gzip

    from scraper.errors import SourceError
    from scraper.model import Page, Source
    from scraper.parsers.feed import parse

    for line in manifest.read_text("utf-8").splitlines():
        row = json.loads(line)
        body = (root / row["file"]).read_bytes()
        body = gzip.decompress(body) if row["file"].endswith(".gz") else body
        url = row.get("url") or "https://feed.example/"
        try:
            listed = parse(Page(url, url, body, START), Source(id="f", kind="feed", url=url))
        except SourceError:
            continue
        times = sorted(
            item.published.at for item in listed.items if item.published and item.published.precision != "day"
        )
        lately = [at.astimezone(UTC) for at in times if times[-1] - at < timedelta(days=400)]
        if len(lately) >= 20 and lately[-1] - lately[0] >= 10 * DAY:
            yield str(row.get("id") or row["file"]), lately


if __name__ == "__main__":
    main()
