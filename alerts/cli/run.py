"""`bayan run`: watch until stopped, or once for cron."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.exits import OK, PARTIAL, UNAVAILABLE
from alerts.cli.frame import (
    ConfigOption,
    DataOption,
    JsonOption,
    QuietOption,
    VerboseOption,
    counted,
    fit,
    load,
    on_terminal,
    opened,
    set_up_log,
)

if TYPE_CHECKING:
    from alerts.service import Reread
    from alerts.settings import Configuration
    from alerts.steps import Report, Watch
    from scraper.db import Database

SHOWN = 3
"""Headlines of a first look that a person at a terminal sees."""
LEAST_FILES, MOST_FILES = 64, 4096
"""Open files without which nothing works, and those that are asked for: each request under way is one."""
REACHED_NOTHING = frozenset({"network_error", "timeout"})


def run(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, then end: for cron.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --once: send and store nothing, print the alerts.")
    ] = False,
    source: Annotated[
        list[str] | None, typer.Option("--source", "-s", help="With --once: only this source, due or not.")
    ] = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Watch the sources and send alerts, until SIGTERM or Ctrl-C; or once, for cron.

    \b
    bayan run                            the service
    bayan run --once                     what is due now:  */5 * * * * bayan run --once --quiet
    bayan run --once --dry-run           try a configuration: nothing is sent or stored
    bayan run --once --source ministry   one source, at once

    Exit codes: 0 all well, 1 some sources or deliveries failed, 69 nothing could be reached, 75 another bayan works in
    this data folder, 78 the configuration is wrong.
    """
    import asyncio
    import signal

    from alerts.lock import only_instance
    from scraper.copies import refuse_damaged, sqlite_path

    if (dry_run or source or json_) and not once:
        raise typer.BadParameter("--dry-run, --source and --json go with --once")
    configuration = load(config, data_dir)
    if once and not (dry_run or source or json_ or on_terminal()) and _is_at_rest(configuration):
        raise typer.Exit(OK)
    # In cron nobody wants the steps of a run, and on a terminal its progress shows them.
    set_up_log(configuration, quiet=quiet or (once and not verbose), verbose=verbose)
    _warn(configuration)
    _check_sources(configuration, source)
    if dry_run:
        raise typer.Exit(_dry(configuration, source, json_))

    def reread() -> Configuration:
        fresh = load(config, data_dir)
        set_up_log(fresh, quiet=quiet, verbose=verbose)  # first of all: a new token must never be logged
        _warn(fresh)
        return fresh

    _allow_files()
    # Until the service heeds it, `bayan reload` must not end the process, which is what SIGHUP does by itself.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    storage = configuration.storage
    with only_instance(storage.data_dir, "once" if once else "service", store=sqlite_path(storage.url)):
        if not once:
            refuse_damaged(configuration.storage.url)
        with opened(configuration, create=True) as database:
            if once:
                raise typer.Exit(asyncio.run(_once(configuration, database, source, json_)))
            asyncio.run(_stay(configuration, database, reread))


def _check_sources(configuration: Configuration, asked: Sequence[str] | None) -> None:
    """Raises ConfigError where a source that was asked for is not there."""
    from scraper.errors import ConfigError, Problem

    known = {one.id for one in configuration.sources}
    unknown = [name for name in asked or () if name not in known]
    if unknown:
        raise ConfigError(
            [Problem(configuration.path.name, 0, 0, f"--source {name}", "there is no such source") for name in unknown]
        )


def _allow_files() -> None:
    """As many open files as the system lets us have. Raises BayanError where that is too few for anything."""
    import resource

    from scraper.errors import BayanError

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < LEAST_FILES:
        raise BayanError(f"only {wanted} files may be open at once: allow at least {LEAST_FILES} (`ulimit -n`)")


def _is_at_rest(configuration: Configuration) -> bool:
    """Whether there is nothing to do: looked at, and left a sign of life, before the parts that would do it are loaded."""
    from datetime import UTC, datetime

    from alerts.lock import only_instance
    from scraper.copies import sqlite_path
    from scraper.errors import StoreError

    if configuration.warnings:  # they are to be logged
        return False
    now = datetime.now(UTC)
    storage = configuration.storage
    with only_instance(storage.data_dir, "once", store=sqlite_path(storage.url)):
        try:
            with opened(configuration) as database:
                from alerts.idle import is_at_rest
                from scraper import marks, sources
                from scraper.copies import RESTORED

                if database.read_now(lambda conn: marks.read(conn, RESTORED)) is not None:
                    return False
                rests = database.read_now(lambda conn: is_at_rest(conn, configuration, now))
                if rests:
                    database.write_now(lambda conn: sources.beat(conn, "once", now))
                return rests
        except StoreError:  # not there yet, older, or damaged: the whole run knows what to do or say
            return False


