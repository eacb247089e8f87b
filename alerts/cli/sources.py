"""`bayan sources`: the places that are watched: how each stands, and what one would give if it were asked now."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.exits import PARTIAL, UNAVAILABLE
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, counted, fit, load, on_terminal, opened, set_up_log
from alerts.remedies import REMEDIES

if TYPE_CHECKING:
    from alerts.settings import Configuration
    from scraper.model import Article, Condition, Item, Moment, Outcome, Source
    from scraper.net.fetch import Fetcher
    from scraper.parsers.workers import ParsePool
    from scraper.sources import SourceState

app = typer.Typer(
    no_args_is_help=True,
    help="The places that are watched: how each stands, what one would give now.",
    short_help="The places that are watched: how each stands.",
)

AT_ONCE = 8
FIRST = 3
"""Items that a trial shows."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one source gave now. `article` is what the link of the first item led to, `article_trouble` why to nothing.

    `condition` is how well it is; `followed` counts the items whose page would be read as well.
    """

    source: Source
    outcome: Outcome
    condition: Condition
    detail: str = ""
    items: tuple[Item, ...] = ()
    partial: bool = False
    moved_to: str = ""
    article: Article | None = None
    article_trouble: str = ""
    passed_over: int = 0
    left_out: int = 0
    followed: int = 0


@app.command("list")
def list_(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """Every configured source and how its last poll went.

    Example:  bayan sources list --json | jq '.sources[] | select(.failures > 0) | .id'
    """
    from scraper import holds, sources
    from scraper.copies import sqlite_path

    configuration = load(config, data_dir)
    states: dict[str, SourceState] = {}
    held: dict[str, int] = {}
    path = sqlite_path(configuration.storage.url)
    if path is not None and path.exists():
        with opened(configuration) as database:
            states = {state.id: state for state in database.read_now(sources.states)}
            held = database.read_now(holds.counts)
    rows = [{**_row(source, states.get(source.id)), "held": held.get(source.id, 0)} for source in configuration.sources]
    if json_:
        typer.echo(json.dumps({"schema": 1, "sources": rows}, ensure_ascii=False))
        return
    for row in rows:
        stands = "off" if not row["enabled"] else row["outcome"] or "not yet polled"
        stands += f" x{row['failures']}" if row["failures"] else ""
        typer.echo(f"{row['id']:<28} {row['kind']:<9} {stands:<18} {row['items']:>5} items  {row['url']}")
        if row["failures"]:
            typer.echo(f"{'':28} {row['detail']}; {row['remedy']}")
        if row["held"]:
            typer.echo(f"{'':28} {row['held']} new statements are held: bayan sources held shows them")
        if not row["enabled"] and row["note"]:
            typer.echo(f"{'':28} {row['note']}")


@app.command("test")
def test(
    source: Annotated[str | None, typer.Argument(help="The source's id.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every source that is switched on.")] = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Ask a source now and say what it would give. Nothing is stored or sent, and the service's own polls do not change.

    Exit code 1 where a source gives nothing, 69 where none could be reached.

    \b
    bayan sources test un-news
    bayan sources test --all --json | jq 'select(.outcome != "ok") | .id'
    """
    from scraper.condition import PERHAPS_OURS as UNREACHED
    from scraper.errors import ConfigError, Problem

    configuration = load(config, data_dir)
    set_up_log(configuration, quiet=True)
    if (source is None) == (not all_):
        raise typer.BadParameter("give one source's id, or --all", param_hint="SOURCE")
    chosen = [one for one in configuration.sources if (one.enabled if source is None else one.id == source)]
    if not chosen:
        what = (
            "every source is switched off"
            if source is None
            else "there is no such source; `bayan sources list` shows them"
        )
        raise ConfigError([Problem(configuration.path.name, 0, 0, f"sources.{source or '*'}", what)])
    trials = asyncio.run(_try_all(configuration, chosen, json_))
    failed = [trial for trial in trials if trial.outcome != "ok"]
    if len(trials) > 1 and not json_:
        typer.echo(f"{len(trials) - len(failed)} of {len(trials)} sources answer as they should.")
    if failed and len(failed) == len(trials) and all(trial.condition in UNREACHED for trial in trials):
        raise typer.Exit(UNAVAILABLE)
    if failed:
        raise typer.Exit(PARTIAL)


