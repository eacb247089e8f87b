"""Finds the list in a page that nobody described: the links that lead to articles, each with the part of the page about it.

    anchors -> one link for each address -> its headline -> groups of one shape -> which shapes are lists -> cards

What repeats in one shape, reads like headlines and leads to addresses like those of articles is a list; a page may have several.
Menus, footers, advertisements and "share this" are told by their elements, roles and class names, by short words and by where they
lead. No rule here knows a site.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.address import canonical
from scraper.parsers.entry import web_address
from scraper.parsers.plain import TITLE_LIMIT
from scraper.parsers.words import INLINE, words
from scraper.text import clean_line

MAX_LINKS = 20_000
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_CHROME_TAGS = frozenset({"nav", "footer", "form", "dialog", "menu", "select", "button"})
_CHROME_ROLES = frozenset(
    {"navigation", "contentinfo", "search", "menu", "menubar", "banner", "dialog", "tablist", "toolbar"}
)
_CHROME_WORDS = frozenset(
    {
        "nav",
        "navi",
        "navigation",
        "navbar",
        "menu",
        "submenu",
        "menubar",
        "footer",
        "breadcrumb",
        "breadcrumbs",
        "cookie",
    }
    | {"cookies", "consent", "advert", "advertisement", "advertising", "ads", "adslot", "sponsored", "share", "sharing"}
    | {
        "social",
        "login",
        "signin",
        "pagination",
        "pager",
        "paging",
        "skip",
        "skiplinks",
        "skiplink",
        "toolbar",
        "newsletter",
    }
    | {"subscribe", "langswitch", "tags", "taglist", "tagcloud"}
)
_NO_HEADLINE = frozenset({"time", "button", "figcaption"})
_CARD_TAGS = frozenset({"article", "li", "tr", "dt", "dd"})
_ARTICLE = frozenset({"article"})
_HEADLINE_CLASS = re.compile(
    r"(?:^|[^a-z])(?:head(?:line|ing)|title|titel|titulo|titre|hed)(?:$|[^a-z])", re.IGNORECASE
)
_KICKER_CLASS = re.compile(
    r"kicker|overline|catchline|eyebrow|topline|roofline|rubric|category|label|badge", re.IGNORECASE
)
_SLUG = re.compile(r"[^/]+-[^/]+-[^/]+|\d{4,}|[^/]+\.s?html?\b|/\d{4}/\d{1,2}/")
_NUMBERED = re.compile(r"\d\d")
_NUMBER_IN_CLASS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class Link:
    """All anchors of one address, and what they say. Collected while the page is read, then handed on as a Card."""

    url: str
    key: str
    anchors: list[LexborNode] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    title: str = ""
    anchor: LexborNode | None = None
    heading: LexborNode | None = None
    shape: str = ""
    in_chrome: bool = True
    order: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of a list: its address and headline, and the node of the page that is about it and nothing else."""

    url: str
    title: str
    node: LexborNode
    heading: LexborNode | None


def links(tree: LexborHTMLParser, base: str) -> list[Link]:
    """Every web address that the page links to, in the page's order, with its best headline."""
    found: dict[str, Link] = {}
    chrome: dict[int, bool] = {}
    for count, anchor in enumerate(tree.css("a[href]")):
        if count >= MAX_LINKS:
            break
        url = web_address(base, (anchor.attributes.get("href") or "").partition("#")[0])
        if url is None:
            continue
        key = canonical(url)
        link = found.setdefault(key, Link(url, key))
        outside = not _is_chrome(anchor, chrome)
        if outside and link.in_chrome:
            link.anchors.clear()  # what the menu says about it does not count any more
            link.orders.clear()
            link.in_chrome = False
        if outside or link.in_chrome:
            link.anchors.append(anchor)
            link.orders.append(count)
    for link in found.values():
        _read(link)
    return list(found.values())


