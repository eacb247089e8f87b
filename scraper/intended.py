"""The likeliest intended word behind a mistyped one, for "did you mean"."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

LONGEST = 64


class Intended:
    """Answers "did you mean" while its budget lasts, so that a file full of mistakes takes seconds, not hours.

    The budget counts candidate words compared. Once it is spent the answer is always "".
    """

    def __init__(self, budget: int = 200_000) -> None:
        self._left = budget

    def word(self, written: str, candidates: Collection[str]) -> str:
        """The candidate that `written` most likely stands for, or ""."""
        if len(written) > LONGEST or self._left < len(candidates):
            return ""
        self._left -= len(candidates)
        folded = {candidate.casefold(): candidate for candidate in candidates}
        close = get_close_matches(written.casefold(), folded, n=1)
        return folded[close[0]] if close else ""

    def hint(self, written: str, candidates: Collection[str]) -> str:
        """`did you mean "..."?`, or ""."""
        word = self.word(written, candidates)
        return f'did you mean "{word}"?' if word else ""
