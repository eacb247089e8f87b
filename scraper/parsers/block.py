"""Finds the list in a page that nobody described: the links that lead to articles, each with the part of the page about it.

    anchors -> one link for each address -> its headline (`rows.py`) -> groups of one shape -> which shapes are lists -> cards

What repeats in one shape, reads like headlines and leads to addresses like those of articles is a list; a page may have several.
Menus, footers, advertisements and "share this" are told by their elements, roles and class names, by short words and by where they
lead. No rule here knows a site.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.address import canonical
from scraper.parsers import rows
from scraper.parsers.anchors import NO_HEADLINE, SENT, Link, best_part, links, weight
from scraper.parsers.plain import TITLE_LIMIT
from scraper.parsers.words import words

_CARD_TAGS = frozenset({"article", "li", "tr", "dt", "dd"})
_ARTICLE = frozenset({"article"})
_SLUG = re.compile(r"[^/]+-[^/]+-[^/]+|\d{4,}|[^/]+\.s?html?\b|/\d{4}/\d{1,2}/")
_NUMBERED = re.compile(r"\d\d")
_ASKED = re.compile(r"(?:^|&)(?:\w*id|p|n|no|num|nr|news|art|article|story|post|item)=[\w-]*\d{2,}", re.IGNORECASE)
"""A page of a site whose addresses are questions: `?id=3301`."""
_KEYED = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,}")
"""A number that counts articles, and is no year."""
_PAGE = re.compile(
    r"\b(?:page|seite|página|pagina|sayfa)s?\b|صفحة|الصفحة|صفحه|страниц|עמוד|[?&](?:p|pg|start|offset|limitstart)=",
    re.IGNORECASE,
)
_MOST_COUNTED = 500
_CARD_NODES = 60
_CARD_LINKS = 8
"""So many links at most the node of one entry holds: a wider one is half of the page."""


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of a list: its address and headline, and the node of the page that is about it and nothing else."""

    url: str | None
    title: str
    node: LexborNode
    heading: LexborNode | None


def cards(tree: LexborHTMLParser, base: str) -> list[Card]:
    """The entries of the lists in the page, in its order; [] where there is no list. `base` is the address of the page.

    Where no link that has an address is an entry, those are that send a form: entries without an address.
    """
    found = _cards(links(tree, base), base)
    return found or [replace(card, url=None) for card in _cards(links(tree, base, sent=True), base)]


def _cards(found: list[Link], base: str) -> list[Card]:
    own_key = canonical(base)
    named = _named([link for link in found if _may_be_article(link, own_key)])
    usable = [link for link in named if any(c.isalpha() for c in link.title)]
    groups: dict[str, list[Link]] = {}
    for link in usable:
        groups.setdefault(link.shape, []).append(link)
    for group in groups.values():
        _align(group)
    chosen = _chosen(list(groups.values()), base)
    chosen.sort(key=lambda link: link.order)
    return cut_out(chosen)


def _may_be_article(link: Link, own_key: str) -> bool:
    """Whether a link could be an entry: it stands outside of menus, and leads to a page below the front page."""
    if link.in_chrome or link.anchor is None or link.key == own_key:
        return False
    parts = urlsplit(link.url)
    return bool(parts.path.strip("/") or parts.query or SENT in link.url)


def _named(usable: list[Link]) -> list[Link]:
    """`usable` with the titles of their rows for links that all say the same ("details", "PDF") or nothing, one for each row."""
    alike: dict[tuple[str, str], list[Link]] = {}
    for link in usable:
        if link.heading is None and weight(link.title) <= 25:
            alike.setdefault((link.shape, rows.wording(link.title)), []).append(link)
    seen: set[int] = set()
    doubled: set[str] = set()
    for group in alike.values():
        if len(group) < 3:
            continue
        for link, (row, title) in zip(group, rows.beside([link.anchor for link in group if link.anchor]), strict=True):
            if title and row in seen:
                doubled.add(link.key)
            elif title:
                seen.add(row)
                link.title, link.in_row = title, True
    return [link for link in usable if link.key not in doubled]


