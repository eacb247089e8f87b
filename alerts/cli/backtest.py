"""`bayan backtest`: what a watch would have rung for, on the statements that are stored."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, counted, fit, load, on_terminal, opened, since

if TYPE_CHECKING:
    from alerts.backtest import Change, Plan, Report, Sample, Watched
    from alerts.settings import Configuration

_SHOWN = 10


def backtest(
    subject: Annotated[
        str, typer.Argument(metavar="RULE|FILE", help="An id, a name, a rule, or a watchlist FILE.toml.")
    ],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    days: Annotated[float | None, typer.Option("--days", min=0.01, help="Only the last N days; else all.")] = None,
    alias: Annotated[
        str | None, typer.Option("--alias", metavar="ACTOR", help="Try RULE as one alias more of this actor.")
    ] = None,
    without: Annotated[
        str | None, typer.Option("--without", metavar="ALIAS", help="Try the actor without this alias.")
    ] = None,
    weak: Annotated[bool, typer.Option("--weak", help="With --alias or --without: as a weak alias instead.")] = False,
    reads_as: Annotated[
        Literal["name", "rule"] | None, typer.Option("--as", help="How to read RULE where it could be both.")
    ] = None,
    samples: Annotated[int, typer.Option("--samples", min=0, max=100, help="How many of each kind are shown.")] = 5,
    most: Annotated[int | None, typer.Option("--most", min=1, help="Only the N newest statements; else all.")] = None,
    json_: JsonOption = False,
) -> None:
    """What a watch would have rung for: how often, on which sources, by which spelling, and what it changes.

    RULE is an id of the configuration, a name in quotes or with capitals, or a rule. Nothing is
    written and nothing rings.

    \b
    bayan backtest threats --days 30
    bayan backtest '"Hadi al-Amiri"' --days 7
    bayan backtest 'missile* NEAR/5 (port OR base)'
    bayan backtest watchlists/iraq.toml
    bayan backtest --alias khazali "Abu Mahdi"            what one alias more would have caught
    bayan backtest khazali --without "Khazali" --weak     what would be lost were it a weak one
    """
    from alerts import backtest as trial

    configuration = load(config, data_dir)
    first = since(days)
    tried, said = _plan(configuration, subject, alias, without, reads_as, weak=weak)
    with opened(configuration) as database:
        from scraper import store

        total = database.read_now(store.counts)["statements"] if on_terminal() else 0
        total = min(total, most) if most is not None else total

        def progress(read: int) -> None:
            typer.echo(f"\r{read:,} of {total:,} statements", nl=False, err=True)

        report = asyncio.run(
            trial.backtest(
                database, tried, since=first, samples=samples, most=most, progress=progress if total else None
            )
        )
        if total:
            typer.echo("\r" + " " * 40 + "\r", nl=False, err=True)
    if json_:
        typer.echo(json.dumps({"schema": 1, "tried": said, **as_row(report)}, ensure_ascii=False))
        return
    typer.echo(fit(said))
    for line in told(report, compared=tried.before is not None):
        typer.echo(line)


def _plan(
    configuration: Configuration,
    subject: str,
    alias: str | None,
    without: str | None,
    reads_as: Literal["name", "rule"] | None,
    *,
    weak: bool,
) -> tuple[Plan, str]:
    """The plan that is asked for, and what it tries, in words."""
    from functools import partial

    from alerts.backtest import plan, with_alias, without_alias
    from alerts.watch.asked import NotUnderstood, asked

    actors, keywords = configuration.actors, configuration.keywords
    planned = partial(plan, actors, keywords, sources=configuration.sources)
    known = {actor.id: actor for actor in actors}
    if alias is not None:
        if alias.removeprefix("@") not in known:
            raise typer.BadParameter(_no_actor(alias, known), param_hint="--alias")
        actor = with_alias(known[alias.removeprefix("@")], subject, weak=weak)
        kind = "a weak alias" if weak else "an alias"
        return planned(tried_actors=[actor]), f"@{actor.id} with “{subject}” as {kind}"
    if without is not None:
        actor_ = known.get(subject.removeprefix("@"))
        if actor_ is None:
            raise typer.BadParameter(_no_actor(subject, known), param_hint="RULE")
        if without not in (actor_.name, *actor_.aliases, *actor_.weak_aliases, *actor_.acronyms):
            raise typer.BadParameter(f"{actor_.id} has no alias “{without}”", param_hint="--without")
        actor = with_alias(actor_, without, weak=True) if weak else without_alias(actor_, without)
        changed = "as a weak alias" if weak else "left out"
        return planned(tried_actors=[actor]), f"@{actor.id} with “{without}” {changed}"
    if weak:
        raise typer.BadParameter("say --alias ACTOR or --without ALIAS too", param_hint="--weak")
    if subject.endswith(".toml"):
        from alerts.config import load_watchlists

        more, lists = load_watchlists(Path(subject))
        said = f"{subject}: {counted(len(more), 'actors')} and {counted(len(lists), 'keyword lists')}"
        return planned(tried_actors=more, tried_keywords=lists), said
    try:
        one = asked(subject, actors, keywords, reading=reads_as)
    except NotUnderstood as error:
        raise typer.BadParameter(str(error), param_hint="RULE") from None
    if one.actor is not None:
        said = f"“{one.actor.name}”, read as a name (--as rule reads it as a rule)"
        return planned(tried_actors=[one.actor]), said
    if one.keywords is not None:
        said = f"{one.keywords.query}: read as a rule (--as name reads it as a name)"
        return planned(tried_keywords=[one.keywords]), said
    return planned(watched=[one.watch]), f"{one.watch}, as it is configured"


def _no_actor(asked: str, known: dict[str, Any]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(asked, known, 1)
    return f"no actor has the id {asked}" + (f"; did you mean {near[0]}?" if near else "; bayan actors list shows them")


def told(report: Report, *, compared: bool) -> list[str]:
    """The report for a person, line by line."""
    since = "in all" if report.since is None else f"since {report.since:%d %b %Y, %H:%M} UTC"
    newest = "newest " if report.cut else ""
    least = "at least " if report.cut else ""
    lines = [
        f"{report.read:,} {newest}statements {since}: {least}{counted(report.statements, 'statements')} would have rung"
    ]
    if report.baseline:
        lines.append(
            f"    {report.baseline:,} of them stood there at the first poll of their source, which never rings"
        )
    if report.by_day:
        days = report.by_day[-14:]
        lines.append("by day     " + "  ".join(f"{day:%d %b} {count}" for day, count in days))
    if report.by_source:
        shown = "  ".join(f"{source} {count}" for source, count in report.by_source[:_SHOWN])
        more = len(report.by_source) - _SHOWN
        lines.append(f"by source  {shown}" + (f"  and {more} more" if more > 0 else ""))
    rung = [one for one in report.watches if one.statements]
    for one in sorted(rung, key=lambda one: -one.statements)[:50]:
        lines += ["", *_watched(one)]
    if compared:
        lines += ["", *_change(report.new, "more than today", "nothing rang for them before"),
                  *_change(report.lost, "lost", "nothing rings for them any more")]  # fmt: skip
    return lines


def _watched(one: Watched) -> list[str]:
    sole = f", {one.sole} by this watch alone" if one.sole else ""
    spoke = f", the actor speaks in {one.spoke}" if one.spoke else ""
    lines = [f"{one.watch}  {counted(one.statements, 'statements')}{sole}{spoke}"]
    for guilt in one.aliases[: _SHOWN * 2]:
        only = f", {guilt.only} by it only" if guilt.only else ", none by it only" if len(one.aliases) > 1 else ""
        lines.append(f"    {fit('“' + guilt.text + '”')}  {guilt.statements}{only}")
    spelled = [text for text, _ in one.surfaces if text not in {guilt.text for guilt in one.aliases}][:_SHOWN]
    if spelled:
        lines.append("    written as  " + ", ".join(fit(text) for text in spelled))
    return lines + [f"    {told_sample(sample)}" for sample in one.samples]


def _change(change: Change, what: str, alone: str) -> list[str]:
    lines = [
        f"{what}: {counted(change.statements, 'statements')}" + (f"; {change.alone}: {alone}" if change.alone else "")
    ]
    return lines + [f"    {sample.watch}  {told_sample(sample)}" for sample in change.samples]


def told_sample(sample: Sample) -> str:
    """A sample on one line: the statement's number, the day, the source, the passage with its hits in brackets."""
    text = sample.text
    for start, end in reversed(sample.hits):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return f"{sample.statement}  {sample.seen_at:%d %b}  {sample.source}: {fit(text)}"


