"""Collects the links of a page, one for each address, with the words that are the headline of what it leads to.

    anchors -> menus, footers and the like set aside -> one link for each address -> its headline, its shape

Menus, footers, advertisements and "share this" are told by their elements, roles and class names. No rule here knows a site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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
NO_HEADLINE = frozenset({"time", "button", "figcaption"})
_HEADLINE_CLASS = re.compile(
    r"(?:^|[^a-z])(?:head(?:line|ing)|title|titel|titulo|titre|hed)(?:$|[^a-z])", re.IGNORECASE
)
_KICKER_CLASS = re.compile(
    r"kicker|overline|catchline|eyebrow|topline|roofline|rubric|category|label|badge", re.IGNORECASE
)
_OPENS = re.compile(
    r"""(?:location(?:\.href)?\s{0,3}=\s{0,3}|location\.assign\(|open\()\s{0,3}['"]([^'"\s]{1,500})['"]"""
)
_POSTS = re.compile(r"^\s*javascript:\s*__doPostBack\('([^']{1,300})'", re.IGNORECASE)
SENT = "#sent:"
"""Between the address of a page and the name of a link that has none of its own."""
_CARD_LETTERS = 15
_PICTURE = 25
_HEADING_NODES = 200
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
    in_row: bool = False
    in_chrome: bool = True
    order: int = 0


def links(tree: LexborHTMLParser, base: str, *, sent: bool = False) -> list[Link]:
    """Every web address that the page links to, in the page's order, with its best headline.

    Where a script opens the address (`onclick`, `data-href`), what it stands on is the link. With `sent` it is those links
    that have none, because a form is sent in their place (ASP.NET Web Forms): each by its `SENT` mark behind the page's own.
    """
    found: dict[str, Link] = {}
    chrome: dict[int, bool] = {}
    for count, anchor in enumerate(tree.css("a[href]" if sent else "a[href], [data-href], [data-link], [onclick]")):
        if count >= MAX_LINKS:
            break
        address = _sent(anchor) if sent else _address(anchor)
        url = f"{base}{address}" if sent and address else web_address(base, address)
        if url is None or not address:
            continue
        key = url if sent else canonical(url)
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


def _address(node: LexborNode) -> str:
    """Where a link leads, or what is as good as one: a card with words and no link inside, which a script makes to open it."""
    attributes = node.attributes
    href = (attributes.get("href") or "").partition("#")[0]
    if href and not href.lower().startswith("javascript:"):
        return href
    opened = _OPENS.search((attributes.get("onclick") or "")[:1_000])
    address = opened[1] if opened else attributes.get("data-href") or attributes.get("data-link") or ""
    if not address or address.startswith("#") or node.tag in ("button", "input", "select", "body", "html"):
        return ""
    return address if node.tag == "a" or _is_card(node) else ""


def _is_card(node: LexborNode) -> bool:
    """Whether a node has words and no link inside, among its first 200 nodes: a larger one is a part of the page."""
    letters = 0
    for count, inside in enumerate(node.traverse(include_text=True)):
        if count > _HEADING_NODES or (inside.tag == "a" and inside.attributes.get("href")):
            return False
        if inside.tag == "-text":
            letters += len((inside.text_content or "").strip())
    return letters >= _CARD_LETTERS


def _sent(anchor: LexborNode) -> str:
    """The mark of a link that sends the form of its page, "" for all others."""
    match = _POSTS.search((anchor.attributes.get("href") or "")[:1_000])
    return f"{SENT}{match[1]}" if match else ""


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
        return node.tag != "form" or not _holds_the_page(node)
    attributes = node.attributes
    if (attributes.get("role") or "").lower() in _CHROME_ROLES:
        return True
    if node.tag in ("a", "main", "article"):
        return False
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    return any(word in _CHROME_WORDS for word in _WORD.findall(names.replace("_", " ")))


def _holds_the_page(form: LexborNode) -> bool:
    """Whether a form is the whole page, as some frameworks have it, and no search or login."""
    many = len(form.css("a[href]")) > 5 or form.css_first("input[name=__VIEWSTATE]") is not None
    return many and form.css_first("main, article, table a[href], h1, h2, h3") is not None


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
    if link.anchor is None:
        _read_pictures(link)
    if link.anchor is None and link.anchors:
        link.anchor, link.order = link.anchors[0], link.orders[0]  # its row may say what it leads to
    if link.anchor is not None:
        link.shape = _shape(link.anchor)


def _read_pictures(link: Link) -> None:
    """A link that is nothing but a picture is called what the picture is said to show, where that is as long as a headline."""
    for number, anchor in enumerate(link.anchors):
        for picture in anchor.css("img[alt]")[:3]:
            text = clean_line(picture.attributes.get("alt") or "", 400)
            if weight(text) > max(_PICTURE, weight(link.title)):
                link.title, link.anchor, link.order = text, anchor, link.orders[number]


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
    """Whether a heading holds links to other pages too, a section's before the article's: then each goes by its own words.

    One of over 200 nodes is taken for such, unseen: else a page could have each of its links look through all others.
    """
    own = (anchor.attributes.get("href") or "").partition("#")[0]
    for count, node in enumerate(heading.traverse()):
        if count > _HEADING_NODES:
            return True
        href = (node.attributes.get("href") or "").partition("#")[0] if node.tag == "a" else ""
        if href not in ("", own) and node.text(strip=True):
            return True
    return False


def main_anchor(node: LexborNode) -> LexborNode | None:
    """The link that an entry is about: the one with the most words in its heading, else its first; None where it has none."""
    heading = node.css_first("h1, h2, h3, h4, h5, h6")
    inside = heading.css("a[href]")[:8] if heading is not None else []
    return max(inside, key=lambda a: len(a.text(strip=True))) if inside else node.css_first("a[href]")


def headline_of(anchor: LexborNode, heading: LexborNode | None) -> str:
    """The words of the headline: of its heading, else of the part of the anchor that reads like one, else its `title`."""
    text = words(heading if heading is not None else best_part(anchor), TITLE_LIMIT, without=NO_HEADLINE)
    return text or clean_line(anchor.attributes.get("title") or anchor.attributes.get("aria-label") or "", 400)


def best_part(anchor: LexborNode) -> LexborNode:
    """The first part of an anchor that is long enough for a headline: a kicker stands before it, a teaser after it."""
    node = anchor
    for _ in range(8):
        parts = [(child, words(child, TITLE_LIMIT, without=NO_HEADLINE)) for child in _children(node)]
        parts = [(child, text) for child, text in parts if text]
        if not parts or any(child.tag == "-text" or child.tag in INLINE for child, _ in parts):
            break
        if len(parts) > 1:
            long = [(child, text) for child, text in parts if weight(text) >= 25 and not _is_kicker(child)]
            if not long:
                break
            node = long[0][0]
        else:
            node = parts[0][0]
    return node


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


def weight(title: str) -> float:
    """The length of a title as Latin letters would have it: one of Chinese, Japanese or Korean says as much as three, and
    Hebrew and Arabic leave out their short vowels."""
    if title.isascii():
        return len(title)
    east = sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in title)
    return len(title) + 2 * east + 0.3 * sum("\u05d0" <= c <= "\u06ff" for c in title)
