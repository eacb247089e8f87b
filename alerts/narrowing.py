"""What could be done about a spelling that rings for others: each change tried on the alerts that it gave, with its cost. Pure.

    near      it rings alone only near words that stand beside it where it was right; elsewhere only in company
    weak      it counts only beside a full name or a word of context
    without   it is taken out
    said      the actor rings only where it speaks, by whatever spelling
    about     the actor rings only where others speak of it

The cost is counted on what rang by this spelling, and of the last two on all that rang for the actor: how many that people found
wrong would be silent, and how many others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from alerts.backtest import meets, with_alias, without_alias
from alerts.model import Actor, Keywords, Role
from alerts.watch.asked import slug_of
from alerts.watch.match import Watchlist, compile_watchlist
from alerts.watch.query import Refusal, read_query
from scraper.model import Source, Statement

Change = Literal["near", "weak", "without", "said", "about"]
ROLES: Final[Mapping[Change, Role]] = {"said": "speaker", "about": "mentioned"}
"""The changes that ask in which role the actor stands there."""
REACH: Final = 30
"""Words between the spelling and what stands near it."""
_MOST_WORDS: Final = 4
_LEAST_TRUSTED: Final = 2
_USUAL: Final = 0.05
"""A word in more than this part of other statements says nothing."""
_WORD = re.compile(r"[^\W\d_]{4,40}")
_TOKEN = re.compile(r"\w+")
_SIGN = re.compile(r"[^\w\s'’.-]")


@dataclass(frozen=True, slots=True)
class Option:
    """One change, tried: `silent` of the statements that people found wrong would not ring; nor would `lost` others.

    `rule` rings beside the actor, None where the change needs none; `words` are those of its condition.
    """

    change: Change
    actor: Actor
    rule: Keywords | None
    silent: int
    lost: int
    words: tuple[str, ...] = ()


def changes(actor: Actor, pattern: str, words: Sequence[str] = ()) -> list[tuple[Change, Actor, Keywords | None]]:
    """What can be done about one spelling of an actor. Its name stays, and so does the last of its names."""
    found: list[tuple[Change, Actor, Keywords | None]] = []
    if pattern in actor.aliases and pattern != actor.name:
        weak = with_alias(actor, pattern, weak=True)
        rule = near_rule(actor, pattern, words) if words else None
        if rule is not None:
            found.append(("near", weak, rule))
        found.append(("weak", weak, None))
    without = without_alias(actor, pattern)
    if without != actor:
        found.append(("without", without, None))
    return found


def near_rule(actor: Actor, pattern: str, words: Sequence[str]) -> Keywords | None:
    """The rule that lets a spelling ring near one of `words`; None for a spelling that no rule can ask for, such as one of signs.
    What is written in capitals only is looked for as it is written."""
    term = " ".join(_SIGN.sub(" ", pattern).split())
    sign = "=" if term.isupper() and term.isascii() else ""
    several = " OR ".join(words)
    id_ = f"{actor.id}-{slug_of(term) or 'near'}"
    rule = Keywords(id=id_, query=f'{sign}"{term}" NEAR/{REACH} ({several})')
    return None if isinstance(read_query(rule.query, set()), Refusal) else rule


def words_near(
    actor: Actor, pattern: str, right: Sequence[Statement], wrong: Sequence[Statement], others: Sequence[Statement]
) -> tuple[str, ...]:
    """The words that stand near a spelling in most of the statements where it was `right`, in none where it was wrong, and
    seldom in `others`: the commonest first. The actor's own names are company already, and no condition."""
    if len(right) < _LEAST_TRUSTED:
        return ()
    own = {word for name in (actor.name, *actor.aliases, *actor.weak_aliases) for word in _words(name)}
    never = own | {word for one in wrong for word in _words(_text(one))}
    usual: Counter[str] = Counter(word for one in others for word in _words(_text(one)))
    near: Counter[str] = Counter(word for one in right for word in _beside(_text(one), pattern))
    least = max(_LEAST_TRUSTED, len(right) / 4)
    good = [
        word
        for word, count in near.most_common()
        if count >= least and word not in never and usual[word] <= _USUAL * len(others)
    ]
    return tuple(sorted(good, key=lambda word: (-near[word], word))[:_MOST_WORDS])


