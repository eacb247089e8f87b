"""`bayan statements`: what was stored, one by one or all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, StatementArgument, fit, load, opened, since

if TYPE_CHECKING:
    from alerts.model import Match
    from scraper.db import Database
    from scraper.difference import Piece
    from scraper.model import Moment, Statement
    from scraper.removal import Absence

app = typer.Typer(
    no_args_is_help=True,
    help="What was stored: search it, show one, compare its revisions, export all.",
    short_help="What was stored: search, show, compare, export.",
)


@app.command("show")
def show(
    statement: StatementArgument,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """One statement, with its times, its text and what it matched.

    Example:  bayan statements show 42
    """
    from alerts import verdicts
    from alerts.cli.carried import as_carried, told_story
    from alerts.cli.evidence import in_short
    from scraper import absences, evidence, store, stories

    with opened(load(config, data_dir)) as database:
        found = database.read_now(lambda conn: store.get(conn, statement))
        absence = database.read_now(lambda conn: absences.get(conn, statement))
        if found is None:
            typer.echo(f"bayan: there is no statement {statement}; bayan statements search finds them", err=True)
            raise typer.Exit(1)
        pairs = [(found.id, found.revision)]
        matches = database.read_now(lambda conn: verdicts.matches_of(conn, pairs)).get(found.id, ())
        story = database.read_now(lambda conn: stories.stories_of(conn, [statement])).get(statement)
        carried = () if story is None else database.read_now(lambda conn: stories.members(conn, story))
        pages = database.read_now(lambda conn: evidence.of(conn, statement))
    if json_:
        beside = {"edited": found.edited, "forwarded_from": found.forwarded_from, "reply_to": found.reply_to}
        row = {**as_row(found, matches, story), **beside, "carried": as_carried(carried)}
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    typer.echo(found.title or "(no headline)")
    typer.echo(f"source     {found.source}" + (f"  {found.url}" if found.url else ""))
    typer.echo(f"published  {_moment(found.published)}")
    if found.said_on is not None:
        typer.echo(f"said on    {found.said_on.at:%d %b %Y} ({found.said_on.method})")
    typer.echo(f"first seen {found.first_seen_at:%d %b %Y, %H:%M:%S} UTC" + (" (baseline)" if found.baseline else ""))
    typer.echo(f"revision   {found.revision}, {found.extent}" + (f", {found.language}" if found.language else ""))
    if found.forwarded_from:
        typer.echo(f"forwarded  from {found.forwarded_from}: their words, not the channel's")
    if found.reply_to:
        typer.echo(f"reply to   {found.reply_to}")
    if found.edited:
        typer.echo("edited     it says so itself")
    for line in _absence(absence):
        typer.echo(line)
    for line in told_story(carried, found.id):
        typer.echo(f"story      {line}")
    typer.echo(f"evidence   {in_short(pages, statement)}")
    for match in matches:
        steps = f" ({', '.join(match.steps)})" if match.steps else ""
        typer.echo(f"match      {match.watch}: {match.surface!r} in the {match.field}, as {match.pattern!r}{steps}")
    typer.echo("")
    typer.echo(found.text or found.summary or "(no text)")


def _absence(case: Absence | None) -> Iterator[str]:
    """That a statement was removed, when and how that was proven; or what is known so far of one that is missing."""
    if case is None:
        return
    if case.second_proof_at is not None:
        yield f"removed    {_second(case.second_proof_at)}, missing from its list since {_second(case.since)}"
    elif case.due_at is not None:
        yield f"missing    from its list since {_second(case.since)}; looked for again {_second(case.due_at)}"
    for at, proof in ((case.first_proof_at, case.first_proof), (case.second_proof_at, case.second_proof)):
        if at is not None:
            yield f"proof      {_second(at)}: {fit(proof)}"
    if case.returned_at is not None:
        yield f"returned   {_second(case.returned_at)}"


def _second(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M:%S} UTC"


@app.command("export", short_help="All statements with their matches, as JSON lines.")
def export(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    format_: Annotated[str, typer.Option("--format", help="jsonl: one JSON object a line.")] = "jsonl",
    source: Annotated[str | None, typer.Option("--source", "-s", help="Only this source.")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Only what was first seen in the last N days.")] = None,
) -> None:
    """All statements with their matches, oldest first, one JSON object a line.

    Example:  bayan statements export --format jsonl --days 7 > week.jsonl
    """
    if format_ != "jsonl":
        raise typer.BadParameter("the only format is jsonl", param_hint="--format")
    first_seen_since = since(days)
    with opened(load(config, data_dir)) as database:
        for found, matches, story in _all(database, source, first_seen_since):
            typer.echo(json.dumps(as_row(found, matches, story), ensure_ascii=False))


@app.command("search")
def search(
    words: Annotated[list[str], typer.Argument(help='Words and "phrases"; all must occur. A star ends a prefix.')],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    source: Annotated[str | None, typer.Option("--source", "-s", help="Only this source.")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Only what was first seen in the last N days.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="How many, newest first.")] = 20,
    json_: JsonOption = False,
) -> None:
    """Find stored statements by their words, newest first. Case, accents, vowel marks and the many forms of Arabic and
    Persian letters make no difference. Exit code 1 where nothing is found.

    \b
    bayan statements search Khazali "red line*" --days 30
    bayan statements search قيس الخزعلي --json
    """
    from scraper.search import find, read_query

    try:
        query = read_query(words)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="WORDS") from None
    first_seen_since = since(days)
    count = 0
    with opened(load(config, data_dir)) as database:
        for found in _newest_first(database, source, first_seen_since):
            texts = (found.title, found.text or found.summary)
            hits = find(query, texts)
            if not hits:
                continue
            count += 1
            if json_:
                places = [{"field": ("title", "body")[which], "start": a, "end": b} for which, a, b in hits]
                typer.echo(json.dumps({**as_row(found, ()), "hits": places}, ensure_ascii=False))
            else:
                typer.echo(f"{found.id:>6}  {found.first_seen_at:%d %b %Y}  {found.source}: {fit(found.title)}")
                for which, start, end in hits:
                    if which == 1:
                        typer.echo(f"        {_passage(texts[1], start, end)}")
            if count == limit:
                break
    if not count:
        typer.echo("bayan: nothing stored says so; a star ends a prefix, as in threat*", err=True)
        raise typer.Exit(1)
    if not json_ and count == limit:
        typer.echo(f"The newest {limit}; --limit shows more, bayan statements show NUMBER one of them.")


@app.command("diff", short_help="What changed in a statement, word by word.")
def diff(
    statement: StatementArgument,
    old: Annotated[int | None, typer.Argument(metavar="[A", help="The older revision.")] = None,
    new: Annotated[int | None, typer.Argument(metavar="B]", help="The newer revision.")] = None,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    full: Annotated[bool, typer.Option("--full", help="The whole text, not only what stands around changes.")] = False,
    json_: JsonOption = False,
) -> None:
    """What changed in a statement, word by word: by default between the last two revisions.

    \b
    bayan statements diff 42           [-what went-] {+what came+}
    bayan statements diff 42 1 3
    """
    from scraper import store
    from scraper.difference import difference, shortened

    with opened(load(config, data_dir)) as database:
        found = database.read_now(lambda conn: store.get(conn, statement))
        past = database.read_now(lambda conn: store.revisions(conn, statement))
    if found is None:
        typer.echo(f"bayan: there is no statement {statement}; bayan statements search finds them", err=True)
        raise typer.Exit(1)
    texts = {int(one["revision"]): (str(one["title"]), str(one["text"] or one["summary"])) for one in past}
    texts[found.revision] = (found.title, found.text or found.summary)
    if len(texts) == 1:
        typer.echo(f"Statement {statement} was never changed.")
        return
    newer = found.revision if new is None else new
    older = (max(one for one in texts if one < newer) if old is None else old) if newer > min(texts) else newer
    for asked in (older, newer):
        if asked not in texts:
            raise typer.BadParameter(f"statement {statement} has revisions {', '.join(map(str, sorted(texts)))}")
    parts = [difference(*pair) for pair in zip(texts[older], texts[newer], strict=True)]
    if json_:
        rows = [[{"op": piece.op, "text": piece.text} for piece in part] for part in parts]
        row = {"schema": 1, "id": statement, "from": older, "to": newer, "title": rows[0], "text": rows[1]}
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    typer.echo(f"statement {statement}, revision {older} to {newer}")
    for part in parts:
        typer.echo(_drawn(part if full else shortened(part)))


def _drawn(pieces: tuple[Piece, ...]) -> str:
    """Changes in brackets, and in colour on a terminal. Each piece is isolated, so that right-to-left words cannot swap places
    with what stands beside them.
    """
    import os
    import sys

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    drawn = []
    for piece in pieces:
        words = fit(piece.text)
        if piece.op == "removed":
            words = f"[-{words}-]"
            words = typer.style(words, fg="red") if colour else words
        elif piece.op == "added":
            words = f"{{+{words}+}}"
            words = typer.style(words, fg="green") if colour else words
        drawn.append(words)
    return " ".join(filter(None, drawn))


def _passage(text: str, start: int, end: int, around: int = 60) -> str:
    """The words around a hit, the hit in brackets."""
    first, last = max(start - around, 0), min(end + around, len(text))
    before, behind = text[first:start], text[end:last]
    before = before.partition(" ")[2] if first and " " in before else before
    behind = behind.rpartition(" ")[0] if last < len(text) and " " in behind else behind
    return f"{'…' if first else ''}{fit(f'{before}[{text[start:end]}]{behind}')}{'…' if last < len(text) else ''}"


def _newest_first(database: Database, source: str | None, since: datetime | None) -> Iterator[Statement]:
    from scraper import store

    before: int | None = None
    while True:
        page = database.read_now(
            lambda conn, last=before: store.find(  # type: ignore[misc]
                conn, source=source, since=since, before_id=last, newest=True, limit=500
            )
        )
        if not page:
            return
        yield from page
        before = page[-1].id


def as_row(found: Statement, matches: tuple[Match, ...], story: int | None = None) -> dict[str, Any]:
    """A statement in its fixed form (docs/json.md)."""
    published = found.published
    return {
        "schema": 1,
        "id": found.id,
        "source": found.source,
        "key": found.key,
        "url": found.url,
        "title": found.title,
        "text": found.text or found.summary,
        "published": None if published is None else _claimed(published),
        "published_precision": None if published is None else published.precision,
        "said_on": None if found.said_on is None else found.said_on.at.date().isoformat(),
        "first_seen": found.first_seen_at.isoformat().replace("+00:00", "Z"),
        "language": found.language,
        "revision": found.revision,
        "story": story,
        "removed_at": None if found.removed_at is None else found.removed_at.isoformat().replace("+00:00", "Z"),
        "matches": [
            {
                "rule": match.rule,
                "actor": match.actor,
                "tier": match.tier,
                "role": match.role,
                "field": match.field,
                "start": match.start,
                "end": match.end,
                "surface": match.surface,
                "steps": list(match.steps),
            }
            for match in matches
        ],
    }


def _all(
    database: Database, source: str | None, since: datetime | None
) -> Iterator[tuple[Statement, tuple[Match, ...], int | None]]:
    """Page through the store, so that a million statements need no more memory than a thousand."""
    from alerts import verdicts
    from scraper import store, stories

    after = 0
    while True:
        page = database.read_now(
            lambda conn, last=after: store.find(conn, source=source, since=since, after_id=last)  # type: ignore[misc]
        )
        if not page:
            return
        pairs = [(found.id, found.revision) for found in page]
        matches = database.read_now(lambda conn, of=pairs: verdicts.matches_of(conn, of))  # type: ignore[misc]
        ids = [found.id for found in page]
        told = database.read_now(lambda conn, of=ids: stories.stories_of(conn, of))  # type: ignore[misc]
        for found in page:
            yield found, matches.get(found.id, ()), told.get(found.id)
        after = page[-1].id


def _claimed(moment: Moment) -> str:
    return moment.at.date().isoformat() if moment.precision == "day" else moment.at.isoformat()


def _moment(moment: Moment | None) -> str:
    if moment is None:
        return "no date given"
    sure = "" if moment.confident else ", not certain"
    return f"{_claimed(moment)} (to the {moment.precision}, from {moment.method}{sure})"
