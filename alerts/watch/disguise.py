"""Names whose letters were pulled apart or written with signs, so that no search finds them: read as one word again. Pure.

    Q a i s  K h a z a l i    Q.a.i.s    N@srallah    -> the words it stands for, and what was done

Unseen characters and look-alike letters are undone in folding (`scraper/letters.py`) and reading (`tokens.py`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from alerts.watch.automaton import Joins
from alerts.watch.tokens import DIGITS, undigited
from scraper.text import Folded

APART = "letters apart"
HIDDEN = "hidden characters"
_FEWEST = 4
"""Letters one by one that make a word of a name."""
_LONGEST = 40
_WIDEST_GAP = 3
_SIGN = re.compile(r"(?<=\w)[@$€!|]{1,3}(?=\w)")
_SIGNS_ALONE = re.compile(r"[@$€!|]+")
_SIGNS: Mapping[str, str] = {"@": "a", "$": "s", "€": "e", "!": "i", "|": "l"}


def name_joins(folded: Folded, wholes: Joins, letters: Sequence[int]) -> Joins:
    """For words that may be parts of one: what they and their followers are when read as one word, beside `wholes`.
    `letters` are the words of one letter."""
    more: list[tuple[int, int, str, str]] = []
    if folded.links:
        more += _across_links(folded)
    if len(letters) >= _FEWEST:
        more += _letters_apart(folded, letters)
    if _has_sign(folded.original):
        more += _signs(folded)
    if not more:
        return wholes
    joins = {first: list(wider) for first, wider in wholes.items()}
    for first, behind, word, step in more:
        joins.setdefault(first, []).append((behind, word, step))
    return joins


def _across_links(folded: Folded) -> Iterator[tuple[int, int, str, str]]:
    """Words that a hyphen or an unseen space parts: "Kh-azali" and "Kh\\u200bazali"."""
    run = behind = -1
    for at, kind in folded.links:
        if kind == "hyphen":
            yield at, at + 2, "".join(folded.words[at : at + 2]), "joined"
            continue
        if at + 1 != behind or at - run > _LONGEST:
            run = at
        behind = at + 2
        yield run, behind, "".join(folded.words[run:behind]), HIDDEN


def _letters_apart(folded: Folded, letters: Sequence[int]) -> Iterator[tuple[int, int, str, str]]:
    """Rows of single letters: each row whole, and each of its parts between wider gaps ("Q a i s  K h a z a l i")."""
    row: list[int] = []
    for at in letters:
        if row and at == row[-1] + 1 and len(row) < _LONGEST and 0 < len(_gap(folded, at)) <= _WIDEST_GAP:
            row.append(at)
            continue
        if len(row) >= _FEWEST:
            yield from _parts_of(folded, row)
        row = [at]
    if len(row) >= _FEWEST:
        yield from _parts_of(folded, row)


def _parts_of(folded: Folded, row: Sequence[int]) -> Iterator[tuple[int, int, str, str]]:
    words = folded.words
    yield row[0], row[-1] + 1, "".join(words[at] for at in row), APART
    narrow = min((_gap(folded, at) for at in row[1:]), key=lambda gap: (len(gap), gap))
    starts = [row[0], *(at for at in row[1:] if _gap(folded, at) != narrow), row[-1] + 1]
    for first, behind in pairwise(starts):
        if len(starts) > 2 and behind - first > 1:
            yield first, behind, "".join(words[first:behind]), APART


def _gap(folded: Folded, at: int) -> str:
    """What stands before a word, behind the word before it."""
    gap = folded.original[folded.span(at - 1, at)[1] : folded.starts()[at]]
    return gap if "\n" not in gap else "\n" * 9


def _has_sign(text: str) -> bool:
    return "@" in text or "$" in text or "€" in text or "|" in text or "!" in text


def _signs(folded: Folded) -> Iterator[tuple[int, int, str, str]]:
    """Words with a sign inside that looks like a letter: "N@srallah"."""
    if _SIGN.search(folded.original) is None:
        return
    words = folded.words
    behind = 0
    for begin in _behind_signs(folded):
        if begin < behind:
            continue
        at, first, word = begin, begin - 1, words[begin - 1]
        while at < len(words) and (letters := _as_letters(_gap(folded, at))) and at - first < _FEWEST:
            word += letters + words[at]
            at += 1
        if at - first > 1 and len(word) >= _FEWEST:
            yield first, at, undigited(word), DIGITS
        behind = at + 1


def _behind_signs(folded: Folded) -> Iterator[int]:
    """The words before which nothing but signs stands, in order."""
    starts = folded.starts()
    for found in _SIGNS_ALONE.finditer(folded.original):
        at = bisect_left(starts, found.end())
        if 0 < at < len(starts) and starts[at] == found.end() and folded.span(at - 1, at)[1] == found.start():
            yield at


def _as_letters(gap: str) -> str:
    return (
        "".join(_SIGNS[sign] for sign in gap) if len(gap) <= _WIDEST_GAP and all(map(_SIGNS.__contains__, gap)) else ""
    )


def is_disguise(surface: str) -> bool:
    """Whether look-alikes stand beside Latin letters: words all in Cyrillic or Greek disguise nothing."""
    foreign = any("\u0370" <= letter <= "\u058f" for letter in surface)
    return not foreign or any(letter.isalpha() and letter < "\u0250" for letter in surface)
