"""Who gets an alert, and how urgently: pure, a table read from top to bottom.

A route takes a statement when all of its conditions hold; it then stops there unless it says to proceed. With no routes
at all, every match goes to every channel: a newcomer's first alert needs no table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.model import PRIORITIES, Actor, Keywords, Match, Priority, Ring, Route, owner
from scraper.model import Source, Statement

EVERYTHING = "everything"
"""The name of the route that is meant where the configuration has none."""


def route(
    statement: Statement,
    matches: Sequence[Match],
    *,
    routes: Sequence[Route],
    channels: Sequence[str],
    source: Source | None,
    actors: Mapping[str, Actor],
    keywords: Mapping[str, Keywords],
) -> tuple[Ring, ...]:
    """The channels to ring, each once, with all routes that named it and the highest priority among them.

    `source` is None where it has left the configuration since: conditions on its tags then fail. Without matches, or
    for a baseline statement, nothing rings.
    """
    if not matches or statement.baseline:
        return ()
    rings: dict[str, Ring] = {}
    ended: set[str] = set()
    for row in routes or (Route(name=EVERYTHING, channels=tuple(channels)),):
        whose = owner(row.name)
        mine = [match for match in matches if match.owner == whose]
        if not mine or whose in ended or not takes(row, statement, mine, source):
            continue
        inherent = inherent_priority(mine, actors, keywords)
        if row.priorities and inherent not in row.priorities:
            continue
        priority = row.priority or inherent
        for channel in row.channels:
            before = rings.get(channel)
            if before is None:
                rings[channel] = Ring(channel, (row.name,), priority, row.group_by == "story")
            else:
                grouped = before.grouped and row.group_by == "story"
                rings[channel] = Ring(
                    channel, (*before.routes, row.name), _highest([before.priority, priority]), grouped
                )
        if not row.proceed:
            ended.add(whose)
    return tuple(rings.values())


def inherent_priority(
    matches: Sequence[Match], actors: Mapping[str, Actor], keywords: Mapping[str, Keywords]
) -> Priority:
    """The highest priority of what matched, as the watchlists have it."""
    return _highest(
        [actors[match.actor].priority for match in matches if match.actor is not None and match.actor in actors]
        + [keywords[match.rule].priority for match in matches if match.rule is not None and match.rule in keywords]
    )


def takes(row: Route, statement: Statement, matches: Sequence[Match], source: Source | None) -> bool:
    """Whether all conditions of one route hold."""
    return refusal(row, statement, matches, source) == ""


def refusal(row: Route, statement: Statement, matches: Sequence[Match], source: Source | None) -> str:
    """The first condition of a route that does not hold, by its key and with what stood against it; "" where all hold."""
    if row.sources and statement.source not in row.sources:
        return f"sources: not {statement.source}"
    if row.source_tags and (source is None or not set(row.source_tags) & set(source.tags)):
        return f"source_tags: {statement.source} has {', '.join(source.tags) if source and source.tags else 'none'}"
    if row.languages and not _speaks(statement.language, row.languages):
        return f"languages: not {statement.language}"
    return _unwanted(row, matches)


def _unwanted(row: Route, matches: Sequence[Match]) -> str:
    actors = {match.actor for match in matches if match.actor is not None}
    if row.role is not None:
        speakers = {match.actor for match in matches if match.actor is not None and match.role == "speaker"}
        actors = speakers if row.role == "speaker" else actors - speakers
        if not (actors if not row.actors or "*" in row.actors else actors & set(row.actors)):
            return f"role: none of its actors is the {'speaker' if row.role == 'speaker' else 'one that is mentioned'}"
    rules = {match.rule for match in matches if match.rule is not None}
    for key, named, found in (("actors", row.actors, actors), ("keywords", row.keywords, rules)):
        wanted = set(named)
        if row.require == "all" and not (wanted <= found or ("*" in wanted and bool(found))):
            return f"{key}: not all of them match"
    if row.require == "all":
        return ""
    given = [met for met in (_met(row.actors, actors), _met(row.keywords, rules)) if met is not None]
    return "" if not given or any(given) else "actors, keywords: none of them matches"


def _met(wanted: Sequence[str], found: set[str]) -> bool | None:
    """Whether one of `wanted` was found; None where nothing was asked for. A star is any."""
    if not wanted:
        return None
    return bool(found) if "*" in wanted else bool(found & set(wanted))


def _speaks(language: str | None, wanted: Sequence[str]) -> bool:
    """`ar-IQ` satisfies `ar`. A statement of unknown language is not kept from anybody: losing it would be worse."""
    if language is None:
        return True
    return any(language == one or language.lower().startswith(f"{one.lower()}-") for one in wanted)


def _highest(priorities: Sequence[Priority]) -> Priority:
    return min(priorities, key=PRIORITIES.index, default="normal")
