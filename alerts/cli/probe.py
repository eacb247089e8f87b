"""`bayan sources probe`: what a URL offers as a source, what each offer would give now, and the table to write down."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from alerts.cli.exits import PARTIAL, UNAVAILABLE
from alerts.cli.frame import ConfigOption, JsonOption, counted, fit, next_step, on_terminal
from alerts.cli.written import chosen, difference, free_id, quoted, replace_file, source_table, with_table

if TYPE_CHECKING:
    from alerts.settings import Configuration
    from scraper.discover import Discovery
    from scraper.errors import SourceError
    from scraper.model import Source
    from scraper.ranking import Offer
    from scraper.settings import FetchSettings

FIRST = 3
"""Items of the best offer that are shown."""

NOTHING_THERE = ("http_error", "gone", "suspect", "parse_error", "empty")
"""What a place that was only guessed at may answer without being worth a line of its own."""

MISTYPED = "check how the address is written: http:// or https://, a host, and what follows"
"""What is next where an address is none that anybody could ask; no setting opens it."""


def probe(
    url: Annotated[str, typer.Argument(help="Any address of a site, or @CHANNEL of Telegram.")],
    write: Annotated[bool, typer.Option("--write", help="Add the best one to the configuration, after a yes.")] = False,
    take: Annotated[int, typer.Option("--take", min=1, help="Take this offer instead of the first.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --write: do not ask.")] = False,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The language of its statements, such as ar.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="URL may be an address of your own network.")
    ] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Look for feeds, APIs, sitemaps, a channel and lists behind an address, try each once, and propose the best as a source.

    At most 20 requests, at the pace that polls keep, within robots.txt. Nothing is stored and nobody is alerted.

    \b
    bayan sources probe https://www.un.org/sg/en
    bayan sources probe https://www.un.org/sg/en --write
    """
    from scraper.condition import PERHAPS_OURS, of_failure
    from scraper.discover import meant
    from scraper.errors import SourceError
    from scraper.net.target import read_target

    configuration = _configuration(config, needed=write)
    address = meant(url)
    try:
        read_target(address)
    except SourceError as error:
        _say_failure(address, error, json_, remedy=MISTYPED)
        raise typer.Exit(PARTIAL) from None
    try:
        found = asyncio.run(_look(address, configuration, language, allow_private=allow_private))
    except SourceError as error:
        _say_failure(address, error, json_)
        raise typer.Exit(UNAVAILABLE if of_failure(error) in PERHAPS_OURS else PARTIAL) from None
    usable = [one for one in found.offers if one.count]
    if take > max(1, len(usable)):
        raise typer.BadParameter(f"there are {len(usable)} offers", param_hint="--take")
    chosen_one = usable[take - 1] if usable else None
    taken = {source.id for source in configuration.sources} if configuration else set()
    table = "" if chosen_one is None else _table(chosen_one, found, taken, language)
    if json_:
        typer.echo(json.dumps(_as_json(found, chosen_one, table), ensure_ascii=False))
    else:
        typer.echo("\n".join(_told(found, chosen_one, table)))
    if chosen_one is None:
        raise typer.Exit(PARTIAL)
    if write and configuration is not None:
        _write(configuration.path, table, yes=yes, quiet=json_)
    elif not json_:
        typer.echo("\nAdd it: the same command with --write. Try it there: bayan sources test ID")


def _configuration(config: Path | None, *, needed: bool) -> Configuration | None:
    """The configuration whose [fetch] counts and whose ids are taken; none is needed to look."""
    from alerts.config import find, load
    from scraper.errors import ConfigError

    if config is not None or needed:
        return load(find(config, os.environ), os.environ)
    try:
        return load(find(None, os.environ), os.environ)
    except ConfigError:
        return None


async def _look(
    url: str, configuration: Configuration | None, language: str | None, *, allow_private: bool
) -> Discovery:
    from scraper.discover import discover
    from scraper.model import Source
    from scraper.net.fetch import Fetcher
    from scraper.net.robots import MemoryShelf
    from scraper.net.target import read_target
    from scraper.parsers.workers import ParsePool
    from scraper.settings import FetchSettings

    settings: FetchSettings = configuration.fetch if configuration else FetchSettings()
    zone = configuration.timezone if configuration else "UTC"
    like = Source(id="probe", kind="listing", url=url, language=language, timezone=zone, allow_private=allow_private)
    shelf = MemoryShelf()
    fetcher, parsers = Fetcher(settings, shelf), ParsePool(1, seconds=10.0)
    count = 0

    def robots(address: str) -> str:
        file = shelf.files.get(str(read_target(address).origin))
        return file.text if file is not None else ""

    def asking(address: str) -> None:
        nonlocal count
        count += 1
        if on_terminal():
            typer.echo(f"\r\x1b[K{count:>3}  {fit(address)[:100]}", err=True, nl=False)

    try:
        return await discover(url, like=like, fetcher=fetcher, parsers=parsers, robots=robots, clock=_now, on=asking)
    finally:
        if count and on_terminal():
            typer.echo("\r\x1b[K", err=True, nl=False)
        await fetcher.aclose()
        await parsers.aclose()


