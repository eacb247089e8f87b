"""Judges the hits of names in a statement: which is a match, which is not, and why.

    hits -> who is not meant, things of that name -> weak ones without company -> parts of longer names -> the longest

Pure. `match.py` collects the hits, and tells those that are left.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from alerts.model import Field, Match, Role, Tier
from alerts.watch.automaton import Hit
from alerts.watch.disguise import is_disguise
from alerts.watch.extent import extent
from alerts.watch.namesake import namesake
from alerts.watch.parts import SoundHit
from alerts.watch.patterns import Pattern
from alerts.watch.tokens import LOOK_ALIKE
from alerts.watch.written import noted
from scraper.text import Folded

MOST_MATCHES = 50
"""Of one watch in one statement: an alert shows a handful, and a flood of hits says no more than fifty."""
_MOST_HITS = 200
"""Of one configured text in one field: bounds the work that a text made of names can cause, and hides no other name."""


class Told(NamedTuple):
    """Where a hit stands in the original, what stands there, and the steps to read it so."""

    start: int
    end: int
    surface: str
    steps: tuple[str, ...]


class Found(NamedTuple):
    """A hit with the text it was found in. `order` is 0 in the title, 1 in the body."""

    order: int
    first: int
    behind: int
    pattern: Pattern
    steps: tuple[str, ...]
    folded: Folded
    tier: Tier = "A"
    apart: float = 0.0
    """How far the sound is from the watched name's (`spellings.py`)."""
    opens: tuple[bool, bool] = (False, False)

    @property
    def field(self) -> Field:
        return "body" if self.order else "title"

    def surface(self) -> str:
        return self.folded.original[slice(*self.span())]

    def told(self) -> Told:
        """The place of the hit, and every step between the configured spelling and the text's."""
        start, end = self.span()
        surface = self.folded.original[start:end]
        steps = self.steps if self.pattern.text in surface else ("folded", *self.steps)
        return Told(start, end, surface, noted(steps, surface))

    def match(self, told: Told | None = None, role: Role | None = None) -> Match:
        """The hit as it is told, which is worked out here where it is not known."""
        start, end, surface, steps = told or self.told()
        pattern = self.pattern
        return Match(None, pattern.watch, self.tier, role, self.field, start, end, surface, pattern.text, steps)

    def span(self) -> tuple[int, int]:
        """The place of the hit; for a name with what people count to it (`extent.py`)."""
        pattern = self.pattern
        if pattern.kind not in ("alias", "weak"):
            return self.folded.span(self.first, self.behind)
        clitic = any(step.startswith(("clitic", "prefix")) for step in self.steps)
        return extent(
            self.folded, self.first, self.behind, pattern.text, person=pattern.person, opens=self.opens, clitic=clitic
        )


def collected(hits: Iterable[Hit[Pattern] | SoundHit[Pattern]], order: int, folded: Folded) -> Iterator[Found]:
    """The hits with their text; of each pattern, the first `_MOST_HITS`."""
    counts: dict[Pattern, int] = {}
    for hit in hits:
        counts[hit.found] = counts.get(hit.found, 0) + 1
        if counts[hit.found] <= _MOST_HITS:
            how = (hit.tier, hit.apart, hit.opens) if isinstance(hit, SoundHit) else ()
            yield Found(order, hit.first, hit.behind, hit.found, hit.steps, folded, *how)


def places_of(written: Sequence[Found]) -> dict[Hashable, list[tuple[int, int]]]:
    """Where names stand as they are written, as (word, word behind), by their watch and kind."""
    places: dict[Hashable, list[tuple[int, int]]] = {}
    for hit in written:
        places.setdefault((hit.pattern.watch, hit.pattern.kind), []).append((hit.first, hit.behind))
    return places


def stands(hit: SoundHit[Pattern], folded: Folded) -> bool:
    """Whether a hit by sound is not refused for what it is itself, whatever else stands in the text."""
    return LOOK_ALIKE not in hit.steps and (
        hit.found.kind != "alias" or not namesake(folded, hit.first, hit.behind, hit.found)
    )


def not_among(written: Sequence[Found], heard: Iterable[Found]) -> list[Found]:
    """The hits by sound where the same name is not found as it is written."""
    known = _by_watch(written)
    return [
        hit
        for hit in heard
        if not any(
            _holds(one, hit) and one.pattern.kind == hit.pattern.kind for one in known.get(hit.pattern.watch, ())
        )
    ]


def not_told(
    nearly: Iterable[tuple[Found, str]], met: Iterable[Match], silent: Iterable[tuple[Found, str]]
) -> list[tuple[Found, str]]:
    """The near misses where nothing of the same actor was found."""
    told = [one for one, _ in silent]
    return [
        (near, reason)
        for near, reason in nearly
        if not any(
            one.order == near.order and one.first < near.behind and near.first < one.behind
            for one in told
            if one.pattern.watch == near.pattern.watch
        )
        and not any(
            one.actor == near.pattern.watch
            and one.field == near.field
            and one.start < near.span()[1]
            and near.span()[0] < one.end
            for one in met
        )
    ]


