"""Finds the text and the day of an article where the usual ways find nothing: its densest paragraphs, or what is inside a script.

Many sites send the article as data, and a script of the page shows it: a reader without scripts sees a shell. The markup
stands there all the same, as a long string of JSON or of JavaScript, once or twice escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from scraper.parsers.metadata import is_away
from scraper.text import clean_line

ENOUGH = 250
"""A page whose text has so many letters needs no rescue: it may honestly be short."""
_MIN_TEXT = 500
"""So many letters the paragraphs of a script's markup have at least."""
_MAX_SCRIPT = 5_000_000
_MAX_STRINGS = 200
_MAX_MARKUP = 1_000_000
# A string without an end is taken whole, so that no character is read twice.
_STRING = re.compile(r'"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)', re.DOTALL)
_PARAGRAPH = re.compile(r"<p\b[^<>]*>([^<]{40,}|(?:[^<]|<(?!/?p\b)){80,}?)</p>", re.IGNORECASE)
_ESCAPED = re.compile(r"<p\b|\\u003cp\b", re.IGNORECASE)
_PUBLISHED = re.compile(
    r'"(?:(?:first_?)?published(?:_?at|_?date|_?on)|publish_?(?:date|time)|publication_?date|date_?published)\\{0,3}"\s{0,4}:'
    r'\s{0,4}\\{0,3}"(\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?)\\{0,3}"',
    re.IGNORECASE,
)
"""What the data of a script calls the publication, under the usual names, as a stamp of ISO 8601."""


def paragraphs(tree: Any) -> str:
    """The running text of the element of `tree` that has most of it in paragraphs of its own, a line for each.

    Comments, navigation and lists of other articles are passed over.
    """
    found: dict[Any, int] = {}
    for element in tree.iter("p"):
        parent = element.getparent()
        size = len(clean_line(element.text_content(), 20_000)) if parent is not None else 0
        if size > 60:
            found[parent] = found.get(parent, 0) + size
    best = max((parent for parent in found if not _is_away(parent)), key=lambda parent: found[parent], default=None)
    if best is None:
        return ""
    lines = (clean_line(child.text_content(), 100_000) for child in best.iterchildren("p", "h2", "h3", "blockquote"))
    return "\n".join(line for line in lines if line)


def _is_away(element: Any) -> bool:
    """Whether `element` is inside comments or such. Tags that are never closed put many an article into a sidebar."""
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in ("article", "main", "body"):
            return False
        if is_away(ancestor):
            return True
    return False


def scripted(scripts: Iterable[str]) -> str:
    """The markup of the article among the strings of `scripts`, "" where there is none or where several are as long.

    What is returned has not been looked at by `shape.check`.
    """
    sizes: dict[str, int] = {}
    left = _MAX_STRINGS
    for script in scripts:
        if len(script) > _MAX_SCRIPT or not _ESCAPED.search(script):
            continue
        for text in _strings(script):
            left -= 1
            if left < 0:
                break
            inner = "<p" not in text or text.lstrip().startswith(("{", "[")) or '\\"' in text
            for markup in (text, *(_strings(text) if inner else ())):
                if "<p" in markup and len(markup) < _MAX_MARKUP:
                    size = sum(len(paragraph) for paragraph in _PARAGRAPH.findall(markup))
                    if size >= _MIN_TEXT:
                        sizes[markup] = size
    if not sizes:
        return ""
    ranked = sorted(sizes, key=lambda markup: (-sizes[markup], len(markup)))
    best = ranked[0]
    opening = _opening(best)
    others = (other for other in ranked[1:] if 2 * sizes[other] > sizes[best])
    return best if all(_opening(other) == opening for other in others) else ""


def _opening(markup: str) -> str:
    first = _PARAGRAPH.search(markup)
    return first[1][:60] if first else ""


def _strings(script: str) -> Iterator[str]:
    """The strings of a script that may hold paragraphs, with their escapes resolved."""
    for match in _STRING.finditer(script):
        if match.end() - match.start() > _MIN_TEXT and _ESCAPED.search(script, match.start(), match.end()):
            try:
                text = json.loads(match[0], strict=False)
            except ValueError:
                continue
            yield text


def stamped(scripts: Iterable[str]) -> str:
    """The stamp of publication in the data of `scripts`, "" where there is none, or where they are of several days.

    Such data may speak of other articles as well; which stamp is whose cannot be told.
    """
    stamps = [stamp for script in scripts if len(script) <= _MAX_SCRIPT for stamp in _PUBLISHED.findall(script)]
    return stamps[0] if len({stamp[:10] for stamp in stamps}) == 1 else ""
