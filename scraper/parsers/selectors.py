"""Selectors for a list that was found by itself: what to write down so that the same block is found again.

    page -> groups of cards of one shape -> the shortest telling selector for each -> title, link and date inside it

Names that say what a thing is are taken before those that a machine made or that say how it looks: the latter change with every
redesign. A proposal is only made where its selector finds the cards of the group and next to nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.address import canonical
from scraper.model import Select
from scraper.parsers import block
from scraper.parsers.anchors import links
from scraper.parsers.block import Card
from scraper.parsers.entry import web_address

MOST = 6
"""Proposals for one page: the largest lists."""
_RUNS = 12
"""Runs of like cards that are looked at: a page of thousands of links has many."""
_FEWEST = 3
"""Entries of a list, below which it is none that repeats."""
_NEARLY_ALL = 0.8
_NAME = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]{1,50}")
_MADE = re.compile(
    r"^(?:css|sc|jsx?|svelte|emotion|styled|ng|data-v|_)[-_]?\w*\d|[a-z]+[A-Z0-9]+[a-z]+[A-Z0-9]|__[A-Za-z0-9]{4,}$|\d{3,}|"
    r"^[a-z]{1,2}[A-Z0-9]\w{2,6}$",
)
"""Class names that a build made: other ones after the next build."""
_LOOKS = re.compile(
    r"^(?:col|row|container|wrapper|clearfix|active|first|last|odd|even|[mp][trblxyse]?|d|flex|grid|w|h|text|bg|border|rounded|"
    r"shadow|font|gap|space|items|justify|float|align|order|lg|md|sm|xl|xs|hidden|block|inline|relative|absolute|overflow|"
    r"hover|focus|transition|z|leading|tracking|uk|size|min|max|js)(?:-.*|\d*)$|^(?:visible|hide|show|has|is|no)-",
)
"""Class names that say how a thing looks or where it lies."""
_TELLS = re.compile(
    r"article|teaser|news|item|entry|post|card|story|stories|list|feed|stream|row|result|press|statement|headline|title",
    re.IGNORECASE,
)
"""Words in class names that say that a thing is an entry of a list."""
_MARK = re.compile(r"data-[a-z-]{2,40}|itemtype|itemprop|role")
_VALUE = re.compile(r"[A-Za-z][A-Za-z_-]{2,40}")
"""Attributes that name the kind of a block, on sites whose class names only say how it looks."""
_DATE = re.compile(r"date(?!d-)|time(?!line|r)|publish|posted|stamp|datum|fecha|tarih|zeit", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Selectors that find a list, and how many entries they find on the page they were made from."""

    select: Select
    count: int


def proposals(tree: LexborHTMLParser, base: str) -> tuple[Proposal, ...]:
    """Selectors for the lists of the page: first those that were found by themselves, then every other run of like links.

    At most six, without two that find the same. `base` is the address of the page.
    """
    found: list[Proposal] = []
    seen: list[frozenset[int]] = []
    chosen = block.cards(tree, base)
    for cards in [*_runs(chosen), *_runs(_others(tree, base, chosen))][:_RUNS]:
        if len(found) >= MOST:
            break
        item = _item(tree, [card.node for card in cards])
        if item is None:
            continue
        nodes = tree.css(item)
        here = frozenset(node.mem_id for node in nodes)
        if any(len(here & other) >= _NEARLY_ALL * min(len(here), len(other)) for other in seen):
            continue
        seen.append(here)
        found.append(Proposal(_select(item, nodes, cards, base), len(nodes)))
    return tuple(found)


def _runs(cards: Sequence[Card]) -> list[list[Card]]:
    """The cards by the shape of their node, the longest run first; those too short for a list are left out."""
    runs: dict[str, list[Card]] = {}
    for card in cards:
        above = card.node.parent
        runs.setdefault(f"{above.tag if above else ''} {card.node.tag} {_first_class(card.node)}", []).append(card)
    return sorted((run for run in runs.values() if len(run) >= _FEWEST), key=len, reverse=True)


def _others(tree: LexborHTMLParser, base: str, chosen: Sequence[Card]) -> list[Card]:
    """A card for each link outside of menus that is in no list yet: for pages whose list reads like none."""
    known = {canonical(card.url) for card in chosen if card.url}
    left = [
        link for link in links(tree, base)
        if link.anchor is not None and link.title and not link.in_chrome and link.key not in known
    ]  # fmt: skip
    return block.cut_out(left) if left else []


