"""Text from outside, made safe at the door, and the folding machine that makes spellings comparable.

`clean` is what every parser calls on every string it lets in. `fold` is what comparing starts with: one pass over a text,
in numpy because a loop over letters with their places does 0.3 MB/s in Python and this does a hundred times that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from scraper.letters import COMPOSED, NAME_SPELLING, RULE_SPELLING, Class, fold_letter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Letters = npt.NDArray[np.uint32]
    Classes = npt.NDArray[np.uint8]
    Places = npt.NDArray[np.intp]

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str, limit: int = 1_000_000) -> str:
    """`text` as it may enter the house: line ends are newlines, control characters and lone surrogates are gone.

    At most `limit` code points are kept. Bidi controls, zero-width characters and look-alikes stay: they are evidence,
    and the folding machine and the message know how to treat them. White space at both ends is dropped.
    """
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text[:limit]).replace("\t", " ")).strip()


def clean_line(text: str, limit: int = 4_000) -> str:
    """`clean`, with every run of white space made one space: for titles, names and addresses shown to people."""
    return " ".join(clean(text, limit * 4).split())[:limit]


Link = Literal["hyphen", "zero width"]


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as its words: `text` is the words with one space between them, and every word knows where it came from.

    Letters are in the form that rules and names share (`scraper/letters.py`); inside a word stand an apostrophe or a
    zero-width non-joiner where the original has them between two letters, because readings are cut there. `links` are
    the gaps that a reader hardly sees, as (word before the gap, what parts it there). `wholes` are camel-case hashtags,
    as (first word, word behind the last): one word as well as several.
    """

    original: str = field(repr=False)
    text: str
    words: tuple[str, ...] = field(repr=False)
    links: tuple[tuple[int, Link], ...]
    wholes: tuple[tuple[int, int], ...]
    _origin: Places = field(repr=False, compare=False)
    _gaps: Places = field(repr=False, compare=False)

    def span(self, first: int, behind: int) -> tuple[int, int]:
        """Where the words `[first, behind)` stand in the original: code points `[start, end)`, trailing marks included."""
        start = int(self._origin[self._gaps[first - 1] + 1 if first else 0])
        last = self._gaps[behind - 1] - 1 if behind <= len(self._gaps) else len(self._origin) - 1
        end = int(self._origin[last]) + 1
        classes = _tables().classes
        while end < len(self.original) and classes[ord(self.original[end])] in (Class.MARK, Class.COMPOSING):
            end += 1
        return start, end

    def starts(self) -> list[int]:
        """Where each word begins in the original: code points."""
        if not self.words:
            return []
        starts: list[int] = self._origin[[0, *(self._gaps + 1)]].tolist()
        return starts

    def origin(self, position: int) -> int:
        """The code point of the original that the code point of `text` at `position` came from."""
        return int(self._origin[position])


def fold(text: str) -> Folded:
    """`text` as words that can be compared. Any string is taken, lone surrogates too; folding twice is folding once."""
    import numpy as np

    tables = _tables()
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = tables.classes[points]
    letters = tables.letters[points]
    origin: Places | None = None
    rarest = int(classes.max(initial=0))
    if rarest >= Class.IDEOGRAPH:
        letters, classes, origin = _take_apart(points, letters, classes)
    if rarest >= Class.APOSTROPHE:
        letters, classes, origin = _settle_inner_signs(letters, classes, origin)
    wholes: tuple[Places, Places] | None = None
    if "#" in text or "＃" in text:
        letters, classes, origin, wholes = _part_hashtags(letters, classes, origin)

    # One gap for every run of what separates, none at the ends.
    solid = letters != 0
    keep = solid.copy()
    keep[1:] |= solid[:-1]
    kept = np.flatnonzero(keep)
    if len(kept) and not solid[kept[-1]]:
        kept = kept[:-1]
    gaps = np.flatnonzero(letters[kept] == 0)
    joined = letters[kept].tobytes().decode("utf-32-le", "surrogatepass").replace("\0", " ")
    gap_places = kept[gaps]
    return Folded(
        original=text,
        text=joined,
        words=tuple(joined.split(" ")) if joined else (),
        links=_links(classes, gap_places, kept[gaps + 1]),
        wholes=()
        if wholes is None
        else tuple(
            (int(first), int(last) + 1)
            for first, last in zip(*(np.searchsorted(gap_places, place) for place in wholes), strict=True)
        ),
        _origin=kept if origin is None else origin[kept],
        _gaps=gaps,
    )