def as_row(report: Report) -> dict[str, Any]:
    """The report in its fixed JSON form."""
    return {
        "since": None if report.since is None else report.since.isoformat().replace("+00:00", "Z"),
        "read": report.read,
        "cut": report.cut,
        "statements": report.statements,
        "baseline": report.baseline,
        "by_day": {day.isoformat(): count for day, count in report.by_day},
        "by_source": dict(report.by_source),
        "watches": [
            {
                "watch": one.watch,
                "statements": one.statements,
                "hits": one.hits,
                "spoke": one.spoke,
                "sole": one.sole,
                "by_source": dict(one.by_source),
                "aliases": [
                    {"text": guilt.text, "statements": guilt.statements, "hits": guilt.hits, "only": guilt.only}
                    for guilt in one.aliases
                ],
                "surfaces": dict(one.surfaces),
                "samples": [sample_row(sample) for sample in one.samples],
            }
            for one in report.watches
        ],
        "new": _change_row(report.new),
        "lost": _change_row(report.lost),
    }


def _change_row(change: Change) -> dict[str, Any]:
    samples = [sample_row(sample) for sample in change.samples]
    return {"statements": change.statements, "alone": change.alone, "samples": samples}


def sample_row(sample: Sample) -> dict[str, Any]:
    """A sample in its fixed JSON form."""
    return {
        "statement": sample.statement,
        "source": sample.source,
        "title": sample.title,
        "first_seen": sample.seen_at.isoformat().replace("+00:00", "Z"),
        "url": sample.url,
        "watch": sample.watch,
        "text": sample.text,
        "hits": [list(place) for place in sample.hits],
        "pattern": sample.pattern,
        "surface": sample.surface,
        "steps": list(sample.steps),
        "baseline": sample.baseline,
    }