async def _stay(configuration: Configuration, database: Database, reread: Reread) -> None:
    from contextlib import AsyncExitStack

    from alerts.service import open_service

    async with AsyncExitStack() as stack:
        service = await open_service(stack, configuration, db=database, reread=reread, staying=True)
        await service.run()


async def _once(configuration: Configuration, database: Database, only: list[str] | None, json_: bool) -> int:
    from contextlib import AsyncExitStack

    from alerts.service import open_service

    async with AsyncExitStack() as stack:
        # With --json a program reads standard output: one object stands there, and nothing else.
        console = sys.stderr if json_ else None
        service = await open_service(stack, configuration, db=database, console=console)
        report = await service.once(
            only=only, watch=_progress(configuration, database) if on_terminal() and not json_ else None
        )
    return _conclude(report, json_)


def _dry(configuration: Configuration, only: list[str] | None, json_: bool) -> int:
    """The real thing on a copy of the store, with every channel drawn on the terminal. The copy is thrown away."""
    import asyncio
    import tempfile
    from dataclasses import replace

    from alerts.settings import ChannelSettings
    from scraper import marks
    from scraper.copies import RESTORED, copy_store

    with tempfile.TemporaryDirectory(prefix="bayan-dry-run-") as folder:
        copy = Path(folder) / "bayan.db"
        copy_store(configuration.storage.url, copy)
        tried = replace(
            configuration,
            storage=replace(configuration.storage, url=f"sqlite:///{copy}", data_dir=Path(folder)),
            channels=tuple(ChannelSettings(id=channel.id, kind="console") for channel in configuration.channels),
        )
        everything = [one.id for one in tried.sources if one.enabled]
        with opened(tried, create=True) as database:
            database.write_now(lambda conn: marks.remove(conn, RESTORED))  # what is held in the store is shown here
            code = asyncio.run(_once(tried, database, only or everything, json_))
    typer.echo("Dry run: nothing was sent, nothing was stored.", err=True)
    return code


def _warn(configuration: Configuration) -> None:
    import structlog

    for warning in configuration.warnings:
        structlog.get_logger("bayan").warning("configuration", note=warning)


def _progress(configuration: Configuration, database: Database) -> Watch:
    """One line for each thing that happens, for a person who watches; and what a new source begins with."""
    from alerts.judge import Judged
    from scraper.beginnings import headlines
    from scraper.follow import Followed
    from scraper.poll import Polled

    def say(what: Polled | Followed | Judged) -> None:
        if isinstance(what, Polled):
            found = "first look, stored silently" if what.silent and what.new else f"{len(what.new)} new"
            if what.held:
                found = f"{what.held} held: {what.detail}"
            typer.echo(
                f"  {what.source}: {what.outcome}" + (f", {found}" if what.healthy else f": {what.detail}"), err=True
            )
            new, shown = what.new if what.silent else (), configuration.delivery.first_run or SHOWN
            for title in database.read_now(lambda conn: headlines(conn, new, limit=shown)) if new and shown else ():
                typer.echo(f"      {fit(title[:100])}", err=True)
        elif isinstance(what, Followed):
            typer.echo(f"  {what.source}: article of statement {what.statement}: {what.outcome}", err=True)
        elif what.rings:
            typer.echo(f"  {what.statement.source}: {what.statement.title[:70]!r} rings", err=True)
        elif what.matches and what.statement.baseline:
            typer.echo(
                f"  {what.statement.source}: {what.statement.title[:70]!r} matches; it was there before", err=True
            )

    return say


def _conclude(report: Report, json_: bool) -> int:
    """Say what one run did, and choose its exit code."""
    import json

    failures = [polled for polled in report.polled if not polled.healthy]
    new = sum(len(polled.new) for polled in report.polled)
    if json_:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False))
    elif on_terminal():
        waiting = f", {report.pending} waiting to be sent" if report.pending else ""
        broken = f", {len(failures)} failed" if failures else ""
        polled, stored = counted(len(report.polled), "sources"), counted(new, "new statements")
        sent = counted(report.sent, "messages")  # alerts, and what became of earlier ones
        typer.echo(f"{polled} polled{broken}; {stored}, {len(report.matched)} matched, {sent} sent{waiting}.", err=True)
    if report.polled and all(one.outcome in REACHED_NOTHING for one in report.polled):
        if not json_ and len(report.polled) > 1:
            typer.echo("bayan: no source could be reached; is there a network?", err=True)
        return UNAVAILABLE
    if failures or report.failed or report.later:
        return PARTIAL
    return OK


def _as_json(report: Report) -> dict[str, object]:
    polled = [
        {
            "source": one.source,
            "outcome": one.outcome,
            "detail": one.detail,
            "new": len(one.new),
            "held": one.held,
            "silent": one.silent,
        }
        for one in report.polled
    ]
    counts = {name: getattr(report, name) for name in ("sent", "failed", "pending")}
    judged = {"judged": report.judged, "matched": len(report.matched)}
    return {"schema": 1, "polled": polled, "articles": len(report.followed), **judged, **counts}
