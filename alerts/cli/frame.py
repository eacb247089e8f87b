"""What every verb that works with a configuration does first: find it, read it, open the store, set up the log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from alerts.settings import Configuration
    from scraper.db import Database
    from scraper.errors import SourceError


def numbered(said: str) -> int:
    """The statement that a person means: by its number, or by the tag at the end of its alert. Raises `BadParameter`."""
    from alerts.message import tagged

    if said.isascii() and said.isdecimal() and len(said) < 19:
        return int(said)
    if (found := tagged(said)) is None:
        raise typer.BadParameter(f"{said!r} is neither a statement's number nor the tag of an alert")
    return found


StatementArgument = Annotated[
    int,
    typer.Argument(parser=numbered, metavar="statement", help="Its number, or the tag that ends its alert: A7F3-21."),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration file; else $BAYAN_CONFIG, else ./config.toml.")
]
DataOption = Annotated[Path | None, typer.Option("--data-dir", help="The data folder, instead of the configured one.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for programs.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only warnings and errors on stderr.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Everything, on stderr.")]


def load(config: Path | None, data_dir: Path | None = None) -> Configuration:
    """The configuration. Raises ConfigError with every problem in it."""
    from alerts.config import find, load

    return load(find(config, os.environ), os.environ, data_dir=data_dir)


@contextmanager
def opened(configuration: Configuration, *, create: bool = False) -> Iterator[Database]:
    """The store of a configuration, closed at the end. Raises StoreError.

    Only those who may `create` it (they hold the lock of its folder) change its schema: a look with a newer program beside
    a service that still runs must not.
    """
    import alerts.schema  # noqa: F401 - the tables of both rooms belong to one store
    from scraper.db import open_database

    storage = configuration.storage
    copy_at = datetime.now(UTC) if storage.backup_before_migrate else None
    database = open_database(storage.url, create=create, upgrade=create, copy_at=copy_at)
    try:
        yield database
    finally:
        database.close()


def set_up_log(configuration: Configuration, *, quiet: bool = False, verbose: bool = False) -> None:
    """Logs go to stderr, without secrets."""
    from dataclasses import replace

    from alerts.logs import set_up

    level = "debug" if verbose else "warning" if quiet else configuration.logging.level
    secrets = [one for channel in configuration.channels for one in channel.secrets]
    secrets += [value for source in configuration.sources for value in source.headers.values()]
    proxies = {configuration.fetch.proxy, *(source.proxy for source in configuration.sources)}
    proxies |= {channel.proxy for channel in configuration.channels}
    secrets += [word for url in (*proxies, configuration.storage.url) if (word := _password(url))]
    more = (configuration.storage.password, configuration.bot.token if configuration.bot else None)
    secrets += [one.reveal() for one in more if one is not None]
    if configuration.service.alive_url is not None:
        secrets.append(configuration.service.alive_url.reveal())
    set_up(replace(configuration.logging, level=level), secrets=secrets, stream=sys.stderr)


def _password(url: str) -> str:
    """The password in an address that the configuration has already judged, "" where it has none."""
    from urllib.parse import urlsplit

    return urlsplit(url).password or ""


def since(days: float | None) -> datetime | None:
    """The moment `days` ago, None where none were asked for. Raises `BadParameter` for days that no calendar has."""
    from datetime import timedelta

    if days is None:
        return None
    try:
        return datetime.now(UTC) - timedelta(days=days)
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{days:g} days are longer than any calendar", param_hint="--days") from None


def next_step(error: SourceError) -> str:
    """What a person who asked for an address may do about what came of it."""
    from alerts.remedies import REMEDIES
    from scraper.condition import of_failure

    condition = of_failure(error)
    if condition == "blocked":
        return "is it of your own network? Then the same command with --allow-private; nothing else opens it"
    return REMEDIES[condition].next


def on_terminal() -> bool:
    """Whether somebody watches: progress is for people, and silent in cron."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def counted(number: int, things: str) -> str:
    """ "1 alias", "2,000 aliases": `things` is the plural, whose s or es goes where there is one only."""
    if number == 1:
        things = things.removesuffix("es") if things.endswith("ases") else things.removesuffix("s")
    return f"{number:,} {things}"


def fit(text: str) -> str:
    """`text` of a page or a server, fit for a terminal: on one line, without what would drive or reorder it."""
    from alerts.shown import JOINER, isolate, show

    shown = show(text).text.replace(JOINER, "")  # which keeps a chat from making links: here they are to be copied
    return isolate(shown) if shown else ""
