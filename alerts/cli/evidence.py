"""`bayan statements evidence`: the raw pages that a statement was read from, each proven to be what it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.exits import PARTIAL
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, StatementArgument, fit, load, opened

if TYPE_CHECKING:
    from scraper.evidence import Evidence

ENDINGS = {"text/html": "html", "application/json": "json", "text/plain": "txt"}
"""Of the files that `--out` writes, by what the page was said to be; feeds and sitemaps are `xml`, all others `bin`."""


def evidence(
    statement: StatementArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the pages into this folder, by their hashes.")
    ] = None,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """The raw pages that a statement was read from.

    When each was fetched and from where, and the SHA-256 of its content, which is worked out anew. Exit code 1 where
    there is none, or one is missing or was altered.

    \b
    bayan statements evidence 42
    bayan statements evidence 42 --out case-42     the pages as files, and evidence.json about them
    """
    from scraper import evidence as kept
    from scraper import store
    from scraper.archive import Archive, Broken, folder_of
    from scraper.errors import StoreError

    configuration = load(config, data_dir)
    archive = Archive(folder_of(configuration.storage), most=0)
    with opened(configuration) as database:
        known = database.read_now(lambda conn: store.get(conn, statement)) is not None
        found = database.read_now(lambda conn: kept.of(conn, statement))
    if not found and not json_:
        what = "no page is kept" if known else "there is no statement"
        why = "its time is over, or storage.keep_raw was 0s" if known else "bayan statements search finds them"
        typer.echo(f"bayan: {what}{' for statement' if known else ''} {statement}; {why}", err=True)
        raise typer.Exit(PARTIAL)
    rows = []
    broken = 0
    for one in found:
        trouble, body = "", b""
        try:
            body = archive.read(one.sha256)
        except Broken as error:
            trouble = str(error)
            broken += 1
        file = ""
        if out is not None and not trouble:
            file = f"{one.sha256}.{_ending(one.media_type)}"
            try:
                out.mkdir(parents=True, exist_ok=True)
                (out / file).write_bytes(body)
            except OSError as error:
                raise StoreError(f"{out} cannot be written: {error.strerror or error}") from error
        rows.append(_as_json(one, archive.path(one.sha256), trouble, file))
    whole = {"schema": 1, "statement": statement, "pages": rows}
    if out is not None and rows:
        (out / "evidence.json").write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", "utf-8")
    if json_:
        typer.echo(json.dumps(whole, ensure_ascii=False))
    else:
        for line in told(found, rows):
            typer.echo(line)
    if broken or not found:
        raise typer.Exit(PARTIAL)


def told(found: Sequence[Evidence], rows: Sequence[dict[str, Any]]) -> list[str]:
    """The pages, a few lines each."""
    lines = []
    for one, row in zip(found, rows, strict=True):
        lines.append(
            f"{one.role:<8} {one.fetched_at:%d %b %Y, %H:%M:%S} UTC, revision {one.revision}, status {one.status}"
        )
        lines.append(f"         {fit(one.url)}" + (f" (asked as {fit(one.asked)})" if one.asked != one.url else ""))
        lines.append(f"         sha256 {one.sha256}, {one.length:,} bytes")
        lines.append(f"         BROKEN: {row['problem']}" if row["problem"] else f"         whole: {row['file']}")
    return lines


def in_short(found: Sequence[Evidence], statement: int) -> str:
    """One line about evidence, for `show` and `explain`."""
    count = len({one.sha256 for one in found})
    pages = f"{count} raw page{'s' if count != 1 else ''} kept" if count else "no raw page is kept"
    return pages + (f": bayan statements evidence {statement}" if count else "")


def _ending(media_type: str) -> str:
    return "xml" if media_type.endswith("xml") and "html" not in media_type else ENDINGS.get(media_type, "bin")


def _as_json(one: Evidence, path: Path, trouble: str, written: str) -> dict[str, Any]:
    return {
        "role": one.role,
        "revision": one.revision,
        "sha256": one.sha256,
        "url": one.url,
        "asked": one.asked,
        "status": one.status,
        "media_type": one.media_type,
        "fetched_at": one.fetched_at.isoformat().replace("+00:00", "Z"),
        "bytes": one.length,
        "whole": not trouble,
        "problem": trouble,
        "file": str(path),
        "written": written,
    }
