"""`bayan alerts`: what was sent, what waits, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, load, opened

if TYPE_CHECKING:
    from alerts.model import DeliveryState, Match
    from alerts.outbox import Entry
    from alerts.watch.match import Suppressed
    from scraper.db import Connection, Database
    from scraper.evidence import Evidence
    from scraper.model import Statement
    from scraper.stories import Member

app = typer.Typer(no_args_is_help=True, help="What was sent, what waits, and why.")


@app.command("list")
def list_(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    state: Annotated[
        str | None, typer.Option("--state", help="pending, claimed, unconfirmed, held, sent, failed or dropped.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="How many, newest first.")] = 20,
    json_: JsonOption = False,
) -> None:
    """The latest alerts and notices, newest first.

    Example:  bayan alerts list --state failed
    """
    from typing import get_args

    from alerts import outbox
    from alerts.model import DeliveryState

    if state is not None and state not in get_args(DeliveryState):
        raise typer.BadParameter(f"one of {', '.join(get_args(DeliveryState))}", param_hint="--state")
    asked: DeliveryState | None = state  # type: ignore[assignment]
    with opened(load(config, data_dir)) as database:
        found = database.read_now(lambda conn: outbox.entries(conn, state=asked, limit=limit))
        titles = _titles(database, found)
    if json_:
        typer.echo(json.dumps({"schema": 1, "alerts": [_as_json(one) for one in found]}, ensure_ascii=False))
        return
    if not found:
        typer.echo("No alerts yet." if state is None else f"No alerts are {state}.")
    for one in found:
        mark = " (may repeat)" if one.may_repeat else ""
        what = titles.get(one.statement or 0) or (one.text or one.subject).splitlines()[0]
        when = f"{one.created_at:%d %b %H:%M}"
        typer.echo(f"{one.id:>6}  {when}  {one.kind:<8} {one.state:<11} {one.channel:<12} {what}{mark}")
        if one.reason and one.state != "sent":
            typer.echo(f"        {one.reason}")


@app.command("failed")
def failed(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="How many, newest first.")] = 20,
    json_: JsonOption = False,
) -> None:
    """What was given up, and why. `bayan alerts retry` tries it once more.

    Example:  bayan alerts failed --json
    """
    list_(config, data_dir, "failed", limit, json_)


@app.command("retry", short_help="Send what was given up once more.")
def retry(
    alerts: Annotated[list[int] | None, typer.Argument(help="The alerts' numbers.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that failed.")] = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> None:
    """Send alerts that failed once more: the running service does so at once, else the next run.

    Example:  bayan alerts retry 7 9
    """
    from alerts import outbox

    _decide("failed", alerts, all_, config, data_dir, outbox.retry_failed, "{} to be sent again.")


@app.command("release", short_help="Send what is held.")
def release(
    alerts: Annotated[list[int] | None, typer.Argument(help="Their numbers; none: all of them.")] = None,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> None:
    """Send what is held, such as the open alerts of a restored backup; without numbers, nothing is held from now on.

    Example:  bayan alerts release
    """
    from alerts import outbox

    _decide(
        "held",
        alerts,
        not alerts,
        config,
        data_dir,
        outbox.release,
        "{} released: sent by the service or the next run.",
    )


@app.command("drop", short_help="Never send what is held.")
def drop(
    alerts: Annotated[list[int] | None, typer.Argument(help="Their numbers; none: all of them.")] = None,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> None:
    """Never send what is held; without numbers, nothing is held from now on. What was dropped stays listed, and never rings.

    Example:  bayan alerts list --state held; bayan alerts drop
    """
    from alerts import outbox

    _decide("held", alerts, not alerts, config, data_dir, outbox.drop, "{} dropped.")


def _decide(
    state: DeliveryState,
    alerts: list[int] | None,
    every: bool,
    config: Path | None,
    data_dir: Path | None,
    doer: Callable[[Connection, datetime, list[int] | None], int],
    said: str,
) -> None:
    """What a person decided about deliveries in `state`. Exit code 1 where one of the numbers is in another state."""
    from alerts import outbox
    from scraper import marks
    from scraper.copies import RESTORED

    if bool(alerts) == every:
        raise typer.BadParameter("give the alerts' numbers, or --all", param_hint="ALERTS")
    now = datetime.now(UTC)

    def settle(conn: Connection) -> tuple[int, list[str]]:
        wrong = []
        for number in alerts or ():
            found = outbox.entries(conn, delivery_id=number)
            if not found or found[0].state != state:
                wrong.append(
                    f"alert {number} is {found[0].state}, not {state}" if found else f"there is no alert {number}"
                )
        if wrong:
            return 0, wrong
        if every and state == "held":
            marks.remove(conn, RESTORED)
        return doer(conn, now, alerts or None), []

    with opened(load(config, data_dir)) as database:
        count, wrong = database.write_now(settle)
        gone = [one.id for one in database.read_now(outbox.channels) if one.condition == "gone"]
    for line in wrong:
        typer.echo(f"bayan: {line}; bayan alerts list shows them", err=True)
    if wrong:
        raise typer.Exit(1)
    typer.echo(said.format(f"{count} alert{'s' if count != 1 else ''}") if count else f"No alerts are {state}.")
    for channel in gone:
        typer.echo(f"Channel {channel} takes no messages; `bayan channels test {channel}` takes it up again.")


@app.command("explain", short_help="Why an alert rang, and why others did not.")
def explain(
    alert: Annotated[str, typer.Argument(help="The alert's number, as `bayan alerts list` gives it, or its tag.")],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Why an alert rang: what matched where, by which steps, what was found and did not ring, which route
    took it, and how each step of its way went.

    \b
    bayan alerts explain 7
    bayan alerts explain A7F3-21
    """
    from alerts.cli.why import near_misses
    from alerts.message import tagged

    tag = tagged(alert)
    if tag is None and not (alert.isascii() and alert.isdecimal() and len(alert) < 19):
        raise typer.BadParameter("neither the number nor the tag of an alert", param_hint="ALERT")
    configuration = load(config, data_dir)
    with opened(configuration) as database:
        one = _named(alert, tag, database)
        known = _known(one, database)
    version, missed = near_misses(configuration, known.statement) if known.statement is not None else ("", ())
    if json_:
        _print_json(one, known, missed)
        return
    typer.echo(
        f"{one.kind} {one.id} for channel {one.channel}: {one.state}" + (f" ({one.reason})" if one.reason else "")
    )
    if known.statement is None:
        typer.echo(one.text)
    else:
        _tell_statement(one, known.statement, known, version, missed)
    _tell_way(one)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store has about the statement of an alert; nothing of it for a notice."""

    statement: Statement | None = None
    matches: tuple[Match, ...] = ()
    judgements: tuple[tuple[Any, ...], ...] = ()
    story: int | None = None
    carried: tuple[Member, ...] = ()
    pages: tuple[Evidence, ...] = ()


def _named(alert: str, tag: int | None, database: Database) -> Entry:
    """The alert of that number, or of the statement that its tag names."""
    from alerts import outbox

    if tag is None:
        found = database.read_now(lambda conn: outbox.entries(conn, delivery_id=int(alert)))
    else:
        rang = database.read_now(lambda conn: outbox.entries(conn, statement=tag, limit=1_000))
        found = tuple(one for one in reversed(rang) if one.kind == "alert")
    if not found:
        typer.echo(f"bayan: there is no alert {alert}; bayan alerts list shows them", err=True)
        raise typer.Exit(1)
    return found[0]


def _known(one: Entry, database: Database) -> _Known:
    from alerts import verdicts
    from scraper import evidence, store, stories

    def read(conn: Connection) -> _Known:
        statement = None if one.statement is None else store.get(conn, one.statement)
        if statement is None:
            return _Known()
        number = statement.id
        story = stories.stories_of(conn, [number]).get(number)
        return _Known(
            statement,
            verdicts.matches_of(conn, [(number, statement.revision)]).get(number, ()),
            verdicts.history(conn, number),
            story,
            stories.members(conn, story) if story is not None else (),
            evidence.of(conn, number),
        )

    return database.read_now(read)


def _print_json(one: Entry, known: _Known, missed: tuple[Suppressed, ...]) -> None:
    from alerts.cli.carried import as_carried
    from alerts.cli.statements import as_row
    from alerts.cli.why import record_row

    whole = {"schema": 1, "alert": _as_json(one)}
    if known.statement is not None:
        row = as_row(known.statement, known.matches, known.story)
        whole["statement"] = {**row, "carried": as_carried(known.carried)}
        whole["matches"] = [record_row(match) for match in known.matches]
        whole["suppressed"] = [{**record_row(miss.match), "reason": miss.reason} for miss in missed]
    typer.echo(json.dumps(whole, ensure_ascii=False))


def _tell_statement(
    one: Entry, statement: Statement, known: _Known, version: str, missed: tuple[Suppressed, ...]
) -> None:
    from alerts.cli.carried import told_story
    from alerts.cli.evidence import in_short
    from alerts.cli.why import told_misses, told_record

    typer.echo(f"statement {statement.id} of source {statement.source}: {statement.title}")
    for match in known.matches:
        typer.echo(f"  {told_record(match)}")
    for line in told_misses(version, known.judgements[-1][3] if known.judgements else "", missed):
        typer.echo(line)
    for line in told_story(known.carried, statement.id):
        typer.echo(f"story: {line}")
    typer.echo(f"evidence: {in_short(known.pages, statement.id)}")
    typer.echo(f"route{'s' if len(one.routes) != 1 else ''}: {', '.join(one.routes) or '-'}")
    for revision, extent, at, _, count in known.judgements:
        typer.echo(f"judged {at:%d %b %Y %H:%M:%S} UTC: revision {revision}, {extent}, {count} matches")


def _tell_way(one: Entry) -> None:
    """How each step of its way went."""
    typer.echo(f"queued {one.created_at:%d %b %Y %H:%M:%S} UTC, priority {one.priority}, attempts {one.attempts}")
    if one.settled_at is not None:
        message = f", message {one.message_id}" if one.message_id else ""
        typer.echo(f"{one.state} {one.settled_at:%d %b %Y %H:%M:%S} UTC{message}")
    elif one.state != "held":
        typer.echo(f"due {one.due_at:%d %b %Y %H:%M:%S} UTC")
    if one.may_repeat:
        typer.echo("An earlier attempt perhaps arrived: the message says that it may repeat.")


def _titles(database: Database, found: tuple[Entry, ...]) -> dict[int, str]:
    from scraper import store

    titles = {}
    for number in {one.statement for one in found if one.statement is not None}:
        statement = database.read_now(lambda conn, which=number: store.get(conn, which))  # type: ignore[misc]
        if statement is not None:
            titles[number] = statement.title
    return titles


def _as_json(one: Entry) -> dict[str, Any]:
    def stamp(moment: Any) -> str | None:
        return None if moment is None else moment.isoformat().replace("+00:00", "Z")

    return {
        "id": one.id,
        "channel": one.channel,
        "kind": one.kind,
        "subject": one.subject,
        "statement": one.statement,
        "state": one.state,
        "priority": one.priority,
        "attempts": one.attempts,
        "due_at": stamp(one.due_at),
        "created_at": stamp(one.created_at),
        "settled_at": stamp(one.settled_at),
        "message_id": one.message_id,
        "may_repeat": one.may_repeat,
        "routes": list(one.routes),
        "text": one.text,
        "reason": one.reason,
    }
