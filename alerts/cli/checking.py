"""`bayan actors check`: what in the watchlists will surprise, and what to do about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.exits import PARTIAL
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, counted, fit, load, on_terminal, opened, since

if TYPE_CHECKING:
    from alerts.model import Actor, Keywords
    from alerts.settings import Configuration
    from alerts.watch.collisions import Finding
    from scraper.db import Database


_SHOWN = 200


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.toml", help="A watchlist file; else the configuration's.")
    ] = None,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    days: Annotated[
        float, typer.Option("--days", min=0.01, help="Also look at the statements of the last N days.")
    ] = 30,
    offline: Annotated[bool, typer.Option("--no-store", help="Look at the watchlist alone.")] = False,
    json_: JsonOption = False,
) -> None:
    """What in the watchlists will surprise: names that ring for others or for nobody, that are words, that
    many bear; weak aliases without context; rules that overlap, never match or match nearly everything.

    The names are tried on each other and, where there is a store, on its statements. Exit code 1 where
    something needs a person; each finding says what to do.

    \b
    bayan actors check
    bayan actors check docs/examples/iraq.toml --no-store
    """
    from alerts.watch.collisions import check_actors, check_rules

    configuration = None if file is not None and offline else load(config, data_dir)
    actors, keywords = _watched(file, configuration)
    findings = [*check_actors(actors, progress=_progress("actors")), *check_rules(keywords, actors)]
    _clear()
    read = 0
    if not offline and configuration is not None:
        read, more = _stored(configuration, actors, keywords, days)
        told = {(one.kind, one.watch, one.text) for one in findings}
        findings += [one for one in more if (one.kind, one.watch, one.text) not in told]
    if json_:
        rows = [
            {"kind": one.kind, "watch": one.watch, "text": one.text, "message": one.message, "remedy": one.remedy}
            for one in findings
        ]
        typer.echo(json.dumps({"schema": 1, "read": read, "findings": rows}, ensure_ascii=False))
    else:
        for one in findings[:_SHOWN]:
            text = f" {fit('“' + one.text + '”')}" if one.text else ""
            typer.echo(f"{one.watch}{text} {fit(one.message)}\n    {fit(one.remedy)}")
        if len(findings) > _SHOWN:
            typer.echo(f"and {len(findings) - _SHOWN:,} more; --json has all.")
        looked = f", {counted(read, 'statements')}" if read else ""
        need = "needs" if len(findings) == 1 else "need"
        said = f"{len(findings):,} {need} a person" if findings else "nothing needs a person"
        typer.echo(f"{counted(len(actors), 'actors')}, {counted(len(keywords), 'keyword lists')}{looked}: {said}.")
    if findings:
        raise typer.Exit(PARTIAL)


def _watched(file: Path | None, configuration: Configuration | None) -> tuple[tuple[Actor, ...], tuple[Keywords, ...]]:
    from alerts.config import load_watchlists

    if file is not None:
        return load_watchlists(file)
    assert configuration is not None  # only a file is looked at without one
    return configuration.actors, configuration.keywords


def _stored(
    configuration: Configuration, actors: tuple[Actor, ...], keywords: tuple[Keywords, ...], days: float
) -> tuple[int, tuple[Finding, ...]]:
    """What the store says; nothing where there is none yet."""
    from alerts.checkup import check_store
    from scraper.errors import StoreError

    first = since(days)

    async def look(database: Database) -> tuple[int, tuple[Finding, ...]]:
        return await check_store(
            database, actors, keywords, sources=configuration.sources, since=first, progress=_progress("statements")
        )

    try:
        with opened(configuration) as database:
            found = asyncio.run(look(database))
    except StoreError as error:
        typer.echo(f"bayan: the names were tried on each other only: {error}", err=True)
        return 0, ()
    _clear()
    return found


def _progress(what: str) -> Callable[[int], None] | None:
    """How far it is, where somebody watches."""
    if not on_terminal():
        return None
    return lambda count: typer.echo(f"\r{count:,} {what}", nl=False, err=True)


def _clear() -> None:
    if on_terminal():
        typer.echo("\r" + " " * 40 + "\r", nl=False, err=True)
