"""`bayan match`: what the watchlists make of a text, and why; of one for a person, of many for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from alerts.cli.exits import PARTIAL, USAGE
from alerts.cli.frame import ConfigOption, JsonOption, load

if TYPE_CHECKING:
    from alerts.model import Match
    from alerts.watch.match import Explanation, Watchlist

MOST_BYTES = 16 * 1024 * 1024
"""Of one text, and of one row of a batch."""


def match(
    file: Annotated[str | None, typer.Argument(metavar="FILE|-", help="The text, in UTF-8; - is stdin.")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="TEXTS.jsonl", help="Many texts, one JSON object a line.")
    ] = None,
    watchlist: Annotated[
        Path | None,
        typer.Option("--watchlist", "-w", metavar="FILE.toml", help="Only this file's [actors.ID] and [keywords.ID]."),
    ] = None,
    words: Annotated[str | None, typer.Option("--text", help="The text itself, instead of a file.")] = None,
    title: Annotated[str, typer.Option("--title", "-t", help="The headline of the text.")] = "",
    language: Annotated[str | None, typer.Option("--language", "-l", help="The text's language, such as ar.")] = None,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """What the watchlists make of a text: what rings, where, by which spelling; and what nearly did.

    Without --watchlist it is the configuration's own. Rows of a batch: {"id", "text", "title"?,
    "language"?, "source"?, "url"?, "tags"?}.

    \b
    bayan match statement.txt
    bayan match --text 'وقال الشيخ قيس الخزعلي'
    """
    if [file, batch, words].count(None) != 2:
        raise typer.BadParameter("give FILE, - for stdin, --text TEXT or --batch TEXTS.jsonl", param_hint="FILE")
    if batch is not None:
        with _opened(str(batch)) as rows:
            if not answer_batch(_compiled(watchlist, config), rows):
                raise typer.Exit(PARTIAL)
        return
    text = words if words is not None else _read(str(file))
    explanation = _compiled(watchlist, config).explain(title, text, language=language)
    typer.echo(_as_json(explanation) if json_ else told(explanation, title, text))


def answer_batch(watch: Watchlist, rows: BinaryIO) -> bool:
    """One row out for one row in, in their order, in the form of docs/json.md; whether every row could be read.

    A row that cannot be read is answered with `error` and does not stop the others.
    """
    good = True
    for number, line in enumerate(_lines(rows), 1):
        answer = _answer(watch, line, number)
        good = good and "error" not in answer
        sys.stdout.write(_dump(answer) + "\n")
    sys.stdout.flush()
    return good


def match_row(match: Match) -> dict[str, Any]:
    """A match in its fixed form (docs/json.md); a rule that fired by filters alone has no place."""
    return {
        "rule": match.rule,
        "actor": match.actor,
        "tier": match.tier,
        "role": match.role,
        "field": match.field if match.surface else None,
        "start": match.start if match.surface else None,
        "end": match.end if match.surface else None,
        "surface": match.surface,
        "steps": list(match.steps),
    }


def told(explanation: Explanation, title: str, text: str) -> str:
    """The explanation for a person: each match with the passage around it, then what nearly rang and why it did not."""
    lines = []
    for one in explanation.matches:
        lines.append(_headline(one))
        if one.surface:
            lines.append("    " + _passage(one, title if one.field == "title" else text))
    if not lines:
        lines.append("Nothing rings.")
    if explanation.suppressed:
        lines += ["", "Did not ring:"]
        lines += [f"{_headline(one.match)}\n    {_fit(one.reason)}" for one in explanation.suppressed]
    return "\n".join(lines)


def _headline(one: Match) -> str:
    """`@aah  tier A  body 10-13  “AAH” (acronym: with ...), the speaker`."""
    role = {"speaker": ", the speaker", "mentioned": ", only mentioned"}.get(one.role or "", "")
    steps = f" ({', '.join(map(_fit, one.steps))})" if one.steps else ""
    pattern = "" if one.pattern == one.surface else f" as “{_fit(one.pattern)}”"
    if not one.surface:
        return f"{one.watch}  {_fit(one.pattern)}"
    tier = f"tier {one.tier}" if one.actor is not None else "rule"
    return f"{one.watch}  {tier}  {one.field} {one.start}-{one.end}  “{_fit(one.surface)}”{pattern}{steps}{role}"


def _passage(one: Match, text: str) -> str:
    from alerts.excerpt import Hit, passages
    from alerts.shown import isolate

    passage = passages(text, [Hit(one.start, one.end, one.watch)]).take(160)
    shown = passage.text
    for start, end in reversed(passage.hits):
        shown = f"{shown[:start]}[{shown[start:end]}]{shown[end:]}"
    return isolate(shown)


def _fit(text: str) -> str:
    """`text` fit for a terminal: on one line, without what would drive or reorder it."""
    from alerts.shown import isolate, show

    return isolate(show(text).text)


def _as_json(explanation: Explanation) -> str:
    suppressed = [
        {**match_row(one.match), "pattern": one.match.pattern, "reason": one.reason} for one in explanation.suppressed
    ]
    matches = [{**match_row(one), "pattern": one.pattern} for one in explanation.matches]
    return _dump({"schema": 1, "matches": matches, "suppressed": suppressed})


def _answer(watch: Watchlist, line: bytes, number: int) -> dict[str, Any]:
    """The answer to one row, a matched one or an `error` one."""
    id_: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("the row is no object")
        id_ = row.get("id")
        fields = {name: row.get(name) for name in ("text", "title", "language", "source", "url")}
        for name, value in fields.items():
            if not (isinstance(value, str) or (value is None and name != "text")):
                raise ValueError(f"`{name}` is no text" if name in row else f"`{name}` is missing")
        tags = row.get("tags") or []
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise ValueError("`tags` is no list of texts")
    except (ValueError, RecursionError) as error:
        return {"schema": 1, "id": id_, "error": "bad_row", "message": f"row {number}: {error}"}
    found = watch.match(
        fields["title"] or "",
        str(fields["text"]),
        language=fields["language"],
        source=fields["source"],
        url=fields["url"],
        tags=tags,
    )
    return {"schema": 1, "id": id_, "matches": [match_row(one) for one in found]}


def _dump(value: dict[str, Any]) -> str:
    """JSON as people can read it; a lone surrogate, which UTF-8 cannot hold, as the escape that brought it in."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _lines(rows: BinaryIO) -> Iterator[bytes]:
    """The rows of a file that are not empty. Of one longer than `MOST_BYTES` only so much is read, and it is no JSON then."""
    while line := rows.readline(MOST_BYTES):
        whole = line
        while len(line) == MOST_BYTES and not line.endswith(b"\n"):
            line = rows.readline(MOST_BYTES)
        if whole.strip():
            yield whole


def _compiled(watchlist: Path | None, config: Path | None) -> Watchlist:
    from alerts.watch.match import compile_watchlist

    if watchlist is not None:
        from alerts.config import load_watchlists

        return compile_watchlist(*load_watchlists(watchlist))
    configuration = load(config)
    return compile_watchlist(configuration.actors, configuration.keywords)


def _read(name: str) -> str:
    """The text of a file."""
    with _opened(name) as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise typer.BadParameter(f"more than {MOST_BYTES // 1024**2} MiB of text", param_hint="FILE")
    return raw.decode("utf-8-sig", "replace")


def _opened(name: str) -> BinaryIO:
    """The file, or stdin for "-"; a file that cannot be read is a mistake in the command."""
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        typer.echo(f"bayan: {name}: {error.strerror or error}", err=True)
        raise typer.Exit(USAGE) from error
