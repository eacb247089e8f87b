"""The page behind an item becomes an article: its text, title, dates, author, language and links.

    page -> decode -> shape -> one tree -> what the page says about itself -> title, dates, author, language
                                        -> trafilatura -> text -> walls are refused -> Article

Runs in a worker process that can be killed: what is bounded here is size, not time. The text comes from trafilatura, which
keeps most of the body and least of the rest; everything else is our own reading of the same tree, because a date that is
wrong is worse than none.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from scraper.dates import in_words, said_on
from scraper.errors import ParseError
from scraper.model import Article, ArticleRules, Moment, Page, Source
from scraper.parsers import charset, metadata, published, shape, walls
from scraper.parsers.headline import headline
from scraper.parsers.language import language
from scraper.parsers.metadata import Said
from scraper.parsers.plain import plain
from scraper.text import clean, clean_line

MAX_LINKS = 200
MAX_TEXT = 1_000_000
_MAX_TITLE = 1_000
_MAX_AUTHOR = 300
_NO_PAGE = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/octet-stream")


def parse(page: Page, source: Source) -> Article:
    """The article that `page` holds. Selectors of `source.article` win where they find something.

    Raises ParseError: "empty" for a page without any text, "suspect" for a wall, a consent page or "not found", "too_complex"
    for markup built to hurt, "parse_error" for what is no HTML. Text has at most 1,000,000 code points, footnote marks
    included; links are absolute, http or https, and at most 200.
    """
    if page.media_type.startswith(_NO_PAGE):
        raise ParseError("parse_error", f"not a page but {page.media_type}")
    markup = charset.decode(page.body, page.charset, source.language).text
    if not markup.strip():
        raise ParseError("empty", "the page is empty")
    shape.check(markup)
    chosen = _Chosen(source.article, markup) if source.article else None
    tree = _tree(chosen.markup if chosen else markup)
    said = metadata.gather(tree)
    text = (chosen.text if chosen else "") or _text(tree, said, page.url)
    title = clean_line((chosen.title if chosen else "") or headline(said, page.url), _MAX_TITLE)
    text = _without_title(text, title)
    walls.refuse(title, text)
    if not text:
        raise ParseError("empty", "the page has no text to read")
    code = language(said, text, source.language)
    told = said_on(text, near=page.fetched_at, language=code)
    moment = _chosen_date(chosen, page, source, code) or published.published(
        said, url=page.url, headline=title, fetched_at=page.fetched_at, zone=source.timezone, language=code
    )
    links = _links(tree, text, page.url)
    if moment is None:
        moment = _last_resort(tree, said, page, source, told)
    if moment is not None and moment.at < page.fetched_at:
        told = said_on(text, near=moment.at, language=code)
    return Article(
        text=text,
        title=title,
        published=moment,
        said_on=told,
        author=_author(said),
        language=code,
        links=links,
    )


def _tree(markup: str) -> Any:
    """The lxml tree of a page. Raises ParseError("parse_error") where there is none."""
    trafilatura = _trafilatura()
    tree = trafilatura.utils.load_html(markup)
    if tree is None:
        # It refuses what has no <html> and a single child; a fragment is still a page to a browser.
        tree = trafilatura.utils.load_html(f"<html><body>{markup}</body></html>")
    if tree is None:
        raise ParseError("parse_error", "the page is not HTML")
    return tree


@lru_cache(maxsize=1)
def _trafilatura() -> Any:
    """trafilatura, imported when first needed (0.3 s) and told to keep what it thinks of pages to itself."""
    import trafilatura
    import trafilatura.settings
    import trafilatura.utils

    for name in ("trafilatura", "htmldate", "readability", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return trafilatura


def _text(tree: Any, said: Said, url: str) -> str:
    """The body of the article, "" where there is none: trafilatura's, or JSON-LD's where that has much more."""
    trafilatura = _trafilatura()
    options = trafilatura.settings.Extractor(output_format="python", comments=False, url=url)
    try:
        document = trafilatura.bare_extraction(tree, options=options)
    except Exception as error:  # it promises nothing about what hostile trees make it raise
        raise ParseError("parse_error", f"the text could not be found ({type(error).__name__})") from error
    text = clean(document.text or "", MAX_TEXT) if document is not None else ""
    bodies = [node.body for node in said.nodes if node.is_article and node.body]
    if len(bodies) == 1 and len(bodies[0]) > 2 * len(text) + 200:
        return clean(plain(bodies[0]), MAX_TEXT)
    return text


def _without_title(text: str, title: str) -> str:
    """`text` without a first line that only repeats the title, as far as more follows."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest and title and _letters(first) == _letters(title) else text


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


