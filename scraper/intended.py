"""The likeliest intended word behind a mistyped one, for "did you mean"."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

LONGEST = 64
REMEMBERED = 64
"""Answers about so few candidates are remembered: the same mistake is often made a thousand times."""


class Intended:
    """Answers "did you mean" while its budget lasts, so that a file full of mistakes takes seconds, not hours.

    The budget counts candidate words compared. Once it is spent the answer is always "".
    """

    def __init__(self, budget: int = 200_000) -> None:
        self._left = budget
        self._known: dict[tuple[str, ...], str] = {}

    def word(self, written: str, candidates: Collection[str]) -> str:
        """The candidate that `written` most likely stands for, or ""."""
        question = (written, *candidates) if len(candidates) <= REMEMBERED else ()
        if question in self._known:
            return self._known[question]
        if len(written) > LONGEST or self._left < len(candidates):
            return ""
        self._left -= len(candidates)
        folded = {candidate.casefold(): candidate for candidate in candidates}
        close = get_close_matches(written.casefold(), folded, n=1)
        word = folded[close[0]] if close else ""
        if question:
            self._known[question] = word
        return word

    def hint(self, written: str, candidates: Collection[str]) -> str:
        """`did you mean "..."?`, or ""."""
        word = self.word(written, candidates)
        return f'did you mean "{word}"?' if word else ""
