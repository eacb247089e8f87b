"""The whole record of a match, and what nearly rang beside it: for `bayan alerts explain`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alerts.cli.frame import fit
from alerts.cli.match import match_row

if TYPE_CHECKING:
    from alerts.model import Match
    from alerts.settings import Configuration
    from alerts.watch.match import Suppressed
    from scraper.model import Statement

_SHOWN = 20


def told_record(one: Match) -> str:
    """A match on one line: the watch, the tier, the text's spelling and its place, the configured one, the steps, the role."""
    steps = f"; {', '.join(map(fit, one.steps))}" if one.steps else ""
    role = {"speaker": "; the speaker", "mentioned": "; only mentioned"}.get(one.role or "", "")
    where = f"{one.surface!r} at {one.field} {one.start}-{one.end}, as {one.pattern!r}" if one.surface else one.pattern
    return f"{one.watch} (tier {one.tier}): {where}{steps}{role}"


def record_row(one: Match) -> dict[str, Any]:
    """A match with its configured spelling, in its fixed JSON form."""
    return {**match_row(one), "pattern": one.pattern}


def near_misses(configuration: Configuration, statement: Statement) -> tuple[str, tuple[Suppressed, ...]]:
    """The version of today's watchlist, and what of the statement it found and did not let ring, each with its reason."""
    from alerts.watch.match import compile_watchlist

    watch = compile_watchlist(configuration.actors, configuration.keywords)
    source = next((source for source in configuration.sources if source.id == statement.source), None)
    explained = watch.explain(
        statement.title,
        statement.text or statement.summary,
        language=statement.language,
        source=statement.source,
        url=statement.url,
        tags=source.tags if source is not None else (),
        speaks_for=source.speaks_for if source is not None else (),
    )
    return watch.version, explained.suppressed


def told_misses(version: str, judged_by: str, suppressed: tuple[Suppressed, ...]) -> Iterator[str]:
    """What did not ring, line by line; says where today's watchlist is not the one that judged."""
    if version != judged_by:
        yield "the watchlist was changed since; what did not ring is told by today's:"
    elif suppressed:
        yield "did not ring:"
    for one in suppressed[:_SHOWN]:
        yield f"  {told_record(one.match)}"
        yield f"      {fit(one.reason)}"
    if len(suppressed) > _SHOWN:
        yield f"  and {len(suppressed) - _SHOWN} more; --json has all"
