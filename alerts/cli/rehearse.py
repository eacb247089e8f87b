"""`bayan rehearse`: what polls, matches and alerts a recorded series would have given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.exits import OK, USAGE
from alerts.cli.frame import ConfigOption, load, opened

if TYPE_CHECKING:
    from alerts.judge import Bench, Judged
    from alerts.settings import Configuration
    from scraper.model import Article, Item, Listed, Offers, Page, Source, Validators
    from scraper.parsers.workers import ParsePool
    from scraper.poll import Polled, Tools

MOST_BYTES = 64 * 1024 * 1024
"""One captured page may not be larger."""


def rehearse(
    captures: Annotated[
        Path, typer.Argument(help="JSON lines in time order: source, url, file (or items), fetched_at, status.")
    ],
    config: ConfigOption = None,
    root: Annotated[
        Path | None, typer.Option("--root", help="Where the captured files lie; else beside CAPTURES.")
    ] = None,
) -> None:
    """What bayan would have stored and rung for, had it polled these captures at their times.

    The real poll and judge code runs, with the captures' clock, on a store that is thrown away; nothing is fetched or
    sent. One JSON line comes out for each line that went in.

    \b
    bayan rehearse week.jsonl --config config.toml --root captured/
    """
    import asyncio
    import tempfile

    configuration = load(config)
    series = _read(captures, {source.id for source in configuration.sources if source.kind != "directory"})
    with tempfile.TemporaryDirectory(prefix="bayan-rehearse-") as folder:
        url = f"sqlite:///{folder}/bayan.db"
        alone = replace(configuration, storage=replace(configuration.storage, url=url, data_dir=Path(folder)))
        asyncio.run(_rehearse(alone, series, root or captures.parent))
    raise typer.Exit(OK)


@dataclass(frozen=True, slots=True)
class Capture:
    """One line of the series. `items` stand in place of a page that was parsed already."""

    source: str
    url: str
    at: datetime
    said_at: str
    status: int
    file: str = ""
    items: tuple[Any, ...] | None = None


def _read(path: Path, known: set[str]) -> tuple[Capture, ...]:
    """The series. Raises typer.Exit(2) after naming every line that is not of the form."""
    found, wrong = [], []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}", param_hint="CAPTURES") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_capture(json.loads(line), known))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            wrong.append(f"{path.name}:{number}: {error}")
    if wrong:
        for line in wrong[:20]:
            typer.echo(f"bayan: {line}", err=True)
        raise typer.Exit(USAGE)
    return tuple(found)


def _capture(row: Any, known: set[str]) -> Capture:
    if not isinstance(row, dict):
        raise TypeError("is no JSON object")
    if row["source"] not in known:
        raise ValueError(f"there is no source {row['source']!r} in the configuration")
    at = datetime.fromisoformat(str(row["fetched_at"]))
    items = row.get("items")
    if items is not None and not isinstance(items, list):
        raise TypeError("items is no list")
    return Capture(
        source=row["source"],
        url=str(row.get("url") or ""),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        said_at=str(row["fetched_at"]),
        status=int(row.get("status", 200)),
        file=str(row.get("file") or ""),
        items=None if items is None else tuple(items),
    )


class Recording:
    """Stands where the network and the parsers stand: it gives the capture at hand, and never asks anybody."""

    def __init__(self, root: Path, pool: ParsePool) -> None:
        self._root = root
        self._pool = pool
        self.now = datetime.now(UTC)
        self.capture: Capture | None = None

    def clock(self) -> datetime:
        """The time of the capture at hand."""
        return self.now

    def visit(self, further: int = 0) -> AbstractContextManager[None]:
        """Nothing is counted: one capture is read at a time."""
        return nullcontext()

    async def fetch(self, source: Source, url: str, *, clock: Any, validators: Validators | None = None) -> Page:
        """The captured answer. Raises FetchError where it was one of failure, its file cannot be read, or it is not captured."""
        from scraper import endpoint
        from scraper.errors import FetchError
        from scraper.model import Page

        capture = self.capture
        assert capture is not None
        if url != endpoint.address(source):
            raise FetchError("http_error", "the series does not hold this file", status=404)
        if capture.status != 200:
            raise FetchError("http_error", f"status {capture.status}", status=capture.status)
        body = json.dumps(capture.items).encode() if capture.items is not None else self._body(capture)
        return Page(url=capture.url or url, asked=url, body=body, fetched_at=capture.at)

    async def listed(self, page: Page, source: Source) -> Listed:
        """The items of the capture: parsed as ever, or as they were handed over."""
        from scraper.model import Listed

        assert self.capture is not None
        if self.capture.items is None:
            return await self._pool.listed(page, source)
        return Listed(tuple(_item(row) for row in self.capture.items if isinstance(row, dict)))

    async def offers(self, page: Page, source: Source) -> Offers:
        """The lists of the capture, with their selectors."""
        return await self._pool.offers(page, source)

    async def article(self, page: Page, source: Source) -> Article:
        """A rehearsal follows no links."""
        raise NotImplementedError

    def _body(self, capture: Capture) -> bytes:
        import gzip

        from scraper.errors import FetchError

        path = self._root / capture.file
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                body = file.read(MOST_BYTES + 1)
        except (OSError, EOFError) as error:
            raise FetchError("incomplete", f"{capture.file} cannot be read: {error}") from error
        if len(body) > MOST_BYTES:
            raise FetchError("too_large", f"{capture.file} is larger than {MOST_BYTES} bytes")
        return body


def _item(row: dict[str, Any]) -> Item:
    from scraper.model import Item
    from scraper.text import clean, clean_line

    def line(name: str) -> str | None:
        return clean_line(str(row[name])) if row.get(name) is not None else None

    text = row.get("text")
    return Item(
        guid=line("guid"),
        url=line("url"),
        title=line("title") or "",
        summary=line("summary") or "",
        text=None if text is None else clean(str(text)),
        author=line("author"),
        language=line("language"),
    )


async def _rehearse(configuration: Configuration, series: tuple[Capture, ...], root: Path) -> None:
    from alerts.judge import Bench
    from alerts.watch.match import compile_watchlist
    from scraper import sources
    from scraper.parsers.workers import ParsePool
    from scraper.poll import Tools

    by_id = {source.id: replace(source, full_text=False) for source in configuration.sources}
    bench = Bench(
        watchlist=compile_watchlist(configuration.actors, configuration.keywords),
        routes=configuration.routes,
        channels=tuple(channel.id for channel in configuration.channels),
        sources=by_id,
        body_wait=timedelta(),
    )
    pool = ParsePool(workers=1, seconds=10.0)
    recording = Recording(root, pool)
    try:
        with opened(configuration, create=True) as database:
            stand_in: Any = recording
            tools = Tools(
                database, stand_in, stand_in, configuration.fetch, recording.clock, lambda: 0.0, configuration.flood,
                configuration.changes,
            )  # fmt: skip
            first = series[0].at if series else recording.now
            await database.write(lambda conn: sources.enrol(conn, by_id.values(), first))
            for capture in series:
                row = await _one(capture, recording, tools, bench, by_id[capture.source])
                typer.echo(json.dumps(row, ensure_ascii=False))
    finally:
        await pool.aclose()


async def _one(capture: Capture, recording: Recording, tools: Tools, bench: Bench, source: Source) -> dict[str, Any]:
    """Poll and judge one capture, and tell what came of it."""
    from alerts.judge import judge
    from scraper import sources, store
    from scraper.poll import poll

    recording.capture, recording.now = capture, capture.at
    state = await tools.db.read(lambda conn: sources.state(conn, source.id))
    assert state is not None
    polled = await poll(source, state, tools)
    judged: list[Judged] = []
    while batch := await judge(tools.db, bench, capture.at):
        judged += batch

    def told(ids: tuple[int, ...]) -> list[dict[str, Any]]:
        found = tools.db.read_now(lambda conn: [store.get(conn, number) for number in ids])
        return [{"key": one.key, "url": one.url, "title": one.title} for one in found if one is not None]

    return {
        "schema": 1,
        "source": capture.source,
        "fetched_at": capture.said_at,
        "outcome": _outcome(polled),
        "new": told(polled.new),
        "changed": told(polled.changed),
        "alerts": list(_alerts(judged)),
    }


def _outcome(polled: Polled) -> str:
    if not polled.healthy:
        return "failed"
    if polled.silent:
        return "baseline"
    if polled.held:
        return "held"
    return "changed" if polled.new or polled.changed else "unchanged"


def _alerts(judged: list[Judged]) -> Iterator[dict[str, Any]]:
    for one in judged:
        rules = list(dict.fromkeys(match.watch for match in one.matches))
        for ring in one.rings:
            yield {"recipient": ring.channel, "statement": one.statement.key, "rules": rules}
