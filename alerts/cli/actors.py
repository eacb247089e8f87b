"""`bayan actors`: who is watched, by which spellings, and what these spellings bring besides."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from alerts.cli import checking, importing
from alerts.cli.backtest import sample_row, told_sample
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, fit, load, on_terminal, opened, since
from scraper.errors import StoreError

if TYPE_CHECKING:
    from alerts.proposal import Measured, Proposal, Spelling
    from alerts.settings import Configuration
    from alerts.verdicts import Rung
    from scraper.db import Database

app = typer.Typer(
    no_args_is_help=True,
    help="Who is watched: list, suggest spellings, check them, import a list.",
    short_help="Who is watched: list, suggest spellings, check, import.",
)
app.command("import", short_help="Make a watchlist of a list in CSV, JSON lines or XML.")(importing.import_)
app.command("check", short_help="What in the watchlists will surprise.")(checking.check)


@app.command("list", short_help="Every actor, how often it was met, when it last rang.")
def list_(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """Every actor: how many spellings it has, in how many statements it was met, when it last rang.

    Example:  bayan actors list --json
    """
    from alerts import verdicts

    configuration = load(config, data_dir)
    known: dict[str, Rung] = {}
    try:
        with opened(configuration) as database:
            known = database.read_now(verdicts.rung)
    except StoreError as error:
        typer.echo(f"bayan: nothing is known of hits: {error}", err=True)
    rows = []
    for actor in configuration.actors:
        met = known.get(f"@{actor.id}")
        rows.append(
            {
                "id": actor.id,
                "name": actor.name,
                "type": actor.type,
                "priority": actor.priority,
                "aliases": len(actor.aliases),
                "weak_aliases": len(actor.weak_aliases) + len(actor.acronyms),
                "statements": 0 if met is None else met.statements,
                "last_matched_at": None if met is None else _stamp(met.matched_at),
                "last_rung_at": None if met is None else _stamp(met.rung_at),
            }
        )
    if json_:
        typer.echo(json.dumps({"schema": 1, "actors": rows}, ensure_ascii=False))
        return
    if not rows:
        typer.echo("Nobody is watched. bayan actors suggest NAME writes the first [actors.ID].")
        return
    width = max(len(str(row["id"])) for row in rows)
    for row in rows:
        rang = str(row["last_rung_at"] or "never")[:16].replace("T", " ")
        more = f" + {row['weak_aliases']} weak" if row["weak_aliases"] else ""
        typer.echo(
            f"{row['id']!s:<{width}}  {row['type']!s:<6}  {row['statements']:>6} statements  rang {rang:<16}  "
            f"{row['aliases']} aliases{more}  {fit(str(row['name']))}"
        )


@app.command("suggest", short_help="The spellings by which a name will be found.")
def suggest(
    name: Annotated[str, typer.Argument(help="The name, in any script.")],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    group: Annotated[
        bool | None, typer.Option("--group/--person", help="What it is; else its first word tells.", show_default=False)
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="ACTOR", help="As one more name of this actor of the configuration.")
    ] = None,
    days: Annotated[float, typer.Option("--days", min=0.01, help="What the last N days would have brought.")] = 30,
    samples: Annotated[int, typer.Option("--samples", min=0, max=100, help="How many statements are shown.")] = 3,
    most: Annotated[int, typer.Option("--most", min=1, help="Look at the N newest statements only.")] = 5_000,
    toml: Annotated[bool, typer.Option("--toml", help="Only the TOML, to be put into a watchlist.")] = False,
    json_: JsonOption = False,
) -> None:
    """The spellings by which a name will be found, per script, what each brings in the store, and the TOML to watch it.

    Spellings that the name finds by its sound need no alias; those it does not find are proposed as
    aliases. What was made letter by letter, and what is short, stands in the TOML as a comment, with
    how often it would have counted: a person decides.

    \b
    bayan actors suggest "Qais al-Khazali" --days 7
    bayan actors suggest "حركة النجباء" --toml >> watchlists/iraq.toml
    """
    from alerts.proposal import as_toml, propose

    configuration = load(config, data_dir)
    actor = None
    if for_ is not None:
        actor = next((one for one in configuration.actors if one.id == for_.removeprefix("@")), None)
        if actor is None:
            raise typer.BadParameter("no actor has this id; bayan actors list shows them", param_hint="--for")
    type_: Literal["person", "group"] | None = None if group is None else "group" if group else "person"
    proposal = propose(name, type_, actors=configuration.actors, actor=actor)
    if not proposal.spellings:
        raise typer.BadParameter("a name needs a letter or a digit", param_hint="NAME")
    first = since(days)
    measured = _measured(configuration, proposal, first, samples, most)
    if json_:
        typer.echo(json.dumps(_row(proposal, measured), ensure_ascii=False))
    elif toml:
        typer.echo(as_toml(proposal, measured), nl=False)
    else:
        typer.echo("\n".join(_told(proposal, measured, days)))


def _measured(
    configuration: Configuration, proposal: Proposal, first: datetime | None, samples: int, most: int
) -> Measured | None:
    """What the store says; None where there is none yet."""
    from alerts.proposal import measure

    def progress(read: int) -> None:
        typer.echo(f"\r{read:,} statements", nl=False, err=True)

    async def look(database: Database) -> Measured:
        return await measure(
            database, proposal, actors=configuration.actors, keywords=configuration.keywords,
            sources=configuration.sources, since=first, most=most, samples=samples, progress=progress if on_terminal() else None,
        )  # fmt: skip

    try:
        with opened(configuration) as database:
            measured = asyncio.run(look(database))
    except StoreError as error:
        typer.echo(f"bayan: what it would bring is not known: {error}", err=True)
        return None
    if on_terminal():
        typer.echo("\r" + " " * 40 + "\r", nl=False, err=True)
    return measured


def _told(proposal: Proposal, measured: Measured | None, days: float) -> list[str]:
    from alerts.proposal import as_toml

    actor = proposal.actor
    lines = [f"{fit(actor.name)}, a {actor.type}" + ("" if measured else " (nothing is stored yet)")]
    for script, spellings in proposal.by_script().items():
        lines += ["", script]
        lines += [f"  {_spelling(one, measured)}" for one in spellings]
    if proposal.short():
        lines += ["", "Too short to ring alone"]
        for one in proposal.short():
            lines.append(f"  {_spelling(one, measured)}")
            brought = measured.brought.get(one.text) if measured is not None else None
            if brought is not None and brought.others:
                others = ", ".join(f"{fit(text)} {count}" for text, count in brought.others)
                lines.append(f"      without the full name: {others}")
            lines += [f"      {told_sample(sample)}" for sample in (brought.samples if brought is not None else ())]
    if proposal.rings_for:
        lines += ["", "Rings for others today"]
        for rival in dict.fromkeys(other for _, other in proposal.rings_for):
            texts = [text for text, other in proposal.rings_for if other == rival]
            more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
            lines.append(f"  @{rival}  {', '.join(map(fit, texts[:3]))}{more}")
    if measured is not None:
        report = measured.report
        newest = "the newest " if report.cut else ""
        lines += ["", f"In {days:g} days: {report.statements} of {newest}{report.read:,} statements would have rung, "
                      f"{report.new.statements} more than today, {report.lost.statements} lost to it"]  # fmt: skip
        for watched in report.watches:
            if watched.surfaces:
                lines.append("  written as  " + ", ".join(f"{fit(text)} {n}" for text, n in watched.surfaces[:10]))
            lines += [f"  {told_sample(sample)}" for sample in watched.samples]
        lines += [f"  lost to it: {sample.watch}  {told_sample(sample)}" for sample in report.lost.samples]
    return [*lines, "", as_toml(proposal, measured).rstrip()]


def _spelling(one: Spelling, measured: Measured | None) -> str:
    """`Kays el-Hazali  found by its sound, 2 statements`."""
    if one.kind != "alias":
        how: str = "acronym" if one.kind == "acronym" else "weak alias"
    elif one.finds == "A":
        how = "found as it is written"
    else:
        how = {"B": "found by its sound", "C": "found as a slip of it"}.get(one.finds, "not found without an alias")
    sure = "" if one.sure else ", made letter by letter"
    brought = measured.brought.get(one.text) if measured is not None else None
    count = ""
    if brought is not None and brought.statements:
        count = f", {brought.statements} statement{'s' if brought.statements != 1 else ''}"
        count += f" ({brought.beside} beside the full name)" if one.kind != "alias" else ""
    return f"{fit(one.text)}  {how}{sure}{count}"


def _row(proposal: Proposal, measured: Measured | None) -> dict[str, Any]:
    from alerts.cli.backtest import as_row
    from alerts.proposal import as_toml

    spellings = []
    for one in proposal.spellings:
        row: dict[str, Any] = {
            "text": one.text, "script": one.script, "kind": one.kind, "tier": one.finds or None, "sure": one.sure,
            "kept": one.kept,
        }  # fmt: skip
        brought = measured.brought.get(one.text) if measured is not None else None
        if brought is not None:
            row["statements"] = brought.statements
            row["beside"] = brought.beside
            row["others"] = dict(brought.others)
            row["samples"] = [sample_row(sample) for sample in brought.samples]
        spellings.append(row)
    return {
        "schema": 1,
        "id": proposal.actor.id,
        "type": proposal.actor.type,
        "spellings": spellings,
        "rings_for": [{"text": text, "actor": other} for text, other in proposal.rings_for],
        "would_ring": None if measured is None else as_row(measured.report),
        "toml": as_toml(proposal, measured),
    }


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
