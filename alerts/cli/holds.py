"""`bayan sources held`, `release` and `drop`: what a person decides about new statements that were too many to be believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.exits import PARTIAL
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, fit, load, opened

if TYPE_CHECKING:
    from scraper.db import Connection

SourceArgument = Annotated[str, typer.Argument(help="The source's id.")]
SHOWN = 5


def held(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """What is held: more new statements of one source than it could have, as after a redesign.

    Example:  bayan sources held
    """
    from scraper import holds

    with opened(load(config, data_dir)) as database:
        found = database.read_now(lambda conn: holds.floods(conn, samples=SHOWN))
    if json_:
        rows = [
            {
                "source": one.source,
                "held": one.count,
                "listed": one.listed,
                "since": _stamp(one.since),
                "last_at": _stamp(one.last_at),
                "reason": one.reason,
                "samples": list(one.samples),
            }
            for one in found
        ]
        typer.echo(json.dumps({"schema": 1, "held": rows}, ensure_ascii=False))
        return
    if not found:
        typer.echo("Nothing is held.")
    for one in found:
        typer.echo(f"{one.source}: {one.count} held since {one.since:%d %b %Y, %H:%M} UTC: {fit(one.reason)}")
        for title in one.samples:
            typer.echo(f"  {fit(title)}")
        if one.count > len(one.samples):
            typer.echo(f"  and {one.count - len(one.samples)} more")
        typer.echo(f"  bayan sources release {one.source} lets them ring, bayan sources drop {one.source} does not")


def release(source: SourceArgument, config: ConfigOption = None, data_dir: DataOption = None) -> None:
    """What is held of a source was news after all: it is judged, and rings where it matches.

    Example:  bayan sources release ministry
    """
    from scraper import holds

    _decide(source, config, data_dir, holds.release, "released: judged and rung by the service or the next run")


def drop(source: SourceArgument, config: ConfigOption = None, data_dir: DataOption = None) -> None:
    """What is held of a source was no news: it stays stored and is found by a search, and never rings.

    Example:  bayan sources held; bayan sources drop ministry
    """
    from scraper import holds

    _decide(source, config, data_dir, holds.drop, "dropped: they stay stored, and never ring")


def _decide(
    source: str,
    config: Path | None,
    data_dir: Path | None,
    doer: Callable[[Connection, str, datetime], int],
    said: str,
) -> None:
    now = datetime.now(UTC)
    with opened(load(config, data_dir)) as database:
        count = database.write_now(lambda conn: doer(conn, source, now))
    if not count:
        typer.echo(f"bayan: nothing of source {source} is held; bayan sources held shows what is", err=True)
        raise typer.Exit(PARTIAL)
    typer.echo(f"{count} statement{'s' if count != 1 else ''} of {source} {said}.")


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
