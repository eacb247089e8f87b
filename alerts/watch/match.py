"""The compiled watchlist: which actors and keyword lists a statement meets, where, by which spelling, and why.

    title, body -> fold -> hits of names -> weak, not-near, longest -> matches
                        -> rules (`rules.py`), which may ask for those matches too -> matches

Pure: the same watchlist and text give the same matches, always. `automaton.py` and `spellings.py` find names as they are written
and as they sound, `judging.py` judges what was found.
How a match is written down: docs/json.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from alerts.model import Actor, Keywords, Match
from alerts.watch.attribution import Name, roles_of, spoken_by, written_before
from alerts.watch.automaton import Automaton, Joins, Node
from alerts.watch.collecting import uncollected
from alerts.watch.disguise import name_joins
from alerts.watch.judging import (
    MOST_MATCHES,
    Found,
    collected,
    judge_names,
    limited,
    not_among,
    not_told,
    once_each,
    places_of,
    reading_order,
    stands,
)
from alerts.watch.lexicon import LETTER, NAME, NO_TWO_PARTS, RULE, Lexicon, marks_of
from alerts.watch.names import is_article, name_parts, short_forms
from alerts.watch.nearly import NearMisses
from alerts.watch.parts import Refused
from alerts.watch.patterns import Kind, Pattern, add_name
from alerts.watch.rules import Rulebook, Statement, compile_rules
from alerts.watch.spellings import HEARD, Neighbouring, Spellings
from alerts.watch.tokens import name_readings
from scraper.text import Folded, fold

_ASKED = HEARD | NAME | RULE | LETTER
"""The marks of words that are asked for."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A hit that is no match, and why, in words for the person who wonders."""

    match: Match
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a statement meets, and what it nearly meets; both in reading order."""

    matches: tuple[Match, ...]
    suppressed: tuple[Suppressed, ...]


def compile_watchlist(actors: Sequence[Actor], keywords: Sequence[Keywords]) -> Watchlist:
    """Everything that is watched, ready to be found. Ids are unique and entries were checked by the configuration;
    a name or entry without a letter finds nothing. Raises `ValueError` for a rule that the configuration would refuse."""
    with uncollected(len(actors)):
        names: Node[Pattern] = Node()
        spellings: Spellings[Pattern] = Spellings()
        for actor in actors:
            texts_of: dict[Kind, tuple[str, ...]] = {
                "alias": (actor.name, *actor.aliases),
                "weak": actor.weak_aliases,
                "acronym": actor.acronyms,
                "context": actor.context,
                "not near": actor.not_near,
            }
            for kind, texts in texts_of.items():
                for text in texts:
                    for parts in (parts for form in (text, *short_forms(text)) for parts in name_parts(form)):
                        add_name(
                            names,
                            parts,
                            Pattern(actor.id, kind, text, actor.type == "person"),
                            keeps_article=kind == "alias",
                        )
                        if kind in ("alias", "weak", "not near"):
                            spellings.add(
                                parts,
                                Pattern(actor.id, kind, text, actor.type == "person"),
                                person=actor.type == "person",
                                owner=actor.id,
                                alike=(actor.id, kind),
                            )
        rulebook = Rulebook(compile_rules(keywords, [actor.id for actor in actors])) if keywords else None
        return Watchlist(actors, keywords, names, spellings, rulebook)


class Watchlist:
    """Compiled actors and keyword lists. Make one with `compile_watchlist`; it never changes, a new one replaces it.

    `version` is a digest of what is watched: equal configurations have equal versions in every process.
    """

    def __init__(
        self,
        actors: Sequence[Actor],
        keywords: Sequence[Keywords],
        names: Node[Pattern],
        spellings: Spellings[Pattern],
        rulebook: Rulebook | None,
    ) -> None:
        self.actors: Mapping[str, Actor] = MappingProxyType({actor.id: actor for actor in actors})
        self.keywords: Mapping[str, Keywords] = MappingProxyType({one.id: one for one in keywords})
        content = [sorted(map(repr, map(astuple, actors))), sorted(map(repr, map(astuple, keywords)))]
        self.version = hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._names = Automaton(names, name_readings, is_article) if actors else None
        self._spellings = spellings
        self._rulebook = rulebook
        self._lexicon = Lexicon(self._number)
        self._near_misses: NearMisses[Pattern] | None = None

    def match(
        self,
        title: str,
        body: str,
        *,
        language: str | None = None,
        source: str | None = None,
        url: str | None = None,
        tags: Sequence[str] = (),
        speaks_for: Sequence[str] = (),
    ) -> tuple[Match, ...]:
        """What rings: ordered by field, the title first, and start; one for each place and watch, the longest.

        `body` is the article's text, or the summary while there is none. `language` is a BCP 47 tag or None. For rules that
        ask for them: `source` is the source's id, `tags` its tags, `url` the statement's address; `speaks_for` are the
        actors whose own outlet the source is. Positions are code points of `title` and `body` as given. At most
        `MOST_MATCHES` of one watch.
        """
        met, _, statement = self._judge(title, body, Said(language, source, url, tags, speaks_for))
        if self._rulebook is not None:
            met += self._rulebook.judge(statement, MOST_MATCHES)
        return tuple(sorted(met, key=_as_read))

    def explain(
        self,
        title: str,
        body: str,
        *,
        language: str | None = None,
        source: str | None = None,
        url: str | None = None,
        tags: Sequence[str] = (),
        speaks_for: Sequence[str] = (),
    ) -> Explanation:
        """`match`, and what was found but does not ring, each with its reason."""
        nearly: list[tuple[Found, str]] = []
        met, silent, statement = self._judge(title, body, Said(language, source, url, tags, speaks_for), nearly)
        silent = once_each([*silent, *not_told(nearly, met, silent)])
        suppressed = [(found.match(), reason) for found, reason in limited(silent)]
        if self._rulebook is not None:
            met += self._rulebook.judge(statement, MOST_MATCHES)
            suppressed += self._rulebook.explain(statement, MOST_MATCHES)
        suppressed.sort(key=lambda pair: _as_read(pair[0]))
        return Explanation(tuple(sorted(met, key=_as_read)), tuple(Suppressed(*pair) for pair in suppressed))

    def _judge(
        self,
        title: str,
        body: str,
        said: Said,
        nearly: list[tuple[Found, str]] | None = None,
    ) -> tuple[list[Match], list[tuple[Found, str]], Statement]:
        """The actors that ring, those that do not, and the statement as rules look at it."""
        names: list[Found] = []
        texts: list[tuple[Folded, Joins] | None] = [None, None]
        fields = fold(title), fold(body)
        second = len(fields[0].words)
        numbers = self._lexicon.numbers(fields)
        marks = marks_of(numbers, _ASKED if nearly is None else _ASKED | NO_TWO_PARTS, second)
        pairs = _in_fields(self._spellings.neighbours((*fields[0].words, *fields[1].words), numbers), second)
        for order, folded in enumerate(fields):
            if not folded.original:
                continue
            whole = {
                first: [(behind, "".join(folded.words[first:behind]), "hashtag")] for first, behind in folded.wholes
            }
            texts[order] = folded, whole
            if self._names is not None:
                marked = marks[order]
                joins = name_joins(folded, whole, marked.get(LETTER, ()))
                written = list(collected(self._names.find(folded, joins, marked.get(NAME, ())), order, folded))
                refused: list[Refused[Pattern]] | None = None if nearly is None else []
                of_field = numbers[second:] if order else numbers[:second]
                sounding = self._spellings.find(
                    folded,
                    of_field,
                    marked,
                    pairs[order],
                    places_of(written),
                    refused,
                    partial(stands, folded=folded),
                )
                heard = list(collected(sounding, order, folded))
                names += [*written, *not_among(written, heard)]
                if nearly is not None:
                    self._near_misses = self._near_misses or NearMisses(self._spellings.every)
                    nearly += [
                        (Found(order, one.first, one.behind, one.found, one.steps, folded, "C"), one.reason)
                        for one in self._near_misses.find(folded, refused or ())
                        if one.found.kind == "alias"
                    ]
        found: list[Found] = []
        silent: list[tuple[Found, str]] = []
        if names:
            judge_names(names, found, silent)
            found.sort(key=reading_order)
        kept = [one for one, _ in limited([(one, "") for one in found])]
        met = _with_roles(title, body, said.language, kept)
        met = list(spoken_by(said.speaks_for, met)) if said.speaks_for else met
        begins = marks[0].get(RULE, ()), marks[1].get(RULE, ())
        return met, once_each(silent), Statement((texts[0], texts[1]), met, *said[:4], begins)

    def _number(self, word: str) -> int:
        """What is known about a word of a text: its number for sounds, whether a name or a rule begins with it, and
        whether it is one letter."""
        name = self._names is not None and self._names.starts(word)
        rule = self._rulebook is not None and self._rulebook.starts(word)
        sound = self._spellings.number(word) if self._names is not None else 0
        return sound | (name and NAME) | (rule and RULE) | (len(word) == 1 and word.isalpha() and LETTER)


class Said(NamedTuple):
    """What rules may ask about a statement besides its text: its language, its source, its address, its source's tags
    and whose outlet it is."""

    language: str | None
    source: str | None
    url: str | None
    tags: Sequence[str]
    speaks_for: Sequence[str]
    """The actors whose own outlet the source is (`attribution.spoken_by`)."""


def _in_fields(
    pairs: Iterable[Neighbouring[Pattern]], second: int
) -> tuple[Sequence[Neighbouring[Pattern]], Sequence[Neighbouring[Pattern]]]:
    """The pairs of words in a first field, and those in a second that begins at word `second`, counted from there."""
    fields: tuple[list[Neighbouring[Pattern]], list[Neighbouring[Pattern]]] = [], []
    for one, other, anchors in pairs:
        if other < second:
            fields[0].append((one, other, anchors))
        elif one >= second:
            fields[1].append((one - second, other - second, anchors))
    return fields


def _with_roles(title: str, body: str, language: str | None, found: Sequence[Found]) -> list[Match]:
    """The hits as they are told, each with its role. Who speaks is read around the name itself: its title is a word beside it."""
    told = [one.told() for one in found]
    names: tuple[list[Name], list[Name]] = [], []
    for one, (start, end, surface, steps) in zip(found, told, strict=True):
        first, behind = one.folded.span(one.first, one.behind)
        names[one.order].append(
            Name(max(first, start), max(min(behind, end), start + 1), written_before(steps, surface))
        )
    roles = roles_of(title, language, names[0]), roles_of(body, language, names[1])
    each = iter(names[0]), iter(names[1])
    return [one.match(how, roles[one.order][next(each[one.order])[:2]]) for one, how in zip(found, told, strict=True)]


def _as_read(one: Match) -> tuple[int, int, int]:  # as people meet matches
    return one.field == "body", one.start, -one.end
