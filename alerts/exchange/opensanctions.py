"""Reads simplified targets of OpenSanctions: CSV with the columns id, schema, name, aliases and others that are passed over.

Several values stand in one cell with `;` between them, quoted where a value holds one itself (the project's page
"Targets, simplified CSV"). The form does not tell weak aliases apart; ours may have a column `weak_aliases` that does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from alerts.exchange.followthemoney import TYPES
from alerts.exchange.listed import LeftOut, Listed, Unreadable, lines
from scraper.errors import one_line

_NEEDED = ("schema", "name")
_TOPICS = ("topics", "program_ids", "sanctions", "dataset")


def read(stream: BinaryIO) -> Iterator[Listed | LeftOut]:
    """The rows of a CSV file in UTF-8, one at a time. Raises `Unreadable`."""
    at = _Position()
    rows = csv.reader(at.follow(stream), strict=True)
    columns: list[str] = []
    while True:
        first = at.line + 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            remedy = "a quotation mark is not closed, or the row is no CSV: mend the row that begins there"
            raise Unreadable(first, str(error), remedy) from None
        if not columns:
            columns = _header(row, first)
        elif any(cell.strip() for cell in row):
            yield _entry(columns, row, first)
    if not columns:
        raise Unreadable(0, "the file is empty", "give a CSV whose first row names the columns")


class _Position:
    """Which line a reader of rows has come to: a row may have many."""

    def __init__(self) -> None:
        self.line = 0

    def follow(self, stream: BinaryIO) -> Iterator[str]:
        for number, line in lines(stream):
            self.line = number
            yield line


def _header(row: list[str], line: int) -> list[str]:
    columns = [cell.strip().lower() for cell in row]
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        named = ", ".join(f"`{name}`" for name in missing)
        message = f"the first row names no column {named}; it has {one_line(', '.join(columns), 120)}"
        raise Unreadable(line, message, "name the columns id,schema,name,aliases in the first row")
    return columns


def _entry(columns: list[str], row: list[str], line: int) -> Listed | LeftOut:
    cells = dict(zip(columns, row, strict=False))
    name = cells.get("name", "")
    called = one_line(name or cells.get("id", "") or "?", 60)
    if len(row) != len(columns):
        message = f"the row has {len(row)} cells, the first row {len(columns)}"
        return LeftOut(line, called, message, "put values that hold a comma between quotation marks")
    schema = cells.get("schema", "").strip()
    type_ = TYPES.get(schema)
    if type_ is None:
        return LeftOut(line, called, f"is of the schema “{one_line(schema, 40)}”, neither a person nor a group")
    return Listed(
        line=line,
        key=cells.get("id", "").strip(),
        type=type_,
        names=tuple(_values(name)) if ";" not in name else (name,),
        aliases=tuple(_values(cells.get("aliases", ""))),
        weak=tuple(_values(cells.get("weak_aliases", ""))),
        role=next(iter(_values(cells.get("position", ""))), ""),
        note=cells.get("id", "").strip(),
        countries=tuple(_values(cells.get("countries", ""))),
        topics=tuple(value for column in _TOPICS for value in _values(cells.get(column, ""))),
    )


def _values(cell: str) -> list[str]:
    """The values of one cell."""
    if '"' not in cell:
        return [value for value in cell.split(";") if value.strip()]
    try:
        return [value for row in csv.reader([cell], delimiter=";") for value in row if value.strip()]
    except csv.Error:  # a lone quotation mark is part of a name
        return [value for value in cell.split(";") if value.strip()]