async def _try_all(configuration: Configuration, chosen: list[Source], json_: bool) -> list[Trial]:
    """Try sources beside each other, as many at once as politeness allows, and tell of each when it is done, in order."""
    from scraper.net.fetch import Fetcher
    from scraper.net.robots import MemoryShelf
    from scraper.parsers.workers import ParsePool

    fetcher, parsers = Fetcher(configuration.fetch, MemoryShelf()), ParsePool()
    places = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> Trial:
        async with places:
            return await attempt(source, fetcher, parsers)

    try:
        tasks = [asyncio.create_task(one(source)) for source in chosen]
        trials = []
        for number, task in enumerate(tasks, 1):
            trials.append(await task)
            typer.echo(json.dumps(_as_json(trials[-1]), ensure_ascii=False) if json_ else told(trials[-1]))
            if on_terminal() and json_ and len(tasks) > 1:
                typer.echo(f"{number} of {len(tasks)}", err=True)
        return trials
    finally:
        await fetcher.aclose()
        await parsers.aclose()


async def attempt(source: Source, fetcher: Fetcher, parsers: ParsePool) -> Trial:
    """Fetch and read one source, and the article of its first item that has one; nothing is stored, nothing is raised."""
    from scraper import condition, directory, endpoint, novelty
    from scraper.errors import SourceError
    from scraper.gather import gather
    from scraper.model import Page, Unchanged

    try:
        if source.kind == "directory":
            page: Page | Unchanged = await directory.look(source, clock=_now)
        else:
            page = await fetcher.fetch(source, endpoint.address(source), clock=_now)
        if isinstance(page, Unchanged):
            raise SourceError("protocol_error", "'not modified' to a question without validators")
        listed = await gather(source, page, fetcher=fetcher, parsers=parsers, clock=_now)
    except SourceError as error:
        return Trial(source, error.outcome, condition.of_failure(error), error.detail)
    if not listed.items and not listed.passed_over and source.kind != "directory":
        nothing = "the page could be read and lists nothing"
        return Trial(source, "empty", "empty_list", nothing, moved_to=page.moved_to)
    article, trouble = None, ""
    behind = [item for item in listed.items if novelty.wants_article(source, item)]
    first = next(iter(behind), None)
    if first is not None and first.url is not None:
        try:
            there = await fetcher.fetch(source, first.url, clock=_now)
            if isinstance(there, Unchanged):
                raise SourceError("protocol_error", "'not modified' to a question without validators")
            article = await parsers.article(there, source)
        except SourceError as error:
            trouble = f"{error.outcome}: {error.detail}"
    return Trial(
        source,
        "ok",
        condition.of_page(listed),
        "",
        listed.items,
        listed.partial,
        page.moved_to,
        article,
        trouble,
        listed.passed_over,
        listed.left_out,
        len(behind),
    )


def told(trial: Trial) -> str:
    """A trial for a person to read."""
    source, remedy = trial.source, REMEDIES[trial.condition]
    if trial.outcome != "ok":
        return f"{source.id}: {trial.outcome}: {remedy.said}\n  said     {fit(trial.detail)}\n  next     {remedy.next}"
    dated = [item for item in trial.items if item.published]
    lines = [
        f"{source.id}: ok, {counted(len(trial.items), 'items')}, {len(dated)} with a date"
        + (", cut" if trial.partial else "")
    ]
    if trial.condition != "ok":
        lines.append(f"  health   {remedy.said}; {remedy.next}")
    if trial.passed_over:
        lines.append(f"  passed   {trial.passed_over} more that {_passed_by(source)}")
    if trial.left_out:
        lines.append(f"  left     {trial.left_out} more that are over the limit")
    for number, item in enumerate(trial.items[:FIRST]):
        when = f" ({item.published.at:%d %b %Y %H:%M %z})" if item.published else ""
        lines.append(f"  {'first' if not number else '':<8} {fit(item.title) or '(no title)'}{when}")
        if item.url:
            lines.append(f"           {fit(item.url)}")
    newest = _newest(trial.items)
    if newest is not None and newest not in trial.items[:FIRST]:
        when = f" ({newest.published.at:%d %b %Y %H:%M %z})" if newest.published else ""
        lines.append(f"  newest   {fit(newest.title) or '(no title)'}{when}")
    lines.append(f"  follow   {_followed(trial)}")
    if trial.article is not None:
        lines.append(f"  article  {len(trial.article.text):,} characters; {_date(trial.article.published)}")
        lines.append(f"           {fit(trial.article.text[:240])}…")
    elif trial.article_trouble:
        lines.append(f"  article  not read: {fit(trial.article_trouble)}")
        lines.append(
            "           statements are stored with their headline; [sources.ID.article] can say where the text is"
        )
    if trial.moved_to:
        lines.append(f'  moved    for good: set url = "{trial.moved_to}"')
    return "\n".join(lines)


