"""The compiled watchlist: which actors and keyword lists a statement meets, where, by which spelling, and why.

    title, body -> fold -> hits of names -> weak, not-near, longest -> matches
                        -> rules (`rules.py`), which may ask for those matches too -> matches

Pure: the same watchlist and text give the same matches, always. `automaton.py` finds, this file judges what was found.
How a match is written down: DESIGN, "Verbs with a fixed JSON form".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from alerts.model import Actor, Field, Keywords, Match, Tier
from alerts.watch.attribution import attribute, spoken_by
from alerts.watch.automaton import Automaton, Hit, Joins, Node
from alerts.watch.collecting import uncollected
from alerts.watch.disguise import is_disguise, name_joins
from alerts.watch.extent import extent
from alerts.watch.lexicon import Lexicon
from alerts.watch.names import is_article, name_parts, short_forms
from alerts.watch.namesake import namesake
from alerts.watch.nearly import NearMisses
from alerts.watch.parts import Refused, SoundHit
from alerts.watch.patterns import Kind, Pattern, add_name
from alerts.watch.rules import Rulebook, Statement, compile_rule
from alerts.watch.spellings import Spellings
from alerts.watch.tokens import LOOK_ALIKE, name_readings
from alerts.watch.written import noted
from scraper.text import Folded, fold

MOST_MATCHES = 50
"""Of one watch in one statement: an alert shows a handful, and a flood of hits says no more than fifty."""
_NAME, _RULE, _MARKS = 1, 2, 2
"""In the number of a word: a name begins with it, a rule does; the bits of both."""
_MOST_HITS = 200
"""Of one configured text in one field: bounds the work that a text made of names can cause, and hides no other name."""


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
                            )
        rulebook = (
            Rulebook([compile_rule(one, [actor.id for actor in actors]) for one in keywords]) if keywords else None
        )
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
        nearly: list[tuple[_Found, str]] = []
        met, silent, statement = self._judge(title, body, Said(language, source, url, tags, speaks_for), nearly)
        silent = _once_each([*silent, *_not_told(nearly, met, silent)])
        suppressed = [(found.match(), reason) for found, reason in _limited(silent)]
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
        nearly: list[tuple[_Found, str]] | None = None,
    ) -> tuple[list[Match], list[tuple[_Found, str]], Statement]:
        """The actors that ring, those that do not, and the statement as rules look at it."""
        names: list[_Found] = []
        texts: list[tuple[Folded, Joins] | None] = [None, None]
        begins: list[Sequence[int]] = [(), ()]
        for order, text in enumerate((title, body)):
            if not text:
                continue
            folded = fold(text)
            whole = {
                first: [(behind, "".join(folded.words[first:behind]), "hashtag")] for first, behind in folded.wholes
            }
            numbers = self._lexicon.numbers(folded.words)
            texts[order] = folded, whole
            begins[order] = (numbers & _RULE).nonzero()[0].tolist()
            if self._names is not None:
                joins = name_joins(folded, whole)
                named = (numbers & _NAME).nonzero()[0].tolist()
                written = list(_collected(self._names.find(folded, joins, named), order, folded))
                refused: list[Refused[Pattern]] | None = None if nearly is None else []
                heard = list(_collected(self._spellings.find(folded, numbers >> _MARKS, refused), order, folded))
                names += [*written, *_not_among(written, heard)]
                if nearly is not None:
                    self._near_misses = self._near_misses or NearMisses(self._spellings.every)
                    nearly += [
                        (_Found(order, one.first, one.behind, one.found, one.steps, folded, "C"), one.reason)
                        for one in self._near_misses.find(folded, refused or ())
                        if one.found.kind == "alias"
                    ]
        found: list[_Found] = []
        silent: list[tuple[_Found, str]] = []
        if names:
            _judge_names(names, found, silent)
            found.sort(key=_reading_order)
        kept = [one for one, _ in _limited([(one, "") for one in found])]
        met = _with_roles(title, body, said.language, kept)
        met = list(spoken_by(said.speaks_for, met)) if said.speaks_for else met
        return met, _once_each(silent), Statement((texts[0], texts[1]), met, *said[:4], (begins[0], begins[1]))

    def _number(self, word: str) -> int:
        """What is known about a word of a text: its number for sounds, and whether a name or a rule begins with it."""
        name = self._names is not None and self._names.starts(word)
        rule = self._rulebook is not None and self._rulebook.starts(word)
        sound = self._spellings.number(word) if self._names is not None else 0
        return sound << _MARKS | (name and _NAME) | (rule and _RULE)


class Said(NamedTuple):
    """What rules may ask about a statement besides its text: its language, its source, its address, its source's tags
    and whose outlet it is."""

    language: str | None
    source: str | None
    url: str | None
    tags: Sequence[str]
    speaks_for: Sequence[str]
    """The actors whose own outlet the source is (`attribution.spoken_by`)."""


class _Found(NamedTuple):
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

    def match(self) -> Match:
        """The hit as it is told, with every step between the configured spelling and the text's."""
        start, end = self.span()
        surface = self.folded.original[start:end]
        steps = [*([] if self.pattern.text in surface else ["folded"]), *self.steps]
        return Match(
            rule=None,
            actor=self.pattern.watch,
            tier=self.tier,
            role=None,
            field=self.field,
            start=start,
            end=end,
            surface=surface,
            pattern=self.pattern.text,
            steps=noted(steps, surface),
        )

    def span(self) -> tuple[int, int]:
        """The place of the hit; for a name with what people count to it (`extent.py`)."""
        pattern = self.pattern
        if pattern.kind not in ("alias", "weak"):
            return self.folded.span(self.first, self.behind)
        clitic = any(step.startswith(("clitic", "prefix")) for step in self.steps)
        return extent(
            self.folded, self.first, self.behind, pattern.text, person=pattern.person, opens=self.opens, clitic=clitic
        )


