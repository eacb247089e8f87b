"""What is known about the words of texts: one number for each, looked up once for a whole text.

Texts repeat their words, so that for all words met before one look into a dictionary is the whole cost of reading them;
what the numbers say of a text is then asked of all its words at once, in numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from alerts.watch.collecting import Method

Numbers = npt.NDArray[np.int64]
_REMEMBERED = 100_000
"""Words in each of two generations: some 20 MB together. Hostile texts bring only new words, and cost time, not memory."""


class Lexicon(dict[str, int]):
    """Numbers of words, worked out by the method `describe` at first sight. When so many are known, those are forgotten that no text
    has held since as many were known before."""

    def __init__(self, describe: Callable[[str], int]) -> None:
        super().__init__()
        self._describe = Method(describe)
        self._before: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self._before = dict(self)
            self.clear()
        known = self._before.get(word)
        if known is None:
            known = self._describe(word)
        self[word] = known
        return known

    def numbers(self, words: Sequence[str]) -> Numbers:
        """The numbers of words, in their order."""
        return np.fromiter(map(self.__getitem__, words), np.int64, len(words))