def spell_rule(word: str) -> str:
    """A folded word as rules read it: `başkan` is `baskan`, and what stood inside it (apostrophe, non-joiner) is gone."""
    return word if word.isascii() and "'" not in word else word.translate(RULE_SPELLING)


def spell_name(word: str) -> str:
    """A folded word as names read it: `haşim` is `hashim`, hamza is gone, and so is what stood inside the word."""
    return word if word.isascii() and "'" not in word else word.translate(NAME_SPELLING)


class _Tables(NamedTuple):
    """`classes` and `letters` by code point. A wide code point's letter is its number in `wide_from` and `wide_size`,
    which say what part of `wide` it becomes."""

    classes: Classes
    letters: Letters
    wide: Letters
    wide_from: Places
    wide_size: Places


@cache
def _tables() -> _Tables:
    """The tables of `scraper/letters.py` for every code point: 0.1 s, once in a process."""
    import numpy as np

    classes = np.zeros(0x110000, np.uint8)
    letters = np.zeros(0x110000, np.uint32)
    wide: list[str] = []
    for block in (range(0x3400), range(0xA000, 0xAC00), range(0xD7A4, 0xD800), range(0xF900, 0x1F200)):
        for point in block:
            kind, becomes = fold_letter(point)
            classes[point] = kind
            if kind == Class.WIDE:
                letters[point] = len(wide)
                wide.append(becomes)
            elif becomes:
                letters[point] = ord(becomes)
    for first, behind in (
        (0x3400, 0xA000),
        (0x20000, 0x323B0),
    ):  # Han: letters by the ten thousand, none of them folded
        letters[first:behind] = np.arange(first, behind)
        classes[first:behind] = np.where(_is_letter(first, behind), Class.IDEOGRAPH, Class.SEPARATOR)
        letters[first:behind][classes[first:behind] == Class.SEPARATOR] = 0
    for point in (0xE0001, *range(0xE0020, 0xE0080), *range(0xE0100, 0xE01F0)):
        classes[point] = fold_letter(point)[0]

    # Hangul syllables decompose by arithmetic (Unicode 15, section 3.12).
    syllable = np.arange(11_172)
    classes[0xAC00:0xD7A4] = Class.WIDE
    letters[0xAC00:0xD7A4] = len(wide) + syllable
    parts = np.stack((0x1100 + syllable // 588, 0x1161 + syllable % 588 // 28, 0x11A7 + syllable % 28), 1)
    sizes = np.array([len(becomes) for becomes in wide], np.intp)
    flat = np.frombuffer("".join(wide).encode("utf-32-le"), np.uint32)
    return _Tables(
        classes,
        letters,
        np.concatenate((flat, parts.ravel().astype(np.uint32))),
        np.concatenate((np.cumsum(sizes) - sizes, len(flat) + 3 * syllable)),
        np.concatenate((sizes, np.where(syllable % 28 == 0, 2, 3))),
    )


def _is_letter(first: int, behind: int) -> npt.NDArray[np.bool_]:
    """Which code points of the range are assigned letters."""
    import numpy as np

    return np.array([chr(point).isalpha() for point in range(first, behind)])


def _take_apart(points: Letters, letters: Letters, classes: Classes) -> tuple[Letters, Classes, Places]:
    """Marks and hidden characters go, ligatures become their letters, ideographs stand alone; with the place of each letter."""
    import numpy as np

    tables = _tables()
    composing = np.flatnonzero(classes[1:] == Class.COMPOSING) + 1
    if len(composing):
        seen = np.concatenate(([0], np.flatnonzero(classes < Class.MARK)))
        bases = seen[np.searchsorted(seen, composing) - 1]
        before, marks = letters[bases], points[composing]
        for (base, mark), made in COMPOSED.items():
            letters[bases[(before == base) & (marks == mark)]] = made
    sizes = np.where(classes >= Class.MARK, 0, 1)
    alone = np.flatnonzero(classes == Class.IDEOGRAPH)
    wide = np.flatnonzero(classes == Class.WIDE)
    sizes[alone] = 3
    sizes[wide] = tables.wide_size[letters[wide]]
    origin = np.repeat(np.arange(len(points)), sizes)
    begins = np.cumsum(sizes) - sizes
    numbers, first, size = letters[wide], begins[wide], sizes[wide]
    letters, classes = letters[origin], classes[origin]
    if len(alone):
        middle = begins[alone] + 1
        letters[middle - 1] = letters[middle + 1] = 0
        classes[middle - 1] = classes[middle + 1] = Class.SEPARATOR
        classes[middle] = Class.LETTER
    if len(wide):
        step = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        target = np.repeat(first, size) + step
        letters[target] = tables.wide[np.repeat(tables.wide_from[numbers], size) + step]
        classes[target] = Class.LETTER
    return letters, classes, origin


def _settle_inner_signs(
    letters: Letters, classes: Classes, origin: Places | None
) -> tuple[Letters, Classes, Places | None]:
    """Apostrophes and non-joiners stay between two letters and separate elsewhere; a second non-joiner says nothing."""
    import numpy as np

    signs = np.flatnonzero(classes == Class.NON_JOINER)
    if len(signs):
        around = _framed(classes)
        left, right = around[signs], around[signs + 2]
        idle = (left == Class.NON_JOINER) | (left == Class.APOSTROPHE) | (right == Class.APOSTROPHE)
        if idle.any():
            keep = np.ones(len(letters), bool)
            keep[signs[idle]] = False
            origin = np.flatnonzero(keep) if origin is None else origin[keep]
            letters, classes = letters[keep], classes[keep]
    signs = np.flatnonzero((classes == Class.APOSTROPHE) | (classes == Class.NON_JOINER))
    around = _framed(classes)
    lone = signs[~(_is_alphabetic(around[signs]) & _is_alphabetic(around[signs + 2]))]
    letters[lone] = 0
    classes[lone] = Class.SEPARATOR
    return letters, classes, origin


def _framed(classes: Classes) -> Classes:
    """With a separator before and behind, so that each place has two neighbours."""
    import numpy as np

    framed = np.zeros(len(classes) + 2, np.uint8)
    framed[1:-1] = classes
    return framed


def _is_alphabetic(classes: Classes) -> npt.NDArray[np.bool_]:
    alphabetic: npt.NDArray[np.bool_] = (classes == Class.LETTER) | (classes == Class.CAPITAL)
    return alphabetic


def _part_hashtags(
    letters: Letters, classes: Classes, origin: Places | None
) -> tuple[Letters, Classes, Places | None, tuple[Places, Places] | None]:
    """A gap before each capital behind a non-capital inside a hashtag; and from where to where such tags reach."""
    import numpy as np

    before = classes[:-1]
    bounds = np.flatnonzero((classes[1:] == Class.CAPITAL) & ((before == Class.LETTER) | (before == Class.DIGIT))) + 1
    outside = np.flatnonzero((classes < Class.DIGIT) & (classes != Class.UNDERSCORE))
    opened = np.searchsorted(outside, bounds) - 1
    bounds = bounds[(opened >= 0) & (classes[outside[opened]] == Class.HASH)] if len(outside) else bounds[:0]
    if not len(bounds):
        return letters, classes, origin, None
    gaps = np.concatenate(([-1], np.flatnonzero(classes < Class.DIGIT), [len(classes)]))
    firsts, lasts = gaps[np.searchsorted(gaps, bounds) - 1] + 1, gaps[np.searchsorted(gaps, bounds)] - 1
    wholes = tuple(np.unique(ends) + np.searchsorted(bounds, np.unique(ends), "right") for ends in (firsts, lasts))
    places = np.arange(len(letters)) if origin is None else origin
    return (
        np.insert(letters, bounds, 0),
        np.insert(classes, bounds, Class.SEPARATOR),
        np.insert(places, bounds, places[bounds]),
        (wholes[0], wholes[1]),
    )


def _links(classes: Classes, begins: Places, ends: Places) -> tuple[tuple[int, Link], ...]:
    """The gaps that are one hyphen, or nothing but zero-width spaces. `begins` and `ends` are where each gap does."""
    import numpy as np

    kinds = classes[begins]
    hyphens = np.flatnonzero((kinds == Class.HYPHEN) & (ends == begins + 1))
    unseen = [
        gap
        for gap in np.flatnonzero(kinds == Class.ZERO_WIDTH_SPACE).tolist()
        if (classes[begins[gap] : ends[gap]] == Class.ZERO_WIDTH_SPACE).all()
    ]
    return tuple(sorted([(gap, "hyphen") for gap in hyphens.tolist()] + [(gap, "zero width") for gap in unseen]))