def _with_roles(title: str, body: str, language: str | None, found: Sequence[_Found]) -> list[Match]:
    """The hits as they are told, each with its role. Who speaks is read around the name itself: its title is a word beside it."""
    told = [one.match() for one in found]
    bare = []
    for one, match in zip(found, told, strict=True):
        start, end = one.folded.span(one.first, one.behind)
        bare.append(replace(match, start=max(start, match.start), end=max(min(end, match.end), match.start + 1)))
    roles = attribute(title, body, language, bare)
    return [replace(match, role=read.role) for match, read in zip(told, roles, strict=True)]


def _collected(hits: Iterable[Hit[Pattern] | SoundHit[Pattern]], order: int, folded: Folded) -> Iterator[_Found]:
    """The hits with their text; of each pattern, the first `_MOST_HITS`."""
    counts: dict[Pattern, int] = {}
    for hit in hits:
        counts[hit.found] = counts.get(hit.found, 0) + 1
        if counts[hit.found] <= _MOST_HITS:
            how = (hit.tier, hit.apart, hit.opens) if isinstance(hit, SoundHit) else ()
            yield _Found(order, hit.first, hit.behind, hit.found, hit.steps, folded, *how)


def _not_among(written: Sequence[_Found], heard: Iterable[_Found]) -> list[_Found]:
    """The hits by sound where the same name is not found as it is written."""
    known = _by_watch(written)
    return [
        hit
        for hit in heard
        if not any(
            _holds(one, hit) and one.pattern.kind == hit.pattern.kind for one in known.get(hit.pattern.watch, ())
        )
    ]


def _not_told(
    nearly: Iterable[tuple[_Found, str]], met: Iterable[Match], silent: Iterable[tuple[_Found, str]]
) -> list[tuple[_Found, str]]:
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


def _judge_names(hits: Iterable[_Found], met: list[_Found], silent: list[tuple[_Found, str]]) -> None:
    """Names: what stands in a namesake is not meant, a longer name swallows a shorter, weak ones need company."""
    full: list[_Found] = []
    weak: list[_Found] = []
    context: dict[str, list[_Found]] = {}
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
    company: list[_Found] = []
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


def _without_swallowed(hits: Sequence[_Found], silent: list[tuple[_Found, str]]) -> list[_Found]:
    """Without the hits that stand strictly inside a longer name of somebody else."""
    kept: list[_Found] = []
    open_: list[_Found] = []
    for hit in sorted(hits, key=_reading_order):
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


def _is_nearer(one: _Found, other: _Found) -> bool:
    """Whether a hit is clearly more like its name: of a better tier, or in the same tier by half a vowel and more."""
    return one.tier < other.tier or (one.tier == other.tier and one.apart + 0.5 <= other.apart)


def _longest(hits: Iterable[_Found]) -> list[_Found]:
    """Of hits that overlap, the longest; of equally long ones, the one that took the fewest steps."""
    kept: list[_Found] = []
    for hit in sorted(hits, key=_reading_order):
        if not kept or kept[-1].order != hit.order or kept[-1].behind <= hit.first:
            kept.append(hit)
        elif hit.behind - hit.first > kept[-1].behind - kept[-1].first:
            kept[-1] = hit
    return kept


def _once_each(silent: Iterable[tuple[_Found, str]]) -> list[tuple[_Found, str]]:
    """In reading order, and for one watch and reason only the longest of hits that overlap."""
    alike: dict[tuple[str, str], list[_Found]] = {}
    for hit, reason in silent:
        alike.setdefault((hit.pattern.watch, reason), []).append(hit)
    once = [(hit, reason) for (_, reason), hits in alike.items() for hit in _longest(hits)]
    return sorted(once, key=lambda pair: _reading_order(pair[0]))


def _holds(outer: _Found, inner: _Found) -> bool:
    return outer.order == inner.order and outer.first <= inner.first and inner.behind <= outer.behind


def _reading_order(hit: _Found) -> tuple[int, int, int, str, int, Pattern]:
    return hit.order, hit.first, -hit.behind, hit.tier, len(hit.steps), hit.pattern


def _as_read(one: Match) -> tuple[int, int, int]:  # as people meet matches
    return one.field == "body", one.start, -one.end


def _by_watch(hits: Iterable[_Found]) -> dict[str, list[_Found]]:
    sorted_out: dict[str, list[_Found]] = {}
    for hit in hits:
        sorted_out.setdefault(hit.pattern.watch, []).append(hit)
    return sorted_out


def _limited(pairs: Iterable[tuple[_Found, str]]) -> list[tuple[_Found, str]]:
    """The first `MOST_MATCHES` of each watch."""
    kept: list[tuple[_Found, str]] = []
    counts: dict[str, int] = {}
    for found, reason in pairs:
        watch = found.pattern.watch
        counts[watch] = counts.get(watch, 0) + 1
        if counts[watch] <= MOST_MATCHES:
            kept.append((found, reason))
    return kept
