"""`bayan actors import`: a list of people and groups, in one of three forms, becomes a watchlist file."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from alerts.cli.exits import PARTIAL
from alerts.cli.frame import ConfigOption, JsonOption, counted, fit, load

if TYPE_CHECKING:
    from alerts.exchange.listed import LeftOut, Reader, Taken, Wanted

_SHOWN = 10
"""Entries left out that are named one by one, of each reason; --json names all that are kept."""
_KEPT = 10_000

FORMS = {"csv": "OpenSanctions, simplified targets (CSV)", "ftm": "FollowTheMoney entities (JSON lines)",
         "un": "UN consolidated list (XML)"}  # fmt: skip


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list: CSV, JSON lines or XML.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The watchlist to write; else it goes to stdout.")
    ] = None,
    form: Annotated[
        Literal["csv", "ftm", "un"] | None, typer.Option("--form", help="What the file is; else its first sign tells.")
    ] = None,
    only: Annotated[Literal["person", "group"] | None, typer.Option("--only", help="Only one of the two.")] = None,
    find: Annotated[
        str, typer.Option("--find", metavar="WORDS", help="Only entries with these words in one name.")
    ] = "",
    country: Annotated[
        list[str] | None,
        typer.Option("--country", metavar="CODE", help="Only entries of this country (iq or Iraq); may be repeated."),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option("--topic", metavar="WORD", help="Only entries of this topic or programme; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken and left out.")] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Make a watchlist of a list: aliases and weak aliases kept apart, ids unique, what is left out told.

    Reads OpenSanctions' simplified targets (CSV), FollowTheMoney entities (JSON lines) and the UN
    consolidated list (XML). Ids that the configuration has are not used again.

    Countries and topics are those that the list tells: nationality and address; crime.terror, US-IRAN, Taliban.

    Example:  bayan actors import targets.simple.csv --country iq --find kataib -o watchlists/kataib.toml
    """
    from alerts.exchange.listed import Unreadable, Wanted

    if output is not None and output.exists() and not dry_run:
        raise typer.BadParameter(f"{output} is there already; nothing is overwritten", param_hint="--output")
    report = _Report()
    wanted = Wanted(only, find, tuple(country or ()), tuple(topic or ()))
    try:
        with file.open("rb") as stream:
            kind = form or _form_of(stream)
            taken = _taken(stream, kind, wanted, _known_ids(config), report)
            if dry_run:
                for _ in taken:
                    pass
            elif output is None and not json_:
                for piece in _pieces(taken, file, kind):
                    sys.stdout.write(piece)
            elif output is None:
                raise typer.BadParameter("--json reports: say --output FILE or --dry-run too", param_hint="--json")
            else:
                _write(_pieces(taken, file, kind), output)
    except OSError as error:
        _say(f"{error.filename or file}: {error.strerror}")
        raise typer.Exit(PARTIAL) from None
    except Unreadable as error:
        _say(f"{file}:{error.line or 1}: {error.message}; {error.remedy}")
        raise typer.Exit(PARTIAL) from None
    if json_:
        typer.echo(json.dumps(report.as_row(kind, output if not dry_run else None), ensure_ascii=False))
    else:
        for line in report.told(FORMS[kind]):
            _say(line)
    if not report.actors:
        raise typer.Exit(PARTIAL)


