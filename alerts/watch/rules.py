"""Keyword lists and rules, compiled and tried on a statement. A list is a rule too: one of `any`, and none of `none`.

    folded title and body -> one automaton over all words of all rules -> places of words
                          -> rules whose rarest required word was met  -> their trees, true or not -> matches

Pure: the same rules and statement give the same matches. What a rule means: `docs/rules.md`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

from alerts.model import Field, Keywords, Match, owner
from alerts.watch.automaton import Automaton, Joins, Node
from alerts.watch.places import Place, Places, longest, near, with_slop
from alerts.watch.query import Refusal, read_query
from alerts.watch.required import Key, required
from alerts.watch.terms import Names, compiled, entry, host_form
from alerts.watch.tokens import rule_readings
from alerts.watch.tree import (
    And,
    Exact,
    Filter,
    Leaf,
    Named,
    Near,
    Not,
    Or,
    Phrase,
    Regex,
    Tree,
    Words,
    leaves,
    settled,
    within,
)
from alerts.watch.written import Letters, noted
from scraper.text import Folded

Found: TypeAlias = list[tuple[Leaf, Place]]
FIELDS: tuple[Field, Field] = ("title", "body")
_MOST_PLACES = 10_000
"""Of one term in one statement: more stand only in texts that were made to cost time."""
_MOST_PATTERN_HITS = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """A keyword list or query ready to be tried. `tree` is settled."""

    keywords: Keywords
    tree: Tree


@dataclass(frozen=True, slots=True)
class Statement:
    """What rules look at: each field folded, with its hashtags as one word (None for an empty one); actors that ring."""

    texts: tuple[tuple[Folded, Joins] | None, tuple[Folded, Joins] | None]
    actors: Sequence[Match] = ()
    language: str | None = None
    source: str | None = None
    url: str | None = None
    tags: Sequence[str] = ()
    """The tags of its source."""
    begins: tuple[Sequence[int], Sequence[int]] | None = None
    """The words of each field that a term of a rule begins with, where that is known."""


def compile_rules(keywords: Sequence[Keywords], actors: Iterable[str]) -> list[Rule]:
    """All lists and queries, each with the actors that it may name. Raises as `compile_rule`."""
    names = nameable(actors) if any("@" in one.query for one in keywords) else None
    return [compile_rule(one, names(owner(one.id)).get if names is not None else ()) for one in keywords]


def nameable(actors: Iterable[str]) -> Callable[[str], Mapping[str, str]]:
    """Of a chat ("" is the configuration): what its rules may write behind @, and which actor that is: those of the
    configuration, and its own by the last part of their ids. Of two of one name, its own. `actors` are all ids."""
    of: dict[str, dict[str, str]] = {"": {}}
    for id_ in actors:
        whose = owner(id_)
        of.setdefault(whose, {})[id_.rpartition("/")[2] if whose else id_] = id_
    return lambda chat: ChainMap(of[chat], of[""]) if chat in of else of[""]


def compile_rule(keywords: Keywords, actors: Iterable[str] | Names) -> Rule:
    """One list or query as a tree. `actors` as `read_query` takes them. Raises `ValueError` for a query that the configuration
    would have refused."""
    if keywords.query:
        tree = read_query(keywords.query, actors if callable(actors) else frozenset(actors))
        if isinstance(tree, Refusal):
            raise ValueError(f"keywords.{keywords.id}.query: {tree.message}")
        return Rule(keywords, tree)
    wanted = [found for text in keywords.any if (found := entry(text)) is not None]
    barred = [found for text in keywords.none if (found := entry(text)) is not None]
    one_of: Tree = Or(tuple(wanted))
    if len(set(keywords.fields)) == 1:
        one_of = within(one_of, keywords.fields[0])
    spoken = tuple(Filter("lang", language.lower(), f"lang:{language}") for language in keywords.languages)
    languages: tuple[Tree, ...] = (Or(spoken),) if spoken else ()
    return Rule(keywords, settled(And((one_of, *languages, *map(Not, barred)))))


class Rulebook:
    """All rules of a watchlist in one automaton. It never changes."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._tests = [_test(rule.tree) for rule in self._rules]
        self._always: list[int] = []
        self._waiting: dict[Key, list[int]] = {}
        self._patterns: dict[Regex, Any] = {}
        self.actors: set[str] = set()
        """The actors that rules name."""
        root: Node[Words] = Node()
        exact: dict[str, None] = {}
        for number, rule in enumerate(self._rules):
            keys = required(rule.tree)
            if keys is None:
                self._always.append(number)
            for key in keys or ():
                self._waiting.setdefault(key, []).append(number)
            for leaf in _all_leaves(rule.tree):
                match leaf:
                    case Phrase():
                        for words in [(word,) for word in leaf.words] if leaf.slop else [leaf.words]:
                            _lay(root, words)
                    case Exact():
                        exact[leaf.letters] = None
                    case Named():
                        self.actors.add(leaf.actor)
                    case Regex():
                        self._patterns[leaf] = compiled(leaf.pattern, leaf.ignores_case)
        self._words = Automaton(root, rule_readings)
        self._letters = Letters(tuple(exact)) if exact else None

    def starts(self, word: str) -> bool:
        """Whether a term begins with this word."""
        return self._words.starts(word)

    def judge(self, statement: Statement, most: int) -> list[Match]:
        """The matches of all rules that fire, at most `most` of each; rules in their order."""
        view = self._view(statement)
        return [
            match
            for number in self._tried(view)
            if (found := self._tests[number](view)) is not None
            for match in view.matches(self._rules[number], found, most)
        ]

    def explain(self, statement: Statement, most: int) -> list[tuple[Match, str]]:
        """What was met of lists and rules and does not ring, each with the reason."""
        view = self._view(statement)
        return [pair for number in self._tried(view) for pair in view.silent(self._rules[number], most)]

    def _tried(self, view: _View) -> list[int]:
        """The rules that could be true: those whose rarest required literal was met, and those without one."""
        waiting = self._waiting
        return sorted({number for key in view.met if key in waiting for number in waiting[key]}.union(self._always))

    def _view(self, statement: Statement) -> _View:
        met: dict[Key, list[Place]] = {}
        texts = [None if text is None else text[0] for text in statement.texts]
        for order, text in enumerate(statement.texts):
            if text is None:
                continue
            for hit in self._words.find(*text, statement.begins[order] if statement.begins else None):
                known = met.setdefault(hit.found, [])
                if len(known) < _MOST_PLACES:
                    known.append(Place(order, hit.first, hit.behind, hit.steps))
        places = Places(texts)
        if self._letters is not None:
            for order, folded in enumerate(texts):
                for letters, start, end in self._letters.find(folded.original) if folded is not None else ():
                    known = met.setdefault("=" + letters, [])
                    if len(known) < _MOST_PLACES:
                        known.append(places.at(order, start, end))
        speakers = {one.actor for one in statement.actors if one.role == "speaker"}
        for one in statement.actors if self.actors else ():
            if one.actor in self.actors:
                place = places.at(FIELDS.index(one.field), one.start, one.end, one.steps)
                met.setdefault(f"@{one.actor}", []).append(place)
                role = "speaker" if one.role == "speaker" else "mentioned" if one.actor not in speakers else ""
                met.setdefault(f"@{one.actor} {role}", []).append(place)
        return _View(statement, places, met, self._patterns)


