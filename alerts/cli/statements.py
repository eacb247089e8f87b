"""`bayan statements`: what was stored, one by one or all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, load, opened

if TYPE_CHECKING:
    from alerts.model import Match
    from scraper.db import Database
    from scraper.model import Moment, Statement

app = typer.Typer(no_args_is_help=True, help="What was stored: show one, export all.")


@app.command("show")
def show(
    statement: Annotated[int, typer.Argument(help="The statement's number.")],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """One statement, with its times, its text and what it matched.

    Example:  bayan statements show 42
    """
    from alerts import verdicts
    from scraper import store

    with opened(load(config, data_dir)) as database:
        found = database.read_now(lambda conn: store.get(conn, statement))
        if found is None:
            typer.echo(f"bayan: there is no statement {statement}; bayan statements export lists them", err=True)
            raise typer.Exit(1)
        pairs = [(found.id, found.revision)]
        matches = database.read_now(lambda conn: verdicts.matches_of(conn, pairs)).get(found.id, ())
    if json_:
        typer.echo(json.dumps(as_row(found, matches), ensure_ascii=False))
        return
    typer.echo(found.title or "(no headline)")
    typer.echo(f"source     {found.source}" + (f"  {found.url}" if found.url else ""))
    typer.echo(f"published  {_moment(found.published)}")
    if found.said_on is not None:
        typer.echo(f"said on    {found.said_on.at:%d %b %Y} ({found.said_on.method})")
    typer.echo(f"first seen {found.first_seen_at:%d %b %Y, %H:%M:%S} UTC" + (" (baseline)" if found.baseline else ""))
    typer.echo(f"revision   {found.revision}, {found.extent}" + (f", {found.language}" if found.language else ""))
    for match in matches:
        steps = f" ({', '.join(match.steps)})" if match.steps else ""
        typer.echo(f"match      {match.watch}: {match.surface!r} in the {match.field}, as {match.pattern!r}{steps}")
    typer.echo("")
    typer.echo(found.text or found.summary or "(no text)")


@app.command("export")
def export(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    format_: Annotated[str, typer.Option("--format", help="jsonl: one JSON object a line.")] = "jsonl",
    source: Annotated[str | None, typer.Option("--source", "-s", help="Only this source.")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Only what was first seen in the last N days.")] = None,
) -> None:
    """All statements with their matches, oldest first, one JSON object a line.

    Example:  bayan statements export --format jsonl --days 7 > week.jsonl
    """
    if format_ != "jsonl":
        raise typer.BadParameter("the only format is jsonl", param_hint="--format")
    since = None if days is None else datetime.now(UTC) - timedelta(days=days)
    with opened(load(config, data_dir)) as database:
        for found, matches in _all(database, source, since):
            typer.echo(json.dumps(as_row(found, matches), ensure_ascii=False))


def as_row(found: Statement, matches: tuple[Match, ...]) -> dict[str, Any]:
    """A statement in the fixed form of DESIGN, "Verbs with a fixed JSON form"."""
    published = found.published
    return {
        "schema": 1,
        "id": found.id,
        "source": found.source,
        "key": found.key,
        "url": found.url,
        "title": found.title,
        "text": found.text or found.summary,
        "published": None if published is None else _claimed(published),
        "published_precision": None if published is None else published.precision,
        "said_on": None if found.said_on is None else found.said_on.at.date().isoformat(),
        "first_seen": found.first_seen_at.isoformat().replace("+00:00", "Z"),
        "language": found.language,
        "revision": found.revision,
        "story": None,
        "removed_at": None if found.removed_at is None else found.removed_at.isoformat().replace("+00:00", "Z"),
        "matches": [
            {
                "rule": match.rule,
                "actor": match.actor,
                "tier": match.tier,
                "role": match.role,
                "field": match.field,
                "start": match.start,
                "end": match.end,
                "surface": match.surface,
                "steps": list(match.steps),
            }
            for match in matches
        ],
    }


def _all(
    database: Database, source: str | None, since: datetime | None
) -> Iterator[tuple[Statement, tuple[Match, ...]]]:
    """Page through the store, so that a million statements need no more memory than a thousand."""
    from alerts import verdicts
    from scraper import store

    after = 0
    while True:
        page = database.read_now(
            lambda conn, last=after: store.find(conn, source=source, since=since, after_id=last)  # type: ignore[misc]
        )
        if not page:
            return
        pairs = [(found.id, found.revision) for found in page]
        matches = database.read_now(lambda conn, of=pairs: verdicts.matches_of(conn, of))  # type: ignore[misc]
        for found in page:
            yield found, matches.get(found.id, ())
        after = page[-1].id


def _claimed(moment: Moment) -> str:
    return moment.at.date().isoformat() if moment.precision == "day" else moment.at.isoformat()


def _moment(moment: Moment | None) -> str:
    if moment is None:
        return "no date given"
    sure = "" if moment.confident else ", not certain"
    return f"{_claimed(moment)} (to the {moment.precision}, from {moment.method}{sure})"
