"""`bayan config`: is the file right, what is in force, which file is it, and what may stand in it."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import typer

from alerts.cli.exits import CONFIG
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, counted, load

if TYPE_CHECKING:
    from scraper.errors import Problem

app = typer.Typer(
    no_args_is_help=True,
    help="The configuration: check it, show what is in force, find its file and keys.",
    short_help="The configuration: check it, show it, find it.",
)
_SECRET = re.compile(r"token|password|secret|header|auth|cookie|key|credential|proxy", re.IGNORECASE)
_TEXT = re.compile(r""""(?:[^"\\]|\\.)*"?|'[^']*'?""")


@app.command("check", short_help="Everything that is wrong with it, at once.")
def check(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Everything that is wrong with the configuration, at once, with line and column. Exit code 78 if anything is.

    Nothing is fetched, sent or created.

    Example:  bayan config check --config config.toml
    """
    from scraper.errors import ConfigError

    try:
        read = load(config, data_dir)
    except ConfigError as error:
        if json_:
            _print_json({"schema": 1, "ok": False, "problems": [_row(problem) for problem in error.problems]})
        else:
            _print_problems(error.problems)
        raise typer.Exit(CONFIG) from None
    counts = {
        "sources": len(read.sources),
        "actors": len(read.actors),
        "keywords": len(read.keywords),
        "channels": len(read.channels),
        "routes": len(read.routes),
    }
    if json_:
        _print_json(
            {"schema": 1, "ok": True, "file": str(read.path), "problems": [], "warnings": list(read.warnings), **counts}
        )
        return
    for warning in read.warnings:
        typer.echo(f"warning: {warning}")
    off = sum(not source.enabled for source in read.sources)
    words = {**counts, "keyword lists": counts["keywords"]}
    parts = [counted(words[name], name) for name in ("sources", "actors", "keyword lists", "channels", "routes")]
    parts[0] += f" ({off} switched off)" if off else ""
    typer.echo(f"ok: {', '.join(parts)}" + (f"; {counted(len(read.warnings), 'warnings')}" if read.warnings else ""))


@app.command("show", short_help="What is in force, defaults included; no secrets.")
def show(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """The configuration in force, with every default and what the environment changed; secrets are "***".

    Example:  bayan config show --json
    """
    from alerts.effective import tables, toml

    shown = tables(load(config, data_dir))
    if json_:
        _print_json({"schema": 1, "configuration": shown})
    else:
        typer.echo(toml(shown), nl=False)


@app.command("schema", short_help="The JSON Schema of the file, for editors.")
def schema() -> None:
    """The JSON Schema of the file, for editors that complete and check TOML.

    Example:  bayan config schema > bayan.schema.json
    """
    from alerts.sections import json_schema

    _print_json(json_schema())


@app.command("path", short_help="The file that would be read.")
def path(config: ConfigOption = None) -> None:
    """The file that would be read: --config, $BAYAN_CONFIG, or the first of the usual places. Exit code 78 if there is none.

    Example:  $EDITOR "$(bayan config path)"
    """
    import os

    from alerts.config import find

    typer.echo(str(find(config, os.environ).absolute()))


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=None if "schema" in value else 2))


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "key": problem.key,
        "message": problem.message,
        "hint": problem.hint,
    }


def _print_problems(problems: tuple[Problem, ...]) -> None:
    excerpts = sys.stdout.isatty()
    files: dict[str, list[str]] = {}
    for problem in problems:
        typer.echo(str(problem))
        if excerpts and problem.line:
            if problem.file not in files:
                files[problem.file] = _lines(problem.file)
            for line in excerpt(problem, files[problem.file]):
                typer.echo(line)
    typer.echo(f"{counted(len(problems), 'problems')}; nothing was touched")


def _lines(file: str) -> list[str]:
    """The lines of a file that was read a moment ago; none where it has gone since."""
    from pathlib import Path

    try:
        return Path(file).read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError:
        return []


def excerpt(problem: Problem, lines: list[str], width: int = 100) -> list[str]:
    """The line of `problem` and a caret below the place, fit for a terminal: no control characters, no secrets."""
    if not 0 < problem.line <= len(lines):
        return []
    line = lines[problem.line - 1].rstrip("\r").expandtabs(1)
    if _SECRET.search(line) or _SECRET.search(problem.key) or "@" in line:
        line = _TEXT.sub(
            lambda text: text[0][0] + "*" * (len(text[0]) - 2) + text[0][0] if len(text[0]) > 1 else "*", line
        )
    start = max(0, problem.column - 1 - width // 2)
    shown = "".join(letter if letter.isprintable() else "?" for letter in line[start : start + width])
    before = shown[: problem.column - 1 - start]
    number = str(problem.line)
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {' ' * _cells(before)}^"]


def _cells(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    from rich.cells import cell_len

    return cell_len(text)
