"""Decides who wrote an article, from what its page says about itself: names without "by", without the site's own name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scraper.parsers.headline import site_names
from scraper.parsers.metadata import Said
from scraper.text import clean_line

MAX_AUTHOR = 300
_NAMES = (
    "author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author", "sailthru.author", "byl",
    "og:article:author", "cxenseparse:author", "vr:author", "article:author_name", "authors",
)  # fmt: skip
"""`meta` names that hold an author."""
_WRITTEN_BY = re.compile(
    r"writ|verf|geschrieb|écrit|escrit|scritto|geschreven|skrev|autor|author|yaz|автор|كتب|نویسنده", re.IGNORECASE
)
_BY = (
    r"by|von|vom|par|por|di|da|door|av|af|about the author|über den autor|autor(?:in|en|es|a)?|authors?|auteur|autore|written by"
    r"|posted by|story by|geschrieben von|verfasst von|ein beitrag von|escrito por|rédigé par|yazan|yazar|автор|بقلم|كتبه?(?: بواسطة)?"
    r"|بواسطة|نویسنده|מאת"
)
_PREFIX = re.compile(rf"^\W*(?:(?:{_BY})\b\W*)+", re.IGNORECASE)
_END = re.compile(
    r"\s*(?:[|•·/\n]|\s[-–—]\s|\s\d|,? (?:autor(?:in)?|author|editor|reporter|correspondent)\b).*$", re.IGNORECASE
)
_NO_TEXT = re.compile(
    r"https?:|www\.|^@|^\W*(?:\w+\.?,? )?\d{1,4}[./ ]|^\W*(?:\w+[.,]? ){1,3}\d{1,2},? (?:19|20)\d\d", re.IGNORECASE
)
"""Addresses and dates."""
_NO_NAME = re.compile(
    r"view all|all posts|alle beitr|zeige alle|more (?:from|by)|veröffentlicht|published|updated|subscribe"
    r"|^(?:admin\d*|administrator|super ?user|web ?master|root|editor\d+|مدير الموقع|المحرر|المشرف العام"
    r"|author|autor|unknown|anonymous|by|von|par|por|di)\W*$",
    re.IGNORECASE,
)
_DESK = frozenset(
    {"redaktion", "editor", "editors", "editorial", "staff", "guest", "gast", "redazione", "redacción", "rédaction"}
)
_MAX_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


def byline(said: Said, url: str) -> str | None:
    """The names of the authors, joined by ", ", at most 300 code points; None where the page names none.

    JSON-LD comes first, then `meta`, then what the page marks or shows as its byline. The site's own name, or its desk's, is
    taken only where there is no other.
    """
    site = site_names(said, url)
    own: list[str] = []
    for place in _places(said, url):
        names = dict.fromkeys(name for text in place for part in _parts(text) if (name := _name(part)))
        people = [name for name in names if _squash(name) not in _DESK and not _is_site(_squash(name), site)]
        if people:
            return clean_line(", ".join(people), MAX_AUTHOR)
        own.extend(names)
    return clean_line(own[0], MAX_AUTHOR) if own else None


def _places(said: Said, url: str) -> Iterable[tuple[str, ...]]:
    yield tuple(name for node in said.own_articles(url) for name in node.authors)
    for name in _NAMES:
        yield tuple(said.metas.get(name, ())[:10])
    for number in ("1", "2"):
        if _WRITTEN_BY.search(said.meta(f"twitter:label{number}")):
            yield (said.meta(f"twitter:data{number}"),)
    yield tuple(name for node in said.nodes if not node.is_article for name in node.authors)
    for text in (*said.authors, *said.bylines):
        yield (text,)


def _parts(text: str) -> list[str]:
    """The names in `text`: a long one may be several, or one with what that person does."""
    if "," in text and len(_WORD.findall(_END.sub("", text))) > _MAX_WORDS:
        return [part for part in text.split(",")[:20] if len(_WORD.findall(part)) <= 6]
    return text.split(" - ")[:3]


def _name(text: str) -> str:
    """`text` without what introduces a name and what follows it, "" where none is left."""
    line = _PREFIX.sub("", clean_line(text, 200))
    if _NO_TEXT.search(line):
        return ""
    name = clean_line(_END.sub("", line), 120).strip(" ,;:.-–—")
    return name if 0 < len(_WORD.findall(name)) <= _MAX_WORDS and not _NO_NAME.search(name) else ""


def _is_site(name: str, site: Iterable[str]) -> bool:
    return any(name == one or (len(one) > 4 and one in name and len(name) < len(one) + 5) for one in site)


def _squash(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
