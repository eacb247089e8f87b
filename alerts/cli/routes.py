"""`bayan routes`: who would be told of a statement, who not, and which line of the configuration decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, StatementArgument, fit, load, opened

if TYPE_CHECKING:
    from alerts.judge import Judged
    from alerts.model import Match
    from alerts.outbox import Entry
    from alerts.settings import Configuration
    from scraper.db import Connection
    from scraper.model import Source, Statement

app = typer.Typer(
    no_args_is_help=True,
    help="Who is told of a statement, who is not, and which line decided.",
    short_help="Who is told of a statement, who is not, and why.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One route with what it decides: `refused` is its first condition that does not hold; what ended the reading before it
    leaves it not `reached`."""

    name: str
    place: str
    channels: tuple[str, ...]
    reached: bool
    refused: str
    ends: bool


@app.command("test", short_help="Try the routes on a text; nothing is stored or sent.")
def test(
    text: Annotated[str, typer.Argument(help="What a statement says.")],
    title: Annotated[str, typer.Option("--title", "-t", help="Its headline.")] = "",
    source: Annotated[str, typer.Option("--source", "-s", help="The source it comes from, by id.")] = "",
    language: Annotated[str | None, typer.Option("--language", "-l", help="Its language, such as ar.")] = None,
    at: Annotated[
        str, typer.Option("--at", help='A moment, for quiet hours and digests: "2026-06-20T23:30Z". Default: now.')
    ] = "",
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Try the routes on a text, without storing or sending anything. Exit code 1 where nobody would be told.

    \b
    bayan routes test "Qais al-Khazali warned of an attack" --source agency
    bayan routes test "..." --source agency --at 2026-06-20T23:30Z
    """
    from alerts.judge import Bench, weigh
    from alerts.watch.match import compile_watchlist
    from scraper.model import Statement

    configuration = load(config, data_dir)
    now = _moment(at)
    ids = [one.id for one in configuration.sources]
    if source and source not in ids:
        raise typer.BadParameter(
            f"there is no source {source!r}; there are {', '.join(ids[:20])}", param_hint="--source"
        )
    statement = Statement(
        id=0, source=source, key="", url=None, title=title, summary="", text=text, published=None, said_on=None,
        first_seen_at=now, author=None, language=language, revision=1, extent="text", baseline=False,
    )  # fmt: skip
    bench = Bench(
        watchlist=compile_watchlist(configuration.actors, configuration.keywords),
        routes=configuration.routes,
        channels=tuple(channel.id for channel in configuration.channels),
        sources={one.id: one for one in configuration.sources},
    )
    judged = weigh(statement, bench)
    _show(configuration, judged, (), now, json_)
    if not judged.rings:
        raise typer.Exit(1)


@app.command("explain", short_help="Who got a stored statement, who did not, and why.")
def explain(
    statement: StatementArgument,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """What the routes of today make of a stored statement, and what became of it: who got it, when, and who did not.

    Example:  bayan routes explain A7F3-21
    """
    from alerts import outbox, verdicts
    from alerts.judge import Judged
    from alerts.route import route
    from alerts.watch.attribution import spoken_by
    from scraper import store

    configuration = load(config, data_dir)

    def read(conn: Connection) -> tuple[Statement | None, tuple[Match, ...], tuple[Entry, ...]]:
        found = store.get(conn, statement)
        pairs = [] if found is None else [(found.id, found.revision)]
        return found, verdicts.matches_of(conn, pairs).get(statement, ()), outbox.of_statement(conn, statement)

    with opened(configuration) as database:
        found, matches, deliveries = database.read_now(read)
    if found is None:
        typer.echo(f"bayan: there is no statement {statement}; bayan statements search finds them", err=True)
        raise typer.Exit(1)
    source = next((one for one in configuration.sources if one.id == found.source), None)
    if source is not None and source.speaks_for:
        matches = spoken_by(source.speaks_for, matches)
    rings = route(
        found,
        matches,
        routes=configuration.routes,
        channels=tuple(channel.id for channel in configuration.channels),
        source=source,
        actors={one.id: one for one in configuration.actors},
        keywords={one.id: one for one in configuration.keywords},
    )
    _show(configuration, Judged(found, matches, rings), deliveries, datetime.now(UTC), json_)


def _show(
    configuration: Configuration, judged: Judged, deliveries: tuple[Entry, ...], now: datetime, json_: bool
) -> None:
    rows = _rows(configuration, judged)
    told = {ring.channel: (ring.priority, _fate(configuration, judged, ring.channel, now)) for ring in judged.rings}
    if json_:
        typer.echo(json.dumps(_as_json(configuration, judged, rows, told, deliveries), ensure_ascii=False))
        return
    for match in judged.matches:
        role = {"speaker": ", the speaker", "mentioned": ", only mentioned"}.get(match.role or "", "")
        typer.echo(f"matches {match.watch}: “{fit(match.surface or match.pattern)}”{role}")
    if not judged.matches:
        typer.echo("Nothing that is watched is in it.")
    elif judged.statement.baseline:
        typer.echo("It stood there at the first poll of its source, and that never rings.")
    for row in rows:
        said = "not reached" if not row.reached else f"refused by {row.refused}" if row.refused else "takes it"
        if row.reached and not row.refused:
            said += f" -> {', '.join(row.channels)}{' and ends the reading' if row.ends else ''}"
        typer.echo(f"{row.place}  {fit(row.name)}: {said}")
    for channel in configuration.channels:
        if channel.id in told:
            priority, (then, until, because) = told[channel.id]
            when = f"{then} until {until}" if until else then
            typer.echo(f"channel {channel.id}: told {when}, priority {priority}{f' ({because})' if because else ''}")
        else:
            typer.echo(f"channel {channel.id}: not told")
    for one in deliveries:
        queued = f"queued {one.created_at:%d %b %H:%M} UTC"
        typer.echo(f"{one.kind} {one.id} for {one.channel}: {one.state}, {queued} {fit(one.reason)}".rstrip())


def _rows(configuration: Configuration, judged: Judged) -> list[Row]:
    """Every route of the file in its order, with what it decides."""
    from alerts.model import Route
    from alerts.route import EVERYTHING, inherent_priority, refusal
    from scraper.document import read_document
    from scraper.lines import line_map, place_of

    source: Source | None = next((one for one in configuration.sources if one.id == judged.statement.source), None)
    places = line_map(read_document(configuration.path).text) if configuration.path.is_file() else {}
    routes = configuration.routes or (
        Route(name=EVERYTHING, channels=tuple(channel.id for channel in configuration.channels)),
    )
    actors = {one.id: one for one in configuration.actors}
    inherent = inherent_priority(judged.matches, actors, {one.id: one for one in configuration.keywords})
    rows, reached = [], True
    for index, one in enumerate(routes):
        refused = "no match" if not judged.matches else refusal(one, judged.statement, judged.matches, source)
        if not refused and one.priorities and inherent not in one.priorities:
            refused = f"priorities: what matched is {inherent}"
        line = place_of(places, ("routes", index))[0] if configuration.routes and places else 0
        place = f"{configuration.path.name}:{line}" if line else "(without routes)"
        ends = not one.proceed
        rows.append(Row(one.name, place, one.channels, reached, refused, ends))
        reached = reached and (bool(refused) or not ends)
    return rows


def _fate(configuration: Configuration, judged: Judged, channel: str, now: datetime) -> tuple[str, str, str]:
    """What would become of its alert in this channel at that moment: then, until, because. Mutes are the chat's and not asked."""
    from alerts.hush import manners_of
    from alerts.manners import About, fate

    ring = next(one for one in judged.rings if one.channel == channel)
    manners = manners_of(
        configuration.routes, configuration.quiet_hours, configuration.own_plans, configuration.delivery.storm
    )
    about = About(frozenset(match.watch for match in judged.matches), judged.statement.source, "", ring.routes)
    found = fate(ring.priority, about, manners.plans(ring), mutes=(), storm=None, recent=0, now=now)
    until = f"{found.until:%Y-%m-%d %H:%M} UTC" if found.until else ""
    return found.then, until, found.because


def _as_json(
    configuration: Configuration,
    judged: Judged,
    rows: list[Row],
    told: dict[str, tuple[Any, tuple[str, str, str]]],
    deliveries: tuple[Entry, ...],
) -> dict[str, Any]:
    from alerts.cli.match import match_row

    return {
        "schema": 1,
        "matches": [match_row(match) for match in judged.matches],
        "routes": [
            {
                "name": row.name, "place": row.place, "channels": list(row.channels), "reached": row.reached,
                "refused": row.refused or None, "takes": row.reached and not row.refused,
            }
            for row in rows
        ],
        "channels": [
            {
                "id": channel.id,
                "told": channel.id in told,
                "priority": told[channel.id][0] if channel.id in told else None,
                "then": told[channel.id][1][0] if channel.id in told else None,
                "until": (told[channel.id][1][1] or None) if channel.id in told else None,
            }
            for channel in configuration.channels
        ],
        "deliveries": [{"id": one.id, "channel": one.channel, "kind": one.kind, "state": one.state} for one in deliveries],
    }  # fmt: skip


def _moment(at: str) -> datetime:
    if not at:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    except ValueError:
        raise typer.BadParameter("write it as 2026-06-20T23:30Z", param_hint="--at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