def _passed_by(source: Source) -> str:
    """What passes over items of such a source."""
    if source.kind == "directory":
        return "are too fresh, too large or in no form that is read"
    return "match_url and newer_than leave out" if source.match_url else "newer_than leaves out"


def _followed(trial: Trial) -> str:
    """Which pages behind the items a poll would read."""
    if trial.followed:
        return (
            f"the page of each new item is read as well ({trial.followed} of {len(trial.items)} here have one to read)"
        )
    if any(item.text for item in trial.items):
        return "nothing: the source holds the texts itself"
    return "nothing: full_text is off" if not trial.source.full_text else "nothing: its items have no pages"


def _as_json(trial: Trial) -> dict[str, Any]:
    newest, article = _newest(trial.items), trial.article
    return {
        "schema": 1,
        "id": trial.source.id,
        "outcome": trial.outcome,
        "detail": trial.detail,
        "condition": trial.condition,
        "remedy": REMEDIES[trial.condition].next,
        "items": len(trial.items),
        "dated": sum(item.published is not None for item in trial.items),
        "first": [
            {"title": item.title, "url": item.url, "published": _stamp(item.published)} for item in trial.items[:FIRST]
        ],
        "followed": trial.followed,
        "passed_over": trial.passed_over,
        "left_out": trial.left_out,
        "partial": trial.partial,
        "moved_to": trial.moved_to or None,
        "newest": None
        if newest is None
        else {"title": newest.title, "url": newest.url, "published": _stamp(newest.published)},
        "article": None
        if article is None
        else {"title": article.title, "text": article.text, "published": _stamp(article.published)},
        "article_trouble": trial.article_trouble or None,
    }


def _row(source: Source, state: SourceState | None) -> dict[str, Any]:
    """A source in the words of `bayan status --json`, and what the configuration says of it."""
    from scraper import condition

    def stamp(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat().replace("+00:00", "Z")

    return {
        "id": source.id,
        "kind": source.kind,
        "url": source.url,
        "enabled": source.enabled,
        "tags": list(source.tags),
        "note": source.note,
        "outcome": state.outcome if state else None,
        "outcome_at": stamp(state.outcome_at) if state else None,
        "condition": state.condition if state else None,
        "detail": state.detail if state else "",
        "remedy": REMEDIES[condition.standing(state.condition, state.outcome, silent=False) or "ok"].next
        if state
        else "",
        "failures": state.failures if state else 0,
        "items": state.items if state else 0,
        "last_new_at": stamp(state.last_new_at) if state else None,
        "due_at": stamp(state.due_at) if state and source.enabled else None,
        "moved_to": (state.moved_to if state else "") or None,
    }


def _newest(items: tuple[Item, ...]) -> Item | None:
    """The item with the latest date; where none has one, the first of the page."""
    dated = [item for item in items if item.published is not None]
    return max(dated, key=lambda item: item.published.at) if dated else next(iter(items), None)  # type: ignore[union-attr]


def _date(moment: Moment | None) -> str:
    return "no date" if moment is None else f"published {moment.at:%d %b %Y} ({moment.method})"


def _stamp(moment: Moment | None) -> str | None:
    return None if moment is None else moment.at.isoformat()


def _now() -> datetime:
    return datetime.now(UTC)
