"""Finds where an article ends: what comes after its own element, or after the last words of JSON-LD's body, is not its own.

Under a text stand calls to subscribe, portraits of authors, teasers and notes of the house, in all languages and under all
names; they are told by where they stand, not by what they say. Only lines at the end are ever taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from scraper.parsers.body import letters

_MOST = 0.75
"""The element that holds so much of the running text of an article is the article's own."""
_MOST_CUT = 0.3
"""What comes after the article is less than so much of what was found, or it was not understood."""
_MAX_PARAGRAPHS, _MAX_DEPTH, _MAX_PARTS = 3_000, 100, 300
_START = 60
_RUNNING = 40
_PARTS = frozenset({"div", "section", "article", "main", "td", "span"})


def without_what_follows(text: str, tree: Any, told: Iterable[str]) -> str:
    """`text`, that was found in the lxml `tree`, up to the article's end; `told` are the bodies that JSON-LD gives.

    It is left as it is where the end is not plain: where the article stands in several elements of one kind, or JSON-LD
    gives a beginning only.
    """
    lines = text.split("\n")
    plain = [letters(line) for line in lines]
    last = len(lines)
    for body in told:
        last = min(last, _end_in(letters(body), plain, len(letters(text))))
    own = _own_element(tree, "".join(plain))
    if own is not None:
        inside = letters(own.text_content())
        end = _last_in(inside, plain)
        table = any(line.startswith("|") for line in lines[end:])
        if end < last and not table and not _goes_on(own, [line for line in plain[end:] if line]):
            last = end
    kept = "\n".join(lines[:last]).rstrip()
    return kept if len(kept) >= (1 - _MOST_CUT) * len(text) else text


def _last_in(whole: str, plain: list[str]) -> int:
    """How many lines there are up to the last that stands in `whole`."""
    return next((i + 1 for i in range(len(plain) - 1, -1, -1) if plain[i] and plain[i][:_START] in whole), len(plain))


def _end_in(body: str, plain: list[str], size: int) -> int:
    """The same for the `body` of JSON-LD, if it has most of the text and ends where a line does: some give a beginning only."""
    if 0.6 * size < len(body) < 1.2 * size:
        for i in range(len(plain) - 1, -1, -1):
            line = plain[i][-_RUNNING:]
            if line and (body.endswith(line) or (len(line) == _RUNNING and line in body[-2 * _RUNNING :])):
                return i + 1
    return len(plain)


def _own_element(tree: Any, whole: str) -> Any:
    """The innermost element with most of the paragraphs that stand in `whole`, None where there is no such."""
    sizes: dict[Any, int] = {}
    total = 0
    for paragraph in islice(tree.iter("p"), _MAX_PARAGRAPHS):
        text = paragraph.text_content() if len(paragraph) else paragraph.text or ""
        if len(text) < _RUNNING:
            continue
        start = letters(text[: 2 * _START])[:_START]
        if len(start) < _RUNNING // 2 or start not in whole:
            continue
        total += len(text)
        for ancestor in islice(paragraph.iterancestors(), _MAX_DEPTH):
            sizes[ancestor] = sizes.get(ancestor, 0) + len(text)
    if total < 0.6 * len(whole):
        return None
    own = None
    for element, size in sizes.items():
        # Ancestors come inner before outer.
        if size >= _MOST * total and (own is None or size < sizes[own]):
            own = element
    return own if own is not None and own.tag in _PARTS else None


def _goes_on(own: Any, rest: list[str]) -> bool:
    """Whether lines of `rest` stand in an element of the same kind and depth as `own`: then the article has several."""
    name, depth = own.get("class"), _depth(own)
    if name:
        named = own.getroottree().getroot().iter(own.tag)
        alike = islice((one for one in named if one is not own and one.get("class") == name), _MAX_PARTS)
        others = [one for one in alike if _depth(one) == depth]
    else:
        others = [one for one in islice(own.itersiblings(own.tag), _MAX_PARTS) if not one.get("class")]
    for other in others:
        inside = letters(other.text_content())
        if any(line[:_START] in inside for line in rest):
            return True
    return False


def _depth(element: Any) -> int:
    return sum(1 for _ in element.iterancestors())
