"""Where terms stand in a statement, and what places do together: overlap, follow each other, stand near each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from scraper.text import Folded

T = TypeVar("T")


class Place(NamedTuple):
    """The words `[first, behind)` of a field (`order` 0 is the title, 1 the body), and the steps to read them so.

    `start` and `end` are code points where they are not those of the words, else -1.
    """

    order: int
    first: int
    behind: int
    steps: tuple[str, ...] = ()
    start: int = -1
    end: int = -1


class Places:
    """The words of both fields with their places in the original; None stands for an empty field."""

    def __init__(self, texts: Sequence[Folded | None]) -> None:
        self._texts = texts
        self._starts: dict[int, Sequence[int]] = {}

    def text(self, order: int) -> str:
        """The original of a field."""
        folded = self._texts[order]
        return "" if folded is None else folded.original

    def span(self, place: Place) -> tuple[int, int]:
        """The code points `[start, end)` of a place."""
        folded = self._texts[place.order]
        if place.start >= 0 or folded is None:
            return place.start, place.end
        return folded.span(place.first, place.behind)

    def at(self, order: int, start: int, end: int, steps: tuple[str, ...] = ()) -> Place:
        """The place of code points: the words that they touch. Signs before the first word belong to it."""
        folded = self._texts[order]
        if folded is None:
            return Place(order, 0, 0, steps, start, end)
        if order not in self._starts:
            self._starts[order] = folded.starts()
        starts, spoken = self._starts[order], start
        while spoken < end - 1 and not folded.original[spoken].isalnum():
            spoken += 1
        first = max(0, bisect_right(starts, spoken) - 1)
        return Place(order, first, max(first + 1, bisect_left(starts, end)), steps, start, end)


def longest(pairs: Iterable[tuple[T, Place]]) -> list[tuple[T, Place]]:
    """Of places that overlap, the longest; of equally long ones, the one that took the fewest steps. In reading order."""
    pairs = list(pairs)
    if len(pairs) < 2:
        return pairs
    kept: list[tuple[T, Place]] = []
    for pair in sorted(pairs, key=lambda pair: (pair[1].order, pair[1].first, -pair[1].behind, len(pair[1].steps))):
        place, last = pair[1], kept[-1][1] if kept else None
        if last is None or last.order != place.order or last.behind <= place.first:
            kept.append(pair)
        elif place.behind - place.first > last.behind - last.first:
            kept[-1] = pair
    return kept


def with_slop(words: Sequence[Sequence[Place]], slop: int) -> list[Place]:
    """Where the words stand in this order in one field, with at most `slop` others in all gaps together.

    `words` are the places of each; the answer has the tightest reading from each place of the first.
    """
    found: list[Place] = []
    for order in {place.order for place in words[0]}:
        lists = [sorted(place for place in places if place.order == order) for places in words]
        firsts = [[place.first for place in places] for places in lists]
        for start in lists[0]:
            behind, gaps, steps = start.behind, 0, start.steps
            for places, begins in zip(lists[1:], firsts[1:], strict=True):
                at = bisect_left(begins, behind)
                gaps += begins[at] - behind if at < len(begins) else slop + 1
                if gaps > slop:
                    break
                behind, steps = places[at].behind, steps + places[at].steps
            else:
                found.append(Place(order, start.first, behind, steps))
    return found


def near(
    left: Sequence[Place], right: Sequence[Place], most: int, span: Callable[[Place], tuple[int, int]]
) -> list[Place]:
    """For each place of `left` the nearest of `right` in the same field, in either order, with at most `most` words between.

    The answers reach from one to the other. No word serves both sides.
    """
    found: list[Place] = []
    for order in {place.order for place in left}:
        by_first = sorted((place for place in right if place.order == order), key=lambda place: place.first)
        by_behind = sorted(by_first, key=lambda place: place.behind)
        firsts = [place.first for place in by_first]
        behinds = [place.behind for place in by_behind]
        for one in left:
            if one.order != order:
                continue
            options = []
            if (at := bisect_left(firsts, one.behind)) < len(firsts):
                options.append((firsts[at] - one.behind, one, by_first[at]))
            if (at := bisect_right(behinds, one.first) - 1) >= 0:
                options.append((one.first - behinds[at], by_behind[at], one))
            if options and (best := min(options, key=lambda option: option[0]))[0] <= most:
                found.append(_reaching(best[1], best[2], span))
    return found


def _reaching(one: Place, other: Place, span: Callable[[Place], tuple[int, int]]) -> Place:
    """From the beginning of `one` to the end of `other`."""
    if one.start < 0 and other.start < 0:
        return Place(one.order, one.first, other.behind, one.steps + other.steps)
    return Place(one.order, one.first, other.behind, one.steps + other.steps, span(one)[0], span(other)[1])