def _test(tree: Tree) -> Test:
    """A settled tree as a function: what makes it true, [] where that stands nowhere; None where it is not true.

    Of alternatives that overlap, the longest counts. Functions, because a watchlist has thousands of trees to walk.
    """
    match tree:
        case And():
            return _test_all(tree)
        case Or():
            return _test_any(tree)
        case Not():
            inner = _test(tree.part)
            return lambda view: [] if inner(view) is None else None
        case Filter():
            return lambda view: [] if view.holds(tree) else None
    return lambda view: [(tree, place) for place in view.places(tree)] or None


def _test_all(tree: And) -> Test:
    barred = frozenset(part.part.words for part in tree.parts if isinstance(part, Not) and _is_plain(part.part))
    tests = [_test(part) for part in tree.parts if not (isinstance(part, Not) and _is_plain(part.part))]

    def test(view: _View) -> Found | None:
        if not barred.isdisjoint(view.met):
            return None
        every: Found = []
        for part in tests:
            found = part(view)
            if found is None:
                return None
            every += found
        return every

    return test


def _test_any(tree: Or) -> Test:
    plain: dict[Key, list[Leaf]] = {}
    tests: list[Test] = []
    for part in tree.parts:
        if isinstance(part, Phrase) and not part.slop:
            plain.setdefault(part.words, []).append(part)
        else:
            tests.append(_test(part))

    order = {words: number for number, words in enumerate(plain)}

    def test(view: _View) -> Found | None:
        true = [found for part in tests if (found := part(view)) is not None] if tests else []
        met = plain.keys() & view.met.keys()
        for words in sorted(met, key=order.__getitem__) if len(met) > 1 else met:
            stand = ([(leaf, place) for place in view.places(leaf)] for leaf in plain[words])
            true += filter(None, stand)
        if len(true) > 1:
            return longest([pair for found in true for pair in found])
        return longest(true[0]) if true else None

    return test


