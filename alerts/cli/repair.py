"""`bayan sources repair`: new selectors for a listing whose own find nothing any more, shown with their proof, taken after a yes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.exits import PARTIAL
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, fit, load, on_terminal, opened, set_up_log
from alerts.cli.written import (
    chosen,
    difference,
    quoted,
    replace_file,
    source_table,
    with_other_way,
    with_selectors,
)
from alerts.remedies import REMEDIES

if TYPE_CHECKING:
    from alerts.settings import Configuration
    from scraper.model import Source
    from scraper.net.fetch import Fetcher
    from scraper.novelty import Known
    from scraper.parsers.workers import ParsePool
    from scraper.ranking import Offer
    from scraper.repair import Repair

SHOWN = 3
"""Items of a proposal that are shown, and further proposals."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a broken listing came to.

    `works` counts what the source's own selectors find. Among `proposals` are other ways to the site, looked for where no
    selectors are proven. `trouble` is why the page could not be read.
    """

    works: int = 0
    proposals: tuple[Repair, ...] = ()
    trouble: str = ""
    remedy: str = ""


def repair(
    source: Annotated[str, typer.Argument(help="The source's id.")],
    accept: Annotated[bool, typer.Option("--accept", help="Write the proposal into the configuration.")] = False,
    take: Annotated[int, typer.Option("--take", min=1, help="Take this proposal instead of the first.")] = 1,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Look for the list of a source again where its selectors find nothing, and propose new ones with their proof.

    The proof is how many of the statements of its last good page they find again. Without --accept nothing is changed: the
    change of the file is shown. With it the file is changed, and what the source missed meanwhile is new and rings.

    \b
    bayan sources repair ministry
    bayan sources repair ministry --accept
    """
    configuration = load(config, data_dir)
    set_up_log(configuration, quiet=True)
    broken = _source(configuration, source)
    known = _known(configuration, source)
    found = asyncio.run(_look(configuration, broken, known))
    proposal = found.proposals[take - 1] if take <= len(found.proposals) else None
    path, before, after, why_not = _change(configuration, broken, proposal)
    if json_:
        typer.echo(
            json.dumps(_as_json(broken, found, proposal, difference(before, after, path.name)), ensure_ascii=False)
        )
    else:
        typer.echo("\n".join(_told(broken, found, proposal)))
        if proposal is not None:
            typer.echo("\n" + (why_not or difference(before, after, path.name)))
    if found.works:
        return
    if proposal is None or why_not:
        raise typer.Exit(PARTIAL)
    if not accept:
        if not json_:
            typer.echo(f"\nNothing was changed. To take it: bayan sources repair {source} --accept")
        return
    _accept(configuration, broken, proposal, path, after)
    if not json_:
        typer.echo(f"\n{path} written. A running service takes it at once with: bayan reload")


def _source(configuration: Configuration, id_: str) -> Source:
    from scraper.errors import ConfigError, Problem

    found = next((one for one in configuration.sources if one.id == id_), None)
    if found is None:
        said = "there is no such source; `bayan sources list` shows them"
    elif found.kind != "listing":
        said = (
            "is no listing: it has no selectors to repair; `bayan sources probe URL` looks for another way to the site"
        )
    else:
        return found
    raise ConfigError([Problem(configuration.path.name, 0, 0, f"sources.{id_}", said)])


def _known(configuration: Configuration, id_: str) -> tuple[Known, ...]:
    """What the last good page of the source listed."""
    from scraper import absences, store
    from scraper.copies import sqlite_path

    path = sqlite_path(configuration.storage.url)
    if path is not None and not path.exists():
        return ()
    with opened(configuration) as database:
        return database.read_now(lambda conn: store.known_statements(conn, absences.last_page(conn, id_)))


async def _look(configuration: Configuration, source: Source, known: tuple[Known, ...]) -> Found:
    from scraper import repair as repairing
    from scraper.condition import of_failure
    from scraper.errors import ParseError, SourceError
    from scraper.model import Unchanged
    from scraper.net.fetch import Fetcher
    from scraper.net.robots import MemoryShelf
    from scraper.net.target import read_target
    from scraper.parsers.workers import ParsePool

    shelf = MemoryShelf()
    fetcher, parsers = Fetcher(configuration.fetch, shelf), ParsePool(1, seconds=10.0)

    def robots(address: str) -> str:
        file = shelf.files.get(str(read_target(address).origin))
        return file.text if file is not None else ""

    try:
        trouble = remedy = ""
        try:
            page = await fetcher.fetch(source, source.url, clock=_now)
            if isinstance(page, Unchanged):
                raise SourceError("protocol_error", "'not modified' to a question without validators")
            try:
                return Found(works=len((await parsers.listed(page, source)).items))
            except ParseError as error:
                trouble = f"{error.outcome}: {error.detail}"
            proposals = await repairing.propose(source, page, known, parsers)
            if any(one.proven for one in proposals):
                return Found(proposals=proposals, trouble=trouble)
        except SourceError as error:
            proposals, trouble, remedy = (), f"{error.outcome}: {error.detail}", REMEDIES[of_failure(error)].next
        offers = await _offers(source, fetcher, parsers, robots)
        ways = [*repairing.other_ways(source, offers, known), *proposals]
        ways.sort(key=lambda one: -one.again)
        return Found(proposals=tuple(ways), trouble=trouble, remedy=remedy)
    finally:
        await fetcher.aclose()
        await parsers.aclose()


