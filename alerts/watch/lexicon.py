"""What is known about the words of texts: one number for each, looked up once for a whole text.

    letters of all fields -> where words are, and a hash of each -> a table of hashes and numbers -> the few not there: a dictionary

All words at once, in numpy: a look into a dictionary costs more than all else for a word, because each word of a text is
another string, and what it is compared with lies anywhere in memory. What the numbers say is then asked of all words at once too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from alerts.watch.collecting import Method
from scraper.text import Folded

Numbers = npt.NDArray[np.int64]
Marks: TypeAlias = Mapping[int, Sequence[int]]
"""The words of a field that have a mark, by the mark, in order."""
RANK = 3
"""The bits of a word's rank among its neighbours (`neighbours.py`)."""
TWO_PARTS, NO_TWO_PARTS, TIED, TITLE, GROUP, TELLS, NAME, RULE, LETTER = (1 << bit for bit in range(2, 11))
"""The marks of a word: it says two parts of a name; it sounds like two and can be none of them; it is tied to the word
before; it is a title; a kind of group; a verb of speech; a name begins with it; a term of a rule does; it is one letter."""
KIND = 11
"""Bits of a number below those of the word's kind, which is what parts of names it may be (`neighbours.py`)."""
_SLOTS = 18
"""Bits of a place in the table: room for 262,144 words in 4 MB; of two that fall on one place, the last stays."""
_ABOVE_SLOT = np.uint64(64 - _SLOTS)
_LONGEST = 16_384
"""Letters of the texts that are looked up in the table: in longer ones each word costs little beside reading them."""
_GAP = 0x20
_REMEMBERED = 100_000
"""Words in each of two generations: some 20 MB together. Hostile texts bring only new words, and cost time, not memory."""


class Lexicon(dict[str, int]):
    """Numbers of words, worked out by the method `describe` at first sight. When so many are known, those are forgotten that no text
    has held since as many were known before."""

    def __init__(self, describe: Callable[[str], int]) -> None:
        super().__init__()
        self._describe = Method(describe)
        self._before: dict[str, int] = {}
        self._hashes = np.zeros(1 << _SLOTS, np.uint64)
        self._numbers = np.zeros(1 << _SLOTS, np.int64)
        self._lock = Lock()

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self._before = dict(self)
            self.clear()
        known = self._before.get(word)
        if known is None:
            known = self._describe(word)
        self[word] = known
        return known

    def numbers(self, texts: Sequence[Folded]) -> Numbers:
        """The numbers of the words of all texts, in their order."""
        hashes = _hashes_of(texts)
        if hashes is None:
            return self._looked_up(_words(texts))
        places = (hashes >> _ABOVE_SLOT).view(np.int64)
        with self._lock:  # another thread may be between its two columns
            found = self._numbers.take(places)
            missed = (self._hashes.take(places) != hashes).nonzero()[0]
        if len(missed):
            words = _words(texts)
            found[missed] = self._looked_up([words[at] for at in missed.tolist()])
            with self._lock:
                self._numbers[places[missed]] = found[missed]
                self._hashes[places[missed]] = hashes[missed]
        return found

    def _looked_up(self, words: Sequence[str]) -> Numbers:
        return np.fromiter(map(self.__getitem__, words), np.int64, len(words))


def _words(texts: Sequence[Folded]) -> list[str]:
    return list(chain.from_iterable(text.words for text in texts))


def _hashes_of(texts: Sequence[Folded]) -> npt.NDArray[np.uint64] | None:
    """A hash of each word of all texts, in their order: its letters, each times a power of one number. None for long texts.

    Two words have one hash by chance alone: in one of 2**64 cases, or where both are longer than a thousand letters. The number is
    another in each process, so that nobody can write a word that is taken for another.
    """
    columns = [_column(text) for text in texts]
    size = sum(map(len, columns)) + len(columns)
    if size > _LONGEST:
        return None
    letters = np.empty(size, np.uint64)
    at = 0
    for column in columns:
        letters[at : at + len(column)] = column
        at += len(column) + 1
        letters[at - 1] = _GAP
    solid = np.empty(size + 1, np.bool_)
    solid[0] = False
    np.not_equal(letters, _GAP, out=solid[1:])
    bounds = (solid[1:] != solid[:-1]).nonzero()[0]
    starts, ends = bounds[::2], bounds[1::2]
    powers, inverse = _powers()
    sums = np.zeros(size + 1, np.uint64)
    np.add.accumulate(letters * powers[:size], out=sums[1:])
    hashes: npt.NDArray[np.uint64] = (sums.take(ends) - sums.take(starts)) * inverse.take(starts)
    return hashes


def _column(text: Folded) -> npt.NDArray[np.unsignedinteger[Any]]:
    """The letters of a text, and spaces in its gaps."""
    letters = text.letters()
    if not isinstance(letters, str):
        return letters
    if letters.isascii():
        return np.frombuffer(letters.encode("ascii"), np.uint8)
    return np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32)


@cache
def _powers() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The powers of an odd number, and what they are multiplied with to be another odd number each."""
    base, spread = secrets.randbits(64) | 1, secrets.randbits(64) | 1
    powers = np.full(_LONGEST, base, np.uint64)
    inverse = np.full(_LONGEST, pow(base, -1, 1 << 64), np.uint64)
    powers[0], inverse[0] = 1, spread
    return np.multiply.accumulate(powers), np.multiply.accumulate(inverse)


def marks_of(numbers: Numbers, asked: int, second: int) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The places of the marks that are `asked` for, of a first field and of a second that begins at word `second`; each
    counted from its own first word."""
    places = (numbers & asked).nonzero()[0]
    fields: tuple[dict[int, list[int]], dict[int, list[int]]] = {}, {}
    for place, number in zip(places.tolist(), (numbers[places] & asked).tolist(), strict=True):
        field, at = (fields[0], place) if place < second else (fields[1], place - second)
        while number:
            mark = number & -number
            field.setdefault(mark, []).append(at)
            number ^= mark
    return fields
