"""The page behind an item becomes an article: its text, title, dates, author, language and links.

    page -> decode -> shape -> one tree -> what the page says about itself -> title, dates, author, language
                                        -> boxes out -> trafilatura -> text -> walls are refused -> Article

Runs in a worker process that can be killed: what is bounded here is size, not time. The text comes from trafilatura, which
keeps most of the body and least of the rest; everything else is our own reading of the same tree, because a date that is
wrong is worse than none.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any

from scraper.dates import in_words, said_on
from scraper.errors import ParseError
from scraper.model import Article, ArticleRules, Moment, Page, Source
from scraper.parsers import body, boxes, charset, ending, metadata, parts, published, rescue, shape, tables, walls
from scraper.parsers.byline import byline
from scraper.parsers.headline import headline
from scraper.parsers.language import declared, language
from scraper.parsers.metadata import Said
from scraper.parsers.plain import plain
from scraper.text import clean, clean_line

MAX_TEXT = 1_000_000
_MAX_TITLE = 1_000
_SHORT, _LEAST = 700, 30
"""Letters of a text that may be all that the page shows, and of the shortest that is taken for one."""
_DRESS = re.compile(
    r"</?(?:span|font|b|i|em|strong|u|s|small|big|mark|bdi|bdo|tt|ins|sub|sup)(?:\s[^<>]*+)?>", re.IGNORECASE
)
_MUCH_DRESS = 8_000
"""Tags that dress letters, beyond which they are taken off: no writer puts on so many, but converters dress each word, and
trafilatura takes time that grows with the square of the elements in one paragraph (12,000 of them: five seconds)."""
_SPACES = re.compile(r"[ \t\u00a0]{2,}")
_CONTROLS = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_COMPLAINT = re.compile(
    r"<b>(?:Warning|Notice|Deprecated|(?:Fatal|Parse) error|Strict Standards)</b>: .{1,600}? on line <b>\d{1,6}</b>(?:<br />)?",
    re.IGNORECASE,
)
"""What PHP writes into a page when its program is at fault (its setting `display_errors`)."""
_NO_PAGE = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/octet-stream")


def parse(page: Page, source: Source) -> Article:
    """The article that `page` holds. Selectors of `source.article` win where they find something.

    Raises ParseError: "empty" for a page without any text, "suspect" for a wall, a consent page or "not found", "too_complex"
    for markup built to hurt, "parse_error" for what is no HTML. Text has at most 1,000,000 code points, with footnote marks
    left in; where a page shows its text by script alone, it is the description that it gives. Links are absolute, http or
    https, and at most 200.
    """
    if page.media_type.startswith(_NO_PAGE):
        raise ParseError("parse_error", f"not a page but {page.media_type}")
    markup = charset.decode(page.body, page.charset, source.language).text
    if not markup.strip():
        raise ParseError("empty", "the page is empty")
    shape.check(markup)
    if " on line <b>" in markup:
        markup = _COMPLAINT.sub("", markup)
    if len(markup) > 3 * _MUCH_DRESS and sum(1 for _ in _DRESS.finditer(markup)) > _MUCH_DRESS:
        markup = _DRESS.sub("", markup)
    chosen = _Chosen(source.article, markup) if source.article else None
    tree = _tree(chosen.markup if chosen else markup)
    parts.unwrap(tree)
    said = metadata.gather(tree)
    scripts, linked = _without_machinery(tree)
    boxes.take_out(tree)
    tables.unfold(tree)
    parts.join(tree)
    text = (chosen.text if chosen else "") or _text(tree, said, page.url, scripts)
    author = byline(said, page.url)
    title = clean_line((chosen.title if chosen else "") or headline(said, page.url), _MAX_TITLE)
    if not (chosen and chosen.text):
        text = ending.without_what_follows(
            text, tree, (node.body for node in said.nodes if node.is_article and node.body)
        )
    blocks = body.linked_blocks(tree, text)
    if not (chosen and chosen.text):
        names = author.split(", ") if author else ()
        text = body.own_lines(text, blocks, titles=_titles(said, title), authors=names, is_date=_is_date(page))
        text = f"{body.standfirst(tree, said, title, text)}\n{text}".strip() if text else text
        title, text = _called_by_its_first_line(said, title, text)
    text = _without_indents(text)
    walls.refuse(title, text)
    text = text or clean(said.meta("og:description", "description", "twitter:description"), MAX_TEXT)
    if not text:
        raise ParseError("empty", "the page has no text to read")
    code = language(said, text, source.language)
    written_in = declared(said, source.language) or code
    told = said_on(text, near=page.fetched_at, language=code)
    moment = _chosen_date(chosen, page, source, written_in) or published.published(
        said, url=page.url, headline=title, fetched_at=page.fetched_at, zone=source.timezone, language=written_in
    )
    links = body.links(blocks, text, page.url, said.base)
    if moment is None:
        data = (script for script in scripts if script not in linked)
        moment = _of_a_script(data, page, source) or _last_resort(tree, said, page, source, told)
    if moment is not None and told is not None and told.at.date() > moment.at.date() + timedelta(days=1):
        told = said_on(text, near=moment.at, language=code)
    return Article(
        text=text,
        title=title,
        published=moment,
        said_on=told,
        author=author,
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


def clean_of_controls(text: str) -> str:
    """`text` without control characters, which lxml refuses, the icons of private fonts, and what has neither shape nor effect.

    White space, joiners, soft hyphens and marks of direction stay.
    """
    return text if text.isprintable() else _CONTROLS.sub("", text)


@lru_cache(maxsize=1)
def _trafilatura() -> Any:
    """trafilatura, imported when first needed (0.3 s) and told to keep what it thinks of pages to itself."""
    import trafilatura
    import trafilatura.settings
    import trafilatura.utils

    # Its own takes out every sign without a shape: with the non-joiners Persian loses the ends of its words.
    for name in ("utils", "baseline"):
        vars(import_module(f"trafilatura.{name}"))["remove_control_characters"] = clean_of_controls
    for name in ("trafilatura", "htmldate", "readability", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return trafilatura


def _without_machinery(tree: Any) -> tuple[list[str], set[str]]:
    """Take scripts, styles and drawings, which nobody reads, out of the lxml `tree`, so that copies of it are small.

    What the scripts say is given back, and which of it is JSON-LD. That stays, as other JSON does.
    """
    scripts: list[str] = []
    linked: set[str] = set()
    for element in list(tree.iter("script", "style", "svg")):
        kind = (element.get("type") or "").lower()
        if element.tag == "script" and element.text:
            scripts.append(element.text)
            if "ld+json" in kind:
                linked.add(element.text)
        if (element.tag != "script" or "json" not in kind) and element.getparent() is not None:
            element.drop_tree()
    return scripts, linked


def _text(tree: Any, said: Said, url: str, scripts: Sequence[str]) -> str:
    """The body of the article, "" where there is none: trafilatura's, or JSON-LD's where that has much more.

    Where both have next to nothing, it is the densest paragraphs of the page, or what a script would show.
    """
    text = _found_text(tree, url)
    bodies = [node.body for node in said.nodes if node.is_article and node.body]
    if len(bodies) == 1 and _is_much_more(bodies[0], text):
        return clean(plain(bodies[0]), MAX_TEXT)
    if len(text) >= rescue.ENOUGH:
        return text
    found = clean(rescue.paragraphs(tree), MAX_TEXT)
    if _is_much_more(found, text):
        return found
    markup = rescue.scripted(scripts)
    if not markup:
        return text
    shape.check(markup)
    found = _found_text(_tree(f"<html><body><article>{markup}</article></body></html>"), url)
    return found if _is_much_more(found, text) else text


def _is_much_more(found: str, text: str) -> bool:
    return len(found) > 2 * len(text) + 200


def _found_text(tree: Any, url: str) -> str:
    """What trafilatura finds. Under 250 letters it takes all that the page shows, run together: of what is then short, the
    part that it would have taken itself is the text."""
    text = _extracted(tree, url)
    if not text or len(text) > _SHORT:
        return text
    own = _extracted(tree, url, least=_LEAST)
    return own if _is_much_of(own, text) else text


def _is_much_of(part: str, whole: str) -> bool:
    one, two = body.letters(part), body.letters(whole)
    return 0.25 * len(two) < len(one) < len(two) and all(body.letters(line) in two for line in part.split("\n"))


def _extracted(tree: Any, url: str, least: int | None = None) -> str:
    """What trafilatura finds; with `least`, so many letters are enough for it."""
    trafilatura = _trafilatura()
    options = trafilatura.settings.Extractor(output_format="python", comments=False, url=url)
    if least is not None:
        options.min_extracted_size = least
    try:
        document = trafilatura.bare_extraction(tree, options=options)
    except MemoryError:
        raise  # the page is too much for the worker, which says so
    except Exception as error:  # it promises nothing about what hostile trees make it raise
        raise ParseError("parse_error", f"the text could not be found ({type(error).__name__})") from error
    return clean(document.text or "", MAX_TEXT) if document is not None else ""


def _without_indents(text: str) -> str:
    """`text` with the white space of its lines as a browser shows it, and no empty lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _titles(said: Said, title: str) -> tuple[str, ...]:
    """All that the page calls itself: a headline over the text may differ from the title."""
    over = (heading.text for heading in said.headings if heading.level == 1 and not heading.away)
    told = (node.headline for node in said.nodes if node.is_article)
    return (title, said.meta("og:title"), *over, *told)


