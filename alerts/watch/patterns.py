"""What is watched, laid into the automaton: each name with the ways to write it, each entry of a keyword list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from alerts.watch.automaton import Node
from alerts.watch.names import Part, article_forms
from scraper.text import fold, spell_rule

Kind = Literal["alias", "weak", "acronym", "context", "not near", "any", "none"]
SHORTEST_STAR = 3
"""Letters before a star: a shorter beginning rings for nearly everything."""


class Pattern(NamedTuple):
    """One configured text and what it means for its watch, which is an actor's id or (any, none) a keyword list's."""

    watch: str
    kind: Kind
    text: str


def add_name(root: Node[Pattern], parts: Sequence[Part], pattern: Pattern, *, keeps_article: bool) -> None:
    """One reading of a name, with the ways to write it: articles apart, written on or left out; parts joined."""
    if len(parts) == 1 and parts[0].article and keeps_article:
        _end(_one_word_with_article(root, parts[0]), pattern)
        return
    places = [root]
    for part in parts:
        places.append(places[-1].to(part.stem))
    for at, part in enumerate(parts):
        for article in article_forms(part):
            places[at].link(article + part.stem, places[at + 1])
        if at + 1 < len(parts):
            following = parts[at + 1]
            for article in ("", *article_forms(following)):
                places[at].link(part.stem + article + following.stem, places[at + 2])
    if len(parts) > 2:
        root.link("".join(part.stem for part in parts), places[-1])
        root.link("".join(part.article + part.stem for part in parts), places[-1])
    _end(places[-1], pattern)


def _one_word_with_article(root: Node[Pattern], part: Part) -> Node[Pattern]:
    if part.article == "ال" and not part.apart:
        return root.to(part.article + part.stem)
    place = root.to(part.article).to(part.stem)
    for article in article_forms(part):
        root.to(article).link(part.stem, place)
        root.link(article + part.stem, place)
    return place


def add_words(root: Node[Pattern], text: str, pattern: Pattern) -> None:
    """A word, a phrase, or one with stars, each at the end of a word of three letters and more."""
    place = root
    pieces = text.split("*")
    for at, piece in enumerate(pieces):
        words = [spell_rule(word) for word in fold(piece).words]
        for word in words[:-1]:
            place = place.to(word)
        if words:
            star = at + 1 < len(pieces) and len(words[-1]) >= SHORTEST_STAR
            place = place.to_beginning(words[-1]) if star else place.to(words[-1])
    if place is not root:
        _end(place, pattern)


def _end(place: Node[Pattern], pattern: Pattern) -> None:
    if pattern not in place.ends:
        place.ends.append(pattern)