def _align(group: list[Link]) -> None:
    """Give cards of one shape their headline from the part where most have theirs: a short one is not found by its length."""
    headed = [(link, rows.headings(link.anchor)) for link in group if link.anchor and link.heading is not None]
    kind = rows.longest_kind([inside for _, inside in headed if len(inside) > 1])
    for link, inside in headed:
        same = [node for node in inside if rows.kind(node) == kind]
        if len(inside) > 1 and len(same) == 1 and (text := words(same[0], TITLE_LIMIT, without=NO_HEADLINE)):
            link.title, link.heading = text, same[0]
    plain = [(link, link.anchor, best_part(link.anchor)) for link in group if link.anchor and link.heading is None]
    places = [rows.place(anchor, part) for _, anchor, part in plain]
    way, count = next((one for one in Counter(places).most_common() if one[0]), ((), 0))
    if count < 2 or 3 * count < len(plain):
        return
    name = next(rows.kind(part) for (_, _, part), here in zip(plain, places, strict=True) if here == way)
    for (link, anchor, _), here in zip(plain, places, strict=True):
        there = rows.at_place(anchor, way) if here != way else None
        if there is not None and (way[: len(here)] == here or ("." in name and rows.kind(there) == name)):
            link.title = words(there, TITLE_LIMIT, without=NO_HEADLINE) or link.title


def _chosen(groups: list[list[Link]], base: str) -> list[Link]:
    """The links of all groups that are lists: the strong ones, or if there are none, the best of the weak ones."""
    at_home = [group for group in groups if _is_at_home(group, base)]
    for candidates in (at_home, groups):
        strong = [group for group in candidates if _is_strong(group)]
        if strong:
            found = [link for group in strong for link in group]
            inside = {card.node.mem_id for card in cut_out(found) if len(card.node.css("a[href]")) <= _CARD_LINKS}
            beside = [group for group in candidates if not _is_strong(group) and _is_beside(group, inside)]
            return [*found, *(link for group in beside for link in group)]
        weak = [group for group in candidates if _is_weak(group)]
        if weak:
            return max(weak, key=lambda group: len(group))
    return []


def _is_at_home(group: list[Link], base: str) -> bool:
    """A shape that leads to pages of this site; or to a sister's, where every entry is an article with a heading."""
    if 2 * sum(_same_site(link.url, base) for link in group) >= len(group):
        return True
    return len(group) >= 3 and all(link.heading is not None and _tag_above(link, _ARTICLE) for link in group)


def _is_strong(group: list[Link]) -> bool:
    """A shape whose titles read like headlines and whose addresses look like those of articles."""
    length = _length(group)
    headed = sum(link.heading is not None for link in group) / len(group)
    slugs = sum(_is_slug(link.url) for link in group) / len(group)
    carded = sum(_tag_above(link, _CARD_TAGS) for link in group) / len(group)
    score = 2 * length + headed + slugs + carded / 2
    if len(group) == 1:
        return length >= 0.5 and headed == 1 and score >= 3
    if len(group) >= 3:
        score += sum(link.in_row for link in group) / len(group)
        score += (1 - slugs) * _numbered(group) / 2
    return length >= 0.4 and score >= 2.5


def _is_beside(group: list[Link], inside: set[int]) -> bool:
    """A shape that is a list where the page has one already: entries with a date or in rows, whose addresses count articles.

    Authors and topics inside of its entries, the nodes `inside`, are none.
    """
    if any(node.mem_id in inside for link in group for node in _upwards(link.anchor)):
        return False
    if _length(group) >= 0.5 and all(_tag_above(link, _ARTICLE) and _is_slug(link.url) for link in group):
        return True  # one promoted entry in a form of its own
    if len(group) < 3 or statistics.median(weight(link.title) for link in group) < 10:
        return False
    if sum(_KEYED.search(_way(link.url)) is not None for link in group) < 0.9 * len(group):
        return False
    if sum(_is_timed(link) for link in group) > 0.5 * len(group):
        return True
    wordy = (
        statistics.median(weight(link.title) / 8 + link.title.count(" ") for link in group) >= 4
    )  # a name has two words
    return wordy and sum(_tag_above(link, _CARD_TAGS) for link in group) > 0.5 * len(group)


