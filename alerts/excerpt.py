"""The passage of a statement that says why an alert rang: windows around the best hits, cut between words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.shown import MARK, Shown, back, forth, show, trimmed

_FOOTNOTE = re.compile(r"\s?\[\d{1,3}\]")
_SENTENCE = re.compile(r"[.!?؟。۔…][\"”’»)\]]*\s+")
_REGION = 12_000
"""Only so much of a giant text around its best hits is looked at."""
_HITS = 500
"""More hits than these, from the first on, are not weighed: a text that says one name a thousand times tells it at once."""
_WINDOWS = 3
_LEAST = 80
"""A window shorter than this tells nothing: rather fewer windows."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something stands in a text, in code points, and what was met there (an actor or a list)."""

    start: int
    end: int
    watch: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage fit to be shown, on one line, and the places of the hits in it: sorted, apart, without white space at the edges."""

    text: str
    hits: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Passages:
    """A text made fit to be shown, with its hits in it, from which passages of any length are taken."""

    shown: Shown
    hits: tuple[Hit, ...]
    before: bool = False
    after: bool = False
    """Whether more of the text stands there: of a giant one only the part around its best hits is looked at."""

    def take(self, size: int) -> Excerpt:
        """At most `size` code points (and the marks of what was left out), around the hits that tell most.

        One window where one can hold every watch, else up to three. Without hits it is the beginning.
        """
        text = self.shown.text
        if size < 1 or not text:
            return Excerpt("", ())
        windows = [(0, len(text))] if len(text) <= size else _windows(text, self.hits, size)
        return _joined(self, windows)


def passages(text: str, hits: Sequence[Hit]) -> Passages:
    """`text` and its `hits` (places in it), without footnote marks like [1], unless a hit lies on one."""
    base = 0
    length = len(text)
    if length > _REGION:
        start, _ = _best(hits, _REGION * 2 // 3)
        base = max(0, start - _REGION // 4)
        text = text[base : base + _REGION]
    inside = [Hit(hit.start - base, hit.end - base, hit.watch) for hit in hits if base <= hit.start < base + len(text)]
    del inside[_HITS:]
    notes = [note.span() for note in _FOOTNOTE.finditer(text)]
    shown = show(text, [note for note in notes if not any(h.start < note[1] and note[0] < h.end for h in inside)])
    placed = [Hit(*place, hit.watch) for hit in inside if (place := shown.place(hit.start, hit.end))]
    return Passages(shown, tuple(placed), base > 0, base + len(text) < length)


def _joined(passages: Passages, windows: Sequence[tuple[int, int]]) -> Excerpt:
    text = passages.shown.text
    out = ""
    places: list[tuple[int, int]] = []
    for start, end in windows:
        if start > 0 or passages.before:
            out += f" {MARK} " if out else f"{MARK} "
        shift = len(out) - start
        places += [
            (max(hit.start, start) + shift, min(hit.end, end) + shift)
            for hit in passages.hits
            if hit.start < end and start < hit.end
        ]
        out += text[start:end]
    if windows and (windows[-1][1] < len(text) or passages.after):
        out += f" {MARK}"
    return Excerpt(out, apart(places))


def apart(places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """`places` in order; those that touch are one, empty ones are gone."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


def _windows(text: str, hits: Sequence[Hit], size: int) -> list[tuple[int, int]]:
    """Up to three stretches of `text`, apart and in order, of `size` code points together."""
    result: list[tuple[int, int]] = []
    for count in range(1, _WINDOWS + 1):
        part = size // count
        if count > 1 and part < _LEAST:
            break
        chosen: list[tuple[int, int]] = []
        left = list(hits)
        for _ in range(count):
            if chosen and not left:
                break
            chosen.append(_window(text, left, part))
            met = {hit.watch for hit in left if chosen[-1][0] <= hit.start and hit.end <= chosen[-1][1]}
            left = [hit for hit in left if hit.watch not in met]
        result = chosen
        if not left:
            break
    result.sort()
    merged: list[tuple[int, int]] = []
    for start, end in result:
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, hits: Sequence[Hit], size: int) -> tuple[int, int]:
    """One stretch of at most `size` code points around the best hits: from the beginning of a sentence or word, to the end of one."""
    first, last = _best(hits, size)
    if last - first >= size:
        return first, back(text, first + size)
    slack = size - (last - first)
    earliest = max(0, min(first - slack // 3, len(text) - size))
    if last <= size:
        earliest = 0  # the beginning says who, when and where
    sentences = [mark.end() for mark in _SENTENCE.finditer(text, earliest, first)]
    start = 0 if earliest == 0 else sentences[0] if sentences else min(forth(text, earliest), first)
    end = max(back(text, min(len(text), start + size)), last)
    place = trimmed(text, start, end)
    return place if place else (first, last)


def _best(hits: Sequence[Hit], size: int) -> tuple[int, int]:
    """From where to where the hits go that fit `size` and tell most: as many watches, then as many hits, as early as may be."""
    best, told = (0, 0), (0, 0)
    ordered = sorted(hits, key=lambda hit: hit.start)[:_HITS]
    for index, anchor in enumerate(ordered):
        within = [hit for hit in ordered[index : index + _HITS // 5] if hit.end <= anchor.start + size] or [anchor]
        tells = (len({hit.watch for hit in within}), len(within))
        if tells > told:
            best, told = (anchor.start, max(hit.end for hit in within)), tells
    return best
