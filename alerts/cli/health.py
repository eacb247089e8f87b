"""`bayan health`: is it alive? For a container's HEALTHCHECK and for monitors; it reads the store and needs no port."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, load, opened

if TYPE_CHECKING:
    from alerts.settings import Configuration

LEAST_FREE = 512 * 1024
"""Bytes on the disk of the data folder below which the store cannot be relied on to take the next poll."""


def health(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    max_age: Annotated[
        float, typer.Option("--max-age", min=1, help="With cron: minutes since the end of the last run.")
    ] = 120,
    alive: Annotated[
        bool, typer.Option("--alive", help="Only the sign of life: for what restarts bayan, which mends no network.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Is bayan alive and of use? Exit code 0 if so, 1 if not, with the reasons.

    It is not when the service gave no sign of life for 30 s (its loop gives one every 5 s; twice that, and 20 s of
    margin), when a run from cron did not end for --max-age minutes, when no source could be polled, when no channel takes
    messages, or when the store cannot be read.

    \b
    bayan health
    bayan health --alive     for a liveness probe
    """
    from scraper.errors import StoreError

    configuration = load(config, data_dir)
    try:
        reasons = _reasons(configuration, timedelta(minutes=max_age), alive=alive)
    except StoreError as error:
        reasons = (f"the store: {error}",)
    room = _room(configuration.storage.data_dir)
    reasons = () if room and alive else (*room, *reasons)  # a restart makes no room
    if json_:
        typer.echo(json.dumps({"schema": 1, "healthy": not reasons, "reasons": list(reasons)}, ensure_ascii=False))
    elif reasons:
        for reason in reasons:
            typer.echo(f"unhealthy: {reason}")
    else:
        typer.echo("healthy")
    if reasons:
        raise typer.Exit(1)


def _room(data_dir: Path) -> tuple[str, ...]:
    """Why the store could not grow, whatever it says itself: its sign of life may be missing for that alone."""
    try:
        if not data_dir.is_dir():
            return ()
    except OSError as error:
        return (f"{data_dir} cannot be reached: {error.strerror}",)
    if not os.access(data_dir, os.W_OK):
        return (f"nothing can be written in {data_dir}: check its owner and its mount",)
    free = shutil.disk_usage(data_dir).free
    if free < LEAST_FREE:
        return (f"the disk of {data_dir} is full ({free // 1024} KiB free): make room; nothing is lost",)
    return ()


def _reasons(configuration: Configuration, once_patience: timedelta, *, alive: bool) -> tuple[str, ...]:
    from alerts import outbox
    from alerts.health import ailments
    from scraper import sources

    with opened(configuration) as database:
        states = database.read_now(sources.states)
        beats = database.read_now(sources.beats)
        learned = {channel.id: channel.condition for channel in database.read_now(outbox.channels)}
    polled = {source.id for source in configuration.sources if source.enabled and not alive}
    return ailments(
        [state for state in states if state.id in polled],
        {channel.id: learned.get(channel.id, "ok") for channel in configuration.channels if not alive},
        beats,
        datetime.now(UTC),
        once_patience=once_patience,
        canary=configuration.canary is not None and not alive,
    )
