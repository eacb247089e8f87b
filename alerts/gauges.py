"""What is counted while bayan runs, and the page of figures that Prometheus reads: pure, but for the counting.

The page is the text format 0.0.4 (prometheus.io, "Exposition formats"). Labels are of bounded sets only: outcomes, conditions,
states. No address, no name of a person, no id of a chat and no secret stands in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

KIND = "text/plain; version=0.0.4; charset=utf-8"
LATE = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Bounds, in seconds, for how late a tick is."""
LATENCY = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
"""Bounds, in seconds, between the moment a statement was first seen and that its alert was taken."""
MOST_UNREAD = 10_000
"""Sent deliveries whose latency nobody has asked for yet: older ones are left out where there are more."""

Type = Literal["counter", "gauge", "histogram"]
Samples = Iterable[tuple[Mapping[str, str], float]]


@dataclass(slots=True)
class Histogram:
    """Seconds, counted by bounds."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0
    most: float = 0.0
    last: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def note(self, seconds: float) -> None:
        """Count one."""
        seconds = max(seconds, 0.0)
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds
        self.last, self.most = seconds, max(self.most, seconds)


@dataclass(slots=True)
class Gauges:
    """What happened since the start of this process."""

    polls: Counter[str] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)
    """Of deliveries, by how they ended: sent, later, failed."""
    statements: int = 0
    judged: int = 0
    matched: int = 0
    canaries_missed: int = 0
    late: Histogram = field(default_factory=lambda: Histogram(LATE))
    latency: Histogram = field(default_factory=lambda: Histogram(LATENCY))
    sent: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_UNREAD))
    """Deliveries that were sent and are not in `latency` yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at one moment, as the store and the parts of the service say it.

    `sources`, `channels` and `deliveries` are numbers by condition or state. `canary` is None where there is none, else the
    moment of the last good one and its latency, each None before the first.
    """

    version: str
    now: datetime
    sources: Mapping[str, int]
    channels: Mapping[str, int]
    deliveries: Mapping[str, int]
    oldest: datetime | None = None
    bot: str | None = None
    beat_at: datetime | None = None
    workers: int = 0
    """Parse workers that were started; each that is started beyond the number of slots took the place of one that ended."""
    stored: int = 0
    canary: tuple[datetime | None, timedelta | None] | None = None
    backup_at: datetime | None = None


def page(gauges: Gauges, standing: Standing | None, *, answers: bool = True, age: float | None = None) -> str:
    """The figures as Prometheus reads them.

    `answers` is false where the store just did not tell how things stand: `standing` is then what it told `age` seconds ago, or
    None where it never did.
    """
    lines: list[str] = []

    def add(name: str, kind: Type, said: str, samples: Samples) -> None:
        lines.extend((f"# HELP bayan_{name} {said}", f"# TYPE bayan_{name} {kind}"))
        lines.extend(f"bayan_{name}{_labels(labels)} {_number(value)}" for labels, value in samples)

    def by(label: str, counted: Mapping[str, int]) -> Samples:
        return [({label: key}, float(counted[key])) for key in sorted(counted)]

    add("store_up", "gauge", "1 where the store just told how things stand.", [({}, answers)])
    add("polls_total", "counter", "Polls since the start, by outcome.", by("outcome", gauges.polls))
    add("statements_total", "counter", "New statements stored since the start.", [({}, gauges.statements)])
    add("judged_total", "counter", "Judgements of statements since the start.", [({}, gauges.judged)])
    add("matches_total", "counter", "Judgements since the start that matched.", [({}, gauges.matched)])
    add("attempts_total", "counter", "Attempts to deliver since the start, by result.", by("result", gauges.attempts))
    add("tick_late_most_seconds", "gauge", "How late the latest of all ticks was.", [({}, gauges.late.most)])
    lines += _histogram("tick_late_seconds", "How late ticks are.", gauges.late)
    lines += _histogram("alert_latency_seconds", "From first seen to sent, of alerts.", gauges.latency)
    if standing is None:
        return "\n".join([*lines, ""])
    add("build_info", "gauge", "The version that runs.", [({"version": standing.version}, 1)])
    said = "How old the figures are that the store tells: those below."
    add("standing_age_seconds", "gauge", said, [({}, age or 0.0)])
    add("stored_statements", "gauge", "Statements in the store.", [({}, standing.stored)])
    add("deliveries", "gauge", "Deliveries in the store, by state.", by("state", standing.deliveries))
    waiting = sum(standing.deliveries.get(state, 0) for state in ("pending", "claimed", "unconfirmed"))
    add("outbox_depth", "gauge", "Deliveries that are still to be sent.", [({}, waiting)])
    waits = _age(standing.oldest, standing.now) if waiting else 0.0
    add("outbox_oldest_seconds", "gauge", "How long the oldest of them waits.", [({}, waits)])
    add("sources", "gauge", "Sources that are polled, by condition.", by("condition", standing.sources))
    add("channels", "gauge", "Channels, by condition.", by("condition", standing.channels))
    if standing.bot is not None:
        add("bot_up", "gauge", "1 where the bot hears.", [({"condition": standing.bot}, standing.bot == "ok")])
    add("parse_workers_started_total", "counter", "Parse workers started since the start.", [({}, standing.workers)])
    if standing.beat_at is not None:
        said = "When the service last gave a sign of life."
        add("beat_timestamp_seconds", "gauge", said, [({}, standing.beat_at.timestamp())])
    if standing.backup_at is not None:
        said = "When `bayan db backup` last made a copy."
        add("backup_timestamp_seconds", "gauge", said, [({}, standing.backup_at.timestamp())])
    if standing.canary is not None:
        at, latency = standing.canary
        if at is not None:
            add("canary_timestamp_seconds", "gauge", "When a canary last came through.", [({}, at.timestamp())])
        if latency is not None:
            add("canary_latency_seconds", "gauge", "How long it took.", [({}, latency.total_seconds())])
        add(
            "canary_missed_total",
            "counter",
            "Canaries that did not come through in time.",
            [({}, gauges.canaries_missed)],
        )
    return "\n".join([*lines, ""])


def _histogram(name: str, said: str, counted: Histogram) -> Sequence[str]:
    lines = [f"# HELP bayan_{name} {said}", f"# TYPE bayan_{name} histogram"]
    below = 0
    for bound, count in zip([*map(_number, counted.bounds), "+Inf"], counted.counts, strict=True):
        below += count
        lines.append(f'bayan_{name}_bucket{{le="{bound}"}} {below}')
    return [*lines, f"bayan_{name}_sum {_number(counted.total)}", f"bayan_{name}_count {below}"]


def _labels(labels: Mapping[str, str]) -> str:
    def escaped(value: str) -> str:
        return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

    return "{" + ",".join(f'{key}="{escaped(value)}"' for key, value in labels.items()) + "}" if labels else ""


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}" if abs(value) < 1e6 else f"{value:.3f}"


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0
