"""The judge of the crash test: compares what a site served, what the store holds and what the chats heard. Pure.

Every serial that a complete answer held must be stored once. Every odd serial outside the baseline must be heard in every chat. A
chat may hear one twice only where an attempt ended without anybody knowing (the program died while it sent, or its answer was
lost), once for each such event, and every copy but one must carry the mark.

What another outlet carries must be stored once as well and rings nobody again: the message that rang names both in the end.
Every statement must have the raw page that it was read from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Key = tuple[str, int]
"""A chat and a serial."""


@dataclass(frozen=True)
class Evidence:
    """The three logs and the store, as they stand in the end."""

    answers: Sequence[Sequence[int]]
    """The serials of each complete answer of the site."""
    stored: Sequence[tuple[int, bool]]
    """Serial of each statement in the store, and whether it belongs to the baseline."""
    heard: Sequence[tuple[str, int, bool]]
    """Chat, serial and mark of each message that the Bot API accepted."""
    chats: Sequence[str]
    ambiguous: Mapping[Key, int]
    """How many attempts of each alert ended without anybody knowing whether it arrived."""
    failed_restarts: int = 0
    slowest_restart: float = 0.0
    integrity_failures: int = 0
    restart_limit: float = 5.0
    copied: Sequence[Sequence[int]] = ()
    """The serials of each complete answer of the other outlet, which carries the same statements later."""
    copies: Sequence[int] = ()
    """Serial of each statement of the other outlet in the store."""
    unnamed: int = 0
    """Alerts of which both outlets are in the store, and whose message names one only."""
    unproven: int = 0
    """Statements without a raw page that is whole, and pages that the store named at a death and that were not there."""


@dataclass(frozen=True)
class Verdict:
    """The counts, by their names in print, and which of them must not be as they are."""

    counts: Mapping[str, int | float]
    faults: tuple[str, ...]

    def __str__(self) -> str:
        told = "\n".join(f"{name:<26}{count}" for name, count in self.counts.items())
        return f"{told}\n{'FAILED: ' + ', '.join(self.faults) if self.faults else 'passed'}"


def judge(evidence: Evidence) -> Verdict:
    """Every count, and the names of those that break a promise."""
    served = {serial for answer in evidence.answers for serial in answer}
    stored = Counter(serial for serial, _ in evidence.stored)
    baseline = {serial for serial, silent in evidence.stored if silent}
    matching = {(chat, serial) for serial in served - baseline if serial % 2 for chat in evidence.chats}
    heard = Counter((chat, serial) for chat, serial, _ in evidence.heard)
    unmarked = Counter((chat, serial) for chat, serial, marked in evidence.heard if not marked)
    extra = {key: count - 1 for key, count in heard.items() if count > 1}
    copied = {serial for answer in evidence.copied for serial in answer}
    copies = Counter(evidence.copies)
    counts: dict[str, int | float] = {
        "served": len(served),
        "stored": len(stored),
        "lost": len(served - set(stored)),
        "doubled in store": sum(count - 1 for count in stored.values()),
        "baseline": len(baseline),
        "baseline of no one answer": int(bool(baseline) and baseline not in [set(one) for one in evidence.answers]),
        "matching": len(matching),
        "delivered": len(matching & set(heard)),
        "undelivered": len(matching - set(heard)),
        "heard unasked": len(set(heard) - matching),
        "ambiguous events": sum(evidence.ambiguous.values()),
        "extra copies": sum(extra.values()),
        "extra copies unmarked": sum(count - 1 for count in unmarked.values() if count > 1),
        "extra copies unexplained": sum(max(0, n - evidence.ambiguous.get(key, 0)) for key, n in extra.items()),
        "copies served": len(copied),
        "copies lost": len(copied - set(copies)),
        "copies doubled in store": sum(count - 1 for count in copies.values()),
        "copies unnamed": evidence.unnamed,
        "without evidence": evidence.unproven,
        "restarts that failed": evidence.failed_restarts,
        "slowest restart": round(evidence.slowest_restart, 2),
        "integrity failures": evidence.integrity_failures,
    }
    must_be_zero = (
        "lost", "doubled in store", "baseline of no one answer", "undelivered", "heard unasked", "extra copies unmarked",
        "extra copies unexplained", "copies lost", "copies doubled in store", "copies unnamed", "without evidence",
        "restarts that failed", "integrity failures",
    )  # fmt: skip
    faults = [name for name in must_be_zero if counts[name]]
    if evidence.slowest_restart > evidence.restart_limit:
        faults.append("slowest restart")
    return Verdict(counts, tuple(faults))