class _Chosen:
    """What the selectors of a source find in one page: "" where they find nothing, so that the reader's own ways go on."""

    __slots__ = ("date", "markup", "text", "title")

    def __init__(self, rules: ArticleRules, markup: str) -> None:
        from selectolax.lexbor import LexborHTMLParser

        page = LexborHTMLParser(markup)
        self.title = _first(page, rules.title)
        self.date = _first(page, rules.date)
        for selector in rules.remove:
            for node in page.css(selector):
                node.decompose()
        self.text = "\n".join(plain(node.html or "") for node in page.css(rules.body)).strip() if rules.body else ""
        self.markup = (page.html or markup) if rules.remove else markup


def _first(page: Any, selector: str) -> str:
    """The text of the first element that `selector` finds and that has one; `SELECTOR@ATTRIBUTE` takes an attribute."""
    path, _, attribute = selector.partition("@")
    if not path:
        return ""
    for node in page.css(path):
        found = clean_line(
            (node.attributes.get(attribute) or "") if attribute else node.text(separator=" "), _MAX_TITLE
        )
        if found:
            return found
    return ""


def _chosen_date(chosen: _Chosen | None, page: Page, source: Source, code: str | None) -> Moment | None:
    if chosen is None or not chosen.date:
        return None
    moment = in_words(
        chosen.date, fetched_at=page.fetched_at, timezone=source.timezone, language=code, last_resort=True
    )
    return moment and replace(moment, confident=not moment.method.startswith(("updated", "dateparser")))


def _last_resort(tree: Any, said: Said, page: Page, source: Source, told: Moment | None) -> Moment | None:
    """htmldate's guess, never confident, from what is left: JSON-LD has been read, and so have the places beside the text.

    Neither the day that the text tells, for that is `said_on`, nor a day that the page calls modified.
    """
    import htmldate

    for element in list(tree.iter("script", "aside", "nav")):
        element.drop_tree()
    try:
        found: str | None = htmldate.find_date(
            tree, original_date=True, url=page.url, min_date="1995-01-01", max_date=page.fetched_at.strftime("%Y-%m-%d")
        )
    except Exception:  # noqa: BLE001 - a guess that fails is no guess; it promises nothing about hostile trees
        return None
    if not found or any(found in text for text in published.modified(said)):
        return None
    moment = in_words(found, fetched_at=page.fetched_at, timezone=source.timezone, language=None)
    if moment is None or (told is not None and told.at.date() == moment.at.date()):
        return None
    return replace(moment, method="htmldate")


def _author(said: Said) -> str | None:
    """The names of the authors, None where the page names none."""
    names = [name for node in said.nodes if node.is_article for name in node.authors] or [
        name
        for name in (said.meta("author", "article:author", "dc.creator", "parsely-author", "sailthru.author"),)
        if name
    ]
    names = names or said.authors[:1]
    kept = dict.fromkeys(
        clean_line(name, 120) for name in names if not name.startswith(("http:", "https:", "www.", "@"))
    )
    return clean_line(", ".join(name for name in kept if name), _MAX_AUTHOR) or None


def _links(tree: Any, text: str, url: str) -> tuple[str, ...]:
    """Absolute http and https addresses that the text links to, in their order, each once."""
    base = tree.find(".//base[@href]")
    root = urljoin(url, base.get("href")) if base is not None else url
    body, found = "".join(text.split()), dict[str, None]()
    known: dict[Any, bool] = {}
    for anchor in tree.iter("a"):
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith("#") or len(href) > 2_000:
            continue
        block = anchor.getparent()
        while block is not None and block.tag in ("sup", "span", "b", "i", "em", "strong", "a", "font", "small", "u"):
            block = block.getparent()
        if block is None:
            continue
        if block not in known:
            start = "".join(metadata.words(block, 120).split())[:60]
            known[block] = len(start) > 3 and start in body
        if known[block] and (address := _absolute(root, href)):
            found[address] = None
            if len(found) >= MAX_LINKS:
                break
    return tuple(found)


def _absolute(root: str, href: str) -> str | None:
    try:
        address = urljoin(root, href)
        parts = urlsplit(address)
        return clean_line(address, 2_000) if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
