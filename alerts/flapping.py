"""When a statement is edited again and again: three replies ring in an hour, what comes after them is one summary. Pure.

edits that were told lately + now -> at once | together with those that follow, at a moment
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

MOST = 3
WITHIN = timedelta(hours=1)
_AGAIN = " again"


def calm_at(told: Sequence[datetime], now: datetime) -> datetime | None:
    """When the next edit of a statement is told, whose edits were told at these moments; None for at once.

    It is the moment at which the first of the last three is an hour old: so no hour has more than three and a summary.
    """
    recent = sorted(at for at in told if at > now - WITHIN)
    return recent[-MOST] + WITHIN if len(recent) >= MOST else None


def together(statement: int) -> str:
    """The subject of the summary of all edits from one revision on."""
    return f"{statement}{_AGAIN}"


def is_summary(subject: str) -> bool:
    """Whether a delivery of this subject tells of all edits since, and not of one."""
    return subject.endswith(_AGAIN)
