"""Which of several offers of a site makes the best source: pure, over what each gave when it was tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scraper.address import canonical
from scraper.model import Item, Kind, Listed, Select, Source

WORTH: dict[Kind, float] = {
    "channel": 20, "wordpress": 52, "feed": 50, "json": 40, "sitemap": 15, "listing": 30, "directory": 0, "page": -25,
}  # fmt: skip
"""What a kind is worth by itself: how well it names its items, dates them, and tells edits. A channel that a site links to says
other things than the site."""

STALE = timedelta(days=45)
"""So much older than the newest of another offer, an offer is of something that is no longer kept."""
_FULL = 400


@dataclass(frozen=True, slots=True)
class Offer:
    """A source that works, and what it gave when it was tried. `items` are those of its first page, in its order.

    `found` says how it was come by; `covers` how many of the entries of the page that was asked for it has, of how many.
    `select` are selectors that hold a listing to the block that was found. `score` orders offers.
    """

    source: Source
    found: str
    items: tuple[Item, ...]
    count: int
    dated: int
    whole_texts: int
    newest: datetime | None
    language: str
    passed_over: int = 0
    select: Select | None = None
    covers: tuple[int, int] | None = None
    score: float = 0.0


def offer(source: Source, found: str, listed: Listed, select: Select | None = None) -> Offer:
    """What a try came to, not yet ranked."""
    dates = [item.published.at for item in listed.items if item.published is not None]
    languages = Counter(item.language for item in listed.items if item.language)
    return Offer(
        source=source,
        found=found,
        items=listed.items,
        count=len(listed.items),
        dated=len(dates),
        whole_texts=sum(len(item.text or "") >= _FULL for item in listed.items),
        newest=max(dates, default=None),
        language=languages.most_common(1)[0][0] if languages else "",
        passed_over=listed.passed_over,
        select=select,
    )


def ranked(offers: Sequence[Offer], on_page: Sequence[Item], *, is_section: bool) -> tuple[Offer, ...]:
    """`offers`, the best first. `on_page` are the entries of the page that was asked for.

    Where that is a section of a site (`is_section`), an offer that has next to none of its entries is of another part of the
    site, or of all of it: it comes after the list of the section itself.
    """
    newest = max((one.newest for one in offers if one.newest is not None), default=None)
    scored = []
    for one in offers:
        covers = _covers(one, on_page) if one.source.kind not in ("listing", "page") and on_page else None
        score = WORTH[one.source.kind]
        score += 15 * one.dated / one.count if one.count else 0
        score += 8 * one.whole_texts / one.count if one.count else 0
        if one.source.kind == "sitemap" and one.count:  # a news sitemap is nearly a feed
            score += 15 * sum(bool(item.title) for item in one.items) / one.count
        score -= 80 if not one.count else 10 if one.count < 3 and one.source.kind != "page" else 0
        score -= 45 if one.newest is not None and newest is not None and newest - one.newest > STALE else 0
        if covers is not None and is_section and len(on_page) >= 3:
            share = covers[0] / covers[1]
            score -= 40 if share < 0.2 else 0
            score += 5 * share
        score -= 30 if "comment" in one.source.url.lower() else 0
        scored.append(replace(one, covers=covers, score=round(score, 1)))
    return tuple(sorted(scored, key=lambda one: -one.score))


def _covers(one: Offer, on_page: Sequence[Item]) -> tuple[int, int]:
    """How many of the page's entries an offer has, by address or by headline."""
    urls = {canonical(item.url) for item in one.items if item.url}
    titles = {_even(item.title) for item in one.items if item.title}
    hits = sum(
        (item.url is not None and canonical(item.url) in urls) or (bool(item.title) and _even(item.title) in titles)
        for item in on_page
    )
    return hits, len(on_page)


def _even(title: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in title.casefold()).split())
