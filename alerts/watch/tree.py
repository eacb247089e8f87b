"""A rule as a tree: terms joined by AND, OR and NOT. Keyword lists become the same tree, so there is one way to match.

Values only. `query.py` makes trees from what people write, `rules.py` finds them in statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from alerts.model import Field, Role


class Word(NamedTuple):
    """A folded word; with `star`, every word that begins so."""

    form: str
    star: bool = False


Words: TypeAlias = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order in one field, with at most `slop` others in all gaps together. `text` is what was written."""

    words: Words
    text: str
    slop: int = 0
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Exact:
    """These characters as written (NFC, white space as one space), without a letter, digit or mark on either side."""

    letters: str
    text: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """The actor matches; with `role`, as the speaker, or only spoken of."""

    actor: str
    text: str
    field: Field | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Regex:
    """RE2 finds `pattern` in the original text of a field."""

    pattern: str
    ignores_case: bool
    text: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Not about the text: its language, its source, a tag of that, the host it was found on. `value` is in lower case."""

    about: Literal["lang", "source", "tag", "site"]
    value: str
    text: str


Operand: TypeAlias = Phrase | Exact | Named


@dataclass(frozen=True, slots=True)
class Near:
    """One of `left` and one of `right` in one field, in either order, with at most `most` other words between them."""

    left: tuple[Operand, ...]
    right: tuple[Operand, ...]
    most: int
    text: str
    field: Field | None = None


Leaf: TypeAlias = Phrase | Exact | Named | Regex | Filter | Near


@dataclass(frozen=True, slots=True)
class Not:
    """`part` is not so. `at` is where the NOT stands in what was written."""

    part: Tree
    at: int = 0


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of `parts`."""

    parts: tuple[Tree, ...]


Tree: TypeAlias = Leaf | Not | And | Or


def settled(tree: Tree, *, negated: bool = False, at: int = 0) -> Tree:
    """The same condition with every NOT directly before a term (De Morgan): NOT NOT is gone, NOT over AND is OR of NOTs."""
    match tree:
        case Not():
            return settled(tree.part, negated=not negated, at=tree.at)
        case And() | Or():
            parts = tuple(settled(part, negated=negated, at=at) for part in tree.parts)
            return And(parts) if isinstance(tree, And) != negated else Or(parts)
    return Not(tree, at) if negated else tree


def needless(tree: Tree) -> Not | None:
    """A NOT of a `settled` tree that could be all that makes it true; None where every way needs something positive."""
    match tree:
        case Not():
            return tree
        case And():
            found = [needless(part) for part in tree.parts]
            return found[0] if all(found) else None
        case Or():
            return next((one for part in tree.parts if (one := needless(part))), None)
    return None


def leaves(tree: Tree) -> Iterator[Leaf]:
    """Every term, negated ones too."""
    match tree:
        case Not():
            yield from leaves(tree.part)
        case And() | Or():
            for part in tree.parts:
                yield from leaves(part)
        case _:
            yield tree


def within(tree: Tree, field: Field) -> Tree:
    """The tree with each of its terms in `field` only. It has no filter and no field of its own."""
    match tree:
        case Not():
            return Not(within(tree.part, field), tree.at)
        case And():
            return And(tuple(within(part, field) for part in tree.parts))
        case Or():
            return Or(tuple(within(part, field) for part in tree.parts))
        case Filter():
            return tree
    return replace(tree, field=field)
