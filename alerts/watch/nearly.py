"""What in a text nearly is a watched name, and the letter, part or guard that it lacks: for people who ask why nothing rang.

    refused by a guard -> its reason
    one part of a name, and beside it a word that nearly is another -> the letter that differs
    a surname alone -> neither the full name nor a title is there

Asked only where somebody asks: the work is bounded by `MOST_WORDS` words, and so many of their neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from alerts.watch.laying import fit
from alerts.watch.likeness import heard_as
from alerts.watch.parts import Refused, Slot, Spelling
from alerts.watch.skeleton import Sound, vowels_apart, weight
from scraper.text import Folded

T = TypeVar("T")
MOST_WORDS = 5_000
"""Of one field."""
MOST_TOLD = 20
_MOST_OF_A_WORD = 50
"""Watched names that are looked at for one word."""
_MOST_LOOKS = 5_000
"""Parts of names whose neighbours are looked at in one field."""
_REACH = 3
"""Words on either side among which the other parts are looked for."""
_LEAST = 2
"""Consonants of a part by which a name is looked up."""
_ALONE = "a surname alone: neither the full name nor a title before it is in this text"


class NearMisses(Generic[T]):
    """The parts of all watched names by their sound: made at the first question."""

    def __init__(self, spellings: Iterable[Spelling[T]]) -> None:
        self._parts: dict[str, list[tuple[Spelling[T], Slot]]] = {}
        for spelling in spellings:
            for slot in spelling.singles:
                if not spelling.common[slot.first] and spelling.weights[slot.first] >= _LEAST:
                    for key in {sound.key for sound in slot.sounds}:
                        self._parts.setdefault(key, []).append((spelling, slot))

    def find(self, folded: Folded, refused: Sequence[Refused[T]]) -> list[Refused[T]]:
        """The near misses of a text, one for each name and place, the nearest first where there are too many.

        `refused` is what was laid in it and was not taken for the name (`spellings.py`).
        """
        ranked = [(0, one) for one in refused if one.reason != "only one part of the name"]
        words = folded.words[:MOST_WORDS]
        looked = 0
        for at, word in enumerate(words):
            known = self._known(word)
            looked += len(known)
            if looked > _MOST_LOOKS:
                break
            ranked += [(1 + (one.reason == _ALONE), one) for one in self._beside(words, at, known)]
        told: dict[tuple[T, int], tuple[int, Refused[T]]] = {}
        for rank, one in sorted(ranked, key=lambda pair: (pair[0], pair[1].first, -pair[1].behind)):
            if not any(
                known.found == one.found and known.first < one.behind and one.first < known.behind
                for _, known in told.values()
            ):
                told.setdefault((one.found, one.first), (rank, one))
            if len(told) >= MOST_TOLD:
                break
        return [one for _, one in told.values()]

    def _known(self, word: str) -> list[tuple[Spelling[T], Slot]]:
        """The parts of names that a word is."""
        keys = {sound.key for heard in heard_as(word) for sound in heard.sounds}
        known = [pair for key in sorted(keys) for pair in self._parts.get(key, ())][:_MOST_OF_A_WORD]
        return [
            (spelling, slot)
            for spelling, slot in known
            if (one := fit(word, slot, True, True)) is not None and one[0].tier != "C"
        ]

    def _beside(self, words: Sequence[str], at: int, known: Sequence[tuple[Spelling[T], Slot]]) -> Iterator[Refused[T]]:
        """What a word lacks that is a part of names."""
        for spelling, slot in known:
            nearest = self._nearest(words, at, spelling, slot)
            if nearest is not None:
                other, why = nearest
                yield Refused(min(at, other), max(at, other) + 1, spelling.found, why, ())
            elif spelling.person and slot.behind == len(spelling.stems) and spelling.weights[slot.first] > _LEAST:
                yield Refused(at, at + 1, spelling.found, _ALONE, ())

    def _nearest(self, words: Sequence[str], at: int, spelling: Spelling[T], slot: Slot) -> tuple[int, str] | None:
        """The word near by that differs from another part in one letter, and how."""
        for distance in range(1, _REACH + 1):
            for other in (at - distance, at + distance):
                if 0 <= other < len(words):
                    for part in spelling.singles:
                        if (
                            part is not slot
                            and (part.first < slot.first) == (other < at)
                            and (why := differs(words[other], part))
                        ):
                            return other, why
        return None


@lru_cache(maxsize=16_384)
def differs(word: str, part: Slot) -> str:
    """In what single respect a folded word differs from a part of a name; "" where it is equal, or differs in more."""
    reasons = [_apart(mine, theirs) for heard in heard_as(word) for mine in heard.sounds for theirs in part.sounds]
    if not reasons or "" in reasons:
        return ""
    reason = next((one for one in reasons if one is not None), None)
    return "" if reason is None else f"“{word}” is not “{part.stem}”: {reason}"


def _apart(mine: Sound, theirs: Sound) -> str | None:
    """One difference of two sounds in words, "" for none that counts, None for more than one."""
    one, other = mine.key, theirs.key
    if one == other:
        return "" if vowels_apart(mine, theirs) <= 0.5 else "other vowels"
    if min(weight(mine), weight(theirs)) < _LEAST or abs(len(one) - len(other)) > 1:
        return None
    same = next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )
    if len(one) == len(other):
        return f"{one[same]} for {other[same]}" if one[same + 1 :] == other[same + 1 :] else None
    if len(one) > len(other):
        return f"{one[same]} too many" if one[same + 1 :] == other[same:] else None
    return f"{other[same]} is missing" if other[same + 1 :] == one[same:] else None
