"""Gathers, in one walk over the tree of an article page, what the page says about itself. Decides nothing.

`published.py` and `headline.py` weigh what stands here. Positions count elements in document order, so that "near the
headline" can be said without looking at the tree again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from scraper.parsers import jsonld, labels
from scraper.parsers.labels import Claim
from scraper.text import clean_line

MAX_ELEMENTS = 200_000
_MAX_SHOWN = 400
_MAX_SHORT = 160

_DATED = re.compile(
    r"(?:^|[-_ ])(?:date|dates|time|pubdate|datetime|publish|published|posted|post-?on|timestamp|dateline|byline|submitted|meta"
    r"|datum|fecha|data|zeit|tarih|stand|created|publication|pub|info|details|day)(?:$|[-_ \d])"
    r"|[a-z]Date|[a-z]Time|Date(?:$|[A-Z ])|[a-z](?:date|time|stamp|datum)(?:$|[-_ ])|[Bb]yline|[Tt]imestamp"
)
_CLOCK = re.compile(
    r"(?:^|[-_ ])(?:today|current|now)s?(?:$|[-_ ])|today-?date|date-?today|current-?date", re.IGNORECASE
)
"""What is called so shows today, whatever the article's day is."""
_TITLED = re.compile(
    r"(?:news|article|post|item|entry|page|main|lbl|details?)[-_]?title|title[-_]?(?:news|article|post)|lbl_?head",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publish|pubdate|pub-date|entry-date|post-?date|posted|created|dateCreated|article-?date", re.IGNORECASE
)
_MODIFIED = re.compile(r"updated|modified|lastmod|changed|edited", re.IGNORECASE)
_AWAY = re.compile(
    r"(?:^|[-_ ])(?:related|recommend\w*|sidebar|widget\w*|comments?|comment-\w+|(?<!entry-)(?<!asset-)(?<!post-)footer"
    r"|most-?read|popular|trending|teasers?|more-\w+|copyright|newsletter|promo|archive|calendar|weather|ticker|read-?next|also"
    r"|latest|top-?bar|masthead|site-?header|navbar)(?:$|[-_ ])",
    re.IGNORECASE,
)
_AWAY_TAGS = frozenset({"nav", "aside", "footer", "form", "select"})
_SKIPPED = frozenset(
    {"style", "noscript", "svg", "path", "template", "iframe", "br", "img", "input", "button", "option", "use"}
)
_BEFORE_WORDS = frozenset({"a", "b", "br", "em", "h4", "h5", "h6", "i", "img", "label", "span", "strong", "svg"})
"""Elements after which a date may stand that is in no element of its own."""
_BEFORE, _AFTER = 8, 15
"""How many elements before and after the headline a date certainly belongs to it, however its surroundings are called."""
_DIGIT = re.compile(r"\d")
_LIKE_A_DATE = re.compile(r"\d{4}|\d[./-]\d|\d:\d|\d ?(?:h|m|d)\b|[^\W\d_]{2} ?\d|\d ?[^\W\d_]{2}|[٠-٩۰-۹]|年")
_KICKER = re.compile(
    r"kicker|overline|topline|eyebrow|dachzeile|roofline|(?:topic|section)-?label|(?:^|[-_ ])h\d-?small", re.IGNORECASE
)
_DURATION = re.compile(r"read|duration|length|lesezeit|lectura|lecture|lettura|okuma|estimat", re.IGNORECASE)
"""What is called so is how long a text takes, though it may be a `time` element."""
_AUTHOR = re.compile(
    r"(?:^|[-_ ])(?:author|byline|writer|autor|auteur|yazar)(?:$|s?[-_ ]|name)|[a-z](?:Author|Byline)", re.IGNORECASE
)
_BYLINE = re.compile(
    r"\s*(?:by|von|par|por|di|door|av|af|autor(?:in)?|بقلم|کتبه|автор|מאת)\b:?\s*[^\s\d]", re.IGNORECASE
)
_BY_STARTS = frozenset({"by", "vo", "pa", "po", "di", "do", "da", "av", "af", "au", "بق", "کت", "ав", "מא"})
_LABEL = re.compile(r"\s*(?:by|von|author|autor(?:in)?|auteur)\s*:?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A short text that may be a date: where it stands, its machine-readable attribute, and what its markup claims it is.

    `kind` is "time" for a `time` element (or `abbr`), "marked" where a class or itemprop speaks of dates, "plain" otherwise.
    `away` is true inside navigation, comments and lists of other articles; `near` a few elements from the headline, with
    no running text between.
    """

    position: int
    text: str
    attribute: str
    claim: Claim
    kind: Literal["time", "marked", "plain"]
    itemprop: bool
    away: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """An `h1` (or `h2`): where it stands, what it says, and whether its markup calls it the headline.

    `bare` is the text without a kicker that its markup sets apart at its start, "" where there is none.
    """

    position: int
    text: str
    level: int
    marked: bool
    away: bool
    bare: str = ""


@dataclass(slots=True)
class Said:
    """All that a page says about itself, as it stands there."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    """Lower-case `name`, `property`, `itemprop` or `http-equiv` of every `meta`, in the order of the document."""
    nodes: tuple[jsonld.Node, ...] = ()
    document_title: str = ""
    headings: list[Heading] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    titled: list[str] = field(default_factory=list)
    """What is no heading, but by its class or id the title of something: where a page has no headings, its own."""
    authors: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    """Short texts that begin with "by" in one of its languages, and that nothing marks as an author."""
    canonical: str = ""
    base: str = ""
    language: str = ""
    lead: str = ""
    """The beginning of the first paragraph under a heading, where a dateline stands."""
    sample: str = ""
    """Some of the page's running text, to tell its script."""

    def meta(self, *names: str) -> str:
        """The first content that is not blank, in the order of `names`."""
        return next((text for name in names for text in self.metas.get(name, ()) if text.strip()), "")

    def own_articles(self, url: str) -> tuple[jsonld.Node, ...]:
        """The articles of JSON-LD that are this page's: of several, those with its address or its title, if there are such."""
        articles = tuple(node for node in self.nodes if node.is_article)
        if len(articles) < 2:
            return articles
        places = {place(address) for address in (url, self.canonical, self.meta("og:url")) if address}
        titles = [h.text for h in self.headings if h.level == 1] + [self.meta("og:title"), self.document_title]
        return (
            tuple(node for node in articles if places & {place(address) for address in node.urls})
            or tuple(node for node in articles if any(same_title(node.headline, title) for title in titles))
            or articles
        )


def place(url: str) -> str:
    """What tells two addresses of one site apart: host without www, and path without its last slash."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    return (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")


def same_title(one: str, two: str) -> bool:
    """Whether two titles are one, by their letters and digits; a long one may be cut or have the site's name after it."""
    a, b = ("".join(c for c in text.casefold() if c.isalnum()) for text in (one, two))
    return bool(a and b) and (a == b or (len(b) > 15 and a.startswith(b)) or (len(a) > 15 and b.startswith(a)))


def gather(tree: Any) -> Said:
    """What the lxml tree of a page says about itself. At most 200,000 elements are looked at; the tree is not changed."""
    said = Said(language=clean_line(tree.get("lang") or tree.get("xml:lang") or "", 40))
    scripts: list[str] = []
    walk = _Walk()
    for position, element in enumerate(tree.iter()):
        if position > MAX_ELEMENTS:
            break
        tag = element.tag
        if tag in _BEFORE_WORDS and (tail := element.tail) and 5 < len(tail) < 300 and _may_be_date(tail):
            walk.plain(position, tail, element)
        if tag in _SKIPPED or not isinstance(tag, str):
            continue
        if (
            (text := element.text)
            and 1 < len(text) < 60
            and text.lstrip()[:2].lower() in _BY_STARTS
            and len(said.bylines) < 10
        ):
            _byline(said, element, walk)
        if tag == "meta":
            _meta(said, element)
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower() and element.text and len(scripts) < jsonld.MAX_SCRIPTS:
                scripts.append(element.text)
        elif tag == "title":
            said.document_title = said.document_title or clean_line(element.text or "", 500)
        elif tag == "link":
            if not said.canonical and (element.get("rel") or "").lower() == "canonical":
                said.canonical = (element.get("href") or "").strip()[:2_000]
        elif tag == "base":
            said.base = said.base or (element.get("href") or "").strip()[:2_000]
        elif tag in ("h1", "h2", "h3"):
            _heading(said, element, position, walk)
            if tag != "h1" and (text := element.text) and 5 < len(text.strip()) < 40 and _may_be_date(text):
                _shown(said, element, position, walk)
        else:
            if tag == "p" and len(element.text or "") > 80:
                walk.running.append(position)
                if walk.headings and not said.lead and not walk.away(element):
                    said.lead = words(element, 300)
                if len(said.sample) < 1_000:
                    said.sample += f" {element.text[:500]}"
            _shown(said, element, position, walk)
    said.nodes = jsonld.nodes(scripts)
    said.shown = walk.settled(said)
    return said


class _Walk:
    """What one walk over a tree has to remember: what marks mean, which places are away, and what may be a date."""

    __slots__ = ("_aways", "_marked", "_plain", "headings", "marks", "running")

    def __init__(self) -> None:
        self.marks: dict[str, tuple[bool, bool, bool]] = {}
        self.headings: list[tuple[Heading, tuple[Any, ...]]] = []
        self.running: list[int] = []
        self._aways: dict[Any, tuple[Any, ...]] = {}
        self._marked: list[tuple[Shown, tuple[Any, ...]]] = []
        self._plain: list[tuple[Shown, tuple[Any, ...]]] = []

    def away(self, element: Any) -> tuple[Any, ...]:
        """The ancestors of `element` that are navigation, comments, lists of other articles: not the article itself."""
        climbed: list[Any] = []
        found: tuple[Any, ...] = ()
        for ancestor in element.iterancestors():
            known = self._aways.get(ancestor)
            if known is not None:
                found = known
                break
            climbed.append(ancestor)
        for ancestor in reversed(climbed):
            if ancestor.tag in ("body", "main"):
                found = ()
            elif is_away(ancestor):
                found = (*found[:10], ancestor)
            self._aways[ancestor] = found
        return found

    def plain(self, position: int, text: str, element: Any) -> None:
        """Keep a short text that looks like a date, though nothing calls it one."""
        text = clean_line(text, 120)
        if 5 < len(text) <= 80 and len(self._plain) < _MAX_SHOWN:
            self._plain.append((Shown(position, text, "", "", "plain", False), self.away(element)))

    def marked(self, shown: Shown, element: Any) -> None:
        if len(self._marked) < _MAX_SHOWN:
            self._marked.append((shown, self.away(element)))

    def heading(self, heading: Heading, element: Any) -> None:
        if heading.level == 1:
            # What stands long before a headline has nothing to do with it, and must not crowd out what follows.
            del self._plain[:-40]
            del self._marked[:-100]
        self.headings.append((heading, self.away(element)))

    def settled(self, said: Said) -> list[Shown]:
        """All that may be dates, in their order; what has a place around it that is away, but not away from the headline."""
        titles = (said.document_title, said.meta("og:title"), *(n.headline for n in said.nodes if n.is_article))
        headline, home = next(
            ((h, around) for h, around in self.headings if any(same_title(h.text, title) for title in titles)),
            (None, ()),
        )
        text = next((at for at in self.running if headline is not None and at > headline.position), MAX_ELEMENTS)
        found = []
        for shown, around in sorted(self._marked + self._plain, key=lambda pair: pair[0].position):
            distance = shown.position - headline.position if headline is not None else -MAX_ELEMENTS
            near = -_BEFORE <= distance <= _AFTER and shown.position < text
            away = not set(around) <= set(home) and not (near and distance > 0 and shown.kind != "plain")
            found.append(replace(shown, away=away, near=near) if away or near else shown)
        return found


def _meta(said: Said, element: Any) -> None:
    content = element.get("content")
    if not content or len(content) > 5_000:
        return
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = element.get(attribute)
        if name and len(said.metas) < 1_000:
            said.metas.setdefault(name.strip().lower()[:100], []).append(content[:2_000])


def _heading(said: Said, element: Any, position: int, walk: _Walk) -> None:
    level = int(element.tag[1])
    if len(said.headings) >= (60 if level > 1 else 200):
        return
    marks = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
    marked = "headline" in marks or "title" in marks
    text = words(element, 600) if level < 3 or marked else ""
    if text:
        bare = _without_kicker(element, text) if level == 1 and len(element) else ""
        heading = Heading(position, text, level, marked, bool(walk.away(element)), bare)
        said.headings.append(heading)
        walk.heading(heading, element)


def _without_kicker(element: Any, text: str) -> str:
    """`text`, which is that of the heading `element`, without the kicker that its first part may be.

    A kicker with a colon after it is read as one with the rest, and stays.
    """
    first = element[0]
    if (element.text or "").strip() or not _KICKER.search(first.get("class") or ""):
        return ""
    kicker = words(first, 200)
    rest = text[len(kicker) :].strip() if kicker and text.startswith(kicker) else ""
    return rest if len(rest) > 12 and kicker[-1] != ":" and rest[0] not in ":–—-|" else ""


def _shown(said: Said, element: Any, position: int, walk: _Walk) -> None:
    """Keep `element` if it may show a date; a name of an author is kept too."""
    tag = element.tag
    attributes = dict(element.items())
    itemprop = attributes.get("itemprop", "")
    marks = f"{attributes.get('class', '')} {attributes.get('id', '')}" if attributes else " "
    meant = walk.marks.get(marks)
    if meant is None:
        short = 1 < len(marks) < 300
        meant = walk.marks[marks] = (
            short and bool(_DATED.search(marks)) and not _CLOCK.search(marks),
            short and bool(_AUTHOR.search(marks)),
            short and bool(_TITLED.search(marks)),
        )
    if meant[2] and len(said.titled) < 10 and (text := words(element, 300)) and not walk.away(element):
        said.titled.append(text)
    if (meant[1] or itemprop == "author" or tag == "byline" or attributes.get("rel") == "author") and not walk.away(
        element
    ):
        _author(said, element)
    kind: Literal["time", "marked", "plain"]
    if tag == "time" or (tag == "abbr" and attributes.get("title")):
        kind = "time"
    elif meant[0] or itemprop in ("datePublished", "dateCreated", "dateModified"):
        kind = "marked"
    else:
        text = element.text
        if text and 5 < len(text) < 300 and _may_be_date(text) and not _CLOCK.search(marks):
            # A sentence that begins with a date before its first link or bold word is no date.
            whole = tag == "p" and len(element) and element[0].tag != "br"
            text = words(element, 120) if whole else text
            claim = _labelled(element) or labels.opening(text)
            if claim:
                walk.marked(Shown(position, clean_line(text, 120), "", claim, "marked", False), element)
            else:
                walk.plain(position, text, element)
        return
    attribute = (
        element.get("datetime") or element.get("content") or (element.get("title") if tag in ("abbr", "time") else "")
    )
    text = words(element, _MAX_SHORT)
    if not text and not attribute:
        return
    if (
        tag == "time"
        and not attribute
        and any(_DURATION.search(e.get("class") or "") for e in (element, element.getparent()))
    ):
        return
    walk.marked(
        Shown(
            position=position,
            text=text if len(text) < _MAX_SHORT else "",
            attribute=clean_line(attribute or "", 100),
            claim=_claim(itemprop, marks, element) or _labelled(element),
            kind=kind,
            itemprop=itemprop in ("datePublished", "dateCreated"),
        ),
        element,
    )


def _may_be_date(text: str) -> bool:
    # Most texts have no digit, and that is soon known.
    return _DIGIT.search(text) is not None and _LIKE_A_DATE.search(text) is not None


def _claim(itemprop: str, marks: str, element: Any) -> Claim:
    if itemprop:
        return "modified" if itemprop == "dateModified" else "published" if itemprop.startswith("date") else ""
    if element.get("pubdate") is not None or _PUBLISHED.search(marks):
        return "published"
    return "modified" if _MODIFIED.search(marks) else ""


def _labelled(element: Any) -> Claim:
    """What the words right before an element say that its date is the date of."""
    before = element.getprevious()
    if before is None:
        parent = element.getparent()
        label = parent.text if parent is not None else ""
    else:
        label = before.tail if (before.tail or "").strip() else before.text
    label = (label or "").strip()
    return labels.before(label) if 2 < len(label) < 40 else ""


def _author(said: Said, element: Any) -> None:
    if len(said.authors) >= 20:
        return
    text = words(element, _MAX_SHORT) or clean_line(element.get("content") or "", _MAX_SHORT)
    if text and len(text) < 120 and text not in said.authors:
        said.authors.append(text)


def _byline(said: Said, element: Any, walk: _Walk) -> None:
    """Keep a line that begins with "by", and what follows a label that says "author"."""
    tail = clean_line(element.tail or "", 80)
    if len(tail) > 3 and _LABEL.match(element.text):
        said.bylines.append(tail)
    elif _BYLINE.match(element.text) or _LABEL.match(element.text):
        text = words(element, 100)
        if 6 < len(text) < 70 and any(c.isupper() for c in text[3:]) and not walk.away(element):
            said.bylines.append(text)


def words(element: Any, limit: int) -> str:
    """The text of an element and all in it, on one line, cut at `limit` code points."""
    if not len(element):
        return clean_line(element.text or "", limit)
    if element.find(".//rt") is not None:
        # The readings over characters (HTML section 4.5.11) are not part of what is written.
        return clean_line("".join(element.xpath(".//text()[not(ancestor::rt or ancestor::rp)]")), limit)
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece)
        if size > limit * 4:
            break
    return clean_line(" ".join(pieces), limit)


def is_clock(element: Any) -> bool:
    """Whether an element shows today by its class or id, whatever the article's day is."""
    return _CLOCK.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def is_away(element: Any) -> bool:
    """Whether an element is navigation, comments or a list of other articles by its tag or class, and not the article."""
    if element.tag in _AWAY_TAGS:
        return True
    if element.tag == "header":
        # The page's, not the article's.
        return element.find(".//h1") is None and next(element.iterancestors("article", "main", "section"), None) is None
    marks = element.get("class")
    return bool(marks and element.tag != "article" and len(marks) < 200 and _AWAY.search(marks))
