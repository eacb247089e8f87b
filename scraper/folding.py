"""The folding machine for long texts: letters, their classes and their places as columns, worked on whole, in numpy.

    code points -> class and folded letter of each -> marks gone, ligatures apart -> inner signs settled -> hashtags parted

A loop over letters with their places does 0.3 MB/s in Python; this does a hundred times that. The places of words and
the links between them are worked out when they are asked for, which most texts never are.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scraper.letters import COMPOSED, Class, fold_letter

Letters = npt.NDArray[np.unsignedinteger[Any]]
Classes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]
_GAP = 0x20


class Columns:
    """A folded text: a letter, or a space where a gap is, for each place; `origin` is the code point that each came from,
    None where that is the place itself."""

    __slots__ = ("_classes", "_letters", "_origin", "_parts", "wholes")

    def __init__(self, text: str) -> None:
        if text.isascii():
            points, classes, letters = _ascii_columns(text)
        else:
            raw = text.encode("utf-16-le", "surrogatepass")
            points, classes, letters = _short_columns(raw) if len(raw) == 2 * len(text) else _wide_columns(text)
        rare = set(classes[classes >= Class.APOSTROPHE].tolist())
        if _FAR in rare:
            points, classes, letters = _wide_columns(text)
            rare = set(classes[classes >= Class.APOSTROPHE].tolist())
        origin: Places | None = None
        if rare & {Class.IDEOGRAPH, Class.WIDE, Class.COMPOSING}:
            letters, classes, origin = _take_apart(points, letters, classes)
        elif not rare.isdisjoint((Class.MARK, Class.HIDDEN)):
            origin = np.flatnonzero(classes < Class.MARK)
            letters, classes = letters[origin], classes[origin]
        if not rare.isdisjoint((Class.APOSTROPHE, Class.NON_JOINER)):
            letters, classes, origin = _settle_inner_signs(letters, classes, origin, joined=Class.NON_JOINER in rare)
        wholes: tuple[Places, Places] | None = None
        if "#" in text or "＃" in text:
            letters, classes, origin, wholes = _part_hashtags(letters, classes, origin)
        self._letters, self._classes, self._origin = letters, classes, origin
        self._parts: tuple[Places, Places] | None = None
        self.wholes: tuple[tuple[int, int], ...] = ()
        if wholes is not None:
            gaps = self._words()[1][:-1]
            bounds = (np.searchsorted(gaps, place).tolist() for place in wholes)
            self.wholes = tuple((first, last + 1) for first, last in zip(*bounds, strict=True))

    def words(self) -> tuple[str, ...]:
        """The words in their order."""
        return tuple(self._letters.tobytes().decode(_CODEC[self._letters.itemsize]).split())

    def letters(self) -> Letters:
        """The letters, and spaces in the gaps."""
        return self._letters

    def places(self) -> tuple[list[int], list[int]]:
        """Where each word begins in the original, and the place behind its last letter; marks behind it not counted."""
        starts, ends = self._words()
        if self._origin is None:
            return starts.tolist(), ends.tolist()
        return self._origin[starts].tolist(), (self._origin[ends - 1] + 1).tolist()

    def links(self) -> tuple[list[int], list[int]]:
        """The words before a gap that is one hyphen, and before one that is nothing but zero-width spaces."""
        classes = self._classes
        some = classes[(classes == Class.HYPHEN) | (classes == Class.ZERO_WIDTH_SPACE)]
        if not len(some):
            return [], []
        starts, ends = self._words()
        begins, ends = ends[:-1], starts[1:]
        kinds = classes[begins]
        hyphens = np.flatnonzero((kinds == Class.HYPHEN) & (ends == begins + 1)).tolist()
        unseen = [
            gap
            for gap in np.flatnonzero(kinds == Class.ZERO_WIDTH_SPACE).tolist()
            if (classes[begins[gap] : ends[gap]] == Class.ZERO_WIDTH_SPACE).all()
        ]
        return hyphens, unseen

    def _words(self) -> tuple[Places, Places]:
        """The columns in which words begin, and those behind their last letters."""
        if self._parts is None:
            self._parts = _solid(self._letters)
        return self._parts


def solid(letters: bytes) -> tuple[Places, Places]:
    """Where words begin in a folded text of ASCII, and the places behind their last letters."""
    return _solid(np.frombuffer(letters, np.uint8))


def _solid(letters: Letters) -> tuple[Places, Places]:
    solid = np.empty(len(letters) + 2, np.bool_)
    solid[0] = solid[-1] = False
    np.not_equal(letters, _GAP, out=solid[1:-1])
    bounds = (solid[1:] != solid[:-1]).nonzero()[0]
    return bounds[::2], bounds[1::2]


_FAR = Class.HIDDEN + 1
"""In the short table: a code point whose letter has no room there (an ideograph folded into a higher plane)."""
_CODEC = {1: "ascii", 2: "utf-16-le", 4: "utf-32-le"}


class _Tables(NamedTuple):
    """`classes` and `letters` by code point, and `low`, both of them for the first 65,536: the class above sixteen bits of
    letter. A wide code point's letter is its number in `wide_from` and `wide_size`, which say what part of `wide` it becomes.
    """

    classes: Classes
    letters: Letters
    low: Letters
    wide: Letters
    wide_from: Places
    wide_size: Places


def _ascii_columns(text: str) -> tuple[Letters, Classes, Letters]:
    """The code points of a text of ASCII, their classes and their letters, in eight bits."""
    raw = text.encode("ascii")
    letters, classes = _ascii_tables()
    return (
        np.frombuffer(raw, np.uint8),
        np.frombuffer(raw.translate(classes), np.uint8),
        np.frombuffer(bytearray(raw.translate(letters)), np.uint8),
    )


@cache
def _ascii_tables() -> tuple[bytes, bytes]:
    """What `bytes.translate` makes letters with, and classes."""
    read = [fold_letter(point) for point in range(128)] + [(Class.SEPARATOR, "")] * 128
    letters = bytes(ord(becomes or " ") for _, becomes in read)
    return letters, bytes(kind for kind, _ in read)


def _short_columns(raw: bytes) -> tuple[Letters, Classes, Letters]:
    """The code points of a text in UTF-16, their classes and their letters: all in sixteen bits."""
    points = np.frombuffer(raw, np.uint16)
    both = _tables().low.take(points)
    return points, (both >> 16).astype(np.uint8), both.astype(np.uint16)


def _wide_columns(text: str) -> tuple[Letters, Classes, Letters]:
    """The same of any text, in thirty-two bits."""
    tables = _tables()
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return points, tables.classes.take(points), tables.letters.take(points)


@cache
def _tables() -> _Tables:
    """The tables of `scraper/letters.py` for every code point: 0.1 s, once in a process."""
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
    for point in (0xE0001, *range(0xE0020, 0xE0080), *range(0xE0100, 0xE01F0)):
        classes[point] = fold_letter(point)[0]

    # Hangul syllables decompose by arithmetic (Unicode 15, section 3.12).
    syllable = np.arange(11_172)
    classes[0xAC00:0xD7A4] = Class.WIDE
    letters[0xAC00:0xD7A4] = len(wide) + syllable
    parts = np.stack((0x1100 + syllable // 588, 0x1161 + syllable % 588 // 28, 0x11A7 + syllable % 28), 1).astype(
        np.uint32
    )
    sizes = np.array([len(becomes) for becomes in wide], np.intp)
    flat: Letters = np.frombuffer("".join(wide).encode("utf-32-le"), np.uint32)
    letters[classes < Class.DIGIT] = _GAP
    low: Letters = letters[:0x10000] | (classes[:0x10000].astype(np.uint32) << np.uint32(16))
    low[letters[:0x10000] >= 0x10000] = _FAR << 16
    return _Tables(
        classes,
        letters,
        low,
        np.concatenate((flat, parts.ravel())),
        np.concatenate((np.cumsum(sizes) - sizes, len(flat) + 3 * syllable)),
        np.concatenate((sizes, np.where(syllable % 28 == 0, 2, 3))),
    )


def _is_letter(first: int, behind: int) -> npt.NDArray[np.bool_]:
    """Which code points of the range are assigned letters."""
    return np.array([chr(point).isalpha() for point in range(first, behind)])


def _take_apart(points: Letters, letters: Letters, classes: Classes) -> tuple[Letters, Classes, Places]:
    """Marks and hidden characters go, ligatures become their letters, ideographs stand alone; with the place of each letter."""
    tables = _tables()
    composing = np.flatnonzero(classes[1:] == Class.COMPOSING) + 1
    if len(composing):
        seen = np.concatenate(([0], np.flatnonzero(classes < Class.MARK)))
        bases = seen[np.searchsorted(seen, composing) - 1]
        before, marks = letters[bases], points[composing]
        for (base, mark), made in COMPOSED.items():
            letters[bases[(before == base) & (marks == mark) & (classes[bases] < Class.IDEOGRAPH)]] = made
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
        letters[middle - 1] = letters[middle + 1] = _GAP
        classes[middle - 1] = classes[middle + 1] = Class.SEPARATOR
        classes[middle] = Class.LETTER
    if len(wide):
        step = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        target = np.repeat(first, size) + step
        letters[target] = tables.wide[np.repeat(tables.wide_from[numbers], size) + step]
        classes[target] = Class.LETTER
    return letters, classes, origin


def _settle_inner_signs(
    letters: Letters, classes: Classes, origin: Places | None, *, joined: bool
) -> tuple[Letters, Classes, Places | None]:
    """Apostrophes and non-joiners stay between two letters and separate elsewhere; a second non-joiner says nothing.

    `joined` says whether there is any non-joiner.
    """
    signs = np.flatnonzero(classes == Class.NON_JOINER) if joined else np.zeros(0, np.intp)
    if len(signs):
        left, right = _beside(classes, signs)
        idle = (left == Class.NON_JOINER) | (left == Class.APOSTROPHE) | (right == Class.APOSTROPHE)
        if idle.any():
            keep = np.ones(len(letters), bool)
            keep[signs[idle]] = False
            origin = np.flatnonzero(keep) if origin is None else origin[keep]
            letters, classes = letters[keep], classes[keep]
    if joined:
        signs = np.flatnonzero((classes == Class.APOSTROPHE) | (classes == Class.NON_JOINER))
    else:
        signs = np.flatnonzero(classes == Class.APOSTROPHE)
    if len(signs) <= _FEW_SIGNS:  # a loop costs less than the calls
        kinds = classes.tobytes()
        some = [
            at
            for at in signs.tolist()
            if kinds[at - 1 : at] not in _ALPHABETIC or kinds[at + 1 : at + 2] not in _ALPHABETIC
        ]
        lone = np.array(some, np.intp)
    else:
        left, right = _beside(classes, signs)
        lone = signs[~(_is_alphabetic(left) & _is_alphabetic(right))]
    if len(lone):
        letters[lone] = _GAP
        classes = classes.copy()
        classes[lone] = Class.SEPARATOR
    return letters, classes, origin


_FEW_SIGNS = 50
_ALPHABETIC = (bytes((Class.LETTER,)), bytes((Class.CAPITAL,)))


def _beside(classes: Classes, places: Places) -> tuple[Classes, Classes]:
    """What stands before and behind each place; a separator before the first and behind the last."""
    left, right = classes[places - 1], classes[(places + 1) % len(classes)]
    left[places == 0] = Class.SEPARATOR
    right[places == len(classes) - 1] = Class.SEPARATOR
    return left, right


def _is_alphabetic(classes: Classes) -> npt.NDArray[np.bool_]:
    alphabetic: npt.NDArray[np.bool_] = (classes == Class.LETTER) | (classes == Class.CAPITAL)
    return alphabetic


def _part_hashtags(
    letters: Letters, classes: Classes, origin: Places | None
) -> tuple[Letters, Classes, Places | None, tuple[Places, Places] | None]:
    """A gap before each capital behind a non-capital inside a hashtag; and from where to where such tags reach."""
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
        np.insert(letters, bounds, _GAP),
        np.insert(classes, bounds, Class.SEPARATOR),
        np.insert(places, bounds, places[bounds]),
        (wholes[0], wholes[1]),
    )
