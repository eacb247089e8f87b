"""`bayan reload`: the running service takes the changed configuration."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from alerts.cli.frame import ConfigOption, DataOption, load, opened

if TYPE_CHECKING:
    from alerts.settings import Configuration

PATIENCE = 15.0
"""Seconds to wait for the service's word."""


def reload(config: ConfigOption = None, data_dir: DataOption = None) -> None:
    """Tell the running service to read its configuration again. Nothing that is under way is lost.

    The file is checked here first: where it has mistakes, they are listed (exit code 78) and the service is left alone.
    What stands in [storage] needs a restart instead. Also: kill -HUP PROCESS.

    Example:  bayan reload
    """
    from alerts.lock import holder

    configuration = load(config, data_dir)
    running = holder(configuration.storage.data_dir)
    if running is None or running.what != "service":
        busy = f"process {running.process} is at work there, but it is no service" if running else "no bayan runs there"
        typer.echo(f"bayan: {busy} ({configuration.storage.data_dir}); `bayan run` starts one", err=True)
        raise typer.Exit(1)
    asked_at = datetime.now(UTC)
    try:
        os.kill(running.process, signal.SIGHUP)
    except OSError as error:
        typer.echo(
            f"bayan: process {running.process} cannot be told: {error.strerror}; is it another user's?", err=True
        )
        raise typer.Exit(1) from None
    word = _word(configuration, asked_at)
    if word is None:
        typer.echo(f"bayan: process {running.process} was told and has not answered yet; see its log", err=True)
        raise typer.Exit(1)
    if word:
        typer.echo(f"bayan: refused, the old configuration stays: {word}", err=True)
        raise typer.Exit(1)
    typer.echo(f"Process {running.process} works with the new configuration.")


def _word(configuration: Configuration, asked_at: datetime) -> str | None:
    """Why the service refused, "" where it did not, None where it says nothing in time."""
    from scraper import sources

    give_up = time.monotonic() + PATIENCE
    with opened(configuration) as database:
        while time.monotonic() < give_up:
            beat = database.read_now(sources.beats).get("reload")
            if beat is not None and beat[0] >= asked_at:
                return beat[1]
            time.sleep(0.1)
    return None