class _Report:
    """What was taken and what was left out, counted; of what was left out, the first of each reason by name."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.aliases = self.weak = 0
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.left_out: list[LeftOut] = []

    @property
    def actors(self) -> int:
        return self.types.total()

    def took(self, one: Taken) -> None:
        self.types[one.actor.type] += 1
        self.aliases += len(one.actor.aliases)
        self.weak += len(one.actor.weak_aliases) + len(one.actor.acronyms)

    def left(self, one: LeftOut) -> None:
        self.reasons[one.reason, one.remedy] += 1
        if len(self.left_out) < _KEPT and self.reasons[one.reason, one.remedy] <= _SHOWN * 100:
            self.left_out.append(one)

    def told(self, form: str) -> Iterator[str]:
        yield form
        people, groups = self.types["person"], self.types["group"]
        who = f"{people:,} {'person' if people == 1 else 'people'} and {counted(groups, 'groups')}"
        yield f"{who} taken, with {counted(self.aliases, 'aliases')} and {self.weak:,} weak ones or acronyms"
        for (reason, remedy), count in self.reasons.most_common():
            examples = [one for one in self.left_out if (one.reason, one.remedy) == (reason, remedy)][:_SHOWN]
            yield f"left out, {count}: {fit(reason)}" + (f"; {remedy}" if remedy else "")
            yield from (f"    line {one.line}: {fit(one.what)}" for one in examples[: 3 if count > _SHOWN else _SHOWN])
        if self.actors:
            yield "weak aliases count only beside a full name or a word of `context`: bayan actors check says where one is wanted"

    def as_row(self, form: str | None, output: Path | None) -> dict[str, object]:
        return {
            "schema": 1,
            "form": form,
            "output": None if output is None else str(output),
            "people": self.types["person"],
            "groups": self.types["group"],
            "aliases": self.aliases,
            "weak_aliases": self.weak,
            "left_out": [
                {"line": one.line, "what": one.what, "reason": one.reason, "remedy": one.remedy}
                for one in self.left_out
            ],
            "left_out_count": self.reasons.total(),
        }


def _taken(stream: BinaryIO, form: str, wanted: Wanted, known: frozenset[str], report: _Report) -> Iterator[Taken]:
    from alerts.exchange.listed import LeftOut, as_actors

    for one in as_actors(_reader(form)(stream), wanted=wanted, taken_ids=known):
        if isinstance(one, LeftOut):
            report.left(one)
        else:
            report.took(one)
            yield one


def _reader(form: str) -> Reader:
    from alerts.exchange import followthemoney, opensanctions, un_list

    return {"csv": opensanctions.read, "ftm": followthemoney.read, "un": un_list.read}[form]


def _form_of(stream: BinaryIO) -> str:
    """Which form a file is in, told by its first sign."""
    start = stream.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    stream.seek(0)
    return "un" if start.startswith(b"<") else "ftm" if start.startswith(b"{") else "csv"


def _pieces(taken: Iterator[Taken], file: Path, form: str) -> Iterator[str]:
    from alerts.exchange.listed import LESS, Unreadable
    from alerts.exchange.watchlist import actor_table, watchlist
    from scraper.document import MAX_BYTES

    head = f"Imported by bayan from {file.name}: {FORMS[form]}.\nLook through it, and run bayan actors check."
    size = 0
    tables = (actor_table(one.actor, note=f"{file.name}, line {one.line}: {one.note}") for one in taken)
    for piece in watchlist(tables, head=head):
        size += len(piece.encode())
        if size > MAX_BYTES:
            message = f"the watchlist would be larger than {MAX_BYTES // 1024**2} MiB, which no configuration reads"
            raise Unreadable(0, message, LESS)
        yield piece


def _write(pieces: Iterator[str], output: Path) -> None:
    """The watchlist, whole or not at all, once it was read back as the configuration will read it."""
    from alerts.config import load_watchlists

    with NamedTemporaryFile("w", encoding="utf-8", dir=output.parent, suffix=".toml", delete=False) as half:
        path = Path(half.name)
        try:
            for piece in pieces:
                half.write(piece)
            half.flush()
            os.fsync(half.fileno())
            load_watchlists(path)
            path.chmod(0o644)
            path.rename(output)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _known_ids(config: Path | None) -> frozenset[str]:
    """The ids of actors that are watched already; none where no configuration can be read."""
    from scraper.errors import ConfigError

    try:
        return frozenset(actor.id for actor in load(config).actors)
    except ConfigError:
        if config is not None:
            raise
        return frozenset()


def _say(line: str) -> None:
    typer.echo(f"bayan: {line}" if not line.startswith(" ") else line, err=True)
