"""What has to be met before a rule is tried: of all that it requires, what texts hold most rarely."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import TypeAlias

from alerts.watch.tree import And, Exact, Named, Near, Or, Phrase, Tree, Words

Key: TypeAlias = Words | str
"""What has to be met before a rule is tried: words, `=` and exact letters, or `@` and an actor."""


def required(tree: Tree) -> frozenset[Key] | None:
    """Of a settled tree: keys of which one is met whenever it is true, as rare as can be; None where there are none."""
    match tree:
        case Phrase():
            return frozenset((tree.words if not tree.slop else (max(tree.words, key=lambda word: len(word.form)),),))
        case Exact():
            return frozenset(("=" + tree.letters,))
        case Named():
            return frozenset(("@" + tree.actor,))
        case Near():
            return _rarer(*(required(Or(side)) for side in (tree.left, tree.right)))
        case And():
            return reduce(_rarer, map(required, tree.parts))
        case Or():
            sides = [required(part) for part in tree.parts]
            return None if None in sides else frozenset(key for side in sides for key in side or ())
    return None


def _rarer(one: frozenset[Key] | None, other: frozenset[Key] | None) -> frozenset[Key] | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other, key=frequency)


def frequency(keys: Iterable[Key]) -> float:
    """How often a text would hold one of these, roughly: each letter more makes it four times rarer."""
    return sum(4.0 ** -(len(key) + 4 if isinstance(key, str) else sum(len(word.form) for word in key)) for key in keys)
