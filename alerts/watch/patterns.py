"""Names, laid into the automaton: each with the ways to write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from alerts.watch.automaton import Node
from alerts.watch.names import Part, article_forms

Kind = Literal["alias", "weak", "acronym", "context", "not near"]


class Pattern(NamedTuple):
    """One configured text and what it means for its watch, an actor's id."""

    watch: str
    kind: Kind
    text: str
    person: bool = True


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


def _end(place: Node[Pattern], pattern: Pattern) -> None:
    if pattern not in place.ends:
        place.ends.append(pattern)