def judge_names(hits: Iterable[Found], met: list[Found], silent: list[tuple[Found, str]]) -> None:
    """Names: what stands in a namesake is not meant, a longer name swallows a shorter, weak ones need company."""
    full: list[Found] = []
    weak: list[Found] = []
    context: dict[str, list[Found]] = {}
    for actor, of_actor in _by_watch(hits).items():
        others = [hit for hit in of_actor if hit.pattern.kind == "not near"]
        context[actor] = [hit for hit in of_actor if hit.pattern.kind == "context"]
        for hit in of_actor:
            kind = hit.pattern.kind
            if kind in ("context", "not near") or (LOOK_ALIKE in hit.steps and not is_disguise(hit.surface())):
                continue
            if (other := next((one for one in others if _holds(one, hit)), None)) is not None:
                silent.append((hit, f"stands in “{other.pattern.text}”, who is not meant"))
            elif kind == "alias" and (thing := namesake(hit.folded, hit.first, hit.behind, hit.pattern)):
                silent.append((hit, thing))
            elif kind == "acronym" and hit.pattern.text not in hit.surface():
                silent.append((hit, f"not written as “{hit.pattern.text}”"))
            else:
                (full if kind == "alias" else weak).append(hit)
    full = _without_swallowed(full, silent)
    by_actor = _by_watch(full)
    company: list[Found] = []
    for hit in weak:
        actor, kind = hit.pattern.watch, hit.pattern.kind
        beside = next((one for one in (*by_actor.get(actor, ()), *context[actor]) if not _holds(hit, one)), None)
        if beside is None:
            silent.append((hit, f"{_WEAK[kind]} alone: neither a full name nor a word of context in this text"))
        else:
            company.append(hit._replace(steps=(*hit.steps, f"{kind}: with {beside.pattern.text}")))
    for of_actor in _by_watch(_without_swallowed([*full, *company], silent)).values():
        met += _longest(of_actor)


_WEAK = {"weak": "a weak alias", "acronym": "an acronym"}


def _without_swallowed(hits: Sequence[Found], silent: list[tuple[Found, str]]) -> list[Found]:
    """Without the hits that stand strictly inside a longer name of somebody else."""
    kept: list[Found] = []
    open_: list[Found] = []
    for hit in sorted(hits, key=reading_order):
        open_ = [one for one in open_ if one.order == hit.order and one.behind > hit.first]
        longer = next(
            (
                one
                for one in open_
                if one.pattern.watch != hit.pattern.watch
                and _holds(one, hit)
                and (_is_nearer(one, hit) or (one.tier == hit.tier and not _holds(hit, one)))
            ),
            None,
        )
        if longer is None:
            kept.append(hit)
            open_.append(hit)
        else:
            silent.append((hit, f"part of a longer name, “{longer.pattern.text}” (@{longer.pattern.watch})"))
    return kept


def _is_nearer(one: Found, other: Found) -> bool:
    """Whether a hit is clearly more like its name: of a better tier, or in the same tier by half a vowel and more."""
    return one.tier < other.tier or (one.tier == other.tier and one.apart + 0.5 <= other.apart)


def _longest(hits: Iterable[Found]) -> list[Found]:
    """Of hits that overlap, the longest; of equally long ones, the one that took the fewest steps."""
    kept: list[Found] = []
    for hit in sorted(hits, key=reading_order):
        if not kept or kept[-1].order != hit.order or kept[-1].behind <= hit.first:
            kept.append(hit)
        elif hit.behind - hit.first > kept[-1].behind - kept[-1].first:
            kept[-1] = hit
    return kept


def once_each(silent: Iterable[tuple[Found, str]]) -> list[tuple[Found, str]]:
    """In reading order, and for one watch and reason only the longest of hits that overlap."""
    alike: dict[tuple[str, str], list[Found]] = {}
    for hit, reason in silent:
        alike.setdefault((hit.pattern.watch, reason), []).append(hit)
    once = [(hit, reason) for (_, reason), hits in alike.items() for hit in _longest(hits)]
    return sorted(once, key=lambda pair: reading_order(pair[0]))


def _holds(outer: Found, inner: Found) -> bool:
    return outer.order == inner.order and outer.first <= inner.first and inner.behind <= outer.behind


def reading_order(hit: Found) -> tuple[int, int, int, str, int, Pattern]:
    return hit.order, hit.first, -hit.behind, hit.tier, len(hit.steps), hit.pattern


def _by_watch(hits: Iterable[Found]) -> dict[str, list[Found]]:
    sorted_out: dict[str, list[Found]] = {}
    for hit in hits:
        sorted_out.setdefault(hit.pattern.watch, []).append(hit)
    return sorted_out


def limited(pairs: Iterable[tuple[Found, str]]) -> list[tuple[Found, str]]:
    """The first `MOST_MATCHES` of each watch."""
    kept: list[tuple[Found, str]] = []
    counts: dict[str, int] = {}
    for found, reason in pairs:
        watch = found.pattern.watch
        counts[watch] = counts.get(watch, 0) + 1
        if counts[watch] <= MOST_MATCHES:
            kept.append((found, reason))
    return kept
