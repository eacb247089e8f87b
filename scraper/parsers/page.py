"""One watched page becomes one item: its title, and the text of the part that counts.

    body -> charset -> shape -> tree -> `watch` (else the main part) -> text, a line for each block

A wall, an error page or a selector that finds nothing is a ParseError and never a change of the page.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper.changes import PAGE
from scraper.errors import ParseError
from scraper.model import Item, Listed, Page, Source
from scraper.parsers import shape, walls
from scraper.parsers.charset import decode
from scraper.parsers.plain import plain
from scraper.text import clean, clean_line

MAX_TEXT = 200_000
_NO_PAGE = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/octet-stream")
_MAIN = ("main", "[role=main]", "article", "body")
_ASIDE = "script, style, template, noscript, iframe, svg, nav, header, footer, form, dialog, [role=navigation], [role=banner]"
_UNSEEN = "script, style, template, noscript, iframe, svg"


def parse(page: Page, source: Source) -> Listed:
    """The page as one item, known by one guid for good; its address is the page's own.

    Raises ParseError: "empty" for no body, "suspect" where `watch` finds nothing or no words, or the page is a wall,
    "parse_error" for what is no text or a selector that cannot be read, "too_complex" for markup that is built to hurt.
    """
    if page.media_type.startswith(_NO_PAGE):
        raise ParseError("parse_error", f"not a page but {page.media_type}")
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    markup = decode(page.body, page.charset, source.language).text.replace("\x00", "")
    if not source.watch and "<" not in markup[:1_000] and page.media_type in ("", "text/plain"):
        return _listed(page, source, "", clean(markup, MAX_TEXT), None)
    shape.check(markup)
    tree = LexborHTMLParser(markup)
    element = tree.css_first("head > title") or tree.css_first("title")
    title = clean_line(element.text(), 300) if element is not None else ""
    root = tree.css_first("html")
    language = clean_line(root.attributes.get("lang") or "", 35) if root is not None else ""
    parts = _watched(tree, source.watch) if source.watch else _main(tree)
    text = clean("\n".join(plain(part.html or "", MAX_TEXT) for part in parts), MAX_TEXT)
    walls.refuse(title, text)
    if not parts:
        looked_for = f"the selector {source.watch!r} finds nothing" if source.watch else "there is no text"
        raise ParseError("suspect", f"{looked_for} on the page titled {title!r}")
    if not text.strip():
        raise ParseError("suspect", f"the watched part of the page titled {title!r} has no words")
    return _listed(page, source, title, text, source.language or language or None)


def _listed(page: Page, source: Source, title: str, text: str, language: str | None) -> Listed:
    name = title or source.url
    return Listed((Item(guid=PAGE, url=source.url, title=name, text=text, language=language),), title=title)


def _watched(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """The elements that `selector` finds, in the page's order, without those inside another of them."""
    try:
        found = tree.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise ParseError("parse_error", f"the selector {selector!r} cannot be read") from error
    ids = {node.mem_id for node in found}
    outer = [node for node in found if not _inside(node, ids)]
    for node in outer:
        _take_out(node, _UNSEEN)
    return outer


def _main(tree: LexborHTMLParser) -> list[LexborNode]:
    """The part of a page that is its content: the longest of the first kind there is, without menus and the like."""
    for selector in _MAIN:
        found = tree.css(selector)
        for node in found:
            _take_out(node, _ASIDE)
        best = max(found, key=lambda node: len(node.text()), default=None)
        if best is not None and best.text(strip=True):
            return [best]
    return []


def _inside(node: LexborNode, ids: set[int]) -> bool:
    at = node.parent
    while at is not None:
        if at.mem_id in ids:
            return True
        at = at.parent
    return False


def _take_out(node: LexborNode, selector: str) -> None:
    for unseen in node.css(selector):
        holds_the_page = unseen.tag == "form" and unseen.css_first("h1, main, article") is not None
        if unseen.mem_id != node.mem_id and not holds_the_page:
            unseen.decompose()