def _table(one: Offer, found: Discovery, taken: set[str], language: str | None) -> str:
    """The table of an offer, ready for the file; selectors that would hold a listing to its block stand below as comments."""
    spoken = language or one.language or found.language
    table = source_table(free_id(_name(one.source), taken), one.source, language=spoken if _is_tag(spoken) else "")
    if one.source.kind == "listing" and one.select is not None:
        id_ = table.partition("]")[0].partition(".")[2]
        rows = "".join(f"#   {key} = {quoted(value)}\n" for key, value in chosen(one.select))
        table += f"# The list is found by itself. To hold on to this block:\n#   [sources.{id_}.select]\n{rows}"
    return table


def _name(source: Source) -> str:
    """What a source is likely to be called: its channel, or its host without www and the last label."""
    if source.kind == "channel":
        return source.channel
    host = (urlsplit(source.url).hostname or "source").removeprefix("www.")
    labels = host.split(".")
    return "-".join(labels[:-1] if len(labels) > 1 and not labels[-1].isdigit() else labels)


def _is_tag(language: str) -> bool:
    import re

    return re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,3}", language) is not None


def _write(path: Path, table: str, *, yes: bool, quiet: bool) -> None:
    """Add the table to the file, if the person says so and the whole is still right. Raises ConfigError."""
    from scraper.errors import BayanError

    before = path.read_text("utf-8")
    after = with_table(before, table)
    if not quiet:
        typer.echo("\n" + difference(before, after, path.name))
    if not yes and not typer.confirm(f"Write this into {path}?", err=True):
        typer.echo("Nothing was written.", err=True)
        raise typer.Exit(PARTIAL)
    try:
        replace_file(path, after, os.environ)
    except OSError as error:
        raise BayanError(f"{path} cannot be written: {error.strerror}") from error
    if not quiet:
        typer.echo(f"{path} written. A running service takes it at once with: bayan reload")


def _told(found: Discovery, best: Offer | None, table: str) -> list[str]:
    about = f"{fit(found.title) or 'without a title'}" + (f" ({fit(found.language)})" if found.language else "")
    lines = [f"{fit(found.url)}: {about}; {counted(found.requests, 'requests')}", ""]
    if found.offers:
        lines.append(f"     {'kind':<10} {'items':>5} {'dated':>5}  {'newest':<17} {'text':<10} {'covers':<8} address")
    number = 0
    for one in found.offers:
        number += bool(one.count)
        mark = f"{number:>3}" if one.count else "  -"
        newest = f"{one.newest.astimezone(UTC):%Y-%m-%d %H:%M}" if one.newest else "-"
        text = "whole" if one.whole_texts * 2 > one.count else "headlines"
        covers = f"{one.covers[0]}/{one.covers[1]}" if one.covers else ""
        lines.append(
            f"{mark}  {one.source.kind:<10} {one.count:>5} {one.dated:>5}  {newest:<17} {text:<10} {covers:<8} {fit(one.source.url)}"
        )
        if not one.count and one.passed_over:
            lines.append(f"     nothing of the last two days; {one.passed_over} older")
    absent = [one for one in found.refused if one.guessed and one.outcome in NOTHING_THERE]
    lines += [
        f"     not usable: {fit(one.url)}: {one.outcome}, {fit(one.detail)}"
        for one in found.refused
        if one not in absent
    ]
    if absent:
        lines.append(f"     nothing at {len(absent)} of the places where sites keep feeds, sitemaps and WordPress")
    if best is None:
        return [
            *lines,
            "",
            "Nothing that can be watched was found. A page that only a browser fills has a feed in JSON, if any.",
        ]
    lines += ["", f"Proposed: {best.source.kind}, {best.found}. Its first items:"]
    for item in best.items[:FIRST]:
        when = f"{item.published.at:%d %b %Y %H:%M %z}  " if item.published else ""
        lines.append(f"  {when}{fit(item.title or (item.text or '')[:100])}")
    if not best.dated and best.source.kind != "page":
        lines.append("  No dates are given: the time of the first sight stands in for them.")
    return [*lines, "", table.rstrip()]


def _as_json(found: Discovery, best: Offer | None, table: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "url": found.url,
        "title": found.title,
        "language": found.language or None,
        "requests": found.requests,
        "offers": [_offer_row(one) for one in found.offers],
        "refused": [
            {"url": one.url, "outcome": one.outcome, "detail": one.detail, "guessed": one.guessed}
            for one in found.refused
        ],
        "proposed": None if best is None else {"kind": best.source.kind, "url": best.source.url, "toml": table},
    }


def _offer_row(one: Offer) -> dict[str, Any]:
    return {
        "kind": one.source.kind,
        "url": one.source.url,
        "found": one.found,
        "score": one.score,
        "items": one.count,
        "dated": one.dated,
        "newest": one.newest.isoformat() if one.newest else None,
        "whole_texts": one.whole_texts,
        "language": one.language or None,
        "passed_over": one.passed_over,
        "covers": list(one.covers) if one.covers else None,
        "select": dict(chosen(one.select)) if one.select else None,
        "first": [{"title": item.title, "url": item.url} for item in one.items[:FIRST]],
    }


def _say_failure(url: str, error: SourceError, json_: bool, *, remedy: str = "") -> None:
    remedy = remedy or next_step(error)
    if json_:
        row = {"schema": 1, "url": url, "error": error.outcome, "message": error.detail, "remedy": remedy}
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    typer.echo(f"{fit(url)}: {error.outcome}: {fit(error.detail)}\n  next: {remedy}")


def _now() -> datetime:
    return datetime.now(UTC)