def _is_plain(tree: Tree) -> TypeGuard[Phrase]:
    """Whether it is true as soon as its words were met anywhere."""
    return isinstance(tree, Phrase) and not tree.slop and tree.field is None


class _View:
    """One statement as rules see it: what was met in it, and where."""

    def __init__(
        self, statement: Statement, places: Places, met: Mapping[Key, list[Place]], patterns: Mapping[Regex, Any]
    ) -> None:
        self.met = met
        self._statement = statement
        self._places = places
        self._patterns = patterns
        self._bytes: dict[int, bytes] = {}

    def places(self, leaf: Leaf) -> list[Place]:
        """Where a term stands in the statement."""
        met = self.met
        if isinstance(leaf, Phrase) and not leaf.slop and leaf.field is None:
            return met.get(leaf.words, [])
        match leaf:
            case Phrase():
                if not leaf.slop:
                    found = met.get(leaf.words, [])
                else:
                    found = with_slop([met.get((word,), []) for word in leaf.words], leaf.slop)
            case Exact():
                found = met.get("=" + leaf.letters, [])
            case Named():
                found = met.get(f"@{leaf.actor} {leaf.role}" if leaf.role else "@" + leaf.actor, [])
            case Near():
                sides = [[place for one in side for place in self.places(one)] for side in (leaf.left, leaf.right)]
                found = near(sides[0], sides[1], leaf.most, self._places.span)
            case Regex():
                return [
                    place for order in range(2) if _reads(leaf.field, order) for place in self._searched(leaf, order)
                ]
            case Filter():
                return []
        if leaf.field is None:
            return found
        return [place for place in found if _reads(leaf.field, place.order)]

    def matches(self, rule: Rule, found: Sequence[tuple[Leaf, Place]], most: int) -> Iterator[Match]:
        """The matches of a rule that fired: each place once, the first `most`."""
        if not found:
            yield Match(rule.keywords.id, None, "query", None, "title", 0, 0, "", rule.keywords.query)
        seen: set[tuple[int, int, int]] = set()
        for leaf, place in sorted(found, key=_in_order):
            start, end = self._places.span(place)
            if len(seen) < most and (place.order, start, end) not in seen:
                seen.add((place.order, start, end))
                surface = self._places.text(place.order)[start:end]
                steps = noted(_steps(leaf, surface, place.steps), surface)
                field = FIELDS[place.order]
                yield Match(rule.keywords.id, None, "query", None, field, start, end, surface, leaf.text, steps)

    def silent(self, rule: Rule, most: int) -> Iterator[tuple[Match, str]]:
        """What a rule meets without ringing for it, and why."""
        wanted = [leaf for leaf in _positive(rule.tree) if not isinstance(leaf, Filter)]
        if rule.keywords.query:
            if _test(rule.tree)(self) is None:
                reason = self._why_not(rule.tree)
                found = longest((leaf, place) for leaf in wanted for place in self.places(leaf))
                yield from ((match, reason) for match in self.matches(rule, found, most) if found)
            return
        everywhere = [Phrase(leaf.words, leaf.text) for leaf in wanted if isinstance(leaf, Phrase)]
        for pair in longest((leaf, place) for leaf in everywhere for place in self.places(leaf)):
            reason = self._why_silent(rule, pair[1])
            yield from ((match, reason) for match in self.matches(rule, [pair], most) if reason)

    def _why_silent(self, rule: Rule, place: Place) -> str:
        """Why a list does not ring for what it met, "" where it does."""
        one = rule.keywords
        if FIELDS[place.order] not in one.fields:
            return f"the list reads the {' and '.join(one.fields)} only"
        if one.languages and not any(self._speaks(language.lower()) for language in one.languages):
            return f"the list is for {', '.join(one.languages)}; this is {self._statement.language or 'unknown'}"
        for text in one.none:
            if (leaf := entry(text)) is not None and (barred := self.places(leaf)):
                return f"“{text}” of the list's `none` stands in the {FIELDS[min(barred).order]}"
        return ""

    def _why_not(self, tree: Tree) -> str:
        """What a tree that is not true lacks."""
        match tree:
            case And():
                return next(self._why_not(part) for part in tree.parts if _test(part)(self) is None)
            case Or():
                return "the rule needs one of " + ", ".join(f"“{leaf.text}”" for leaf in _positive(tree))
            case Not():
                return "the rule excludes " + ", ".join(f"“{leaf.text}”" for leaf in leaves(tree))
            case Filter():
                return f"the rule asks for {tree.text}"
        return f"the rule needs “{tree.text}”" + (f" in the {tree.field}" if tree.field else " too")

    def holds(self, one: Filter) -> bool:
        match one.about:
            case "lang":
                return self._speaks(one.value)
            case "source":
                return (self._statement.source or "").lower() == one.value
            case "tag":
                return one.value in {tag.lower() for tag in self._statement.tags}
        host = _host(self._statement.url or "")
        return host == one.value or host.endswith("." + one.value)

    def _speaks(self, language: str) -> bool:
        """Whether the statement is in this language, or in a regional form of it (`ar-IQ` is `ar`)."""
        spoken = (self._statement.language or "").lower()
        return spoken == language or spoken.startswith(language + "-")

    def _searched(self, leaf: Regex, order: int) -> Iterator[Place]:
        """Where RE2 finds the pattern, the first fifty places of a field."""
        text = self._places.text(order)
        raw = self._bytes.setdefault(order, b"") or text.encode("utf-8", "replace")
        self._bytes[order] = raw
        at = letters = 0
        for number, found in enumerate(self._patterns[leaf].finditer(raw)):
            if number == _MOST_PATTERN_HITS:
                return
            start, end = found.span()
            letters += len(raw[at:start].decode("utf-8", "ignore"))
            size = len(raw[start:end].decode("utf-8", "ignore"))
            if size:
                yield self._places.at(order, letters, letters + size)
            at = start


