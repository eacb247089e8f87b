"""`bayan read`: what the parsers make of a page, feed or listing; of one for a person, of many for a program."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.exits import PARTIAL, USAGE
from alerts.cli.frame import ConfigOption, JsonOption, load, next_step

if TYPE_CHECKING:
    from scraper.model import Article, Item, Listed, Moment, Page
    from scraper.parsers.workers import ParsePool

KINDS = ("article", "feed", "listing", "sitemap", "wordpress", "channel", "json", "auto")
_PARSE_SECONDS = 10.0
"""More than the service gives a page: a batch keeps all processors busy, and nobody waits behind it."""

Answer = tuple[str, "Article | Listed"]


def read(
    target: Annotated[
        str | None, typer.Argument(metavar="FILE|URL", help="A saved page (.gz is unpacked), or an address.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="MANIFEST.jsonl", help="Many files, one JSON object a line.")
    ] = None,
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="Where the files of a manifest lie.")] = Path(),
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=64, help="How many pages to read at the same time.")
    ] = 2,
    kind: Annotated[str, typer.Option("--kind", "-k", help=f"{', '.join(KINDS[:-1])}, or auto to find out.")] = "auto",
    url: Annotated[str, typer.Option("--url", help="The address that FILE was saved from.")] = "",
    language: Annotated[str | None, typer.Option("--language", "-l", help="The page's language, such as ar.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="URL may be an address of your own network.")
    ] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """What the parsers make of a page, feed, listing or any other kind of source. Nothing is stored and nobody is alerted.

    Rows of a batch: {"id", "file", "url", "kind", "fetched_at"?, "charset"?, "language"?}; one row out for each, in their order.

    Example:  bayan read https://www.un.org/sg/en/rss.xml
    """
    if (target is None) == (batch is None):
        raise typer.BadParameter("give FILE, a URL, or --batch MANIFEST.jsonl", param_hint="FILE|URL")
    if kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    if batch is not None:
        try:
            lines = batch.open("rb")
        except OSError as error:
            typer.echo(f"bayan: {batch}: {error.strerror}", err=True)
            raise typer.Exit(USAGE) from error
        with lines:
            failed = asyncio.run(_read_batch(lines, root, jobs))
    else:
        asked = {"id": target, "url": url or None, "kind": kind, "language": language}
        failed = asyncio.run(_read_one(str(target), asked, config, allow_private=allow_private, as_json=json_))
    if failed:
        raise typer.Exit(PARTIAL)


# ------------------------------------------------------------------------------------------- many


async def _read_batch(lines: Iterator[bytes], root: Path, jobs: int) -> bool:
    """Write one row for each line, in order, as soon as it and all before it are there. True where some were errors."""
    from scraper.parsers.workers import ParsePool

    failed = False
    pool = ParsePool(jobs, seconds=_PARSE_SECONDS)
    try:
        async for row in _in_order(lines, root, pool, ahead=2 * jobs):
            failed = failed or "error" in row
            sys.stdout.write(_dump(row) + "\n")
            sys.stdout.flush()
    finally:
        await pool.aclose()
    return failed


async def _in_order(
    lines: Iterator[bytes], root: Path, pool: ParsePool, *, ahead: int
) -> AsyncIterator[dict[str, Any]]:
    waiting: deque[asyncio.Task[dict[str, Any]]] = deque()
    try:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            waiting.append(asyncio.create_task(_row(line, number, root, pool)))
            if len(waiting) >= ahead:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()


async def _row(line: bytes, number: int, root: Path, pool: ParsePool) -> dict[str, Any]:
    """The answer to one line of a manifest: what was found, or an error row."""
    from scraper.errors import SourceError

    id_: Any = None
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise ValueError("the row is no object")
        id_ = asked.get("id")
        for name, needed in (("file", True), ("kind", True), ("url", False), ("charset", False), ("language", False)):
            value = asked.get(name)
            if not isinstance(value, str) and (needed or value is not None):
                raise ValueError(f"`{name}` is {'missing' if value is None else 'no text'}")
        if asked["kind"] not in KINDS:
            raise ValueError(f"kind {asked['kind']!r} is unknown")
        page = await asyncio.to_thread(_saved, root / asked["file"], asked)
        kind, found = await _parsed(page, asked["kind"], asked.get("language"), pool, row=number)
        return row_of(id_, kind, found)
    except (ValueError, RecursionError) as error:
        return _error(id_, "bad_row", f"row {number}: {error}")
    except OSError as error:
        return _error(id_, "unreadable", f"{asked['file']}: {error.strerror or type(error).__name__}")
    except SourceError as error:
        return _error(id_, error.outcome, error.detail)


# ------------------------------------------------------------------------------------------- one


async def _read_one(
    target: str, asked: dict[str, Any], config: Path | None, *, allow_private: bool, as_json: bool
) -> bool:
    """Read one file or address and show it. True where it failed."""
    from scraper.errors import SourceError
    from scraper.parsers.workers import ParsePool

    pool = ParsePool(1, seconds=_PARSE_SECONDS)
    try:
        if target.startswith(("http://", "https://")):
            page = await _fetched(target, config, allow_private=allow_private)
        else:
            page = await asyncio.to_thread(_saved, Path(target), asked)
        kind, found = await _parsed(page, asked["kind"], asked["language"], pool)
    except SourceError as error:
        row, text = _error(target, error.outcome, error.detail), f"bayan: {error}"
        if target.startswith(("http://", "https://")):
            text += f"\n  next: {next_step(error)}"
    except OSError as error:
        message = f"{target}: {error.strerror or type(error).__name__}"
        row, text = _error(target, "unreadable", message), f"bayan: {message}"
    else:
        typer.echo(_dump(row_of(target, kind, found)) if as_json else told(kind, found))
        return False
    finally:
        await pool.aclose()
    typer.echo(_dump(row) if as_json else text, err=not as_json)
    return True


async def _fetched(url: str, config: Path | None, *, allow_private: bool) -> Page:
    """The page at `url`, asked for as the service would ask. Raises FetchError."""
    from scraper.errors import FetchError
    from scraper.model import Source, Unchanged
    from scraper.net.fetch import Fetcher
    from scraper.net.robots import MemoryShelf
    from scraper.settings import FetchSettings

    settings = load(config).fetch if config is not None else FetchSettings()
    source = Source(id="read", kind="listing", url=url, allow_private=allow_private)
    fetcher = Fetcher(settings, MemoryShelf())
    try:
        page = await fetcher.fetch(source, url, clock=_now)
    finally:
        await fetcher.aclose()
    if isinstance(page, Unchanged):
        raise FetchError("protocol_error", "the site says that nothing changed, though nothing was asked before")
    return page


def _saved(path: Path, asked: dict[str, Any]) -> Page:
    """The page in a file. Raises OSError, ValueError for a time that is none, FetchError where it is over the limit."""
    from scraper.model import Page

    url = asked.get("url") or ""
    stamp = asked.get("fetched_at")
    fetched_at = datetime.fromisoformat(str(stamp)) if stamp else _now()
    body = _unpacked(path)
    return Page(
        url=url,
        asked=url,
        body=body,
        fetched_at=fetched_at if fetched_at.tzinfo else fetched_at.replace(tzinfo=UTC),
        charset=(asked.get("charset") or "").lower(),
    )


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, unpacked if its name ends in .gz; at most as many as a fetch may bring."""
    import zlib

    from scraper.errors import FetchError
    from scraper.settings import FetchSettings

    most = FetchSettings().max_bytes
    with path.open("rb") as file:
        if path.suffix == ".gz":
            unpacker = zlib.decompressobj(31)
            try:
                body = unpacker.decompress(file.read(most), most + 1)
            except zlib.error as error:
                raise FetchError("decode_error", f"{path.name} is no gzip file") from error
        else:
            body = file.read(most + 1)
    if len(body) > most:
        raise FetchError("too_large", f"more than {most // 1024**2} MiB")
    return body


