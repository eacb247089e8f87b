"""How channels and routes hang together: names that lead nowhere, routes that nothing reaches, channels that nobody uses.

Pure: parts and values in, problems and warnings out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from alerts.model import Actor, Keywords, Route
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
    """What a route takes. `watch` None: everything, matched or not; else the actors (@id) and lists that it names."""

    watch: frozenset[str] | None
    all_of_them: bool
    sources: frozenset[str]
    any_source: bool
    languages: frozenset[str]

    @classmethod
    def of(cls, route: Route, tags: Mapping[str, frozenset[str]], known: Known) -> _Taken:
        named = {f"@{actor}" for actor in route.actors} | set(route.keywords)
        if route.require == "any":
            if EVERY in route.keywords:
                named |= set(known.keywords)
            if f"@{EVERY}" in named:
                named |= {f"@{actor}" for actor in known.actors}
        wanted = frozenset(route.source_tags)
        kept = frozenset(
            id_
            for id_, has in tags.items()
            if (not route.sources or id_ in route.sources) and (not wanted or has & wanted)
        )
        return cls(
            frozenset(named) if named else None,
            route.require == "all" and len(named) > 1,
            kept,
            not route.sources and not wanted,
            frozenset(language.lower() for language in route.languages),
        )

    def holds(self, other: _Taken) -> bool:
        """Whether everything that `other` takes is taken here too."""
        if not (self.any_source or other.sources <= self.sources):
            return False
        if self.languages and not (other.languages and other.languages <= self.languages):
            return False
        if self.watch is None:
            return True
        if other.watch is None:
            return False
        if self.all_of_them:
            return other.all_of_them and self.watch <= other.watch
        return bool(self.watch & other.watch) if other.all_of_them else other.watch <= self.watch


def warn_of_loose_ends(
    routes: Sequence[Route],
    notified: Collection[str],
    known: Known,
    actors: Sequence[Actor],
    keywords: Sequence[Keywords],
    checker: Checker,
) -> None:
    """Channels that nothing is sent to, and actors and lists that no route takes."""
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