def in_company(actor: Actor, pattern: str, sources: Mapping[str, Source]) -> Callable[[Statement], bool]:
    """Whether a statement names the actor by something else than this spelling too: there it was right."""
    rest = without_alias(actor, pattern)
    watch = compile_watchlist([rest], ()) if rest != actor else None
    return lambda statement: watch is not None and bool(meets(watch, statement, sources))


def rings_by(actor: Actor, pattern: str, sources: Mapping[str, Source]) -> Callable[[Statement], bool]:
    """Whether a statement rings by this spelling today; only where it stands there as it is configured, for speed."""
    watch, folded = compile_watchlist([actor], ()), pattern.casefold()

    def rings(statement: Statement) -> bool:
        if folded not in _text(statement).casefold():
            return False
        return any(one.pattern == pattern for one in meets(watch, statement, sources))

    return rings


class Trial:
    """Counts for each change what would still ring, statement by statement; may be asked for the options at any time."""

    def __init__(
        self,
        actor: Actor,
        pattern: str,
        words: Sequence[str],
        wrong: Collection[int],
        sources: Mapping[str, Source],
        *,
        roles: bool = True,
    ) -> None:
        """`roles` is false for an actor that rings in one role only already."""
        self._wrong, self._sources, self._words = wrong, sources, tuple(words)
        self._tried = [
            (change, changed, rule, compile_watchlist([changed], [rule] if rule is not None else ()))
            for change, changed, rule in changes(actor, pattern, words)
        ]
        self._actor = actor
        self._today = compile_watchlist([actor], ()) if roles else None
        self._silent: Counter[Change] = Counter()
        self._lost: Counter[Change] = Counter()
        self._kept: Counter[Change] = Counter()

    def add(self, statements: Sequence[Statement]) -> None:
        """Statements that ring by this spelling today."""
        for statement in statements:
            for change, _, _, watch in self._tried:
                if not _rings(watch, statement, self._sources):
                    (self._silent if statement.id in self._wrong else self._lost)[change] += 1
        self.add_others(statements)

    def add_others(self, statements: Sequence[Statement]) -> None:
        """Statements that ring for the actor by other spellings: only its role in them is asked for."""
        if self._today is None:
            return
        for statement in statements:
            found = {one.role for one in meets(self._today, statement, self._sources)}
            for change, role in ROLES.items():
                if found and ("speaker" in found) != (role == "speaker"):
                    (self._silent if statement.id in self._wrong else self._lost)[change] += 1
                elif found and statement.id not in self._wrong:
                    self._kept[change] += 1

    def options(self) -> tuple[Option, ...]:
        """What helps, the best first: most of the wrong ones silent, then fewest others. A role is asked for only where something
        that was right has it, and where no smaller change does as much and costs no more."""
        found = [
            Option(
                change, actor, rule, self._silent[change], self._lost[change], self._words if change == "near" else ()
            )
            for change, actor, rule, _ in self._tried
            if self._silent[change]
        ]
        asked = [
            Option(change, self._actor, None, self._silent[change], self._lost[change])
            for change in ROLES
            if self._silent[change] and self._kept[change]
        ]
        found += [
            one for one in asked if not any(it.silent >= one.silent and it.lost <= one.lost for it in tuple(found))
        ]
        return tuple(sorted(found, key=lambda one: (-one.silent, one.lost)))


def _rings(watch: Watchlist, statement: Statement, sources: Mapping[str, Source]) -> bool:
    return bool(meets(watch, statement, sources))


def _text(statement: Statement) -> str:
    return f"{statement.title}\n{statement.text or statement.summary}"


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text[:20_000])}


def _beside(text: str, pattern: str) -> set[str]:
    """The words within reach of a spelling, as it is written; all of a headline's where it is written otherwise."""
    lowered = text[:20_000]
    places = [found.start() for found in re.finditer(re.escape(pattern), lowered)][:20]
    tokens = [(found.start(), found[0]) for found in _TOKEN.finditer(lowered)]
    near: set[str] = set()
    for place in places:
        at = next((number for number, (start, _) in enumerate(tokens) if start >= place), len(tokens))
        near |= {word for _, word in tokens[max(0, at - REACH) : at + REACH]}
    return {word.casefold() for word in near if _WORD.fullmatch(word)}