def _called_by_its_first_line(said: Said, title: str, text: str) -> tuple[str, str]:
    """`title` and `text`; where a page has but the window's title, and that is a name, the title is the text's first line."""
    first, _, rest = text.partition("\n")
    named = said.headings or said.nodes or said.meta("og:title", "twitter:title", "dc.title")
    reads_like_one = 20 < len(first) < 160 and len(first.split()) > 3 and first[-1] not in ".:!؟?,،"
    return (first, rest) if not named and len(title.split()) < 4 and rest and reads_like_one else (title, text)


def _is_date(page: Page) -> Callable[[str], bool]:
    """Whether a line is a date and nothing else."""
    return lambda line: (
        in_words(line, fetched_at=page.fetched_at, timezone="UTC", language=None, alone=True) is not None
    )


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


def _of_a_script(scripts: Iterable[str], page: Page, source: Source) -> Moment | None:
    """The one publication that the data of the page's scripts tells, never confident."""
    stamp = rescue.stamped(scripts)
    moment = in_words(stamp, fetched_at=page.fetched_at, timezone=source.timezone, language=None) if stamp else None
    return None if moment is None else replace(moment, method="script", confident=False)


def _last_resort(tree: Any, said: Said, page: Page, source: Source, told: Moment | None) -> Moment | None:
    """htmldate's guess, never confident, from what is left: JSON-LD has been read, and so have the places beside the text.

    Neither the day that the text tells, for that is `said_on`, nor a day that the page calls modified.
    """
    import htmldate

    # The address of a style sheet tells the day of the style, and the clock of the page tells today.
    clocks = (e for e in tree.iter("div", "span", "p", "td", "li") if metadata.is_clock(e))
    for element in [*tree.iter("script", "aside", "nav", "link"), *clocks]:
        if element.getparent() is not None:
            element.drop_tree()
    try:
        found: str | None = htmldate.find_date(
            tree, original_date=True, url=page.url, min_date="1995-01-01", max_date=page.fetched_at.strftime("%Y-%m-%d")
        )
    except Exception:  # noqa: BLE001 - a guess that fails is no guess; it promises nothing about hostile trees
        return None
    # The first of a month is what it says where it found no more than the month, or the year.
    if not found or found.endswith("-01") or any(found in text for text in published.modified(said)):
        return None
    moment = in_words(found, fetched_at=page.fetched_at, timezone=source.timezone, language=None)
    if moment is None or (told is not None and told.at.date() == moment.at.date()):
        return None
    return replace(moment, method="htmldate")
