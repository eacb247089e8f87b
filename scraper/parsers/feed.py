"""A feed becomes items: RSS 0.9x, 1.0 (RDF) and 2.0, Atom, JSON Feed, told apart by what is in them.

    body -> charset -> shape -> feed_json | feed_xml -> (odd?) feed_loose -> entry -> items

The media type is not asked: half of the web's feeds are served under a wrong one.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint

from scraper.errors import ParseError
from scraper.model import Listed, Page, Source
from scraper.parsers import entry, feed_json, feed_xml, shape
from scraper.parsers.charset import decode
from scraper.parsers.plain import headline

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PROLOG = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_PART = re.compile(r"""[^\[\]<>"']++|"[^"]*+"|'[^']*+'|<!--.*?-->|[\[\]<>]""", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_FEED_ROOT = re.compile(r"<\?xml\s|<(?:[A-Za-z_]\w*:)?(?:rss|feed|RDF)[\s>]")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_FAULT = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&#(x[0-9a-f]{1,8}|\d{1,8});|&(?!(?:amp|lt|gt|quot|apos);)", re.DOTALL | re.IGNORECASE
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)

_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_HTML_ROOTS = frozenset(
    {"html", "head", "body", "div", "p", "script", "meta", "title", "center", "table", "h1", "span", "noscript"}
)


def parse(page: Page, source: Source) -> Listed:
    """The items of the feed in `page`, in its order; a feed without entries gives none.

    Raises ParseError: "empty" for no body, "incomplete" for less than one entry, "suspect" for a web page, "parse_error"
    for what is no feed or declares entities, "too_complex" for markup that is built to hurt.
    """
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    feed = read(decode(page.body, page.charset, source.language).text)
    if feed.cut and not feed.entries:
        raise ParseError("incomplete", "the feed ends before its first entry does")
    return Listed(
        items=tuple(entry.item(one, feed, page, source) for one in feed.entries),
        title=headline(feed.title.value, literal=not feed.title.markup),
        left_out=feed.left_out,
        partial=feed.cut,
    )


def looks_like_feed(text: str) -> bool:
    """Whether `text` begins as a feed of any kind does."""
    try:
        start, root = _root(text)
    except ParseError:
        return False
    if root:
        return root in _FEED_ROOTS
    return text[start : start + 1] == "{" and '"items"' in text and "jsonfeed" in text[:5_000]


def read(text: str) -> entry.Feed:
    """The feed in `text`, as it was written. Raises ParseError as `parse` does."""
    text = _CONTROLS.sub("", text)
    start, root = _root(text)
    if text[start : start + 1] in ("{", "["):
        return feed_json.read(text[start:])
    if root in _HTML_ROOTS:
        raise ParseError("suspect", f"an HTML page, not a feed{_titled(text)}")
    if not root:
        raise ParseError("suspect", f"plain text, not a feed: {text[start : start + 80]}")
    text = _named_entities(text[start:])
    shape.check(text, xml=True)
    for mend in (str, _mended):
        try:
            return feed_xml.read(mend(text))
        except feed_xml.Odd:
            continue
    if root not in _FEED_ROOTS and "<item" not in text and "<entry" not in text:
        raise ParseError("parse_error", f"not a feed: the first element is <{root}>")
    from scraper.parsers import feed_loose

    return feed_loose.read(_mended(text))


def _root(text: str) -> tuple[int, str]:
    """Where the root element (or JSON value) of `text` starts, and the local name of the element in lower case, "" if none.

    Comments, instructions and a DOCTYPE before it are passed over; so is rubbish that a server printed before a feed.
    Raises ParseError("parse_error") where the DOCTYPE declares an entity.
    """
    at = _skip_prolog(text, 0)
    if text[at : at + 1] not in ("<", "{", "["):
        junk = _FEED_ROOT.search(text[:4_000], at)
        if junk is not None:
            at = _skip_prolog(text, junk.start())
    found = _ROOT.match(text, at)
    return (at, found[2].lower()) if found else (at, "")


def _skip_prolog(text: str, at: int) -> int:
    while True:
        if text.startswith("\ufeff", at):
            at += 1
        found = _PROLOG.match(text, at)
        if found is not None:
            at = found.end()
        elif _DOCTYPE.match(text, at):
            at = _skip_doctype(text, at)
        else:
            return at


def _skip_doctype(text: str, at: int) -> int:
    """The end of the DOCTYPE at `at`. One without entities is harmless (RSS 0.91 has one), one with them is refused."""
    start, depth, inside = at, 0, False
    at += len("<!DOCTYPE")
    while (part := _DOCTYPE_PART.match(text, at)) is not None:
        at = part.end()
        mark = part[0]
        if mark == "[":
            inside = True
        elif mark == "]":
            inside = False
        elif mark == "<":
            depth += 1
        elif mark == ">":
            if depth == 0 and not inside:
                break
            depth -= 1
    if _ENTITY.search(text, start, at):
        raise ParseError("parse_error", "the feed declares entities; that is refused")
    return at


def _named_entities(text: str) -> str:
    """`&nbsp;` and the like as numbers: HTML's names mean nothing to XML, and many feeds write them all the same."""

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return found[0] if name in _XML_NAMES or name not in name2codepoint else f"&#{name2codepoint[name]};"

    return _NAMED.sub(number, text)


def _mended(text: str) -> str:
    """`text` with the two commonest faults of feeds repaired: bare ampersands, and numbers of characters that XML forbids."""

    def repair(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0] if found[0] != "&" else "&amp;"
        number = int(found[1][1:], 16) if found[1][0] in "xX" else int(found[1])
        allowed = (
            number in (9, 10, 13) or 32 <= number < 0xD800 or 0xDFFF < number < 0xFFFE or 0xFFFF < number < 0x110000
        )
        return f"&#{number};" if allowed else ""

    return _FAULT.sub(repair, text)


def _titled(text: str) -> str:
    found = _TITLE.search(text[:200_000])
    title = headline(found[1]) if found else ""
    return f", titled {title!r}" if title else ""