async def _offers(
    source: Source, fetcher: Fetcher, parsers: ParsePool, robots: Callable[[str], str]
) -> tuple[Offer, ...]:
    """Feeds, an API or sitemaps of the same site, where its list is gone."""
    from urllib.parse import urljoin

    from scraper.discover import discover
    from scraper.errors import SourceError

    def asking(address: str) -> None:
        if on_terminal():
            typer.echo(f"asking {fit(address)[:100]}", err=True)

    like = replace(source, select=None, kind="listing")
    try:
        found = await discover(
            urljoin(source.url, "/"),
            like=like,
            fetcher=fetcher,
            parsers=parsers,
            robots=lambda _: "",
            clock=_now,
            on=asking,
        )
    except SourceError:
        return ()
    return found.offers


def _change(configuration: Configuration, source: Source, proposal: Repair | None) -> tuple[Path, str, str, str]:
    """The file that holds the selectors, its text now and with the proposal, and why it cannot be changed by a program."""
    path = configuration.path
    if proposal is None:
        return path, "", "", ""
    why_not = ""
    for file in (path, *_included(path)):
        text = file.read_text("utf-8")
        try:
            if proposal.source is not None:
                return file, text, with_other_way(text, source.id, proposal.source), ""
            return file, text, with_selectors(text, source.id, proposal.select), ""
        except ValueError as error:
            why_not = why_not or str(error)
    table = source_table(source.id, proposal.source or source, select=None if proposal.source else proposal.select)
    table = table if proposal.source else table.partition("\n\n")[2]
    return path, "", "", f"{why_not}. Write it there by hand:\n\n{table}"


def _included(path: Path) -> list[Path]:
    import tomllib

    patterns = tomllib.loads(path.read_text("utf-8")).get("include", [])
    return [file for pattern in patterns for file in sorted(path.parent.glob(pattern)) if file.is_file()]


def _accept(configuration: Configuration, source: Source, proposal: Repair, path: Path, text: str) -> None:
    """Change the file; where the proposal is proven, keep what is known of the source: it is the same list in other markup.

    Where it is not, the source begins with a baseline, as after any change of what it reads.
    """
    from scraper import sources
    from scraper.copies import sqlite_path
    from scraper.errors import BayanError

    try:
        replace_file(path, text, os.environ, whole=configuration.path)
    except OSError as error:
        raise BayanError(f"{path} cannot be written: {error.strerror}") from error
    store = sqlite_path(configuration.storage.url)
    if not proposal.proven or (store is not None and not store.exists()):
        return
    now = _now()
    with opened(configuration) as database:
        database.write_now(
            lambda conn: sources.keep(conn, proposal.source or replace(source, select=proposal.select), now)
        )


def _told(source: Source, found: Found, proposal: Repair | None) -> list[str]:
    if found.works:
        what = "its selectors find" if source.select else "its list is found by itself:"
        return [f"{source.id}: {what} {found.works} items. There is nothing to repair."]
    lines = [f"{source.id}: {fit(found.trouble)}"]
    if found.remedy:
        lines.append(f"  next: {found.remedy}")
    if proposal is None:
        return [*lines, "  no list was found on the page, and no other way to the site"]
    lines += ["", _proof(proposal)]
    lines += [f"  {key} = {quoted(value)}" for key, value in _rows(proposal)]
    lines += [f"    {fit(item.title) or item.url}" for item in proposal.items[:SHOWN]]
    others = [one for one in found.proposals if one is not proposal][:SHOWN]
    lines += [f"  or --take {found.proposals.index(one) + 1}: {_short(one)}" for one in others]
    return lines


def _rows(proposal: Repair) -> list[tuple[str, str]]:
    """What would stand in the file."""
    if proposal.source is not None:
        return [("kind", proposal.source.kind), ("url", proposal.source.url)]
    return chosen(proposal.select)


def _proof(proposal: Repair) -> str:
    what = f"Another way to the site, {proposal.found}: " if proposal.source else "Proposed: "
    if not proposal.of:
        return f"{what}{len(proposal.items)} items. No earlier page is known to compare with: look whether these are the ones."
    if not proposal.proven:
        none = f"none of the last {proposal.of} statements is among them: look whether it is the list"
        return f"{what}{len(proposal.items)} items, and {none}."
    return f"{what}finds {len(proposal.items)} items, {proposal.again} of the last {proposal.of} statements again."


def _short(proposal: Repair) -> str:
    where = f"{proposal.source.kind} {fit(proposal.source.url)}" if proposal.source else quoted(proposal.select.item)
    return f"{where}, {len(proposal.items)} items, {proposal.again} of {proposal.of} again"


def _as_json(source: Source, found: Found, proposal: Repair | None, diff: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "id": source.id,
        "works": found.works,
        "trouble": found.trouble or None,
        "proposals": [
            {
                "kind": one.source.kind if one.source else "listing",
                "url": one.source.url if one.source else source.url,
                "select": dict(chosen(one.select)) or None,
                "items": len(one.items),
                "again": one.again,
                "of": one.of,
                "first": [{"title": item.title, "url": item.url} for item in one.items[:SHOWN]],
            }
            for one in found.proposals
        ],
        "diff": diff if proposal is not None else None,
    }


def _now() -> datetime:
    return datetime.now(UTC)