def _item(tree: LexborHTMLParser, nodes: Sequence[LexborNode]) -> str | None:
    """The simplest selector that finds nearly all of `nodes` and next to nothing else; None where none does."""
    wanted = {node.mem_id for node in nodes}
    own = _simple(nodes)
    parents = [node.parent for node in nodes if node.parent is not None]
    above = _simple(parents)
    higher = _simple([node.parent for node in parents if node.parent is not None])
    candidates = [
        *own[1:], *(f"{up} > {one}" for one in own for up in above), *(f"{up} {one}" for one in own for up in higher),
        *(f"{top} > {up} > {one}" for one in own[:2] for up in above[:2] for top in higher[1:]), *own[:1],
    ]  # fmt: skip
    best, best_worth = None, 0.0
    for position, candidate in enumerate(candidates):
        found = {node.mem_id for node in tree.css(candidate)}
        both = len(found & wanted)
        if both < _NEARLY_ALL * len(wanted) or both < _NEARLY_ALL * len(found):
            continue
        if both == len(wanted) == len(found):
            return candidate if best_worth < 2 - position / 1_000 else best
        worth = both / len(wanted) + both / len(found) - position / 1_000
        if worth > best_worth:
            best, best_worth = candidate, worth
    return best


def _simple(nodes: Sequence[LexborNode]) -> list[str]:
    """Selectors of one step that fit nearly all of `nodes`: the tag, then the tag with each good class or id."""
    tags = Counter(node.tag or "" for node in nodes)
    if not tags:
        return []
    tag, count = tags.most_common(1)[0]
    if count < _NEARLY_ALL * len(nodes) or not re.fullmatch(r"[a-z][a-z0-9-]*", tag) or tag in ("html", "body"):
        return []
    classes = Counter(name for node in nodes for name in dict.fromkeys(_classes(node)))
    names = [name for name, number in classes.items() if number >= _NEARLY_ALL * len(nodes)]
    ids = {node.attributes.get("id") or "" for node in nodes}
    id_ = ids.pop() if len(ids) == 1 else ""
    names.sort(key=lambda name: (_TELLS.search(name) is None, len(name)))
    found = [tag, *(f"{tag}.{name}" for name in names[:6])]
    marks = Counter((name, value or "") for node in nodes for name, value in node.attributes.items())
    found += [
        f'{tag}[{name}="{value}"]' for (name, value), number in marks.items()
        if number >= _NEARLY_ALL * len(nodes) and _MARK.fullmatch(name) and _VALUE.fullmatch(value)
    ][:3]  # fmt: skip
    if _NAME.fullmatch(id_) and not _MADE.search(id_):
        found.append(f"{tag}#{id_}")
    return found


def _classes(node: LexborNode) -> list[str]:
    """The class names of a node that say what it is."""
    names = (node.attributes.get("class") or "").split()[:20]
    return [name for name in names if _NAME.fullmatch(name) and not _MADE.search(name) and not _LOOKS.search(name)]


def _first_class(node: LexborNode) -> str:
    return next(iter(_classes(node)), "")


def _select(item: str, nodes: Sequence[LexborNode], cards: Sequence[Card], base: str) -> Select:
    """`item` with what is found the same way in nearly all of its nodes; what is left out is found by itself."""
    urls = {card.node.mem_id: card.url for card in cards}
    return Select(
        item=item,
        link=_link([node for node in nodes if urls.get(node.mem_id)], urls, base),
        title=_first_that_fits(nodes, _HEADINGS),
        date=_date(nodes),
    )


def _link(nodes: Sequence[LexborNode], urls: dict[int, str | None], base: str) -> str:
    """Where the address of the entry stands: `a@href` where the first anchor is the one; one in a heading; the item itself."""
    for selector in ("a@href", "@href", *(f"{tag} a@href" for tag in _HEADINGS)):
        path = selector.rpartition("@")[0]
        right = 0
        for node in nodes:
            anchor = node.css_first(path) if path else node
            href = (anchor.attributes.get("href") or "") if anchor is not None else ""
            right += web_address(base, href.partition("#")[0]) == urls[node.mem_id] if href else 0
        if nodes and right >= _NEARLY_ALL * len(nodes):
            return selector
    return ""


def _date(nodes: Sequence[LexborNode]) -> str:
    timed = _first_that_fits(nodes, ["time[datetime]"])
    if timed:
        return "time@datetime"
    named = Counter(
        name
        for node in nodes
        for name in {
            name for below in node.css("[class]")[:60] for name in _classes(below) if _DATE.search(name)
        }
    )  # fmt: skip
    return _first_that_fits(nodes, ["time", *(f".{name}" for name, _ in named.most_common(4))])


def _first_that_fits(nodes: Sequence[LexborNode], selectors: Iterable[str]) -> str:
    """The first of `selectors` that finds words (or a time) in nearly all of `nodes`; "" where none does."""
    for selector in selectors:
        hits = 0
        for node in nodes:
            found = node.css_first(selector)
            hits += found is not None and bool(found.text(strip=True) or found.attributes.get("datetime"))
        if nodes and hits >= _NEARLY_ALL * len(nodes):
            return selector
    return ""