def cards(tree: LexborHTMLParser, base: str) -> list[Card]:
    """The entries of the lists in the page, in its order; [] where there is no list. `base` is the address of the page."""
    own_key = canonical(base)
    usable = [link for link in links(tree, base) if _may_be_article(link, own_key)]
    groups: dict[str, list[Link]] = {}
    for link in usable:
        groups.setdefault(link.shape, []).append(link)
    chosen = _chosen(list(groups.values()), base)
    chosen.sort(key=lambda link: link.order)
    return cut_out(chosen)


def _may_be_article(link: Link, own_key: str) -> bool:
    """Whether a link could be an entry: it stands outside of menus, has words, and leads to a page below the front page."""
    if link.in_chrome or not link.title or link.anchor is None or link.key == own_key:
        return False
    parts = urlsplit(link.url)
    return bool(parts.path.strip("/") or parts.query)


def _chosen(groups: list[list[Link]], base: str) -> list[Link]:
    """The links of all groups that are lists: the strong ones, or if there are none, the best of the weak ones."""
    at_home = [group for group in groups if _is_at_home(group, base)]
    for candidates in (at_home, groups):
        strong = [group for group in candidates if _is_strong(group)]
        if strong:
            return [link for group in strong for link in group]
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
    slugs = sum(_SLUG.search(urlsplit(link.url).path) is not None for link in group) / len(group)
    carded = sum(_tag_above(link, _CARD_TAGS) for link in group) / len(group)
    score = 2 * length + headed + slugs + carded / 2
    if len(group) == 1:
        return length >= 0.5 and headed == 1 and score >= 3
    return length >= 0.4 and score >= 2.5


def _is_weak(group: list[Link]) -> bool:
    """A shape with short titles that is a list all the same: headings in articles, or rows whose addresses carry numbers.

    A menu that is not marked as one has rows with short titles too; its addresses are names.
    """
    headed = sum(link.heading is not None for link in group) / len(group)
    carded = sum(_tag_above(link, _CARD_TAGS) for link in group) / len(group)
    if headed > 0.5 and carded > 0.5:
        return True
    numbered = sum(_NUMBERED.search(urlsplit(link.url).path) is not None for link in group) / len(group)
    return len(group) >= 3 and carded > 0.5 and numbered > 0.5 and _length(group) > 0.1


def _length(group: list[Link]) -> float:
    """0 where titles are as short as those of a menu, 1 where they are as long as headlines."""
    middle = statistics.median(_weight(link.title) for link in group)
    return min(1.0, max(0.0, (middle - 10) / 30))


def _weight(title: str) -> float:
    """The length of a title as Latin letters would have it: a letter of Chinese, Japanese or Korean says as much as three."""
    return len(title) + 2 * sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in title)


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


def _is_chrome(node: LexborNode, known: dict[int, bool]) -> bool:
    """Whether `node` stands in a menu, footer or the like. `known` remembers the answer for every node on the way up."""
    way: list[int] = []
    answer = False
    at: LexborNode | None = node
    while at is not None and at.tag not in ("body", "html", "-undef"):
        if at.mem_id in known:
            answer = known[at.mem_id]
            break
        way.append(at.mem_id)
        if _says_chrome(at):
            answer = True
            break
        at = at.parent
    known.update(dict.fromkeys(way, answer))
    return answer


def _says_chrome(node: LexborNode) -> bool:
    if node.tag in _CHROME_TAGS:
        return True
    attributes = node.attributes
    if (attributes.get("role") or "").lower() in _CHROME_ROLES:
        return True
    if node.tag in ("a", "main", "article"):
        return False
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    return any(word in _CHROME_WORDS for word in _WORD.findall(names.replace("_", " ")))