# ------------------------------------------------------------------------------------------- both


async def _parsed(page: Page, kind: str, language: str | None, pool: ParsePool, *, row: int = 0) -> Answer:
    """The kind that the page was read as, and what is in it. Raises ParseError.

    Each `row` is a source of its own: what one costs says nothing of the next.
    """
    from scraper.errors import ParseError
    from scraper.model import Source
    from scraper.parsers import PARSERS, telltale

    source = Source(id=f"read-{row}", kind="listing", url=page.url, language=language)
    if kind == "auto":
        kind = telltale.kind(page.body) or kind
    for known in PARSERS:
        if kind == known:
            return kind, await pool.listed(page, replace(source, kind=known))
    if kind == "article":
        return kind, await pool.article(page, source)
    try:
        return "feed", await pool.listed(page, replace(source, kind="feed"))
    except ParseError as error:
        if error.outcome != "suspect":
            raise
    return await _list_or_article(page, source, pool)


async def _list_or_article(page: Page, source: Any, pool: ParsePool) -> Answer:
    """A web page as what it mostly is: many headlines, or one text. Raises the ParseError of the article where it is neither."""
    from scraper.errors import ParseError

    listed = None
    try:
        listed = await pool.listed(page, source)
        article = await pool.article(page, source)
    except ParseError:
        if listed is not None:
            return "listing", listed
        return "article", await pool.article(page, source)
    headlines = sum(len(item.title) + len(item.summary) for item in listed.items)
    dated = article.published is not None and article.published.confident
    return ("article", article) if dated or len(article.text) > 2 * headlines else ("listing", listed)


