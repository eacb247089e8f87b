"""How channels and routes hang together: names that lead nowhere, routes that nothing reaches, channels that nobody uses.

Pure: parts and values in, problems and warnings out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.model import Actor, Keywords, Role, Route
from scraper.document import Part
from scraper.model import Source
from scraper.validate import Checker

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that stand in the files, also those of tables with mistakes in them."""

    sources: Mapping[str, Part]
    actors: Mapping[str, Part]
    keywords: Mapping[str, Part]
    channels: Mapping[str, Part]
    tags: Mapping[str, None]
    top: Part
    quiet_hours: Mapping[str, Part] = field(default_factory=dict)


def check_references(route: Route, part: Part, known: Known, checker: Checker) -> None:
    """Everything that a route names is there."""
    for key, named, what, there, star in (
        ("channels", route.channels, "channel", known.channels, False),
        ("actors", route.actors, "actor", known.actors, True),
        ("keywords", route.keywords, "keyword list", known.keywords, True),
        ("sources", route.sources, "source", known.sources, False),
        ("source_tags", route.source_tags, "source with the tag", known.tags, False),
    ):
        for index, name in enumerate(named):
            if name not in there and not (star and name == EVERY):
                checker.unknown(part.at(key).at(index), what, there)
    if route.quiet_hours and route.quiet_hours not in known.quiet_hours:
        checker.unknown(part.at("quiet_hours"), "[quiet_hours] with the id", known.quiet_hours)


def check_reach(
    routes: Sequence[tuple[Route, Part]], sources: Sequence[Source], known: Known, checker: Checker
) -> None:
    """No route stands behind one that takes everything it would take, and none asks for what no source has."""
    tags = {source.id: frozenset(source.tags) for source in sources}
    everywhere = frozenset(tag for has in tags.values() for tag in has)
    taken = [_Taken.of(route, tags, known) for route, _ in routes]
    for index, (route, part) in enumerate(routes):
        readable = tags.keys() >= set(route.sources) and everywhere >= set(route.source_tags)
        if route.sources and route.source_tags and readable and not taken[index].sources:
            checker.findings.problem(part, "can never be reached: none of its sources has one of its tags")
            continue
        for before in range(index):
            if not routes[before][0].proceed and taken[before].holds(taken[index]):
                name = routes[before][0].name
                message = f'can never be reached: the route "{name}" before it takes all of this and ends the reading'
                checker.findings.problem(part, message, "move it up, or set `continue = true` there")
                break


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a route takes (the words of `alerts/route.py`): of the things that can match, any of these or all of them.

    Things are `@actor` and `list`; where all are asked for, `@*` and `*` stand for any actor and any list.
    """

    watch: frozenset[str]
    all_of_them: bool
    sources: frozenset[str] | None
    languages: frozenset[str]
    role: Role | None
    priorities: frozenset[str]

    @classmethod
    def of(cls, route: Route, tags: Mapping[str, frozenset[str]], known: Known) -> _Taken:
        actors = {EVERY} if EVERY in route.actors else set(route.actors)
        lists = {EVERY} if EVERY in route.keywords else set(route.keywords)
        named = {f"@{actor}" for actor in actors} | lists
        all_of_them = route.require == "all" and len(named) > 1
        if not all_of_them:
            if EVERY in actors or not (route.actors or route.keywords):
                named |= {f"@{actor}" for actor in known.actors}
            if EVERY in lists or not (route.actors or route.keywords):
                named |= set(known.keywords)
            named -= {f"@{EVERY}", EVERY}
        wanted = frozenset(route.source_tags)
        sources = None
        if route.sources or wanted:
            chosen = route.sources or tuple(tags)
            sources = frozenset(id_ for id_ in chosen if id_ in tags and (not wanted or tags[id_] & wanted))
        languages = frozenset(one.lower() for one in route.languages)
        return cls(frozenset(named), all_of_them, sources, languages, route.role, frozenset(route.priorities))

    def holds(self, other: _Taken) -> bool:
        """Whether everything that `other` takes is surely taken here too."""
        if self.sources is not None and (other.sources is None or not other.sources <= self.sources):
            return False
        if self.role is not None and self.role != other.role:
            return False
        if self.priorities and not (other.priorities and other.priorities <= self.priorities):
            return False
        if self.languages and not (other.languages and all(map(self._speaks, other.languages))):
            return False
        if not self.all_of_them:
            return bool(self.watch & other.watch) if other.all_of_them else other.watch <= self.watch
        return other.all_of_them and all(map(other._asks_for, self.watch))

    def _speaks(self, language: str) -> bool:
        return any(language == one or language.startswith(f"{one}-") for one in self.languages)

    def _asks_for(self, thing: str) -> bool:
        if thing in (EVERY, f"@{EVERY}"):
            return any(one.startswith("@") == thing.startswith("@") for one in self.watch)
        return thing in self.watch


def warn_of_loose_ends(
    routes: Sequence[Route],
    notified: Collection[str],
    known: Known,
    actors: Sequence[Actor],
    keywords: Sequence[Keywords],
    checker: Checker,
) -> None:
    """Channels that nothing is sent to, and actors and lists that no route takes. Without routes every match goes everywhere."""
    if not actors and not keywords:
        checker.findings.warn(known.top, "nothing is watched, so nothing rings: add [actors.ID] or [keywords.ID]")
    if not routes:
        return
    used = {channel for route in routes for channel in route.channels} | set(notified)
    for channel, part in known.channels.items():
        if channel not in used:
            checker.findings.warn(part, "no route names this channel, so nothing is sent there")
    if any(not route.actors and not route.keywords for route in routes):
        return
    taken = {actor for route in routes for actor in route.actors}
    if EVERY not in taken:
        for actor in actors:
            if actor.id not in taken:
                checker.findings.warn(known.actors[actor.id], "no route takes this actor, so it never rings")
    listed = {name for route in routes for name in route.keywords}
    if EVERY not in listed:
        for words in keywords:
            if words.id not in listed:
                checker.findings.warn(known.keywords[words.id], "no route takes this list, so it never rings")
