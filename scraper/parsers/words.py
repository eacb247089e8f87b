"""What a reader sees written in a node of a page: its words in order, without what is hidden, spaced as they are shown."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from scraper.text import clean_line

_UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "iframe", "select", "option", "object", "video", "audio"}
)
INLINE = frozenset(
    {"b", "i", "em", "strong", "u", "font", "sup", "sub", "mark", "small", "abbr", "wbr", "bdi", "bdo", "q", "cite"}
)
_CLOSES = re.compile(r"[\s:;,.!?)\]»”’…%،؛؟]")
MAX_NODES = 5_000


def words(node: LexborNode, limit: int = 4_000, *, without: frozenset[str] = frozenset()) -> str:
    """The text of `node` on one line. Elements are set apart by a space unless they only mark letters (`b`, `i`, `sup`) or a
    closing sign follows. Elements whose tag is in `without` are left out.
    """
    parts: list[str] = []
    size = 0
    apart = False
    todo: list[LexborNode | None] = [node]
    for _ in range(MAX_NODES):
        if not todo or size > limit * 4:
            break
        at = todo.pop()
        if at is None:
            apart = True
            continue
        if at.tag == "-text":
            text = at.text_content or ""
            if apart and text and not _CLOSES.match(text):
                parts.append(" ")
            apart = False
            parts.append(text)
            size += len(text)
            continue
        tag = at.tag or "-"
        if tag in _UNSEEN or tag in without or tag.startswith(("-", "_")):
            continue
        if tag not in INLINE:
            apart = True
            todo.append(None)
        child = at.last_child
        while child is not None:
            todo.append(child)
            child = child.prev
    return clean_line("".join(parts), limit)
