"""What is said about a flood that is held: one notice for each, however often it is seen, in the language of who reads it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from alerts.health import Notice
from alerts.said import NOTHING, Said, said
from scraper.holds import Flood

SAMPLES = 3
"""Headlines that a notice shows."""
_USUAL: Final = re.compile(
    r"(?P<new>\d+) new of (?P<page>\d+) listed, where up to (?P<limit>\d+) are usual: (?P<why>.+)"
)
_MOST: Final = re.compile(r"more than (?P<most>\d+) at once")
_WHY: Final = {
    "nearly all claim to be older than the last look": "flood_older",
    "the page is another one": "flood_other",
    "their addresses have another form than before": "flood_shape",
}
"""How `scraper/flood.py` says why: it keeps the words with the flood, and here they become a sentence again."""


def notices(floods: Iterable[Flood], told: Iterable[str]) -> tuple[Notice, ...]:
    """What is to be said about the floods that wait for a decision, given the subjects that were told before."""
    before = set(told)
    return tuple(notice(flood) for flood in floods if subject(flood) not in before)


def notice(flood: Flood) -> Notice:
    """One flood, as operators are told."""
    shown = _samples([_short(title) for title in flood.samples if title])
    told = said("flood", source=flood.source, count=flood.count, reason=_reason(flood.reason), samples=shown)
    return Notice(subject(flood), told)


def subject(flood: Flood) -> str:
    """The incident's name."""
    return f"flood:{flood.source}:{flood.id}"


def _reason(words: str) -> Said | str:
    usual = _USUAL.fullmatch(words)
    if usual is None:
        return words
    most = _MOST.fullmatch(usual["why"])
    why: Said | str = usual["why"]
    if most is not None:
        why = said("flood_most", most=most["most"])
    elif usual["why"] in _WHY:
        why = said(_WHY[usual["why"]])
    return said("flood_usual", new=usual["new"], page=usual["page"], limit=usual["limit"], why=why)


def _samples(titles: Sequence[str]) -> Said:
    """The headlines, a line for each: every one is a value by itself, so that each is fenced in its own line."""
    if not titles:
        return NOTHING
    return said("flood_sample", title=titles[0], more=_samples(titles[1:]))


def _short(title: str) -> str:
    return title if len(title) <= 120 else title[:119] + "…"
