"""What changed between two texts, word by word: pure, and safe to draw where a text runs from right to left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["same", "removed", "added"]

MOST_PAIRS = 4_000_000
"""Above so many pairs of words, lines are compared; above so many pairs of lines, all of it counts as changed."""

MOST_EQUAL = 30_000
"""Above so many pairs of equal words the quick way is taken. The other finds the longest stretches first, which reads better, but
takes as many steps for each: 900 times the same word between words that all changed took it half a minute.
"""

CONTEXT = 12
"""Words that are kept on each side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that stayed, went or came. White space is as in its text."""

    op: Op
    text: str


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The way from `before` to `after`, in order. What is the same or added gives `after` again; white space is no change."""
    old, new = _words(before), _words(after)
    head = 0
    while head < min(len(old), len(new)) and old[head].strip() == new[head].strip():
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-tail - 1].strip() == new[-tail - 1].strip():
        tail += 1
    middle = _compare(old[head : len(old) - tail], new[head : len(new) - tail])
    end = "".join(new[len(new) - tail :]) if tail else ""
    return tuple(_joined([Piece("same", "".join(new[:head])), *middle, Piece("same", end)]))


def shortened(pieces: Sequence[Piece], context: int = CONTEXT) -> tuple[Piece, ...]:
    """The same with long unchanged stretches cut to `context` words beside each change, and "…" where some were."""
    kept = []
    for number, piece in enumerate(pieces):
        words = _words(piece.text)
        if piece.op == "same":
            before = words[:context] if number else []
            behind = words[len(words) - context :] if number < len(pieces) - 1 else []
            if len(before) + len(behind) < len(words):
                kept.append(Piece("same", "".join(before) + ("… " if before or behind else "") + "".join(behind)))
                continue
        kept.append(piece)
    return tuple(kept)


def _compare(old: list[str], new: list[str]) -> Iterator[Piece]:
    if len(old) * len(new) > MOST_PAIRS:
        old, new = ["".join(part) for part in _lines(old)], ["".join(part) for part in _lines(new)]
        if len(old) * len(new) > MOST_PAIRS:
            old, new = ["".join(old)], ["".join(new)]
    old_at = new_at = 0
    for old_from, new_from, length in _stretches([word.strip() for word in old], [word.strip() for word in new]):
        yield Piece("removed", "".join(old[old_at:old_from]))
        yield Piece("added", "".join(new[new_at:new_from]))
        old_at, new_at = old_from + length, new_from + length
        yield Piece("same", "".join(new[new_from:new_at]))


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int]]:
    """What is the same in both: where it begins in each, and how long it is. The last one has no length and ends both."""
    times = Counter(new)
    if sum(times[word] for word in old) <= MOST_EQUAL:
        yield from SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        return
    from rapidfuzz.distance import LCSseq  # 20 ms, for few

    for block in LCSseq.editops(old, new).as_matching_blocks():
        yield block.a, block.b, block.size


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Without empty pieces; neighbours of one kind are one."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.op == piece.op:
            last = Piece(last.op, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _words(text: str) -> list[str]:
    """Words, each with the white space behind it (the first one with what stands before it, too)."""
    return re.findall(r"\A\s*\S+\s*|\S+\s*|\A\s+\Z", text)


def _lines(words: list[str]) -> Iterator[list[str]]:
    line: list[str] = []
    for word in words:
        line.append(word)
        if "\n" in word:
            yield line
            line = []
    if line:
        yield line