def _is_timed(link: Link) -> bool:
    """Whether a `time` element stands with the headline, at most two up and among the first nodes there."""
    at = link.anchor
    for _ in range(3):
        if at is not None and at.tag not in ("body", "html"):
            if any(node.tag == "time" for node in islice(at.traverse(), _CARD_NODES)):
                return True
            at = at.parent
    return False


def _is_weak(group: list[Link]) -> bool:
    """A shape with short titles that is a list all the same: headings in articles, or rows whose addresses carry numbers.

    A menu that is not marked as one has rows with short titles too; its addresses are names.
    """
    headed = sum(link.heading is not None for link in group) / len(group)
    carded = sum(_tag_above(link, _CARD_TAGS) for link in group) / len(group)
    if (headed > 0.5 and carded > 0.5) or _are_counted(group):
        return True
    keyed = sum(_KEYED.search(_way(link.url)) is not None for link in group) / len(group)
    return len(group) >= 3 and max(carded, keyed) > 0.5 and _numbered(group) > 0.5 and _length(group) > 0.1


def _are_counted(group: list[Link]) -> bool:
    """Whether the titles are one wording with a number each ("Statement no. 12"), and are no pages of a list."""
    if len(group) > _MOST_COUNTED:
        return False
    titles = {link.title for link in group}
    wordings = {rows.wording(title) for title in titles}
    if len(titles) < 3 or len(titles) < len(group) or len(wordings) != 1 or sum(map(str.isalpha, wordings.pop())) < 4:
        return False
    return all(
        any(c.isdigit() for c in _way(link.url)) and not _PAGE.search(f"{link.title} {link.url}") for link in group
    )


def _numbered(group: list[Link]) -> float:
    return sum(_NUMBERED.search(_way(link.url)) is not None for link in group) / len(group)


def _is_slug(url: str) -> bool:
    parts = urlsplit(url)
    return SENT in url or _SLUG.search(parts.path) is not None or _ASKED.search(parts.query) is not None


def _way(url: str) -> str:
    """The path of an address, with the number of the page where its question has one."""
    parts = urlsplit(url)
    asked = _ASKED.search(parts.query)
    return f"{parts.path}?{asked[0]}" if asked else parts.path


def _length(group: list[Link]) -> float:
    """0 where titles are as short as those of a menu, 1 where they are as long as headlines."""
    middle = statistics.median(weight(link.title) for link in group)
    return min(1.0, max(0.0, (middle - 10) / 30))


def _tag_above(link: Link, tags: frozenset[str]) -> bool:
    """Whether the headline stands in an element of these, at most six up."""
    at = link.anchor
    for _ in range(6):
        if at is None:
            return False
        if at.tag in tags:
            return True
        at = at.parent
    return False


def _same_site(url: str, base: str) -> bool:
    ours, theirs = _site(base), _site(url)
    return not ours or ours == theirs or theirs.endswith("." + ours)


def _site(url: str) -> str:
    """The host without its first label where that leaves two or more: `www`, `news` and `m` are one site."""
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    return ".".join(labels[1:]) if len(labels) > 2 and not labels[-1].isdigit() else host


def cut_out(chosen: list[Link]) -> list[Card]:
    """A card for each link: the widest node around its headline in which no other entry's headline stands."""
    within: dict[int, int] = {}
    for link in chosen:
        for node in _upwards(link.anchor):
            within[node.mem_id] = within.get(node.mem_id, 0) + 1
    found = []
    for link in chosen:
        card = link.anchor
        for node in _upwards(link.anchor):
            if within[node.mem_id] > 1:
                break
            card = node
            if len(chosen) == 1 and node.tag in _CARD_TAGS:
                break
        if card is not None:
            found.append(Card(link.url, link.title, card, link.heading))
    return found


def _upwards(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None and node.tag not in ("body", "html", "-undef"):
        yield node
        node = node.parent
