"""What is said about a flood that is held: one notice for each, however often it is seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.health import Notice
from alerts.words import words_of
from scraper.holds import Flood

SAMPLES = 3
"""Headlines that a notice shows."""


def notices(floods: Iterable[Flood], told: Iterable[str], language: str = "en") -> tuple[Notice, ...]:
    """What is to be said about the floods that wait for a decision, given the subjects that were told before."""
    before = set(told)
    return tuple(notice(flood, language) for flood in floods if subject(flood) not in before)


def notice(flood: Flood, language: str = "en") -> Notice:
    """One flood, as operators are told."""
    said = words_of(language).flood(flood.source, flood.count, flood.reason, _short(flood.samples))
    return Notice(subject(flood), said)


def subject(flood: Flood) -> str:
    """The incident's name."""
    return f"flood:{flood.source}:{flood.id}"


def _short(titles: Sequence[str]) -> tuple[str, ...]:
    return tuple(title if len(title) <= 120 else title[:119] + "…" for title in titles if title)
