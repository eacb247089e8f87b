"""Refuses markup that is built to hurt a tree builder, before any tree is built.

Tree builders may take time or stack that grows with the square of the depth, and compare every attribute of a tag with
every other. One pass over the text, linear in its length, keeps such pages away from them. It follows the tokenizer of
the WHATWG HTML standard (sections 13.2.5 and 13.1.2.4, "optional tags") closely enough that a page cannot hide its depth
in quotes, comments or scripts; it does not build or repair anything.
"""

from __future__ import annotations

import re

from scraper.errors import ParseError

MAX_OPEN_TAGS = 1_000
MAX_ATTRIBUTES = 2_000

# Every part may match nothing and none gives back what it took, so each character is read once.
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?+)?+"""
_TOKEN = re.compile(
    rf"""<(?:(/?)([a-zA-Z][^\s/>]*+)((?:{_ATTRIBUTE})*+[\s/]*+)>?|!--(?:-?>|.*?(?:--!?>|\Z))|!\[CDATA\[.*?(?:\]\]>|\Z))""",
    re.DOTALL,
)
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)

_VOID = frozenset(
    {"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link"}
    | {"meta", "param", "source", "track", "wbr"}
)
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_RAW_END = {
    name: re.compile("</" + "".join(f"[{c}{c.upper()}]" for c in name) + r"(?=[\s/>])")
    for name in _RAW
}  # fmt: skip

_OPTIONAL_GROUPS = ("p", "li", "dt dd", "option", "optgroup", "td th", "tr", "thead tbody tfoot", "rt rp", "colgroup")
_OPTIONAL = {name: group for group, names in enumerate(_OPTIONAL_GROUPS) for name in names.split()}
"""Elements whose end tag may be left out, with a number for those that end each other."""


def check(text: str, *, xml: bool = False) -> None:
    """Return if `text` is markup that a tree builder may be given, else raise ParseError("too_complex").

    `xml` is for feeds: names have no meaning there, every tag needs its end tag, and `<x/>` is closed.
    """
    open_tags: list[str] = []
    open_count: dict[str, int] = {}
    at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        name = token[2]
        if name is None:
            continue
        if not xml:
            name = name.lower()
        if token[1]:
            if open_count.get(name):
                _close(name, open_tags, open_count)
            continue
        attributes = token[3]
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            _count_attributes(attributes)
        foreign = bool(open_count.get("svg") or open_count.get("math"))
        if xml or foreign:
            if attributes.endswith("/"):
                continue
        elif name in _RAW:
            end = _RAW_END[name].search(text, at)
            if end is None:
                return
            at = end.start()
            continue
        if not xml:
            if name in _VOID:
                continue
            if name in _OPTIONAL:
                _close_implied(name, open_tags, open_count)
        open_tags.append(name)
        open_count[name] = open_count.get(name, 0) + 1
        if len(open_tags) > MAX_OPEN_TAGS:
            raise ParseError("too_complex", f"more than {MAX_OPEN_TAGS} tags are open at once")


def _close(name: str, open_tags: list[str], open_count: dict[str, int]) -> None:
    """Close the innermost `name`, and all that was opened inside it."""
    while True:
        last = open_tags.pop()
        open_count[last] -= 1
        if last == name:
            return


def _close_implied(name: str, open_tags: list[str], open_count: dict[str, int]) -> None:
    """Close what a start tag of `name` ends without saying so: `<li>one<li>two`.

    Only the run of such elements at the end is looked at; it holds each group once, so it is short.
    """
    group = _OPTIONAL[name]
    for back in range(len(open_tags) - 1, -1, -1):
        other = _OPTIONAL.get(open_tags[back])
        if other is None:
            return
        if other == group:
            while len(open_tags) > back:
                open_count[open_tags.pop()] -= 1
            return


def _count_attributes(attributes: str) -> None:
    for count, _ in enumerate(_ONE_ATTRIBUTE.finditer(attributes), start=1):
        if count > MAX_ATTRIBUTES:
            raise ParseError("too_complex", f"more than {MAX_ATTRIBUTES} attributes in one tag")
