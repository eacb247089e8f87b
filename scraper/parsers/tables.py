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
_BREAKS = frozenset(
    {"br", "table", "div", "p", "h1", "h2", "h3", "h4", "ul", "ol", "article", "section", "blockquote", "center", "hr"}
)
_ROWS = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "caption"})
_CELLS = frozenset({"td", "th"})


def unfold(tree: Any) -> None:
    """Turn every layout table in the lxml `tree`, its rows and cells, into `div` elements with their attributes."""
    for table in list(tree.iter("table")):
        parts = list(_parts(table))
        if any(part.tag in _CELLS and _holds_text(part) for part in parts):
            for part in (table, *parts):
                if part.tag in _CELLS:
                    _make_paragraphs(part)
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


def _make_paragraphs(cell: Any) -> None:
    """Make a paragraph of each line that `br` elements part in a cell."""
    children = list(cell)
    if not any(child.tag == "br" for child in children):
        return
    paragraph = cell.makeelement("p")
    paragraph.text, cell.text = cell.text, None
    lines = [paragraph]
    for child in children:
        cell.remove(child)
        if child.tag in _BREAKS:
            paragraph = cell.makeelement("p")
            paragraph.text, child.tail = child.tail, None
            lines += [paragraph] if child.tag == "br" else [child, paragraph]
        else:
            paragraph.append(child)
    cell.extend(line for line in lines if len(line) or (line.text or "").strip() or line.tag != "p")


def _holds_text(cell: Any) -> bool:
    """Whether a cell holds what no data has."""
    blocks = islice(cell.iter(*_BLOCKS), 2)
    if any(count or block.tag != "p" for count, block in enumerate(blocks)):
        return True
    return sum(len(piece.strip()) for piece in cell.itertext()) > _LONG
