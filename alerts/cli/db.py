"""`bayan db`: the store itself: bring its schema up to date, copy it, check it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, load, opened

app = typer.Typer(no_args_is_help=True, help="The store itself: bring it up to date, copy it, check it.")


@app.command("upgrade")
def upgrade(config: ConfigOption = None, data_dir: DataOption = None) -> None:
    """Bring the store's schema up to date. `bayan run` does so by itself; here it can be done before.

    The store is copied beside itself first (storage.backup_before_migrate); a cut in the middle leaves the old schema.

    Example:  bayan db upgrade
    """
    from alerts.lock import only_instance
    from scraper.copies import sqlite_path
    from scraper.upgrade import HEAD

    configuration = load(config, data_dir)
    storage = configuration.storage
    store = sqlite_path(storage.url)
    with only_instance(storage.data_dir, "db", store=store), opened(configuration, create=True):
        typer.echo(f"The store is of version {HEAD}, the newest that this bayan knows.")


@app.command("backup", short_help="Copy the store, also while the service runs.")
def backup(
    file: Annotated[Path, typer.Argument(help="The new file. Nothing is overwritten.")],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Copy the store into a new file, whole and consistent, also while the service runs.

    To go back to it: stop bayan, put the file in the place of the store (and remove the store's -wal and -shm files),
    start bayan. It then holds every delivery until `bayan alerts release` or `bayan alerts drop`, because what was sent
    since the backup is open in it once more. The raw pages that are kept as evidence lie in a folder beside the store
    and are not in it: copy that folder, too. Its files never change.

    Example:  bayan db backup /var/backups/bayan-monday.db
    """
    from contextlib import suppress

    from scraper import sources
    from scraper.archive import Archive, folder_of
    from scraper.copies import copy_store
    from scraper.errors import StoreError

    configuration = load(config, data_dir)
    now = datetime.now(UTC)
    if not copy_store(configuration.storage.url, file, mark_at=now):
        raise StoreError(f"there is no store in {configuration.storage.data_dir} yet: run `bayan run --once` first")
    with suppress(StoreError), opened(configuration) as database:  # an older store, a full disk: the copy is made
        database.write_now(lambda conn: sources.beat(conn, "backup", now))
    size = file.stat().st_size
    folder = folder_of(configuration.storage)
    pages, weight = Archive(folder, most=0).count()
    if json_:
        beside = {"included": False, "folder": str(folder), "files": pages, "bytes": weight}
        row = {"schema": 1, "file": str(file.absolute()), "bytes": size, "evidence": beside}
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    typer.echo(f"{file}: {size / 1_000_000:.1f} MB")
    if pages:
        many = "s" if pages != 1 else ""
        typer.echo(
            f"Not in it is the evidence: {pages} raw page{many}, {folder} ({weight / 1_000_000:.1f} MB): copy it, too."
        )


@app.command("check")
def check(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Also every index against its table: slower.")] = False,
    json_: JsonOption = False,
) -> None:
    """Is the store sound? Exit code 1 where it is damaged.

    Example:  bayan db check --thorough
    """
    from scraper.copies import check_store

    configuration = load(config, data_dir)
    wrong = check_store(configuration.storage.url, thorough=thorough)
    if json_:
        typer.echo(json.dumps({"schema": 1, "sound": not wrong, "problems": list(wrong)}, ensure_ascii=False))
    elif not wrong:
        typer.echo("The store is sound.")
    else:
        for line in wrong:
            typer.echo(line)
        typer.echo(
            "bayan: the store is damaged: stop bayan, keep the file, put a backup in its place (bayan db backup --help)",
            err=True,
        )
    if wrong:
        raise typer.Exit(1)
