"""The judge of Telegram's absences: the counts of the crash test, and besides them order, lateness and marks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.kill_judge import Evidence, Key, Verdict, judge

LATE, MARGIN = 300.0, 5.0
"""Seconds from which on an alert says that it is late, and how exactly this is judged."""
MUST_NOT_BE = ("overtaken", "delay told wrongly", "marked though sure", "no fault was met", "stopped badly")


@dataclass(frozen=True)
class Told:
    """One message that the Bot API accepted: its chat, the serials in it, and when (seconds)."""

    chat: str
    serials: tuple[int, ...]
    text: str
    at: float
    several: bool = False
    """It is a digest: of its alerts it does not say how late they are."""


def judge_outage(
    evidence: Evidence,
    told: Sequence[Told],
    made: Mapping[Key, float],
    *,
    may_overtake: int = 0,
    is_sure: bool = False,
    failures: int = 1,
    stopped_badly: bool = False,
) -> Verdict:
    """The counts. `made` is when each alert was made, `failures` how many tries did not arrive.

    `may_overtake`: so many alerts of each chat may be first heard after a later one: where nobody knows whether the first one
    arrived, each fourth try is made with the next one. `is_sure`: each failure said surely that nothing was sent, so nothing may be
    marked.
    """
    verdict = judge(evidence)
    alone = [one for one in told if not one.several and (one.chat, one.serials[0]) in made]
    late = [one.at - made[one.chat, one.serials[0]] for one in alone]
    says = ["delayed" in one.text for one in alone]
    heard = {chat: [made.get((chat, serial), 0.0) for serial in first_heard(told, chat)] for chat in evidence.chats}
    marked = sum("may repeat" in one.text for one in told)
    more: dict[str, int | float] = {
        "overtaken": sum(max(0, inversions(moments) - may_overtake) for moments in heard.values()),
        "longest delay, s": round(max(late, default=0.0)),
        "over five minutes late": sum(by >= LATE for by in late),
        "say delayed": sum(says),
        "delay told wrongly": sum(
            told_so != (by >= LATE) for by, told_so in zip(late, says, strict=True) if abs(by - LATE) > MARGIN
        ),
        "marked": marked,
        "marked though sure": marked if is_sure else 0,
        "tries that failed": failures,
        "no fault was met": int(not failures),
        "stopped badly": int(stopped_badly),
    }
    faults = (*verdict.faults, *(name for name in MUST_NOT_BE if more[name]))
    return Verdict({**verdict.counts, **more}, faults)


def first_heard(told: Sequence[Told], chat: str) -> list[int]:
    """The serials that a chat heard, in the order in which it heard each of them first; those of one message in their own order."""
    return list(dict.fromkeys(serial for one in told if one.chat == chat for serial in sorted(one.serials)))


def inversions(moments: Sequence[float]) -> int:
    """How many were heard after one that was made later. What one poll brought was made at one moment, and has no order."""
    latest, count = 0.0, 0
    for moment in moments:
        count += moment < latest
        latest = max(latest, moment)
    return count
