"""New selectors for a listing whose own find nothing any more, proven by the statements that they find again.

    page that loads and lists nothing -> its lists, each with selectors -> read with each -> how much of the last page is there?

A redesign moves a list into other markup; its headlines and addresses mostly stay. So what was on the last good page is the
measure: selectors that find it again are the same list, and no person has to take our word for it. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scraper.address import canonical
from scraper.errors import ParseError
from scraper.model import Item, Kind, Page, Select, Source
from scraper.novelty import Known
from scraper.parsers.workers import ParsePool
from scraper.ranking import Offer

OTHER_KINDS: frozenset[Kind] = frozenset({"feed", "wordpress", "sitemap"})
"""What may take the place of a list of the same site."""
_ENOUGH = 2
"""Statements found again by a further block, from which it is proposed together with the others."""
_BLOCKS = 4
"""At most so many blocks in one proposal."""
_LONGEST = 400
"""Code points of a proposal; the configuration takes 500."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Selectors, what they find (`items`), and how many of the known statements are among it, of how many.

    Where `source` is set, it is another way to the site, such as a feed, and `found` says how it was come by.
    """

    select: Select
    items: tuple[Item, ...]
    again: int
    of: int
    source: Source | None = None
    found: str = ""

    @property
    def proven(self) -> bool:
        """Whether it finds something again that only the same list can have."""
        return self.again > 0


async def propose(source: Source, page: Page, known: Sequence[Known], parsers: ParsePool) -> tuple[Repair, ...]:
    """Selectors that find a list on `page`, those that find most of `known` again first, then those that find more.

    `known` is what the last good page listed. Empty where the page has no list, or is no page at all.
    """
    try:
        offers = await parsers.offers(page, source)
    except ParseError:
        return ()
    found: list[Repair] = []
    for select, _ in offers.lists:
        one = await _read(source, page, _kept(select, source), known, parsers)
        if one is not None:
            found.append(one)
    found.sort(key=_worth, reverse=True)
    joined = await _joined(source, page, found, known, parsers)
    return (*joined, *found)


def other_ways(source: Source, offers: Sequence[Offer], known: Sequence[Known]) -> tuple[Repair, ...]:
    """What a look at the site offered in the place of a list that is gone, those with most of what is known first.

    Each is `source` at another address and of another kind: its name, tags and manners stay.
    """
    found = [
        Repair(
            Select(""), one.items, _again(one.items, known), len(known),
            replace(one.source, id=source.id, select=None, full_text=source.full_text), one.found,
        )
        for one in offers
        if one.count and one.source.kind in OTHER_KINDS
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: -one.again))


def told(repair: Repair) -> str:
    """A proposal in one line: what it looks for, and the proof."""
    return f'item = "{repair.select.item}" finds {len(repair.items)}, {repair.again} of the last {repair.of} again'


def hint(source: Source, proposals: Sequence[Repair]) -> str:
    """What an operator is told beside the failure: the best proven proposal and how to take it; "" where there is none."""
    best = next((one for one in proposals if one.proven), None)
    return "" if best is None else f"{told(best)}: `bayan sources repair {source.id}` takes it after a yes"


async def _read(
    source: Source, page: Page, select: Select, known: Sequence[Known], parsers: ParsePool
) -> Repair | None:
    """The page as these selectors read it; None where they find nothing to be believed."""
    try:
        listed = await parsers.listed(page, replace(source, select=select))
    except ParseError:
        return None
    return Repair(select, listed.items, _again(listed.items, known), len(known))


def _again(items: Sequence[Item], known: Sequence[Known]) -> int:
    """How many of `known` are among `items`, by address or by headline."""
    urls = {canonical(item.url) for item in items if item.url}
    titles = {_even(item.title) for item in items if item.title}
    return sum(
        (one.url is not None and canonical(one.url) in urls) or (bool(one.title) and _even(one.title) in titles)
        for one in known
    )


async def _joined(
    source: Source, page: Page, found: Sequence[Repair], known: Sequence[Known], parsers: ParsePool
) -> tuple[Repair, ...]:
    """The best ones together, where a list now stands in several blocks and each holds its share of what is known."""
    best: Repair | None = None
    for other in found[1:]:
        if other.again < _ENOUGH:
            break
        one = (best or found[0]).select
        if one.item.count(", ") + 2 > _BLOCKS or len(one.item) + len(other.select.item) > _LONGEST:
            break
        both = Select(
            item=f"{one.item}, {other.select.item}",
            link=one.link if one.link == other.select.link else "",
            title=one.title if one.title == other.select.title else "",
            date=one.date if one.date == other.select.date else "",
        )
        read = await _read(source, page, _kept(both, source), known, parsers)
        if read is not None and read.again >= (best or found[0]).again + _ENOUGH:
            best = read
    return () if best is None else (best,)


def _kept(select: Select, source: Source) -> Select:
    """The proposal with what the source says of further pages, which it knows nothing of."""
    if source.select is None:
        return select
    return replace(select, next_page=source.select.next_page, max_pages=source.select.max_pages)


def _worth(repair: Repair) -> tuple[int, float]:
    """What is known counts first; then lists whose items read like headlines, before rows of short links."""
    words = sum(min(len(item.title), 60) for item in repair.items)
    return repair.again, words


def _even(title: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in title.casefold()).split())
