"""Whether a statement was removed: pure decisions, from a list in which it is missing to two proofs that it is gone.

    missing from a steady list, not from its old end -> its own page says "gone" while another page of the site stands
    -> the same again after one more poll, at least an interval later -> removed

That it left the old end of a list proves nothing, nor does a page that is refused, slow, broken or sent elsewhere. Lists that are
shuffled, and lists from which much is missing at once, are not judged at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scraper.model import Kind, Source

MANY_AT_ONCE = 3
"""Missing statements that are believed of a short list; of a long one a tenth."""
MOST_CHECKS = 6
"""Looks at the page of a missing statement, after which it is left in peace."""
LEAST_WAIT = timedelta(minutes=10)
"""Between two proofs, however short the interval is."""

Answer = Literal["gone", "there", "unsure"]
"""What a page says of itself: 404, 410 or "post not found"; a good answer; anything else."""


@dataclass(frozen=True, slots=True)
class Absence:
    """What is known of a statement that is missing. `due_at` None: nothing more is done."""

    statement: int
    source: str
    since: datetime
    due_at: datetime | None
    checks: int = 0
    note: str = ""
    first_proof_at: datetime | None = None
    first_proof: str = ""
    second_proof_at: datetime | None = None
    second_proof: str = ""
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look comes to: `proof` for the record, `removed` where it was the second; else when to look again, if ever."""

    proof: bool = False
    removed: bool = False
    again_at: datetime | None = None
    note: str = ""


def missing(
    before: Sequence[int], now: Sequence[int], *, newest: Literal["first", "last"] | None = None
) -> tuple[int, ...]:
    """Statements of the list `before` that are not in `now`, though some above and below them still stand, in their order.

    `newest` says at which end of the list new statements come, where that is known: what is missing at that end did not age
    out, and needs no neighbour there. It does not count where something never seen stands at the other end: then the list
    may run the other way. Negative numbers in `now` are what was never seen before.

    Empty where the list was shuffled, and where too much is missing at once: that is another list.
    """
    if newest == "last":
        return missing(before[::-1], now[::-1], newest="first")[::-1]
    there, known = set(now), set(before)
    kept = [one for one in before if one in there]
    if not kept or kept != [one for one in now if one in known]:
        return ()
    first, last = before.index(kept[0]), len(before) - 1 - before[::-1].index(kept[-1])
    most = max(MANY_AT_ONCE, len(before) // 10)
    at_the_top = newest == "first" and all(one >= 0 for one in now[now.index(kept[0]) :])
    for start in (0, first) if at_the_top else (first,):
        found = tuple(one for one in before[start:last] if one not in there)
        if len(found) <= most:
            return found
    return ()


def newest_end(kind: Kind) -> Literal["first", "last"] | None:
    """At which end of its list a kind of source shows what is new. Sitemaps have no order of their own, and age by the day."""
    if kind == "sitemap":
        return None
    return "last" if kind == "channel" else "first"


def weigh(absence: Absence, its_own: Answer, control: Answer, detail: str, *, source: Source, now: datetime) -> Verdict:
    """One look at the page of a missing statement, and at another page of its site (`control`), at `now`."""
    wait = max(source.interval, LEAST_WAIT)
    if its_own == "there":
        return Verdict(note=f"its own page still stands ({detail})")
    if its_own == "unsure" or control != "there":
        why = detail if its_own == "unsure" else f"{detail}, but another page of the site does not stand either"
        longer = wait * 2 ** min(absence.checks, 6)
        return Verdict(again_at=now + longer if absence.checks + 1 < MOST_CHECKS else None, note=why)
    if absence.first_proof_at is None:
        return Verdict(proof=True, again_at=now + wait, note=detail)
    if now - absence.first_proof_at < wait:
        return Verdict(again_at=absence.first_proof_at + wait, note=detail)
    return Verdict(proof=True, removed=True, note=detail)


def own_page(source: Source, url: str | None, guid: str) -> str:
    """The address that says whether a statement still stands; "" where there is none.

    The preview of a channel shows each message on a page of its own, which says "Post not found" where it was deleted.
    """
    if source.kind == "channel":
        found = re.fullmatch(r"[A-Za-z0-9_]{1,64}/[0-9]{1,18}", guid)
        if found is None:
            return ""
        host = re.match(r"https?://[^/]+", source.url)
        return f"{host[0] if host else 'https://t.me'}/{guid}?embed=1&mode=tme"
    return url or ""