def _read(link: Link) -> None:
    """The best headline of the link: a heading in or around an anchor, else its longest short text, else its title."""
    best = -1.0
    for number, anchor in enumerate(link.anchors):
        heading = heading_of(anchor)
        text = headline_of(anchor, heading)
        worth = min(len(text), 120) + (200 if heading is not None and text else 0) - (60 if len(text) > 300 else 0)
        if text and worth > best:
            best = worth
            link.title, link.anchor, link.heading, link.order = text, anchor, heading, link.orders[number]
    if link.anchor is not None:
        link.shape = _shape(link.anchor)


def heading_of(anchor: LexborNode) -> LexborNode | None:
    """The heading of an anchor: the longest inside it that is no kicker, or the one it stands in, or what is called one."""
    inside = [node for node in anchor.css("h1, h2, h3, h4, h5, h6") if node.text(strip=True)]
    real = [node for node in inside if not _is_kicker(node)] or inside
    if real:
        return max(real, key=lambda node: len(node.text(strip=True)))
    at = anchor.parent
    for _ in range(3):
        if at is None:
            return None
        if at.tag in HEADINGS:
            return None if is_shared(at, anchor) else at
        at = at.parent
    named = [
        node for node in anchor.css("[class]")
        if _HEADLINE_CLASS.search(node.attributes.get("class") or "") and not _is_kicker(node) and node.text(strip=True)
    ]  # fmt: skip
    return max(named, key=lambda node: len(node.text(strip=True))) if named else None


def is_shared(heading: LexborNode, anchor: LexborNode) -> bool:
    """Whether a heading holds links to other pages too, a section's before the article's: then each goes by its own words."""
    own = (anchor.attributes.get("href") or "").partition("#")[0]
    others = [
        node for node in heading.css("a[href]")[:8] if (node.attributes.get("href") or "").partition("#")[0] != own
    ]
    return any(node.text(strip=True) for node in others)


def main_anchor(node: LexborNode) -> LexborNode | None:
    """The link that an entry is about: the one with the most words in its heading, else its first; None where it has none."""
    heading = node.css_first("h1, h2, h3, h4, h5, h6")
    inside = heading.css("a[href]")[:8] if heading is not None else []
    return max(inside, key=lambda a: len(a.text(strip=True))) if inside else node.css_first("a[href]")


def headline_of(anchor: LexborNode, heading: LexborNode | None) -> str:
    """The words of the headline: of its heading, else of the part of the anchor that reads like one, else its `title`."""
    text = words(heading, TITLE_LIMIT, without=_NO_HEADLINE) if heading is not None else _best_part(anchor)
    return text or clean_line(anchor.attributes.get("title") or anchor.attributes.get("aria-label") or "", 400)


def _best_part(anchor: LexborNode) -> str:
    """The first part of an anchor that is long enough for a headline: a kicker stands before it, a teaser after it."""
    node = anchor
    for _ in range(8):
        parts = [(child, words(child, TITLE_LIMIT, without=_NO_HEADLINE)) for child in _children(node)]
        parts = [(child, text) for child, text in parts if text]
        if not parts or any(child.tag == "-text" or child.tag in INLINE for child, _ in parts):
            break
        if len(parts) > 1:
            long = [(child, text) for child, text in parts if _weight(text) >= 25 and not _is_kicker(child)]
            if not long:
                break
            node = long[0][0]
        else:
            node = parts[0][0]
    return words(node, TITLE_LIMIT, without=_NO_HEADLINE)


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.tag != "-text" or (child.text_content or "").strip():
            yield child
        child = child.next


def _is_kicker(node: LexborNode) -> bool:
    return _KICKER_CLASS.search(node.attributes.get("class") or "") is not None


def _shape(node: LexborNode) -> str:
    """The tags and first classes from a node up to five parents: the same for all entries of one list."""
    parts = []
    at: LexborNode | None = node
    for _ in range(5):
        if at is None or at.tag in ("body", "html"):
            break
        name = _NUMBER_IN_CLASS.sub("", (at.attributes.get("class") or "").partition(" ")[0])
        parts.append(f"{at.tag}.{name}")
        at = at.parent
    return " ".join(parts)
