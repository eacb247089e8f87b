"""Terms that are found as they are written: exact letters, searched for all at once; and what evaders did to a surface."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import ahocorasick_rs

from alerts.watch.tokens import LOOK_ALIKE
from scraper.letters import has_hidden, is_disguised

HIDDEN = "hidden characters"
TATWEEL = "tatweel"
MARKS = "combining marks"
_OVERLAID = re.compile(r"[^\W\d_][\u0300-\u036f\u0489\u20d0-\u20f0]")
_ODD = re.compile(
    r"[^\x00-\x7f\xc0-\u024f\u0400-\u0481\u048a-\u04ff\u05d0-\u05ea\u0620-\u063f\u0641-\u064a\u0660-\u06d3]"
)
"""What is no plain letter of the scripts that most texts are in: where none stands, nothing was done to a surface."""
_UNEVEN = re.compile(r"[^\S ]|  |[\ud800-\udfff]")


def noted(steps: Sequence[str], surface: str) -> tuple[str, ...]:
    """The steps, each once, and whether look-alikes or unseen characters stand in what was found."""
    if surface.isascii() or _ODD.search(surface) is None:
        return tuple(dict.fromkeys(steps)) if steps else ()
    more = [LOOK_ALIKE] if is_disguised(surface) else []
    more += [HIDDEN] if has_hidden(surface) else []
    more += [TATWEEL] if "\u0640" in surface else []
    more += [MARKS] if _OVERLAID.search(surface) and _OVERLAID.search(unicodedata.normalize("NFC", surface)) else []
    return tuple(dict.fromkeys((*steps, *more)))


class Letters:
    """Exact terms, each in NFC with single spaces, in one automaton over letters."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = terms
        self._automaton = ahocorasick_rs.AhoCorasick(terms)

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Every (term, start, end) in `text`, in code points of it, with no letter, digit or mark on either side."""
        even, origin = _even(text)
        for number, start, end in self._automaton.find_matches_as_indexes(even, overlapping=True):
            if (start and _is_word(even[start - 1])) or (end < len(even) and _is_word(even[end])):
                continue
            if origin is None:
                yield self._terms[number], start, end
            else:
                yield self._terms[number], origin[start], origin[end]


def _is_word(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind in ("Nd", "Nl")


def _even(text: str) -> tuple[str, list[int] | None]:
    """`text` in NFC with every run of white space as one space; where each character and the end came from, None for "there"."""
    if _UNEVEN.search(text) is None and unicodedata.is_normalized("NFC", text):
        return text, None
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        if text[at].isspace():
            while end < len(text) and text[end].isspace():
                end += 1
            piece = " "
        else:
            while end < len(text) and _joins(text[end]):
                end += 1
            piece = unicodedata.normalize("NFC", text[at:end])
            piece = re.sub(r"[\ud800-\udfff]", "\ufffd", piece)
        pieces.append(piece)
        origin += range(at, end) if len(piece) == end - at else [at] * len(piece)
        at = end
    return "".join(pieces), [*origin, len(text)]


def _joins(char: str) -> bool:
    """Whether NFC may join a character to the one before: marks, and the vowels and finals of Hangul."""
    if char.isascii():
        return False
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
