"""What the stored statements say against a watchlist: names that are words there, other people of the same name, twin watches.

`alerts/watch/collisions.py` looks at the watchlist alone; this looks at what it meets, once through the store, and writes nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import combinations

from alerts.backtest import meets
from alerts.model import Actor, Keywords, Match
from alerts.perusal import pages
from alerts.watch.asked import name_key
from alerts.watch.collisions import Finding
from alerts.watch.match import compile_watchlist
from alerts.watch.namewords import is_common, is_particle, is_title
from scraper.db import Database
from scraper.model import Source, Statement

ENOUGH = 200
"""Statements below which no share of them means anything."""
_TOO_OFTEN = 0.05
_NEARLY_ALL = 0.3
_TWINS = 10
"""Statements that two watches share before they can be called twins."""
_ALIKE = 0.9
_OTHERS = 3
_MOST_PAIRS = 50_000
_MOST_NAMES = 5_000
_NEXT = re.compile(r"\s(?:(?i:al|el)[- ])?(?P<word>[^\W\d_][\w'’-]+)")
_BEFORE = re.compile(r"(?P<word>[^\W\d_][\w'’-]+)\s(?:(?i:al|el)[- ])?$")


async def check_store(
    db: Database,
    actors: Sequence[Actor],
    keywords: Sequence[Keywords],
    *,
    sources: Sequence[Source] = (),
    since: datetime | None = None,
    most: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, tuple[Finding, ...]]:
    """How many statements were looked at, and what they say against the watchlist. `sources` are those that rules may ask
    about, by their tags. Raises `StoreError`."""
    seen = Seen(actors, keywords, sources)
    async for page in pages(db, since, most):
        await asyncio.to_thread(seen.add, page)
        if progress is not None:
            progress(seen.read)
    return seen.read, seen.findings()


class Seen:
    """Counts what a watchlist meets."""

    def __init__(self, actors: Sequence[Actor], keywords: Sequence[Keywords], sources: Sequence[Source] = ()) -> None:
        self.read = 0
        self._sources = {source.id: source for source in sources}
        self._actors = {actor.id: actor for actor in actors}
        self._watch = compile_watchlist(actors, keywords)
        self._statements: Counter[str] = Counter()
        self._patterns: Counter[tuple[str, str]] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._others: dict[tuple[str, str], Counter[str]] = {}

    def add(self, statements: Sequence[Statement]) -> None:
        """Look at these."""
        for statement in statements:
            self.read += 1
            text = statement.text or statement.summary
            found = meets(self._watch, statement, self._sources)
            if not found:
                continue
            watches = sorted({one.watch for one in found})
            self._statements.update(watches)
            self._patterns.update({(one.watch, one.pattern) for one in found})
            for pair in combinations(watches[:12], 2):
                if pair in self._pairs or len(self._pairs) < _MOST_PAIRS:
                    self._pairs[pair] += 1
            for one in found:
                if one.actor is not None:
                    self._look_beside(one, statement.title if one.field == "title" else text)

    def findings(self) -> tuple[Finding, ...]:
        """What these statements say against the watchlist."""
        return (*self._too_often(), *self._namesakes(), *self._twins())

    def _look_beside(self, one: Match, text: str) -> None:
        """Who a name of one word stands for: the name that it is part of, where it is written as one."""
        if len(name_key(one.pattern).split()) != 1 or len(self._others) > _MOST_NAMES:
            return
        if one.pattern == one.pattern.lower():
            return
        before = _BEFORE.search(text[max(0, one.start - 40) : one.start])
        after = _NEXT.match(text, one.end)
        words = [found["word"] for found in (before, after) if found is not None and _is_given(found["word"])]
        if before is not None and words and words[0] == before["word"]:
            whole = f"{words[0]} {one.surface}"
        elif words:
            whole = f"{one.surface} {words[0]}"
        else:
            return
        others = self._others.setdefault((one.watch, one.pattern), Counter())
        if whole in others or len(others) < 200:
            others[whole] += 1

    def _too_often(self) -> list[Finding]:
        if self.read < ENOUGH:
            return []
        found = []
        for (watch, pattern), count in self._patterns.most_common():
            share = count / self.read
            actor = self._actors.get(watch.removeprefix("@")) if watch.startswith("@") else None
            if actor is not None and share > _TOO_OFTEN and len(name_key(pattern).split()) == 1:
                message = f"stands in {count:,} of {self.read:,} statements ({share:.0%})"
                remedy = f'try it as a weak alias: bayan backtest {actor.id} --without "{pattern}" --weak'
                found.append(Finding("common word", watch, pattern, message, remedy))
        for watch, count in self._statements.most_common():
            share = count / self.read
            if not watch.startswith("@") and share > _NEARLY_ALL:
                message = f"rings for {count:,} of {self.read:,} statements ({share:.0%})"
                found.append(Finding("everything", watch, "", message, "write what shall be found, and no more"))
        return found

    def _namesakes(self) -> list[Finding]:
        found = []
        for (watch, pattern), others in self._others.items():
            actor = self._actors[watch.removeprefix("@")]
            named = [(name, count) for name, count in others.most_common(5) if count >= _OTHERS]
            named = [(name, count) for name, count in named if not self._is_whole(actor, name)]
            if named:
                told = ", ".join(f"“{name}” {count}" for name, count in named)
                remedy = "if that is somebody else, write it into `not_near`; if not, into `aliases`"
                found.append(Finding("other people", watch, pattern, f"stands in longer names: {told}", remedy))
        return found

    def _is_whole(self, actor: Actor, name: str) -> bool:
        """Whether a longer name is one that the actor is known by, as a whole."""
        return any(one.actor == actor.id and len(one.surface) == len(name) for one in self._watch.match("", name))

    def _twins(self) -> list[Finding]:
        found = []
        for (one, other), both in self._pairs.items():
            either = self._statements[one] + self._statements[other] - both
            if both >= _TWINS and both >= _ALIKE * either and one.startswith("@") == other.startswith("@"):
                message = f"rings together with {other} in {both} of {either} statements"
                remedy = "keep one of the two, or say in what they differ"
                found.append(Finding("overlap", one, "", message, remedy))
        return found


def _is_given(word: str) -> bool:
    """Whether a word beside a name is written as part of it: with a capital, and no title or tie."""
    key = name_key(word)
    if not key or is_title(key.split()[0]) or is_particle(key.split()[0]):
        return False
    return word[0].isupper() or (not word[0].islower() and is_common(key.split()[0], 0.25))
