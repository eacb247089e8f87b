"""Titles for links that do not say what they lead to: "details" at the end of a row, a headline as short as what is around it.

links of one wording -> the row of each -> its longest text that is no date
cards of one shape -> where most have their headline -> what stands there in the others
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from scraper import written
from scraper.parsers.words import INLINE, words
from scraper.phrases import fold

_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "select", "option", "button", "time", "a", "th"})
_FIGURES = re.compile(r"[\d\W_]+")
_LIMIT = 300
_MOST_NODES = 200
_MOST_LEVELS = 12
_LEAST_LETTERS = 8
_REAL_LINK = 15
"""Letters from which on a link's own words are a title."""

Place = tuple[tuple[str, int], ...]
"""The way from a card down to a part of it: a tag, and which of its kind among its siblings."""


def wording(title: str) -> str:
    """What is the same in "PDF (240 KB)" and "PDF (312 KB)"."""
    return _FIGURES.sub(" ", title.casefold()).strip()


def beside(anchors: Sequence[LexborNode]) -> list[tuple[int, str]]:
    """For each of `anchors`, which share their wording: a mark of its row, and the row's title; "" where it has none.

    A row is the widest node in which no other of `anchors` stands. One that has a link with words of its own is that link's.
    """
    within: Counter[int] = Counter(node.mem_id for anchor in anchors for node in _upwards(anchor))
    found = []
    for anchor in anchors:
        row = anchor
        for node in _upwards(anchor):
            if within[node.mem_id] > 1:
                break
            row = node
        found.append((row.mem_id, "" if row is anchor else _title(row)))
    return found


def _upwards(node: LexborNode | None) -> Iterator[LexborNode]:
    for _ in range(_MOST_LEVELS):
        if node is None or node.tag in ("body", "html", "-undef"):
            return
        yield node
        node = node.parent


def _title(row: LexborNode) -> str:
    others = row.css("a[href]")[:12]
    if any(len(_FIGURES.sub("", other.text())) >= _REAL_LINK for other in others):
        return ""
    heading = row.css_first("h1, h2, h3, h4, h5, h6")
    if heading is not None and (text := words(heading, _LIMIT)):
        return text
    return max(_pieces(row), key=len, default="")


def _pieces(row: LexborNode) -> Iterator[str]:
    """The texts of a row, each as long as no block begins, without those that are a date or have hardly a letter."""
    todo = [row]
    for _ in range(_MOST_NODES):
        if not todo:
            return
        node = todo.pop()
        run: list[str] = []
        child = node.first_child
        while child is not None:
            if child.tag == "-text":
                run.append(child.text_content or "")
            elif child.tag in INLINE and not child.css("a[href]"):
                text = words(child, _LIMIT)
                run.append("" if _is_date(text) else f" {text}")
            elif child.tag and child.tag not in _UNSEEN and not child.tag.startswith("-"):
                todo.append(child)
            child = child.next
        text = " ".join("".join(run).split()).strip(" |·•-–—:,")
        if len(_FIGURES.sub("", text)) >= _LEAST_LETTERS and len(text) <= _LIMIT and not _is_date(text):
            yield text


def _is_date(text: str) -> bool:
    return len(text) <= 60 and any(c.isdigit() for c in text) and not written.other_words(fold(text), None)


def kind(node: LexborNode) -> str:
    """The tag and first class of a node: what the same part of two cards has in common."""
    name = (node.attributes.get("class") or "").split(" ", 1)[0]
    return f"{node.tag}.{name}" if name else str(node.tag)


def headings(anchor: LexborNode) -> list[LexborNode]:
    """The headings inside a link that have words."""
    return [node for node in anchor.css("h1, h2, h3, h4, h5, h6")[:6] if node.text(strip=True)]


def longest_kind(cards: Sequence[Sequence[LexborNode]]) -> str:
    """Of cards that have several headings each, the kind of heading that says most in all of them together; "" without cards.

    A kicker may be longer than the headline of its own card, and is not in most.
    """
    sizes: Counter[str] = Counter()
    for inside in cards:
        for node in inside:
            sizes[kind(node)] += len(node.text(strip=True))
    return max(sizes, key=lambda name: sizes[name], default="")


def place(card: LexborNode, part: LexborNode) -> Place:
    """The way from `card` down to `part`; () where they are the same."""
    steps: list[tuple[str, int]] = []
    at: LexborNode | None = part
    while at is not None and at.mem_id != card.mem_id:
        tag, number, before = at.tag or "", 0, at.prev
        while before is not None:
            number += before.tag == tag
            before = before.prev
        steps.append((tag, number))
        at = at.parent
    return tuple(reversed(steps))


def at_place(card: LexborNode, way: Place) -> LexborNode | None:
    """What stands at `way` in `card`, None where it ends before."""
    at = card
    for tag, number in way:
        child = at.first_child
        while child is not None and (child.tag != tag or number):
            number -= child.tag == tag
            child = child.next
        if child is None:
            return None
        at = child
    return at
