"""The rule language: what stands in `query = '...'` becomes a tree, or is refused with the place and what to write instead.

    text -> terms and operators -> tree -> nothing but NOT? too long, too deep? -> Query or Refusal

From tight to loose: a field before a term; NEAR/n; NOT and -; AND, which may be a space; OR. `docs/rules.md` says it all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

from alerts.watch.terms import Mark, Names, Refused, Token, known, tokens
from alerts.watch.tree import (
    And,
    Exact,
    Filter,
    Named,
    Near,
    Not,
    Operand,
    Or,
    Phrase,
    Regex,
    Tree,
    leaves,
    needless,
    settled,
    within,
)

MOST_CHARACTERS = 2_000
MOST_TERMS = 200
MOST_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a rule is refused: in one sentence, at which of its characters (from 0), and what to write instead."""

    at: int
    message: str
    hint: str = ""


def read_query(text: str, actors: Collection[str] | Names) -> Tree | Refusal:
    """`text` as a tree with every NOT directly before a term. `actors` are the ids that `@id` may name, or who tells which actor
    is meant.

    The answer needs something positive in every way of being true. Nothing is raised.
    """
    try:
        if len(text) > MOST_CHARACTERS:
            raise Refused(MOST_CHARACTERS, f"a rule has at most {MOST_CHARACTERS:,} characters", "write several rules")
        tree = settled(_Reader(text, actors).whole())
        if (alone := needless(tree)) is not None:
            message = "it would fire on nearly everything: this NOT needs something beside it that must be there"
            raise Refused(alone.at, message, "write what shall be found, then NOT what shall not, as in drone -toy")
    except Refused as refused:
        return Refusal(refused.at, refused.message, refused.hint)
    return tree


class _Reader:
    """One walk over the pieces of one rule."""

    def __init__(self, text: str, actors: Collection[str] | Names) -> None:
        self._text = text
        self._tokens = tokens(text, known(actors))
        self._terms = self._level = self._end = 0
        self._next = next(self._tokens)

    def whole(self) -> Tree:
        if self._is("end"):
            raise Refused(0, "the rule is empty", "write at least one word that shall be found")
        tree = self._or()
        if self._is(")"):
            raise Refused(self._next.at, "this bracket closes nothing", "leave it out, or open one before")
        return tree

    def _is(self, *marks: Mark) -> bool:
        """Whether one of `marks` comes next."""
        return self._next.mark in marks

    def _take(self) -> Token:
        token, self._next = self._next, next(self._tokens, self._next)
        self._end = token.end
        if token.mark == "term":
            self._terms += 1
            if self._terms > MOST_TERMS:
                raise Refused(token.at, f"a rule has at most {MOST_TERMS} terms", "write several rules")
        return token

    def _or(self) -> Tree:
        parts = [self._and()]
        while self._is("OR"):
            self._take()
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Tree:
        parts = [self._not()]
        while not self._is("OR", ")", "end"):
            if self._is("AND"):
                self._take()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Tree:
        nots: list[int] = []
        while self._is("NOT", "-"):
            nots.append(self._take().at)
        tree = self._near()
        return Not(tree, nots[0]) if len(nots) % 2 else tree

    def _near(self) -> Tree:
        start = self._next.at
        left = self._unit()
        if not self._is("NEAR"):
            return left
        most = self._take().value
        behind = self._next.at
        if self._is("NOT", "-"):
            raise Refused(behind, "there is no NOT inside NEAR", "write a NOT (a NEAR/3 b), or a NEAR/3 b -c")
        sides = (_operands(left, start), _operands(self._unit(), behind))
        if self._is("NEAR"):
            raise Refused(self._next.at, "NEAR does not go on in a chain", "write a NEAR/3 b AND b NEAR/3 c")
        return Near(*sides, most, self._text[start : self._end])

    def _unit(self) -> Tree:
        token = self._next
        if token.mark == "term":
            found: Tree = self._take().value
            return found
        if token.mark == "(":
            return self._bracket()
        if token.mark != "field":
            self._missing(token)
        self._take()
        inner = self._next
        if inner.mark not in ("term", "("):
            self._missing(inner)
        tree = self._unit()
        if any(isinstance(leaf, Filter) or leaf.field is not None for leaf in leaves(tree)):
            raise Refused(inner.at, "a field cannot stand inside a field", "write the two one after the other")
        return within(tree, token.value)

    def _bracket(self) -> Tree:
        opened = self._take()
        self._level += 1
        if self._level > MOST_LEVELS:
            raise Refused(opened.at, f"brackets stand in more than {MOST_LEVELS} levels", "write several rules")
        if self._is(")"):
            raise Refused(opened.at, "nothing stands in these brackets", "leave them out")
        tree = self._or()
        if not self._is(")"):
            raise Refused(opened.at, "this bracket is never closed", "write ) where the group ends")
        self._take()
        self._level -= 1
        return tree

    def _missing(self, token: Token) -> NoReturn:
        """Something that can be found should stand where `token` does."""
        before = self._text[: self._end].split()[-1:] or [""]
        if token.mark == "field":
            raise Refused(token.at, "a field cannot stand inside a field", "write the two one after the other")
        if token.mark in ("end", ")"):
            raise Refused(token.at, f"something is missing behind “{before[0][-20:]}”", "write a word, or leave it out")
        name = "NEAR" if token.mark == "NEAR" else token.mark
        message = (
            f"something is missing before {name}" if not self._end else f"two operators stand together before {name}"
        )
        raise Refused(token.at, message, f'write one; the word itself is "{name.lower()}" in quotes')


def _operands(tree: Tree, at: int) -> tuple[Operand, ...]:
    """One side of NEAR as its alternatives."""
    match tree:
        case Or():
            return tuple(operand for part in tree.parts for operand in _operands(part, at))
        case Near():
            raise Refused(at, "NEAR does not go on in a chain", "write a NEAR/3 b AND b NEAR/3 c")
        case Phrase() | Exact() | Named():
            if tree.field is None:
                return (tree,)
            hint = f"put it around both, as in {tree.field}:(bomb NEAR/3 market)"
            raise Refused(at, "there is no field inside NEAR", hint)
    what = {And: "AND", Not: "NOT", Regex: "regular expression", Filter: "filter"}[type(tree)]
    hint = "beside NEAR stand words, phrases, actors, or (one OR other) of these; the rest goes outside, with AND"
    raise Refused(at, f"there is no {what} inside NEAR", hint)