Test: TypeAlias = Callable[[_View], Found | None]


def _lay(root: Node[Words], words: Words) -> None:
    """The words as a way through the automaton."""
    place = root
    for word in words:
        place = place.to_beginning(word.form) if word.star else place.to(word.form)
    if words not in place.ends:
        place.ends.append(words)


def _all_leaves(tree: Tree) -> Iterator[Leaf]:
    """Every term, those inside NEAR too."""
    for leaf in leaves(tree):
        yield leaf
        if isinstance(leaf, Near):
            yield from (*leaf.left, *leaf.right)


def _positive(tree: Tree) -> Iterator[Leaf]:
    """The terms of a settled tree that are not behind a NOT."""
    match tree:
        case And() | Or():
            for part in tree.parts:
                yield from _positive(part)
        case Not():
            return
        case _:
            yield tree


def _reads(field: Field | None, order: int) -> bool:
    return field is None or FIELDS[order] == field


def _in_order(pair: tuple[Leaf, Place]) -> tuple[int, int, int, int]:
    place = pair[1]
    return place.order, place.first, -place.behind, len(place.steps)


def _steps(leaf: Leaf, surface: str, taken: Sequence[str]) -> list[str]:
    """What was done to read the text as the term."""
    match leaf:
        case Phrase():
            steps = [] if leaf.slop or leaf.text.strip('"“”„«»').replace("*", "") in surface else ["folded"]
            return [*steps, *(["star"] if any(word.star for word in leaf.words) else []), *taken]
    return list(taken)


def _host(url: str) -> str:
    """The host of a URL in its one form, "" where there is none."""
    from urllib.parse import urlsplit

    try:
        return host_form(urlsplit(url).hostname or "")
    except ValueError:  # a bracket that opens no IPv6 address
        return ""