def row_of(id_: Any, kind: str, found: Article | Listed) -> dict[str, Any]:
    """The answer in its fixed form (docs/json.md)."""
    from scraper.model import Listed

    if isinstance(found, Listed):
        items = [_item_row(item) for item in found.items]
        files = {"sitemaps": [file.url for file in found.sitemaps]} if found.sitemaps else {}
        return {"schema": 1, "id": id_, "kind": kind, "feed_title": found.title or None, **files, "items": items}
    moment = found.published
    return {
        "schema": 1,
        "id": id_,
        "kind": kind,
        "title": found.title,
        "text": found.text,
        "published": _iso(moment),
        "published_precision": moment.precision if moment else None,
        "published_method": moment.method if moment else None,
        "published_confident": bool(moment and moment.confident),
        "author": found.author,
        "language": found.language,
        "links": list(found.links),
    }


def _item_row(item: Item) -> dict[str, Any]:
    more = {
        "modified": _iso(item.modified),
        "edited": item.edited,
        "forwarded_from": item.forwarded_from,
        "reply_to": item.reply_to,
    }
    return {
        "guid": item.guid,
        "url": item.url,
        "title": item.title,
        "summary": item.summary or None,
        "text": item.text,
        "published": _iso(item.published),
        "author": item.author,
        "language": item.language,
        **{name: value for name, value in more.items() if value},
    }


def _error(id_: Any, error: str, message: str) -> dict[str, Any]:
    return {"schema": 1, "id": id_, "error": error, "message": message}


def _iso(moment: Moment | None) -> str | None:
    return moment.at.isoformat() if moment else None


def _dump(row: dict[str, Any]) -> str:
    """JSON as people can read it; a lone surrogate, which UTF-8 cannot hold, as the escape that brought it in."""
    text = json.dumps(row, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(row)
    return text


def _now() -> datetime:
    return datetime.now(UTC)


# ------------------------------------------------------------------------------------------- for a person


def told(kind: str, found: Article | Listed) -> str:
    """What was found, for a person to read."""
    from scraper.model import Listed

    return "\n".join(_told_list(kind, found) if isinstance(found, Listed) else _told_article(found))


def _told_list(kind: str, found: Listed) -> Iterator[str]:
    count = len(found.items)
    yield f"{kind}: {_fit(found.title) or 'without a title'}, {count} item{'s' if count != 1 else ''}"
    if found.sitemaps:
        yield f"  an index of {len(found.sitemaps)} further files"
    if found.left_out:
        yield f"  and {found.left_out} more that are over the limit"
    if found.partial:
        yield "  cut or broken: only whole items were taken"
    for file in found.sitemaps:
        yield f"  {_fit(file.url)}"
    for item in found.items:
        yield ""
        yield f"  {_fit(item.title) or '(no title)'}"
        facts = [_when(item.published), _fit(item.author or ""), item.url or "no address"]
        yield "    " + "  ".join(fact for fact in facts if fact)
        words = item.text or item.summary
        if words:
            yield "    " + _fit(words if len(words) <= 200 else words[:199] + "…")


def _told_article(found: Article) -> Iterator[str]:
    yield f"article: {_fit(found.title) or 'without a title'}"
    for name, value in (
        ("published", _when(found.published) or "not said"),
        ("said on", _when(found.said_on)),
        ("author", _fit(found.author or "")),
        ("language", found.language or ""),
        ("links", str(len(found.links))),
        ("text", f"{len(found.text)} characters"),
    ):
        if value:
            yield f"  {name:<10} {value}"
    yield ""
    for line in found.text.split("\n"):
        yield _fit(line)


def _when(moment: Moment | None) -> str:
    """`2026-01-14 10:00 +03:00 (minute, feed:pubDate)`: no finer than it is known."""
    if moment is None:
        return ""
    form = {
        "second": "%Y-%m-%d %H:%M:%S %z",
        "minute": "%Y-%m-%d %H:%M %z",
        "hour": "%Y-%m-%d about %H h %z",
        "day": "%Y-%m-%d",
    }
    sure = "" if moment.confident else ", not certain"
    return f"{moment.at.strftime(form[moment.precision])} ({_fit(moment.method)}{sure})"


def _fit(text: str) -> str:
    """`text` fit for a terminal: on one line, without what would drive or reorder it."""
    from alerts.shown import isolate, show

    return isolate(show(text).text) if text else ""
