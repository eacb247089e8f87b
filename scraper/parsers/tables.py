"""Makes blocks of the tables by which old pages are laid out, so that an article in a cell is read as one.

A table is layout where a cell holds running text, paragraphs, headings or another table: the cells of a table of data hold
words and numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

_LONG = 400
"""A cell of data has fewer letters."""
_BLOCKS = frozenset({"table", "h1", "h2", "p", "article", "section"})
_ROWS = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "caption"})
_CELLS = frozenset({"td", "th"})


def unfold(tree: Any) -> None:
    """Turn every layout table in the lxml `tree`, its rows and cells, into `div` elements with their attributes."""
    for table in list(tree.iter("table")):
        parts = list(_parts(table))
        if any(part.tag in _CELLS and _holds_text(part) for part in parts):
            for part in (table, *parts):
                part.tag = "div"


def _parts(table: Any) -> Iterator[Any]:
    """The groups, rows and cells of `table` itself, and not those of a table in one of its cells."""
    todo = list(table)
    while todo:
        part = todo.pop()
        if part.tag in _ROWS:
            yield part
            if part.tag not in _CELLS:
                todo.extend(part)


def _holds_text(cell: Any) -> bool:
    """Whether a cell holds what no data has."""
    blocks = islice(cell.iter(*_BLOCKS), 2)
    if any(count or block.tag != "p" for count, block in enumerate(blocks)):
        return True
    return sum(len(piece.strip()) for piece in cell.itertext()) > _LONG
