"""A listing page becomes items: by the selectors of its source, or, where it has none, by finding the list itself.

    body -> charset -> shape -> tree -> (select | block, or embedded data) -> cards -> title, date, summary -> items

A page without a list is a wall, an error page or a page that changed: a ParseError that names what was seen, never "no items".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper.errors import ParseError
from scraper.model import Item, Listed, Moment, Page, Select, Source
from scraper.parsers import anchors, block, embedded, labels, shape, stranger
from scraper.parsers.block import Card
from scraper.parsers.charset import decode
from scraper.parsers.entry import MAX_ITEMS, feed_date, is_date, web_address
from scraper.parsers.plain import TITLE_LIMIT
from scraper.parsers.words import INLINE, words
from scraper.text import clean_line

SUMMARY_LIMIT = 10_000
_DATE_CLASS = re.compile(r"date|time|publish|posted|stamp|datum|fecha|tarih|zeit|\bago\b", re.IGNORECASE)
_TEASERS = "p, [class*=summary], [class*=excerpt], [class*=description], [class*=standfirst], [class*=teaser-text], [class*=intro]"
_DURATION = re.compile(r"\d+\s*[A-Za-z.]{1,10}$|\d+:\d\d(?::\d\d)?$")
_DIGIT = re.compile(r"\d")
_IN_LINE = INLINE | {"a", "span", "time"}
_CLOCK_BEFORE = re.compile(r"\d{1,2}[:.]\d\d(?:\s*(?:Uhr|[ap]\.?m\.?))?\s+(?=\S.{19})", re.IGNORECASE)
_WALL = re.compile(
    r"just a moment|attention required|access denied|before you continue|are you (?:a )?(?:human|robot)|not a robot|captcha|"
    r"verif(?:y|ying) (?:that )?you|checking your browser|enable javascript|we use cookies|accept (?:all )?cookies|"
    r"cookie (?:consent|wall)|"
    r"page not found|not found|error 40[34]|^\s*40[34]\b|page introuvable|seite nicht gefunden|seite existiert nicht|"
    r"página no encontrada|sayfa bulunamadı|страница не найдена|الصفحة غير موجودة|لم يتم العثور|صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد|"
    r"under maintenance|bakım çalışması|technical difficulties|service unavailable|temporarily unavailable",
    re.IGNORECASE,
)


def parse(page: Page, source: Source) -> Listed:
    """The items of the list in `page`, in its order.

    Raises ParseError: "empty" for no body, "suspect" where there is no list (a wall, an error page, a redesign), "parse_error"
    for what is no page or a selector that cannot be read, "too_complex" for markup that is built to hurt.
    """
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    text = decode(page.body, page.charset, source.language).text.replace("\x00", "")
    shape.check(text)
    tree = LexborHTMLParser(text)
    base = base_of(tree, page.url)
    dated = replace(source, language=source.language or _page_language(tree))
    if source.select is not None:
        items = [
            item
            for node in _css(tree, source.select.item)
            if (item := _selected(node, source.select, base, page, dated, source.language))
        ]
    else:
        found = block.cards(tree, base)
        items = [_item(card, page, dated, source.language) for card in found] or embedded.items(tree, page, source)
    title = _title(tree)
    if not items:
        seen_as = stranger.of(text)
        raise ParseError(
            "suspect", f"no list in it: {_seen(tree, title)}", condition="no_list" if seen_as == "html" else seen_as
        )
    if (len(items) < 3 and _WALL.search(_first_heading(tree))) or (len(items) < 10 and _WALL.search(title)):
        raise ParseError("suspect", f"a wall or an error page: {_seen(tree, title)}", condition="wall")
    return Listed(
        items=tuple(items[:MAX_ITEMS]),
        title=title,
        left_out=max(0, len(items) - MAX_ITEMS),
        next_page=_next_page(tree, source.select, base),
    )


# ------------------------------------------------------------------------------------------- by selectors


def _selected(
    node: LexborNode, select: Select, base: str, page: Page, source: Source, language: str | None
) -> Item | None:
    """The item that the selectors find in `node`; None where there is neither a headline nor a link."""
    if select.link:
        link = _value(node, select.link, "href")
        anchor = None
    else:
        anchor = node if node.tag == "a" else anchors.main_anchor(node)
        link = (anchor.attributes.get("href") or "") if anchor is not None else ""
    url = web_address(base, link) if link else None
    if select.title:
        title = _value(node, select.title)
    else:
        heading = node.css_first("h1, h2, h3, h4, h5, h6") or (
            anchors.heading_of(anchor) if anchor is not None else None
        )
        if heading is not None and anchor is not None and anchors.is_shared(heading, anchor):
            heading = None
        title = anchors.headline_of(anchor or node, heading)
    title = clean_line(title, TITLE_LIMIT)
    if not title and url is None:
        return None
    written = _value(node, select.date, "datetime") if select.date else ""
    published = _moment(written, "selector", page, source) if select.date else _date_in(node, title, page, source)
    if select.date and published is None:
        published = _moment(_value(node, select.date), "selector", page, source)
    summary = clean_line(_value(node, select.summary), SUMMARY_LIMIT) if select.summary else ""
    return Item(
        guid=None,
        url=url,
        title=title,
        summary=summary,
        published=published,
        language=node.attributes.get("lang") or language,
    )


def _value(node: LexborNode, selector: str, attribute: str = "") -> str:
    """What `SELECTOR@ATTRIBUTE` finds in `node`. Without `@` it is the text, or `attribute` where the element has that one.

    An empty SELECTOR is the node itself.
    """
    path, at, named = selector.rpartition("@")
    if not at:
        path, named = selector, ""
    found = _first(node, path.strip()) if path.strip() else node
    if found is None:
        return ""
    if named:
        return (found.attributes.get(named.strip().lower()) or "").strip()
    if attribute and found.attributes.get(attribute):
        return (found.attributes.get(attribute) or "").strip()
    return words(found, SUMMARY_LIMIT)


def _first(node: LexborNode, selector: str) -> LexborNode | None:
    return next(iter(_css(node, selector)), None)


def _css(node: LexborHTMLParser | LexborNode, selector: str) -> list[LexborNode]:
    try:
        return node.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise ParseError("parse_error", f"the selector {selector!r} cannot be read") from error


def _next_page(tree: LexborHTMLParser, select: Select | None, base: str) -> str | None:
    if select is None or not select.next_page or tree.body is None or tree.root is None:
        return None
    link = _value(tree.root, select.next_page, "href")
    return web_address(base, link) if link else None


# ------------------------------------------------------------------------------------------- by itself


def _item(card: Card, page: Page, source: Source, language: str | None) -> Item:
    title = _CLOCK_BEFORE.sub("", card.title, count=1) if _CLOCK_BEFORE.match(card.title) else card.title
    return Item(
        guid=None,
        url=card.url,
        title=title,
        summary=_summary(card, title),
        published=_date_in(card.node, card.title, page, source),
        language=card.node.attributes.get("lang") or language,
    )


def _summary(card: Card, title: str) -> str:
    """The teaser: the longest paragraph of the card (or what is named for one) that does not hold the headline."""
    best = ""
    for paragraph in card.node.css(_TEASERS)[:20]:
        text = words(paragraph, SUMMARY_LIMIT)
        if 40 <= len(text) <= 2_000 and len(text) > len(best) and title not in text and text not in title:
            best = text
    return best


def _date_in(node: LexborNode, title: str, page: Page, source: Source) -> Moment | None:
    """The date that a card shows: a `time` element, a place that is named for dates, or a short text that is one."""
    for found, method in _dates_in(node, title):
        written = labels.stripped(found) if method == "text" else found
        if method == "text" and ((before := _words_before_digit(written)) > 3 or written.isdigit()):
            continue  # ten digits may be seconds since 1970 in a feed; beside a headline they are somebody's number
        if method in ("text", "date element") and _DURATION.match(written):
            continue  # "31 min": how long it takes, not how long ago it was
        moment = _moment(written, method, page, source)
        if moment is not None and (method != "text" or before <= 1 or moment.method.startswith("relative")):
            return moment
    return None


def _dates_in(node: LexborNode, title: str) -> Iterator[tuple[str, str]]:
    for time in node.css("time")[:4]:
        written = (time.attributes.get("datetime") or "").strip()
        if written:
            yield written, "time@datetime"
        yield words(time, 200), "time"
    for named in node.css("[itemprop=datePublished]")[:2]:
        yield (
            named.attributes.get("content") or named.attributes.get("datetime") or words(named, 200),
            "itemprop:datePublished",
        )
    for named in [n for n in node.css("[class]")[:60] if _DATE_CLASS.search(n.attributes.get("class") or "")][:4]:
        yield words(named, 200), "date element"
    for text in islice(_short_texts(node, title), 12):
        yield text, "text"
    for text in islice(_beside(node, title), 4):
        yield text, "text"


def _beside(node: LexborNode, title: str) -> Iterator[str]:
    """The short texts beside an entry that is a link alone, in its line; beside a `dd` its `dt`, and the other way round."""
    other = {"dd": node.prev, "dt": node.next}.get(node.tag or "")
    for _ in range(2):
        if other is not None and other.tag == "-text":
            other = other.prev if node.tag == "dd" else other.next
    if other is not None and other.tag in ("dt", "dd") and other.tag != node.tag and other.css_first("a[href]") is None:
        yield from _short_texts(other, title)
    if node.tag not in _IN_LINE:
        return
    for step in ("prev", "next"):
        at = getattr(node, step)
        while at is not None and (
            at.tag == "-text" or (at.tag in _IN_LINE and at.tag != "a" and at.css_first("a") is None)
        ):
            yield from _short_texts(at, title)
            at = getattr(at, step)


def _short_texts(node: LexborNode, title: str) -> Iterator[str]:
    """The pieces of text in a card that are short enough for a date, and no part of the headline."""
    for seen, at in enumerate(node.traverse(include_text=True)):
        if seen > 400:
            return
        if at.tag == "-text":
            text = clean_line(at.text_content or "", 200).strip("()[]|·•–—- ")
            if 3 <= len(text) <= 40 and (_DIGIT.search(text) or len(text) <= 16) and text not in title:
                yield text


def _words_before_digit(text: str) -> int:
    """How many words stand before the first digit; 0 where there is none. One may be a weekday, three are "il y a"."""
    digit = _DIGIT.search(text)
    return 0 if digit is None else len(text[: digit.start()].split())


def _moment(written: str, method: str, page: Page, source: Source) -> Moment | None:
    """`written` as a moment. It is confident only where the markup itself says that it is the publication."""
    written = written.strip()
    if not written or len(written) > 200:
        return None
    found = feed_date(written, source.timezone)
    if found is None:
        from scraper.dates import in_words

        found = in_words(written, fetched_at=page.fetched_at, timezone=source.timezone, language=source.language)
        if found is not None and method not in ("selector", "itemprop:datePublished"):
            return found  # its own words say how it was read: "relative: 7 hours ago"
    if found is None or not is_date(found):
        return None
    return replace(found, method=method, confident=method == "itemprop:datePublished")


# ------------------------------------------------------------------------------------------- the page


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What addresses are relative to: `<base href>` if it is a web address, else where the page came from."""
    element = tree.css_first("base[href]")
    href = (element.attributes.get("href") or "") if element is not None else ""
    return (web_address(url, href) or url) if href else url


def _title(tree: LexborHTMLParser) -> str:
    element = tree.css_first("head > title") or tree.css_first("title")
    return clean_line(element.text(), 300) if element is not None else ""


def _first_heading(tree: LexborHTMLParser) -> str:
    element = tree.css_first("h1") or tree.css_first("h2")
    return words(element, 300) if element is not None else ""


def _page_language(tree: LexborHTMLParser) -> str | None:
    """The language that the page says it is in. It decides between readings of a date and no more: templates often lie."""
    root = tree.css_first("html")
    return (root.attributes.get("lang") or "")[:35] or None if root is not None else None


def _seen(tree: LexborHTMLParser, title: str) -> str:
    """What the page is, in one line for the operator."""
    count = len(tree.css("a[href]"))
    shown = f"titled {title!r}" if title else "without a title"
    heading = _first_heading(tree)
    about = f", headed {heading[:80]!r}" if heading and heading != title else ""
    if not count and tree.body is not None and not heading and not title:
        about = f", says {words(tree.body, 80)!r}"
    return f"a page {shown}{about}, with {count} links"
